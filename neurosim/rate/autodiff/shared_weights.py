"""One variable for one array of weights, however many layers use it."""

from __future__ import annotations

from weakref import WeakKeyDictionary, WeakValueDictionary

from neurosim.connectivity import Connectivity, Transposed
from neurosim.rate.autodiff.variable import Variable

_variables: WeakValueDictionary[int, Variable] = WeakValueDictionary()
_connectivities: WeakKeyDictionary[Variable, Connectivity] = WeakKeyDictionary()


def variable_of(connectivity: Connectivity) -> Variable:
    """Return the variable of the weights, the same one for as long as a layer holds it.

    So the gradients of layers with tied weights, such as on a Connectivity and on its transpose, add up, and
    an optimiser moves the weights once in a step.
    """
    weights = connectivity.weights
    known = _variables.get(id(weights))
    if known is None or known.value is not weights:
        known = _variables[id(weights)] = Variable(weights)
        _connectivities[known] = connectivity.T if isinstance(connectivity, Transposed) else connectivity
    return known


def connectivity_of(variable: Variable) -> Connectivity | None:
    """Return the Connectivity whose weights a variable holds; None if it is of something else."""
    return _connectivities.get(variable)
