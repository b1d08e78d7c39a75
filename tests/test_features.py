"""The classifiers in the package, and files of one's own: what they say, and what is refused."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import small_classifier
from small_classifier import trained

from minigan import checkpoint
from minigan.checkpoint import CheckpointError
from minigan.data import Dataset
from minigan.data import load as load_data
from minigan.evaluation.features import FILE, SHIPPED, Features, load

in_an_empty_folder = small_classifier.in_an_empty_folder
ROOT = Path(__file__).parent.parent
FULL = sorted(set(SHIPPED.values()))
LEAST = {"mnist": 0.99, "fashion-mnist": 0.9}  # of the test images right


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small classifier, to be read only."""
    folder = tmp_path_factory.mktemp("small")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        trained("made", epochs=1)
    return folder / "made"


def images(m: int = 40, split: str = "test") -> Any:
    return load_data("mnist12k", split=split).x[:m].astype(np.float32) / 255


@pytest.mark.parametrize("name", FULL)
def test_the_files_in_the_package_are_good_and_small(name: str) -> None:
    net = load(name)
    assert (net.name, net.shape, net.labels) == (name, (28, 28, 1), list(range(10)))
    assert net.accuracy >= LEAST[name]
    assert (net.training["n_train"], net.training["n_test"]) == (60_000, 10_000)
    assert 40_000 < os.path.getsize(net.file) < 200_000


@pytest.mark.parametrize("name", FULL)
def test_the_docs_have_accuracy_hash_and_command_of_the_files(name: str) -> None:
    net, text = load(name), (ROOT / "docs" / "classifier.md").read_text(encoding="utf-8")
    assert f"{net.accuracy:.2%}".replace("%", " %") in text
    assert net.sha256 in text
    assert net.training["command"] in text


@pytest.mark.parametrize("name", FULL)
def test_the_accuracy_is_that_on_the_test_set(name: str) -> None:
    if "MINIGAN_DATA" not in os.environ:
        pytest.skip("MINIGAN_DATA names no folder with the full sets")
    found = load(name).accuracy_on(load_data(name, split="test"))
    assert found == pytest.approx(load(name).accuracy, abs=1.5e-4)  # another BLAS, one close call


def test_the_digits_in_the_package_are_named_right() -> None:
    assert load("mnist12k").accuracy_on(load_data("mnist12k", split="test")) >= 0.985


def test_noise_is_an_8_as_the_docs_say() -> None:
    noise = np.random.default_rng(0).random((500, 28, 28, 1), dtype=np.float32)
    p = load("mnist").probabilities(noise)
    assert set(p.argmax(axis=1).tolist()) == {8}
    assert 0.9995 < p.max(axis=1).mean() < 1


def test_mnist12k_is_judged_by_the_classifier_of_mnist() -> None:
    assert load("mnist12k").sha256 == load("mnist").sha256 != load("fashion-mnist").sha256


def test_features_are_what_the_last_layer_sees() -> None:
    net, x = load("mnist"), images()
    features, p = net.features(x), net.probabilities(x)
    assert features.shape == (40, 64)
    assert (features >= 0).all()
    a = features @ net.net.layers[-1].params["W"] + net.net.layers[-1].params["b"]
    e = np.exp(a - a.max(axis=1, keepdims=True))
    np.testing.assert_allclose(p, e / e.sum(axis=1, keepdims=True), rtol=1e-4, atol=1e-7)
    assert features.dtype == p.dtype == "float32"


def test_an_image_has_the_same_features_alone_and_in_any_company() -> None:
    net, x = load("mnist"), images(1200)
    together = net.features(x)
    for i in (0, 499, 500, 1199):  # on both sides of where a block ends
        np.testing.assert_allclose(net.features(x[i : i + 1])[0], together[i], rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(net.features(x[::-1])[::-1], together, rtol=1e-4, atol=1e-4)


def test_images_may_be_float64_and_stay_as_they_are() -> None:
    net, x = load("mnist"), images().astype(np.float64)
    kept = x.copy()
    np.testing.assert_array_equal(net.features(x), net.features(x.astype(np.float32)))
    np.testing.assert_array_equal(x, kept)


@pytest.mark.parametrize(
    ("x", "says"),
    [
        (2 * images() - 1, "but these go from -1 to 1: scale them first"),
        (255 * images(), "but these go from 0 to 255: scale"),
        (images() * np.float32("nan"), "from nan to nan"),
        (images().reshape(-1, 784), r"images \(m, 28, 28, 1\), but these have shape \(40, 784\)"),
        (np.zeros((3, 32, 32, 3)), r"shape \(3, 32, 32, 3\)"),
        (np.zeros((0, 28, 28, 1)), r"shape \(0, 28, 28, 1\)"),
    ],
    ids=["tanh", "bytes", "nan", "flat", "colour", "none"],
)
def test_images_that_it_would_misread_are_refused(x: Any, says: str) -> None:
    net = load("mnist")
    for method in (net.features, net.probabilities):
        with pytest.raises(ValueError, match=says) as refused:
            method(x)
        assert str(refused.value).startswith("the classifier of mnist looks at ")


def test_what_is_no_array_is_refused() -> None:
    with pytest.raises(TypeError, match=r"numpy\.asarray"):
        load("mnist").features([[0.0]])


def test_accuracy_needs_labels_and_pixels_up_to_their_white(small: Path) -> None:
    net = load(small)
    x = (images(5)[:, 4:12, 4:12] * 16).astype(np.uint8)
    with pytest.raises(ValueError, match=r"^five has no labels"):
        net.accuracy_on(Dataset("five", x, top=16.0))
    with pytest.raises(ValueError, match=r"images \(m, 8, 8, 1\)"):
        net.accuracy_on(Dataset("one", x[:, :7], np.zeros(5, int), top=16.0))
    assert 0 <= net.accuracy_on(Dataset("five", x, np.zeros(5, int), top=16.0)) <= 1


def test_a_classifier_is_loaded_from_its_folder_or_its_file(small: Path) -> None:
    nets = [load(small), load(str(small)), load(small / FILE)]
    assert len({net.sha256 for net in nets}) == 1
    assert isinstance(nets[0], Features)


@pytest.mark.parametrize("name", ["mnits", "", "runs/none", "cifar-10"])
def test_a_name_that_is_none_lists_those_there_are(name: str) -> None:
    with pytest.raises(ValueError, match=re.escape(f"no classifier {name!r}")) as refused:
        load(name)
    for known in SHIPPED:
        assert known in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("place", [0.01, 0.3, 0.5, 0.7, 0.9])
@pytest.mark.parametrize("bit", [1, 128])
def test_a_flipped_bit_is_refused_by_the_name_of_the_file(
    place: float, bit: int, small: Path
) -> None:
    content = bytearray((small / FILE).read_bytes())
    content[int(place * len(content))] ^= bit
    Path("mine.npz").write_bytes(content)
    with pytest.raises(CheckpointError, match=r"^mine\.npz: ") as refused:
        load("mine.npz")
    assert "\n" not in str(refused.value)


def change(small: Path, change: Any) -> str:
    """A file that is whole, but says something else."""
    arrays, facts = checkpoint.load(small / FILE)
    arrays = {name: np.array(a) for name, a in arrays.items()}
    change(arrays, facts)
    checkpoint.save("mine.npz", arrays, facts)
    return "mine.npz"


@pytest.mark.parametrize(
    ("what", "says"),
    [
        (
            lambda arrays, facts: facts.pop("accuracy"),
            "the facts of a classifier, accuracy missing",
        ),
        (lambda arrays, facts: facts.update(accuracy="much"), "not those of a classifier"),
        (lambda arrays, facts: facts.update(shape=[8, 8]), "not those of a classifier"),
        (lambda arrays, facts: facts.update(shape=[8, 0, 1]), "not those of a classifier"),
        (lambda arrays, facts: facts.update(labels=["a", "b"]), "not those of a classifier"),
        (lambda arrays, facts: facts.update(labels=[]), "not those of a classifier"),
        (lambda arrays, facts: arrays.pop("params/0.W"), "arrays params/0.W missing"),
        (
            lambda arrays, facts: facts["labels"].pop(),
            r"params/13.W is of shape \(64, 10\), expect",
        ),
        (
            lambda arrays, facts: arrays.update({"params/0.W": arrays["params/0.W"][:, :, :, :1]}),
            r"params/0.W is of shape \(5, 5, 1, 1\), expected \(5, 5, 1, 16\)",
        ),
    ],
)
def test_a_file_of_something_else_is_refused(what: Any, says: str, small: Path) -> None:
    with pytest.raises(CheckpointError, match=r"^mine\.npz: .*" + says) as refused:
        load(change(small, what))
    assert "\n" not in str(refused.value)


def test_a_gans_checkpoint_is_no_classifier() -> None:
    checkpoint.save("checkpoint.npz", {"G/params/0.W": np.zeros(3)}, {"step": 3})
    with pytest.raises(CheckpointError, match=r"^checkpoint\.npz: the facts of a classifier"):
        load("checkpoint.npz")


def test_a_damaged_package_is_said_by_the_files_name(
    small: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    package = tmp_path / "package"
    shutil.copytree(small, package)
    (package / FILE).rename(package / "classifier-mnist.npz")
    monkeypatch.setattr("minigan.evaluation.features.files", lambda name: package)
    assert load("mnist").name == "digits"
    with pytest.raises(CheckpointError, match=r"classifier-fashion-mnist\.npz: there is no"):
        load("fashion-mnist")


def test_nothing_in_the_files_is_a_pickle() -> None:
    for name in FULL:
        with np.load(load(name).file, allow_pickle=False) as arrays:
            kinds = {arrays[key].dtype.name for key in arrays.files if key != "minigan.json"}
        assert kinds == {"float16", "float32"}
