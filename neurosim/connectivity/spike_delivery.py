"""Spikes brought to the units they reach: the event-driven side of a connection."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neurosim.connectivity.checks import (
    Integers,
    check_buffer,
    check_indices,
    check_offsets,
    check_part,
    check_ring,
    checked_amplitudes,
    read_array,
)
from neurosim.connectivity.wiring import Wiring
from neurosim.errors import ParameterError

Delivery = tuple[Callable[..., int], tuple[Any, ...]]
"""A kernel and the first of its arguments; see `SpikeDelivery.delivery`."""


class SpikeDelivery(Wiring):
    """Connections that add the weights of the units that spike, and of no others.

    Notes
    -----
    A member of the family implements `_delivery`, and `_delayed_delivery` and `split_delivery` where its
    synapses can have delays of their own or be shared between threads.
    """

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

    def delivery(self, delays: Integers | None = None) -> Delivery:
        """How spikes are delivered: a kernel, and the first of its arguments.

        Parameters
        ----------
        delays : integer array of shape `synapse_shape`, optional
            Of each synapse.

        Returns
        -------
        kernel : callable
            Takes the arguments, then those that `neurosim.kernels.connections.delivery` speaks of.
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
        from neurosim.kernels.connections.delivery import deliver_sparse

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
