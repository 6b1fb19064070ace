"""Cases of spiking networks: whole networks, what one neuron-step costs, wiring, and a whole script."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from neurosim import neurons
from neurosim.bench.case import Case, by_name
from neurosim.models import find_model

NETWORKS = {"cuba": "cuba", "coba": "coba", "cobahh": "cobahh", "brunel": "brunel_2000"}
"""Kind of case, and the model that is its network."""

KERNELS = {"hh": ("HodgkinHuxley", "I", (7.0, 20.0)), "lif": ("LIF", "v_in", (1.1, 2.0))}
"""Kind of case, its neuron model, and the range that its input takes from neuron to neuron."""

WIRED = 0.01
"""Probability of a synapse where only wiring is timed."""


@dataclass(frozen=True)
class SpikingCase(Case):
    """Something to simulate.

    Attributes
    ----------
    n : int
        Neurons.
    duration, dt : float
        ms.
    """

    n: int
    duration: float = 1000.0
    dt: float = 0.1

    @property
    def neuron_steps(self) -> int:
        """Steps of all neurons; 0 where something else is timed as well, or alone."""
        return 0 if self.start or self.kind == "wiring" else round(self.n * self.duration / self.dt)

    def task(self, threads: int) -> dict[str, Any]:
        """What a process is told."""
        return {**super().task(threads), "parameters": parameters(self.kind, self.n)}


SPIKING = by_name(
    SpikingCase("cuba_4000", "CUBA: LIF neurons with current-based synapses", "cuba", 4000),
    SpikingCase("cuba_40000", "the same with ten times as many neurons", "cuba", 40_000),
    SpikingCase("coba_4000", "COBA: LIF neurons with synaptic conductances", "coba", 4000),
    SpikingCase("cobahh_4000", "COBAHH: Hodgkin-Huxley neurons, conductances", "cobahh", 4000, dt=0.05),
    SpikingCase(
        "brunel_12500", "Brunel: LIF neurons, 15.6 million synapses, delta currents", "brunel", 12_500
    ),
    SpikingCase("hh_kernel", "Hodgkin-Huxley neurons, not connected", "hh", 4000, duration=200.0, dt=0.025),
    SpikingCase("lif_kernel", "LIF neurons, not connected", "lif", 10_000),
    SpikingCase("wiring_1e6", "a million synapses joined with probability 0.01", "wiring", 10_000),
    SpikingCase(
        "script_cold", "CUBA 4,000, process start to spikes, empty cache", "cuba", 4000, start="cold"
    ),
    SpikingCase("script_warm", "the same with a full cache", "cuba", 4000, start="warm"),
)


def parameters(kind: str, n: int) -> dict[str, Any]:
    """The numbers of a network, for simulators that cannot read the model; ms, mV, nS, pF, uA/cm2."""
    if kind == "wiring":
        return {"p": WIRED}
    if kind in KERNELS:
        neuron, _, (low, high) = KERNELS[kind]
        return _values(getattr(neurons, neuron).parameters) | {"low": low, "high": high}
    model = find_model(NETWORKS[kind])
    return {"cuba": _cuba, "coba": _coba, "cobahh": _cobahh, "brunel": _brunel}[kind](model, n)


def _values(parameters: Mapping[str, Any]) -> dict[str, float]:
    return {name: parameter.value for name, parameter in parameters.items()}


def _cuba(model: ModuleType, n: int) -> dict[str, Any]:
    return _values(model.CurrentLIF.parameters) | _synapses(model, n)


def _coba(model: ModuleType, n: int) -> dict[str, Any]:
    return _values(model.ConductanceLIF.parameters) | _synapses(model, n) | _reversal(model)


def _cobahh(model: ModuleType, n: int) -> dict[str, Any]:
    coba = find_model("coba")
    return _values(model.TraubMiles.parameters) | _synapses(coba, n) | _reversal(coba)


def _brunel(model: ModuleType, n: int) -> dict[str, Any]:
    c_exc, c_inh = model.in_degrees(n)
    return _values(model.BrunelLIF.parameters) | {
        "c_exc": c_exc,
        "c_inh": c_inh,
        "w_exc": model.J,
        "w_inh": -model.g * model.J,
        "delay": model.DELAY,
        "n_outside": c_exc,
        "outside_hz": model.outside_rate(c_exc),
    }


def _synapses(model: ModuleType, n: int) -> dict[str, Any]:
    return {
        "p": model.IN_DEGREE / n,
        "tau_exc": model.TAU_EXC,
        "tau_inh": model.TAU_INH,
        "w_exc": model.EXCITATORY_WEIGHT,
        "w_inh": model.INHIBITORY_WEIGHT,
        "delay": model.DELAY,
    }


def _reversal(model: ModuleType) -> dict[str, Any]:
    receptors = model.receptors()
    return {f"E_{name}": receptor.parameters["E"].value for name, receptor in receptors.items()}
