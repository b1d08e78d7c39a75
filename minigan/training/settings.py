"""The settings of a run that its model or its rule decides, unless the run says otherwise."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection
from typing import Any

from minigan.backend import DRAWS
from minigan.cuda import graph
from minigan.limits import shown
from minigan.model import Model
from minigan.models import MODELS, find_model
from minigan.objectives import OBJECTIVES
from minigan.rule_checks import FAKES
from minigan.rules import RULES, default_fakes

PLAYED = ("l1", "l2", "generators", "discriminators")  # what a run may change of its model
LEAST = {  # of the settings that count something
    **dict.fromkeys(("k", "m", "steps", "generators", "discriminators"), 1),
    **dict.fromkeys(("sample_every", "log_every", "checkpoint_every"), 1),
    **dict.fromkeys(("seed", "evaluate_every"), 0),
}

MOST = 10**9  # of all of them but the seed
NUMBERS: tuple[tuple[str, str, Callable[[float], bool]], ...] = (
    ("smooth", "above 0.5, 1 at most", lambda number: 0.5 < number <= 1),
    ("l1", "of 0 or more, 10^6 at most", lambda number: 0 <= number <= 10**6),
    ("l2", "of 0 or more, 10^6 at most", lambda number: 0 <= number <= 10**6),
    ("generators", "of 1 to 100", lambda number: number <= 100),  # each has weights and moments
    ("discriminators", "of 1 to 100", lambda number: number <= 100),
)
NAMES: dict[str, Collection[str]] = {
    "rule": RULES,
    "objective": OBJECTIVES,
    "fakes": FAKES,
    "draws": DRAWS,
    "graph": graph.CHOICES,
}

Settings = dict[str, Any]


def model_played(settings: Settings) -> Model:
    """The model of a run, with the run's penalty and number of players.

    **Raises**  ValueError when there is no such model.
    """
    own = {key: settings[key] for key in PLAYED}
    return dataclasses.replace(find_model(settings["model"]), **own)


def wrong(settings: Settings) -> str:
    """The sentence for the first of these settings that no run can have, or ""."""
    for key, least in LEAST.items():
        value = settings.get(key, 1)
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            return f"{key} is {shown(value)}, expected an integer of {least} or more."
        if value > MOST and key != "seed":
            return f"{key} is {shown(value)}, expected an integer of {MOST} at most."
    for key, names in NAMES.items():
        value = settings.get(key, next(iter(names)))
        if not isinstance(value, str) or value not in names:
            return f"{key} is {shown(value)}, expected one of {', '.join(names)}."
    if not isinstance(settings.get("tf32", False), bool):
        return f"tf32 is {shown(settings['tf32'])}, expected True or False."
    for key, words, fits in NUMBERS:
        value = settings.get(key, 1.0)
        if isinstance(value, bool) or not isinstance(value, int | float) or not fits(value):
            return f"{key} is {shown(value)}, expected a number {words}."
    return ""


def completed(settings: Settings) -> Settings:
    """The settings of a config.json, and those that minigan did not have yet when it was written.

    They get the values that the run had without saying so.
    """
    model, rule = MODELS.get(str(settings.get("model"))), str(settings.get("rule"))
    then = {
        "smooth": 1.0,
        "fakes": default_fakes(rule) if rule in RULES else FAKES[0],
        "l1": model.l1 if model else 0.0,
        "l2": model.l2 if model else 0.0,
        "generators": 1,
        "discriminators": 1,
        "evaluate_every": 0,
        "draws": "host",
        "graph": "auto",
        "tf32": False,
    }
    return then | settings


def unusual(settings: Settings) -> str:
    """What a run does that most do not, in words that go on with a sentence; or nothing.

    >>> unusual({"rule": "separate"} | completed({"rule": "separate"}) | {"smooth": 0.9})
    ', smooth 0.9'
    """
    words = []
    if settings["smooth"] != 1:
        words.append(f"smooth {settings['smooth']:g}")
    if settings["fakes"] != default_fakes(settings["rule"]):
        words.append(f"D's samples made in {settings['fakes']} mode")
    if settings["l1"] or settings["l2"]:
        words.append(f"penalties l1 {settings['l1']:g} and l2 {settings['l2']:g}")
    if settings["generators"] > 1 or settings["discriminators"] > 1:
        words.append(f"{settings['generators']} G against {settings['discriminators']} D")
    if settings["draws"] != "host":
        words.append(f"random numbers drawn on the {settings['draws']}")
    if settings["tf32"]:
        words.append("products in TF32")
    return "".join(f", {word}" for word in words)
