"""A run: what surrounds Algorithm 1 when it trains for minutes or hours.

The loop is in `play`. Around it stand the beginning (a folder, settings, data, players), the files
that are written while it turns, the end, and the way back in. A run that was stopped and resumed
leaves the same bytes as one that was not. (On one machine: another BLAS, or another number of its
threads, sums in another order, and then the last digits differ from the first step on.)
"""

from __future__ import annotations

import dataclasses
import os
from typing import Any

import numpy as np

from minigan.cuda.graph import Steps
from minigan.data import Dataset
from minigan.limits import check_flag
from minigan.objectives import OBJECTIVES
from minigan.plots import write_curves
from minigan.terminal import say
from minigan.training import asked
from minigan.training.best import Mark, last_mark
from minigan.training.failure import noted
from minigan.training.filming import film
from minigan.training.folder import BEST, CHECKPOINT, CURVES, Config, RunError
from minigan.training.frames import Frames
from minigan.training.interrupt import Interrupt
from minigan.training.log import Row
from minigan.training.opening import opening
from minigan.training.outcome import Run, what_is_left
from minigan.training.progress import Progress
from minigan.training.session import Session, begin, check_settings, go_on
from minigan.training.turns import computing, turns
from minigan.training.watch import Watch


def train(
    model: str | None = None,
    data: str | os.PathLike[str] | Dataset | None = None,
    *,
    steps: int | None = None,
    m: int | None = None,
    seed: int | None = None,
    device: str = "auto",
    draws: str | None = None,
    graph: str | None = None,
    tf32: bool | None = None,
    out: str | os.PathLike[str] | None = None,
    resume: bool = False,
    rule: str | None = None,
    objective: str | None = None,
    k: int | None = None,
    smooth: float | None = None,
    fakes: str | None = None,
    l1: float | None = None,
    l2: float | None = None,
    generators: int | None = None,
    discriminators: int | None = None,
    sample_every: int | None = None,
    log_every: int | None = None,
    checkpoint_every: int | None = None,
    evaluate_every: int | None = None,
    data_options: dict[str, Any] | None = None,
    progress: bool = True,
) -> Run:
    """Train a model and leave a run folder; or go on with a run.

    What is None has not been asked for: a new run takes the model's own value (seed 0), a resumed
    one what config.json says. Asking a resumed run for another value than it has is an error, for
    anything but steps, which is how a run is extended, device, which moves it to another one, and
    graph, which changes no number.

    **Parameters**

        model               a name of `minigan.models.MODELS`; by default mlp-batchnorm
        data                a spec for `minigan.data.load`, or a Dataset
        steps               iterations of the update rule, from the run's beginning, 1 …
        m, k                batch size, 1 (with BatchNorm 2) to all; steps of D in an iteration, 1 …
        seed                of everything random: the same seed, the same bytes; 0 …
        device              "auto", "cpu" or "cuda"
        draws               "host" or "device": where random numbers are drawn (`minigan.streams`)
        graph               "auto", "on", "off": a step on a GPU is one CUDA graph (`minigan.cuda`)
        tf32                whether a GPU may round the factors of products to 11 bits
        out                 the run folder; by default runs/MODEL, or the next free runs/MODEL-2 …
        resume              go on with the run in out, or with the newest run (of the model)
        rule, objective     names of `minigan.rules.RULES` and `minigan.objectives.OBJECTIVES`
        smooth              D's label for data, above 0.5; less than 1: one-sided label smoothing
        fakes               mode of G that makes D's samples: "training" or "evaluation"
        l1, l2              of the penalty on the kernels of both players, not the model's; 0 … 10^6
        generators,         how many of each play, 1 … 100, each with the model's layers; the pairs
        discriminators      count alike (`minigan.several`)
        …_every             steps, 1 …, between pictures (100), log rows (10), checkpoints (500),
                            and evaluations (0: none), whose best checkpoint is kept as best.npz
        data_options        images, resize, layout, color, hold_out for `minigan.data.load`
        progress            say on the terminal what happens

    **Raises**  RunError (settings, folder), DataError, DeviceError, CheckpointError, NonFiniteError
    (the last good checkpoint is kept); TypeError, ValueError for what is no name, no path, no dict
    or no flag, which leaves nothing behind; KeyboardInterrupt at a second Ctrl-C.
    """
    source, options = asked.data("train", data), asked.options("train", data_options)
    folder, going_on = asked.place("train", "out", out), asked.resume("train", resume)
    shown = check_flag("train", "progress", progress)
    given = asked.settings(
        model=asked.model("train", model),
        steps=steps,
        m=m,
        seed=seed,
        device=asked.device(device),
        draws=draws,
        graph=graph,
        tf32=tf32,
        rule=rule,
        objective=objective,
        k=k,
        smooth=smooth,
        fakes=fakes,
        l1=l1,
        l2=l2,
        generators=generators,
        discriminators=discriminators,
        sample_every=sample_every,
        log_every=log_every,
        checkpoint_every=checkpoint_every,
        evaluate_every=evaluate_every,
    )
    check_settings(given)
    return play((go_on if going_on else begin)(given, source, options, folder), shown=shown)


def play(session: Session, *, shown: bool = True) -> Run:
    """Train to the end, or to the first signal, and write everything that the run leaves.

    **Raises**  as `train`.
    """
    config, game, folder = session.config, session.game, session.folder
    watch = Watch(game.G, game.D, OBJECTIVES[config.objective], folder / CHECKPOINT)
    watch.step = watch.saved = game.step
    steps = turns(session, watch)
    if shown:
        say(opening(session, steps.plan))
    try:
        # Overflow and NaN are the watch's business: NumPy's warnings would only be a second voice.
        with (
            Interrupt() as interrupt,
            noted(folder),
            np.errstate(over="ignore", invalid="ignore"),
            computing(config),
        ):
            frames = Frames(game, folder, OBJECTIVES[config.objective])
            frames.prune(game.step, config.sample_every)
            session.log.write()
            _loop(session, watch, steps, frames, interrupt, shown)
            _finish(session, watch, frames)
    except OSError as error:
        raise RunError(
            f"step {game.step}: {error.filename or folder} cannot be written "
            f"({error.strerror or error}); {what_is_left(folder, watch.saved)}"
        ) from error
    finally:
        session.lock.release()
    signal, last = interrupt.signal, last_mark(session.log.columns())
    run = Run(
        folder, game.G, game.D, game.step, config.steps, signal, session.best, last, str(steps)
    )
    if shown:
        print(run)
    return run


def _loop(
    session: Session,
    watch: Watch,
    steps: Steps,
    frames: Frames,
    interrupt: Interrupt,
    shown: bool,
) -> None:
    """Turn the update rule, and between its iterations look, draw and save."""
    config, game, log = session.config, session.game, session.log
    if game.step == 0:
        frames.draw()
        save(session, watch)  # a disk without room for it is found now
    with Progress(game.step, config.steps, shown=shown) as progress:
        watch.begin(game.step + 1, measuring=_is_logged(game.step + 1, config))
        for _ in steps:
            game.step += 1
            if watch.measuring:
                row = watch.row()
                if session.gauge is not None and _is_evaluated(game.step, config):
                    row |= session.gauge.measure()
                log.add(row)
                progress.row(row)
                if session.best.beaten_by(row):
                    save_best(session, watch, row)
            if game.step % config.sample_every == 0:
                frames.draw()
            if game.step % config.checkpoint_every == 0:
                save(session, watch)
            progress.step(game.step)
            if interrupt.signal is not None:
                break
            watch.begin(game.step + 1, measuring=_is_logged(game.step + 1, config))


def _is_logged(step: int, config: Config) -> bool:
    return step == 1 or step % config.log_every == 0 or _is_evaluated(step, config)


def _is_evaluated(step: int, config: Config) -> bool:
    return config.evaluate_every > 0 and step % config.evaluate_every == 0


def save(session: Session, watch: Watch) -> None:
    """Write the checkpoint of this step, unless a number in it is not finite.

    **Raises**  NonFiniteError, OSError; the checkpoint of before is then still there.
    """
    watch.check_parameters()
    facts = {"config": dataclasses.asdict(session.config)}
    session.game.save(session.folder / CHECKPOINT, facts, session.log.text)
    watch.saved = session.game.step


def save_best(session: Session, watch: Watch, row: Row) -> None:
    """Write best.npz: the checkpoint of this step, and its distance.

    **Raises**  as `save`.
    """
    watch.check_parameters()
    best = Mark(session.game.step, row["frechet"])
    config = dataclasses.asdict(session.config)
    del config["steps"]  # how far a run goes after its best step does not change the file
    facts = {"config": config, "frechet": best.frechet}
    session.game.save(session.folder / BEST, facts, session.log.text)
    session.best = best


def _finish(session: Session, watch: Watch, frames: Frames) -> None:
    """Save, then draw what is drawn once."""
    config, game = session.config, session.game
    if watch.saved < game.step:
        save(session, watch)
    if game.step == config.steps:
        frames.draw()  # the last picture, also where it is off the schedule
    frames.finish()
    write_curves(session.folder / CURVES, session.log.columns(), config.objective)
    film(session.folder)
