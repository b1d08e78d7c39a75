"""The arithmetic that `minigan bench` divides by, against counts made by hand."""

from __future__ import annotations

import dataclasses

import pytest

from minigan import gradcheck
from minigan.activations import ReLU
from minigan.backend import Random
from minigan.bench.flops import multiply_adds, stages, walk
from minigan.bench.game import Game, Job
from minigan.bench.measure import step_gflop
from minigan.bench.meter import Meter
from minigan.chains import Activated
from minigan.conditional import KeepLabels
from minigan.conv import Conv2D, ConvTranspose2D
from minigan.dense import Dense
from minigan.layer import Layer, Sequential
from minigan.minibatch import MinibatchDiscrimination
from minigan.models import MODELS
from minigan.reshape import Flatten
from minigan.several import Discriminators, Generators
from minigan.upsampled import Upsampled
from minigan.upsampling import UpSampling2D

MLP = Job("mlp", (28, 28, 1), "cpu", "same", m=128, steps=2, layers=False)


def rng() -> Random:
    return Random(0)


@pytest.mark.parametrize(
    ("layer", "x_shape", "y_shape", "count"),
    [
        (Dense(100, 256, rng()), (100,), (256,), 100 * 256),
        (Conv2D(3, 8, 5, rng(), stride=2), (28, 28, 3), (14, 14, 8), 14 * 14 * 25 * 3 * 8),
        (Conv2D(3, 8, (1, 4), rng(), pad="valid"), (6, 9, 3), (6, 6, 8), 6 * 6 * 4 * 3 * 8),
        (ConvTranspose2D(8, 3, 4, rng(), stride=2), (7, 7, 8), (14, 14, 3), 7 * 7 * 16 * 3 * 8),
        (Upsampled(UpSampling2D(2), Conv2D(2, 3, 3, rng())), (4, 5, 2), (8, 10, 3), 80 * 54),
        (
            Upsampled(UpSampling2D((1, 3)), ConvTranspose2D(2, 3, 3, rng(), pad="valid")),
            *((4, 5, 2), (6, 17, 3), 60 * 54),
        ),
        (MinibatchDiscrimination(7, 5, 3, rng()), (7,), (12,), 7 * 5 * 3),
        (Generators(Dense(4, 3, rng()), Dense(4, 3, rng())), (4,), (3,), 12),
        (Discriminators(Dense(4, 1, rng()), Sequential(Dense(4, 1, rng()))), (4,), (2,), 8),
        (Flatten(), (7, 7, 8), (392,), 0),
        (KeepLabels(2, Dense(6, 4, rng()), Dense(4, 3, rng())), (6,), (5,), 36),
        (Sequential(Flatten(), Dense(6, 2, rng()), Dense(2, 5, rng())), (3, 2, 1), (5,), 22),
    ],
    ids=repr,
)
def test_multiply_adds(
    layer: Layer, x_shape: tuple[int, ...], y_shape: tuple[int, ...], count: int
) -> None:
    assert multiply_adds(layer, x_shape, y_shape) == count


@pytest.mark.parametrize("name", gradcheck.LAYERS)
def test_whoever_has_a_kernel_is_counted(name: str) -> None:
    """A new layer with a matrix among its parameters must get its line in flops.py."""
    for make, (_, *shape) in gradcheck.LAYERS[name]:
        layer = make(rng())
        (found,) = stages(Sequential(layer), tuple(shape))
        has_a_kernel = any(theta.ndim >= 2 for theta in layer.params.values())
        assert (found.multiply_adds > 0) == has_a_kernel


def by_hand(name: str, shape: tuple[int, ...]) -> float:
    """The FLOP of the step "same" for one example, in units of whole passes.

    G: forward for D's step; forward, dW and dx for its own, but no dx of its first kernel. D: 2m
    images forward, dW and dx without that of its first kernel; then m forward and dx.
    """
    model = MODELS[name]
    G, D = model.networks(rng(), shape)
    counts_G = [multiply_adds(*part) for part in walk(G, (model.z_dim,))]
    counts_D = [multiply_adds(*part) for part in walk(D, shape)]
    first_G, first_D = (next(filter(None, counts)) for counts in (counts_G, counts_D))
    return 2 * ((4 * sum(counts_G) - first_G) + (8 * sum(counts_D) - 2 * first_D))


def test_a_step_of_mlp_in_numbers() -> None:
    G = 100 * 500 + 500 * 500 + 500 * 784
    D = 784 * 500 + 500 * 500 + 500 * 1
    flop = 2 * 128 * ((4 * G - 100 * 500) + (8 * D - 2 * 784 * 500))
    assert step_gflop(MLP) == pytest.approx(flop / 1e9, rel=1e-12)
    assert by_hand("mlp", MLP.shape) * 128 == flop


@pytest.mark.parametrize("name", ["mlp-batchnorm", "dcgan", "dcgan-32"])
def test_a_step_is_four_passes_of_G_and_eight_of_D(name: str) -> None:
    shape = MODELS[name].padded((28, 28, 1))
    job = dataclasses.replace(MLP, network=name, shape=shape, m=10)
    assert step_gflop(job) == pytest.approx(10 * by_hand(name, shape) / 1e9, rel=1e-12)


def test_a_step_of_dcgan_upsampling_is_1054_gflop() -> None:
    """Though its upsampled convolutions are computed with fewer: the plain algorithm counts."""
    G = 100 * 12544 + 14**2 * 25 * 256 * 128 + 28**2 * 25 * (128 * 64 + 64 * 32 + 32)
    D = 14**2 * 25 * 64 + 7**2 * 25 * 64 * 128 + 4**2 * 25 * (128 * 256 + 256 * 512) + 8192
    flop = 2 * 256 * ((4 * G - 100 * 12544) + (8 * D - 2 * 14**2 * 25 * 64))
    assert flop / 1e9 == pytest.approx(1053.6, abs=0.1)
    job = dataclasses.replace(MLP, network="dcgan-upsampling", m=256)
    assert step_gflop(job) == pytest.approx(flop / 1e9, rel=1e-12)


def test_joined_layers_are_one_stage_with_the_arithmetic_of_both() -> None:
    G, _ = MODELS["dcgan-32"].networks(rng(), (32, 32, 1))
    found = stages(G, (100,))
    assert len(found) < len(G.layers)
    last = next(
        stage for stage in found if "UpSampling2D" in repr(stage.layer) and stage.position > 9
    )
    assert last.shape == (32, 32, 1)
    assert last.parameters == 25 * 64 + 1
    assert last.multiply_adds == 32 * 32 * 25 * 64
    assert sum(s.multiply_adds for s in found) == sum(multiply_adds(*p) for p in walk(G, (100,)))
    names = {name for name, _ in G.params.items()}
    assert {f"{s.position}.{n}" for s in found for n in s.layer.params} == names


def test_a_stage_has_the_products_of_all_that_it_joins() -> None:
    up, conv, phi = UpSampling2D(2), Conv2D(2, 5, 3, rng()), ReLU()
    net = Sequential(up, conv, phi, Flatten(), Dense(80, 2, rng()))
    net.plan = [(1, Activated(Upsampled(up, conv), phi)), *net.plan[-2:]]  # as on a GPU
    assert [(s.position, s.multiply_adds, s.shape) for s in stages(net, (2, 2, 2))] == [
        (1, 16 * 9 * 2 * 5, (4, 4, 5)),
        (3, 0, (80,)),
        (4, 80 * 2, (2,)),
    ]


@pytest.mark.parametrize(
    ("rule", "passes_G", "passes_D"),
    [("algorithm-1", 4, 8), ("separate", 4, 8), ("concatenated", 4, 8), ("simultaneous", 3, 7)],
)
def test_other_rules_are_counted_as_they_play(rule: str, passes_G: int, passes_D: int) -> None:
    G = 100 * 500 + 500 * 500 + 500 * 784
    D = 784 * 500 + 500 * 500 + 500 * 1
    flop = 2 * 128 * ((passes_G * G - 100 * 500) + (passes_D * D - 2 * 784 * 500))
    assert step_gflop(dataclasses.replace(MLP, rule=rule)) == pytest.approx(flop / 1e9, rel=1e-12)


def test_own_means_the_models_rule_and_its_number_of_ds_steps(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own = dataclasses.replace(MLP, rule="own")
    simultaneous = dataclasses.replace(MLP, rule="simultaneous")
    assert step_gflop(own) == step_gflop(simultaneous) < step_gflop(MLP)
    twice = dataclasses.replace(MODELS["mlp"], rule="algorithm-1", k=2)
    monkeypatch.setitem(MODELS, "mlp", twice)
    D = 784 * 500 + 500 * 500 + 500 * 1
    G = 100 * 500 + 500 * 500 + 500 * 784
    one_more = 2 * 128 * (G + 6 * D - 2 * 784 * 500) / 1e9
    assert step_gflop(own) - step_gflop(MLP) == pytest.approx(one_more, rel=1e-9)


@pytest.mark.parametrize("name", ["mlp", "dcgan-32"])
def test_clocks_change_nothing(name: str) -> None:
    shape = MODELS[name].padded((28, 28, 1))
    job = dataclasses.replace(MLP, network=name, shape=shape, m=3)
    plain, watched = Game(job), Game(job, Meter(lambda: None))
    for _ in range(2):
        plain.step()
        watched.step()
    for net in ("G", "D"):
        mine, theirs = getattr(plain, net), getattr(watched, net)
        for key, theta in (mine.params | mine.buffers).items():
            assert (theta == (theirs.params | theirs.buffers)[key]).all(), key
