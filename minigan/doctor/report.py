"""A diagnosis as lines: for people, and for programs."""

from __future__ import annotations

import json
import math
import textwrap
from collections.abc import Iterator

from minigan.doctor.examine import STEPS, Diagnosis

WIDTH = 98


def sentence(diagnosis: Diagnosis) -> str:
    """The overall verdict."""
    where = (
        f"{diagnosis.folder} ({diagnosis.model} on {diagnosis.data}, step {diagnosis.step:,} of "
        f"{diagnosis.steps:,}): "
    )
    ill, watch = diagnosis.named("ill"), diagnosis.named("watch")
    if ill:
        also = f"; to watch: {', '.join(watch)}" if watch else ""
        return f"{where}ill: {', '.join(ill)}{also}."
    if diagnosis.too_short:
        return f"{where}too short to judge, train it for {STEPS} steps or more."
    if watch:
        return f"{where}not ill; to watch: {', '.join(watch)}."
    healthy, unknown = diagnosis.named("healthy"), diagnosis.named("cannot tell")
    if not healthy:
        return f"{where}cannot tell: no check had what it needs."
    rest = f"; cannot tell: {', '.join(unknown)}" if unknown else ""
    return f"{where}healthy by {len(healthy)} of {len(diagnosis.findings)} checks{rest}."


def as_text(diagnosis: Diagnosis) -> Iterator[str]:
    """The sentence, then a few lines a finding."""
    yield sentence(diagnosis)
    for finding in diagnosis.findings:
        yield ""
        yield f"{finding.name}: {finding.verdict.upper()}. {finding.meaning}"
        for label, text in (
            ("measured", finding.measured),
            ("equation", finding.equation),
            ("try", finding.advice),
        ):
            if text:
                yield from textwrap.wrap(
                    text,
                    WIDTH,
                    initial_indent=f"    {label:10}",
                    subsequent_indent=" " * 14,
                    break_long_words=False,
                    break_on_hyphens=False,
                )


def as_json(diagnosis: Diagnosis) -> Iterator[str]:
    """One JSON object a line: the run with its verdict, then each finding."""
    run = {
        "name": "run",
        "verdict": diagnosis.verdict,
        "meaning": sentence(diagnosis),
        "folder": str(diagnosis.folder),
        "model": diagnosis.model,
        "data": diagnosis.data,
        "step": diagnosis.step,
        "steps": diagnosis.steps,
    }
    yield json.dumps(run)
    for finding in diagnosis.findings:
        numbers = {
            name: value if math.isfinite(value) else None  # JSON has no NaN
            for name, value in finding.numbers.items()
        }
        yield json.dumps(
            {
                "name": finding.name,
                "verdict": finding.verdict,
                "meaning": finding.meaning,
                "measured": finding.measured,
                "equation": finding.equation,
                "try": finding.advice,
                "numbers": numbers,
            },
            allow_nan=False,
        )
