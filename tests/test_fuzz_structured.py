"""Files whose outside is right and whose inside is anything: drawn by hypothesis."""

from __future__ import annotations

import gzip
import io
import json
import struct
import tempfile
import zipfile
from pathlib import Path

import pytest
from fuzz_readers import CONFIGS, LOGS, read_config_and_film
from fuzzing import MEMORY
from hypothesis import given, settings
from hypothesis import strategies as st

from minigan import archive
from minigan.checkpoint import CheckpointError
from minigan.checkpoint import load as load_checkpoint
from minigan.data import DataError, load
from minigan.doctor.rows import read_log
from minigan.training import filming
from minigan.training.folder import RunError

LENGTHS = st.one_of(
    st.integers(-2, 6), st.sampled_from([2**31, 2**32 - 1, 2**63 - 1, 2**63, 10**30, 10**4000])
)
LETTERS = "?bBhHiIlLqQpPefdgFDGSUVOMm"
DTYPES = st.one_of(
    st.builds("'{}{}{}'".format, st.sampled_from("<>|="), st.sampled_from(LETTERS), LENGTHS),
    st.sampled_from(["'<f4'", "'|u1'", "'<M8[s]'", "('<f4', (2,))", "[('a', '<f4')]", "['<f4']"]),
    st.recursive(st.sampled_from(["'<f4'", "1", "None"]), lambda x: st.builds("[{}]".format, x)),
    st.text(max_size=8).map(repr),
)
SHAPES = st.one_of(
    st.lists(LENGTHS, max_size=6).map(tuple).map(repr),
    st.sampled_from(["(3L, 1L)", "(True,)", "[3]", "3", "(1.0,)", "()", "(*a,)", "-" * 300 + "1"]),
)


@st.composite
def npy_files(draw):
    """A header of arbitrary dtype and shape, of some version, and some bytes behind it."""
    order = draw(st.sampled_from(["True", "False", "1", "'C'"]))
    text = f"{{'descr': {draw(DTYPES)}, 'fortran_order': {order}, 'shape': {draw(SHAPES)}, }}\n"
    raw = text.encode("utf-8", "replace")
    version = draw(st.sampled_from([(1, 0)] * 4 + [(2, 0), (3, 0), (1, 1)]))
    length = len(raw) if draw(st.integers(0, 9)) else draw(st.integers(0, 2**16 - 1))
    count = struct.pack("<H" if version[0] == 1 else "<I", length)
    return b"\x93NUMPY" + bytes(version) + count + raw + bytes(draw(st.integers(0, 40)))


def words(most):
    """Names for the members of an archive: zipfile cuts them at a NUL."""
    return st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=most)


@st.composite
def zip_files(draw, contents):
    """An archive of such arrays with names of any kind, whose directory may lie."""
    names = st.sampled_from(["x.npy", "y.npy", "x", "../x.npy", "/etc/x.npy", "a\nb.npy", "é.npy"])
    file = io.BytesIO()
    method = draw(st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))
    found = draw(st.dictionaries(st.one_of(names, words(4)), contents, max_size=3))
    with zipfile.ZipFile(file, "w", method) as packed:
        for name, content in found.items():
            packed.writestr(name, content)
    whole = bytearray(file.getvalue())
    for _ in range(draw(st.integers(0, 2))):  # a field of a header, by its place behind "PK"
        start = draw(st.sampled_from([i for i in range(len(whole)) if whole[i : i + 2] == b"PK"]))
        place = start + draw(st.integers(4, 46))
        word = draw(st.sampled_from([0, 1, 8, 2**16, 2**31, 2**32 - 1]))
        if place + 4 <= len(whole):
            whole[place : place + 4] = struct.pack("<I", word)
    return bytes(whole)


IDX = st.builds(
    lambda kind, shape, n, pack: pack(
        struct.pack(f">HBB{len(shape)}I", 0, kind, len(shape), *shape) + bytes(n)
    ),
    st.sampled_from([8, 8, 8, 9, 13]),
    st.lists(st.sampled_from([0, 1, 2, 3, 2**31, 2**32 - 1]), max_size=5),
    st.integers(0, 30),
    st.sampled_from([bytes, gzip.compress]),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


@st.composite
def configs(draw):
    """A config.json with one value of it replaced by any other, wherever it is."""
    found = json.loads(draw(st.sampled_from(CONFIGS)))
    where = found
    key = draw(st.sampled_from([*where]))
    while isinstance(where[key], dict) and where[key] and draw(st.booleans()):
        where = where[key]
        key = draw(st.sampled_from([*where]))
    where[key] = draw(JSON)
    return json.dumps(found).encode()


CELLS = st.one_of(
    st.floats().map(repr), st.text(max_size=6), st.sampled_from(['"', "1_0", "9" * 400])
)
LOG_FILES = st.builds(
    lambda rows, end: (LOGS[0].decode() + "\n".join(map(",".join, rows)) + end).encode(
        "utf-8", "replace"
    ),
    st.lists(st.lists(CELLS, min_size=1, max_size=12), max_size=3),
    st.sampled_from(["", "\n", "\r\n", "\0"]),
)


def check_refused_or_read(content, read, errors, name, named=""):
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        message = None
        try:
            read(path)
        except errors as error:
            message = str(error)
        assert message is None or (named or name) in message
        assert message is None or len(message.splitlines()) == 1
        assert path.read_bytes() == content
        assert [file.name for file in Path(folder).iterdir()] == [name]


MANY = settings(max_examples=200)


@MANY
@given(npy_files())
def test_npy_files(content):
    check_refused_or_read(content, load, DataError, "drawn.npy", "drawn")


@MANY
@given(zip_files(npy_files()))
def test_npz_files(content):
    check_refused_or_read(content, load, DataError, "drawn.npz", "drawn")


@MANY
@given(IDX)
def test_idx_files(content):
    check_refused_or_read(content, load, DataError, "drawn-idx3-ubyte", "drawn")


@MANY
@given(configs())
def test_config_files(content):
    check_refused_or_read(content, read_config_and_film, RunError, "config.json")


@MANY
@given(LOG_FILES)
def test_log_files(content):
    check_refused_or_read(content, lambda path: read_log(path.parent, ""), RunError, "log.csv")
    check_refused_or_read(content, filming.read_log, RunError, "log.csv")


@MANY
@given(zip_files(st.binary(max_size=20)))
def test_foreign_archives_are_no_checkpoints(content):
    def read(path):
        load_checkpoint(path)
        raise AssertionError("it was loaded")

    check_refused_or_read(content, read, CheckpointError, "drawn.npz")


@MANY
@given(st.dictionaries(words(9), st.binary(max_size=9), min_size=1))
def test_an_archive_has_the_bytes_that_zipfile_writes_and_comes_back(members):
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        one, other = Path(folder) / "one.npz", Path(folder) / "other.npz"
        archive.write(one, members)
        with zipfile.ZipFile(other, "w") as file:
            for name, content in members.items():
                info = zipfile.ZipInfo(name)
                info.create_system = archive.UNIX
                file.writestr(info, content)
        assert one.read_bytes() == other.read_bytes()
        assert archive.read(one, next(iter(members))) == members


def test_a_name_with_a_nul_which_zipfile_cuts_is_refused(tmp_path):
    archive.write(tmp_path / "x.npz", {"a\0b": b""})
    with pytest.raises(archive.ArchiveError):
        archive.read(tmp_path / "x.npz", "a")
