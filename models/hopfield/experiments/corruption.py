"""Damage to patterns: noise, erasure, occlusion.

Patterns are arrays of one of them, shape (n,), or of several, (m, n), and come back in the form they had.
They are of -1 and 1; or of 0 and 1 where there is a 0 among them, or their type has no sign.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from neurosim.models.hopfield.experiments.patterns import Seed
from neurosim.models.hopfield.reading import one_of, read_generator, read_number, read_states

from neurosim.connectivity.checks import read_numbers
from neurosim.errors import ParameterError

DAMAGES = ("noise", "erasure", "occlusion")
"""Kinds of damage."""

SIDES = ("bottom", "top", "left", "right")


def damaged(
    patterns: Any,
    kind: str,
    share: float,
    rng: Seed,
    shape: tuple[int, int] | None = None,
) -> np.ndarray:
    """Damage patterns in one of the ways of `DAMAGES`: by `corrupt`, `erase` or `occlude`.

    Raises
    ------
    ParameterError
        If there is no such kind, occlusion is not told the shape of images, or as for these.
    """
    if kind == "noise":
        return corrupt(patterns, share, rng)
    if kind == "erasure":
        return erase(patterns, share, rng)
    if kind == "occlusion" and shape is not None:
        return occlude(patterns, shape, share)
    limit = "needs the shape of images" if kind == "occlusion" else f"must be one of {', '.join(DAMAGES)}"
    raise ParameterError("damaged(kind)", kind, limit)


def corrupt(patterns: Any, share: float, rng: Seed) -> np.ndarray:
    """Flip an exact share of the units of each pattern, chosen at random.

    Parameters
    ----------
    patterns : array of two values, shape (n,) or (m, n)
    share : float
        From 0 to 1; rounded to whole units.
    rng : int or numpy.random.Generator

    Raises
    ------
    ParameterError
        If there are other values, the share is none, or there is no such seed.
    """
    states, _, written = _read("corrupt", patterns)
    generator = read_generator("corrupt(rng)", rng)
    chosen = _chosen(states, _checked(share, "corrupt"), generator)
    np.put_along_axis(states, chosen, -np.take_along_axis(states, chosen, axis=1), axis=1)
    return written(states)


def erase(patterns: Any, share: float, rng: Seed) -> np.ndarray:
    """Forget an exact share of the units of each pattern: they become either value with equal odds.

    Half of them stay right by chance, so that the overlap left is ``1 - share``, where noise leaves
    ``1 - 2 share``.

    Parameters
    ----------
    patterns : array of two values, shape (n,) or (m, n)
    share : float
        From 0 to 1; rounded to whole units.
    rng : int or numpy.random.Generator

    Raises
    ------
    ParameterError
        If there are other values, the share is none, or there is no such seed.
    """
    states, _, written = _read("erase", patterns)
    generator = read_generator("erase(rng)", rng)
    chosen = _chosen(states, _checked(share, "erase"), generator)
    np.put_along_axis(states, chosen, 2 * generator.integers(0, 2, chosen.shape, dtype=np.int8) - 1, axis=1)
    return written(states)


def occlude(
    patterns: Any,
    shape: tuple[int, int],
    share: float,
    *,
    side: str = "bottom",
    value: int | None = None,
) -> np.ndarray:
    """Cover one side of images.

    Parameters
    ----------
    patterns : array of two values, shape (n,) or (m, n)
    shape : tuple of two int
        Rows and columns of an image.
    share : float
        Of the image, from 0 to 1; rounded to whole rows or columns.
    side : {"bottom", "top", "left", "right"}, default "bottom"
    value : int, optional
        Of covered pixels; by default the lower of the two.

    Raises
    ------
    ParameterError
        If there are other values, the share is none, there is no such side, or images have another size.
    """
    states, (low, high), written = _read("occlude", patterns)
    _checked(share, "occlude")
    one_of("occlude(side)", side, SIDES)
    check_shape("occlude(shape)", shape, states.shape[1])
    if value is not None and value not in (low, high):
        raise ParameterError(
            "occlude(value)", value, f"must be one of the two of the patterns, {low} and {high}"
        )
    cover = 1 if value == high else -1
    covered = states.reshape(-1, *shape)
    towards_end = covered if side in ("bottom", "right") else covered[:, ::-1, ::-1]
    if side in ("bottom", "top"):
        towards_end[:, shape[0] - round(share * shape[0]) :] = cover
    else:
        towards_end[:, :, shape[1] - round(share * shape[1]) :] = cover
    return written(states)


def check_shape(where: str, shape: tuple[int, int], n: int) -> None:
    """Raise a ParameterError if images of a shape have not n pixels."""
    sides = shape if isinstance(shape, tuple | list) and len(shape) == 2 else (0, 0)
    if not all(isinstance(side, int | np.integer) and side > 0 for side in sides) or sides[0] * sides[1] != n:
        raise ParameterError(where, shape, f"must be rows and columns of the {n} units")


def _read(name: str, patterns: Any) -> tuple[np.ndarray, tuple[int, int], Callable[[np.ndarray], np.ndarray]]:
    """A copy as -1 and 1, shape (m, n); the two values; and how to write such states as they were given."""
    where = f"{name}(patterns)"
    given = read_numbers(where, patterns)
    low = 0 if given.dtype.kind in "bu" or (given == 0).any() else -1

    def written(states: np.ndarray) -> np.ndarray:
        return np.where(states > 0, 1, low).astype(given.dtype).reshape(given.shape)

    return read_states(where, np.atleast_2d(given), (low, 1)), (low, 1), written


def _checked(share: float, name: str) -> float:
    return read_number(f"{name}(share)", share, "must be from 0 to 1", 0, 1)


def _chosen(patterns: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    """An exact share of the units of each pattern, shape (m, count)."""
    m, n = patterns.shape
    count = round(share * n)
    if not count:
        return np.zeros((m, 0), np.int64)
    return np.argpartition(rng.random((m, n)), count - 1, axis=1)[:, :count]
