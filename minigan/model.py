"""What a model is: two networks with everything that their source fixes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from minigan.activations import Sigmoid, Tanh
from minigan.backend import Array, Random
from minigan.conditional import KeepLabels, beside, draw_labels
from minigan.dense import Dense
from minigan.gan import Sample
from minigan.initializers import Initializer, glorot_uniform, zeros
from minigan.inputs import check_random
from minigan.layer import Layer, Sequential
from minigan.limits import (
    FINITE,
    check_choice,
    check_flag,
    check_function,
    check_integer,
    check_kind,
    check_number,
    check_shape,
)
from minigan.objectives import OBJECTIVES
from minigan.optimizers import Optimizer
from minigan.penalties import Penalty
from minigan.reshape import Reshape
from minigan.rules import RULES
from minigan.several import Discriminators, Generators

Shape = tuple[int, ...]
Networks = tuple[Sequential, Sequential]
Optimizers = tuple[Optimizer, Optimizer]
TEN = (1,) * 10  # as many labels as digits, where nobody says how many examples each has


@dataclass(frozen=True)
class Model:
    """A published GAN.

    **Parameters**  (numbers are integers of 1 or more, where nothing else is said)

        name, text          as `minigan models` prints them
        build               (rng, shape, marginals, **sizes) → G, D
        make_optimizers     (G, D, batches_per_epoch) → opt_G, opt_D
        z_dim, prior        noise: z_dim numbers, "normal" N(0, 1) or "uniform" U[-√3, √3), both
                            of mean 0 and variance 1
        m, steps, k         batch size, iterations by default, D's steps in an iteration
        epochs              by default so many passes over the data instead of `steps`; 0: `steps`
        rule, objective     names in `rules.RULES` and `objectives.OBJECTIVES`
        l1, l2              of the penalty on the kernels of both players; 0 and 0: none
        generators,         how many of each play: each has the same layers, and weights of its own
        discriminators
        data                what it trains on by default
        white               what the brightest pixel becomes; None: the top of G's range
        multiple, border    images are padded until it divides their sides, after they were scaled,
                            with the number `border`; None: with black
        sample_train        whether samples are shown as G makes them in training mode
        conditional         whether labels go into both players (`minigan.conditional`); build then
                            takes classes, how many there are
        note                what it cannot do, measured, and what can; or nothing
        small, small_shape  sizes of the small version whose every gradient entry is checked, and
                            the shape of its data

    **Raises**  TypeError, ValueError for another; so do the methods, for a shape that is no sizes
    of 1 or more, and for what is no Random, no Layer, or no counts.
    """

    name: str
    text: str
    build: Callable[..., Networks]
    make_optimizers: Callable[[Layer, Layer, int], Optimizers]
    z_dim: int = 100
    prior: str = "normal"
    m: int = 128
    steps: int = 5000
    epochs: int = 0
    k: int = 1
    rule: str = "algorithm-1"
    objective: str = "non-saturating"
    l1: float = 0.0
    l2: float = 0.0
    generators: int = 1
    discriminators: int = 1
    data: str = "mnist12k"
    white: float | None = None
    multiple: int = 1
    border: float | None = None
    sample_train: bool = False
    conditional: bool = False
    note: str = ""
    small: dict[str, Any] = field(default_factory=dict)
    small_shape: Shape = (3, 2, 1)

    def __post_init__(self) -> None:
        for name in ("name", "text", "data", "note"):
            check_kind("Model", name, getattr(self, name), str, "a text")
        for name in ("z_dim", "m", "steps", "k", "generators", "discriminators", "multiple"):
            check_integer("Model", name, getattr(self, name))
        check_integer("Model", "epochs", self.epochs, 0)
        check_function("Model", "build", self.build, "of rng, shape, marginals and sizes")
        check_function("Model", "make_optimizers", self.make_optimizers, "of G and D")
        check_choice("Model", "prior", self.prior, ("normal", "uniform"))
        check_choice("Model", "rule", self.rule, RULES)
        check_choice("Model", "objective", self.objective, OBJECTIVES)
        Penalty(self.l1, self.l2)
        for name in ("white", "border"):
            if getattr(self, name) is not None:
                check_number("Model", name, getattr(self, name), FINITE)
        for name in ("sample_train", "conditional"):
            check_flag("Model", name, getattr(self, name))
        check_kind("Model", "small", self.small, dict, "a dict of sizes")
        check_shape("Model", "small_shape", self.small_shape)

    def networks(
        self, rng: Random, shape: Shape, marginals: Array | None = None, classes: int = len(TEN)
    ) -> Networks:
        """G and D for data of this shape, padded; marginals: their mean example in [0, 1].

        classes: of the labels, where these go into the players.
        """
        shape = check_shape(self.name, "shape", shape)
        sizes = {"classes": classes} if self.conditional else {}
        return self.build(rng, self.padded(shape), marginals, z_dim=self.z_dim, **sizes)

    def players(
        self, rng: Random, shape: Shape, marginals: Array | None = None, classes: int = len(TEN)
    ) -> tuple[Layer, Layer]:
        """G and D as they play: the networks, or several of each drawn one after the other."""
        check_random(self.name, rng)
        others = range(1, max(self.generators, self.discriminators))
        streams = [rng, *(rng.child(f"player {i}") for i in others)]
        drawn = [self.networks(stream, shape, marginals, classes) for stream in streams]
        Gs = [G for G, _ in drawn[: self.generators]]
        Ds = [D for _, D in drawn[: self.discriminators]]
        return (
            Gs[0] if len(Gs) == 1 else Generators(*Gs),
            Ds[0] if len(Ds) == 1 else Discriminators(*Ds),
        )

    def small_networks(self, rng: Random, shape: Shape | None = None) -> Networks:
        """The same layers with few units, for checks of every gradient entry."""
        small = self.small_shape if shape is None else check_shape(self.name, "shape", shape)
        return self.build(rng, small, None, **self.small)

    def input_shapes(
        self, shape: Shape, sizes: dict[str, Any] | None = None
    ) -> tuple[Shape, Shape]:
        """The shapes of one input of G and of D, for data of this (padded) shape.

        **Parameters**  sizes: z_dim and classes, where they are not the model's own and ten.

        >>> from minigan import MODELS
        >>> MODELS["mlp"].input_shapes((28, 28, 1)), MODELS["cgan"].input_shapes((28, 28, 1))
        (((100,), (28, 28, 1)), ((110,), (794,)))
        """
        shape = check_shape(self.name, "shape", shape)
        if sizes is not None:
            check_kind(self.name, "sizes", sizes, dict, "a dict of sizes")
        sizes = {"z_dim": self.z_dim, "classes": len(TEN)} | (sizes or {})
        if not self.conditional:
            return (sizes["z_dim"],), tuple(shape)
        return (sizes["z_dim"] + sizes["classes"],), (math.prod(shape) + sizes["classes"],)

    def padded(self, shape: Shape) -> Shape:
        """The shape of what the networks see of data of this shape.

        >>> from minigan import MODELS
        >>> MODELS["dcgan-32"].padded((28, 28, 1)), MODELS["dcgan"].padded((28, 28, 1))
        ((32, 32, 1), (28, 28, 1))
        """
        shape = check_shape(self.name, "shape", shape)
        if len(shape) != 3:
            return shape
        h, w, c = shape
        return h + -h % self.multiple, w + -w % self.multiple, c

    def data_range(self, G: Layer) -> tuple[float, float] | None:
        """What black and white become: G's output range, up to `white` where the source says so."""
        found = output_range(G.layers[0] if isinstance(G, Generators) else G)
        return found if found is None or self.white is None else (found[0], self.white)

    def default_steps(self, batches_per_epoch: int) -> int:
        """How many iterations, for data of so many batches a pass."""
        check_integer(self.name, "batches_per_epoch", batches_per_epoch, 0)
        return self.epochs * batches_per_epoch or self.steps

    def optimizers(self, G: Layer, D: Layer, batches_per_epoch: int = 1) -> Optimizers:
        """One optimizer for each player; batches_per_epoch is for schedules that count epochs."""
        check_integer(self.name, "batches_per_epoch", batches_per_epoch)
        both = self.make_optimizers(G, D, batches_per_epoch)
        if self.l1 or self.l2:
            for optimizer in both:
                optimizer.penalty = Penalty(self.l1, self.l2)
        return both

    def noise(self, rng: Random, counts: Sequence[int] = TEN) -> Sample:
        """p_z as a function m → z (m, z_dim).

        With labels it is m → [z, y], and counts says how many examples of the data have each.
        """

        check_random(self.name, rng)

        def z(m: int) -> Array:
            if self.prior == "uniform":
                return rng.uniform((m, self.z_dim), -math.sqrt(3), math.sqrt(3))
            return rng.normal((m, self.z_dim))

        if not self.conditional:
            return z
        y = draw_labels(rng, counts)
        return lambda m: beside(z(m), y(m))


def output_range(G: Layer) -> tuple[float, float] | None:
    """The interval that G's outputs fill, by its last layer that is no Reshape: data follow it.

    (0, 1) for a Sigmoid, (-1, 1) for a Tanh, None (all numbers) for anything else.

    **Raises**  TypeError for what is no Layer.

    >>> output_range(Sequential(Tanh(), Reshape((2, 2, 1))))
    (-1.0, 1.0)
    """
    check_kind("output_range", "G", G, Layer, "a Layer")
    layers = G.layers if isinstance(G, Sequential) else (G,)
    last = next((layer for layer in reversed(layers) if not isinstance(layer, Reshape)), None)
    if isinstance(last, KeepLabels):
        return output_range(last.net)
    if isinstance(last, Sigmoid):
        return 0.0, 1.0
    return (-1.0, 1.0) if isinstance(last, Tanh) else None


def output_layers(
    n_in: int,
    rng: Random,
    shape: Shape,
    squash: Layer,
    W: Initializer = glorot_uniform,
    b: Initializer = zeros,
) -> list[Layer]:
    """G's last layers: Dense, then the squashing function and the image's shape, if images."""
    dense = Dense(n_in, math.prod(shape), rng, W=W, b=b)
    return [dense] if len(shape) == 1 else [dense, squash, Reshape(shape)]
