"""Bugs in what is made of files and names that come from strangers. See mutants.py."""

STRANGERS = """
a traceback for an odd damage
data/decoding.py test_data_strangers.py::test_a_picture_that_is_none_is_one_line
-    except Exception as error:  # Pillow has no list of what its decoders raise over damage
+    except (OSError, EOFError, ValueError, SyntaxError) as error:

Pillow decodes all that it can
data/decoding.py test_data_strangers.py::test_a_picture_that_is_none_is_one_line
-            with Image.open(file, formats=FORMATS) as image:
+            with Image.open(file) as image:

a declared size is believed
data/decoding.py test_data_strangers.py::test_a_picture_that_is_none_is_one_line
-    if size[0] * size[1] > DENSEST * held:
+    if size[0] * size[1] > DENSEST * 2**28:

a picture is turned as its second mark says
data/decoding.py test_data_strangers.py::test_a_second_rotation_mark_changes_nothing
-        plain.getexif()  # kept, so that both see the same rotation: a PNG may have a second one
+        pass

a table may name what a link leads to
data/tables.py test_data_csv_texts.py::test_a_link_may_not_lead_out_of_the_folder_of_the_pictures
-        for absolute in (os.path.abspath, os.path.realpath):  # as it is written, and behind links
+        for absolute in (os.path.abspath,):

what only Python takes for a number is one
data/tables.py test_data_csv_texts.py::test_what_only_looks_like_a_number_is_named
-    if "_" in text or not text.isascii():
+    if not text:

a terminal obeys a name in bytes
terminal.py test_shown_names.py::test_what_a_terminal_obeys_is_written_out
-    text = text.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")
+    str(text)

a command to be copied is for another folder
terminal.py test_shown_names.py::test_a_path_is_the_same_path_for_a_shell
-    return "$'" + "".join("\\\\" + sign if sign in ("'", "\\\\") else sign for sign in signs) + "'"
+    return "$'" + "".join(signs) + "'"

a page of a name that is no UTF-8 ends the run
page.py test_pictures_of_strangers.py::test_a_title_that_is_no_utf8_is_written
-        temporary.write_bytes(text.encode(errors="backslashreplace"))  # a name may be no UTF-8
+        temporary.write_bytes(text.encode())

a mirror that sends to no address ends the download
data/download.py test_pictures_of_strangers.py::test_an_odd_answer_is_one_line_and_leaves_nothing
-        except (OSError, ValueError, http.client.HTTPException) as error:  # ValueError: no address
+        except (OSError, http.client.HTTPException) as error:
"""
