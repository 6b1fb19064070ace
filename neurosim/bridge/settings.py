"""What a comparison is asked to do, checked before anything is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import numpy as np

from neurosim.bridge.unit_type import UNIT_TYPES, UnitType
from neurosim.data import Dataset
from neurosim.errors import DataError, ParameterError
from neurosim.units import convert

LONGEST = 10_000.0
"""Longest simulated time for an image, ms: readouts are kept for every millisecond."""

WIDEST = 1_000_000
"""Most units in a hidden layer."""

MOST_THREADS = 4096

SEEDS = 2**32


@dataclass(frozen=True)
class Settings:
    """The options of a comparison, in the form it needs them; made by `Settings.checked`.

    Attributes
    ----------
    units : tuple of UnitType
    hidden : tuple of int
        Units of each hidden layer.
    duration : float
        Simulated time for each image, ms.
    epochs : int
    seed : int
    threads : int or None
    """

    units: tuple[UnitType, ...]
    hidden: tuple[int, ...]
    duration: float
    epochs: int
    seed: int
    threads: int | None

    @classmethod
    def checked(
        cls,
        *,
        units: Sequence[str] = ("rate", "lif", "hh"),
        hidden: Sequence[int] = (128,),
        duration: Any = 300.0,
        epochs: int = 15,
        seed: int = 0,
        threads: int | None = None,
    ) -> Settings:
        """Check options as `compare` takes them.

        Raises
        ------
        ParameterError
            If a unit type is unknown, or a number cannot be used.
        UnitError
            If the duration is no time.
        """
        names = [units] if isinstance(units, str) else units
        if not isinstance(names, tuple | list) or not names:
            raise ParameterError("compare.units", units, "must name at least one unit type")
        for name in names:
            _check_unit_name(name)
        kinds = tuple(UNIT_TYPES[name] for name in dict.fromkeys(names))
        if not isinstance(hidden, tuple | list) or not hidden or not all(_is_whole(n, 1) for n in hidden):
            raise ParameterError(
                "compare.hidden", hidden, "must be one or more positive whole numbers", "For instance (128,)."
            )
        if max(hidden) > WIDEST:
            raise ParameterError("compare.hidden", hidden, f"a layer may have up to {WIDEST} units")
        milliseconds = convert(duration, "ms", "compare.duration")
        if (
            not isinstance(milliseconds, float)
            or not 1 <= milliseconds <= LONGEST
            or milliseconds != round(milliseconds)
        ):
            raise ParameterError(
                "compare.duration", duration, f"must be a whole number of ms from 1 to {LONGEST:.0f}"
            )
        if not _is_whole(epochs, 1):
            raise ParameterError("compare.epochs", epochs, "must be a whole number of at least 1")
        if not _is_whole(seed, 0) or seed >= SEEDS:
            raise ParameterError("compare.seed", seed, f"must be a whole number from 0 to {SEEDS - 1}")
        if threads is not None and not (_is_whole(threads, 1) and threads <= MOST_THREADS):
            raise ParameterError(
                "compare.threads", threads, f"must be a whole number from 1 to {MOST_THREADS}"
            )
        return cls(kinds, tuple(int(n) for n in hidden), milliseconds, int(epochs), int(seed), threads)


def check_data(train: Dataset, test: Dataset) -> None:
    """Find out whether a network trained on one set can be tested on the other.

    Raises
    ------
    ParameterError
        If one is no `Dataset`.
    DataError
        If the images differ in size, or the test set has classes that the training set lacks, or there is
        only one class.
    """
    for name, data in (("train", train), ("test", test)):
        if not isinstance(data, Dataset):
            raise ParameterError(f"compare.{name}", data, "must be a Dataset", "See neurosim.data.")
    if train.image_shape != test.image_shape:
        raise DataError(
            f"compare.test: images of {test.image_shape} pixels, but those of the training set have "
            f"{train.image_shape}. Use two parts of one set."
        )
    classes = np.unique(train.labels)
    if classes.size < 2:
        raise DataError(f"compare.train: all images are of class {classes[0]}; there must be two classes.")
    unseen = np.setdiff1d(test.labels, classes)
    if unseen.size:
        raise DataError(
            f"compare.test: classes {', '.join(map(str, unseen))} do not occur in the training set. "
            "Split one set with Dataset.split."
        )


def _check_unit_name(name: Any) -> None:
    if not isinstance(name, str) or name not in UNIT_TYPES:
        close = get_close_matches(str(name).lower(), UNIT_TYPES, n=1, cutoff=0.4)
        hint = f"Did you mean {close[0]!r}?" if close else ""
        raise ParameterError("compare.units", name, f"must be among {', '.join(UNIT_TYPES)}", hint)


def _is_whole(value: Any, least: int) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool) and int(value) >= least
