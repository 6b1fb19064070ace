"""The firing rate of a leaky integrate-and-fire neuron with its kink smoothed."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from neurosim.description import Described
from neurosim.rate.activations.activations import softplus
from neurosim.rate.autodiff.operations import Array
from neurosim.rate.checks import checked_amount, checked_positive

_MS_PER_S = 1000.0
_FAR = 37.0
"""Beyond this distance softplus(u) equals u, or exp(u), in double precision."""


@dataclass(frozen=True)
class SoftLIF(Described):
    """Rate of a LIF neuron whose drive above threshold passes through a softplus.

    The rate (Hz) is 1000/(tau_ref + tau_m log(1 + 1/z)) with z = gamma log(1 + exp((v_in - 1)/gamma)); as
    gamma approaches 0 it becomes the curve of the LIF neuron, whose derivative is infinite at threshold.

    Parameters
    ----------
    tau_m : float, default 20.0
        Membrane time constant (ms).
    tau_ref : float, default 2.0
        Refractory period (ms).
    gamma : float, default 0.03
        Width of the smoothed region, in units of the drive; 0 for the hard curve.

    Raises
    ------
    ParameterError
        If `tau_m` is not positive, or another parameter is negative, or one is not finite.

    References
    ----------
    Hunsberger & Eliasmith 2015, arXiv:1510.08829, equations 4 to 6.
    """

    tau_m: float = 20.0
    tau_ref: float = 2.0
    gamma: float = 0.03

    def __post_init__(self) -> None:
        checked_positive("SoftLIF.tau_m", self.tau_m)
        checked_amount("SoftLIF.tau_ref", self.tau_ref)
        checked_amount("SoftLIF.gamma", self.gamma)

    def rate(self, x: ArrayLike) -> Array:
        """Return the firing rate (Hz) for the drive `x` = v_in (1 at threshold)."""
        return np.asarray(_MS_PER_S / self._interval(self._log_excess(_floating(x))))

    def rate_derivative(self, x: ArrayLike) -> Array:
        """Return the derivative of the rate by the drive (Hz)."""
        v_in = _floating(x)
        log_z = self._log_excess(v_in)
        # d log(1 + 1/z)/dv = -(z'/z)/(1 + z), and the ratio z'/z stays finite where z and z' underflow.
        with np.errstate(over="ignore"):
            slope = _MS_PER_S * self.tau_m * self._log_excess_derivative(v_in) / (1.0 + np.exp(log_z))
            return np.asarray(slope / np.square(self._interval(log_z)))

    def _interval(self, log_z: Array) -> Array:
        """Time between spikes (ms); log(1 + 1/z) is the softplus of -log z."""
        return np.asarray(self.tau_ref + self.tau_m * softplus(-log_z))

    def _log_excess(self, v_in: Array) -> Array:
        """Return log z, which keeps its digits where z itself underflows."""
        u = self._scaled(v_in)
        far_above = np.log(np.maximum(v_in - 1.0, np.finfo(v_in.dtype).tiny))
        if self.gamma == 0.0:
            return np.where(v_in > 1.0, far_above, -np.inf).astype(v_in.dtype)
        log_gamma = math.log(self.gamma)
        near = log_gamma + np.log(softplus(np.clip(u, -_FAR, _FAR)))
        return np.where(u > _FAR, far_above, np.where(u < -_FAR, log_gamma + u, near))

    def _log_excess_derivative(self, v_in: Array) -> Array:
        """Return d(log z)/dv = z'/z."""
        u = self._scaled(v_in)
        far_above = 1.0 / np.where(u > _FAR, v_in - 1.0, 1.0)
        if self.gamma == 0.0:
            return np.where(v_in > 1.0, far_above, 0.0).astype(v_in.dtype)
        clipped = np.clip(u, -_FAR, _FAR)
        near = np.exp(-softplus(-clipped)) / softplus(clipped) / self.gamma
        return np.where(u > _FAR, far_above, near)

    def _scaled(self, v_in: Array) -> Array:
        """Return (v - 1)/gamma, infinite on either side of the threshold where gamma is 0."""
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            return np.asarray(np.divide(v_in - 1.0, self.gamma, dtype=v_in.dtype))


def _floating(x: ArrayLike) -> Array:
    values = np.asarray(x)
    return values if values.dtype.kind == "f" else values.astype(np.float64)
