"""Bugs in the kernels of convolutions and in what starts them. See mutants.py for the form."""

PATCHES = """
[17] unfold takes the pad on the left for that at the top
cuda/patches.cu test_cuda_patches.py::test_unfold_and_fold_give_the_plain_bits_for_a_few_windows
-    const integer place = (q * s.right - s.left) * s.c + k;  // in a row of the image
+    const integer place = (q * s.right - s.top) * s.c + k;

unfold steps right by the stride down
cuda/patches.cu test_cuda_patches.py::test_unfold_and_fold_give_the_plain_bits_for_a_few_windows
-    const integer place = (q * s.right - s.left) * s.c + k;  // in a row of the image
+    const integer place = (q * s.down - s.left) * s.c + k;

[17] unfold turns the kernel's rows around
cuda/patches.cu test_cuda_patches.py::test_unfold_and_fold_give_the_plain_bits_for_a_few_windows
-        const integer row = r * s.down + i - s.top;
+        const integer row = r * s.down + s.kh - 1 - i - s.top;

unfold reads on into the next row
cuda/patches.cu test_cuda_patches.py::test_unfold_and_fold_give_the_plain_bits_for_a_few_windows
-    const bool inside = 0 <= place && place < s.w * s.c;
+    const bool inside = 0 <= place;

unfold reads on into the next image
cuda/patches.cu test_cuda_patches.py::test_unfold_and_fold_give_the_plain_bits_for_a_few_windows
-        const bool seen = inside && 0 <= row && row < s.h;
+        const bool seen = inside && 0 <= row && row <= s.h;

unfold leaves the padding as it was
cuda/patches.cu test_cuda_patches.py::test_unfold_and_fold_give_the_plain_bits_for_a_few_windows
-        p[(position * s.kh + i) * length + k] =
-            seen ? x[(image * s.h + row) * s.w * s.c + place] : real(0);
+        if (seen) p[(position * s.kh + i) * length + k] =
+            x[(image * s.h + row) * s.w * s.c + place];

fold takes positions that there are not
cuda/patches.cu test_cuda_patches.py::test_unfold_and_fold_give_the_plain_bits_for_a_few_windows
-    return min(place / stride, n - 1);
+    return place / stride;

fold leaves out the last tap
cuda/patches.cu test_cuda_patches.py::test_unfold_and_fold_give_the_plain_bits_for_a_few_windows
-    return place < kernel ? 0 : (place - kernel) / stride + 1;
+    return place < kernel ? 0 : (place - kernel) / stride + 2;

[17] fold takes the pad at the top for the one at the bottom
cuda/patches.cu test_cuda_patches.py::test_unfold_and_fold_give_the_plain_bits_for_a_few_windows
-    const integer row = pixel / s.w % s.h + s.top, column = pixel % s.w + s.left;  // padded
+    const integer below = (s.rows - 1) * s.down + s.kh - s.h - s.top;
+    const integer row = pixel / s.w % s.h + below, column = pixel % s.w + s.left;

fold paints over what it has painted
cuda/patches.cu test_cuda_patches.py::test_unfold_and_fold_give_the_plain_bits_for_a_few_windows
-            sum += p[((position * s.kh + i) * s.kw + j) * s.c + k];
+            sum = p[((position * s.kh + i) * s.kw + j) * s.c + k];

[17] fold turns the kernel's columns around
cuda/patches.cu test_cuda_patches.py::test_unfold_and_fold_give_the_plain_bits_for_a_few_windows
-            sum += p[((position * s.kh + i) * s.kw + j) * s.c + k];
+            sum += p[((position * s.kh + i) * s.kw + s.kw - 1 - j) * s.c + k];

fold adds the taps up in another order
cuda/patches.cu test_cuda_patches.py::test_unfold_and_fold_give_the_plain_bits
-    for (integer r = bottom; r >= top; --r)
+    for (integer r = top; r <= bottom; ++r)

fold writes beside the image, and threads overwrite each other
cuda/patches.cu test_cuda_patches.py::test_the_order_of_the_threads_does_not_matter
-    x[t] = sum;
+    x[t / 2] = sum;

the GPU's convolution forgets its bias
cuda/patches.py test_cuda_patches.py::test_the_maps_are_the_plain_ones_for_a_few_windows
-    if b is not None:
-        y += b
-    return y.reshape(m, *positions, n)
+    return y.reshape(m, *positions, n)

the GPU's transposed convolution forgets its bias
cuda/patches.py test_cuda_patches.py::test_the_maps_are_the_plain_ones_for_a_few_windows
-    if b is not None:
-        x += b
+    if b is not None and len(positions) > 2:
+        x += b

the thinner side's bias is forgotten
cuda/patches.py test_cuda_patches.py::test_the_maps_are_the_plain_ones_for_a_few_windows
-        return gather(y, _turned(W), _other(window, shape[1:3]), b)
+        return gather(y, _turned(W), _other(window, shape[1:3]))

[17] the thinner side's kernel is not turned around
cuda/patches.py test_cuda_patches.py::test_the_maps_are_the_plain_ones_for_a_few_windows
-    return array_module(W).ascontiguousarray(W[::-1, ::-1].swapaxes(2, 3))
+    return array_module(W).ascontiguousarray(W.swapaxes(2, 3))

[17] the thinner side has the other side's pads
cuda/patches.py test_cuda_patches.py::test_the_maps_are_the_plain_ones_for_a_few_windows
-    rows, columns = ((k - 1 - before, k - 1 - after) for k, (before, after) in axes)
+    rows, columns = ((k - 1 - after, k - 1 - before) for k, (before, after) in axes)

the thinner side is taken with any stride
cuda/patches.py test_cuda_patches.py::test_the_maps_are_the_plain_ones_for_a_few_windows
-    return n < c and window.stride == (1, 1) and min(positions) > 0
+    return n < c and min(positions) > 0

dW of the first block of images alone
cuda/patches.py test_cuda_patches.py::test_the_maps_are_the_plain_ones_in_blocks
-    return sum(parts[1:], parts[0]).reshape(*window.kernel, c, n)
+    return parts[0].reshape(*window.kernel, c, n)

each block of images is folded into the first
cuda/patches.py test_cuda_patches.py::test_the_maps_are_the_plain_ones_in_blocks
-        X, Y = x[images], y[images]
+        X, Y = x[: len(x[images])], y[images]

blocks of images take more memory than stated
cuda/patches.py test_cuda_patches.py::test_patches_take_no_more_memory_than_stated
-    most = max(1, PATCHES // max(size, 1))
+    most = max(1, -(-PATCHES // max(size, 1)))

a kernel reads a view as if it were contiguous
cuda/patches.py test_cuda_patches.py::test_views_are_as_good_as_contiguous_arrays
-    start("patches", "unfold", p.size // kh, p, xp.ascontiguousarray(x), numbers)
+    start("patches", "unfold", p.size // kh, p, x, numbers)

half of the patches' rows are not copied
cuda/patches.py test_cuda_patches.py::test_unfold_and_fold_give_the_plain_bits_for_a_few_windows
-    start("patches", "unfold", p.size // kh, p, xp.ascontiguousarray(x), numbers)
+    start("patches", "unfold", p.size // kh // 2, p, xp.ascontiguousarray(x), numbers)

the upper pixels of a block are repeated alone
cuda/upsampling.cu test_cuda_upsampling.py::test_upsampling_gives_the_plain_numbers
-    EACH_PIXEL(i, j, s) y[IN_Y(i, j, s)] = x[t];
+    EACH_PIXEL(i, j, s) if (i == 0) y[IN_Y(i, j, s)] = x[t];

upsampling's backward takes one copy for all
cuda/upsampling.cu test_cuda_upsampling.py::test_upsampling_gives_the_plain_numbers
-    EACH_PIXEL(i, j, s) sum += dy[IN_Y(i, j, s)];
+    EACH_PIXEL(i, j, s) sum = dy[IN_Y(i, j, s)];

what stands out of y is read from the next row
cuda/upsampling.cu test_cuda_upsampling.py::test_pixels_are_put_side_by_side_and_back
-        d[SIDE_BY_SIDE(i, j, s)] = INSIDE(i, j, s) ? y[IN_Y(i, j, s)] : real(0);
+        d[SIDE_BY_SIDE(i, j, s)] = row + i < s.height ? y[IN_Y(i, j, s)] : real(0);

blocks lie in y as if it had one column less
cuda/upsampling.cu test_cuda_upsampling.py::test_pixels_are_put_side_by_side_and_back
-#define IN_Y(i, j, s) ((first + i * s.width + j) * s.c + k)
+#define IN_Y(i, j, s) ((first + i * (s.width - 1) + j) * s.c + k)

a block's pixels stand column by column
cuda/upsampling.cu test_cuda_upsampling.py::test_pixels_are_put_side_by_side_and_back
-#define SIDE_BY_SIDE(i, j, s) (((block * s.down + i) * s.right + j) * s.c + k)
+#define SIDE_BY_SIDE(i, j, s) (((block * s.right + j) * s.down + i) * s.c + k)

the phases run backwards on the GPU
cuda/upsampled.cu test_cuda_upsampling.py::test_weights_of_the_phases_for_a_few_windows
-    const integer top = s.down * o - phi - s.lead_rows;
+    const integer top = s.down * o + phi + 1 - s.down - s.lead_rows;

[17] a tap meets the pixel on the other side on the GPU
cuda/upsampled.cu test_cuda_upsampling.py::test_weights_of_the_phases_for_a_few_windows
-    const integer left = s.right * p - psi - s.lead_columns;
+    const integer left = s.right * p - psi + s.lead_columns;

the weights of a phase are one tap short
cuda/upsampled.cu test_cuda_upsampling.py::test_weights_of_the_phases_for_a_few_windows
-    for (integer i = max(top, integer(0)); i < min(top + s.down, s.kh); ++i)
+    for (integer i = max(top, integer(0)); i < min(top + s.down, s.kh - 1); ++i)

dW of the phases takes rows for columns
cuda/upsampled.cu test_cuda_upsampling.py::test_weights_of_the_phases_for_a_few_windows
-            const integer p = (psi + j + s.lead_columns) / s.right;
+            const integer p = (psi + j + s.lead_rows) / s.down;

dW of the phases is that of the last phase
cuda/upsampled.cu test_cuda_upsampling.py::test_weights_of_the_phases_for_a_few_windows
-            sum += small[((pair * s.down + phi) * s.right + psi) * s.n + k];
+            sum = small[((pair * s.down + phi) * s.right + psi) * s.n + k];

upsampling and convolution as one forget the bias on the GPU
upsampled.py test_cuda_upsampling.py::test_one_network_equals_two_layers_for_a_few_windows
-            if b is not None:
-                y += b
-            return y
+            return y

parameters on another device are taken for the CPU's
upsampled.py test_cuda_upsampling.py::test_parameters_on_another_device_are_the_layers_own_error
-        if device_of(x) != device_of(W) or x.dtype != W.dtype:
+        if x.dtype != W.dtype:

the GPU gets the CPU's plain maps
fast_patches.py test_cuda_patches.py::test_the_maps_of_an_array_are_those_of_its_device
-    if kernels.on(x):
-        return cuda
+    if kernels.on(x) and x.size < SMALL:
+        return cuda
"""
