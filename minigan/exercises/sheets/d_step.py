"""Exercise d-step: the gradient that D ascends.

D and G are networks: y, cache = net.forward(x), and dx, grads = net.backward(dy, cache), where
grads has an array for each name of net.params. D ends in a logit a, and slopes(a_real, a_fake)
returns ∂V/∂a on data and on samples. Return the gradient of V with respect to D's parameters, on
the data x and the noise z, and leave both networks as they were. What you need is in
docs/09-the-game.md. Then: minigan exercise check THIS_FILE
"""

EXERCISE = "d-step"


def gradient(D, G, x, z, slopes) -> dict:
    """Return ∇_θd V as a dict with the keys of D.params.

    **Shapes**  x (m, n) data, z (m, n_z) noise
    """
    raise NotImplementedError("run D on data and on samples, and go back through both runs")
