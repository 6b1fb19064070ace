"""The post-synaptic current filter of the notes, of any order."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from neurosim.errors import ParameterError
from neurosim.synapses.receptor import Receptor
from neurosim.units import Unit, convert

if TYPE_CHECKING:
    import numpy as np


class PSCFilter(Receptor):
    """Post-synaptic current ``h(t) = t^n exp(-t/tau)/(n! tau^(n+1))`` after each spike.

    The filter is the cascade of n + 1 equal leaky integrators, advanced exactly on the grid whatever the
    integrator of the neuron.

    Parameters
    ----------
    tau : float, str or quantity
        Time constant, ms.
    order : int, default 0
        n: 0 is an exponential, 1 an alpha function.
    normalize : {"area", "peak"}
        ``area``: h has area 1, and a weight is the total charge a spike delivers (unit of the neuron's input
        times ms). ``peak``: h has peak 1, and a weight is the largest current (unit of the input).
    gain : float, default 1
        Factor on the current, so that connections with weights of another scale can be used as they are.

    Raises
    ------
    ParameterError
        If `tau` is not one positive time, `order` not a whole number from 0 to 20, `normalize` unknown, or
        `gain` not one number.
    """

    def __init__(self, tau: Any, order: int = 0, normalize: str = "area", gain: float = 1.0) -> None:
        number = convert(tau, "ms", "PSCFilter.tau")
        if not isinstance(number, float) or number <= 0:
            raise ParameterError("PSCFilter.tau", tau, "must be one positive time")
        if isinstance(order, bool) or not hasattr(order, "__index__") or not 0 <= order <= 20:
            raise ParameterError("PSCFilter.order", order, "must be a whole number from 0 to 20")
        if normalize not in ("area", "peak"):
            raise ParameterError("PSCFilter.normalize", normalize, "must be 'area' or 'peak'")
        factor = convert(gain, "1", "PSCFilter.gain")
        if not isinstance(factor, float):
            raise ParameterError("PSCFilter.gain", gain, "must be one number")
        self.tau, self.order, self.normalize, self.gain = number, int(order), normalize, factor
        super().__init__(
            "",
            output=f"x{order}",
            jump={"x0": "gain/tau" if normalize == "area" else "gain*rise"},
            parameters={
                "tau": (number, "ms", "synaptic time constant"),
                "gain": (factor, "1", "factor on the current"),
                "rise": (1 / (self._peak * number), "1", "what the first stage needs for a peak of 1"),
            },
            name="PSCFilter",
        )

    @property
    def _peak(self) -> float:
        """Peak of the filter of area 1, per ms."""
        n = self.order
        return float(n**n) * math.exp(-n) / (math.factorial(n) * self.tau)

    def equations(self, unit: Unit) -> str:
        """Text of the equations for a neuron whose input has the given unit."""
        lines = [f"dx0/dt = -x0/tau : {unit.name}"]
        lines += [f"dx{j}/dt = (x{j - 1} - x{j})/tau : {unit.name}" for j in range(1, self.order + 1)]
        return "\n".join(lines)

    def impulse(self, t: Any) -> np.ndarray:
        """Response to one spike of weight 1 at time 0, `gain` included.

        Parameters
        ----------
        t : array_like
            Times, ms.

        Returns
        -------
        ndarray, shape of `t`
            Per ms with area 1, or with peak 1; 0 before the spike.
        """
        import numpy as np

        time = np.asarray(convert(t, "ms", "PSCFilter.impulse.t"), dtype=np.float64)
        after = np.maximum(time, 0.0)
        scale = self.gain if self.normalize == "area" else self.gain / self._peak
        area = math.factorial(self.order) * self.tau
        h = scale * (after / self.tau) ** self.order * np.exp(-after / self.tau) / area
        return np.where(time >= 0, h, 0.0)
