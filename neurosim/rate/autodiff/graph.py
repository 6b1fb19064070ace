"""The expression graph: whether it is recorded, its order, and derivatives passed along it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from neurosim.errors import ParameterError
from neurosim.rate.autodiff.operations import Array

if TYPE_CHECKING:
    from neurosim.rate.autodiff.variable import Variable

recording: ContextVar[bool] = ContextVar("recording", default=True)


@contextmanager
def no_grad() -> Iterator[None]:
    """Compute values only: inside this context no graph is recorded, and memory is freed at once."""
    with _recorded(False):
        yield


@contextmanager
def with_grad() -> Iterator[None]:
    """Record the graph, inside `no_grad` too."""
    with _recorded(True):
        yield


@contextmanager
def _recorded(wanted: bool) -> Iterator[None]:
    token = recording.set(wanted)
    try:
        yield
    finally:
        recording.reset(token)


def sort_graph(root: Variable) -> list[Variable]:
    """Return `root` and every variable it depends on that needs a gradient, each after its inputs.

    Nothing recurses, so graphs may be as deep as memory allows.
    """
    order: list[Variable] = []
    seen: set[int] = set()
    stack = [root]
    opened: list[Variable] = []  # variables whose inputs are still on the stack, the latest last
    while stack:
        variable = stack[-1]
        if opened and opened[-1] is variable:
            order.append(opened.pop())
            stack.pop()
        elif id(variable) in seen:
            stack.pop()
        else:
            seen.add(id(variable))
            opened.append(variable)
            stack += [x for x in variable.inputs if x.requires_grad]
    return order


def pull_back(root: Variable, seed: Array) -> Iterator[tuple[Variable, Array]]:
    """Yield every variable that `root` depends on with its gradient, from `root` to the leaves.

    Parameters
    ----------
    root : Variable
    seed : array of the shape of `root`
        Gradient with respect to `root`.

    Raises
    ------
    ParameterError
        If the value of an input was set since an operation was applied to it, or that of a result since it
        was computed, before anything is yielded; or if an operation returns a gradient of another shape than
        its input's.
    """
    order = sort_graph(root)
    _check_unchanged(order)
    pending = {id(root): seed}
    for variable in reversed(order):
        g = pending.pop(id(variable), None)
        if g is None:  # an operation on the way has no gradient
            continue
        yield variable, g
        operation = variable.creator
        if operation is None:
            continue
        try:
            gradients = operation.backward(g)
        except Exception as error:
            error.add_note(f"On the way back through {operation.describe()}")
            raise
        for x, g_x in zip(variable.inputs, gradients, strict=True):
            if not x.requires_grad or g_x is None:
                continue
            if g_x.shape != x.shape:
                raise ParameterError(
                    f"rate.{operation.name}.backward(g)",
                    g_x.shape,
                    f"the gradient for an input has its shape, {x.shape}",
                    f"The operation: {operation.describe()}",
                )
            if g_x.dtype != x.dtype:
                g_x = g_x.astype(x.dtype)
            earlier = pending.get(id(x))
            pending[id(x)] = g_x if earlier is None else earlier + g_x


def _check_unchanged(variables: list[Variable]) -> None:
    """Raise a ParameterError if what an operation kept of inputs and result is no longer what they are."""
    for variable in variables:
        operation = variable.creator
        if operation is None:
            continue
        if variable.version:  # many operations keep their result: the exponential function, a convolution
            raise ParameterError(
                f"rate.{operation.name}, value of shape",
                variable.shape,
                "it was set after it was computed, so that the gradient would be wrong",
                f"Make a Variable of the new value. The operation: {operation.describe()}",
            )
        now = tuple([x.version for x in variable.inputs])
        if now != operation.versions:
            i = next(i for i, version in enumerate(operation.versions) if version != now[i])
            raise ParameterError(
                f"rate.{operation.name}, input {i} of shape",
                variable.inputs[i].shape,
                "its value was set after the graph was made, so that the gradient would be wrong",
                f"Compute the result anew before backward(). The operation: {operation.describe()}",
            )


def push_forward(root: Variable, tangents: dict[int, Array]) -> Array | None:
    """Return how fast `root` changes where variables change at given rates; None if it does not.

    Parameters
    ----------
    root : Variable
    tangents : dict of int to array
        Rates by the ``id`` of the variable.
    """
    known = dict(tangents)
    for variable in sort_graph(root):
        if variable.creator is None:
            continue
        given = [known.get(id(x)) for x in variable.inputs]
        if any(t is not None for t in given):
            try:
                known[id(variable)] = variable.creator.tangent(*given)
            except Exception as error:
                error.add_note(f"On the way forward through {variable.creator.describe()}")
                raise
    return known.get(id(root))
