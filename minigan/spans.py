"""Which positions of a window see which pixels: the bookkeeping of fast_patches.py.

Along one axis, a `Span` says: the entries at, at + step, … (count of them) of the array that is
written are sums over the same taps of the kernel, and the pixels under these taps lie side by side
in the array that is read, from start on, and stride further for each next entry. Two spans, one for
the rows and one for the columns, make a rectangle: a small convolution without padding.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Span:
    """Entries of one axis whose windows meet the same taps, all of them inside the image."""

    at: int  # the first entry that is written,
    step: int  # how far apart they are,
    count: int  # and how many
    taps: range  # of the kernel, in the order of the pixels that they meet; may be empty
    start: int  # the first pixel that is read for the first entry,
    stride: int  # and pixels from entry to entry

    @property
    def entries(self) -> slice:
        """Where the span writes."""
        return slice(self.at, self.at + self.step * self.count, self.step)

    def parts(self, length: int) -> list[Span]:
        """The same entries in spans of at most this length."""
        return [
            replace(
                self,
                at=self.at + i * self.step,
                start=self.start + i * self.stride,
                count=min(length, self.count - i),
            )
            for i in range(0, self.count, length)
        ]


@functools.lru_cache(1024)  # a step asks for the same few again and again
def gathering(pixels: int, kernel: int, stride: int, before: int, positions: int) -> list[Span]:
    """Unfold's windows: position r sees the pixels r·stride + i - before for its taps i.

    >>> [(span.count, list(span.taps)) for span in gathering(4, 3, 1, 1, 4)]
    [(1, [1, 2]), (2, [0, 1, 2]), (1, [0, 1])]
    """
    spans: list[Span] = []
    for r in range(positions):
        first = r * stride - before
        taps = range(max(0, -first), max(min(kernel, pixels - first), max(0, -first)))
        _append(spans, Span(r, 1, 1, taps, first + taps.start, stride))
    return spans


@functools.lru_cache(1024)
def scattering(pixels: int, kernel: int, stride: int, before: int, positions: int) -> list[Span]:
    """Fold as a gathering: pixel u is painted by the positions r with a tap i = u + before - r·s.

    The pixels of one remainder u mod s meet the same taps, every s-th, the last tap first.

    >>> [(span.at, span.step, list(span.taps)) for span in scattering(6, 4, 2, 1, 3)]
    [(0, 2, [1]), (2, 2, [3, 1]), (1, 2, [2, 0]), (5, 2, [2])]
    """
    spans: list[Span] = []
    for remainder in range(min(stride, pixels)):
        of_this: list[Span] = []
        for u in range(remainder, pixels, stride):
            # the positions r with 0 ≤ u + before - r·stride < kernel
            r = max(0, -((kernel - 1 - u - before) // stride))
            end = min(positions, (u + before) // stride + 1)
            first, last = u + before - r * stride, u + before - (end - 1) * stride
            taps = range(first, last - 1, -stride) if r < end else range(0)
            _append(of_this, Span(u, stride, 1, taps, r, 1))
        spans += of_this
    return spans


def _append(spans: list[Span], new: Span) -> None:
    last = spans[-1] if spans else None
    if (
        last is not None
        and last.taps == new.taps
        and (not new.taps or new.start == last.start + last.count * last.stride)
    ):
        spans[-1] = replace(last, count=last.count + 1)
    else:
        spans.append(new)
