"""Fit one unit type's tuning curve to the activation a network was trained with."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from neurosim.bridge.trained_mlp import TrainedMLP
from neurosim.engines.tuning_curve import MeasuredCurve, measure_rates
from neurosim.errors import ParameterError
from neurosim.neurons import NeuronModel
from neurosim.rate import TuningCurve

SAMPLES = 20_000
"""Drives the fit is made on, about."""

FAINT = 0.01
"""A layer whose largest activation is below this is silent, for any purpose."""


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
        Root mean square difference between activation and fitted curve over the drives of the training set; 0
        where nothing had to be fitted.
    """

    gain: float
    offset: float
    scale: float
    residual: float = 0.0

    def as_dict(self) -> dict[str, float]:
        """Return the numbers by name, for a report."""
        return asdict(self)


def measured_curve(model: NeuronModel, drive_range: tuple[float, float], points: int = 241) -> MeasuredCurve:
    """Tuning curve of a model over a range of inputs.

    Parameters
    ----------
    model : NeuronModel
    drive_range : tuple of two float
        Lowest and highest input, in the unit of the model's input.
    points : int, default 241
        Inputs between them at which the rate is measured, for 500 ms.

    Raises
    ------
    ParameterError
        If the model does not spike.
    """
    drive = np.linspace(*drive_range, points)
    return MeasuredCurve(drive, measure_rates(model, drive, duration=500.0, settle=100.0))


def calibrate_layers(mlp: TrainedMLP, curve: MeasuredCurve | None, images: np.ndarray) -> list[Calibration]:
    """Calibration of each hidden layer.

    Parameters
    ----------
    mlp : TrainedMLP
    curve : MeasuredCurve or None
        Tuning curve of the units; None if they have the perceptron's own, so that nothing need be fitted.
    images : ndarray, shape (n_images, n_pixels)
        Training images, whose drives the fit is made on.

    Returns
    -------
    list of Calibration
    """
    activation = mlp.activation
    if curve is None:
        own = Calibration(activation.gain, activation.offset, activation.scale)
        return [own] * (len(mlp.connectivities) - 1)
    return [calibrate(curve, activation, z) for z in mlp.drives(images)[:-1]]


def calibrate(curve: MeasuredCurve, activation: TuningCurve, drives: np.ndarray) -> Calibration:
    """Choose gain, offset and scale of one layer by least squares.

    A network trained with one tuning curve can be driven by units with another if, over the drives that
    occur, ``rate(offset + gain*z)/scale`` is near the activation a(z). The weights stay as they are: only
    these three numbers are chosen, on the training set.

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
        For a layer whose activation is 0 throughout, one that keeps its units silent.

    Raises
    ------
    ParameterError
        If the units do not fire anywhere in the range of the curve, or the drives are not finite.
    """
    from scipy.optimize import minimize

    if not curve.rates.max() > 0:
        raise ParameterError("calibrate.curve", curve.rates, "the units are silent over the whole range")
    flat = np.asarray(drives, dtype=np.float64).ravel()
    if not flat.size or not np.isfinite(flat).all():
        raise ParameterError("calibrate.drives", drives, "must hold finite numbers, at least one")
    z = np.sort(flat)[:: max(1, flat.size // SAMPLES)]
    target = activation.value(z)
    low, high = float(curve.drive[0]), float(curve.drive[-1])
    onset = float(curve.drive[np.argmax(curve.rates > 0)])
    if target.max() < FAINT:
        return Calibration(1.0, low - float(z[-1]), float(curve.rates.max()))
    strongest = float(np.quantile(z, 0.999))

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

    # Start where the first drive that counts meets the onset, and the largest falls well into the range.
    first = float(z[np.argmax(target > 0.05 * target.max())])
    gains = [part * (high - onset) / max(float(z[-1]) - first, 1e-6) for part in (0.3, 0.6, 0.9)]
    starts = [(np.log(gain), onset - gain * first) for gain in gains]
    fits = [minimize(error, start, method="Nelder-Mead", options={"maxiter": 400}) for start in starts]
    found = min(fits, key=lambda fit: fit.fun)
    gain, offset = float(np.exp(found.x[0])), float(found.x[1])
    rates = curve.rate(offset + gain * z)
    scale = best_scale(rates)
    residual = float(np.sqrt(np.mean((rates / scale - target) ** 2)))
    return Calibration(gain, offset, scale, residual)
