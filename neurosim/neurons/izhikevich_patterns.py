"""The twenty firing patterns of the simple spiking neuron."""

from neurosim.neurons.firing_pattern import FiringPattern
from neurosim.neurons.izhikevich import Izhikevich
from neurosim.neurons.model import NeuronModel

SOURCE = "10.1109/TNN.2004.832719"


def _variant(old: str, new: str, initial: dict[str, str], name: str) -> NeuronModel:
    return NeuronModel(
        Izhikevich.equations.replace(old, new),
        parameters=Izhikevich.parameters,
        threshold=Izhikevich.threshold,
        reset=Izhikevich.reset,
        initial=initial,
        name=name,
        reference=SOURCE,
    )


IzhikevichClass1 = _variant(
    *("5*V/ms + 140*mV/ms", "4.1*V/ms + 108*mV/ms"), {"v": "-60*mV", "u": "b*v"}, "IzhikevichClass1"
).copy(b=-0.1, c=-55.0, d=6.0)
"""The variant of 2004 for class 1 excitability and integrators: ``4.1*v + 108`` for ``5*v + 140``."""

IzhikevichAccommodation = _variant(
    *("a*(b*V - u)", "a*b*(V + 65*mV)"), {"v": "-65*mV", "u": "-16*mV/ms"}, "IzhikevichAccommodation"
).copy(b=1.0, c=-55.0, d=4.0)
"""The variant of 2004 for accommodation: ``du/dt = a*b*(v + 65)``."""


def _pattern(
    parameters: tuple[float, float, float, float],
    v: float,
    duration: float,
    stimulus: tuple[tuple[float, ...], ...],
    base: NeuronModel = Izhikevich,
    u: float | None = None,
) -> FiringPattern:
    a, b, c, d = parameters
    start = {"v": v, "u": b * v if u is None else u}
    return FiringPattern(base, {"a": a, "b": b, "c": c, "d": d}, stimulus, duration, start)


def _pulses(base: float, *pulses: tuple[float, float, float]) -> tuple[tuple[float, float], ...]:
    """Pieces of a stimulus at `base` but for pulses, each (value, from, to) in ms."""
    pieces = [(0.0, base)]
    for value, begin, end in pulses:
        pieces += [(begin, value), (end, base)]
    return tuple(pieces)


IzhikevichPatterns = {
    "tonic spiking": _pattern((0.02, 0.2, -65, 6), -70, 100, ((0, 0), (10, 14))),
    "phasic spiking": _pattern((0.02, 0.25, -65, 6), -64, 200, ((0, 0), (20, 0.5))),
    "tonic bursting": _pattern((0.02, 0.2, -50, 2), -70, 220, ((0, 0), (22, 15))),
    "phasic bursting": _pattern((0.02, 0.25, -55, 0.05), -64, 200, ((0, 0), (20, 0.6))),
    "mixed mode": _pattern((0.02, 0.2, -55, 4), -70, 160, ((0, 0), (16, 10))),
    "spike frequency adaptation": _pattern((0.01, 0.2, -65, 8), -70, 85, ((0, 0), (8.5, 30))),
    "class 1": _pattern((0.02, -0.1, -55, 6), -60, 300, ((0, 0), (30, 0, 0.075)), IzhikevichClass1),
    "class 2": _pattern((0.2, 0.26, -65, 0), -64, 300, ((0, -0.5), (30, -0.5, 0.015))),
    "spike latency": _pattern((0.02, 0.2, -65, 6), -70, 100, _pulses(0, (7.04, 10, 13))),
    "subthreshold oscillations": _pattern((0.05, 0.26, -60, 0), -62, 200, _pulses(0, (2, 20, 25))),
    "resonator": _pattern(
        (0.1, 0.26, -60, -1),
        *(-62, 400),
        _pulses(0, (0.65, 40, 44), (0.65, 60, 64), (0.65, 280, 284), (0.65, 320, 324)),
    ),
    "integrator": _pattern(
        (0.02, -0.1, -55, 6),
        *(-60, 100),
        _pulses(0, (9, 9, 11), (9, 14, 16), (9, 70, 72), (9, 80, 82)),
        IzhikevichClass1,
    ),
    "rebound spike": _pattern((0.03, 0.25, -60, 4), -64, 200, _pulses(0, (-15, 20, 25))),
    "rebound burst": _pattern((0.03, 0.25, -52, 0), -64, 200, _pulses(0, (-15, 20, 25))),
    "threshold variability": _pattern(
        (0.03, 0.25, -60, 4), -64, 100, _pulses(0, (1, 10, 15), (-6, 70, 75), (1, 80, 85))
    ),
    "bistability": _pattern(
        (0.1, 0.26, -60, 0), -61, 300, _pulses(0.24, (1.24, 37.5, 42.5), (1.24, 207, 212))
    ),
    "depolarising afterpotential": _pattern((1, 0.2, -60, -17), -70, 50, _pulses(0, (20, 9, 11))),
    "accommodation": _pattern(
        (0.02, 1, -55, 4),
        *(-65, 400),
        ((0, 0, 0.04), (200, 0), (300, 0, 0.32), (312.5, 0)),
        IzhikevichAccommodation,
        -16,
    ),
    "inhibition-induced spiking": _pattern((-0.02, -1, -60, 8), -63.8, 350, _pulses(80, (75, 50, 250))),
    "inhibition-induced bursting": _pattern((-0.026, -1, -45, 0), -63.8, 350, _pulses(80, (75, 50, 250))),
}
"""Izhikevich (2004), figure 1, by name: parameters and stimuli of the program published with the paper.

That program takes Euler steps of 0.1 to 0.5 ms, and three of its patterns live on their errors. So that
they hold for the equations themselves, by ``rk4``: the second pulse of "bistability" comes at 207 ms
instead of 216, `d` of "depolarising afterpotential" is -17 instead of -21, and `d` of "inhibition-induced
bursting" is 0, as in the program's table of parameters, instead of -2.
"""
