"""`minigan summary`: the two networks as tables."""

from __future__ import annotations

import argparse
import json

from minigan.backend import Random
from minigan.commands.words import Sub, add_json, image_shape
from minigan.models import MODELS, find_model
from minigan.summary import inner_rows


def add_to(sub: Sub) -> None:
    """Add its words."""
    p = sub.add_parser("summary", help="print a model's networks, layer by layer")
    p.add_argument("model", choices=MODELS, metavar="MODEL", help=", ".join(MODELS))
    p.add_argument(
        "--shape",
        type=image_shape,
        help="shape of one example, as 28x28x1 for images or 2 for vectors, 10^6 numbers at most "
        "(default: that of the model's own data)",
    )
    add_json(p)
    p.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the two networks, layer by layer."""
    from minigan.data import load

    model = find_model(args.model)
    shape = model.padded(args.shape or load(model.data).shape)
    nets, inputs = model.networks(Random(0), shape), model.input_shapes(shape)
    for name, net, input_shape in zip("GD", nets, inputs, strict=True):
        if args.json:
            for row in inner_rows(net, input_shape):
                row["layer"] = row["layer"].strip()
                print(json.dumps({"model": model.name, "network": name, **row}))
            continue
        print(f"{model.name}: {name}, input {'×'.join(map(str, input_shape))}")
        print(net.summary(input_shape) + "\n")
    return 0
