"""Delays of a projection: one for all synapses, or one for each, given or drawn."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from neurosim.connectivity.connectivity import Connectivity
from neurosim.distributions import Distribution
from neurosim.errors import ParameterError
from neurosim.network.stream import Stream

Delays = float | NDArray[np.float64]


def own_delays(connectivity: Connectivity) -> Delays:
    """Delays that a connectivity brings with it, ms; 0 if it has none."""
    own = connectivity.delays
    if own is None:
        return 0.0
    return own if own.ndim else float(own)


def settled_delays(
    given: Delays | Distribution, connectivity: Connectivity | None, stream: Stream | None, where: str
) -> Delays | None:
    """Check what a user gave, and draw it where it is a distribution.

    Parameters
    ----------
    given : float, ndarray or Distribution
        ms.
    connectivity : Connectivity or None
        None where it is still to be wired; one delay for all does not need it.
    stream : Stream or None
        Source of random numbers, once there is one.
    where : str
        Object and attribute, for messages.

    Returns
    -------
    float, ndarray of the shape `connectivity.synapse_shape`, or None
        ms; None for what has to wait for the connectivity or the stream.

    Raises
    ------
    ParameterError
        If a delay is negative, or the synapses cannot have these delays.
    """
    if isinstance(given, float):
        if given < 0:
            raise ParameterError(where, given, "must be a time, 0 or more")
        return given
    if connectivity is None:
        return None
    shape = connectivity.synapse_shape
    if shape is None:
        limit = f"the synapses of a {type(connectivity).__name__} cannot have a delay each"
        remedy = "Use one for all, or Sparse.from_matrix(connectivity.to_sparse())."
        raise ParameterError(where, given, limit, remedy)
    if isinstance(given, Distribution):
        if stream is None:
            return None
        values = given.sample(connectivity.n_synapses, stream.generator("delay")).reshape(shape)
    else:
        values = given
    if values.shape != shape:
        raise ParameterError(where, values.shape, f"the shape must be () or {shape}")
    if values.min(initial=0.0) < 0:
        limit = f"must be times, 0 or more, and {values.min():g} ms is none"
        raise ParameterError(where, given, limit, "Cut a distribution off with low=0.")
    values.setflags(write=False)
    return values
