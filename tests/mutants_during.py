"""Bugs in what is measured while a run trains, and in which checkpoint is the best."""

# ruff: noqa: E501 - the names of some tests are long

DURING = """
the best step is the one that is farthest from the data
training/best.py test_best.py::test_best_npz_is_of_the_lowest_distance
-        return row.get("frechet", math.nan) < self.frechet
+        return row.get("frechet", math.nan) > self.frechet

as low is lower
training/best.py test_best.py::test_best_npz_is_of_the_lowest_distance
-        return row.get("frechet", math.nan) < self.frechet
+        return row.get("frechet", math.nan) <= self.frechet

NaN wins
training/best.py test_best.py::test_best_npz_is_of_the_lowest_distance
-        return row.get("frechet", math.nan) < self.frechet
+        return not row.get("frechet", self.frechet) >= self.frechet

a resumed run has forgotten its best
training/session.py test_best.py::test_killed_and_resumed_leaves_the_best_of_an_uninterrupted_run
-        best = read_best(folder) if gauge is not None else NONE
+        best = NONE

the best is written before its row is in the log
training/run.py test_best.py::test_best_npz_is_of_the_lowest_distance
-                log.add(row)
-                progress.row(row)
-                if session.best.beaten_by(row):
-                    save_best(session, watch, row)
+                if session.best.beaten_by(row):
+                    save_best(session, watch, row)
+                log.add(row)
+                progress.row(row)

how long the run goes on is in best.npz
training/run.py test_best.py::test_stopped_and_made_longer_is_as_long_from_the_beginning
-    del config["steps"]  # how far a run goes after its best step does not change the file
+    pass

the last checkpoint is sampled as the best
training/sampling.py test_best.py::test_best_is_asked_for_by_its_name
-    put_back(folder / (BEST if best else CHECKPOINT), "G", G, arrays)
+    put_back(folder / CHECKPOINT, "G", G, read_saved(folder)[1])

nobody says by what the best was chosen
evaluation/sides.py test_best.py::test_the_best_can_be_evaluated_and_says_by_what_it_was_chosen
-    if best and parts.sigma is None:
+    if False:

G is measured in training mode
training/gauge.py test_gauge.py::test_G_is_measured_after_the_step_and_in_evaluation_mode
-            to_host(game.G(self._z[i : i + CHUNK], train=game.model.sample_train))
+            to_host(game.G(self._z[i : i + CHUNK], train=True))

what training mode has moved is left so
training/gauge.py test_gauge.py::test_looking_does_not_change_the_run_by_a_bit
-        put_back()
+        pass

the evaluation draws from the noise of the training
training/gauge.py test_gauge.py::test_looking_does_not_change_the_run_by_a_bit
-        self._z = game.model.noise(rng.child("noise"), game.units.counts or [])(COUNT)
+        self._z = game.noise(COUNT)

chosen by the test part in spite of --hold-out
training/gauge.py test_gauge.py::test_held_out_examples_go_before_the_test_part
-        return reopen_part(config, trained, "validation"), "held-out examples", ""
+        return reopen_part(config, trained, "test"), "held-out examples", ""

compared with training data although others are there
training/gauge.py test_gauge.py::test_every_number_of_images_is_that_of_its_function
-    return test, "test examples", ", and so chosen on the test set (--hold-out N: on others)"
+    return trained, "test examples", ", and so chosen on the test set (--hold-out N: on others)"

the first examples of a sorted file
training/gauge.py test_gauge.py::test_where_there_is_nothing_else_training_examples_are_taken_and_it_is_said
-        rows = rng.child("data").permutation(len(dataset))[:COUNT]
+        rows = rng.child("data").permutation(len(dataset))[:COUNT] * 0 + np.arange(min(COUNT, len(dataset)))

vectors are compared in the units of the data
training/gauge.py test_gauge.py::test_vectors_are_compared_as_the_networks_see_them
-            return self.game.units.standardised(x)
+            return x

an evaluation without a row of its own
training/run.py test_gauge.py::test_an_evaluation_is_a_row_of_the_log_with_columns_at_its_end
-    return step == 1 or step % config.log_every == 0 or _is_evaluated(step, config)
+    return step == 1 or step % config.log_every == 0

the border is measured, too
training/gauge.py test_gauge.py::test_padded_images_are_compared_without_their_border
-        return unpadded(values, game.dataset.shape)
+        return values
"""
