"""Where the share of each thread begins in every row of synapses."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from neurosim.kernels.connections.rows import row_cuts, rows_rise

N_POST = 50


def rows(lengths: list[int]) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    targets = [np.sort(rng.integers(0, N_POST, n)) for n in lengths]
    return np.concatenate(targets).astype(np.int32), np.cumsum([0, *lengths])


@pytest.mark.parametrize("cuts", [[0, N_POST], [0, 25, N_POST], [-7, 3, 3, 31, 60], [11]])
def test_cuts_are_where_bisection_finds_them(cuts: list[int]) -> None:
    targets, starts = rows([*range(20), 0, 300])
    places = np.full((len(cuts), starts.size - 1), -1)
    assert rows_rise(targets, starts[:-1], starts[1:])
    row_cuts(targets, starts[:-1], starts[1:], np.array(cuts), places)
    for i, (begin, end) in enumerate(pairwise(starts)):
        assert places[:, i].tolist() == (begin + np.searchsorted(targets[begin:end], cuts)).tolist()


@pytest.mark.parametrize("at", [0, 1, 16, 38])
def test_a_row_out_of_order_is_noticed_wherever_it_is(at: int) -> None:
    targets, starts = np.tile(np.arange(40, dtype=np.int32), 3), np.arange(0, 121, 40)
    targets[40 + at], targets[40 + at + 1] = targets[40 + at + 1], targets[40 + at]
    assert not rows_rise(targets, starts[:-1], starts[1:])


def test_rows_need_not_be_in_order_among_each_other() -> None:
    targets, places = np.array([5, 7, 1, 2], np.int32), np.empty((1, 2), np.int64)
    row_cuts(targets, np.array([0, 2]), np.array([2, 4]), np.array([2]), places)
    assert places.tolist() == [[0, 3]]
