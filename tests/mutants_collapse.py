"""Bugs in the collapse table: its measures, its protocol, its seeds, its means, its file."""

# ruff: noqa: E501 - the names of some tests are long

COLLAPSE = """
the KL the other way round
evaluation/modes.py test_modes.py::test_which_way_round_the_kl_is
-    return max(0.0, float((q * np.log(q * K)).sum()))  # rounding can leave an even q below 0
+    return max(0.0, float((np.log(1 / (q * K)) / K).sum()))

the KL divides by the modes that were found
evaluation/modes.py test_modes.py::test_j_modes_in_equal_parts_of_K_have_log_K_over_j
-    q, K = q[q > 0], len(q)  # 0 log 0 = 0
+    q, K = q[q > 0], len(q[q > 0])

the KL in bits
evaluation/modes.py test_modes.py::test_reverse_kl_by_its_definition
-    return max(0.0, float((q * np.log(q * K)).sum()))  # rounding can leave an even q below 0
+    return max(0.0, float((q * np.log2(q * K)).sum()))

near is within 3 sigma squared
evaluation/modes.py test_modes.py::test_near_is_within_three_standard_deviations
-    return k, np.where(finite, distance.min(axis=1) / toy.sigma, np.inf)
+    return k, np.where(finite, (distance.min(axis=1) / toy.sigma) ** 2, np.inf)

distances are not in units of sigma
evaluation/modes.py test_modes.py::test_near_is_within_three_standard_deviations
-    return k, np.where(finite, distance.min(axis=1) / toy.sigma, np.inf)
+    return k, np.where(finite, distance.min(axis=1), np.inf)

the variance in the place of the standard deviation
evaluation/modes.py test_modes.py::test_near_is_within_three_standard_deviations
-    return k, np.where(finite, distance.min(axis=1) / toy.sigma, np.inf)
+    return k, np.where(finite, distance.min(axis=1) / toy.sigma**2, np.inf)

exactly 3 sigma is near
evaluation/modes.py test_modes.py::test_a_distance_of_exactly_three_is_not_near
-    near = distance < NEAR
+    near = distance <= NEAR

a mode is found by a sample that is only closest to it
evaluation/modes.py test_modes.py::test_a_mode_that_only_far_samples_have_is_not_found
-        modes=len(np.unique(k[near])),
+        modes=len(np.unique(k)),

a mode without a sample is found
evaluation/modes.py test_modes.py::test_a_mode_that_only_far_samples_have_is_not_found
-        modes=len(np.unique(k[near])),
+        modes=len(np.bincount(k[near], minlength=len(toy.modes))),

the histogram leaves far samples out
evaluation/modes.py test_modes.py::test_a_mode_that_only_far_samples_have_is_not_found
-    counts = np.bincount(k[k >= 0], minlength=len(toy.modes))
+    counts = np.bincount(k[near], minlength=len(toy.modes))

samples that are not finite belong to the mode 0
evaluation/modes.py test_modes.py::test_samples_that_are_not_finite_count_as_bad_ones_and_for_no_mode
-    k = np.where(finite, distance.argmin(axis=1), -1)
+    k = distance.argmin(axis=1)

the standard deviation for the standard error
collapse/table.py test_collapse.py::test_the_standard_error_is_that_of_the_mean
-        return cls(mean, statistics.stdev(values) / math.sqrt(n))
+        return cls(mean, statistics.stdev(values))

the standard error divides by n
collapse/table.py test_collapse.py::test_the_standard_error_is_that_of_the_mean
-        return cls(mean, statistics.stdev(values) / math.sqrt(n))
+        return cls(mean, statistics.pstdev(values) / math.sqrt(n))

one seed has the error 0
collapse/table.py test_collapse.py::test_the_standard_error_is_that_of_the_mean
-            return cls(mean, math.nan)
+            return cls(mean, 0.0)

a batch of packs is a batch of points
collapse/game.py test_collapse.py::test_a_step_draws_m_packs_of_data_and_of_noise
-        m=protocol.m * row.packing,  # of which D makes m logits
+        m=protocol.m,

every row plays the same objective
collapse/game.py test_collapse.py::test_a_step_draws_m_packs_of_data_and_of_noise
-        objective=OBJECTIVES[row.objective],
+        objective=OBJECTIVES["non-saturating"],

Adam with its usual beta1
collapse/game.py test_collapse.py::test_a_step_draws_m_packs_of_data_and_of_noise
-        Adam(G, protocol.rate(), protocol.beta1),
+        Adam(G, protocol.rate()),

G samples in training mode
collapse/game.py test_collapse.py::test_samples_are_made_in_evaluation_mode
-        samples = to_host(G(z))
+        samples = to_host(G(z, train=True))

every seed is the first
collapse/game.py test_collapse.py::test_a_seed_is_a_game_and_another_seed_another
-    rng = Random(game.seed, game.device, stream="collapse")
+    rng = Random(0, game.device, stream="collapse")

G without its BatchNorm
collapse/protocol.py test_collapse.py::test_the_full_protocol_is_pacgans
-        layers += [Dense(n, width, rng, W=W, bias=False), BatchNorm(width, rng, decay=0.95), ReLU()]
+        layers += [Dense(n, width, rng, W=W, bias=False), ReLU()]

an epoch is counted in points
collapse/protocol.py test_collapse.py::test_the_full_protocol_is_pacgans
-    steps=400 * POINTS // 100,
+    steps=400 * POINTS,

another length is taken for the same game
collapse/game.py test_collapse_files.py::test_another_length_or_mixture_is_another_game
-        return self.data, self.protocol, self.steps, self.row, self.seed
+        return self.data, self.protocol, 5, self.row, self.seed

finished games are played again
collapse/run.py test_collapse_files.py::test_finished_games_are_not_played_again
-    missing = [game for game in wanted if results.find(game) is None]
+    missing = wanted

a result is kept only in memory
collapse/run.py test_collapse_files.py::test_a_run_from_end_to_end
-                results.add(result, samples)
+                results._results[result.key] = result

the file forgets what was there before
collapse/results.py test_collapse_files.py::test_one_that_was_stopped_goes_on_to_the_same_results
-            self._read()
+            (folder / FILE).unlink()
"""
