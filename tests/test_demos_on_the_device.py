"""Every demo with --device cuda, shortened: it runs there and prints what it prints on the CPU.

What a demo asserts at its end is true of a whole game, not of a few steps of it, so the source is
compiled without asserts, and constants in it are replaced by smaller ones.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import pytest
from cupy_device import DEVICE
from fast_settings import plain

DEMOS = Path(__file__).parent.parent / "demos"
SHORTER = {  # what is replaced, so that a few steps are played
    "checkerboard": {},
    "digits_mlp": {"default=4000": "default=8"},
    "dirac_gan": {"200)), 630,": "200)), 20,"},
    "gaussian_1d": {"[0, 300, 600, 3000]": "[0, 2, 4, 6]", "iterations=3000": "iterations=6"},
    "gradient_by_hand": {},
    "judge_labels": {'"mnist12k", 500': '"mnist12k", 3'},
    "minibatch_ring": {" 1500, 32, 32,": " 6, 32, 32,"},
    "optimal_discriminator": {"steps=600": "steps=6"},
    "watch_the_ring": {"3000, 50, 128": "4, 2, 128"},
    "why_g_stalls": {", 256, 512, 1024]": "]", "steps=100)": "steps=4)"},
}


def test_every_demo_is_in_the_table():
    assert SHORTER.keys() == {path.stem for path in DEMOS.glob("*.py")}


@pytest.fixture
def demo(tmp_path, monkeypatch, capsys):
    """Run a shortened demo in a folder of its own, and return what it prints."""

    def run(name, device):
        source = (DEMOS / f"{name}.py").read_text(encoding="utf-8")
        for old, new in SHORTER[name].items():
            assert source.count(old) == 1, old
            source = source.replace(old, new)
        folder = tmp_path / device
        folder.mkdir()
        monkeypatch.chdir(folder)
        monkeypatch.setattr("sys.argv", [f"{name}.py", "--device", device])
        code = compile(source, f"{name}.py", "exec", optimize=1)  # without its asserts
        with plain():  # the CPU's fast maps round otherwise
            exec(code, {"__name__": "__main__", "__doc__": source.partition('"""')[2]})
        plt.close("all")
        return capsys.readouterr().out

    return run


@pytest.mark.parametrize("name", SHORTER)
def test_a_demo_on_the_device(cuda, name, demo):
    here = demo(name, "cpu")
    DEVICE.reset()
    there = demo(name, "cuda")
    if cuda.double:
        assert DEVICE.launches
    if cuda.plain:
        assert there == here
    assert len(there.splitlines()) == len(here.splitlines())
