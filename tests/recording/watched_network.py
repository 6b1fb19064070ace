"""A network that is recorded in memory and in files, and what the recordings say."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from neurosim import (
    LIF,
    Dense,
    Network,
    PoissonPopulation,
    Population,
    Projection,
    PSCFilter,
    RateMonitor,
    SpikeMonitor,
    StateMonitor,
    WeightMonitor,
    read_recording,
)
from neurosim.network.monitor import Monitor
from neurosim.recording import RateRecording, SpikeRecording, StateRecording, WeightRecording

FILES = ("spikes", "states", "rates", "weights")


class Watched:
    """A network that records everything twice: in memory, and in a folder if one is given."""

    def __init__(self, folder: Path | None = None, trials: int = 1) -> None:
        noise = PoissonPopulation(10, 300)
        self.cells = Population(30, LIF, receptors={"e": PSCFilter(5)}, v_in=0.9)
        weights = Dense(np.random.default_rng(0).normal(1, 1, (10, 30)))
        self.projection = Projection(noise, self.cells, weights, delay=0.5)
        self.memory = self.monitors(None)
        self.files = self.monitors(folder) if folder else []
        parts = [noise, self.cells, self.projection, self.memory, self.files]
        self.network = Network(parts, dt=0.1, trials=trials, seed=4)

    def monitors(self, folder: Path | None) -> list[Monitor]:
        path = {kind: folder / kind if folder else None for kind in FILES}
        cells = self.cells
        return [
            SpikeMonitor(cells[5:], name="s", file=path["spikes"]),
            StateMonitor(cells, ["v", "v_in"], record=[7, 2], dt=0.2, name="v", file=path["states"]),
            RateMonitor(cells, "0.5 ms", name="r", file=path["rates"]),
            WeightMonitor(self.projection, [3, 1], dt=0.7, name="w", file=path["weights"]),
        ]


def contents(recordings: list[object]) -> list[np.ndarray]:
    spikes, states, rates, weights = recordings
    assert isinstance(spikes, SpikeRecording)
    assert isinstance(states, StateRecording)
    assert isinstance(rates, RateRecording)
    assert isinstance(weights, WeightRecording)
    shown = [spikes.t, spikes.i, spikes.trial, spikes.count, *spikes.spike_trains()]
    shown += [states.t, states["v"], states["v_in"], states.record]
    return [*shown, rates.t, rates.count, rates.smoothed(2.0), weights.t, weights.weights, weights.synapses]


def same(a: list[object], b: list[object]) -> bool:
    return all(np.array_equal(x, y) for x, y in zip(contents(a), contents(b), strict=True))


def read(folder: Path) -> list[object]:
    return [read_recording(folder / kind) for kind in FILES]
