"""The checks themselves: no wrong backward passes, no right one alarms, no kink is judged."""

import numpy as np
import pytest
from layers_table import LAYERS
from wrong_layers import WRONG, Norm3

from minigan import gan
from minigan.activations import LeakyReLU, ReLU, Sigmoid, Tanh, sigmoid, softplus
from minigan.backend import Random
from minigan.batchnorm import BatchNorm
from minigan.checks import GradientError, KinkError, NoVerdictError, check_game, check_layer
from minigan.dense import Dense
from minigan.dropout import Dropout
from minigan.layer import Layer, Sequential
from minigan.maxout import Maxout
from minigan.objectives import MINIMAX, NON_SATURATING, Objective, minimax_loss

# No wrong one passes ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "shape", "pattern"), [line[1:] for line in WRONG], ids=[line[0] for line in WRONG]
)
def test_a_wrong_backward_is_caught_with_default_settings(make, shape, pattern):
    with pytest.raises(GradientError, match=pattern) as caught:
        check_layer(make, shape)
    assert "\n" not in str(caught.value)


def test_there_are_at_least_27_kinds_of_wrong_backward():
    assert len({line[0] for line in WRONG}) == len(WRONG) >= 27


@pytest.mark.parametrize("size", [1e-3, 1e-4, 1e-5])
@pytest.mark.parametrize("at", range(12))
def test_one_entry_wrong_by_little_is_named(at, size):
    class Off(Dense):
        def backward(self, dy, cache, **need):
            dx, grads = super().backward(dy, cache, **need)
            if grads:
                grads["W"].reshape(-1)[at] *= 1 + size
            return dx, grads

    with pytest.raises(GradientError) as caught:
        check_layer(lambda rng: Off(3, 4, rng), (5, 3))
    i, j = np.unravel_index(at, (3, 4))
    assert f"the gradient for W[{i}, {j}] is wrong" in str(caught.value)
    assert "(1 of 12 entries of W are wrong)" in str(caught.value)
    (row,) = [row for row in caught.value.rows if row.name == "W"]
    assert (row.index, row.wrong, row.verdict) == ((i, j), 1, "wrong")
    assert row.analytic == pytest.approx(row.numeric * (1 + size), rel=1e-8)
    assert row.error == pytest.approx(size, rel=1e-2)


def test_the_message_names_layer_entry_both_values_and_the_error():
    class Off(Dense):
        def backward(self, dy, cache, **need):
            dx, grads = super().backward(dy, cache, **need)
            if grads:
                grads["b"][1] *= -2
            return dx, grads

    with pytest.raises(GradientError) as caught:
        check_layer(lambda rng: Off(2, 2, rng), (3, 2), modes=["eval"])
    message = str(caught.value)
    assert message.startswith("Dense(2 → 2) in evaluation: the gradient for b[1] is wrong: ")
    row = caught.value.rows[-1]
    assert row.analytic == pytest.approx(-2 * row.numeric)
    assert f"analytic {row.analytic:.10g}, numeric {row.numeric:.10g}, " in message
    assert "relative error 1.5, " in message
    assert message.endswith("expected at most 1e-06 (1 of 2 entries of b are wrong).")


# No right one alarms ------------------------------------------------------------------------------


class Smooth(Layer):
    def __init__(self, f, slope):
        super().__init__()
        self.f, self.slope = f, slope

    def forward(self, x, train=True):
        return self.f(x), x

    def backward(self, dy, cache, *, need_dx=True, need_grads=True):
        return (dy * self.slope(cache) if need_dx else None), {}


def softmax(x):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


class Softmax(Layer):
    def forward(self, x, train=True):
        y = softmax(x)
        return y, y

    def backward(self, dy, cache, *, need_dx=True, need_grads=True):
        y = cache
        return (y * (dy - (dy * y).sum(axis=1, keepdims=True)) if need_dx else None), {}


class UnitLength(Layer):
    def forward(self, x, train=True):
        length = np.sqrt((x * x).sum(axis=1, keepdims=True))
        return x / length, (x / length, length)

    def backward(self, dy, cache, *, need_dx=True, need_grads=True):
        y, length = cache
        return ((dy - y * (dy * y).sum(axis=1, keepdims=True)) / length if need_dx else None), {}


SMOOTH = {  # y, its slope, the sizes of x at which it is tried
    "exp": (np.exp, np.exp, (1, 10)),
    "x³": (lambda x: x**3, lambda x: 3 * x * x, (1e-3, 1, 30, 1e4)),
    "x⁹": (lambda x: x**9, lambda x: 9 * x**8, (1, 30)),
    "σ": (sigmoid, lambda x: sigmoid(x) * sigmoid(-x), (1e-6, 1, 30, 1e4)),
    "ζ": (softplus, sigmoid, (1, 30)),
    "ζ, naive": (lambda x: np.log(1 + np.exp(x)), sigmoid, (1, 30)),
    "tanh": (np.tanh, lambda x: 1 / np.cosh(np.clip(x, -300, 300)) ** 2, (1, 30)),
    "sin 50x": (lambda x: np.sin(50 * x), lambda x: 50 * np.cos(50 * x), (1, 30, 1e4)),
    "1e-20 sin": (lambda x: 1e-20 * np.sin(x), lambda x: 1e-20 * np.cos(x), (1, 30)),
    "1e12 sin": (lambda x: 1e12 * np.sin(x), lambda x: 1e12 * np.cos(x), (1, 30)),
    "1e6 + sin": (lambda x: 1e6 + np.sin(x), np.cos, (1, 30)),
    "a narrow peak": (
        lambda x: 1 / (1 + 1e4 * x * x),
        lambda x: -2e4 * x / (1 + 1e4 * x * x) ** 2,
        (1e-3, 1, 30),
    ),
    "1/x": (lambda x: 1 / x, lambda x: -1 / (x * x), (1e-2, 1, 30)),
    "log |x|": (lambda x: np.log(abs(x)), lambda x: 1 / x, (1e-2, 1, 30)),
    "x |x|": (lambda x: x * abs(x), lambda x: 2 * abs(x), (1, 30)),
    "constant": (lambda x: 0 * x + 3, lambda x: 0 * x, (1, 30)),
}


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("name", SMOOTH)
def test_a_right_layer_never_alarms(name, seed):
    f, slope, scales = SMOOTH[name]
    for scale in scales:
        with np.errstate(over="ignore"):
            rows = check_layer(
                lambda rng: Smooth(f, slope), (6, 5), seed=seed, input_scale=scale, modes=["eval"]
            )
        assert [row.verdict for row in rows] == ["ok"]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    ("make", "scale", "mean"),
    [
        (lambda rng: BatchNorm(4, rng), 1, 0),
        (lambda rng: BatchNorm(4, rng), 1, 1e6),
        (lambda rng: BatchNorm(4, rng), 1e-3, 0),
        (lambda rng: BatchNorm(4, rng), 1e-6, 0),
        (lambda rng: BatchNorm(4, rng), 1e4, 1e6),
        (lambda rng: Softmax(), 1, 0),
        (lambda rng: Softmax(), 30, 1e3),
        (lambda rng: UnitLength(), 1, 0),
        (lambda rng: UnitLength(), 1e-3, 0),
        (lambda rng: Sequential(Dense(4, 5, rng), BatchNorm(5, rng)), 1, 0),  # the true db is 0
        (lambda rng: Sequential(Dense(4, 20, rng), ReLU(), Dense(20, 1, rng)), 30, 0),
        (
            lambda rng: Sequential(Dense(4, 20, rng), LeakyReLU(), Dense(20, 9, rng), Maxout(3)),
            1,
            0,
        ),
    ],
)
def test_right_layers_at_awkward_sizes(make, scale, mean, seed):
    x = mean + scale * Random(seed, dtype="float64").normal((6, 4))
    assert all(row.verdict == "ok" for row in check_layer(make, x=x, seed=seed))


def test_a_layer_may_compute_more_than_it_is_asked_for():
    class Eager(Dense):
        def backward(self, dy, cache, *, need_dx=True, need_grads=True):
            return super().backward(dy, cache)

    assert all(row.verdict == "ok" for row in check_layer(lambda rng: Eager(3, 4, rng), (5, 3)))


class PReLU(Layer):
    """One slope for all that is negative: a parameter without axes."""

    def __init__(self, a):
        super().__init__()
        self.params["a"] = a

    def forward(self, x, train=True):
        return np.where(x > 0, x, self.params["a"] * x), x

    def backward(self, dy, cache, *, need_dx=True, need_grads=True):
        slope = np.where(cache > 0, 1, self.params["a"]).astype(dy.dtype)
        return dy * slope, {"a": self.wrongly * (dy * np.minimum(cache, 0)).sum()}

    wrongly = 1


def test_a_parameter_may_have_no_axes(monkeypatch):
    def make(rng):
        return PReLU(rng.array(0.25))

    rows = check_layer(make, (4, 3))
    assert [(row.name, row.entry, row.shape, row.verdict) for row in rows[1::2]] == [
        ("a", "a", (), "ok")
    ] * 2
    monkeypatch.setattr(PReLU, "wrongly", 2)
    with pytest.raises(GradientError, match=r"the gradient for a is wrong: .* \(1 of 1 entries"):
        check_layer(make, (4, 3))


def test_a_numpy_scalar_is_no_parameter():
    with pytest.raises(
        TypeError, match=r"a is a NumPy scalar, expected an array, .* rng\.array\(\.\.\.\)\.$"
    ):
        check_layer(lambda rng: PReLU(rng.array(0.25) + 1), (4, 3))


def test_with_dy_1_a_batchnorm_without_its_variance_term_would_pass():
    """Σ y is the same whatever x is: with dy = 1 the truth is 0, and so is the wrong formula."""
    rng = Random(0, dtype="float64")
    x, layer = rng.normal((6, 3)), BatchNorm(3, rng)
    _, (x_hat, s, _) = layer.forward(x)
    off = {}
    for name, dy in (("dy = 1", np.ones((6, 3))), ("random dy", rng.normal((6, 3)))):
        without = layer.params["gamma"] / s * (dy - dy.mean(axis=0))
        off[name] = abs(without - layer.backward(dy, (x_hat, s, True))[0]).max()
    assert off["dy = 1"] < 1e-15
    assert off["random dy"] > 0.1


def test_x_of_its_own_is_left_alone():
    x = Random(0, dtype="float64").normal((3, 2))
    before = x.copy()
    check_layer(lambda rng: Tanh(), x=x)
    np.testing.assert_array_equal(x, before)
    x.flags.writeable = False
    check_layer(lambda rng: Tanh(), x=x)


def test_the_same_seed_gives_the_same_table():
    make = next(make for name, make, _ in LAYERS if name == "Sequential, a generator")
    assert check_layer(make, (6, 3), seed=5) == check_layer(make, (6, 3), seed=5)
    assert check_layer(make, (6, 3), seed=5) != check_layer(make, (6, 3), seed=6)


# No kink is judged --------------------------------------------------------------------------------


class Absolute(Layer):
    def forward(self, x, train=True):
        return abs(x), x

    def backward(self, dy, cache, *, need_dx=True, need_grads=True):
        return (dy * np.sign(cache) if need_dx else None), {}


AT_A_KINK = [
    ("|x| at 0", lambda rng: Absolute(), [[1.0, 0.0]], r"x\[0, 1\]", "-a", "a"),
    ("ReLU at 0", lambda rng: ReLU(), [[0.0, 2.0], [-1.0, 3.0]], r"x\[0, 0\]", "0", "a"),
    ("ReLU at -0", lambda rng: ReLU(), [[-0.0, 2.0]], r"x\[0, 0\]", "0", "a"),
    ("LeakyReLU at 0", lambda rng: LeakyReLU(0.2), [[2.0, 0.0]], r"x\[0, 1\]", "0.2a", "a"),
    ("a tie of Maxout", lambda rng: Maxout(2), [[1.0, 5.0, 1.0, 2.0]], r"x\[0, [02]\]", "0", "a"),
]


@pytest.mark.parametrize(
    ("make", "x", "entry", "left", "right"),
    [c[1:] for c in AT_A_KINK],
    ids=[c[0] for c in AT_A_KINK],
)
def test_a_kink_is_reported_as_a_kink(make, x, entry, left, right):
    with pytest.raises(KinkError, match=f"there is a kink at {entry}: the slope is") as caught:
        check_layer(make, x=np.array(x))
    assert isinstance(caught.value, NoVerdictError)
    assert not isinstance(caught.value, GradientError)
    (row,) = caught.value.rows
    assert row.verdict == "kink"
    assert row.kinks == (2 if "Maxout" in row.layer else 1)
    assert abs(row.jump) > 0.01


@pytest.mark.parametrize("kinked", [0, 1, 3, 4])
def test_x_is_drawn_anew_at_a_kink_a_few_times(kinked, monkeypatch):
    """As if the first draws had hit a 0 exactly."""
    normal = Random.normal

    def unlucky(self, shape, std=1.0):
        values = normal(self, shape, std)
        if self.stream in [f"check_layer/x {draw}" for draw in range(kinked)]:
            values[2, 1] = 0.0
        return values

    monkeypatch.setattr(Random, "normal", unlucky)
    if kinked < 4:
        rows = check_layer(lambda rng: ReLU(), (3, 2))
        assert all(row.verdict == "ok" and row.kinks == 0 for row in rows)
    else:
        with pytest.raises(KinkError, match=r"there is a kink at x\[2, 1\].*try another x or seed"):
            check_layer(lambda rng: ReLU(), (3, 2))


@pytest.mark.parametrize("distance", [1e-2, 1e-3, 1e-4, 1e-5, 1e-6])
@pytest.mark.parametrize("side", [-1, 1])
@pytest.mark.parametrize("make", [ReLU, Absolute, lambda: LeakyReLU(0.2)])
def test_close_to_a_kink_the_step_shrinks_until_it_is_out_of_reach(make, distance, side):
    rows = check_layer(lambda rng: make(), x=np.array([[side * distance, 1.0]]))
    assert all(row.verdict == "ok" for row in rows)


@pytest.mark.parametrize("distance", [1e-8, 1e-10, 1e-12, 1e-14])
def test_a_kink_within_reach_is_never_a_pass_nor_a_wrong_gradient(distance):
    try:
        rows = check_layer(lambda rng: Absolute(), x=np.array([[distance, 1.0]]))
        assert all(row.verdict == "ok" and row.uncertainty < 1e-5 for row in rows)
    except NoVerdictError:
        pass  # that is as good

    class Flipped(Absolute):
        def backward(self, dy, cache, *, need_dx=True, need_grads=True):
            return (-dy * np.sign(cache) if need_dx else None), {}

    with pytest.raises((GradientError, NoVerdictError)):
        check_layer(lambda rng: Flipped(), x=np.array([[distance, distance]]))


def test_a_wrong_gradient_elsewhere_comes_before_a_kink():
    class Off(ReLU):
        def backward(self, dy, cache, **need):
            dx, grads = super().backward(dy, cache, **need)
            return (None if dx is None else 1.01 * dx), grads

    with pytest.raises(GradientError, match=r"x\[0, 1\].*1 of 3 entries"):
        check_layer(lambda rng: Off(), x=np.array([[0.0, 2.0, -1.0]]))


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (lambda x: 1e13 + np.sin(x), [[0.3, 0.4]]),
        (np.floor, [[1.0, 2.0]]),
        (lambda x: np.where(x == 0.5, 9.0, x), [[0.5, 0.5]]),
    ],
    ids=["rounded away", "a jump", "a point apart"],
)
def test_what_cannot_be_measured_is_no_pass(f, x):
    with pytest.raises((NoVerdictError, GradientError)) as caught:
        check_layer(lambda rng: Smooth(f, np.cos), x=np.array(x))
    assert isinstance(caught.value, NoVerdictError)


def test_an_infinite_output_has_no_slopes():
    with (
        np.errstate(over="ignore"),
        pytest.raises(
            NoVerdictError, match="y is not finite, so it has no slopes; use an x nearer"
        ),
    ):
        check_layer(lambda rng: Smooth(np.exp, np.exp), x=np.array([[1.0, 1e4]]))


# Arguments ----------------------------------------------------------------------------------------


def test_float32_is_refused_with_the_reason():
    reason = "float32, expected float64: a difference of two float32 numbers keeps 3 or 4 digits"
    with pytest.raises(TypeError, match=f"x is {reason}"):
        check_layer(lambda rng: Tanh(), x=np.ones((2, 3), np.float32))
    with pytest.raises(TypeError, match=rf"check_layer, Dense\(3 → 4\): W is {reason}"):
        check_layer(lambda rng: Dense(3, 4, Random(0)), (5, 3))
    rng = Random(0)
    G, D = Sequential(Dense(2, 3, rng)), Sequential(Dense(3, 1, rng))
    with pytest.raises(TypeError, match=f"check_game: G: 0.W is {reason}"):
        check_game(G, D, rng.normal((4, 3)), rng.normal((4, 2)))
    rng = Random(0, dtype="float64")
    G, D = Sequential(Dense(2, 3, rng)), Sequential(Dense(3, 1, rng))
    with pytest.raises(TypeError, match=f"check_game: x is {reason}"):
        check_game(G, D, Random(0).normal((4, 3)), rng.normal((4, 2)))


@pytest.mark.parametrize("shape", [5, (), (5, 0), (5, -1), (5, 2.0), (5, True), "53", None])
def test_odd_shapes_give_clear_errors(shape):
    expected = "either a shape for x, such as" if shape is None else "sizes of 1 or more, such as"
    with pytest.raises(ValueError, match=expected):
        check_layer(lambda rng: Tanh(), shape)


@pytest.mark.parametrize(
    ("kwargs", "kind", "message"),
    [
        ({"modes": "train"}, ValueError, "modes is 'train', expected some of"),
        ({"modes": []}, ValueError, r"modes is \[\], expected some of"),
        ({"modes": ["test"]}, ValueError, "expected some of"),
        ({"tolerance": 0}, ValueError, "tolerance is 0, expected a number above 0"),
        ({"input_scale": float("inf")}, ValueError, "input_scale is inf, expected a number above"),
        ({"seed": -1}, ValueError, "seed is -1, expected an integer of 0 or more"),
        ({"device": "tpu"}, ValueError, "device is 'tpu', expected one of"),
        ({"x": [[1.0]]}, TypeError, "expected a NumPy or a CuPy array, got builtins"),
        ({"x": np.ones((2, 2))}, ValueError, "either a shape for x, such as"),
    ],
)
def test_arguments_without_sense(kwargs, kind, message):
    with pytest.raises(kind, match=message):
        check_layer(lambda rng: Tanh(), (2, 2), **kwargs)


def test_make_must_return_a_layer():
    with pytest.raises(TypeError, match="make returned None, expected a Layer"):
        check_layer(lambda rng: None, (2, 2))


def test_a_wrong_shape_for_the_layer_is_the_layers_own_error():
    with pytest.raises(
        ValueError, match=r"Dense\(3 → 4\): x has shape \(5, 2\), expected \(m, 3\)"
    ):
        check_layer(lambda rng: Dense(3, 4, rng), (5, 2))


def test_a_row_says_which_entry():
    rows = check_layer(lambda rng: Dense(3, 4, rng), (5, 3))
    assert [(r.mode, r.name, r.shape, r.entries) for r in rows[:3]] == [
        ("train", "x", (5, 3), 15),
        ("train", "W", (3, 4), 12),
        ("train", "b", (4,), 4),
    ]
    i, j = rows[1].index
    assert rows[1].entry == f"W[{i}, {j}]"
    assert 0 <= rows[1].error < 1e-9
    assert rows[1].uncertainty < 1e-9


# On a device --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "shape"), [line[1:] for line in LAYERS], ids=[line[0] for line in LAYERS]
)
def test_every_layer_on_the_device(cuda, make, shape):
    here, there = check_layer(make, shape), check_layer(make, shape, device="cuda")
    assert [(r.mode, r.name, r.verdict) for r in there] == [(r.mode, r.name, "ok") for r in here]
    if cuda.double:
        assert there == here


def test_a_wrong_layer_is_caught_on_the_device(cuda):
    class Off(Tanh):
        def backward(self, dy, cache, **need):
            dx, grads = super().backward(dy, cache, **need)
            return (None if dx is None else dx * 1.0001), grads

    with pytest.raises(
        GradientError, match=r"15 of 15 entries of x are wrong, by the factor 1\.0001"
    ):
        check_layer(lambda rng: Off(), (5, 3), device="cuda")
    with pytest.raises(KinkError, match=r"there is a kink at x\[0, 0\]"):
        check_layer(lambda rng: ReLU(), x=cuda.xp.zeros((1, 1), dtype="float64"))


def test_the_whole_game_on_the_device(cuda):
    rng = Random(0, "cuda", "float64")
    G, D = players(rng, norm=True, dropout=True, maxout=True)
    rows = check_game(G, D, rng.normal((4, 3)), rng.normal((4, 2)))
    assert {row.verdict for row in rows} == {"ok"}


# The composed game --------------------------------------------------------------------------------


def players(rng, *, norm=False, dropout=False, maxout=False):
    G = [Dense(2, 5, rng), *([BatchNorm(5, rng)] if norm else []), ReLU(), Dense(5, 3, rng), Tanh()]
    D = [Dense(3, 6, rng), Maxout(2) if maxout else LeakyReLU(0.2)]
    D += [BatchNorm(3 if maxout else 6, rng)] if norm else []
    D += [Dropout(0.3, rng)] if dropout else []
    return Sequential(*G), Sequential(*D, Dense(3 if maxout else 6, 1, rng))


KINDS = {
    "plain": {},
    "BatchNorm": {"norm": True},
    "dropout": {"dropout": True},
    "maxout": {"maxout": True, "dropout": True},
    "all": {"norm": True, "dropout": True, "maxout": True},
}


def a_game(seed=0, **kind):
    rng = Random(seed, dtype="float64")
    G, D = players(rng, **kind)
    return G, D, rng.normal((6, 3)), rng.normal((6, 2))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("kind", KINDS)
def test_the_whole_game(kind, seed):
    G, D, x, z = a_game(seed, **KINDS[kind])
    rows = check_game(G, D, x, z)
    assert [(row.layer, row.name) for row in rows] == [
        *(("V(D, G) by D", name) for name in D.params),
        *(("minimax loss by G", name) for name in G.params),
        *(("non-saturating loss by G", name) for name in G.params),
    ]
    assert all(row.verdict == "ok" and row.error < 1e-6 for row in rows)


def test_the_game_is_left_as_it_was():
    G, D, x, z = a_game(norm=True, dropout=True)
    arrays = [
        *G.params.values(),
        *D.params.values(),
        *G.buffers.values(),
        *D.buffers.values(),
        x,
        z,
    ]
    before, state = [a.copy() for a in arrays], D.layers[-2].rng.state
    check_game(G, D, x, z)
    for array, old in zip(arrays, before, strict=True):
        np.testing.assert_array_equal(array, old)
    assert D.layers[-2].rng.state == state


def test_the_objectives_can_be_chosen():
    G, D, x, z = a_game()
    rows = check_game(G, D, x, z, objectives=[MINIMAX])
    assert {row.layer for row in rows} == {"V(D, G) by D", "minimax loss by G"}


def test_an_objective_with_a_wrong_slope_is_caught():
    saturates = Objective("eps", lambda a: -np.log(sigmoid(a) + 1e-8).mean(), NON_SATURATING.slope)
    shifted = Objective("shifted", minimax_loss, lambda a: MINIMAX.slope(a) * a.size)
    G, D, x, z = a_game()
    with pytest.raises(GradientError, match=r"shifted loss by G in training.*by the factor 6\)"):
        check_game(G, D, x, z, objectives=[shifted])
    D.layers[-1].params["b"][...] = -20  # where 1e-8 beside D(G(z)) = 2e-9 makes it saturate
    with pytest.raises(GradientError, match="eps loss by G"):
        check_game(G, D, x, z, objectives=[saturates])


def fake_tape_for_real(D, G, x, z, watch=None):
    """Differentiate the real batch through the fake batch's tape."""
    fake, _ = G.forward(z)
    a_real, _ = D.forward(x)
    a_fake, tape = D.forward(fake)
    da_real, da_fake = gan.value_slopes(a_real, a_fake)
    real, fakes = (D.backward(da, tape, need_dx=False)[1] for da in (da_real, da_fake))
    return {name: real[name] + fakes[name] for name in real}


def only_real(D, G, x, z, watch=None):
    G.forward(z)
    a_real, tape = D.forward(x)
    return D.backward(gan.value_slopes(a_real, a_real)[0], tape, need_dx=False)[1]


def sum_for_mean(D, G, x, z, watch=None):
    return {name: len(x) * g for name, g in gan.discriminator_gradient(D, G, x, z).items()}


@pytest.mark.parametrize("mutant", [fake_tape_for_real, only_real, sum_for_mean])
def test_a_wrong_step_of_D_is_caught(mutant, monkeypatch):
    monkeypatch.setattr("minigan.checks.discriminator_gradient", mutant)
    with pytest.raises(GradientError, match=r"V\(D, G\) by D in training: the gradient for"):
        check_game(*a_game())


def past_D(D, G, z, objective, watch=None):
    """Send the slope straight into G."""
    fake, tape = G.forward(z)
    slope = objective.slope(D.forward(fake)[0])
    return G.backward(slope + 0 * fake, tape, need_dx=False)[1]


def evaluating_D(D, G, z, objective, watch=None):
    """Freeze D by running it in evaluation mode."""
    fake, tape_G = G.forward(z)
    a_fake, tape_D = D.forward(fake, train=False)
    dfake, _ = D.backward(objective.slope(a_fake), tape_D, need_grads=False)
    return G.backward(dfake, tape_G, need_dx=False)[1]


def wrong_sign(D, G, z, objective, watch=None):
    return {name: -g for name, g in gan.generator_gradient(D, G, z, objective).items()}


@pytest.mark.parametrize("mutant", [past_D, evaluating_D, wrong_sign])
def test_a_wrong_step_of_G_is_caught(mutant, monkeypatch):
    monkeypatch.setattr("minigan.checks.generator_gradient", mutant)
    with pytest.raises(GradientError, match="minimax loss by G in training: the gradient for"):
        check_game(*a_game(norm=True))


def test_a_wrong_layer_inside_a_player_is_caught():
    class Off(Norm3):
        def backward(self, dy, cache, **need):
            dx, grads = super().backward(dy, cache, **need)
            return (None if dx is None else dx * 1.0001), grads

    rng = Random(0, dtype="float64")
    G = Sequential(Dense(2, 3, rng), Off(rng), Tanh())
    D = Sequential(Dense(3, 1, rng))
    with pytest.raises(GradientError, match=r"minimax loss by G.*0\.W\["):
        check_game(G, D, rng.normal((6, 3)), rng.normal((6, 2)))


class Crease(Layer):
    """y = x + |b - c| where c is the b that it met first."""

    def __init__(self, rng):
        super().__init__()
        self.params["b"] = rng.zeros((3,))
        self.c = None

    def forward(self, x, train=True):
        self.c = self.params["b"].copy() if self.c is None else self.c
        return x + abs(self.params["b"] - self.c), None

    def backward(self, dy, cache, *, need_dx=True, need_grads=True):
        return (dy if need_dx else None), ({"b": 0 * dy.sum(axis=0)} if need_grads else {})


def test_a_kink_in_the_game_is_no_pass():
    rng = Random(0, dtype="float64")
    G, D = Sequential(Dense(2, 3, rng)), Sequential(Crease(rng), Dense(3, 1, rng))
    with pytest.raises(KinkError, match=r"V\(D, G\) by D in training: there is a kink at 0\.b\["):
        check_game(G, D, rng.normal((6, 3)), rng.normal((6, 2)))


def test_players_are_checked_first():
    rng = Random(0, dtype="float64")
    G, D = Sequential(Dense(2, 3, rng)), Sequential(Dense(3, 1, rng), Sigmoid())
    with pytest.raises(ValueError, match="D ends in a Sigmoid, expected a logit"):
        check_game(G, D, rng.normal((4, 3)), rng.normal((4, 2)))
