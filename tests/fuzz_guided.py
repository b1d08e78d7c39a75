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

import atheris

os.environ["OPENBLAS_NUM_THREADS"] = "1"
sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]

with atheris.instrument_imports(include=["minigan", "zipfile", "gzip", "json", "csv", "PIL"]):
    import fuzz_pictures
    import fuzz_readers

READER = sys.argv[1] if len(sys.argv) > 1 else ""
FOLDER = Path(tempfile.mkdtemp(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None))


def main() -> None:
    reader = (fuzz_readers.readers(FOLDER) | fuzz_pictures.readers())[READER]
    path, corpus = FOLDER / "run" / reader.name, FOLDER / "corpus"
    corpus.mkdir()
    path.parent.mkdir(parents=True)
    for name, content in reader.beside.items():
        (FOLDER / "run" / name).parent.mkdir(parents=True, exist_ok=True)
        (FOLDER / "run" / name).write_bytes(content)
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
        found = [p for p in (FOLDER / "run").rglob("*") if p.is_file()]
        assert sorted(str(p.relative_to(FOLDER / "run")) for p in found) == lying, "a stray file"

    options = ["-rss_limit_mb=1024", "-timeout=60", "-max_len=8192", f"-artifact_prefix={FOLDER}/"]
    options += [f"-max_total_time={sys.argv[2]}", "-print_final_stats=1", "-verbosity=0"]
    atheris.Setup([sys.argv[0], *options, str(corpus)], read)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
