"""Describe a trained perceptron as a network in time, with units of a chosen kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from neurosim.bridge.calibration import Calibration
from neurosim.bridge.trained_mlp import TrainedMLP
from neurosim.bridge.unit_type import UnitType
from neurosim.errors import ParameterError
from neurosim.network import Network, Population, Projection, SpikeMonitor, StateMonitor
from neurosim.neurons import LeakyIntegrator
from neurosim.synapses import PSCFilter

PIXEL_RATE = 200.0
"""Hz; what a pixel of full brightness fires."""

TAU_SYN = 10.0
"""Time constant of the synapses, ms."""

SYNAPSE_ORDER = 1
"""Order of their filter. An alpha function is smooth enough for Hodgkin-Huxley units, whose onset jumps from
0 to 50 Hz: with an exponential of the same time constant, rates near the onset follow the fluctuations."""

TAU_READOUT = 60.0
"""Time over which a decision is averaged, ms."""

DELAY = 1.0
"""Of all connections, ms."""


@dataclass
class LayeredNetwork:
    """A perceptron as a network in time, one trial an image.

    Attributes
    ----------
    network : Network
    layers : list of Population
        Encoders, hidden layers, readout.
    spikes : list of SpikeMonitor
        Of encoders and hidden layers; empty for rate units.
    readout : StateMonitor
        Records ``y``, the averaged logits, every millisecond.
    projections : list of Projection
        On the very Connectivity objects of the perceptron.
    potentials : list of StateMonitor
        Of some units of the first hidden layer, where they were asked for.
    """

    network: Network
    layers: list[Population]
    spikes: list[SpikeMonitor]
    readout: StateMonitor
    projections: list[Projection]
    potentials: list[StateMonitor]


def build_network(
    mlp: TrainedMLP,
    images: np.ndarray,
    unit: UnitType,
    calibrations: Sequence[Calibration],
    *,
    seed: int,
    threads: int | None = None,
    record: np.ndarray | None = None,
) -> LayeredNetwork:
    """Describe a perceptron as a network of encoders, hidden units and a readout.

    Brightness x becomes a firing rate of ``PIXEL_RATE*x``. Every connection is filtered by a post-synaptic
    current of area 1, so that spikes at a rate r bring a mean current of weight times r. The gain of
    each receptor undoes the scales: with q ms the charge a presynaptic spike stands for (1000/PIXEL_RATE for
    encoders, 1000/scale for hidden units), the mean drive of a unit is ``offset + gain*z`` with z what the
    perceptron computes. The readout averages its drive over `TAU_READOUT`; its largest unit is the decision.

    Parameters
    ----------
    mlp : TrainedMLP
    images : ndarray, shape (n_images, n_pixels)
        Brightness 0 to 1.
    unit : UnitType
    calibrations : sequence of Calibration
        One for each hidden layer.
    seed : int
        Of the encoders' start phases.
    threads : int, optional
    record : ndarray of int, optional
        Units of the first hidden layer whose membrane potential v is to be recorded at every step.

    Returns
    -------
    LayeredNetwork

    Raises
    ------
    ParameterError
        If there is not one calibration for each hidden layer, or the images do not fit the perceptron.
    """
    *hidden_biases, last_bias = (bias.astype(np.float64) for bias in mlp.biases)
    if len(calibrations) != len(hidden_biases):
        limit = f"must be {len(hidden_biases)}, one for each hidden layer"
        raise ParameterError("build_network.calibrations", len(calibrations), limit)
    pixels = np.asarray(images, dtype=np.float64)
    if pixels.ndim != 2 or pixels.shape[1] != mlp.sizes[0]:
        limit = f"the shape must be (n_images, {mlp.sizes[0]})"
        raise ParameterError("build_network.images", pixels.shape, limit)
    start: dict[str, Any] = {}
    if unit.is_spiking:
        start["phase"] = np.random.default_rng(seed).random(pixels.shape)
    layers = [Population(pixels.shape[1], unit.encoder, name="pixels", drive=PIXEL_RATE * pixels, **start)]
    charge = 1000.0 / PIXEL_RATE
    for k, (calibration, bias) in enumerate(zip(calibrations, hidden_biases, strict=True), start=1):
        synapse = PSCFilter(TAU_SYN, SYNAPSE_ORDER, gain=calibration.gain * charge)
        layer = Population(bias.size, unit.model, name=f"hidden_{k}", receptors={"synapse": synapse})
        layer[unit.model.input] = calibration.offset + calibration.gain * bias
        layers.append(layer)
        charge = 1000.0 / calibration.scale
    synapse = PSCFilter(TAU_SYN, SYNAPSE_ORDER, gain=charge)
    readout = Population(
        last_bias.size, LeakyIntegrator, name="readout", receptors={"synapse": synapse}, tau=TAU_READOUT
    )
    readout["drive"] = last_bias
    layers.append(readout)
    projections = [
        Projection(pre, post, connectivity, delay=DELAY)
        for (pre, post), connectivity in zip(pairwise(layers), mlp.connectivities, strict=True)
    ]
    spikes = [SpikeMonitor(layer) for layer in layers[:-1]] if unit.is_spiking else []
    decision = StateMonitor(readout, "y", dt=1.0)
    potentials = [] if record is None else [StateMonitor(layers[1], "v", record=record)]
    network = Network(
        *(layers, projections, spikes, decision, potentials),
        dt=unit.dt,
        trials=len(pixels),
        seed=seed,
        threads=threads,
    )
    return LayeredNetwork(network, layers, spikes, decision, projections, potentials)
