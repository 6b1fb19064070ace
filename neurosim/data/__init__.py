"""Labelled images to train and test networks on: bundled digits, MNIST from IDX files; what to do to them."""

from neurosim.data.augmentation import with_shifts
from neurosim.data.dataset import Dataset
from neurosim.data.digits import load_digits
from neurosim.data.mnist import load_mnist
from neurosim.data.random_changes import (
    ImageChange,
    RandomChanges,
    RandomFlip,
    RandomNoise,
    RandomRotation,
    RandomShift,
)
from neurosim.data.standardisation import Standardisation

__all__ = [
    "Dataset",
    "ImageChange",
    "RandomChanges",
    "RandomFlip",
    "RandomNoise",
    "RandomRotation",
    "RandomShift",
    "Standardisation",
    "load_digits",
    "load_mnist",
    "with_shifts",
]
