"""Mistakes that a GPU makes nothing of at first, or that only its arrays show. See mutants.py.

Where a thread writes beyond an array, the stand-in finds it on a copy, before it happens in
earnest.
"""

STRICT = """
kernels: an index of 32 bits
cuda/maxout.cu test_kernel_inputs.py::test_views_are_as_good_as_contiguous_arrays
-    const integer first = i / units * pieces * units + i % units;
+    const int first = i / units * pieces * units + i % units;

kernels: a thread's number of 32 bits
cuda/common.cu test_kernel_inputs.py::test_a_nan_stays_one
-    const integer i = blockIdx.x * (integer)blockDim.x + threadIdx.x;       \\
+    const integer i = blockIdx.x * blockDim.x + threadIdx.x;       \\

kernels: doubles in a kernel of floats
cuda/common.cu test_kernel_inputs.py::test_a_nan_stays_one
-    if (kind == LEAKY_RELU) return x > 0 ? x : alpha * x;
+    if (kind == LEAKY_RELU) return x > 0 ? x : 1.0 * alpha * x;

kernels: products and sums fused
cuda/kernels.py test_kernel_inputs.py::test_a_nan_stays_one
-OPTIONS = ("-std=c++17", "--fmad=false")
+OPTIONS = ("-std=c++17",)

kernels: a NaN becomes 0
cuda/common.cu test_kernel_inputs.py::test_a_nan_stays_one
-    if (kind == RELU) return x < 0 ? real(0) : x;
+    if (kind == RELU) return fmax(x, real(0));

kernels: two threads write to one place
cuda/maxout.cu test_kernel_inputs.py::test_views_are_as_good_as_contiguous_arrays
-    y[i] = largest;
+    y[i] = y[i - i % 2] = largest;

kernels: a mask is one entry too long
cuda/philox.cu test_draws.py::test_the_kernel_gives_numpys_bits
-    for (int j = 0; j < 8 && j * n + i < size; ++j)
+    for (int j = 0; j < 8 && j * n + i <= size; ++j)

an activation is handed a view as it is
cuda/elementwise.py test_kernel_inputs.py::test_views_are_as_good_as_contiguous_arrays
-    start("elementwise", name, y.size, y, *map(xp.ascontiguousarray, arrays), *constants)
+    start("elementwise", name, y.size, y, *arrays, *constants)

a kernel reads beyond the smaller of two arrays
cuda/elementwise.py test_kernel_inputs.py::test_arrays_of_several_shapes_are_refused
-    if len({a.shape for a in arrays}) > 1:
+    if not arrays:

patches are handed over as a view
cuda/patches.py test_kernel_inputs.py::test_patches_may_be_a_view
-    p = array_module(p).ascontiguousarray(p)
+    array_module(p)

pieces are handed over as a view
cuda/maxout.py test_kernel_inputs.py::test_views_are_as_good_as_contiguous_arrays
-    z = xp.ascontiguousarray(z)
+    xp.ascontiguousarray(z)

an upsampled gradient is handed over as a view
cuda/upsampling.py test_kernel_inputs.py::test_views_are_as_good_as_contiguous_arrays
-    a = array_module(a).ascontiguousarray(a)
+    array_module(a)

BatchNorm's dy is handed over as a view
cuda/batchnorm.py test_kernel_inputs.py::test_views_are_as_good_as_contiguous_arrays
-    x, dy = xp.ascontiguousarray(x), xp.ascontiguousarray(dy)
+    x = xp.ascontiguousarray(x)

what is worked out inside of what is worked out is fed, too
cuda/feed.py test_recording.py::test_what_changes_inside_of_what_changes_is_worked_out_once
-        _recording = None  # what is worked out aside is ordinary, also where it says `changing`
-        try:
+        try:

what is worked out aside does not wait for the stream
cuda/recording.py test_recording.py::test_the_stream_is_waited_for_before_work_aside
-        stream.synchronize()
+        pass

the workspace of a handle is given to others
cuda/blas.py test_blas.py::test_transposed_views_are_not_copied
-            self._handles[stream] = handle, place
+            self._handles[stream] = handle, None

a gradient that was put in order is gone when its kernel is started
cuda/optimizers.py test_optimizer_kernels.py::test_two_gradients_are_added_in_one_launch
-        n, table = _table(group)
-        start("optimizers", "sum_of_gradients", n, table, dtype=_dtype(group))
+        n, table = _table(group)
+        dtype = _dtype(group)
+        rows.clear()
+        group.clear()
+        start("optimizers", "sum_of_gradients", n, table, dtype=dtype)
"""
