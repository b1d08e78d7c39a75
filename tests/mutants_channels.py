"""Bugs in the kernels of channel sums, BatchNorm and chains. See mutants.py for the form."""

CHANNELS = """
a strip begins with the next thread's number
cuda/common.cu test_kernel_batchnorm.py::test_a_sum_is_off_by_no_more_than_it_says
-    for (; j + 15 * step < end; j += 16 * step) {
+    for (j += 1; j + 15 * step < end; j += 16 * step) {

the last of sixteen rows is read where there are fifteen
cuda/common.cu test_kernel_batchnorm.py::test_the_kernels_give_batchnorms_numbers
-    for (; j + 15 * step < end; j += 16 * step) {
+    for (; j + 14 * step < end; j += 16 * step) {

the rows beyond a whole number of strips are left out
cuda/channel_sums.cu test_kernel_batchnorm.py::test_a_sum_is_off_by_no_more_than_it_says
-    sums[i] = sum_of(i, n, size, x);
+    sums[i] = sum_of(i, n, size / n * n, x);

no more than one level of strips
cuda/channel_sums.py test_kernel_batchnorm.py::test_sums_take_a_launch_and_one_more_a_level
-        x, rows = strip_sums(x, rows, c, strips), strips
+        return strip_sums(x, rows, c, strips), strips

more threads than a GPU holds
cuda/channel_sums.py test_kernel_batchnorm.py::test_no_more_threads_than_a_gpu_holds_share_the_rows
-    return min(-(-rows // LONG), -(-MANY // c))
+    return -(-rows // LONG)

the kernel forgets what rounding left in the mean
cuda/batchnorm.cu test_kernel_batchnorm.py::test_digits_survive_a_mean_of_a_million
-    numbers[4 * c + i] = beta - scale * rest;
+    numbers[4 * c + i] = beta;

the kernel's variance is the mean of squares about the rounded mean
cuda/batchnorm.cu test_kernel_batchnorm.py::test_digits_survive_a_mean_of_a_million
-    const real rest = sum / rows, difference = square / rows - rest * rest;
+    const real rest = sum / rows, difference = square / rows + rest * rest;

the kernel's variance may fall below 0
cuda/batchnorm.cu test_kernel_batchnorm.py::test_a_variance_that_rounding_leaves_below_0_is_0
-    const real var = difference < 0 ? real(0) : difference;
+    const real var = difference;

the kernel's decay is the share of the new value
cuda/batchnorm.cu test_kernel_batchnorm.py::test_running_averages_are_updated_where_they_lie
-    running_var[i] = running_var[i] * decay + fresh * var;
+    running_var[i] = running_var[i] * fresh + decay * var;

the kernel averages the means without their rest
cuda/batchnorm.cu test_kernel_batchnorm.py::test_digits_survive_a_mean_of_a_million
-    running_mean[i] = running_mean[i] * decay + fresh * (mean + rest);
+    running_mean[i] = running_mean[i] * decay + fresh * (mean - rest);

the kernel's backward without the term of the variance
cuda/batchnorm.cu test_kernel_batchnorm.py::test_the_sum_of_dx_is_0_along_x_hat_only_eps_is_left
-        dx[j] = dz * scale - (x[j] - centre) * slope - shift;
+        dx[j] = dz * scale - shift;

the kernel's backward without the term of the mean
cuda/batchnorm.cu test_kernel_batchnorm.py::test_the_sum_of_dx_is_0_along_x_hat_only_eps_is_left
-    numbers[4 * c + i] = train ? scale * sum_dy / rows - slope * rest : real(0);
+    numbers[4 * c + i] = train ? -slope * rest : real(0);

the kernel's backward has the other sign along x_hat
cuda/batchnorm.cu test_kernel_batchnorm.py::test_the_kernels_give_batchnorms_numbers
-        dx[j] = dz * scale - (x[j] - centre) * slope - shift;
+        dx[j] = dz * scale + (x[j] - centre) * slope - shift;

the kernel evaluates and differentiates the batch formula
cuda/batchnorm.cu test_kernel_batchnorm.py::test_the_kernels_give_batchnorms_numbers
-    const real slope = train ? scale * sum_dy_x_hat / (rows * s) : real(0);
+    const real slope = scale * sum_dy_x_hat / (rows * s);

the second sum of the strips is taken from the first one's place
cuda/batchnorm.cu test_kernel_batchnorm.py::test_the_kernels_give_batchnorms_numbers
-    second = sum_of(c + i, 2 * c, size, sums);
+    second = sum_of(i, 2 * c, size, sums);

evaluation counts the rest of the last batch
cuda/batchnorm.cu test_kernel_batchnorm.py::test_the_kernels_give_batchnorms_numbers
-    put_together(i, n, numbers, running_mean[i], 0, running_var[i], gamma[i], beta[i], eps);
+    put_together(i, n, numbers, running_mean[i], 1, running_var[i], gamma[i], beta[i], eps);

a chain without its bias
cuda/chains.cu test_chains.py::test_a_parameter_that_is_replaced_is_the_one_that_counts
-        const real sum = z[j] + bias;
+        const real sum = z[j];

a chain keeps what its activation gave where the slope needs what it got
cuda/activation.py test_chains.py::test_either_backward_takes_either_cache
-        return self.kind == KINDS[Sigmoid]
+        return False

a chain whose bias is added twice
chains.py test_chains.py::test_a_parameter_that_is_replaced_is_the_one_that_counts
-            z, cache = self._without_bias().forward(x, train)
+            z, cache = self.layer.forward(x, train)

db is the sum of dy, not of dy φ'
cuda/chains.cu test_chains.py::test_at_a_kink_the_slope_is_the_negative_sides
-            sum += d;
+            sum += at.dy;

the kernel's ReLU has the slope 1 at 0
cuda/common.cu test_chains.py::test_at_a_kink_the_slope_is_the_negative_sides
-    if (kind == RELU) return dy * real(kept > 0);
+    if (kind == RELU) return dy * real(kept >= 0);

the kernel's LeakyReLU has the slope 1 at 0
cuda/common.cu test_chains.py::test_at_a_kink_the_slope_is_the_negative_sides
-    if (kind == LEAKY_RELU) return dy * (kept > 0 ? real(1) : alpha);
+    if (kind == LEAKY_RELU) return dy * (kept >= 0 ? real(1) : alpha);

the kernel's tanh' = 1 - y
cuda/common.cu test_chains.py::test_either_backward_takes_either_cache
-    if (kind == TANH) return dy * (1 - kept * kept);
+    if (kind == TANH) return dy * (1 - kept);

the kernel's sigmoid has its slope twice
cuda/common.cu test_chains.py::test_either_backward_takes_either_cache
-    if (kind == SIGMOID) return dy * sigmoid_of(kept) * sigmoid_of(-kept);
+    if (kind == SIGMOID) return dy * sigmoid_of(kept) * sigmoid_of(kept);

the gradients of a joined layer go to its activation
layer.py test_chains.py::test_a_network_on_a_gpu_joins_biases_and_batchnorms_with_activations
-            plan[-1] = (position if layer.params else before), joined
+            plan[-1] = position, joined

layers of the CPU are joined, too
chains.py test_chains.py::test_on_the_cpu_nothing_is_joined_with_an_activation
-    return Activated(layer, following) if on_gpu else None
+    return Activated(layer, following)

the last of equal pieces wins
cuda/maxout.cu test_kernel_maxout.py::test_maxout_kernel_picks_the_first_of_equal_pieces
-        if (piece > largest || (piece != piece && largest == largest)) {
+        if (piece >= largest || (piece != piece && largest == largest)) {

the pieces of another unit
cuda/maxout.cu test_kernel_maxout.py::test_maxout_kernel_picks_the_first_of_equal_pieces
-    const integer first = i / units * pieces * units + i % units;
+    const integer first = i * pieces;
"""
