"""Whether the spikes of a model can be located inside a time step."""

from __future__ import annotations

from neurosim.equations.excess import excess
from neurosim.equations.system import EquationSystem
from neurosim.neurons.model import NeuronModel


def obstacle(model: NeuronModel, system: EquationSystem) -> str:
    """Say why the spikes of a model cannot be located inside a step; empty if they can.

    Parameters
    ----------
    model : NeuronModel
    system : EquationSystem
        Its equations, joined with those of its receptors.
    """
    if model.threshold is None:
        return f"{model.name} has no threshold"
    if system.noises:
        return f"noise ({', '.join(system.noises)}) crosses a threshold many times within any step"
    if excess(system.condition(model.threshold)) is None:
        return f"the threshold must be one comparison, such as 'v > 1', not {model.threshold!r}"
    return ""
