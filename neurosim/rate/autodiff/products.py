"""Products of matrices, and sums of products in Einstein's notation."""

from __future__ import annotations

import numpy as np

from neurosim.errors import ParameterError
from neurosim.rate.autodiff.operations import Array, Operation, unbroadcast


class MatMul(Operation):
    """Matrix product ``a @ b`` with NumPy's rules for vectors and stacks of matrices."""

    def forward(self, *inputs: Array) -> Array:
        """Return a @ b."""
        self._a, self._b = inputs
        return np.asarray(self._a @ self._b)

    def backward(self, g: Array) -> tuple[Array | None, ...]:
        """Return g b^T and a^T g."""
        a = self._a[np.newaxis, :] if self._a.ndim == 1 else self._a
        b = self._b[:, np.newaxis] if self._b.ndim == 1 else self._b
        if self._b.ndim == 1:
            g = g[..., np.newaxis]
        if self._a.ndim == 1:
            g = g[..., np.newaxis, :]
        by_a = by_b = None
        if self.needed[0]:
            by_a = unbroadcast(g @ np.swapaxes(b, -1, -2), a.shape)
            by_a = by_a.reshape(-1) if self._a.ndim == 1 else by_a
        if self.needed[1]:
            by_b = unbroadcast(np.swapaxes(a, -1, -2) @ g, b.shape)
            by_b = by_b.reshape(-1) if self._b.ndim == 1 else by_b
        return by_a, by_b

    def tangent(self, *tangents: Array | None) -> Array:
        """Return da b + a db."""
        da, db = tangents
        by_a = 0.0 if da is None else da @ self._b
        return np.asarray(by_a + (0.0 if db is None else self._a @ db))


class Einsum(Operation):
    """Sum of products in Einstein's notation, ``"ij,jk->ik"``.

    Parameters
    ----------
    subscripts : str
        A letter for each axis of each input and, after ``->``, of the value; no letter twice in one input.
    """

    def __init__(self, subscripts: str) -> None:
        if not isinstance(subscripts, str):
            raise ParameterError("rate.einsum(subscripts)", subscripts, "must be text such as 'ij,jk->ik'")
        before, arrow, after = subscripts.replace(" ", "").partition("->")
        self._letters = before.split(",")
        self._kept = after
        plain = all(part.isalpha() or not part for part in (*self._letters, after))
        if not arrow or not plain or any(len(set(part)) < len(part) for part in (*self._letters, after)):
            raise ParameterError(
                "rate.einsum(subscripts)",
                subscripts,
                "must be letters, an arrow and letters, none twice in one operand",
                "For instance 'ij,jk->ik'.",
            )

    def forward(self, *inputs: Array) -> Array:
        """Return the sum of products."""
        self._inputs = inputs
        return self._sum(self._letters, self._kept, inputs)

    def backward(self, g: Array) -> tuple[Array | None, ...]:
        """Return, for each input, the sum over the other inputs and `g`."""
        return tuple(self._pull(i, g) if needed else None for i, needed in enumerate(self.needed))

    def tangent(self, *tangents: Array | None) -> Array:
        """Replace one input after the other by its tangent, and add."""
        parts = [
            self._sum(self._letters, self._kept, (*self._inputs[:i], t, *self._inputs[i + 1 :]))
            for i, t in enumerate(tangents)
            if t is not None
        ]
        return np.asarray(sum(parts[1:], start=parts[0]))

    def _pull(self, i: int, g: Array) -> Array:
        wanted, shape = self._letters[i], self._inputs[i].shape
        others = [*self._letters[:i], *self._letters[i + 1 :]]
        present = {*self._kept, *"".join(others)}
        found = "".join(letter for letter in wanted if letter in present)
        arrays = (g, *self._inputs[:i], *self._inputs[i + 1 :])
        pulled = self._sum([self._kept, *others], found, arrays)
        # An axis that only this input has was summed over: each of its elements gets the same gradient.
        alone = tuple(axis for axis, letter in enumerate(wanted) if letter not in present)
        return np.broadcast_to(np.expand_dims(pulled, alone), shape)

    @staticmethod
    def _sum(letters: list[str], kept: str, arrays: tuple[Array, ...]) -> Array:
        return np.asarray(np.einsum(f"{','.join(letters)}->{kept}", *arrays, optimize=True))
