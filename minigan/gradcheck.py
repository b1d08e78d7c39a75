"""`minigan gradcheck`: every layer and every model's whole game, checked on either device.

LAYERS names one configuration a line, and the tests begin with the same lines. Each is checked
entry by entry by `checks`, layers in training and in evaluation, games for V and for both
objectives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from minigan.activations import LeakyReLU, ReLU, Sigmoid, Tanh
from minigan.backend import Random
from minigan.batchnorm import BatchNorm
from minigan.chains import Activated
from minigan.checks import Row, check_game, check_layer
from minigan.conditional import KeepLabels
from minigan.conv import Conv2D, ConvTranspose2D
from minigan.dense import Dense
from minigan.dropout import Dropout
from minigan.layer import Layer, Sequential
from minigan.limits import check_integer, check_kind
from minigan.maxout import Maxout
from minigan.minibatch import MinibatchDiscrimination
from minigan.models import MODELS, find_model
from minigan.reshape import Flatten, Pack, Reshape
from minigan.several import Discriminators, Generators
from minigan.upsampled import Upsampled
from minigan.upsampling import UpSampling2D

Case = tuple[Callable[[Random], Layer], tuple[int, ...]]  # make, shape of x

LAYERS: dict[str, list[Case]] = {
    "Dense": [
        (lambda rng: Dense(5, 4, rng), (6, 5)),
        (lambda rng: Dense(5, 4, rng, bias=False), (6, 5)),
    ],
    "Conv2D": [
        (lambda rng: Conv2D(2, 3, 3, rng), (2, 4, 5, 2)),
        (lambda rng: Conv2D(2, 3, 5, rng, stride=2), (2, 7, 6, 2)),
        (lambda rng: Conv2D(2, 3, (4, 3), rng, stride=(2, 1), pad="valid"), (2, 6, 5, 2)),
    ],
    "ConvTranspose2D": [
        (lambda rng: ConvTranspose2D(2, 3, 5, rng, stride=2), (2, 3, 4, 2)),
        (lambda rng: ConvTranspose2D(2, 3, 4, rng, stride=2, pad=1), (2, 3, 3, 2)),
        (
            lambda rng: ConvTranspose2D(2, 3, 3, rng, stride=2, pad=1, output_pad=(1, 0)),
            (2, 3, 4, 2),
        ),
    ],
    "UpSampling2D": [(lambda rng: UpSampling2D(2), (2, 3, 4, 2))],
    "Upsampled": [
        (lambda rng: Upsampled(UpSampling2D(2), Conv2D(2, 3, 3, rng)), (2, 3, 2, 2)),
        # as many taps as it takes to go the fast way on the CPU
        (lambda rng: Upsampled(UpSampling2D(2), Conv2D(1, 1, 9, rng)), (3, 9, 8, 1)),
    ],
    "ReLU": [(lambda rng: ReLU(), (6, 5))],
    "LeakyReLU": [(lambda rng: LeakyReLU(0.2), (6, 5))],
    "Sigmoid": [(lambda rng: Sigmoid(), (6, 5))],
    "Tanh": [(lambda rng: Tanh(), (6, 5))],
    "Maxout": [(lambda rng: Maxout(3), (6, 12))],
    "BatchNorm": [
        (lambda rng: BatchNorm(5, rng), (6, 5)),
        (lambda rng: BatchNorm(3, rng, decay=0.8, eps=1e-3), (2, 4, 3, 3)),
    ],
    "Activated": [  # on the CPU no network joins them
        (lambda rng: Activated(Dense(5, 4, rng), LeakyReLU(0.2)), (6, 5)),
        (lambda rng: Activated(BatchNorm(5, rng), Tanh()), (6, 5)),
    ],
    "Dropout": [(lambda rng: Dropout(0.4, rng), (6, 5))],
    "MinibatchDiscrimination": [
        (lambda rng: MinibatchDiscrimination(4, 3, 2, rng), (6, 4)),
        (lambda rng: MinibatchDiscrimination(4, 3, 2, rng, with_itself=False), (6, 4)),
    ],
    "Flatten": [(lambda rng: Flatten(), (3, 2, 4, 2))],
    "Reshape": [(lambda rng: Reshape((2, 3, 2)), (4, 12))],
    "Generators": [
        (lambda rng: Generators(Dense(5, 3, rng), Sequential(Dense(5, 3, rng), Tanh())), (6, 5))
    ],
    "Discriminators": [
        (lambda rng: Discriminators(Dense(5, 1, rng), Sequential(Dense(5, 1, rng))), (6, 5))
    ],
    "Pack": [
        (lambda rng: Pack(3), (6, 4)),
        (lambda rng: Pack(2), (4, 2, 3, 2)),
    ],
    "KeepLabels": [(lambda rng: KeepLabels(2, Dense(5, 3, rng), Tanh()), (6, 5))],
    "Sequential": [
        (
            lambda rng: Sequential(
                Dense(5, 6, rng), BatchNorm(6, rng), LeakyReLU(0.2), Dense(6, 3, rng), Tanh()
            ),
            (6, 5),
        )
    ],
}


def find(name: str | None = None) -> list[str]:
    """The layers and models to check: all of them, or the one of that name.

    **Raises**  ValueError that lists the names there are.
    """
    names = [*LAYERS, *MODELS]
    if name is not None:
        check_kind("gradcheck", "name", name, str, f"one of {', '.join(names)}")
    if name is not None and name not in names:
        raise ValueError(f"there is no {name!r} to check, expected one of {', '.join(names)}.")
    return names if name is None else [name]


def check(name: str, *, device: str = "cpu", seed: int = 0) -> Iterator[list[Row]]:
    """Check one layer's configurations, or one model's game at small size, and yield the rows.

    **Parameters**  name: of a layer or a model; device: "cpu", "cuda" or "auto"; seed: of all
    random numbers.

    **Raises**  ValueError for an unknown name; what `check_layer` and `check_game` raise.
    """
    check_kind("gradcheck", "name", name, str, f"one of {', '.join(find())}")
    find(name)
    if name in MODELS:
        yield check_model(name, device=device, seed=seed)
    else:
        for make, shape in LAYERS[name]:
            yield check_layer(make, shape, device=device, seed=seed)


def check_model(name: str, *, device: str = "cpu", seed: int = 0, m: int = 4) -> list[Row]:
    """Check the whole game of a model's small version: every parameter of G and of D.

    Random numbers are added to the weights. Where a source starts D at ±0.005, G's gradient, a
    product of three such layers, would be too small to be measured.

    **Parameters**  name: of the model; device: "cpu", "cuda" or "auto"; seed: of all random
    numbers; m: examples, 1 or more.

    **Raises**  as `check`.
    """
    model = find_model(name)
    check_integer("check_model", "m", m)
    rng = Random(seed, device, dtype="float64")
    G, D = model.small_networks(rng)
    for theta in [*G.params.values(), *D.params.values()]:
        theta += rng.normal(theta.shape, std=0.5)
    shape_z, shape_x = model.input_shapes(model.small_shape, model.small)
    z = rng.normal((m, *shape_z))
    return check_game(G, D, rng.normal((m, *shape_x)), z, seed=seed)
