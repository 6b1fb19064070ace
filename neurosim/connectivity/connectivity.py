"""The linear operator every kind of connection is."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neurosim.connectivity.checks import (
    Floats,
    Integers,
    check_buffer,
    check_indices,
    check_offsets,
    check_part,
    check_ring,
    checked_amplitudes,
    checked_weights,
    read_array,
    read_numbers,
)
from neurosim.connectivity.wiring import Wiring
from neurosim.description import Described
from neurosim.errors import ParameterError

Delivery = tuple[Callable[..., int], tuple[Any, ...]]
"""A kernel and the first of its arguments; see `Connectivity.delivery`."""


class Connectivity(Wiring, Described):
    """Connections from `n_pre` to `n_post` units, as a linear operator with weights that may change.

    The convention is W[pre, post]; rows of `x` are samples; ``y = x @ W``. A member of the family stores its
    weights once, in an array of its own shape, and never copies them: whoever changes `weights` in place
    (backpropagation, a plasticity rule, a user) changes what every network built on the object computes.

    Parameters
    ----------
    n_pre, n_post : int
        Number of units on either side, at least 1.
    weights : ndarray of float32 or float64
        The storage; its shape belongs to the member.

    Notes
    -----
    A member implements `n_synapses`, `to_sparse`, and `_forward`, `_backward`, `_weight_gradient` and
    `_delivery`, which may rely on checked arguments. `check_connectivity` tests the result. What else starts
    with an underscore has a general version here, made from `to_sparse`, and may be replaced by a quick one.
    Where an argument is not an attribute of the same name, it implements `description` too, to be saved.
    """

    def __init__(self, n_pre: int, n_post: int, weights: Floats) -> None:
        super().__init__(n_pre, n_post)
        self._weights = weights

    @property
    def weights(self) -> Floats:
        """The weights themselves, not a copy; assigning writes the new values into the same storage."""
        return self._weights

    @weights.setter
    def weights(self, values: ArrayLike) -> None:
        new = checked_weights(f"{type(self).__name__}.weights", values)
        if new.shape not in ((), self._weights.shape):
            raise ParameterError(
                f"{type(self).__name__}.weights", new.shape, f"the shape must be {self._weights.shape}"
            )
        self._weights[...] = new

    @property
    def T(self) -> Connectivity:
        """The transpose, from `n_post` to `n_pre` units, on the same weights."""
        from neurosim.connectivity.transposed import Transposed

        return Transposed(self)

    def forward(self, x: ArrayLike) -> Floats:
        """Apply the operator: ``x @ W``.

        Parameters
        ----------
        x : array of shape (n_pre,) or (batch, n_pre)
            Rates or currents of the presynaptic units.

        Returns
        -------
        ndarray of shape (n_post,) or (batch, n_post)

        Raises
        ------
        ParameterError
            If the last axis of `x` is not `n_pre` long, or `x` has more than two axes.
        """
        return self._forward(self._operand("forward", "x", x, "n_pre", self.n_pre))

    def add_forward(self, x: NDArray[np.float64], out: NDArray[np.float64]) -> None:
        """Add ``forward(x)`` to `out`, without a check: for loops over time.

        Parameters
        ----------
        x : ndarray of float64, shape (batch, n_pre)
        out : ndarray of float64, shape (batch, n_post)
            Changed in place.
        """
        out += self._forward(x)

    def forward_into(self, x: Floats, out: Floats) -> None:
        """Write ``forward(x)`` into `out`, without a check: for loops over time.

        Parameters
        ----------
        x : ndarray of shape (batch, n_pre)
        out : ndarray of shape (batch, n_post)
            Overwritten.
        """
        out[...] = self._forward(x)

    def backward_into(self, g: Floats, out: Floats) -> None:
        """Write ``backward(g)`` into `out`, without a check: for loops over time.

        Parameters
        ----------
        g : ndarray of shape (batch, n_post)
        out : ndarray of shape (batch, n_pre)
            Overwritten.
        """
        out[...] = self._backward(g)

    def backward(self, g: ArrayLike) -> Floats:
        """Apply the transpose: ``g @ W.T``.

        Parameters
        ----------
        g : array of shape (n_post,) or (batch, n_post)
            Gradients, or anything else that lives on the postsynaptic side.

        Returns
        -------
        ndarray of shape (n_pre,) or (batch, n_pre)

        Raises
        ------
        ParameterError
            If the last axis of `g` is not `n_post` long, or `g` has more than two axes.
        """
        return self._backward(self._operand("backward", "g", g, "n_post", self.n_post))

    def weight_gradient(self, x: ArrayLike, g: ArrayLike) -> Floats:
        """Accumulate pre x post over the batch: the gradient of ``sum(forward(x)*g)`` for each weight.

        Backpropagation and Hebbian learning are this one call, with an error or an activity as `g`.

        Parameters
        ----------
        x : array of shape (n_pre,) or (batch, n_pre)
            Presynaptic values.
        g : array of shape (n_post,) or (batch, n_post)
            Postsynaptic values, of the same batch.

        Returns
        -------
        ndarray of the shape of `weights`

        Raises
        ------
        ParameterError
            If a shape does not fit the operator, or the two batches differ.
        """
        pre = self._operand("weight_gradient", "x", x, "n_pre", self.n_pre)
        post = self._operand("weight_gradient", "g", g, "n_post", self.n_post)
        if pre.shape[:-1] != post.shape[:-1]:
            raise ParameterError(
                f"{type(self).__name__}.weight_gradient(x, g)",
                (pre.shape, post.shape),
                "x and g must belong to the same batch",
            )
        return self._weight_gradient(np.atleast_2d(pre), np.atleast_2d(post))

    def deliver(
        self, spikes: ArrayLike, out: NDArray[np.float64], amplitudes: ArrayLike | None = None
    ) -> int:
        """Add the weights of the spiking units to `out`: the event-driven `forward`.

        Parameters
        ----------
        spikes : integer array of shape (n_spikes,)
            Flat indices ``trial*n_pre + unit``, in any order; a unit named twice is delivered twice.
        out : ndarray of float64, shape (n_post,) or (trials, n_post), C-contiguous
            Changed in place.
        amplitudes : array of shape (n_spikes,), optional
            Factor on the weights for each spike; 1 by default.

        Returns
        -------
        int
            Number of synaptic events.

        Raises
        ------
        ParameterError
            If `spikes` are not indices of these units and trials, or `out` or `amplitudes` has the wrong type
            or shape.
        """
        check_buffer(f"{type(self).__name__}.deliver(out)", out)
        if out.ndim not in (1, 2) or out.shape[-1] != self.n_post:
            raise ParameterError(
                f"{type(self).__name__}.deliver(out)",
                out.shape,
                f"the shape must be ({self.n_post},) or (trials, {self.n_post})",
            )
        fired = np.atleast_1d(read_array(f"{type(self).__name__}.deliver(spikes)", spikes))
        if fired.size == 0:
            fired = fired.astype(np.int64)
        offsets = np.array([0, fired.size])
        return self.deliver_window(fired, offsets, out.reshape(1, -1), 0, amplitudes=amplitudes)

    def deliver_window(
        self,
        spikes: Integers,
        offsets: Integers,
        ring: NDArray[np.float64],
        first_row: int,
        *,
        pre_size: int | None = None,
        pre_start: int = 0,
        post_size: int | None = None,
        post_start: int = 0,
        amplitudes: ArrayLike | None = None,
        delays: Integers | None = None,
    ) -> int:
        """Deliver the spikes of several steps into a ring buffer of inputs.

        The operator may join a part of one population to a part of another. Spikes of units outside its part
        are skipped. Additions happen in the order of the spikes, so results are the same bit for bit however
        a run is cut into windows.

        Parameters
        ----------
        spikes : integer array of shape (n_spikes,)
            Flat indices ``trial*pre_size + unit``, sorted by step.
        offsets : integer array of shape (n_steps + 1,)
            The spikes of step k are ``spikes[offsets[k]:offsets[k + 1]]``.
        ring : ndarray of float64, shape (n_rows, trials*post_size), C-contiguous
            Inputs by step of arrival; changed in place.
        first_row : int
            Row for step 0; step k is added to row ``(first_row + k) % n_rows``.
        pre_size, post_size : int, optional
            Number of units of the whole populations; default `n_pre` and `n_post`.
        pre_start, post_start : int, default 0
            The population's unit that is this operator's unit 0.
        amplitudes : array of shape (n_spikes,), optional
            Factor on the weights for each spike; 1 by default.
        delays : integer array of shape `synapse_shape`, optional
            Rows further on for each synapse; one with a negative delay is left out.

        Returns
        -------
        int
            Number of synaptic events.

        Raises
        ------
        ParameterError
            If sizes, types or indices do not fit together; `ring` is then unchanged.
        """
        pre_size = self.n_pre if pre_size is None else pre_size
        post_size = self.n_post if post_size is None else post_size
        where = f"{type(self).__name__}.deliver_window"
        check_part(f"{where}(pre_start)", pre_start, self.n_pre, pre_size)
        check_part(f"{where}(post_start)", post_start, self.n_post, post_size)
        check_ring(f"{where}(ring)", ring, post_size)
        spikes = read_array(f"{where}(spikes)", spikes)
        offsets = read_array(f"{where}(offsets)", offsets)
        check_indices(f"{where}(spikes)", spikes, ring.shape[1] // post_size * pre_size)
        check_offsets(f"{where}(offsets)", offsets, spikes.size, ring.shape[0])
        if amplitudes is not None:
            amplitudes = checked_amplitudes(f"{where}(amplitudes)", amplitudes, spikes.size)
        first_row %= ring.shape[0]
        sizes = (pre_size, pre_start, post_size, post_start)
        if delays is None:
            return self._deliver(spikes, offsets, ring, first_row, *sizes, amplitudes)
        if self.synapse_shape is not None and delays.shape != self.synapse_shape:
            raise ParameterError(f"{where}(delays)", delays.shape, f"the shape must be {self.synapse_shape}")
        return self._deliver(spikes, offsets, ring, first_row, *sizes, amplitudes, delays=delays)

    @abstractmethod
    def _forward(self, x: Floats) -> Floats: ...

    @abstractmethod
    def _backward(self, g: Floats) -> Floats: ...

    @abstractmethod
    def _weight_gradient(self, x: Floats, g: Floats) -> Floats: ...

    def delivery(self, delays: Integers | None = None) -> Delivery:
        """How spikes are delivered: a kernel, and the first of its arguments.

        Parameters
        ----------
        delays : integer array of shape `synapse_shape`, optional
            Of each synapse.

        Returns
        -------
        kernel : callable
            Takes the arguments, then those that all kernels of `neurosim.kernels.delivery` have in common.
        arguments : tuple

        Raises
        ------
        ParameterError
            If these synapses cannot have a delay each.
        """
        return self._delivery() if delays is None else self._delayed_delivery(delays)

    def split_delivery(self, cuts: Sequence[int], delays: Integers | None = None) -> list[Delivery]:
        """How spikes are delivered by several threads, each to units of its own.

        Parameters
        ----------
        cuts : sequence of int
            Rising: thread k delivers to the units from ``cuts[k]`` up to ``cuts[k + 1]``.
        delays : integer array of shape `synapse_shape`, optional

        Returns
        -------
        list of (callable, tuple)
            As of `delivery`, one for each thread; just one for all units where there is no way to split them.
        """
        return [self.delivery(delays)]

    @abstractmethod
    def _delivery(self) -> Delivery: ...

    def _delayed_delivery(self, delays: Integers) -> Delivery:
        where = f"{type(self).__name__}.deliver_window(delays)"
        raise ParameterError(where, delays.shape, "these synapses cannot have a delay each", "Use a Sparse.")

    def _transposed_delivery(self) -> Delivery:
        from neurosim.kernels.delivery import deliver_sparse

        transpose = self.to_sparse().T.tocsr()
        starts = transpose.indptr.astype(np.int64)
        return deliver_sparse, (transpose.data, transpose.indices, starts[:-1], starts[1:])

    def _deliver(
        self,
        spikes: Integers,
        offsets: Integers,
        ring: NDArray[np.float64],
        first_row: int,
        *others: Any,
        delays: Integers | None = None,
    ) -> int:
        kernel, arguments = self.delivery(delays)
        n_events: int = kernel(*arguments, spikes, offsets, 0, offsets.size - 1, ring, first_row, *others)
        return n_events

    def _operand(self, method: str, name: str, array: ArrayLike, side: str, n: int) -> Floats:
        where = f"{type(self).__name__}.{method}({name})"
        values = read_numbers(where, array)
        if values.ndim not in (1, 2) or values.shape[-1] != n:
            raise ParameterError(
                where, values.shape, f"the shape must be ({n},) or (batch, {n}), since {side} = {n}"
            )
        if (
            values.dtype.char not in "fd"
        ):  # quicker than a comparison of types, which counts in small networks
            values = values.astype(self._weights.dtype)
        return values

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}({self.n_pre} → {self.n_post}, {self.n_synapses} synapses, "
            f"{self._weights.dtype})"
        )
