"""Ten thousand damaged pictures and tables for each reader: one line that names it, or data."""

from __future__ import annotations

import random

import pytest
from fuzz_pictures import every_other_resealed, readers
from fuzzing import damaged, fuzz

INPUTS = 10_000
TABLE = readers()


def fuzzed(name, inputs):
    reader = TABLE[name]
    return fuzz(
        reader.read,
        inputs,
        errors=reader.errors,
        name=reader.name,
        named=reader.named,
        beside=reader.beside,
        seconds=60,  # where many share a processor, a reading of 5 ms has taken 10 s
    )


def damages(name, n, seed):
    """n damaged files, equally many of each valid one, with parts of the others."""
    valid, rng = TABLE[name].valid, random.Random(seed)
    for i, content in enumerate(valid):
        yield from damaged(content, rng, -(-n // len(valid)), valid[i - 1])


@pytest.mark.parametrize("name", TABLE)
def test_what_is_valid_is_read(name):
    valid = TABLE[name].valid
    outside = sum(b"../" in content for content in valid)
    assert fuzzed(name, valid) == {"read": len(valid) - outside, "refused": outside}


@pytest.mark.parametrize("name", TABLE)
def test_damaged_files_are_read_or_refused_in_one_line(name, record_property):
    inputs = damages(name, INPUTS, name)
    found = fuzzed(name, every_other_resealed(inputs) if name == "png" else inputs)
    assert found["refused"] > INPUTS / 10
    assert found["read"] > INPUTS / 50
    assert found.total() >= INPUTS
    record_property("cases", found.total())
