"""Bugs about devices: where a run goes on, and where what judges it computes. See mutants.py."""

GPU = """
a run moves where it is already
training/moving.py test_where_it_computes.py::test_a_run_moves_where_it_is_asked_to
-    if asked is not None and asked != before:
+    if asked is not None and asked == before:

a run that was asked for nothing moves to the best device
training/moving.py test_where_it_computes.py::test_a_run_moves_where_it_is_asked_to
-    return ""
+    return choose_device("auto")

a checkpoint of another device is taken for another run's
training/folder.py test_where_it_computes.py::test_a_run_is_the_same_elsewhere_and_when_longer
-MAY_CHANGE = ("steps", "device", "graph")  # by --resume: how long a run trains, where, and how
+MAY_CHANGE = ("steps", "graph")

samples on the device are judged on the CPU
evaluation/sides.py test_where_it_computes.py::test_a_judge_is_where_the_samples_are
-        return choose_judge(spec, trained.kind, trained.shape, features, saved.device), ""
+        return choose_judge(spec, trained.kind, trained.shape, features), ""

a run on the device is judged on the CPU
training/gauge.py test_where_it_computes.py::test_a_judge_is_where_the_run_is
-        return choose_judge(spec, dataset.kind, dataset.shape, None, config.device)
+        return choose_judge(spec, dataset.kind, dataset.shape, None)

images are looked at in the dtype that they come in
evaluation/classifier.py test_where_it_computes.py::test_images_of_any_dtype_are_seen_in_float32
-        return x.astype(rng.dtype, copy=False) if device_of(x) == device else rng.array(to_host(x))
+        return x if device_of(x) == device else rng.array(to_host(x))
"""
