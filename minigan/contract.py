"""The layer protocol as rules that a machine can check; `checks` measures the gradients.

Each rule here once was somebody's bug: caches kept on the layer, masks drawn again, gradients added
up, arguments overwritten. None of them shows in a picture, and several do not show in a comparison
with numeric gradients either, because that looks at one forward and one backward alone.
"""

from __future__ import annotations

from typing import Any

from minigan.backend import Array, Random, array_module, device_of
from minigan.comparison import GradientError, NoVerdictError
from minigan.disguises import check_disguises, gradient_of
from minigan.layer import Layer
from minigan.replay import left_alone, memory, same, streams

SAME = 1e-9  # two ways to one gradient agree to this share of its largest entry,
NOISE = 1e-12  # or to this share of the largest entry of any of them: one may be 0 but for rounding


class Contract:
    """One layer, one x, one dy, one mode, and the rules of the protocol between them.

    `gradients` is what backward returns for them, keyed "x" and by the parameters' names.
    """

    def __init__(self, layer: Layer, x: Array, train: bool, rng: Random) -> None:
        self.layer, self.x, self.train = layer, x, train
        self.where = f"{layer!r} in {'training' if train else 'evaluation'}"
        self.put_back = memory(layer)
        y, cache = self.forward()
        self.y = y.copy()
        self.dy = rng.child("dy").normal(self.y.shape).astype(self.y.dtype)
        self.other_dy = rng.child("other dy").normal(self.y.shape).astype(self.y.dtype)
        self.gradients = {
            name: array.copy() for name, array in self.backward(self.dy, cache).items()
        }
        self.cache = cache

    def check(self) -> None:
        """Check every rule that is not about one call alone.

        **Raises**  GradientError, which says the rule.
        """
        if not _finite(self.y):
            raise NoVerdictError(
                f"{self.where}: y is not finite, so it has no slopes; use an x nearer to 0."
            )
        for name, gradient in self.gradients.items():
            if not _finite(gradient):
                self.fail(f"{gradient_of(name)} is not finite where y is.")
        self._check_repetition()
        self._check_two_tapes()
        self._check_returned_arrays()
        self._check_what_is_asked_for()
        self._check_linearity()
        check_disguises(self)

    def forward(self) -> tuple[Array, Any]:
        """Run forward from the remembered state; see that y is right and nothing else moved."""
        self.put_back()
        frozen = {"x": self.x} | _named("the parameter", self.layer.params)
        if not self.train:
            frozen |= _named("the buffer", self.layer.buffers)
        with left_alone(frozen, self.fail, "forward changed {}; it must leave it as it is."):
            result = self.layer.forward(self.x, self.train)
        if not (isinstance(result, tuple) and len(result) == 2):
            self.fail(f"forward returned {type(result).__name__}, expected the pair (y, cache).")
        self._check_kind("y", result[0], self.x, None)
        return result

    def recomputed(self) -> dict[str, Array]:
        """Run forward and backward again, on what x and the parameters are now."""
        _, cache = self.forward()
        return self.backward(self.dy, cache)

    def fail(self, message: str) -> None:
        """Raise the error that says where."""
        raise GradientError(f"{self.where}: {message}")

    def backward(self, dy: Array, cache: Any) -> dict[str, Array]:
        """Run backward; see that its result has the right keys, shapes and dtypes."""
        layer = self.layer
        frozen = {"dy": dy, "x": self.x} | _named("the parameter", layer.params)
        drawn = [stream.state for stream in streams(layer)]
        frozen |= _named("the buffer", layer.buffers)
        with left_alone(frozen, self.fail, "backward changed {}; it must leave it as it is."):
            result = layer.backward(dy, cache)
        if drawn != [stream.state for stream in streams(layer)]:
            self.fail("backward drew random numbers; what it needs of them belongs in the cache.")
        if not (isinstance(result, tuple) and len(result) == 2 and isinstance(result[1], dict)):
            self.fail("backward returned something else than the pair (dx, grads), grads a dict.")
        dx, grads = result
        if grads.keys() != layer.params.keys():
            missing = sorted(layer.params.keys() - grads.keys())
            extra = sorted(grads.keys() - layer.params.keys())
            self.fail(f"grads must have the keys of params: missing {missing}, not known {extra}.")
        self._check_kind("dx", dx, self.x, self.x.shape)
        for name, theta in layer.params.items():
            self._check_kind(f"grads[{name!r}]", grads[name], theta, theta.shape)
        return {"x": dx, **grads}

    def _check_kind(self, name: str, got: Any, like: Array, shape: Any) -> None:
        try:
            array_module(got)
        except TypeError as error:
            raise GradientError(f"{self.where}: {name} is no array: {error}") from error
        if shape is not None and got.shape != shape:
            self.fail(f"{name} has shape {got.shape}, expected {shape}.")
        if got.dtype != like.dtype:
            self.fail(
                f"{name} is {got.dtype.name}, expected {like.dtype.name}: a layer keeps the dtype "
                "of x."
            )
        if device_of(got) != device_of(like):
            self.fail(f"{name} is on {device_of(got)!r}, expected {device_of(like)!r}.")

    def _check_repetition(self) -> None:
        again = self.backward(self.dy, self.cache)
        self.compare(
            again,
            "gave another {} the second time on the same cache; it reads its arguments and the "
            "parameters alone, adds nothing up, draws nothing and leaves the cache as it is.",
        )
        y, _ = self.forward()
        if not same(y, self.y):
            self.fail(
                "forward gave another y for the same x; all that is random must come from "
                "self.rng, and nothing may be remembered but the buffers."
            )

    def _check_two_tapes(self) -> None:
        _, first = self.forward()
        other = 0.75 * self.x.reshape(-1)[::-1].reshape(self.x.shape)
        both = array_module(other).concatenate([other, other])
        message = (
            "gave another {} after the layer had run forward on something else; forward must "
            "return all that backward needs in the cache and store nothing on the layer."
        )
        self.layer.forward(other, self.train)
        self.layer.forward(both, not self.train)
        try:
            gradients = self.backward(self.dy, first)
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            what = message.format("result").replace("gave another result", "failed")
            raise GradientError(f"{self.where}: backward {what} ({error})") from error
        self.compare(gradients, message)

    def _check_returned_arrays(self) -> None:
        """See that what was returned is the caller's: D's two gradients exist side by side."""
        y, cache = self.forward()
        returned = {"forward overwrote the y": y}
        for name, gradient in self.backward(self.dy, cache).items():
            returned[f"backward overwrote the {gradient_of(name)}"] = gradient
        message = "{} that an earlier call returned; each call must return new arrays."
        with left_alone(returned, self.fail, message):
            self.backward(self.other_dy, cache)
            self.layer.forward(0.75 * self.x, self.train)

    def _check_what_is_asked_for(self) -> None:
        """See that need_dx and need_grads change nothing but what is left out.

        A layer may return more than it is asked for, as long as it is right: the two words are
        there for speed, and a first version of a layer need not care.
        """
        for need_dx, need_grads in ((False, True), (True, False), (False, False)):
            _, cache = self.forward()
            dx, grads = self.layer.backward(self.dy, cache, need_dx=need_dx, need_grads=need_grads)
            asked = f"need_dx={need_dx}, need_grads={need_grads}"
            if need_dx and dx is None:
                self.fail(f"backward returned no dx for {asked}.")
            if (need_grads or grads) and grads.keys() != self.layer.params.keys():
                self.fail(f"backward returned {sorted(grads)} for {asked}, expected all grads.")
            part = grads if dx is None else {"x": dx, **grads}
            self.compare(part, f"gave another {{}} for {asked} than in the full call.")

    def _check_linearity(self) -> None:
        """See that backward(2 dy - 3 dy') = 2 backward(dy) - 3 backward(dy').

        And that a million times dy gives a million times dx: a clipped gradient is linear up close.
        """
        _, cache = self.forward()
        other = self.backward(self.other_dy, cache)
        other = {name: array.copy() for name, array in other.items()}
        mixed = self.backward(2 * self.dy - 3 * self.other_dy, cache)
        for name, one in self.gradients.items():
            off = _size(mixed[name] - (2 * one - 3 * other[name]))
            limit = 2 * self._limit(one, self.gradients) + 3 * self._limit(other[name], other)
            limit += NOISE * _size(self.dy)  # a gradient that cancels keeps the rounding of dy
            if not off <= limit:
                self.fail(
                    f"backward is not linear in dy: {gradient_of(name)} of 2 dy - 3 dy' is not "
                    "2 times that of dy minus 3 times that of dy'."
                )
        for factor in (2.0**20, 2.0**-20):  # powers of 2 round nothing off
            scaled = self.backward(factor * self.dy, cache)
            for name, one in self.gradients.items():
                off = _size(scaled[name] - factor * one) / factor
                limit = self._limit(one, self.gradients) + NOISE * _size(self.dy)
                if _finite(factor * one) and not off <= limit:
                    self.fail(
                        f"backward is not linear in dy: {gradient_of(name)} of {factor:.2g} dy is "
                        f"not {factor:.2g} times that of dy."
                    )

    def compare(self, gradients: dict[str, Array], message: str) -> None:
        """See that gradients of the same x and dy are those of the first time, but for rounding.

        **Raises**  GradientError, whose message has the gradient's name where {} stands.
        """
        for name, got in gradients.items():
            expected = self.gradients[name]
            close = got.shape == expected.shape and (
                same(got, expected)
                or _size(got - expected) <= self._limit(expected, self.gradients)
            )
            if not close:
                self.fail("backward " + message.format(gradient_of(name)))

    @staticmethod
    def _limit(gradient: Array, gradients: dict[str, Array]) -> float:
        return max(SAME * _size(gradient), NOISE * max(map(_size, gradients.values())))


def _named(kind: str, arrays: dict[str, Array]) -> dict[str, Array]:
    return {f"{kind} {name!r}": array for name, array in arrays.items()}


def _finite(a: Array) -> bool:
    return bool(array_module(a).isfinite(a).all())


def _size(a: Array) -> float:
    return float(abs(a).max()) if a.size else 0.0
