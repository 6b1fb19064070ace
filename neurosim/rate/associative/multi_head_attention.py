"""Queries that each read from stored patterns, or from one another."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from neurosim.errors import ParameterError
from neurosim.machine import check_room
from neurosim.rate.associative.association import Association
from neurosim.rate.associative.attention import checked_mask
from neurosim.rate.autodiff.operations import Array
from neurosim.rate.autodiff.variable import Variable, as_variable
from neurosim.rate.checks import checked_count, checked_flag


class MultiHeadAttention(Association):
    """Queries that read from stored patterns, ``layer(x, stored)``, or from one another, ``layer(x)``.

    Parameters
    ----------
    n_dims, n_heads, beta, updates, bias
        As for `Association`.
    n_stored_dims : int, optional
        Numbers in a stored pattern, where they are not as many as in a query.
    causal : bool, default False
        Whether the k-th query may look only at the first k stored patterns.

    Attributes
    ----------
    layers : tuple of Affine
        Those of queries, keys, values and output.

    Raises
    ------
    ParameterError
        If a number is out of its range; when applied, if the shapes do not fit, or a mask is none or leaves a
        query with nothing to look at.

    References
    ----------
    Vaswani et al. (2017), arXiv:1706.03762, section 3.2; Ramsauer et al. (2020), arXiv:2008.02217, section 3.

    Examples
    --------
    >>> x = np.random.default_rng(0).standard_normal((2, 5, 8))  # two samples of five patterns
    >>> layer = MultiHeadAttention(8, 2)
    >>> layer.build((5, 8), seed=0)
    (5, 8)
    >>> layer(x, stored=x[:, :3]).shape
    (2, 5, 8)
    """

    def __init__(
        self,
        n_dims: int,
        n_heads: int = 1,
        *,
        n_stored_dims: int | None = None,
        causal: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(n_dims, n_heads, **options)
        where = "MultiHeadAttention.n_stored_dims"
        self.n_stored_dims = None if n_stored_dims is None else checked_count(where, n_stored_dims)
        least = 2 * np.dtype(np.float32).itemsize * (self.n_stored_dims or 0) * self.n_dims
        check_room(where, n_stored_dims, least, "Use a smaller number.")
        self.causal = checked_flag("MultiHeadAttention.causal", causal)

    def __call__(
        self,
        x: Variable | ArrayLike,
        stored: Variable | ArrayLike | None = None,
        *,
        mask: ArrayLike | None = None,
    ) -> Variable:
        """Read for each query from stored patterns.

        Parameters
        ----------
        x : Variable or array, shape (batch, n_queries, d)
        stored : Variable or array, shape (batch, n_stored, d_stored) or (n_stored, d_stored), optional
            `x` itself by default.
        mask : array of bool, shape (n_queries, n_stored) or (batch, n_queries, n_stored), optional
            True where a query may look; axes of length 1 are repeated.

        Returns
        -------
        Variable, shape (batch, n_queries, n_dims)
        """
        where = f"{self.describe()}(stored)"
        read = None if stored is None else as_variable(stored, where=where)
        return self.forward(self._batch(x), read, mask)

    def forward(self, x: Variable, stored: Variable | None = None, mask: ArrayLike | None = None) -> Variable:
        """Return what each query finds, shape (batch, n_queries, n_dims)."""
        patterns = x if stored is None else stored
        if x.ndim != 3 or patterns.ndim not in (2, 3):
            limit = "the shapes must be (batch, n_queries, d) and (batch, n_stored, d_stored)"
            raise ParameterError(f"{self.describe()}(x, stored)", (x.shape, patterns.shape), limit)
        n_queries, n_stored = x.shape[1], patterns.shape[-2]
        seen = None
        if mask is not None:
            batch = max(x.shape[0], *patterns.shape[:-2], 1)
            seen = checked_mask(f"{self.describe()}(mask)", mask, (batch, n_queries, n_stored))
            seen = seen[:, np.newaxis] if seen.ndim == 3 else seen
        if self.causal:
            past = np.tri(n_queries, n_stored, dtype=bool)
            seen = past if seen is None else seen & past
        return self.associate(x, patterns, seen)

    def multiply_accumulates(self, input_shape: tuple[int, ...]) -> int:
        """Return the products of a sample whose patterns look at one another."""
        return self._count(input_shape[0], input_shape[0])

    def _build(self, sample: Array, rng: np.random.Generator) -> None:
        if sample.ndim != 3:
            limit = "a sample must have the shape (n_queries, d)"
            raise ParameterError(f"{self.describe()}, input", sample.shape[1:], limit)
        width = self.n_stored_dims or sample.shape[-1]
        self._build_for(sample, np.zeros((1, width), sample.dtype), rng)

    def trial(self, sample: Array, rng: np.random.Generator) -> Array:
        """Build for a batch of one, and return what comes out, or zeros where stored patterns differ."""
        if self.n_stored_dims is None:
            return super().trial(sample, rng)
        self._build(sample, rng)
        return np.zeros((*sample.shape[:-1], self.n_dims), sample.dtype)

    def description(self) -> dict[str, Any]:
        """The numbers and the layers."""
        return {**super().description(), "n_stored_dims": self.n_stored_dims, "causal": self.causal}
