"""The collapse table: its protocol, its rows, its seeds, its means."""

from __future__ import annotations

import math
import statistics
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from collapse_games import PLAIN, TINY

from minigan.backend import Random
from minigan.batchnorm import BatchNorm
from minigan.collapse.game import Game, Result, play, players, seconds_a_step
from minigan.collapse.pool import play_all
from minigan.collapse.protocol import FULL, MIXTURES, QUICK, discriminator, generator
from minigan.collapse.rows import REPORTED, ROWS, Row, find_rows
from minigan.collapse.table import Mean, make_line
from minigan.dense import Dense
from minigan.evaluation.modes import measure
from minigan.maxout import Maxout
from minigan.minibatch import MinibatchDiscrimination
from minigan.objectives import OBJECTIVES
from minigan.reshape import Pack
from minigan.rules import RULES


def test_the_mixtures_are_those_of_the_protocol() -> None:
    ring, grid = MIXTURES["ring"], MIXTURES["grid"]
    assert ring.sigma == 0.01
    assert len(np.unique(ring.modes.round(9), axis=0)) == 8  # linspace(0, 2π, 8) makes 7
    np.testing.assert_allclose(np.linalg.norm(ring.modes, axis=1), 1)
    for k in range(8):
        at = [math.cos(2 * math.pi * k / 8), math.sin(2 * math.pi * k / 8)]
        np.testing.assert_allclose(ring.modes[k], at, atol=1e-12)
    assert grid.sigma == 0.05
    points = {(x, y) for x in (-4, -2, 0, 2, 4) for y in (-4, -2, 0, 2, 4)}
    assert {tuple(mode) for mode in grid.modes.tolist()} == points
    assert len(ring.dataset()) == len(grid.dataset()) == 100_000


def test_the_full_protocol_is_pacgans() -> None:
    rng = Random(0)
    G, D = generator(FULL, rng), discriminator(FULL, PLAIN, rng)
    dense = [layer for layer in G.layers if isinstance(layer, Dense)]
    assert [(a.n_in, a.n_out) for a in dense] == [(2, 400), *[(400, 400)] * 3, (400, 2)]
    assert ["b" in layer.params for layer in dense] == [False] * 4 + [True]
    norms = [layer for layer in G.layers if isinstance(layer, BatchNorm)]
    assert [(norm.channels, norm.decay) for norm in norms] == [(400, 0.95)] * 4
    sizes = [(a.n_in, a.n_out) for a in D.layers if isinstance(a, Dense)]
    assert sizes == [(2, 1000), (200, 1000), (200, 1000), (200, 1)]
    assert [layer.pieces for layer in D.layers if isinstance(layer, Maxout)] == [5, 5, 5]
    for name, W in (G.params | D.params).items():
        if name.endswith("W") and W.size > 10_000:
            assert W.std() == pytest.approx(0.02, rel=0.03), name
    assert (FULL.alpha, FULL.beta1, FULL.m) == (1e-4, 0.8, 100)
    assert FULL.steps == 400 * 100_000 // 100
    assert FULL.rate() == 1e-4


def test_the_quick_rate_falls_to_nothing_in_a_line() -> None:
    for protocol, steps in ((QUICK["ring"], 5000), (QUICK["grid"], 10_000)):
        rate = protocol.rate()
        assert callable(rate)
        assert [rate(t) for t in (0, steps // 2, steps - 1)] == pytest.approx(
            [3e-3, 1.5e-3, 3e-3 / steps]
        )
        assert (protocol.depth, protocol.pieces, protocol.depth_D, protocol.beta1) == (4, 5, 3, 0.8)


def test_the_rows_are_those_of_the_table() -> None:
    assert list(ROWS) == [
        *("minimax", "non-saturating", "worse-player", "smoothing", "minibatch"),
        *("packing-2", "packing-3", "packing-4"),
    ]
    changed = {
        name: {
            k: v for k, v in vars(row).items() if k not in ("name", "text") and v != vars(PLAIN)[k]
        }
        for name, row in ROWS.items()
    }
    assert changed == {  # each row differs from the plain one in one thing
        "minimax": {"objective": "minimax"},
        "non-saturating": {},
        "worse-player": {"rule": "worse-player"},
        "smoothing": {"smooth": 0.9},
        "minibatch": {"minibatch": True},
        **{f"packing-{k}": {"packing": k} for k in (2, 3, 4)},
    }
    assert (PLAIN.objective, PLAIN.rule) == ("non-saturating", "simultaneous")
    assert {row.rule for row in ROWS.values()} <= set(RULES)
    assert {row.objective for row in ROWS.values()} <= set(OBJECTIVES)
    assert {row for _, row in REPORTED} <= set(ROWS)


@pytest.mark.parametrize("row", ROWS.values(), ids=list(ROWS))
def test_D_makes_m_logits_of_m_packs(row: Row) -> None:
    D = discriminator(TINY, row, Random(0))
    assert D(Random(1).normal((8 * row.packing, 2))).shape == (8, 1)
    assert isinstance(D.layers[0], Pack) == (row.packing > 1)
    assert any(isinstance(a, MinibatchDiscrimination) for a in D.layers) == row.minibatch


@pytest.mark.parametrize("row", ROWS.values(), ids=list(ROWS))
def test_a_step_draws_m_packs_of_data_and_of_noise(row, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, Any] = {}

    def rule(G: Any, D: Any, opt_G: Any, opt_D: Any, data: Any, noise: Any, **options: Any) -> Any:
        seen.update(options, x=data(options["m"]), z=noise(options["m"]), opt=(opt_G, opt_D))
        return iter([0])

    monkeypatch.setitem(RULES, row.rule, rule)
    players(Game("grid", TINY, row, 0))
    assert seen["x"].shape == seen["z"].shape == (8 * row.packing, 2)
    assert seen["objective"].name == row.objective
    assert seen.get("smooth", 1) == row.smooth
    assert seen["iterations"] == 5
    assert [(opt.beta1, opt.beta2) for opt in seen["opt"]] == [(0.8, 0.999)] * 2
    assert [opt.alpha(1) for opt in seen["opt"]] == pytest.approx([3e-3 * 4 / 5] * 2)


# seeds


def test_a_seed_is_a_game_and_another_seed_another() -> None:
    first, samples = play(Game("ring", TINY, PLAIN, 3))
    again, same = play(Game("ring", TINY, PLAIN, 3))
    _, other = play(Game("ring", TINY, PLAIN, 4))
    np.testing.assert_array_equal(samples, same)
    assert replace(first, seconds=0) == replace(again, seconds=0)
    assert samples.shape == (2500, 2)
    assert np.abs(samples - other).max() > 1e-3


def test_the_result_is_measured_on_the_samples() -> None:
    result, samples = play(Game("ring", replace(TINY, steps=60), PLAIN, 0))
    coverage = measure(samples, MIXTURES["ring"])
    assert (result.modes, result.high_quality) == (coverage.modes, coverage.high_quality)
    assert result.reverse_kl == coverage.reverse_kl > 0
    assert result.key == ("ring", "quick", 60, "non-saturating", 0)


def test_samples_are_made_in_evaluation_mode() -> None:
    game = Game("ring", TINY, PLAIN, 0)
    G, moves = players(game)
    assert list(moves) == [0, 1, 2, 3, 4]
    z = Random(0, stream="collapse/samples").normal((2500, 2))
    np.testing.assert_array_equal(play(game)[1], G(z, train=False))


def test_two_processes_in_another_order_give_the_same_results() -> None:
    games = [
        Game("ring", TINY, ROWS[row], seed) for row in ("minimax", "packing-2") for seed in (0, 1)
    ]
    alone = {result.key: samples for result, samples in play_all(games, 1, lambda n: None)}
    counted: list[int] = []
    together = list(play_all(games[::-1], 2, counted.append))
    assert sorted(alone) == sorted(result.key for result, _ in together)
    for result, samples in together:
        np.testing.assert_array_equal(samples, alone[result.key])
    assert sum(counted) == 4 * TINY.steps


def test_steps_are_counted_to_the_last() -> None:
    counted: list[int] = []
    play(Game("ring", replace(TINY, steps=203), PLAIN, 0), counted.append)
    assert counted == [100, 100, 3]
    assert 0 < seconds_a_step(Game("ring", TINY, PLAIN, 0), 2) < 1


def test_games_on_a_gpu(cuda: Any) -> None:
    game = Game("ring", TINY, PLAIN, 0)
    there, here = play(replace(game, device="cuda"))[1], play(game)[1]
    # step by step, rounding grows in a game
    tight = {"rtol": 1e-4, "atol": 1e-6} if cuda.double else {"rtol": 0.01, "atol": 0.01}
    np.testing.assert_allclose(there, here, **tight)


# means


def test_the_standard_error_is_that_of_the_mean() -> None:
    values = [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]
    mean = Mean.of(values)
    assert mean.mean == 5
    assert mean.error == pytest.approx(statistics.stdev(values) / math.sqrt(8))
    assert mean.error == pytest.approx(math.sqrt(32 / 7 / 8))
    assert Mean.of([3.0]).mean == 3
    assert math.isnan(Mean.of([3.0]).error)
    assert math.isnan(Mean.of([3.0, math.nan]).mean)


def result(seed: int, modes: int, quality: float, kl: float) -> Result:
    return Result("ring", "quick", 5, "packing-4", seed, modes, quality, kl, 1.0)


def test_a_line_is_the_means_over_its_seeds() -> None:
    line = make_line("packing-4", [result(0, 7, 0.5, 0.1), result(1, 8, 0.7, 0.3)])
    assert (line.modes.mean, line.modes.error) == (7.5, pytest.approx(0.5))
    assert (line.high_quality.mean, line.high_quality.error) == pytest.approx((0.6, 0.1))
    assert (line.reverse_kl.mean, line.reverse_kl.error) == pytest.approx((0.2, 0.1))
    assert line.reported == REPORTED["ring", "packing-4"]
    assert make_line("packing-3", [result(0, 7, 0.5, 0.1)]).reported is None


def test_rows_come_in_the_tables_order_and_once() -> None:
    names = ["packing-4", "minimax", "minimax"]
    assert [row.name for row in find_rows(names)] == ["minimax", "packing-4"]
    assert [row.name for row in find_rows("smoothing")] == ["smoothing"]
    assert len(find_rows(None)) == len(ROWS)
