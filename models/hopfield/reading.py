"""What a memory is given, read and checked."""

from __future__ import annotations

import difflib
from typing import Any

import numpy as np

from neurosim.connectivity.checks import read_numbers
from neurosim.errors import ParameterError
from neurosim.rate.checks import is_whole


def read_states(where: str, given: Any, values: tuple[int, int]) -> np.ndarray:
    """States as int8 of -1 and 1, shape (rows, units).

    Parameters
    ----------
    where : str
        What to call them in errors.
    given : array of shape (rows, units)
    values : tuple of two int
        How the two states are written.

    Raises
    ------
    ParameterError
        If the rows differ in length, there are none, or there are other values, or masked ones.
    """
    states = read_numbers(where, given)
    if states.ndim != 2 or 0 in states.shape:
        raise ParameterError(where, states.shape, "the shape must be (patterns, units), neither of them 0")
    low, high = values
    fits = (states == low) | (states == high)
    if not fits.all():
        row, unit = np.argwhere(~fits)[0]
        raise ParameterError(f"{where}[{row}, {unit}]", states[row, unit].item(), f"must be {low} or {high}")
    return np.where(states == high, np.int8(1), np.int8(-1))


def read_probes(where: str, given: Any, values: tuple[int, int], n: int) -> np.ndarray:
    """One state of n units, or a batch of them; int8 of -1 and 1, shape (batch, n).

    Raises
    ------
    ParameterError
        As for `read_states`, or if there are not n units.
    """
    states = read_states(where, np.atleast_2d(read_numbers(where, given)), values)
    if states.shape[1] != n:
        raise ParameterError(where, states.shape, f"the stored patterns have {n} units")
    return states


def read_bias(given: Any, n: int) -> np.ndarray:
    """A bias for each of n units.

    Raises
    ------
    ParameterError
        If it is not finite, or neither one number nor n of them.
    """
    bias = read_numbers("Hopfield.bias", given).astype(np.float64)
    if bias.shape not in ((), (n,)) or not np.isfinite(bias).all():
        raise ParameterError("Hopfield.bias", given, f"must be finite, of the shape () or ({n},)")
    return np.broadcast_to(bias, n).copy()


def read_temperatures(given: Any, sweeps: Any) -> np.ndarray:
    """A temperature for each sweep.

    Raises
    ------
    ParameterError
        If there is no sweep, or a temperature is negative or not finite.
    """
    read_whole("Hopfield.recall(sweeps)", sweeps)
    temperatures = read_numbers("Hopfield.recall(temperature)", given)
    fits = temperatures.shape in ((), (sweeps,)) and np.isfinite(temperatures).all()
    if not fits or temperatures.dtype.kind == "b" or (temperatures < 0).any():
        limit = f"must be 0 or more, one number or {sweeps}"
        raise ParameterError("Hopfield.recall(temperature)", given, limit)
    return np.broadcast_to(temperatures.astype(np.float64), sweeps).copy()


def read_whole(where: str, given: Any, least: int = 1, most: int = 2**63 - 1) -> int:
    """A whole number.

    Raises
    ------
    ParameterError
        If it is none, too small or too large.
    """
    if isinstance(given, bool) or not isinstance(given, int | np.integer) or not least <= given <= most:
        limit = f"at least {least}" if most == 2**63 - 1 else f"from {least} to {most}"
        raise ParameterError(where, given, f"must be a whole number, {limit}")
    return int(given)


def read_generator(where: str, given: int | np.random.Generator) -> np.random.Generator:
    """A source of random numbers: a Generator itself, or a new one for a seed.

    Raises
    ------
    ParameterError
        If it is neither a Generator nor a whole number from 0 on.
    """
    if isinstance(given, np.random.Generator):
        return given
    if not is_whole(given) or given < 0:
        raise ParameterError(where, given, "must be a whole number from 0 on, or a Generator")
    return np.random.default_rng(given)


def read_number(
    where: str, given: Any, limit: str, least: float, most: float, *, open_: bool = False
) -> float:
    """A number of a range.

    Parameters
    ----------
    where : str
        What to call it in errors.
    given : float
    limit : str
        How errors put the range.
    least, most : float
    open_ : bool, default False
        Whether these two are no longer in it.

    Raises
    ------
    ParameterError
        If it is no number, or out of the range.
    """
    is_number = isinstance(given, int | float | np.integer | np.floating) and not isinstance(given, bool)
    if not is_number or not least <= given <= most or (open_ and given in (least, most)):
        raise ParameterError(where, given, limit)
    return float(given)


def one_of(where: str, value: Any, known: tuple[str, ...]) -> Any:
    """Return a name if it is known; otherwise suggest the nearest.

    Raises
    ------
    ParameterError
        If it is not.
    """
    if not isinstance(value, str) or value not in known:
        near = difflib.get_close_matches(str(value), known, n=1, cutoff=0.5)
        hint = f"Did you mean {near[0]!r}?" if near else ""
        raise ParameterError(where, value, f"must be one of {', '.join(known)}", hint)
    return value
