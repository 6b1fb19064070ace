"""Python's operators: those of arithmetic are operations of the expression graph, comparisons are none."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

import numpy as np

from neurosim.rate.autodiff.refusals import refuse_comparison

if TYPE_CHECKING:
    from neurosim.rate.autodiff.variable import Variable


class Arithmetic:
    """What gives a variable the operators of NumPy's arrays."""

    __slots__ = ()

    @staticmethod
    @abstractmethod
    def _of(ufunc: np.ufunc, *operands: Any) -> Variable:
        """Apply a function of NumPy, and record it."""

    def __add__(self, other: Any) -> Variable:
        return self._of(np.add, self, other)

    def __radd__(self, other: Any) -> Variable:
        return self._of(np.add, other, self)

    def __sub__(self, other: Any) -> Variable:
        return self._of(np.subtract, self, other)

    def __rsub__(self, other: Any) -> Variable:
        return self._of(np.subtract, other, self)

    def __mul__(self, other: Any) -> Variable:
        return self._of(np.multiply, self, other)

    def __rmul__(self, other: Any) -> Variable:
        return self._of(np.multiply, other, self)

    def __truediv__(self, other: Any) -> Variable:
        return self._of(np.divide, self, other)

    def __rtruediv__(self, other: Any) -> Variable:
        return self._of(np.divide, other, self)

    def __pow__(self, other: Any) -> Variable:
        return self._of(np.power, self, other)

    def __rpow__(self, other: Any) -> Variable:
        return self._of(np.power, other, self)

    def __matmul__(self, other: Any) -> Variable:
        return self._of(np.matmul, self, other)

    def __rmatmul__(self, other: Any) -> Variable:
        return self._of(np.matmul, other, self)

    def __neg__(self) -> Variable:
        return self._of(np.negative, self)

    def __abs__(self) -> Variable:
        return self._of(np.absolute, self)

    # A set or a dict asks whether a variable equals itself, and a program whether it is None.
    def __eq__(self, other: object) -> bool:
        if other is self or other is None:
            return NotImplemented
        refuse_comparison(self)

    def __ne__(self, other: object) -> bool:
        if other is self or other is None:
            return NotImplemented
        refuse_comparison(self)

    __hash__ = object.__hash__

    def __lt__(self, other: Any) -> bool:
        refuse_comparison(self)

    def __le__(self, other: Any) -> bool:
        refuse_comparison(self)

    def __gt__(self, other: Any) -> bool:
        refuse_comparison(self)

    def __ge__(self, other: Any) -> bool:
        refuse_comparison(self)
