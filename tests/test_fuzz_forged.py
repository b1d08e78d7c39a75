"""Checkpoints with a right checksum and a wrong content: somebody else has written them."""

from __future__ import annotations

import copy
import random
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fuzzing import MEMORY, fuzz
from test_saved_state import new_game, play

from minigan import checkpoint
from minigan.backend import Random
from minigan.checkpoint import CheckpointError
from minigan.evaluation import features
from minigan.evaluation.classifier import classifier
from minigan.training.classifier_state import State

VALUES: tuple[Any, ...] = (
    *(None, True, -1, 0, 1, 2**63, -(2**70), 10**400, 0.5, 1e300, "", "a\nb", "0", [], [[1]], {}),
    *({"": None}, [1, "x"], {"state": -1}, "PCG64"),
)


def forged_meta(meta: Any, rng: random.Random) -> Any:
    """The facts with one of them another: replaced, left out, doubled."""
    meta = copy.deepcopy(meta)
    places = list(_places(meta))
    where, key = rng.choice(places)
    match rng.randrange(4):
        case 0:
            del where[key]
        case 1 if isinstance(where[key], int) and not isinstance(where[key], bool):
            where[key] += rng.choice((-1, 1, -(2**31), 2**64))
        case _:
            where[key] = copy.deepcopy(rng.choice(VALUES))
    return meta


def _places(meta: Any) -> Iterator[tuple[Any, Any]]:
    keys = meta if isinstance(meta, dict) else range(len(meta))
    for key in keys:
        yield meta, key
        if isinstance(meta[key], dict | list):
            yield from _places(meta[key])


def forged_arrays(arrays: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """The arrays with one of them another."""
    arrays = dict(arrays)
    name, other = rng.choice(list(arrays)), rng.choice(list(arrays))
    x = np.array(arrays[name])
    match rng.randrange(12):
        case 0:
            del arrays[name]
        case 1:
            arrays[name + rng.choice(("", "x", ".npy", "/0"))] = arrays.pop(name)
        case 2:
            arrays[f"{name.rpartition('/')[0]}/{rng.choice(('9.W', 'm.9.W', 'q.0.W'))}"] = x
        case 3:
            arrays[name], arrays[other] = arrays[other], arrays[name]
        case 4:
            arrays[name] = x[:-1] if x.ndim else x.reshape(1)
        case 5:
            arrays[name] = x[None]
        case 6:
            arrays[name] = x.astype(rng.choice(("f8", "f2", "c8", "i1", "u8", "?", ">f4", "S3")))
        case 7:
            arrays[name] = np.zeros(rng.choice(((), (0,), (3, 0))), x.dtype)
        case 8:
            arrays[name] = np.asfortranarray(x).T
        case _ if x.size:
            place = rng.randrange(x.size)
            values = (0, 1, 77) if x.dtype.kind != "f" else (np.nan, np.inf, -np.inf, 0)
            x.ravel()[place] = rng.choice(values)
            arrays[name] = x
    return arrays


def forged(arrays: dict[str, Any], meta: Any, path: Path, n: int) -> Iterator[bytes]:
    rng = random.Random(1)
    for _ in range(n):
        if rng.random() < 0.5:
            checkpoint.save(path, arrays, forged_meta(meta, rng))
        else:
            checkpoint.save(path, forged_arrays(arrays, rng), meta)
        yield path.read_bytes()


@pytest.fixture
def quick() -> Iterator[Path]:
    """A folder in memory: a checkpoint waits until it is on the disk, wherever that is."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        yield Path(folder)


def test_a_forged_game_is_refused_or_goes_on_from_what_the_file_says(quick, record_property):
    game, path = new_game(), quick / "game.npz"
    play(game, "algorithm-1", 4)
    game.save(path, {}, "step,V\n1,-1.25\n")
    arrays, meta = checkpoint.load(path)

    def read(given: Path) -> None:
        found, facts = checkpoint.load(given)
        other = new_game()
        log = other.restore(given, found, facts)
        other.save(path, {}, log)
        again, told = checkpoint.load(path)
        assert {**facts, **told} == facts
        assert all(again[name].tobytes() == found[name].tobytes() for name in again)

    inputs = forged(arrays, meta, quick / "forged.npz", 1000)
    found = fuzz(read, inputs, errors=CheckpointError, name="checkpoint.npz")
    assert found["refused"] > 500
    assert found["read"] > 20  # another number in an array is as good as the one that was there
    record_property("cases", found.total())


def other(key: str, change: Any) -> Any:
    """A change of one array, or of one fact, by its path."""

    def changed(arrays: dict[str, Any], meta: Any) -> None:
        if key in arrays:
            arrays[key] = change(np.array(arrays[key]))
            return
        *path, last = key.split("/")
        for name in path:
            meta = meta[name]
        meta[last] = change(meta[last])

    return changed


def set_first(value: float) -> Any:
    return lambda x: np.concatenate([[value], x.ravel()[1:]]).astype(x.dtype).reshape(x.shape)


FORGED = {
    "G/params/0.W has numbers in it that are not finite": other("G/params/0.W", set_first(np.nan)),
    "G/buffers/1.running_var has": other("G/buffers/1.running_var", set_first(np.inf)),
    "G/optimizer/m.0.W has numbers in it": other("G/optimizer/m.0.W", set_first(np.nan)),
    "D/params/0.b is float64 (6,), expected": other("D/params/0.b", lambda x: x.astype("f8")),
    "arrays G/optimizer/v.0.b missing": lambda arrays, meta: arrays.pop("G/optimizer/v.0.b"),
    "it has D/params/7.W, which this network has not": lambda arrays, meta: arrays.update(
        {"D/params/7.W": np.zeros((1, 1), "f4")}
    ),
    "G in it is -1, expected 0 or more": other("t/G", lambda t: -1),
    "position in it is 32.0, expected 0": other("position", float),
    "other numbers than those of a stream": other("streams/noise/uinteger", lambda n: 0.5),
    "the saved order is no permutation": other("data/order", lambda x: x * 0),
    "log is float64 (3,), expected uint8": other("log", lambda x: np.zeros(3)),
    "cannot be used (": other("streams", lambda streams: None),
}


@pytest.mark.parametrize("words", FORGED)
def test_what_is_wrong_with_a_forged_game_is_said(quick, words):
    game, path = new_game(), quick / "game.npz"
    play(game, "algorithm-1", 4)
    game.save(path, {}, "step,V\n1,-1.25\n")
    arrays, meta = checkpoint.load(path)
    FORGED[words](arrays, meta)
    checkpoint.save(path, arrays, meta)
    with pytest.raises(CheckpointError, match=re.escape(words)) as caught:
        new_game().restore(path, *checkpoint.load(path))
    assert str(path) in str(caught.value)


def test_a_forged_classifier_is_refused_or_is_one(quick, monkeypatch, record_property):
    def small(*args: Any) -> Any:
        return classifier(*args, widths=(1,), features=1)

    monkeypatch.setattr(features, "classifier", small)
    facts = {"name": "x", "shape": [4, 4, 1], "labels": [0, 1], "accuracy": 0.5, "training": {}}
    path = quick / "saved.npz"
    features.save(path, small(Random(0), (4, 4, 1), 2), facts)
    arrays, meta = checkpoint.load(path)

    def read(given: Path) -> None:
        found = features.load(given)
        p = found.probabilities(np.zeros((1, *found.shape), np.float32))
        assert p.shape == (1, len(found.labels))
        assert abs(p.sum() - 1) < 1e-6

    found = fuzz(
        read, forged(arrays, meta, path, 1000), errors=CheckpointError, name="classifier.npz"
    )
    assert found["refused"] > 500
    record_property("cases", found.total())


def test_a_forged_training_of_a_classifier_is_refused_or_goes_on(quick, record_property):
    from small_classifier import digits

    from minigan.data import load

    train = load(digits(quick / "digits.npz"))
    settings = {"epochs": 2, "m": 30, "seed": 0, "device": "cpu"}
    state, path = State(train, settings), quick / "saved.npz"
    state.save(path, {})
    arrays, meta = checkpoint.load(path)

    def read(given: Path) -> None:
        state.restore(given, *checkpoint.load(given))
        assert state.optimizer.t >= 0

    found = fuzz(
        read, forged(arrays, meta, path, 200), errors=CheckpointError, name="checkpoint.npz"
    )
    assert found["refused"] > 100
    record_property("cases", found.total())
