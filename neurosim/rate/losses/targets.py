"""What a loss compares a network's output with."""

from __future__ import annotations

from numpy.typing import ArrayLike

from neurosim.errors import ParameterError
from neurosim.rate.autodiff.variable import Variable, as_variable


def as_targets(
    loss: str, output: Variable | ArrayLike, targets: Variable | ArrayLike, name: str = "target"
) -> tuple[Variable, Variable]:
    """Return output and targets as variables of one shape.

    Parameters
    ----------
    loss : str
        What to call the loss in an error.
    output : Variable or array
    targets : Variable or array
        Of the shape of the output: nothing is broadcast, which would hide a mistake. Numbers other than
        float32 and float64 take the dtype of the output; so do double-precision arrays.
    name : str, default "target"
        What to call the targets in an error.

    Raises
    ------
    ParameterError
        If the shapes differ, there is nothing to compare, or something is no number.
    """
    x = as_variable(output)
    t = as_variable(targets, x.dtype)
    if t.shape != x.shape:
        column = x.shape == (*t.shape, 1)
        remedy = "Make a column of them: y[:, None]." if column else ""
        limit = f"the shape must be {x.shape} like the prediction"
        raise ParameterError(f"{loss}({name})", t.shape, limit, remedy)
    if x.size == 0:
        raise ParameterError(f"{loss}({name})", t.shape, "there is nothing to compare")
    if t.dtype != x.dtype and not t.requires_grad:
        t = Variable(t.value.astype(x.dtype), requires_grad=False)
    return x, t
