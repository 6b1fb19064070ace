"""The post-synaptic current filter of the notes, of any order."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from neurosim.errors import ParameterError
from neurosim.synapses.linear_filter import LinearFilter
from neurosim.synapses.receptor import one, positive_time
from neurosim.units import Unit


class PSCFilter(LinearFilter):
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
        name = type(self).__name__
        number = positive_time(tau, f"{name}.tau")
        if isinstance(order, bool) or not hasattr(order, "__index__") or not 0 <= order <= 20:
            raise ParameterError(f"{name}.order", order, "must be a whole number from 0 to 20")
        factor = checked_scale(name, normalize, gain)
        self.order, self.normalize = int(order), normalize
        super().__init__(
            "",
            output=f"x{order}",
            jump={"x0": "gain/tau" if normalize == "area" else f"gain*{1 / self._peak!r}"},
            parameters={
                "tau": (number, "ms", "synaptic time constant"),
                "gain": (factor, "1", "factor on the current"),
            },
            name=name,
        )

    @property
    def tau(self) -> float:
        """Time constant, ms."""
        return self._value("tau")

    @property
    def gain(self) -> float:
        """Factor on the current."""
        return self._value("gain")

    @property
    def _peak(self) -> float:
        """Peak of the filter of area 1, over 1/tau."""
        n = self.order
        return float(n**n) * math.exp(-n) / math.factorial(n)

    def equations(self, unit: Unit) -> str:
        """Text of the equations for a neuron whose input has the given unit."""
        lines = [f"dx0/dt = -x0/tau : {unit.name}"]
        lines += [f"dx{j}/dt = (x{j - 1} - x{j})/tau : {unit.name}" for j in range(1, self.order + 1)]
        return "\n".join(lines)

    def _jumps(self) -> tuple[np.ndarray, np.ndarray]:
        first = np.zeros(self.order + 1)
        first[0] = self.gain * (1 / self.tau if self.normalize == "area" else 1 / self._peak)
        return first, np.zeros_like(first)

    def _later(self, states: np.ndarray, elapsed: np.ndarray) -> np.ndarray:
        d = elapsed / self.tau
        # The weight of the k-th stage before is d^k exp(-d)/k!, as in a Poisson process.
        weights = [np.exp(-d)]
        for k in range(1, self.order + 1):
            weights.append(weights[-1] * d / k)
        return np.array([sum(weights[j - i] * states[i] for i in range(j + 1)) for j in range(len(states))])

    def _current(self, states: np.ndarray) -> np.ndarray:
        current: np.ndarray = states[-1]
        return current

    def _integral(self, t: np.ndarray) -> np.ndarray:
        from scipy.special import gammainc

        area = self.gain if self.normalize == "area" else self.gain * self.tau / self._peak
        result: np.ndarray = area * gammainc(self.order + 1, t / self.tau)
        return result


def checked_scale(name: str, normalize: str, gain: Any) -> float:
    """The gain as a number, if it is one and the normalisation is known.

    Raises
    ------
    ParameterError, UnitError
        If not.
    """
    if normalize not in ("area", "peak"):
        raise ParameterError(f"{name}.normalize", normalize, "must be 'area' or 'peak'")
    return one(gain, "1", f"{name}.gain")
