"""Analysis of what was recorded, and of what units compute."""

from neurosim.analysis.activation_curves import ActivationCurve, activation_curves
from neurosim.analysis.information import cross_entropy, entropy, kl_divergence
from neurosim.analysis.spike_trains import interval_cv, mean_rate

__all__ = [
    "ActivationCurve",
    "activation_curves",
    "cross_entropy",
    "entropy",
    "interval_cv",
    "kl_divergence",
    "mean_rate",
]
