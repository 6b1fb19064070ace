"""Python's arithmetic operators as operations of the expression graph."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from neurosim.rate.variable import Variable


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
