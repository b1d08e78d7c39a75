"""What minigan promises, and the tests that each promise rests on: the rows of docs/trust.md.

A pattern is a test file, or a file and a function; * stands for anything.
"""

from __future__ import annotations

from typing import NamedTuple


class Promise(NamedTuple):
    """One row: what is promised, how it is tested, and by which tests."""

    promise: str
    how: str
    tests: tuple[str, ...]


GRADIENTS = [
    Promise(
        "Each layer's dx and parameter gradients are right, in training and in evaluation",
        "central differences in float64, random dy, every entry, relative error < 1e-6; purity, "
        "linearity, two tapes at once, dtypes",
        ("test_layers_protocol.py", "test_layers_identities.py", "test_conv_identities.py"),
    ),
    Promise(
        "The composed game's gradients are right: V into θ_D, both objectives into θ_G",
        "central differences through D and G, for a small version of each model",
        ("test_gan.py", "test_models.py::test_every_gradient*", "test_rule_concatenated.py"),
    ),
    Promise(
        "A fast path gives what the plain formula gives",
        "both are run and compared; the gradient check runs on the fast ones too",
        ("test_fast_*.py", "test_blocks.py", "test_upsampling_and_convolution.py"),
    ),
    Promise(
        "What the paper proves of the game, the code does",
        "proposition 1, theorem 1 and the slopes of section 3, each arrived at by training",
        ("test_theorems.py", "test_slope_theorems.py", "test_dirac_gan.py"),
    ),
    Promise(
        "The published networks, parameter for parameter",
        "counts, windows, initial weights, optimizers and update rules of the sources",
        ("test_models.py", "test_conv_models.py", "test_conventions.py"),
    ),
]

CHECKER = [
    Promise(
        "check_layer and check_game catch wrong backwards with their default settings",
        "a wrong layer or game for each kind: one entry, one direction, evaluation only, ...",
        ("test_checks_wrong.py", "test_checks_game.py"),
    ),
    Promise(
        "... and raise no false alarm",
        "right layers at awkward sizes and scales, right games",
        ("test_checks_right.py",),
    ),
    Promise(
        "A kink is reported as a kink, never as a pass or a wrong gradient",
        "layers with kinks at, near and away from the drawn x",
        ("test_checks_kinks.py",),
    ),
]

TESTS = [
    Promise(
        "The tests notice bugs, those first that real projects have shipped",
        "each bug is planted in a copy of the package, and the test that it names must fail",
        ("test_mutants.py::test_killed",),
    ),
]

RUNS = [
    Promise(
        "A resumed run ends with the bytes of one that never stopped",
        "all files compared, each rule, model, kind of data, both ways of drawing",
        ("test_training_resume.py", "test_saved_state.py", "test_classifier_resume.py"),
    ),
    Promise(
        "Ctrl-C, SIGTERM and a closed terminal save and end with 130, 143, 129",
        "signals sent to real processes and within steps",
        ("test_training_signals.py",),
    ),
    Promise(
        "NaN stops a run, says where, and never reaches a checkpoint",
        "NaN and overflow planted in weights, gradients and losses",
        ("test_training_nan.py",),
    ),
    Promise(
        "One seed is one run: the same bits on the same machine and number of threads",
        "runs repeated; threads told to finish in another order",
        ("test_threads.py", "test_random.py"),
    ),
]

NUMERICS = [
    Promise(
        "Objectives and slopes are exact to the last digits for every finite logit",
        "against decimal arithmetic with 50 digits; every power of two, both tails",
        ("test_objectives.py", "test_cross_entropy.py"),
    ),
]

FILES = [
    Promise(
        "A checkpoint is what was saved, or an error that names the file; nothing is unpickled",
        "bit flips, truncations, foreign, huge, renamed and repeated members",
        ("test_checkpoint.py", "test_training_faults.py"),
    ),
    Promise(
        "Data from outside is read right or refused in one line",
        "idx, .npy, .npz, image folders, CSV: damaged, absurd, hostile",
        ("test_data_*.py",),
    ),
]

DEVICES = [
    Promise(
        "The code runs on CuPy as on NumPy: the same bits by the plain formulas",
        "every layer, rule, model, command and demo on a strict stand-in for CuPy",
        ("test_device_*.py", "test_commands_on_the_device.py", "test_demos_on_the_device.py"),
    ),
    Promise(
        "Each kernel computes its formula, whatever the order of its threads",
        "compiled by g++ behind the stand-in, with guards around every array; by NVRTC, not run",
        ("test_cuda_*.py", "test_kernel_*.py", "test_chains.py", "test_optimizer_kernels.py"),
    ),
    Promise(
        "A replayed step gives the bits of a step that is run",
        "whole runs recorded and replayed on the stand-in",
        ("test_graph.py", "test_graph_runs.py"),
    ),
    Promise(
        "The same on a GPU",
        "the tests above, and games in float32 and float64, on CuPy itself",
        ("test_on_a_gpu.py",),
    ),
]

ORACLES = [
    Promise(
        "Other people's code comes to the same numbers: PyTorch",
        "layers, and whole trajectories of the networks in float64",
        ("test_trajectories.py", "test_*_trajectories.py", "test_conv_torch.py"),
    ),
]

PROMISES: list[tuple[str, list[Promise]]] = [
    ("The gradients", GRADIENTS),
    ("The gradient checker", CHECKER),
    ("The tests themselves", TESTS),
    ("Numbers", NUMERICS),
    ("Runs", RUNS),
    ("Files", FILES),
    ("Devices", DEVICES),
    ("Independent oracles", ORACLES),
]
