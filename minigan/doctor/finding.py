"""A finding: what one check of a run found, in a verdict, a number, an equation and a sentence."""

from __future__ import annotations

from dataclasses import dataclass, field

VERDICTS = ("ill", "watch", "healthy", "cannot tell")  # the worst first


@dataclass(frozen=True)
class Finding:
    """The answer of one check.

    **Parameters**

        name        the illness that was looked for
        verdict     "ill", "watch" (not ill, but not as it should be), "healthy", or "cannot tell"
        measured    the numbers as a sentence, each beside what a healthy run has
        equation    where the numbers come from
        meaning     what the verdict says about the run; with "cannot tell", why not
        advice      what to try, "" where nothing has to be done
        numbers     the same numbers by name, for programs

    **Raises**  ValueError for a verdict that is none, and for an illness without advice.
    """

    name: str
    verdict: str
    measured: str
    equation: str
    meaning: str
    advice: str = ""
    numbers: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.verdict not in VERDICTS:
            raise ValueError(
                f"Finding {self.name!r}: verdict is {self.verdict!r}, expected one of "
                f"{', '.join(VERDICTS)}."
            )
        if self.verdict in ("ill", "watch") and not self.advice:
            raise ValueError(f"Finding {self.name!r}: {self.verdict}, and no advice what to try.")


def cannot_tell(name: str, why: str, equation: str) -> Finding:
    """The finding of a check that lacks what it needs."""
    return Finding(name, "cannot tell", "", equation, why)


def above(value: float, watch: float, ill: float) -> str:
    """The verdict on a number that is healthy while it is small; NaN is ill.

    >>> [above(value, 2, 5) for value in (1, 2, 5)]
    ['healthy', 'watch', 'ill']
    """
    return "healthy" if value < watch else "watch" if value < ill else "ill"


def below(value: float, watch: float, ill: float) -> str:
    """The verdict on a number that is healthy while it is large; NaN is ill.

    >>> [below(value, 5, 2) for value in (2, 5, 6)]
    ['ill', 'watch', 'healthy']
    """
    return above(-value, -watch, -ill)


def worst(*verdicts: str) -> str:
    """The worst of several verdicts.

    >>> worst("healthy", "ill", "watch")
    'ill'
    """
    return min(verdicts, key=VERDICTS.index)
