"""What a call in Python asks of a run, looked at before any work: a mistake leaves nothing behind.

The command line's words have been looked at when they come here. In every function `where` begins
the sentence; it is the name of the function that was called.
"""

from __future__ import annotations

import os
from numbers import Integral, Real
from pathlib import Path
from typing import Any

import numpy as np

from minigan.backend import DEVICES, choose_device
from minigan.data import Dataset
from minigan.limits import check_flag, check_kind, check_path, sentence
from minigan.models import MODELS

Settings = dict[str, Any]


def settings(**given: Any) -> Settings:
    """The settings that are not None, NumPy's numbers and fractions as Python's own.

    np.arange(3) is a natural list of seeds, but neither JSON nor a comparison of types knows them.

    >>> settings(seed=np.int64(3), m=None)
    {'seed': 3}
    """
    return {key: _plain(value) for key, value in given.items() if value is not None}


def _plain(value: Any) -> Any:
    if isinstance(value, bool | np.bool_):
        return bool(value)
    try:
        if isinstance(value, Integral):
            return int(value)
        return float(value) if isinstance(value, Real) else value
    except OverflowError:  # of a fraction; it is beyond every range
        return value


def model(where: str, model: Any) -> Any:
    """The name of a model, or None; whether there is such a model is not asked.

    **Raises**  TypeError.
    """
    if model is not None:
        check_kind(where, "model", model, str, f"one of {', '.join(MODELS)}")
    return model


def device(device: Any) -> str | None:
    """A device by name, here or not; None where nobody has asked for one.

    **Raises**  TypeError, ValueError.
    """
    if device is None or (isinstance(device, str) and device == "auto"):
        return None
    if not isinstance(device, str) or device not in DEVICES:
        choose_device(device)  # refuses it
    return str(device)


def place(where: str, name: str, path: Any) -> Path | None:
    """A path, or None for the usual place.

    **Raises**  TypeError, ValueError.
    """
    return None if path is None else check_path(where, name, path)


def resume(where: str, resume: Any) -> bool:
    """Whether to go on with a run.

    **Raises**  TypeError, also for the run's folder, which is another parameter.
    """
    if isinstance(resume, str | os.PathLike):
        expected = "True or False, and the folder as out"
        raise TypeError(sentence(where, "resume", resume, expected))
    return check_flag(where, "resume", resume)


def data(where: str, data: Any, *, by_name: bool = True) -> Any:
    """A spec as text, a Dataset, or None.

    **Raises**  TypeError.
    """
    if data is None or isinstance(data, Dataset):
        return data
    expected = "a name, a path or a Dataset" if by_name else "the run's Dataset"
    check_kind(where, "data", data, (str | os.PathLike) if by_name else Dataset, expected)
    return os.fspath(data)


def options(where: str, options: Any) -> dict[str, Any]:
    """Options of the data, {} for None; NumPy's numbers as Python's own.

    **Raises**  TypeError.
    """
    if options is None:
        return {}
    check_kind(where, "data_options", options, dict, "a dict as {'resize': 28}")
    for key in options:
        check_kind(where, "a key of data_options", key, str, "the name of an option")
    return {key: _plain(value) for key, value in options.items()}
