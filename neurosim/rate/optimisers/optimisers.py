"""The optimisers by name."""

from __future__ import annotations

from neurosim.rate.checks import checked_choice
from neurosim.rate.optimisers.adadelta import AdaDelta
from neurosim.rate.optimisers.adagrad import AdaGrad
from neurosim.rate.optimisers.adam import Adam, AdamW
from neurosim.rate.optimisers.adamax import AdaMax
from neurosim.rate.optimisers.nadam import NAdam
from neurosim.rate.optimisers.optimiser import Optimiser
from neurosim.rate.optimisers.rmsprop import RMSProp
from neurosim.rate.optimisers.sgd import SGD

OPTIMISERS: dict[str, type[Optimiser]] = {
    "sgd": SGD,
    "adagrad": AdaGrad,
    "rmsprop": RMSProp,
    "adadelta": AdaDelta,
    "adam": Adam,
    "adamw": AdamW,
    "adamax": AdaMax,
    "nadam": NAdam,
}
"""Optimisers by name; a package that adds one registers it here."""


def find_optimiser(name: str, where: str = "optimiser") -> type[Optimiser]:
    """Return the class of optimisers of that name.

    Parameters
    ----------
    name : str
        A name in `OPTIMISERS`.
    where : str
        What to call the argument in an error.

    Raises
    ------
    ParameterError
        If there is none; the message suggests names.
    """
    checked_choice(where, name, OPTIMISERS)
    return OPTIMISERS[name]
