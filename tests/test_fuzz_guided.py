"""A minute of search, guided by coverage, for each reader: python -m pytest -m long."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from test_fuzz_archives import NAMES
from test_fuzz_pictures import TABLE

SECONDS = 60


@pytest.mark.long
@pytest.mark.parametrize("name", [*NAMES, *TABLE])
def test_no_file_that_coverage_leads_to_is_stumbled_over(name, record_property):
    pytest.importorskip("atheris", reason="atheris is not installed: pip install atheris")
    script = Path(__file__).with_name("fuzz_guided.py")
    done = subprocess.run(
        [sys.executable, str(script), name, str(SECONDS)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    tried = re.search(r"number_of_executed_units: (\d+)", done.stderr)
    assert tried is not None
    assert int(tried[1]) > 1000
    record_property("cases", int(tried[1]))
