"""Names that a stranger chose, on a terminal, in commands to be copied, and on web pages."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import subprocess
import sys
import unicodedata
from pathlib import Path

import command_line
import pytest
import short_runs
from html_pages import Page
from hypothesis import example, given
from hypothesis import strategies as st
from test_data_images import picture

from minigan.cli import main
from minigan.data import DataError
from minigan.terminal import shell_word, visible
from minigan.training.classifier_session import Session
from minigan.training.folder import RunError, resume_command

in_an_empty_folder = command_line.in_an_empty_folder
small_models, quick_pictures = short_runs.small_models, short_runs.quick_pictures

NAMES = {
    "colours": "a\x1b[31m\x1b[2Jb",
    "a second line": "a\nminigan: all is well",
    "backwards": "a\u202egnp.b",
    "no UTF-8": os.fsdecode(b"a\xff\x1b"),
    "a C1 control in bytes": os.fsdecode(b"a\xc2\x9b31mb"),
    "markup": "a<script>alert(1)<img src=x onerror='alert(\"1\")'>",
    "a shell's words": "$(touch pwned) `touch pwned`; 'a\"",
}
SIGNS = st.text(
    st.characters(codec="utf-8") | st.sampled_from([chr(n) for n in (*range(32), *range(127, 160))])
)
BYTES = st.binary().map(os.fsdecode)


def run(*argv):
    """The exit status and what was printed, which need not be UTF-8, as pytest's capsys has it."""
    streams = [io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2)]
    with contextlib.redirect_stdout(streams[0]), contextlib.redirect_stderr(streams[1]):
        try:
            status = main(argv)
        except SystemExit as stop:  # argparse
            status = int(stop.code or 0)
    return status, *(os.fsdecode(stream.buffer.getvalue()) for stream in streams)


@example("a\udcc2\udc9b31m")  # a C1 control, cut in two
@example("\ud800\u2028\x1b")
@given(SIGNS | BYTES | st.text(st.characters()))  # with lone surrogates
def test_what_a_terminal_obeys_is_written_out(text):
    shown = visible(text)
    printed = shown.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    assert not {unicodedata.category(sign) for sign in printed} & {"Cc", "Cf", "Zl", "Zp"}
    assert len(shown.splitlines()) <= 1
    assert visible(shown) == shown


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"])))
def test_a_name_of_ordinary_signs_stays_as_it_is(text):
    assert visible(text) == text


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
def test_a_path_is_the_same_path_for_a_shell():
    names = [*NAMES.values(), "plain", "a b", "it's", "back\\slash", "\x1b'\\", "\x1f0", "é\n"]
    command = "printf '%s\\0' " + " ".join(map(shell_word, names))
    assert visible(command) == command
    done = subprocess.run(["bash", "-c", os.fsencode(command)], capture_output=True, check=True)
    assert done.stdout.split(b"\0")[:-1] == [os.fsencode(name) for name in names]
    assert shell_word("runs/mlp") == "runs/mlp"


def test_errors_show_names_and_do_not_obey_them():
    for error in (DataError, RunError):
        assert str(error("a\x1b[2J\nb.png is none.")) == "a\\x1b[2J\\nb.png is none."


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_run_on_data_of_any_name_shows_it(name):
    name = name.replace("/", "")
    for i in (0, 1):
        picture(Path(name) / f"{i}.png", i)
    out = Path("run of") / name
    options = ("--steps", "1", "--batch", "2", "--device", "cpu", f"--data=folder:{name}")
    commands = [
        ("train", "mlp", *options, f"--out={out}"),
        ("train", "--resume", "--steps", "2", f"--out={out}"),
        *((word, str(out)) for word in ("doctor", "sample", "film")),
    ]
    Path("run of").mkdir()
    for command in commands:
        status, printed, err = run(*command)
        assert status == 0, err
        for line in (printed + err).split("\n"):
            assert visible(line) == line
        assert "minigan: all is well" not in (printed + err).split("\n")
    assert resume_command(out).endswith(shell_word(out.absolute()))
    page = Page(out / "film.html")
    shown = visible(f"mlp on {name}").encode(errors="backslashreplace").decode()
    assert [text for _, text in page.all("h1")] == [shown]
    assert len(page.all("script")) == 2
    assert not Path("pwned").exists()


def plain(text):
    return re.sub(r"[\\'\"]", "", text)


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_refusal_shows_the_name_on_one_line(name):
    path = Path("photos") / (name.replace("/", "") + ".png")
    path.parent.mkdir()
    path.write_bytes(b"")
    for argv in (
        ("train", "--data", "photos"),
        ("train", "--data", str(path)),
        ("train", str(path)),
        ("train", "--out", str(path), "--steps", "1"),
        ("sample", str(path)),
        ("film", str(path)),
        ("data", "export", str(path), "--to", "there"),
        ("train", "--steps", str(path)),
    ):
        status, printed, err = run(*argv)
        assert (status, printed, err[-1]) == (2, "", "\n")
        assert visible(err[:-1]) == err[:-1]
        begun = path.name[:20]  # a value of an option is cut where it is long
        assert any(plain(shown(begun)) in plain(err) for shown in (visible, repr))


def test_a_classifier_of_any_folder_says_how_to_go_on():
    class Here:
        folder = Path("a b\x1b")

    command = Session.resume_command.fget(Here)
    assert command.endswith(shell_word(os.path.abspath("a b\x1b")))
    assert visible(command) == command


def test_warnings_are_no_noise_and_no_traceback():
    """Where Python makes errors of warnings, of a picture's tags and of files left open."""
    picture(Path("photos/0.png"), 0)
    Path("photos/1.png").write_bytes(b"<svg>")
    root = str(Path(__file__).parent.parent)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "minigan", "train", "--data", "photos"],
        env=os.environ | {"PYTHONPATH": root},
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.count(b"\n") == 1
    assert b"1.png" in done.stderr
