"""Running somebody's answer: load the file, try it, and say what is wrong in a sentence or two."""

from __future__ import annotations

import contextlib
import importlib
import runpy
import traceback
from collections.abc import Callable
from itertools import chain, repeat
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from minigan.comparison import GradientError, NoVerdictError
from minigan.exercises.exercise import Answer, AnswerError, Exercise, Values, WrongAnswer
from minigan.exercises.patterns import diagnose, wrong

__all__ = ["NAMES", "AnswerError", "check", "find", "judge", "load", "sheet"]

NAMES = (
    "dense",
    "leaky-relu",
    "softplus",
    "sigmoid",
    "numeric-gradient",
    "conv",
    "adjoint",
    "batchnorm",
    "batchnorm-eval",
    "dropout",
    "maxout",
    "minibatch",
    "momentum",
    "adam",
    "value-slopes",
    "d-step",
    "objective-slopes",
    "g-step",
    "reading",
    "frechet",
    "parzen",
    "anywhere",
    "unfold",
)  # in the order of the book
SEEDS = (0, 1, 2)  # of the numbers that an answer is tried on, twice each
LAST_DIGITS = 1e-12  # what rounding leaves of numbers near 1 that were moved and moved back


def find(name: str) -> Exercise:
    """The exercise of that name.

    **Raises**  AnswerError for a name that there is not.
    """
    if name not in NAMES:
        raise AnswerError(f"there is no exercise {name!r}; expected one of {', '.join(NAMES)}.")
    exercise: Exercise = importlib.import_module(
        f"minigan.exercises.{name.replace('-', '_')}"
    ).EXERCISE
    return exercise


def sheet(name: str) -> str:
    """The text that the solver of an exercise begins with."""
    file = Path(__file__).parent / "sheets" / f"{find(name).name.replace('-', '_')}.py"
    return file.read_text(encoding="utf-8")


def check(path: Path) -> tuple[Exercise, str]:
    """Judge the answer in a file: the exercise that it answers, and what is wrong, "" for nothing.

    **Raises**  AnswerError for a file that is no answer, or whose code fails.
    """
    found = _run_file(path)
    if "EXERCISE" not in found:
        raise AnswerError(f"{path}: it has no line EXERCISE = ..., so it answers no exercise.")
    exercise = find(found["EXERCISE"])
    try:
        return exercise, judge(exercise, _functions(path, exercise, found))
    except NotImplementedError:
        raise AnswerError(f"{path}: not answered yet, it raises NotImplementedError.") from None
    except WrongAnswer as error:
        return exercise, str(error)
    except AnswerError:
        raise
    except Exception as error:
        raise AnswerError(_where(path, error)) from error


def load(path: Path, exercise: Exercise) -> Answer:
    """The functions that an exercise asks for, out of a file.

    **Raises**  AnswerError when one is not there, or the file cannot be run.
    """
    return _functions(path, exercise, _run_file(path))


def judge(exercise: Exercise, answer: Answer) -> str:
    """Try an answer: what is wrong with it, in a sentence or two, or ""."""
    for square in (True, False):
        trials = [exercise.trial(answer, np.random.default_rng(seed), square) for seed in SEEDS]
        if any(wrong(trial) for trial in trials):
            measured = ""
            with contextlib.suppress(Exception):  # what is wrong may also fail on other shapes
                measured = _measured(exercise, answer)
            return f"{diagnose(trials)} {measured}".rstrip()
    return _of_dtype(exercise, trials[0].given) or _measured(exercise, answer)


def _of_dtype(exercise: Exercise, given: Values) -> str:
    """What is wrong with results of too few digits for the gradient check, "" for nothing."""
    for name, result in given.items():
        dtype = np.asarray(result).dtype
        if exercise.proof and dtype.kind == "f" and dtype.itemsize < 8:
            return f"{name} is {dtype}: the check needs float64 (a result has the dtype of dy)."
    return ""


def _measured(exercise: Exercise, answer: Answer) -> str:
    """What the gradient check says of an answer, "" where it passes or there is none."""
    try:
        if exercise.proof:
            exercise.proof(answer)
    except (GradientError, NoVerdictError) as error:
        return f"The gradient check: {error}"
    return ""


def _functions(path: Path, exercise: Exercise, found: dict[str, Any]) -> Answer:
    for name in exercise.functions:
        if not callable(found.get(name)):
            raise AnswerError(
                f"{path}: there is no function {name}, which {exercise.name} asks for."
            )
    return SimpleNamespace(**{name: _watched(found[name], name) for name in exercise.functions})


def _watched(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    """The same function, which must leave its arguments as they were."""

    code = getattr(function, "__code__", None)
    names = code.co_varnames[: code.co_argcount] if code else ()

    def watched(*args: Any, **kwargs: Any) -> Any:
        given = (*zip(chain(names, repeat("an argument")), args, strict=False), *kwargs.items())
        arrays = [(n, a, a.copy()) for n, a in given if isinstance(a, np.ndarray)]
        with np.errstate(all="ignore"):  # what overflows is seen in the results
            results = function(*args, **kwargs)
        for argument, array, before in arrays:
            if np.array_equal(array, before) or array.tobytes() == before.tobytes():  # nan, too
                continue
            if np.allclose(array, before, rtol=LAST_DIGITS, atol=LAST_DIGITS):
                raise WrongAnswer(
                    f"{argument} is changed in its last digits: x + h - 2h + h is not x in "
                    "floating point; keep the old value and put it back."
                )
            raise WrongAnswer(
                f"{name} changes one of its arguments; whoever called it still needs that array: "
                "compute into a new one."
            )
        return results

    return watched


def _run_file(path: Path) -> dict[str, Any]:
    try:
        return runpy.run_path(str(path))
    except OSError as error:
        raise AnswerError(f"{path}: cannot be read ({error.strerror or error}).") from error
    except Exception as error:
        raise AnswerError(_where(path, error)) from error


def _where(path: Path, error: Exception) -> str:
    """The last line of the answer that an error came from."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if Path(frame.filename).name == path.name]
    line = getattr(error, "lineno", None) or (lines[-1] if lines else None)
    place = f"{path}, line {line}" if line else str(path)
    return f"{place}: {type(error).__name__}: {' '.join(str(error).split())}"
