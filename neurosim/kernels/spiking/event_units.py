"""Units without a state, which answer the events of a step in that step."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from neurosim.kernels.core.jit import kernel
from neurosim.kernels.spiking.spikes import append_fired, none_fired


@kernel
def threshold_spikes(
    first_row: int,
    n_steps: int,
    exc: NDArray[np.float64],
    inh: NDArray[np.float64],
    threshold: NDArray[np.float64],
    veto: bool,
    spikes: NDArray[np.int32],
    offsets: NDArray[np.int64],
) -> int:
    """Let threshold units answer their events, which are used up.

    Parameters
    ----------
    first_row : int
        Row of the first step; step k has row ``(first_row + k) % n_rows``.
    n_steps : int
    exc, inh : ndarray, shape (n_rows, size)
        Events by step of arrival.
    threshold : ndarray, shape (size,)
    veto : bool
        Whether inhibition silences instead of being subtracted.
    spikes : ndarray of int, shape (at least n_steps*size,)
        Filled with units.
    offsets : ndarray of int, shape (at least n_steps + 1,)
        Filled: step k has ``spikes[offsets[k]:offsets[k + 1]]``.

    Returns
    -------
    int
        Number of spikes.
    """
    size = threshold.size
    fired = none_fired(size)
    count = 0
    offsets[0] = 0
    for k in range(n_steps):
        row = (first_row + k) % exc.shape[0]
        excitation, inhibition = exc[row], inh[row]
        if veto:
            for i in range(size):
                fired[i] = (excitation[i] >= threshold[i]) & (inhibition[i] == 0.0)
        else:
            for i in range(size):
                fired[i] = excitation[i] - inhibition[i] >= threshold[i]
        excitation[:] = 0.0
        inhibition[:] = 0.0
        count = append_fired(fired, 0, spikes, count)
        offsets[k + 1] = count
    return count


@kernel
def repeated_spikes(
    first_row: int,
    n_steps: int,
    events: NDArray[np.float64],
    spikes: NDArray[np.int32],
    offsets: NDArray[np.int64],
) -> int:
    """Let parrots repeat their events, which are used up once there is room for all spikes.

    Parameters
    ----------
    first_row, n_steps, offsets
        As for `threshold_spikes`.
    events : ndarray, shape (n_rows, size)
    spikes : ndarray of int, shape (capacity,)
        Filled with units, each as often as it fires.

    Returns
    -------
    int
        Number of spikes, or -1 if they are too many to be counted or not a number. If it is -1 or exceeds the
        capacity, nothing has been done: call again with more room.
    """
    total = 0.0
    for k in range(n_steps):
        row = events[(first_row + k) % events.shape[0]]
        for i in range(row.size):
            total += 0.0 if row[i] < 0.5 else np.floor(row[i] + 0.5)
    if not total < 2.0**31:
        return -1
    if total > spikes.size:
        return int(total)
    count = 0
    offsets[0] = 0
    for k in range(n_steps):
        row = events[(first_row + k) % events.shape[0]]
        if total > 0.0:
            for i in range(row.size):
                for _ in range(int(np.floor(row[i] + 0.5))):
                    spikes[count] = i
                    count += 1
        row[:] = 0.0
        offsets[k + 1] = count
    return count
