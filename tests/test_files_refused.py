"""Files that nobody should give, on the command line: one line, status 2, nothing touched."""

from __future__ import annotations

import gzip
import io
import json
import os
import shutil
import struct
import warnings
import zipfile
from pathlib import Path

import command_line
import numpy as np
import pytest
from command_line import SHORT, run
from test_data_idx import idx_bytes

from minigan import checkpoint
from minigan.cli import main

in_an_empty_folder = command_line.in_an_empty_folder


def lying(folder=Path()):
    """All that lies there: bytes of files, targets of links, kinds of the rest."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_symlink():
            found[path] = os.readlink(path)
        elif path.is_file():
            found[path] = path.read_bytes()
        else:
            found[path] = path.stat().st_mode
    return found


def check_refused(capsys, *argv, words):
    """The command ends with status 2 and one line that has the words, and nothing is touched."""
    before = lying()
    status, out, err = run(*map(str, argv), capsys=capsys)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1, err
    assert err.startswith(f"minigan {argv[0]}: ")
    for word in [words] if isinstance(words, str) else words:
        assert word in err, err
    assert lying() == before


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A run of four steps with a best checkpoint."""
    folder = tmp_path_factory.mktemp("trained") / "run"
    options = ["--steps", "4", "--batch", "8", "--evaluate-every", "2", "--log-every", "1"]
    assert main(["train", "gaussian-1d", *options, "--out", str(folder), "--device", "cpu"]) == 0
    return folder


@pytest.fixture
def folder(trained):
    shutil.copytree(trained, "run")
    return Path("run")


def npy(x):
    file = io.BytesIO()
    np.save(file, x)
    return file.getvalue()


def header(text):
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text.encode("latin1")


def of_shape(shape, descr="'|u1'"):
    return header(f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}\n")


def zipped(members, method=zipfile.ZIP_STORED):
    file = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(file, "w", method) as archive:
        warnings.simplefilter("ignore")  # of a name that is there twice
        for name, content in members:
            archive.writestr(name, content)
    return file.getvalue()


def lied(content, name, size):
    """The same archive with another size of a member in its directory."""
    at = content.rindex(b"PK\1\2", 0, content.rindex(name))
    return content[: at + 24] + struct.pack("<I", size) + content[at + 28 :]


X = np.zeros((4, 5, 5), "u1")
ZEROS = zipped([("x.npy", bytes(300 * 2**20))], 8)
LONG = b"\x93NUMPY\2\0\xff\xff\xff\x7f"  # a header of 2 GB
STRUCTURED = np.zeros((3, 1), [("a\nb", "f4")])
DATA = {
    "empty.npy": (b"", "no array"),
    "objects.npy": (of_shape("(3, 1)", "'|O'") + bytes(24), "pickled"),
    "structured.npy": (npy(STRUCTURED), "expected real numbers"),
    "complex.npy": (npy(np.zeros((3, 1), "c8")), "expected real numbers"),
    "dates.npy": (npy(np.zeros((3, 1), "M8[s]")), "expected real numbers"),
    "words.npy": (npy(np.array([["a"], ["b"]])), "expected real numbers"),
    "scalar.npy": (npy(np.float32(1)), "expected images"),
    "none.npy": (npy(np.zeros((0, 5, 5))), "empty"),
    "five.npy": (npy(np.zeros((2, 2, 2, 2, 3))), "expected images"),
    "huge.npy": (of_shape("(1000000000000,)") + b"x", "damaged or too large"),
    "digits.npy": (of_shape(f"({'9' * 3000}, {'9' * 3000})"), "cannot have the shape (999"),
    "axes.npy": (of_shape(str((2**62,) * 400)), "cannot have the shape"),
    "deep.npy": (header("(" * 4000 + ")" * 4000), "no array"),
    "minus.npy": (header("-" * 9000 + "1"), "no array"),
    "long.npy": (LONG + b" " * 99, "no array"),
    "three.npy": (b"\x93NUMPY\3\0" + of_shape("(3, 1)")[8:] + b"xxx", "format (3, 0)"),
    "nan.npy": (npy(np.array([[[0, np.nan]]])), "is nan"),
    "inf.npy": (npy(np.array([[0, 1], [np.inf, 1]])), "is inf"),
    "negative.npy": (npy(np.array([[[-3, 2]]])), "0 to 255"),
    "half.npy": (npy(np.full((2, 3, 3), 7, "f2")), "expected [0, 1]"),
    "foreign.npz": (zipped([("a.npy", npy(X)), ("b\n.npy", npy(X))]), "only a, 'b\\n'"),
    "twice.npz": (zipped([("x.npy", npy(X)), ("x.npy", npy(X + 1))]), "the same name"),
    "climbs.npz": (zipped([("../../x.npy", b"evil")]), "no array saved by NumPy"),
    "page.npz": (b"<!DOCTYPE html><html>", "no .npz"),
    "bomb.npz": (ZEROS, "zip bomb"),
    "lies.npz": (lied(zipped([("x.npy", npy(X))]), b"x.npy", 2**31), "damaged or too large"),
    "short.npz": (lied(zipped([("x.npy", npy(X))], 8), b"x.npy", 2**20), "zip bomb"),
    "locked.npz": (zipped([("x.npy", npy(X))]).replace(b"\x14\0\0\0", b"\x14\0\1\0"), "locked"),
    "bytes.npz": (zipped([("x.npy", LONG + bytes(10**6))], 8), "10,000"),
    "line.npz": (zipped([("a\nb.npy", LONG)]), "npz['a\\nb']"),
    "beside-0-idx3-ubyte": (struct.pack(">HBB3I", 0, 8, 3, 0, 2**32 - 1, 2**32 - 1), "empty"),
    "a-idx3-ubyte": (b"\0\0\x0d\3" + bytes(12), "unsigned bytes"),
    "b-idx3-ubyte": (struct.pack(">HBB3I", 0, 8, 3, *[2**31] * 3), "damaged"),
    "c-idx3-ubyte": (struct.pack(">HBB3I", 0, 8, 3, 0, 28, 28), "empty"),
    "d-idx3-ubyte.gz": (b"<html>Sign in</html>", "web page"),
    "e-idx3-ubyte.gz": (gzip.compress(idx_bytes(X))[:-9], "damaged or incomplete"),
    "f-idx3-ubyte.gz": (gzip.compress(idx_bytes(X)) + b"garbage", "damaged"),
    "g-idx3-ubyte.gz": (gzip.compress(idx_bytes(X)) * 2, "the file has more"),
    "h-idx3-ubyte.gz": (gzip.compress(struct.pack(">HBB2I", 0, 8, 2, 2**16, 2**15)), "at most"),
}


@pytest.mark.parametrize("name", DATA)
def test_data_that_nobody_should_give(name, capsys):
    content, words = DATA[name]
    Path(name).write_bytes(content)
    check_refused(
        capsys, "train", *SHORT[:4], "--data", name, words=[words, name.partition(".")[0]]
    )


def test_a_gz_of_two_parts_is_one_file(capsys):
    whole = idx_bytes(np.zeros((20, 5, 5), "u1"))
    Path("x-idx3-ubyte.gz").write_bytes(gzip.compress(whole[:30]) + gzip.compress(whole[30:]))
    assert main(["train", *SHORT[:4], "--data", "x-idx3-ubyte.gz", "--device", "cpu"]) == 0
    capsys.readouterr()


def flip(content):
    return content[:-60] + bytes([content[-60] ^ 1]) + content[-59:]  # in the zip's own notes


def big(content):
    return content + bytes(10**6)


FOREIGN, PACKED = zipped([("x.npy", npy(X))]), zipped([("minigan.json", b"{}")], 8)
RUN = {  # what is done to a file of a run, the command that reads it, and what that says
    "cut": ("checkpoint.npz", lambda c: c[: len(c) // 2], "sample", "damaged"),
    "flipped": ("checkpoint.npz", flip, "sample", "damaged"),
    "followed": ("checkpoint.npz", lambda c: c + b"x", "resume", "damaged"),
    "emptied": ("checkpoint.npz", lambda c: b"", "doctor", "damaged"),
    "another's": (
        "checkpoint.npz",
        lambda c: FOREIGN,
        "resume",
        "not a minigan",
    ),
    "a pickle": ("checkpoint.npz", lambda c: b"\x80\x04K\x01.", "sample", "no checkpoint"),
    "packed": (
        "checkpoint.npz",
        lambda c: PACKED,
        "sample",
        "plainly",
    ),
    "flipped best": ("best.npz", flip, "sample --best", "damaged"),
    "flipped best, resumed": ("best.npz", flip, "resume", "To go on without it, remove"),
    "no JSON": ("config.json", lambda c: b"{", "sample", "not readable JSON"),
    "a mark": ("config.json", lambda c: b"\xff\xfe" + c, "film", "not readable JSON"),
    "deep": ("config.json", lambda c: b"[" * 10**5, "doctor", "not readable JSON"),
    "large": ("config.json", big, "evaluate", "at most 1,000,000 are read"),
    "NaN": ("config.json", lambda c: c.replace(b'"l1": 0.0', b'"l1": NaN'), "film", "l1 is nan"),
    "a rule": ("config.json", lambda c: c.replace(b"algorithm-1", b"no"), "film", "rule is 'no'"),
    "units": ("config.json", lambda c: c.replace(b'"top": ', b'"top": -'), "film", "have top -"),
    "half a log": ("log.csv", lambda c: c.replace(b"\n2,", b"\ntwo,"), "doctor", "line 3"),
    "a binary log": ("log.csv", lambda c: bytes(range(256)), "film", "log.csv"),
    "no columns": ("log.csv", lambda c: b"a,b\n1,2\n", "doctor", "first line"),
    "a wide cell": ("log.csv", lambda c: c + b"9" * 200_000 + b"\n", "doctor", "log.csv"),
    "an empty log": ("log.csv", lambda c: b"", "film", "log.csv: damaged"),
}
COMMANDS = {
    "sample": ("sample", "run"),
    "sample --best": ("sample", "run", "--best"),
    "resume": ("train", "--resume", "--out", "run", "--steps", "8"),
    "film": ("film", "run"),
    "doctor": ("doctor", "run"),
    "evaluate": ("evaluate", "run"),
}


@pytest.mark.parametrize("case", RUN)
def test_a_run_folder_with_a_file_that_is_wrong(case, folder, capsys):
    name, change, command, words = RUN[case]
    content = (folder / name).read_bytes()
    assert change(content) != content
    (folder / name).write_bytes(change(content))
    check_refused(capsys, *COMMANDS[command], words=[words, name])


@pytest.mark.parametrize("name", ["checkpoint.npz", "config.json", "log.csv"])
@pytest.mark.parametrize("kind", ["folder", "pipe", "device", "loop"])
def test_what_is_no_file_is_not_waited_for(kind, name, folder, capsys):
    (folder / name).unlink()
    match kind:
        case "folder":
            (folder / name).mkdir()
        case "pipe":
            os.mkfifo(folder / name)
        case "device":
            (folder / name).symlink_to("/dev/zero")
        case "loop":
            (folder / name).symlink_to(name)
    command = "film" if name == "log.csv" else "sample"
    what = "it is a pipe or a device" if kind in ("pipe", "device") else name
    check_refused(capsys, *COMMANDS[command], words=[name, what])


def test_a_classifier_that_is_none(capsys):
    assert main(["train", "mlp", *SHORT[:4], "--device", "cpu", "--out", "run"]) == 0
    capsys.readouterr()
    Path("classifier.npz").write_bytes(Path("run/checkpoint.npz").read_bytes())
    check_refused(
        capsys, "evaluate", "run", "--features", ".", words="classifier.npz: the facts of a"
    )
    facts = {"name": "x", "shape": [10**6, 10**6, 1], "labels": [0, 1], "accuracy": 0.5}
    checkpoint.save("classifier.npz", {}, facts | {"training": {}})
    check_refused(
        capsys, "evaluate", "run", "--features", ".", words="the facts in it are not those"
    )


def test_a_forged_config_that_the_checkpoint_agrees_with(capsys, folder):
    arrays, meta = checkpoint.load(folder / "checkpoint.npz")
    for change in ({"units": {}}, {"n": "many"}):
        config = json.loads((folder / "config.json").read_text())
        config["data"] |= change
        Path("other").mkdir()
        (Path("other") / "config.json").write_text(json.dumps(config))
        checkpoint.save("other/checkpoint.npz", arrays, meta | {"config": config})
        check_refused(capsys, "sample", "other", words="config.json: ")
        shutil.rmtree("other")
