"""A page taken apart by the standard library's parser, as the tests of pages look at it."""

from __future__ import annotations

import base64
import io
import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

VOID = {"meta", "link", "img", "input", "path", "line"}  # tags without an end


class Page(HTMLParser):
    """The elements of a page as (tag, attributes, text inside), in order; text unescaped."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.text = path.read_text(encoding="utf-8")
        self.elements: list[tuple[str, dict[str, Any], list[str]]] = []
        self._open: list[tuple[str, dict[str, Any], list[str]]] = []
        self.feed(self.text)
        self.close()
        assert self._open == [], "a tag is not closed"

    def handle_starttag(self, tag: str, attributes: Any) -> None:
        element = (tag, dict(attributes), list[str]())
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attributes: Any) -> None:
        self.elements.append((tag, dict(attributes), []))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop()[0] == tag, tag

    def handle_data(self, data: str) -> None:
        for _, _, text in self._open:
            text.append(data)

    def all(self, tag: str, **attributes: str) -> list[tuple[dict[str, Any], str]]:
        """Attributes and text of the elements of that tag that have these attributes."""
        return [
            (found, "".join(text))
            for name, found, text in self.elements
            if name == tag and attributes.items() <= found.items()
        ]

    @property
    def film(self) -> dict[str, Any]:
        """What the script is given."""
        [(_, text)] = self.all("script", id="film")

        def refuse(name: str) -> None:
            raise AssertionError(f"{name} is no JSON")

        return dict(json.loads(text, parse_constant=refuse))

    def frames(self) -> dict[int, Any]:
        """The pixels of every picture by its step."""
        pictures = {}
        for attributes, _ in self.all("img"):
            kind, _, data = attributes["src"].partition(",")
            assert kind == "data:image/png;base64"
            with Image.open(io.BytesIO(base64.b64decode(data, validate=True))) as picture:
                pictures[int(attributes["data-step"])] = np.asarray(picture.convert("RGB"))
        return pictures
