"""`collapse`: play the games that are missing, then put the table and the pictures together."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from minigan.backend import Random, choose_device
from minigan.collapse.game import Game, Result
from minigan.collapse.picture import write_samples, write_seeds
from minigan.collapse.pool import cores, play_all
from minigan.collapse.progress import Progress
from minigan.collapse.protocol import FULL, MIXTURES, QUICK, SAMPLES
from minigan.collapse.results import FILE, FOLDER, Results
from minigan.collapse.rows import find_rows
from minigan.collapse.table import Table, make_line
from minigan.evaluation.modes import ceiling
from minigan.files import make_folder, remove_leftovers
from minigan.limits import check_choice, check_flag, check_integer, check_path
from minigan.terminal import complain
from minigan.training.folder import RUNS, check_writable, unusable
from minigan.training.lock import Lock


def collapse(
    data: str,
    *,
    seeds: int = 10,
    rows: str | Iterable[str] | None = None,
    full: bool = False,
    steps: int | None = None,
    jobs: int | None = None,
    device: str = "cpu",
    out: str | os.PathLike[str] | None = None,
    progress: bool = True,
) -> Table:
    """Measure mode collapse on the ring or the grid, for several ways to train.

    Finished games are kept in the folder, in results.csv and samples/, as soon as they end: the
    same call goes on where it was stopped, and one with more seeds or rows plays only those.

    **Parameters**

        data        "ring" or "grid"
        seeds       how many, 1 to 1000: 0 … seeds - 1
        rows        a name in `collapse.rows.ROWS`, or several; None: all
        full        the published protocol, hours a game, instead of the one for a laptop
        steps       of each game, 1 to 10^9; None: the protocol's
        jobs        games at a time, 1 to 1000, a process each; None: one a core, and one on a GPU
        device      "cpu", "cuda" or "auto"
        out         the folder; None: runs/collapse-ring, runs/collapse-grid
        progress    whether to show it on standard error

    **Returns**  the Table; print it. The folder gets results.csv, DATA-PROTOCOL-samples.png and
    DATA-PROTOCOL-seeds.png.

    **Raises**  TypeError, ValueError for other data or rows, for numbers out of range, for a folder
    that cannot be used or holds something else; DeviceError; ChildProcessError when a process is
    killed.
    """
    where = "collapse"
    check_choice(where, "data", data, MIXTURES)
    seeds = check_integer(where, "seeds", seeds, most=1000)
    steps = None if steps is None else check_integer(where, "steps", steps, most=10**9)
    jobs = None if jobs is None else check_integer(where, "jobs", jobs, most=1000)
    full, shown = check_flag(where, "full", full), check_flag(where, "progress", progress)
    asked = None if out is None else check_path(where, "out", out)
    chosen, device = find_rows(rows), choose_device(device)
    protocol = FULL if full else QUICK[data]
    protocol = protocol if steps is None else replace(protocol, steps=steps)
    wanted = [Game(data, protocol, row, seed, device) for seed in range(seeds) for row in chosen]
    folder = asked or RUNS / f"collapse-{data}"
    lock = _lock(folder)
    try:
        results = Results(folder)
        _play_missing(wanted, results, jobs or (cores() if device == "cpu" else 1), shown)
        return _write(wanted, results)
    finally:
        lock.release()


def _lock(folder: Path) -> Lock:
    """Make the folder, see that it can be written to, and keep others out."""
    held = [path.name for path in folder.glob("[!.]*")]
    if held and held != [FOLDER] and FILE not in held:
        raise ValueError(f"{folder} is not empty and holds no {FILE}: give --out another folder.")
    try:
        if not folder.is_dir():
            make_folder(folder)
    except OSError as error:
        raise unusable(folder, error) from error
    check_writable(folder)
    lock = Lock(folder)
    remove_leftovers(folder, FILE, "*-samples.png", "*-seeds.png", f"{FOLDER}/*.npy")
    return lock


def _play_missing(wanted: list[Game], results: Results, processes: int, shown: bool) -> None:
    """Play the games without a result, and keep each as it ends."""
    missing = [game for game in wanted if results.find(game) is None]
    progress = Progress(missing, len(wanted) - len(missing), processes, shown=shown)
    try:
        with closing(play_all(missing, processes, progress.tick)) as games:
            for result, samples in games:
                results.add(result, samples)
                progress.game(result)
    except (KeyboardInterrupt, SystemExit):
        progress.close()
        kept = len(wanted) - len(missing) + progress.done
        if shown:
            where = f"{results.folder}, from where the same command goes on"
            complain(f"{kept} of {len(wanted)} games are kept in {where}")
        raise
    finally:
        progress.close()


def _write(wanted: list[Game], results: Results) -> Table:
    """The table and both pictures of games that all have a result."""
    data, protocol, toy = wanted[0].data, wanted[0].protocol, MIXTURES[wanted[0].data]
    found: dict[str, list[Result]] = {}
    for game in wanted:
        result = results.find(game)
        assert result is not None, game
        found.setdefault(game.row.name, []).append(result)
    lines = [make_line(row, of_row) for row, of_row in found.items()]
    perfect = ceiling(toy, SAMPLES, Random(0, stream="collapse/ceiling"))
    table = Table(data, protocol, lines, perfect)
    name = f"{data}-{protocol.name}"
    panels = [(row, results.samples(of_row[0])) for row, of_row in found.items()]
    panels += [("perfect sampler", toy.sample(Random(0, stream="collapse/panel"), SAMPLES))]
    title = f"{data}, {protocol}: seed {wanted[0].seed}, {SAMPLES:,} samples"
    write_samples(results.folder / f"{name}-samples.png", toy, panels, title)
    write_seeds(results.folder / f"{name}-seeds.png", table, found)
    return table
