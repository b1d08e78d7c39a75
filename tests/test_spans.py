"""Spans, entry by entry: they say which taps meet which pixels, as a window's definition does.

An axis is drawn with any number of zeros before it, also less than none (pixels cut off), and with
any number of positions, also more than fit.
"""

from hypothesis import example, given
from hypothesis import strategies as st

from minigan.spans import Span, gathering, scattering

axes = st.tuples(
    st.integers(1, 9),  # pixels
    st.integers(1, 6),  # kernel
    st.integers(1, 4),  # stride
    st.integers(-3, 6),  # before
    st.integers(1, 9),  # positions
)


def listed(spans: list[Span]) -> list[tuple[int, int, int]]:
    """(entry, tap, where it reads) for every entry of the spans and every tap of theirs."""
    return sorted(
        (entry, tap, span.start + n * span.stride + i)
        for span in spans
        for n, entry in enumerate(range(*span.entries.indices(10**6)))
        for i, tap in enumerate(span.taps)
    )


def written(spans: list[Span]) -> list[int]:
    return sorted(e for span in spans for e in range(*span.entries.indices(10**6)))


@given(axes)
@example((2, 3, 1, 1, 2))  # every window is cut off at both ends
@example((1, 1, 1, 3, 9))  # windows that see padding alone
def test_gathering_lists_what_each_window_sees(axis):
    """position r sees the pixels r·stride + i - before for its taps i"""
    pixels, kernel, stride, before, positions = axis
    seen = [(r, i, r * stride + i - before) for r in range(positions) for i in range(kernel)]
    spans = gathering(*axis)
    assert listed(spans) == [line for line in seen if 0 <= line[2] < pixels]
    assert written(spans) == list(range(positions))


@given(axes)
@example((7, 1, 3, 0, 2))  # pixels between the windows
@example((6, 2, 1, -3, 9))  # pixels cut off on the left
def test_scattering_lists_what_paints_each_pixel(axis):
    """pixel u is painted by the positions r with a tap i = u + before - r·s"""
    pixels, kernel, stride, before, positions = axis
    painted = [(r * stride + i - before, i, r) for r in range(positions) for i in range(kernel)]
    spans = scattering(*axis)
    assert listed(spans) == sorted(line for line in painted if 0 <= line[0] < pixels)
    assert written(spans) == list(range(pixels))


@given(axes, st.integers(1, 4))
@example((9, 3, 2, 0, 4), 3)
def test_parts_are_the_same_entries_a_few_at_a_time(axis, length):
    for spans in (gathering(*axis), scattering(*axis)):
        parts = [part for span in spans for part in span.parts(length)]
        assert all(1 <= part.count <= length for part in parts)
        assert listed(parts) == listed(spans)
        assert written(parts) == written(spans)


@given(axes)
@example((9, 3, 1, 0, 7))
def test_neighbours_that_meet_the_same_taps_are_one_span(axis):
    """Otherwise every rectangle would be one pixel wide: right, and slow."""
    pixels, kernel, stride, before, positions = axis
    inside = {r for r in range(positions) if 0 <= r * stride - before <= pixels - kernel}
    longest = max((span.count for span in gathering(*axis) if len(span.taps) == kernel), default=0)
    assert longest == len(inside)
