"""The published networks, constant by constant: every layer, initial weight, rate and size."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from minigan.backend import Random
from minigan.gradcheck import check_model
from minigan.layer import Sequential
from minigan.models import MODELS
from minigan.optimizers import Adam, Momentum
from minigan.schedules import decay_exponentially, ramp_by_epoch

IMAGE = (28, 28, 1)
LAYERS = {
    "mlp": (
        "Dense(100 → 500) ReLU() Dense(500 → 500) ReLU() Dense(500 → 784) Sigmoid() "
        "Reshape(28×28×1)",
        "Flatten() Dense(784 → 500) ReLU() Dense(500 → 500) ReLU() Dense(500 → 1)",
    ),
    "mlp-batchnorm": (
        "Dense(100 → 256) LeakyReLU(0.2) BatchNorm(256) Dense(256 → 512) LeakyReLU(0.2) "
        "BatchNorm(512) Dense(512 → 1024) LeakyReLU(0.2) BatchNorm(1024) Dense(1024 → 784) Tanh() "
        "Reshape(28×28×1)",
        "Flatten() Dense(784 → 512) LeakyReLU(0.2) Dense(512 → 256) LeakyReLU(0.2) Dense(256 → 1)",
    ),
    "goodfellow-2014": (
        "Dense(100 → 1200) ReLU() Dense(1200 → 1200) ReLU() Dense(1200 → 784) Sigmoid() "
        "Reshape(28×28×1)",
        "Flatten() Dropout(0.2) Dense(784 → 1200) Maxout(5 pieces) Dropout(0.5) Dense(240 → 1200) "
        "Maxout(5 pieces) Dropout(0.5) Dense(240 → 1)",
    ),
    "cgan": (
        "KeepLabels(10: 11 layers)",
        "Dense(794 → 512) LeakyReLU(0.2) Dropout(0.3) Dense(512 → 256) LeakyReLU(0.2) Dropout(0.3) "
        "Dense(256 → 1)",
    ),
    "gaussian-1d": (
        "Dense(1 → 32) Tanh() Dense(32 → 1)",
        "Dense(1 → 32) Tanh() Dense(32 → 32) Tanh() Dense(32 → 1)",
    ),
    "dcgan": (
        "Dense(100 → 6272) BatchNorm(6272) ReLU() Reshape(7×7×128) "
        "ConvTranspose2D(128 → 64) BatchNorm(64) ReLU() ConvTranspose2D(64 → 1) Tanh()",
        "Conv2D(1 → 64) LeakyReLU(0.2) Conv2D(64 → 128) BatchNorm(128) LeakyReLU(0.2) Flatten() "
        "Dense(6272 → 1)",
    ),
    "dcgan-32": (
        "Dense(100 → 8192) LeakyReLU(0.001) Reshape(8×8×128) BatchNorm(128) UpSampling2D(2×2) "
        "Dropout(0.3) Conv2D(128 → 64) LeakyReLU(0.001) BatchNorm(64) UpSampling2D(2×2) "
        "Conv2D(64 → 1) Tanh()",
        "Conv2D(1 → 8) LeakyReLU(0.001) Dropout(0.3) Conv2D(8 → 64) LeakyReLU(0.001) Flatten() "
        "Dense(4096 → 1)",
    ),
    "dcgan-upsampling": (
        "Dense(100 → 12544) BatchNorm(12544) ReLU() Reshape(7×7×256) "
        "UpSampling2D(2×2) ConvTranspose2D(256 → 128) BatchNorm(128) ReLU() "
        "UpSampling2D(2×2) ConvTranspose2D(128 → 64) BatchNorm(64) ReLU() "
        "ConvTranspose2D(64 → 32) BatchNorm(32) ReLU() ConvTranspose2D(32 → 1) Sigmoid()",
        "Conv2D(1 → 64) LeakyReLU(0.2) Dropout(0.2) Conv2D(64 → 128) LeakyReLU(0.2) Dropout(0.2) "
        "Conv2D(128 → 256) LeakyReLU(0.2) Dropout(0.2) "
        "Conv2D(256 → 512) LeakyReLU(0.2) Dropout(0.2) Flatten() Dense(8192 → 1)",
    ),
}
LAYERS["dcgan-32-grey"] = LAYERS["dcgan-32"]
COUNTS = {  # trained parameters of G and D, by hand: Σ (n_in + 1) · n_out, + 2 a channel
    "mlp": (101 * 500 + 501 * 500 + 501 * 784, 785 * 500 + 501 * 500 + 501),
    "mlp-batchnorm": (
        101 * 256 + 257 * 512 + 513 * 1024 + 1025 * 784 + 2 * (256 + 512 + 1024),
        785 * 512 + 513 * 256 + 257,
    ),
    "goodfellow-2014": (101 * 1200 + 1201 * 1200 + 1201 * 784, 785 * 1200 + 241 * 1200 + 241),
    "cgan": (
        111 * 256 + 257 * 512 + 513 * 1024 + 1025 * 784 + 2 * (256 + 512 + 1024),
        795 * 512 + 513 * 256 + 257,
    ),
    "gaussian-1d": (2 * 32 + 33, 2 * 32 + 33 * 32 + 33),
    "dcgan": (
        101 * 6272 + 2 * 6272 + 16 * 128 * 64 + 2 * 64 + 16 * 64 + 1,
        16 * 64 + 64 + 16 * 64 * 128 + 2 * 128 + 6273,
    ),
    "dcgan-32": (
        101 * 8192 + 2 * 128 + (25 * 128 + 1) * 64 + 2 * 64 + 25 * 64 + 1,
        26 * 8 + (25 * 8 + 1) * 64 + 4097,
    ),
    "dcgan-upsampling": (2_368_705, 4_311_553),
}
COUNTS["dcgan-32-grey"] = COUNTS["dcgan-32"]
CONSTANTS = {  # z_dim, prior, m, k, rule, objective
    "mlp": (100, "normal", 128, 1, "simultaneous", "non-saturating"),
    "mlp-batchnorm": (100, "normal", 128, 1, "separate", "non-saturating"),
    "goodfellow-2014": (100, "uniform", 100, 1, "simultaneous", "non-saturating"),
    "cgan": (100, "normal", 128, 1, "algorithm-1", "non-saturating"),
    "gaussian-1d": (1, "normal", 128, 1, "algorithm-1", "non-saturating"),
    "dcgan": (100, "normal", 128, 1, "algorithm-1", "non-saturating"),
    "dcgan-32": (100, "normal", 200, 1, "simultaneous", "non-saturating"),
    "dcgan-upsampling": (100, "normal", 256, 1, "concatenated", "non-saturating"),
}
CONSTANTS["dcgan-32-grey"] = CONSTANTS["dcgan-32"]


def networks(name: str, marginals: Any = None) -> tuple[Sequential, Sequential]:
    shape = (1,) if name == "gaussian-1d" else IMAGE
    return MODELS[name].networks(Random(0), shape, marginals)


def test_every_model_is_here() -> None:
    assert set(LAYERS) == set(COUNTS) == set(CONSTANTS) == set(MODELS)


@pytest.mark.parametrize("name", MODELS)
def test_layers_and_parameter_counts(name: str) -> None:
    for net, layers, count in zip(networks(name), LAYERS[name], COUNTS[name], strict=True):
        assert " ".join(map(repr, net.layers)) == layers
        assert sum(theta.size for theta in net.params.values()) == count


@pytest.mark.parametrize("name", MODELS)
def test_sizes_and_rules(name: str) -> None:
    model = MODELS[name]
    found = model.z_dim, model.prior, model.m, model.k, model.rule, model.objective
    assert found == CONSTANTS[name]


@pytest.mark.parametrize("name", [name for name in MODELS if name != "dcgan-32-grey"])
def test_every_gradient_of_a_small_version_for_both_objectives(name: str) -> None:
    """check_game over each entry of θd for V, and of θg for each objective."""
    rows = check_model(name)  # raises for a wrong one
    G, D = MODELS[name].small_networks(Random(0))
    expected = [("V(D, G) by D", key, theta.size) for key, theta in D.params.items()]
    for objective in ("minimax", "non-saturating"):
        expected += [(f"{objective} loss by G", k, theta.size) for k, theta in G.params.items()]
    assert [(row.layer, row.name, row.entries) for row in rows] == expected
    assert {row.verdict for row in rows} == {"ok"}


@pytest.mark.parametrize(
    ("name", "alpha", "beta1", "eps_hat", "penalty"),
    [
        ("mlp", 1e-3, 0.9, 1e-7, (1e-5, 1e-5)),
        ("mlp-batchnorm", 2e-4, 0.5, 1e-7, None),
        ("cgan", 2e-4, 0.5, None, None),
        ("gaussian-1d", 1e-3, 0.5, None, None),
        ("dcgan", 2e-4, 0.5, None, None),
        ("dcgan-32", 2e-4, 0.05, 1e-7, None),
        ("dcgan-32-grey", 2e-4, 0.05, 1e-7, None),
        ("dcgan-upsampling", 2e-4, 0.5, 1e-7, None),
    ],
)
def test_adam_of_the_source(name: str, alpha: float, beta1: float, eps_hat: Any, penalty: Any):
    for optimizer in MODELS[name].optimizers(*networks(name)):
        assert isinstance(optimizer, Adam)
        found = optimizer.alpha, optimizer.beta1, optimizer.beta2, optimizer.eps_hat
        assert found == (alpha, beta1, 0.999, eps_hat)
        of = optimizer.penalty
        assert (of and (of.l1, of.l2)) == penalty


def test_the_layers_inside_cgans_labels() -> None:
    (keep,) = networks("cgan")[0].layers
    of_mlp_batchnorm = LAYERS["mlp-batchnorm"][0].replace("100 →", "110 →")
    assert " ".join(map(repr, keep.layers)) == of_mlp_batchnorm.removesuffix(" Reshape(28×28×1)")
    assert [(norm.decay, norm.eps) for norm in keep.layers[2::3]] == [(0.8, 1e-3)] * 3


def test_kernels_start_as_the_source_says() -> None:
    for name, bounds in (("mlp", None), ("mlp-batchnorm", None), ("goodfellow-2014", (0.05, 5e-3))):
        for player, net in enumerate(networks(name)):
            for key, theta in net.params.items():
                if key.endswith(".b"):
                    assert not theta.any()
                elif key.endswith(".W"):
                    glorot = math.sqrt(6 / sum(theta.shape))
                    bound = bounds[player] if bounds else glorot
                    assert 0.97 * bound < abs(theta).max() <= bound * (1 + 1e-6), (name, key)


def test_the_batchnorms_of_mlp_batchnorm_are_those_of_keras() -> None:
    norms = [layer for layer in networks("mlp-batchnorm")[0].layers if hasattr(layer, "decay")]
    assert [(norm.decay, norm.eps) for norm in norms] == [(0.8, 1e-3)] * 3


def test_the_bias_of_goodfellow_2014_gives_the_mean_image() -> None:
    """b = log(p / (1 - p)), p clipped to [1e-7, 1 - 1e-7], at the last Dense alone."""
    p = Random(0, dtype="float64").uniform(IMAGE)
    p[0, 0, 0], p[1, 0, 0] = 0, 1
    G, D = networks("goodfellow-2014", p)
    clipped = p.reshape(-1).clip(1e-7, 1 - 1e-7)
    np.testing.assert_allclose(1 / (1 + np.exp(-G.params["4.b"].astype(float))), clipped, rtol=2e-6)
    assert G.params["4.b"][0] == pytest.approx(math.log(1e-7), rel=1e-6)
    del G.layers[4].params["b"]
    for net in (G, D):
        assert not any(theta.any() for key, theta in net.params.items() if key.endswith(".b"))


def test_the_noise_has_mean_0_and_variance_1_whatever_the_prior() -> None:
    for name in ("mlp", "goodfellow-2014"):
        z = MODELS[name].noise(Random(0))(10_000)
        assert z.shape == (10_000, 100)
        assert abs(z.mean()) < 5e-3
        assert abs(z.var() - 1) < 1e-2
    assert 1.73 < abs(z).max() <= math.sqrt(3)


def pylearn2_rates(updates: int, per_epoch: int) -> list[tuple[float, float]]:
    """The (rate, momentum) of each update, as that library's callbacks set them (its own loop)."""
    rate, momentum, base, monitored, found = 0.1, 0.5, 0.1, 0, []
    for update in range(updates):
        if update % per_epoch == 0:  # MomentumAdjustor.on_monitor, at the start of every epoch
            monitored += 1
            share = min(max((monitored - 1) / (250 - 1), 0.0), 1.0)
            momentum = 0.5 * (1 - share) + share * 0.7
        found.append((rate, momentum))
        rate = max(base / 1.000004 ** (update + 1), 1e-6)  # ExponentialDecay, after every update
    return found


def test_the_schedules_of_goodfellow_2014_are_those_of_its_code() -> None:
    G, D = networks("goodfellow-2014")
    opt_G, opt_D = MODELS["goodfellow-2014"].optimizers(G, D, batches_per_epoch=3)
    assert isinstance(opt_G, Momentum)
    assert isinstance(opt_D, Momentum)
    for t, (rate, momentum) in enumerate(pylearn2_rates(900, 3)):
        assert opt_G.alpha(t) == pytest.approx(rate, rel=1e-12)
        assert opt_D.alpha(t) == pytest.approx(rate / 2, rel=1e-12)
        for optimizer in (opt_G, opt_D):
            assert optimizer.momentum(t) == pytest.approx(momentum, rel=1e-12)
    assert opt_G.alpha(10**7) == 1e-6
    assert opt_D.alpha(10**7) == 5e-7


def test_a_rate_falls_by_the_divisor_to_the_floor() -> None:
    """max(start / divisorᵗ, floor)"""
    rate = decay_exponentially(0.3, 1.01, 0.1)
    for t in range(200):
        assert rate(t) == pytest.approx(max(0.3 / 1.01**t, 0.1), rel=1e-12)


def test_a_ramp_of_one_epoch_stays_where_it_starts_for_that_epoch() -> None:
    rate = ramp_by_epoch(0.5, 0.7, epochs=1, batches_per_epoch=4)
    assert [rate(t) for t in (0, 3, 4, 8)] == pytest.approx([0.5, 0.5, 0.7, 0.7])
