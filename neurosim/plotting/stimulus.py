"""Stimuli over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from neurosim.errors import ParameterError
from neurosim.plotting.traces import MOST_NAMES, plot_traces

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_stimulus(
    stimulus: Any,
    duration: Any,
    ax: Axes | None = None,
    *,
    dt: Any = 0.1,
    n: int | None = None,
    unit: str | None = None,
    seed: int = 0,
    quantity: str = "Stimulus",
    colour: str | None = None,
) -> Axes:
    """Draw what a stimulus gives to neurons.

    Parameters
    ----------
    stimulus : Stimulus
    duration : float, str or quantity
        ms.
    ax : Axes, optional
        Where to draw; a new figure if left out.
    dt : float, str or quantity, default 0.1
        Time step, ms.
    n : int, optional
        Number of neurons, each with a curve; by default as many as arrays among the values are for, or 1.
    unit : str, optional
        Of the input; by default that of the first value which is text with a unit, or none.
    seed : int, default 0
        Of noise. White noise is shown by its means over the steps.
    quantity : str, default "Stimulus"
        Name on the axis.
    colour : str, optional
        One colour for all curves; by default each has its own.

    Returns
    -------
    Axes

    Raises
    ------
    ParameterError, UnitError, EquationError
        If it is not a stimulus, or an argument or a value does not fit.
    """
    if not hasattr(stimulus, "sample"):
        raise ParameterError("plot_stimulus(stimulus)", stimulus, "must be a stimulus, such as Step(1)")
    t, values, unit = stimulus.sample(duration, dt=dt, n=n, unit=unit, seed=seed)
    count = values.shape[1]
    labels = [f"neuron {i}" for i in range(count)] if 2 <= count <= MOST_NAMES else None
    return plot_traces(t, values.T, labels, "" if unit == "1" else unit, ax, quantity=quantity, colour=colour)
