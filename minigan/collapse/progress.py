"""What a person sees while games are played: an estimate, a bar or lines, and how to go on."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Sequence
from typing import Any

from tqdm import tqdm

from minigan.collapse.game import Game, Result, seconds_a_step
from minigan.terminal import complain


class Progress:
    """Steps done of all games, on standard error; each finished game in a line.

    On a terminal the lines stand above a bar that moves; elsewhere there are only the lines.

    **Parameters**  games: the games that are to be played; finished: how many need not be, because
    their results are kept; processes; shown=False: nothing.
    """

    def __init__(
        self, games: Sequence[Game], finished: int, processes: int, *, shown: bool = True
    ) -> None:
        self.shown, self.done, self.total = shown and sys.stderr is not None, 0, len(games)
        self._bar: tqdm[Any] | None = None
        if not (self.shown and games):
            return
        kept = f", {finished} more are kept from before" if finished else ""
        long = in_words(estimate(games, processes))
        count = min(processes, len(games))
        how = "one after the other" if count == 1 else f"{count} at a time"
        complain(f"{games[0].data}, {games[0].protocol}")
        complain(f"{len(games)} games to play{kept}; about {long}, {how}")
        if sys.stderr.isatty():
            steps = sum(game.protocol.steps for game in games)
            self._bar = tqdm(total=steps, unit="step", unit_scale=True, dynamic_ncols=True)

    def tick(self, steps: int) -> None:
        """Count steps."""
        if self._bar is not None:
            with contextlib.suppress(OSError):
                self._bar.update(steps)

    def game(self, result: Result) -> None:
        """Show the result of a game that has ended."""
        self.done += 1
        if not self.shown:
            return
        line = (
            f"{self.done}/{self.total}  {result.row}, seed {result.seed}: {result.modes} modes, "
            f"{100 * result.high_quality:.1f} % high quality, reverse KL {result.reverse_kl:.3f} "
            f"({result.seconds:.0f} s)"
        )
        if self._bar is None:
            complain(line)
        else:
            with contextlib.suppress(OSError):
                self._bar.write(line, file=sys.stderr)

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            with contextlib.suppress(OSError):
                self._bar.close()


def estimate(games: Sequence[Game], processes: int) -> float:
    """How many seconds the games will take: some steps of each row are timed, on one core.

    Cores that share a cache, or other work on them, make it longer.
    """
    rows = {game.row.name: game for game in games}
    rate = {name: seconds_a_step(game) for name, game in rows.items()}
    total = sum(rate[game.row.name] * game.protocol.steps for game in games)
    return total / min(processes, len(games))


def in_words(seconds: float) -> str:
    """A duration as one would say it.

    >>> in_words(8.2), in_words(119), in_words(1200), in_words(320_000)
    ('8 seconds', '119 seconds', '20 minutes', '89 hours')
    """
    for unit, length in (("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} seconds"
