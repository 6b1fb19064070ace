"""How stretches grow, and how the number of threads is found."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest

from neurosim.engines.pace import STRETCH, Pace

Cost = Callable[[int, float], float]
"""Seconds a step takes on so many threads, at a time."""


def paced(cost: Cost, seconds: float, *, window: int = 1, most: int = 2) -> list[tuple[int, int, float]]:
    """Stretches of a run of some seconds: threads, steps, and when each began."""
    pace, now, stretches = Pace(window, most, 4000.0), 0.0, []
    while now < seconds:
        stretches.append((pace.threads, pace.n_steps, now))
        took = cost(pace.threads, now) * pace.n_steps + (2e-4 if pace.threads > 1 else 0.0)
        now += took
        pace.note(pace.n_steps, took)
    return stretches


def time_on(threads: int, stretches: list[tuple[int, int, float]], cost: Cost) -> float:
    return sum(cost(k, at) * n for k, n, at in stretches if k == threads)


@pytest.mark.parametrize(("window", "step"), [(1, 13e-6), (1, 2e-4), (16, 3e-6)])
def test_threads_that_pay_are_at_work_after_ten_milliseconds(window: int, step: float) -> None:
    def cost(threads: int, now: float) -> float:
        return step / 1.6 if threads == 2 else step

    stretches = paced(cost, 1.0, window=window)
    begun = next(at for threads, _, at in stretches if threads == 2)
    assert begun < 0.01 + 10 * step * window
    assert time_on(1, stretches, cost) < 0.06


@pytest.mark.parametrize("gain", [0.2, 0.7, 0.95])
def test_threads_that_do_not_pay_are_tried_and_seldom_again(gain: float) -> None:
    def cost(threads: int, now: float) -> float:
        return 13e-6 / gain if threads == 2 else 13e-6

    stretches = paced(cost, 1.0)
    alone = [k == 1 for k, _, at in stretches if at > 0.2]
    assert all(alone[i] or alone[i + 1] for i in range(len(alone) - 1))
    assert time_on(2, stretches, cost) < 0.06 / min(gain, 0.5)


def test_one_stretch_tells_that_other_programs_hold_the_processors() -> None:
    stretches = paced(lambda threads, now: 80e-6 if threads == 2 else 13e-6, 0.2)
    assert [k for k, n, _ in stretches if n > 100].count(2) == 1
    assert sum(n * 80e-6 for k, n, _ in stretches if k == 2) < 0.045


def test_small_windows_stay_on_one_thread_though_their_first_step_is_slow() -> None:
    stretches = paced(lambda threads, now: 30e-6 if now == 0 else 1.3e-6, 0.5)
    assert {threads for threads, _, _ in stretches} == {1}


@pytest.mark.parametrize("until", [0.03, 0.3])
def test_what_a_disturbance_has_hidden_is_found_after_it(until: float) -> None:
    def cost(threads: int, now: float) -> float:
        return (20e-6 if now < until else 8e-6) if threads == 2 else 13e-6

    stretches = paced(cost, until + 1.0)
    after = [(k, n, at) for k, n, at in stretches if at > until]
    assert time_on(2, after, cost) > 0.7


def test_stretches_grow_to_their_length_and_keep_whole_windows() -> None:
    stretches = paced(lambda threads, now: 13e-6, 0.5, window=5, most=1)
    lengths = [n for _, n, _ in stretches]
    assert lengths[0] == 5
    assert all(b <= 8 * a for a, b in pairwise(lengths))
    assert lengths[-1] * 13e-6 == pytest.approx(STRETCH, rel=0.01)
