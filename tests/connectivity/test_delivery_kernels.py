"""Delivery kernels against a naive twin in plain Python, bit for bit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neurosim.connectivity import Connectivity, Conv2d, Dense, OneToOne, Sparse


def naive_delivery(
    synapses, spikes, offsets, ring, first_row, pre_size, pre_start, post_size, post_start, amplitudes
):
    """Add the (target, weight) pairs in `synapses[unit]` for every spike, one at a time."""
    events = 0
    for step in range(len(offsets) - 1):
        for k in range(offsets[step], offsets[step + 1]):
            trial, unit = divmod(int(spikes[k]), pre_size)
            amplitude = 1.0 if amplitudes is None else amplitudes[k]
            for target, weight in synapses.get(unit - pre_start, []):
                row = (first_row + step) % len(ring)
                ring[row, trial * post_size + post_start + target] += amplitude * weight
                events += 1
    return events


def synapses_of(operator: Connectivity) -> dict[int, list[tuple[int, float]]]:
    table: dict[int, list[tuple[int, float]]] = {}
    if isinstance(operator, Sparse):
        for pre, post, weight in zip(operator.pre, operator.post, operator.weights, strict=True):
            table.setdefault(int(pre), []).append((int(post), float(weight)))
    else:
        for pre, row in enumerate(operator.to_dense()):
            table[pre] = [(int(post), float(row[post])) for post in operator.projective_field(pre)]
    return table


def random_operator(kind: str, rng: np.random.Generator, n_pre: int, n_post: int, dtype: str) -> Connectivity:
    if kind == "conv":
        kernels = rng.standard_normal((1 + n_post % 3, 1, 1 + n_pre % 4, 2)).astype(dtype)
        return Conv2d(kernels, (1, n_pre, 5), stride=(1, 2), padding=1)
    if kind == "transposed conv":
        return random_operator("conv", rng, n_pre, n_post, dtype).T
    if kind == "transposed dense":
        return Dense(rng.standard_normal((n_post, n_pre)).astype(dtype)).T
    if kind == "one to one":
        return OneToOne(rng.standard_normal(n_pre).astype(dtype))
    if kind == "dense":
        return Dense(rng.standard_normal((n_pre, n_post)).astype(dtype))
    n = int(rng.integers(0, 2 * n_pre * n_post))
    pre, post = rng.integers(n_pre, size=n), rng.integers(n_post, size=n)
    return Sparse(pre, post, rng.standard_normal(n).astype(dtype), n_pre=n_pre, n_post=n_post)


KINDS = ["dense", "sparse", "one to one", "conv", "transposed conv", "transposed dense"]


@settings(max_examples=150, deadline=None)
@given(
    kind=st.sampled_from(KINDS),
    dtype=st.sampled_from(["float32", "float64"]),
    index_dtype=st.sampled_from(["int32", "int64"]),
    seed=st.integers(0, 2**32 - 1),
    n_pre=st.integers(1, 12),
    n_post=st.integers(1, 40),
    trials=st.integers(1, 3),
    n_steps=st.integers(0, 5),
    margins=st.tuples(*[st.integers(0, 4)] * 4),
    first_row=st.integers(0, 20),
    amplitudes=st.booleans(),
)
def test_window_equals_naive_twin(
    kind, dtype, index_dtype, seed, n_pre, n_post, trials, n_steps, margins, first_row, amplitudes
):
    rng = np.random.default_rng(seed)
    operator = random_operator(kind, rng, n_pre, n_post, dtype)
    n_pre, n_post = operator.n_pre, operator.n_post
    pre_start, post_start = margins[0], margins[1]
    pre_size, post_size = pre_start + n_pre + margins[2], post_start + n_post + margins[3]
    counts = rng.integers(0, 6, n_steps)
    spikes = rng.integers(trials * pre_size, size=int(counts.sum())).astype(index_dtype)
    offsets = np.concatenate([[0], np.cumsum(counts)])
    ring = rng.standard_normal((n_steps + 2, trials * post_size))
    factors = rng.choice([0.25, 0.5, 2.0], spikes.size) if amplitudes else None
    expected = ring.copy()
    n_expected = naive_delivery(
        synapses_of(operator),
        spikes,
        offsets,
        expected,
        first_row,
        pre_size,
        pre_start,
        post_size,
        post_start,
        factors,
    )
    n_events = operator.deliver_window(
        spikes,
        offsets,
        ring,
        first_row,
        pre_size=pre_size,
        pre_start=pre_start,
        post_size=post_size,
        post_start=post_start,
        amplitudes=factors,
    )
    assert n_events == n_expected
    np.testing.assert_array_equal(ring, expected)


@pytest.mark.parametrize("kind", KINDS)
def test_cutting_a_window_changes_no_bit(kind):
    rng = np.random.default_rng(5)
    operator = random_operator(kind, rng, 30, 17, "float64")
    spikes = rng.integers(operator.n_pre, size=200)
    whole = np.zeros((8, operator.n_post))
    operator.deliver_window(spikes, np.arange(0, 201, 25), whole, 0)
    parts = np.zeros((8, operator.n_post))
    operator.deliver_window(spikes[:75], np.arange(0, 76, 25), parts, 0)
    operator.deliver_window(spikes, np.arange(75, 201, 25), parts, 3)
    np.testing.assert_array_equal(parts, whole)
