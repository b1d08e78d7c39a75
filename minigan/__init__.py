"""minigan: generative adversarial nets in NumPy and CuPy, every gradient by hand and checked."""

__version__ = "0.1.0"
