"""The firing patterns of the adaptive exponential neuron."""

from neurosim.neurons.adex import AdEx
from neurosim.neurons.firing_pattern import FiringPattern

_NAMES = ("C_m", "g_L", "E_L", "a", "tau_w", "b", "V_reset")
_TABLE = {
    "tonic spiking": ((200, 10, -70, 2, 30, 0, -58), 500),
    "adaptation": ((200, 12, -70, 2, 300, 60, -58), 500),
    "initial burst": ((130, 18, -58, 4, 150, 120, -50), 400),
    "regular bursting": ((200, 10, -58, 2, 120, 100, -46), 210),
    "delayed accelerating": ((200, 12, -70, -10, 300, 0, -58), 300),
    "delayed regular bursting": ((100, 10, -65, -10, 90, 30, -47), 110),
    "transient spiking": ((100, 10, -65, 10, 90, 100, -47), 180),
    "irregular spiking": ((100, 12, -60, -11, 130, 30, -48), 160),
}

AdExPatterns = {
    name: FiringPattern(
        AdEx,
        dict(zip(_NAMES, values, strict=True)) | {"V_T": -50, "Delta_T": 2, "V_peak": 0},
        stimulus=((0.0, 0.0), (50.0, current)),
        duration=550.0,
    )
    for name, (values, current) in _TABLE.items()
}
"""Naud et al. (2008), table 1 (doi:10.1007/s00422-008-0264-7), by name: a step of current from rest.

The onset of the step, 50 ms, is not the paper's.
"""
