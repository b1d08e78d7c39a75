"""minigan: generative adversarial nets in NumPy and CuPy, every gradient by hand and checked.

The core is imported here; what surrounds it is imported where it is used:

    from minigan.checks import check_layer, check_game      # check a gradient
    from minigan.training import train                      # a whole run, as `minigan train`
    from minigan.data import load, Batches                  # digits, own images, toy distributions
"""

import minigan.starting  # noqa: F401 - first: it answers signals while the rest is imported

# isort: split
from minigan.activations import LeakyReLU, ReLU, Sigmoid, Tanh, sigmoid, softplus
from minigan.backend import DeviceError, Random, array_module, choose_device, to_host
from minigan.batchnorm import BatchNorm
from minigan.conditional import KeepLabels
from minigan.conv import Conv2D, ConvTranspose2D
from minigan.dense import Dense
from minigan.dropout import Dropout
from minigan.gan import algorithm_1, discriminator_gradient, generator_gradient
from minigan.layer import Layer, Sequential
from minigan.maxout import Maxout
from minigan.minibatch import MinibatchDiscrimination
from minigan.models import MODELS
from minigan.objectives import MINIMAX, NON_SATURATING, value, value_slopes
from minigan.optimizers import SGD, Adam, Momentum, RMSProp
from minigan.penalties import Penalty
from minigan.reshape import Flatten, Pack, Reshape
from minigan.rules import RULES, concatenated, separate, simultaneous, worse_player
from minigan.several import Discriminators, Generators
from minigan.upsampling import UpSampling2D

__version__ = "0.1.0"

__all__ = [
    "MINIMAX",
    "MODELS",
    "NON_SATURATING",
    "RULES",
    "SGD",
    "Adam",
    "BatchNorm",
    "Conv2D",
    "ConvTranspose2D",
    "Dense",
    "DeviceError",
    "Discriminators",
    "Dropout",
    "Flatten",
    "Generators",
    "KeepLabels",
    "Layer",
    "LeakyReLU",
    "Maxout",
    "MinibatchDiscrimination",
    "Momentum",
    "Pack",
    "Penalty",
    "RMSProp",
    "Random",
    "ReLU",
    "Reshape",
    "Sequential",
    "Sigmoid",
    "Tanh",
    "UpSampling2D",
    "algorithm_1",
    "array_module",
    "choose_device",
    "concatenated",
    "discriminator_gradient",
    "generator_gradient",
    "separate",
    "sigmoid",
    "simultaneous",
    "softplus",
    "to_host",
    "value",
    "value_slopes",
    "worse_player",
]
