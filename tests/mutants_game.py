"""Bugs in the game: Algorithm 1, the other rules, the objectives. See mutants.py for the form."""

GAME = """
[1] D's gradient on data from the tape of the samples
gan.py test_gan.py::test_discriminator_gradient_is_the_derivative_of_V
-    _, grads_real = D.backward(da_real, tape_real, need_dx=False)
+    _, grads_real = D.backward(da_real, tape_fake, need_dx=False)

D's two gradients subtracted
gan.py test_gan.py::test_discriminator_gradient_is_the_derivative_of_V
-    grads = sum_of_gradients(grads_real, grads_fake)
+    grads = {name: grads_real[name] - grads_fake[name] for name in grads_real}

D learns from data alone
gan.py test_gan.py::test_discriminator_gradient_is_the_derivative_of_V
-    grads = sum_of_gradients(grads_real, grads_fake)
+    grads = grads_real

the slopes of data and samples swapped
gan.py test_gan.py::test_discriminator_gradient_is_the_derivative_of_V
-    da_real, da_fake = value_slopes(a_real, a_fake, smooth, weights)
+    da_fake, da_real = value_slopes(a_fake, a_real, smooth, weights)

[2] G's gradient does not pass through D
gan.py test_gan.py::test_generator_gradient_is_the_derivative_of_the_objective
-    dfake, _ = D.backward(objective.slope(a_fake), tape_D, need_grads=False)
+    dfake = objective.slope(a_fake) + 0 * fake

[3] G's step moves D, too
gan.py test_rules.py::test_a_step_of_one_player_leaves_the_other_alone
-    dfake, _ = D.backward(objective.slope(a_fake), tape_D, need_grads=False)
+    dfake, grads_D = D.backward(objective.slope(a_fake), tape_D)
+    for name in grads_D:
+        D.params[name] -= 0.1 * grads_D[name]

[4] a frozen D evaluates where it should train
gan.py test_gan.py::test_D_sees_two_batches_each_normalised_by_its_own_statistics
-    a_fake, tape_D = D.forward(fake)
+    a_fake, tape_D = D.forward(fake, train=False)

G trains on samples of evaluation mode
gan.py test_gan.py::test_generator_gradient_is_the_derivative_of_the_objective
-    fake, tape_G = G.forward(z)
+    fake, tape_G = G.forward(z, train=False)

D descends V
gan.py test_rules.py::test_each_gradient_is_taken_at_the_documented_parameters
-            opt_D.ascend(g)                                #       its stochastic gradient
+            opt_D.descend(g)

G reuses D's noise
gan.py test_rules.py::test_which_noise_G_runs_on_and_in_which_mode
-        z = noise(m)                                       #   • sample m noise samples z⁽ⁱ⁾
+        noise(m)

the k steps of D are one
gan.py test_rules.py::test_the_order_of_draws_and_updates
-        for _ in range(k):                                 #   for k steps do
+        for _ in range(1):

the batches are drawn in the other order
gan.py test_rules.py::test_the_order_of_draws_and_updates
-            z = noise(m)                                   #     • sample m noise samples z⁽ⁱ⁾
-            x = data(m)                                    #     • sample m examples x⁽ⁱ⁾
+            x = data(m)
+            z = noise(m)

minimax is the default
gan.py test_rules.py::test_the_default_objective_is_the_non_saturating_one
-from minigan.objectives import NON_SATURATING, Objective, value_slopes
+from minigan.objectives import MINIMAX as NON_SATURATING
+from minigan.objectives import Objective, value_slopes

watch is called after the update
gan.py test_rules.py::test_the_order_of_draws_and_updates
-            g = gradient_D(D, G, x, z, watch)              #     • update D by ascending
-            opt_D.ascend(g)                                #       its stochastic gradient
+            g = gradient_D(D, G, x, z)
+            opt_D.ascend(g)
+            watch("D", {"a_real": z, "a_fake": z}, g)

a D that ends in a Sigmoid trains
rule_checks.py test_gan.py::test_a_senseless_game_is_refused_before_anything_is_drawn
-    if _ends_in_a_sigmoid(D):
+    if isinstance(D, Sigmoid):

simultaneous: G answers the D that just moved
rules_joint.py test_rules.py::test_each_gradient_is_taken_at_the_documented_parameters
-    dfake, _ = D.backward(objective.slope(a_fake), tape_fake, need_grads=False)
+    before = {name: a.copy() for name, a in D.params.items()}
+    for name, a in grads_D.items():
+        D.params[name][...] += 0.1 * a
+    dfake, _ = D.backward(objective.slope(a_fake), tape_fake, need_grads=False)
+    for name, a in before.items():
+        D.params[name][...] = a

simultaneous: G always descends minimax
rules_joint.py test_rules.py::test_each_gradient_is_taken_at_the_documented_parameters
-    dfake, _ = D.backward(objective.slope(a_fake), tape_fake, need_grads=False)
+    dfake, _ = D.backward(da_fake, tape_fake, need_grads=False)

separate: D's samples are made in training mode
rules_keras.py test_rules.py::test_which_noise_G_runs_on_and_in_which_mode
-        fake = G(z, train=fakes == "training")
+        fake = G.forward(z)[0]

separate: D takes its samples for data
rules_keras.py test_rules.py::test_each_gradient_is_taken_at_the_documented_parameters
-        _, da_fake = value_slopes(a_fake, a_fake, smooth, weights)
+        da_fake, _ = value_slopes(a_fake, a_fake, smooth, weights)

separate: G reuses D's noise
rules_keras.py test_rules.py::test_the_order_of_draws_and_updates
-        opt_D.ascend(grads_fake)
-        opt_G.descend(generator_gradient(D, G, noise(m), objective, watch))
+        opt_D.ascend(grads_fake)
+        opt_G.descend(generator_gradient(D, G, z, objective, watch))

the other rules ignore k
rule_checks.py test_rules.py::test_k_belongs_to_algorithm_1
-    if k != 1 and rule != "algorithm-1":
+    if k != 1 and rule == "separate":

[7] the slopes of a sum
objectives.py test_gan.py::test_gradients_do_not_grow_with_the_batch
-        return da / m
+        return da

V is a sum
objectives.py test_objectives.py::test_objectives_are_means_so_a_batch_repeated_changes_nothing
-    return (on_data - _mean_softplus(a_fake)).astype(a_real.dtype)
+    return (on_data - _mean_softplus(a_fake)).astype(a_real.dtype) * len(a_real)

V takes samples for data
objectives.py test_objectives.py::test_value_slopes_are_the_derivatives_of_V
-    return (on_data - _mean_softplus(a_fake)).astype(a_real.dtype)
+    return (-_mean_softplus(a_real) - _mean_softplus(-a_fake)).astype(a_real.dtype)

1 - D instead of σ(-a)
objectives.py test_objectives.py::test_slopes_to_the_last_digits
-        da = logistic(-a)
+        da = 1 - logistic(a)

[16] a non-saturating loss with +1e-8 in the logarithm
objectives.py test_objectives.py::test_non_saturating_slope_is_minus_1_over_m_where_minimax_vanishes
-        return -logistic(-a) / m
+        return -logistic(a) * logistic(-a) / (logistic(a) + 1e-8) / m

[6] the slope of D taken twice
objectives.py test_objectives.py::test_slope_is_the_derivative_of_the_loss
-        return -logistic(-a) / m
+        return -logistic(-a) * logistic(a) * logistic(-a) / m

"minimax" means the other loss
objectives.py test_objectives.py::test_a_name_means_its_equation
-MINIMAX = Objective("minimax", minimax_loss, minimax_slope)
+MINIMAX = Objective("minimax", non_saturating_loss, non_saturating_slope)

softplus overflows
activations.py test_objectives.py::test_softplus_and_sigmoid_to_the_last_digits
-    return xp.maximum(a, 0) + xp.log1p(xp.exp(-xp.abs(a)))
+    return xp.log1p(xp.exp(a))

softplus loses the small digits
activations.py test_objectives.py::test_softplus_and_sigmoid_to_the_last_digits
-    return xp.maximum(a, 0) + xp.log1p(xp.exp(-xp.abs(a)))
+    return xp.maximum(a, 0) + xp.log(1 + xp.exp(-xp.abs(a)))

the textbook sigmoid overflows
activations.py test_objectives.py::test_softplus_and_sigmoid_to_the_last_digits
-    return xp.exp(xp.minimum(a, 0)) / (1 + xp.exp(-xp.abs(a)))
+    return 1 / (1 + xp.exp(-a))

sigmoid through softplus loses a digit
activations.py test_objectives_exact.py::test_the_sigmoid_of_images_is_within_4_in_float32
-    return xp.exp(xp.minimum(a, 0)) / (1 + xp.exp(-xp.abs(a)))
+    return xp.exp(-softplus(-a))

G ascends its loss
gan.py test_theorems.py::test_G_alone_moves_its_samples_to_where_D_says_data
-        opt_G.descend(g)                                   #     its stochastic gradient
+        opt_G.ascend(g)

minimax dies at -37
objectives.py test_objectives_exact.py::test_every_slope
-        return -logistic(a) / m
+        return (logistic(-a) - 1) / m
"""
