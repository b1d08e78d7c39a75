"""Tables as strangers and spreadsheets write them: drawn texts, and what a table may name."""

from __future__ import annotations

import contextlib
import csv
import os
import tempfile
from pathlib import Path

import numpy as np
import pytest
from data_errors import expect_refusal
from fuzzing import MEMORY
from hypothesis import example, given, settings
from hypothesis import strategies as st
from test_data_images import firsts, picture
from test_data_tables import table, tutorial

from minigan.data import DataError, load
from minigan.data import tables as csv_tables

__all__ = ["tutorial"]
FLOATS = st.floats(width=32, allow_nan=False, allow_infinity=False)


@contextlib.contextmanager
def written(content):
    """The path of a table that holds these bytes, where no disk sees it."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        path = Path(folder) / "drawn.csv"
        path.write_bytes(content)
        yield path


@settings(max_examples=300)
@given(
    st.integers(1, 4).flatmap(lambda d: st.lists(st.tuples(*[FLOATS] * d), min_size=1)),
    st.sampled_from(",;\t"),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.booleans(),
    st.booleans(),
    st.data(),
)
def test_numbers_come_back(rows, delimiter, end, quoting, bom, head, data):
    text = []

    class Text:
        write = staticmethod(text.append)

    spell = st.sampled_from([repr, "{:+.9e}".format, " {!r}  ".format])
    writer = csv.writer(Text, delimiter=delimiter, lineterminator=end, quoting=quoting)
    if head:
        writer.writerow([f"column {i}" for i in range(len(rows[0]))])
    for row in rows:
        writer.writerow([data.draw(spell)(x) for x in row])
        if data.draw(st.booleans()):
            text.append(end)  # an empty line
    content = "".join(text).encode("utf-8-sig" if bom else "utf-8")
    with written(content) as path:
        assert load(path).x.tolist() == np.array(rows, dtype=np.float32).tolist()


SPELLED = """1 -2.5e3 nan inf 1e999 1_000 ٣ 0x10 " "" é label filename image ../x 1e-400 True 1,5"""
ODD = ["", " ", "\0", "\r", "\u2028", "\ufeff", "9" * 500]
CELLS = st.text(max_size=5) | st.sampled_from([*SPELLED.split(), *ODD])
TEXTS = st.lists(
    st.tuples(CELLS, st.sampled_from([",", ";", "\t", "\n", "\r\n", "\r", ""])), max_size=20
).map(lambda pairs: "".join(cell + mark for cell, mark in pairs))


def loaded(path):
    """The data, or None and the message."""
    try:
        return load(path), ""
    except DataError as error:
        return None, str(error)


@settings(max_examples=800)
@given(
    TEXTS.map(str.encode) | TEXTS.map(lambda text: text.encode("utf-16")) | st.binary(max_size=9)
)
@example(b"filename,label\n")
@example(b"label,x\n" + b"9" * 5000 + b",1\n")
@example(b"a,b\n" + b'"' + b"1" * 140_000 + b'",2\n')
def test_any_text_is_numbers_or_one_line_that_names_it(content):
    with written(content) as path:
        data, message = loaded(path)
    if data is not None:
        assert np.isfinite(data.x).all()
        return
    assert "drawn.csv" in message
    assert len(message.splitlines()) == 1
    assert len(message) < 1000


LOOKS = ["1_000", "٣", "１", "−1", "0x10", "1d5", "1j", "True", "nan(5)", "1e", "1\x00"]


@pytest.mark.parametrize("cell", [*LOOKS, "", "1 2"])
def test_what_only_looks_like_a_number_is_named(tmp_path, cell):
    with expect_refusal("train.csv row 3", "is no number"):
        load(table(tmp_path, f"a,b\n1,2\n3,{cell}\n"))


@pytest.mark.parametrize("cell", ["nan", "-inf", "1e999", "1e39", "-3.41e38", "9" * 400])
def test_what_float32_cannot_hold_is_named(tmp_path, cell):
    with expect_refusal("train.csv row 2", "NaN or infinite, or beyond 3.4e38"):
        load(table(tmp_path, f"a,b\n1,{cell}\n1,2\n"))


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("9223372036854775807", 2**63 - 1),
        ("-7", -7),
        ("9223372036854775808", 0),
        ("9" * 5000, 0),
        ("1_0", 0),
        ("٣", 0),
        ("1.5", 0),
    ],
)
def test_a_label_is_an_integer_of_64_bits_or_a_name(tutorial, label, expected):
    path = table(tutorial, f"filename,label\n0.png,{label}\n1.png,{label}\n")
    assert load(path).labels.tolist() == [expected] * 2


def test_names_of_many_digits_are_in_the_order_of_their_numbers(tutorial):
    big = "9" * 5000
    path = table(tutorial, f"filename,label\n0.png,a{big}0\n1.png,a{big}\n2.png,a007\n")
    assert load(path).labels.tolist() == [2, 1, 0]


def test_a_column_that_is_there_twice_is_refused(tutorial):
    with expect_refusal("2 columns are named label"):
        load(table(tutorial, "filename,label,label\n0.png,1,2\n"))
    with expect_refusal("3 columns are named image"):
        load(table(tutorial, "image,image,Image\n0.png,0.png,0.png\n"))
    assert load(table(tutorial, "a,a\n1,2\n")).shape == (2,)


def test_a_link_may_not_lead_out_of_the_folder_of_the_pictures(tutorial):
    inside = tutorial / "Images" / "train"
    secret = picture(tutorial / "secret.png", 99)
    os.symlink(secret, inside / "link.png")
    os.symlink(tutorial, inside / "up")
    os.symlink("0.png", inside / "near.png")
    for name in ("link.png", "up/secret.png"):
        for rows in (f"{name}\n0.png", f"0.png\n{name}"):
            with expect_refusal(f"'{name}' is not a file inside the images folder"):
                load(table(tutorial, f"filename\n{rows}\n"))
    assert firsts(load(table(tutorial, "filename\nnear.png\n1.png\n"))) == [0, 10]
    os.symlink(inside, tutorial / "elsewhere")  # the folder itself may be a link
    path = table(tutorial, "filename\n1.png\nnear.png\n")
    assert firsts(load(path, images=tutorial / "elsewhere")) == [10, 0]


@pytest.mark.parametrize(
    "name", ["http://127.0.0.1:1/0.png", "file:///etc/passwd", "ftp://x/0.png"]
)
def test_an_address_is_not_fetched(tutorial, name):
    for rows in (f"{name}\n0.png", f"0.png\n{name}"):
        with expect_refusal("is an address, and nothing is fetched"):
            load(table(tutorial, f"filename\n{rows}\n"))


@pytest.mark.parametrize("name", ["~/0.png", "$HOME/0.png", "C:\\0.png", "0.png\0", "x" * 200_000])
def test_a_name_is_nothing_but_a_name(tutorial, name):
    with expect_refusal("train.csv") as _:
        load(table(tutorial, f"filename\n0.png\n{name}\n"))


def test_a_row_is_counted_with_the_empty_ones_before_it(tutorial):
    with expect_refusal("row 4", "'9.png'"):
        load(table(tutorial, "filename\n\n\n9.png\n"))


def test_a_line_without_end_is_not_read(tmp_path, monkeypatch):
    with open(tmp_path / "x.csv", "wb") as file:
        file.truncate(2**40)  # zeros that take no room
    with expect_refusal("x.csv", "33,554,432 characters or more"):
        load(tmp_path / "x.csv")
    monkeypatch.setattr(csv_tables, "LONGEST", 9)
    assert load(table(tmp_path, "1,2,3,4\n" * 9)).shape == (4,)
    with expect_refusal("a line has 9 characters or more"):
        load(table(tmp_path, "1,2,3,4\n1,2,3,45\n"))
