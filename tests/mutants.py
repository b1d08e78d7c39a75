"""The test of the tests: bugs to be planted in a copy of minigan, one at a time.

A mutant is written like a diff:

    what is wrong
    the file, and the test that must fail
    -the lines that are taken out, whole
    +the lines that are put in

A number in brackets marks a bug that real projects have shipped; mutants with the same number are
forms of one bug. The tables stand in mutants_*.py; test_mutants.py plants and runs.
"""

from __future__ import annotations

from dataclasses import dataclass

from mutants_archives import ARCHIVES
from mutants_around import AROUND
from mutants_attack import ATTACK
from mutants_batch import BATCH
from mutants_channels import CHANNELS
from mutants_classifier import CLASSIFIER
from mutants_collapse import COLLAPSE
from mutants_conditional import CONDITIONAL
from mutants_crash import CRASH
from mutants_doctor import DOCTOR
from mutants_draws import DRAWS
from mutants_during import DURING
from mutants_evaluation import EVALUATION
from mutants_fast import FAST
from mutants_film import FILM
from mutants_game import GAME
from mutants_gpu import GPU
from mutants_graph import GRAPH
from mutants_images import IMAGES
from mutants_launches import LAUNCHES
from mutants_layers import LAYERS
from mutants_measures import MEASURES
from mutants_models import MODELS
from mutants_numerics import NUMERICS
from mutants_optimizers import OPTIMIZERS
from mutants_oracles import ORACLES
from mutants_patches import PATCHES
from mutants_ranges import RANGES
from mutants_ranges_around import RANGES_AROUND
from mutants_rules import RULES
from mutants_shared import SHARED
from mutants_strangers import STRANGERS
from mutants_strict import STRICT
from mutants_survivors import SURVIVORS
from mutants_theorems import THEOREMS


@dataclass(frozen=True)
class Mutant:
    """One planted bug: in `file`, the lines `old` become `new`, and `test` must fail."""

    name: str
    file: str
    test: str
    old: list[str]
    new: list[str]

    def applied_to(self, source: str) -> str:
        """The source with the bug in it.

        Raises: ValueError when the old lines are not there exactly once: the code has moved on, and
        the mutant has to follow.
        """
        lines, n = source.split("\n"), len(self.old)
        places = [i for i in range(len(lines)) if lines[i : i + n] == self.old]
        if len(places) != 1:
            raise ValueError(
                f"mutant {self.name!r}: its lines stand {len(places)} times in {self.file}, "
                f"expected once; bring the mutant up to date with the code: {self.old}"
            )
        lines[places[0] : places[0] + n] = self.new
        return "\n".join(lines)


def parse(table: str) -> list[Mutant]:
    """The mutants of a table, which empty lines separate."""
    mutants = []
    for block in filter(None, table.strip().split("\n\n")):
        name, where, *diff = block.split("\n")
        file, test = where.split(maxsplit=1)  # a parameter's name may have spaces
        old = [line[1:] for line in diff if line.startswith("-")]
        new = [line[1:] for line in diff if line.startswith("+")]
        mutants.append(Mutant(name, file, test, old, new))
    return mutants


TABLES = (
    GAME,
    GRAPH,
    RULES,
    OPTIMIZERS,
    LAYERS,
    BATCH,
    IMAGES,
    FAST,
    PATCHES,
    SHARED,
    STRICT,
    STRANGERS,
    DRAWS,
    MODELS,
    THEOREMS,
    ARCHIVES,
    AROUND,
    ATTACK,
    FILM,
    DOCTOR,
    CONDITIONAL,
    COLLAPSE,
    CRASH,
    CHANNELS,
    CLASSIFIER,
    EVALUATION,
    DURING,
    MEASURES,
    LAUNCHES,
    GPU,
    ORACLES,
    RANGES,
    RANGES_AROUND,
    NUMERICS,
    SURVIVORS,
)
MUTANTS = [mutant for table in TABLES for mutant in parse(table)]
