"""What each command of the command line does: one call, and its answer printed."""

from __future__ import annotations

import argparse
import json
import textwrap
import time
from collections import Counter
from pathlib import Path
from shlex import quote

from minigan import gradcheck as checker
from minigan.backend import DEVICES, DeviceError, Random, choose_device, device_module
from minigan.bench import bench as bench_rows
from minigan.bench.tables import layer_tables, step_table
from minigan.checks import GradientError, NoVerdictError, Row
from minigan.models import DEFAULT_MODEL, MODELS, find_model
from minigan.summary import rows_of


def train(args: argparse.Namespace) -> int:
    """`minigan train`: a whole run."""
    from minigan.training import train as run  # matplotlib and Pillow are slow to import

    if args.model is not None:
        _check_model(args.model)
    color = None if args.color is None else args.color == "rgb"
    options = {"images": args.images, "resize": args.resize, "color": color, "layout": args.layout}
    finished = run(
        args.model,
        args.data,
        data_options={name: value for name, value in options.items() if value is not None},
        steps=args.steps,
        m=args.batch,
        seed=args.seed,
        device=args.device,
        out=args.out,
        resume=args.resume,
        rule=args.rule,
        objective=args.objective,
        k=args.k,
        sample_every=args.sample_every,
        log_every=args.log_every,
        checkpoint_every=args.checkpoint_every,
        progress=not args.quiet,
    )
    if args.quiet:
        print(finished)  # where it is and how to go on; otherwise the run has said so itself
    return 0 if finished.signal is None else 128 + finished.signal


def _check_model(name: str) -> None:
    """Refuse a name that is no model's, and say so when it means data."""
    from minigan.data import NAMES

    if name not in MODELS and (name in NAMES or Path(name).exists()):
        raise ValueError(f"{name} is data, expected a model: minigan train --data {quote(name)}.")
    find_model(name)


def sample(args: argparse.Namespace) -> int:
    """`minigan sample`: more samples from a run."""
    from minigan.training import sample as draw

    out = args.out or args.folder / "more-samples.png"
    draw(args.folder, count=args.count, seed=args.seed, out=out, device=args.device)
    print(f"{args.count} samples: {out}")
    return 0


def summary(args: argparse.Namespace) -> int:
    """`minigan summary`: the two networks as tables.

    **Raises**  ValueError for a --shape of other than one or three sizes.
    """
    from minigan.data import load

    model = find_model(args.model)
    shape = model.padded(args.shape or load(model.data).shape)
    if len(shape) not in (1, 3):
        given = "x".join(map(str, shape))
        raise ValueError(f"--shape is {given}, expected height x width x channels, or one number.")
    G, D = model.networks(Random(0), shape)
    for name, net, input_shape in (("G", G, (model.z_dim,)), ("D", D, shape)):
        if args.json:
            for row in rows_of(net, input_shape):
                print(json.dumps({"model": model.name, "network": name, **row}))
            continue
        print(f"{model.name}: {name}, input {'×'.join(map(str, input_shape))}")
        print(net.summary(input_shape) + "\n")
    return 0


def gradcheck(args: argparse.Namespace) -> int:
    """`minigan gradcheck`: a line for each array that was compared; exit status 1 for an error."""
    names = checker.find(args.name)
    device = choose_device(args.device)
    failed: Counter[str] = Counter()
    entries, start = 0, time.perf_counter()
    if not args.json:
        print(f"gradients by hand against central differences, float64, on {device}\n")
        print(f"{'what':42} {'mode':5} {'gradient of':12} {'entries':>7} {'largest error':>13}")
    for name in names:
        try:
            for rows in checker.check(name, device=device, seed=args.seed):
                entries += sum(row.entries for row in rows)
                for row in rows:
                    print(_as_json(name, row) if args.json else _as_line(name, row))
        except (GradientError, NoVerdictError) as error:
            verdict = "wrong" if isinstance(error, GradientError) else "no verdict"
            failed[verdict] += 1
            message = " ".join(str(error).split())
            print(
                json.dumps({"name": name, "verdict": verdict, "message": message})
                if args.json
                else f"{name}: {verdict.upper()}: {message}"
            )
    if not args.json:
        took = time.perf_counter() - start
        result = ", ".join(f"{count} {verdict}" for verdict, count in failed.items()) or "all right"
        print(f"\n{entries:,} entries compared in {took:.0f} s: {result}")
    return 1 if failed else 0


def _as_line(name: str, row: Row) -> str:
    what = f"{name}: {row.layer}" if name in MODELS else row.layer
    return f"{what:42} {row.mode:5} {row.name:12} {row.entries:7} {row.error:13.1e}  {row.verdict}"


def _as_json(name: str, row: Row) -> str:
    return json.dumps(
        {
            "name": name,
            "layer": row.layer,
            "mode": row.mode,
            "gradient_of": row.name,
            "entries": row.entries,
            "error": row.error,
            "verdict": row.verdict,
        }
    )


def bench(args: argparse.Namespace) -> int:
    """`minigan bench`: the time of training steps, a line a network or a table of its layers."""
    rows = bench_rows(
        [] if args.model is None else [args.model],
        device=args.device,
        rule=args.rule,
        m=args.batch,
        steps=args.steps,
        layers=args.layers,
    )
    lines = layer_tables(rows) if args.layers else step_table(rows)
    for line in map(json.dumps, rows) if args.json else lines:
        print(line, flush=True)
    return 0


def models(args: argparse.Namespace) -> int:
    """`minigan models`: a line a model."""
    for model in MODELS.values():
        mark = "  (default)" if model.name == DEFAULT_MODEL else ""
        print(f"{model.name:18} {model.text}{mark}")
        length = f"{model.epochs} passes" if model.epochs else f"{model.steps:,} steps"
        print(
            f"{'':18} data {model.data}, {length}, batches of {model.m}, rule "
            f"{model.rule}, {model.objective}"
        )
        if model.note:
            print(textwrap.indent(textwrap.fill(model.note, 80), " " * 19))
    return 0


def data_list(args: argparse.Namespace) -> int:
    """`minigan data`: a line a data set, and where it would come from."""
    from minigan.data import describe

    for row in describe():
        shape = "×".join(map(str, row.shape))
        print(f"{row.name:14} {row.examples:>7,} × {shape:8} {row.licence:12} {row.source}")
    print(
        "\nOwn data: --data with a folder of images, a .csv, a .npy, .npz or idx file; "
        "MINIGAN_DATA names a folder to look in."
    )
    return 0


def data_get(args: argparse.Namespace) -> int:
    """`minigan data get`: find or download a data set.

    **Raises**  ValueError for a name that is none of the full sets; DataError.
    """
    from minigan.data import load
    from minigan.data.published import FULL_SETS

    if args.name not in FULL_SETS:
        names = " and ".join(FULL_SETS)
        raise ValueError(f"{args.name!r} is no data set to download; {names} are.")
    for split in ("train", "test"):
        dataset = load(args.name, split=split)
        print(f"{args.name}, {split}: {len(dataset):,} examples, {dataset.description}")
    return 0


def data_export(args: argparse.Namespace) -> int:
    """`minigan data export`: PNG files and a train.csv, as own data look."""
    from minigan.data import export, load

    dataset = load(args.spec)
    print(f"{len(dataset):,} images: {export(dataset, args.to)}")
    return 0


def devices(args: argparse.Namespace) -> int:
    """`minigan devices`: what works here, and why something does not."""
    for name in DEVICES:
        try:
            module = device_module(name)
            works, detail = True, f"{module.__name__} {module.__version__}"
        except DeviceError as error:
            works, detail = False, str(error)
        if args.json:
            print(json.dumps({"device": name, "works": works, "detail": detail}))
        else:
            print(f"{name:5} {'works' if works else 'does not work':14} {detail}")
    return 0
