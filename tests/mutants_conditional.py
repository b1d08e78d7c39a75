"""Bugs in the conditional game and in its runs. See mutants.py for the form."""

# ruff: noqa: E501 - the names of some tests are long

CONDITIONAL = """
the labels' own way past the layers has no gradient
conditional.py test_conditional.py::test_the_gradient_of_y_comes_on_two_ways
-        return join([du[:, :k], du[:, k:] + dy[:, n:]], axis=1), grads
+        return du, grads

the gradient past the layers replaces the one through them
conditional.py test_conditional.py::test_the_gradient_of_y_comes_on_two_ways
-        return join([du[:, :k], du[:, k:] + dy[:, n:]], axis=1), grads
+        return join([du[:, :k], dy[:, n:]], axis=1), grads

[12] the labels' gradient is added into the caller's dy
conditional.py test_conditional.py::test_dy_is_not_written_into_by_layers_that_hand_on_views
-        return join([du[:, :k], du[:, k:] + dy[:, n:]], axis=1), grads
+        du[:, k:] += dy[:, n:]
+        return du, grads

the labels of the first columns are kept
conditional.py test_conditional.py::test_the_labels_pass_unchanged_behind_what_the_layers_make
-        return beside(v, x[:, x.shape[1] - self.classes :])
+        return beside(v, x[:, : self.classes])

the layers never see the labels
conditional.py test_conditional.py::test_labels_reach_both_players
-        self._check(x)
-        return self._labelled(self.net(x, train), x)
+        self._check(x)
+        u = x.copy()
+        u[:, -self.classes :] = 0
+        return self._labelled(self.net(u, train), x)

D never sees the labels of data
conditional.py test_conditional.py::test_a_labelled_batch_has_each_example_beside_its_own_label
-    return beside(x, _rows(columns[index], classes, x.dtype))
+    return beside(x, 0 * _rows(columns[index], classes, x.dtype))

an example stands beside the label of another
conditional.py test_conditional.py::test_a_labelled_batch_has_each_example_beside_its_own_label
-    return beside(x, _rows(columns[index], classes, x.dtype))
+    return beside(x, _rows(columns[: len(index)], classes, x.dtype))

every label equally probable, whatever the data
conditional.py test_conditional.py::test_the_labels_of_the_noise_have_the_shares_of_the_data
-    edges = [0, *accumulate(counts)]
+    edges = [0, *accumulate([1] * len(counts))]

a place on the edge belongs to two labels
conditional.py test_conditional.py::test_every_place_belongs_to_one_label
-        return ((start <= place) & (place < end)).astype(rng.dtype)
+        return ((start <= place) & (place <= end)).astype(rng.dtype)

relabelled noise keeps its labels
conditional.py test_conditional.py::test_relabelled_keeps_the_noise_and_changes_the_labels
-    return beside(noise[:, : noise.shape[1] - classes], y)
+    return noise

labels that D hardly hears
dense_networks.py test_conditional.py::test_label_and_image_begin_equally_loud_in_D
-        weights[-classes:] *= math.sqrt(shape[0] - classes)
+        pass

the samples' labels are lost on their way to D
conditional.py test_conditional.py::test_a_trained_G_draws_the_digit_that_it_is_told
-        w = self._labelled(v, x)
+        w = self._labelled(v, x[::-1])

samples of a label in the column of another
training/sampling.py test_conditional_runs.py::test_samples_of_one_label
-        return np.searchsorted(known, labels)
+        return np.searchsorted(known, labels) - 1

samples without a label are uniform over the labels
training/sampling.py test_conditional_runs.py::test_samples_without_a_label_have_the_shares_of_the_data
-        noise = self.model.noise(rng, self.units.counts or TEN)
+        noise = self.model.noise(rng, [1] * (self.units.classes or len(TEN)))

labels of samples are shuffled among the rows
training/sampling.py test_conditional_runs.py::test_samples_of_each_label_stand_in_the_order_of_the_labels
-        labels = [of_each[i * len(of_each) // count] for i in range(count)]
+        labels = [of_each[i % len(of_each)] for i in range(count)]

another z in every row of a run's picture
training/frames.py test_conditional_runs.py::test_the_picture_of_a_run_has_a_row_for_each_label_and_the_same_z_in_a_column
-    repeated = array_module(noise).concatenate([noise] * rows)
+    repeated = array_module(noise).concatenate([noise[::-1]] * rows)

resumed with the labels shuffled
training/source.py test_conditional_runs.py::test_the_labels_belong_to_the_data_that_a_run_is_resumed_with
-    if labelled and dataset.labels is not None:
+    if False:

a run without labels depends on those of its data
training/source.py test_conditional_runs.py::test_the_labels_belong_to_the_data_that_a_run_is_resumed_with
-    if labelled and dataset.labels is not None:
+    if dataset.labels is not None:

the parameters inside are counted twice
summary.py test_conditional.py::test_the_summary_shows_the_layers_inside_and_counts_each_once
-            row = row | {"parameters": 0}  # counted above
+            pass

the layers inside have no place in a message
training/watch.py test_conditional_runs.py::test_a_message_about_a_layer_inside_names_it
-    for i, layer in enumerate(getattr(net, "layers", ())):
+    for i, layer in enumerate(() if path else getattr(net, "layers", ())):
"""
