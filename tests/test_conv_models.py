"""The convolutional models on the data of their sources: every count, size, window and weight."""

from __future__ import annotations

import math
import re
from typing import Any

import command_line
import numpy as np
import pytest
from command_line import run

from minigan.backend import Random
from minigan.batchnorm import BatchNorm
from minigan.conv import Conv2D, ConvTranspose2D
from minigan.dense import Dense
from minigan.dropout import Dropout
from minigan.layer import Sequential
from minigan.models import MODELS
from minigan.summary import rows_of

in_an_empty_folder = command_line.in_an_empty_folder
CONV = ("dcgan", "dcgan-32", "dcgan-upsampling")


def networks(name: str, shape: tuple[int, ...] = (28, 28, 1)) -> tuple[Sequential, Sequential]:
    return MODELS[name].networks(Random(0), shape)


def layers_of(net: Sequential, kind: type) -> list[Any]:
    return [layer for layer in net.layers if isinstance(layer, kind)]


def convolutions(net: Sequential) -> list[Any]:
    return [layer for layer in net.layers if isinstance(layer, Conv2D | ConvTranspose2D)]


# The counts that the sources print, layer by layer, those with parameters.
PRINTED = {
    "dcgan-upsampling": (
        [1_266_944, 50_176, 819_328, 512, 204_864, 256, 51_232, 128, 801],
        [1_664, 204_928, 819_456, 3_277_312, 8_193],
    ),
    "dcgan": ([633_472, 25_088, 131_072, 256, 1_025], [1_088, 131_072, 512, 6_273]),
    "dcgan-32": ([827_392, 512, 204_864, 256, 1_601], [208, 12_864, 4_097]),
}
SIZES = {  # the shapes that images have on their way, each as often as it changes
    "dcgan-upsampling": (
        [(7, 7, 256), (14, 14, 256), (14, 14, 128), (28, 28, 128), (28, 28, 64), (28, 28, 32)],
        [(14, 14, 64), (7, 7, 128), (4, 4, 256), (4, 4, 512)],
    ),
    "dcgan": ([(7, 7, 128), (14, 14, 64)], [(14, 14, 64), (7, 7, 128)]),
    "dcgan-32": (
        [(8, 8, 128), (16, 16, 128), (16, 16, 64), (32, 32, 64)],
        [(16, 16, 8), (8, 8, 64)],
    ),
}


@pytest.mark.parametrize("name", CONV)
def test_every_layers_count_and_size_are_the_sources(name: str) -> None:
    model = MODELS[name]
    inputs = (model.z_dim,), model.padded((28, 28, 1))
    for player, net in enumerate(networks(name)):
        rows = rows_of(net, inputs[player])
        assert [r["parameters"] for r in rows if r["parameters"]] == PRINTED[name][player]
        images = [r["shape"] for r in rows if len(r["shape"]) == 3]
        changes = [s for i, s in enumerate(images) if i == 0 or s != images[i - 1]]
        if player == 0:
            assert changes.pop() == inputs[1]
        assert changes == SIZES[name][player]


@pytest.mark.parametrize(
    ("name", "totals"),
    [
        (
            "dcgan-upsampling",
            [
                "total 2,394,241 parameters: 2,368,705 trained, 25,536 not trained",
                "total 4,311,553 parameters: 4,311,553 trained, 0 not trained",
            ],
        ),
        (
            "dcgan-32",
            [
                "total 1,034,625 parameters: 1,034,241 trained, 384 not trained",
                "total 17,169 parameters: 17,169 trained, 0 not trained",
            ],
        ),
        (
            "dcgan",
            [
                "total 790,913 parameters: 778,241 trained, 12,672 not trained",
                "total 138,945 parameters: 138,689 trained, 256 not trained",
            ],
        ),
    ],
)
def test_summary_prints_the_totals(name: str, totals: list[str], capsys: Any) -> None:
    status, out, _ = run("summary", name, capsys=capsys)
    assert status == 0
    assert re.findall("total .*", out) == totals


@pytest.mark.parametrize(
    ("name", "kernel", "strides", "transposed"),
    [
        ("dcgan", 4, ([2, 2], [2, 2]), True),
        ("dcgan-32", 5, ([1, 1], [2, 2]), False),
        ("dcgan-upsampling", 5, ([1, 1, 1, 1], [2, 2, 2, 1]), True),
    ],
)
def test_windows(name: str, kernel: int, strides: Any, transposed: bool) -> None:
    for player, net in enumerate(networks(name)):
        windows = [layer.window for layer in convolutions(net)]
        assert [w.kernel for w in windows] == [(kernel, kernel)] * len(windows)
        assert [w.stride for w in windows] == [(s, s) for s in strides[player]]
        assert {w.pad for w in windows} == {"same"}
        kinds = {type(layer) for layer in convolutions(net)}
        assert kinds == {ConvTranspose2D if transposed and player == 0 else Conv2D}


@pytest.mark.parametrize(
    ("name", "decay", "eps", "dropouts"),
    [
        ("dcgan", 0.9, 1e-5, ([], [])),
        ("dcgan-32", 0.99, 1e-3, ([0.3], [0.3])),
        ("dcgan-upsampling", 0.9, 1e-3, ([], [0.2] * 4)),
    ],
)
def test_batchnorms_and_dropouts(name: str, decay: float, eps: float, dropouts: Any) -> None:
    G, D = networks(name)
    norms = layers_of(G, BatchNorm) + layers_of(D, BatchNorm)
    assert {(norm.decay, norm.eps) for norm in norms} == {(decay, eps)}
    for net, rates in zip((G, D), dropouts, strict=True):
        assert [layer.rate for layer in layers_of(net, Dropout)] == rates


def test_only_a_convolution_of_dcgan_that_a_batchnorm_follows_has_no_bias() -> None:
    for name in CONV:
        for net in networks(name, (64, 64, 3)):
            for layer, after in zip(net.layers, [*net.layers[1:], None], strict=True):
                if isinstance(layer, Dense | Conv2D | ConvTranspose2D):
                    normed = name == "dcgan" and isinstance(after, BatchNorm)
                    assert ("b" in layer.params) == (not normed or isinstance(layer, Dense))
                    assert not layer.params.get("b", np.zeros(1)).any()


@pytest.mark.parametrize("name", CONV)
def test_kernels_start_as_the_source_says(name: str) -> None:
    """N(0, 0.02²) in dcgan; glorot_uniform in dcgan-32, glorot_normal in dcgan-upsampling."""
    for net in networks(name):
        for key, W in net.params.items():
            if not key.endswith(".W") or W.size < 1000:
                continue
            variance = (
                0.02**2 if name == "dcgan" else 2 / (math.prod(W.shape[:-2]) * sum(W.shape[-2:]))
            )
            # the sample variance of n normal numbers is off by √(2/n), of uniform ones by less
            assert abs(W.var() / variance - 1) < 5 * math.sqrt(2 / W.size), key
            assert abs(W.mean()) < 5 * math.sqrt(variance / W.size), key
            bounded = bool(abs(W).max() <= 1.001 * math.sqrt(3 * variance))
            assert bounded == (name == "dcgan-32"), key
