"""Keras' side of the comparison, on TensorFlow: two networks, the step compiled as one graph.

The step is the same but for the samples in D's batch, which G makes in evaluation mode, as in the
tutorials that these networks come from. The losses leave the graph at each step.
"""

import json
import os
import sys

from serve import serve

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"] = "tensorflow"
try:
    import keras
    import tensorflow as tf
    from keras import layers as L
except ImportError as error:
    advice = "pip install keras tensorflow, or name another Python by --keras-python"
    sys.exit(f"{sys.executable} cannot import Keras on TensorFlow ({error}): {advice}.")


def mlp_batchnorm():
    """BatchNorm after each hidden layer of G."""
    G = [keras.Input((100,))]
    for width in (256, 512, 1024):
        G += [L.Dense(width), L.LeakyReLU(0.2), L.BatchNormalization(momentum=0.8)]
    G += [L.Dense(784, activation="tanh"), L.Reshape((28, 28, 1))]
    D = [keras.Input((28, 28, 1)), L.Flatten()]
    for width in (512, 256):
        D += [L.Dense(width), L.LeakyReLU(0.2)]
    return G, [*D, L.Dense(1, activation="sigmoid")]


def dcgan_upsampling():
    """Upsampling and transposed convolutions of stride 1, kernel 5."""
    G = [keras.Input((100,)), L.Dense(12544), L.BatchNormalization(momentum=0.9), L.ReLU()]
    G += [L.Reshape((7, 7, 256))]
    for c_out, upsampled in ((128, True), (64, True), (32, False)):
        G += [L.UpSampling2D()] if upsampled else []
        G += [L.Conv2DTranspose(c_out, 5, padding="same"), L.BatchNormalization(momentum=0.9)]
        G += [L.ReLU()]
    G += [L.Conv2DTranspose(1, 5, padding="same", activation="sigmoid")]
    D = [keras.Input((28, 28, 1))]
    for c_out, stride in ((64, 2), (128, 2), (256, 2), (512, 1)):
        D += [L.Conv2D(c_out, 5, strides=stride, padding="same"), L.LeakyReLU(0.2), L.Dropout(0.2)]
    return G, [*D, L.Flatten(), L.Dense(1, activation="sigmoid")]


NETWORKS = {"mlp-batchnorm": mlp_batchnorm, "dcgan-upsampling": dcgan_upsampling}


def make_step(network, m):
    """Both players, and the function that makes one step of them."""
    G, D = (keras.Sequential(layers) for layers in NETWORKS[network]())
    opt_G, opt_D = (keras.optimizers.Adam(2e-4, beta_1=0.5) for _ in range(2))
    opt_G.build(G.trainable_variables)
    opt_D.build(D.trainable_variables)
    cross_entropy = keras.losses.BinaryCrossentropy()
    real = tf.ones((m, 1))
    both = tf.concat([real, tf.zeros((m, 1))], axis=0)
    images = tf.random.uniform((m, 28, 28, 1))

    @tf.function
    def graph(x):
        fake = G(tf.random.normal((m, 100)), training=False)
        with tf.GradientTape() as tape:
            loss_D = cross_entropy(both, D(tf.concat([x, fake], axis=0), training=True))
        opt_D.apply(tape.gradient(loss_D, D.trainable_variables), D.trainable_variables)
        with tf.GradientTape() as tape:
            samples = G(tf.random.normal((m, 100)), training=True)
            loss_G = cross_entropy(real, D(samples, training=True))
        opt_G.apply(tape.gradient(loss_G, G.trainable_variables), G.trainable_variables)
        return loss_D, loss_G

    return lambda: [float(loss) for loss in graph(images)]


def main():
    """Serve the network that the argument names."""
    asked = json.loads(sys.argv[1])
    about = {"keras": keras.__version__, "tensorflow": tf.__version__}
    serve(make_step(asked["network"], asked["m"]), about=about)


if __name__ == "__main__":
    main()
