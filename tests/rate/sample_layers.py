"""Small layers, and batches for them."""

import numpy as np

from neurosim.connectivity import Dense
from neurosim.rate import Affine, Sequential, Tanh

rng = np.random.default_rng(11)
X = rng.standard_normal((4, 6))
IMAGES = rng.standard_normal((3, 4, 3, 3))
SYMBOLS = rng.integers(0, 5, (4, 3))


def weights(*shape):
    return np.random.default_rng(sum(shape)).standard_normal(shape)


def built(layer, shape=6):
    layer.build(shape, seed=3)
    for k, p in enumerate(layer.parameters()):  # gains of 1 and shifts of 0 would hide mistakes
        p.value[...] += 0.1 * np.random.default_rng(k).standard_normal(p.shape)
    return layer


def tied():
    connectivity = Dense(weights(6, 3))
    return Sequential(Affine(connectivity), Tanh(), Affine(connectivity.T))
