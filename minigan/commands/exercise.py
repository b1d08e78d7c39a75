"""`minigan exercise`: write a backward pass yourself, and be told what is wrong with it."""

from __future__ import annotations

import argparse
from pathlib import Path

from minigan.commands.words import File, Sub, Text
from minigan.exercises import answers
from minigan.files import replacing

SHEET = File((".py",))


def add_to(sub: Sub) -> None:
    """Add its words."""
    p = sub.add_parser("exercise", help="exercises with a grader: every backward pass by yourself")
    actions = p.add_subparsers(dest="action", metavar="ACTION", required=True)
    actions.add_parser("list", help="the exercises, in the order of the book").set_defaults(
        run=show
    )
    start = actions.add_parser("start", help="write the file that an answer begins with")
    start.add_argument("name", choices=answers.NAMES, metavar="NAME", help="as `list` names it")
    start.add_argument("--out", type=SHEET, metavar="FILE", help=f"{SHEET} (default: NAME.py)")
    start.set_defaults(run=begin)
    check = actions.add_parser("check", help="judge an answer, and name the likely mistake")
    check.add_argument(
        "file", type=Text("a file", Path), metavar="FILE", help="the answer; its code is run"
    )
    check.set_defaults(run=judge)


def show(args: argparse.Namespace) -> int:
    """List the exercises."""
    for name in answers.NAMES:
        exercise = answers.find(name)
        print(f"{name:24} {exercise.about}  (docs/{exercise.chapter}.md)")
    return 0


def begin(args: argparse.Namespace) -> int:
    """Write a sheet.

    **Raises**  AnswerError where the file is there already.
    """
    out = args.out or Path(f"{args.name}.py")
    if out.exists():
        raise answers.AnswerError(
            f"{out} is there already and was left as it is: give another file with --out."
        )
    with replacing(out) as temporary:
        temporary.write_text(answers.sheet(args.name), encoding="utf-8")
    print(f"{out}: fill it in, then: minigan exercise check {out}")
    return 0


def judge(args: argparse.Namespace) -> int:
    """Judge an answer; exit status 1 for a wrong one."""
    exercise, fault = answers.check(args.file)
    print(f"{exercise.name}: {fault or 'right.'}")
    return 1 if fault else 0
