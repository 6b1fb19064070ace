"""Units that repeat what they hear."""

from __future__ import annotations

from neurosim.network.group import Group


class Parrot(Group):
    """Units that repeat the spikes that arrive, in the step in which they arrive.

    What arrives in a step is the sum of the weights of the spikes. It is rounded to the nearest whole number,
    and a unit fires as many times in this step; a weight of 1 repeats a spike once, and a sum below one half
    is silent. A spike at 0.5 ms that passes through two delays of 1 ms arrives at 2.5 ms.

    Parameters
    ----------
    n : int
    name : str, optional

    Attributes
    ----------
    receptors : tuple of str
        ``spikes`` is the only one; projections that end there have at least one time step's delay.

    Raises
    ------
    ParameterError
        If `n` is not a positive whole number.

    Examples
    --------
    >>> from neurosim import Dense, Network, Parrot, Projection, SpikeGenerator, SpikeMonitor
    >>> source, parrot = SpikeGenerator(1, 0, "0.5 ms"), Parrot(1)
    >>> spikes = SpikeMonitor(parrot)
    >>> Network(source, parrot, Projection(source, parrot, Dense([[2.0]]), delay="1 ms"), spikes).run("3 ms")
    >>> spikes.t.tolist()
    [1.5, 1.5]
    """

    receptors = ("spikes",)

    def __init__(self, n: int, *, name: str | None = None) -> None:
        super().__init__(n, name)

    def __repr__(self) -> str:
        return f"Parrot({self.n}, name={self.name!r})"
