"""The download, from servers on this machine that fail in every way that servers fail."""

from __future__ import annotations

import io
import ssl
import time
import urllib.error

import data_fixtures
import numpy as np
import pytest
from data_errors import expect_refusal
from data_sets import first_bytes, good, mirrors, put

from minigan.data import describe, load
from minigan.data.download import fetch

home, sets, serve = data_fixtures.home, data_fixtures.sets, data_fixtures.serve


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
    with expect_refusal(NAME, BAD[kind], f"127.0.0.1:{server.server_port}"):
        load("mnist")
    assert not (home / ".cache").exists()


def test_the_last_error_says_what_to_put_where(sets, home, serve, monkeypatch):
    first, second = serve({}), serve({})
    second.shutdown()
    second.server_close()  # nobody listens there
    mirrors(monkeypatch, "mnist", first, second)
    with expect_refusal(
        "mnist: t10k-images-idx3-ubyte.gz could not be downloaded",
        f"127.0.0.1:{first.server_port}: HTTP 404",
        f"127.0.0.1:{second.server_port}: [Errno",
        "put t10k-images-idx3-ubyte.gz and t10k-labels-idx1-ubyte.gz into",
        home / ".cache" / "minigan" / "mnist",
        "MINIGAN_DATA",
        "mnist12k",
    ):
        load("mnist", split="test")


def test_who_has_set_minigan_data_is_not_told_to_set_it(sets, home, serve, monkeypatch, tmp_path):
    monkeypatch.setenv("MINIGAN_DATA", str(tmp_path))
    mirrors(monkeypatch, "mnist", serve({}))
    words = f"MINIGAN_DATA is '{tmp_path}', which has none of this; put"
    with expect_refusal(words, "or point it to the folder that has them"):
        load("mnist")


def test_a_silent_mirror_is_given_up(sets, home, serve, monkeypatch):
    monkeypatch.setattr("minigan.data.download.TIMEOUT", 0.2)

    def wait():
        time.sleep(0.6)
        return 200, {}, b""

    mirrors(monkeypatch, "mnist", serve({NAME: wait}))
    with expect_refusal("no answer within 0.2 s"):
        load("mnist")


def test_a_mirror_that_never_stops_is_left(home, tmp_path, monkeypatch):
    class Endless(io.RawIOBase):
        blocks = 0

        def read(self, size=-1):
            self.blocks += 1
            assert self.blocks < 5, "read on after more than the file's size"
            return b"x" * size

    monkeypatch.setattr("urllib.request.urlopen", lambda *args, **kwargs: Endless())
    with expect_refusal("another file"):
        fetch(tmp_path / "x.gz", ["http://mirror.example/x.gz"], 100_000, "")


@pytest.mark.parametrize("wrapped", [True, False])
def test_missing_certificates_are_named(home, tmp_path, monkeypatch, wrapped):
    problem = ssl.SSLCertVerificationError("unable to get local issuer certificate")

    def urlopen(*args, **kwargs):
        raise urllib.error.URLError(problem) if wrapped else problem

    monkeypatch.setattr("urllib.request.urlopen", urlopen)
    with expect_refusal(
        "mirror.example", "certificate", "Install Certificates.command", "SSL_CERT_FILE"
    ):
        fetch(tmp_path / "x.gz", ["https://mirror.example/x.gz"], 1, "")


def test_a_full_disk_is_not_taken_for_a_bad_mirror(home, tmp_path, monkeypatch):
    asked = []

    def urlopen(request, timeout):
        asked.append(request.full_url)
        raise OSError(28, "No space left on device")  # as the write would

    monkeypatch.setattr("urllib.request.urlopen", urlopen)
    with expect_refusal(tmp_path, "cannot be stored", "No space left", "XDG_CACHE_HOME"):
        fetch(tmp_path / "x.gz", ["http://a/x.gz", "http://b/x.gz"], 1, "")
    assert asked == ["http://a/x.gz"]


def test_a_cache_that_cannot_be_written_is_named(sets, home, serve, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    mirrors(monkeypatch, "mnist", serve(good(sets["mnist"])))
    with expect_refusal(tmp_path / "file", "cannot be stored", "XDG_CACHE_HOME"):
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


def test_a_failure_leaves_the_folders_that_were_there(sets, home, serve, monkeypatch):
    cache = home / ".cache" / "minigan"
    cache.mkdir(parents=True)
    mirrors(monkeypatch, "mnist", serve({}))
    with expect_refusal(NAME, "HTTP 404"):
        load("mnist")
    assert list(cache.iterdir()) == []
    kept = cache / "mnist" / "mine.txt"
    kept.parent.mkdir()
    kept.write_text("mine")
    with expect_refusal(NAME, "HTTP 404"):
        load("mnist")
    assert list(kept.parent.iterdir()) == [kept]


def test_a_second_file_that_fails_leaves_the_first(sets, home, serve, monkeypatch):
    answers = good(sets["mnist"])
    second = answers.pop("train-labels-idx1-ubyte.gz")
    assert second
    mirrors(monkeypatch, "mnist", serve(answers))
    with expect_refusal("train-labels-idx1-ubyte.gz", "HTTP 404"):
        load("mnist")
    folder = home / ".cache" / "minigan" / "mnist"
    assert [path.name for path in folder.iterdir()] == [NAME]
