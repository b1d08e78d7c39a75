"""Ten thousand damaged files for each reader: one line that names the file, or what was there."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from fuzz_readers import Reader, readers
from fuzzing import damaged

INPUTS = 10_000


@cache
def table() -> dict[str, Reader]:
    with TemporaryDirectory() as folder:
        return readers(Path(folder))


NAMES = [*table()]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_valid_is_read(name):
    reader = table()[name]
    valid = [content for content in reader.valid if not content.startswith(b"<")]
    assert reader.fuzzed(valid)["read"] > 0


@pytest.mark.parametrize("name", NAMES)
def test_damaged_files_are_read_or_refused_in_one_line(name, record_property):
    reader = table()[name]
    each = -(-INPUTS // len(reader.valid))
    rng = random.Random(name)

    def inputs():
        for i, content in enumerate(reader.valid):
            other = reader.valid[i - 1]
            yield from damaged(content, rng, each, other)

    found = reader.fuzzed(inputs())
    assert found["refused"] > INPUTS / 10
    assert found.total() >= INPUTS
    record_property("cases", found.total())
