"""Firing rate as a function of a constant input, measured by running the model."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from neurosim.errors import ParameterError
from neurosim.integrators import default_integrator
from neurosim.network import Network, Population, SpikeMonitor
from neurosim.network.precision import obstacle
from neurosim.neurons.model import NeuronModel
from neurosim.units import convert

GRID = 2000
"""Points of a measured curve; as many or fewer inputs are measured themselves."""

STEP = 0.01
"""Half the width of the difference that gives a slope, as a fraction of the input."""


class MeasuredCurve:
    """A measured tuning curve, linear between its points and constant outside.

    Between a silent point and a firing one it jumps half-way: a neuron that starts to fire at 50 Hz has no
    drive at which it fires at 20 Hz.

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
        """Rate at the given inputs, Hz; half-way across a jump, that of the point above."""
        x = np.asarray(drive, dtype=np.float64)
        above = np.clip(np.searchsorted(self.drive, x, side="right"), 1, max(self.drive.size - 1, 1))
        left, right = self.drive[above - 1], self.drive[above % self.drive.size]
        below_rate, above_rate = self.rates[above - 1], self.rates[above % self.drive.size]
        nearer = np.where(x - left < right - x, below_rate, above_rate)
        jumps = (below_rate > 0) != (above_rate > 0)
        return np.asarray(np.where(jumps, nearer, np.interp(x, self.drive, self.rates)))


def rate(model: NeuronModel, drive: Any) -> np.ndarray:
    """Measured rate; see `NeuronModel.rate`."""
    x = _inputs(model, drive)
    return tuning_curve(model, x).rate(x)


def slope(model: NeuronModel, drive: Any) -> np.ndarray:
    """Slope of the measured rate; see `NeuronModel.rate_derivative`."""
    x = _inputs(model, drive)
    step = STEP * np.maximum(np.abs(x), 1.0)
    points = np.stack([x - step, x, x + step])
    below, here, above = tuning_curve(model, points).rate(points)
    left, right = (here - below) / step, (above - here) / step
    # Across a jump the difference tells of the step, not of the curve.
    onset, offset = ((side > 0) != (here > 0) for side in (below, above))
    return np.where(onset & offset, 0.0, np.where(onset, right, np.where(offset, left, (left + right) / 2)))


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
        ms. Spikes are located inside the steps, where that is possible. Linear equations are solved
        exactly, others, and linear ones of several states that are reset, by ``rk4``, those with noise by
        their own integrator.

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
    system, precise = model.system, not obstacle(model, model.system)
    integrator = "exact" if system.is_linear else None if system.noises else "rk4"
    if precise and model.reset:
        integrator = default_integrator(system, precise=True)
    cells = Population(inputs.size, model, integrator=integrator, precise_spikes=precise)
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


@lru_cache(maxsize=32)
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
