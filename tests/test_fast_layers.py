"""Every layer gives the same results by the fast ways as by the plain ones, and keeps the rules.

Which way a layer takes depends on the size of its arrays; here every array is large enough for the
fast maps, for blocks and for several threads.
"""

import numpy as np
import pytest
from convolution_drawings import double
from fast_settings import fast, plain
from layers_table import LAYERS

from minigan.checks import check_layer

over_layers = pytest.mark.parametrize(
    ("make", "shape"), [line[1:] for line in LAYERS], ids=[line[0] for line in LAYERS]
)
SETTINGS = {
    "large blocks": {},
    "small blocks, 2 threads": {"block": 300, "threads": 2},
    "tiny blocks, 3 threads": {"block": 16, "threads": 3},
}
WITH_A_PRODUCT = ["Dense", "Conv2D", "ConvTranspose2D", "Conv2D, one pixel", "Upsampled"]
OF_BLOCKS = ["BatchNorm, 2", "LeakyReLU", "Dropout"]


@pytest.fixture(scope="module", params=SETTINGS.values(), ids=SETTINGS)
def settings(request):
    return request.param


@over_layers
@pytest.mark.parametrize("train", [True, False], ids=["train", "eval"])
def test_a_layer_gives_the_same_by_both_ways(make, shape, train, settings):
    results = []
    for ways in (plain(), fast(**settings)):
        with ways:
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


@pytest.mark.parametrize("name", [*WITH_A_PRODUCT, *OF_BLOCKS])
def test_gradients_and_protocol_by_the_fast_ways(name, settings):
    make, shape = next(line[1:] for line in LAYERS if line[0] == name)
    with fast(**settings):
        rows = check_layer(make, shape, modes=["train"])
    assert all(row.verdict == "ok" for row in rows)
