"""A headless browser for the tests of pages, spoken to by the standard library alone.

Chromium listens on file descriptor 3 and answers on 4 (--remote-debugging-pipe): JSON messages of
the DevTools protocol, each ended by a zero byte.
"""

from __future__ import annotations

import itertools
import json
import os
import select
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
BROWSER = os.environ.get("MINIGAN_BROWSER") or next(filter(None, map(shutil.which, NAMES)), "")
WHY_NONE = f"no browser: none of {', '.join(NAMES)} found, and MINIGAN_BROWSER names none"
FLAGS = (
    "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking "
    "--disable-dev-shm-usage --disable-extensions --no-default-browser-check "
    "--remote-debugging-pipe"
)
SECONDS = 60.0  # for an answer, on a machine that is busy


class Browser:
    """One page in a headless Chromium."""

    def __init__(self, profile: Path) -> None:
        read_commands, self._write = os.pipe()
        self._read, write_answers = os.pipe()
        script = f'exec "$0" "$@" 3<&{read_commands} 4>&{write_answers}'
        command = [BROWSER, *FLAGS.split(), f"--user-data-dir={profile}", "about:blank"]
        self._process = subprocess.Popen(
            ["bash", "-c", script, *command],
            pass_fds=(read_commands, write_answers),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(read_commands)
        os.close(write_answers)
        self._numbers, self._buffer, self._session = itertools.count(1), b"", ""
        self.events: list[dict[str, Any]] = []  # what the page did: requests, errors, …
        target = self._first_page()
        attached = self("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self(f"{domain}.enable")

    def __call__(self, method: str, **params: Any) -> dict[str, Any]:
        """Send one command and return its result."""
        number = next(self._numbers)
        message: dict[str, Any] = {"id": number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._message()
            if answer.get("id") == number:
                assert "error" not in answer, (method, answer)
                return dict(answer["result"])
            self.events.append(answer)

    def open(self, path: Path, fragment: str = "") -> None:
        """Load a file, as a double click does."""
        self.events.clear()
        self("Page.navigate", url=path.resolve().as_uri() + fragment)
        self.wait("document.readyState === 'complete' && location.protocol === 'file:'")

    def js(self, expression: str) -> Any:
        """The value of a JavaScript expression in the page."""
        done = self("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in done, (expression, done)
        return done["result"].get("value")

    def wait(self, condition: str) -> None:
        """Wait until a JavaScript expression is true."""
        end = time.monotonic() + SECONDS
        while not self.js(condition):
            assert time.monotonic() < end, f"the page never reached: {condition}"
            time.sleep(0.02)

    def press(self, key: str) -> None:
        """Press a key, as a person would, on whatever has the focus."""
        text = {"text": key} if len(key) == 1 else {}
        code = {" ": 32, "End": 35, "Home": 36, "ArrowLeft": 37, "ArrowRight": 39, "Tab": 9}[key]
        press: dict[str, Any] = {"key": key, "windowsVirtualKeyCode": code, **text}
        self("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", **press)
        self("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=code)

    def mouse(self, kind: str, x: float, y: float) -> None:
        """Mouse event: "Pressed", "Moved" with the button held, "Released"."""
        held = {"button": "left", "buttons": 0 if kind == "Released" else 1, "clickCount": 1}
        self("Input.dispatchMouseEvent", type=f"mouse{kind}", x=x, y=y, **held)

    def click(self, selector: str) -> None:
        """Click into the middle of an element, which must be there to be hit."""
        x, y = self.point(selector, 0.5)
        self.mouse("Pressed", x, y)
        self.mouse("Released", x, y)

    def point(self, selector: str, share: float) -> tuple[float, float]:
        """The place in an element at this share of its width, scrolled into view."""
        box = self.js(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)}); "
            "e.scrollIntoView({block: 'center', behavior: 'instant'}); "
            "const b = e.getBoundingClientRect(); "
            "return [b.left, b.top, b.width, b.height]; })()"
        )
        return box[0] + share * box[2], box[1] + box[3] / 2

    def requests(self) -> list[str]:
        """The addresses that the page has asked for, other than data in itself."""
        sent = [e["params"] for e in self.events if e["method"] == "Network.requestWillBeSent"]
        urls = [params["request"]["url"] for params in sent]
        return [url for url in urls if not url.startswith("data:")]

    def complaints(self) -> list[Any]:
        """Exceptions and console entries of the page."""
        kinds = ("Runtime.exceptionThrown", "Log.entryAdded", "Runtime.consoleAPICalled")
        return [e["params"] for e in self.events if e["method"] in kinds]

    def close(self) -> None:
        """End the browser."""
        os.close(self._write)
        self._process.terminate()
        self._process.wait(SECONDS)
        os.close(self._read)

    def _first_page(self) -> str:
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            for target in self("Target.getTargets")["targetInfos"]:
                if target["type"] == "page":
                    return str(target["targetId"])
            time.sleep(0.05)
        raise AssertionError("the browser has opened no page")

    def _message(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._read], [], [], SECONDS)
            assert ready, "the browser does not answer"
            chunk = os.read(self._read, 1 << 16)
            assert chunk, "the browser has gone"
            self._buffer += chunk
        text, _, self._buffer = self._buffer.partition(b"\0")
        return dict(json.loads(text))
