"""Bugs in the doctor: an illness overlooked, health called ill, a run that is disturbed."""

# ruff: noqa: E501 - the names of some tests are long

DOCTOR = """
a border met from the wrong side
doctor/finding.py test_doctor_numbers.py::test_D_is_saturated_where_it_errs_one_time_in_a_hundred
-    return "healthy" if value < watch else "watch" if value < ill else "ill"
+    return "healthy" if value < watch else "watch"

NaN is healthy
doctor/finding.py test_doctor_numbers.py::test_what_has_grown_a_thousandfold_is_blown_up
-    return "healthy" if value < watch else "watch" if value < ill else "ill"
+    return "ill" if value >= ill else "watch" if value >= watch else "healthy"

the beginning of the log is taken for its end
doctor/rows.py test_doctor_numbers.py::test_only_the_end_of_the_log_is_judged_and_one_row_is_not_the_end
-    return column[:n] if which == "first" else column[-n:]
+    return column[:n]

one row decides
doctor/rows.py test_doctor_numbers.py::test_only_the_end_of_the_log_is_judged_and_one_row_is_not_the_end
-    return sorted(values, key=lambda v: math.inf if math.isnan(v) else v)[len(values) // 2]
+    return max(values)

half of a row is read
doctor/rows.py test_doctor_command.py::test_a_run_that_still_trains_is_looked_at_and_goes_on
-    reader = csv.DictReader(text[: text.rfind("\\n") + 1].splitlines())
+    reader = csv.DictReader(text.splitlines())

label smoothing forgotten
doctor/saturated.py test_doctor_numbers.py::test_a_smoothed_label_lowers_what_D_can_reach
-    verdict = above(V - math.log(smooth), WATCH, ILL)
+    verdict = above(V, WATCH, ILL)

V without log 4
doctor/saturated.py test_doctor_numbers.py::test_V_is_read_as_a_distance_between_the_distributions
-    share = 1 + V / math.log(4)
+    share = 1 + V

the other objective's slope
doctor/vanishing.py test_doctor_numbers.py::test_the_slope_is_D_of_G_under_minimax_and_1_minus_it_otherwise
-    strength = D_fake if objective == MINIMAX.name else 1 - D_fake
+    strength = 1 - D_fake if objective == MINIMAX.name else D_fake

a G that has arrived is called ill
doctor/vanishing.py test_doctor_numbers.py::test_a_gradient_that_is_gone_is_ill_unless_D_is_fooled
-    if D_fake < FOOLED:
+    if True:

[10] held-out data and data of the training swapped
doctor/overfitting.py test_doctor_numbers.py::test_held_out_data_half_way_to_samples_is_overfitting
-    p_real, p_held_out, p_fake = (sigmoid(a).mean(axis=1) for a in (a_real, a_held_out, a_fake))
+    p_held_out, p_real, p_fake = (sigmoid(a).mean(axis=1) for a in (a_real, a_held_out, a_fake))

chance is called overfitting
doctor/overfitting.py test_doctor_numbers.py::test_a_difference_within_its_error_is_no_overfitting
-    verdict = above(share, SHARE_WATCH, SHARE_ILL) if gap > CERTAIN * error else "healthy"
+    verdict = above(share, SHARE_WATCH, SHARE_ILL)

an example is its own neighbour
doctor/variety.py test_doctor_numbers.py::test_far_is_measured_in_distances_between_data
-    return np.sqrt(squared_distances(x, points).min(axis=1))
+    return np.sqrt(squared_distances(x, x).min(axis=1))

distances rounded to nothing far from zero
doctor/variety.py test_doctor_numbers.py::test_distances_far_from_zero_keep_their_digits
-    a, b = a - centre, b - centre
+    a, b = a - 0 * centre, b - 0 * centre

only the last batch wakes a unit
doctor/units.py test_doctor_numbers.py::test_a_unit_is_silent_if_no_batch_wakes_it
-            answered[path] = answered.get(path, False) | ANSWERS[type(layer)](layer, x)
+            answered[path] = ANSWERS[type(layer)](layer, x)

black pixels are dead units
doctor/units.py test_doctor_numbers.py::test_a_unit_is_silent_if_no_batch_wakes_it
-        if not any(layer is other for other in but):
+        if True:

the doctor moves the running averages
doctor/drift.py test_doctor_numbers.py::test_drift_is_how_far_the_running_mean_moves_a_sample
-    put_back = memory(G)
-    shift, where = largest_shift(G, noise(m))
-    put_back()
+    shift, where = largest_shift(G, noise(m))

labels are a part of the samples' spread
doctor/drift.py test_doctor_numbers.py::test_labels_are_no_part_of_the_spread
-        if classes:
+        if not classes:

the range of a G with labels dies
doctor/units.py test_doctor_numbers.py::test_the_range_of_a_generator_with_labels_is_left_out
-    ends = [list(walk(net)) for net in nets if output_range(net)]
+    ends = [list(walk(net)) for net in nets if type(net).__name__ == "Sequential"]

nine discriminators that agree are nine observations
doctor/overfitting.py test_doctor_numbers.py::test_what_several_discriminators_say_of_an_example_is_one_observation
-    p_real, p_held_out, p_fake = (sigmoid(a).mean(axis=1) for a in (a_real, a_held_out, a_fake))
+    p_real, p_held_out, p_fake = (sigmoid(a) for a in (a_real, a_held_out, a_fake))

what a D says of packs is taken for what it says of examples
doctor/examine.py test_doctor_command.py::test_a_D_of_packs_is_looked_at
-    comparing = (BatchNorm, Pack, MinibatchDiscrimination)
+    comparing = (BatchNorm,)

two batches that share a quarter are taken for strangers
doctor/drift.py test_doctor_numbers.py::test_right_running_averages_do_not_drift_however_small_the_batch
-        by_chance += _mean_square(again - trained) / ROUNDS * (m / max(m - few, 1))
+        by_chance += _mean_square(again - trained) / ROUNDS

what another batch changes is called drift
doctor/drift.py test_doctor_numbers.py::test_drift_is_how_far_the_running_mean_moves_a_sample
-    drifted = math.sqrt(max(apart**2 - by_chance**2 / 2, 0.0))
+    drifted = apart + by_chance

samples of padded images with their border
training/units.py test_doctor_command.py::test_padded_images_are_looked_at_without_their_border
-    if x.shape[1:] == shape:
+    if x.shape[1:] != shape:

another run's data are taken
doctor/case.py test_doctor_command.py::test_changed_data_are_not_taken_for_the_runs
-        return Part(reopen_data(folder, config, data))
+        return Part(data if data is not None else load(config.data["spec"]))

the doctor leaves a note
doctor/examine.py test_doctor_command.py::test_nothing_in_the_folder_is_changed
-    case = open_case(place, data, device)
+    case = open_case(place, data, device)
+    (Path(folder) / "doctor.txt").write_text("was here")

the end in NaN leaves no word
training/failure.py test_doctor_runs.py::test_the_end_in_nan_is_remembered
-        with contextlib.suppress(OSError), replacing(folder / FAILURE) as temporary:
+        with contextlib.suppress(OSError), replacing(folder / ".failure") as temporary:
"""
