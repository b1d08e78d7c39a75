"""MinibatchDiscrimination against PyTorch's autograd in float64: the oracle, and no dependency."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles import oracle

from minigan.backend import Random
from minigan.initializers import normal
from minigan.minibatch import MinibatchDiscrimination

torch = oracle("torch")
pytestmark = pytest.mark.oracle("torch")

sizes = st.integers(1, 6)


def theirs(x, T, with_itself):
    """The definition in broadcasts, all pairs and kernels at once."""
    M = torch.einsum("ia,abc->ibc", x, T)
    c = torch.exp(-(M[:, None] - M[None]).abs().sum(dim=3))  # (m, m, B)
    if not with_itself:
        c = c * (1 - torch.eye(len(x), dtype=c.dtype))[:, :, None]
    return torch.cat([x, c.sum(dim=1)], dim=1)


@settings(deadline=None, max_examples=80)
@given(m=sizes, n_in=sizes, B=sizes, C=sizes, with_itself=st.booleans(), seed=st.integers(0, 2**31))
def test_y_dx_and_dT(m, n_in, B, C, with_itself, seed):
    rng = Random(seed, dtype="float64")
    layer = MinibatchDiscrimination(n_in, B, C, rng, with_itself=with_itself, T=normal(0.5))
    x = rng.normal((m, n_in))
    y, cache = layer.forward(x)
    dy = rng.normal(y.shape)
    dx, grads = layer.backward(dy, cache)
    leaves = [torch.tensor(a, requires_grad=True) for a in (x, layer.params["T"])]
    out = theirs(*leaves, with_itself)
    found = torch.autograd.grad(out, leaves, torch.tensor(dy))
    np.testing.assert_allclose(y, out.detach().numpy(), rtol=1e-11, atol=1e-12)
    for ours, g in zip((dx, grads["T"]), found, strict=True):
        np.testing.assert_allclose(ours, g.numpy(), rtol=1e-11, atol=1e-11)


def test_equal_examples_have_their_slope_at_the_kink_too():
    """PyTorch's abs has the slope sign(0) = 0, as ours."""
    rng = Random(0, dtype="float64")
    layer = MinibatchDiscrimination(3, 2, 2, rng)
    x = np.repeat(rng.normal((2, 3)), 2, axis=0)  # pairs of twins
    y, cache = layer.forward(x)
    leaf = torch.tensor(x, requires_grad=True)
    out = theirs(leaf, torch.tensor(layer.params["T"]), True)
    (g,) = torch.autograd.grad(out, leaf, torch.tensor(y))
    np.testing.assert_allclose(layer.backward(y, cache)[0], g.numpy(), rtol=1e-11)
