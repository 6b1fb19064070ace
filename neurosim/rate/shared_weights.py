"""One variable for one array of weights, however many layers use it."""

from __future__ import annotations

from weakref import WeakValueDictionary

from neurosim.rate.operations import Array
from neurosim.rate.variable import Variable

_variables: WeakValueDictionary[int, Variable] = WeakValueDictionary()


def variable_of(weights: Array) -> Variable:
    """Return the variable of an array, the same one for as long as a layer holds it.

    So the gradients of layers with tied weights, such as on a Connectivity and on its transpose, add up, and
    an optimiser moves the weights once in a step.
    """
    known = _variables.get(id(weights))
    if known is None or known.value is not weights:
        known = _variables[id(weights)] = Variable(weights)
    return known
