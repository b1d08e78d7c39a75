"""Mutation testing: one small change after another in minigan, and the tests must notice each.

    python tests/mutation.py                          # the files of mutation_tests.py
    python tests/mutation.py dense.py --sample 40     # 40 mutants of one, by --seed
    python tests/mutation.py --score                  # the table of what has been tried so far
    python tests/mutation.py --survivors              # and what no test has noticed

What has been tried stands in build/mutation.jsonl, a line a mutant: Ctrl-C loses nothing, and the
next call goes on. A file that has changed begins anew. Survivors are tried again by --again, after
a test has been added. mutation_operators.py says what is changed, mutation_tests.py which tests are
asked, the quickest first.

A mutant is killed when a test fails, when the tests take five times as long as they should, or when
they bring Python down. One that cannot be imported at all is not counted.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import sys
import time
from collections import Counter
from functools import cache
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as in conftest.py
os.environ["MPLBACKEND"] = "Agg"
os.environ.pop("PYTEST_ADDOPTS", None)
sys.path.insert(0, str(Path(__file__).parents[1]))  # the minigan beside, whichever is installed

from mutation_operators import Mutation, mutations
from mutation_tests import TESTS_OF
from planting import PACKAGE, STOPPED, Run, run_on_copy, warm_up
from tqdm import tqdm

tqdm.monitor_interval = 0  # no thread beside: it would take Ctrl-C while a child is being forked
RESULTS = Path(__file__).parents[1] / "build" / "mutation.jsonl"
PASSED = 0  # pytest's exit status; 2 is that of tests that cannot be imported, 4 if asked by name
VERDICTS = {PASSED: "survived", 1: "killed", 2: "broken", 4: "broken", STOPPED: "stopped"}
FIRST = 8  # tests, those that have killed most of a file's mutants, are asked before all others
Row = dict[str, Any]
Stage = tuple[str, ...]  # what pytest is told


def main(argv: list[str] | None = None) -> int:
    """Try the mutants that have not been tried, or say what came of them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("files", nargs="*", default=list(TESTS_OF), metavar="FILE")
    parser.add_argument("--sample", type=int, metavar="N", help="at most N mutants of a file")
    parser.add_argument("--seed", type=int, default=0, help="of the sample (default 0)")
    parser.add_argument("--again", action="store_true", help="try survivors again")
    parser.add_argument("--score", action="store_true", help="print the table, try nothing")
    parser.add_argument("--survivors", action="store_true", help="print them, try nothing")
    parser.add_argument("--patience", type=float, default=10, metavar="S", help="see limit()")
    parser.add_argument("--results", type=Path, default=RESULTS, metavar="PATH")
    args = parser.parse_args(argv)
    files = [name.removeprefix("minigan/") for name in args.files]
    if unknown := set(files) - set(TESTS_OF):
        parser.error(f"no tests named for {sorted(unknown)}; see mutation_tests.py")
    chosen = {file: chosen_mutants(file, args.sample, args.seed) for file in files}
    if args.score or args.survivors:
        rows = tried(args.results, chosen)
        for line in survivors(rows) if args.survivors else score(rows):
            print(line)
        return 0
    try:
        try_all(chosen, args.results, args.again, args.patience)
    except KeyboardInterrupt:
        print(f"stopped; the same command goes on from {args.results}", file=sys.stderr)
        return 130
    return 0


def chosen_mutants(file: str, sample: int | None, seed: int) -> list[Mutation]:
    """The mutants of a file in the order in which they are tried: the sample of 20 begins with
    that of 10."""
    found = mutations((PACKAGE / file).read_text(encoding="utf-8"))
    random.Random(f"{file} {seed}").shuffle(found)
    return found[:sample]


def try_all(chosen: dict[str, list[Mutation]], results: Path, again: bool, patience: float) -> None:
    """Try the mutants, and add a line to the results for each."""
    rows = lines(results)
    known = {row["key"]: row["verdict"] for row in rows}
    turns = zip_longest(*([(file, m) for m in found] for file, found in chosen.items()))
    left = [
        (file, mutation)  # from each file in turn: whenever it is stopped, all have had as many
        for file, mutation in filter(None, chain.from_iterable(turns))
        if (verdict := known.get(key(file, mutation))) is None or (again and verdict == "survived")
    ]
    if not left:
        return
    words = {word for file, _ in left for stage in TESTS_OF[file] for word in stage}
    warm_up(sorted(word for word in words if word.startswith("test_")))
    killers: dict[str, Counter[str]] = {file: Counter() for file, _ in left}
    results.parent.mkdir(parents=True, exist_ok=True)
    results.write_text("".join(_line(row) for row in rows), encoding="utf-8")  # whole lines
    with results.open("a", encoding="utf-8") as out:
        for file, mutation in tqdm(left, unit="mutant"):
            first = tuple(test for test, _ in killers[file].most_common(FIRST))
            row = tried_mutant(file, mutation, first, patience)
            if row["verdict"] == "killed":
                killers[file][row["by"]] += 1
            out.write(_line(row))
            out.flush()


def tried_mutant(file: str, mutation: Mutation, first: Stage, patience: float) -> Row:
    """Run the tests, stage by stage, until one notices: what the results say of this mutant."""
    source = mutation.applied_to((PACKAGE / file).read_text(encoding="utf-8"))
    start, run = time.perf_counter(), Run(PASSED, "")
    stages = TESTS_OF[file]
    for tests in [first, *stages] if first else stages:
        timeout = limit(stages[0] if tests is first else tests, patience)
        run = run_on_copy([*tests], file, source, timeout, conftest=True)
        if run.status != PASSED:
            break
    if run.status not in VERDICTS:
        raise RuntimeError(f"{file}:{mutation.line}: pytest ended with {run.status}:\n{run.output}")
    return {
        "key": key(file, mutation),
        "file": file,
        "line": mutation.line,
        "mutation": str(mutation),
        "verdict": VERDICTS[run.status],
        "by": run.failed,
        "seconds": round(time.perf_counter() - start, 2),
    }


@cache
def limit(tests: Stage, patience: float) -> float:
    """The seconds that these tests may take: five times what they take without a mutant, and more.

    **Raises**  RuntimeError when they do not pass.
    """
    run = run_on_copy([*tests], conftest=True)
    if run.status != PASSED:
        raise RuntimeError(f"{tests} do not pass without a mutant:\n{run.output}")
    return patience + 5 * run.seconds


def key(file: str, mutation: Mutation) -> str:
    """What names a mutant: its whole source, so that a file that changes begins anew."""
    source = mutation.applied_to((PACKAGE / file).read_text(encoding="utf-8"))
    return hashlib.sha256(f"{file}\n{source}".encode()).hexdigest()[:16]


def lines(results: Path) -> list[Row]:
    """The results so far; a last line that was cut off is left out."""
    if not results.exists():
        return []
    whole = results.read_text(encoding="utf-8").rpartition("\n")[0]
    return [json.loads(line) for line in whole.split("\n") if line]


def _line(row: Row) -> str:
    return json.dumps(row, ensure_ascii=False) + "\n"


def tried(results: Path, chosen: dict[str, list[Mutation]]) -> list[Row]:
    """The last verdict on each of the chosen mutants that has one, in their order."""
    last = {row["key"]: row for row in lines(results)}
    keys = [
        key(file, mutation)
        for file, found in chosen.items()
        for mutation in sorted(found, key=lambda mutation: (mutation.line, mutation.start))
    ]
    return [last[k] for k in keys if k in last]


def survivors(rows: list[Row]) -> list[str]:
    """A line for each mutant that no test has noticed."""
    return [
        f"{row['file']}:{row['line']}: {row['mutation']}"
        for row in rows
        if row["verdict"] == "survived"
    ]


def score(rows: list[Row]) -> list[str]:
    """The table: a line a file, and one of all."""
    table = [
        "| file | mutants | killed | stopped | survived | score |",
        "|---|---|---|---|---|---|",
    ]
    files = list(dict.fromkeys(row["file"] for row in rows))
    for name, wanted in [*((file, {file}) for file in files), ("all", set(files))]:
        verdicts = [row["verdict"] for row in rows if row["file"] in wanted]
        killed, stopped, survived = (verdicts.count(v) for v in ("killed", "stopped", "survived"))
        n = killed + stopped + survived
        share = f"{(killed + stopped) / n:.1%}" if n else "-"
        table.append(f"| {name} | {n} | {killed} | {stopped} | {survived} | {share} |")
    return table


if __name__ == "__main__":
    raise SystemExit(main())
