"""A clock at every layer: who spends the time of a step, and on how much arithmetic.

The layers are not changed. A network is copied with a stand-in for each layer, which starts the
clock, asks the layer, and stops it; the arrays are the same ones.
"""

from __future__ import annotations

import copy
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any, NamedTuple

from minigan.backend import Array
from minigan.bench.flops import Shape, Stage, stages
from minigan.layer import Grads, Sequential


class Key(NamedTuple):
    """What time is spent on: a pass ("forward", "backward") of a layer, or a work without one."""

    work: str
    player: str = ""
    position: int = 0


class Meter:
    """Seconds and floating-point operations, summed by key until they are taken.

    **Parameters**  wait: blocks until the device has done what it was given. On the CPU nothing is
    ever pending; a GPU would otherwise be charged to whoever asks for a result first.
    """

    def __init__(self, wait: Callable[[], None]) -> None:
        self.wait = wait
        self.seconds: defaultdict[Key, float] = defaultdict(float)
        self.flops: defaultdict[Key, int] = defaultdict(int)

    def timed(self, key: Key, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, each call of it timed under the key."""

        def call(*args: Any, **kwargs: Any) -> Any:
            start = self.now()
            result = function(*args, **kwargs)
            self.seconds[key] += self.now() - start
            return result

        return call

    def now(self) -> float:
        """The time in seconds at which all that was asked for is done."""
        self.wait()
        return time.perf_counter()

    def take(self) -> dict[Key, float]:
        """The seconds since they were last taken; the count begins anew."""
        taken = dict(self.seconds)
        self.seconds.clear()
        return taken


class WatchedLayer:
    """Stands in a layer's place: its calls are timed, and their products counted."""

    def __init__(self, stage: Stage, key: Key, meter: Meter) -> None:
        self._layer, self._flops, self._meter = stage.layer, 2 * stage.multiply_adds, meter
        self._forward_key, self._backward_key = key, key._replace(work="backward")
        self._call = meter.timed(self._forward_key, stage.layer.__call__)
        self._forward = meter.timed(self._forward_key, stage.layer.forward)
        self._backward = meter.timed(self._backward_key, stage.layer.backward)

    @property
    def params(self) -> dict[str, Array]:
        """The layer's own."""
        return self._layer.params

    @property
    def buffers(self) -> dict[str, Array]:
        """The layer's own."""
        return self._layer.buffers

    def __call__(self, x: Array, train: bool = False) -> Array:
        self._meter.flops[self._forward_key] += self._flops * x.shape[0]
        return self._call(x, train)

    def forward(self, x: Array, train: bool = True) -> tuple[Array, Any]:
        """The layer's, timed."""
        self._meter.flops[self._forward_key] += self._flops * x.shape[0]
        y, cache = self._forward(x, train)
        return y, cache

    def backward(
        self, dy: Array, cache: Any, *, need_dx: bool = True, need_grads: bool = True
    ) -> tuple[Array, Grads]:
        """The layer's, timed: a product for dx and one for dW, where they are needed."""
        self._meter.flops[self._backward_key] += self._flops * dy.shape[0] * (need_dx + need_grads)
        dx, grads = self._backward(dy, cache, need_dx=need_dx, need_grads=need_grads)
        return dx, grads


def watched(net: Sequential, player: str, shape: Shape, meter: Meter) -> Sequential:
    """The network with a clock at each stage of its plan.

    **Parameters**  player: the name in the keys; shape of one input of the network.
    """
    twin = copy.copy(net)
    stand_ins: list[tuple[int, Any]] = [
        (stage.position, WatchedLayer(stage, Key("forward", player, stage.position), meter))
        for stage in stages(net, shape)
    ]
    twin.plan = stand_ins
    return twin
