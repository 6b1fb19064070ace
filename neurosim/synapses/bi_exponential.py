"""The difference of two exponentials."""

from __future__ import annotations

from typing import Any

import numpy as np

from neurosim.equations.functions import exprel
from neurosim.errors import ParameterError
from neurosim.synapses.linear_filter import LinearFilter
from neurosim.synapses.psc_filter import checked_scale
from neurosim.synapses.receptor import positive_time
from neurosim.units import Unit


class BiExponential(LinearFilter):
    """Difference of exponentials ``(exp(-t/tau_decay) - exp(-t/tau_rise))/(tau_decay - tau_rise)``.

    It is written as a cascade of two leaky integrators, so that equal time constants are no special case:
    they give the alpha function. Roth & van Rossum, Modeling synapses, in De Schutter, Computational Modeling
    Methods for Neuroscientists (2009).

    Parameters
    ----------
    tau_rise, tau_decay : float, str or quantity
        Time constants, ms; the first not longer than the second.
    normalize : {"area", "peak"}
        ``area``: as above, of area 1, and a weight is a charge. ``peak``: scaled to a peak of 1, and a weight
        is the largest current.
    gain : float, default 1
        Factor on the current.

    Raises
    ------
    ParameterError
        If a time constant is not one positive time, or the rise longer than the decay, `normalize` is
        unknown, or `gain` is not one number.
    """

    def __init__(self, tau_rise: Any, tau_decay: Any, normalize: str = "area", gain: float = 1.0) -> None:
        name = type(self).__name__
        rise = positive_time(tau_rise, f"{name}.tau_rise")
        decay = positive_time(tau_decay, f"{name}.tau_decay")
        factor = checked_scale(name, normalize, gain)
        self.normalize = normalize
        super().__init__(
            "",
            output="x1",
            jump={"x0": "gain/tau_rise" if normalize == "area" else "gain*rise"},
            parameters={
                "tau_rise": (rise, "ms", "time constant of the rise"),
                "tau_decay": (decay, "ms", "time constant of the decay"),
                "gain": (factor, "1", "factor on the current"),
            },
            name=name,
        )

    def _check(self) -> None:
        super()._check()
        rise, decay = self._value("tau_rise"), self._value("tau_decay")
        if rise > decay:
            limit = f"must not be longer than tau_decay = {decay:g} ms"
            raise ParameterError(f"{self.name}.tau_rise", rise, limit, "Swap the two.")

    def equations(self, unit: Unit) -> str:
        """Text of the equations for a neuron whose input has the given unit."""
        lines = [f"dx0/dt = -x0/tau_rise : {unit.name}", f"dx1/dt = (x0 - x1)/tau_decay : {unit.name}"]
        if self.normalize == "peak":
            # The peak of the area-1 filter, (tau_rise/tau_decay)^(tau_rise/(tau_decay - tau_rise))/tau_decay,
            # in a form that holds for equal time constants too.
            lines += ["ratio = tau_decay/tau_rise : 1", "rise = exp(ratio/exprel(log(ratio))) : 1"]
        return "\n".join(lines)

    def _jumps(self) -> tuple[np.ndarray, np.ndarray]:
        rise, gain = self._value("tau_rise"), self._value("gain")
        ratio = self._value("tau_decay") / rise
        first = gain / rise if self.normalize == "area" else gain * np.exp(ratio / exprel(np.log(ratio)))
        return np.array([first, 0.0]), np.zeros(2)

    def _later(self, states: np.ndarray, elapsed: np.ndarray) -> np.ndarray:
        rise, decay = self._value("tau_rise"), self._value("tau_decay")
        first, second = states
        passed_on = rise * self._difference(elapsed) * first
        return np.array([np.exp(-elapsed / rise) * first, np.exp(-elapsed / decay) * second + passed_on])

    def _current(self, states: np.ndarray) -> np.ndarray:
        current: np.ndarray = states[1]
        return current

    def _integral(self, t: np.ndarray) -> np.ndarray:
        rise, decay = self._value("tau_rise"), self._value("tau_decay")
        area = self._jumps()[0][0] * rise
        integral: np.ndarray = area * (-np.expm1(-t / decay) - rise * self._difference(t))
        return integral

    def _difference(self, t: np.ndarray) -> np.ndarray:
        """The filter of area 1."""
        rise, decay = self._value("tau_rise"), self._value("tau_decay")
        slower = (decay - rise) / (decay * rise)
        difference: np.ndarray = t / (rise * decay) * np.exp(-t / decay) * exprel(-t * slower)
        return difference
