"""A layer's state, for whoever runs it twice: put back, or moved off its special values.

Two runs of a dropout draw two masks, and each run of a BatchNorm moves its running averages.
Whoever compares two runs (a gradient check above all) must begin both from the same state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from minigan.backend import Array, Random
from minigan.layer import Layer


def streams(*values: Any) -> list[Random]:
    """Every Random that a layer keeps, in its attributes and in those of the layers it holds.

    Each stands there once: layers may share a Random, and a Sequential holds its layers twice, as
    they were given and in the order of its plan.
    """
    return list({id(stream): stream for stream in _streams(*values)}.values())


def _streams(*values: Any) -> Iterator[Random]:
    for value in values:
        if isinstance(value, Random):
            yield value
        elif isinstance(value, Layer):
            yield from _streams(*vars(value).values())
        elif isinstance(value, list | tuple):
            yield from _streams(*value)
        elif isinstance(value, dict):
            yield from _streams(*value.values())


def memory(*nets: Layer) -> Callable[[], None]:
    """Return a function that puts the networks' random streams and buffers back to this moment.

    A forward that is repeated then draws the same dropout masks and finds the same running means.
    """
    states = [(stream, stream.state) for stream in streams(*nets)]
    buffers = [(net, name, b.copy()) for net in nets for name, b in net.buffers.items()]

    def put_back() -> None:
        for stream, state in states:
            stream.state = state
        for net, name, old in buffers:
            net.buffers[name][...] = old

    return put_back


def arrays_of(net: Layer) -> list[tuple[str, Array]]:
    """Every parameter and buffer with its name."""
    return [*net.params.items(), *net.buffers.items()]


def move(net: Layer, rng: Random) -> None:
    """Add random numbers of a third of an array's size to every parameter and buffer.

    What is positive throughout among the buffers, as a running variance, stays so.
    """
    for name, array in arrays_of(net):
        if name in net.buffers and bool((array > 0).all()):
            array *= rng.uniform(array.shape, 0.5, 2.0)
        else:
            size = float((array * array).mean()) ** 0.5
            array += (size or 1.0) / 3 * rng.normal(array.shape)


def same(a: Array, b: Array) -> bool:
    """Whether two arrays hold the same numbers; NaN equals NaN here."""
    return bool(((a == b) | ((a != a) & (b != b))).all())


@contextmanager
def left_alone(
    arrays: dict[str, Array], fail: Callable[[str], None], message: str
) -> Iterator[None]:
    """Call fail(message), {} being a name, after a `with` block that changed one of the arrays."""
    before = {name: array.copy() for name, array in arrays.items()}
    yield
    for name, array in arrays.items():
        if not same(array, before[name]):
            fail(message.format(name))


@contextmanager
def moved(*nets: Layer, rng: Random) -> Iterator[None]:
    """Move the networks off their special values inside a `with` block, and back after it."""
    put_back = memory(*nets)
    saved = [(theta, theta.copy()) for net in nets for theta in net.params.values()]
    try:
        for i, net in enumerate(nets):
            move(net, rng.child(f"move {i}"))
        yield
    finally:
        put_back()
        for theta, old in saved:
            theta[...] = old
