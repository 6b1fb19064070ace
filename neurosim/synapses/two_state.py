"""Transmitter that binds to receptors: the two-state scheme under a pulse."""

from __future__ import annotations

from typing import Any

import numpy as np

from neurosim.equations.functions import exprel
from neurosim.errors import ParameterError
from neurosim.synapses.linear_filter import LinearFilter
from neurosim.synapses.receptor import one, positive_time
from neurosim.units import Unit


class TwoStateKinetics(LinearFilter):
    """Receptors that open with transmitter and close without: ``dr/dt = alpha*C*(1 - r) - beta*r``.

    Destexhe, Mainen & Sejnowski (1994), doi:10.1162/neco.1994.6.1.14: each spike releases transmitter of
    concentration C for the time `pulse`, in which the open fraction r rises towards
    ``alpha*C/(alpha*C + beta)``; afterwards it falls with the rate beta. This is exact, and for any number of
    synapses at once (Lytton 1996, doi:10.1162/neco.1996.8.3.501): N sums the weights of the synapses whose
    pulse lasts, `on` and `off` the open receptors of those with and without transmitter.

    A weight is what all receptors of a synapse make when open. Each spike finds its receptors closed: what is
    still open from the spike before is added, so that a synapse does not saturate.

    Parameters
    ----------
    alpha : float, str or quantity
        Rate of binding, 1/(mM*ms).
    beta : float, str or quantity
        Rate of unbinding, 1/ms.
    transmitter : float, str or quantity, default "1 mM"
        Concentration C during the pulse.
    pulse : float, str or quantity, default "1 ms"
        Duration of the pulse, a whole number of time steps.

    Raises
    ------
    ParameterError, UnitError
        If `alpha` or the concentration is negative, `beta` not positive, `pulse` not one positive time, or a
        unit does not fit.
    """

    def __init__(self, alpha: Any, beta: Any, transmitter: Any = "1 mM", pulse: Any = "1 ms") -> None:
        name = type(self).__name__
        length = positive_time(pulse, f"{name}.pulse")
        super().__init__(
            "",
            output="on + off",
            jump={"N": "1"},
            pulse=length,
            end={"N": "-1", "on": "-r_end", "off": "r_end"},
            parameters={
                "alpha": (one(alpha, "1/(mM*ms)", f"{name}.alpha"), "1/(mM*ms)", "rate of binding"),
                "beta": (one(beta, "1/ms", f"{name}.beta"), "1/ms", "rate of unbinding"),
                "C": (one(transmitter, "mM", f"{name}.transmitter"), "mM", "transmitter during a pulse"),
            },
            name=name,
            reference="10.1162/neco.1994.6.1.14",
        )

    def _check(self) -> None:
        super()._check()
        if self._value("beta") == 0:
            raise ParameterError(f"{self.name}.beta", 0.0, "must be positive")

    def equations(self, unit: Unit) -> str:
        """Text of the equations for a neuron whose input has the given unit."""
        return f"""
            dN/dt = 0*N/ms : {unit.name}
            don/dt = alpha*C*(N - on) - beta*on : {unit.name}
            doff/dt = -beta*off : {unit.name}
            r_end = alpha*C*{self.pulse!r}*ms*exprel(-(alpha*C + beta)*{self.pulse!r}*ms) : 1
            """

    def _jumps(self) -> tuple[np.ndarray, np.ndarray]:
        r_end = self._opened(np.asarray(self.pulse))
        return np.array([1.0, 0.0, 0.0]), np.array([-1.0, -r_end, r_end])

    def _later(self, states: np.ndarray, elapsed: np.ndarray) -> np.ndarray:
        bound, on, off = states
        still_on = np.exp(-(self._binding + self._value("beta")) * elapsed) * on
        return np.array(
            [bound, still_on + self._opened(elapsed) * bound, np.exp(-self._value("beta") * elapsed) * off]
        )

    def _current(self, states: np.ndarray) -> np.ndarray:
        current: np.ndarray = states[1] + states[2]
        return current

    def _integral(self, t: np.ndarray) -> np.ndarray:
        rate, beta, pulse = self._binding + self._value("beta"), self._value("beta"), np.asarray(self.pulse)
        during = np.minimum(t, pulse)
        # x - (1 - exp(-x)) loses digits for small x, but no more than the integral's own round-off.
        rising = self._binding / rate * (during - during * exprel(-rate * during))
        after = np.maximum(t - pulse, 0.0)
        falling = self._opened(pulse) * after * exprel(-beta * after)
        integral: np.ndarray = rising + falling
        return integral

    @property
    def _binding(self) -> float:
        return self._value("alpha") * self._value("C")

    def _opened(self, t: np.ndarray) -> np.ndarray:
        """Fraction of receptors open after a time in transmitter, all closed before."""
        opened: np.ndarray = self._binding * t * exprel(-(self._binding + self._value("beta")) * t)
        return opened
