"""A set of patterns, summed up by a query that is learnt."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from neurosim.connectivity.checks import read_array
from neurosim.errors import ParameterError
from neurosim.rate.associative.association import Association
from neurosim.rate.autodiff.operations import Array
from neurosim.rate.autodiff.variable import Variable
from neurosim.rate.layers.layer import Mask


class AttentionPooling(Association):
    """One vector for a set of patterns: what a learnt query finds among them, in whatever order they come.

    Parameters
    ----------
    n_dims, n_heads, beta, updates, bias
        As for `Association`.

    Attributes
    ----------
    query : Variable, shape (1, n_dims)
        It starts from a standard normal distribution. There is none before the layer is built.
    layers : tuple of Affine
        Those of queries, keys, values and output.

    Raises
    ------
    ParameterError
        If a number is out of its range; when applied, if the layer is not built, the shapes do not fit, or a
        mask is none or leaves a sample with nothing to look at.

    References
    ----------
    Ramsauer et al. (2020), arXiv:2008.02217, section 3, Hopfield pooling; Ilse, Tomczak & Welling (2018),
    arXiv:1802.04712.
    """

    def __init__(self, n_dims: int, n_heads: int = 1, **options: Any) -> None:
        super().__init__(n_dims, n_heads, **options)

    @property
    def query(self) -> Variable:
        """What is looked for."""
        return self._patterns

    def __call__(self, x: Variable | ArrayLike, *, mask: ArrayLike | None = None) -> Variable:
        """Sum up each sample.

        Parameters
        ----------
        x : Variable or array, shape (batch, n_patterns, d)
        mask : array of bool, shape (batch, n_patterns), optional
            True for patterns that belong to the set, for sets of different sizes.

        Returns
        -------
        Variable, shape (batch, n_dims)
        """
        return self.forward(self._batch(x), mask)

    def masked(self, x: Variable, mask: Mask) -> tuple[Variable, None]:
        """Return what the queries find among the steps that count."""
        return self(x, mask=mask), None

    def forward(self, x: Variable, mask: ArrayLike | None = None) -> Variable:
        """Return one vector for each sample, shape (batch, n_dims)."""
        if x.ndim != 3:
            limit = "the shape must be (batch, n_patterns, d)"
            raise ParameterError(f"{self.describe()}(x)", x.shape, limit)
        seen = None
        if mask is not None:
            seen = read_array(f"{self.describe()}(mask)", mask)
            if seen.shape != x.shape[:2]:
                raise ParameterError(
                    f"{self.describe()}(mask)", seen.shape, f"the shape must be {x.shape[:2]}"
                )
            seen = seen[:, np.newaxis, np.newaxis]
        return self.associate(self.query, x, seen).reshape(len(x), self.n_dims)

    def parameters(self) -> list[Variable]:
        """Return the query, then the parameters of the layers."""
        return [self.query, *super().parameters()]

    def multiply_accumulates(self, input_shape: tuple[int, ...]) -> int:
        """Return the products of a sample."""
        return self._count(1, input_shape[0])

    def _build(self, sample: Array, rng: np.random.Generator) -> None:
        if sample.ndim != 3:
            limit = "a sample must have the shape (n_patterns, d)"
            raise ParameterError(f"{self.describe()}, input", sample.shape[1:], limit)
        self._build_for(self._learn(1, sample, rng), sample, rng)
