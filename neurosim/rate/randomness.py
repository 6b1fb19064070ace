"""Sources of random numbers, and what they are in a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from neurosim.errors import DataError, ParameterError
from neurosim.rate.checks import is_whole

KINDS: dict[str, Any] = {
    kind.__name__: kind
    for kind in (
        np.random.PCG64,
        np.random.PCG64DXSM,
        np.random.Philox,
        np.random.SFC64,
        np.random.MT19937,
    )
}

Seed = int | np.random.Generator | None


def as_generator(where: str, seed: Seed) -> np.random.Generator:
    """Return a generator itself, or a new one: seeded by a number, otherwise by chance.

    Raises
    ------
    ParameterError
        If it is neither a whole number from 0 on, nor a Generator, nor None.
    """
    if seed is None or isinstance(seed, np.random.Generator) or (is_whole(seed) and seed >= 0):
        return np.random.default_rng(seed)
    raise ParameterError(where, seed, "must be a whole number from 0 on, a Generator or None")


def drawn_seed(where: str, seed: Seed) -> int:
    """Return a number that gives the same random numbers again: the seed itself, otherwise a drawn one.

    Raises
    ------
    ParameterError
        As `as_generator`.
    """
    generator = as_generator(where, seed)
    drawn = seed is None or isinstance(seed, np.random.Generator)
    return int(generator.integers(2**63)) if drawn else int(seed)  # type: ignore[arg-type]


def generator_state(generator: np.random.Generator) -> dict[str, Any]:
    """Return numbers, text and arrays from which `load_generator` goes on."""
    return dict(generator.bit_generator.state)


def load_generator(generator: np.random.Generator, state: Mapping[str, Any]) -> None:
    """Let a generator go on from what `generator_state` returned.

    Raises
    ------
    DataError
        If it is of another kind.
    """
    try:
        generator.bit_generator.state = dict(state)
    except (ValueError, TypeError, LookupError) as error:
        raise DataError(f"a source of random numbers cannot go on from the state given ({error}).") from error


def new_generator(state: Mapping[str, Any]) -> np.random.Generator:
    """Return a new generator that goes on from what `generator_state` returned."""
    if state.get("bit_generator") not in KINDS:
        raise DataError(f"{state.get('bit_generator')!r} is no known source of random numbers.")
    generator = np.random.Generator(KINDS[state["bit_generator"]]())
    load_generator(generator, state)
    return generator
