"""Exercise g-step: the gradient that G descends.

D and G are networks: y, cache = net.forward(x), and dx, grads = net.backward(dy, cache), where
grads has an array for each name of net.params. D ends in a logit a, and slope(a_fake) returns the
slope of G's loss in each logit on its samples. Return the gradient of that loss with respect to G's
parameters, on the noise z, and leave both networks as they were. What you need is in
docs/10-minimax-and-non-saturating.md. Then: minigan exercise check THIS_FILE
"""

EXERCISE = "g-step"


def gradient(D, G, z, slope) -> dict:
    """Return ∇_θg of the loss as a dict with the keys of G.params.

    **Shapes**  z (m, n_z) noise
    """
    raise NotImplementedError("run G and D, and go back through both")
