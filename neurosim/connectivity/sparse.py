"""Only the synapses that exist, stored row by row."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neurosim.connectivity.checks import (
    Floats,
    Integers,
    check_rows,
    checked_delays,
    checked_size,
    checked_units,
    checked_weights,
    read_numbers,
)
from neurosim.connectivity.connectivity import Connectivity
from neurosim.connectivity.spike_delivery import Delivery
from neurosim.errors import ParameterError

if TYPE_CHECKING:
    from scipy.sparse import csr_array


class Sparse(Connectivity):
    """Synapses listed by presynaptic unit (compressed sparse rows).

    Two synapses may join the same pair of units: both are delivered, and each has a weight of its own.
    Synapse s runs from unit ``pre[s]`` to unit ``post[s]`` with ``weights[s]``.

    Parameters
    ----------
    pre, post : integer arrays of shape (n_synapses,)
        The two ends of each synapse, in any order; they are sorted by `pre`, then by `post`.
    weights : array of shape (n_synapses,), or one number for all
        An array is copied into the sorted order. One number is stored once and shared by all synapses:
        `weights` then has the shape (), and a synapse takes 4 bytes. For weights that start out equal and
        change one by one, give ``numpy.full(n_synapses, weight)``.
    n_pre, n_post : int
        Number of units on either side.
    delays : array or quantity of shape (n_synapses,), or one for all, optional
        Time from spike to arrival, ms, copied into the sorted order. The operator itself has no use for it; a
        `Projection` has.

    Raises
    ------
    ParameterError
        If the arrays differ in length, an index is out of range, a weight is not finite or a delay negative.

    See Also
    --------
    Sparse.from_matrix : from a scipy.sparse or a dense matrix.
    FixedProbability, FixedIndegree : at random.
    """

    def __init__(
        self,
        pre: ArrayLike,
        post: ArrayLike,
        weights: ArrayLike,
        *,
        n_pre: int,
        n_post: int,
        delays: ArrayLike | None = None,
    ) -> None:
        n_pre, n_post = checked_size("Sparse.n_pre", n_pre), checked_size("Sparse.n_post", n_post)
        ends = [checked_units("Sparse.pre", pre, n_pre), checked_units("Sparse.post", post, n_post)]
        values = checked_weights("Sparse.weights", weights)
        times = None if delays is None else checked_delays("Sparse.delays", delays)
        given = {"pre": ends[0], "post": ends[1], "weights": values, "delays": times}
        sizes = {name: array.size for name, array in given.items() if array is not None and array.ndim}
        if values.ndim > 1 or (times is not None and times.ndim > 1) or len(set(sizes.values())) > 1:
            raise ParameterError("Sparse(...)", sizes, "the arrays must be one-dimensional and equally long")
        order = np.lexsort((ends[1], ends[0]))
        row_starts = np.zeros(n_pre + 1, dtype=np.int64)
        np.cumsum(np.bincount(ends[0], minlength=n_pre), out=row_starts[1:])
        targets = ends[1][order].astype(np.int32)
        self._store(
            n_pre,
            n_post,
            values[order] if values.ndim else values.copy(),
            targets,
            row_starts,
            times[order] if times is not None and times.ndim else times,
        )
        self._rows_rise = True

    @classmethod
    def from_rows(
        cls,
        row_starts: NDArray[np.int64],
        targets: NDArray[np.int32],
        weights: Floats,
        *,
        n_post: int,
        delays: NDArray[np.float64] | None = None,
        rising: bool | None = None,
    ) -> Self:
        """Build on arrays that are sorted and checked already; they are kept, not copied.

        Parameters
        ----------
        row_starts : ndarray of int64, shape (n_pre + 1,)
            Unit i has the synapses from ``row_starts[i]`` up to ``row_starts[i + 1]``.
        targets : ndarray of int32, shape (n_synapses,)
        weights : ndarray, shape (n_synapses,) or ()
        n_post : int
        delays : ndarray of float64, shape (n_synapses,) or (), optional
            ms.
        rising : bool, optional
            Whether the targets of each unit are sorted; looked up when it matters if nobody says so.
        """
        sparse = cls.__new__(cls)
        sparse._store(row_starts.size - 1, n_post, weights, targets, row_starts, delays)
        if rising is not None:
            sparse._rows_rise = rising
        return sparse

    @classmethod
    def from_matrix(cls, matrix: Any) -> Sparse:
        """Build from a matrix W[pre, post].

        Parameters
        ----------
        matrix : scipy.sparse array or matrix, or array, of shape (n_pre, n_post)
            The arrays of a CSR matrix are kept, not copied, where they are float32 or float64. Stored zeros
            and duplicates stay synapses.

        Returns
        -------
        Sparse

        Raises
        ------
        ParameterError
            If it is not a matrix of finite real numbers.
        """
        from scipy.sparse import coo_array, issparse

        if not issparse(matrix):
            matrix = read_numbers("Sparse.from_matrix(matrix)", matrix)
        if matrix.ndim != 2:
            raise ParameterError(
                "Sparse.from_matrix(matrix)", matrix.shape, "the shape must be (n_pre, n_post)"
            )
        if not issparse(matrix) or matrix.format != "csr":
            # By way of the coordinates: `tocsr` would merge parallel synapses.
            entries = coo_array(matrix)
            n_pre, n_post = entries.shape
            pre, post = entries.coords
            return cls(pre, post, entries.data, n_pre=n_pre, n_post=n_post)
        where, n = "Sparse.from_matrix(matrix)", min(matrix.indptr[-1], matrix.indices.size, matrix.data.size)
        row_starts = matrix.indptr.astype(np.int64, copy=False)
        check_rows(f"{where}.indptr", row_starts, n)
        n_post = matrix.shape[1]
        targets = checked_units(f"{where}.indices", matrix.indices[:n], n_post).astype(np.int32, copy=False)
        weights = checked_weights("Sparse.weights", matrix.data[:n])
        return cls.from_rows(row_starts, targets, weights, n_post=n_post)

    def _store(
        self,
        n_pre: int,
        n_post: int,
        weights: Floats,
        targets: NDArray[np.int32],
        row_starts: NDArray[np.int64],
        delays: NDArray[np.float64] | None,
    ) -> None:
        super().__init__(n_pre, n_post, weights)
        self._targets = targets
        self._row_starts = row_starts
        if delays is not None:
            delays.setflags(write=False)
        self._delays = delays

    def description(self) -> dict[str, Any]:
        """The arrays it is built on."""
        rows = {"row_starts": self._row_starts, "targets": self._targets}
        return {**rows, "weights": self._weights, "n_post": self.n_post, "delays": self._delays}

    @classmethod
    def from_description(cls, **description: Any) -> Self:
        """Make an operator from what `description` returned."""
        targets = checked_units("Sparse.targets", description["targets"], description["n_post"])
        check_rows("Sparse.row_starts", description["row_starts"], targets.size)
        return cls.from_rows(**description)

    @property
    def n_synapses(self) -> int:
        """Number of synapses."""
        return self._targets.size

    @property
    def pre(self) -> NDArray[np.int32]:
        """Presynaptic unit of each synapse, shape (n_synapses,)."""
        return np.repeat(np.arange(self.n_pre, dtype=np.int32), np.diff(self._row_starts))

    @property
    def post(self) -> NDArray[np.int32]:
        """Postsynaptic unit of each synapse, shape (n_synapses,)."""
        return self._targets.copy()

    @property
    def delays(self) -> NDArray[np.float64] | None:
        """Delays, ms, shape (n_synapses,) or (), not to be written to; None if there are none."""
        return self._delays

    @property
    def synapse_shape(self) -> tuple[int, ...]:
        """Shape of an array with an entry for each synapse, (n_synapses,)."""
        return self._targets.shape

    def in_degrees(self) -> NDArray[np.int64]:
        """Number of synapses on each postsynaptic unit, shape (n_post,)."""
        return np.bincount(self._targets, minlength=self.n_post)

    def out_degrees(self) -> NDArray[np.int64]:
        """Number of synapses of each presynaptic unit, shape (n_pre,)."""
        return np.diff(self._row_starts)

    def _each(self) -> Floats:
        """A weight for each synapse, without copying a shared one."""
        return (
            np.broadcast_to(self._weights, self._targets.shape) if self._weights.ndim == 0 else self._weights
        )

    def to_sparse(self) -> csr_array:
        """Return W as a `scipy.sparse.csr_array` that shares the weights with this object.

        One weight shared by all synapses cannot be shared with SciPy: it is written out for each.
        """
        from scipy.sparse import csr_array

        weights = np.ascontiguousarray(self._each())
        return csr_array((weights, self._targets, self._row_starts), shape=(self.n_pre, self.n_post))

    def add_forward(self, x: NDArray[np.float64], out: NDArray[np.float64]) -> None:
        """Add ``forward(x)`` to `out`; see `Connectivity.add_forward`."""
        from neurosim.kernels.connections.summation import add_sparse

        add_sparse(self._each(), self._targets, self._row_starts, x, out)

    def _forward(self, x: Floats) -> Floats:
        return np.asarray(x @ self.to_sparse())

    def _backward(self, g: Floats) -> Floats:
        return np.asarray(g @ self.to_sparse().T)

    def _weight_gradient(self, x: Floats, g: Floats) -> Floats:
        from neurosim.kernels.connections.delivery import sparse_weight_gradient

        dtype = np.result_type(x, g)
        gradient = np.empty(self.n_synapses, dtype)
        pre, post = (np.ascontiguousarray(a.T, dtype=dtype) for a in (x, g))
        sparse_weight_gradient(pre, post, self._targets, self._row_starts, gradient)
        return gradient if self._weights.ndim else np.asarray(gradient.sum())

    def _delivery(self) -> Delivery:
        from neurosim.kernels.connections.delivery import deliver_shared, deliver_sparse

        kernel = deliver_sparse if self._weights.ndim else deliver_shared
        return kernel, (np.atleast_1d(self._weights), self._targets, *_ends(self._row_starts))

    def _delayed_delivery(self, delays: Integers) -> Delivery:
        from neurosim.kernels.connections.delayed_delivery import deliver_sparse_delayed

        rows = (np.atleast_1d(self._weights), self._targets, *_ends(self._row_starts))
        return deliver_sparse_delayed, (*rows, delays)

    def split_delivery(self, cuts: Sequence[int], delays: Integers | None = None) -> list[Delivery]:
        """Deliver by several threads; see `SpikeDelivery.split_delivery`. Rows must be sorted for that."""
        from neurosim.kernels.connections.rows import row_cuts

        kernel, (weights, targets, begins, ends, *others) = self.delivery(delays)
        if not self._rows_rise:
            return [self.delivery(delays)]
        inner = [cut for cut in cuts if 0 < cut < self.n_post]
        found = np.empty((len(inner), self.n_pre), np.int64)
        row_cuts(targets, begins, ends, np.array(inner, np.int64), found)
        between = iter(found)
        places = [begins if cut <= 0 else ends if cut >= self.n_post else next(between) for cut in cuts]
        return [(kernel, (weights, targets, *part, *others)) for part in pairwise(places)]

    @cached_property
    def _rows_rise(self) -> bool:
        """Whether the targets of each unit are sorted."""
        from neurosim.kernels.connections.rows import rows_rise

        return bool(rows_rise(self._targets, *_ends(self._row_starts)))

    def _transposed_delivery(self) -> Delivery:
        from neurosim.kernels.connections.delivery import deliver_shared, deliver_sparse_transposed

        order, targets, starts = self._columns
        if self._weights.ndim:
            return deliver_sparse_transposed, (self._weights, order, targets, *_ends(starts))
        return deliver_shared, (self._weights.reshape(1), targets, *_ends(starts))

    @cached_property
    def _columns(self) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64]]:
        """Synapses sorted by `post`: their numbers, their presynaptic units, and where each unit's begin."""
        order = np.argsort(self._targets, kind="stable")
        starts = np.zeros(self.n_post + 1, dtype=np.int64)
        np.cumsum(np.bincount(self._targets, minlength=self.n_post), out=starts[1:])
        return order, self.pre[order], starts


def _ends(row_starts: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where the synapses of each row begin, and where they end."""
    return row_starts[:-1], row_starts[1:]
