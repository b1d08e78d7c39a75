"""The page of a film in a real browser: what is clicked, dragged and pressed is what is shown."""

from __future__ import annotations

import base64
import io
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browser import BROWSER, WHY_NONE, Browser
from PIL import Image

from minigan.page import COLUMNS, write_page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not BROWSER, reason=WHY_NONE),
]
STEPS = list(range(0, 2100, 100))  # 21 pictures; the log goes on to step 2,500
END = 2500


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    browser = Browser(tmp_path_factory.mktemp("profile"))
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page whose i-th picture has the grey 10 i, and whose log says V = -step/1000."""
    folder = tmp_path_factory.mktemp("page")
    frames = {}
    for i, step in enumerate(STEPS):
        frames[step] = folder / f"{step}.png"
        Image.new("RGB", (300, 200), (10 * i,) * 3).save(frames[step])
    log = {name: [-s / 1000 for s in range(0, END + 1, 50)] for name in COLUMNS}
    log["step"] = [float(s) for s in range(0, END + 1, 50)]
    words = ["Text that is long enough to be broken into lines on a telephone. " * 3]
    write_page(folder / "film.html", frames, log, title="a run", settings="seed 0", words=words)
    return folder / "film.html"


@pytest.fixture
def page(browser: Browser, file: Path) -> Browser:
    size(browser, 1200, 900)
    browser("Emulation.setEmulatedMedia", features=[])
    browser.open(file)
    return browser


def size(browser: Browser, width: int, height: int) -> None:
    browser(
        "Emulation.setDeviceMetricsOverride",
        width=width, height=height, deviceScaleFactor=1, mobile=width < 600,
    )  # fmt: skip


def shown(page: Browser) -> int:
    """Which picture is shown; picture, slider, label, markers and numbers must agree."""
    seen: dict[str, Any] = page.js(
        """({pictures: [...document.querySelectorAll("#frames img")].filter(p => p.offsetHeight > 0)
              .map(p => Number(p.dataset.step)),
            loaded: [...document.images].every(p => p.naturalWidth === 300),
            slider: Number(document.getElementById("slider").value),
            spoken: document.getElementById("slider").getAttribute("aria-valuetext"),
            label: document.getElementById("step").textContent,
            markers: [...document.querySelectorAll(".now")]
              .map(l => [Number(l.getAttribute("x1")), Number(l.getAttribute("x2"))]),
            V: document.querySelector('dd[data-column="V"]').textContent})"""
    )
    [step] = seen["pictures"]
    i = STEPS.index(step)
    assert seen["loaded"]
    assert seen["slider"] == i
    assert seen["label"] == seen["spoken"] == f"step {step:,}"
    assert seen["markers"] == [[1000 * step / END] * 2] * 3
    assert float(seen["V"].replace("−", "-")) == -step / 1000
    return i


def test_the_page_opens_with_the_last_picture_and_asks_the_network_for_nothing(
    page: Browser, file: Path
) -> None:
    assert shown(page) == 20
    for selector in ("#back", "#forward", "#play"):
        page.click(selector)
    assert page.requests() == [file.resolve().as_uri()]
    assert page.complaints() == []


def test_the_picture_that_is_shown_is_the_one_of_its_step(page: Browser) -> None:
    for step in (300, 1500):
        page.js(f"location.hash = '#step={step}'")
        page.wait(f"document.getElementById('step').textContent === 'step {step:,}'")
        x, y = page.point("#frames", 0.5)
        clip = {"x": x - 4, "y": y - 4, "width": 8, "height": 8, "scale": 1}
        data = base64.b64decode(page("Page.captureScreenshot", clip=clip)["data"])
        with Image.open(io.BytesIO(data)) as seen:
            pixels = np.asarray(seen.convert("RGB"), dtype=int)
        assert np.abs(pixels - step / 10).max() <= 2


def test_an_address_with_a_step_opens_there(page: Browser, file: Path) -> None:
    page.open(file.parent / "film.html", "?#step=740")
    assert shown(page) == 7


def test_buttons_step_and_stop_at_both_ends(page: Browser) -> None:
    page.click("#forward")
    assert shown(page) == 20
    for i in (19, 18, 17):
        page.click("#back")
        assert shown(page) == i
    page.click("#forward")
    assert shown(page) == 18
    page.press("Home")
    assert shown(page) == 0
    page.click("#back")
    assert shown(page) == 0


def test_keys_step_and_play(page: Browser) -> None:
    size(page, 1200, 400)
    for key, i in (("ArrowLeft", 19), ("Home", 0), ("ArrowRight", 1), ("End", 20)):
        page.press(key)
        assert shown(page) == i
    page.js("document.getElementById('speed').value = '20'")
    page.press(" ")
    page.wait("document.getElementById('play').textContent === 'Pause'")
    page.press(" ")
    assert page.js("document.getElementById('play').textContent") == "Play"
    assert page.js("scrollY") == 0  # space and End would scroll a page that is not a film


def test_a_focused_button_keeps_its_space_and_the_slider_its_arrows(page: Browser) -> None:
    page.js("document.getElementById('back').focus()")
    page.press(" ")  # the button's own: one step, not play
    assert shown(page) == 19
    assert page.js("document.getElementById('play').textContent") == "Play"
    page.js("document.getElementById('slider').focus()")
    page.press("ArrowLeft")  # once, not twice
    assert shown(page) == 18


def test_playing_runs_from_the_first_to_the_last_picture_and_stops(page: Browser) -> None:
    page.js(
        """window.seen = []; new MutationObserver(() => seen.push(
             document.getElementById("step").textContent))
           .observe(document.getElementById("step"), {childList: true});
           document.getElementById("speed").value = "20";"""
    )
    page.click("#play")
    page.wait("document.getElementById('play').textContent === 'Play'")
    assert page.js("seen") == [f"step {step:,}" for step in STEPS]
    assert shown(page) == 20


def test_play_pauses_where_it_is_and_its_speed_can_be_changed(page: Browser) -> None:
    page.js("document.getElementById('speed').value = '20'")
    page.click("#play")
    page.wait("document.getElementById('slider').value >= 3")
    page.js(
        "const s = document.getElementById('speed'); s.value = '1'; s.onchange(); "
        "window.then = Number(document.getElementById('slider').value)"
    )
    page.wait("document.getElementById('slider').value > window.then")  # slower, yet it goes on
    page.click("#play")
    i = shown(page)
    assert i < 20
    time.sleep(1.2)
    assert shown(page) == i
    page.click("#play")
    page.wait(f"document.getElementById('slider').value > {i}")  # and not from the beginning
    page.click("#play")


def test_the_slider_can_be_dragged(page: Browser) -> None:
    x, y = page.point("#slider", 0.99)
    page.mouse("Pressed", x, y)
    found = []
    for share in (0.7, 0.5, 0.25):
        x, _ = page.point("#slider", share)
        page.mouse("Moved", x, y)
        found.append(shown(page))
    page.mouse("Released", x, y)
    assert found == pytest.approx([14, 10, 5], abs=0.6)


def test_a_click_into_a_curve_goes_to_its_step(page: Browser) -> None:
    for share, i in ((0.4, 10), (0.08, 2), (0.99, 20)):
        x, y = page.point(".plot", share)
        page.mouse("Pressed", x, y)
        page.mouse("Released", x, y)
        assert shown(page) == i
    x, y = page.point(".plot", 0.4)
    page.mouse("Pressed", x, y)
    x, y = page.point(".plot", 0.2)
    page.mouse("Moved", x, y)
    assert shown(page) == 5
    page.mouse("Released", x, y)


def test_every_control_can_be_reached_by_the_keyboard(page: Browser) -> None:
    reached = []
    for _ in range(5):
        page.press("Tab")
        reached.append(page.js("document.activeElement.id"))
    assert reached == ["slider", "play", "back", "forward", "speed"]
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    assert page.js(outline) == "solid"


@pytest.mark.parametrize("width", [320, 390, 1200])
def test_the_page_is_as_wide_as_the_screen(page: Browser, width: int) -> None:
    size(page, width, 800)
    assert page.js("document.documentElement.scrollWidth") <= width
    assert page.js("document.querySelector('#frames img:not([hidden])').clientWidth") > width / 3
    small = page.js(
        "Math.min(...[...document.querySelectorAll('button')].map(b => b.offsetHeight))"
    )
    assert small >= 44  # pixels: a finger


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_can_be_read_in_light_and_in_dark(page: Browser, theme: str) -> None:
    page("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": theme}])
    paper = luminance(page, "document.body", "backgroundColor")
    assert (paper > 0.5) == (theme == "light")
    for selector in ("body", ".pale", "b.D", "b.G", "#step", "dt"):
        element = f"document.querySelector('{selector}')"
        ink = luminance(page, element, "color")
        contrast = (max(ink, paper) + 0.05) / (min(ink, paper) + 0.05)
        assert contrast >= 4.5, selector  # WCAG AA


def luminance(page: Browser, element: str, what: str) -> float:
    """Relative luminance of a colour, as WCAG defines it."""
    text = page.js(f"getComputedStyle({element}).{what}")
    channels = [int(c) / 255 for c in text[text.index("(") + 1 : -1].split(",")[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_without_javascript_all_pictures_stand_one_below_another(page: Browser, file: Path) -> None:
    page("Emulation.setScriptExecutionDisabled", value=True)
    page.open(file)
    heights = "[...document.querySelectorAll('#frames img')].map(p => p.offsetHeight > 0)"
    assert page.js(heights) == [True] * len(STEPS)
    page("Emulation.setScriptExecutionDisabled", value=False)
