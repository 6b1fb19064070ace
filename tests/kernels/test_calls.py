"""Calls by address: every kind of argument arrives, arrays may move, phases wait, a wish to stop is heard."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from neurosim.engines.program import Program, in_turn
from neurosim.kernels.connections.delivery import deliver_sparse
from neurosim.kernels.core.call import Call, Movable, Now, address_of, bind, kind
from neurosim.kernels.core.jit import task_of
from neurosim.kernels.mathematics.random import uniform_block
from neurosim.kernels.spiking.spikes import find_steps, log_spikes, merge_spikes


def logged(n: int, room: int) -> tuple[Call, np.ndarray, np.ndarray, Movable]:
    """A call that logs n spikes of each step."""
    spikes = Movable(np.arange(n, dtype=np.int32))
    offsets = np.array([0, n])
    log, steps, filled = np.zeros(room, np.int32), np.zeros(room, np.int64), np.zeros(2, np.int64)
    none = np.zeros(0)
    call = bind(
        log_spikes, spikes, none, offsets, Now("step"), Now("last"), log, none, steps, filled, status=True
    )
    return call, steps, filled, spikes


def test_a_bound_kernel_does_what_it_does_in_python() -> None:
    wanted, found = np.zeros((3, 10)), np.zeros((3, 10))
    uniform_block(np.uint64(2**63 + 5), 7, 11, 3, 2, 12, wanted)
    call = bind(uniform_block, np.uint64(2**63 + 5), 7, Now("step", 1), Now("last"), 2, 12, found)
    assert call(10, 0, 3) == 0
    assert np.array_equal(found, wanted)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_rows_are_delivered_alike(dtype: type) -> None:
    weights, targets = np.arange(1, 7).astype(dtype), np.array([0, 2, 1, 1, 0, 2], np.int32)
    begins, ends = np.array([0, 2, 4]), np.array([2, 4, 6])
    spikes, offsets = np.array([0, 2, 1], np.int32), np.array([0, 2, 3])
    rings = np.zeros((2, 4, 3))
    sizes = (3, 0, 3, 0, None)
    deliver_sparse(weights, targets, begins, ends, spikes, offsets, 0, 2, rings[0], 5, *sizes)
    rows = (weights, targets, begins, ends, spikes, offsets, Now("first"), Now("last"))
    bind(deliver_sparse, *rows, rings[1], Now("step", 2), *sizes)(3, 0, 2)
    assert rings[0].any()
    assert np.array_equal(*rings)


def test_a_task_has_the_arithmetic_of_its_kernel() -> None:
    def rounded(table: int, step: int, first: int, last: int) -> int:
        return int((step + 1e16) - 1e16)

    assert Call(task_of(deliver_sparse)(rounded), (), "rounded")(1, 0, 0) == 0
    assert Call(task_of(merge_spikes)(rounded), (), "rounded")(1, 0, 0) == 1  # sums are reordered


def test_every_array_has_an_address() -> None:
    fixed = np.ones((3, 4))
    fixed.flags.writeable = False
    for array in (
        np.ones((3, 4)),
        np.ones((5, 4))[2:],
        np.ones((3, 4)).T,
        np.ones(4, bool),
        fixed,
        np.ones((0, 4)),
    ):
        assert address_of(array) == array.ctypes.data


def test_an_array_may_move() -> None:
    call, steps, filled, spikes = logged(3, 10)
    call(0, 0, 1)
    spikes.array = np.array([9, 9, 9], np.int32)
    call(1, 0, 1)
    assert filled.tolist() == [6, 0]
    assert steps[:6].tolist() == [0, 0, 0, 1, 1, 1]
    assert call.kept[5][:6].tolist() == [0, 1, 2, 9, 9, 9]


def test_what_cannot_be_put_into_a_table() -> None:
    with pytest.raises(TypeError, match="cannot be given"):
        kind(np.zeros((4, 4))[:, ::2])
    with pytest.raises(TypeError, match="cannot be given"):
        kind("text")


def test_a_stretch_ends_after_the_window_in_which_a_call_wishes_so() -> None:
    call, steps, filled, _ = logged(3, 10)
    other, _, others, _ = logged(1, 100)
    for n_shares in (1, 2):
        filled[:], others[:] = 0, 0
        phases = [[[call], [other]], [[other], []]]
        if n_shares == 1:
            phases = [[[c for share in phase for c in share]] for phase in phases]
        with ThreadPoolExecutor(2) as executor:
            done = Program(phases, n_shares).run(5, 50, 1, executor)
        assert done == 4
        assert filled.tolist() == [9, 1]
        assert others[0] == 8  # the phases after the wish, too
        assert steps[:9].tolist() == [5, 5, 5, 6, 6, 6, 7, 7, 7]


def test_calls_in_turn() -> None:
    offsets = np.array([0, 1, 2, 3])
    made = []
    for log in (np.zeros(9, np.int32), np.zeros(9, np.int32)):
        steps, filled = np.zeros(9, np.int64), np.zeros(2, np.int64)
        none = np.zeros(0)
        spikes = np.arange(3, dtype=np.int32)
        window = (spikes, none, offsets, Now("step"), 1)
        made.append((bind(log_spikes, *window, log, none, steps, filled, status=True), filled))
    call = in_turn([c for c, _ in made])
    assert call(0, 0, 3) == 0
    assert [filled[0] for _, filled in made] == [3, 3]  # for each step, a call each


def test_entries_of_steps() -> None:
    offsets = np.zeros(6, np.int64)
    steps = np.array([1, 1, 4, 7, 7])
    assert bind(find_steps, steps, Now("step"), Now("last"), offsets)(1, 0, 5) == 0
    assert offsets.tolist() == [0, 2, 2, 2, 3, 3]


def test_merging_without_spikes() -> None:
    offsets = np.full(4, 9)
    merged = np.zeros(0, np.int32)
    assert merge_spikes(np.zeros((2, 5), np.int32), np.zeros((2, 3), np.int64), 3, merged, offsets) == 0
    assert not offsets.any()
