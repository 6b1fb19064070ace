"""Noise with a memory begins as if it had always been there."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.kernels.mathematics.random import normal_block
from neurosim.network.population import Population

NOISE_STREAM = 2**16
"""Noise k of group p draws from the random stream p + k*NOISE_STREAM; streams below are the groups' own."""

FIRST_DRAW = 2**62
"""Noise with a memory that begins at step k begins with numbers of step FIRST_DRAW + k, after all runs."""


def noise_start(
    population: Population, seed: Any, stream: int, step: int, shape: tuple[int, int]
) -> dict[str, NDArray[np.float64]]:
    """Standard normal numbers for the states of stimuli that the user has not given a start value.

    Parameters
    ----------
    population : Population
    seed : np.uint64
    stream : int
        Number of the population in its network.
    step : int
        At which the noise begins.
    shape : tuple of int
        Trials and units.

    Returns
    -------
    dict of str to ndarray
    """
    values = {}
    for k, name in enumerate(population.composition.stationary, start=1):
        if name not in population.variables.start:
            numbers = np.empty((1, shape[0] * shape[1]))
            normal_block(seed, stream + k * NOISE_STREAM, FIRST_DRAW + step, 1, 0, numbers.size, numbers)
            values[name] = numbers.reshape(shape)
    return values
