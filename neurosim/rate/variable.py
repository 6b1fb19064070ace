"""Variables of the expression graph, and reverse-mode differentiation through it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike

from neurosim.connectivity.checks import read_array, read_numbers
from neurosim.errors import ParameterError
from neurosim.rate.operations import (
    DERIVATIVES,
    Array,
    Axis,
    Concatenate,
    Elementwise,
    Index,
    MatMul,
    Operation,
    Reshape,
    Sum,
    Transpose,
)

_recording: ContextVar[bool] = ContextVar("recording", default=True)


@contextmanager
def no_grad() -> Iterator[None]:
    """Compute values only: inside this context no graph is recorded, and memory is freed at once."""
    token = _recording.set(False)
    try:
        yield
    finally:
        _recording.reset(token)


class Variable:
    """An array that remembers how it was computed.

    Python's operators, indexing and NumPy's elementwise functions (``np.exp(x)``, ``np.maximum(x, 0)``) apply
    to variables and give variables. `backward` then finds the gradient for every variable it depends on.
    Arithmetic follows NumPy: arrays are broadcast, and float32 stays float32.

    Parameters
    ----------
    value : array
        Kept, not copied, where it is an array of float32 or float64; other real numbers become float64.
    requires_grad : bool, default True
        Whether `backward` computes a gradient for this variable.

    Attributes
    ----------
    grad : ndarray or None
        Sum of the gradients of all calls of `backward` since the last `zero_grad`; of the shape of `value`.
    creator : Operation or None
        The operation this variable is the value of; None if it was given.
    inputs : tuple of Variable
        What the creator was applied to.

    Raises
    ------
    ParameterError
        If `value` does not consist of real numbers.

    Examples
    --------
    >>> x = Variable([1.0, 2.0])
    >>> (x * x).sum().backward()
    >>> x.grad
    array([2., 4.])
    """

    __slots__ = ("_value", "creator", "grad", "inputs", "requires_grad")

    def __init__(self, value: ArrayLike, requires_grad: bool = True) -> None:
        array = read_numbers("Variable.value", value)
        if array.dtype not in (np.float32, np.float64):
            array = array.astype(np.float64)
        self._value = array
        self.requires_grad = requires_grad
        self.grad: Array | None = None
        self.creator: Operation | None = None
        self.inputs: tuple[Variable, ...] = ()

    @property
    def value(self) -> Array:
        """The array itself; assigning writes new values of the same shape into it."""
        return self._value

    @value.setter
    def value(self, new: ArrayLike) -> None:
        values = read_array("Variable.value", new)
        if values.shape != self.shape:
            raise ParameterError("Variable.value", values.shape, f"the shape must be {self.shape}")
        self._value[...] = values

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the value."""
        return self._value.shape

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return self._value.ndim

    @property
    def size(self) -> int:
        """Number of elements."""
        return self._value.size

    @property
    def dtype(self) -> np.dtype[Any]:
        """float32 or float64."""
        return self._value.dtype

    @property
    def T(self) -> Variable:
        """The variable with its axes reversed."""
        return self.transpose()

    def backward(self, seed: ArrayLike | None = None) -> None:
        """Add the gradient of this variable to `grad` of every variable it depends on.

        Parameters
        ----------
        seed : array of the shape of `value`, optional
            Gradient of some scalar with respect to this variable; 1 by default, which needs a single element.

        Raises
        ------
        ParameterError
            If the variable has several elements and no seed, or the seed has another shape, or nothing it
            depends on requires a gradient.
        """
        if not self.requires_grad:
            raise ParameterError(
                "Variable.backward()",
                self,
                "depends on no variable that requires a gradient",
                "Was it computed inside no_grad()?",
            )
        if seed is None and self.size != 1:
            raise ParameterError(
                "Variable.backward()",
                self.shape,
                "only a scalar has a gradient of its own",
                "Sum it, or pass the seed to start from.",
            )
        start = np.ones(self.shape, self.dtype) if seed is None else np.asarray(seed, self.dtype)
        if start.shape != self.shape:
            raise ParameterError("Variable.backward(seed)", start.shape, f"the shape must be {self.shape}")
        pending = {id(self): start}
        for variable in self._graph():
            g = pending.pop(id(variable))
            variable._accumulate(g)
            if variable.creator is None:
                continue
            for x, g_x in zip(variable.inputs, variable.creator.backward(g), strict=True):
                if x.requires_grad and g_x is not None:
                    g_x = g_x.astype(x.dtype, copy=False)
                    pending[id(x)] = pending[id(x)] + g_x if id(x) in pending else g_x

    def _graph(self) -> Iterator[Variable]:
        """Every variable this one depends on, each before its inputs; without recursion, for long chains."""
        order: list[Variable] = []
        seen: set[int] = set()
        stack = [(self, False)]
        while stack:
            variable, inputs_done = stack.pop()
            if inputs_done:
                order.append(variable)
            elif id(variable) not in seen:
                seen.add(id(variable))
                stack.append((variable, True))
                stack.extend((x, False) for x in variable.inputs if x.requires_grad)
        return reversed(order)

    def _accumulate(self, g: Array) -> None:
        if self.grad is not None:
            self.grad = self.grad + g
        else:
            # Several variables may hand on one array; what a user may change belongs to one alone.
            self.grad = np.array(g) if self.creator is None else g

    def zero_grad(self) -> None:
        """Forget the gradient."""
        self.grad = None

    def sum(self, axis: Axis = None, keepdims: bool = False) -> Variable:
        """Sum over `axis` (default: all)."""
        return apply(Sum(axis, keepdims), self)

    def mean(self, axis: Axis = None, keepdims: bool = False) -> Variable:
        """Mean over `axis` (default: all)."""
        if self.size == 0:
            raise ParameterError("Variable.mean()", self.shape, "an empty array has no mean")
        total = self.sum(axis, keepdims)
        return total * (total.size / self.size)

    def reshape(self, *shape: int | tuple[int, ...]) -> Variable:
        """Return the same elements in another shape; one length may be -1."""
        lengths = shape[0] if len(shape) == 1 and isinstance(shape[0], tuple) else shape
        return apply(Reshape(cast("tuple[int, ...]", lengths)), self)

    def transpose(self, *axes: int) -> Variable:
        """Permute the axes; without arguments, reverse them."""
        return apply(Transpose(axes or None), self)

    def __getitem__(self, key: Any) -> Variable:
        return apply(Index(key), self)

    def __len__(self) -> int:
        return len(self._value)

    def __iter__(self) -> Iterator[Variable]:
        return (self[i] for i in range(len(self)))

    def __float__(self) -> float:
        return float(self._value)

    def __add__(self, other: Operand) -> Variable:
        return _elementwise(np.add, self, other)

    def __radd__(self, other: Operand) -> Variable:
        return _elementwise(np.add, other, self)

    def __sub__(self, other: Operand) -> Variable:
        return _elementwise(np.subtract, self, other)

    def __rsub__(self, other: Operand) -> Variable:
        return _elementwise(np.subtract, other, self)

    def __mul__(self, other: Operand) -> Variable:
        return _elementwise(np.multiply, self, other)

    def __rmul__(self, other: Operand) -> Variable:
        return _elementwise(np.multiply, other, self)

    def __truediv__(self, other: Operand) -> Variable:
        return _elementwise(np.divide, self, other)

    def __rtruediv__(self, other: Operand) -> Variable:
        return _elementwise(np.divide, other, self)

    def __pow__(self, other: Operand) -> Variable:
        return _elementwise(np.power, self, other)

    def __rpow__(self, other: Operand) -> Variable:
        return _elementwise(np.power, other, self)

    def __matmul__(self, other: Operand) -> Variable:
        return apply(MatMul(), self, other)

    def __rmatmul__(self, other: Operand) -> Variable:
        return apply(MatMul(), other, self)

    def __neg__(self) -> Variable:
        return _elementwise(np.negative, self)

    def __abs__(self) -> Variable:
        return _elementwise(np.absolute, self)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Operand, **options: Any) -> Any:
        if method != "__call__" or options:
            return NotImplemented
        if ufunc is np.matmul:
            return apply(MatMul(), *inputs)
        return _elementwise(ufunc, *inputs) if ufunc in DERIVATIVES else NotImplemented

    def __repr__(self) -> str:
        made_by = f", creator={self.creator.name}" if self.creator else ""
        return f"Variable({np.array2string(self._value, threshold=20)}, {self.dtype}{made_by})"


Operand = Variable | ArrayLike


def apply(operation: Operation, *inputs: Operand) -> Variable:
    """Apply an operation to variables and arrays, and record it in the graph.

    Parameters
    ----------
    operation : Operation
        A fresh one.
    *inputs : Variable, array or number
        Arrays count as constants; a Python number takes the dtype of the first variable.

    Returns
    -------
    Variable

    Raises
    ------
    ParameterError
        If the shapes do not fit the operation.
    """
    dtype = next((x.dtype for x in inputs if isinstance(x, Variable)), np.dtype(np.float64))
    variables = tuple(_as_variable(x, dtype) for x in inputs)
    operation.needed = tuple(x.requires_grad for x in variables)
    try:
        value = operation.forward(*(x.value for x in variables))
    except ParameterError:
        raise
    except ValueError as error:
        shapes = " and ".join(str(x.shape) for x in variables)
        raise ParameterError(f"rate.{operation.name}", shapes, "these shapes do not go together") from error
    recorded = _recording.get() and any(operation.needed)
    result = Variable(value, requires_grad=recorded)
    if recorded:
        result.creator = operation
        result.inputs = variables
    return result


def concatenate(variables: list[Operand], axis: int = 0) -> Variable:
    """Join variables along an existing axis."""
    return apply(Concatenate(axis), *variables)


def _elementwise(ufunc: np.ufunc, *inputs: Operand) -> Variable:
    return apply(Elementwise(ufunc, *DERIVATIVES[ufunc]), *inputs)


def _as_variable(x: Operand, dtype: np.dtype[Any]) -> Variable:
    if isinstance(x, Variable):
        return x
    if isinstance(x, int | float):
        x = np.asarray(x, dtype)
    return Variable(x, requires_grad=False)
