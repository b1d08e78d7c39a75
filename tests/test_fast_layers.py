"""The image layers give the same results by the fast maps as by the plain ones, and keep the rules.

Which maps a layer takes depends on the size of its arrays; here every array is large enough.
"""

import numpy as np
import pytest
from convolution_drawings import double
from fast_settings import fast, plain
from layers_table import LAYERS

from minigan.checks import check_layer

IMAGES = [line for line in LAYERS if "Conv" in line[0] or "image " in line[0]]
over_images = pytest.mark.parametrize(
    ("make", "shape"), [line[1:] for line in IMAGES], ids=[line[0] for line in IMAGES]
)


@pytest.fixture(scope="module", params=["large blocks", "small blocks, 2 threads"])
def settings(request):
    return {} if request.param == "large blocks" else {"block": 300, "threads": 2}


@over_images
@pytest.mark.parametrize("train", [True, False], ids=["train", "eval"])
def test_a_layer_gives_the_same_by_both_maps(make, shape, train, settings):
    results = []
    for maps in (plain(), fast(**settings)):
        with maps:
            rng = double()
            layer = make(rng)
            for theta in (*layer.params.values(), *layer.buffers.values()):
                theta += rng.uniform(theta.shape, 0, 0.5)  # off γ = 1 and b = 0
            y, cache = layer.forward(rng.normal(shape), train)
            dx, grads = layer.backward(rng.normal(y.shape), cache)
            results.append({"y": y, "x": dx} | grads | layer.buffers)
    expected, actual = results
    assert actual.keys() == expected.keys()
    for name, wanted in expected.items():
        scale = max(abs(wanted).max(), 1)
        np.testing.assert_allclose(actual[name], wanted, rtol=0, atol=1e-12 * scale, err_msg=name)


@pytest.mark.parametrize("name", ["Conv2D", "ConvTranspose2D", "Conv2D, one pixel"])
def test_gradients_and_protocol_by_the_fast_maps(name, settings):
    make, shape = next(line[1:] for line in IMAGES if line[0] == name)
    with fast(**settings):
        rows = check_layer(make, shape, modes=["train"])
    assert all(row.verdict == "ok" for row in rows)
