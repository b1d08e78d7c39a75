"""Bugs in the layers and in the data. See mutants.py for the form."""

LAYERS = """
db is a mean over the batch
dense.py test_gan.py::test_generator_gradient_is_the_derivative_of_the_objective
-                grads["b"] = channel_sum(dy)
+                grads["b"] = channel_sum(dy) / len(dy)

dW of the first example alone
dense.py test_gan.py::test_discriminator_gradient_is_the_derivative_of_V
-            grads["W"] = product(x.T, dy)  # (n_in, m) (m, n_out) → (n_in, n_out)
+            grads["W"] = product(x[:1].T, dy[:1])

the bias is left out of y
dense.py test_theorems.py::test_D_between_two_gaussians_learns_the_log_ratio_of_their_densities
-            y += self.params["b"]
+            y += 0

[12] ReLU's backward writes into the caller's dy
activations.py test_conventions.py::test_the_callers_arrays_stay_as_they_are
-        return elementwise(lambda dy, y: dy * (y > 0), dy, y, kernel="relu_backward"), {}
+        dy *= y > 0
+        return dy, {}

ReLU's slope at 0 is 1
activations.py test_conventions.py::test_at_a_kink_the_slope_is_the_negative_sides
-        return elementwise(lambda dy, y: dy * (y > 0), dy, y, kernel="relu_backward"), {}
+        return elementwise(lambda dy, y: dy * (y >= 0), dy, y, kernel="relu_backward"), {}

LeakyReLU's slope at 0 is 1
activations.py test_conventions.py::test_at_a_kink_the_slope_is_the_negative_sides
-            return dy * xp.maximum((y > 0).astype(dy.dtype), alpha)
+            return dy * xp.maximum((y >= 0).astype(dy.dtype), alpha)

LeakyReLU's backward is ReLU's
activations.py test_gan.py::test_discriminator_gradient_is_the_derivative_of_V
-            return dy * xp.maximum((y > 0).astype(dy.dtype), alpha)
+            return dy * (y > 0)

[6] the sigmoid's p (1 - p) taken twice
activations.py test_gan.py::test_generator_gradient_is_the_derivative_of_the_objective
-            return dy * logistic(x) * logistic(-x)
+            return dy * (logistic(x) * logistic(-x)) ** 2

the sigmoid's slope dies at 17
activations.py test_conventions.py::test_the_slope_of_a_sigmoid_lives_on_in_both_tails_in_float32
-            return dy * logistic(x) * logistic(-x)
+            return dy * logistic(x) * (1 - logistic(x))

tanh' = 1 - y
activations.py test_gan.py::test_generator_gradient_is_the_derivative_of_the_objective
-        return elementwise(lambda dy, y: dy * (1 - y * y), dy, y, kernel="tanh_backward"), {}
+        return elementwise(lambda dy, y: dy * (1 - y), dy, y, kernel="tanh_backward"), {}

[13] BatchNorm's backward without the term of the variance
batchnorm.py test_gan.py::test_generator_gradient_is_the_derivative_of_the_objective
-        return elementwise(lambda dy, x: dy * scale - (x - mean) * slope - shift, dy, x), grads
+        shift = scale * sum_dy / n
+        return elementwise(lambda dy: dy * scale - shift, dy), grads

[13] BatchNorm's backward without the term of the mean
batchnorm.py test_gan.py::test_generator_gradient_is_the_derivative_of_the_objective
-        shift = scale * sum_dy / n - slope * rest
+        shift = -slope * rest

[4] BatchNorm evaluates and differentiates the batch formula
batchnorm.py test_conventions.py::test_batchnorm_evaluates_by_its_running_statistics_and_keeps_them
-        if not train:
-            return elementwise(lambda dy: dy * scale, dy), grads

[8] BatchNorm(n, 0.8) is taken for eps
batchnorm.py test_conventions.py::test_a_second_number_is_not_taken_for_eps
-        self, channels: int, rng: Random, *, decay: float = 0.99, eps: float = 1e-5
+        self, channels: int, rng: Random, eps: float = 1e-5, decay: float = 0.99

[14] statistics per pixel
batchnorm.py test_conventions.py::test_a_channel_is_one_channel_at_all_pixels
-        y = elementwise(lambda x: (x - mean) * scale + shift, x)
+        y = (x - (x.mean(axis=0) if train else mean)) * scale + shift

the unbiased running variance
batchnorm.py test_conventions.py::test_running_variance_is_biased_and_decay_is_the_share_that_stays
-                self.buffers[name] += (1 - self.decay) * value
+                unbias = x.shape[0] / (x.shape[0] - 1) if name == "running_var" else 1
+                self.buffers[name] += (1 - self.decay) * value * unbias

decay is the share of the new value
batchnorm.py test_conventions.py::test_running_variance_is_biased_and_decay_is_the_share_that_stays
-                self.buffers[name] *= self.decay
-                self.buffers[name] += (1 - self.decay) * value
+                self.buffers[name] *= 1 - self.decay
+                self.buffers[name] += self.decay * value

evaluation moves the running statistics
batchnorm.py test_conventions.py::test_batchnorm_evaluates_by_its_running_statistics_and_keeps_them
-            var = self.buffers["running_var"]
+            var = self.buffers["running_var"]
+            self.buffers["running_mean"] *= self.decay

[15] dropout scaled in evaluation
dropout.py test_conventions.py::test_dropout_scales_in_training_and_does_nothing_in_evaluation
-            return x, x.shape
+            return x * (1 - self.rate), x.shape

[15] dropout not scaled in training
dropout.py test_conventions.py::test_dropout_scales_in_training_and_does_nothing_in_evaluation
-            return x * mask * scale
+            return x * mask

[15] the mask is drawn anew in backward
dropout.py test_conventions.py::test_dropout_gives_back_the_mask_of_its_own_forward
-        return (dy if through else self._scaled(dy, cache)), {}
+        return self._scaled(dy, self.rng.mask(dy.shape, keep=1 - self.rate)), {}

the mask of the last forward is used for every tape
dropout.py test_conventions.py::test_dropout_gives_back_the_mask_of_its_own_forward
-        return self._scaled(x, mask), mask
+        self.mask = getattr(self, "mask", mask)
+        self.mask[...] = mask
+        return self._scaled(x, mask), self.mask

all the pieces that are equal win
maxout.py test_conventions.py::test_of_equal_pieces_the_first_wins_alone
-        if xp.count_nonzero(reached) == y.size:
+        if xp.count_nonzero(reached) >= y.size:

the loser gets the gradient
maxout.py test_gan.py::test_discriminator_gradient_is_the_derivative_of_V
-        reached = z == y[:, None]
+        reached = z == z.min(axis=1)[:, None]

the first axis runs fastest
reshape.py test_conventions.py::test_flatten_and_reshape_run_through_the_last_axis_fastest
-        return x.reshape(x.shape[0], math.prod(x.shape[1:])), x.shape
+        return x.reshape(x.shape[0], math.prod(x.shape[1:]), order="F"), x.shape

Sequential walks back in the order of forward
layer.py test_gan.py::test_generator_gradient_is_the_derivative_of_the_objective
-        for i in reversed(range(last_needed, len(self.plan))):
+        for i in range(last_needed, len(self.plan)):

Sequential trains its layers in evaluation, too
layer.py test_conventions.py::test_a_network_that_is_called_evaluates
-            x, cache = layer.forward(x, train)
+            x, cache = layer.forward(x)

what lies under the first parameters gets no gradient
layer.py test_gan.py::test_generator_gradient_is_the_derivative_of_the_objective
-        last_needed = 0 if need_dx else first
+        last_needed = first
"""
