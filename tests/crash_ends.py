"""Ends of runs, one after the other, and whether each run could go on as if nothing had been.

    python crash_ends.py SCENE at-every-point
    python crash_ends.py SCENE at-random-moments KILLS SEED
    python crash_ends.py SCENE full | read_only | broken | limited

The run of a scene is killed at each of its calls that change files, or again and again at random
moments until it is finished; or its disk is full, or read-only, from each of the calls on, or
fails at that one alone, or takes no file above some size, which is the system's own refusal. What
lies there afterwards must be readable and must go on to the files of an uninterrupted run, byte for
byte. The line that is printed is JSON: `ends`, how many there were; `states`, how many different
folders they left; `wrong`, what was not as it must be.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import crash_points
from crash_scenes import SCENES, Scene, differences, ended, forked, play, prepare, reached, tree

from minigan.cli import main


class Ends:
    """What becomes of a scene's run, compared with `whole`, an uninterrupted one."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.calls = self._count()
        self.whole = tree()
        self.wrong: list[str] = []
        self.known: dict[str, str] = {}  # what came of a folder that was left like this one
        self.ends = 0

    def _count(self) -> list[str]:
        """Play the run to its end; return the calls that it makes."""

        def count(call: str, file: str) -> None:
            calls.write(f"{call} {os.path.relpath(file)}\n")
            calls.flush()

        with open("calls", "w", encoding="utf-8") as calls:
            status = play(self.scene.command, count)
        assert status == 0, _err()
        return Path("calls").read_text().splitlines()

    def look(self, name: str) -> None:
        """Look at what an end has left, go on from there, and note what is wrong."""
        self.ends += 1
        self.note(name, self.checkpoint())
        left = repr(sorted(tree().items())) if Path("run").exists() else ""
        key = hashlib.sha256(left.encode()).hexdigest()
        if key not in self.known:
            self.known[key] = self.go_on()
        self.note(name, self.known[key])

    def note(self, name: str, problem: str) -> None:
        """Keep what is wrong, if anything is."""
        if problem:
            self.wrong.append(f"{name}: {problem}")

    def checkpoint(self) -> str:
        """What is wrong with the checkpoint that is there."""
        try:
            saved = self.scene.saved()
        except ValueError as error:
            return f"a checkpoint is damaged: {error}"
        finished = Path("run/classifier.npz").exists()
        if saved < reached() - self.scene.every and not finished:
            return f"the run had come to {reached()}, and the checkpoint is of {saved}"
        return ""

    def go_on(self) -> str:
        """Finish the run that lies there; return what is wrong with the outcome."""
        scene = self.scene
        if Path("run", scene.begun).exists() or not scene.begun:
            status = play(scene.resume)
            if status != 0:
                return f"--resume ends with {status}: {_err()}"
        elif not Path("run/classifier.npz").exists():  # with it, a classifier is finished
            refused = play(scene.resume)
            if (refused, _err().count("\n")) != (2, 1):
                return f"--resume of no run ends with {refused}: {_err()}"
            status = play(scene.command)
            if status != 0:
                return f"begun again, it ends with {status}: {_err()}"
        return differences(tree(), self.whole)


def at_every_point(ends: Ends) -> None:
    """Kill the run at each of its calls."""
    for number, call in enumerate(ends.calls, 1):
        _remove()
        status = play(ends.scene.command, crash_points.at(number, crash_points.die))
        if status != -signal.SIGKILL:
            ends.wrong.append(f"{number} ({call}): it ended with {status}, expected a kill")
        ends.look(f"killed at call {number}, {call}")


def at_random_moments(ends: Ends, kills: int, seed: int) -> None:
    """Kill the run, and each that goes on with it, at random moments; when it is over, another."""
    rng, scene = random.Random(seed), ends.scene
    began = time.monotonic()
    _remove()
    ended(forked(lambda: main(scene.command.split())))
    long = time.monotonic() - began
    _remove()
    while ends.ends < kills:
        if Path("run").exists() and not differences(tree(), ends.whole):
            _remove()  # killed when all was done
        resumable = Path("run", scene.begun).exists() and Path("run").exists()
        argv = (scene.resume if resumable else scene.command).split()
        child = forked(lambda argv=argv: main(argv))
        time.sleep(rng.uniform(0, long))
        os.kill(child, signal.SIGKILL)
        status = ended(child)
        if status == 0:  # it was faster than the kill
            ends.note("finished between kills", differences(tree(), ends.whole))
            _remove()
        elif status != -signal.SIGKILL:
            ends.note(f"after {ends.ends} kills", f"{argv} ended with {status}: {_err()}")
            _remove()
        else:
            ends.ends += 1
            ends.note(f"kill {ends.ends}", ends.checkpoint())
    ends.note(f"after {kills} kills", ends.go_on())


def failing(ends: Ends, how: str) -> None:
    """Let the disk fail at each call, from each call on, in one of the ways of crash_points."""
    for name, point in _faults(ends.calls, how):
        _remove()
        status = play(ends.scene.command, point)
        if status == 2 and _err().count("\n") != 1:
            ends.note(name, f"expected one line, got {_err()}")
        elif status not in (0, 2):
            ends.note(name, f"ended with {status}: {_err()}")
        elif status == 0:
            ends.note(name, differences(tree(), ends.whole))
        stray = [file for file in tree() if ".tmp" in file] if Path("run").exists() else []
        if stray and how != "read_only":
            ends.note(name, f"{stray} are left behind")
        ends.look(name)


def _faults(calls: list[str], how: str) -> Iterator[tuple[str, crash_points.Act]]:
    """The disks of one kind, each with a name."""
    if how == "limited":
        for size in [*range(150, 1000, 150), *(round(1.6**i) for i in range(15, 26))]:
            yield f"files of {size} bytes at most", crash_points.at(1, crash_points.limit(size))
        return
    when = crash_points.at if how == "broken" else crash_points.from_then_on
    for number, call in enumerate(calls, 1):
        yield f"{how} at call {number}, {call}", when(number, getattr(crash_points, how))


def _err() -> str:
    return Path("err").read_text()


def _remove() -> None:
    shutil.rmtree("run", ignore_errors=True)


def report(scene: str, how: str, *numbers: str) -> dict[str, object]:
    """Let the runs of a scene end in one way, in a folder of their own."""
    with TemporaryDirectory() as folder:
        os.chdir(folder)
        prepare()
        with contextlib.redirect_stdout(None), contextlib.redirect_stderr(None):
            main(SCENES[scene].command.split())  # imports what is imported late, for all children
        _remove()
        ends = Ends(SCENES[scene])
        if how == "at-every-point":
            at_every_point(ends)
        elif how == "at-random-moments":
            at_random_moments(ends, *map(int, numbers))
        else:
            failing(ends, how)
        os.chdir("/")
    return {"ends": ends.ends, "states": len(ends.known), "wrong": ends.wrong}


if __name__ == "__main__":
    print(json.dumps(report(*sys.argv[1:])))
