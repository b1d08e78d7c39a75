"""The beginning of a run, and the way back into one: settings, folder, data, players.

Whatever would make a run fail is looked for here, before the first step: after it, a mistake costs
hours.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from minigan import __version__
from minigan.backend import Random, choose_device, device_module
from minigan.checkpoint import using
from minigan.data import Dataset
from minigan.files import remove_leftovers
from minigan.gan import Watch, watch_nothing
from minigan.model import TEN
from minigan.models import DEFAULT_MODEL, find_model
from minigan.objectives import OBJECTIVES
from minigan.replay import memory
from minigan.rules import RULES, default_fakes
from minigan.training.best import NONE, Mark, read_best
from minigan.training.folder import (
    CHECKPOINT,
    LOG,
    MAY_CHANGE,
    RUNS,
    Config,
    RunError,
    check_writable,
    claim,
    find,
    never_saved,
    read_config,
    write_config,
)
from minigan.training.game import Game
from minigan.training.gauge import Gauge, open_gauge
from minigan.training.lock import Lock
from minigan.training.log import RunLog
from minigan.training.moving import change_device
from minigan.training.sampling import read_saved
from minigan.training.settings import PLAYED, model_played, wrong
from minigan.training.source import describe, open_data, reopen_data

EVERY = {"sample_every": 100, "log_every": 10, "checkpoint_every": 500}  # steps
OF_GAME = ("m", "seed", "device", "draws")  # settings that a Game is made with
BEGUN = {"seed": 0, "draws": "host", "graph": "auto", "tf32": False, "smooth": 1.0}  # by default


@dataclass
class Session:
    """A run that is about to be played: new or resumed makes no difference any more."""

    folder: Path
    config: Config
    game: Game
    log: RunLog
    lock: Lock  # whoever plays the session releases it
    gauge: Gauge | None = None  # what evaluates G, in a run that asks for it
    best: Mark = NONE  # what best.npz holds
    moved: str = ""  # the device, if it is another one than before

    def iterations(self, watch: Watch, count: int) -> Iterator[int]:
        """The run's update rule, for so many steps."""
        game, config = self.game, self.config
        return RULES[config.rule](
            game.G,
            game.D,
            game.opt_G,
            game.opt_D,
            game.data,
            game.noise,
            m=config.m,
            iterations=count,
            k=config.k,
            objective=OBJECTIVES[config.objective],
            smooth=config.smooth,
            fakes=config.fakes,
            watch=watch,
        )


def check_settings(given: dict[str, Any]) -> None:
    """Refuse settings that no run can have.

    **Raises**  RunError.
    """
    why = wrong(given)
    if why:
        raise RunError(why)


def begin(
    given: dict[str, Any],
    data: str | Dataset | None,
    options: dict[str, Any] | None,
    out: Path | None,
) -> Session:
    """Start a new run: its folder first, so that an unusable one is found before the work.

    **Raises**  as `minigan.training.train`; a folder that was made for the run is removed again.
    """
    model = find_model(given.get("model", DEFAULT_MODEL))
    device = choose_device(given.get("device", "auto"))
    if given.get("tf32") and device == "cpu":
        raise RunError("tf32 is for a GPU, and the run computes on the CPU: leave --tf32 out.")
    made = missing(RUNS if out is None else out)
    with undone(made):
        folder = claim(out, model.name)
    lock = Lock(folder)
    with undone(made if out is not None else [folder, *made], lock):
        defaults = {key: getattr(model, key) for key in ("m", "steps", "k", "rule", "objective")}
        defaults |= {key: getattr(model, key) for key in PLAYED}
        settings: dict[str, Any] = BEGUN | {"evaluate_every": 0} | defaults | EVERY | given
        settings |= {"model": model.name, "device": device}
        settings.setdefault("fakes", default_fakes(settings["rule"]))
        model = model_played(settings)
        source, dataset = open_data(model.data if data is None else data, options)
        if "steps" not in given:
            settings["steps"] = model.default_steps(len(dataset) // settings["m"])
        game = Game(model, dataset, **{key: settings[key] for key in OF_GAME})
        versions = {"minigan": __version__, "python": platform.python_version()}
        versions[device_module(device).__name__] = device_module(device).__version__
        described = source | describe(dataset, game.units)
        config = Config(**settings, data=described, versions=versions)
        gauge = open_gauge(config, game)
        session = Session(folder, config, game, _log(folder, gauge), lock, gauge)
        for _ in session.iterations(watch_nothing, 0):  # a rule refuses what it cannot play
            pass
        check_batch(game, settings["m"])
        write_config(folder, config)
        return session


def go_on(
    given: dict[str, Any],
    data: str | Dataset | None,
    options: dict[str, Any] | None,
    out: Path | None,
) -> Session:
    """Open a run where its checkpoint stands, after every way in which it could be another run.

    **Raises**  as `minigan.training.train`; RunError for each such way.
    """
    folder = find(out, given.get("model"))
    lock = Lock(folder)
    with undone([], lock):
        check_writable(folder)
        remove_leftovers(folder, "*", "*/*")
        saved = None if never_saved(folder) else read_saved(folder)
        config = read_config(folder) if saved is None else saved[0]
        check_settings(dataclasses.asdict(config))  # without a checkpoint it stands for itself
        for key, value in given.items():
            if key not in MAY_CHANGE and value != getattr(config, key):
                raise RunError(
                    f"{folder}: the run has {key} {getattr(config, key)}, but {value} is asked "
                    "for: leave that out, or start a new run without --resume."
                )
        moved = change_device(folder, config.device, given.get("device"))
        config = dataclasses.replace(config, device=moved or config.device)
        dataset = reopen_data(folder, config, data, options)
        model = model_played(dataclasses.asdict(config))
        game = Game(model, dataset, **{key: getattr(config, key) for key in OF_GAME})
        text = "" if saved is None else game.restore(folder / CHECKPOINT, *saved[1:])
        steps = given.get("steps", config.steps)
        if steps < game.step:
            raise RunError(f"{folder} has {game.step} steps already, but {steps} are asked for.")
        config = dataclasses.replace(config, steps=steps)
        gauge = open_gauge(config, game)
        best = read_best(folder) if gauge is not None else NONE
        log = _log(folder, gauge, text)
        with using(folder / CHECKPOINT):
            log.columns()  # the end of the run will ask for them
        write_config(folder, config)
        return Session(folder, config, game, log, lock, gauge, best, moved)


def _log(folder: Path, gauge: Gauge | None, text: str = "") -> RunLog:
    return RunLog(folder / LOG, text, () if gauge is None else gauge.columns)


def check_batch(game: Game, m: int) -> None:
    """Try a batch in which a generator has one sample: there is no variance of one number.

    **Raises**  RunError.
    """
    n = game.model.generators
    if m // n > 1:
        return
    rng = Random(0, game.rngs["noise"].device)
    z = game.model.noise(rng, game.units.counts or TEN)
    undo = memory(game.G, game.D)
    try:
        game.D(game.G(z(m), train=True), train=True)
    except ValueError as error:
        several = f" with {n} generators" if n > 1 else ""
        raise RunError(
            f"a batch of {m} is too small for {game.model.name}{several}, say --batch {2 * n} or "
            f"more: {error}"
        ) from error
    finally:
        undo()


def missing(path: Path) -> list[Path]:
    """The path and those of its parents that are not there, the innermost first."""
    return [place for place in (path, *path.parents) if not os.path.exists(place)]


@contextlib.contextmanager
def undone(made: list[Path], lock: Lock | None = None) -> Iterator[None]:
    """A context whose failure removes the folders that were made for it, where they are empty."""
    try:
        yield
    except BaseException:
        if lock is not None:
            lock.release()
        for folder in made:
            with contextlib.suppress(OSError):  # not empty: then something of worth is in it
                folder.rmdir()
        raise
