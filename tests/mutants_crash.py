"""Bugs in how a run ends: by a kill, at a full disk, by a signal, without a reader."""

# ruff: noqa: E501 - the names of the tests are long

CRASH = """
a name before its content is on the disk
files.py test_crash.py::test_content_is_on_the_disk_before_its_name_is
-        _to_disk(temporary)  # the bytes must be there before the name says that they are
-        os.replace(temporary, path)
+        os.replace(temporary, path)
+        _to_disk(path)

a name that the disk has not heard of
files.py test_crash.py::test_content_is_on_the_disk_before_its_name_is
-        _to_disk(path.parent)
+        pass

half an array in the place of a whole one
files.py test_crash.py::test_a_disk_that_fails_is_one_line_and_loses_nothing[collapse-limited]
-        temporary.write_bytes(content.getvalue())
+        with temporary.open("wb") as file:
+            np.save(file, array)

the temporary files of others removed
files.py test_training_faults.py::test_temporary_files_of_others_are_left_alone
-        for temporary in folder.glob(f"{place}/.{last}.tmp".lstrip("/")):
+        for temporary in folder.rglob(".*.tmp"):

a folder that is gone has kept its checkpoint
training/outcome.py test_training_faults.py::test_a_folder_that_vanishes_is_not_said_to_keep_anything
-    if not (folder / CONFIG).exists():
+    if False:

a signal in the last moment forgotten
training/run.py test_signals.py::test_a_signal_while_the_last_pictures_are_drawn
-    signal, last = interrupt.signal, last_mark(session.log.columns())
+    signal, last = None, last_mark(session.log.columns())

SIGTERM during the imports left to Python
starting.py test_signals.py::test_a_signal_during_the_imports
-    for _name in ("SIGTERM", "SIGHUP"):
+    for _name in ("SIGHUP",):

the training ends with its reader
terminal.py test_cli_streams.py::test_a_run_whose_output_nobody_reads_is_played_to_its_end
-    with contextlib.suppress(OSError):
-        print(message, flush=True)
+    print(message, flush=True)
"""
