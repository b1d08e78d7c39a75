"""Bugs in what is drawn of a game, and in the page that plays it."""

FILM = """
arrows away from the data
plane.py test_plane.py::test_arrows_point_towards_where_D_is_larger
-    return -dfake
+    return dfake

arrows that shrink with the number of samples
plane.py test_plane.py::test_the_pull_is_minus_the_gradient_of_each_samples_own_loss
-    dfake, _ = D.backward(objective.slope(a) * len(a), tape, need_grads=False)
+    dfake, _ = D.backward(objective.slope(a), tape, need_grads=False)

D pulls in training mode and is mapped in evaluation mode
plane.py test_plane.py::test_the_pull_is_minus_the_gradient_of_each_samples_own_loss
-    a, tape = D.forward(fake, train=False)
+    a, tape = D.forward(fake, train=True)

arrows without a longest
plane.py test_plane.py::test_a_short_arrow_is_a_gentle_slope_and_no_arrow_is_longer_than_the_longest
-        tips = starts + LONGEST * width * shortened(pull(D, starts, objective), half)
+        tips = starts + LONGEST * width * pull(D, starts, objective) / half

the map of D lies on its side
plane.py test_plane.py::test_the_map_has_x1_along_the_columns_and_x2_along_the_rows
-    points = to_network(np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2))
+    points = to_network(np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 2))

D is mapped in the units of the data
plane.py test_plane.py::test_the_players_see_their_own_units_and_the_picture_has_the_datas
-    points = to_network(np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2))
+    points = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2)

the grid is not warped
plane.py test_plane.py::test_the_grid_is_regular_and_goes_through_G
-    lines = [to_data(to_host(one(line))) for one in generators for line in grid_of(z)]
+    lines = [to_data(to_host(line)) for one in generators for line in grid_of(z)]

several generators' grids are dealt out among them
plane.py test_plane.py::test_of_several_players_every_grid_and_the_mean_map_are_drawn
-    generators = G.layers if isinstance(G, Generators) else [G]
+    generators = [G]

a D that compares examples is mapped all the same
plane.py test_plane.py::test_a_D_that_judges_many_at_once_has_no_map_and_no_arrows
-    return bool(xp.allclose(a[: len(few)], b, rtol=1e-3, atol=1e-3))
+    return True

arrows drawn from the tip
plane_picture.py test_plane.py::test_arrows_are_drawn_from_the_sample_to_the_tip
-        arrows = view.tips - view.starts
+        arrows = view.starts - view.tips

the arrows of another objective
training/run.py test_film.py::test_the_arrows_are_those_of_the_runs_objective
-            frames = Frames(game, folder, OBJECTIVES[config.objective])
+            frames = Frames(game, folder)

a title is markup
page.py test_page.py::test_a_title_is_text_whatever_is_in_it
-        "title": html.escape(visible(title)),
+        "title": title,

a row of a block stands for the block
page.py test_page.py::test_a_long_log_is_drawn_as_means_of_its_rows
-        means = [values[i : i + block].mean() for i in range(0, len(values), block)]
+        means = [values[i] for i in range(0, len(values), block)]

a gap is bridged
page.py test_page.py::test_numbers_that_are_none_are_gaps
-        pen = "L" if math.isfinite(b) else "M"
+        pen = "L" if text else "M"

the last picture is lost
page.py test_page.py::test_a_long_film_has_100_pictures_with_the_first_and_the_last
-    count = min(len(steps), FRAMES, max(2, int(BYTES / len(last))))
+    steps = steps[: min(len(steps), FRAMES)]
+    count = len(steps)

the marker's end is the last picture's
page.py test_page.py::test_the_curves_are_the_columns_of_the_log
-    end = max([1.0, *pictures, *rows["step"]])
+    end = max([1.0, *pictures])

G's goal under minimax has the other sign
page.py test_page.py::test_dashed_lines_are_where_the_game_ends
-    goal = (-math.log(2), "−log 2") if objective == "minimax" else (math.log(2), "log 2")
+    goal = (math.log(2), "log 2")

a torn last row ends the film
training/filming.py test_film.py::test_a_row_that_a_killed_run_left_torn_is_left_out
-    reader = csv.DictReader(line for line in lines if line.endswith("\\n"))
+    reader = csv.DictReader(lines)
"""
