"""Bugs in what records a step as a CUDA graph, in what is fed to it, and in its matrix products."""

GRAPH = """
a transposed side of a product is taken as it lies
cuda/blas.py test_blas.py::test_transposed_views_are_not_copied
-        return TRANSPOSE, a.T
+        return KEEP, a.T

a product's rows are as far apart as there are rows
cuda/blas.py test_blas.py::test_transposed_views_are_not_copied
-            *(rows_b.data.ptr, TYPE[real], rows_b.shape[1]),
+            *(rows_b.data.ptr, TYPE[real], rows_b.shape[0]),

the sides of a product are exchanged
cuda/blas.py test_blas.py::test_transposed_views_are_not_copied
-            *(self._handle(), op_b, op_a, n, r, k, ctypes.byref(one)),
+            *(self._handle(), op_b, op_a, r, n, k, ctypes.byref(one)),

cuBLAS gets its workspace before its stream, which takes it away
cuda/blas.py test_blas.py::test_transposed_views_are_not_copied
-            self._call("cublasSetStream_v2", handle, stream)
-            self._call("cublasSetWorkspace_v2", handle, place.data.ptr, WORKSPACE)
+            self._call("cublasSetWorkspace_v2", handle, place.data.ptr, WORKSPACE)
+            self._call("cublasSetStream_v2", handle, stream)

one handle of cuBLAS for all streams
cuda/blas.py test_graph.py::test_replays_in_short
-        stream = self._cp.cuda.get_current_stream().ptr
+        stream = self._cp.cuda.Stream.null.ptr

CuPy's own product in a step
blocks.py test_graph.py::test_replays_in_short
-        return blas.product(a, b)
+        return a @ b

what is fed is worked out in the opposite order
cuda/feed.py test_graph.py::test_replays_in_short
-        for known in self._inputs:
-            known.value = _as_array(known.compute())
+        for known in reversed(self._inputs):
+            known.value = _as_array(known.compute())

what is fed is worked out and not copied
cuda/feed.py test_graph.py::test_replays_in_short
-            self._numbers[:n] = self._cp.asarray(self._host[:n])
+            self._cp.asarray(self._host[:n])

two numbers share a place
cuda/feed.py test_graph.py::test_replays_in_short
-        self._used += value.size
+        self._used += 0

what the host uploads aside is recorded
cuda/feed.py test_graph.py::test_replays_in_short
-            with self._aside, self._cp.cuda.using_allocator(self._allocator):
+            with self._cp.cuda.using_allocator(self._allocator):

what is worked out aside lies in the graph's memory
cuda/feed.py test_graph.py::test_replays_in_short
-            with self._aside, self._cp.cuda.using_allocator(self._allocator):
+            with self._aside:

the first launch has no numbers yet
cuda/recording.py test_graph.py::test_replays_in_short
-        self._feed.upload()
+        pass

nobody waits for what was done aside
cuda/recording.py test_graph.py::test_replays_in_short
-            aside.synchronize()
+            pass

the graph's arrays lie in the memory that all share
cuda/recording.py test_graph.py::test_replays_in_short
-            with cp.cuda.using_allocator(self.pool.malloc), self._feed.recording():
+            with self._feed.recording():

a recorded step is not run
cuda/graph.py test_graph.py::test_replays_in_short
-            self._recording.launch()
+            pass

a stream of its own does not wait for what was begun
cuda/recording.py test_graph.py::test_replays_in_short
-    wait()
-    with _stream(cp, "steps"):
+    with _stream(cp, "steps"):

steps that are looked at are replayed
cuda/graph.py test_graph.py::test_replays_in_short
-            if not self._wanted or step < WARM_UP or self._looked_at():
+            if not self._wanted or step < WARM_UP:

a recording that fails has moved the streams on
cuda/graph.py test_graph.py::test_a_recording_that_fails_leaves_no_trace
-            put_back()
-            self._give_up(f"a step cannot be recorded ({_in_one_line(error)})")
+            self._give_up(f"a step cannot be recorded ({_in_one_line(error)})")

... and the optimizers' counts
cuda/graph.py test_graph.py::test_a_recording_that_fails_leaves_no_trace
-            known.t = t
+            pass

the replay that is compared is not taken back: the arrays
cuda/graph.py test_graph.py::test_replays_in_short
-            a[...] = old
+            pass

the replay that is compared is not taken back: the host
cuda/graph.py test_graph.py::test_replays_in_short
-        put_back()
-        next(run)
+        next(run)

a replay with other numbers is kept
cuda/graph.py test_graph.py::test_a_number_that_changes_and_is_not_fed_is_found
-        if why == "" and not all(map(same, arrays(), replayed)):
+        if why == "" and not all(map(same, arrays(), arrays())):

auto keeps the slower way
cuda/graph.py test_graph.py::test_auto_keeps_the_graph_where_it_is_faster
-        if replayed >= run:
+        if replayed < run:
"""
