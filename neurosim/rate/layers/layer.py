"""What every part of a rate network is."""

from __future__ import annotations

import math
import os
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self, TypeGuard, TypeVar

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from neurosim.description import Described
from neurosim.errors import ParameterError
from neurosim.machine import check_room
from neurosim.rate.autodiff.graph import no_grad
from neurosim.rate.autodiff.operations import Array
from neurosim.rate.autodiff.variable import Variable, as_variable
from neurosim.rate.checks import is_whole
from neurosim.rate.layers.receptive_field import ReceptiveField
from neurosim.rate.randomness import Seed, as_generator

Shape = tuple[int, ...]
Mask = NDArray[np.bool_]


_WAYS = ("__call__", "forward", "value", "derivative", "backward")
"""Methods by which a layer is applied: what somebody puts in their place is to be called."""


class Layer(Described, ABC):
    """A differentiable function of a batch, perhaps with parameters to learn.

    A layer of one's own needs `forward`; where it learns, `parameters`; where its sizes depend on its input,
    `_build`. `check_layer` tests the result.

    Attributes
    ----------
    training : bool
        Whether the layer is being trained; layers that add noise only then look at it. False at first.
    takes_symbols : bool
        Whether its inputs are whole numbers that name something, so that no gradient passes.
    stepwise : bool
        Whether of a sequence, shape (batch, time, ...), it treats each step as if there were no others.

    Examples
    --------
    >>> from neurosim.rate import Affine, Sequential, Variable
    >>> class Gain(Layer):
    ...     def _build(self, sample, rng):  # a batch of one, of zeros
    ...         self.gain = Variable(np.ones(sample.shape[1:], sample.dtype))
    ...
    ...     def parameters(self):
    ...         return [self.gain]
    ...
    ...     def forward(self, x):
    ...         return self.gain * x
    >>> Sequential(Affine(8), Gain(), input_shape=5, seed=0)[1].gain.shape
    (8,)
    """

    training: bool = False
    takes_symbols: bool = False
    stepwise: bool = False
    _defined: ClassVar[Mapping[str, object]] = {}

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls._defined = {name: getattr(cls, name, None) for name in _WAYS}

    @abstractmethod
    def forward(self, x: Variable) -> Variable:
        """Return the layer's output for a batch `x`."""

    def __call__(self, x: Variable | ArrayLike) -> Variable:
        """Apply `forward` to a variable, or to an array as a constant.

        Raises
        ------
        ParameterError
            If the batch is empty, does not fit the layer, or `forward` does not return a Variable.
        """
        output = self.forward(self._batch(x))
        if not isinstance(output, Variable):
            limit = "must return a Variable"
            raise ParameterError(f"{self.describe()}.forward(x)", output, limit, "Do not take x.value in it.")
        return output

    def forward_with(self, x: Variable, followers: Sequence[Layer]) -> tuple[Variable, int]:
        """Apply the layer and perhaps some of those that follow, in one pass; return the output and how many.

        For networks of layers. The output is the same as that of one layer after the other.

        Parameters
        ----------
        x : Variable
        followers : sequence of Layer
            Each takes the output of the one before.
        """
        return self(x), 0

    def masked(self, x: Variable, mask: Mask) -> tuple[Variable, Mask | None]:
        """Apply the layer to sequences of which only some steps count, so that the others change nothing.

        For networks of layers; to call one, see `Sequential` and `RecurrentLayer`. A layer that is `stepwise`
        has it from here.

        Parameters
        ----------
        x : Variable of shape (batch, time, ...)
        mask : ndarray of bool, shape (batch, time)

        Returns
        -------
        output : Variable
        mask : ndarray of bool, shape (batch, time), or None
            Which steps of the output count; None where it has no steps any more.

        Raises
        ------
        ParameterError
            If the layer does not keep steps apart.
        """
        if not self.stepwise or x.ndim < (2 if self.takes_symbols else 3):
            limit = "mixes the steps of a sequence, those that do not count too"
            remedy = "Put it behind a layer that returns the last step; one of your own may set `stepwise`."
            raise ParameterError(f"{self.describe()}(mask)", mask.shape, limit, remedy)
        return self(x), mask

    def _batch(self, x: Variable | ArrayLike) -> Variable:
        given = self._read(x)
        if not given.size:
            limit = "an axis is of length 0" if given.ndim and len(given) else "needs at least one sample"
            raise ParameterError(f"{self.describe()}(x)", given.shape, limit)
        return given

    def _read(self, x: Variable | ArrayLike) -> Variable:
        """Return a batch as a variable; what is no batch is named as the layer's argument."""
        if isinstance(x, Variable) or (type(x) is np.ndarray and x.dtype.kind == "f"):
            return as_variable(x)
        return as_variable(x, where=f"{self.describe()}(x)")

    def build(self, input_shape: int | Shape, *, dtype: DTypeLike | None = None, seed: Seed = None) -> Shape:
        """Fix the sizes that depend on the input, and check that everything fits.

        The layer is then applied to a single sample of zeros, outside training.

        Parameters
        ----------
        input_shape : int or tuple of int
            Shape of a sample, without the axis of the batch; a number n stands for (n,).
        dtype : {"float32", "float64"}, optional
            Of the input and, by it, of parameters that are made now; that of the first parameter if left out,
            or float64.
        seed : int or numpy.random.Generator, optional
            Of the parameters that are made now, and of layers that draw random numbers and were given no
            seed of their own.

        Returns
        -------
        tuple of int
            Shape of the output for a sample.

        Raises
        ------
        ParameterError
            If the input does not fit; the message names the layer and both shapes.
        """
        shape = checked_shape(f"{self.describe()}.build(input_shape)", input_shape)
        number = self._own_dtype() if dtype is None else np.dtype(dtype)
        if number not in (np.float32, np.float64):
            raise ParameterError(f"{self.describe()}.build(dtype)", dtype, "must be 'float32' or 'float64'")
        needed = math.prod(shape) * number.itemsize
        check_room(f"{self.describe()}.build(input_shape)", shape, needed, "Use smaller samples.")
        sample = np.zeros((1, *shape), number)
        return self.trial(sample, as_generator(f"{self.describe()}.build(seed)", seed)).shape[1:]

    def trial(self, sample: Array, rng: np.random.Generator) -> Array:
        """Build for a batch of one, and return what comes out; `build` is for users."""
        self._build(sample, rng)
        was_training = self.training
        self.train(False)
        try:
            with no_grad(), np.errstate(all="ignore"):
                return self(sample).value
        finally:
            self.train(was_training)

    def _build(self, sample: Array, rng: np.random.Generator) -> None:
        """Make what depends on the shape and dtype of a sample, and raise where it does not fit."""

    @property
    def input_shape(self) -> Shape | None:
        """Shape of a sample that the layer needs; None where many will do."""
        return None

    def _own_dtype(self) -> np.dtype[Any]:
        if self.input_shape is None:
            return np.dtype(np.float64)
        return next((p.dtype for p in self.parameters()), np.dtype(np.float64))

    def parameters(self) -> list[Variable]:
        """Return the variables to learn, in a fixed order; none by default."""
        return []

    def buffers(self) -> dict[str, Array]:
        """Return by name the arrays that training changes though nothing learns them; none by default."""
        return {}

    def generators(self) -> list[np.random.Generator]:
        """Return the sources of random numbers that training uses; none by default."""
        return []

    @property
    def n_synapses(self) -> int:
        """Number of connections between units."""
        return 0

    def multiply_accumulates(self, input_shape: Shape) -> int:
        """Return the number of products with a weight that one sample takes."""
        return 0

    def seen(self, field: ReceptiveField) -> ReceptiveField | None:
        """Return the receptive field of the layer's units, given that of its input; None for everything.

        By default a unit sees what the unit in its place sees.
        """
        return field

    def train(self, training: bool = True) -> None:
        """Switch to training, or back."""
        self.training = training

    def evaluate(self) -> None:
        """Switch training off: noise is silent, and normalisation uses what it has seen."""
        self.train(False)

    def state(self) -> dict[str, Any]:
        """Return copies of all that training changes: parameters, buffers, sources of random numbers."""
        from neurosim.rate.layers.layer_state import take_state

        return take_state(self)

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Go on from what `state` returned, in a layer of the same build.

        Raises
        ------
        ParameterError
            If an entry is missing, unknown or of the wrong shape; nothing has then changed.
        """
        from neurosim.rate.layers.layer_state import put_state

        put_state(self, state)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the layer, all it consists of and all it has learnt to a file; `load` makes it anew.

        Raises
        ------
        ParameterError
            If something in it cannot be described, such as a function.
        OutputError
            If the file cannot be written; one that was there is then as it was.
        """
        from neurosim.rate.layers.saving import save

        save(self, path)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Make the layer anew that `save` has written.

        Raises
        ------
        DataError
            If the file cannot be read, was altered, or holds something else.
        """
        from neurosim.rate.layers.saving import load

        return load(cls, path)

    def describe(self) -> str:
        """Return a short name with the sizes that matter."""
        return type(self).__name__

    def __repr__(self) -> str:
        return self.describe()


Kind = TypeVar("Kind", bound=Layer)


def is_just(layer: Layer | None, kind: type[Kind]) -> TypeGuard[Kind]:
    """Whether a layer is of this class itself, and no method was replaced, of the layer or of the class."""
    if type(layer) is not kind or any(name in vars(layer) for name in _WAYS):
        return False
    return all(getattr(kind, name, None) == method for name, method in kind._defined.items())


def checked_shape(where: str, shape: int | Shape) -> Shape:
    """Return the shape of a sample as a tuple."""
    lengths: Any = (shape,) if is_whole(shape) else shape
    if not isinstance(lengths, tuple | list) or any(not is_whole(n) or n < 1 for n in lengths):
        raise ParameterError(where, shape, "must be a positive whole number, or a tuple of them")
    return tuple(int(n) for n in lengths)
