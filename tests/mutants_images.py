"""Bugs in convolutions, in their windows and in upsampling. See mutants.py for the form."""

IMAGES = """
[17] "same" puts its extra row on top
window.py test_window.py::test_same_in_numbers
-        return (rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2)
+        return (rows - rows // 2, rows // 2), (columns - columns // 2, columns // 2)

"same" rounds the number of positions down
window.py test_window.py::test_same_in_numbers
-        rows, columns = (max((-(-n // s) - 1) * s + k - n, 0) for n, k, s in axes)
+        rows, columns = (max((n // s - 1) * s + k - n, 0) for n, k, s in axes)

"same" pads by k - 1 whatever the stride is
window.py test_window.py::test_same_in_numbers
-        rows, columns = (max((-(-n // s) - 1) * s + k - n, 0) for n, k, s in axes)
+        rows, columns = (k - 1 for n, k, s in axes)

a window that does not quite fit is counted
window.py test_window.py::test_the_two_axes_are_not_confused
-        down, right = (max((n + sum(pad) - k) // s + 1, 0) for n, pad, k, s in axes)
+        down, right = (max(-(-(n + sum(pad) - k) // s) + 1, 0) for n, pad, k, s in axes)

an image far too small has a negative number of positions
window.py test_window.py::test_an_image_smaller_than_the_kernel_has_no_position
-        down, right = (max((n + sum(pad) - k) // s + 1, 0) for n, pad, k, s in axes)
+        down, right = ((n + sum(pad) - k) // s + 1 for n, pad, k, s in axes)

the transpose of "same" goes back to the smallest image
window.py test_conv_transpose.py::test_at_stride_2_A_halves_an_image_and_At_doubles_one
-            return positions[0] * self.stride[0], positions[1] * self.stride[1]
+            return (positions[0] - 1) * self.stride[0] + 1, (positions[1] - 1) * self.stride[1] + 1

output_pad is cut off instead of added
window.py test_conv_transpose.py::test_output_pad_names_each_of_the_s_sizes_that_map_onto_one
-        height, width = ((n - 1) * s + k - sum(pad) + more for n, pad, k, s, more in axes)
+        height, width = ((n - 1) * s + k - sum(pad) - more for n, pad, k, s, more in axes)

the kernel's height and width are exchanged
window.py test_window.py::test_the_two_axes_are_not_confused
-    return Window(pair("kernel", kernel, 1), pair("stride", stride, 1), _pad(pad))
+    return Window(pair("kernel", kernel, 1)[::-1], pair("stride", stride, 1), _pad(pad))

the strides down and right are exchanged
window.py test_window.py::test_the_two_axes_are_not_confused
-    return Window(pair("kernel", kernel, 1), pair("stride", stride, 1), _pad(pad))
+    return Window(pair("kernel", kernel, 1), pair("stride", stride, 1)[::-1], _pad(pad))

[17] top and bottom are exchanged
window.py test_window.py::test_the_two_axes_are_not_confused
-        return pair("pad", axes[0], 0), pair("pad", axes[1], 0)
+        return pair("pad", axes[0][::-1], 0), pair("pad", axes[1], 0)

[17] the convolution's kernel is flipped
patches.py test_patches.py::test_the_maps_are_what_they_are_by_definition
-            p[:, :, :, i, j, :] = padded[tap(i, j, rows, columns, window)]
+            p[:, :, :, i, j, :] = padded[tap(kh - 1 - i, kw - 1 - j, rows, columns, window)]

[17] the transposed convolution's kernel is flipped
patches.py test_patches.py::test_the_maps_are_what_they_are_by_definition
-            padded[tap(i, j, rows, columns, window)] += p[:, :, :, i, j, :]
+            padded[tap(i, j, rows, columns, window)] += p[:, :, :, kh - 1 - i, kw - 1 - j, :]

[17] the convolution's pad is on the other side
patches.py test_patches.py::test_pad_puts_its_zeros_where_it_says
-    padded[:, top : top + h, left : left + w, :] = x
+    padded[:, bottom : bottom + h, right : right + w, :] = x

[17] the transposed convolution's pad is on the other side
patches.py test_patches.py::test_the_maps_are_what_they_are_by_definition
-    return padded[:, top : top + h, left : left + w, :]
+    return padded[:, bottom : bottom + h, right : right + w, :]

the stride is forgotten in fold
patches.py test_patches.py::test_the_maps_are_what_they_are_by_definition
-            padded[tap(i, j, rows, columns, window)] += p[:, :, :, i, j, :]
+            padded[:, i : i + rows, j : j + columns] += p[:, :, :, i, j, :]

the strides are exchanged where a tap looks
patches.py test_patches.py::test_the_maps_are_what_they_are_by_definition
-    down, right = window.stride
+    right, down = window.stride

patches that overlap are not added up
patches.py test_patches.py::test_the_maps_are_what_they_are_by_definition
-            padded[tap(i, j, rows, columns, window)] += p[:, :, :, i, j, :]
+            padded[tap(i, j, rows, columns, window)] = p[:, :, :, i, j, :]

W is reshaped, not transposed
patches.py test_patches.py::test_the_maps_are_what_they_are_by_definition
-    p = y.reshape(-1, y.shape[-1]) @ W.reshape(-1, W.shape[-1]).T  # (positions, n) (n, taps·c)
+    p = y.reshape(-1, y.shape[-1]) @ W.reshape(W.shape[-1], -1)

the bias is left out of the convolution
patches.py test_patches.py::test_the_maps_are_what_they_are_by_definition
-        y += b
+        y += 0 * b

the bias is left out of the transposed convolution
patches.py test_patches.py::test_the_maps_are_what_they_are_by_definition
-        x += b
+        x += 0 * b

dW is a mean over the positions
patches.py test_patches.py::test_the_maps_are_what_they_are_by_definition
-    return dW.reshape(*p.shape[3:], y.shape[-1])
+    return dW.reshape(*p.shape[3:], y.shape[-1]) / y[..., 0].size

dW has its channels exchanged
patches.py test_patches.py::test_the_maps_are_what_they_are_by_definition
-    return dW.reshape(*p.shape[3:], y.shape[-1])
+    return dW.T.reshape(*p.shape[3:], y.shape[-1])

dx is the unflipped convolution of dy
conv.py test_layers_protocol.py::test_gradients_and_protocol[0-Conv2D]
-        dx = maps(dy, self.window).scatter(dy, W, x.shape, self.window) if need_dx else None
+        dx = maps(dy, self.window).gather(dy, W.swapaxes(2, 3), self.window) if need_dx else None

a convolution's db is a sum over the batch alone
conv.py test_layers_protocol.py::test_gradients_and_protocol[0-Conv2D]
-            grads["W"] = maps(x, self.window).weight_gradient(x, dy, self.window)
-            if "b" in self.params:
-                grads["b"] = channel_sum(dy)
+            grads["W"] = maps(x, self.window).weight_gradient(x, dy, self.window)
+            if "b" in self.params:
+                grads["b"] = dy.sum(axis=0)[0, 0]

a transposed convolution's db is a sum over the batch alone
conv.py test_layers_protocol.py::test_gradients_and_protocol[0-ConvTranspose2D]
-            grads["W"] = maps(x, self.window).weight_gradient(dy, x, self.window)
-            if "b" in self.params:
-                grads["b"] = channel_sum(dy)
+            grads["W"] = maps(x, self.window).weight_gradient(dy, x, self.window)
+            if "b" in self.params:
+                grads["b"] = dy.sum(axis=0)[0, 0]

a transposed convolution's dW with x and dy exchanged
conv.py test_conv_transpose.py::test_each_is_the_others_adjoint
-            grads["W"] = maps(x, self.window).weight_gradient(dy, x, self.window)
+            grads["W"] = maps(x, self.window).weight_gradient(x, dy, self.window)

a transposed convolution's dx is painted, not collected
conv.py test_layers_protocol.py::test_gradients_and_protocol[0-ConvTranspose2D]
-        dx = maps(dy, self.window).gather(dy, W, self.window) if need_dx else None
+        dx = maps(x, self.window).scatter(x, W, dy.shape, self.window)[:, ::2, ::2]

[1] a convolution keeps one buffer for all tapes
conv.py test_layers_protocol.py::test_gradients_and_protocol[0-Conv2D]
-        return maps(x, self.window).gather(x, W, self.window, b), x
+        if getattr(self, "kept", x[:0]).shape != x.shape:
+            self.kept = x.copy()
+        self.kept[...] = x
+        return maps(x, self.window).gather(x, W, self.window, b), self.kept

[1] a transposed convolution keeps one buffer for all tapes
conv.py test_layers_protocol.py::test_gradients_and_protocol[0-ConvTranspose2D]
-        return maps(x, self.window).scatter(x, W, shape, self.window, b), x
+        if getattr(self, "kept", x[:0]).shape != x.shape:
+            self.kept = x.copy()
+        self.kept[...] = x
+        return maps(x, self.window).scatter(x, W, shape, self.window, b), self.kept

[12] a convolution's backward uses the caller's dy as scratch memory
conv.py test_layers_protocol.py::test_gradients_and_protocol[0-Conv2D]
-        dx = maps(dy, self.window).scatter(dy, W, x.shape, self.window) if need_dx else None
+        dx = maps(dy, self.window).scatter(dy, W, x.shape, self.window) if need_dx else None
+        dy *= 0

output_pad is added on top
conv.py test_conv_transpose.py::test_output_pad_adds_at_the_bottom_and_on_the_right
-        return maps(x, self.window).scatter(x, W, shape, self.window, b), x
+        from minigan.backend import array_module
+        y = maps(x, self.window).scatter(x, W, shape, self.window, b)
+        return array_module(x).roll(y, self.output_pad, axis=(1, 2)), x

an output_pad as large as the stride is taken
conv.py test_conv_errors.py::test_a_bad_output_pad
-    if extra[0] >= stride[0] or extra[1] >= stride[1]:
+    if extra[0] > stride[0] or extra[1] > stride[1]:

a kernel larger than the image gives an empty y
conv.py test_conv_errors.py::test_a_kernel_larger_than_the_padded_images
-        if min(self.window.positions(x.shape[1:3])) < 1:
+        if min(self.window.positions(x.shape[1:3])) < 0:

a dy with rows and columns exchanged is taken
upsampling.py test_conv_errors.py::test_a_dy_of_the_wrong_shape
-        check_dy(self, dy, (m, h * down, w * right, c))
+        check_dy(self, dy.reshape(-1), (m * h * down * w * right * c,))

upsampling's backward is the mean of a block
upsampling.py test_upsampling.py::test_upsampling_in_numbers
-        return dy.reshape(m, h, down, w, right, c).sum(axis=(2, 4)), {}
+        return dy.reshape(m, h, down, w, right, c).mean(axis=(2, 4)), {}

upsampling's backward takes one pixel of a block
upsampling.py test_upsampling.py::test_upsampling_in_numbers
-        return dy.reshape(m, h, down, w, right, c).sum(axis=(2, 4)), {}
+        return dy[:, ::down, ::right].copy(), {}

upsampling tiles the image
upsampling.py test_upsampling.py::test_upsampling_in_numbers
-        y = array_module(x).empty((m, h, down, w, right, c), dtype=x.dtype)
-        y[...] = x[:, :, None, :, None, :]
+        y = array_module(x).empty((m, down, h, right, w, c), dtype=x.dtype)
+        y[...] = x[:, None, :, None, :, :]

upsampling's factors are exchanged
upsampling.py test_upsampling.py::test_upsampling_in_numbers
-            self.factor = pair("factor", factor, 1)
+            self.factor = pair("factor", factor, 1)[::-1]

an image's channels are summed over the batch alone
blocks.py test_layers_protocol.py::test_gradients_and_protocol[0-ConvTranspose2D]
-        x = x.reshape(x.shape[0], math.prod(x.shape[1:-1]), x.shape[-1]).sum(axis=1)  # (m, c)
+        x = x.reshape(x.shape[0], math.prod(x.shape[1:-1]), x.shape[-1])[:, 0]
"""
