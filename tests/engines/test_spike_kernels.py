"""Merging the spikes of chunks and branch-free selection, against NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from neurosim.kernels.core.jit import kernel
from neurosim.kernels.mathematics.select import clip, maximum, minimum, where
from neurosim.kernels.spiking.spikes import merge_spikes


@pytest.mark.parametrize("n_chunks", [1, 2, 5])
def test_merged_spikes_are_sorted_by_step_then_neuron(n_chunks: int) -> None:
    rng = np.random.default_rng(n_chunks)
    n, steps = 10, 7
    fired = rng.random((steps, n_chunks * n)) < 0.4
    fired[2] = False
    counts = np.zeros((n_chunks, steps + 3), np.int64)
    counts[:, :steps] = fired.reshape(steps, n_chunks, n).sum(2).T
    chunks = np.zeros((n_chunks, n * steps), np.int32)
    for c in range(n_chunks):
        mine = np.nonzero(fired[:, c * n : (c + 1) * n])[1] + c * n
        chunks[c, : mine.size] = mine
    merged = chunks[0] if n_chunks == 1 else np.zeros(n_chunks * n * steps, np.int32)
    offsets = np.zeros(steps + 4, np.int64)
    total = merge_spikes(chunks, counts, steps, merged, offsets)
    assert total == fired.sum()
    assert np.array_equal(merged[:total], np.nonzero(fired)[1])
    assert np.array_equal(offsets[: steps + 1], [0, *np.cumsum(fired.sum(1))])


@kernel
def _select(x: np.ndarray, out: np.ndarray) -> None:
    for i in range(x.size):
        out[0, i] = where(x[i] > 0.5, 1.0, x[i])
        out[1, i] = minimum(x[i], 0.5)
        out[2, i] = maximum(x[i], 0.5)
        out[3, i] = clip(x[i], -1.0, 0.5)


def test_selection_equals_numpy() -> None:
    x = np.array([-np.inf, -2.0, -1.0, 0.0, 0.25, 0.5, 0.75, 3.0, np.inf, np.nan])
    out = np.zeros((4, x.size))
    _select(x, out)
    assert np.array_equal(out[0], np.where(x > 0.5, 1.0, x), equal_nan=True)
    assert np.array_equal(out[1], np.minimum(x, 0.5), equal_nan=True)
    assert np.array_equal(out[2], np.maximum(x, 0.5), equal_nan=True)
    assert np.array_equal(out[3], np.clip(x, -1.0, 0.5), equal_nan=True)
