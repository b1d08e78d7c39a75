"""Images that are padded to a larger size: where they lie, and what is around them."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from data_errors import expect_refusal

from minigan.backend import Random
from minigan.data import Batches, Dataset, load
from minigan.models import MODELS
from minigan.training.game import Game

WHITE = np.full((3, 2, 3, 1), 255, dtype=np.uint8)  # three white images of 2x3


def test_the_odd_row_is_at_the_bottom_and_the_odd_column_on_the_right() -> None:
    y = Batches(Dataset("white", WHITE), Random(0), -1, 1, shape=(5, 4, 1))(2)
    assert y.shape == (2, 5, 4, 1)
    assert y[1, :, :, 0].tolist() == [
        [-1, -1, -1, -1],
        [1, 1, 1, -1],
        [1, 1, 1, -1],
        [-1, -1, -1, -1],
        [-1, -1, -1, -1],
    ]


@pytest.mark.parametrize("low", [-1.0, 0.0])
def test_padding_is_black_unless_a_border_is_given(low: float) -> None:
    data = Dataset("white", WHITE)
    for border, expected in ((None, low), (0.25, 0.25)):
        y = Batches(data, Random(0), low, 1, shape=(2, 5, 1), border=border)(3)
        assert y.dtype == np.float32
        assert set(y[:, :, 1:4].ravel().tolist()) == {1.0}
        assert set(y[:, :, [0, 4]].ravel().tolist()) == {expected}


def test_the_images_in_the_middle_are_those_that_would_be_drawn_without_padding() -> None:
    data = load("digits8x8")
    plain, padded = Batches(data, Random(5), 0, 1), Batches(data, Random(5), 0, 1, shape=(12, 9, 1))
    for _ in range(3):
        np.testing.assert_array_equal(padded(700)[:, 2:10, :8], plain(700))


@pytest.mark.parametrize("shape", [(1, 3, 1), (3, 2, 1), (2, 3, 3), (2, 3), (6,)])
def test_a_shape_that_does_not_hold_the_images_is_refused(shape: tuple[int, ...]) -> None:
    with expect_refusal("white", "shape (2, 3, 1)", f"padded to {shape}", "(h, w, c)"):
        Batches(Dataset("white", WHITE), Random(0), shape=shape)


def test_vectors_are_not_padded() -> None:
    points = Dataset("points", np.zeros((3, 2), dtype=np.float32))
    assert Batches(points, Random(0), shape=[2])(3).shape == (3, 2)
    with expect_refusal("points", "shape (2,)", "padded to (3,)"):
        Batches(points, Random(0), shape=(3,))


def test_padded_batches_on_the_device_are_those_of_the_cpu(cuda: Any) -> None:
    data = Dataset("white", WHITE)
    host, device = (
        Batches(data, Random(2, device), -1, 1, shape=(4, 4, 1), border=0.5)
        for device in ("cpu", "cuda")
    )
    cuda.assert_same(device(2), host(2))


def first_batch(name: str, pixels: np.ndarray) -> Any:
    model = dataclasses.replace(MODELS[name], build=lambda rng, shape, p, z_dim: small(name, shape))
    return Game(model, Dataset("own", pixels), m=1, seed=0, device="cpu").data(1)


def small(name: str, shape: tuple[int, ...]) -> Any:
    return MODELS[name].small_networks(Random(0), shape)


@pytest.mark.parametrize(("name", "border"), [("dcgan-32", -1.0), ("dcgan-32-grey", 0.0)])
def test_dcgan_32_pads_28_to_32_with_black_and_its_grey_form_with_0(
    name: str, border: float
) -> None:
    """x/128 - 1; the source pads after that, with 0, which is grey: -1 is black."""
    pixels = np.random.default_rng(0).integers(0, 256, (1, 28, 28, 1), dtype=np.uint8)
    pixels[0, 0, :2, 0] = 0, 255
    y = first_batch(name, pixels)
    assert y.shape == (1, 32, 32, 1)
    inside = y[:, 2:30, 2:30]
    np.testing.assert_allclose(inside, pixels / 128 - 1, rtol=0, atol=1e-6)
    assert inside[0, 0, :2, 0].tolist() == [-1.0, 127 / 128]
    edge = np.ones((32, 32), dtype=bool)
    edge[2:30, 2:30] = False
    assert set(y[0, edge].ravel().tolist()) == {border}


@pytest.mark.parametrize(("name", "low"), [("dcgan", -1.0), ("dcgan-upsampling", 0.0)])
def test_the_other_models_see_the_images_as_large_as_they_are(name: str, low: float) -> None:
    pixels = np.array([0, 255] * 392, dtype=np.uint8).reshape(1, 28, 28, 1)
    y = first_batch(name, pixels)
    np.testing.assert_array_equal(y, np.where(pixels == 0, low, 1.0))
