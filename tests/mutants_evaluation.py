"""Bugs in the measures, and in what is compared with what."""

# ruff: noqa: E501 - the names of some tests are long

EVALUATION = """
an example is its own neighbour, in every measure
evaluation/distances.py test_evaluation_distances.py::test_neighbours_are_those_of_the_definition
-    block[here, here + rows.start] = value
+    pass

itself is left out in the first block only
evaluation/distances.py test_evaluation_distances.py::test_neighbours_are_those_of_the_definition
-    block[here, here + rows.start] = value
+    block[here, here] = value

distances to the mean forgotten
evaluation/distances.py test_evaluation_distances.py::test_distances_far_from_zero_keep_their_digits
-    centre = y.mean(axis=0, dtype=xp.float64)
+    centre = 0 * y.mean(axis=0, dtype=xp.float64)

points of the plane in float32
evaluation/distances.py test_evaluation_distances.py::test_points_of_the_plane_that_are_close_are_told_apart
-    dtype = xp.float64 if x.shape[1] <= SMALL else xp.float32
+    dtype = xp.float32

all distances at once
evaluation/distances.py test_evaluation_distances.py::test_never_all_distances_at_once
-    step = max(1, SIZE // len(y))
+    step = len(x)

Parzen without the shift underflows
evaluation/parzen.py test_parzen.py::test_what_underflows_has_a_finite_likelihood
-            terms = xp.exp(square * (-1 / (2 * sigma**2)))  # the largest is 1
+            terms = xp.exp((square + least[:, None]) * (-1 / (2 * sigma**2)))

Parzen without log n
evaluation/parzen.py test_parzen.py::test_many_centres_are_the_mean_of_their_densities
-            norm = math.log(len(samples)) + d * math.log(sigma * math.sqrt(2 * math.pi))
+            norm = d * math.log(sigma * math.sqrt(2 * math.pi))

the Gaussian's norm of one dimension
evaluation/parzen.py test_parzen.py::test_one_centre_is_a_gaussian
-            norm = math.log(len(samples)) + d * math.log(sigma * math.sqrt(2 * math.pi))
+            norm = math.log(len(samples)) + math.log(sigma * math.sqrt(2 * math.pi))

sigma as a variance
evaluation/parzen.py test_parzen.py::test_many_centres_are_the_mean_of_their_densities
-            terms = xp.exp(square * (-1 / (2 * sigma**2)))  # the largest is 1
+            terms = xp.exp(square * (-1 / (2 * sigma)))

the spread of log p for its standard error
evaluation/parzen.py test_parzen.py::test_the_mean_has_its_standard_error
-    return Likelihood(float(log_p.mean()), float(log_p.std() / math.sqrt(len(log_p))), sigma)
+    return Likelihood(float(log_p.mean()), float(log_p.std()), sigma)

the least likely sigma
evaluation/parzen.py test_parzen.py::test_sigma_is_the_likeliest_for_one_centre
-    return float(sigmas[int(means.argmax())])
+    return float(sigmas[int(means.argmin())])

the score's marginal over all, not over a part
evaluation/scores.py test_class_measures.py::test_the_score_is_over_ten_parts
-    scores = [np.exp(_mean_kl(part)) for part in np.array_split(p, splits)]
+    scores = [np.exp(_mean_kl(p)) for part in np.array_split(p, splits)]

KL of the score the other way round
evaluation/scores.py test_class_measures.py::test_a_score_by_its_definition
-    return float((p * np.log(ratio)).sum(axis=1).mean())
+    return float((p.mean(axis=0) * -np.log(ratio)).sum(axis=1).mean())

Frechet: covariances multiplied one by one
evaluation/frechet.py test_frechet.py::test_covariances_that_do_not_commute
-    inner = root @ C2 @ root
+    inner = root * C2 * root

Frechet: the product without its root
evaluation/frechet.py test_frechet.py::test_diagonal_covariances_leave_the_roots
-    root: Any = (vectors * xp.sqrt(xp.maximum(values, 0))) @ vectors.T  # C₁^½
+    root: Any = (vectors * xp.maximum(values, 0)) @ vectors.T

Frechet: the distance of the means not squared
evaluation/frechet.py test_frechet.py::test_equal_covariances_leave_the_means
-    distance = ((m1 - m2) ** 2).sum() + xp.trace(C1) + xp.trace(C2) - 2 * overlap
+    distance = ((m1 - m2) ** 2).sum() ** 0.5 + xp.trace(C1) + xp.trace(C2) - 2 * overlap

a covariance by 1/n
evaluation/frechet.py test_frechet.py::test_moments_are_numpys
-    return mean, x.T @ x / (len(x) - 1)
+    return mean, x.T @ x / len(x)

the k-th neighbour counted from 0
evaluation/distances.py test_prdc.py::test_twenty_points_by_the_definition
-        square_k[rows] = xp.partition(square, k - 1, axis=1)[:, k - 1]
+        square_k[rows] = xp.partition(square, k, axis=1)[:, k]

recall with the balls of the data
evaluation/prdc.py test_prdc.py::test_precision_and_recall_change_places_with_data_and_samples
-        recalled[rows] = (square <= r_samples).any(axis=1)
+        recalled[rows] = square.min(axis=1) <= r_data[rows]

coverage with the balls of the samples
evaluation/prdc.py test_prdc.py::test_one_far_off_sample_lifts_recall_and_not_coverage
-        covered[rows] = square.min(axis=1) <= r_data[rows]
+        covered[rows] = (square <= r_samples).any(axis=1)

density not divided by k
evaluation/prdc.py test_prdc.py::test_the_same_distribution_has_coverage_1_minus_2_to_the_minus_k
-        density=float(balls.mean() / k),
+        density=float(balls.mean()),

MMD with the pairs of an example with itself
evaluation/mmd.py test_mmd.py::test_without_bias_the_mean_over_equal_distributions_is_0
-            leave_out_itself(rows, block, 0)
-        sums[rows] = block.sum(axis=1, dtype=xp.float64)
+            pass
+        sums[rows] = block.sum(axis=1, dtype=xp.float64)

the cubic kernel without its 1/d
evaluation/mmd.py test_mmd.py::test_twenty_points_by_the_definition
-        product /= d
+        product /= 1

the median within one set
evaluation/mmd.py test_mmd.py::test_the_median_is_of_the_pool
-    pool = xp.concatenate([x, y])
-    pool = pool[np.linspace(0, len(pool) - 1, min(len(pool), ROWS)).astype(int).tolist()]
+    pool = x
+    pool = pool[np.linspace(0, len(pool) - 1, min(len(pool), ROWS)).astype(int).tolist()]

p that can be 0
evaluation/mmd.py test_mmd.py::test_p_of_different_sets_is_the_least_there_is
-    return float((1 + as_large.sum()) / (1 + permutations))
+    return float(as_large.sum() / permutations)

a permutation that deals out wrong numbers
evaluation/mmd.py test_mmd.py::test_each_dealing_has_the_mmd2_of_its_sets
-    yy = K.sum() - xx - 2 * xy
+    yy = K.sum() - xx - xy

one side of the nearest-neighbour test
evaluation/two_sample.py test_two_sample.py::test_the_mean_can_be_one_half_while_both_sides_are_wrong
-    on_data, on_samples = _accuracy(data, samples), _accuracy(samples, data)
+    on_data, on_samples = _accuracy(data, samples), _accuracy(data, samples)

the forward KL of classes
evaluation/histogram.py test_class_measures.py::test_reverse_is_from_the_samples_to_the_data
-    counts = tuple(made.tolist())
+    made, there, counts = there, made, tuple(made.tolist())

G is judged by the data that it was trained on
evaluation/parts.py test_evaluate.py::test_the_three_stand_beside_data_that_G_has_not_seen
-        _shuffled(test, rng.child("test")),
+        _shuffled(trained.x, rng.child("test")),

sigma is chosen on what is scored
evaluation/sides.py test_evaluate.py::test_what_chooses_sigma_is_not_scored
-        scored=test_x[own:],
+        scored=test_x,

what is held out is trained on
data/holding.py test_holding.py::test_the_last_examples_are_held_out_with_their_labels
-    rows = slice(n - hold_out, n) if split == "validation" else slice(0, n - hold_out)
+    rows = slice(n - hold_out, n) if split == "validation" else slice(0, n)

held-out examples are scored, too
evaluation/sides.py test_holding.py::test_held_out_examples_choose_sigma_and_all_of_the_test_part_is_scored
-        sigma_rows=test_x[:own] if parts.sigma is None else scaled(parts.sigma.x),
+        sigma_rows=test_x[: len(test_x) // 4],

images in -1 to 1
evaluation/sides.py test_evaluate.py::test_samples_are_those_of_minigan_sample_in_0_to_1
-            x = np.asarray(x, dtype=np.float32) / np.float32(trained.top)
+            x = np.asarray(x, dtype=np.float32) / np.float32(trained.top) * 2 - 1

halves of the data that share examples
evaluation/parts.py test_evaluate.py::test_data_without_a_test_part_are_cut_in_two
-    first, second = rows_of(data, slice(half)), rows_of(data, slice(half, None))
+    first, second = rows_of(data, slice(half)), rows_of(data, slice(half))

training data as their own nearest neighbours
evaluation/measures.py test_evaluate.py::test_real_data_beat_a_young_G_and_it_beats_noise
-    x = sides.test.x if which == "real" else sides.subjects[which].x
+    x = sides.subjects[which].x

own data are shown to the network of digits
evaluation/judge.py test_evaluate.py::test_own_data_of_that_size_ask_for_a_network
-    if name is None and spec not in DATA:
+    if spec is None:

a picture with the wrong neighbours
evaluation/neighbours.py test_evaluate.py::test_pairs_of_the_picture_are_neighbours
-        images += [_pixels(shown[some]), _pixels(training[index[some].tolist()])]
+        images += [_pixels(shown[some]), _pixels(training[index[:COLUMNS].tolist()])]

the class that is right for the class that is wrong
evaluation/in_short.py test_evaluate_command.py::test_the_class_that_is_furthest_from_its_share_is_named
-    furthest = max(made, key=lambda k: abs(made[k] - there[k]))
+    furthest = min(made, key=lambda k: abs(made[k] - there[k]))

copies called new
evaluation/in_short.py test_evaluate_command.py::test_copies_are_more_than_chance
-    if near + 2 * math.hypot(error, real_error) >= usual:
+    if near >= usual:

copies where all has been trained on
evaluation/in_short.py test_evaluate_command.py::test_where_all_was_trained_on_nothing_is_said_of_copies
-        yield f"Copies?               {_copies(row) if held_out else CANNOT_SAY}"
+        yield f"Copies?               {_copies(row)}"

classes missed that the data do not have
evaluation/in_short.py test_evaluate_command.py::test_classes_that_the_data_do_not_have_are_not_missed
-    missing = [k for k in made if made[k] == 0 and there[k] > 0]
+    missing = [k for k in made if made[k] == 0]

the error of a median as large as that of a mean
evaluation/neighbours.py test_evaluate.py::test_the_error_of_a_median_is_how_much_medians_differ
-    middle, off = (n - 1) / 2, math.sqrt(n) / 2
+    middle, off = (n - 1) / 2, math.sqrt(n)

the labels of the test part left in their old order
evaluation/parts.py test_training_set.py::test_the_table_of_a_model_of_labels_has_the_line
-    labels = None if data.labels is None else data.labels[rows]
+    labels = None if data.labels is None else data.labels[: len(data.x[rows])]

NaN in the JSON
evaluation/report.py test_evaluate_command.py::test_json_has_no_infinity
-    return value if value is not None and math.isfinite(value) else None
+    return value
"""
