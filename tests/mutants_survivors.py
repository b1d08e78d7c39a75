"""What the mutation tool has found that no test noticed, each with the test that it has led to."""

SURVIVORS = """
the lowest layer with parameters is asked for dx in D's step
layer.py test_layers_identities.py::test_without_need_dx_the_lowest_parameters_are_asked_for_none
-                dy, tape[i], need_dx=need_dx or i > first, need_grads=need_grads
+                dy, tape[i], need_dx=need_dx or i >= first, need_grads=need_grads

D's step pays for the gradient of its samples
gan.py test_gan.py::test_each_step_pays_for_what_it_uses_alone
-    _, grads_fake = D.backward(da_fake, tape_fake, need_dx=False)
+    _, grads_fake = D.backward(da_fake, tape_fake)

Adam's default eps is another
optimizers.py test_optimizers.py::test_adams_defaults_are_those_of_the_paper
-        beta2: float = 0.999,
-        eps: float = 1e-8,
+        beta2: float = 0.999,
+        eps: float = 2e-8,
"""
