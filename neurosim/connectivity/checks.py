"""What weights, spikes and buffers must be before anything is computed with them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neurosim.errors import ParameterError
from neurosim.units import convert, is_quantity

Floats = NDArray[np.floating[Any]]
Integers = NDArray[np.integer[Any]]


def checked_size(where: str, n: int) -> int:
    """Return `n` as an int if it is a number of units that 32-bit indices can count, from 1 on.

    Raises
    ------
    ParameterError
        If it is not.
    """
    if not isinstance(n, int | np.integer) or isinstance(n, bool) or not 1 <= n < 2**31:
        raise ParameterError(where, n, "must be a whole number from 1 to 2147483647")
    return int(n)


def checked_unit(where: str, unit: int, n: int) -> int:
    """Return `unit` as an int if it is the number of one of `n` units.

    Raises
    ------
    ParameterError
        If it is not.
    """
    if not isinstance(unit, int | np.integer) or isinstance(unit, bool) or not 0 <= unit < n:
        raise ParameterError(where, unit, f"must be a whole number from 0 to {n - 1}")
    return int(unit)


def read_array(where: str, given: ArrayLike) -> NDArray[Any]:
    """Return `given` as an array, itself where it is one.

    Raises
    ------
    ParameterError
        If it is no array, such as a list whose rows differ in length, or values of it are masked.
    """
    if np.ma.is_masked(given):
        remedy = "Fill them, or leave their rows out."
        raise ParameterError(where, given, "has masked values, which would count as any other", remedy)
    try:
        return np.asarray(given)
    except ParameterError:  # a Variable is none, and says what to do
        raise
    except (TypeError, ValueError) as error:
        raise ParameterError(where, given, "must be an array, its rows equally long") from error


def read_numbers(where: str, given: ArrayLike) -> NDArray[Any]:
    """Return `given` as an array of real numbers, itself where it is one.

    Raises
    ------
    ParameterError
        If it is no array, carries a unit, or holds something else.
    """
    first = given
    while isinstance(first, list | tuple) and first:
        first = first[0]
    # An array that is a quantity is of a type derived from it; quantities in a list would be in units of
    # their library.
    if type(first) is not np.ndarray and is_quantity(first):
        raise ParameterError(where, given, "must be numbers without a unit", "Give them in the unit wanted.")
    values = read_array(where, given)
    if values.dtype.kind not in "biuf":
        raise ParameterError(where, values.dtype, "must be real numbers")
    return values


def checked_weights(where: str, weights: ArrayLike) -> Floats:
    """Return `weights` as a C-contiguous float32 or float64 array: themselves where they are one already.

    Raises
    ------
    ParameterError
        If they are not real numbers, or one is not finite.
    """
    values = read_numbers(where, weights)
    if values.dtype not in (np.float32, np.float64):
        values = values.astype(np.float64)
    if values.ndim and not values.flags.c_contiguous:
        values = np.ascontiguousarray(values)
    finite = np.isfinite(values)
    if not finite.all():
        place = tuple(int(i) for i in np.argwhere(~finite)[0])
        raise ParameterError(
            f"{where}{list(place) if place else ''}", float(values[place]), "every weight must be finite"
        )
    return values


def checked_delays(where: str, delays: Any) -> NDArray[np.float64]:
    """Return `delays`, numbers in ms or quantities, as a new array of float64, in ms.

    Raises
    ------
    ParameterError
        If they are not real numbers, or one is negative or not finite.
    UnitError
        If they are quantities, but no times.
    """
    values = np.asarray(convert(delays, "ms", where))
    wrong = values < 0
    if wrong.any():
        raise ParameterError(where, float(values[wrong][0]), "every delay must be a time, 0 or more")
    return values


def check_buffer(where: str, buffer: NDArray[Any]) -> None:
    """Raise ParameterError unless `buffer` is a writeable, C-contiguous array of float64."""
    if not isinstance(buffer, np.ndarray):
        raise ParameterError(where, buffer, "must be a writeable, C-contiguous array of float64")
    if buffer.dtype != np.float64 or not buffer.flags.c_contiguous or not buffer.flags.writeable:
        raise ParameterError(
            where,
            f"array of {buffer.dtype}, C-contiguous: {buffer.flags.c_contiguous}",
            "must be a writeable, C-contiguous array of float64",
        )


def check_part(where: str, start: int, n: int, size: int) -> None:
    """Raise ParameterError unless `n` units from `start` on lie in a population of `size`."""
    if start < 0 or start + n > size:
        raise ParameterError(where, start, f"{n} units from there do not fit a population of {size}")


def check_ring(where: str, ring: NDArray[Any], post_size: int) -> None:
    """Raise ParameterError unless the rows of `ring` are inputs to populations of `post_size` units."""
    check_buffer(where, ring)
    if ring.ndim != 2 or ring.shape[1] % post_size:
        raise ParameterError(where, ring.shape, f"must be (n_rows, trials*{post_size})")


def check_indices(where: str, spikes: NDArray[Any], n: int) -> None:
    """Raise ParameterError unless `spikes` is a list of indices from 0 to n - 1."""
    if spikes.ndim != 1 or spikes.dtype.kind not in "iu":
        raise ParameterError(
            where,
            f"array of {spikes.dtype}, shape {spikes.shape}",
            "must be a one-dimensional array of indices",
            "Turn a mask into indices with numpy.flatnonzero.",
        )
    if spikes.size and not (spikes.min() >= 0 and spikes.max() < n):
        wrong = spikes[(spikes < 0) | (spikes >= n)][0]
        raise ParameterError(where, int(wrong), f"indices run from 0 to {n - 1}")


def check_offsets(where: str, offsets: NDArray[Any], n_spikes: int, n_rows: int) -> None:
    """Raise ParameterError unless `offsets` cut `n_spikes` spikes into at most `n_rows` steps."""
    if offsets.ndim != 1 or offsets.size == 0 or offsets.dtype.kind not in "iu":
        raise ParameterError(
            where, f"array of {offsets.dtype}, shape {offsets.shape}", "must be n_steps + 1 whole numbers"
        )
    if offsets.size - 1 > n_rows:
        raise ParameterError(where, offsets.size - 1, f"a ring of {n_rows} rows holds no more steps")
    if offsets[0] < 0 or offsets[-1] > n_spikes or (offsets[1:] < offsets[:-1]).any():
        raise ParameterError(where, offsets, f"must not fall and must stay between 0 and {n_spikes}")


def checked_amplitudes(where: str, amplitudes: ArrayLike, n_spikes: int) -> NDArray[np.float64]:
    """Return `amplitudes` as a contiguous array of float64 with a number for each of `n_spikes` spikes.

    Raises
    ------
    ParameterError
        If they are not real numbers, or another number of them.
    """
    values = np.ascontiguousarray(read_numbers(where, amplitudes), dtype=np.float64)
    if values.shape != (n_spikes,):
        raise ParameterError(where, values.shape, f"the shape must be ({n_spikes},), a factor for each spike")
    return values


def check_rows(where: str, row_starts: Integers, n_synapses: int) -> None:
    """Refuse rows that do not divide so many synapses.

    Raises
    ------
    ParameterError
        If their beginnings fall, or do not lead from 0 to `n_synapses`.
    """
    if row_starts[0] != 0 or row_starts[-1] != n_synapses or (row_starts[1:] < row_starts[:-1]).any():
        raise ParameterError(where, row_starts, f"must not fall, and lead from 0 to {n_synapses}")


def checked_units(where: str, units: ArrayLike, n: int) -> Integers:
    """Return an array with the number of one of `n` units for each synapse.

    Raises
    ------
    ParameterError
        If it is something else.
    """
    indices = read_array(where, units)
    if indices.size == 0:
        indices = indices.astype(np.int64)
    if indices.ndim != 1 or indices.dtype.kind not in "iu":
        raise ParameterError(
            where, f"array of {indices.dtype}, shape {indices.shape}", "must be a list of whole numbers"
        )
    if indices.size and not (indices.min() >= 0 and indices.max() < n):
        wrong = indices[(indices < 0) | (indices >= n)][0]
        raise ParameterError(where, int(wrong), f"units are numbered from 0 to {n - 1}")
    return indices
