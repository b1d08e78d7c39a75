"""The data of a run: what config.json says about them, and whether they are still the same."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
from pathlib import Path
from typing import Any

import numpy as np

from minigan.data import NAMES, DataError, Dataset, load
from minigan.limits import shown
from minigan.training.folder import Config, RunError
from minigan.training.units import Units

OPTIONS = ("images", "resize", "layout", "color", "hold_out")  # of `minigan.data.load`
Source = dict[str, Any]  # {"spec": str or None, "options": dict}


def open_data(data: str | Dataset, options: dict[str, Any] | None = None) -> tuple[Source, Dataset]:
    """Load a spec with its options, or take a Dataset as it is; and say which it was.

    **Raises**  DataError; RunError for an option that no data has.
    """
    options = {key: value for key, value in (options or {}).items() if value is not None}
    if isinstance(options.get("images"), str | os.PathLike):
        options["images"] = os.path.abspath(os.path.expanduser(options["images"]))
    unknown = sorted(options.keys() - OPTIONS)
    if unknown:
        raise RunError(f"data_options has {unknown[0]!r}, expected some of {', '.join(OPTIONS)}.")
    options = json.loads(json.dumps(options, default=str))  # as config.json will have them
    if isinstance(data, Dataset):
        if "hold_out" in options:
            raise RunError(
                f"hold_out is {options['hold_out']}, which is for data by name or path; of the "
                f"Dataset {data.name!r} give a part yourself: minigan.data.part."
            )
        if options:
            raise RunError(
                f"data_options are {shown(options)}, which are for data by name or path, but the "
                f"Dataset {data.name!r} was given: leave them out."
            )
        return {"spec": None, "options": options}, data
    dataset = load(data, **options)
    return {"spec": absolute(data), "options": options}, dataset


def absolute(spec: str) -> str:
    """A spec that means the same from every folder: names stay, paths are made absolute.

    >>> absolute("mnist12k")
    'mnist12k'
    """
    if spec in NAMES:
        return spec
    kind, colon, path = spec.partition(":")
    if colon and kind in ("folder", "csv"):
        return f"{kind}:{os.path.abspath(os.path.expanduser(path))}"
    return os.path.abspath(os.path.expanduser(spec))


def describe(dataset: Dataset, units: Units) -> dict[str, Any]:
    """What config.json keeps of the data besides their source."""
    return {
        "name": dataset.name,
        "n": len(dataset.x),
        "sha256": fingerprint(dataset, labelled=units.labels is not None),
        "units": dataclasses.asdict(units),
    }


def reopen_data(
    folder: Path,
    config: Config,
    data: str | Dataset | None = None,
    options: dict[str, Any] | None = None,
) -> Dataset:
    """Load the data that a run was started with.

    **Raises**  RunError when others are asked for, or when the data have changed since or are gone.
    """
    spec = config.data["spec"]
    if isinstance(data, str) and absolute(data) != spec:
        raise RunError(
            f"{folder}: the run has data {spec!r}, but {data!r} is asked for: leave that out, or "
            "start a new run without --resume."
        )
    if spec is None and data is None:
        raise RunError(
            f"{folder}: the run was started in Python with a Dataset of its own "
            f"({config.data['name']}): resume it by train(data=…, resume=True)."
        )
    asked = config.data["options"] | (options or {})
    try:
        source, dataset = open_data(spec if data is None else data, asked)
    except (DataError, TypeError, OSError) as error:  # TypeError: of what is in config.json
        raise RunError(f"{folder}: the data of the run cannot be read again: {error}") from error
    if source["options"] != config.data["options"]:
        raise RunError(
            f"{folder}: the run has data options {config.data['options']}, but "
            f"{source['options']} are asked for: leave them out, or start a new run."
        )
    labelled = config.data["units"].get("labels") is not None
    if fingerprint(dataset, labelled=labelled) != config.data["sha256"]:
        raise RunError(
            f"{folder}: the data {dataset.name!r} ({len(dataset.x):,} examples) are not those that "
            f"the run was started with ({config.data['n']:,} examples, SHA-256 "
            f"{config.data['sha256'][:12]}…): bring those back, or start a new run."
        )
    return dataset


def reopen_held_out(config: Config, trained: Dataset) -> Dataset:
    """Load what a run's training has not seen: the test part, or else what the run has held out.

    There is a test part of named data and of an .npz with x_test. Where there is none, and nothing
    was held out (--hold-out), training has seen all, and nothing can be held out afterwards.

    **Raises**  RunError, which says why there is none.
    """
    try:
        return reopen_part(config, trained, "test")
    except RunError:
        if config.data["options"].get("hold_out") is None:
            raise
        return reopen_part(config, trained, "validation")


def reopen_part(config: Config, trained: Dataset, split: str) -> Dataset:
    """Load the "test" or the "validation" part of a run's data, in the units of the training part.

    **Raises**  RunError, which says why there is none.
    """
    spec = config.data["spec"]
    if spec is None:
        raise RunError("the run was given a Dataset in Python, which has one part")
    try:
        found = load(spec, split=split, **config.data["options"])
    except (ValueError, TypeError, OSError) as error:
        why = " ".join(str(error).split())
        raise RunError(f"training has seen all there is: {why}") from error
    if found.shape != trained.shape or found.top != trained.top:
        raise RunError(
            f"the {split} part has examples of shape {found.shape} up to {found.top:g}, those of "
            f"training are {trained.shape} up to {trained.top:g}"
        )
    if config.data["units"].get("labels") not in (None, list(found.classes)):
        raise RunError(f"the {split} part has other labels than the training part")
    return dataclasses.replace(found, mean=trained.mean, std=trained.std)


def fingerprint(dataset: Dataset, *, labelled: bool = False) -> str:
    """SHA-256 over the examples and how they are scaled, and over the labels of a labelled run."""
    scale = (dataset.top, *(np.asarray(a).tolist() for a in (dataset.mean, dataset.std)))
    head = (dataset.x.shape, dataset.x.dtype.str, scale)
    sha = hashlib.sha256(repr(head).encode())
    sha.update(np.ascontiguousarray(dataset.x).reshape(-1).view(np.uint8).data)
    if labelled and dataset.labels is not None:
        sha.update(repr(dataset.labels.tolist()).encode())
    return sha.hexdigest()
