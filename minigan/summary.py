"""A network as a table: what its layers are, what shape they put out, how much they hold."""

from __future__ import annotations

import math
from typing import Any

from minigan.backend import array_module, device_module
from minigan.conditional import KeepLabels
from minigan.layer import Layer, Sequential
from minigan.limits import check_kind, check_shape
from minigan.reshape import Pack


def table(net: Sequential, shape: tuple[int, ...]) -> str:
    """A line per layer with its output shape and parameter count, and the totals.

    Running statistics are counted as parameters that are not trained, as Keras counts them.

    **Parameters**  net: the network; shape of one input, without the batch axis: (100,) or
    (28, 28, 1).

    **Raises**  TypeError, ValueError for what is none of these; a layer's error where shape does
    not fit.
    """
    check_kind("summary", "net", net, Sequential, "a Sequential")
    rows = inner_rows(net, check_shape("summary", "shape", shape))
    lines = [("layer", "output shape", "parameters")]
    lines += [(row["layer"], str(row["shape"]), f"{row['parameters']:,}") for row in rows]
    width = [max(len(line[i]) for line in lines) for i in range(3)]
    text = [f"{a:{width[0]}}  {b:{width[1]}}  {c:>{width[2]}}" for a, b, c in lines]
    rule = "─" * len(text[0])
    trained = sum(a.size for a in net.params.values())
    fixed = sum(a.size for a in net.buffers.values())
    total = f"total {trained + fixed:,} parameters: {trained:,} trained, {fixed:,} not trained"
    return "\n".join([text[0], rule, *text[1:], rule, total])


def inner_rows(net: Sequential, shape: tuple[int, ...]) -> list[dict[str, Any]]:
    """The lines of the table as dicts; the layers inside a layer stand before it, set in."""
    rows = []
    for layer, row in zip(net.layers, rows_of(net, shape), strict=True):
        if isinstance(layer, KeepLabels):
            inner = inner_rows(layer.net, shape)
            rows += [line | {"layer": f"  {line['layer']}"} for line in inner]
            row = row | {"parameters": 0}  # counted above
        rows.append(row)
        shape = row["shape"]
    return rows


def rows_of(net: Sequential, shape: tuple[int, ...]) -> list[dict[str, Any]]:
    """The lines of the table as dicts: layer, shape and parameters (trained or not).

    The shapes are not computed by rule: zero images are sent through the network, as many as it
    takes to fill two packs of whatever it packs.
    """
    like = next(iter(net.params.values()), None)
    xp = device_module("cpu") if like is None else array_module(like)
    x = xp.zeros((2 * _packed(net), *shape), dtype="float32" if like is None else like.dtype)
    rows = []
    for layer in net.layers:
        x = layer(x)
        count = sum(a.size for a in (layer.params | layer.buffers).values())
        rows.append({"layer": repr(layer), "shape": x.shape[1:], "parameters": count})
    return rows


def _packed(layer: Layer) -> int:
    """So many examples become one, or more than one: the product of all packs in the layer."""
    inner = getattr(layer, "layers", ())
    return math.prod(map(_packed, inner)) * (layer.k if isinstance(layer, Pack) else 1)
