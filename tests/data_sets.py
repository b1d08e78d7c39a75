"""Tiny full sets with hashes of their own, and a server that serves what it is told to."""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
from test_data_idx import idx_bytes

from minigan.data.published import FULL_SETS, File


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

    def handle_error(self, request, client_address):
        """A client that hangs up is what some tests are about: no traceback."""


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


def good(packed):
    return {
        f"{name}.gz": (200, {"Content-Length": str(len(body))}, body)
        for name, body in packed.items()
    }


def mirrors(monkeypatch, name, *servers):
    full = dataclasses.replace(FULL_SETS[name], mirrors=tuple(server.url for server in servers))
    monkeypatch.setitem(FULL_SETS, name, full)
