"""Which kernel a population needs."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from neurosim.kernels.spiking.spec import Jump, KernelSpec
from neurosim.network.population import Population
from neurosim.neurons.signal import Signal


def kernel_spec(
    population: Population,
    per_neuron: frozenset[str] = frozenset(),
    instant: bool = False,
    signals: Sequence[Signal] = (),
    straight: Collection[str] = (),
    counter: str = "uint8",
) -> KernelSpec:
    """What the kernel of a population is generated from; `straight` receptors are left to others."""
    model, composition = population.model, population.composition
    system = composition.system
    return KernelSpec(
        name=model.name,
        system=system,
        integrator=population.integrator,
        filters=composition.filters,
        threshold=None if model.threshold is None else system.condition(model.threshold),
        reset=tuple(system.statements(model.reset)) if model.reset else (),
        refractory=model.refractory is not None,
        counter=counter,
        jumps=tuple(
            None if name in straight else tuple(Jump(s, f) for s, f in jumps)
            for name, jumps in composition.jumps.items()
        ),
        output=model.rate_signal.node(system) if model.rate_signal else None,
        signals=tuple(signal.node(system) for signal in signals),
        summed=tuple(composition.summed.values()),
        tables=composition.tables,
        per_neuron=per_neuron,
        instant=instant,
        precise=population.precise_spikes,
    )
