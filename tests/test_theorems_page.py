"""docs/theorems.md names tests, demos and pictures: all of them are there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "theorems.md").read_text(encoding="utf-8")
DEMOS = ("optimal_discriminator", "why_g_stalls", "dirac_gan")


def test_every_test_that_the_page_names_exists() -> None:
    named = re.findall(r"`(test_\w+)`", PAGE)
    assert len(named) == len(set(named)) >= 20
    defined = {
        name
        for path in (ROOT / "tests").glob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert set(named) <= defined, set(named) - defined


def test_every_demo_has_its_picture_and_its_command_and_fits_on_a_page() -> None:
    for name in DEMOS:
        assert f"]({name}.png)" in PAGE
        assert f"`python demos/{name}.py`" in PAGE
        assert (ROOT / "docs" / f"{name}.png").stat().st_size <= 60_000
        source = (ROOT / "demos" / f"{name}.py").read_text(encoding="utf-8")
        assert source.count("\n") <= 100
        assert "# %%" in source
