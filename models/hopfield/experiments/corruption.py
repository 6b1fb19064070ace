"""Damage to patterns: noise, erasure, occlusion."""

from __future__ import annotations

import numpy as np
from neurosim.models.hopfield.reading import read_number

from neurosim.errors import ParameterError

DAMAGES = ("noise", "erasure", "occlusion")
"""Kinds of damage."""

SIDES = ("bottom", "top", "left", "right")


def damaged(
    patterns: np.ndarray,
    kind: str,
    share: float,
    rng: np.random.Generator,
    shape: tuple[int, int] | None = None,
) -> np.ndarray:
    """Damage patterns in one of the ways of `DAMAGES`: by `corrupt`, `erase` or `occlude`.

    Raises
    ------
    ParameterError
        If there is no such kind, the share is none, or occlusion is not told the shape of images.
    """
    if kind == "noise":
        return corrupt(patterns, share, rng)
    if kind == "erasure":
        return erase(patterns, share, rng)
    if kind == "occlusion" and shape is not None:
        return occlude(patterns, shape, share)
    limit = "needs the shape of images" if kind == "occlusion" else f"must be one of {', '.join(DAMAGES)}"
    raise ParameterError("damaged(kind)", kind, limit)


def corrupt(patterns: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    """Flip an exact share of the units of each pattern, chosen at random.

    Parameters
    ----------
    patterns : ndarray of -1 and 1, shape (m, n)
    share : float
        From 0 to 1; rounded to whole units.
    rng : numpy.random.Generator

    Raises
    ------
    ParameterError
        If the share is none.
    """
    chosen = _chosen(patterns, _checked(share, "corrupt"), rng)
    flipped = patterns.copy()
    np.put_along_axis(flipped, chosen, -np.take_along_axis(patterns, chosen, axis=1), axis=1)
    return flipped


def erase(patterns: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    """Forget an exact share of the units of each pattern: they become -1 or 1 with equal odds.

    Half of them stay right by chance, so that the overlap left is ``1 - share``, where noise leaves
    ``1 - 2 share``.

    Parameters
    ----------
    patterns : ndarray of -1 and 1, shape (m, n)
    share : float
        From 0 to 1; rounded to whole units.
    rng : numpy.random.Generator

    Raises
    ------
    ParameterError
        If the share is none.
    """
    chosen = _chosen(patterns, _checked(share, "erase"), rng)
    erased = patterns.copy()
    np.put_along_axis(erased, chosen, 2 * rng.integers(0, 2, chosen.shape, dtype=np.int8) - 1, axis=1)
    return erased


def occlude(
    patterns: np.ndarray, shape: tuple[int, int], share: float, *, side: str = "bottom", value: int = -1
) -> np.ndarray:
    """Cover one side of images.

    Parameters
    ----------
    patterns : ndarray of -1 and 1, shape (m, n)
    shape : tuple of two int
        Rows and columns of an image.
    share : float
        Of the image, from 0 to 1; rounded to whole rows or columns.
    side : {"bottom", "top", "left", "right"}, default "bottom"
    value : {-1, 1}, default -1
        Of covered pixels.

    Raises
    ------
    ParameterError
        If the share is none, there is no such side, or images have another size.
    """
    _checked(share, "occlude")
    if side not in SIDES:
        raise ParameterError("occlude(side)", side, f"must be one of {', '.join(SIDES)}")
    check_shape("occlude(shape)", shape, patterns.shape[1])
    covered = patterns.reshape(-1, *shape).copy()
    towards_end = covered if side in ("bottom", "right") else covered[:, ::-1, ::-1]
    if side in ("bottom", "top"):
        towards_end[:, shape[0] - round(share * shape[0]) :] = value
    else:
        towards_end[:, :, shape[1] - round(share * shape[1]) :] = value
    return covered.reshape(patterns.shape)


def check_shape(where: str, shape: tuple[int, int], n: int) -> None:
    """Raise a ParameterError if images of a shape have not n pixels."""
    if not isinstance(shape, tuple) or len(shape) != 2 or shape[0] * shape[1] != n:
        raise ParameterError(where, shape, f"must be rows and columns of the {n} units")


def _checked(share: float, name: str) -> float:
    return read_number(f"{name}(share)", share, "must be from 0 to 1", 0, 1)


def _chosen(patterns: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    """An exact share of the units of each pattern, shape (m, count)."""
    m, n = patterns.shape
    count = round(share * n)
    if not count:
        return np.zeros((m, 0), np.int64)
    return np.argpartition(rng.random((m, n)), count - 1, axis=1)[:, :count]
