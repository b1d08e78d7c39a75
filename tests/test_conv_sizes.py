"""The convolutional models on data of another size: what they become, and what they refuse."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import command_line
import pytest
from command_line import run

from minigan.backend import Random
from minigan.models import MODELS
from minigan.summary import rows_of

in_an_empty_folder = command_line.in_an_empty_folder


@pytest.mark.parametrize(
    ("shape", "up"),
    [
        ((28, 28, 1), [(7, 7, 128), (14, 14, 64)]),
        ((32, 32, 3), [(8, 8, 128), (16, 16, 64)]),
        ((64, 64, 3), [(8, 8, 256), (16, 16, 128), (32, 32, 64)]),
        ((128, 128, 3), [(8, 8, 512), (16, 16, 256), (32, 32, 128), (64, 64, 64)]),
        ((8, 8, 1), [(4, 4, 64)]),
        ((2, 2, 1), [(1, 1, 64)]),
        ((18, 18, 1), [(9, 9, 64)]),
        ((100, 100, 3), [(25, 25, 128), (50, 50, 64)]),
        ((64, 32, 3), [(16, 8, 128), (32, 16, 64)]),
        ((28, 64, 1), [(7, 16, 128), (14, 32, 64)]),
    ],
)
def test_dcgan_follows_size_and_channels_of_the_data(
    shape: tuple[int, ...], up: list[tuple[int, ...]]
) -> None:
    G, D = MODELS["dcgan"].networks(Random(0), shape)
    rows = [r["shape"] for r in rows_of(G, (100,)) if "Conv" in r["layer"]]
    assert [G.layers[3].shape, *rows] == [*up, shape]
    rows = [r["shape"] for r in rows_of(D, shape) if "Conv" in r["layer"]]
    assert rows == up[::-1]
    assert D(G(Random(0).normal((2, 100)))).shape == (2, 1)


@pytest.mark.parametrize("name", ["dcgan-32", "dcgan-upsampling"])
@pytest.mark.parametrize("shape", [(28, 28, 3), (64, 64, 1), (4, 4, 1), (20, 36, 3)])
def test_the_others_follow_data_whose_sides_4_divides(name: str, shape: tuple[int, ...]) -> None:
    small = MODELS[name].small | {"z_dim": 100}
    model = dataclasses.replace(MODELS[name], small=small)
    G, D = model.small_networks(Random(0), shape)
    y = G(Random(0).normal((2, 100)))
    assert y.shape == (2, *shape)
    assert D(y).shape == (2, 1)


def test_dcgan_32_pads_to_multiples_of_8() -> None:
    sizes = {side: MODELS["dcgan-32"].padded((side, 32, 3)) for side in (1, 8, 28, 32, 33, 64)}
    assert sizes == {
        1: (8, 32, 3),
        8: (8, 32, 3),
        28: (32, 32, 3),
        32: (32, 32, 3),
        33: (40, 32, 3),
        64: (64, 32, 3),
    }


@pytest.mark.parametrize(
    ("name", "shape", "words"),
    [
        ("dcgan", (2,), "dcgan: the data have shape (2,), expected images (h, w, c); for vectors"),
        ("dcgan", (27, 28, 1), "dcgan: the images are 27x28, expected sides that 2 divides; make"),
        ("dcgan", (33, 33, 3), "as --resize 32 does with a folder of images."),
        ("dcgan", (1, 1, 1), "as --resize 2 does"),
        ("dcgan-32", (7,), "dcgan-32: the data have shape (7,), expected images"),
        ("dcgan-upsampling", (30, 30, 1), "are 30x30, expected sides that 4 divides; make them so"),
        ("dcgan-upsampling", (28, 3, 1), "as --resize 4 does"),
    ],
)
def test_data_of_another_kind_are_refused_in_one_line(
    name: str, shape: tuple[int, ...], words: str, capsys: Any
) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        MODELS[name].networks(Random(0), shape)
    text = "x".join(map(str, shape))
    status, out, err = run("summary", name, "--shape", text, capsys=capsys)
    assert (status, out) == (2, "")
    assert words in err
    assert err.count("\n") == 1


def test_dcgan_32_itself_refuses_what_padding_would_have_mended() -> None:
    with pytest.raises(ValueError, match=r"^dcgan-32: the images are 30x32, expected sides that 4"):
        MODELS["dcgan-32"].small_networks(Random(0), (30, 32, 1))


def test_dcgan_32_trains_for_60_passes() -> None:
    model = MODELS["dcgan-32"]
    assert model.default_steps(10_000 // model.m) == 3000
    assert model.default_steps(60_000 // model.m) == 18_000
    assert [MODELS[name].default_steps(7) for name in ("dcgan", "dcgan-upsampling")] == [
        1500,
        50_000,
    ]


def test_models_prints_passes_or_steps(capsys: Any) -> None:
    out = run("models", capsys=capsys)[1]
    assert "data mnist12k, 60 passes, batches of 200, rule simultaneous, non-sat" in out
    assert "data mnist12k, 50,000 steps, batches of 256, rule concatenated, non-sat" in out
