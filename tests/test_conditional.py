"""The conditional game: labels ride along as columns, and both players know them."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from minigan.activations import Tanh
from minigan.backend import Array, Random, to_host
from minigan.conditional import KeepLabels, beside, draw_labels, one_hot, relabelled
from minigan.data import Batches, Dataset, load
from minigan.dense import Dense
from minigan.gan import algorithm_1, discriminator_gradient
from minigan.initializers import zeros
from minigan.layer import Sequential
from minigan.models import MODELS
from minigan.objectives import value
from minigan.optimizers import Adam
from minigan.reshape import Flatten, Reshape
from minigan.summary import inner_rows


def double(seed: int = 0) -> Random:
    return Random(seed, dtype="float64")


def small_game(rng: Random) -> tuple[Sequential, Sequential, Array, Array]:
    """G, D, a batch [x, y] and a batch [z, y] of images of 3 x 2 x 1 with two labels."""
    G, D = MODELS["cgan"].small_networks(rng)
    y = one_hot(np.arange(8) % 2, 2, "float64")
    return G, D, beside(rng.normal((8, 3, 2, 1)), y), beside(rng.normal((8, 3)), y)


# --- the layer ------------------------------------------------------------------------------------


def test_the_labels_pass_unchanged_behind_what_the_layers_make() -> None:
    """w = [f(u), y]"""
    rng = double()
    layer, u = KeepLabels(2, Dense(5, 3, rng), Tanh()), rng.normal((4, 5))
    w, _ = layer.forward(u)
    assert (w[:, :3] == Tanh()(layer.layers[0](u))).all()
    assert (w[:, 3:] == u[:, 3:]).all()
    assert (layer(u) == w).all()


def test_the_gradient_of_y_comes_on_two_ways() -> None:
    """du = (∂f/∂u)ᵀ dv + [0, dy]"""
    rng = double()
    layer, dense = (KeepLabels(2, Dense(5, 3, double(1))), Dense(5, 3, double(1)))
    u, dw = rng.normal((4, 5)), rng.normal((4, 5))
    du, grads = layer.backward(dw, layer.forward(u)[1])
    through, of_dense = dense.backward(dw[:, :3], dense.forward(u)[1])
    np.testing.assert_array_equal(du[:, :3], through[:, :3])
    np.testing.assert_array_equal(du[:, 3:], through[:, 3:] + dw[:, 3:])
    assert grads.keys() == {"0.W", "0.b"}
    np.testing.assert_array_equal(grads["0.W"], of_dense["W"])


def test_dy_is_not_written_into_by_layers_that_hand_on_views() -> None:
    layer = KeepLabels(2, Flatten())
    u, dw = np.ones((3, 4)), np.ones((3, 6))
    du, _ = layer.backward(dw, layer.forward(u)[1])
    assert (dw == 1).all()
    assert du.tolist() == [[1, 1, 2, 2]] * 3


@pytest.mark.parametrize(
    ("make", "shape", "words"),
    [
        (lambda: KeepLabels(0, Tanh()), None, "classes is 0, expected an integer of 1 or more"),
        (lambda: KeepLabels(2), None, "got no layers"),
        (lambda: KeepLabels(2, Tanh()), (3, 4, 2), "shape (3, 4, 2), expected (m, k + classes)"),
        (lambda: KeepLabels(5, Tanh()), (3, 4), "expected 5 columns of labels, or more"),
        (lambda: KeepLabels(2, Reshape((2, 2))), (3, 4), "put out shape (3, 2, 2), expected (m, n"),
    ],
)
def test_a_wrong_layer_or_input_is_one_sentence(make: Any, shape: Any, words: str) -> None:
    with pytest.raises(ValueError, match=r"KeepLabels|Sequential") as caught:
        make().forward(np.ones(shape or (1, 1)))
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_dy_of_another_shape_is_refused() -> None:
    layer = KeepLabels(2, Tanh())
    with pytest.raises(ValueError, match=r"dy has shape \(3, 4\), expected \(3, 6\)"):
        layer.backward(np.ones((3, 4)), layer.forward(np.ones((3, 4)))[1])


def test_the_summary_shows_the_layers_inside_and_counts_each_once() -> None:
    G, _ = MODELS["cgan"].networks(Random(0), (28, 28, 1))
    rows = inner_rows(G, (110,))
    assert [row["layer"] for row in rows[:2]] == ["  Dense(110 → 256)", "  LeakyReLU(0.2)"]
    assert (len(rows), rows[-1]["layer"]) == (12, "KeepLabels(10: 11 layers)")
    assert rows[-1]["shape"] == (794,)
    counted = sum(a.size for a in (G.params | G.buffers).values())
    assert sum(row["parameters"] for row in rows) == counted == 1_496_080


# --- labels ---------------------------------------------------------------------------------------


def test_the_labels_of_the_noise_have_the_shares_of_the_data() -> None:
    """p(y) = counts[y] / Σ counts"""
    counts = [1, 0, 5, 2]
    y = draw_labels(Random(3), counts)(80_000)
    assert y.shape == (80_000, 4)
    assert (y.sum(axis=1) == 1).all()
    shares = np.array(counts) / 8
    deviation = np.sqrt(shares * (1 - shares) / 80_000)
    assert (abs(y.mean(axis=0) - shares) <= 5 * deviation).all()


def test_every_place_belongs_to_one_label() -> None:
    class Places(Random):
        def uniform(self, shape: Any, low: float = 0.0, high: float = 1.0) -> Any:
            return self.array([[0], [0.2499], [0.25], [0.5], [0.9999]])

    y = draw_labels(Places(0, dtype="float64"), [1, 1, 2])(5)
    assert y.argmax(axis=1).tolist() == [0, 0, 1, 2, 2]
    assert (y.sum(axis=1) == 1).all()


def test_labels_alone_tell_D_nothing_where_both_have_the_same_shares() -> None:
    """A D that looks at y alone has no slope; with other shares it has one."""
    rng = double()
    D, pass_on = Dense(5, 1, rng, W=zeros, bias=False), Flatten()
    y = one_hot(np.array([0, 0, 0, 1]), 2, "float64")
    x, fake = (beside(rng.normal((4, 3)), labels) for labels in (y, y[::-1]))
    assert discriminator_gradient(D, pass_on, x, fake)["W"][3:].tolist() == [[0], [0]]
    uniform = one_hot(np.array([0, 1, 0, 1]), 2, "float64")
    fake = beside(rng.normal((4, 3)), uniform)
    assert discriminator_gradient(D, pass_on, x, fake)["W"][3:].tolist() == [[0.125], [-0.125]]


def test_relabelled_keeps_the_noise_and_changes_the_labels() -> None:
    noise = MODELS["cgan"].noise(Random(0))(3)
    other = relabelled(noise, [9, 0, 4], 10)
    assert (other[:, :100] == noise[:, :100]).all()
    assert other[:, 100:].argmax(axis=1).tolist() == [9, 0, 4]
    assert other.dtype == noise.dtype


def test_a_labelled_batch_has_each_example_beside_its_own_label() -> None:
    """Labels are any integers; a column stands for each, in rising order."""
    x = np.arange(12, dtype=np.uint8).reshape(6, 1, 2, 1)
    data = Dataset("six", x, np.array([7, -1, 7, 40, -1, 7]))
    assert data.classes == {-1: 2, 7: 3, 40: 1}
    batch = Batches(data, Random(0), 0, 255, labelled=True)(6)
    assert batch.shape == (6, 2 + 3)
    for first, second, *y in batch.tolist():
        assert second == first + 1
        assert [-1, 7, 40][y.index(1)] == data.labels[int(first) // 2]
        assert sum(y) == 1
    assert Dataset("none", x).classes == {}


def test_labels_stand_behind_images_that_were_padded() -> None:
    data = Dataset("two", np.zeros((2, 1, 1, 1), np.uint8), np.array([0, 1]))
    batch = Batches(data, Random(0), 0, 1, shape=(2, 2, 1), border=5, labelled=True)(2)
    assert sorted(batch.tolist()) == [[0, 5, 5, 5, 0, 1], [0, 5, 5, 5, 1, 0]]


# --- both players know them -----------------------------------------------------------------------


def test_labels_reach_both_players() -> None:
    rng = double(2)
    G, D, x, z = small_game(rng)
    swapped = np.arange(1, 9) % 2
    V = value(D(x), D(G(z)))
    assert abs(value(D(relabelled(x, swapped, 2)), D(G(z))) - V) > 1e-3  # D on data
    assert abs(value(D(x), D(relabelled(G(z), swapped, 2))) - V) > 1e-3  # D on samples
    other = G(relabelled(z, swapped, 2))
    assert abs(other[:, :6] - G(z)[:, :6]).max() > 1e-3  # G draws something else
    assert other[:, 6:].argmax(axis=1).tolist() == swapped.tolist()  # and hands the label on
    grads = discriminator_gradient(D, G, x, z)
    assert (grads["0.W"][-2:] != 0).any(axis=1).all()


def test_label_and_image_begin_equally_loud_in_D() -> None:
    """√n times as large, n the number of pixels"""
    _, D = MODELS["cgan"].networks(Random(0), (28, 28, 1))
    W = D.params["0.W"]
    assert W[784:].std() / W[:784].std() == pytest.approx(28, rel=0.03)
    assert W.dtype == np.float32


@pytest.fixture(scope="module")
def trained() -> tuple[Sequential, Sequential, Dataset, Batches, Any]:
    """A small cgan after 400 steps on the 8x8 digits."""
    digits, rng = load("digits8x8"), Random(0)
    model = dataclasses.replace(MODELS["cgan"], z_dim=16)
    G, D = model.build(rng.child("networks"), digits.shape, z_dim=16, widths=(32, 64, 128))
    data = Batches(digits, rng.child("data"), -1, 1, labelled=True)
    noise = model.noise(rng.child("noise"), list(digits.classes.values()))
    opt_G, opt_D = Adam(G, 1e-3, 0.5), Adam(D, 1e-3, 0.5)
    for _ in algorithm_1(G, D, opt_G, opt_D, data, noise, m=64, iterations=400):
        pass
    return G, D, digits, data, noise


def test_a_trained_D_notices_shuffled_labels(trained: Any) -> None:
    _, D, _, data, _ = trained
    x = data(1024)
    shuffled = np.random.default_rng(0).integers(0, 10, 1024)
    assert D(x).mean() - D(relabelled(x, shuffled, 10)).mean() > 0.3  # logits


def test_a_trained_G_draws_the_digit_that_it_is_told(trained: Any) -> None:
    """The nearest mean digit has the label for far more than the 1/10 of chance."""
    G, _, digits, _, noise = trained
    y = np.repeat(np.arange(10), 50)
    samples = to_host(G(relabelled(noise(500), y, 10)))[:, :64]
    real = digits.x.reshape(-1, 64) / 8 - 1
    means = np.stack([real[digits.labels == label].mean(axis=0) for label in range(10)])
    nearest = ((samples[:, None] - means) ** 2).sum(axis=-1).argmin(axis=1)
    assert (nearest == y).mean() > 0.7
