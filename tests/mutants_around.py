"""Bugs around the game: its data, its monitors, its way back from a checkpoint."""

# ruff: noqa: E501 - the names of two tests of the data are long

AROUND = """
[9] a ring of seven modes
data/toy.py test_data_toy.py::test_the_ring_has_eight_modes_at_equal_angles_and_none_twice
-    angle = 2 * np.pi * np.arange(count) / count
+    angle = np.linspace(0, 2 * np.pi, count)

[21] trained on the test digits
data/embedded.py test_saved_state.py::test_training_never_sees_a_test_digit
-            {"train": ("x_train", "y_train"), "test": ("x_test", "y_test")},
+            {"train": ("x_test", "y_test"), "test": ("x_test", "y_test")},

every image divided by 255
data/scaling.py test_data_dataset.py::test_scaling_is_exact_at_zero_and_at_top
-    y /= scaling.top  # this order of operations is exact at 0 and at top
+    y /= 255

the range begins at 0
data/scaling.py test_data_dataset.py::test_scaling_is_low_plus_range_times_x_over_top
-    y += scaling.low
+    y += 0

a pass is not shuffled
data/dataset.py test_data_dataset.py::test_the_order_is_the_permutation_of_the_random_that_was_passed_in
-            self._order = self._xp.asarray(self.rng.permutation(len(self.dataset)))
+            self._order = self._xp.arange(len(self.dataset))

the last batch is incomplete
data/dataset.py test_data_dataset.py::test_a_pass_visits_each_example_at_most_once_and_drops_less_than_a_batch
-        if self._position + m > len(self._order):
+        if self._position >= len(self._order):

[10] the monitors of data and samples swapped
training/watch.py test_saved_state.py::test_the_monitors_of_data_and_of_samples
-            "D_real": sigmoid(a_real).mean(),
-            "D_fake": sigmoid(a_fake).mean(),
+            "D_real": sigmoid(a_fake).mean(),
+            "D_fake": sigmoid(a_real).mean(),

D is right about a sample that it takes for data
training/watch.py test_saved_state.py::test_the_monitors_of_data_and_of_samples
-            "accuracy_fake": (a_fake < 0).mean(),
+            "accuracy_fake": (a_fake > 0).mean(),

D's loss is V
training/watch.py test_saved_state.py::test_the_monitors_of_data_and_of_samples
-            self._row["loss_D"] = -self._row["V"]
+            self._row["loss_D"] = self._row["V"]

[19] resumed without the random state
training/game.py test_saved_state.py::test_a_restored_game_goes_on_bit_for_bit
-                rng.state = copy.deepcopy(meta["streams"][name])
+                pass

[19] resumed without the moments
training/game.py test_saved_state.py::test_a_restored_game_goes_on_bit_for_bit
-                optimizer.state = optimizer_state(path, player, optimizer, arrays)
+                optimizer.state = {}

[19] resumed without the count of updates
training/game.py test_saved_state.py::test_a_restored_game_goes_on_bit_for_bit
-                optimizer.t = count(path, meta["t"], player)
+                pass

resumed without the running statistics
training/game.py test_saved_state.py::test_a_restored_game_goes_on_bit_for_bit
-    for group, named in (("params", net.params), ("buffers", net.buffers)):
+    for group, named in (("params", net.params),):

resumed at the beginning of the pass
training/game.py test_saved_state.py::test_a_restored_game_goes_on_bit_for_bit
-            self.data.state = {"order": order_in(path, arrays), "position": position}
+            self.data.state = {"order": order_in(path, arrays), "position": 0}

the dropout masks' stream is not saved
training/game.py test_saved_state.py::test_a_restored_game_goes_on_bit_for_bit
-                if isinstance(getattr(layer, "rng", None), Random):
+                if isinstance(getattr(layer, "mask", None), Random):
"""
