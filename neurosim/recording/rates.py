"""Recorded population rates."""

from __future__ import annotations

from typing import Any

import numpy as np

from neurosim.errors import ParameterError
from neurosim.recording.columns import Layout
from neurosim.recording.recording import Recording
from neurosim.units import convert

KERNELS = ("gaussian", "box", "exponential")

REACH = {"gaussian": 5.0, "box": 0.5, "exponential": 30.0}
"""Widths from the middle of a kernel within which it matters."""


class RateRecording(Recording):
    """Spikes of a population, counted in bins.

    Parameters
    ----------
    name : str
    n : int
        Number of neurons.
    bin_steps : int
        Time steps in a bin.
    dt, trials
        As for `Recording`.

    Attributes
    ----------
    t : ndarray, shape (n_bins,)
        Middle of each bin, ms. There are only bins that are over.
    count : ndarray of int64, shape (n_bins,) or (n_bins, trials)
        Spikes of all neurons in each bin.
    rate : ndarray, shape (n_bins,) or (n_bins, trials)
        Spikes of a neuron and second, Hz.
    """

    KIND = "rates"
    FIELDS = ("n", "bin_steps")

    def __init__(self, *, name: str, n: int, bin_steps: int, dt: float = 0.0, trials: int = 1) -> None:
        self.n, self.bin_steps = n, bin_steps
        super().__init__(name=name, dt=dt, trials=trials)

    def layout(self, trials: int) -> Layout:
        """First step, and spikes, of each bin."""
        return {"_step": ("<i8", ()), "count": ("<i8", () if trials == 1 else (trials,))}

    @property
    def t(self) -> np.ndarray:
        """Middle of each bin, ms."""
        return np.asarray((self.steps_of_rows() + 0.5 * self.bin_steps) * self.dt)

    @property
    def count(self) -> np.ndarray:
        """Spikes in each bin, (n_bins,) or (n_bins, trials)."""
        return self.columns.read("count")

    @property
    def rate(self) -> np.ndarray:
        """Rate in each bin, Hz, (n_bins,) or (n_bins, trials)."""
        if not self.columns.n_rows:
            return self.count.astype(float)
        return np.asarray(self.count * (1000.0 / (self.n * self.bin_steps * self.dt)))

    def series(self) -> dict[str, tuple[np.ndarray, str]]:
        """The rate."""
        return {"rate": (self.rate, "Hz")}

    def smoothed(self, width: Any, kernel: str = "gaussian") -> np.ndarray:
        """Rate, weighted with a kernel around each bin.

        The weights of the bins that exist are made to sum to 1, so that a constant rate stays what it is up
        to both ends.

        Parameters
        ----------
        width : float, str or quantity
            ms: standard deviation of the Gaussian, full width of the box, time constant of the exponential.
        kernel : {"gaussian", "box", "exponential"}, default "gaussian"
            The exponential looks back only. The box counts a bin by the part of it that it covers.

        Returns
        -------
        ndarray, shape (n_bins,) or (n_bins, trials)
            Hz.

        Raises
        ------
        ParameterError
            If the width is not positive, or there is no such kernel.
        """
        where = f"{self.name}.smoothed"
        if kernel not in KERNELS:
            raise ParameterError(f"{where}.kernel", kernel, f"must be one of {', '.join(KERNELS)}")
        number = convert(width, "ms", f"{where}.width")
        if not isinstance(number, float) or number <= 0:
            raise ParameterError(f"{where}.width", width, "must be one positive time")
        rate = self.rate
        if not len(rate):
            return rate
        from scipy.ndimage import convolve1d

        bins = number / (self.bin_steps * self.dt)
        # No kernel need reach further than the recording is long.
        weights = _weights(kernel, bins, min(int(REACH[kernel] * bins) + 1, len(rate)))
        covered = convolve1d(np.ones(len(rate)), weights, mode="constant")
        smooth = convolve1d(rate, weights, axis=0, mode="constant")
        return np.asarray(smooth / covered.reshape(-1, *[1] * (rate.ndim - 1)))

    def __repr__(self) -> str:
        width = self.bin_steps * self.dt
        return f"RateRecording({self.name!r}, {self.columns.n_rows} bins of {width:g} ms)"


def _weights(kernel: str, width: float, reach: int) -> np.ndarray:
    """Weights of the bins from `reach` before the middle one to as many after it; `width` in bins."""
    place = np.arange(-reach, reach + 1.0)
    if kernel == "gaussian":
        return np.asarray(np.exp(-0.5 * (place / width) ** 2))
    if kernel == "exponential":
        return np.where(place >= 0, np.exp(-np.maximum(place, 0.0) / width), 0.0)
    overlap = np.minimum(place + 0.5, width / 2) - np.maximum(place - 0.5, -width / 2)
    return np.asarray(np.clip(overlap, 0.0, 1.0))
