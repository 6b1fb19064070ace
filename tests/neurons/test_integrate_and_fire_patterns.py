"""The firing patterns that papers name: each is told by its spikes, and by nothing the others share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pytest

from neurosim.network import Network, Population, SpikeMonitor, StateMonitor
from neurosim.neurons import (
    AdEx,
    AdExPatterns,
    FiringPattern,
    Izhikevich,
    IzhikevichPatterns,
    IzhikevichTypes,
    MihalasNieburPatterns,
)

Test = Callable[[np.ndarray, np.ndarray, np.ndarray], object]
"""Of spike times, and of the times and values of the membrane potential."""


def respond(pattern: FiringPattern) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    model = pattern.model
    cell = Population(1, model, integrator="exact" if model.system.is_linear else "rk4", **pattern.start)
    spikes, trace = SpikeMonitor(cell), StateMonitor(cell, "v")
    network = Network(cell, spikes, trace, dt=0.05, seed=0)
    for duration, value in pattern.steps():
        cell[model.input] = value
        network.run(duration)
    assert network.t == pytest.approx(pattern.duration)
    return spikes.t, trace.t, trace["v"][:, 0]


def bursts(t: np.ndarray, pause: float) -> list[int]:
    """Spikes in each run of intervals shorter than `pause` ms."""
    return [len(part) for part in np.split(t, np.flatnonzero(np.diff(t) > pause) + 1)]


def rising(d: np.ndarray) -> bool:
    return bool(np.all(np.diff(d) > -0.051))


def one(t: np.ndarray, begin: float, end: float) -> bool:
    return len(t) == 1 and begin < t[0] < end


def late(v: np.ndarray, times: np.ndarray, begin: float, end: float) -> np.ndarray:
    return v[(times > begin) & (times < end)]


ADEX: dict[str, Test] = {
    "tonic spiking": lambda t, x, v: len(t) > 40 and np.ptp(np.diff(t)[5:]) < 0.5,
    "adaptation": lambda t, x, v: rising(np.diff(t)) and np.diff(t)[-1] > 5 * np.diff(t)[0],
    "initial burst": lambda t, x, v: bursts(t, 10)[0] == 3 and np.ptp(np.diff(t)[3:]) < 1,
    "regular bursting": lambda t, x, v: set(bursts(t, 50)[1:-1]) == {2} and len(bursts(t, 50)) > 3,
    "delayed accelerating": lambda t, x, v: t[0] > 80 and rising(-np.diff(t)) and np.ptp(np.diff(t)) > 5,
    "delayed regular bursting": lambda t, x, v: t[0] > 100 and set(bursts(t, 20)[:-1]) == {4},
    "transient spiking": lambda t, x, v: one(t, 70, 90),
    "irregular spiking": lambda t, x, v: len(t) > 20 and np.std(np.diff(t)) > 0.4 * np.mean(np.diff(t)),
}

IZHIKEVICH: dict[str, Test] = {
    "tonic spiking": lambda t, x, v: len(t) == 5 and np.ptp(np.diff(t)[2:]) < 1,
    "phasic spiking": lambda t, x, v: one(t, 20, 60),
    "tonic bursting": lambda t, x, v: len(bursts(t, 15)) >= 4 and min(bursts(t, 15)[:-1]) > 3,
    "phasic bursting": lambda t, x, v: len(bursts(t, 15)) == 1 and len(t) > 5 and t[-1] < 80,
    "mixed mode": lambda t, x, v: bursts(t, 10)[0] == 3 and set(bursts(t, 10)[1:]) == {1} and len(t) > 5,
    "spike frequency adaptation": lambda t, x, v: rising(np.diff(t)) and np.diff(t)[-1] > 10 * np.diff(t)[0],
    "class 1": lambda t, x, v: rising(-np.diff(t)) and np.diff(t)[0] > 2.5 * np.diff(t)[-1],
    "class 2": lambda t, x, v: rising(-np.diff(t)) and 15 < np.diff(t)[0] < 25 and len(t) > 10,
    "spike latency": lambda t, x, v: one(t, 16, 25),
    "subthreshold oscillations": lambda t, x, v: (
        one(t, 20, 30) and np.count_nonzero(np.diff(np.sign(np.diff(late(v, x, 50, 200)))) < 0) >= 3
    ),
    "resonator": lambda t, x, v: one(t, 320, 345),
    "integrator": lambda t, x, v: one(t, 14, 25),
    "rebound spike": lambda t, x, v: one(t, 25, 70),
    "rebound burst": lambda t, x, v: len(t) > 5 and t[0] > 25 and len(bursts(t, 15)) == 1,
    "threshold variability": lambda t, x, v: one(t, 80, 95),
    "bistability": lambda t, x, v: len(t) == 5 and t[0] > 37.5 and 200 > t[-1] > 180,
    "depolarising afterpotential": lambda t, x, v: (
        one(t, 9, 13) and late(v, x, 11.5, 50).max() > -60 + 3 and v[-1] < -65
    ),
    "accommodation": lambda t, x, v: one(t, 300, 315),
    "inhibition-induced spiking": lambda t, x, v: len(t) >= 3 and t[0] > 50 and t[-1] < 260,
    "inhibition-induced bursting": lambda t, x, v: (
        len(bursts(t, 20)) >= 3 and min(bursts(t, 20)) > 3 and t[0] > 50 and t[-1] < 280
    ),
}

MIHALAS_NIEBUR: dict[str, Test] = {
    "tonic spiking": lambda t, x, v: np.allclose(np.diff(t), 22, atol=0.051) and len(t) == 9,
    "class 1": lambda t, x, v: one(t, 276, 277),
    "spike frequency adaptation": lambda t, x, v: rising(np.diff(t)) and np.ptp(np.diff(t)) > 5,
    "phasic spiking": lambda t, x, v: 1 <= len(t) < 6 and t[-1] < 200,
    "accommodation": lambda t, x, v: len(t) == 3 and t[-1] < 100,
    "threshold variability": lambda t, x, v: one(t, 250, 275),
    "rebound spike": lambda t, x, v: one(t, 800, 900),
    "class 2": lambda t, x, v: rising(-np.diff(t)) and np.diff(t).max() < 60,
    "integrator": lambda t, x, v: one(t, 30, 50),
    "input bistability": lambda t, x, v: (
        np.any((t > 450) & (t < 500)) and not np.any((t > 540) & (t < 600)) and len(t) > 10
    ),
    "hyperpolarisation-induced spiking": lambda t, x, v: len(t) == 3 and np.ptp(np.diff(t)) < 0.1,
    "hyperpolarisation-induced bursting": lambda t, x, v: len(bursts(t, 20)) == 3 and min(bursts(t, 20)) > 3,
    "tonic bursting": lambda t, x, v: len(bursts(t, 50)) > 3 and min(bursts(t, 50)[:-1]) > 3,
    "phasic bursting": lambda t, x, v: len(bursts(t, 50)) == 1 and len(t) > 5 and t[-1] < 60,
    "rebound burst": lambda t, x, v: len(bursts(t, 50)) == 1 and len(t) > 5 and t[0] > 600,
    "mixed mode": lambda t, x, v: bursts(t, 20)[0] > 5 and max(bursts(t, 20)[2:]) == 1 and len(t) > 15,
    "afterpotentials": lambda t, x, v: (
        one(t, 10, 20) and late(v, x, 15, 60).max() > -66 and late(v, x, 60, 200).min() < -70.5
    ),
    "basal bistability": lambda t, x, v: np.any((t > 20) & (t < 100)) and not np.any(t > 150),
    "preferred frequency": lambda t, x, v: np.array_equal(np.searchsorted(t, [0, 400, 800]), [0, 1, 3]),
    "spike latency": lambda t, x, v: one(t, 10, 20),
}


@pytest.mark.parametrize("name", ADEX)
def test_adex_patterns(name: str) -> None:
    assert ADEX[name](*respond(AdExPatterns[name]))


@pytest.mark.parametrize("name", IZHIKEVICH)
def test_izhikevich_patterns(name: str) -> None:
    assert IZHIKEVICH[name](*respond(IzhikevichPatterns[name]))


@pytest.mark.parametrize("name", MIHALAS_NIEBUR)
def test_mihalas_niebur_patterns(name: str) -> None:
    assert MIHALAS_NIEBUR[name](*respond(MihalasNieburPatterns[name]))


def test_all_patterns_are_tested() -> None:
    tested: list[tuple[Mapping[str, FiringPattern], Mapping[str, Test], int]] = [
        (AdExPatterns, ADEX, 8),
        (IzhikevichPatterns, IZHIKEVICH, 20),
        (MihalasNieburPatterns, MIHALAS_NIEBUR, 20),
    ]
    for patterns, tests, number in tested:
        assert patterns.keys() == tests.keys()
        assert len(patterns) == number


def test_irregular_spiking_does_not_repeat_itself() -> None:
    t, _, _ = respond(replace(AdExPatterns["irregular spiking"], duration=1500.0))
    d = np.diff(t)
    for period in range(1, 13):
        assert np.mean(np.abs(d[period:] - d[:-period])) > 5


def test_the_types_of_2003_are_told_apart_by_their_intervals() -> None:
    found = {}
    for name, values in IzhikevichTypes.items():
        cell = Population(1, Izhikevich.copy(name=name, **values), integrator="rk4", I=10.0)
        spikes = SpikeMonitor(cell)
        Network(cell, spikes, dt=0.05, seed=0).run(500)
        found[name] = np.diff(spikes.t)
    mean = {name: d[-5:].mean() for name, d in found.items()}
    assert mean["RS"] > 40
    assert found["RS"][0] < 0.6 * mean["RS"]  # adapts
    assert found["IB"][:2].max() < 6  # a burst, then single spikes
    assert found["IB"][3:].min() > 25
    sizes = bursts(np.cumsum(found["CH"]), 20)
    assert len(sizes) > 6
    assert min(sizes[1:-1]) >= 4
    assert found["FS"].max() < 9  # fast, almost no adaptation
    assert rising(found["LTS"][:6])  # fast at first, and adapts
    assert found["LTS"][0] < 0.3 * mean["LTS"]
    assert 10 < mean["LTS"] < 20


def test_thalamic_cells_burst_after_inhibition() -> None:
    pattern = FiringPattern(
        Izhikevich, IzhikevichTypes["TC"], ((0.0, -25.0), (50.0, 0.0)), 150.0, {"v": -87.0}
    )
    t, _, _ = respond(replace(pattern, start={"v": -87.0, "u": -0.25 * 87}))
    assert len(t) > 2
    assert t[0] > 50
    assert t[-1] < 120


def test_steps_of_a_stimulus() -> None:
    pattern = FiringPattern(AdEx, {"a": 2.0}, ((0.0, 1.0), (10.0, 5.0, 2.0), (12.0, 0.0)), 20.0)
    assert list(pattern.steps(1.0)) == [(10.0, 1.0), (1.0, 6.0), (1.0, 8.0), (8.0, 0.0)]
    assert pattern.model.parameters["a"].value == 2.0
    assert pattern.model is pattern.model
