"""The published files of the full sets: where they are, how large, and their SHA-256."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class File:
    """A published file: its name without .gz; bytes and SHA-256 of the .gz; SHA-256 unpacked."""

    name: str
    size: int
    sha256: str
    content: str


@dataclass(frozen=True)
class FullSet:
    """A data set in four files: parts maps a split to its images and labels."""

    name: str
    text: str
    licence: str
    count: int
    shape: tuple[int, int, int]
    mirrors: tuple[str, ...]
    torchvision: str  # the folder that torchvision puts it in
    places: tuple[str, ...]  # other folders where it is found
    npz: str | None  # where Keras keeps it in one file
    parts: dict[str, tuple[File, File]]


MNIST = FullSet(
    name="mnist",
    text="MNIST, handwritten digits",
    licence="CC BY-SA 3.0",
    count=60_000,
    shape=(28, 28, 1),
    mirrors=(
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
    ),
    torchvision="MNIST/raw",
    places=(),
    npz="~/.keras/datasets/mnist.npz",
    parts={
        "train": (
            File(
                "train-images-idx3-ubyte",
                9_912_422,
                "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
                "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            ),
            File(
                "train-labels-idx1-ubyte",
                28_881,
                "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
                "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
            ),
        ),
        "test": (
            File(
                "t10k-images-idx3-ubyte",
                1_648_877,
                "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
                "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            ),
            File(
                "t10k-labels-idx1-ubyte",
                4_542,
                "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
                "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
            ),
        ),
    },
)

FASHION_MNIST = FullSet(
    name="fashion-mnist",
    text="Fashion-MNIST, pictures of clothes",
    licence="MIT",
    count=60_000,
    shape=(28, 28, 1),
    mirrors=(
        "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",  # plain http: hence the hash
    ),
    torchvision="FashionMNIST/raw",
    places=("~/.keras/datasets/fashion-mnist", "/usr/share/datasets/fashion-mnist"),
    npz=None,
    parts={
        "train": (
            File(
                "train-images-idx3-ubyte",
                26_421_880,
                "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
                "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
            ),
            File(
                "train-labels-idx1-ubyte",
                29_515,
                "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
                "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
            ),
        ),
        "test": (
            File(
                "t10k-images-idx3-ubyte",
                4_422_102,
                "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
                "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
            ),
            File(
                "t10k-labels-idx1-ubyte",
                5_148,
                "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
                "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
            ),
        ),
    },
)

FULL_SETS = {full.name: full for full in (MNIST, FASHION_MNIST)}
