"""What an engine is: what it is given, and what it gives back."""

from __future__ import annotations

from typing import Any, Protocol

from neurosim.engines.watch import Watch
from neurosim.network.network import Network


class Session(Protocol):
    """A network at work.

    `Network.run` makes one at the first run and keeps it. At every run it calls `prepare` and then `run`; at
    the first one, between them, it empties the monitors with ``watch.claim()`` and calls `show`. So the user
    can change parameters, inputs, states and weights between runs, and an error in `prepare` leaves
    everything as it was.

    Attributes
    ----------
    engine : Engine
        The one it was made by.
    watch : Watch
        The monitors of the network.
    """

    engine: Engine
    watch: Watch

    def prepare(self, n_steps: int) -> None:
        """Take over what may have changed since the last run.

        Parameters
        ----------
        n_steps : int
            Of the run to come.

        Raises
        ------
        ParameterError
            If something cannot be run. Neither network nor monitors have changed then.
        """

    def show(self) -> None:
        """Show the states in the populations (`Population.bind`) and the terminals of the projections.

        A population is bound to arrays in coherent units of shape (n,), or (trials, n) with several trials,
        and writes to them; `Population.revision` then counts on.
        """

    def run(self, n_steps: int, *, progress: bool) -> None:
        """Advance by a number of steps, `Network.step` with them, and hand to the monitors what happens.

        Within a step the order is: record, integrate, threshold, deliver, reset. A spike or signal through a
        delay of d steps arrives d steps later; after a spike, what is held ``unless refractory`` stands still
        for exactly the refractory time, rounded to steps.

        Parameters
        ----------
        n_steps : int
        progress : bool
            Whether to show a progress bar.

        Raises
        ------
        NonFiniteError
            If a state becomes infinite or not a number; what was recorded stays.
        KeyboardInterrupt
            On Ctrl-C, between two steps; another run goes on from there.
        """

    def snapshot(self) -> Any:
        """What the steps to come depend on, beside the parts of the network: dicts and lists of arrays.

        Raises
        ------
        ParameterError
            If the engine cannot tell.
        """

    def restore(self, saved: Any) -> None:
        """Take over what `snapshot` found, once the network has its values and its step."""


class Engine(Protocol):
    """Something that runs networks: `Network.run` takes it as ``engine``.

    It reads `Network.groups`, `projections`, `inputs` and `monitors`, which are descriptions only, with
    `dt`, `trials` and `seed`. An engine is a file with such a class; a third one needs no change elsewhere.

    What it is given, in coherent units: of a population the equations (`Population.system`, `model`,
    `composition`), `constants` and `start_values`; of a projection its two sides, `connectivity`, `receptor`
    and `delay`. Monitors get what happened through a `neurosim.engines.run_record.RunRecord`. A small engine
    to begin with stands in ``tests/engines/test_third_engine.py``.
    """

    def session(self, network: Network) -> Session:
        """Begin work on a network.

        Nothing in the network changes until `Session.show`.

        Raises
        ------
        ParameterError
            If the engine cannot express a part of the network; it names the part and what to do.
        """
