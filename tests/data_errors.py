"""What every message about data has to be: a DataError, one line, with the facts in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from minigan.data import DataError


@contextmanager
def expect_refusal(*facts: object) -> Iterator[None]:
    with pytest.raises(DataError) as caught:
        yield
    message = str(caught.value)
    assert "\n" not in message
    assert message.endswith("."), message
    for fact in facts:
        assert str(fact) in message, f"{fact!r} is not in: {message}"
