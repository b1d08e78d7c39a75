"""Eyes on every gradient before it is used: NaN and infinity stop the run, and the log is filled.

A network in which one number is NaN is lost within a step: everything that it touches becomes NaN.
So the search goes from the cause to the effect (parameters, then logits, then gradients from the
output backwards), and the first thing found is named.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NoReturn

from minigan.activations import sigmoid
from minigan.backend import Array, array_module, device_of, to_host
from minigan.gan import sum_of_gradients
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
    waits for the device, so only log steps and checkpoints are, once for each gradient.

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
        row: dict[str, Array] = {}  # numbers without axes, still on the device
        normed: Grads = {}  # D's gradient, whose norm is one of them
        if self.measuring and player == "D":
            row, normed = self._measures_of_D(logits, grads)
        elif self.measuring:
            row = {"loss_G": self.objective.loss(logits["a_fake"])}
        numbers = fetched([*_shared_squares(arrays), *map(_square, normed.values()), *row.values()])
        squares = _examined(numbers, [*arrays, *normed.values()])
        if not all(map(math.isfinite, squares[: len(arrays)])):
            self._stop(player, logits, grads)
        self._row |= dict(zip(row, numbers[len(squares) :], strict=True))
        if self.measuring and player == "G":
            self._row["grad_norm_G"] = math.sqrt(sum(squares[len(logits) :]))
        elif row:
            self._row["loss_D"] = -self._row["V"]
            self._row["grad_norm_D"] = math.sqrt(sum(squares[len(arrays) :]))

    def _measures_of_D(
        self, logits: dict[str, Array], grads: Grads
    ) -> tuple[dict[str, Array], Grads]:
        """What the row says of D, and D's gradient of V; nothing as long as half of it is known."""
        # The rule "separate" comes twice, first with a_real, then with a_fake. Its gradient of V is
        # the sum of the two, as everywhere else.
        if "a_real" in logits:
            self._logits, self._grads_D = {}, grads
        else:
            self._grads_D = sum_of_gradients(self._grads_D, grads)
        self._logits |= logits
        if "a_fake" not in logits:
            return {}, {}
        a_real, a_fake = self._logits["a_real"], self._logits["a_fake"]
        return {
            "V": value(a_real, a_fake),
            "D_real": sigmoid(a_real).mean(),
            "D_fake": sigmoid(a_fake).mean(),
            "accuracy_real": (a_real > 0).mean(),
            "accuracy_fake": (a_fake < 0).mean(),
        }, self._grads_D

    def row(self) -> Row:
        """The row of log.csv for the step that was just measured."""
        row: Row = {"step": self.step} | self._row
        self._logits, self._grads_D, self._row = {}, {}, {}
        return row

    def check_parameters(self) -> None:
        """Look at all parameters and buffers: none that is not finite may reach a checkpoint.

        **Raises**  NonFiniteError.
        """
        places = [
            (player, name, array)
            for player, net in self.players.items()
            for name, array in (net.params | net.buffers).items()
        ]
        norms = square_norms([array for _, _, array in places])
        for (player, name, array), norm in zip(places, norms, strict=True):
            if not math.isfinite(norm):
                where = place(player, self.players[player], name)
                self._fail(player, f"{where} holds {_count(array)}", STEP)

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
    """Σ a², finite exactly when every entry is; NaN otherwise."""
    return square_norms([a])[0]


def square_norms(arrays: Sequence[Array]) -> list[float]:
    """square_norm of each, for which a GPU is waited for once."""
    return _examined(fetched([*map(_square, arrays)]), arrays)


def fetched(numbers: Sequence[Array]) -> list[float]:
    """Arrays without axes as floats; from a GPU all in one copy."""
    if not numbers:
        return []
    together = array_module(numbers[0]).stack(numbers, dtype="float64")
    return list(map(float, to_host(together)))


def _square(a: Array) -> Array:
    """Σ a²: cheap, and finite for all but enormous entries where every entry is."""
    flat = a.ravel()
    return flat @ flat


def _shared_squares(arrays: list[Array]) -> list[Array]:
    """_square of each; on the CPU several at a time."""
    if any(device_of(a) != "cpu" for a in arrays):  # whose work is in order on one thread alone
        return [_square(a) for a in arrays]
    found: list[Array] = [None] * len(arrays)

    def work(part: int) -> None:
        found[part] = _square(arrays[part])

    share(work, len(arrays))  # and not by BLAS's own threads: see threads.py
    return found


def _examined(squares: Sequence[float], arrays: Sequence[Array]) -> list[float]:
    """The squares of the arrays, as far as they are finite; the others looked at more closely.

    Where every entry is finite, the square is summed in float64; otherwise it is NaN.
    """
    found = list(squares[: len(arrays)])
    for i, (square, a) in enumerate(zip(squares, arrays, strict=False)):
        if not math.isfinite(square):
            finite = bool(array_module(a).isfinite(a).all())
            found[i] = float((a.ravel().astype("float64") ** 2).sum()) if finite else math.nan
    return found


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
