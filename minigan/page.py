"""A film of a run as one web page: pictures, the log's curves, and a marker that moves with them.

The page is a single file that asks the network for nothing; it opens by a double click, in twenty
years as well. `page.html` beside this file is its template: HTML, CSS and JavaScript by hand.
"""

from __future__ import annotations

import base64
import contextlib
import html
import io
import json
import math
import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path

import numpy as np

from minigan.files import replacing

FRAMES = 100  # of a longer film so many are taken, evenly
BYTES = 6e6  # what the pictures of a page may weigh; fewer are taken where each is heavy
POINTS = 500  # of a curve; of a longer log each point is the mean of several rows
GREYS, COLOURS = 32, 128  # an eye sees no more in a sample, and the file is a third
COLUMNS = ("V", "loss_D", "loss_G", "D_real", "D_fake")
NAMES = ("V(D, G)", "loss of D", "loss of G", "D(x)", "D(G(z))")

Log = Mapping[str, Sequence[float]]


def write_page(
    path: str | Path,
    frames: Mapping[int, Path],
    log: Log,
    *,
    title: str,
    settings: str = "",
    words: Sequence[str] = (),
    objective: str = "non-saturating",
) -> None:
    """Write the page.

    At most 100 of the frames are taken, fewer where they are heavy; evenly, the first and the last
    among them. A damaged one is left out. The same frames and log give the same bytes.

    **Parameters**  frames: a PNG file for each step; log: the columns of log.csv, at least step, V,
    loss_D, loss_G, D_real and D_fake; title, settings: the page's first two lines; words: sentences
    that say what the pictures show; objective: the name of what G descends.

    **Raises**  ValueError without a frame that can be read; OSError from the disk.
    """
    pictures = _chosen(frames)
    if not pictures:
        raise ValueError("write_page: got no frames, expected at least one PNG file.")
    rows, block = thinned(log)
    end = max([1.0, *pictures, *rows["step"]])
    film = {"steps": list(pictures), "end": end, "log": rows}
    parts = {
        "title": html.escape(title),
        "settings": html.escape(settings),
        "frames": "\n".join(_image(step, png) for step, png in pictures.items()),
        "curves": _curves(rows, end, objective),
        "words": "\n".join(f"<li>{html.escape(text)}</li>" for text in (*words, *_about(block))),
        "film": json.dumps(film).replace("<", "\\u003c").replace("NaN", "null"),
    }
    template = files("minigan").joinpath("page.html").read_text(encoding="utf-8")
    # in one pass: a title that looks like the name of a part stays a title
    text = re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], template)
    with replacing(Path(path)) as temporary:
        temporary.write_bytes(text.encode())


def thinned(log: Log, points: int = POINTS) -> tuple[dict[str, list[float]], int]:
    """The columns that are drawn, at most `points` long, and how many rows each point is a mean of.

    What is not finite becomes NaN; so does a mean that contains it: a gap in the curve.

    >>> log = dict.fromkeys(COLUMNS, [0.0, 1.0, 2.0, 4.0, 9.0]) | {"step": [1, 10, 20, 30, 40]}
    >>> rows, block = thinned(log, points=3)
    >>> rows["step"], rows["V"], block
    ([5.5, 25.0, 40.0], [0.5, 3.0, 9.0], 2)
    """
    block = max(1, math.ceil(len(log["step"]) / points))
    rows = {}
    for name in ("step", *COLUMNS):
        values = np.asarray(log[name], dtype=np.float64)
        values = np.where(np.isfinite(values), values, np.nan)
        means = [values[i : i + block].mean() for i in range(0, len(values), block)]
        rows[name] = [float(f"{mean:.5g}") if name != "step" else float(mean) for mean in means]
    return rows, block


def _chosen(frames: Mapping[int, Path]) -> dict[int, bytes]:
    """Some of the frames, evenly, as PNG files that are small."""
    steps = sorted(frames)
    while steps:
        last = _small(frames[steps[-1]])
        if last is not None:
            break
        steps.pop()  # damaged: so it cannot say how heavy the others are
    else:
        return {}
    count = min(len(steps), FRAMES, max(2, int(BYTES / len(last))))
    chosen = [steps[i] for i in np.linspace(0, len(steps) - 1, count).round().astype(int)]
    pictures = {step: _small(frames[step]) for step in chosen[:-1]} | {steps[-1]: last}
    return {step: png for step, png in pictures.items() if png is not None}


def _small(path: Path) -> bytes | None:
    """A picture in 32 greys or 128 colours, as a PNG file; None when it cannot be read."""
    from PIL import Image

    # Pillow's errors for damage, each for its own kind
    with contextlib.suppress(OSError, SyntaxError, ValueError), Image.open(path) as picture:
        if picture.mode == "L":
            steps = np.round(np.arange(256) * (GREYS - 1) / 255)
            small = picture.point(np.round(steps * 255 / (GREYS - 1)).astype(int).tolist())
        else:
            small = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        content = io.BytesIO()
        small.save(content, format="PNG")
        return content.getvalue()
    return None


def _image(step: int, png: bytes) -> str:
    data = base64.b64encode(png).decode()
    return (
        f'<img hidden data-step="{step}" alt="step {step:,}" decoding="sync" '
        f'src="data:image/png;base64,{data}">'
    )


def _curves(rows: Log, end: float, objective: str) -> str:
    """The numbers of this step, and two plots."""
    sign, name = (-1, "−log 2") if objective == "minimax" else (1, "log 2")
    ends = [("D", -math.log(4), "V = −log 4"), ("G", sign * math.log(2), f"loss of G = {name}")]
    cells = [
        f'<div><dt>{name}</dt><dd data-column="{column}">–</dd></div>'
        for name, column in zip(NAMES, COLUMNS, strict=True)
    ]
    values = _plot(rows, end, {"D": "V", "G": "loss_G"}, ends, "V and the loss of G over the steps")
    chances = _plot(
        rows, end, {"D": "D_real", "G": "D_fake"}, [("half", 0.5, "1/2")],
        "D(x) and D(G(z)) over the steps", (0.0, 1.0),
    )  # fmt: skip
    return (
        f"<dl>{''.join(cells)}</dl>\n"
        '<p><b class="D">V(D, G)</b> and the <b class="G">loss of G</b> '
        f"({html.escape(objective)}), in nats</p>\n{values}\n"
        f'<p><b class="D">D(x)</b> and <b class="G">D(G(z))</b></p>\n{chances}'
    )


def _plot(
    rows: Log,
    end: float,
    columns: dict[str, str],
    ends: Sequence[tuple[str, float, str]],
    label: str,
    limits: tuple[float, float] | None = None,
) -> str:
    """An SVG of 1000 x 1000 that is stretched to its place; its words are HTML beside it."""
    values = [y for name in columns.values() for y in rows[name] if math.isfinite(y)]
    values += [y for _, y, _ in ends]
    low, high = limits or (min(values), max(values))
    margin = 0.08 * (high - low)

    def place(y: float) -> float:
        return 1000 * (high + margin - y) / (high - low + 2 * margin)

    x = [1000 * step / end for step in rows["step"]]
    paths = [
        f'<path class="{player}" d="{_path(x, [place(y) for y in rows[name]])}"/>'
        for player, name in columns.items()
    ]
    lines, ticks = [], []
    for player, y, name in ends:
        top = place(y)
        line = f'<line class="{player} end" x1="0" x2="1000" y1="{top:.1f}" y2="{top:.1f}"/>'
        lines.append(line)
        ticks.append(f'<span class="tick end" style="top:{top / 10:.1f}%">{name}</span>')
    for y in (low, high):
        number = f"{y:.3g}".replace("-", "−")
        ticks.append(f'<span class="tick" style="top:{place(y) / 10:.1f}%">{number}</span>')
    return (
        '<div class="plot"><svg viewBox="0 0 1000 1000" preserveAspectRatio="none" role="img" '
        f'aria-label="{label}">{"".join(lines + paths)}'
        f'<line class="now" x1="0" x2="0" y1="0" y2="1000"/></svg>{"".join(ticks)}</div>'
    )


def _path(x: Sequence[float], y: Sequence[float]) -> str:
    """The curve through the points as an SVG path; NaN is a gap."""
    text, pen = [], "M"
    for a, b in zip(x, y, strict=True):
        if math.isfinite(b):
            text.append(f"{pen}{a:.1f} {b:.1f}" + "h0" * (pen == "M"))  # h0: a point alone is a dot
        pen = "L" if math.isfinite(b) else "M"
    return "".join(text)


def _about(block: int) -> list[str]:
    each = "one log row, of one minibatch" if block == 1 else f"the mean of {block} log rows"
    return [
        "V(D, G) = mean log D(x) + mean log(1 − D(G(z))): D raises it, G lowers it; the loss of D "
        "is −V. Dashed is −log 4 = −1.386, where G has become the data and D can only guess.",
        "D(x) and D(G(z)) are the mean probabilities that D gives to data and to samples. Both "
        "near 1/2: D can only guess. Near 1 and 0: D has won, and G learns little.",
        f"The upright line is the step of the picture. Each point of a curve is {each}.",
    ]
