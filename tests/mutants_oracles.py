"""Bugs that PyTorch, ONNX and scipy notice, planted where each is installed. See mutants.py."""

# ruff: noqa: E501 - the names of some tests are long

from __future__ import annotations

from importlib.util import find_spec

TORCH = """
Adam's eps stands beside √v where it belongs beside √v̂, by PyTorch
optimizers.py test_optimizers_torch.py::test_fifty_steps_are_torch_optims
-        eps_t = self.eps * root if self.eps_hat is None else self.eps_hat
+        eps_t = self.eps if self.eps_hat is None else self.eps_hat

the source's D ascends the mean of its two halves, and ours the sum, by PyTorch
dense_networks.py test_networks_torch.py::test_a_small_network_goes_pytorchs_way_for_twenty_steps[minimax-goodfellow-2014]
-    alpha_D = decay_exponentially(0.1 / 2, divisor=1.000004, floor=1e-6 / 2)
+    alpha_D = decay_exponentially(0.1, divisor=1.000004, floor=1e-6 / 2)

an L2 penalty without its 2, by PyTorch
penalties.py test_networks_torch.py::test_a_small_network_goes_pytorchs_way_for_twenty_steps[minimax-mlp]
-        return self.l1 * array_module(W).sign(W) + (2 * self.l2) * W
+        return self.l1 * array_module(W).sign(W) + self.l2 * W
"""
ONNX = """
BatchNorm's running mean keeps the wrong share, by ONNX
batchnorm.py test_onnx_nodes.py::test_node[batchnorm_example_training_mode]
-                self.buffers[name] *= self.decay
-                self.buffers[name] += (1 - self.decay) * value
+                self.buffers[name] *= 1 - self.decay
+                self.buffers[name] += self.decay * value

the running variance is the unbiased one, by ONNX
batchnorm.py test_onnx_nodes.py::test_node[batchnorm_example_training_mode]
-            for name, value in (("running_mean", mean + rest), ("running_var", var)):
+            n = x.size // self.channels
+            unbiased = var * (n / (n - 1))
+            for name, value in (("running_mean", mean + rest), ("running_var", unbiased)):

a pad takes rows for columns, by ONNX
window.py test_onnx_nodes.py::test_node[convtranspose_pads]
-        return pair("pad", axes[0], 0), pair("pad", axes[1], 0)
+        return pair("pad", axes[1], 0), pair("pad", axes[0], 0)
"""
SCIPY = """
same: the odd zero comes first, by scipy
window.py test_scipy.py::test_a_mode_of_correlate2d_is_a_pad
-        return (rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2)
+        return (rows - rows // 2, rows // 2), (columns - columns // 2, columns // 2)
"""
TABLES = {"torch": TORCH, "onnx": ONNX, "scipy": SCIPY}
ORACLES = "".join(table for name, table in TABLES.items() if find_spec(name) is not None)
