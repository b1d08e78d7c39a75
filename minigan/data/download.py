"""Fetch one published file from the first mirror that serves it whole, and prove that it is it."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import http.client
import os
import ssl
import sys
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

from tqdm import tqdm

from minigan.data.dataset import DataError

TIMEOUT = 20.0  # seconds without an answer or a byte, then the next mirror
CHUNK = 2**16


def fetch(target: Path, urls: list[str], size: int, sha256: str) -> None:
    """Download a file of known size and SHA-256 to target, or raise and leave nothing behind.

    The bytes go to a .part file beside the target and are hashed on the way; only the right file
    is renamed to target, so that what lies there is never half a file. Progress goes to standard
    error when that is a terminal.

    **Raises**  DataError, with what was wrong at each mirror, when none served the file, and when
    the folder cannot be written.
    """
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    folders = (target.parent, *target.parent.parents)
    made = [folder for folder in folders if not os.path.exists(folder)]
    reasons = []
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        for url in urls:
            problem = _try_mirror(url, part, size, sha256)
            if problem is None:
                os.replace(part, target)
                return
            reasons.append(f"{urlsplit(url).netloc}: {problem}")
    except OSError as error:
        raise DataError(
            f"{target.parent}: the download cannot be stored there ({error.strerror or error}); "
            "make room or set XDG_CACHE_HOME to a folder that can be written."
        ) from error
    finally:
        with contextlib.suppress(OSError):  # it may never have been there
            part.unlink()
        for folder in made:
            with contextlib.suppress(OSError):  # not empty: the file is there
                folder.rmdir()
    raise DataError(f"{target.name} could not be downloaded ({'; '.join(reasons)}).")


def _try_mirror(url: str, part: Path, size: int, sha256: str) -> str | None:
    """Download from one mirror to part; say what was wrong, None when it is the file."""
    request = urllib.request.Request(url, headers={"User-Agent": "minigan"})
    digest, got, start = hashlib.sha256(), 0, b""
    with part.open("wb") as file:
        try:
            with (
                urllib.request.urlopen(request, timeout=TIMEOUT) as response,
                tqdm(
                    desc=part.name.rsplit(".", 2)[0],
                    total=size,
                    unit="B",
                    unit_scale=True,
                    file=sys.stderr,
                    leave=False,
                    disable=None,
                ) as bar,
            ):
                while got <= size and (block := response.read(CHUNK)):
                    start = start or block[:512]
                    digest.update(block)
                    file.write(block)
                    got += len(block)
                    bar.update(len(block))
        except (OSError, ValueError, http.client.HTTPException) as error:  # ValueError: no address
            if getattr(error, "errno", None) == errno.ENOSPC:
                raise  # the disk is full: no mirror can help
            return _explain(error)
    if start.lstrip()[:1] == b"<":
        return "it served a web page"
    if got < size:
        return f"it served {got} of {size} bytes"
    if got > size or digest.hexdigest() != sha256:
        return "it served another file (the SHA-256 differs)"
    return None


def _explain(error: Exception) -> str:
    """What kept a mirror from answering, in a few words."""
    if isinstance(error, urllib.error.HTTPError):
        return f"HTTP {error.code}"
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(reason, ssl.SSLCertVerificationError):
        return (
            "its certificate cannot be verified; this Python lacks the root certificates (on macOS "
            "run 'Install Certificates.command', elsewhere set SSL_CERT_FILE)"
        )
    if isinstance(reason, TimeoutError):
        return f"no answer within {TIMEOUT:g} s"
    return " ".join(str(reason).split()) or type(error).__name__
