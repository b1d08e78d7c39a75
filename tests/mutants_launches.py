"""Bugs in what a GPU does in one launch: optimizers and batches. See mutants.py for the form.

No mutant may write outside of its arrays: that would end the process, and the other runs with it.
"""

LAUNCHES = """
kernels: SGD ignores the verb
cuda/optimizers.cu test_optimizer_kernels.py::test_the_kernels_give_the_bits_of_the_formulas
-    table.theta[p][j] += (table.sign * alpha) * g;
+    table.theta[p][j] += alpha * g;

kernels: the velocity takes the rates for one another
cuda/optimizers.cu test_optimizer_kernels.py::test_the_kernels_give_the_bits_of_the_formulas
-    const real g = gradient(table, p, j), alpha = rate(table, 0), mu = rate(table, 1);
+    const real g = gradient(table, p, j), alpha = rate(table, 1), mu = rate(table, 0);

kernels: RMSProp's eps inside the root
cuda/optimizers.cu test_optimizer_kernels.py::test_the_kernels_give_the_bits_of_the_formulas
-    table.theta[p][j] += (table.sign * alpha) * g / (sqrt(r) + eps);
+    table.theta[p][j] += (table.sign * alpha) * g / sqrt(r + eps);

kernels: Adam's eps inside the root
cuda/optimizers.cu test_optimizer_kernels.py::test_the_kernels_give_the_bits_of_the_formulas
-    table.theta[p][j] += alpha * m / (sqrt(v) + eps);
+    table.theta[p][j] += alpha * m / sqrt(v + eps);

kernels: Adam only climbs
cuda/optimizers.cu test_optimizer_kernels.py::test_the_kernels_give_the_bits_of_the_formulas
-    const real m = beta1 * table.m[p][j] + (table.sign * rest1) * g;
+    const real m = beta1 * table.m[p][j] + rest1 * g;

kernels: Adam's moments change places
cuda/optimizers.cu test_optimizer_kernels.py::test_the_kernels_give_the_bits_of_the_formulas
-    table.m[p][j] = m;
-    table.v[p][j] = v;
+    table.m[p][j] = v;
+    table.v[p][j] = m;

kernels: an update in another order, exact but for rounding
cuda/optimizers.cu test_optimizer_kernels.py::test_the_kernels_give_the_bits_of_the_formulas
-    const real v = beta2 * table.v[p][j] + rest2 * (g * g);
+    const real v = beta2 * table.v[p][j] + (rest2 * g) * g;

kernels: the last element of all stands still
cuda/optimizers.py test_optimizer_kernels.py::test_the_kernels_give_the_bits_of_the_formulas
-    return int(ends[-1]), table
+    return int(ends[-1]) - 1, table

kernels: a penalty goes uphill with D
cuda/optimizers.cu test_optimizer_kernels.py::test_the_kernels_give_the_bits_of_the_formulas
-    return g - table.sign * (table.l1 * sign_of(w) + table.twice_l2 * w);
+    return g - (table.l1 * sign_of(w) + table.twice_l2 * w);

kernels: sign(0) = 1
cuda/optimizers.cu test_optimizer_kernels.py::test_the_kernels_give_the_bits_of_the_formulas
-    return w > 0 ? real(1) : w < 0 ? real(-1) : w == 0 ? real(0) : w;
+    return w >= 0 ? real(1) : w < 0 ? real(-1) : w;

kernels: biases are penalised, too
cuda/optimizers.cu test_optimizer_kernels.py::test_the_kernels_give_the_bits_of_the_formulas
-    if (!table.penalised[p]) return g;
+    if (p < 0) return g;

kernels: the rates of a recorded step are those of the recording
cuda/optimizers.cu test_optimizer_kernels.py::test_a_recorded_step_finds_its_rates_in_an_array
-    return table.fed ? table.fed[k] : table.rates[k];
+    return table.rates[k];

kernels: L2 without its factor 2
cuda/optimizers.py test_optimizer_kernels.py::test_the_kernels_give_the_bits_of_the_formulas
-        table["sign"], table["l1"], table["twice_l2"] = sign, penalty.l1, 2 * penalty.l2
+        table["sign"], table["l1"], table["twice_l2"] = sign, penalty.l1, penalty.l2

kernels: the 65th parameter stands still
cuda/optimizers.py test_optimizer_kernels.py::test_many_parameters_take_as_few_launches_as_they_can
-    parts = [some[i : i + MOST] for some in names.values() for i in range(0, len(some), MOST)]
+    parts = [some[:MOST] for some in names.values()]

kernels: a transposed gradient is read as it lies
cuda/optimizers.py test_optimizer_kernels.py::test_a_gradient_that_is_a_view_is_read_in_order
-    return array_module(a).ascontiguousarray(a, dtype=dtype)
+    return array_module(a).ascontiguousarray(a.T, dtype=dtype)

kernels: two gradients subtracted
cuda/optimizers.cu test_optimizer_kernels.py::test_two_gradients_are_added_in_one_launch
-    table.theta[p][j] = table.g[p][j] + table.m[p][j];
+    table.theta[p][j] = table.g[p][j] - table.m[p][j];

the host counts once for all replays
optimizer.py test_optimizer_kernels.py::test_each_replay_of_a_recorded_step_counts_an_update
-        rates = changing(self._next_rates, dtype)
+        found = self._next_rates()
+        rates = changing(lambda: found, dtype)

batches: the range begins at 0
cuda/batch.cu test_batch_kernels.py::test_a_batch_is_one_launch_and_has_the_bits_of_the_formula
-    return real(x[((index[k] * h + row) * w + column) * c + channel]) / top * range + low;
+    return real(x[((index[k] * h + row) * w + column) * c + channel]) / top * range;

batches: scaled in another order, exact but for rounding
cuda/batch.cu test_batch_kernels.py::test_a_batch_is_one_launch_and_has_the_bits_of_the_formula
-    return real(x[((index[k] * h + row) * w + column) * c + channel]) / top * range + low;
+    return real(x[((index[k] * h + row) * w + column) * c + channel]) * (range / top) + low;

batches: always the first images
cuda/batch.cu test_batch_kernels.py::test_a_batch_is_one_launch_and_has_the_bits_of_the_formula
-    return real(x[((index[k] * h + row) * w + column) * c + channel]) / top * range + low;
+    return real(x[((k * h + row) * w + column) * c + channel]) / top * range + low;

batches: channels are mirrored
cuda/batch.cu test_batch_kernels.py::test_a_batch_is_one_launch_and_has_the_bits_of_the_formula
-    return real(x[((index[k] * h + row) * w + column) * c + channel]) / top * range + low;
+    return real(x[((index[k] * h + row) * w + column) * c + c - 1 - channel]) / top * range + low;

batches: a black border where another is asked for
cuda/batch.cu test_batch_kernels.py::test_a_batch_is_one_launch_and_has_the_bits_of_the_formula
-    if (row < 0 || row >= h || column < 0 || column >= w) return border;
+    if (row < 0 || row >= h || column < 0 || column >= w) return low;

batches: the odd row is at the top
cuda/batch.py test_batch_kernels.py::test_a_batch_is_one_launch_and_has_the_bits_of_the_formula
-    sizes = (h, w, c, height, width, (height - h) // 2, (width - w) // 2)
+    sizes = (h, w, c, height, width, (height - h + 1) // 2, (width - w) // 2)

batches: an example stands beside the label of another
cuda/batch.cu test_batch_kernels.py::test_a_batch_is_one_launch_and_has_the_bits_of_the_formula
-    y[i] = j < d ? x[k * d + j] : real(columns[index[k]] == j - d);
+    y[i] = j < d ? x[k * d + j] : real(columns[k] == j - d);

batches: labels count from 1
cuda/batch.cu test_batch_kernels.py::test_labels_stand_behind_an_example_of_any_shape
-    y[i] = j < d ? x[k * d + j] : real(columns[index[k]] == j - d);
+    y[i] = j < d ? x[k * d + j] : real(columns[index[k]] == j - d + 1);

watch: each number of the row is a copy of its own
training/watch.py test_watch_device.py::test_a_row_waits_once_for_each_gradient
-    together = array_module(numbers[0]).stack(numbers, dtype="float64")
-    return list(map(float, to_host(together)))
+    return list(map(float, numbers))

watch: the row's numbers are those of other columns
training/watch.py test_saved_state.py::test_the_monitors_of_data_and_of_samples
-        self._row |= dict(zip(row, numbers[len(squares) :], strict=True))
+        self._row |= dict(zip(row, reversed(numbers[len(squares) :]), strict=True))

watch: the norm of D's gradient has that of the logits in it
training/watch.py test_saved_state.py::test_the_monitors_of_data_and_of_samples
-            self._row["grad_norm_D"] = math.sqrt(sum(squares[len(arrays) :]))
+            self._row["grad_norm_D"] = math.sqrt(sum(squares))

watch: an infinite gradient is let pass
training/watch.py test_watch_device.py::test_what_is_not_finite_is_named_in_the_same_words
-        if not all(map(math.isfinite, squares[: len(arrays)])):
+        if not all(map(math.isfinite, squares[: len(logits)])):

watch: a GPU is waited for in every step
training/watch.py test_watch_device.py::test_between_log_steps_a_gpu_is_not_waited_for
-        if not (self.measuring or self._every_step):
-            return
+        if not player:
+            return

watch: an overflow is taken for an infinity
training/watch.py test_watch_device.py::test_enormous_finite_numbers_are_no_alarm_on_a_gpu
-            finite = bool(array_module(a).isfinite(a).all())
+            finite = False

watch: parameters are looked at without the buffers
training/watch.py test_watch_device.py::test_what_is_not_finite_is_named_in_the_same_words
-            for name, array in (net.params | net.buffers).items()
+            for name, array in net.params.items()
"""
