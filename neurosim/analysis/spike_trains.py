"""Statistics of spike trains."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from neurosim.errors import ParameterError


def mean_rate(trains: Sequence[npt.ArrayLike], duration: float) -> float:
    """Mean firing rate of a population.

    Parameters
    ----------
    trains : sequence of array_like
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
        If these are no trains, there are no neurons, or the duration is not positive.
    """
    trains = _checked_trains("mean_rate.trains", trains)
    if not trains:
        raise ParameterError("mean_rate.trains", trains, "must hold at least one neuron")
    if not duration > 0:
        raise ParameterError("mean_rate.duration", duration, "must be a positive time in ms")
    return 1000.0 * sum(train.size for train in trains) / (len(trains) * duration)


def interval_cv(trains: Sequence[npt.ArrayLike], least: int = 3) -> npt.NDArray[np.float64]:
    """Coefficient of variation of the intervals between spikes: 0 for a clock, 1 for a Poisson process.

    Parameters
    ----------
    trains : sequence of array_like
        Spike times of each neuron, ms, rising, as `SpikeMonitor.spike_trains` gives them.
    least : int, default 3
        Spikes a neuron must have; 2 or more.

    Returns
    -------
    ndarray, shape (n_neurons,)
        Standard deviation over mean of each neuron's intervals; NaN where it has fewer than `least` spikes.

    Raises
    ------
    ParameterError
        If these are no trains, `least` is below 2, or spike times fall.
    """
    if least < 2:
        raise ParameterError("interval_cv.least", least, "must be at least 2, for one interval")
    trains = _checked_trains("interval_cv.trains", trains)
    result = np.full(len(trains), np.nan)
    for k, train in enumerate(trains):
        if train.size >= least:
            intervals = np.diff(train)
            if np.any(intervals <= 0):
                raise ParameterError("interval_cv.trains", train, "spike times must rise")
            result[k] = intervals.std() / intervals.mean()
    return result


def _checked_trains(where: str, trains: Sequence[npt.ArrayLike]) -> list[npt.NDArray[np.float64]]:
    try:
        arrays = [np.asarray(train, float) for train in trains]
    except (TypeError, ValueError):
        arrays = None
    if arrays is None or any(train.ndim != 1 for train in arrays):
        limit = "must hold the spike times of each neuron, ms"
        raise ParameterError(where, trains, limit, "Take monitor.spike_trains().")
    return arrays
