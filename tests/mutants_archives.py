"""Bugs in the reading of files from outside: see mutants.py."""

ARCHIVES = """
archive: a changed bit between the members of a checkpoint is not seen
archive.py test_checkpoint.py::test_no_file_with_a_flipped_bit_is_loaded_wherever_that_is
-    if (heads, tail) not in (_frame(members, UNIX), _frame(members, WINDOWS)):
+    if heads not in (_frame(members, UNIX)[0], _frame(members, WINDOWS)[0]):

checkpoint: NaN in weights is loaded
training/game.py test_fuzz_forged.py::test_what_is_wrong_with_a_forged_game_is_said
-            finite(path, prefix + name, saved)

checkpoint: moments that are missing begin at 0 again
training/game.py test_fuzz_forged.py::test_what_is_wrong_with_a_forged_game_is_said
-    if optimizer.t > 0:
+    if optimizer.t < 0:

checkpoint: arrays of a larger network are let lie
training/game.py test_fuzz_forged.py::test_what_is_wrong_with_a_forged_game_is_said
-        _no_others(path, prefix, named, arrays)

streams: NumPy rounds a forged state
streams.py test_fuzz_forged.py::test_what_is_wrong_with_a_forged_game_is_said
-        if self.state != state:  # NumPy rounds numbers that are no integers
+        if self.state == {}:

npy: a shape of thousands of digits
npy.py test_files_refused.py::test_data_that_nobody_should_give[digits.npy]
-    if len(shape) > AXES or not all(type(n) is int and 0 <= n < 2**63 for n in shape):
+    if len(shape) > AXES or not all(type(n) is int and 0 <= n for n in shape):

npz: a zip bomb is unpacked
npy.py test_files_refused.py::test_data_that_nobody_should_give[bomb.npz]
-    return min(packed * DEFLATE, max(2**28, packed * LIKELY))
+    return packed * DEFLATE

npz: the name of an array breaks the line
data/arrays.py test_files_refused.py::test_data_that_nobody_should_give[line.npz]
-    return name if name.isprintable() else repr(name)
+    return name

files: memory is taken by what may be read, not by what is there
files.py test_fuzz_archives.py::test_what_is_valid_is_read
-        return file.read(size)
+        return file.read(most)

files: a device is read as a file
files.py test_files_refused.py::test_what_is_no_file_is_not_waited_for[device-config.json]
-    if stat.S_ISREG(mode):
+    if not stat.S_ISDIR(mode):
"""
