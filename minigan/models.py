"""The published models: which networks, played by which rule, with which sizes, on which data."""

from __future__ import annotations

from dataclasses import replace

from minigan.conv_networks import (
    dcgan,
    dcgan_32,
    dcgan_32_optimizers,
    dcgan_optimizers,
    dcgan_upsampling,
    dcgan_upsampling_optimizers,
)
from minigan.dense_networks import (
    cgan,
    cgan_optimizers,
    gaussian_1d,
    gaussian_1d_optimizers,
    goodfellow_2014,
    goodfellow_2014_optimizers,
    mlp,
    mlp_batchnorm,
    mlp_batchnorm_optimizers,
    mlp_optimizers,
)
from minigan.model import Model

DCGAN_32 = Model(
    "dcgan-32",
    "upsampling and convolutions of 5x5 for 32x32 images; both players at once",
    dcgan_32,
    dcgan_32_optimizers,
    m=200,
    epochs=60,
    rule="simultaneous",
    white=127 / 128,  # x/128 - 1 for x up to 255
    multiple=8,  # 28 → 32
    sample_train=True,
    small={"z_dim": 3, "widths_G": (3, 2), "widths_D": (2, 3)},
    small_shape=(4, 8, 1),
)

MODELS = {
    model.name: model
    for model in (
        Model(
            "mlp",
            "500-500 ReLU against 500-500 ReLU, both players at once (the plain-MLP tutorial)",
            mlp,
            mlp_optimizers,
            rule="simultaneous",
            l1=1e-5,
            l2=1e-5,
            note="With its source's settings D wins and G makes one image, no digit: at step 1,500 "
            "D(x) is 0.999 or more and D(G(z)) below 0.0001 (seed 1; each --rule but worse-player, "
            "where D stands still and G makes one image all the same, on mnist12k, its own on "
            "digits8x8). Take mlp-batchnorm for digits; or, in Python, algorithm_1 with "
            "these networks and Adam(net, 1e-3, 0.5): ones, sevens and nines after 1,500 steps.",
            small={"z_dim": 3, "width": 5},
        ),
        Model(
            "mlp-batchnorm",
            "256-512-1024 with BatchNorm against 512-256: the default, good digits in minutes",
            mlp_batchnorm,
            mlp_batchnorm_optimizers,
            steps=4000,
            rule="separate",
            small={"z_dim": 3, "widths": (4, 5, 6)},
        ),
        Model(
            "cgan",
            "mlp-batchnorm with labels in both players: digits to order (after Mirza & Osindero "
            "2014)",
            cgan,
            cgan_optimizers,
            steps=4000,
            conditional=True,
            small={"z_dim": 3, "classes": 2, "widths": (4, 5, 6)},
        ),
        Model(
            "gaussian-1d",
            "one number learns to be normal: figure 1 of the 2014 paper",
            gaussian_1d,
            gaussian_1d_optimizers,
            z_dim=1,
            steps=3000,
            data="gaussian",
            small_shape=(1,),
            note="Its noise is one number: of data with more columns it learns one curve.",
            small={"z_dim": 1, "width": 5},
        ),
        Model(
            "goodfellow-2014",
            "the MNIST networks of the 2014 paper's code: maxout, dropout, momentum",
            goodfellow_2014,
            goodfellow_2014_optimizers,
            prior="uniform",
            m=100,
            rule="simultaneous",
            small={"z_dim": 3, "width": 5, "units": 3},
        ),
        Model(
            "dcgan",
            "strided convolutions, as deep as the images are large (Radford et al. 2015)",
            dcgan,
            dcgan_optimizers,
            steps=1500,
            small={"z_dim": 3, "width": 2, "smallest": 2},
            small_shape=(8, 8, 1),
        ),
        DCGAN_32,
        replace(
            DCGAN_32,
            name="dcgan-32-grey",
            text="dcgan-32 with its source's fault: padded with 0 after scaling, a grey border",
            border=0.0,
        ),
        Model(
            "dcgan-upsampling",
            "upsampling and transposed convolutions of 5x5: 6.7 million parameters, hours",
            dcgan_upsampling,
            dcgan_upsampling_optimizers,
            m=256,
            steps=50_000,
            rule="concatenated",
            small={"z_dim": 3, "widths_G": (2, 1, 2, 1), "widths_D": (1, 2, 1, 2)},
            small_shape=(8, 8, 1),
        ),
    )
}
DEFAULT_MODEL = "mlp-batchnorm"


def find_model(name: str) -> Model:
    """The model of that name.

    **Raises**  TypeError, ValueError that lists the names there are.
    """
    if not isinstance(name, str):
        raise TypeError(f"name is {name!r}, expected one of {', '.join(MODELS)}.")
    if name not in MODELS:
        raise ValueError(f"there is no model {name!r}, expected one of {', '.join(MODELS)}.")
    return MODELS[name]
