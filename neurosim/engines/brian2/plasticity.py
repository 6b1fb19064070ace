"""Short-term plasticity on Brian2."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from neurosim.engines.brian2.wires import Wires
from neurosim.engines.release import Release
from neurosim.engines.watched import Watched
from neurosim.errors import ParameterError
from neurosim.network.group import Slice
from neurosim.network.network import Network
from neurosim.network.terminals import Terminals

INSTANT = 1e-12
"""Time constant, ms, that stands for 0."""


STATES = ("x", "u", "last", "released")


class TerminalPart:
    """The terminals of a projection on Brian2: each synapse has one of its own, in the same state.

    Brian2 takes a terminal through its spikes when they arrive. The pauses between them are those between the
    spikes, as the delay of a synapse does not change.

    Parameters
    ----------
    terminals : Terminals
    wires : Wires
    network : Network
    """

    MODEL = "U : 1 (constant)\ntau_rec : second (constant)\ntau_facil : second (constant)"

    def __init__(self, terminals: Terminals, wires: Wires, network: Network) -> None:
        self.terminals, self.wires, self.network = terminals, wires, network
        self.pathways: list[str] = []
        self.seen: dict[str, Any] = {}

    def code(self, pathway: str, arrival: str) -> str:
        """What happens at a spike, in which `arrival` uses the factor ``released_<pathway>``.

        Parameters
        ----------
        pathway : str
            Neither ``pre`` nor ``post``, which Brian2 would take for the other side's variables.
        arrival : str
        """
        self.pathways.append(pathway)
        x, u, last, released = (f"{name}_{pathway}" for name in STATES)
        pause = f"(t_in_timesteps - {last})*dt"
        return "\n".join(
            [
                f"{x} = 1 - (1 - {x})*exp(-{pause}/tau_rec)",
                f"{u} = {u}*exp(-{pause}/tau_facil)",
                f"{u} = {u} + U*(1 - {u})",
                f"{released} = {u}*{x}",
                arrival,
                f"{x} = {x} - {released}",
                f"{last} = t_in_timesteps",
            ]
        )

    @property
    def model(self) -> str:
        """Declarations of the variables."""
        return "\n".join([self.MODEL, *(f"{s}_{pathway} : 1" for pathway in self.pathways for s in STATES)])

    def claim(self) -> None:
        """Let the terminals become a part of the network."""
        self.terminals.claim(self.network)
        self.note()

    def advance(self, spikes: Watched, step: int, n_steps: int, pre: Slice) -> None:
        """Let the terminals show what Brian2 did to them, by taking them through the same spikes."""
        Release(self.terminals, spikes, pre).advance(step, n_steps)
        self.note()

    def note(self) -> None:
        """Remember how the terminals are."""
        self.seen = {name: value.copy() for name, value in self.terminals.snapshot().items()}

    def check(self, name: str) -> None:
        """Refuse that terminals are set once spikes may be on their way to them."""
        now = self.terminals.snapshot()
        if self.seen and any(not np.array_equal(value, now[key]) for key, value in self.seen.items()):
            limit = "was set after the first run, when spikes may be on their way to these terminals"
            remedy = "Set it before, or use the native engine."
            raise ParameterError(f"{name}.stp", self.terminals, limit, remedy)

    def push(self, synapses: Any, delays: Sequence[Any]) -> None:
        """Write the parameters, and the terminals as they are at the beginning.

        Parameters
        ----------
        synapses : brian2.Synapses
        delays : sequence of int or ndarray
            Steps, of each pathway.
        """
        trials, pre = self.network.trials, self.wires.pre
        for name, value in self.terminals.rule.parameters.items():
            each = np.broadcast_to(value, self.terminals.n)[pre]
            scale = 1.0 if name == "U" else 1e-3
            number = each if name == "U" else np.maximum(each, INSTANT)
            synapses.variables[name].set_value(np.tile(number * scale, trials))
        shape = (trials, self.terminals.n)
        for name, value in (("x", self.terminals.x), ("u", self.terminals.u)):
            for pathway in self.pathways:
                synapses.variables[f"{name}_{pathway}"].set_value(
                    np.broadcast_to(value, shape)[:, pre].ravel()
                )
        for pathway, steps in zip(self.pathways, delays, strict=True):
            # The network counts a spike at the end of its step.
            last = np.broadcast_to(steps, pre.size) - 1
            synapses.variables[f"last_{pathway}"].set_value(np.tile(last, trials))
