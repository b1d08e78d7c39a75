"""Folders and tables of a stranger, on the command line: one line, status 2, nothing touched."""

from __future__ import annotations

import io
import os
import struct
import zlib
from pathlib import Path

import command_line
import pytest
from command_line import run
from PIL import Image, PngImagePlugin
from test_data_images import picture

in_an_empty_folder = command_line.in_an_empty_folder


def chunk(name, content):
    body = name + content
    return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))


def png(width=4, height=4, extra=b"", behind=b""):
    """A grey PNG file by hand, whatever it declares."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + extra
        + chunk(b"IDAT", zlib.compress(bytes(20)))
        + behind
        + chunk(b"IEND", b"")
    )


def saved(image, format, **options):
    content = io.BytesIO()
    image.save(content, format, **options)
    return content.getvalue()


def tree(folder):
    """All that lies in a folder: names, kinds, times, contents."""
    found = {}
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        content = path.read_bytes() if path.is_file() and status.st_size < 10**6 else None
        found[path] = (status.st_mode, status.st_size, status.st_mtime_ns, content)
    return found


def check_refused(capsys, *argv, words=()):
    """Run a command that must refuse: the line that it prints."""
    here = Path.cwd()
    before = tree(here)
    status, out, err = run(*map(str, argv), capsys=capsys)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert err[:-1].isprintable()
    for word in words:
        assert word in err
    assert tree(here) == before
    return err


BOMB = zlib.compress(bytes(50_000_000))
GREY = Image.new("L", (4, 4))
FILES = {  # what lies in the folder as x.png, and what is said of it
    "empty": (b"", "damaged or of another format"),
    "a web page": (b"<!DOCTYPE html><html>", "a web page or an SVG drawing"),
    "a drawing": (b' \n<svg xmlns="http://www.w3.org/2000/svg"/>', "a web page or an SVG drawing"),
    "TIFF": (saved(GREY, "TIFF"), "another format than PNG, JPEG, BMP, GIF"),
    "EPS, for which a program would be called": (saved(GREY, "EPS"), "another format than PNG"),
    "60,000 x 60,000": (png(60_000, 60_000), "too many pixels"),
    "2,147,483,647 a side": (png(2**31 - 1, 2**31 - 1), "too many pixels"),
    "9,000 x 9,000 in 60 bytes": (png(9000, 9000), "9000 x 9000 pixels, more than a file of"),
    "no pixels": (png(0, 4), "damaged"),
    "cut": (png()[:-30], "x.png: cannot be read as a picture"),
    "a text of 50 MB": (png(extra=chunk(b"zTXt", b"a\0\0" + BOMB)), "too large"),
    "a text of 50 MB in Unicode": (png(extra=chunk(b"iTXt", b"a\0\1\0\0\0" + BOMB)), "too large"),
    "colours of 50 MB": (png(extra=chunk(b"iCCP", b"a\0\0" + BOMB)), "too large"),
    "colours of no bytes": (png(behind=chunk(b"iCCP", b"")), "damaged (index out of range)"),
    "16 bits": (saved(Image.new("I;16", (4, 4)), "PNG"), "mode I;16"),
}


@pytest.mark.parametrize(("content", "words"), FILES.values(), ids=FILES)
def test_a_picture_that_is_none_is_one_line(content, words, capsys):
    Path("photos").mkdir()
    Path("photos/x.png").write_bytes(content)
    check_refused(capsys, "train", "--data", "photos", words=["x.png", words])


def test_a_jpeg_of_scans_without_end_is_refused(capsys):
    whole = saved(Image.new("L", (4000, 4000)), "JPEG", progressive=True)
    last = whole.rindex(b"\xff\xda")
    Path("photos").mkdir()
    Path("photos/x.jpg").write_bytes(whole[:last] + whole[last:-2] * 600 + whole[-2:])
    check_refused(capsys, "train", "--data", "photos", words=["x.jpg: a JPEG of 605 scans"])


def test_a_file_larger_than_any_picture_is_not_read(capsys):
    picture(Path("photos/0.png"), 1)
    with open("photos/x.png", "wb") as file:
        file.write(png()[:-12])
        file.truncate(2**40)  # takes no room: nothing is written there
    check_refused(
        capsys, "train", "--data", "photos", words=["x.png: 1,099,511,627,776 bytes, expected"]
    )


def nowhere(path):
    os.symlink("nowhere", path)


def itself(path):
    os.symlink(path.name, path)


def endless(path):
    os.symlink("/dev/zero", path)


ODD = {
    "a pipe": (os.mkfifo, "pipe or a device"),
    "a device": (endless, "pipe or a device"),
    "a link to nothing": (nowhere, "the link leads to nothing"),
    "a link to itself": (itself, "symbolic links"),
}


@pytest.mark.parametrize(("make", "words"), ODD.values(), ids=ODD)
@pytest.mark.parametrize("data", ["photos", "photos/t.csv", "photos/first.csv"])
def test_what_is_no_file_is_not_waited_for(make, words, data, capsys):
    picture(Path("photos/0.png"), 1)
    make(Path("photos/x.png"))
    Path("photos/t.csv").write_text("filename\n0.png\nx.png\n")
    Path("photos/first.csv").write_text("filename\nx.png\n0.png\n")
    if data == "photos/first.csv" and "link" in words:
        words = "there is no file 'x.png'"
    if data != "photos" and make is endless:
        words = "not a file inside the images folder"
    check_refused(capsys, "train", "--data", data, words=["x.png", words])


def test_a_file_that_may_not_be_read_is_not_called_damaged(capsys, monkeypatch):
    def forbidden(path):
        raise PermissionError(13, "Permission denied", str(path))

    picture(Path("photos/x.png"), 1)
    monkeypatch.setattr("minigan.data.decoding.open_file", forbidden)  # root may read all
    words = ["x.png: cannot be read (Permission denied)"]
    check_refused(capsys, "train", "--data", "photos", words=words)


def folders():
    """Folders without a picture that is taken, and what is said of each."""
    for name in ("empty", "texts/a.txt", "hidden/.x.png", "named.png/x.png/a.txt"):
        path = Path(name)
        (path if name == "empty" else path.parent).mkdir(parents=True)
        if name != "empty":
            path.write_bytes(png() if path.suffix == ".png" else b"")
    picture(Path("deep/a/b/0.png"), 1)
    Path("gifs").mkdir()
    GREY.save("gifs/a.gif")
    none = "no picture in the folder or its sub-folders"
    return {
        "empty": none,
        "texts": none,
        "hidden": none,
        "named.png": none,
        "deep": "there are folders in deep/a, give that one",
        "gifs": "convert gifs/a.gif and others like it to PNG",
    }


def test_a_folder_without_pictures_says_what_to_do(capsys):
    for name, words in folders().items():
        check_refused(capsys, "train", "--data", name, words=[name, words])


BEGINNERS = {
    "photo.zip": "unpack it, and give the folder",
    "photo.png": "give the folder that it lies in",
    "photo.webp": "give the folder that it lies in",
    "table.xlsx": "save it as .csv",
    "table.tsv": "read as csv:FILE",
    "http://example.org/x.zip": "nothing is fetched from an address, download it",
    "phtos": "no such path",
    "folder:photo.png": "expected a folder of pictures",
    "csv:photo.png": "no CSV file in UTF-8",
    "names.csv": "'0.png' is no number; expected numbers only, or a column named filename",
    "x" * 5000: "no such path",
    "nul\0nul": "no such path",
}


@pytest.mark.parametrize(("data", "words"), BEGINNERS.items())
def test_a_beginners_mistake_is_told_what_to_do(data, words, capsys):
    for name in ("photo.zip", "photo.png", "photo.webp", "table.xlsx", "table.tsv"):
        Path(name).write_bytes(png())
    Path("names.csv").write_text("name,class\n0.png,7\n")
    assert len(check_refused(capsys, "train", "--data", data, words=[words])) < 1000
    check_refused(capsys, "data", "export", data, "--to", "there", words=[words])


def test_what_is_in_the_folder_is_only_read():
    from minigan.data import load

    for i, mode in enumerate(("1", "L", "LA", "P", "RGB", "RGBA")):
        picture(Path(f"photos/{i}.png"), 1, mode=mode)
    picture(Path("photos/6.jpg"), 0, mode="CMYK")
    GREY.convert("P").resize((6, 4)).save(
        "photos/7.png", format="GIF", save_all=True, append_images=[Image.new("P", (6, 4), 9)]
    )
    Path("photos/t.csv").write_text("filename,label\n0.png,a\n1.png,b\n")
    Path("photos/n.csv").write_text("1,2\n3,4\n")
    before = tree(Path("photos"))
    assert load("photos").x.shape == (8, 4, 6, 3)
    assert load("photos/t.csv").x.shape == (2, 4, 6, 1)
    assert load("photos/n.csv").x.shape == (2, 2)
    assert tree(Path("photos")) == before


def test_a_second_rotation_mark_changes_nothing():
    """A PNG that says twice how the camera was held: what was measured is what is decoded."""
    from minigan.data import load

    exif = {turn: Image.Exif() for turn in (1, 6)}
    for turn, tags in exif.items():
        tags[0x0112] = turn
    tags = {turn: chunk(b"eXIf", tags.tobytes()[6:]) for turn, tags in exif.items()}
    Path("photos").mkdir()
    image = Image.new("L", (6, 4), 9)
    image.putpixel((0, 0), 255)
    whole = saved(image, "PNG")
    for first, second in ((6, 1), (1, 6)):
        end = whole.index(b"IDAT") - 4, whole.index(b"IEND") - 4
        content = whole[: end[0]] + tags[first] + whole[end[0] : end[1]] + tags[second]
        Path("photos/x.png").write_bytes(content + whole[end[1] :])
        data = load("photos")
        assert data.shape == ((6, 4, 1) if first == 6 else (4, 6, 1))
        assert data.x[0, 0, -1 if first == 6 else 0, 0] == 255
        assert (data.x == 255).sum() == 1


def test_a_picture_of_many_texts_is_a_picture():
    from minigan.data import load

    info = PngImagePlugin.PngInfo()
    for i in range(100):
        info.add_text(f"key {i}", "x" * 1000, zip=True)
    Path("photos").mkdir()
    GREY.save("photos/x.png", pnginfo=info, icc_profile=b"x" * 1000)
    assert load("photos").shape == (4, 4, 1)


@pytest.mark.long
def test_a_hundred_thousand_pictures_are_read_in_two_minutes_of_a_processor():
    import time
    from tempfile import TemporaryDirectory

    from fuzzing import MEMORY

    from minigan.data import load

    with TemporaryDirectory(dir=MEMORY) as folder:
        for i in range(100_000):
            (Path(folder) / f"{i}.png").write_bytes(png())
        (Path(folder) / "t.csv").write_text(
            "filename\n" + "".join(f"{i}.png\n" for i in range(100_000))
        )
        for data in (folder, f"{folder}/t.csv"):
            began = time.process_time()
            assert load(data).x.shape == (100_000, 4, 4, 1)
            assert time.process_time() - began < 120
