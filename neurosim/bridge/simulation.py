"""Show a test set to a network in time, and read out what it decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from neurosim.bridge.calibration import Calibration
from neurosim.bridge.layered_network import LayeredNetwork, build_network
from neurosim.bridge.trained_mlp import TrainedMLP
from neurosim.bridge.unit_type import UnitType

BATCH = 500
"""Images simulated side by side; bounds the memory on large test sets."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """What one unit type made of a set of images.

    Attributes
    ----------
    times : ndarray, shape (n_times,)
        ms.
    decisions : ndarray of int, shape (n_times, n_images)
        Number of the class decided on by each time.
    hidden_spikes, all_spikes : float
        Spikes of the hidden units, and of encoders and hidden units, for each image.
    events : float
        Synaptic events for each image: each spike counts once for each of its synapses.
    """

    times: np.ndarray
    decisions: np.ndarray
    hidden_spikes: float
    all_spikes: float
    events: float


def simulate(
    mlp: TrainedMLP,
    images: np.ndarray,
    unit: UnitType,
    calibrations: Sequence[Calibration],
    *,
    duration: float,
    seed: int,
    threads: int | None = None,
    progress: bool = False,
) -> Outcome:
    """Run a perceptron in time, with units of one type, on each of a number of images.

    Parameters
    ----------
    mlp : TrainedMLP
    images : ndarray, shape (n_images, n_pixels)
        Brightness 0 to 1.
    unit : UnitType
    calibrations : sequence of Calibration
        One for each hidden layer.
    duration : float
        ms.
    seed : int
        Of the encoders' start phases.
    threads : int, optional
    progress : bool, default False

    Returns
    -------
    Outcome
    """
    decisions: list[np.ndarray] = []
    spikes = np.zeros(len(mlp.connectivities))
    times = np.zeros(0)
    for first in range(0, len(images), BATCH):
        batch = images[first : first + BATCH]
        built = build_network(mlp, batch, unit, calibrations, seed=seed + first, threads=threads)
        built.network.run(duration, progress=progress)
        times, decided = read_decisions(built)
        decisions.append(decided)
        if built.spikes:
            spikes += [len(monitor) for monitor in built.spikes]
    spikes /= len(images)
    fan_out = np.array([c.n_synapses / c.n_pre for c in mlp.connectivities])
    return Outcome(
        times,
        np.concatenate(decisions, axis=1),
        hidden_spikes=float(spikes[1:].sum()),
        all_spikes=float(spikes.sum()),
        events=float(spikes @ fan_out),
    )


def read_decisions(built: LayeredNetwork) -> tuple[np.ndarray, np.ndarray]:
    """What a network that has run has decided by each time.

    Returns
    -------
    times : ndarray, shape (n_times,)
        ms.
    decisions : ndarray of int, shape (n_times, n_images)
        Number of the largest readout unit.
    """
    y = built.readout["y"].reshape(built.readout.t.size, built.network.trials, -1)
    return built.readout.t, y.argmax(axis=2)
