"""neurosim: one network, several fidelities.

A set of connections is a linear operator. Give it rate units and it is a classical network; give the same
object leaky integrate-and-fire or Hodgkin-Huxley units and it is a spiking one.
"""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

_HOME = {
    "AMPA": "synapses",
    "AdEx": "neurons",
    "AdaptiveLIF": "neurons",
    "AllToAll": "connectivity",
    "AllToAllRule": "connectivity",
    "Alpha": "synapses",
    "AveragePool2d": "connectivity",
    "BiExponential": "synapses",
    "Brian2": "engines.brian2",
    "CalciumPool": "neurons",
    "Channel": "neurons",
    "Chirp": "network",
    "Choice": "distributions",
    "Conductance": "synapses",
    "ConnorStevens": "neurons",
    "Continuous": "synapses",
    "Conv1d": "connectivity",
    "Conv2d": "connectivity",
    "Dense": "connectivity",
    "DistanceDependent": "connectivity",
    "Exponential": "distributions",
    "ExponentialIF": "neurons",
    "FitzHughNagumo": "neurons",
    "FixedIndegree": "connectivity",
    "FixedOutdegree": "connectivity",
    "FixedProbability": "connectivity",
    "FixedTotalNumber": "connectivity",
    "Formula": "network",
    "GABA_A": "synapses",
    "GABA_B": "synapses",
    "Gamma": "distributions",
    "GammaPopulation": "network",
    "GapJunction": "synapses",
    "Gate": "neurons",
    "HindmarshRose": "neurons",
    "HodgkinHuxley": "neurons",
    "ImageSequence": "network",
    "Ion": "neurons",
    "Izhikevich": "neurons",
    "LIF": "neurons",
    "LIFRate": "neurons",
    "Lapicque": "neurons",
    "LeakyIntegrator": "neurons",
    "LeakyPotential": "neurons",
    "LeakyRate": "neurons",
    "LinearRegression": "rate",
    "LogNormal": "distributions",
    "LogisticRegression": "rate",
    "LowRank": "connectivity",
    "MLPClassifier": "rate",
    "MLPRegressor": "rate",
    "McCullochPitts": "network",
    "MihalasNiebur": "neurons",
    "MorrisLecar": "neurons",
    "NMDA": "synapses",
    "Network": "network",
    "NeuronModel": "neurons",
    "Normal": "distributions",
    "OneToOne": "connectivity",
    "OneToOneRule": "connectivity",
    "OrnsteinUhlenbeck": "network",
    "PSCFilter": "synapses",
    "Parameter": "equations",
    "Parrot": "network",
    "Perceptron": "rate",
    "PerfectIntegrator": "neurons",
    "PoissonInput": "network",
    "PoissonPopulation": "network",
    "Population": "network",
    "PospischilFS": "neurons",
    "PospischilIB": "neurons",
    "PospischilLTS": "neurons",
    "PospischilRS": "neurons",
    "Projection": "network",
    "PulseTrain": "network",
    "QuadraticIF": "neurons",
    "Ramp": "network",
    "RateMonitor": "network",
    "RateSource": "neurons",
    "Receptor": "synapses",
    "ShortTermPlasticity": "synapses",
    "Sine": "network",
    "SmallWorld": "connectivity",
    "Sparse": "connectivity",
    "SpikeGenerator": "network",
    "SpikeMonitor": "network",
    "StateMonitor": "network",
    "Step": "network",
    "TimedArray": "network",
    "TraubMiles": "neurons",
    "Uniform": "distributions",
    "WangBuzsaki": "neurons",
    "WeightMonitor": "network",
    "WhiteNoise": "network",
    "WilsonCowan": "neurons",
    "from_brian2": "engines.brian2",
    "point_neuron": "neurons",
    "read_recording": "recording",
    "solve_reference": "engines.reference",
}

__all__ = ["__version__", *_HOME]


def __getattr__(name: str) -> Any:
    # Names are fetched when asked for, so that importing neurosim costs almost nothing.
    if name not in _HOME:
        raise AttributeError(f"module 'neurosim' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"neurosim.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
