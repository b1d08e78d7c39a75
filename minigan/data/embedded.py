"""The digits that ship with the package, so that the first run needs no network."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from importlib.resources import files

import numpy as np

from minigan.data.dataset import DataError, Dataset


@dataclass(frozen=True)
class Embedded:
    """One embedded file: parts maps a split to the names of its images and labels."""

    name: str
    parts: dict[str, tuple[str, str]]
    count: int
    shape: tuple[int, int, int]
    top: float
    licence: str
    text: str

    def load(self, split: str) -> Dataset:
        """Read one part; the parts share no image.

        **Raises**  DataError for a part that there is not, and when the package is damaged.
        """
        if split not in self.parts:
            raise DataError(
                f"{self.name} has no part {split!r}, only {', '.join(self.parts)}; "
                "mnist12k has train and test."
            )
        images, labels = self.parts[split]
        try:
            with (
                files("minigan.data").joinpath(f"{self.name}.npz").open("rb") as file,
                np.load(file, allow_pickle=False) as arrays,
            ):
                x, y = arrays[images], arrays[labels]
        except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
            raise DataError(
                f"{self.name}: the file in the package is damaged ({error}); install minigan again."
            ) from error
        text = f"{self.text}, {split}, embedded in minigan ({self.licence})"
        return Dataset(self.name, x[..., None], y.astype(np.int64), self.top, description=text)


EMBEDDED = {
    data.name: data
    for data in (
        Embedded(
            "mnist12k",
            {"train": ("x_train", "y_train"), "test": ("x_test", "y_test")},
            10_000,
            (28, 28, 1),
            255.0,
            "CC BY-SA 3.0",
            "MNIST: the first 10,000 training digits and every fifth test digit",
        ),
        Embedded(
            "digits8x8",
            {"train": ("x", "y")},
            1_797,
            (8, 8, 1),
            16.0,
            "CC BY 4.0",
            "Optical Recognition of Handwritten Digits (UCI), 8 x 8 pixels of 0 to 16",
        ),
    )
}
