"""Which integrator a population uses."""

from __future__ import annotations

from typing import Any

from neurosim.equations.system import EquationSystem
from neurosim.errors import ParameterError
from neurosim.integrators import check_integrator, default_integrator
from neurosim.network.precision import obstacle
from neurosim.neurons.model import NeuronModel


def chosen_integrator(
    name: str, model: NeuronModel, system: EquationSystem, integrator: str | None, precise_spikes: Any
) -> str:
    """The integrator asked for, or the default one, if it can do what is wanted of it.

    Parameters
    ----------
    name : str
        Of the population, for messages.
    model : NeuronModel
    system : EquationSystem
        Its equations, joined with those of receptors and stimuli.
    integrator : str or None
        As the user gave it.
    precise_spikes : bool

    Raises
    ------
    ParameterError
        If there is no such integrator, it cannot integrate these equations, or spikes cannot be precise.
    """
    if not isinstance(precise_spikes, bool):
        raise ParameterError(f"{name}.precise_spikes", precise_spikes, "must be True or False")
    if precise_spikes and (limit := obstacle(model, system)):
        raise ParameterError(f"{name}.precise_spikes", precise_spikes, limit)
    uneven, where = precise_spikes and bool(model.reset), f"{name}.integrator"
    own = None if uneven and model.integrator == "exact" else model.integrator
    chosen = integrator or own or default_integrator(system, precise=uneven)
    check_integrator(chosen, where, system)
    if chosen == "exact" and not system.is_linear:
        limit = f"needs linear equations with constant coefficients, which {model.name} does not have"
        raise ParameterError(where, chosen, limit, "Use 'exponential_euler' or 'rk4'.")
    if chosen == "exact" and uneven:
        limit = "has steps of one length, but precise spikes make them differ"
        remedy = f"Leave it out for {default_integrator(system, precise=True)!r}."
        raise ParameterError(where, chosen, limit, remedy)
    return chosen
