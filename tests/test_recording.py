"""One recorded step by itself: what `changing` works out aside, and what is waited for."""

from __future__ import annotations

from collections.abc import Iterator

from standin import standin

from minigan.backend import to_host
from minigan.cuda.feed import changing
from minigan.cuda.recording import Recording, own_stream


def test_the_stream_is_waited_for_before_work_aside() -> None:
    """What is worked out aside may read what the stream is still at work on."""
    with standin() as xp, own_stream("cuda"):
        a, total = xp.ones(9), xp.zeros(9)
        a *= 2  # nobody has waited for this

        def iterations(_: int) -> Iterator[int]:
            total[...] += changing(lambda: a + 1)
            yield 0

        step = Recording(iterations)
        step.launch()
        assert to_host(total).tolist() == [3] * 9


def test_what_changes_inside_of_what_changes_is_worked_out_once() -> None:
    with standin() as xp, own_stream("cuda"):
        total, asked = xp.zeros(2), []

        def number() -> int:
            asked.append(len(asked))
            return asked[-1]

        def iterations(_: int) -> Iterator[int]:
            total[...] += changing(lambda: (changing(number), 1), dtype="float64")
            yield 0

        step = Recording(iterations)
        step.launch()
        step.replay()
        assert asked == [0, 1]
        assert to_host(total).tolist() == [0 + 1, 1 + 1]
