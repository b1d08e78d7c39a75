"""Ten thousand damaged pictures and tables for each reader: one line that names it, or data."""

from __future__ import annotations

import random

import pytest
from fuzz_pictures import every_other_resealed, readers
from fuzzing import damaged

INPUTS = 10_000
TABLE = readers()


def damages(name, n, seed):
    """n damaged files, equally many of each valid one, with parts of the others."""
    valid, rng = TABLE[name].valid, random.Random(seed)
    for i, content in enumerate(valid):
        yield from damaged(content, rng, -(-n // len(valid)), valid[i - 1])


@pytest.mark.parametrize("name", TABLE)
def test_what_is_valid_is_read(name):
    valid = TABLE[name].valid
    outside = sum(b"../" in content for content in valid)
    assert TABLE[name].fuzzed(valid) == {"read": len(valid) - outside, "refused": outside}


@pytest.mark.parametrize("name", TABLE)
def test_damaged_files_are_read_or_refused_in_one_line(name, record_property):
    inputs = damages(name, INPUTS, name)
    found = TABLE[name].fuzzed(every_other_resealed(inputs) if name == "png" else inputs)
    assert found["refused"] > INPUTS / 10
    assert found["read"] > INPUTS / 50
    assert found.total() >= INPUTS
    record_property("cases", found.total())
