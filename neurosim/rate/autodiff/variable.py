"""Variables of the expression graph."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike

from neurosim.connectivity.checks import read_array, read_numbers
from neurosim.errors import ParameterError
from neurosim.rate.autodiff.arithmetic import Arithmetic
from neurosim.rate.autodiff.elementwise import DERIVATIVES, Clip, Elementwise
from neurosim.rate.autodiff.graph import pull_back, recording
from neurosim.rate.autodiff.operations import Array, Axis, Operation
from neurosim.rate.autodiff.origin import describe_origin, find_origin
from neurosim.rate.autodiff.products import MatMul
from neurosim.rate.autodiff.rearrangements import Index, Reshape, Transpose
from neurosim.rate.autodiff.reductions import Maximum, Mean, Minimum, Sum, Variance
from neurosim.rate.autodiff.refusals import describe_call, refuse_comparison, refuse_function

_COMPARISONS = (np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal)
_FLOATS = (np.dtype(np.float32), np.dtype(np.float64))

FUNCTIONS: dict[Callable[..., Any], Callable[..., Any]] = {}
"""What NumPy's functions that are not elementwise mean for variables."""


class Variable(Arithmetic):
    """An array that remembers how it was computed.

    Python's operators, indexing and NumPy's functions (``np.exp(x)``, ``np.where(mask, x, 0)``) apply to
    variables and give variables. `backward` then finds the gradient for every variable it depends on.
    Arithmetic follows NumPy: arrays are broadcast, and float32 stays float32.

    Parameters
    ----------
    value : array
        Kept, not copied, where it is an array of float32 or float64; other real numbers (whole ones, float16,
        truth values) are converted to float64.
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
    version : int
        How often the value was set. `backward` refuses where it has risen since the graph was made, be it
        that of a result on the way; raise it after writing into the array itself.

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

    __slots__ = ("__weakref__", "_value", "creator", "grad", "inputs", "requires_grad", "version")

    def __init__(self, value: ArrayLike, requires_grad: bool = True) -> None:
        array = value if type(value) is np.ndarray else read_numbers("Variable.value", value)
        if array.dtype not in _FLOATS:
            array = read_numbers("Variable.value", array).astype(np.float64)
        self._value = array
        self.requires_grad = requires_grad
        self.grad: Array | None = None
        self.creator: Operation | None = None
        self.inputs: tuple[Variable, ...] = ()
        self.version = 0

    @property
    def value(self) -> Array:
        """The array itself; assigning writes new values of the same shape into it.

        Operations keep it for the way back, also those that computed it, such as the exponential function or
        a convolution with the ReLU and the MaxPool behind it. `backward` notices what is assigned; who writes
        into the array itself, as in ``x.value[0] = 1``, must raise `version` or take a copy.
        """
        return self._value

    @value.setter
    def value(self, new: ArrayLike) -> None:
        values = read_array("Variable.value", new)
        if values.shape != self.shape:
            raise ParameterError("Variable.value", values.shape, f"the shape must be {self.shape}")
        self._value[...] = values
        self.version += 1

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
            If the variable has several elements and no seed, or the seed has another shape, nothing it
            depends on requires a gradient, or its value or that of something it depends on was set since: by
            hand, a step of an optimiser, or `load_state`.
        """
        if not self.requires_grad:
            raise ParameterError(
                "Variable.backward()",
                self,
                "depends on no variable that requires a gradient",
                "Was it computed inside no_grad()?",
            )
        if seed is None and self.size != 1:
            made = f" It is the value of {self.creator.describe()}" if self.creator else ""
            raise ParameterError(
                "Variable.backward()",
                self.shape,
                "only a scalar has a gradient of its own",
                f"Sum it, or pass the seed to start from.{made}",
            )
        start = (
            np.ones(self.shape, self.dtype) if seed is None else read_numbers("Variable.backward(seed)", seed)
        )
        if start.shape != self.shape:
            raise ParameterError("Variable.backward(seed)", start.shape, f"the shape must be {self.shape}")
        given = {id(start)}
        for variable, g in pull_back(self, start.astype(self.dtype, copy=False)):
            if variable.grad is not None:
                variable.grad = variable.grad + g
            elif variable.creator is None and (id(g) in given or g.base is not None):
                variable.grad = np.array(g)  # what a user may change belongs to one variable alone
            else:
                variable.grad = g
            given.add(id(g))

    def zero_grad(self) -> None:
        """Forget the gradient."""
        self.grad = None

    def sum(self, axis: Axis = None, keepdims: bool = False) -> Variable:
        """Sum over `axis` (default: all)."""
        return apply(Sum(axis, keepdims), self)

    def mean(self, axis: Axis = None, keepdims: bool = False) -> Variable:
        """Mean over `axis` (default: all)."""
        return apply(Mean(axis, keepdims), self)

    def var(self, axis: Axis = None, ddof: int = 0, keepdims: bool = False) -> Variable:
        """Variance over `axis` (default: all); with `ddof` = 1, its unbiased estimate from a sample."""
        return apply(Variance(axis, ddof, keepdims), self)

    def max(self, axis: Axis = None, keepdims: bool = False) -> Variable:
        """Largest element over `axis` (default: all); equal ones share the gradient evenly."""
        return apply(Maximum(axis, keepdims), self)

    def min(self, axis: Axis = None, keepdims: bool = False) -> Variable:
        """Smallest element over `axis` (default: all); equal ones share the gradient evenly."""
        return apply(Minimum(axis, keepdims), self)

    def clip(self, low: float | None = None, high: float | None = None) -> Variable:
        """Hold the elements between two bounds, outside of which the derivative is 0."""
        return apply(Clip(low, high), self)

    def reshape(self, *shape: int | tuple[int, ...]) -> Variable:
        """Return the same elements in another shape; one length may be -1."""
        lengths = shape[0] if len(shape) == 1 and isinstance(shape[0], tuple) else shape
        return apply(Reshape(cast("tuple[int, ...]", lengths)), self)

    def transpose(self, *axes: int | tuple[int, ...]) -> Variable:
        """Permute the axes; without arguments, reverse them."""
        order = axes[0] if len(axes) == 1 and isinstance(axes[0], tuple) else axes
        return apply(Transpose(cast("tuple[int, ...]", order) or None), self)

    def __getitem__(self, key: Any) -> Variable:
        if isinstance(key, Variable):
            raise ParameterError("Variable[key]", key, "is no index", "Index with its value, an array.")
        return apply(Index(np.asarray(key) if isinstance(key, list) else key), self)

    def __len__(self) -> int:
        return len(self._value)

    def __iter__(self) -> Iterator[Variable]:
        return (self[i] for i in range(len(self)))

    def __float__(self) -> float:
        return float(self._value)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Operand, **options: Any) -> Any:
        if (ufunc in DERIVATIVES or ufunc is np.matmul) and method == "__call__" and not options:
            return self._of(ufunc, *inputs)
        if ufunc in _COMPARISONS:
            refuse_comparison(self)
        name = ufunc.__name__ if method == "__call__" else f"{ufunc.__name__}.{method}"
        refuse_function(name, self, (*DERIVATIVES, *FUNCTIONS))

    @staticmethod
    def _of(ufunc: np.ufunc, *operands: Operand) -> Variable:
        if ufunc is np.matmul:
            return apply(MatMul(), *operands)
        return apply(Elementwise(ufunc, *DERIVATIVES[ufunc]), *operands)

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        if function in FUNCTIONS:
            try:
                return FUNCTIONS[function](*args, **options)
            except TypeError as error:  # an option that only arrays know
                error.add_note(f"In {function.__name__} of a variable.{describe_call()}")
                raise
        refuse_function(function.__name__, self, (*FUNCTIONS, *DERIVATIVES))

    def __array__(self, *_: Any, **__: Any) -> Array:
        raise ParameterError("Variable", self, "is no array", "Take its value, which is outside the graph.")

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
        Arrays and numbers count as constants; those that are not float32 or float64 arrays take the dtype of
        the first variable.

    Returns
    -------
    Variable

    Raises
    ------
    ParameterError
        If the shapes do not fit the operation, or an option such as an axis is of the wrong kind; the message
        names the shapes, and the line that applied it.
    """
    dtypes = [x.dtype for x in inputs if isinstance(x, Variable)]
    dtype = dtypes[0] if dtypes else _FLOATS[1]
    variables = tuple([x if isinstance(x, Variable) else as_variable(x, dtype) for x in inputs])
    operation.needed = tuple([x.requires_grad for x in variables])
    try:
        value = operation.forward(*[x._value for x in variables])
    except (ValueError, IndexError, TypeError, OverflowError) as error:
        shapes = " and ".join(str(x.shape) for x in variables)
        origin = find_origin()
        made = f"It was {describe_origin(origin)}" if origin else ""
        if isinstance(error, ParameterError):
            error.add_note(f"In rate.{operation.name} of {shapes}. {made}".strip())
            raise
        of_shapes = len(variables) > 1 and isinstance(error, ValueError | IndexError)
        limit = "these shapes do not go together" if of_shapes else str(error).removesuffix(".")
        raise ParameterError(f"rate.{operation.name}", shapes, limit, made) from error
    recorded = recording.get() and any(operation.needed)
    result = Variable(value, requires_grad=recorded)
    if recorded:
        operation.origin = find_origin()
        operation.versions = tuple([x.version for x in variables])
        result.creator = operation
        result.inputs = variables
    return result


def as_variable(x: Operand, dtype: np.dtype[Any] = _FLOATS[1], where: str = "Variable.value") -> Variable:
    """Return a variable itself, and an array or a number as a constant.

    `dtype` is for numbers and for arrays that are neither float32 nor float64; float64 by default. `where` is
    what errors call `x`.
    """
    if isinstance(x, Variable):
        return x
    if isinstance(x, int | float):
        x = np.asarray(x, dtype)
    array = x if type(x) is np.ndarray else read_numbers(where, x)
    if array.dtype not in _FLOATS:
        array = read_numbers(where, array).astype(dtype)
    return Variable(array, requires_grad=False)
