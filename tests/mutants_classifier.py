"""Bugs in the classifier: its cross-entropy, its training, its files. See mutants.py."""

# ruff: noqa: E501 - the names of some tests are long

CLASSIFIER = """
[6] cross-entropy: p (1 - p) twice
cross_entropy.py test_cross_entropy.py::test_the_slope_is_the_derivative_of_the_loss
-    slope = logistic(t) * (w - y) / len(a)
+    slope = logistic(t) * (w - y) / len(a) * softmax(a) * (1 - softmax(a))

[6] cross-entropy: the diagonal of softmax's Jacobian alone
cross_entropy.py test_cross_entropy.py::test_the_slope_is_the_derivative_of_the_loss
-    slope = logistic(t) * (w - y) / len(a)
+    slope = -logistic(t) * y / len(a)

[7] cross-entropy: the slope of a sum
cross_entropy.py test_cross_entropy.py::test_the_loss_is_a_mean_so_a_batch_repeated_changes_nothing
-    slope = logistic(t) * (w - y) / len(a)
+    slope = logistic(t) * (w - y)

[7] cross-entropy: a mean over the classes, too
cross_entropy.py test_cross_entropy.py::test_the_slope_is_the_derivative_of_the_loss
-    slope = logistic(t) * (w - y) / len(a)
+    slope = logistic(t) * (w - y) / a.size

[7] cross-entropy is a sum
cross_entropy.py test_cross_entropy.py::test_the_loss_is_a_mean_so_a_batch_repeated_changes_nothing
-    return log1p_exp(t).mean().astype(a.dtype)
+    return log1p_exp(t).sum().astype(a.dtype)

cross-entropy: an accidental 0 where the classifier is sure
cross_entropy.py test_cross_entropy.py::test_the_slope_at_a_lead_of_20_in_float32_is_a_true_2e_9
-    slope = logistic(t) * (w - y) / len(a)
+    slope = (softmax(a) - y) / len(a)

cross-entropy: the largest logit is not taken off
cross_entropy.py test_cross_entropy.py::test_losses_and_slopes_are_exact_for_logits_to_1e4
-    top = wrong.max(axis=1, keepdims=True)
+    top = 0 * a.max(axis=1, keepdims=True)

softmax: the largest logit is not taken off
cross_entropy.py test_cross_entropy.py::test_slopes_sum_to_0_and_everything_is_finite
-    e = xp.exp(a - a.max(axis=-1, keepdims=True))
+    e = xp.exp(a)

cross-entropy: the right answer is among the wrong ones
cross_entropy.py test_cross_entropy.py::test_who_knows_nothing_has_the_loss_log_n
-    wrong = xp.where(y > 0, -xp.inf, a)
+    wrong = a

[21] the classifier is trained on the test digits
training/classifier_session.py test_classifier.py::test_no_test_image_is_trained_on
-        session = Session(folder, settings, train, test, State(train, settings), lock)
+        session = Session(folder, settings, train, test, State(test, settings), lock)

the classifier climbs its loss
training/classifier.py test_classifier.py::test_it_learns
-    state.optimizer.descend(grads)
+    state.optimizer.ascend(grads)

the images are moved by one pixel less to one side
training/classifier_state.py test_classifier.py::test_every_image_is_moved_by_up_to_two_pixels_to_every_side_alike
-    places = x.shape[1] - h + 1, x.shape[2] - w + 1
+    places = x.shape[1] - h, x.shape[2] - w

the images are moved along the diagonal
training/classifier_state.py test_classifier.py::test_every_image_is_moved_by_up_to_two_pixels_to_every_side_alike
-    rows, columns = top + xp.arange(h)[:, None], left + xp.arange(w)  # (m, h, 1), (m, 1, w)
+    rows, columns = top + xp.arange(h)[:, None], top + xp.arange(w)

the classifier is measured before it is rounded
training/classifier.py test_classifier.py::test_what_is_measured_last_is_what_is_saved
-        features.rounded(state.net)  # so that what is measured is what is saved
+        pass

the accuracy in the file is that of training
training/classifier.py test_classifier.py::test_the_log_ends_with_the_accuracy_of_the_file
-        "accuracy": last[-1],
+        "accuracy": last[-2],

[19] a classifier resumed without where its shifts stood
training/classifier_state.py test_classifier_resume.py::test_stopped_and_resumed_it_leaves_the_same_bytes
-                rng.state = copy.deepcopy(meta["streams"][name])
+                self.streams["data"].state = copy.deepcopy(meta["streams"]["data"])

[19] a classifier resumed without its moments
training/classifier_state.py test_classifier_resume.py::test_stopped_and_resumed_it_leaves_the_same_bytes
-            self.optimizer.state = optimizer_state(path, NET, self.optimizer, arrays)
+            self.optimizer.state = {}

a classifier resumed without the sums of its pass
training/classifier_state.py test_classifier_resume.py::test_stopped_and_resumed_it_leaves_the_same_bytes
-            self.loss, self.right = arrays["sums"].tolist()
+            self.loss, self.right = 0.0, 0.0

a classifier goes on with images that have changed
training/classifier_session.py test_classifier_resume.py::test_data_that_have_changed_are_refused
-        if fingerprints(train, test) != settings["sha256"]:
+        if not settings:

a classifier is saved only when it is stopped
training/classifier.py test_classifier_resume.py::test_killed_in_a_pass_it_goes_on_from_the_pass_before
-        session.save()
+        _ = interrupt.signal and session.save()

the folder of a classifier that could not begin stays behind
training/classifier_session.py test_classifier_resume.py::test_a_folder_that_takes_no_checkpoint_is_removed_again
-    with undone(made if out is not None else [folder, *made], lock):
+    with undone([], lock):

the classifier judges by the statistics of the batch
evaluation/classifier.py test_features.py::test_an_image_has_the_same_features_alone_and_in_any_company
-    outputs = [net(there(images[i : i + BLOCK])) for i in range(0, len(images), BLOCK)]
+    outputs = [net(there(images[i : i + BLOCK]), True) for i in range(0, len(images), BLOCK)]

a column of the classifier is taken for a label
evaluation/classifier.py test_classifier.py::test_labels_keep_their_names
-    return float((np.array(labels)[highest] == dataset.labels).mean())
+    return float((highest == dataset.labels).mean())

the features are the logits
evaluation/features.py test_features.py::test_features_are_what_the_last_layer_sees
-        return self._outputs(Sequential(*self.net.layers[:-1]), images)
+        return self._outputs(self.net, images)

samples of a Tanh are judged as they are
evaluation/features.py test_features.py::test_images_that_it_would_misread_are_refused
-        if not (low >= 0 and high <= white):  # so that NaN is refused, too
+        if high > white:

the running statistics of a classifier stay in its file
evaluation/features.py test_classifier.py::test_the_log_ends_with_the_accuracy_of_the_file
-    for group, named in (("params", net.params), ("buffers", net.buffers)):
+    for group, named in (("params", net.params), ("buffers", {})):
"""
