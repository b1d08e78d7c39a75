"""The harness finds what a reader may do wrong, and keeps the input that did it."""

import os
import random
import re
import shutil
import signal
from collections import Counter
from pathlib import Path

import pytest
from fuzzing import damaged, fuzz

VALID = b"\x93NUMPY\x01\x00 shape (3, 4) " + bytes(range(40))


def refuse(words):
    def read(path):
        raise ValueError(words.format(path=path))

    return read


def of_one(action):
    """A reader that does so with one input of many."""

    def read(path):
        if path.read_bytes() == b"51":
            action(path)

    return read


def forever(path):
    while True:
        pass


@pytest.mark.parametrize(
    ("read", "words"),
    [
        (lambda path: 1 / 0, "ZeroDivisionError"),
        (lambda path: bytearray(2**30), "MemoryError"),
        (lambda path: os.kill(os.getpid(), signal.SIGKILL), "ended by SIGKILL"),
        (lambda path: os._exit(3), "ended with status 3"),
        (lambda path: exec("raise SystemExit(3)"), "SystemExit"),
        (forever, "took more than 0.1 seconds"),
        (lambda path: path.write_bytes(b"mine"), "has changed what lies in the folder"),
        (lambda path: path.with_name("stray").touch(), "has changed what lies in the folder"),
        (refuse("that is wrong"), "expected one line with 'x.bin'"),
        (refuse("{path} is\nwrong"), "expected one line with 'x.bin'"),
    ],
)
def test_what_one_input_does_to_a_reader_is_found_and_the_input_is_kept(read, words):
    inputs = [b"%d" % i for i in range(100)]
    with pytest.raises(AssertionError, match=words) as caught:
        fuzz(of_one(read), inputs, errors=ValueError, name="x.bin", seconds=0.1)
    path = Path(re.search(r"The input lies in (.*)\.$", str(caught.value))[1])
    if "mine" not in path.read_text():
        assert path.read_bytes() == b"51"
    for file in path.parent.iterdir():
        file.unlink()
    path.parent.rmdir()


def test_a_reader_that_waits_for_ever_is_found(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(AssertionError, match=r"took more than 0\.01 seconds") as caught:
        fuzz(
            lambda path: (tmp_path / "pipe").read_bytes(), [b""], errors=(), name="x", seconds=0.01
        )
    shutil.rmtree(Path(str(caught.value).rpartition(" ")[2]).parent)


def test_a_reader_that_reads_or_refuses_is_right():
    found = fuzz(
        of_one(refuse("{path} is wrong")), [b"51", b"52", b""], errors=ValueError, name="x"
    )
    assert found == Counter(read=2, refused=1)


def test_the_same_seed_damages_in_the_same_way_and_every_variation_is_another():
    first = list(damaged(VALID, random.Random(0), 1000))
    assert first == list(damaged(VALID, random.Random(0), 1000))
    assert first != list(damaged(VALID, random.Random(1), 1000))
    assert len({*first}) > 800
    assert sum(content == VALID for content in first) < 50
    assert any(content.startswith(VALID[:10]) and b"999999999999" in content for content in first)
