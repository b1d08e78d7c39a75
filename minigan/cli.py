"""The command line: `minigan` and `python -m minigan`.

`arguments` reads the words, and each command (in `commands`) is one call into the package. What is
wrong with the words, the files or the machine is said in one line, with exit status 2.
"""

from __future__ import annotations

import argparse
import importlib
import signal
from collections.abc import Sequence

from minigan.arguments import make_parser
from minigan.backend import DeviceError
from minigan.terminal import (
    complain,
    drop_output,
    flush_output,
    lenient_streams,
    terminable,
    visible,
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status.

    0: done; 1: a gradient check found an error; 2: something given was wrong, in one line;
    129, 130 and 143: stopped by a closed terminal, Ctrl-C or SIGTERM, after saving.
    """
    name = "minigan"
    try:
        lenient_streams()
        args = make_parser().parse_args(argv)
        name = f"minigan {args.command}"
        if "imports" in args:  # slow; an exception in the middle of an import can be lost, so that
            importlib.import_module(args.imports)  # signals are taken over only after it
        with terminable():
            return _run(args, name)
    except KeyboardInterrupt as stop:
        number = int(stop.args[0]) if stop.args else signal.SIGINT
        complain(f"{name}: stopped by {signal.Signals(number).name}")
        return 128 + number
    finally:
        drop_output()


def _run(args: argparse.Namespace, name: str) -> int:
    try:
        status = int(args.run(args))
        flush_output()
        return status
    except BrokenPipeError:  # `minigan models | head -1`: the reader has seen enough
        return 128 + signal.SIGPIPE
    except OSError as error:
        where = f"{visible(str(error.filename))}: " if error.filename else ""
        return _fail(name, f"{where}{error.strerror or error}")
    except (ValueError, ArithmeticError, DeviceError, MemoryError) as error:
        return _fail(name, str(error) or type(error).__name__)


def _fail(name: str, message: str) -> int:
    complain(f"{name}: {' '.join(message.split())}")
    return 2
