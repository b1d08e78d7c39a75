"""NaN and infinity stop a run at once, by name, and never reach a checkpoint."""

import math

import numpy as np
import pytest
import short_runs
from short_runs import after_step, run

from minigan import checkpoint
from minigan.training.watch import NonFiniteError, Watch, square_norm

small_models, quick_pictures = short_runs.small_models, short_runs.quick_pictures


@pytest.mark.parametrize("player", ["G", "D"])
def test_nan_in_a_weight_stops_the_run_and_keeps_the_checkpoint(monkeypatch, player):
    def spoil(session):
        getattr(session.game, player).params["1.W" if player == "D" else "0.W"][1, 2] = np.nan

    after_step(monkeypatch, 13, spoil)
    with pytest.raises(NonFiniteError) as caught:
        run(steps=60)
    error, layer = caught.value, "layer 1, Dense(64" if player == "D" else "layer 0, Dense(3"
    assert (error.step, error.player) == (14, player)
    for words in (
        f"step 14: {player} {layer}",
        "parameter W holds 1 NaN",
        "the checkpoint of step 10 in runs/mlp-batchnorm/checkpoint.npz is kept",
        "smaller step size",
    ):
        assert words in str(error)
    assert "\n" not in str(error)
    assert checkpoint.load("runs/mlp-batchnorm/checkpoint.npz")[1]["step"] == 10


@pytest.mark.parametrize(("player", "layer", "value"), [("D", 3, np.nan), ("G", 6, np.inf)])
def test_nan_in_a_gradient_is_found_before_it_is_used(monkeypatch, player, layer, value):
    games = []

    def spoil(session):
        games.append(session.game)
        spoilt = getattr(session.game, player).layers[layer]
        plain = spoilt.backward

        def backward(dy, cache, **options):
            dx, grads = plain(dy, cache, **options)
            if grads:
                grads["W"][0, 0] = value  # and so what is below it, as in a real accident
            if dx is not None:
                dx[0, 0] = value
            return dx, grads

        monkeypatch.setattr(spoilt, "backward", backward)

    after_step(monkeypatch, 13, spoil)
    with pytest.raises(NonFiniteError) as caught:
        run(steps=60)
    kind = "1 NaN and 0 infinite" if np.isnan(value) else "0 NaN and 1 infinite"
    assert f"step 14: the gradient of {player} layer {layer}, Dense(" in str(caught.value)
    assert f"parameter W holds {kind} of" in str(caught.value)
    params = games[0].G.params | games[0].D.params
    assert all(np.isfinite(a).all() for a in params.values())


def test_an_overflow_in_a_loss_names_the_loss(monkeypatch):
    def spoil(session):
        session.game.D.params["5.W"][...] = np.finfo(np.float32).max

    after_step(monkeypatch, 3, spoil)
    with pytest.raises(NonFiniteError, match=r"step 4: D's loss is not finite: a_real holds"):
        run(steps=60)


def test_nan_never_reaches_a_checkpoint(monkeypatch):
    def spoil(session):  # after the last look at a gradient, before the last save
        def forget(player, logits, grads):
            session.game.G.params["3.W"][0, 0] = np.nan

        monkeypatch.setattr(Watch, "__call__", lambda self, *seen: forget(*seen))

    after_step(monkeypatch, 29, spoil)
    with pytest.raises(NonFiniteError, match=r"step 30: G layer 0, Dense\(.*\), parameter W holds"):
        run(steps=60, log_every=100)
    assert checkpoint.load("runs/mlp-batchnorm/checkpoint.npz")[1]["step"] == 20


def test_enormous_finite_numbers_are_no_alarm():
    big = np.full(10, 1e30, dtype=np.float32)
    with np.errstate(over="ignore"):
        assert square_norm(big) == pytest.approx(1e61, rel=1e-6)
    assert math.isnan(square_norm(np.array([np.inf], dtype=np.float32)))
