"""Write a Dataset of images as PNG files with a train.csv, as tutorials lay them out."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import numpy as np
from PIL import Image
from tqdm import tqdm

from minigan.data.dataset import DataError, Dataset
from minigan.files import make_folder
from minigan.limits import check_kind


def export(dataset: Dataset, folder: str | os.PathLike[str]) -> Path:
    """Write folder/Images/train/0.png, 1.png, ... and folder/train.csv; return the CSV's path.

    The table has the columns filename and label (without labels only filename), and it is what
    `load("csv:folder/train.csv")` reads. It is written last: a folder that has it is complete.

    **Raises**  TypeError for what is no Dataset or no path; DataError for vectors, for other than 1
    or 3 channels, for a folder that is not empty or cannot be written.
    """
    check_kind("export", "dataset", dataset, Dataset, "a Dataset, as minigan.data.load gives")
    check_kind("export", "folder", folder, str | os.PathLike, "a path")
    if dataset.kind != "images" or dataset.shape[2] not in (1, 3):
        raise DataError(
            f"{dataset.name}: {dataset.kind} of shape {dataset.shape} cannot be written as PNG, "
            "expected images (h, w, 1) or (h, w, 3)."
        )
    folder = Path(folder)
    pictures, table = folder / "Images" / "train", folder / "train.csv"
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise DataError(f"{folder}: it exists and is no empty folder; give a new one.")
        make_folder(pictures)
        for i, x in enumerate(tqdm(dataset.x, "export", leave=False, disable=None, delay=1)):
            white = x * (255.0 / dataset.top) if dataset.top != 255 else x
            pixels = np.rint(white).astype(np.uint8)  # (h, w, 1 or 3)
            Image.fromarray(pixels.squeeze(2) if x.shape[2] == 1 else pixels).save(
                pictures / f"{i}.png"
            )
        part = table.with_name("train.csv.part")
        with part.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            if dataset.labels is None:
                writer.writerow(["filename"])
                writer.writerows([f"{i}.png"] for i in range(len(dataset)))
            else:
                writer.writerow(["filename", "label"])
                writer.writerows([f"{i}.png", int(y)] for i, y in enumerate(dataset.labels))
        os.replace(part, table)
    except OSError as error:
        raise DataError(f"{folder}: cannot be written ({error.strerror or error}).") from error
    return table
