"""Reported against ours: train a network as its source says, measure it, print a line of the table.

    python benchmarks/reported.py goodfellow-2014            # Parzen: reported 225 ± 2
    python benchmarks/reported.py dcgan --seeds 0 1 2
    python benchmarks/reported.py --ladder                   # what else gets which Parzen number
    python benchmarks/reported.py --list                     # the rows, and what each costs
    python benchmarks/reported.py --table                    # of what has been run so far

The full sets have to be there (`minigan data`). The runs go to runs/reported; a row that was
stopped goes on where it was, and a run that is finished is only measured. What came out is in
docs/reported.md, with the machine and the date.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from minigan.arguments import Parser
from minigan.backend import Random
from minigan.commands.words import SEED, Integer, device_that_works
from minigan.data import load
from minigan.evaluation.evaluate import FILE, evaluate
from minigan.evaluation.ladder import kmeans
from minigan.evaluation.parzen import choose_sigma, parzen
from minigan.evaluation.training_set import nearest_neighbour_error
from minigan.training import load_generator, train
from minigan.training.folder import CHECKPOINT, CONFIG
from minigan.training.sampling import read_saved

FOLDER = Path("runs/reported")
HELD_OUT = 10_000  # the last rows of 60,000, as in the 2014 paper's code
LABELLED = 50_000  # samples, for the training set that stands in for 50,000 images
TIMES = "seconds.json"
COLUMNS = {
    "parzen": "Parzen, nats",
    "score": "score",
    "frechet": "Fréchet",
    "precision": "precision",
    "recall": "recall",
    "density": "density",
    "coverage": "coverage",
}


@dataclass(frozen=True)
class Row:
    """A row of the table: what is trained on what, for how long, and by which rule."""

    model: str
    steps: int
    data: str = "mnist"
    rule: str | None = None  # the model's own
    text: str = ""


ROWS = {
    "goodfellow-2014": Row("goodfellow-2014", 60_000, text="120 epochs, 1 to 1.5 hours"),
    "goodfellow-2014-algorithm-1": Row(
        "goodfellow-2014", 10_000, rule="algorithm-1", text="D wins in the first 2,000 steps"
    ),
    "mlp": Row("mlp", 5_000, text="13 epochs, 3 minutes"),
    "mlp-batchnorm": Row("mlp-batchnorm", 8_000, text="20 epochs, 5 minutes"),
    "cgan": Row("cgan", 6_000, text="15 epochs, 4 minutes"),
    "dcgan": Row("dcgan", 2_000, text="5 epochs, 10 minutes"),
    "dcgan-32": Row("dcgan-32", 600, text="2.4 of 60 epochs, 7 minutes"),
    "dcgan-upsampling": Row("dcgan-upsampling", 200, text="200 of 50,000 steps, 10 minutes"),
    "fashion": Row("mlp-batchnorm", 6_000, "fashion-mnist", text="15 epochs, 5 minutes"),
}


def main() -> None:
    """Read the words, and play the rows that are asked for."""
    parser = Parser(description=__doc__.splitlines()[0])
    parser.add_argument("rows", nargs="*", metavar="ROW", help=", ".join(ROWS))
    parser.add_argument("--seeds", type=SEED, nargs="+", default=[0], help=f"{SEED} (default 0)")
    parser.add_argument("--steps", type=Integer(1), help=f"another budget, {Integer(1)}")
    text = "auto, cpu or cuda (default auto)"
    parser.add_argument("--device", type=device_that_works, default="auto", help=text)
    parser.add_argument("--ladder", action="store_true", help="Parzen numbers of what is no G")
    parser.add_argument("--list", action="store_true", help="the rows, and what each costs")
    parser.add_argument("--table", action="store_true", help="of all that has been run")
    args = parser.parse_args()
    unknown = [name for name in args.rows if name not in ROWS]
    if unknown or not (args.rows or args.list or args.ladder or args.table):
        parser.error(f"row is {unknown or 'missing'}, expected {', '.join(ROWS)}.")
    if args.list:
        for name, row in ROWS.items():
            print(f"{name:28} {row.model} on {row.data}, {row.steps:,} steps: {row.text}")
    if args.ladder:
        ladder()
    for name in args.rows:
        for seed in args.seeds:
            play(name, seed, args.steps or ROWS[name].steps, args.device)
    if args.rows or args.table:
        print("\n".join(table()))


def play(name: str, seed: int, steps: int, device: str) -> None:
    """Train the rest of a row's run, and measure it."""
    row, folder = ROWS[name], FOLDER / f"{name}-seed{seed}"
    began = time.perf_counter()
    if not (folder / CONFIG).exists():
        train(
            row.model,
            row.data,
            data_options={"hold_out": HELD_OUT},
            steps=steps,
            seed=seed,
            rule=row.rule,
            device=device,
            out=folder,
            sample_every=max(1, steps // 100),
            log_every=max(1, steps // 500),
            checkpoint_every=max(1, min(1000, steps // 10)),
        )
    elif not (folder / CHECKPOINT).exists() or read_saved(folder)[2]["step"] < steps:
        train(resume=True, out=folder, steps=steps, device=device)
    spent = json.loads((folder / TIMES).read_text()) if (folder / TIMES).exists() else 0.0
    (folder / TIMES).write_text(json.dumps(round(spent + time.perf_counter() - began)))
    evaluate(folder, device=device, progress=True)
    if ROWS[name].model == "cgan":
        print(training_set(folder, device))


def ladder() -> None:
    """Print the Parzen log-likelihood of stand-ins for samples, by the 2014 protocol."""
    train, validation, test = (
        _pixels(load("mnist", hold_out=HELD_OUT, split=split).x)
        for split in ("train", "validation", "test")
    )
    rungs = {
        "10,000 real training images": train[:10_000],
        "1,000 k-means centres of 50,000": kmeans(train, 1000, Random(0)),
        "1,000 real training images": train[:1000],
        "the mean image": train.mean(axis=0, keepdims=True),
        "10,000 images of uniform noise": Random(0).uniform((10_000, train.shape[1])),
    }
    for name, samples in rungs.items():
        found = parzen(test, samples, choose_sigma(validation[:1000], samples))
        print(f"| {name} | {found.mean:.1f} ± {found.error:.1f} | {found.sigma:.3f} |", flush=True)


def training_set(folder: Path, device: str) -> str:
    """How wrong is the nearest neighbour among 50,000 samples, and among 50,000 real images?"""
    saved, data = load_generator(folder, device), ROWS["cgan"].data
    seen, test = load(data, hold_out=HELD_OUT), load(data, split="test")
    x, y = saved.labelled(LABELLED)
    error, real = (
        nearest_neighbour_error(_pixels(a), b, _pixels(test.x), test.labels)
        for a, b in ((x, y), (seen.x, seen.labels))
    )
    each = (e * (1 - e) / len(test) for e in (error, real))
    ours, theirs = (100 * e**0.5 for e in each)
    return (
        f"{folder}: nearest neighbour among {len(x):,} labelled samples: "
        f"{error:.2%} ± {ours:.2f} of the test images named wrong; among {len(seen):,} real "
        f"images: {real:.2%} ± {theirs:.2f}"
    )


def _pixels(x: Any) -> Any:
    return x.reshape(len(x), -1).astype(np.float32) / np.float32(255)


def table() -> list[str]:
    """A line of Markdown for each run that has been measured; then real data and noise."""
    head = ["run", "steps", *COLUMNS.values(), "minutes"]
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    of_data: dict[str, Any] = {}
    for path in sorted(FOLDER.glob(f"*/{FILE}")):
        found = json.loads(path.read_text())
        of_data.setdefault(found["data"], found)
        minutes = json.loads((path.parent / TIMES).read_text()) / 60
        lines.append(
            _line(path.parent.name, f"{found['step']:,}", found, "value", f"{minutes:.0f}")
        )
    for data, found in of_data.items():
        lines += [_line(f"{which}, {data}", "", found, which, "") for which in ("real", "noise")]
    return lines


def _line(name: str, steps: str, found: dict[str, Any], which: str, minutes: str) -> str:
    measures = {measure["name"]: measure for measure in found["measures"]}
    cells = []
    for key in COLUMNS:
        number, error = measures[key][which], measures[key].get("error", {}).get(which)
        places = 1 if key == "parzen" else 2 if key in ("score", "frechet") else 3
        text = "none" if number is None else f"{number:.{places}f}"
        cells.append(text + (f" ± {error:.{places}f}" if error is not None else ""))
    return f"| {name} | {steps} | {' | '.join(cells)} | {minutes} |"


if __name__ == "__main__":
    main()
