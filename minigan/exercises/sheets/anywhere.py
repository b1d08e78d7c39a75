"""Exercise anywhere: one formula for NumPy and for a GPU.

Return log Σⱼ exp aᵢⱼ of each row i, exact at ±10,000, too. a is NumPy's array and xp is numpy, or
a is an array of a GPU and xp is the library that it belongs to: the same lines must do for both.
Call functions of xp, operators, and methods of a; ask for no value (float, if, print: the host
would wait), copy nothing, keep a's dtype, and do all rows at once, with as many launches whatever
the shape. No GPU is needed: yours is tried on arrays of a pretended one
(minigan/exercises/pretended.py), which refuse what a GPU's refuse. What you need is in
docs/13-the-same-code-on-a-gpu.md. Then: minigan exercise check THIS_FILE
"""

from typing import Any

EXERCISE = "anywhere"


def log_sum_exp(a: Any, xp: Any) -> Any:
    """Return log Σ exp of each row.

    **Shapes**  a (m, n), the result (m,)
    """
    raise NotImplementedError("write log Σ exp of each row here")
