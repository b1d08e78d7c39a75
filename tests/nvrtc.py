"""NVIDIA's run-time compiler by ctypes: it makes code for a GPU on a machine that has none.

It comes with CuPy's wheel, and by itself: pip install nvidia-cuda-nvrtc.
"""

import ctypes
import ctypes.util
import sys
from functools import cache
from pathlib import Path


@cache
def library() -> ctypes.CDLL | None:
    """The compiler: that of a wheel, or the system's; None where there is none."""
    wheels = [
        file
        for folder in sys.path
        for file in sorted(Path(folder).glob("nvidia/*/lib/libnvrtc.so*"))
        if "alt" not in file.name
    ]
    for name in [*map(str, wheels), ctypes.util.find_library("nvrtc")]:
        if name:
            return ctypes.CDLL(name)
    return None


def compiled(source: str, options: tuple[str, ...]) -> bytes:
    """The machine code.

    Raises: AssertionError with the compiler's words.
    """
    nvrtc, program = library(), ctypes.c_void_p()
    assert nvrtc is not None
    status = nvrtc.nvrtcCreateProgram(
        ctypes.byref(program), source.encode(), b"kernels.cu", 0, None, None
    )
    assert status == 0, f"nvrtcCreateProgram: {status}"
    try:
        given = (ctypes.c_char_p * len(options))(*(option.encode() for option in options))
        status = nvrtc.nvrtcCompileProgram(program, len(options), given)
        log = _read(nvrtc.nvrtcGetProgramLogSize, nvrtc.nvrtcGetProgramLog, program)
        if status:
            raise AssertionError(f"NVRTC does not compile the kernels:\n{log.decode()}")
        return _read(nvrtc.nvrtcGetCUBINSize, nvrtc.nvrtcGetCUBIN, program)
    finally:
        nvrtc.nvrtcDestroyProgram(ctypes.byref(program))


def _read(size: object, content: object, program: ctypes.c_void_p) -> bytes:
    n = ctypes.c_size_t()
    assert size(program, ctypes.byref(n)) == 0
    text = ctypes.create_string_buffer(n.value)
    assert content(program, text) == 0
    return text.raw.rstrip(b"\0") if n.value else b""
