"""CSV tables of pictures and of numbers, made in tmp_path."""

from __future__ import annotations

import numpy as np
import pytest
from data_errors import expect_refusal
from test_data_images import firsts, picture

from minigan.data import load


def table(tmp_path, text, name="train.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_text(text, encoding=encoding)
    return path


@pytest.fixture
def tutorial(tmp_path):
    """The layout of the usual tutorial: train.csv beside Images/train/*.png."""
    for i in (0, 1, 2):
        picture(tmp_path / "Images" / "train" / f"{i}.png", 10 * i)
    return tmp_path


def test_the_tutorial_layout_is_found_and_read_in_the_order_of_the_table(tutorial):
    path = table(tutorial, "filename,label\n2.png,7\n0.png,5\n1.png,7\n")
    data = load(f"csv:{path}")
    assert firsts(data) == [20, 0, 10]
    assert data.labels.tolist() == [7, 5, 7]
    assert firsts(load(path)) == [20, 0, 10]


@pytest.mark.parametrize("column", ["filename", "filepath", "image", " FileName "])
def test_the_column_may_have_three_names(tutorial, column):
    assert firsts(load(table(tutorial, f"id,{column}\nx,1.png\n"))) == [10]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("filename,label\n1.png,3\n", "utf-8-sig"),
        ("filename;label\r\n1.png;3\r\n", "utf-8"),
        ('filename\tlabel\n"1.png"\t3\n\n \n', "utf-8"),
    ],
)
def test_spreadsheets_ways_to_write_csv_are_read(tutorial, text, encoding):
    data = load(table(tutorial, text, encoding=encoding))
    assert firsts(data) == [10]
    assert data.labels.tolist() == [3]


def test_pictures_beside_the_table_or_in_a_given_folder(tmp_path):
    picture(tmp_path / "a.png", 1)
    picture(tmp_path / "other" / "a.png", 2)
    path = table(tmp_path, "filename\na.png\n")
    assert firsts(load(path)) == [1]
    assert firsts(load(path, images=tmp_path / "other")) == [2]
    assert load(path).labels is None
    within = table(tmp_path, f"filename\nother/a.png\n{tmp_path}/a.png\n", "paths.csv")
    assert firsts(load(within)) == [2, 1]


def test_labels_that_are_names_are_numbered_in_natural_order(tutorial):
    path = table(tutorial, "filename,label\n0.png,class 10\n1.png,class 2\n2.png,class 10\n")
    assert load(path).labels.tolist() == [1, 0, 1]
    assert load(table(tutorial, "filename,label\n0.png,\n1.png,\n")).labels is None
    with expect_refusal("row 3", "label is empty"):
        load(table(tutorial, "filename,label\n0.png,a\n1.png,\n"))


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("filename\n0.png\n9.png\n", ["row 3", "there is no file", "9.png"]),
        ("filename\n9.png\n", ["row 2", "9.png", "--images DIR"]),
        ("filename\n0.png\n\n", []),
        ("filename,label\n0.png,1\n1.png\n", ["row 3", "1 cells, expected 2"]),
        ("filename\n", ["no rows"]),
        ("filename\n0.png\n../secret.png\n", ["row 3", "'../secret.png'", "inside the images"]),
        ("filename\n0.png\n/etc/passwd\n", ["row 3", "'/etc/passwd'", "inside the images"]),
        ("filename\n0.png\nx/../../train/../../z.png\n", ["row 3", "inside the images"]),
        ("filename\n0.png\n.\n", ["row 3", "inside the images"]),
        ('filename,a\n0.png,1\n" ",1\n', ["row 3", "''", "inside the images"]),
        ("filename\n0.png\na\0b.png\n", ["row 3", "cannot be read"]),
        ('filename\n"0.png\n', ["no CSV file"]),
    ],
)
def test_a_row_that_names_no_picture_is_named(tutorial, text, facts):
    path = table(tutorial, text)
    if not facts:
        assert firsts(load(path)) == [0]
        return
    with expect_refusal(path, *facts):
        load(path)


def test_a_picture_in_another_size_names_the_row(tutorial):
    picture(tutorial / "Images" / "train" / "1.png", 1, size=(9, 9))
    with expect_refusal("row 3", "1.png is 9 x 9", "0.png is 6 x 4"):
        load(table(tutorial, "filename\n0.png\n1.png\n"))
    assert load(table(tutorial, "filename\n0.png\n1.png\n"), resize=4).shape == (4, 4, 1)


def test_missing_folders_tables_and_columns_are_named(tutorial, tmp_path):
    path = table(tutorial, "filename\n0.png\n")
    with expect_refusal(tmp_path / "none", "no such folder"):
        load(path, images=tmp_path / "none")
    with expect_refusal(tmp_path / "none.csv", "no such path"):
        load(f"csv:{tmp_path / 'none.csv'}")
    with expect_refusal("cannot be read"):
        load(f"csv:{tmp_path}")
    for options in ({"images": tutorial}, {"resize": 4}, {"color": True}):
        with expect_refusal("'file, label'", "filename, filepath, image"):
            load(table(tutorial, "file, label\n0.png,1\n"), **options)


@pytest.mark.parametrize("header", ["", "height,weight\n"])
def test_a_table_of_numbers_becomes_standardised_vectors(tmp_path, header):
    data = load(table(tmp_path, header + "1,10\n3,30\n5,5e1\n"))
    assert data.kind == "vectors"
    assert data.x.tolist() == [[1, 10], [3, 30], [5, 50]]
    assert data.mean.tolist() == [3, 30]
    np.testing.assert_allclose(data.std, np.sqrt([8 / 3, 800 / 3]))


def test_a_column_label_is_no_part_of_the_vector(tmp_path):
    data = load(table(tmp_path, "label,a,b\n7,1,2\n8,3,4\n"))
    assert data.x.tolist() == [[1, 2], [3, 4]]
    assert data.labels.tolist() == [7, 8]


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("a,b\n1,2\n3,x\n", ["row 3", "'x' is no number", "filename"]),
        ("1,2\n3,\n", ["row 2", "'' is no number"]),
        ("1,\n3,4\n", ["row 1", "'' is no number"]),
        ("a,b\n1,2\n3\n", ["row 3", "1 cells, expected 2"]),
        ("a,b\n1,nan\n", ["row 2", "NaN or infinite"]),
        ("1,2\n1,inf\n", ["row 2", "NaN or infinite"]),
        ("a,b\n", ["no numbers"]),
        ("label\n1\n", ["no numbers"]),
        ("", ["no numbers"]),
    ],
)
def test_a_cell_that_is_no_number_is_named(tmp_path, text, facts):
    path = table(tmp_path, text)
    with expect_refusal(path, *facts):
        load(path)


def test_a_file_that_is_no_text_is_named(tmp_path):
    (tmp_path / "x.csv").write_bytes(b"\xff\xfe\x00\x81")
    with expect_refusal("x.csv", "no CSV file in UTF-8"):
        load(tmp_path / "x.csv")
