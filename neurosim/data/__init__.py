"""What to train and test networks on: labelled images and changes to them, sequences that ask for memory."""

from neurosim.data.augmentation import with_shifts
from neurosim.data.dataset import Dataset
from neurosim.data.digits import load_digits
from neurosim.data.mackey_glass import mackey_glass
from neurosim.data.mnist import load_mnist
from neurosim.data.random_changes import (
    ImageChange,
    RandomChanges,
    RandomFlip,
    RandomNoise,
    RandomRotation,
    RandomShift,
)
from neurosim.data.reber import REBER_SYMBOLS, reber_strings
from neurosim.data.sequence_tasks import adding_task, copy_task, counting_task, parity_task, temporal_xor
from neurosim.data.sequences import Sequences, image_rows
from neurosim.data.standardisation import Standardisation

__all__ = [
    "REBER_SYMBOLS",
    "Dataset",
    "ImageChange",
    "RandomChanges",
    "RandomFlip",
    "RandomNoise",
    "RandomRotation",
    "RandomShift",
    "Sequences",
    "Standardisation",
    "adding_task",
    "copy_task",
    "counting_task",
    "image_rows",
    "load_digits",
    "load_mnist",
    "mackey_glass",
    "parity_task",
    "reber_strings",
    "temporal_xor",
    "with_shifts",
]
