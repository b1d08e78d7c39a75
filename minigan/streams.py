"""Where the numbers of a `Random` come from: NumPy's generator on the host, or Philox.

    host      PCG64 on the CPU, copied to a GPU: the numbers that NumPy's users know
    device    Philox, drawn where they are used, with the same bits on the CPU and on a GPU; nothing
              is copied. On the CPU it takes several times as long

A stream is moved on within `changing`, so that a step that was recorded on a GPU draws new numbers
each time.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from minigan import draws
from minigan.backend import Array
from minigan.cuda.feed import changing


class HostStream:
    """Numbers of PCG64, drawn on the host. Its methods are those of `Random`.

    **Raises**  ValueError for a state that is none.
    """

    name = "PCG64"

    def __init__(self, sequence: np.random.SeedSequence, xp: Any, dtype: str) -> None:
        self._generator = np.random.Generator(np.random.PCG64(sequence))
        self._xp, self._dtype = xp, np.dtype(dtype).type

    def normal(self, shape: Sequence[int], std: float) -> Array:
        """Numbers from N(0, std²)."""

        def draw() -> Any:
            values = self._generator.standard_normal(tuple(shape), dtype=self._dtype)
            # Random has made std Python's float: one of NumPy's would turn float32 into float64
            return values if std == 1.0 else values * std

        return self._xp.asarray(changing(draw))

    def uniform(self, shape: Sequence[int], low: float, high: float) -> Array:
        """Numbers from the uniform distribution on [low, high)."""

        def draw() -> Any:
            values = self._generator.random(tuple(shape), dtype=self._dtype)
            return values * float(high - low) + float(low)

        return self._xp.asarray(changing(draw))

    def mask(self, shape: Sequence[int], keep: float) -> Array:
        """A random integer of 64 bits makes four decisions of 16 bits each, which takes a quarter
        of the time of a float for each."""
        n = math.prod(shape)

        def draw() -> Any:
            bits = self._generator.bit_generator.random_raw(-(-n // 4)).view(np.uint16)[:n]
            return (bits < round(keep * 2**16)).reshape(tuple(shape))

        return self._xp.asarray(changing(draw))

    def permutation(self, n: int) -> Any:
        """A random order of 0 … n-1, on the host."""
        return self._generator.permutation(n)

    @property
    def state(self) -> dict[str, Any]:
        """Where the stream stands."""
        return dict(self._generator.bit_generator.state)

    @state.setter
    def state(self, state: dict[str, Any]) -> None:
        """Put the stream where a state says."""
        self._generator.bit_generator.state = state
        if self.state != state:  # NumPy rounds numbers that are no integers
            raise ValueError("Random: the state has other numbers than those of a stream.")


class DeviceStream:
    """Numbers of Philox, drawn on the device: a key, and a counter of the blocks that were drawn.

    Each draw begins a new block of four words, so what it gives depends on the key, the counter
    and its size alone.

    **Raises**  ValueError for a state whose key or counter is no integer of 64 bits.
    """

    name = "philox4x32-10"

    def __init__(self, sequence: np.random.SeedSequence, xp: Any, dtype: str) -> None:
        self._key = int(sequence.generate_state(1, np.uint64)[0])
        self._counter = 0
        self._xp, self._dtype = xp, dtype

    def normal(self, shape: Sequence[int], std: float) -> Array:
        """Numbers from N(0, std²)."""
        return self._drawn(shape, self._dtype, draws.normal, std)

    def uniform(self, shape: Sequence[int], low: float, high: float) -> Array:
        """Numbers from the uniform distribution on [low, high)."""
        return self._drawn(shape, self._dtype, draws.uniform, low, high)

    def mask(self, shape: Sequence[int], keep: float) -> Array:
        """True with probability keep: 16 bits decide, too."""
        return self._drawn(shape, "bool", draws.mask, keep)

    def permutation(self, n: int) -> Array:
        """The order that sorts n random integers of 64 bits, of which two are equal once in 2⁶⁴
        pairs. NumPy's and CuPy's sort are stable, so that even then the order is the same."""
        keys = self._xp.empty(n, dtype="uint64")
        draws.integers(keys, self._key, self._moved_on(draws.count(keys)))
        return self._xp.argsort(keys, kind="stable")

    def _drawn(self, shape: Sequence[int], dtype: str, draw: Callable[..., None], *how: Any) -> Any:
        y = self._xp.empty(math.prod(shape), dtype=dtype)
        blocks = draws.count(y)
        draw(y, self._key, changing(lambda: self._moved_on(blocks), dtype="uint64"), *how)
        return y.reshape(tuple(shape))

    def _moved_on(self, blocks: int) -> int:
        """The counter; the next draw begins so many blocks later."""
        counter, self._counter = self._counter, (self._counter + blocks) % 2**64
        return counter

    @property
    def state(self) -> dict[str, Any]:
        """Where the stream stands."""
        return {"bit_generator": self.name, "key": self._key, "counter": self._counter}

    @state.setter
    def state(self, state: dict[str, Any]) -> None:
        """Put the stream where a state says."""
        for part in ("key", "counter"):
            value = state.get(part)
            if type(value) is not int or not 0 <= value < 2**64:
                raise ValueError(
                    f"Random: the state's {part} is {value!r}, expected an integer from 0 to 2⁶⁴-1."
                )
        self._key, self._counter = state["key"], state["counter"]


STREAMS: dict[str, type[HostStream] | type[DeviceStream]] = {
    "host": HostStream,
    "device": DeviceStream,
}
