"""Mutants of the ranges of words, data and measures."""

from __future__ import annotations

RANGES_AROUND = """
digits of other scripts, and 1_000, are an integer
commands/words.py test_ranges_of_words.py::test_out_of_range_is_one_line_with_word_value_and_range
-        digits = re.fullmatch("[+-]?[0-9]{1,30}", text)  # int() takes 1_000 and ５, too
+        digits = re.fullmatch(r"[+-]?\\d[\\d_]*", text)

a blank text is a path
commands/words.py test_ranges_of_words.py::test_out_of_range_is_one_line_with_word_value_and_range
-        if not text.strip():
+        if not text:

an option may be abbreviated
arguments.py test_ranges_of_words.py::test_options_are_written_in_full_and_have_their_value
-        super().__init__(*args, **{"allow_abbrev": False} | kwargs)
+        super().__init__(*args, **kwargs)

folders above one that cannot be made stay
files.py test_refused_words.py::test_what_cannot_be_is_one_line_and_touches_nothing
-            with contextlib.suppress(OSError):
-                place.rmdir()
+            pass

labels that are no array have a shape
data/checking.py test_ranges_around.py::test_what_is_out_of_range_is_refused_in_one_line
-    if not array or labels.shape != (n,) or labels.dtype.kind not in "iu":
+    if array and (labels.shape != (n,) or labels.dtype.kind not in "iu"):

a border of NaN
data/dataset.py test_ranges_around.py::test_what_is_out_of_range_is_refused_in_one_line
-        border = check_number("Batches", "border", low if border is None else border, FINITE)
+        border = float(low if border is None else border)

a split that is none is the training part
data/holding.py test_ranges_around.py::test_what_is_out_of_range_is_refused_in_one_line
-    check_choice("part", "split", split, ("train", "validation"))
+    check_kind("part", "split", split, str, "'train' or 'validation'")

neighbours of NaN
evaluation/distances.py test_ranges_around.py::test_what_is_out_of_range_is_refused_in_one_line
-    x, y = as_pair("nearest", x, y)
+    x, y = x, y
"""
