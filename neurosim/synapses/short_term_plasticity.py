"""Short-term depression and facilitation of synapses, after Tsodyks and Markram."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from neurosim.description import Described
from neurosim.errors import ParameterError
from neurosim.units import convert

if TYPE_CHECKING:
    import numpy as np


class ShortTermPlasticity(Described):
    """Synapses that transmit less, or more, the more they are used.

    Of the resources of a presynaptic terminal the fraction x is available, and a spike uses the fraction u of
    that. Between spikes ``dx/dt = (1 - x)/tau_rec`` and ``du/dt = -u/tau_facil``. At a spike, in this order::

        u = u + U*(1 - u)
        weight times u*x arrives
        x = x - u*x

    So the first spike transmits the fraction U of the weight, which is the absolute efficacy (A_SE in the
    papers). The resources, once used, wait for their recovery; the time they spend in the synaptic current
    itself is taken to be short.

    Parameters
    ----------
    U : float, or array of shape (n_pre,)
        Use of the resources by a spike after a long rest, above 0 and at most 1.
    tau_rec : float, str, quantity, or array of shape (n_pre,)
        Time constant of recovery, ms; 0 for a synapse without depression.
    tau_facil : float, str, quantity, or array of shape (n_pre,), default 0
        Time constant with which facilitation fades, ms; 0 for a synapse without facilitation, where u = U.

    Raises
    ------
    ParameterError
        If U is not a fraction above 0, or a time constant is negative.

    References
    ----------
    Tsodyks & Markram (1997), doi:10.1073/pnas.94.2.719; with facilitation Tsodyks, Pawelzik & Markram (1998),
    doi:10.1162/089976698300017502.

    Examples
    --------
    >>> synapse = ShortTermPlasticity(U=0.5, tau_rec="800 ms")
    >>> synapse.release([0, 50, 100]).round(3).tolist()
    [0.5, 0.265, 0.155]
    """

    def __init__(self, U: Any, tau_rec: Any, tau_facil: Any = 0.0) -> None:
        import numpy as np

        where = "ShortTermPlasticity"
        self.U = convert(U, "1", f"{where}.U")
        self.tau_rec = convert(tau_rec, "ms", f"{where}.tau_rec")
        self.tau_facil = convert(tau_facil, "ms", f"{where}.tau_facil")
        if np.any(np.less_equal(self.U, 0)) or np.any(np.greater(self.U, 1)):
            raise ParameterError(f"{where}.U", U, "must be a fraction above 0 and at most 1")
        for name in ("tau_rec", "tau_facil"):
            if np.any(np.less(getattr(self, name), 0)):
                raise ParameterError(f"{where}.{name}", getattr(self, name), "must be a time, 0 or more")
        for name, value in self.parameters.items():
            if np.ndim(value) > 1:
                raise ParameterError(
                    f"{where}.{name}", np.shape(value), "must be one number or one for each unit"
                )

    @property
    def parameters(self) -> dict[str, Any]:
        """The three parameters by name; times in ms."""
        return {"U": self.U, "tau_rec": self.tau_rec, "tau_facil": self.tau_facil}

    def release(self, times: Any) -> np.ndarray:
        """Fractions of the weight that the spikes of a train transmit, from rest.

        Parameters
        ----------
        times : array_like of shape (n_spikes,)
            ms, not falling.

        Returns
        -------
        ndarray of shape (n_spikes,), or (n_spikes, n_pre) if a parameter is an array

        Raises
        ------
        ParameterError
            If the times fall.
        """
        import numpy as np

        t = np.atleast_1d(np.asarray(convert(times, "ms", "ShortTermPlasticity.release.times")))
        pauses = np.diff(t, prepend=t[:1])
        if t.ndim != 1 or (pauses < 0).any():
            raise ParameterError(
                "ShortTermPlasticity.release.times", times, "must be a list that does not fall"
            )
        shape = np.broadcast_shapes(*(np.shape(value) for value in self.parameters.values()))
        x, u = np.ones(shape), np.zeros(shape)
        released = np.empty((t.size, *shape))
        for k, pause in enumerate(pauses):
            x = 1 - (1 - x) * decay(pause, self.tau_rec)
            u = u * decay(pause, self.tau_facil)
            u = u + self.U * (1 - u)
            released[k] = u * x
            x = x - released[k]
        return released

    def steady_release(self, rate: Any) -> np.ndarray:
        """Fraction of the weight that each spike transmits in the end, when spikes come at even intervals.

        Parameters
        ----------
        rate : float, str, quantity or array_like
            Hz, above 0.

        Returns
        -------
        ndarray of the shape of `rate` and the parameters, broadcast

        Raises
        ------
        ParameterError
            If a rate is not above 0.
        """
        import numpy as np

        frequency = np.asarray(convert(rate, "Hz", "ShortTermPlasticity.steady_release.rate"))
        if (frequency <= 0).any():
            raise ParameterError("ShortTermPlasticity.steady_release.rate", rate, "must be above 0")
        interval = 1000.0 / frequency
        recovery, memory = decay(interval, self.tau_rec), decay(interval, self.tau_facil)
        u = self.U / (1 - (1 - np.asarray(self.U)) * memory)
        return np.asarray(u * (1 - recovery) / (1 - (1 - u) * recovery))

    def __repr__(self) -> str:
        import numpy as np

        shown = (
            f"{name}={value:g}" if np.ndim(value) == 0 else f"{name}=array of {np.size(value)}"
            for name, value in self.parameters.items()
        )
        return f"ShortTermPlasticity({', '.join(shown)})"


def decay(pause: Any, tau: Any) -> np.ndarray:
    """What is left after a pause, ``exp(-pause/tau)``; nothing where tau is 0, however short the pause."""
    import numpy as np

    instant = np.equal(tau, 0)
    return np.where(instant, 0.0, np.exp(-np.asarray(pause) / np.where(instant, 1.0, tau)))


Depressing = ShortTermPlasticity(U=0.5, tau_rec=800.0)
"""Between pyramidal cells of layer 5: Tsodyks, Pawelzik & Markram (1998), figure 1A."""

Facilitating = ShortTermPlasticity(U=0.03, tau_rec=130.0, tau_facil=530.0)
"""From a pyramidal cell to an interneuron: Tsodyks, Pawelzik & Markram (1998), figure 1B."""
