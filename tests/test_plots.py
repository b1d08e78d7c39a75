"""The pictures: their sizes, what is in them, and that the same numbers give the same bytes."""

import math

import numpy as np
import pytest
from PIL import Image

from minigan import plots
from minigan.pictures import grid, write_film, write_grid
from minigan.plots import span, write_curves, write_density
from minigan.training.frames import draw_vectors, principal_components
from minigan.training.log import COLUMNS

RNG = np.random.default_rng(0)


def images(n, h, w, c=1):
    return RNG.integers(0, 256, size=(n, h, w, c), dtype=np.uint8)


def opened(path):
    with Image.open(path) as picture:
        return picture.size, picture.mode, np.asarray(picture)


@pytest.mark.parametrize(
    ("shape", "size"),
    [((64, 8, 8, 1), 590), ((64, 28, 28, 1), 686), ((64, 64, 64, 3), 526), ((1, 28, 28, 1), 588)],
)
def test_a_grid_is_about_600_pixels_wide(shape, size):
    assert grid(images(*shape)).shape == (size, size, shape[3])


@pytest.mark.parametrize("shape", [(64, 4, 100, 1), (64, 100, 4, 1), (40, 200, 150, 3)])
def test_a_grid_of_long_images_is_near_to_a_square(shape):
    height, width, _ = grid(images(*shape)).shape
    assert 1 / 2 < height / width < 2


def test_a_grid_shows_every_image_row_by_row_in_whole_pixels():
    x = images(5, 3, 2)
    picture = grid(x, columns=3)
    scale = round((600 - 2 * 2) / 6)
    assert picture.shape == (2 * 3 * scale + 2, 3 * 2 * scale + 2 * 2, 1)
    for i in range(5):
        top, left = i // 3 * (3 * scale + 2), i % 3 * (2 * scale + 2)
        cell = picture[top : top + 3 * scale, left : left + 2 * scale]
        assert (cell == x[i].repeat(scale, axis=0).repeat(scale, axis=1)).all()
    assert (picture[:, 2 * scale : 2 * scale + 2] == 96).all()  # the line between two images


def test_channels_that_are_no_colour_are_shown_as_their_mean():
    x = images(1, 4, 4, 2)
    assert grid(x)[0, 0, 0] == int(x[0, 0, 0].mean())


@pytest.mark.parametrize("x", [np.zeros((2, 3, 3)), np.zeros((2, 3, 3, 1)), images(0, 3, 3)])
def test_what_is_no_image_is_refused(x):
    with pytest.raises(ValueError, match=r"expected uint8 \(n, h, w, c\)"):
        grid(x)


@pytest.mark.parametrize(("channels", "mode"), [(1, "L"), (3, "RGB")])
def test_a_grid_file_holds_the_grid(tmp_path, channels, mode):
    x = images(9, 8, 8, channels)
    write_grid(tmp_path / "grid.png", x)
    size, found, pixels = opened(tmp_path / "grid.png")
    assert (size, found) == ((604, 604), mode)
    assert (pixels.reshape(grid(x).shape) == grid(x)).all()
    assert [file.name for file in tmp_path.iterdir()] == ["grid.png"]


def film(tmp_path, channels, n):
    frames = [tmp_path / f"{i}.png" for i in range(n)]
    for frame in frames:
        write_grid(frame, images(4, 8, 8, channels))
    write_film(tmp_path / "film.gif", frames)
    return frames


@pytest.mark.parametrize("channels", [1, 3])
def test_a_film_shows_its_frames_and_holds_the_last(tmp_path, channels):
    frames = film(tmp_path, channels, 5)
    with Image.open(tmp_path / "film.gif") as gif:
        assert gif.n_frames == 5
        assert gif.info["loop"] == 0
        durations = []
        for i in range(5):
            gif.seek(i)
            durations.append(gif.info["duration"])
            shown = np.asarray(gif.convert("RGB"), dtype=float)
            with Image.open(frames[i]) as frame:
                meant = np.asarray(frame.convert("RGB"), dtype=float)
            assert np.abs(shown - meant).mean() < (1 if channels == 1 else 40)
    assert durations == [120] * 4 + [2500]


def test_a_long_film_has_60_frames_with_the_first_and_the_last(tmp_path):
    frames = [tmp_path / f"{i}.png" for i in range(150)]
    for i, frame in enumerate(frames):
        Image.new("L", (4, 4), i).save(frame)
    write_film(tmp_path / "film.gif", frames)
    with Image.open(tmp_path / "film.gif") as gif:
        assert gif.n_frames == 60
        assert np.asarray(gif.convert("L"))[0, 0] == 0
        gif.seek(59)
        assert np.asarray(gif.convert("L"))[0, 0] == 149


def test_a_film_without_frames_is_refused(tmp_path):
    with pytest.raises(ValueError, match="no frames"):
        write_film(tmp_path / "film.gif", [])


@pytest.mark.parametrize("rows", [1, 100])
def test_curves_are_drawn_for_one_row_and_for_many(tmp_path, rows):
    log = {name: RNG.random(rows).tolist() for name in COLUMNS}
    log["step"] = [float(i) for i in range(rows)]
    write_curves(tmp_path / "a.png", log, "minimax")
    write_curves(tmp_path / "b.png", log, "minimax")
    size, _, pixels = opened(tmp_path / "a.png")
    assert size == (800, 600)
    assert len(np.unique(pixels.reshape(-1, pixels.shape[-1]), axis=0)) > 50
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def colour_shown(path, colour, tolerance=3):
    with Image.open(path) as picture:
        pixels = np.asarray(picture.convert("RGB"), dtype=int)
    return int((np.abs(pixels - colour).max(axis=2) <= tolerance).sum())


TAB_BLUE, TAB_GREEN = (31, 119, 180), (44, 160, 44)
SAMPLE_COLOUR = (128, 198, 128)  # tab:green, alpha 0.6, on white


def test_a_log_of_one_row_is_drawn_as_points(tmp_path):
    log = {name: [i / 10] for i, name in enumerate(COLUMNS)}
    write_curves(tmp_path / "row.png", log, "minimax")
    write_curves(tmp_path / "none.png", log | {n: [math.nan] for n in list(log)[2:6]}, "minimax")
    for colour in (TAB_BLUE, TAB_GREEN):
        shown, hidden = (colour_shown(tmp_path / f"{f}.png", colour) for f in ("row", "none"))
        assert shown > hidden + 10


def test_the_steps_of_a_short_run_are_whole_numbers(tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(plots, "write_figure", lambda figure, path: seen.append(figure))
    write_curves(tmp_path / "a.png", {name: [1.0, 10.0, 20.0] for name in COLUMNS}, "minimax")
    ticks = seen[0].axes[1].get_xticks()
    assert (ticks == ticks.round()).all()


def test_the_legend_hides_no_part_of_a_curve(tmp_path, monkeypatch):
    from matplotlib.axes import Axes

    legends, plain = [], Axes.legend

    def legend(axes, **style):
        legends.append((axes, plain(axes, **style)))

    monkeypatch.setattr(Axes, "legend", legend)
    write_curves(tmp_path / "a.png", {name: [0.5, 0.6] for name in COLUMNS}, "minimax")
    assert len(legends) == 2
    for axes, drawn in legends:
        assert drawn.get_window_extent().y0 >= axes.get_window_extent().y1 - 1


def test_a_few_samples_are_larger_points_than_many(tmp_path):
    draw_vectors(tmp_path / "few.png", RNG.uniform(size=(1, 2)))
    draw_vectors(tmp_path / "none.png", np.full((1, 2), 9.0), np.zeros((2, 2)))
    legend_only = colour_shown(tmp_path / "none.png", SAMPLE_COLOUR)
    assert colour_shown(tmp_path / "few.png", SAMPLE_COLOUR) > legend_only + 15


def test_the_curves_carry_the_lines_of_the_equilibrium(tmp_path, monkeypatch):
    from matplotlib.axes import Axes

    lines, plain = [], Axes.axhline

    def axhline(axes, y, **style):
        lines.append(y)
        return plain(axes, y, **style)

    monkeypatch.setattr(Axes, "axhline", axhline)
    log = {name: [0.5, 0.6] for name in COLUMNS}
    write_curves(tmp_path / "a.png", log, "minimax")
    write_curves(tmp_path / "a.png", log, "non-saturating")
    log2 = math.log(2)
    assert lines == [2 * log2, -log2, 0.5, 2 * log2, log2, 0.5]


def test_vectors_of_any_size_can_be_drawn(tmp_path):
    x = np.linspace(0, 1, 50)
    write_density(tmp_path / "D.png", RNG.normal(size=300), RNG.normal(size=300), (x, x), "step 1")
    assert opened(tmp_path / "D.png")[0] == (700, 420)
    for d, size in ((1, (700, 420)), (2, (600, 600)), (5, (600, 600))):
        draw_vectors(tmp_path / "with.png", RNG.normal(size=(300, d)), RNG.normal(size=(200, d)))
        draw_vectors(tmp_path / "without.png", RNG.normal(size=(300, d)))
        assert opened(tmp_path / "with.png")[0] == opened(tmp_path / "without.png")[0] == size


def test_samples_far_from_the_data_and_constant_data_are_drawn(tmp_path):
    draw_vectors(tmp_path / "far.png", np.full((10, 1), 1e6), RNG.normal(size=(10, 1)))
    draw_vectors(tmp_path / "one.png", np.zeros((10, 2)), np.ones((10, 2)))
    assert span(np.ones(3)) == (0.0, 2.0)
    assert span(np.array([np.nan])) == (-1.0, 1.0)


def test_principal_components_find_the_plane_that_the_data_lie_in():
    plane = RNG.normal(size=(2, 6)) * [[3.0], [1.0]]
    x = RNG.normal(size=(400, 2)) @ plane + 7
    shown = principal_components(x)(x)
    assert shown.var() * shown.shape[1] == pytest.approx((x - x.mean(axis=0)).var() * 6)
    assert shown[:, 0].var() > shown[:, 1].var()


@pytest.mark.parametrize(("n", "d"), [(1, 3), (1, 700), (2, 3), (40, 700), (600, 700)])
def test_few_or_long_vectors_have_principal_components(n, d):
    """More columns than rows: the eigenvectors come from the smaller of the two matrices."""
    x = np.random.default_rng(0).normal(size=(n, d)) * np.linspace(5, 1, d)
    shown = principal_components(x)(x)
    used = x[:500]
    values = np.linalg.svd(used - used.mean(axis=0), compute_uv=False)
    values = [*values, 0.0][:2]
    assert shown.shape == (n, 2)
    assert np.linalg.norm(shown[:500], axis=0) == pytest.approx(values, rel=1e-6, abs=1e-6)


def test_very_long_vectors_are_drawn_in_a_second():
    x = np.random.default_rng(0).normal(size=(600, 20_000))  # 20,000² numbers would be 3 GB
    assert principal_components(x)(x[:3]).shape == (3, 2)


@pytest.mark.parametrize("content", [b"", b"half", 60, 300])
def test_a_damaged_frame_is_left_out_of_the_film(tmp_path, content):
    frames = film(tmp_path, 1, 3)
    good = frames[1].read_bytes()
    frames[1].write_bytes(good[:content] if isinstance(content, int) else content)
    write_film(tmp_path / "film.gif", frames)
    with Image.open(tmp_path / "film.gif") as gif:
        assert gif.n_frames == 2
    frames[0].unlink()
    frames[2].unlink()
    with pytest.raises(ValueError, match="got no frames"):
        write_film(tmp_path / "film.gif", frames)
