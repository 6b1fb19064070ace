"""The twenty firing patterns of the Mihalas-Niebur neuron."""

from neurosim.neurons.firing_pattern import FiringPattern
from neurosim.neurons.mihalas_niebur import MihalasNiebur


def _pattern(a: float, A_1: float, A_2: float, *pieces: tuple[float, float], **start: float) -> FiringPattern:
    """Parameters as in the paper, a in 1/s, and the stimulus as (value, duration in ms) in turn."""
    stimulus, end = [], 0.0
    for value, duration in pieces:
        stimulus.append((end, value))
        end += duration
    return FiringPattern(MihalasNiebur, {"a": a / 1000, "A_1": A_1, "A_2": A_2}, tuple(stimulus), end, start)


MihalasNieburPatterns = {
    "tonic spiking": _pattern(0, 0, 0, (1.5, 200)),
    "class 1": _pattern(0, 0, 0, (1 + 1e-6, 500)),
    "spike frequency adaptation": _pattern(5, 0, 0, (2, 200)),
    "phasic spiking": _pattern(5, 0, 0, (1.5, 500)),
    "accommodation": _pattern(5, 0, 0, (1.5, 100), (0, 500), (0.5, 100), (1, 100), (1.5, 100), (0, 100)),
    "threshold variability": _pattern(
        *(5, 0, 0), (1.5, 20), (0, 180), (-1.5, 25), (0, 25), (1.5, 25), (0, 125)
    ),
    "rebound spike": _pattern(5, 0, 0, (0, 50), (-3.5, 750), (0, 200)),
    "class 2": _pattern(5, 0, 0, (2 * (1 + 1e-6), 300), v=-30, theta=-30),
    "integrator": _pattern(
        *(5, 0, 0), (1.5, 20), (0, 10), (1.5, 20), (0, 250), (1.5, 20), (0, 20), (1.5, 20), (0, 40)
    ),
    "input bistability": _pattern(5, 0, 0, (1.5, 100), (1.7, 400), (1.5, 100), (1.7, 400)),
    "hyperpolarisation-induced spiking": _pattern(30, 0, 0, (-1, 400)),
    "hyperpolarisation-induced bursting": _pattern(30, 10, -0.6, (-1, 400)),
    "tonic bursting": _pattern(5, 10, -0.6, (2, 500)),
    "phasic bursting": _pattern(5, 10, -0.6, (1.5, 500)),
    "rebound burst": _pattern(5, 10, -0.6, (0, 100), (-3.5, 500), (0, 400)),
    "mixed mode": _pattern(5, 5, -0.3, (2, 500)),
    "afterpotentials": _pattern(5, 5, -0.3, (2, 15), (0, 185)),
    "basal bistability": _pattern(0, 8, -0.1, (5, 10), (0, 90), (5, 10), (0, 90)),
    "preferred frequency": _pattern(
        *(5, -3, 0.5), (5, 5), (0, 5), (4, 5), (0, 385), (5, 5), (0, 45), (4, 5), (0, 345)
    ),
    "spike latency": _pattern(-80, 0, 0, (8, 2), (0, 48)),
}
"""Mihalas and Niebur (2009), table 1, by name. The paper gives the currents but not their times, which
follow its figure 1 as read by Detorakis (ReScience 2017). """
