"""A training in progress in a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from neurosim.archive import read_archive, write_archive
from neurosim.description import Describer, Maker
from neurosim.errors import DataError, OutputError
from neurosim.rate.layers.layer import Layer
from neurosim.rate.losses.losses import Loss
from neurosim.rate.randomness import Seed
from neurosim.rate.training.training_data import Samples

WHAT = "neurosim training"
FAULTS = (LookupError, TypeError, ValueError, AttributeError)
"""What damaged content makes readers raise."""


def describe_origin(
    network: Layer, loss: Loss, batch_size: int, data: Samples, seed: Seed
) -> dict[str, str | int | None]:
    """Return what a training is made with, in words and numbers to compare by; None for what is not known."""
    inputs, targets, lengths = data
    return {
        "network": network.describe(),
        "loss": getattr(loss, "__name__", type(loss).__name__),
        "batch size": int(batch_size),
        "shape of X": str(inputs.shape),
        "shape of y": str(targets.shape),
        "steps that count": "all" if lengths is None else str(int(lengths.sum())),
        "seed": None if seed is None or isinstance(seed, np.random.Generator) else int(seed),
    }


def compare_origins(saved: Mapping[str, Any], present: Mapping[str, Any]) -> None:
    """Raise a DataError that names the first of what two trainings are made with that differs."""
    for name, own in present.items():
        before = saved.get(name)  # older files do not tell everything
        if before != own and None not in (before, own):
            raise DataError(f"the {name} was {before}, and is {own} here")


def check_replaceable(path: Path) -> None:
    """Raise an OutputError if there is a file that is no checkpoint and would be overwritten."""
    if path.exists():
        try:
            load_training(path)
        except DataError as error:
            raise OutputError(
                f"{path}: is there, is no checkpoint and so is not overwritten: {error} Name another file."
            ) from error


def save_training(path: Path, state: dict[str, Any]) -> None:
    """Write numbers, text and arrays to a file, or leave the one that is there as it was.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    describer = Describer()
    content = {"what": WHAT, "state": describer.plain(state, "state")}
    write_archive(path, content, describer.arrays)


def load_training(path: Path) -> dict[str, Any]:
    """Return what `save_training` wrote.

    Raises
    ------
    DataError
        If the file cannot be read, was altered, or holds something else.
    """
    header, arrays = read_archive(path)
    if header.get("what") != WHAT:
        raise DataError(f"{path}: holds no training.")
    try:
        state: dict[str, Any] = Maker([], arrays).value(header["state"])
    except FAULTS as error:
        raise DataError(f"{path}: cannot be read here: {error}") from error
    return state
