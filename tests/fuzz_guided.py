"""Search for a file that a reader stumbles over, guided by which lines of minigan it reaches.

    pip install atheris
    python tests/fuzz_guided.py npz 60        one of fuzz_readers.py or fuzz_pictures.py, 60 seconds

It ends with the number of files that were tried; or with the traceback, and the file.
test_fuzz_guided.py runs it for every reader (python -m pytest -m long).
"""

import os
import sys
import tempfile
from pathlib import Path

INSTRUMENTED = ["minigan", "zipfile", "gzip", "json", "csv", "PIL"]


def main() -> None:
    import atheris  # before what it is to watch is imported

    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]
    with atheris.instrument_imports(include=INSTRUMENTED):
        import fuzz_pictures
        import fuzz_readers

    folder = Path(tempfile.mkdtemp(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None))
    reader = (fuzz_readers.readers(folder) | fuzz_pictures.readers())[sys.argv[1]]
    path, corpus = folder / "run" / reader.name, folder / "corpus"
    corpus.mkdir()
    path.parent.mkdir(parents=True)
    for name, content in reader.beside.items():
        (folder / "run" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "run" / name).write_bytes(content)
    for i, content in enumerate(reader.valid):
        (corpus / str(i)).write_bytes(content)
    lying = sorted({*reader.beside, reader.name})

    def read(content: bytes) -> None:
        path.write_bytes(content)
        try:
            reader.read(path)
        except reader.errors as error:
            message = str(error)
            assert (reader.named or reader.name) in message, f"the file is not named: {message!r}"
            assert len(message.splitlines()) == 1, f"more than a line: {message!r}"
        assert path.read_bytes() == content, "the file was changed"
        found = [p for p in (folder / "run").rglob("*") if p.is_file()]
        assert sorted(str(p.relative_to(folder / "run")) for p in found) == lying, "a stray file"

    options = ["-rss_limit_mb=1024", "-timeout=60", "-max_len=8192", f"-artifact_prefix={folder}/"]
    options += [f"-max_total_time={sys.argv[2]}", "-print_final_stats=1", "-verbosity=0"]
    atheris.Setup([sys.argv[0], *options, str(corpus)], read)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
