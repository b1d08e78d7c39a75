"""ONNX's published node tests of minigan's operators: each is run, or has a reason why not.

ONNX asks for a relative 10⁻³ and an absolute 10⁻⁷; these are held to 10⁻⁶, float32's own digits.
"""

from __future__ import annotations

import numpy as np
import pytest
from oracles import oracle

oracle("onnx")

import onnx_nodes

pytestmark = pytest.mark.oracle("onnx")

USED = {  # name: how minigan says it
    "basic_conv_with_padding": "Conv2D, a 1 around the image",
    "basic_conv_without_padding": "Conv2D, pad 0",
    "conv_with_autopad_same": "Conv2D, pad same, stride 2: the zeros are even, so lower is upper",
    "conv_with_strides_and_asymmetric_padding": "Conv2D, pad ((1, 1), (0, 0)), stride 2",
    "conv_with_strides_no_padding": "Conv2D, stride 2, a row left over",
    "conv_with_strides_padding": "Conv2D, pad 1, stride 2",
    "convtranspose": "ConvTranspose2D, 1 to 2 channels",
    "convtranspose_autopad_same": "ConvTranspose2D, pad same, stride 2",
    "convtranspose_kernel_shape": "ConvTranspose2D, output_pad from output_shape",
    "convtranspose_output_shape": "ConvTranspose2D, output_pad from output_shape",
    "convtranspose_pad": "ConvTranspose2D, output_pad (1, 1), stride (3, 2)",
    "convtranspose_pads": "ConvTranspose2D, pad ((1, 1), (2, 2)), stride (3, 2)",
    "batchnorm_epsilon": "BatchNorm in evaluation, eps 0.01",
    "batchnorm_epsilon_training_mode": "BatchNorm in training, eps 0.01, and both buffers after it",
    "batchnorm_example": "BatchNorm in evaluation",
    "batchnorm_example_training_mode": "BatchNorm in training, decay 0.9, and both buffers",
    "gemm_all_attributes": "Dense(αBᵀ, βc)(Aᵀ)",
    "gemm_alpha": "Dense(αB, c)(A)",
    "gemm_beta": "Dense(B, βc)(A)",
    "gemm_default_no_bias": "Dense without bias",
    "gemm_default_scalar_bias": "Dense, the same bias for all",
    "gemm_default_single_elem_vector_bias": "Dense, the same bias for all",
    "gemm_default_vector_bias": "Dense",
    "gemm_default_zero_bias": "Dense",
    "gemm_transposeA": "Dense of Aᵀ",
    "gemm_transposeB": "Dense with W = Bᵀ",
    "matmul_2d": "Dense without bias",
    "relu": "ReLU",
    "leakyrelu": "LeakyReLU(0.1)",
    "leakyrelu_default": "LeakyReLU(0.01)",
    "leakyrelu_example": "LeakyReLU(0.1)",
    "sigmoid": "Sigmoid",
    "sigmoid_example": "Sigmoid",
    "tanh": "Tanh",
    "tanh_example": "Tanh",
    "softplus": "softplus",
    "softplus_example": "softplus",
    **{
        f"softmax_{case}": "softmax, the axis moved to the end"
        for case in (
            *("axis_0", "axis_1", "axis_2", "default_axis", "example", "large_number"),
            "negative_axis",
        )
    },
    **{
        f"logsoftmax_{case}": "minus the cross-entropy of each answer, the axis moved to the end"
        for case in (
            *("axis_0", "axis_1", "axis_2", "default_axis", "example_1", "large_number"),
            "negative_axis",
        )
    },
    **{
        f"sce_{case}{log}": how + (", and of each answer" if log else "")
        for log in ("", "_log_prob")
        for case, how in {
            "mean": "cross_entropy",
            "mean_3d": "cross_entropy, a row for each position",
            "none": "cross_entropy of each row alone",
            "sum": "cross_entropy times m",
            "NCd1d2d3d4d5_none_no_weight": "cross_entropy of each of 6,480 rows alone",
        }.items()
    },
    "flatten_axis1": "Flatten",
    "flatten_default_axis": "Flatten",
    "flatten_negative_axis3": "Flatten",
    "reshape_extended_dims": "Reshape((3, 2, 2))",
    "reshape_negative_dim": "Reshape((6, 2))",
    "reshape_reduced_dims": "Reshape((12,))",
    "reshape_reordered_last_dims": "Reshape((4, 3))",
    "reshape_zero_and_negative_dim": "Reshape((3, 1, 4))",
    "reshape_zero_dim": "Reshape((3, 4, 1))",
    **{
        f"dropout_{case}": "Dropout in evaluation"
        for case in (
            *("default", "default_mask", "default_mask_ratio", "default_old", "default_ratio"),
            "random_old",
        )
    },
    **{
        f"training_dropout{case}": "Dropout by the published mask, or by the zeros of y"
        for case in ("", "_default", "_default_mask", "_mask", "_zero_ratio", "_zero_ratio_mask")
    },
    "resize_upsample_scales_nearest": "UpSampling2D((2, 3))",
    "resize_upsample_scales_nearest_axes_2_3": "UpSampling2D((2, 3))",
    "resize_upsample_scales_nearest_axes_3_2": "UpSampling2D((2, 3))",
    "upsample_nearest": "UpSampling2D((2, 3))",
    "momentum": "Momentum from a velocity, with a Penalty",
    "momentum_multiple": "Momentum, two parameters",
    "adam": "Adam with eps_hat from moments, with a Penalty, its bias correction undone",
    "adam_multiple": "Adam likewise, two parameters",
}
REASONS = {  # why the others are not: a part of minigan that is not there, or is something else
    "images have two axes": ["convtranspose_1d", "convtranspose_3d"],
    "no dilations": ["convtranspose_dilations"],
    "no groups of channels": ["convtranspose_group_2", "convtranspose_group_2_image_3"],
    "a bias is one for all examples": ["gemm_default_matrix_bias"],
    "a matrix product of a Dense is (m, n_in) by (n_in, n_out)": [
        *("matmul_1d_1d", "matmul_1d_3d", "matmul_3d", "matmul_4d", "matmul_4d_1d"),
        "matmul_bcast",
    ],
    "the slope of a LeakyReLU is one number, and not learned": [
        *("prelu_broadcast", "prelu_example")
    ],
    "the axis of the batch stays": [
        *("flatten_axis0", "flatten_axis2", "flatten_axis3", "flatten_negative_axis1"),
        *("flatten_negative_axis2", "flatten_negative_axis4", "reshape_negative_extended_dims"),
        *("reshape_one_dim", "reshape_reordered_all_dims"),
    ],
    "no size of 0": ["reshape_allowzero_reordered"],
    "all classes and all answers count alike": [
        f"sce_{case}{log}"
        for log in ("", "_log_prob")
        for case in (
            *("NCd1_mean_weight_negative_ii", "NCd1d2d3_none_no_weight_negative_ii"),
            *("NCd1d2d3_sum_weight_high_ii", "NCd1d2d3d4d5_mean_weight", "mean_no_weight_ii"),
            *("mean_no_weight_ii_3d", "mean_no_weight_ii_4d", "mean_weight", "mean_weight_ii"),
            *("mean_weight_ii_3d", "mean_weight_ii_4d", "none_weights"),
        )
    ],
    "images grow, each pixel to a block": [
        *("resize_downsample_scales_nearest", "resize_downsample_sizes_nearest"),
        *("resize_downsample_sizes_nearest_not_larger", "resize_upsample_sizes_nearest"),
        *("resize_downsample_sizes_nearest_not_smaller", "resize_upsample_sizes_nearest_axes_2_3"),
        *("resize_upsample_sizes_nearest_axes_3_2", "resize_upsample_sizes_nearest_not_larger"),
        *("resize_upsample_sizes_nearest_not_smaller",),
        *("resize_upsample_sizes_nearest_ceil_half_pixel",),
        *("resize_upsample_sizes_nearest_floor_align_corners",),
        *("resize_upsample_sizes_nearest_round_prefer_ceil_asymmetric",),
    ],
    "no look ahead in the velocity": ["nesterov_momentum"],
}
INTERPOLATED = ("cubic", "linear", "tf_crop_and_resize")  # the rest of Resize: UpSampling2D repeats
OPERATORS = frozenset({*onnx_nodes.RUN, "Dropout", "PRelu"})


@pytest.mark.parametrize("name", USED)
def test_node(name: str) -> None:
    ours, theirs = onnx_nodes.run(name)
    for y, expected in zip(ours, theirs, strict=True):
        y = np.asarray(y)
        assert y.dtype == expected.dtype == np.float32
        assert y.shape == expected.shape
        size = np.abs(expected).max(initial=0)
        np.testing.assert_allclose(y, expected, rtol=1e-6, atol=1e-6 * size)


def test_every_published_test_of_these_operators_is_run_or_has_a_reason() -> None:
    published = onnx_nodes.names(OPERATORS)
    excused = [name for group in REASONS.values() for name in group]
    excused += [
        name
        for name, operator in published.items()
        if operator == "Resize" and any(word in name for word in INTERPOLATED)
    ]
    assert len(excused) == len({*excused})
    assert not {*USED} & {*excused}
    assert {*USED} | {*excused} == {*published}
    assert len(published) == 175
