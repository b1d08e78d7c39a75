"""What is drawn of a game in the plane: D's map, the arrows, the warped grid, and that looking is
only looking."""

import numpy as np
import pytest
from PIL import Image

from minigan.activations import LeakyReLU, Tanh, sigmoid
from minigan.backend import Random, to_host
from minigan.batchnorm import BatchNorm
from minigan.dense import Dense
from minigan.dropout import Dropout
from minigan.layer import Sequential
from minigan.minibatch import MinibatchDiscrimination
from minigan.objectives import MINIMAX, NON_SATURATING
from minigan.plane import CELLS, FINE, LINES, LONGEST, Plane, grid_of, look, pull, shortened
from minigan.plane_picture import describe_plane, write_plane
from minigan.replay import streams
from minigan.reshape import Flatten, Pack
from minigan.several import Discriminators, Generators

BOX = ((-3.0, 3.0), (-2.0, 2.0))


def players(dtype="float64", z_dim=2, device="cpu"):
    rng = Random(5, device, dtype)
    G = Sequential(Dense(z_dim, 6, rng), BatchNorm(6, rng), Tanh(), Dense(6, 2, rng))
    D = Sequential(Dense(2, 7, rng), BatchNorm(7, rng), Tanh(), Dropout(0.5, rng), Dense(7, 1, rng))
    for net in (G, D):  # off the values at which they start
        for name, buffer in net.buffers.items():
            buffer[...] = 0.5 + 0.1 * (len(name) + buffer)
    return G, D, rng.child("z").normal((100, z_dim))


def slope(net, *weights):
    """A network whose logit is a weighted sum of x₁ and x₂."""
    net.params["W"][...] = np.array(weights, dtype=float)[:, None]
    return net


def tilted(*weights):
    return slope(Dense(2, 1, Random(0, dtype="float64"), bias=False), *weights)


@pytest.mark.parametrize("objective", [MINIMAX, NON_SATURATING], ids=lambda one: one.name)
def test_the_pull_is_minus_the_gradient_of_each_samples_own_loss(objective):
    _, D, _ = players()
    x = np.random.default_rng(0).normal(size=(20, 2))
    numeric, h = np.zeros_like(x), 1e-6
    for i, j in np.ndindex(x.shape):
        moved = [x[i : i + 1].copy(), x[i : i + 1].copy()]
        moved[0][0, j] += h
        moved[1][0, j] -= h
        above, below = (float(objective.loss(D(one))) for one in moved)
        numeric[i, j] = -(above - below) / (2 * h)
    assert np.abs(numeric).max() > 0.01
    np.testing.assert_allclose(pull(D, x, objective), numeric, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("objective", [MINIMAX, NON_SATURATING], ids=lambda one: one.name)
def test_arrows_point_towards_where_D_is_larger(objective):
    G, D, z = players()
    view = look(G, D, z, np.zeros((4, 2)), BOX, objective)
    step = 1e-4 * (view.tips - view.starts)
    assert len(step) == 60
    assert (sigmoid(D(view.starts + step)) > sigmoid(D(view.starts))).all()
    assert (view.starts == to_host(G(z[:60]))).all()


def test_both_objectives_pull_the_same_way():
    _, D, _ = players()
    x = np.random.default_rng(0).normal(size=(20, 2))
    one, other = pull(D, x, MINIMAX), pull(D, x, NON_SATURATING)
    ratio = one / other
    np.testing.assert_allclose(ratio, np.exp(D(x)) * [[1, 1]], rtol=1e-9)  # σ(a)/σ(-a) = eᵃ


def test_a_short_arrow_is_a_gentle_slope_and_no_arrow_is_longer_than_the_longest():
    D = tilted(1.0, 0.0)
    lengths = []
    for steepness in (1e-3, 1.0, 1e6):
        D.params["W"][0] = steepness
        view = look(Flatten(), D, np.zeros((3, 2)), np.zeros((3, 2)), BOX)
        lengths.append(np.linalg.norm(view.tips - view.starts, axis=1).max())
        assert (view.tips[:, 0] > 0).all()
        assert (view.tips[:, 1] == 0).all()
    longest = LONGEST * 5  # of a box of 6 x 4
    assert lengths[0] < 1e-3 * longest < lengths[1] < 0.9 * longest < lengths[2] < longest
    assert view.half == 0.8  # 4 nats across 5 units
    v = np.array([[0.0, 0.8]])
    assert shortened(v, view.half).tolist() == [[0.0, 0.5]]


def test_the_map_has_x1_along_the_columns_and_x2_along_the_rows():
    z = np.zeros((8, 2))
    view = look(Flatten(), tilted(1.0, 0.0), z, z, BOX)
    np.testing.assert_allclose(view.D[0], 1 / (1 + np.exp(-np.linspace(-3, 3, CELLS))))
    assert np.ptp(view.D, axis=0).max() == 0
    view = look(Flatten(), tilted(0.0, 1.0), z, z, BOX)
    np.testing.assert_allclose(view.D[:, 0], 1 / (1 + np.exp(-np.linspace(-2, 2, CELLS))))


def test_the_players_see_their_own_units_and_the_picture_has_the_datas():
    mean, std = np.array([100.0, -7.0]), np.array([10.0, 0.1])
    box = tuple((m - 3 * s, m + 3 * s) for m, s in zip(mean, std, strict=True))
    z = np.random.default_rng(0).normal(size=(90, 2))
    view = look(
        Flatten(), tilted(1.0, 2.0), z, mean[None], box,
        to_data=lambda y: y * std + mean, to_network=lambda x: (x - mean) / std,
    )  # fmt: skip
    plain = look(Flatten(), tilted(1.0, 2.0), z, mean[None], ((-3.0, 3.0), (-3.0, 3.0)))
    np.testing.assert_allclose(view.D, plain.D, atol=1e-12)
    assert view.half == plain.half
    for name in ("samples", "starts", "tips"):
        np.testing.assert_allclose(getattr(view, name), getattr(plain, name) * std + mean)
    np.testing.assert_allclose(view.lines[3], plain.lines[3] * std + mean)


def test_the_grid_is_regular_and_goes_through_G():
    z = np.zeros((1, 2))
    lines = np.array(grid_of(z))
    assert lines.shape == (2 * LINES, FINE, 2)
    for along, half in ((0, lines[:LINES]), (1, lines[LINES:])):
        np.testing.assert_allclose(half[:, :, along], [np.linspace(-2, 2, FINE)] * LINES)
        heights = np.linspace(-2, 2, LINES)
        np.testing.assert_allclose(half[:, :, 1 - along], heights[:, None] * np.ones(FINE))
    G, D, z = players()
    view = look(G, D, z, z, BOX)
    assert all((seen == G(line)).all() for seen, line in zip(view.lines, lines, strict=True))


@pytest.mark.parametrize(("z_dim", "count"), [(1, 1), (5, 2 * LINES)])
def test_of_another_z_the_grid_is_a_line_or_a_slice(z_dim, count):
    lines = grid_of(np.zeros((1, z_dim), dtype=np.float32))
    assert len(lines) == count
    for line in lines:
        assert line.shape == (FINE, z_dim)
        assert line.dtype == np.float32
        assert (line[:, 2:] == 0).all()
    assert (lines[0][:, 0] == np.linspace(-2, 2, FINE, dtype=np.float32)).all()


def test_of_several_players_every_grid_and_the_mean_map_are_drawn():
    G, D, z = players()
    other = tilted(3.0, 1.0)
    view = look(Generators(G, Flatten()), Discriminators(D, other), z, z, BOX)
    alone = [look(G, one, z, z, BOX) for one in (D, other)]
    np.testing.assert_allclose(view.D, (alone[0].D + alone[1].D) / 2)
    lines = grid_of(z)
    meant = [*(G(line) for line in lines), *lines]  # a Flatten gives back what it is given
    assert all((seen == line).all() for seen, line in zip(view.lines, meant, strict=True))
    x = view.starts
    mean = (pull(D, x) + pull(other, x)) / 2
    np.testing.assert_allclose(pull(Discriminators(D, other), x), mean)


@pytest.mark.parametrize(("z_dim", "words"), [
    (1, "The thin lines are the images of z from −2 to 2 under each of the 3 G."),
    (2, "The thin lines are the images of a regular grid over z, 9 lines each way from −2 to 2, "
        "warped by each of the 3 G."),
])  # fmt: skip
def test_that_there_are_several_grids_is_said(z_dim, words):
    lines = grid_of(np.zeros((1, z_dim)))
    view = still(np.full((CELLS, CELLS), 0.5), z_dim, lines=3 * lines)
    assert words in describe_plane(view)


def test_arrows_stand_on_samples_of_all_generators():
    z = Random(1, dtype="float64").normal((1000, 2))
    view = look(Generators(Flatten(), tilted_pair()), tilted(1.0, 0.0), z, z, BOX)
    made = [np.isin(view.starts[:, 0], part).sum() for part in (z[:500, 0], 100 + z[500:, 0])]
    assert made == [32, 28]


def tilted_pair():
    """G(z) = z + (100, 0)."""
    rng = Random(0, dtype="float64")
    net = Dense(2, 2, rng)
    net.params["W"][...] = np.eye(2)
    net.params["b"][...] = [100.0, 0.0]
    return net


@pytest.mark.parametrize("pack", [0, 1, 2, 7])
def test_a_D_that_judges_many_at_once_has_no_map_and_no_arrows(pack, tmp_path):
    rng = Random(0, dtype="float64")
    G, _, z = players()
    if pack == 0:
        D = Sequential(MinibatchDiscrimination(2, 4, 3, rng), Dense(6, 1, rng))
    else:
        D = Sequential(Pack(pack), Dense(2 * pack, 1, rng))
    view = look(G, D, z, np.zeros((4, 2)), BOX)
    if pack == 1:  # each alone
        assert view.D is not None
        assert len(view.starts) == 60
        return
    assert view.D is None
    assert view.starts.shape == view.tips.shape == (0, 2)
    assert "several examples at once" in describe_plane(view)
    assert "arrows" not in describe_plane(view)
    write_plane(tmp_path / "a.png", view)
    assert (tmp_path / "a.png").exists()


def test_looking_changes_neither_player():
    G, D, z = players()

    def state():
        arrays = [a.tobytes() for net in (G, D) for a in (net.params | net.buffers).values()]
        return arrays, [str(stream.state) for stream in streams(G, D)], z.tobytes()

    before = state()
    view = look(G, D, z, np.zeros((4, 2)), BOX)
    again = look(G, D, z, np.zeros((4, 2)), BOX)
    assert state() == before
    assert (view.D == again.D).all()
    assert (view.tips == again.tips).all()


def test_a_game_on_the_gpu_is_looked_at_from_the_host(cuda):
    on_host = look(*players("float32"), np.zeros((4, 2)), BOX)
    there = look(*players("float32", device="cuda"), np.zeros((4, 2)), BOX)
    for name in ("samples", "D", "starts", "tips"):
        array = getattr(there, name)
        assert isinstance(array, np.ndarray)
        np.testing.assert_allclose(array, getattr(on_host, name), rtol=1e-4, atol=1e-5)


def still(D=None, z_dim=2, **changed):
    """A view without samples in the way."""
    empty = np.zeros((0, 2))
    arrays = {"samples": empty, "data": empty, "starts": empty, "tips": empty, "lines": []}
    return Plane(**({"box": BOX, "D": D, "half": 1.0, "z_dim": z_dim} | arrays | changed))


def pixel(path, right, up):
    """The colour at a place of the map, from 0 to 1 in both directions."""
    with Image.open(path) as picture:
        pixels = np.asarray(picture.convert("RGB"), dtype=int)
    return pixels[round(540 - 500 * up), round(100 + 480 * right)]


@pytest.mark.parametrize(("along", "low", "high"), [
    (0, (0.1, 0.4), (0.7, 0.4)),
    (1, (0.4, 0.1), (0.4, 0.8)),
])  # fmt: skip
def test_the_map_is_blue_where_D_is_near_1_and_orange_near_0(tmp_path, along, low, high):
    x = np.meshgrid(np.linspace(-9, 9, CELLS), np.linspace(-9, 9, CELLS))[along]
    write_plane(tmp_path / "a.png", still(1 / (1 + np.exp(-x))))
    red, _, blue = pixel(tmp_path / "a.png", *low)
    assert red > blue + 100
    red, _, blue = pixel(tmp_path / "a.png", *high)
    assert blue > red + 60


def test_arrows_are_drawn_from_the_sample_to_the_tip(tmp_path):
    arrow = {"starts": np.array([[0.0, 0.0]]), "tips": np.array([[2.0, 0.0]])}
    write_plane(tmp_path / "with.png", still(**arrow))
    write_plane(tmp_path / "without.png", still())
    pictures = []
    for name in ("with", "without"):
        with Image.open(tmp_path / f"{name}.png") as picture:
            pictures.append(np.asarray(picture.convert("RGB"), dtype=int))
    rows, columns = np.nonzero(np.abs(pictures[0] - pictures[1]).max(axis=2) > 100)
    width = pictures[0].shape[1]
    assert 0.25 * width < columns.max() - columns.min() < 0.4 * width  # 2 of 6 units
    assert rows.max() - rows.min() < 25
    thick = [np.ptp(rows[columns == x]) for x in (columns.min() + 10, columns.max() - 6)]
    assert thick[1] > thick[0]  # the head is at the tip, to the right


def test_the_same_view_gives_the_same_bytes_and_says_what_it_shows(tmp_path):
    rng = Random(0)
    G = Sequential(Dense(2, 4, rng), LeakyReLU(0.2), Dense(4, 2, rng))
    view = look(G, Dense(2, 1, rng), rng.normal((1000, 2)), np.ones((9, 2)), BOX)
    for name in ("a", "b"):
        write_plane(tmp_path / f"{name}.png", view, "step 1")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    with Image.open(tmp_path / "a.png") as picture:
        text = picture.info["Description"]
    assert text == describe_plane(view)
    for words in ("1,000 samples", "D(x)", "−∂L/∂G(z)", "60 of the samples", "s / (s + 0.8)"):
        assert words in text


@pytest.mark.parametrize(("z_dim", "words"), [
    (1, "image of z from −2 to 2 under G"),
    (2, "regular grid over z, 9 lines each way"),
    (100, "the first two of the 100 numbers in z, 9 lines each way from −2 to 2, warped by G; the "
          "other numbers are 0."),
])  # fmt: skip
def test_which_slice_of_z_is_drawn_is_said(z_dim, words):
    assert words in describe_plane(still(np.full((CELLS, CELLS), 0.5), z_dim))
