"""Firing rate as a function of a constant input, measured by running the model."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from neurosim.errors import ParameterError
from neurosim.network import Network, Population, SpikeMonitor
from neurosim.neurons.model import NeuronModel
from neurosim.units import convert

GRID = 257
"""Points of a measured curve; as many or fewer inputs are measured themselves."""


class MeasuredCurve:
    """A measured tuning curve, linear between its points and constant outside.

    Parameters
    ----------
    drive : ndarray, shape (n_points,)
        Rising inputs, in the unit of the model's input.
    rates : ndarray, shape (n_points,)
        Hz.
    """

    def __init__(self, drive: np.ndarray, rates: np.ndarray) -> None:
        self.drive, self.rates = drive, rates

    def rate(self, drive: Any) -> np.ndarray:
        """Rate at the given inputs, Hz."""
        return np.asarray(np.interp(np.asarray(drive, dtype=np.float64), self.drive, self.rates))

    def rate_derivative(self, drive: Any) -> np.ndarray:
        """Slope at the given inputs, Hz per unit of the input; 0 outside the measured range."""
        x = np.asarray(drive, dtype=np.float64)
        if self.drive.size < 2:
            return np.zeros_like(x)
        slopes = np.diff(self.rates) / np.diff(self.drive)
        place = np.clip(np.searchsorted(self.drive, x, side="right") - 1, 0, slopes.size - 1)
        return np.where((x >= self.drive[0]) & (x <= self.drive[-1]), slopes[place], 0.0)


def measure_rates(
    model: NeuronModel, drive: Any, *, duration: float = 1000.0, settle: float = 200.0, dt: float = 0.025
) -> np.ndarray:
    """Steady firing rates of a model under constant inputs, from the intervals between spikes.

    The input steps from 0 to its value at the start, so that a model with two stable states is seen in the
    one that a step reaches.

    Parameters
    ----------
    model : NeuronModel
    drive : array_like, shape (n,)
        In the unit of the model's input.
    duration : float, default 1000
        Time of measurement, ms.
    settle : float, default 200
        Time left out before it, ms.
    dt : float, default 0.025
        ms. Non-linear models are integrated by ``rk4``.

    Returns
    -------
    ndarray, shape (n,)
        Hz; 0 for fewer than two spikes.

    Raises
    ------
    ParameterError
        If the model has no threshold or no input, or `drive` is not finite.
    """
    if model.threshold is None:
        raise ParameterError(
            f"{model.name}.rate", drive, "the model has no threshold, so it has no firing rate"
        )
    inputs = np.atleast_1d(_inputs(model, drive))
    integrator = "exact" if model.system.is_linear else "rk4"
    cells = Population(inputs.size, model, integrator=integrator)
    cells[model.input] = inputs
    spikes = SpikeMonitor(cells)
    network = Network(cells, spikes, dt=dt, seed=0)
    network.run(dt * round((settle + duration) / dt))
    rates = np.zeros(inputs.size)
    for k, train in enumerate(spikes.spike_trains()):
        times = train[train >= settle]
        if times.size > 1:
            rates[k] = 1000.0 * (times.size - 1) / (times[-1] - times[0])
    return rates


def _inputs(model: NeuronModel, drive: Any) -> np.ndarray:
    return np.asarray(convert(drive, model.system.units[model.input], f"{model.name}.{model.input}"))


@lru_cache(maxsize=64)
def _measured(model: NeuronModel, points: tuple[float, ...]) -> MeasuredCurve:
    drive = np.array(points)
    return MeasuredCurve(drive, measure_rates(model, drive))


def tuning_curve(model: NeuronModel, drive: Any) -> MeasuredCurve:
    """Measured tuning curve of a model over the range of the given inputs.

    Parameters
    ----------
    model : NeuronModel
    drive : array_like
        Inputs at which the curve is wanted; up to `GRID` of them are measured themselves, more are
        interpolated.

    Raises
    ------
    ParameterError
        If there are no inputs, or the model has no threshold.
    """
    points = np.unique(_inputs(model, drive))
    if points.size == 0:
        raise ParameterError(f"{model.name}.rate.drive", drive, "must hold at least one input")
    if points.size > GRID:
        points = np.linspace(points[0], points[-1], GRID)
    return _measured(model, tuple(points.tolist()))
