"""The steps of a run: the turns of its update rule, which a GPU may replay as one CUDA graph."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from minigan.cuda.blas import tf32
from minigan.cuda.graph import Steps, own_stream
from minigan.training.folder import Config
from minigan.training.session import Session
from minigan.training.watch import Watch


def turns(session: Session, watch: Watch) -> Steps:
    """All steps that the run still has to make; those that the watch measures are never replayed.

    They are to be made in `computing`.
    """
    config, game = session.config, session.game
    return Steps(
        lambda count: session.iterations(watch, count),
        config.steps - game.step,
        memory=game.host_memory,
        arrays=lambda: game.arrays().values(),
        looked_at=lambda: watch.measuring,
        device=config.device,
        graph=config.graph,
    )


@contextlib.contextmanager
def computing(config: Config) -> Iterator[None]:
    """A context in which a GPU computes as the run's settings say."""
    with own_stream(config.device), tf32(config.tf32):
        yield
