"""Parameters that have a gradient already."""

import numpy as np

from neurosim.rate import Variable


def parameter(value, gradient, dtype="float64"):
    variable = Variable(np.array(value, dtype))
    variable.grad = np.array(gradient, dtype)
    return variable
