"""Which tests mutation.py asks about a file, in stages: the quickest and most telling first.

A stage is what pytest is told: files of tests, and words of its own.
"""

Stage = tuple[str, ...]


def ranges(*modules: str) -> Stage:
    """What their public functions take and refuse."""
    return ("test_ranges.py", "-k", " or ".join(f"{module}." for module in modules))


def layers(*names: str) -> list[Stage]:
    """What every layer is asked: these are."""
    chosen = f"({' or '.join(names)}) and not Sequential"
    return [
        ("test_layers_protocol.py", "test_layers_shapes.py", "-k", chosen),
        ("test_device_double.py", "-k", chosen),
    ]


CONVENTIONS: Stage = ("test_conventions.py", "test_layers_identities.py")
CONVOLUTIONS: list[Stage] = [
    ("test_patches.py", "test_conv_errors.py", "test_conv_transpose.py"),
    ("test_conv_identities.py", "test_conv_sizes.py", "test_conv_costs.py"),
    ("test_fast_patches.py",),
]
RULES: list[Stage] = [
    ("test_gan.py", "test_rules.py"),
    ("test_rule_concatenated.py", "test_rule_options.py", "test_rule_worse_player.py"),
    ("test_several.py", "test_several_packs.py", "test_pack.py", "test_penalties.py"),
    ("test_trajectories.py", "test_theorems.py", "test_slope_theorems.py", "test_conditional.py"),
]
OPTIMIZERS: list[Stage] = [
    ("test_optimizers.py", "test_penalties.py"),
    ranges("optimizer", "optimizers"),
    ("test_optimizer_inputs.py", "test_saved_state.py", "test_ranges_beyond.py"),
    ("test_optimizer_kernels.py", "test_trajectories.py", "test_models.py"),
]
UPSAMPLED: list[Stage] = [("test_joined.py",), ("test_upsampling_and_convolution.py",)]

TESTS_OF: dict[str, list[Stage]] = {
    "dense.py": [CONVENTIONS, *layers("Dense"), ranges("dense"), ("test_chains.py",)],
    "conv.py": [
        *CONVOLUTIONS[:2],
        ranges("conv"),
        *layers("Conv2D", "ConvTranspose2D"),
        ("test_chains.py",),
    ],
    "batchnorm.py": [
        CONVENTIONS,
        ranges("batchnorm"),
        *layers("BatchNorm"),
        ("test_kernel_batchnorm.py",),
    ],
    "activations.py": [
        CONVENTIONS,
        ranges("activations"),
        *layers("ReLU", "Sigmoid", "Tanh"),
        ("test_objectives.py", "test_chains.py", "test_kernel_inputs.py"),
        ("test_objectives_exact.py",),
    ],
    "dropout.py": [
        CONVENTIONS,
        ranges("dropout"),
        *layers("Dropout"),
        ("test_saved_state.py", "test_kernel_inputs.py"),
    ],
    "maxout.py": [CONVENTIONS, *layers("Maxout"), ("test_kernel_maxout.py",)],
    "objectives.py": [
        ("test_objectives.py",),
        ranges("objectives"),
        ("test_objectives_exact.py",),
        *RULES,
        ("test_device_double.py", "test_kernel_inputs.py", "-k", "objectives or slopes or logits"),
    ],
    "optimizers.py": OPTIMIZERS,
    "optimizer.py": OPTIMIZERS,
    "gan.py": [*RULES[:2], ranges("gan"), *RULES[2:]],
    "patches.py": [*CONVOLUTIONS, ("test_cuda_patches.py", "test_kernel_inputs.py")],
    "fast_patches.py": [CONVOLUTIONS[2], *CONVOLUTIONS[:2], ("test_threads.py",)],
    "reshape.py": [CONVENTIONS, ("test_pack.py",), *layers("Flatten", "Reshape", "Pack")],
    "minibatch.py": [("test_minibatch.py",), *layers("Minibatch")],
    "upsampling.py": [("test_upsampling.py",), *layers("UpSampling2D"), *UPSAMPLED],
    "upsampled.py": [*UPSAMPLED, *layers("Upsampled"), ("test_cuda_upsampling.py",)],
    "layer.py": [
        CONVENTIONS,
        ranges("layer"),
        ("test_layers_shapes.py", "test_layers_protocol.py", "-k", "Sequential or Dense or lacks"),
        ("test_joined.py", "test_chains.py", "test_conditional.py", "test_several.py"),
        ("test_ranges_strangers.py",),
    ],
    "conditional.py": [("test_conditional.py",), *layers("KeepLabels"), ("test_batch_kernels.py",)],
    "cross_entropy.py": [("test_cross_entropy.py",), ("test_classifier.py",)],
    "rules.py": [*RULES, ranges("rules")],
    "rules_joint.py": [*RULES[1:], RULES[0]],
    "rules_keras.py": [*RULES[1:], RULES[0]],
    "several.py": [RULES[2], *layers("Generators", "Discriminators"), RULES[1]],
    "penalties.py": [
        ("test_penalties.py",),
        ranges("penalties"),
        ("test_optimizer_inputs.py", "test_dirac_gan.py"),
    ],
    "schedules.py": [("test_optimizer_inputs.py", "test_models.py"), OPTIMIZERS[0]],
    "initializers.py": [("test_initializers.py",), ("test_rule_worse_player.py",)],
}
