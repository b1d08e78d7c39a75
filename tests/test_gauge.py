"""Evaluation while a run trains: what is measured, against which data, and nothing is changed."""

from __future__ import annotations

import csv
import math
import re
from pathlib import Path
from typing import Any

import evaluated_runs
import numpy as np
import pytest
import short_runs
from evaluated_runs import Blocks
from short_runs import run, weights

from minigan import checkpoint
from minigan.backend import to_host
from minigan.data import TOYS, Dataset, load
from minigan.evaluation import judge, modes
from minigan.evaluation.frechet import frechet_distance
from minigan.evaluation.histogram import class_histogram
from minigan.evaluation.scores import classifier_score
from minigan.training import gauge as gauges
from minigan.training import train
from minigan.training.folder import RunError
from minigan.training.gauge import COUNT, Gauge
from minigan.training.log import COLUMNS
from minigan.training.session import Session, begin

small_models, quick_pictures = short_runs.small_models, short_runs.quick_pictures
blocks, no_network = evaluated_runs.blocks, evaluated_runs.no_network
IMAGES = {"model": "mlp-batchnorm", "data": "mnist12k", "m": 16}


@pytest.fixture(autouse=True)
def fewer(monkeypatch: pytest.MonkeyPatch) -> None:
    """250 samples instead of 2,000."""
    monkeypatch.setattr(gauges, "COUNT", 250)


def opened(data: Any, model: str = "mlp-batchnorm", **settings: Any) -> tuple[Session, Gauge]:
    options = settings.pop("options", None)
    settings = {"model": model, "steps": 9, "m": 16, "device": "cpu"} | settings
    session = begin({"evaluate_every": 3} | settings, data, options, Path("opened"))
    session.lock.release()
    assert session.gauge is not None
    return session, session.gauge


def rows_of(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader((folder / "log.csv").read_text().splitlines()))


def images_of(x: Any) -> set[bytes]:
    return {np.ascontiguousarray(image, np.float32).tobytes() for image in x}


def light(split: str, **options: Any) -> Any:
    return load("mnist12k", split=split, **options).x / np.float32(255)


class Looker(Blocks):
    """The stand-in network, which remembers what it has been shown."""

    def __init__(self) -> None:
        self.seen: list[Any] = []

    def features(self, images: Any) -> Any:
        self.seen.append(images)
        return super().features(images)


@pytest.fixture
def looker(monkeypatch: pytest.MonkeyPatch) -> Looker:
    looker = Looker()
    monkeypatch.setattr(judge, "load", lambda name, device: looker)
    return looker


def test_every_number_of_images_is_that_of_its_function(looker: Looker) -> None:
    session, gauge = opened("mnist12k")
    real = looker.seen[0]
    assert len(real) == 250
    assert images_of(real) <= images_of(light("test"))
    assert len(images_of(real)) > 240  # and not one of them again and again
    row = gauge.measure()
    samples = looker.seen[2]  # 1 was the real ones again, for their classes
    see = Blocks()
    p = see.probabilities(samples)
    histogram = class_histogram(p, see.probabilities(real))
    expected = {
        "frechet": frechet_distance(see.features(samples), see.features(real)),
        "score": classifier_score(p).mean,
        "classes": histogram.classes,
        "class_kl": histogram.reverse_kl,
    }
    assert list(row) == list(gauge.columns) == list(expected)
    assert row == pytest.approx(expected, rel=1e-9)
    y = session.game.G(gauge._z, train=False)  # -1 is black
    assert samples == pytest.approx((y + 1) / 2, abs=1e-6)


def test_G_is_measured_after_the_step_and_in_evaluation_mode(looker: Looker) -> None:
    done = run(**IMAGES, steps=20, evaluate_every=20)
    _, gauge = opened("mnist12k")
    real, samples = looker.seen[0], (done.G(gauge._z, train=False) + 1) / 2
    expected = frechet_distance(Blocks().features(samples), Blocks().features(real))
    assert float(rows_of(done.folder)[-1]["frechet"]) == pytest.approx(expected, rel=1e-6)


def test_vectors_are_compared_as_the_networks_see_them() -> None:
    scale = np.array([1.0, 1000.0])
    x = (np.random.default_rng(0).normal(size=(400, 2)) * scale + 5).astype(np.float32)
    data = Dataset("two", x, mean=x.mean(axis=0), std=x.std(axis=0))
    session, gauge = opened(data, "gaussian-1d")
    assert gauge.columns == ("frechet",)
    y = to_host(session.game.G(gauge._z))
    rows = session.game.units.standardised(x)
    assert gauge.n == 250
    near = frechet_distance(y, rows)  # 250 of the 400 are drawn
    assert gauge.measure()["frechet"] == pytest.approx(near, rel=0.3)
    assert near < 50


@pytest.mark.parametrize("name", ["ring", "grid"])
def test_modes_add_the_share_of_samples_in_one(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _, gauge = opened(name, "gaussian-1d")
    assert gauge.columns == ("frechet", "high_quality")
    toy = TOYS[name]
    points = np.concatenate([load(name).x[:200], np.full((50, 2), 0.5)])
    monkeypatch.setattr(Gauge, "_samples", lambda self: points)
    row = gauge.measure()
    assert row["high_quality"] == modes.measure(points, toy).high_quality
    assert 0.7 < row["high_quality"] <= 0.8


def test_the_gaussian_has_no_modes_to_count() -> None:
    _, gauge = opened("gaussian", "gaussian-1d")
    assert gauge.columns == ("frechet",)
    assert gauge.measure()["frechet"] > 0


def test_held_out_examples_go_before_the_test_part(looker: Looker) -> None:
    _, gauge = opened("mnist12k", options={"hold_out": 400})
    assert images_of(looker.seen[0]) <= images_of(light("validation", hold_out=400))
    assert str(gauge) == (
        "every 3 steps: Fréchet distance of 250 samples to 250 held-out examples; the best is kept"
    )


def test_choosing_by_the_test_part_is_said(blocks: None) -> None:
    _, gauge = opened("mnist12k")
    assert str(gauge).endswith(
        "to 250 test examples; the best is kept, and so chosen on the test set (--hold-out N: on "
        "others)"
    )


def test_where_there_is_nothing_else_training_examples_are_taken_and_it_is_said() -> None:
    x = np.sort(np.random.default_rng(0).normal(size=(300, 1)), axis=0)  # sorted, as files may be
    np.save("own.npy", x)
    _, gauge = opened("own.npy", "gaussian-1d")
    assert "to 250 training examples; the best is kept. A G that knows them by" in str(gauge)
    assert str(gauge).endswith("looks best, since nothing is held out (--hold-out N)")
    mean, _ = gauge._moments
    assert abs(mean[0]) < 0.15  # the first 250 in the file would have a mean of -0.3
    held_out = Path("held-out")
    train("gaussian-1d", "own.npy", data_options={"hold_out": 120}, steps=2, m=8, evaluate_every=1,
          out=held_out, progress=False)  # fmt: skip
    assert float(rows_of(held_out)[-1]["frechet"]) > 0


@pytest.mark.parametrize(
    "settings",
    [
        IMAGES,
        IMAGES | {"model": "goodfellow-2014", "generators": 2},  # dropout in D
        IMAGES | {"model": "dcgan-32"},  # padded; shown in training mode
        IMAGES | {"model": "cgan"},  # labels
        {"model": "gaussian-1d", "data": "ring"},
    ],
    ids=lambda settings: f"{settings['model']} on {settings['data']}",
)
def test_looking_does_not_change_the_run_by_a_bit(settings: dict[str, Any], blocks: None) -> None:
    plain = run(**settings, steps=14, out="plain")
    looked = run(**settings, steps=14, out="looked", evaluate_every=4)
    assert weights(plain) == weights(looked)
    before, after = (checkpoint.load(f"{name}/checkpoint.npz") for name in ("plain", "looked"))
    for array in before[0].keys() - {"log"}:
        np.testing.assert_array_equal(before[0][array], after[0][array])
    for fact in before[1].keys() - {"config"}:
        assert before[1][fact] == after[1][fact]
    rows = {row["step"]: row for row in rows_of(Path("looked"))}
    for row in rows_of(Path("plain")):
        assert rows[row["step"]].items() >= row.items()


def test_an_evaluation_is_a_row_of_the_log_with_columns_at_its_end(blocks: None) -> None:
    folder = run(**IMAGES, steps=20, log_every=7, evaluate_every=5).folder
    head = (folder / "log.csv").read_text().splitlines()[0]
    assert head == ",".join([*COLUMNS, "frechet", "score", "classes", "class_kl"])
    rows = rows_of(folder)
    assert [row["step"] for row in rows] == ["1", "5", "7", "10", "14", "15", "20"]
    for row in rows:
        more = [row[name] for name in ("frechet", "score", "classes", "class_kl")]
        assert all(more) if int(row["step"]) % 5 == 0 else not any(more)
    assert ",,,,\n" in (folder / "log.csv").read_text()


def test_a_run_without_evaluations_has_the_columns_of_always() -> None:
    folder = run(steps=8, evaluate_every=0).folder
    assert (folder / "log.csv").read_text().splitlines()[0] == ",".join(COLUMNS)
    assert not (folder / "best.npz").exists()


def test_padded_images_are_compared_without_their_border(looker: Looker) -> None:
    _, gauge = opened("mnist12k", "dcgan-32")
    row = gauge.measure()
    assert [images.shape for images in looker.seen] == [(250, 28, 28, 1)] * 4
    assert math.isfinite(row["frechet"])


def test_the_same_noise_and_data_at_every_step(looker: Looker) -> None:
    _, gauge = opened("mnist12k", "goodfellow-2014")
    assert gauge.measure() == gauge.measure()


def test_samples_that_are_not_finite_have_no_distance(blocks: None) -> None:
    session, gauge = opened("mnist12k")
    next(iter(session.game.G.params.values()))[...] = np.nan
    assert all(math.isnan(value) for value in gauge.measure().values())


def test_2000_are_compared_with_2000(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gauges, "COUNT", COUNT)
    assert str(opened("ring", "gaussian-1d")[1]).startswith(
        "every 3 steps: Fréchet distance of 2,000 samples to 2,000 test examples"
    )


FEW = Dataset("few", np.zeros((99, 2), np.float32))
WIDE = Dataset("wide", np.zeros((200, 513), np.float32))
GREY = Dataset("faces", np.zeros((200, 28, 28, 1), np.uint8))


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"evaluate_every": -1}, "evaluate_every is -1, expected an integer of 0 or more."),
        ({"evaluate_every": True}, "evaluate_every is True, expected an integer of 0 or more."),
        (
            {"evaluate_every": 10},
            "evaluate_every is 10, but the run has 9 steps: nothing would be evaluated; say 9 at "
            "most, or more steps.",
        ),
        (
            {"data": "digits8x8"},
            "evaluate_every is 3, but digits8x8 cannot be measured while a run trains (no feature "
            "network for images of shape (8, 8, 1), only for (28, 28, 1)); mnist, mnist12k, "
            "fashion-mnist and vectors can. Leave it out, look at the pictures, and see minigan "
            "evaluate afterwards.",
        ),
        (
            {"data": GREY},
            "faces cannot be measured while a run trains (no feature network for data of your own; "
            "for digits: minigan evaluate --features mnist); mnist, mnist12k",
        ),
        (
            {"data": WIDE, "model": "gaussian-1d"},
            "but vectors of 513 numbers are too long to be compared while a run trains (512 at "
            "most): leave it out.",
        ),
        (
            {"data": FEW, "model": "gaussian-1d"},
            "evaluate_every is 3, but there are only 99 training examples; 100 are needed to "
            "compare samples with. Leave it out, or give more data.",
        ),
        (
            {"data": "mnist12k", "data_options": {"hold_out": 99}},
            "evaluate_every is 3, but there are only 99 held-out examples; 100 are needed",
        ),
    ],
)
def test_what_cannot_be_measured_is_found_before_anything_is_left(
    settings: dict[str, Any], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        judge, "load", lambda name, device: pytest.fail("no network is needed to see that")
    ) if "data_options" not in settings else monkeypatch.setattr(judge, "load", lambda *_: Blocks())
    settings = {"model": "mlp-batchnorm", "evaluate_every": 3, "data": "ring"} | settings
    if settings["data"] == "ring":
        settings["model"] = "gaussian-1d"
    with pytest.raises(RunError, match=re.escape(words)) as caught:
        train(progress=False, steps=9, m=8, **settings)
    assert "\n" not in str(caught.value)
    assert not Path("runs").exists()


def test_a_network_that_is_not_installed_is_said(no_network: None) -> None:
    with pytest.raises(RunError, match="mnist12k cannot be measured while a run trains"):
        run(**IMAGES, steps=4, evaluate_every=2)


def test_on_a_gpu_it_finds_the_same(cuda: Any, blocks: None) -> None:
    rows = []
    for device in ("cpu", "cuda"):
        settings = IMAGES | {"steps": 4, "evaluate_every": 4, "out": device, "device": device}
        rows.append(rows_of(run(**settings).folder)[-1])
    near = 1e-3 if cuda.double else 0.01  # step by step, rounding grows in a game
    for name in ("frechet", "score", "class_kl"):
        assert float(rows[0][name]) == pytest.approx(float(rows[1][name]), rel=near)
