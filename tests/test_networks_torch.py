"""Whole float64 trainings of the published networks against PyTorch: twenty steps, each compared.

PyTorch's side is written from the sources (torch_networks.py, torch_games.py). After each step all
parameters and buffers of both players must agree to a 10⁻⁹ of how far they have moved; at published
sizes, where that is out of reach of float64, to ten times what its last bits do there. How near
they come, and how long it takes, is printed by `python tests/twenty_steps.py`.
"""

from __future__ import annotations

from typing import Any

import pytest
from oracles import oracle

oracle("torch")

from torch_networks import NETWORKS
from twenty_steps import Players, classifier_game, game, last_bits, noise_images, published

from minigan.models import MODELS
from minigan.objectives import OBJECTIVES
from minigan.rules import RULES

pytestmark = pytest.mark.oracle("torch")
CLOSE = 1e-9
QUICK = ("mlp-batchnorm", "gaussian-1d", "goodfellow-2014", "classifier")  # 3 s at most
SLOW = ("mlp", "cgan", "dcgan", "dcgan-32", "dcgan-32-grey", "dcgan-upsampling")
SMALL: dict[str, tuple[tuple[int, int, int], dict[str, Any]]] = {
    # sides that differ, colour, and for dcgan-32 images that are padded: to 8x16
    "dcgan": ((8, 12, 3), {"z_dim": 4, "width": 3, "smallest": 2}),
    "dcgan-32": ((7, 12, 3), {"z_dim": 4, "widths_G": (5, 4), "widths_D": (3, 4)}),
    "dcgan-32-grey": ((7, 12, 3), {"z_dim": 4, "widths_G": (5, 4), "widths_D": (3, 4)}),
    "dcgan-upsampling": (
        *((12, 8, 3),),
        {"z_dim": 4, "widths_G": (5, 4, 3, 2), "widths_D": (2, 3, 4, 5)},
    ),
    "mlp": ((3, 4, 2), {"z_dim": 5, "width": 7}),
    "mlp-batchnorm": ((3, 4, 2), {"z_dim": 5, "widths": (7, 6, 8)}),
    "cgan": ((3, 4, 2), {"z_dim": 5, "classes": 2, "widths": (7, 6, 8)}),
    "goodfellow-2014": ((3, 4, 2), {"z_dim": 5, "width": 7, "units": 6}),
}


def check_agreement(players: Players) -> None:
    assert players.difference.size < CLOSE, players.difference.where
    assert players.still() == []


@pytest.mark.parametrize(
    "name", [*QUICK, *(pytest.param(name, marks=pytest.mark.long) for name in SLOW)]
)
def test_a_network_of_published_size_goes_pytorchs_way_for_twenty_steps(name: str) -> None:
    players = published(name)
    if name in SLOW and players.difference.size >= CLOSE:
        # sums in another order: ten times what last bits of the weights make of our first step
        assert players.difference.size < 10 * last_bits(name).size, players.difference.where
        assert players.still() == []
    else:
        check_agreement(players)


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_a_small_network_goes_pytorchs_way_for_twenty_steps(name: str, objective: str) -> None:
    shape, sizes = SMALL[name]
    check_agreement(game(name, noise_images(*shape), 16, objective=objective, **sizes))


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_dcgan_goes_pytorchs_way_by_every_rule(rule: str, objective: str) -> None:
    """It has a BatchNorm in both players, which tells the rules apart."""
    shape, sizes = SMALL["dcgan"]
    k = 2 if rule == "algorithm-1" else 1
    players = game("dcgan", noise_images(*shape), 16, rule=rule, objective=objective, k=k, **sizes)
    assert players.difference.size < CLOSE, players.difference.where


def test_a_classifier_of_other_images_goes_pytorchs_way() -> None:
    check_agreement(classifier_game(noise_images(9, 6, 3), 16, widths=(4, 3, 5), features=6))


def test_every_model_has_its_network_in_pytorch() -> None:
    assert NETWORKS.keys() == MODELS.keys()
    assert {*QUICK, *SLOW} == {*MODELS, "classifier"}
    assert {*SMALL} == {*MODELS} - {"gaussian-1d"}  # which is small as it is
