"""What an exercise is: a question, what is right, and what each likely mistake would return.

An answer is judged by what it computes, never by how it is written. It is run on random numbers in
float64, and what it returns is laid beside what is right. For each mistake that people make, the
exercise knows what somebody who makes it would return; an answer that returns that has made it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Values = dict[str, Any]  # results by name: {"dx": ..., "dW": ...}
Answer = Any  # has the functions of an answer as attributes


class AnswerError(ValueError):
    """An answer cannot be judged; the message says in one line why."""


class WrongAnswer(AnswerError):
    """An answer is wrong whatever it computes; the message says in one line how."""


@dataclass(frozen=True)
class Trial:
    """One run of an answer.

    given: what it returned; right: what it should have; mistakes: for each, in one sentence, what
    is wrong, and the results of somebody who makes it, those that differ from what is right; m: the
    size of the batch.
    """

    given: Values
    right: Values
    mistakes: dict[str, Values] = field(default_factory=dict)
    m: int = 1


@dataclass(frozen=True)
class Exercise:
    """A question.

    name; chapter: of the book in docs; about: one line for the list; functions: those that an
    answer defines; trial(answer, rng, square) runs an answer on numbers from rng, on square arrays
    first (what is transposed fits there, and can be told); proof(answer), where there is one, runs
    a gradient check on it and raises what `check_layer` raises.
    """

    name: str
    chapter: str
    about: str
    functions: tuple[str, ...]
    trial: Callable[[Answer, np.random.Generator, bool], Trial]
    proof: Callable[[Answer], None] | None = None


def named(results: Any, names: Sequence[str]) -> Values:
    """The results of an answer by their names; several come in a tuple or in a list.

    **Raises**  WrongAnswer when there are more or fewer, or when one is not an array of numbers.
    """
    several = isinstance(results, tuple) or (isinstance(results, list) and len(names) > 1)
    found = results if several else (results,)
    if len(found) != len(names):
        count = "1 result was" if len(found) == 1 else f"{len(found)} results were"
        raise WrongAnswer(f"{count} returned, expected {len(names)}: {', '.join(names)}.")
    for name, value in zip(names, found, strict=True):
        if value is None or np.asarray(value).dtype.kind not in "fiub":
            raise WrongAnswer(f"{name} is {type(value).__name__}, expected an array of numbers.")
    return dict(zip(names, found, strict=True))
