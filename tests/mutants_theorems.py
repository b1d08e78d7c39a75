"""Bugs that leave the game playable and its theorems false. See mutants.py for the form."""

THEOREMS = """
data count for 0.95 of what samples count
gan.py test_theorems.py::test_a_table_D_that_ascends_V_arrives_at_p_over_p_plus_q
-    grads = sum_of_gradients(grads_real, grads_fake)
+    grads = {name: 0.95 * grads_real[name] + grads_fake[name] for name in grads_real}

samples count for a tenth more than data
gan.py test_theorems.py::test_D_between_two_gaussians_learns_the_log_ratio_of_their_densities
-    grads = sum_of_gradients(grads_real, grads_fake)
+    grads = {name: grads_real[name] + 1.1 * grads_fake[name] for name in grads_real}

logits are clipped
activations.py test_theorems.py::test_V_is_minus_log_4_where_p_is_q_and_0_where_they_never_meet
-    return xp.maximum(a, 0) + xp.log1p(xp.exp(-xp.abs(a)))
+    a = xp.clip(a, -15, 15)
+    return xp.maximum(a, 0) + xp.log1p(xp.exp(-xp.abs(a)))

log D has an eps inside
activations.py test_theorems.py::test_V_at_the_best_D_is_2_JSD_minus_log_4_between_its_bounds
-    return xp.maximum(a, 0) + xp.log1p(xp.exp(-xp.abs(a)))
+    return -xp.log(xp.exp(xp.minimum(-a, 0)) / (1 + xp.exp(-xp.abs(a))) + 1e-8)

G's labels are smoothed, too
objectives.py test_slope_theorems.py::test_for_one_sample_the_gradients_of_G_have_ratio_e_to_the_a
-        return -logistic(-a) / m
+        return -(0.9 - logistic(a)) / m

smoothing forgets the other label
objectives.py test_slope_theorems.py::test_one_sided_smoothing_is_alpha_for_data_and_0_for_samples
-            da = float(smooth) * da - float(1 - smooth) * logistic(a)
+            da = float(smooth) * da

minimax never quite dies
objectives.py test_slope_theorems.py::test_the_further_D_is_ahead_the_less_minimax_moves_G
-        return -logistic(a) / m
+        return -(logistic(a) + 1e-4) / m

G's gradient is scaled to a length of its own
gan.py test_slope_theorems.py::test_in_a_batch_minimax_weighs_each_sample_by_its_ratio
-    _, grads = G.backward(dfake, tape_G, need_dx=False)
+    _, grads = G.backward(dfake / abs(dfake).max(), tape_G, need_dx=False)

Algorithm 1 plays simultaneously
gan.py test_dirac_gan.py::test_alternating_steps_turn_by_the_angle_of_cosine_1_minus_h2_over_8
-            opt_D.ascend(g)                                #       its stochastic gradient
-                                                           #   end for
-        z = noise(m)                                       #   • sample m noise samples z⁽ⁱ⁾
-        g = generator_gradient(D, G, z, objective, watch)  #   • update G by descending
-        opt_G.descend(g)                                   #     its stochastic gradient
+            held = g
+        g = generator_gradient(D, G, noise(m), objective, watch)
+        opt_D.ascend(held)
+        opt_G.descend(g)

G moves twice
gan.py test_dirac_gan.py::test_k_steps_of_D_turn_faster_and_no_more
-        opt_G.descend(g)                                   #     its stochastic gradient
+        opt_G.descend(g)
+        opt_G.descend(g)

the penalty sleeps through the first step
optimizer.py test_dirac_gan.py::test_with_R1_the_flow_has_minus_0_15_plus_minus_0_477i
-            if self.penalty is not None and self.penalty.applies_to(name):
+            if self.penalty is not None and self.t > 1 and self.penalty.applies_to(name):

the L2 penalty pulls half as hard
penalties.py test_dirac_gan.py::test_for_a_linear_D_R1_is_the_L2_penalty_of_half_gamma
-        return self.l1 * array_module(W).sign(W) + (2 * self.l2) * W
+        return self.l1 * array_module(W).sign(W) + self.l2 * W
"""
