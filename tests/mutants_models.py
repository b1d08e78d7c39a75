"""Bugs in the models, in what a run makes of their settings, and in the rule of one batch.

See mutants.py for the form.
"""

# ruff: noqa: E501 - some lines of the code are as long as a line may be

MODELS = """
[11] padded with 0 after scaling: a grey border
data/dataset.py test_data_padding.py::test_dcgan_32_pads_28_to_32_with_black_and_its_grey_form_with_0
-        border = check_number("Batches", "border", low if border is None else border, FINITE)
+        border = 0.0 if border is None else border

the border that a model asks for is not passed on
training/game.py test_data_padding.py::test_dcgan_32_pads_28_to_32_with_black_and_its_grey_form_with_0
-            border=model.border,
+            border=None,

the odd row of the padding is at the top
data/scaling.py test_data_padding.py::test_the_odd_row_is_at_the_bottom_and_the_odd_column_on_the_right
-    top, left = (height - h) // 2, (width - w) // 2
+    top, left = (height - h + 1) // 2, (width - w) // 2

white is 1 where the source divides by 128
model.py test_data_padding.py::test_dcgan_32_pads_28_to_32_with_black_and_its_grey_form_with_0
-        return found if found is None or self.white is None else (found[0], self.white)
+        return found

concatenated: samples before data, slopes after the names
rules_keras.py test_rule_concatenated.py::test_the_logits_of_data_come_first_and_the_batchnorm_sees_both
-        a, tape = D.forward(concatenate([x, made]))  # (2m, 1)
+        a, tape = D.forward(concatenate([made, x]))

concatenated: the logits of data and samples swapped
rules_keras.py test_rule_concatenated.py::test_D_ascends_V_of_one_batch
-        a_real, a_fake = _halves(a, m)
+        a_fake, a_real = _halves(a, m)

concatenated: the slopes of data and samples swapped
rules_keras.py test_rule_concatenated.py::test_D_ascends_V_of_one_batch
-        da = concatenate(value_slopes(a_real, a_fake, smooth, weights))
+        da = concatenate(value_slopes(a_real, a_fake, smooth, weights)[::-1])

concatenated: half of V
rules_keras.py test_rule_concatenated.py::test_without_a_batchnorm_the_gradient_is_that_of_algorithm_1
-        da = concatenate(value_slopes(a_real, a_fake, smooth, weights))
+        da = concatenate(value_slopes(a_real, a_fake, smooth, weights)) / 2

concatenated: two batches after all
rules_keras.py test_rule_concatenated.py::test_the_logits_of_data_come_first_and_the_batchnorm_sees_both
-        a, tape = D.forward(concatenate([x, made]))  # (2m, 1)
+        a, tape = D.forward(concatenate([x, made]))
+        a = concatenate([D.forward(x)[0], D.forward(made)[0]])

concatenated: D's samples are made in the other mode
rules_keras.py test_rule_concatenated.py::test_fakes_says_in_which_mode_the_samples_of_D_are_made
-        made = G(z, train=fakes == "training")
+        made = G(z, train=fakes == "evaluation")

concatenated: D's samples are made in training mode by default
rules.py test_rules.py::test_which_noise_G_runs_on_and_in_which_mode
-    "concatenated": concatenated,
+    "concatenated": lambda *players, **rest: concatenated(*players, fakes="training", **rest),

concatenated: G reuses D's noise
rules_keras.py test_rules.py::test_the_order_of_draws_and_updates
-        opt_D.ascend(grads)
-        opt_G.descend(generator_gradient(D, G, noise(m), objective, watch))
+        opt_D.ascend(grads)
+        opt_G.descend(generator_gradient(D, G, z, objective, watch))

[8] dcgan-upsampling: decay and eps of BatchNorm swapped
conv_networks.py test_conv_models.py::test_batchnorms_and_dropouts
-        up += [BatchNorm(n_out, rng, decay=0.9, eps=1e-3), ReLU()]
+        up += [BatchNorm(n_out, rng, decay=1e-3, eps=0.9), ReLU()]

[8] dcgan: 0.9 taken as eps
conv_networks.py test_conv_models.py::test_batchnorms_and_dropouts
-        down += [BatchNorm(n_out, rng, decay=0.9), LeakyReLU(0.2)]
+        down += [BatchNorm(n_out, rng, eps=0.9), LeakyReLU(0.2)]

dcgan: a variance of 0.02 instead of a deviation
conv_networks.py test_conv_models.py::test_kernels_start_as_the_source_says
-    W = normal(0.02)
+    W = normal(0.02**0.5)

dcgan: halved once too often
conv_networks.py test_conv_sizes.py::test_dcgan_follows_size_and_channels_of_the_data
-    while h % 2 == w % 2 == 0 and min(h, w) > smallest:
+    while h % 2 == w % 2 == 0 and min(h, w) >= smallest:

dcgan-32: beta1 0.5
conv_networks.py test_models.py::test_adam_of_the_source
-    return Adam(G, 2e-4, 0.05, eps_hat=1e-7), Adam(D, 2e-4, 0.05, eps_hat=1e-7)
+    return Adam(G, 2e-4, 0.5, eps_hat=1e-7), Adam(D, 2e-4, 0.5, eps_hat=1e-7)

dcgan-upsampling: the last convolution halves, too
conv_networks.py test_conv_models.py::test_windows
-    for (n_in, n_out), stride in zip(pairwise((c, *widths_D)), (2, 2, 2, 1), strict=True):
+    for (n_in, n_out), stride in zip(pairwise((c, *widths_D)), (2, 2, 2, 2), strict=True):

pictures of a run in evaluation mode alone
training/frames.py test_training_modes.py::test_the_pictures_of_a_run_are_of_the_models_mode
-        y = to_host(game.G(self._z, train=game.model.sample_train))
+        y = to_host(game.G(self._z))

pictures draw the masks of the next step
training/frames.py test_training_modes.py::test_looking_in_training_mode_does_not_change_the_run
-        put_back()
+        pass

three samples normalised by themselves
training/sampling.py test_training_modes.py::test_samples_in_training_mode_are_the_same_again_and_of_whole_batches
-            z = noise(CHUNK if self.model.sample_train else min(CHUNK, count - start))
+            z = noise(min(CHUNK, count - start))

a second look at a saved generator draws other masks
training/sampling.py test_training_modes.py::test_samples_in_training_mode_are_the_same_again_and_of_whole_batches
-        put_back()
+        pass

passes over the data taken for steps
model.py test_training_modes.py::test_passes_over_the_data_are_counted_where_nobody_says_how_many_steps
-        return self.epochs * batches_per_epoch or self.steps
+        return self.epochs or self.steps
"""
