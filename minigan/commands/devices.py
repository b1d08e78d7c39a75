"""`minigan devices`: what works here, and why something does not."""

from __future__ import annotations

import argparse
import json

from minigan.backend import DEVICES, DeviceError, device_module
from minigan.commands.words import Sub, add_json


def add_to(sub: Sub) -> None:
    """Add its words."""
    p = sub.add_parser("devices", help="say which devices work here, and why one does not")
    add_json(p)
    p.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print a line a device."""
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
