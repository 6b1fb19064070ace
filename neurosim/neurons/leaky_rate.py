"""Rate units with memory: the activity, or the potential below it, follows its drive with a time constant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from neurosim.neurons.activation_curve import ActivationCurve
from neurosim.neurons.model import NeuronModel
from neurosim.units import convert


class LeakyRate(NeuronModel):
    """A unit whose activity follows its activation function: ``tau dr/dt = -r + f(x)``.

    It passes on `r` continuously; `x` is its input, the sum of what arrives. ``rate(x)`` is f.

    Parameters
    ----------
    activation : str or NeuronModel
        f: ``"identity"``, ``"relu"``, ``"logistic"``, ``"tanh"``, ``"softplus"`` or ``"threshold"``; an
        expression of ``x`` with its unit, ``"x**2/(1 + x**2)"`` or ``"100*Hz*tanh(x) : Hz"``, by default
        dimensionless; or a model whose steady rate has a closed form, such as ``LIF``: the input is then
        that model's, and `r` is in Hz.
    tau : float, str or quantity, default "10 ms"
        Time constant.
    parameters : mapping, optional
        Parameters of the expression, as in `NeuronModel`.
    name : str, optional

    Raises
    ------
    ParameterError, EquationError, UnitError
        If the activation is not usable.

    References
    ----------
    Dayan & Abbott (2001), Theoretical Neuroscience, eq. 7.11.

    Examples
    --------
    >>> unit = LeakyRate("tanh", tau="20 ms")
    >>> unit.steady_state(0.5)
    {'r': 0.46211715726000973}
    """

    def __init__(
        self,
        activation: str | NeuronModel,
        *,
        tau: Any = "10 ms",
        parameters: Mapping[str, Any] | None = None,
        name: str = "LeakyRate",
    ) -> None:
        curve = ActivationCurve(activation, parameters, f"{name}.activation")
        super().__init__(
            f"dr/dt = (f - r)/tau : {curve.unit}\n"
            f"f = {curve.at(curve.input)} : {curve.unit}\n"
            f"{curve.input} : {curve.input_unit} (input)",
            parameters={"tau": _time(tau), **curve.parameters},
            output="r",
            rate="f",
            name=name,
            reference="Dayan & Abbott (2001), Theoretical Neuroscience, eq. 7.11",
        )


class LeakyPotential(NeuronModel):
    """A unit whose potential averages its drive and whose activity is a function of it.

    ``tau du/dt = -u + x`` and ``r = f(u)``. It passes on `r` continuously; the units of Hopfield (1984) are
    of this kind.

    Parameters
    ----------
    activation, tau, parameters, name
        As for `LeakyRate`.

    Raises
    ------
    ParameterError, EquationError, UnitError
        If the activation is not usable.

    References
    ----------
    Hopfield (1984), doi:10.1073/pnas.81.10.3088, eq. 5.
    """

    def __init__(
        self,
        activation: str | NeuronModel,
        *,
        tau: Any = "10 ms",
        parameters: Mapping[str, Any] | None = None,
        name: str = "LeakyPotential",
    ) -> None:
        curve = ActivationCurve(activation, parameters, f"{name}.activation")
        super().__init__(
            f"du/dt = ({curve.input} - u)/tau : {curve.input_unit}\n"
            f"r = {curve.at('u')} : {curve.unit}\n"
            f"{curve.input} : {curve.input_unit} (input)",
            parameters={"tau": _time(tau), **curve.parameters},
            output="r",
            rate=curve.at(curve.input),
            name=name,
            reference="10.1073/pnas.81.10.3088",
        )


def _time(tau: Any) -> Any:
    return (convert(tau, "ms", "tau"), "ms", "time constant")
