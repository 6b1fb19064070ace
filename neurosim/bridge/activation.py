"""The tuning curve of a neuron as the activation that networks for the bridge are trained with."""

from __future__ import annotations

from neurosim.neurons import LIFRate
from neurosim.rate import TuningCurve

REFERENCE_RATE = 100.0
"""Hz; a unit firing at this rate has an activation of 1."""


def lif_activation(gamma: float = 0.02) -> TuningCurve:
    """Tuning curve of the LIF neuron as an activation function.

    The activation of a drive z is the rate at ``v_in = 1 + z``, in units of 100 Hz.

    Parameters
    ----------
    gamma : float, default 0.02
        Width of the rounded corner at threshold, which keeps the gradient finite.
    """
    return TuningCurve(LIFRate.copy(gamma=gamma), scale=REFERENCE_RATE, offset=1.0)
