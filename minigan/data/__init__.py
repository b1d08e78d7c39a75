"""Data: what ships with minigan, the full sets, toy distributions, and your own files."""

from minigan.data.arrays import as_dataset
from minigan.data.catalog import DEFAULT, NAMES, Entry, describe, load
from minigan.data.dataset import Batches, DataError, Dataset
from minigan.data.export import export
from minigan.data.holding import part
from minigan.data.toy import TOYS, Toy, gaussian, grid, ring

__all__ = [
    "DEFAULT",
    "NAMES",
    "TOYS",
    "Batches",
    "DataError",
    "Dataset",
    "Entry",
    "Toy",
    "as_dataset",
    "describe",
    "export",
    "gaussian",
    "grid",
    "load",
    "part",
    "ring",
]
