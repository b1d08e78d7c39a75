"""What `evaluate` compares with what: splits, units, the network, and runs that lack something."""

from __future__ import annotations

import math
from pathlib import Path

import command_line
import evaluated_runs
import numpy as np
import pytest
from evaluated_runs import Blocks, copied
from PIL import Image
from point_sets import distance, points

from minigan.data import TOYS, as_dataset, load
from minigan.evaluation import modes, sides
from minigan.evaluation.evaluate import evaluate
from minigan.evaluation.frechet import frechet_distance
from minigan.evaluation.neighbours import median_distance, nearest_examples, write_neighbours
from minigan.evaluation.parzen import choose_sigma, parzen
from minigan.evaluation.sides import open_sides
from minigan.training import sample, train

in_an_empty_folder, removed = command_line.in_an_empty_folder, evaluated_runs.removed
blocks, no_network, small = evaluated_runs.blocks, evaluated_runs.no_network, evaluated_runs.small
FEW = {"count": 200, "device": "cpu"}


def rows_of(x: np.ndarray) -> set[bytes]:
    return {np.ascontiguousarray(row, dtype=np.float32).tobytes() for row in x}


def digits(split: str) -> np.ndarray:
    return load("mnist12k", split=split).x.reshape(-1, 784) / np.float32(255)


def test_the_three_stand_beside_data_that_G_has_not_seen(blocks) -> None:
    found = open_sides(copied("digits"), **FEW)
    train_rows, test_rows = rows_of(digits("train")), rows_of(digits("test"))
    assert rows_of(found.test.x) <= test_rows
    real = found.subjects["real"].x
    assert rows_of(real) <= train_rows
    assert rows_of(real) != rows_of(digits("train")[:200])  # data may lie in order of their class
    assert rows_of(found.training) == train_rows
    assert [len(found.subjects[name].x) for name in ("value", "real", "noise")] == [200] * 3
    assert (found.held_out, found.notes) == (True, ())


def test_what_chooses_sigma_is_not_scored(blocks) -> None:
    found = open_sides(copied("digits"), **FEW)
    assert (len(found.sigma_rows), len(found.scored), len(found.test.x)) == (50, 150, 200)
    assert not rows_of(found.sigma_rows) & rows_of(found.scored)


def test_samples_are_those_of_minigan_sample_in_0_to_1(blocks) -> None:
    run = copied("digits")
    sample(run, 200, seed=5, out="x.npy", device="cpu")
    found = open_sides(run, seed=5, **FEW)
    np.testing.assert_allclose(
        found.subjects["value"].x, np.load("x.npy").reshape(200, 784) / 255, atol=1e-6
    )
    noise = found.subjects["noise"].x
    assert noise.std() == pytest.approx(12**-0.5, rel=0.01)
    assert 0 <= noise.min() < noise.max() <= 1


def test_all_numbers_are_those_of_the_functions(blocks) -> None:
    """Recomputed from the samples that `minigan sample` writes, and from the test part."""
    run = copied("digits")
    found = evaluate(run, **FEW)
    sample(run, 200, out="x.npy", device="cpu")
    x, test = np.load("x.npy").reshape(-1, 784) / np.float32(255), found.sides.test.x
    assert rows_of(test) <= rows_of(digits("test"))
    likelihood = parzen(test[50:], x, choose_sigma(test[:50], x))
    parzen_row = found.row("parzen")
    assert parzen_row.numbers["value"] == pytest.approx(likelihood.mean, rel=1e-5)
    assert parzen_row.errors["value"] == pytest.approx(likelihood.error, rel=1e-4)
    assert parzen_row.more["value"] == {"sigma": pytest.approx(likelihood.sigma)}
    few = found.sides.subjects["real"].x[:50]
    rung = parzen(test[50:], few, choose_sigma(test[:50], few))
    assert dict(found.ladder)["50 real examples"].mean == pytest.approx(rung.mean, rel=1e-5)
    see = Blocks().features
    expected = frechet_distance(see(x), see(test))
    assert found.row("frechet").numbers["value"] == pytest.approx(expected, rel=1e-4)
    _, far = nearest_examples(x, digits("train"))
    expected = pytest.approx(np.median(far), rel=1e-6)
    assert found.row("to_training").numbers["value"] == expected


def test_real_data_beat_a_young_G_and_it_beats_noise(blocks) -> None:
    found = evaluate(copied("digits"), **FEW)
    for key in ("frechet", "mmd_cubic", "mmd_rbf", "class_kl"):
        numbers = found.row(key).numbers
        assert numbers["real"] < numbers["value"], key
    likelihood = found.row("parzen").numbers
    assert likelihood["real"] > likelihood["value"] > likelihood["noise"]
    for key in ("precision", "recall", "coverage"):
        numbers = found.row(key).numbers
        assert numbers["real"] > 0.7 > numbers["value"], key
    for key in ("one_nn_data", "one_nn_samples"):
        numbers = found.row(key).numbers
        assert abs(numbers["real"] - 0.5) < 0.15 < abs(numbers["value"] - 0.5)
    assert found.row("to_training").numbers["real"] > 3  # held-out data, not training data
    assert len(found.row("classes").more["value"]) == 10
    assert sum(found.row("classes").more["value"].values()) == 200
    assert {row.line.key for row in found.rows if row.why_not} == {
        "modes", "high_quality", "mode_kl", "label_error"
    }  # fmt: skip


def test_the_same_seed_is_the_same_table(blocks) -> None:
    run = copied("digits")
    first, again, other = (evaluate(run, seed=seed, **FEW) for seed in (0, 0, 1))
    assert [row.numbers for row in first.rows] == [row.numbers for row in again.rows]
    assert first.row("parzen").numbers["value"] != other.row("parzen").numbers["value"]


def test_data_without_a_test_part_are_cut_in_two() -> None:
    found = open_sides(copied("own"), device="cpu")
    x = load("digits8x8").x.reshape(-1, 64) / np.float32(16)
    real, test = found.subjects["real"].x, found.test.x
    assert not rows_of(real) & rows_of(test)
    assert len(real) == len(test) == len(x) // 2
    assert rows_of(found.training) == rows_of(real)
    assert not found.held_out
    assert found.notes[0].startswith(
        "G was trained on all of the data, also on what it is compared"
    )
    assert "minigan train --hold-out N keeps some back (training has seen all" in found.notes[0]
    assert found.notes[1].startswith("898 samples, since there are as many real examples")


def test_without_a_network_what_needs_one_is_left_out_with_a_word() -> None:
    found = evaluate(copied("own"), **FEW)
    out = {row.line.key: row.why_not for row in found.rows if row.why_not}
    why = "no feature network for images of shape (8, 8, 1), only for (28, 28, 1)"
    for key in ("score", "frechet", "mmd_cubic", "classes", "class_kl"):
        assert out[key] == why
    assert found.row("precision").where == "pixels, 200 of each, k = 5"


def test_a_network_that_is_not_there_is_said(no_network) -> None:
    found = evaluate(copied("digits"), **FEW)
    assert found.row("frechet").why_not == "there is no mnist"
    with pytest.raises(ValueError, match="there is no mine"):
        evaluate("run", features="mine", **FEW)


def test_a_network_is_not_shown_what_it_cannot_see(blocks) -> None:
    words = r"network mnist sees images of shape \(28, 28, 1\), the run makes images of shape \(8"
    with pytest.raises(ValueError, match=words):
        evaluate(copied("own"), features="mnist", **FEW)


def test_own_data_of_that_size_ask_for_a_network(blocks) -> None:
    run = copied("padded")
    found = open_sides(run, device="cpu")
    assert found.why_no_judge.endswith("your own; for digits: minigan evaluate --features mnist")
    found = open_sides(run, device="cpu", features="mnist")
    assert found.judge is not None
    assert found.subjects["value"].features.shape == (200, 16)
    assert found.subjects["value"].x.shape == (200, 784)  # without the border


def test_modes_of_the_ring_are_counted() -> None:
    run = copied("ring")
    found = evaluate(run, **FEW)
    sample(run, 200, out="x.npy", device="cpu")
    expected = modes.measure(np.load("x.npy"), TOYS["ring"])
    numbers = {key: found.row(key).numbers for key in ("modes", "high_quality", "mode_kl")}
    assert numbers["modes"]["value"] == expected.modes
    assert numbers["mode_kl"]["value"] == pytest.approx(expected.reverse_kl)
    assert numbers["modes"]["real"] == 8
    assert numbers["high_quality"]["real"] > 0.95
    assert found.row("score").why_not == "there is no feature network for vectors"
    assert found.row("frechet").numbers["real"] < 0.05
    assert found.picture is None


def test_one_mode_is_not_counted() -> None:
    found = evaluate(copied("gaussian"), **FEW)
    assert found.row("modes").why_not == "the data have one mode"
    assert found.row("parzen").numbers["real"] == pytest.approx(-1.64, abs=0.15)  # log(σ√(2πe))


def test_columns_of_unequal_units_count_alike() -> None:
    """1,000 and 1 as standard deviations: distances are those that training sees."""
    x = (points(600, 2) * [1000.0, 1.0]).astype(np.float32)
    np.save("own.npy", x)
    train("gaussian-1d", "own.npy", out="run", steps=20, progress=False, device="cpu")
    found = open_sides(Path("run"), device="cpu")
    np.testing.assert_allclose(found.subjects["real"].x.std(axis=0), 1, rtol=0.15)
    noise, real = found.subjects["noise"].x, found.subjects["real"].x
    np.testing.assert_array_equal(noise.clip(real.min(axis=0), real.max(axis=0)), noise)
    for end in (np.min, np.max):  # 600 numbers reach both ends nearly
        np.testing.assert_allclose(end(noise, axis=0), end(real, axis=0), atol=0.1)


def test_a_dataset_from_python_is_handed_over() -> None:
    data = as_dataset(points(500, 1).astype(np.float32), "mine")
    train("gaussian-1d", data, out="run", steps=20, progress=False, device="cpu")
    assert not open_sides(Path("run"), device="cpu", data=data).held_out
    with pytest.raises(ValueError, match="started in Python with a Dataset of its own"):
        open_sides(Path("run"), device="cpu")


def test_few_data_are_refused() -> None:
    np.save("own.npy", points(150, 1).astype(np.float32))
    train("gaussian-1d", "own.npy", out="run", m=16, steps=20, progress=False, device="cpu")
    with pytest.raises(ValueError, match="the data are 150 examples, 200 are needed: half of them"):
        evaluate("run", device="cpu")
    np.savez("two.npz", x_train=points(500, 1), x_test=points(50, 1))
    train("gaussian-1d", "two.npz", out="two", m=16, steps=20, progress=False, device="cpu")
    with pytest.raises(ValueError, match="500 examples to train on and 50 held out, 100 of each"):
        evaluate("two", device="cpu")


@pytest.mark.parametrize("count", [99, sides.LARGEST + 1])
def test_too_few_and_too_many_samples_are_refused(count: int) -> None:
    with pytest.raises(ValueError, match=f"count is {count}, expected 100 to 20,000,000 samples"):
        evaluate(copied("gaussian"), count=count, device="cpu")


def test_data_that_are_one_example_are_refused() -> None:
    np.save("own.npy", np.full((300, 2), 3.0))
    train("gaussian-1d", "own.npy", out="run", m=16, steps=20, progress=False, device="cpu")
    with pytest.raises(ValueError, match="run: the data are one example again and again"):
        evaluate("run", device="cpu")


def test_a_G_that_makes_nan_is_sent_to_the_doctor(monkeypatch: pytest.MonkeyPatch) -> None:
    from minigan.training.sampling import SavedGenerator

    nothing = lambda self, n, seed: (np.full((n, 1), np.nan), None)  # noqa: E731
    monkeypatch.setattr(SavedGenerator, "labelled", nothing)
    with pytest.raises(ValueError, match="run: G makes NaN or infinity; see minigan doctor run"):
        evaluate(copied("gaussian"), **FEW)


def test_the_error_of_a_median_is_how_much_medians_differ() -> None:
    """For a normal distribution σ √(π/2) / √n, and the draws of a median spread as much."""
    draws = [median_distance(x) for x in np.random.default_rng(0).normal(size=(400, 400))]
    medians, errors = np.transpose(draws)
    assert errors.mean() == pytest.approx(math.sqrt(math.pi / 2 / 400), rel=0.05)
    assert errors.mean() == pytest.approx(medians.std(), rel=0.1)
    assert median_distance(np.array([2.0])) == (2.0, 0.0)


def test_pairs_of_the_picture_are_neighbours() -> None:
    training = np.zeros((3, 4, 4, 1), dtype=np.float32)
    training[0, :3], training[1, 3:], training[2] = 1, 1, 0.5
    samples = training[[1, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 2]] * 0.9
    write_neighbours("pairs.png", samples, training)
    width = 15 * 4 * 10 + 9 * 2  # ten images of 4 pixels, each enlarged, with lines between them
    pixels = np.asarray(Image.open("pairs.png"))[:, -width:]
    cells = [[pixels[r * 62 + 30 - 15 : r * 62 + 46, c * 62 : c * 62 + 60] for c in range(10)]
             for r in range(4)]  # fmt: skip
    for r, shown in ((0, samples[:10]), (2, samples[10:])):
        for c, image in enumerate(shown):
            above, below = cells[r][c].mean() / 255, cells[r + 1][c].mean() / 255
            assert above == pytest.approx(0.9 * below, abs=0.02)
            assert distance(image.ravel(), 0.9 * training[nearest(image, training)].ravel()) < 1e-6
    assert cells[2][5].max() == 0  # the rest of a short row is black
    with pytest.raises(ValueError, match=r"x.png: a picture of arrays of shape \(2, 3\)"):
        write_neighbours("x.png", np.zeros((2, 3)), np.zeros((2, 3)))


def nearest(image, training) -> int:
    return min(range(len(training)), key=lambda j: distance(image.ravel(), training[j].ravel()))
