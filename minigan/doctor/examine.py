"""All checks of one run, and what they say together."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from minigan.backend import Array, choose_device, to_host
from minigan.batchnorm import BatchNorm
from minigan.data import Dataset
from minigan.doctor import (
    blown_up,
    collapse,
    dead_units,
    drift,
    far,
    overfitting,
    saturated,
    vanishing,
)
from minigan.doctor.case import Case, open_case
from minigan.doctor.finding import VERDICTS, Finding, cannot_tell
from minigan.doctor.units import output_layers, silences
from minigan.layer import Layer
from minigan.limits import check_path
from minigan.minibatch import MinibatchDiscrimination
from minigan.replay import memory
from minigan.reshape import Pack
from minigan.several import Generators
from minigan.training import asked
from minigan.training.watch import walk

# Before that, G is near its random start and its samples are noise: whatever has to be learned has
# not yet gone wrong. Experience: at step 200 the healthy runs of docs/doctor.md are not called ill.
STEPS = 200


@dataclass(frozen=True)
class Diagnosis:
    """What the doctor found: the findings, the worst first, and the run that they are about."""

    folder: Path
    model: str
    data: str
    step: int
    steps: int
    findings: list[Finding]

    @property
    def verdict(self) -> str:
        """The worst verdict; "cannot tell" only where no check could tell."""
        return min((finding.verdict for finding in self.findings), key=VERDICTS.index)

    @property
    def too_short(self) -> bool:
        """Whether the run has not yet come to where it can be judged."""
        return self.step < STEPS

    def named(self, verdict: str) -> list[str]:
        """The names of the findings with that verdict."""
        return [finding.name for finding in self.findings if finding.verdict == verdict]


def diagnose(
    folder: str | os.PathLike[str], data: Dataset | None = None, *, device: str = "auto"
) -> Diagnosis:
    """Judge a run by its log and its checkpoint; nothing in its folder is changed.

    **Parameters**  folder: a run's, finished or not; data: the Dataset of a run that was started in
    Python with one; device: where the players run, "auto", "cpu" or "cuda".

    **Raises**  RunError, CheckpointError when the folder holds no run or a damaged one; TypeError,
    ValueError for what is no path, no Dataset and no device; DeviceError.
    """
    place = check_path("diagnose", "folder", folder)
    data, device = asked.data("diagnose", data, by_name=False), choose_device(device)
    case = open_case(place, data, device)
    findings = []
    with np.errstate(over="ignore", invalid="ignore"):  # an ill run's numbers may be enormous
        for check, examine in CHECKS.items():
            if case.step < STEPS and check not in AT_ONCE:
                why = f"the run is at step {case.step}; before step {STEPS} it is too early."
                findings.append(cannot_tell(check.NAME, why, check.EQUATION))
            else:
                findings.append(examine(case))
    findings.sort(key=lambda finding: VERDICTS.index(finding.verdict))
    config = case.config
    return Diagnosis(
        case.folder, config.model, config.data["name"], case.step, config.steps, findings
    )


def _blown_up(case: Case) -> Finding:
    return blown_up.judge(case.log, case.failure)


def _saturated(case: Case) -> Finding:
    comparing = (BatchNorm, Pack, MinibatchDiscrimination)
    in_batches = any(isinstance(layer, comparing) for _, layer in walk(case.D))
    return saturated.judge(case.log, case.config.smooth, in_batches=in_batches)


def _vanishing(case: Case) -> Finding:
    z = case.noise("G's gradient")(case.config.m)
    return vanishing.judge(case.log, case.G, case.D, z, case.config.objective)


def _far(case: Case) -> Finding:
    shown = case.side_by_side
    if shown.why_not:
        return cannot_tell(far.NAME, shown.why_not, far.EQUATION)
    images = case.saved.units.kind == "images"
    return far.judge(shown.samples, shown.data, shown.other, images=images)


def _collapse(case: Case) -> Finding:
    shown = case.side_by_side
    if shown.cells is None:
        return cannot_tell(collapse.NAME, shown.why_not, collapse.EQUATION)
    return collapse.judge(shown.samples, shown.data, shown.other, shown.cells)


def _overfitting(case: Case) -> Finding:
    data, held_out = case.data.dataset, case.held_out.dataset
    if data is None or held_out is None:
        return cannot_tell(overfitting.NAME, case.held_out.why_not, overfitting.EQUATION)
    put_back = memory(case.G)
    samples = [case.G(z, train=True) for z in case.noises("D")]
    put_back()
    shown = (case.batches(data), case.batches(held_out), samples)
    return overfitting.judge(*(logits(case.D, batches) for batches in shown))


def _dead_units(case: Case) -> Finding:
    noises = case.noises("units")
    found_G = silences(case.G, noises, but=output_layers(case.G))
    if case.data.dataset is None:
        return dead_units.judge(found_G, [], case.data.why_not)
    put_back = memory(case.G)
    shown = case.batches(case.data.dataset) + [case.G(z, train=True) for z in noises]
    put_back()
    return dead_units.judge(found_G, silences(case.D, shown))


def _drift(case: Case) -> Finding:
    nets = case.G.layers if isinstance(case.G, Generators) else (case.G,)
    m, noise = max(1, case.config.m // len(nets)), case.noise("drift")
    used, classes = not case.saved.model.sample_train, case.saved.units.classes
    findings = [drift.judge(net, noise, m, evaluated=used, classes=classes) for net in nets]
    return min(findings, key=lambda finding: VERDICTS.index(finding.verdict))


CHECKS: dict[Any, Callable[[Case], Finding]] = {
    blown_up: _blown_up,
    saturated: _saturated,
    vanishing: _vanishing,
    far: _far,
    collapse: _collapse,
    overfitting: _overfitting,
    dead_units: _dead_units,
    drift: _drift,
}
AT_ONCE = (blown_up, dead_units)  # what can be ill from the first step on


def logits(D: Layer, batches: list[Array]) -> Any:
    """D's logits over batches, as in training, on the host in float64; D stays as it was."""
    put_back = memory(D)
    found = [to_host(D(x, train=True)) for x in batches]
    put_back()
    return np.concatenate(found).astype(np.float64)
