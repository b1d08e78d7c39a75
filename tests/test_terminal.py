"""What a real terminal shows, of any size."""

import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest

fcntl = pytest.importorskip("fcntl", reason="no pseudo-terminals on this system")
pty = pytest.importorskip("pty", reason="no pseudo-terminals on this system")
termios = pytest.importorskip("termios", reason="no pseudo-terminals on this system")


@pytest.mark.parametrize(
    ("columns", "lines", "bar"), [(80, 24, True), (20, 3, True), (80, 2, False), (0, 0, False)]
)
def test_a_terminal_without_room_for_a_bar_gets_lines(columns, lines, bar):
    """A real terminal, of a size that tqdm would hide its bar in, or of none."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    script = (
        "from minigan.training.progress import Progress\n"
        "with Progress(0, 3) as progress:\n"
        "    for step in (1, 2, 3):\n"
        "        progress.step(step)\n"
    )
    environment = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES")}
    package = str(Path(__file__).parent.parent)
    subprocess.run(
        [sys.executable, "-c", script],
        stderr=slave,
        env=environment | {"PYTHONPATH": package},
        check=True,
        timeout=60,
    )
    shown = os.read(master, 65536).decode()
    os.close(master)
    os.close(slave)
    assert "3/3" in shown
    assert "hidden" not in shown
    assert ("step 3/3" not in shown) == bar
