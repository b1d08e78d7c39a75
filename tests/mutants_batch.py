"""Bugs in the layers that look at a whole batch, and around them. See mutants.py for the form."""

BATCH = """
every example counts itself twice
minibatch.py test_minibatch.py::test_o_is_the_sum_of_exp_of_minus_the_l1_distance
-            o[some, rows] = c.sum(axis=2)  # over j
+            o[some, rows] = c.sum(axis=2) + 1

without itself it counts itself all the same
minibatch.py test_minibatch.py::test_o_is_the_sum_of_exp_of_minus_the_l1_distance
-                c *= 1 - xp.eye(*c.shape[1:], rows.start, dtype=c.dtype)
+                c *= 1

itself is taken out of the sum, where the others are already rounded off
minibatch.py test_minibatch.py::test_in_float32_what_is_small_is_lost_beside_the_1
-            if not self.with_itself:
-                c *= 1 - xp.eye(*c.shape[1:], rows.start, dtype=c.dtype)
-            o[some, rows] = c.sum(axis=2)  # over j
+            o[some, rows] = c.sum(axis=2) - (not self.with_itself)

closeness grows with the distance
minibatch.py test_minibatch.py::test_o_lies_between_1_and_m
-    c = xp.exp(-xp.abs(difference).sum(axis=1))
+    c = xp.exp(xp.abs(difference).sum(axis=1))

the distance is squared
minibatch.py test_minibatch.py::test_o_is_the_sum_of_exp_of_minus_the_l1_distance
-    c = xp.exp(-xp.abs(difference).sum(axis=1))
+    c = xp.exp(-(difference * difference).sum(axis=1))

the exponential of each number, not of their sum
minibatch.py test_minibatch.py::test_o_is_the_sum_of_exp_of_minus_the_l1_distance
-    c = xp.exp(-xp.abs(difference).sum(axis=1))
+    c = xp.exp(-xp.abs(difference)).sum(axis=1)

o is a mean
minibatch.py test_minibatch.py::test_o_is_the_sum_of_exp_of_minus_the_l1_distance
-            o[some, rows] = c.sum(axis=2)  # over j
+            o[some, rows] = c.mean(axis=2)

T is read as (C, B)
minibatch.py test_minibatch.py::test_o_is_the_sum_of_exp_of_minus_the_l1_distance
-        return self.params["T"].reshape(self.n_in, self.kernels * self.dim)
+        return self.params["T"].swapaxes(1, 2).reshape(self.n_in, self.kernels * self.dim)

half of the pair: only example i's own sum moves with it
minibatch.py test_minibatch.py::test_a_game_whose_D_compares_its_batch_has_the_right_gradients
-            pair = (do[some, rows, None] + do[some, None, :]) * c  # (some, rows, m)
+            pair = do[some, rows, None] * c

the other half: only the others' sums move
minibatch.py test_minibatch.py::test_a_game_whose_D_compares_its_batch_has_the_right_gradients
-            pair = (do[some, rows, None] + do[some, None, :]) * c  # (some, rows, m)
+            pair = do[some, None, :] * c

the pair moves once, its own sum counted for both: right for a dy of equal rows
minibatch.py test_minibatch.py::test_a_game_whose_D_compares_its_batch_has_the_right_gradients
-            pair = (do[some, rows, None] + do[some, None, :]) * c  # (some, rows, m)
+            pair = 2 * do[some, rows, None] * c

the pair's two moves cancel
minibatch.py test_minibatch.py::test_what_reaches_x_through_o_sums_to_0_over_the_batch
-            pair = (do[some, rows, None] + do[some, None, :]) * c  # (some, rows, m)
+            pair = (do[some, rows, None] - do[some, None, :]) * c

the exponential's minus is lost
minibatch.py test_minibatch.py::test_equal_examples_are_not_pushed_apart_but_nearly_equal_ones_are
-            dM[some, :, rows] = -(pair[:, None] * xp.sign(difference)).sum(axis=3)  # over j
+            dM[some, :, rows] = (pair[:, None] * xp.sign(difference)).sum(axis=3)

the sign is lost
minibatch.py test_minibatch.py::test_what_reaches_x_through_o_sums_to_0_over_the_batch
-            dM[some, :, rows] = -(pair[:, None] * xp.sign(difference)).sum(axis=3)  # over j
+            dM[some, :, rows] = -(pair[:, None] * xp.abs(xp.sign(difference))).sum(axis=3)

the slope of a square in the place of the sign
minibatch.py test_minibatch.py::test_a_game_whose_D_compares_its_batch_has_the_right_gradients
-            dM[some, :, rows] = -(pair[:, None] * xp.sign(difference)).sum(axis=3)  # over j
+            dM[some, :, rows] = -(pair[:, None] * 2 * difference).sum(axis=3)

summed over the kernel's numbers and spread over them
minibatch.py test_minibatch.py::test_a_game_whose_D_compares_its_batch_has_the_right_gradients
-            dM[some, :, rows] = -(pair[:, None] * xp.sign(difference)).sum(axis=3)  # over j
+            dM[some, :, rows] = -(pair * xp.sign(difference).mean(axis=1))[:, None].sum(axis=3)

sign(0) = 1, also on the diagonal
minibatch.py test_minibatch.py::test_a_game_whose_D_compares_its_batch_has_the_right_gradients
-            dM[some, :, rows] = -(pair[:, None] * xp.sign(difference)).sum(axis=3)  # over j
+            dM[some, :, rows] = -(pair[:, None] * (1 - 2 * (difference < 0))).sum(axis=3)

what goes straight through has no gradient
minibatch.py test_minibatch.py::test_a_game_whose_D_compares_its_batch_has_the_right_gradients
-        return dy[:, : self.n_in] + product(dM.T, self._matrix().T), grads
+        return product(dM.T, self._matrix().T), grads

what goes through o has no gradient
minibatch.py test_minibatch.py::test_what_reaches_x_through_o_sums_to_0_over_the_batch
-        return dy[:, : self.n_in] + product(dM.T, self._matrix().T), grads
+        return dy[:, : self.n_in].copy(), grads

dT has B and C exchanged
minibatch.py test_minibatch.py::test_a_game_whose_D_compares_its_batch_has_the_right_gradients
-            grads["T"] = product(x.T, dM.T).reshape(self.n_in, self.kernels, self.dim)
+            dT = product(x.T, dM.T).reshape(self.n_in, self.dim, self.kernels)
+            grads["T"] = dT.swapaxes(1, 2)

dT is a mean over the batch
minibatch.py test_minibatch.py::test_a_game_whose_D_compares_its_batch_has_the_right_gradients
-            grads["T"] = product(x.T, dM.T).reshape(self.n_in, self.kernels, self.dim)
+            grads["T"] = product(x.T, dM.T).reshape(self.n_in, self.kernels, self.dim) / len(x)

[1] backward compares the batch of the last forward
minibatch.py test_minibatch.py::test_a_game_whose_D_compares_its_batch_has_the_right_gradients
-        return y, (x, M)
+        self.M = getattr(self, "M", M)
+        self.M[...] = M
+        return y, (x, self.M)

evaluation looks at each example alone
minibatch.py test_minibatch.py::test_training_and_evaluation_are_the_same
-            _, c = _compare(M[some], rows)
+            _, c = _compare(M[some], rows)
+            c = c if train else c * xp.eye(*c.shape[1:], rows.start, dtype=c.dtype)

the kernels left over at the end are left out
minibatch.py test_minibatch.py::test_a_few_differences_at_a_time_give_what_all_at_once_give
-    for b in range(0, kernels, some):
+    for b in range(0, max(kernels - kernels % some, 1), some):

the examples left over at the end are left out
minibatch.py test_minibatch.py::test_a_few_differences_at_a_time_give_what_all_at_once_give
-        for i in range(0, m, few):
+        for i in range(0, max(m - m % few, 1), few):

every block counts its first examples as itself
minibatch.py test_minibatch.py::test_a_few_differences_at_a_time_give_what_all_at_once_give
-                c *= 1 - xp.eye(*c.shape[1:], rows.start, dtype=c.dtype)
+                c *= 1 - xp.eye(*c.shape[1:], dtype=c.dtype)

products with next to nothing are denormal, and slow
minibatch.py test_minibatch.py::test_closeness_that_is_taken_for_0_is_far_below_all_that_counts
-    c *= c > LOST
+    c *= c > 0

all pairs in all kernels at once
minibatch.py test_minibatch.py::test_the_differences_of_all_pairs_never_stand_in_memory_at_once
-    limit = DIFFERENCES[device_of(M)]
+    limit = kernels * dim * m * m

all examples at once
minibatch.py test_minibatch.py::test_the_differences_of_all_pairs_never_stand_in_memory_at_once
-    few = max(1, min(m, limit // (dim * m)))
+    few = m

a pack is every m/k-th example
reshape.py test_pack.py::test_a_pack_is_k_consecutive_examples_end_to_end_along_the_last_axis
-        packs = x.reshape(m // self.k, self.k, math.prod(pixels), c).swapaxes(1, 2)
+        packs = x.reshape(self.k, m // self.k, math.prod(pixels), c).swapaxes(0, 1).swapaxes(1, 2)

the pixels of a pack are mixed
reshape.py test_pack.py::test_a_pack_is_k_consecutive_examples_end_to_end_along_the_last_axis
-        packs = x.reshape(m // self.k, self.k, math.prod(pixels), c).swapaxes(1, 2)
+        packs = x

backward leaves the channels of a pack in another order
reshape.py test_pack.py::test_backward_takes_dy_apart_again
-        packs = dy.reshape(m // self.k, math.prod(pixels), self.k, c).swapaxes(1, 2)
+        packs = dy

examples that fill no pack are dropped
reshape.py test_pack.py::test_a_batch_that_k_does_not_divide_is_refused
-        if m % self.k:
+        x = x[: m - m % self.k]
+        if len(x) == 0:

a pack of data and samples
rules_keras.py test_pack.py::test_concatenated_refuses_a_pack_of_data_and_samples
-    if rest:
+    if rest > 1:

the first m logits are taken for those of the data, though there are m/k
rules_keras.py test_pack.py::test_concatenated_data_and_samples_come_in_packs_of_their_own
-    return a[:half], a[half:]
+    return a[:m], a[m - half :]

the slopes are divided by m, though there are m/k logits
objectives.py test_pack.py::test_at_logit_0_V_is_minus_log_4_whatever_the_pack
-        return -logistic(-a) / m
+        return -logistic(-a) / 6

the summary sends two examples, whatever is packed
summary.py test_pack.py::test_summary_fills_two_packs
-    return math.prod(map(_packed, inner)) * (layer.k if isinstance(layer, Pack) else 1)
+    return layer.k if isinstance(layer, Pack) else 1
"""
