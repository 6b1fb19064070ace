"""What layers that associate queries with stored patterns have in common."""

from __future__ import annotations

from typing import Any, Never, Self

import numpy as np
from numpy.typing import NDArray

from neurosim.errors import ParameterError
from neurosim.keywords import refuse_keywords
from neurosim.machine import check_room
from neurosim.rate.associative.attention import attention
from neurosim.rate.autodiff.operations import Array
from neurosim.rate.autodiff.variable import Variable
from neurosim.rate.checks import checked_count, checked_positive
from neurosim.rate.layers.affine import Affine
from neurosim.rate.layers.composite import Composite
from neurosim.rate.layers.layer import Layer


class Association(Composite):
    """Attention between projections of queries and of stored patterns, in several heads side by side.

    Queries, keys and values are affine functions of what is given, each on a Connectivity of its own; the
    heads share out their `n_dims` numbers, and a last affine function joins what they found.

    Parameters
    ----------
    n_dims : int
        Numbers in a query, key and value, over all heads, and in the output.
    n_heads : int, default 1
        A divisor of `n_dims`.
    beta : float, optional
        Sharpness; ``1/sqrt(n_dims/n_heads)`` by default.
    updates : int, default 1
        How often each query is updated. All but the last update move it among the keys, as the modern
        Hopfield network moves its state; the last reads the values.
    bias : bool, default True
        Whether the affine functions have one.

    Attributes
    ----------
    layers : tuple of Affine
        Those of queries, keys, values and output.

    Raises
    ------
    ParameterError
        If a number is out of its range.
    """

    one_after_the_other = False

    layers: tuple[Layer, ...]

    def __init__(
        self,
        n_dims: int,
        n_heads: int = 1,
        *,
        beta: float | None = None,
        updates: int = 1,
        bias: bool = True,
        **unknown: Never,
    ) -> None:
        refuse_keywords(type(self), unknown)
        name = type(self).__name__
        self.n_dims = checked_count(f"{name}.n_dims", n_dims)
        self.n_heads = checked_count(f"{name}.n_heads", n_heads)
        if self.n_dims % self.n_heads:
            raise ParameterError(f"{name}.n_heads", n_heads, f"must divide n_dims, {n_dims}")
        self.beta = None if beta is None else checked_positive(f"{name}.beta", beta)
        self.updates = checked_count(f"{name}.updates", updates)
        super().__init__(*(Affine(self.n_dims, bias) for _ in range(4)))
        self._learnt: Variable | None = None

    @property
    def input_shape(self) -> tuple[int, ...] | None:
        """None: how many patterns there are is left open."""
        return None

    def associate(
        self, queries: Variable, stored: Variable, mask: NDArray[np.bool_] | None = None
    ) -> Variable:
        """Return what each query finds.

        Parameters
        ----------
        queries : Variable, shape (..., n_queries, d)
        stored : Variable, shape (..., n_stored, d_stored)
        mask : array of bool, optional
            True where a query may look; broadcast against (..., n_heads, n_queries, n_stored).

        Returns
        -------
        Variable, shape (..., n_queries, n_dims)
        """
        of_query, of_key, of_value, of_output = self.layers
        q, k = self._in_heads(of_query(queries)), self._in_heads(of_key(stored))
        for _ in range(self.updates - 1):
            q = attention(q, k, k, beta=self.beta, mask=mask)
        found = attention(q, k, self._in_heads(of_value(stored)), beta=self.beta, mask=mask)
        joined = _heads_swapped(found)
        return of_output(joined.reshape(*joined.shape[:-2], self.n_dims))

    @property
    def _patterns(self) -> Variable:
        """Those that the layer has of its own: kinds that learn some have them, once built."""
        if self._learnt is None:
            limit = "has no patterns of its own yet"
            raise ParameterError(f"{self.describe()}", None, limit, "Call build(input_shape) first.")
        return self._learnt

    def _learn(self, n_patterns: int, sample: Array, rng: np.random.Generator) -> Array:
        """Make them where there are none, from a standard normal distribution, in the dtype of a sample."""
        if self._learnt is None:
            shape = n_patterns, self.n_dims
            where, remedy = f"{self.describe()}, patterns", "Use fewer or smaller ones."
            check_room(where, shape, 8 * n_patterns * self.n_dims, remedy)
            self._learnt = Variable(rng.standard_normal(shape).astype(sample.dtype))
        return self._learnt.value

    def _in_heads(self, x: Variable) -> Variable:
        """From (..., n, n_dims) to (..., n_heads, n, n_dims/n_heads)."""
        return _heads_swapped(x.reshape(*x.shape[:-1], self.n_heads, self.n_dims // self.n_heads))

    def _build_for(self, queries: Array, stored: Array, rng: np.random.Generator) -> None:
        of_query, of_key, of_value, of_output = self.layers
        of_query.trial(queries, rng)
        of_key.trial(stored, rng)
        of_value.trial(stored, rng)
        of_output.trial(np.zeros((1, self.n_dims), queries.dtype), rng)

    def _count(self, n_queries: int, n_stored: int) -> int:
        """Products of one sample: those of the affine functions, of scores and of averages."""
        of_query, of_key, of_value, of_output = self.layers
        for_queries = n_queries * (of_query.n_synapses + of_output.n_synapses)
        for_stored = n_stored * (of_key.n_synapses + of_value.n_synapses)
        return for_queries + for_stored + 2 * self.updates * n_queries * n_stored * self.n_dims

    def description(self) -> dict[str, Any]:
        """The numbers, the layers, and the patterns that were learnt."""
        own = {name: getattr(self, name) for name in ("n_dims", "n_heads", "beta", "updates")}
        learnt = None if self._learnt is None else self._learnt.value
        return {**own, "layers": list(self.layers), "learnt": learnt}

    @classmethod
    def from_description(cls, **description: Any) -> Self:
        """Make one from what `description` returned."""
        layers, learnt = description.pop("layers"), description.pop("learnt")
        made = cls(**description)
        made.layers = tuple(layers)
        made._learnt = None if learnt is None else Variable(learnt)
        return made

    def describe(self) -> str:
        """Name the sizes."""
        return f"{type(self).__name__}({self._sizes()})"

    def _sizes(self) -> str:
        return f"{self.n_dims} in {self.n_heads} {'heads' if self.n_heads > 1 else 'head'}"


def _heads_swapped(x: Variable) -> Variable:
    return x.transpose((*range(x.ndim - 3), x.ndim - 2, x.ndim - 3, x.ndim - 1))
