"""The idx reader, on tiny files that are made here."""

from __future__ import annotations

import gzip
import struct

import numpy as np
import pytest
from data_errors import expect_refusal

from minigan.data import load
from minigan.data.idx import idx_header, read_idx

X = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)


def idx_bytes(x):
    """Written out by hand, not by the module under test."""
    return struct.pack(f">HBB{x.ndim}I", 0, 8, x.ndim, *x.shape) + x.tobytes()


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize("x", [X, X[0], X[0, 0], X[None]], ids=lambda x: f"{x.ndim}d")
def test_an_idx_file_is_read_packed_or_not(tmp_path, pack, x):
    path = tmp_path / "x-idx3-ubyte"  # packed or not is told by the content, not by the name
    path.write_bytes(pack(idx_bytes(x)))
    y = read_idx(path)
    assert y.dtype == np.uint8
    assert np.array_equal(y, x)


def test_the_header_is_that_of_the_published_files():
    assert idx_header(np.zeros((2, 3, 4), np.uint8)) == idx_bytes(X)[:16]
    assert idx_header(X) + X.tobytes() == idx_bytes(X)


GOOD = idx_bytes(X)
HUGE = struct.pack(">HBB3I", 0, 8, 3, 2**31, 2**31, 2**31)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize(
    ("content", "facts"),
    [
        (GOOD[:-1], ["2 x 3 x 4 = 24 bytes"]),
        (GOOD + b"x", ["2 x 3 x 4 = 24 bytes", "more"]),
        (GOOD[:10], ["within its header"]),
        (GOOD[:3], ["no idx file", "00 00 08"]),
        (b"", ["no idx file", "nothing"]),
        (b"PK\3\4" + GOOD, ["no idx file", "50 4b 03 04"]),
        (b"\0\0\x0d\3" + GOOD[4:], ["0x0d", "unsigned bytes"]),
        (b"\0\0\x08\0" + GOOD[4:], ["no idx file"]),
        (b"\0\0\x08\x09" + GOOD[4:], ["no idx file"]),
        (HUGE + GOOD, ["2147483648 x 2147483648", "damaged"]),
    ],
)
def test_a_damaged_file_is_named_with_what_is_wrong(tmp_path, pack, content, facts):
    path = tmp_path / "train-images-idx3-ubyte"
    path.write_bytes(pack(content))
    with expect_refusal(path, *facts):
        read_idx(path)


def test_a_gzip_bomb_is_refused_by_what_its_header_declares(tmp_path):
    path = tmp_path / "x.gz"
    path.write_bytes(gzip.compress(struct.pack(">HBB3I", 0, 8, 3, 60_000, 4096, 4096)))
    with expect_refusal(path, "60000 x 4096 x 4096", "damaged"):
        read_idx(path)


@pytest.mark.parametrize("page", [b"<!DOCTYPE html><html>", b"\n  <html>403</html>"])
def test_a_web_page_saved_as_gz_is_named_as_such(tmp_path, page):
    path = tmp_path / "train-images-idx3-ubyte.gz"
    path.write_bytes(page)
    with expect_refusal(path, "web page"):
        read_idx(path)


def test_a_cut_or_flipped_gzip_file_is_damaged(tmp_path):
    path = tmp_path / "x.gz"
    packed = gzip.compress(idx_bytes(np.random.default_rng(0).integers(0, 256, (9, 9, 9), "u1")))
    path.write_bytes(packed[:-12])
    with expect_refusal(path, "damaged"):
        read_idx(path)
    path.write_bytes(packed[:300] + bytes([packed[300] ^ 1]) + packed[301:])
    with expect_refusal(path, "damaged"):
        read_idx(path)


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    with expect_refusal(tmp_path / "none", "cannot be read", "No such file"):
        read_idx(tmp_path / "none")
    with expect_refusal(tmp_path, "cannot be read"):
        read_idx(tmp_path)


def test_an_idx_file_is_read_with_the_labels_beside_it(tmp_path):
    (tmp_path / "my-images.idx3-ubyte").write_bytes(idx_bytes(X))
    data = load(tmp_path / "my-images.idx3-ubyte")
    assert np.array_equal(data.x[..., 0], X)
    assert data.labels is None
    (tmp_path / "my-labels.idx1-ubyte").write_bytes(idx_bytes(np.arange(2, dtype="u1")))
    assert load(tmp_path / "my-images.idx3-ubyte").labels.tolist() == [0, 1]
    with expect_refusal("my-labels.idx1-ubyte", "holds labels", "expected images"):
        load(tmp_path / "my-labels.idx1-ubyte")
