"""The file that results are kept in, results.csv, so that no game is played twice.

    data,protocol,steps,row,seed,modes,high_quality,reverse_kl,seconds

A line is a finished game. Its samples lie beside it in samples/, so that whoever doubts a number
can measure again. What makes a game what it is stands in its line, so one folder can hold several
protocols and lengths.
"""

from __future__ import annotations

import csv
import dataclasses
import io
import os
from pathlib import Path
from typing import Any

import numpy as np

from minigan.collapse.game import Game, Key, Result
from minigan.collapse.rows import ROWS
from minigan.files import open_file, replacing, write_array
from minigan.npy import read_array

FILE, FOLDER = "results.csv", "samples"
FIELDS = {field.name: field.type for field in dataclasses.fields(Result)}
TYPES = {"str": str, "int": int, "float": float}


class Results:
    """The finished games of a folder.

    **Parameters**  folder, which is there.

    **Raises**  ValueError, naming file and line, for a results.csv that is not ours.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._results: dict[Key, Result] = {}
        if (folder / FILE).exists():
            self._read()

    def find(self, game: Game) -> Result | None:
        """The result of a game, if it is finished and its samples are there."""
        found = self._results.get(game.key)
        return found if found is not None and self._path(found).exists() else None

    def samples(self, result: Result) -> Any:
        """The samples (2500, 2) of a finished game.

        **Raises**  ValueError, naming the file, for one that holds none; OSError.
        """
        path = self._path(result)
        try:
            with open_file(path) as file:
                x = read_array(file, os.fstat(file.fileno()).st_size)
            if x.dtype.kind != "f" or x.ndim != 2 or x.shape[1] != 2 or not np.isfinite(x).all():
                raise ValueError(f"{x.dtype} {x.shape}, expected finite numbers (n, 2)")
        except ValueError as error:
            raise ValueError(
                f"{path}: {error}; remove it, and the game will be played again."
            ) from error
        return x

    def add(self, result: Result, samples: Any) -> None:
        """Keep a finished game: its samples first, then the file with its line, each in one step.

        **Raises**  OSError.
        """
        (self.folder / FOLDER).mkdir(exist_ok=True)
        write_array(self._path(result), samples)
        self._results[result.key] = result
        with (
            replacing(self.folder / FILE) as temporary,
            open(temporary, "w", encoding="utf-8", newline="") as file,
        ):
            writer = csv.DictWriter(file, list(FIELDS))
            writer.writeheader()
            writer.writerows(map(dataclasses.asdict, sorted(self._results.values(), key=_place)))

    def _path(self, result: Result) -> Path:
        return self.folder / FOLDER / f"{'-'.join(map(str, result.key))}.npy"

    def _read(self) -> None:
        path = self.folder / FILE
        with io.TextIOWrapper(open_file(path), encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            try:
                if reader.fieldnames != list(FIELDS):
                    raise ValueError(f"the columns are not {', '.join(FIELDS)}")
                for line in reader:
                    if None in line or None in line.values():
                        raise ValueError(f"expected {len(FIELDS)} values")
                    result = Result(**{k: TYPES[str(FIELDS[k])](v) for k, v in line.items()})
                    self._results[result.key] = result
            except (ValueError, csv.Error) as error:  # UnicodeDecodeError is a ValueError
                raise ValueError(
                    f"{path}, line {max(1, reader.line_num)}: {error}; repair the file, or give "
                    "another folder with --out."
                ) from error


def _place(result: Result) -> tuple[Any, ...]:
    """Where a line stands: by mixture, protocol, length, then as in the table, then by seed."""
    order = list(ROWS)
    row = order.index(result.row) if result.row in order else len(order)
    return result.data, result.protocol, result.steps, row, result.row, result.seed
