"""Dale's law: the synapses of a neuron all excite, or all inhibit."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from neurosim.connectivity.connectivity import Connectivity


def mixed_units(connectivity: Connectivity) -> NDArray[np.int64]:
    """Presynaptic units that have both positive and negative weights, against Dale's law."""
    matrix = connectivity.to_sparse().tocsr()
    n_pre = connectivity.n_pre
    rows = np.repeat(np.arange(n_pre), np.diff(matrix.indptr))
    positive = np.bincount(rows[matrix.data > 0], minlength=n_pre) > 0
    negative = np.bincount(rows[matrix.data < 0], minlength=n_pre) > 0
    return np.flatnonzero(positive & negative)
