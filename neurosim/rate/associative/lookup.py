"""Stored patterns that are learnt, looked up by content."""

from __future__ import annotations

from typing import Any

import numpy as np

from neurosim.rate.associative.association import Association
from neurosim.rate.autodiff.operations import Array
from neurosim.rate.autodiff.variable import Variable
from neurosim.rate.checks import checked_count


class Lookup(Association):
    """A memory whose patterns are learnt: each input is a query, and reads what it is associated with.

    Parameters
    ----------
    n_patterns : int
        Number of stored patterns.
    n_dims, n_heads, beta, updates, bias
        As for `Association`; a stored pattern has `n_dims` numbers.

    Attributes
    ----------
    stored : Variable, shape (n_patterns, n_dims)
        They start from a standard normal distribution. There are none before the layer is built.
    layers : tuple of Affine
        Those of queries, keys, values and output.

    Raises
    ------
    ParameterError
        If a number is out of its range; when applied, if the layer is not built or the shapes do not fit.

    References
    ----------
    Ramsauer et al. (2020), arXiv:2008.02217, section 3, Hopfield layer.
    """

    stepwise = True

    def __init__(self, n_patterns: int, n_dims: int, n_heads: int = 1, **options: Any) -> None:
        super().__init__(n_dims, n_heads, **options)
        self.n_patterns = checked_count("Lookup.n_patterns", n_patterns)

    @property
    def stored(self) -> Variable:
        """The patterns."""
        return self._patterns

    def forward(self, x: Variable) -> Variable:
        """Return what each query finds, shape (..., n_dims), for `x` of shape (..., d)."""
        queries = x.reshape(1, *x.shape) if x.ndim == 1 else x
        found = self.associate(queries, self.stored)
        return found.reshape(self.n_dims) if x.ndim == 1 else found

    def parameters(self) -> list[Variable]:
        """Return the stored patterns, then the parameters of the layers."""
        return [self.stored, *super().parameters()]

    def multiply_accumulates(self, input_shape: tuple[int, ...]) -> int:
        """Return the products of a sample; what depends on the stored patterns alone is counted too."""
        return self._count(int(np.prod(input_shape[:-1])), self.n_patterns)

    def _build(self, sample: Array, rng: np.random.Generator) -> None:
        self._build_for(sample, self._learn(self.n_patterns, sample, rng), rng)

    def description(self) -> dict[str, Any]:
        """The numbers, the layers and the stored patterns."""
        return {**super().description(), "n_patterns": self.n_patterns}

    def describe(self) -> str:
        """Name the sizes."""
        return f"Lookup({self.n_patterns} patterns, {self._sizes()})"
