"""Bugs in what the measures are given: copies, bytes, NaN, and sides in each other's place."""

# ruff: noqa: E501 - the names of some tests are long

MEASURES = """
copies are apart by what rounding leaves
evaluation/distances.py test_evaluation_distances.py::test_copies_have_no_distance
-        block[block < least[rows, None]] = 0
+        block[block < 0] = 0

bytes are summed as bytes
evaluation/distances.py test_parzen.py::test_centres_of_bytes_are_those_of_numbers
-    x = x.reshape(len(x), -1).astype(xp.result_type(x.dtype, xp.float32), copy=False)
+    x = x.reshape(len(x), -1)

rounding decides who is nearest
evaluation/two_sample.py test_two_sample.py::test_rounding_decides_no_tie
-    tie = abs(own - other) <= TIE * (own + other)
+    tie = kth_nearest(x, 1) == other**2

sets of NaN are 0 apart
evaluation/frechet.py test_frechet.py::test_moments_that_are_none_are_refused
-        if not all(bool((abs(a) <= HUGE).all()) for a in moments):  # max(0, NaN) is 0
+        if False:

precision and recall in each other's place
evaluation/measures.py test_measures.py::test_every_number_is_that_of_its_function
-    return prdc(test[:n], subject[:n], K)._asdict()
+    return prdc(subject[:n], test[:n], K)._asdict()

classes of data against those of samples
evaluation/measures.py test_measures.py::test_every_number_is_that_of_its_function
-    found = class_histogram(sides.subjects[which].probabilities, sides.test.probabilities)
+    found = class_histogram(sides.test.probabilities, sides.subjects[which].probabilities)

a kernel of its own for each subject
evaluation/measures.py test_measures.py::test_every_number_is_that_of_its_function
-    test, samples = sides.test.x[:n], sides.subjects["value"].x[:n]
+    test, samples = sides.test.x[:n], sides.subjects[which].x[:n]

the upper of two middle distances
evaluation/neighbours.py test_measures.py::test_every_number_is_that_of_its_function
-    return float(np.median(ranked)), float(ranked[right] - ranked[left]) / 2
+    return float(ranked[n // 2]), float(ranked[right] - ranked[left]) / 2

the data learn from the samples' labels
evaluation/training_set.py test_training_set.py::test_it_is_the_share_of_wrong_names_by_a_loop
-    index, _ = nearest(test, training)
+    index, _ = nearest(training, test)

noise over another range than the data
evaluation/sides.py test_evaluate.py::test_columns_of_unequal_units_count_alike
-    return low + noise * (high - low)
+    return low + noise * high

the first of data that lie in order
evaluation/parts.py test_evaluate.py::test_the_three_stand_beside_data_that_G_has_not_seen
-        _shuffled(trained, rng.child("training")),
+        trained,

a ladder of samples
evaluation/evaluate.py test_evaluate.py::test_all_numbers_are_those_of_the_functions
-        real, rng = sides.subjects["real"].x, sides.rng.child("ladder")
+        real, rng = sides.subjects["value"].x, sides.rng.child("ladder")

shares that are no percents
evaluation/report.py test_evaluate_command.py::test_the_table_says_what_was_compared_and_what_each_number_tells
-        shares = " ".join(f"{100 * count / sum(counts):.0f}" for count in counts)
+        shares = " ".join(f"{10 * count / sum(counts):.0f}" for count in counts)

the widest sigma is ten times the spread of the data
evaluation/measures.py test_measures.py::test_sigmas_are_the_papers_for_pixels_and_in_the_units_of_vectors
-    return [spread * 10 ** (i / 4) for i in range(-12, 1)]
+    return [spread * 10 ** (i / 4 + 1) for i in range(-12, 1)]
"""
