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
from minigan.terminal import visible

FRAMES = 100  # of a longer film so many are taken, evenly
BYTES = 6e6  # what the pictures of a page may weigh; fewer are taken where each is heavy
POINTS = 500  # of a curve; of a longer log each point is the mean of several rows
FLAT = 0.1  # nats: a plot shows at least so much, or noise would look like mountains
DRAWING = 2**15  # a picture of no more colours is a drawing
GREYS, COLOURS = 32, 256  # an eye sees no more, and the file is half or a third
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
        "title": html.escape(visible(title)),
        "settings": html.escape(visible(settings)),
        "frames": "\n".join(_image(step, png) for step, png in pictures.items()),
        "curves": _curves(rows, end, objective),
        "words": "\n".join(f"<li>{html.escape(text)}</li>" for text in (*words, *_about(block))),
        "film": json.dumps(film).replace("NaN", "null"),
    }
    template = files("minigan").joinpath("page.html").read_text(encoding="utf-8")
    # in one pass: a title that looks like the name of a part stays a title
    text = re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], template)
    with replacing(Path(path)) as temporary:
        temporary.write_bytes(text.encode(errors="backslashreplace"))  # a name may be no UTF-8


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
    """A picture in 32 greys or 256 colours, as a PNG file; None when it cannot be read."""
    from PIL import Image

    from minigan.data.decoding import opened

    with contextlib.suppress(ValueError), opened(("", path)) as picture:
        if picture.mode == "L":
            steps = np.round(np.arange(256) * (GREYS - 1) / 255)
            small = picture.point(np.round(steps * 255 / (GREYS - 1)).astype(int).tolist())
        else:
            coloured = picture.convert("RGB")
            # exact in the areas of a drawing; quick where almost every pixel has its own colour
            few = coloured.getcolors(DRAWING) is not None
            method = Image.Quantize.MEDIANCUT if few else Image.Quantize.FASTOCTREE
            small = coloured.quantize(COLOURS, method, dither=Image.Dither.NONE)
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
    """The numbers of this step, and three plots."""
    cells = [
        f'<div><dt>{name}</dt><dd data-column="{column}">–</dd></div>'
        for name, column in zip(NAMES, COLUMNS, strict=True)
    ]
    goal = (-math.log(2), "−log 2") if objective == "minimax" else (math.log(2), "log 2")
    loss = f'<b class="G">loss of G</b> ({html.escape(objective)})'
    chances = '<b class="D">D(x)</b> and <b class="G">D(G(z))</b>'
    plots = (
        _plot(rows, end, '<b class="D">V(D, G)</b>', {"D": "V"}, (-math.log(4), "−log 4")),
        _plot(rows, end, loss, {"G": "loss_G"}, goal),
        _plot(rows, end, chances, {"D": "D_real", "G": "D_fake"}, (0.5, "1/2"), (0.0, 1.0)),
    )
    steps = f'<p class="steps pale"><span>step 0</span><span>{end:,.0f}</span></p>'
    return "\n".join((f"<dl>{''.join(cells)}</dl>", *plots, steps))


def _plot(
    rows: Log,
    end: float,
    title: str,
    columns: dict[str, str],
    goal: tuple[float, str],
    limits: tuple[float, float] | None = None,
) -> str:
    """An SVG of 1000 x 1000 that is stretched to its place; its words are HTML beside it."""
    values = [y for name in columns.values() for y in rows[name] if math.isfinite(y)]
    low, high = limits or (min([*values, goal[0]]), max([*values, goal[0]]))
    flat = max(0.0, FLAT - (high - low)) / 2
    low, high = low - flat, high + flat
    margin = 0.08 * (high - low)

    def place(y: float) -> float:
        return 1000 * (high + margin - y) / (high - low + 2 * margin)

    x = [1000 * step / end for step in rows["step"]]
    paths = [
        f'<path class="{player}" d="{_path(x, [place(y) for y in rows[name]])}"/>'
        for player, name in columns.items()
    ]
    ticks = [
        f'<span class="tick" style="top:{place(y) / 10:.1f}%">{_number(y)}</span>'
        for y in sorted({low, high})
    ]
    top = place(goal[0])
    return (
        f'<h3>{title}</h3>\n<div class="plot"><svg viewBox="0 0 1000 1000" role="img" '
        f'preserveAspectRatio="none" aria-label="{re.sub("<[^>]*>", "", title)} over the steps">'
        f'<line class="goal" x1="0" x2="1000" y1="{top:.1f}" y2="{top:.1f}"/>{"".join(paths)}'
        f'<line class="now" x1="0" x2="0" y1="0" y2="1000"/></svg>{"".join(ticks)}'
        f'<span class="tick goal" style="top:{top / 10:.1f}%">{goal[1]}</span></div>'
    )


def _number(y: float) -> str:
    return (f"{y:.2f}" if abs(y) < 100 else f"{y:.1e}").replace("-", "−")


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
        "The loss of G is then log 2 = 0.693, or −log 2 for minimax.",
        "D(x) and D(G(z)) are the mean probabilities that D gives to data and to samples. Both "
        "near 1/2: D can only guess. Near 1 and 0: D has won, and G learns little.",
        f"The upright line is the step of the picture. Each point of a curve is {each}.",
    ]
