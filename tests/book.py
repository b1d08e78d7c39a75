"""The chapters of the book in docs, taken apart for the tests."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PINNED = Path(__file__).parent / "equations.txt"
CHAPTERS = sorted(DOCS.glob("[0-9][0-9]-*.md"))
PAGES = [*CHAPTERS, DOCS / "glossary.md", DOCS / "papers.md"]

SECTIONS = [
    "The idea",
    "The derivation",
    "In the code",
    "Seen",
    "What goes wrong",
    "An experiment",
    "Exercise",
]


def text(chapter: Path) -> str:
    return chapter.read_text(encoding="utf-8")


def section(chapter: Path, name: str) -> str:
    """What stands under a heading."""
    return re.split(r"^## .*\n", text(chapter).split(f"\n## {name}\n")[1], flags=re.M)[0]


def blocks(chapter: Path, language: str) -> list[str]:
    """The fenced blocks of one language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text(chapter), re.DOTALL | re.M)


def check_code(page: Path, run: bool = True) -> int:
    """Run the Python blocks of a page, or only compile them, from top to bottom: how many they are.

    They share their names, as in one file, and an error names its line of the page.
    """
    names = {"__name__": page.stem}
    found = blocks(page, "python")
    for block in found:
        above = text(page).partition(block)[0].count("\n")
        code = compile("\n" * above + block, str(page), "exec")
        if run:
            exec(code, names)
    return len(found)


def equations(chapter: Path) -> list[tuple[str, str]]:
    """Number and TeX of each numbered equation: ("2.4", "dW = ...")."""
    found = []
    for tex in re.findall(r"\$\$(.*?)\$\$", text(chapter), re.DOTALL):
        numbers = re.findall(r"\\tag\{([\d.]+)\}", tex)
        bare = " ".join(re.sub(r"\\tag\{[\d.]+\}", "", tex).split())
        found += [(number, bare) for number in numbers]
    return found


def checked(block: str) -> list[str]:
    """The equations that a block evaluates: its first line is a comment that names them."""
    first = block.partition("\n")[0]
    return re.findall(r"\((\d+\.\d+)\)", first) if first.startswith("# (") else []


def pinned() -> dict[str, str]:
    """The TeX that each equation had when its check was written."""
    lines = PINNED.read_text(encoding="utf-8").splitlines()
    return dict(line.split("  ", 1) for line in lines)


if __name__ == "__main__":  # python tests/book.py: the equations as they are now
    pairs = [pair for chapter in CHAPTERS for pair in equations(chapter)]
    PINNED.write_text("".join(f"{n}  {tex}\n" for n, tex in pairs), encoding="utf-8")
