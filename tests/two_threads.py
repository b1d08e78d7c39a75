"""Two threads for BLAS and for share, whatever the machine has, and a look at whether they stay."""

import threading

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from minigan.threads import share, threads, use_threads


@pytest.fixture
def two_threads():
    """BLAS and share have two threads, whatever the machine has."""
    with threadpool_limits(2, user_api="blas"), use_threads(2):
        yield


def blas_threads():
    """Of the BLAS that NumPy uses: scipy and PyTorch bring one of their own."""
    return [
        library["num_threads"]
        for library in threadpool_info()
        if library["user_api"] == "blas"
        and not any(other in library["filepath"] for other in ("scipy.libs", "torch"))
    ]


def as_before():
    """Whether BLAS has its two threads, and share two that really run side by side."""
    meeting = threading.Barrier(2, timeout=5)
    share(lambda part: meeting.wait(), 2)  # alone, a part would wait in vain
    return set(blas_threads()) <= {2} and threads() == 2
