"""Bugs in blocks, threads, spans, and where layers are joined. See mutants.py for the form."""

SHARED = """
every block is the first
blocks.py test_blocks.py::test_blocks_cover_each_entry_of_a_large_array_once
-            update(*(a[i : i + step] for a in rows))
+            update(*(a[:step] for a in rows))

only this thread's blocks are updated
blocks.py test_blocks.py::test_blocks_cover_each_entry_of_a_large_array_once
-            update(*(a[i : i + step] for a in rows))
-
-    share(work, parts)
+            update(*(a[i : i + step] for a in rows))
+
+    share(work, 1)

blocks overlap by a row
blocks.py test_blocks.py::test_blocks_cover_each_entry_of_a_large_array_once
-            update(*(a[i : i + step] for a in rows))
+            update(*(a[i : i + step + 1] for a in rows))

an elementwise result overwrites the argument
blocks.py test_blocks.py::test_elementwise_changes_none_of_its_arguments
-    y = np.empty_like(arrays[0])
+    y = arrays[0]

what is left over when rows are shared is not multiplied
blocks.py test_blocks.py::test_product_is_the_matrix_product_of_large_matrices
-        mine = slice(length * part // parts, length * (part + 1) // parts)
+        mine = slice(length // parts * part, length // parts * (part + 1))

[18] products in float64
blocks.py test_blocks.py::test_product_is_the_matrix_product_of_large_matrices
-    y = np.empty((r, n), dtype=np.result_type(a, b))
+    y = np.empty((r, n))

the sum of the last rows is left out
blocks.py test_blocks.py::test_channel_sums_of_large_arrays
-    starts = range(0, count, step)
+    starts = range(0, max(1, count - step + 1), step)

a partial sum without its last row
blocks.py test_blocks.py::test_channel_sums_of_large_arrays
-            partial[n] = [ones[: len(t)] @ t for t in terms(*blocks)]
+            partial[n] = [ones[: len(t) - 1] @ t[:-1] for t in terms(*blocks)]

one long sum
blocks.py test_blocks.py::test_channel_sum_rounds_less_than_one_long_sum
-    step = max(1, min(1024, SIZE // c))
+    step = count

the channels of a vector are summed
blocks.py test_blocks.py::test_channel_sums_are_sums_over_all_axes_but_the_last
-    return x.sum(axis=0) if x.ndim == 2 else x.copy()
+    return x.sum(axis=0)

BLAS stays at one thread
threads.py test_threads.py::test_blas_has_one_thread_inside_and_as_many_as_before_afterwards
-                library.set_num_threads(count)
+                pass

BLAS stays at one thread after an error
threads.py test_threads_faults.py::test_what_a_part_raises_is_raised_when_all_have_ended
-            outcomes = _all(work if parts <= n else take, min(n, parts))
-        finally:
+            outcomes = _all(work if parts <= n else take, min(n, parts))
+        except ZeroDivisionError:
+            raise
+        else:

BLAS starts threads inside of a part
threads.py test_threads.py::test_blas_has_one_thread_inside_and_as_many_as_before_afterwards
-                library.set_num_threads(1)
+                pass

the parts are run one after the other
threads.py test_threads.py::test_parts_run_at_the_same_time_and_the_first_on_the_thread_that_asks
-    if n == 1 or parts == 0 or _sharing.locked():
+    if n:

inside of a part there are several threads
threads.py test_threads.py::test_inside_of_a_part_there_is_one_thread
-    _here.busy = True
+    _here.busy = False

a thread that has had an error stays busy
threads.py test_threads_faults.py::test_what_a_part_raises_is_raised_when_all_have_ended
-    try:
-        work(part)
-    finally:
-        _here.busy = False
+    work(part)
+    _here.busy = False

a worker's error is lost
threads.py test_threads_faults.py::test_what_a_part_raises_is_raised_when_all_have_ended
-        outcome = error
+        outcome = None

an interrupt does not wait for the workers
threads.py test_threads_faults.py::test_an_interrupt_comes_out_when_all_have_ended
-        _wait(outcomes, ended, begun)
-        raise
+        raise

an error here does not wait for the workers
threads.py test_threads_faults.py::test_what_a_part_raises_is_raised_when_all_have_ended
-    finally:
-        _wait(outcomes, ended, begun)
-    return outcomes
+    except ZeroDivisionError:
+        raise
+    _wait(outcomes, ended, begun)
+    return outcomes

workers have a context of their own
threads.py test_threads.py::test_what_is_set_for_this_context_holds_in_the_parts
-        context.run(_run, work, part)
+        _run(work, part)

a worker keeps the arrays of its last job
threads.py test_threads.py::test_a_worker_keeps_nothing_of_what_it_has_done
-        _do(*jobs.get())  # no name here keeps a job's arrays alive until the next one
+        job = jobs.get()
+        _do(*job)

workers for every part
threads.py test_threads.py::test_there_are_no_more_workers_than_are_needed
-        _start_workers(min(n, parts) - 1)
+        _start_workers(parts - 1)

more threads than BLAS may use
threads.py test_threads.py::test_there_are_as_many_threads_as_blas_has_and_cores
-    return min([cores or 1, *(int(library.num_threads) for library in _blas())])
+    return 1 + min([cores or 1, *(int(library.num_threads) for library in _blas())])

use_threads is for ever
threads.py test_threads.py::test_use_threads_holds_inside_its_block
-    finally:
-        _fixed = before
+    finally:
+        _fixed = _fixed or before

a pixel misses the last position that paints it
spans.py test_spans.py::test_scattering_lists_what_paints_each_pixel
-            end = min(positions, (u + before) // stride + 1)
+            end = min(positions, (u + before) // stride)

a pixel misses the first position that paints it
spans.py test_spans.py::test_scattering_lists_what_paints_each_pixel
-            r = max(0, -((kernel - 1 - u - before) // stride))
+            r = max(0, (u + before - kernel) // stride + 2)

a later part of a span reads from the stride's first pixels
spans.py test_spans.py::test_parts_are_the_same_entries_a_few_at_a_time
-                start=self.start + i * self.stride,
+                start=self.start + i,

the last part of a span is as long as the others
spans.py test_spans.py::test_parts_are_the_same_entries_a_few_at_a_time
-                count=min(length, self.count - i),
+                count=length,

every window is a span of its own
spans.py test_spans.py::test_neighbours_that_meet_the_same_taps_are_one_span
-        last is not None
+        last is None

[17] the small image is padded on the other side
upsampled.py test_joined.py::test_weights_that_meet_the_same_pixel_are_added_up
-            ((rows.before, rows.after), (columns.before, columns.after)),
+            ((rows.after, rows.before), (columns.after, columns.before)),

[17] a tap meets the pixel on the other side
upsampled.py test_joined.py::test_weights_that_meet_the_same_pixel_are_added_up
-        return (phase + tap + self.lead) // self._factor == o
+        return (phase + tap - self.lead) // self._factor == o

the phases run backwards
upsampled.py test_joined.py::test_weights_that_meet_the_same_pixel_are_added_up
-        phase, tap = np.arange(self._factor)[:, None], np.arange(self._taps)
+        phase, tap = np.arange(self._factor)[::-1, None], np.arange(self._taps)

the small image has too few zeros before it
upsampled.py test_joined.py::test_weights_that_meet_the_same_pixel_are_added_up
-        self.before = -(-before // factor)  # o runs from ⌊-before / f⌋
+        self.before = before // factor

a convolution of someone else's is computed as if it were ours
upsampled.py test_joined.py::test_a_class_derived_from_a_layer_runs_by_its_own_code
-    if type(layer) is Conv2D or type(layer) is ConvTranspose2D:
+    if isinstance(layer, Conv2D | ConvTranspose2D):

an upsampling of someone else's is computed as if it were ours
upsampling.py test_joined.py::test_a_class_derived_from_a_layer_runs_by_its_own_code
-        return Upsampled(self, following) if ours and fits(following) else None
+        return Upsampled(self, following) if fits(following) else None

joined layers have the first one's position
layer.py test_joined.py::test_upsampling_and_a_convolution_of_stride_1_are_joined
-            plan[-1] = (position if layer.params else before), joined
+            plan[-1] = before, joined

joined layers take any dy
upsampled.py test_joined.py::test_a_dy_of_another_shape_is_refused_by_the_joined_layer_itself
-        check_dy(self, dy, (len(x), *phases.size, self.conv.c_out), x)
+        check_dy(self, dy, dy.shape)

a stream is put back twice
replay.py test_layers_protocol.py::test_a_stream_that_layers_share_is_found_once
-    return list({id(stream): stream for stream in _streams(*values)}.values())
+    return list(_streams(*values))

a variance below 0
batchnorm.py test_layers_identities.py::test_batchnorm_of_a_channel_of_equal_values_is_beta
-        return mean, rest, array_module(x).maximum(square - rest * rest, 0)
+        return mean, rest, square - rest * rest

what rounding left in the mean is left in x̂
batchnorm.py test_layers_identities.py::test_batchnorm_keeps_its_digits_where_the_mean_is_large
-        shift = self.params["beta"] - scale * rest
+        shift = self.params["beta"]

what rounding left in the mean is left in dγ
batchnorm.py test_layers_identities.py::test_batchnorms_backward_keeps_its_digits
-        sum_dy_x_hat = (sum_dy_x - rest * sum_dy) / s
+        sum_dy_x_hat = sum_dy_x / s

what rounding left in the mean is left in dx
batchnorm.py test_layers_identities.py::test_batchnorms_backward_keeps_its_digits
-        shift = scale * sum_dy / n - slope * rest
+        shift = scale * sum_dy / n

rows above the image are painted
painting.py test_fast_patches.py::test_fast_equals_plain_for_a_few_windows
-                    first = max(0, -((i - top) // down))  # from there on r·down + i - top ≥ 0
+                    first = max(0, (top - i) // down)

the last row is not painted
painting.py test_fast_patches.py::test_fast_equals_plain_for_a_few_windows
-                    end = min(rows, (x.shape[1] - 1 - i + top) // down + 1)
+                    end = min(rows, (x.shape[1] - 1 - i + top) // down)

columns are gathered without the zeros beside them
painting.py test_fast_patches.py::test_fast_equals_plain_for_a_few_windows
-            Y[:, :, zeros + width :] = 0
+            Y[:, :, zeros + width :] = 1
"""
