"""The film of a run, made from what lies in its folder: pictures, log, settings.

It needs neither the players nor the data, so that old, stopped and running runs have one, too.
"""

from __future__ import annotations

import contextlib
import csv
import dataclasses
import os
from pathlib import Path

from minigan.files import read_file
from minigan.limits import check_flag, check_path
from minigan.page import COLUMNS, write_page
from minigan.pictures import write_film
from minigan.training import asked
from minigan.training.folder import FILM, FRAMES, LOG, PAGE, Config, RunError, read_config
from minigan.training.frames import pictures_in
from minigan.training.log import LARGEST
from minigan.training.settings import unusual


def film(
    folder: str | os.PathLike[str], out: str | os.PathLike[str] | None = None, *, gif: bool = False
) -> Path:
    """Write the film of a run as one web page, and return its path.

    **Parameters**  folder: the run's; out: a .html file; by default film.html in the run folder.
    gif: write the pictures as a GIF, too: samples.gif, or beside `out` under its name.

    **Raises**  RunError for a folder without a run, without pictures or without a log, and for a
    file that cannot be written; TypeError, ValueError for what is no path, and neither True nor
    False.
    """
    folder, gif = check_path("film", "folder", folder), check_flag("film", "gif", gif)
    page = asked.place("film", "out", out) or folder / PAGE
    config = read_config(folder)
    if page.suffix.lower() not in (".html", ".htm"):
        raise RunError(f"{page}: expected a name that ends in .html.")
    if not page.parent.is_dir() or page.is_dir():
        raise RunError(f"{page}: expected a file in a folder that is there.")
    log = read_log(folder / LOG)
    frames = pictures_in(folder) if (folder / FRAMES).is_dir() else {}
    try:
        write_page(
            page,
            frames,
            log,
            title=f"{config.model} on {config.data['name']}",
            settings=_settings(config),
            words=_words(config, list(frames.values())),
            objective=config.objective,
        )
        if gif:
            moving = folder / FILM if out is None else page.with_suffix(".gif")
            write_film(moving, list(frames.values()))
    except OSError as error:
        raise RunError(f"{page}: cannot be written ({error.strerror or error}).") from error
    except ValueError as error:  # no frame
        raise RunError(
            f"{folder / FRAMES} has no picture that can be read, expected step-000000.png and so "
            "on, as `minigan train` leaves them every --sample-every steps."
        ) from error
    return page


def read_log(path: Path) -> dict[str, list[float]]:
    """The columns of log.csv that a page draws, without a last row that a killed run left torn.

    **Raises**  RunError when it is not there or no log.
    """
    try:
        lines = read_file(path, LARGEST).decode().splitlines(keepends=True)
    except FileNotFoundError as error:
        raise RunError(f"{path}: missing, expected the log that `minigan train` left.") from error
    except OSError as error:
        raise RunError(f"{path}: cannot be read ({error.strerror or error}).") from error
    except UnicodeDecodeError as error:
        raise RunError(f"{path}: cannot be read ({error}).") from error
    reader = csv.DictReader(line for line in lines if line.endswith("\n"))
    try:
        rows = list(reader)
        if not {"step", *COLUMNS} <= set(reader.fieldnames or ()):
            raise KeyError
        return {name: [float(row[name]) for row in rows] for name in ("step", *COLUMNS)}
    except (KeyError, TypeError, ValueError, csv.Error) as error:
        columns = ", ".join(("step", *COLUMNS))
        raise RunError(f"{path}: damaged, expected rows of numbers with {columns}.") from error


def _settings(config: Config) -> str:
    return (
        f"seed {config.seed}, {config.steps:,} steps, batches of {config.m}, rule {config.rule}, "
        f"objective {config.objective}, k = {config.k}{unusual(dataclasses.asdict(config))}"
    )


def _words(config: Config, frames: list[Path]) -> list[str]:
    """What the pictures show: in a picture's own words, or by the kind of the data."""
    from minigan.data.decoding import opened

    # a damaged picture says nothing
    with contextlib.suppress(IndexError, ValueError), opened(("", frames[-1])) as picture:
        if "Description" in picture.info:
            return str(picture.info["Description"]).split("\n")
    units = config.data["units"]
    if units["kind"] == "images" and units.get("labels"):
        return ["A row is a label and a column is a z, each the same in every picture."]
    if units["kind"] == "images":
        return ["Each picture shows samples G(z) of the same z, each always in the same place."]
    if units["shape"] == [1]:
        words = "p_data is grey, p_g, the density of the samples, green"
        return [f"{words}."] if units.get("labels") else [f"{words}, and D(x) the dashed line."]
    return ["Grey points are data, green points are samples G(z) of the same z in every picture."]
