"""The doctor's numbers where they are known: by hand, by a formula, or because nothing differs."""

from __future__ import annotations

import math

import numpy as np
import pytest

from minigan.activations import LeakyReLU, ReLU, Sigmoid, Tanh
from minigan.backend import Random
from minigan.batchnorm import BatchNorm
from minigan.conditional import KeepLabels
from minigan.dense import Dense
from minigan.doctor import (
    Finding,
    blown_up,
    collapse,
    dead_units,
    drift,
    far,
    overfitting,
    saturated,
    vanishing,
)
from minigan.doctor.rows import NEEDED, ROWS, quarter
from minigan.doctor.units import output_layers, silences
from minigan.doctor.variety import Cells, effective_number, gap, squared_distances
from minigan.layer import Sequential
from minigan.maxout import Maxout
from minigan.several import Discriminators, Generators


def log(rows: int = 40, **columns: float) -> dict[str, list[float]]:
    """A log whose columns are constant, as after a long time at D = 1/2 where nothing is said."""
    values = dict.fromkeys(NEEDED, 1.0) | {"V": -math.log(4), "D_real": 0.5, "D_fake": 0.5}
    return {name: [value] * rows for name, value in (values | columns).items()}


def test_V_is_read_as_a_distance_between_the_distributions() -> None:
    alike, apart = saturated.judge(log()), saturated.judge(log(V=-1e-6, D_real=1.0, D_fake=0.0))
    assert (alike.verdict, alike.numbers["share_of_jsd"]) == ("healthy", 0)
    assert apart.verdict == "ill"
    assert apart.numbers["share_of_jsd"] == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(
    ("p", "verdict"), [(0.9, "healthy"), (0.951, "watch"), (0.989, "watch"), (0.991, "ill")]
)
def test_D_is_saturated_where_it_errs_one_time_in_a_hundred(p: float, verdict: str) -> None:
    assert saturated.judge(log(V=2 * math.log(p))).verdict == verdict


def test_a_smoothed_label_lowers_what_D_can_reach() -> None:
    columns = log(V=math.log(0.9) - 0.001, D_real=0.9, D_fake=1e-6)
    assert saturated.judge(columns, 0.9).verdict == "ill"
    assert saturated.judge(columns).verdict == "healthy"


def test_a_D_that_looks_at_several_examples_tells_batches_apart() -> None:
    assert "0.5): data and samples are at least" in saturated.judge(log()).measured
    found = saturated.judge(log(), in_batches=True)
    assert "0.5): batches of data and of samples are at least" in found.measured


def test_only_the_end_of_the_log_is_judged_and_one_row_is_not_the_end() -> None:
    columns = log(V=-0.001)
    columns["V"][-10:] = [-1.0] * 9 + [-0.001]
    assert quarter(columns["V"], "last") == columns["V"][-10:]
    assert saturated.judge(columns).verdict == "healthy"


@pytest.mark.parametrize("judge", [saturated.judge, blown_up.judge])
def test_a_short_log_is_not_judged(judge) -> None:
    assert judge(log(ROWS)).verdict == "healthy"
    found = judge(log(ROWS - 1))
    assert found.verdict == "cannot tell"
    assert "log.csv has 11 rows, and 12 are needed" in found.meaning


def players() -> tuple[Sequential, Sequential, np.ndarray]:
    rng = Random(0)
    return Sequential(Dense(2, 3, rng)), Sequential(Dense(3, 1, rng)), rng.normal((8, 2))


@pytest.mark.parametrize(
    ("D_fake", "minimax", "non_saturating"),
    [(0.5, "healthy", "healthy"), (0.05, "watch", "healthy"), (0.001, "ill", "healthy")],
)
def test_the_slope_is_D_of_G_under_minimax_and_1_minus_it_otherwise(
    D_fake: float, minimax: str, non_saturating: str
) -> None:
    G, D, z = players()
    found = vanishing.judge(log(D_fake=D_fake), G, D, z, "minimax")
    assert (found.verdict, found.numbers["strength"]) == (minimax, D_fake)
    found = vanishing.judge(log(D_fake=D_fake), G, D, z, "non-saturating")
    assert (found.verdict, found.numbers["strength"]) == (non_saturating, 1 - D_fake)


def test_the_ratio_of_the_two_gradients_is_e_to_the_a() -> None:
    G, D, z = players()
    D.params["0.W"][...] *= 1e-4  # a is its bias, for every sample
    D.params["0.b"][...] = -7.0
    minimax, saturating = vanishing.gradient_norms(G, D, z)
    assert minimax / saturating == pytest.approx(math.exp(-7), rel=1e-3)


def test_a_gradient_that_is_gone_is_ill_unless_D_is_fooled() -> None:
    G, D, z = players()
    for D_fake, verdict in ((0.1, "ill"), (0.5, "healthy")):
        columns = log(D_fake=D_fake)
        columns["grad_norm_G"][20:] = [1e-4] * 20
        found = vanishing.judge(columns, G, D, z, "non-saturating")
        assert found.verdict == verdict
    assert found.meaning == (
        "G's gradient is small, as it is where D can only guess: see far from the data and "
        "collapse, whether G has arrived or stands still."
    )


def test_what_has_grown_a_thousandfold_is_blown_up() -> None:
    for factor, verdict in ((10, "healthy"), (200, "watch"), (2000, "ill"), (math.nan, "ill")):
        for player in "DG":
            columns = log()
            columns[f"grad_norm_{player}"][20:] = [float(factor)] * 20
            assert blown_up.judge(columns).verdict == verdict
    assert blown_up.judge(log(V=-20.0)).verdict == "ill"
    assert blown_up.judge(log(), "step 7: NaN").measured == "step 7: NaN"


def test_held_out_data_half_way_to_samples_is_overfitting() -> None:
    def a(p: float) -> np.ndarray:
        noise = np.random.default_rng(0).normal(0, 0.01, (500, 1))
        return np.log(p / (1 - p)) + noise

    found = overfitting.judge(a(0.9), a(0.6), a(0.4))
    assert found.verdict == "ill"
    assert found.numbers["share"] == pytest.approx(0.6, abs=0.01)
    assert overfitting.judge(a(0.9), a(0.75), a(0.4)).verdict == "watch"
    assert overfitting.judge(a(0.9), a(0.88), a(0.4)).verdict == "healthy"
    assert overfitting.judge(a(0.9), a(0.95), a(0.4)).numbers["share"] == 0


def test_a_difference_within_its_error_is_no_overfitting() -> None:
    rng = np.random.default_rng(0)
    same = [rng.normal(0, 2, (200, 1)) for _ in range(2)]
    higher, lower = sorted(same, key=lambda a: -a.mean())
    found = overfitting.judge(higher, lower, higher - 0.01)  # share 1, by chance alone
    assert found.numbers["share"] > 0.5
    assert found.verdict == "healthy"


def test_what_several_discriminators_say_of_an_example_is_one_observation() -> None:
    rng = np.random.default_rng(0)
    one = [rng.normal(mean, 2, (100, 1)) for mean in (0.9, 0.0, -5.0)]
    alone = overfitting.judge(*one)
    panel = overfitting.judge(*(np.repeat(a, 9, axis=1) for a in one))  # nine that agree
    assert panel.numbers == pytest.approx(alone.numbers)
    assert panel.verdict == alone.verdict == "healthy"


def test_variety_of_a_few_points() -> None:
    x = np.array([[0.0, 0.0], [3.0, 4.0], [3.0, 4.0]])
    assert squared_distances(x, x).tolist() == [[0, 25, 25], [25, 0, 0], [25, 0, 0]]
    assert gap(x) == 0  # two copies; the third is 5 away
    assert effective_number(np.array([0, 0, 0, 1])) == pytest.approx(
        math.exp(-0.75 * math.log(0.75) - 0.25 * math.log(0.25))
    )


def test_distances_far_from_zero_keep_their_digits() -> None:
    x = 1e8 + np.array([[0.0], [1.0]])
    assert squared_distances(x, x).tolist() == [[0, 1], [1, 0]]


def test_cells_are_modes_or_classes_or_surroundings() -> None:
    rng, x = Random(0), np.random.default_rng(0).normal(size=(200, 2))
    modes = np.array([[-1.0, 0.0], [1.0, 0.0]])
    assert (Cells(x, None, modes, rng).kind, Cells(x, None, modes, rng).count) == ("modes", 2)
    assert Cells(x, np.arange(200) % 3, None, rng).kind == "classes"
    for labels in (None, np.zeros(200, dtype=int), np.arange(200)):  # none, one, each its own
        assert (Cells(x, labels, None, rng).kind, Cells(x, labels, None, rng).count) == (
            "cells",
            16,
        )


def normal(n: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, 3))


def judged(samples: np.ndarray) -> Finding:
    data, other = normal(500, 1), normal(500, 2)
    return collapse.judge(samples, data, other, Cells(data, None, None, Random(0)))


def test_samples_of_the_datas_own_distribution_are_healthy() -> None:
    for seed in range(3, 13):
        found = judged(normal(500, seed))
        assert found.verdict == "healthy", seed
        assert found.numbers["variance_ratio"] == pytest.approx(1, abs=0.25)


def test_each_way_to_collapse_is_found_by_its_number() -> None:
    narrow = judged(0.3 * normal(500, 3))
    assert narrow.numbers["variance_ratio"] == pytest.approx(0.09, rel=0.3)
    copies = np.repeat(normal(20, 3), 25, axis=0)  # twenty things, each again and again
    copied = judged(copies + 1e-3 * normal(500, 4))
    assert copied.numbers["variance_ratio"] > 0.5
    assert copied.numbers["gap_ratio"] < 0.1
    half = judged(np.where(normal(500, 5) > 0, 1.5, 1.0) * abs(normal(500, 3)))  # one of 8 octants
    assert half.numbers["cells"] < 0.5 * half.numbers["cells_real"]
    assert [narrow.verdict, copied.verdict, half.verdict] == ["ill"] * 3


def test_far_is_measured_in_distances_between_data() -> None:
    data, other = normal(500, 1), normal(500, 2)
    assert far.judge(other, data, other).numbers["far_ratio"] == 1
    assert far.judge(normal(500, 3), data, other).verdict == "healthy"
    ill = far.judge(normal(500, 3) + 5, data, other)
    assert ill.verdict == "ill"
    assert "picture" not in ill.advice
    assert "cropped" in far.judge(normal(500, 3) + 5, data, other, images=True).advice


def test_data_that_do_not_vary_are_matched_by_samples_that_do_not() -> None:
    same = np.ones((40, 2))
    cells = Cells(same, None, None, Random(0))
    assert collapse.judge(same, same, same, cells).verdict == "healthy"
    assert far.judge(same, same, same).numbers["far_ratio"] == 1
    assert far.judge(same + 1, same, same).numbers["far_ratio"] == math.inf


def silent(*layers, G: bool = False) -> list[tuple[str, int, int]]:
    net, batches = Sequential(*layers), [np.array([[-1.0, 2.0]]), np.array([[-3.0, -4.0]])]
    but = output_layers(net) if G else []
    return [(s.path, s.silent, s.units) for s in silences(net, batches, but=but)]


def test_a_unit_is_silent_if_no_batch_wakes_it() -> None:
    assert silent(ReLU()) == [("0", 1, 2)]  # the first is -1 and -3, the second 2 once
    assert silent(Sequential(LeakyReLU(0.2)), ReLU()) == [("0.0", 1, 2), ("1", 1, 2)]
    assert silent(Maxout(2)) == [("0", 0, 2)]  # the second piece wins once, then the first
    rng = Random(0, dtype="float64")
    far_off = Dense(2, 2, rng)
    far_off.params["b"][...] = [50.0, 0.0]
    for squash in (Tanh(), Sigmoid()):
        assert silent(far_off, squash) == [("1", 1, 2)]
        assert silent(far_off, squash, G=True) == []  # black and white are no illness


def test_several_networks_are_looked_at_one_by_one() -> None:
    z = [np.array([[-1.0], [-1.0], [1.0], [-1.0]])]  # the second of two gets the last two rows
    found = silences(Generators(Sequential(ReLU()), Sequential(ReLU())), z)
    assert [(s.path, s.silent) for s in found] == [("0.0", 1), ("1.0", 0)]
    panel = Discriminators(Sequential(ReLU()), Sequential(LeakyReLU()))
    assert [(s.path, s.silent) for s in silences(panel, z)] == [("0.0", 0), ("1.0", 0)]
    both = Generators(Sequential(Tanh(), Sigmoid()), Sequential(Tanh()))
    assert output_layers(both) == [both.layers[0].layers[1], both.layers[1].layers[0]]


def test_the_range_of_a_generator_with_labels_is_left_out() -> None:
    G = KeepLabels(2, Dense(3, 4, Random(0)), Tanh(), Dense(4, 4, Random(0)), Tanh())
    assert output_layers(G) == [G.layers[-1]]
    z = np.full((1, 3), 1e3, dtype=np.float32)
    assert [s.path for s in silences(G, [z], but=output_layers(G))] == ["1"]


def test_a_layer_that_was_looked_at_is_as_it_was() -> None:
    net = Sequential(ReLU())
    silences(net, [np.ones((2, 2))])
    assert "forward" not in vars(net.layers[0])


def test_dead_relus_are_ill_and_quiet_leaky_ones_are_watched() -> None:
    x = [np.array([[-1.0, -2.0, 3.0]])]  # two of three
    dead = dead_units.judge(silences(Sequential(ReLU()), x), [])
    quiet = dead_units.judge([], silences(Sequential(LeakyReLU(0.2)), x))
    assert (dead.verdict, quiet.verdict) == ("ill", "watch")
    assert "most in G layer 0, ReLU(): 2 of 3" in dead.measured
    assert "most in D layer 0, LeakyReLU(0.2): 2 of 3" in quiet.measured
    assert dead_units.judge([], []).verdict == "healthy"
    assert dead_units.judge([], [], "no data").verdict == "cannot tell"


def rows_of_noise():
    rng = Random(0).child("z")
    return lambda m: rng.normal((m, 3))


def batchnorm(running_mean: float) -> Sequential:
    G = Sequential(BatchNorm(3, Random(0)))
    G.buffers["0.running_mean"][...] = running_mean
    return G


def test_drift_is_how_far_the_running_mean_moves_a_sample() -> None:
    for off, verdict in ((0.0, "healthy"), (0.4, "watch"), (1.0, "ill")):
        G = batchnorm(off)  # of noise N(0, 1): each sample moves by `off` of its spread
        found = drift.judge(G, rows_of_noise(), 64)
        assert found.verdict == verdict
        assert found.numbers["drift"] == pytest.approx(off, abs=0.1)
        assert found.numbers["shift"] == pytest.approx(off, abs=0.3)
        assert G.buffers["0.running_mean"].tolist() == [np.float32(off)] * 3


def test_labels_are_no_part_of_the_spread() -> None:
    without_label = Dense(3, 2, Random(0))
    without_label.params["W"][...] = [[1, 0], [0, 1], [0, 0]]
    norm = BatchNorm(2, Random(0))
    norm.buffers["running_mean"][...] = 1.0
    G = KeepLabels(1, without_label, norm)  # [x, y, label] ↦ [x̂, ŷ, label]

    rows = rows_of_noise()

    def noise(m: int) -> np.ndarray:
        z = rows(m)
        z[:, 2] = np.where(z[:, 2] > 0, 100, -100)
        return z

    assert drift.judge(G, noise, 64, classes=1).numbers["drift"] == pytest.approx(1, abs=0.1)
    assert drift.judge(G, noise, 64).numbers["drift"] < 0.1  # ±100 would be all the spread there is


@pytest.mark.parametrize("m", [8, 32, 128])
def test_right_running_averages_do_not_drift_however_small_the_batch(m: int) -> None:
    """A batch's mean and variance move a sample by e = √(1.5/m) of the spread, and two batches put
    it √2 e apart, so that nothing is left; were the quarter that both share forgotten, e/2 is."""
    G, rng = Sequential(BatchNorm(2000, Random(0), eps=1e-9)), Random(0).child("z")
    apart, by_chance = drift.mode_distances(G, lambda m: rng.normal((m, 2000)), m)
    assert apart == pytest.approx(math.sqrt(1.5 / m), rel=0.1)
    assert by_chance == pytest.approx(math.sqrt(2) * apart, rel=0.05)


def test_where_samples_are_made_in_training_mode_drift_is_only_watched() -> None:
    noise = rows_of_noise()
    assert drift.judge(batchnorm(2.0), noise, 64, evaluated=False).verdict == "watch"


def test_a_finding_has_a_verdict_and_an_illness_has_advice() -> None:
    with pytest.raises(ValueError, match="verdict is 'sick', expected one of ill, watch"):
        Finding("fever", "sick", "", "", "")
    with pytest.raises(ValueError, match="Finding 'fever': ill, and no advice what to try"):
        Finding("fever", "ill", "", "", "")
