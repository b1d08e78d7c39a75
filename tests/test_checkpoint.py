"""A checkpoint is what was saved, or an error that names the file; there is nothing in between."""

import errno
import json
import os
import pickle
import random
import zipfile

import numpy as np
import pytest
from fuzzing import fuzz

from minigan import archive, checkpoint
from minigan.checkpoint import CheckpointError, load, need, save

ARRAYS = {
    "G/params/0.W": np.random.default_rng(0).normal(size=(5, 7)).astype(np.float32),
    "columns": np.asfortranarray(np.arange(12.0).reshape(3, 4)),
    "data/order": np.arange(50)[::-1],
    "empty": np.zeros((0, 3)),
    "log": np.frombuffer(b"step,V\n1,-1.25\n", dtype=np.uint8),
    "scalar": np.array(2.5),
}
META = {"step": 3, "stream": {"state": 2**127 + 1, "words": [1.5, None, "ζ"]}}


@pytest.fixture
def path(tmp_path):
    save(tmp_path / "checkpoint.npz", ARRAYS, META)
    return tmp_path / "checkpoint.npz"


def equal(arrays, meta):
    return (
        meta == META
        and arrays.keys() == ARRAYS.keys()
        and all(
            a.dtype == ARRAYS[name].dtype
            and a.shape == ARRAYS[name].shape
            and a.tobytes() == ARRAYS[name].tobytes()
            for name, a in arrays.items()
        )
    )


def expect_refusal(path, *words):
    with pytest.raises(CheckpointError) as caught:
        load(path)
    message = str(caught.value)
    assert str(path) in message
    assert "\n" not in message
    for word in words:
        assert word in message
    return message


def rewrite(path, change):
    """Write the archive anew, its zip structure intact, with changed members."""
    with zipfile.ZipFile(path) as file:
        members = {name: file.read(name) for name in file.namelist()}
    change(members)
    archive.write(path, members)


def test_what_was_saved_is_loaded(path):
    assert equal(*load(path))


def test_the_same_content_gives_the_same_bytes(path, tmp_path):
    save(tmp_path / "again.npz", dict(reversed(ARRAYS.items())), META)
    assert (tmp_path / "again.npz").read_bytes() == path.read_bytes()


def test_numpy_reads_the_arrays_without_pickle(path):
    with np.load(path, allow_pickle=False) as arrays:
        assert (arrays["data/order"] == ARRAYS["data/order"]).all()


def refusal_of_all(inputs):
    """How many there are, none of which is loaded."""

    def read(path):
        load(path)
        raise AssertionError("it was loaded")

    return fuzz(read, inputs, errors=CheckpointError, name="checkpoint.npz")["refused"]


def test_no_file_with_a_flipped_bit_is_loaded_wherever_that_is(path, record_property):
    whole, rng = path.read_bytes(), random.Random(1)

    def flipped():
        for place in range(len(whole)):
            content = bytearray(whole)
            content[place] ^= 1 << rng.randrange(8)
            yield bytes(content)

    assert refusal_of_all(flipped()) == len(whole) > 2000
    record_property("cases", len(whole))


def test_no_truncated_file_is_loaded_and_none_with_something_behind_it(path, record_property):
    whole = path.read_bytes()
    assert refusal_of_all(whole[:n] for n in range(len(whole))) == len(whole)
    assert refusal_of_all(whole + b"\0" * n for n in range(1, 100)) == 99
    assert refusal_of_all([b"\0" + whole, whole + whole, whole[:-22] + b"x" + whole[-22:]]) == 3
    record_property("cases", len(whole) + 99 + 3)


def test_a_changed_array_with_a_right_crc_is_refused(path):
    def change(members):
        content = bytearray(members["data/order.npy"])
        content[-1] ^= 1
        members["data/order.npy"] = bytes(content)

    rewrite(path, change)
    expect_refusal(path, "damaged", "SHA-256", "not loaded")


def test_a_changed_fact_is_refused(path):
    def change(members):
        members["minigan.json"] = members["minigan.json"].replace(b'"step": 3', b'"step": 4')

    rewrite(path, change)
    expect_refusal(path, "SHA-256")


def test_a_renamed_or_missing_or_extra_array_is_refused(path):
    whole = path.read_bytes()
    changes = (
        lambda members: members.update({"other.npy": members.pop("columns.npy")}),
        lambda members: members.pop("columns.npy"),
        lambda members: members.update({"other.npy": members["columns.npy"]}),
    )
    for change in changes:
        path.write_bytes(whole)
        rewrite(path, change)
        expect_refusal(path, "SHA-256")


def test_no_file_is_one_sentence(tmp_path):
    expect_refusal(tmp_path / "nowhere.npz", "there is no checkpoint here")
    expect_refusal(tmp_path, "cannot be read")


def test_another_npz_is_refused(tmp_path):
    np.savez(tmp_path / "other.npz", x=np.zeros(3))
    expect_refusal(tmp_path / "other.npz", "not a minigan checkpoint")
    np.savez_compressed(tmp_path / "small.npz", x=np.zeros(1000))
    expect_refusal(tmp_path / "small.npz", "not stored plainly")


def test_a_pickle_is_refused_and_not_run(tmp_path):
    path = tmp_path / "pickle.npz"
    path.write_bytes(pickle.dumps({"x": 1}))
    expect_refusal(path, "no checkpoint")
    np.save(tmp_path / "object.npy", np.array([{"x": 1}], dtype=object), allow_pickle=True)
    members = {"x.npy": (tmp_path / "object.npy").read_bytes()}
    forge(path, members)
    expect_refusal(path, "pickled")


def forge(path, members, version=checkpoint.VERSION):
    """Write what minigan never writes, with a checksum that is right."""
    head = {"format": checkpoint.FORMAT, "version": version, "meta": {}}
    head["sha256"] = checkpoint._digest(head, members)
    text = json.dumps(head, sort_keys=True).encode()
    archive.write(path, {"minigan.json": text} | members)


def test_another_format_version_is_refused(path):
    forge(path, {}, version=2)
    expect_refusal(path, "format version is 2, this minigan reads 1")


def test_a_head_of_another_kind_is_refused(path):
    for text, word in (
        (b"{", "not readable"),
        (b"[]", "another's"),
        (b'{"format": "x"}', "another's"),
        (b'{"format": "minigan-checkpoint", "version": 1}', "keys"),
    ):
        rewrite(path, lambda members, text=text: members.update({"minigan.json": text}))
        expect_refusal(path, word)


def test_an_array_that_claims_to_be_huge_is_refused_before_it_is_read(path):
    header = b"\x93NUMPY\x01\x00\x76\x00" + (
        b"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,), }".ljust(117) + b"\n"
    )
    forge(path, {"x.npy": header + bytes(8)})
    expect_refusal(path, "x.npy")


def test_a_member_that_claims_to_be_huge_is_refused_before_it_is_read(path):
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo("data/order.npy").file_size.to_bytes(4, "little")
    whole = path.read_bytes()
    at = whole.rindex(size, 0, whole.rindex(b"data/order.npy"))  # in the central directory
    path.write_bytes(whole[:at] + b"\xf0\xff\xff\x7f" + whole[at + 4 :])
    expect_refusal(path, "larger than it is")


def test_a_missing_key_is_named(path):
    arrays, _ = load(path)
    with pytest.raises(CheckpointError, match=r"checkpoint.npz: arrays D/params/0.W missing"):
        need(path, arrays, ["log", "D/params/0.W"], "arrays")


def test_objects_and_nan_facts_are_not_saved(tmp_path):
    path = tmp_path / "x.npz"
    with pytest.raises(ValueError, match="Python objects"):
        save(path, {"x": np.array([object()])}, {})
    with pytest.raises(TypeError, match="expected a NumPy array"):
        save(path, {"x": [1.0]}, {})
    with pytest.raises(ValueError, match="JSON"):
        save(path, {}, {"V": float("nan")})
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("broken", ["write", "replace", "fsync"])
def test_a_full_disk_leaves_the_old_checkpoint_and_no_stray_file(path, monkeypatch, broken):
    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(archive if broken == "write" else os, broken, full)
    with pytest.raises(OSError, match="No space left"):
        save(path, {"x": np.zeros(3)}, {"step": 4})
    monkeypatch.undo()
    assert equal(*load(path))
    assert [file.name for file in path.parent.iterdir()] == ["checkpoint.npz"]
