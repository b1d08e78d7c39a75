"""Eyes on every gradient before it is used: NaN and infinity stop the run, and the log is filled.

A network in which one number is NaN is lost within a step: everything that it touches becomes NaN.
So the search goes from the cause to the effect (parameters, then logits, then gradients from the
output backwards), and the first thing found is named.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

from minigan.activations import sigmoid
from minigan.backend import Array, array_module, device_of
from minigan.layer import Grads, Layer
from minigan.objectives import Objective, value
from minigan.threads import share
from minigan.training.log import Row


class NonFiniteError(ArithmeticError):
    """NaN or infinity in a loss, a gradient or a parameter; the message says where and what to do.

    step, player ("D" or "G") and where (its layer and parameter, or the loss) are attributes.
    """

    def __init__(self, message: str, *, step: int, player: str, where: str) -> None:
        super().__init__(message)
        self.step, self.player, self.where = step, player, where


class Watch:
    """The `watch` of an update rule: called with each player's logits and gradient before a step.

    On the CPU every step is looked at, which costs one pass over the gradients. On a GPU each look
    waits for the device, so only log steps and checkpoints are.

    **Parameters**  G, D, and the objective that G descends; checkpoint: the path that the message
    names.
    """

    def __init__(self, G: Layer, D: Layer, objective: Objective, checkpoint: Path) -> None:
        self.players = {"G": G, "D": D}
        self.objective, self.checkpoint = objective, checkpoint
        self.saved = 0  # the step of the last good checkpoint
        self.step, self.measuring = 0, False
        self._every_step = device_of(next(iter(G.params.values()))) == "cpu"
        self._logits: dict[str, Array] = {}
        self._grads_D: Grads = {}
        self._row: Row = {}

    def begin(self, step: int, *, measuring: bool) -> None:
        """Say which step comes next, and whether it is a log step."""
        self.step, self.measuring = step, measuring

    def __call__(self, player: str, logits: dict[str, Array], grads: Grads) -> None:
        if not (self.measuring or self._every_step):
            return
        arrays = [*logits.values(), *grads.values()]
        squares = [0.0] * len(arrays)

        def measure(part: int) -> None:
            squares[part] = square_norm(arrays[part])

        share(measure, len(arrays))  # and not by BLAS's own threads: see threads.py
        if not all(map(math.isfinite, squares)):
            self._stop(player, logits, grads)
        if self.measuring and player == "D":
            self._measure_D(logits, grads)
        elif self.measuring:
            self._row["loss_G"] = float(self.objective.loss(logits["a_fake"]))
            self._row["grad_norm_G"] = math.sqrt(sum(squares[len(logits) :]))

    def _measure_D(self, logits: dict[str, Array], grads: Grads) -> None:
        # The rule "separate" comes twice, first with a_real, then with a_fake. Its gradient of V is
        # the sum of the two, as everywhere else.
        if "a_real" in logits:
            self._logits, self._grads_D = {}, grads
        else:
            self._grads_D = {name: self._grads_D[name] + g for name, g in grads.items()}
        self._logits |= logits
        if "a_fake" not in logits:
            return
        a_real, a_fake = self._logits["a_real"], self._logits["a_fake"]
        V = float(value(a_real, a_fake))
        self._row |= {
            "V": V,
            "loss_D": -V,
            "D_real": float(sigmoid(a_real).mean()),
            "D_fake": float(sigmoid(a_fake).mean()),
            "accuracy_real": float((a_real > 0).mean()),
            "accuracy_fake": float((a_fake < 0).mean()),
            "grad_norm_D": math.sqrt(sum(square_norm(g) for g in self._grads_D.values())),
        }

    def row(self) -> Row:
        """The row of log.csv for the step that was just measured."""
        row: Row = {"step": self.step} | self._row
        self._logits, self._grads_D, self._row = {}, {}, {}
        return row

    def check_parameters(self) -> None:
        """Look at all parameters and buffers: none that is not finite may reach a checkpoint.

        **Raises**  NonFiniteError.
        """
        for player, net in self.players.items():
            for name, array in (net.params | net.buffers).items():
                if not math.isfinite(square_norm(array)):
                    self._fail(player, f"{place(player, net, name)} holds {_count(array)}", STEP)

    def _stop(self, player: str, logits: dict[str, Array], grads: Grads) -> NoReturn:
        self.check_parameters()
        for name, a in logits.items():
            if not math.isfinite(square_norm(a)):
                if name == "a_real" and math.isfinite(square_norm(logits.get("a_fake", a[:0]))):
                    advice = "look for NaN in the data, then " + STEP
                else:
                    advice = STEP
                self._fail(
                    player, f"{player}'s loss is not finite: {name} holds {_count(a)}", advice
                )
        for name in reversed(grads):  # NaN flows backward: the last layer that has it had it first
            if not math.isfinite(square_norm(grads[name])):
                where = place(player, self.players[player], name)
                self._fail(player, f"the gradient of {where} holds {_count(grads[name])}", STEP)
        raise AssertionError("a value was not finite and now all are")

    def _fail(self, player: str, what: str, advice: str) -> NoReturn:
        raise NonFiniteError(
            f"step {self.step}: {what}; the checkpoint of step {self.saved} in {self.checkpoint} "
            f"is kept. What to do: {advice}.",
            step=self.step,
            player=player,
            where=what,
        )


STEP = "try a smaller step size of the optimizer, another seed or a larger batch"


def square_norm(a: Array) -> float:
    """Σ a², finite exactly when every entry is; NaN otherwise.

    The dot product is cheap and finite for all but enormous entries; only then are they looked at
    one by one, and summed in float64.
    """
    flat = a.ravel()
    square = float(flat @ flat)
    if math.isfinite(square):
        return square
    if not bool(array_module(a).isfinite(a).all()):
        return math.nan
    return float((flat.astype("float64") ** 2).sum())


def walk(net: Layer, path: str = "") -> Iterator[tuple[str, Layer]]:
    """Yield (path, layer) for net and everything in it; "" is net itself, "2" its third layer."""
    yield path, net
    for i, layer in enumerate(getattr(net, "layers", ())):
        yield from walk(layer, f"{path}.{i}" if path else str(i))


def place(player: str, net: Layer, name: str) -> str:
    """Say where the parameter `name` of a player is: D layer 2, Dense(512 → 256), parameter W."""
    path, _, key = name.rpartition(".")
    layer = dict(walk(net))[path]
    return f"{player} layer {path}, {layer!r}, parameter {key}" if path else f"{player}, {name}"


def _count(a: Array) -> str:
    xp = array_module(a)
    nan, infinite = int(xp.isnan(a).sum()), int(xp.isinf(a).sum())
    return f"{nan:,} NaN and {infinite:,} infinite of {a.size:,} numbers"
