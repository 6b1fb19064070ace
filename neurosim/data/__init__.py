"""Labelled images to train and test networks on: bundled digits, and MNIST from IDX files."""

from neurosim.data.augmentation import with_shifts
from neurosim.data.dataset import Dataset
from neurosim.data.digits import load_digits
from neurosim.data.mnist import load_mnist

__all__ = ["Dataset", "load_digits", "load_mnist", "with_shifts"]
