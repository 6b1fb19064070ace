"""Fit one unit type's tuning curve to the activation a network was trained with."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from neurosim.engines.tuning_curve import MeasuredCurve, measure_rates
from neurosim.errors import ParameterError
from neurosim.neurons import NeuronModel
from neurosim.rate import TuningCurve

SAMPLES = 20_000
"""Drives the fit is made on, at most."""


@dataclass(frozen=True)
class Calibration:
    """How a layer's drive z becomes a unit's input, and its firing rate an activation.

    The input is ``offset + gain*z``, and a rate of `scale` counts as an activation of 1.

    Attributes
    ----------
    gain, offset : float
        In the unit of the model's input.
    scale : float
        Hz.
    residual : float
        Root mean square difference between activation and fitted curve over the drives of the training set; 0 where
        nothing had to be fitted.
    """

    gain: float
    offset: float
    scale: float
    residual: float = 0.0

    def as_dict(self) -> dict[str, float]:
        """The numbers by name, for a report."""
        return asdict(self)


def measured_curve(model: NeuronModel, drive_range: tuple[float, float], points: int = 241) -> MeasuredCurve:
    """Tuning curve of a model over a range of inputs, measured for 500 ms at each of `points` inputs."""
    drive = np.linspace(*drive_range, points)
    return MeasuredCurve(drive, measure_rates(model, drive, duration=500.0, settle=100.0))


def calibrate(curve: MeasuredCurve, activation: TuningCurve, drives: np.ndarray) -> Calibration:
    """Choose gain, offset and scale of one layer by least squares.

    A network trained with one tuning curve can be driven by units with another if, over the drives that occur,
    ``rate(offset + gain*z)/scale`` is near the activation a(z). The weights stay as they are: only these three
    numbers are chosen, on the training set.

    Parameters
    ----------
    curve : MeasuredCurve
        Tuning curve of the units.
    activation : TuningCurve
        What the network was trained with.
    drives : ndarray
        Drives z of the layer over the training set, any shape.

    Returns
    -------
    Calibration

    Raises
    ------
    ParameterError
        If the units do not fire anywhere in the range of the curve.
    """
    from scipy.optimize import minimize

    if not curve.rates.max() > 0:
        raise ParameterError("calibrate.curve", curve.rates, "the units are silent over the whole range")
    flat = np.asarray(drives, dtype=np.float64).ravel()
    z = np.sort(flat)[:: max(1, flat.size // SAMPLES)]
    target = activation.value(z)
    low, high = curve.drive[0], curve.drive[-1]
    onset = curve.drive[np.argmax(curve.rates > 0)]
    strongest = np.quantile(z, 0.999)

    def best_scale(rates: np.ndarray) -> float:
        return float(rates @ rates / max(rates @ target, 1e-12))

    def error(x: np.ndarray) -> float:
        gain, offset = np.exp(x[0]), x[1]
        rates = curve.rate(offset + gain * z)
        if not rates.any():
            return 1e6
        # Inputs beyond the measured range are not to be used: the units may fall silent there.
        beyond = max(0.0, offset + gain * strongest - high) / (high - low)
        return float(np.mean((rates / best_scale(rates) - target) ** 2) + beyond**2)

    spread = max(strongest, 1e-6)
    starts = [(np.log(part * (high - onset) / spread), onset) for part in (0.3, 0.6, 0.9)]
    found = min((minimize(error, s, method="Nelder-Mead", options={"maxiter": 400}) for s in starts), key=lambda r: r.fun)
    gain, offset = float(np.exp(found.x[0])), float(found.x[1])
    rates = curve.rate(offset + gain * z)
    scale = best_scale(rates)
    residual = float(np.sqrt(np.mean((rates / scale - target) ** 2)))
    return Calibration(gain, offset, scale, residual)
