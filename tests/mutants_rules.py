"""Bugs in the rules' options: smoothing, modes, the worse player, several players, penalties.

See mutants.py for the form.
"""

# ruff: noqa: E501 - some names of tests are long

RULES = """
smoothing on samples as well
objectives.py test_rule_options.py::test_with_smoothing_the_best_D_is_alpha_p_over_p_plus_q
-    return da_real, minimax_slope(a_fake)  # for G the same slope, which it descends
+    return da_real, minimax_slope(a_fake) + float(1 - smooth) / m

smoothing only scales the slope: D(x) still goes to 1
objectives.py test_rule_options.py::test_smoothing_is_one_sided_and_a_D_surer_than_alpha_is_pulled_back
-            da = float(smooth) * da - float(1 - smooth) * sigmoid(a)
+            da = float(smooth) * da

the smoothed V without its second term
objectives.py test_rule_options.py::test_slopes_are_the_derivatives_of_the_smoothed_V
-        on_data = float(smooth) * on_data - float(1 - smooth) * softplus(a_real)
+        on_data = float(smooth) * on_data

a smooth of NumPy makes everything float64
objectives.py test_rule_options.py::test_a_smooth_of_numpy_leaves_float32_alone
-            da = float(smooth) * da - float(1 - smooth) * sigmoid(a)
+            da = smooth * da - (1 - smooth) * sigmoid(a)

[20] a label above 1
rule_checks.py test_rule_options.py::test_options_without_sense_are_refused_before_anything_is_drawn
-    if not 0.5 < smooth <= 1:
+    if not smooth > 0.5:

algorithm-1 forgets the smoothing
gan.py test_rule_options.py::test_one_iteration_with_every_option
-    da_real, da_fake = value_slopes(a_real, a_fake, smooth, weights)
+    da_real, da_fake = value_slopes(a_real, a_fake, 1.0, weights)

separate forgets the smoothing
rules_keras.py test_rule_options.py::test_one_iteration_with_every_option
-        da_real, _ = value_slopes(a_real, a_real, smooth, weights)
+        da_real, _ = value_slopes(a_real, a_real, 1.0, weights)

concatenated forgets the smoothing
rules_keras.py test_rule_options.py::test_one_iteration_with_every_option
-        da = concatenate(value_slopes(a_real, a_fake, smooth, weights))
+        da = concatenate(value_slopes(a_real, a_fake, 1.0, weights))

simultaneous and worse-player forget the smoothing
rules_joint.py test_rule_options.py::test_one_iteration_with_every_option
-    da_real, da_fake = value_slopes(a_real, a_fake, smooth, weights)
+    da_real, da_fake = value_slopes(a_real, a_fake, 1.0, weights)

algorithm-1 makes D's samples in training mode, whatever is said
gan.py test_rule_options.py::test_fakes_is_the_mode_of_D_s_samples_and_G_s_own_are_made_in_training
-    fake = G(z, train=fakes == "training")  # without a tape: this step does not move G
+    fake = G(z, train=True)

simultaneous takes evaluation and plays training
rule_checks.py test_rule_options.py::test_with_one_pass_there_are_no_samples_of_evaluation_mode
-    if one_pass and fakes == "evaluation":
+    if False:

the better player moves
rules_joint.py test_rule_worse_player.py::test_while_D_is_right_about_both_G_moves_and_D_stands_still
-        if -value(a_real, a_fake, weights=weights) / 2 >= loss_G(a_fake):
+        if -value(a_real, a_fake, weights=weights) / 2 < loss_G(a_fake):

of equals G moves
rules_joint.py test_rule_worse_player.py::test_of_equals_D_moves
-        if -value(a_real, a_fake, weights=weights) / 2 >= loss_G(a_fake):
+        if -value(a_real, a_fake, weights=weights) / 2 > loss_G(a_fake):

D's loss is a sum of two means, G's one mean
rules_joint.py test_rule_worse_player.py::test_D_s_loss_is_half_of_minus_V
-        if -value(a_real, a_fake, weights=weights) / 2 >= loss_G(a_fake):
+        if -value(a_real, a_fake, weights=weights) >= loss_G(a_fake):

who is worse off depends on the objective
rules_joint.py test_rule_worse_player.py::test_who_is_worse_off_depends_on_neither_objective_nor_smoothing
-        if -value(a_real, a_fake, weights=weights) / 2 >= loss_G(a_fake):
+        if -value(a_real, a_fake, weights=weights) / 2 >= objective.loss(a_fake):

who is worse off depends on the smoothing
rules_joint.py test_rule_worse_player.py::test_who_is_worse_off_depends_on_neither_objective_nor_smoothing
-        if -value(a_real, a_fake, weights=weights) / 2 >= loss_G(a_fake):
+        if -value(a_real, a_fake, smooth, weights) / 2 >= loss_G(a_fake):

D's loss counts pairs that do not play
rules_joint.py test_rule_worse_player.py::test_a_pair_that_does_not_play_has_no_say
-        if -value(a_real, a_fake, weights=weights) / 2 >= loss_G(a_fake):
+        if -value(a_real, a_fake) / 2 >= loss_G(a_fake):

G's loss counts pairs that do not play
rules_joint.py test_rule_worse_player.py::test_a_pair_that_does_not_play_has_no_say
-    objective, loss_G = objective.weighted(weights), NON_SATURATING.weighted(weights).loss
+    objective, loss_G = objective.weighted(weights), NON_SATURATING.loss

worse-player: G moves always, D sometimes
rules_joint.py test_rule_worse_player.py::test_while_D_takes_samples_for_data_D_moves_and_G_stands_still
-        else:
-            opt_G.descend(grads_G)
+        opt_G.descend(grads_G)

a pack of two generators' samples
rule_checks.py test_several_packs.py::test_with_weights_each_generator_fills_packs_of_its_own
-    if min(k, n_G) > 1 and m % (k * n_G):
+    if min(k, n_G) > 1 and m % k:

the weights transposed
several.py test_several.py::test_each_player_is_scored_by_the_weighted_sum_over_its_adversaries
-    for rows, row in zip(deal(m, len(weights)), weights, strict=True):
+    for rows, row in zip(deal(m, len(weights)), list(zip(*weights)) * 3):

the weights as they are, not their shares
several.py test_several.py::test_V_of_several_is_minus_log_4_where_every_D_is_one_half
-            yield float(w) / total, rows, j
+            yield float(w), rows, j

data count for the last generator alone
objectives.py test_several.py::test_weighted_slopes_are_the_derivatives_of_the_weighted_V_and_losses
-            da_real[:, j] += w * on_data
+            da_real[:, j] = w * on_data

G's objective forgets the weights
gan.py test_several.py::test_each_player_is_scored_by_the_weighted_sum_over_its_adversaries
-    objective = objective.weighted(weights)
+    objective = objective.weighted(None)

x hears from the first discriminator alone
several.py test_several.py::test_the_whole_game_of_several_against_differences
-        dx = sum((part for part, _ in ran[1:]), start=ran[0][0]) if need_dx else None
+        dx = ran[0][0] if need_dx else None

every discriminator learns from the first one's slope
several.py test_several.py::test_the_whole_game_of_several_against_differences
-            net.backward(own, tape, need_dx=need_dx, need_grads=need_grads)
+            net.backward(columns[0], tape, need_dx=need_dx, need_grads=need_grads)

a generator learns from another one's samples
several.py test_several.py::test_the_whole_game_of_several_against_differences
-                dy[rows], tape, need_dx=need_dx, need_grads=need_grads
+                dy[: rows.stop - rows.start], tape, need_dx=need_dx, need_grads=need_grads

a generator without rows has no gradient
several.py test_layers_protocol.py::test_gradients_and_protocol[0-Generators, more than examples]
-        grads: Grads = idle if need_grads else {}
+        grads: Grads = {}

the sigmoid at the end of one of several D is not seen
rule_checks.py test_rule_options.py::test_a_sigmoid_at_the_end_of_one_of_several_D_is_found
-    elif isinstance(net, Discriminators):
+    elif isinstance(net, int):

a penalty for G alone
model.py test_run_options.py::test_penalties_are_on_both_players_and_replace_the_model_s
-            for optimizer in both:
+            for optimizer in both[:1]:

a run does not obey its --smooth
training/session.py test_run_options.py::test_an_option_is_kept_obeyed_and_resumed
-            smooth=config.smooth,

a run does not obey its --fakes
training/session.py test_run_options.py::test_an_option_is_kept_obeyed_and_resumed
-            fakes=config.fakes,

[19] a resumed run forgets its penalties and players
training/session.py test_run_options.py::test_an_option_is_kept_obeyed_and_resumed
-        model = model_played(dataclasses.asdict(config))
+        model = find_model(config.model)

an old run of mlp loses its source's penalties
training/settings.py test_run_options.py::test_a_run_from_before_the_options_goes_on_as_it_began
-        "l1": model.l1 if model else 0.0,
+        "l1": 0.0,

an old run's samples of D change their mode
training/settings.py test_run_options.py::test_a_run_from_before_the_options_goes_on_as_it_began
-        "fakes": default_fakes(rule) if rule in RULES else FAKES[0],
+        "fakes": FAKES[0],

all further players begin with the same weights
model.py test_run_options.py::test_several_players_each_draw_their_own_weights_and_the_first_is_the_one_alone
-        streams = [rng, *(rng.child(f"player {i}") for i in others)]
+        streams = [rng, *(rng.child("player") for i in others)]

[19] the masks of several players are not saved
training/watch.py test_run_options.py::test_every_dropout_of_several_players_has_its_stream_in_the_checkpoint
-    for i, layer in enumerate(getattr(net, "layers", ())):
+    for i, layer in enumerate(net.layers if hasattr(net, "plan") else ()):
"""
