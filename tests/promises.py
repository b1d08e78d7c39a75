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
        "A rule does in every iteration, and in each of k steps, what it does in the first",
        "four iterations beside one, four times; each option",
        ("test_rule_iterations.py",),
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
        "76 kinds, each a layer or a game: one entry of 10,000, one direction, evaluation only, "
        "scaled by 1 + 1e-4, odd batches, large x, float32 only, ...",
        ("test_checks_wrong.py", "test_checks_game.py", "test_checks_nan.py"),
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
    Promise(
        "... and small changes that nobody thought of: 185 of 191, and 135 of 140 of another draw, "
        "[mutation.md](mutation.md)",
        "a mutation tool, by hand; here it is only tested itself",
        ("test_mutation.py",),
    ),
]

NUMBERS = [
    Promise(
        "V, the losses, their slopes and cross-entropy are right to 2 units in the last place, in "
        "float32 for logits to ±1e4, in float64 beyond",
        "against decimal arithmetic with 60 digits; every power of two, both tails",
        ("test_objectives_exact.py", "test_objectives.py", "test_cross_entropy.py"),
    ),
    Promise(
        "BatchNorm keeps its digits where the mean is large beside the deviation",
        "forward and backward at means of 1e4 to 1e8, against long double, by kernels, too",
        ("test_batchnorm_exact.py", "test_layers_identities.py::test_batchnorm*"),
    ),
    Promise(
        "A float32 step makes no float64 array beyond the logits of its batch",
        "every function of a step watched, each model, rule and objective",
        ("test_float32_steps.py",),
    ),
    Promise(
        "One seed is one run: the same bits on the same machine and number of threads",
        "runs repeated, in two processes; threads told to finish in another order",
        ("test_threads.py", "test_random.py", "test_soak.py"),
    ),
]

RUNS = [
    Promise(
        "Killed at any moment, a run goes on to the same bytes, loses at most one interval of "
        "checkpoints, and leaves no stray file",
        "SIGKILL at each call that changes files, and at random moments: GAN, classifier, collapse",
        ("test_crash.py::test_killed*",),
    ),
    Promise(
        "A disk that is full or fails costs one line and no checkpoint; a folder that is gone is "
        "said to be gone",
        "each call that changes files fails once; fsync before rename",
        (
            "test_crash.py::test_a_disk*",
            "test_crash.py::test_content*",
            "test_training_faults.py",
        ),
    ),
    Promise(
        "A resumed run ends with the bytes of one that never stopped",
        "all files compared, each rule, model, kind of data, both ways of drawing",
        ("test_training_resume.py", "test_saved_state.py", "test_classifier_resume.py"),
    ),
    Promise(
        "Ctrl-C, SIGTERM and a closed terminal save within 10 seconds and end with 130, 143, 129",
        "signals to real processes: in their imports, steps, evaluations, last pictures",
        ("test_training_signals.py", "test_signals.py"),
    ),
    Promise(
        "NaN stops a run, says where, and never reaches a checkpoint",
        "NaN and overflow planted in weights, gradients and losses",
        ("test_training_nan.py",),
    ),
]

FILES = [
    Promise(
        "A checkpoint of which one bit has changed, or a byte is missing, is not loaded",
        "a flip in every byte, every truncation, bytes added anywhere",
        ("test_checkpoint.py",),
    ),
    Promise(
        "A forged one, with a right checksum, is refused by name or is one",
        "facts and arrays changed, checksum made anew",
        ("test_fuzz_forged.py",),
    ),
    Promise(
        "A damaged file is read, or refused in one line that names it, in bounded time and memory, "
        "and nothing is touched",
        "10,000 damaged files for each of 19 readers, in a child process with limits",
        ("test_fuzz_archives.py", "test_fuzz_pictures.py", "test_fuzz_structured.py"),
    ),
    Promise(
        "... also where a search that is guided by coverage makes it",
        "atheris, by `python -m pytest -m long tests/test_fuzz_guided.py`",
        ("test_fuzz_guided.py",),
    ),
    Promise(
        "Files and folders that nobody should give: one line, status 2",
        "bombs, pickles, pipes, links, HTML as .gz, absurd sizes, other people's .npz",
        ("test_files_refused.py", "test_data_strangers.py", "test_pictures_of_strangers.py"),
    ),
    Promise(
        "No path, link or address in a table leads out of its folder; names are shown, not obeyed",
        "traversals; escape codes, line ends and markup in names, on terminals and on pages",
        ("test_data_csv_texts.py", "test_data_tables.py", "test_shown_names.py"),
    ),
    Promise(
        "Data from outside is read right",
        "every format against what was written",
        ("test_data_*.py",),
    ),
]

RANGES = [
    Promise(
        "Every parameter of every public function has a range, and an error beyond it",
        "a table with a line for each, walked by signature; edges are taken",
        ("test_ranges.py", "test_ranges_whole.py", "test_ranges_around.py"),
    ),
    Promise(
        "A call that does a whole job looks at every argument first, and leaves nothing when it "
        "refuses",
        "a table with a line for each parameter of train, sample, evaluate, bench, collapse, ...; "
        "what a stranger tries at a prompt",
        ("test_ranges_runs.py", "test_ranges_strangers.py"),
    ),
    Promise(
        "Every option of every command says its range, in the help and in one line with status 2",
        "a table with a line for each, walked by argparse; in shells and scripts, too",
        (
            "test_ranges_of_words.py",
            "test_refused_words.py",
            "test_words_in_a_shell.py",
            "test_words_of_scripts.py",
        ),
    ),
    Promise(
        "Arrays of any layout in memory give the same numbers, and are left as they were",
        "read-only, Fortran order, strided; copies, shared arrays, errors half way",
        ("test_ranges_beyond.py",),
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
        "Layers, objectives and optimizers are PyTorch's, in float64",
        "drawn shapes and options; 50 steps of each optimizer",
        ("test_*_torch.py",),
    ),
    Promise(
        "20 steps of each network end where PyTorch's end, to 1e-9, or, at published sizes, to ten "
        "times what the last bits of the weights make of the first step",
        "the networks written anew in torch.nn from their sources; each step compared",
        ("test_networks_torch.py", "test_trajectories.py", "test_*_trajectories.py"),
    ),
    Promise(
        "ONNX's published node tests of the same operators pass, or have a reason why not",
        "the files of the onnx wheel, by minigan's layers",
        ("test_onnx_nodes.py",),
    ),
    Promise(
        "Convolutions, tails and measures are scipy's",
        "scipy.signal, scipy.special, scipy.linalg",
        ("test_scipy.py", "test_frechet.py"),
    ),
]

BOOK = [
    Promise(
        "What the pages say is what the code does",
        "each numbered equation of the book is evaluated below it and pinned; every block of code "
        "runs, every command parses, every name and link is there",
        ("test_book.py", "test_docs_pages.py", "test_readme.py", "test_gallery.py"),
    ),
    Promise(
        "A wrong answer to an exercise is called by the mistake in it, a right one passes",
        "planted answers: one or more for each mistake, two or more right ones for each exercise",
        ("test_exercises.py",),
    ),
]

PROMISES: list[tuple[str, list[Promise]]] = [
    ("The gradients", GRADIENTS),
    ("The gradient checker", CHECKER),
    ("The tests themselves", TESTS),
    ("Numbers", NUMBERS),
    ("Runs", RUNS),
    ("Files", FILES),
    ("Ranges", RANGES),
    ("Devices", DEVICES),
    ("Independent oracles", ORACLES),
    ("The book", BOOK),
]
