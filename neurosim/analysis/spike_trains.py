"""Statistics of spike trains."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from neurosim.errors import ParameterError


def mean_rate(trains: Sequence[npt.NDArray[np.float64]], duration: float) -> float:
    """Mean firing rate of a population.

    Parameters
    ----------
    trains : sequence of ndarray
        Spike times of each neuron, ms, as `SpikeMonitor.spike_trains` gives them.
    duration : float
        Time they were recorded for, ms.

    Returns
    -------
    float
        Hz.

    Raises
    ------
    ParameterError
        If there are no neurons, or the duration is not positive.
    """
    if not len(trains):
        raise ParameterError("mean_rate.trains", trains, "must hold at least one neuron")
    if not duration > 0:
        raise ParameterError("mean_rate.duration", duration, "must be a positive time in ms")
    return 1000.0 * sum(train.size for train in trains) / (len(trains) * duration)


def interval_cv(trains: Sequence[npt.NDArray[np.float64]], least: int = 3) -> npt.NDArray[np.float64]:
    """Coefficient of variation of the intervals between spikes: 0 for a clock, 1 for a Poisson process.

    Parameters
    ----------
    trains : sequence of ndarray
        Spike times of each neuron, ms, rising.
    least : int, default 3
        Spikes a neuron must have; 2 or more.

    Returns
    -------
    ndarray, shape (n_neurons,)
        Standard deviation over mean of each neuron's intervals; NaN where it has fewer than `least` spikes.

    Raises
    ------
    ParameterError
        If `least` is below 2, or spike times fall.
    """
    if least < 2:
        raise ParameterError("interval_cv.least", least, "must be at least 2, for one interval")
    result = np.full(len(trains), np.nan)
    for k, train in enumerate(trains):
        if train.size >= least:
            intervals = np.diff(train)
            if np.any(intervals <= 0):
                raise ParameterError("interval_cv.trains", train, "spike times must rise")
            result[k] = intervals.std() / intervals.mean()
    return result
