"""The section `numbers`: what a GPU computes, against NumPy; and the same again, against itself.

An error is the largest difference, by the largest number of its array (of all arrays' hundredth at
least: in front of a BatchNorm a bias has the gradient 0, and all that there is of it is rounding).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from gpu_stand_in import device

from minigan.backend import Random, to_host
from minigan.bench.game import Game, Job
from minigan.bench.run import NETWORKS
from minigan.gan import discriminator_gradient, generator_gradient
from minigan.gradcheck import LAYERS
from minigan.models import MODELS
from minigan.objectives import OBJECTIVES

DTYPES = ("float64", "float32")
EXPECTED = {"float64": 1e-10, "float32": 1e-4}  # and what is beyond it is marked
LARGE = {"float32": 10}  # times as much at a network's own size, where some x lies at a kink
TWICE = ("mlp-batchnorm", "dcgan")
Arrays = dict[str, Any]


def measure(found: Any, budget: Any, args: Any) -> None:
    """Fill the three tables."""
    with device(args.cpu):
        rows = found.tables["largest errors against NumPy"] = []
        for what, compute in _cases(args.cpu or args.quick):
            if budget.over():
                found.left_out.append(f"{what}: no time was left")
                continue
            errors = {d: error(compute("cpu", d), compute("cuda", d)) for d in DTYPES}
            large = LARGE if "own size" in what else {}
            fine = all(errors[d] <= EXPECTED[d] * large.get(d, 1) for d in DTYPES)
            rows.append({"what": what, **errors, "as expected": "yes" if fine else "NO"})
        twice = found.tables["two runs of one seed"] = []
        for name in TWICE[:1] if args.cpu else TWICE:
            equal = same_bits(*(played(name, 2 if args.cpu else 20) for _ in range(2)))
            twice.append({"network": name, "equal bit for bit": "yes" if equal else "NO"})


def error(here: Arrays, there: Arrays) -> float:
    """The largest error of any array; infinite for a NaN."""
    whole = max(float(abs(a).max()) for a in here.values())
    worst = 0.0
    for name, a in here.items():
        difference = float(abs(np.asarray(there[name], a.dtype) - a).max())
        off = difference / (max(float(abs(a).max()), 1e-2 * whole) or 1.0)
        worst = max(worst, off if np.isfinite(off) else np.inf)
    return worst


def same_bits(first: Arrays, second: Arrays) -> bool:
    """Whether all arrays are equal in every bit."""
    return all(a.tobytes() == second[name].tobytes() for name, a in first.items())


def _cases(few: bool) -> Iterator[tuple[str, Any]]:
    """What is compared, as a name and a function of device and dtype."""
    for name, cases in LAYERS.items():
        yield f"layer {name}", lambda *where, cases=cases: layer_arrays(cases, *where)
    for name in MODELS:
        yield f"small game {name}", lambda *where, name=name: game_arrays(name, *where, small=True)
    for name in NETWORKS[:1] if few else NETWORKS:
        m = 2 if few else 16
        yield (
            f"gradients of {name} at its own size, batch {m}",
            lambda *where, name=name, m=m: game_arrays(name, *where, m=m),
        )


def layer_arrays(cases: Any, device: str, dtype: str) -> Arrays:
    """y, dx, gradients and buffers of a layer's configurations, in training and in evaluation."""
    found: Arrays = {}
    for i, (make, shape) in enumerate(cases):
        for train in (True, False):
            rng = Random(7, device, dtype)
            layer = make(rng)
            for array in (*layer.params.values(), *layer.buffers.values()):
                array += rng.uniform(array.shape, 0, 0.5)  # off their special values
            y, cache = layer.forward(rng.normal(shape), train)
            dx, grads = layer.backward(rng.normal(y.shape), cache)
            arrays = {"y": y, "dx": dx} | grads | layer.buffers
            found |= {f"{i} {train} {name}": to_host(a) for name, a in arrays.items()}
    return found


def game_arrays(name: str, device: str, dtype: str, *, small: bool = False, m: int = 6) -> Arrays:
    """V's gradient in D's parameters and G's loss's in G's, of a model's game."""
    model = MODELS[name]
    rng = Random(5, device, dtype)
    if small:
        G, D = model.small_networks(rng)
        shape_z, shape_x = model.input_shapes(model.small_shape, model.small)
        z = rng.normal((m, *shape_z))
    else:
        shape_x = model.padded((28, 28, 1))
        G, D = model.networks(rng, shape_x)
        z = model.noise(rng)(m)
    x = rng.uniform((m, *shape_x))
    grads_D = discriminator_gradient(D, G, x, z)
    grads_G = generator_gradient(D, G, z, OBJECTIVES[model.objective])
    grads = (("D", grads_D), ("G", grads_G))
    return {f"{p} {key}": to_host(g) for p, found in grads for key, g in found.items()}


def played(name: str, steps: int) -> Arrays:
    """The parameters after some steps of the game that is timed."""
    game = Game(Job(name, (28, 28, 1), "cuda", "same", 64, None, False))
    for _ in range(steps):
        game.step()
    nets = (("G", game.G), ("D", game.D))
    return {f"{p} {key}": to_host(a) for p, net in nets for key, a in net.params.items()}
