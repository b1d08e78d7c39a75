"""A machine with nothing on it, with tiny full sets, and servers on 127.0.0.1."""

from __future__ import annotations

import dataclasses
import threading

import pytest
from data_sets import Server, tiny

from minigan.data.published import FULL_SETS


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
