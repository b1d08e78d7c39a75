"""Every public function of the core has a line in RANGES, or stands here and says why not."""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ranges import parameters
from test_ranges import RANGES

import minigan

CORE = sorted(p.stem for p in Path(minigan.__file__).parent.glob("[!_]*.py"))

# Whole files of which nobody but minigan calls the functions: what comes in there has been looked
# at by the function named here.
WITHIN = {
    "archive": "checkpoint, by check_path",
    "arguments": "the command line, which has tests of its own",
    "blocks": "layers, by check_input and check_dy",
    "cli": "the command line, which has tests of its own",
    "comparison": "check_layer and check_game",
    "contract": "check_layer",
    "differences": "check_layer and check_game",
    "disguises": "check_layer",
    "draws": "Random: the arrays are its own",
    "elsewhere": "check_layer",
    "fast_patches": "convolutions, by check_input and check_dy",
    "files": "whoever reads or writes a file, by check_path",
    "game_contract": "check_game",
    "inputs": "these are the checks",
    "limits": "these are the checks",
    "npy": "whoever reads a file; what is in it is refused there",
    "page": "training, which writes the page of a run",
    "painting": "convolutions, by check_input and check_dy",
    "patch_blocks": "convolutions, by check_input and check_dy",
    "philox": "Random: the counters are its own",
    "replay": "check_layer and check_game",
    "rule_checks": "these are the checks",
    "single_precision": "check_layer",
    "spans": "convolutions, by check_input and check_dy",
    "starting": "the command line, which has tests of its own",
    "streams": "Random, which checks and hands on",
    "terminal": "the command line, which has tests of its own",
}
# Single functions of this kind.
HANDED_ON = {
    "activations.log1p_exp": "softplus and cross_entropy, by check_floats",
    "activations.logistic": "sigmoid and the objectives, by check_floats",
    "activations.rounded_once": "the objectives, of their formulas",
    "activations.widened": "the objectives, by check_floats",
    "batchnorm.BatchNorm.check": "it is the check of forward",
    "chains.activated": "Sequential, of two layers",
    "checkpoint.count": "whoever reads a checkpoint",
    "checkpoint.finite": "whoever reads a checkpoint",
    "checkpoint.like": "whoever reads a checkpoint",
    "checkpoint.need": "whoever reads a checkpoint",
    "checkpoint.using": "whoever reads a checkpoint",
    "conditional.beside_labels": "the data set, of its own rows and labels",
    "conv_networks.image_sides": "the networks, and it is their check",
    "gan.sum_of_gradients": "the rules, of two gradients of one network",
    "gan.watch_nothing": "it takes what watch is given, and does nothing",
    "initializers.drawn": "it is the check of initializers",
    "layer.Layer.__call__": "the layers, each of which has lines",
    "layer.Layer.backward": "the layers, each of which has lines",
    "layer.Layer.forward": "the layers, each of which has lines",
    "layer.Layer.joined": "Sequential, of two layers",
    "layer.check_layers": "it is the check of Sequential",
    "layer.named": "Sequential, of its layers' arrays",
    "model.output_layers": "the networks, of sizes that they have checked",
    "optimizer.Optimizer.ascend": "the optimizers, each of which has lines",
    "optimizer.Optimizer.descend": "the optimizers, each of which has lines",
    "patches.fold": "convolutions; plain maps, which take an empty batch, too",
    "patches.unfold": "convolutions; plain maps, which take an empty batch, too",
    "patches.gather": "convolutions, by check_input and check_dy",
    "patches.pad": "convolutions, by check_input and check_dy",
    "patches.scatter": "convolutions, by check_input and check_dy",
    "patches.tap": "unfold and fold",
    "patches.weight_gradient": "convolutions, by check_input and check_dy",
    "plane.Plane": "look, which makes it",
    "plots.new_figure": "the plots, of sizes that are fixed",
    "plots.write_figure": "the plots, by check_path",
    "rules_joint.both_gradients": "the rules, by check_rule and check_loop",
    "schedules.checked_rate": "it is the check of rates",
    "several.deal": "Generators, of its batch",
    "several.pairs": "objectives, by check_table",
    "summary.inner_rows": "table",
    "summary.rows_of": "table",
    "threads.share": "formulas, of the parts that they count",
    "upsampled.Phases": "Upsampled, of an x that its layers take",
    "upsampled.Phases.channels": "Upsampled, by check_dy",
    "upsampled.Phases.gather": "Upsampled, of an x that its layers take",
    "upsampled.Phases.gradient": "Upsampled, by check_dy",
    "upsampled.fits": "Sequential, of two layers",
    "upsampling.UpSampling2D.joined": "Sequential, of two layers",
    "window.Window": "window, which checks",
    "window.Window.image": "convolutions, of images that they have checked",
    "window.Window.pads": "convolutions, of images that they have checked",
    "window.Window.positions": "convolutions, of images that they have checked",
    "window.pair": "it is the check of kernel and stride",
}


def functions(stem: str) -> Iterator[tuple[str, Any]]:
    """The public functions, classes and methods of a module that take parameters."""
    module = importlib.import_module(f"minigan.{stem}")
    for name, found in vars(module).items():
        if name.startswith("_") or getattr(found, "__module__", "") != module.__name__:
            continue
        if inspect.isclass(found) and not issubclass(found, Exception):
            yield f"{stem}.{name}", found
            for method, function in vars(found).items():
                public = not method.startswith("_") or method == "__call__"
                if public and inspect.isfunction(function):
                    yield f"{stem}.{name}.{method}", function
        elif inspect.isfunction(found):
            yield f"{stem}.{name}", found


@pytest.mark.parametrize("stem", CORE)
def test_every_public_function_has_a_line(stem: str) -> None:
    lines = {line.name for line in RANGES}
    missing = [name for name, found in functions(stem) if parameters(found) and name not in lines]
    if stem in WITHIN:
        assert set(missing) == {n for n, found in functions(stem) if parameters(found)}
    else:
        assert [name for name in missing if name not in HANDED_ON] == []


def test_no_reason_is_left_over() -> None:
    lines = {line.name for line in RANGES}
    there = {name for stem in CORE for name, _ in functions(stem)}
    assert set(HANDED_ON) <= there - lines
    assert set(WITHIN) <= set(CORE)
    assert not {name for name in HANDED_ON if name.partition(".")[0] in WITHIN}


def test_what_the_package_offers_has_lines() -> None:
    """Each name of minigan.__all__ that can be called, wherever it is defined."""
    lines = {line.name for line in RANGES}
    for name in minigan.__all__:
        found = getattr(minigan, name)
        if not callable(found) or name in ("DeviceError", "Layer"):
            continue
        module = found.__module__.removeprefix("minigan.")
        assert f"{module}.{name}" in lines


@pytest.mark.parametrize(
    ("source", "found"),
    [("def f(x): ...", {"x"}), ("def f(self, x=1, *rest, k): ...", {"x", "rest", "k"})],
)
def test_parameters_are_found(source: str, found: set[str]) -> None:
    names: dict[str, Any] = {}
    exec(compile(ast.parse(source), "", "exec"), names)
    assert parameters(names["f"]) == found
