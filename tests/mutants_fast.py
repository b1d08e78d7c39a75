"""Bugs in the fast maps and in the joining of layers. See mutants.py for the form."""

FAST = """
pixels that no window sees keep what was in memory
fast_patches.py test_fast_patches.py::test_fast_equals_plain_for_a_few_windows
-                target[...] = 0 if b is None else b.reshape(target.shape[3:])
-                continue
+                continue

the fast bias is left out where the products lie apart
fast_patches.py test_fast_patches.py::test_fast_equals_plain_for_a_few_windows
-            if b is not None:
-                Y += b
+            if b is not None and whole:
+                Y += b

the fast bias is left out of thin images
painting.py test_fast_patches.py::test_fast_equals_plain_for_a_few_windows
-            x[first : first + per] = X if b is None else X + b
+            x[first : first + per] = X

[17] top is taken for its opposite where the kernel's rows are painted at once
painting.py test_fast_patches.py::test_fast_equals_plain_for_a_few_windows
-                        at = first * down + i - top
+                        at = first * down + kh - 1 - i - top

the kernel's rows are painted over each other
painting.py test_fast_patches.py::test_fast_equals_plain_for_a_few_windows
-                        X[:, painted, span.entries] += products[:, first:end, :, i]
+                        X[:, painted, span.entries] = products[:, first:end, :, i]

the fast bias is left out where the kernel's rows are painted at once
painting.py test_fast_patches.py::test_fast_equals_plain_for_a_few_windows
-            X[...] = 0 if b is None else b
+            X[...] = 0

a thin image is painted over the one before
painting.py test_fast_patches.py::test_fast_equals_plain_for_a_few_windows
-                padded[patches.tap(i, j, rows, columns, window)] += p.transpose(1, 2, 3, 0)
+                padded[patches.tap(i, j, rows, columns, window)] = p.transpose(1, 2, 3, 0)

[17] fast scatter meets its taps in the order of gather
spans.py test_fast_patches.py::test_fast_equals_plain_for_a_few_windows
-            taps = range(first, last - 1, -stride) if r < end else range(0)
+            taps = range(last, first + 1, stride) if r < end else range(0)

[17] fast scatter takes the pad for its opposite
spans.py test_fast_patches.py::test_fast_equals_plain_for_a_few_windows
-            first, last = u + before - r * stride, u + before - (end - 1) * stride
+            first, last = u - r * stride, u - (end - 1) * stride

a window that begins in the padding reads from the padding on
spans.py test_fast_patches.py::test_fast_equals_plain_for_a_few_windows
-        _append(spans, Span(r, 1, 1, taps, first + taps.start, stride))
+        _append(spans, Span(r, 1, 1, taps, abs(first), stride))

a window that ends in the padding sees one tap less
spans.py test_fast_patches.py::test_fast_equals_plain_for_a_few_windows
-        taps = range(max(0, -first), max(min(kernel, pixels - first), max(0, -first)))
+        taps = range(max(0, -first), max(min(kernel, pixels - first - 1), max(0, -first)))

the weights' gradient of one thread's images alone
fast_patches.py test_fast_patches.py::test_fast_equals_plain_for_a_few_windows
-    return sums[0] if parts == 1 else sums.sum(axis=0)
+    return sums[0]

the last images of a batch are left out of the weights' gradient
fast_patches.py test_fast_patches.py::test_fast_equals_plain_for_a_few_windows
-        mine = slice(len(x) * part // parts, len(x) * (part + 1) // parts)
+        mine = slice(len(x) // parts * part, len(x) // parts * (part + 1))

results lie in memory that is used again
fast_patches.py test_fast_patches.py::test_the_arguments_stay_and_the_results_are_the_callers
-    y = np.empty((len(x), *window.positions(x.shape[1:3]), W.shape[-1]), dtype=x.dtype)
+    y = buffer("y", (len(x), *window.positions(x.shape[1:3]), W.shape[-1]), x.dtype)

a window that leaves pixels out is painted by slices from the end
painting.py test_upsampling_and_convolution.py::test_one_network_equals_two_layers_to_1e_12
-    return x.shape[-1] <= THIN and min(*rows, *columns) >= 0
+    return x.shape[-1] <= THIN

the phases down and right are exchanged
upsampled.py test_upsampling_and_convolution.py::test_weights_that_moved_are_used_at_once
-        small = np.einsum("ofi,pgj,ijcn->opcfgn", *self._meets, V, optimize=True)
+        small = np.einsum("ofi,pgj,ijcn->opcgfn", *self._meets, V, optimize=True)

[17] upsampled transposed convolutions do not turn their kernel
upsampled.py test_upsampling_and_convolution.py::test_weights_that_moved_are_used_at_once
-        V = W if isinstance(self.conv, Conv2D) else W[::-1, ::-1].swapaxes(2, 3)
+        V = W if isinstance(self.conv, Conv2D) else W.swapaxes(2, 3)

[17] the gradient of upsampled transposed convolutions is not turned back
upsampled.py test_upsampling_and_convolution.py::test_two_tapes_at_once
-        return dW if isinstance(self.conv, Conv2D) else dW[::-1, ::-1].swapaxes(2, 3)
+        return dW if isinstance(self.conv, Conv2D) else dW.swapaxes(2, 3)

the weights of the phases are added up once for all steps
upsampled.py test_upsampling_and_convolution.py::test_weights_that_moved_are_used_at_once
-        return small.reshape(*small.shape[:3], -1)
+        self.conv.small = getattr(self.conv, "small", small)
+        return self.conv.small.reshape(*small.shape[:3], -1)

[1] the joined layers keep the last x
upsampled.py test_upsampling_and_convolution.py::test_two_tapes_at_once
-        x, phases = cache
+        x, phases = self.last = getattr(self, "last", cache)

rows that stand out of the last blocks are not cut off
upsampled.py test_upsampling_and_convolution.py::test_one_network_equals_two_layers_to_1e_12
-        return np.ascontiguousarray(y[:, : self.size[0], : self.size[1]])
+        return y
"""
