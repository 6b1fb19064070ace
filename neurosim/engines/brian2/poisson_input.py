"""Poisson input on Brian2."""

from __future__ import annotations

from typing import Any

import numpy as np

from neurosim.engines.brian2.arrival import arrival_code
from neurosim.engines.brian2.group_part import GroupPart
from neurosim.engines.brian2.language import known_names
from neurosim.engines.brian2.neurons import NeuronPart
from neurosim.engines.poisson_feed import expected_events
from neurosim.errors import ParameterError
from neurosim.network.network import Network
from neurosim.network.poisson_input import PoissonInput


class InputPart:
    """Poisson input on Brian2: a Poisson number of events for each neuron and step.

    Parameters
    ----------
    source : PoissonInput
    target : GroupPart
    network : Network
    clock : brian2.Clock
    number : int
        Of the input.
    """

    def __init__(
        self, source: PoissonInput, target: GroupPart, network: Network, clock: Any, number: int
    ) -> None:
        self.source, self.target, self.network = source, target, network
        if not isinstance(target, NeuronPart):
            limit = f"ends on a {type(target.source).__name__}"
            remedy = "Use a PoissonPopulation and a Projection."
            raise ParameterError(source.name, source.post.name, limit, remedy)
        self.expected, self.weight = f"expected__{number}", f"weight__{number}"
        variables = target.group.variables
        for name in (self.expected, self.weight):
            variables.add_array(name, size=target.size, constant=True)
        events = f"{self.weight}*poisson({self.expected})"
        code = arrival_code(target, source.receptor, events, f"{source.name}.receptor", "")
        target.group.namespace.update(known_names([code], target.system.units))
        target.group.run_regularly(code, when="synapses", clock=clock)

    def prepare(self) -> None:
        """Take over the rates, which may have changed since the last run.

        Raises
        ------
        ParameterError
            If they do not fit the trials, or are too high for the time step.
        """
        self.per_step = expected_events(self.source, self.network)

    def push(self) -> None:
        """Write rates and weights to Brian2."""
        source, part = self.source, self.target
        for name, value in ((self.expected, self.per_step), (self.weight, source.weight)):
            everyone = np.zeros((part.trials, part.source.n))
            everyone[:, source.post.start : source.post.stop] = value
            part.group.variables[name].set_value(everyone.ravel())
