"""Saved arrays: axes, values, keys, and files that must not be trusted."""

from __future__ import annotations

import io
import pickle
import zipfile

import numpy as np
import pytest
from data_errors import expect_refusal

from minigan.backend import Random
from minigan.data import Batches, as_dataset, load

RNG = np.random.default_rng(0)
GREY = RNG.integers(0, 256, (5, 6, 7), "u1")
COLOUR = RNG.integers(0, 256, (5, 6, 7, 3), "u1")


def saved(tmp_path, x, name="x.npy"):
    np.save(tmp_path / name, x)
    return str(tmp_path / name)


@pytest.mark.parametrize(
    ("x", "layout", "expected"),
    [
        (GREY, None, GREY[..., None]),
        (GREY, "nhw", GREY[..., None]),
        (COLOUR, None, COLOUR),
        (COLOUR.transpose(0, 3, 1, 2), None, COLOUR),
        (COLOUR.transpose(0, 3, 1, 2), "NCHW", COLOUR),
        (COLOUR[:, :, :3], "NHWC", COLOUR[:, :, :3]),
        (COLOUR[:, :3], "NCHW", COLOUR[:, :3].transpose(0, 2, 3, 1)),
        (RNG.integers(0, 256, (5, 6, 7, 2), "u1"), "NHWC", None),
        (np.asfortranarray(COLOUR), None, COLOUR),
    ],
)
def test_images_become_channels_last(tmp_path, x, layout, expected):
    data = load(saved(tmp_path, x), layout=layout)
    assert data.kind == "images"
    assert data.top == 255
    assert data.x.dtype == np.uint8
    assert data.x.flags.c_contiguous
    assert np.array_equal(data.x, x if expected is None else expected)


@pytest.mark.parametrize("dtype", ["i1", "u2", ">u2", "i4", "i8", "u8"])
def test_integers_of_any_width_from_0_to_255_become_uint8(tmp_path, dtype):
    values = np.arange(100).reshape(4, 5, 5)
    data = load(saved(tmp_path, values.astype(dtype)))
    assert data.x.dtype == np.uint8
    assert np.array_equal(data.x[..., 0], values)


@pytest.mark.parametrize("dtype", ["f2", "f4", ">f4", "f8"])
@pytest.mark.parametrize("low", [0, -1])
def test_floats_of_either_range_become_zero_to_one(tmp_path, dtype, low):
    values = np.linspace(low, 1, 5).reshape(5, 1, 1).astype(dtype)
    data = load(saved(tmp_path, values))
    assert data.x.dtype == np.float32
    assert data.top == 1.0
    np.testing.assert_array_equal(data.x.ravel(), [0, 0.25, 0.5, 0.75, 1])


@pytest.mark.parametrize("dtype", [bool, "u1", "i8"])
def test_black_and_white_pictures_of_0_and_1_have_top_1(tmp_path, dtype):
    data = load(saved(tmp_path, np.array([[[0, 1]], [[1, 0]]]).astype(dtype)))
    assert data.top == 1.0
    assert data.x.dtype == np.uint8
    assert sorted(Batches(data, Random(0), -1, 1)(1).ravel().tolist()) == [-1, 1]


@pytest.mark.parametrize(
    ("values", "facts"),
    [
        (np.array([0, 1, 255.0]), ["from 0 to 255", "[0, 1] or [-1, 1]", "divide by 255"]),
        (np.array([0, 1.0000001]), ["from 0 to 1.0000001", "scale"]),
        (np.array([-1e-7, 0.5, 1]), ["from -1e-07 to 1", "clip"]),
        (np.array([-2, 1.0]), ["from -2 to 1"]),
        (np.array([-1, 3], "i8"), ["int64 from -1 to 3", "0 to 255"]),
        (np.array([0, 65535], "u2"), ["uint16 from 0 to 65535", "0 to 255"]),
        (np.array([0, np.nan]), ["x[1, 0, 0, 0] is nan"]),
        (np.array([0, 1e300, np.inf]), ["x[1, 0, 0, 0] is inf"]),
        (np.array(["a", "b"]), ["dtype <U1", "real numbers"]),
        (np.array([1j, 2]), ["complex128", "real numbers"]),
        (np.array([1, 2], "M8[s]"), ["datetime64", "real numbers"]),
    ],
)
def test_pixels_out_of_range_are_refused_with_what_was_found(tmp_path, values, facts):
    with expect_refusal("x", *facts):
        load(saved(tmp_path, values.reshape(-1, 1, 1)))


@pytest.mark.parametrize(
    ("shape", "layout", "facts"),
    [
        ((5, 6, 7, 2), None, ["(5, 6, 7, 2)", "cannot be told", "--layout"]),
        ((5, 3, 7, 3), None, ["(5, 3, 7, 3)", "cannot be told", "NHWC or NCHW"]),
        ((5,), None, ["(5,)", "(n, h, w, c)", "x.reshape(-1, 1)"]),
        ((), None, ["()", "(n, d)"]),
        ((1, 2, 3, 4, 5), None, ["(1, 2, 3, 4, 5)"]),
        ((5, 6, 7), "NHWC", ["NHWC needs 4 axes", "(5, 6, 7)"]),
        ((5,), "ND", ["ND needs 2 axes"]),
        ((5, 6, 7), "CHWN", ["'CHWN'", "NHW, NHWC, NCHW, ND"]),
        ((0, 6, 7), None, ["empty", "(0, 6, 7)"]),
        ((5, 0), None, ["empty", "(5, 0)"]),
        ((0, 3), None, ["empty", "(0, 3)"]),
    ],
)
def test_axes_that_cannot_be_understood_are_refused(tmp_path, shape, layout, facts):
    with expect_refusal("x", *facts):
        load(saved(tmp_path, np.zeros(shape)), layout=layout)


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", "i4", "u1"])
def test_vectors_are_standardised_column_by_column(tmp_path, dtype):
    x = RNG.integers(0, 200, (50, 3)).astype(dtype)
    data = load(saved(tmp_path, x))
    assert data.kind == "vectors"
    assert data.x.dtype == np.float32
    assert np.array_equal(data.x, x.astype("f4"))
    y = Batches(data, Random(0, dtype="float64"))(50)
    np.testing.assert_allclose(y.mean(axis=0), 0, atol=1e-14)
    np.testing.assert_allclose(y.std(axis=0), 1, rtol=1e-14)


def test_a_constant_column_trains_on_zero(tmp_path):
    x = np.stack([np.full(1000, 0.1), np.arange(1000)], axis=1)
    data = load(saved(tmp_path, x))
    assert data.std[0] == 1.0
    assert np.all(Batches(data, Random(0))(1000)[:, 0] == 0.0)


def test_layout_nd_makes_vectors_of_any_array(tmp_path):
    x = RNG.normal(0, 30, (40, 22, 3))  # 40 animations of 22 joints
    data = load(saved(tmp_path, x), layout="ND")
    assert data.shape == (66,)
    assert np.array_equal(data.x, x.reshape(40, 66).astype("f4"))


def test_numbers_beyond_float32_are_refused():
    with expect_refusal("big", "3.4e38"):
        as_dataset(np.array([[1e39], [0.0]]), "big")
    with expect_refusal("nan", "x[1, 0] is nan"):
        as_dataset(np.array([[1.0], [np.nan]]), "nan")


def test_npz_key_is_the_named_one_or_the_usual_one_or_the_only_one(tmp_path):
    path = tmp_path / "d.npz"
    np.savez_compressed(path, x_train=GREY, x_test=GREY[:2], y_train=np.arange(5), faces=COLOUR)
    data = load(path)
    assert np.array_equal(data.x[..., 0], GREY)
    assert data.labels.tolist() == [0, 1, 2, 3, 4]
    assert np.array_equal(load(f"{path}[faces]").x, COLOUR)
    assert load(f"{path}[faces]").labels is None
    assert len(load(path, split="test")) == 2
    np.savez(tmp_path / "only.npz", whatever=COLOUR)
    assert np.array_equal(load(tmp_path / "only.npz").x, COLOUR)
    np.savez(tmp_path / "x.npz", images=COLOUR, labels=np.zeros(5), x=GREY, y=np.zeros(4, int))
    assert np.array_equal(load(tmp_path / "x.npz").x[..., 0], GREY)  # x goes before images
    assert load(tmp_path / "x.npz").labels is None  # four labels for five images
    with expect_refusal(path, "no array none", "x_train, x_test, y_train, faces", "d.npz[KEY]"):
        load(f"{path}[none]")
    np.savez(tmp_path / "two.npz", a=GREY, b=GREY)
    with expect_refusal("two.npz", "x or x_train or images", "only a, b"):
        load(tmp_path / "two.npz")
    np.savez(tmp_path / "0d.npz", x=np.float64(3), y=np.zeros(1, int))
    with expect_refusal("0d", "the array is ()"):
        load(tmp_path / "0d.npz")
    with expect_refusal("two.npz", "x_test", "the test part"):
        load(tmp_path / "two.npz", split="test")


class Bomb:
    """A pickle that would leave a trace when it is read."""

    def __reduce__(self):
        return (exec, ("raise SystemExit('unpickled')",))


def test_pickles_are_never_read(tmp_path):
    x = np.array([Bomb(), None], dtype=object)
    with expect_refusal("x.npy", "never read"):
        load(saved(tmp_path, x))
    np.savez(tmp_path / "x.npz", x=x)
    with expect_refusal("x.npz[x]", "never read"):
        load(tmp_path / "x.npz")
    (tmp_path / "plain.npy").write_bytes(pickle.dumps(Bomb()))
    with expect_refusal("plain.npy", "no array saved by NumPy"):
        load(tmp_path / "plain.npy")


def header(shape, dtype="|u1"):
    file = io.BytesIO()
    fields = {"descr": dtype, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, fields)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "facts"),
    [
        (header((2**40, 2**20)) + b"x" * 99, ["1152921504606846976 bytes", "has 99"]),
        (header((9, 9, 9)) + b"x" * 728, ["729 bytes", "has 728"]),
        (header((9, 9, 9)) + b"x" * 730, ["729 bytes", "has 730"]),
        (header((-1, 9)) + b"x" * 9, ["damaged"]),
        (header((-2, -3)) + b"x" * 6, ["cannot have the shape (-2, -3)"]),
        (header((True, 5)) + b"x" * 5, ["cannot have the shape (True, 5)"]),
        (header((0, 2**62, 5)), ["cannot have the shape"]),
        (header((1,) * 70) + b"x", ["cannot have the shape"]),
        (header((9, 9))[:20], ["no array saved by NumPy"]),
        (header((9, 9)).replace(b")", b"("), ["no array saved by NumPy"]),
        (header((9, 9)).replace(b"'shape", b"b'shap"), ["no array saved by NumPy"]),
        (b"<html>", ["no array saved by NumPy"]),
        (b"", ["no array saved by NumPy"]),
        (b"\x93NUMPY\x09\x00" + header((1,))[8:], ["format (9, 0)"]),
    ],
)
def test_a_header_that_lies_costs_no_memory(tmp_path, content, facts):
    (tmp_path / "x.npy").write_bytes(content)
    with expect_refusal("x.npy", *facts):
        load(tmp_path / "x.npy")
    with zipfile.ZipFile(tmp_path / "x.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.npy", content)
    with expect_refusal("x.npz[x]", *facts):
        load(tmp_path / "x.npz")


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr("minigan.npy.LARGEST", 10**6)
    np.savez_compressed(tmp_path / "x.npz", x=np.zeros((2, 1000, 1000), "u1"))
    assert (tmp_path / "x.npz").stat().st_size < 10**4
    with expect_refusal("x.npz[x]", "2000000 bytes", "at most 1000000", "too large"):
        load(tmp_path / "x.npz")


def test_a_damaged_archive_is_named(tmp_path):
    path = tmp_path / "x.npz"
    np.savez(path, x=GREY)
    good = path.read_bytes()
    path.write_bytes(good[:-40])
    with expect_refusal(path, "damaged"):
        load(path)
    flipped = bytearray(good)
    flipped[good.index(GREY.tobytes()) + 5] ^= 1
    path.write_bytes(bytes(flipped))
    with expect_refusal(path, "damaged", "CRC"):
        load(path)


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_an_archive_packed_in_another_way_than_numpys_is_refused(tmp_path, method):
    with zipfile.ZipFile(tmp_path / "x.npz", "w", method) as archive:
        archive.write(saved(tmp_path, GREY), "x.npy")
    with expect_refusal("x.npz[x]: packed in another way than NumPy's"):
        load(tmp_path / "x.npz")
