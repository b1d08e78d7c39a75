"""Everything that only a GPU can say of minigan, measured in one go, within 8 minutes.

    python benchmarks/gpu.py --out results.md            # on a machine with a GPU; results.json too
    python benchmarks/gpu.py --quick --only steps
    python benchmarks/gpu.py --cpu                       # the script itself, without a GPU

The sections, each within a time of its own (what it had to leave out is said):

    numbers    layers and games against NumPy in float64 and float32; two runs of one seed
    steps      the training step of the five networks, minigan and PyTorch in turn, TF32 off and on
    kernels    each kernel of minigan/cuda on the arrays of a step: time, and bytes a second beside
               what the GPU needs to copy as many

A section that fails is printed as such, and the others go on. Exit status: 0; 1 where a section has
failed; 2 without a GPU. With --cpu everything is made small: the numbers and kernels are those of
the stand-in for CuPy in tests/, and the times those of the CPU: they say that the script works, and
nothing else.
"""

from __future__ import annotations

import argparse
import datetime
import json
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))  # minigan, of the checkout that this file is in

import gpu_kernels
import gpu_numbers
import gpu_steps

from minigan.arguments import Parser
from minigan.backend import DeviceError, device_module
from minigan.bench.machine import describe
from minigan.commands.words import SECONDS, File

Table = list[dict[str, Any]]  # rows, of which each is a line


@dataclass
class Found:
    """What a section has found.

    **Parameters**  tables by their titles; left_out: what was not measured, and why; error: why the
    section ended early, or "".
    """

    tables: dict[str, Table]
    left_out: list[str]
    error: str = ""
    seconds: float = 0.0


@dataclass(frozen=True)
class Budget:
    """A section's time: `over` says whether it has been used up."""

    end: float

    def over(self) -> bool:
        """Whether nothing more should be begun."""
        return time.monotonic() > self.end

    @property
    def left(self) -> float:
        """Seconds, 0 at least."""
        return max(0.0, self.end - time.monotonic())


SECTIONS: dict[str, tuple[Callable[..., Any], float]] = {  # and seconds
    "numbers": (gpu_numbers.measure, 90.0),
    "steps": (gpu_steps.measure, 300.0),
    "kernels": (gpu_kernels.measure, 60.0),
}


def run_section(name: str, args: argparse.Namespace) -> Found:
    """Run one section to its end, to the end of its time, or to its first exception."""
    measure, seconds = SECTIONS[name]
    found, began = Found({}, []), time.monotonic()
    budget = Budget(began + seconds * args.budget)
    try:
        measure(found, budget, args)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # also a SystemExit: the other sections are still to come
        last = traceback.extract_tb(error.__traceback__)[-1]
        text = " ".join(str(error).split()) or "no message"
        place = f"{Path(last.filename).name}:{last.lineno}"
        found.error = f"{type(error).__name__} at {place}: {text}"
        traceback.print_exc()
    found.seconds = time.monotonic() - began
    return found


def opening(args: argparse.Namespace) -> dict[str, Any]:
    """The machine, the versions, the commit and the date."""
    row = {"date": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")}
    row |= describe("cpu" if args.cpu else "cuda")
    if not args.cpu:
        runtime = device_module("cuda").cuda.runtime
        row |= {"driver": runtime.driverGetVersion(), "cuda": runtime.runtimeGetVersion()}
    return row


def as_markdown(about: dict[str, Any], sections: dict[str, Found], args: Any) -> Iterator[str]:
    """The lines of the report."""
    where = about["cpu"] if args.cpu else about["gpu"]
    yield f"# minigan on {where}"
    yield ""
    if args.cpu:
        yield "**Not measured on a GPU**: these numbers say that the script works, nothing else."
        yield ""
    yield ", ".join(f"{key} {value}" for key, value in about.items() if value is not None)
    for name, found in sections.items():
        yield f"\n## {name} ({found.seconds:.0f} s)"
        if found.error:
            yield f"\n**This section has failed**: {found.error}"
        for title, rows in found.tables.items():
            yield f"\n### {title}\n"
            yield from table(rows)
        if found.left_out:
            yield "\nLeft out:\n"
            yield from (f"* {what}" for what in found.left_out)


def table(rows: Table) -> Iterator[str]:
    """Rows as a Markdown table: the columns of the first row."""
    if not rows:
        yield "(nothing)"
        return
    columns = list(rows[0])
    yield f"| {' | '.join(columns)} |"
    yield f"|{'---|' * len(columns)}"
    for row in rows:
        yield f"| {' | '.join(cell(row.get(column)) for column in columns)} |"


def cell(value: Any) -> str:
    """One value: four significant digits of a number, a dash for what is not there."""
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.0f}" if abs(value) >= 1e4 else f"{value:.4g}"
    return str(value).replace("|", "\\|")


def parse(argv: list[str] | None) -> argparse.Namespace:
    """The words of the command line, checked."""
    parser = Parser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--only", nargs="+", choices=SECTIONS, metavar="SECTION", help=", ".join(SECTIONS))
    add("--quick", action="store_true", help="two networks, two short rounds")
    add("--cpu", action="store_true", help="run the script's own parts without a GPU")
    text = f"times each section's seconds, a number {SECONDS} (default 1)"
    add("--budget", type=SECONDS, default=1.0, metavar="X", help=text)
    add("--torch-python", default=sys.executable, metavar="PATH", help="a python that has torch")
    text = "write the report there, and FILE.json"
    add("--out", type=File((".md",)), metavar="FILE.md", help=text)
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> int:
    """Measure, print, write, and return the exit status."""
    args = parse(argv)
    try:
        if not args.cpu:
            device_module("cuda")
    except DeviceError as error:
        print(f"gpu: {error} (--cpu runs the script without one)", file=sys.stderr)
        return 2
    about, sections = opening(args), {}
    for name in args.only or SECTIONS:
        print(f"{name}: at most {SECTIONS[name][1] * args.budget:.0f} s …", file=sys.stderr)
        sections[name] = run_section(name, args)
        text = "\n".join(as_markdown(about, sections, args)) + "\n"
        if args.out is not None:  # after each section: what a later one breaks is not lost
            args.out.write_text(text, encoding="utf-8")
            found = {name: vars(one) for name, one in sections.items()}
            written = json.dumps({"about": about, "sections": found}, indent=1)
            args.out.with_suffix(".json").write_text(written + "\n", encoding="utf-8")
    print(text)
    return 1 if any(found.error for found in sections.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
