"""The full sets: where they are looked for, and the download, from servers on this machine."""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
import os
import ssl
import threading
import time
import urllib.error
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from data_errors import refused
from test_data_idx import idx_bytes

from minigan.data import describe, load
from minigan.data.download import fetch
from minigan.data.published import FULL_SETS, File

RNG = np.random.default_rng(0)


def tiny(name, seed):
    """A full set in four tiny files: the set, and the files' bytes by their published names."""
    rng = np.random.default_rng(seed)
    packed, parts = {}, {}
    for split, prefix, n in (("train", "train", 6), ("test", "t10k", 3)):
        files = []
        for kind, shape in (("images-idx3", (n, 4, 5)), ("labels-idx1", (n,))):
            content = idx_bytes(rng.integers(0, 10, shape, "u1"))
            file = f"{prefix}-{kind}-ubyte"
            packed[file] = gzip.compress(content, mtime=0)
            hashes = [hashlib.sha256(data).hexdigest() for data in (packed[file], content)]
            files.append(File(file, len(packed[file]), *hashes))
        parts[split] = tuple(files)
    full = dataclasses.replace(FULL_SETS[name], parts=parts, mirrors=())
    return full, packed


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A machine with nothing on it: no cache, no data folder, no proxy."""
    for name in ("MINIGAN_DATA", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("no_proxy", "*")
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "home"


@pytest.fixture
def sets(home, monkeypatch):
    """The two sets with tiny files; returns the packed files of each."""
    packed = {}
    for seed, name in enumerate(("mnist", "fashion-mnist")):
        full, packed[name] = tiny(name, seed)
        monkeypatch.setitem(FULL_SETS, name, dataclasses.replace(full, places=full.places[:1]))
    return packed


def put(folder, packed, *, unpack=False, spell=lambda name: name):
    """Write the files of a set into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in packed.items():
        if unpack:
            (folder / spell(name)).write_bytes(gzip.decompress(content))
        else:
            (folder / f"{spell(name)}.gz").write_bytes(content)
    return folder


def first_bytes(packed, name="train-images-idx3-ubyte"):
    return np.frombuffer(gzip.decompress(packed[name]), np.uint8)[16:]


class Server(ThreadingHTTPServer):
    """Serves answers, a dict from file name to (status, headers, body), and counts requests."""

    daemon_threads = True

    def __init__(self, answers):
        self.answers, self.asked = answers, []
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}/set/"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        name = self.path.rpartition("/")[2]
        self.server.asked.append(name)
        answer = self.server.answers.get(name)
        if answer is None:
            self.send_error(404)
            return
        if callable(answer):
            answer = answer()
        status, headers, body = answer
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def serve():
    """Start servers on 127.0.0.1; they end with the test."""
    servers = []

    def start(answers):
        server = Server(answers)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def good(packed):
    return {
        f"{name}.gz": (200, {"Content-Length": str(len(body))}, body)
        for name, body in packed.items()
    }


def mirrors(monkeypatch, name, *servers):
    full = dataclasses.replace(FULL_SETS[name], mirrors=tuple(server.url for server in servers))
    monkeypatch.setitem(FULL_SETS, name, full)


# Local files


@pytest.mark.parametrize("unpack", [False, True])
@pytest.mark.parametrize("spell", [str, lambda name: name.replace("-idx", ".idx")])
@pytest.mark.parametrize(
    "place",
    [
        "{data}",
        "{data}/mnist",
        "{data}/MNIST/raw",
        "{data}/torch/MNIST/raw",
        "{home}/.cache/minigan/mnist",
        "{home}/.cache/minigan",
        "data",
        "data/mnist",
        "data/MNIST/raw",
        "data/any/MNIST/raw",
    ],
)
def test_files_are_found_where_people_have_them(
    sets, home, tmp_path, monkeypatch, place, unpack, spell
):
    data = tmp_path / "given"
    data.mkdir()
    monkeypatch.setenv("MINIGAN_DATA", str(data))
    folder = tmp_path / "work" / place.format(data=data, home=home)
    put(folder, sets["mnist"], unpack=unpack, spell=spell)
    train, test = load("mnist"), load("mnist", split="test")
    assert train.x.shape == (6, 4, 5, 1)
    assert test.x.shape == (3, 4, 5, 1)
    assert np.array_equal(train.x.ravel(), first_bytes(sets["mnist"]))
    assert len(train.labels) == 6
    assert train.labels.dtype == np.int64
    assert "MNIST" in train.description


def test_the_cache_is_where_xdg_says(sets, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    put(tmp_path / "xdg" / "minigan" / "fashion-mnist", sets["fashion-mnist"])
    assert len(load("fashion-mnist")) == 6


def test_keras_copies_are_found(sets, home):
    x, y = (
        np.frombuffer(gzip.decompress(sets["mnist"][f"train-{kind}-ubyte"]), "u1")
        for kind in ("images-idx3", "labels-idx1")
    )
    folder = home / ".keras" / "datasets"
    folder.mkdir(parents=True)
    np.savez(folder / "mnist.npz", x_train=x[16:].reshape(6, 4, 5), y_train=y[8:])
    assert np.array_equal(load("mnist").x.ravel(), x[16:])
    assert load("mnist").labels.tolist() == y[8:].tolist()
    with refused("mnist.npz", "no array x_test"):
        load("mnist", split="test")
    np.savez(folder / "mnist.npz", x_train=x[16:].reshape(6, 4, 5) + 1, y_train=y[8:])
    with refused("mnist.npz", "SHA-256"):
        load("mnist")
    put(folder / "fashion-mnist", sets["fashion-mnist"])
    assert len(load("fashion-mnist")) == 6


def test_the_sets_are_told_apart_though_their_files_have_the_same_names(
    sets, tmp_path, monkeypatch
):
    put(tmp_path / "given", sets["fashion-mnist"])
    put(tmp_path / "work" / "data", sets["mnist"])
    monkeypatch.setenv("MINIGAN_DATA", str(tmp_path / "given"))
    assert np.array_equal(load("mnist").x.ravel(), first_bytes(sets["mnist"]))
    assert np.array_equal(load("fashion-mnist").x.ravel(), first_bytes(sets["fashion-mnist"]))


def test_a_folder_without_the_labels_is_passed_over(sets, tmp_path):
    put(tmp_path / "work" / "data", {"train-images-idx3-ubyte": b""})
    put(tmp_path / "work" / "data" / "mnist", sets["mnist"])
    assert len(load("mnist")) == 6


def test_a_gz_with_another_content_is_refused(sets, tmp_path):
    folder = put(tmp_path / "work" / "data", sets["mnist"])
    path = folder / "train-images-idx3-ubyte.gz"
    content = bytearray(gzip.decompress(path.read_bytes()))
    content[20] ^= 1  # one bit of one pixel
    path.write_bytes(gzip.compress(bytes(content)))
    with refused(path.name, "not mnist's train-images-idx3-ubyte", "SHA-256", "delete or move"):
        load("mnist")
    assert len(load("mnist", split="test")) == 3
    path.write_bytes(b"<html>")
    with refused(path.name, "web page"):
        load("mnist")


def test_minigan_data_must_be_a_folder(sets, monkeypatch, tmp_path):
    monkeypatch.setenv("MINIGAN_DATA", str(tmp_path / "none"))
    with refused("MINIGAN_DATA", tmp_path / "none", "no folder"):
        load("mnist")


# The download


def test_the_download_lands_in_the_cache_and_is_asked_for_once(sets, home, serve, monkeypatch):
    server = serve(good(sets["mnist"]))
    mirrors(monkeypatch, "mnist", server)
    assert np.array_equal(load("mnist").x.ravel(), first_bytes(sets["mnist"]))
    assert len(load("mnist")) == 6
    assert server.asked == ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"]
    folder = home / ".cache" / "minigan" / "mnist"
    assert sorted(path.name for path in folder.iterdir()) == sorted(server.asked)


NAME = "train-images-idx3-ubyte.gz"


def bad_answers(body):
    flipped = body[:-1] + bytes([body[-1] ^ 1])
    return {
        "truncated": (200, {"Content-Length": str(len(body))}, body[:-5]),
        "short": (200, {"Content-Length": str(len(body) - 5)}, body[:-5]),
        "long": (200, {}, body + b"x" * 10**6),
        "page": (200, {"Content-Type": "text/html"}, b"\n<!DOCTYPE html><html>sign in</html>"),
        "wrong": (200, {"Content-Length": str(len(body))}, flipped),
        "empty": (200, {"Content-Length": "0"}, b""),
        "forbidden": (403, {}, b"<html>403</html>"),
        "garbage": (200, {"Transfer-Encoding": "chunked"}, b"this is no chunk\r\n"),
    }


BAD = {
    "truncated": "bytes",
    "short": "bytes",
    "long": "SHA-256 differs",
    "page": "web page",
    "wrong": "SHA-256 differs",
    "empty": "served 0 of",
    "forbidden": "HTTP 403",
    "garbage": "127.0.0.1",
}


@pytest.mark.parametrize("kind", BAD)
def test_the_next_mirror_is_tried_after_any_failure(sets, home, serve, monkeypatch, kind):
    answers = good(sets["mnist"]) | {NAME: bad_answers(sets["mnist"][NAME[:-3]])[kind]}
    first, second = serve(answers), serve(good(sets["mnist"]))
    mirrors(monkeypatch, "mnist", first, second)
    assert len(load("mnist")) == 6
    assert first.asked == [NAME, "train-labels-idx1-ubyte.gz"]
    assert second.asked == [NAME]


@pytest.mark.parametrize("kind", BAD)
def test_a_failure_is_told_and_leaves_nothing_behind(sets, home, serve, monkeypatch, kind):
    server = serve({NAME: bad_answers(sets["mnist"][NAME[:-3]])[kind]})
    mirrors(monkeypatch, "mnist", server)
    with refused(NAME, BAD[kind], f"127.0.0.1:{server.server_port}"):
        load("mnist")
    assert list((home / ".cache" / "minigan" / "mnist").iterdir()) == []


def test_the_last_error_says_what_to_put_where(sets, home, serve, monkeypatch):
    first, second = serve({}), serve({})
    second.shutdown()
    second.server_close()  # nobody listens there
    mirrors(monkeypatch, "mnist", first, second)
    with refused(
        "mnist: t10k-images-idx3-ubyte.gz could not be downloaded",
        f"127.0.0.1:{first.server_port}: HTTP 404",
        f"127.0.0.1:{second.server_port}: [Errno",
        "put t10k-images-idx3-ubyte.gz and t10k-labels-idx1-ubyte.gz into",
        home / ".cache" / "minigan" / "mnist",
        "MINIGAN_DATA",
        "mnist12k",
    ):
        load("mnist", split="test")


def test_a_silent_mirror_is_given_up(sets, home, serve, monkeypatch):
    monkeypatch.setattr("minigan.data.download.TIMEOUT", 0.2)

    def wait():
        time.sleep(0.6)
        return 200, {}, b""

    mirrors(monkeypatch, "mnist", serve({NAME: wait}))
    with refused("no answer within 0.2 s"):
        load("mnist")


@pytest.mark.parametrize("wrapped", [True, False])
def test_missing_certificates_are_named(home, tmp_path, monkeypatch, wrapped):
    problem = ssl.SSLCertVerificationError("unable to get local issuer certificate")

    def urlopen(*args, **kwargs):
        raise urllib.error.URLError(problem) if wrapped else problem

    monkeypatch.setattr("urllib.request.urlopen", urlopen)
    with refused("mirror.example", "certificate", "Install Certificates.command", "SSL_CERT_FILE"):
        fetch(tmp_path / "x.gz", ["https://mirror.example/x.gz"], 1, "")


def test_a_full_disk_is_not_taken_for_a_bad_mirror(home, tmp_path, monkeypatch):
    asked = []

    def urlopen(request, timeout):
        asked.append(request.full_url)
        raise OSError(28, "No space left on device")  # as the write would

    monkeypatch.setattr("urllib.request.urlopen", urlopen)
    with refused(tmp_path, "cannot be stored", "No space left", "XDG_CACHE_HOME"):
        fetch(tmp_path / "x.gz", ["http://a/x.gz", "http://b/x.gz"], 1, "")
    assert asked == ["http://a/x.gz"]


def test_a_cache_that_cannot_be_written_is_named(sets, home, serve, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    mirrors(monkeypatch, "mnist", serve(good(sets["mnist"])))
    with refused(tmp_path / "file", "cannot be stored", "XDG_CACHE_HOME"):
        load("mnist")


def test_ctrl_c_leaves_no_part_behind(home, tmp_path, monkeypatch):
    def urlopen(*args, **kwargs):
        assert [path.suffix for path in tmp_path.glob("x.gz*")] == [".part"]
        raise KeyboardInterrupt

    monkeypatch.setattr("urllib.request.urlopen", urlopen)
    with pytest.raises(KeyboardInterrupt):
        fetch(tmp_path / "x.gz", ["http://a/x.gz"], 1, "")
    assert list(tmp_path.glob("x.gz*")) == []


def test_describe_never_touches_the_network(sets, home, serve, monkeypatch, tmp_path):
    server = serve(good(sets["mnist"]))
    mirrors(monkeypatch, "mnist", server)
    rows = {row.name: row for row in describe()}
    assert "to be downloaded" in rows["mnist"].source
    assert str(home / ".cache" / "minigan" / "mnist") in rows["mnist"].source
    put(tmp_path / "work" / "data", sets["mnist"])
    rows = {row.name: row for row in describe()}
    assert rows["mnist"].source.startswith("found at data")
    assert server.asked == []
    assert not home.exists()


# The published facts


def test_the_published_table():
    for full in FULL_SETS.values():
        assert len(full.mirrors) == 2
        assert all(url.endswith("/") for url in full.mirrors)
        files = [file for pair in full.parts.values() for file in pair]
        assert len({file.sha256 for file in files} | {file.content for file in files}) == 8
        assert all(len(file.sha256) == len(file.content) == 64 for file in files)
    sizes = [file.size for pair in FULL_SETS["mnist"].parts.values() for file in pair]
    assert sizes == [9_912_422, 28_881, 1_648_877, 4_542]


def full_set(name):
    """A full set, where MINIGAN_DATA has it."""
    folder = os.environ.get("MINIGAN_DATA")
    if not folder:
        pytest.skip("MINIGAN_DATA is not set: the full sets are not on this machine")
    data, test = load(name), load(name, split="test")
    assert folder in data.description
    return data, test


def test_the_full_mnist():
    data, test = full_set("mnist")
    assert np.bincount(data.labels).tolist() == [
        5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949,
    ]  # fmt: skip
    assert np.bincount(test.labels).tolist() == [
        980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009,
    ]  # fmt: skip
    assert abs(data.x.mean() / 255 - 0.13066) < 5e-6
    assert abs((data.x / np.float32(255)).std(dtype=np.float64) - 0.30811) < 5e-6
    images = np.concatenate([data.x, test.x]).reshape(70_000, -1)
    assert len({row.tobytes() for row in images}) == 70_000
    small = load("mnist12k")
    assert np.array_equal(small.x, data.x[:10_000])
    assert np.array_equal(small.labels, data.labels[:10_000])
    small = load("mnist12k", split="test")
    assert np.array_equal(small.x, test.x[::5])
    assert np.array_equal(small.labels, test.labels[::5])


def test_the_full_fashion_mnist():
    data, test = full_set("fashion-mnist")
    assert np.bincount(data.labels).tolist() == [6000] * 10
    assert np.bincount(test.labels).tolist() == [1000] * 10
