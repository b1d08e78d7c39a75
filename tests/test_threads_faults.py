"""share in trouble: errors, interrupts, other threads and processes; BLAS is put back each time."""

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from two_threads import as_before, two_threads

import minigan
from minigan.threads import share

on_two_threads = pytest.mark.usefixtures(two_threads.__name__)


@pytest.mark.parametrize("wrong", [0, 1, 2], ids=["here", "in a worker", "in another"])
@pytest.mark.parametrize("kind", [ValueError, MemoryError, SystemExit])
@on_two_threads
def test_what_a_part_raises_is_raised_when_all_have_ended(wrong, kind):
    ended = []

    def work(part):
        if part == wrong:
            raise kind(f"part {part}")
        time.sleep(0.01)
        ended.append(part)

    with pytest.raises(kind, match=f"part {wrong}"):
        share(work, 3)
    assert sorted([*ended, wrong]) == [0, 1, 2]
    assert as_before()


@on_two_threads
def test_a_floating_point_error_comes_out_of_a_worker():
    def work(part):
        if part == 1:
            np.ones(3) / np.zeros(3)

    with np.errstate(divide="raise"), pytest.raises(FloatingPointError, match="divide by zero"):
        share(work, 2)
    assert as_before()


@pytest.mark.parametrize("interrupting", [0, 1], ids=["in its own part", "while it waits"])
@on_two_threads
def test_an_interrupt_comes_out_when_all_have_ended(interrupting):
    ended, meeting = [], threading.Barrier(2, timeout=5)

    def work(part):
        meeting.wait()
        time.sleep(0.05 * part)  # this thread has ended its own part and waits
        if part == interrupting:
            os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.1 * part)
        ended.append(part)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # it may have been ignored
    try:
        with pytest.raises(KeyboardInterrupt):
            share(work, 2)
    finally:
        signal.signal(signal.SIGINT, before)
    assert 1 in ended
    assert as_before()


@on_two_threads
def test_two_threads_may_share_at_once():
    def sums(seed):
        totals = []
        for i in range(100):
            parts = [0, 0, 0]

            def work(part, parts=parts, i=i):
                parts[part] = seed + i + part

            share(work, 3)
            totals.append(sum(parts))
        return totals

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(sums, range(8)))
    assert results == [[3 * (seed + i) + 3 for i in range(100)] for seed in range(8)]
    assert as_before()


# --- processes -----------------------------------------------------------------------------------


def run(script, **environment):
    """What a Python process prints; it must end by itself, without a word on standard error."""
    source = Path(minigan.__file__).parent.parent
    done = subprocess.run(
        [sys.executable, "-c", "from minigan.threads import *\nimport os, threading\n" + script],
        **{"env": os.environ | environment, "cwd": source, "timeout": 60},
        **{"capture_output": True, "text": True, "check": False},
    )
    assert done.stderr == ""
    return done.returncode, done.stdout.split()


def test_the_environment_is_obeyed():
    names = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
    one = dict.fromkeys(names, "1")
    assert run("print(threads())", **one) == (0, ["1"])


def test_a_process_that_has_shared_ends():
    status, printed = run(
        "with use_threads(3): share(lambda part: os.write(1, b'%d\\n' % part), 3)"
    )
    assert (status, sorted(printed)) == (0, ["0", "1", "2"])


def test_a_process_that_is_ended_in_a_part_ends():
    assert run("def work(part): raise SystemExit(3)\nwith use_threads(2): share(work, 2)")[0] == 3


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_the_child_of_a_fork_has_workers_of_its_own():
    script = """
import warnings
warnings.simplefilter("ignore")  # newer Pythons advise against a fork where there are threads
def meet():
    meeting = threading.Barrier(2, timeout=5)
    with use_threads(2):
        share(lambda part: meeting.wait(), 2)
meet()
child = os.fork()
meet()
if child:
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
else:
    os._exit(7)
"""
    assert run(script) == (0, ["7"])
