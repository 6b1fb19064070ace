"""Activations by name."""

from __future__ import annotations

from neurosim.rate.activations.activation import Activation
from neurosim.rate.activations.activations import (
    ELU,
    GELU,
    Arctan,
    Identity,
    LeakyReLU,
    Logistic,
    ReLU,
    Softplus,
    Swish,
    Tanh,
    Threshold,
)
from neurosim.rate.activations.parametric_relu import ParametricReLU
from neurosim.rate.activations.soft_lif import SoftLIF
from neurosim.rate.activations.tuning_curve import TuningCurve
from neurosim.rate.checks import find_named

ACTIVATIONS: dict[str, Activation] = {
    "identity": Identity(),
    "threshold": Threshold(),
    "logistic": Logistic(),
    "tanh": Tanh(),
    "arctan": Arctan(),
    "relu": ReLU(),
    "leaky_relu": LeakyReLU(),
    "parametric_relu": ParametricReLU(),
    "elu": ELU(),
    "softplus": Softplus(),
    "swish": Swish(),
    "gelu": GELU(),
    "soft_lif": TuningCurve(SoftLIF(), offset=1.0),  # at threshold for x = 0, like the rectifiers
}
"""Activations by name; a package that adds one registers it here."""

ACTIVATIONS["silu"] = ACTIVATIONS["swish"]


def find_activation(activation: str | Activation, where: str = "activation") -> Activation:
    """Return the activation of that name, or the object itself if it is one.

    Parameters
    ----------
    activation : str or Activation
        A name in `ACTIVATIONS`, or an object. By name, one that learns is a new one with each call.
    where : str
        What to call the argument in an error.

    Raises
    ------
    ParameterError
        If there is no such activation; the message suggests names.
    """
    if isinstance(activation, Activation):
        return activation
    return find_named(where, activation, ACTIVATIONS, "an Activation").fresh()
