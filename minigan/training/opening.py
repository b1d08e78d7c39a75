"""What a run says before its first step: what is trained, on what, and where it goes."""

from __future__ import annotations

import dataclasses

from minigan.terminal import visible
from minigan.training.moving import from_here_on
from minigan.training.session import Session
from minigan.training.settings import unusual


def opening(session: Session, plan: str) -> str:
    """A few lines; plan: how a GPU will do the steps, or nothing."""
    config, folder = session.config, visible(session.folder)
    n, units = config.data["n"], config.data["units"]
    shape = " x ".join(str(n) for n in session.game.dataset.shape)
    text = (
        f"{config.model} on {visible(config.data['name'])} ({n:,} {units['kind']} of {shape}), "
        f"{config.device}, seed {config.seed}, batches of {config.m}, rule {config.rule}, "
        f"objective {config.objective}{unusual(dataclasses.asdict(config))}\n"
    )
    if session.gauge is not None:
        text += f"{session.gauge}\n"
    if plan:
        text += f"{plan}\n"
    if session.game.step == 0:
        if session.game.model.note:
            text += f"what to expect of {config.model}: see minigan models\n"
        return text + f"new run in {folder}: {config.steps:,} steps"
    place = f"{folder} at step {session.game.step:,} of {config.steps:,}"
    return f"{text}resuming {place}{from_here_on(session.moved)}"
