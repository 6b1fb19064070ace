"""How stretches grow, and how the number of threads is found."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest

from neurosim.engines.pace import STRETCH, Pace
from neurosim.engines.split import Split

Cost = Callable[[int, float], float]
"""Seconds a step takes on so many threads, at a time."""


def paced(cost: Cost, seconds: float, *, window: int = 1, most: int = 2) -> list[tuple[int, int, float]]:
    """Stretches of a run of some seconds: threads, steps, and when each began."""
    pace, now, stretches = Pace(window, most, 4000.0), 0.0, []
    while now < seconds:
        threads = pace.split.n_shares
        stretches.append((threads, pace.n_steps, now))
        took = cost(threads, now) * pace.n_steps + (2e-4 if threads > 1 else 0.0)
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
    assert time_on(1, stretches, cost) < 0.02


def test_large_windows_are_shared_at_once() -> None:
    stretches = paced(lambda threads, now: (13e-6 if now > 1e-3 else 20e-6) / threads, 0.1)
    assert sum(n for threads, n, at in stretches if threads == 1 and at < 0.05) < 10


def test_what_ends_stretches_early_keeps_them_on_one_thread() -> None:
    pace = Pace(1, 2, 4000.0)
    for _ in range(100):
        assert pace.split.n_shares == 1
        pace.note(1, 2e-5)


def test_one_thread_that_was_timed_badly_is_tried_again() -> None:
    def cost(threads: int, now: float) -> float:
        return 14e-6 if threads == 2 else 20e-6 if now < 1e-3 else 12e-6

    stretches = paced(cost, 1.0)
    assert time_on(1, stretches, cost) > 0.6


@pytest.mark.parametrize("gain", [0.2, 0.7, 0.95])
def test_threads_that_do_not_pay_are_tried_and_seldom_again(gain: float) -> None:
    def cost(threads: int, now: float) -> float:
        return 13e-6 / gain if threads == 2 else 13e-6

    stretches = paced(cost, 1.0)
    alone = [k == 1 for k, _, at in stretches if at > 0.2]
    assert all(alone[i] or alone[i + 1] for i in range(len(alone) - 1))
    assert time_on(2, stretches, cost) < 0.06 / min(gain, 0.5)


def test_two_stretches_tell_that_other_programs_hold_the_processors() -> None:
    stretches = paced(lambda threads, now: 80e-6 if threads == 2 else 13e-6, 0.1)
    assert [k for k, n, _ in stretches if n > 50].count(2) == 2
    assert sum(n * 80e-6 for k, n, _ in stretches if k == 2) < 0.045


def test_a_thread_that_starts_late_is_not_given_up() -> None:
    def cost(threads: int, now: float) -> float:
        return (80e-6 if now < 4e-3 else 8e-6) if threads == 2 else 13e-6

    stretches = paced(cost, 0.1)
    assert time_on(1, stretches, cost) < 1e-3


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


def shared(
    slowness: Callable[[float], tuple[float, ...]], seconds: float, price: float
) -> list[tuple[Split, float]]:
    """Shares in a run, and the part of the time for which the threads' work keeps them all busy."""
    most = len(slowness(0.0))
    pace, now, found = Pace(1, most, 4000.0), 0.0, []
    while now < seconds:
        split, n = pace.split, pace.n_steps
        if split.n_shares == 1:
            worked, took = [], 13e-6 * n
        else:
            parts = zip(split.parts, slowness(now), strict=True)
            worked = [13e-6 * n * part / sum(split.parts) * slow for part, slow in parts]
            took = max(worked)
            found.append((split, sum(worked) / most / took))
        now += took
        pace.note(n, took, worked, price)
    return found


@pytest.mark.parametrize("slow", [(1.0, 1.5), (1.6, 1.0), (1.0, 1.0, 2.0), (1.0, 0.5, 1.0, 0.5)])
def test_slow_processors_get_less_to_do(slow: tuple[float, ...]) -> None:
    found = shared(lambda now: slow, 0.3, 2e-3)
    assert found[0][0] == Split.even(len(slow))
    assert all(busy > 0.97 for _, busy in found[3:])
    wanted = [1 / each / sum(1 / other for other in slow) for each in slow]
    last = found[-1][0].parts
    assert [part / sum(last) for part in last] == pytest.approx(wanted, abs=0.02)


def test_shares_follow_a_processor_that_becomes_slow() -> None:
    found = shared(lambda now: (1.0, 1.0 if now < 0.3 else 1.5), 0.6, 2e-3)
    assert sum(busy < 0.95 for _, busy in found) == 1
    splits = [split for split, _ in found]
    assert len({*splits}) == 2


@pytest.mark.parametrize(("slow", "price"), [(1.05, 1e-4), (1.2, 0.05)])
def test_shares_stay_where_other_ones_would_not_pay(slow: float, price: float) -> None:
    assert {split for split, _ in shared(lambda now: (1.0, slow), 0.3, price)} == {Split.even(2)}


def test_shares_stay_even_where_the_system_has_no_clock() -> None:
    pace = Pace(1, 2, 0.0)
    for _ in range(9):
        pace.note(100, 0.02, (0.0, 0.0))
    assert pace.split == Split.even(2)


def test_shares_do_not_follow_a_stretch_with_cold_caches() -> None:
    pace = Pace(1, 2, 0.0)
    for worked in [(0.0,), (0.01, 0.02), (0.02, 0.02), (0.02, 0.02)]:
        pace.note(100, 0.02, worked, 1e-4)
        assert pace.split == Split.even(2)


def test_shares_of_what_cannot_be_divided_are_seldom_changed() -> None:
    pace, found = Pace(1, 2, 0.0), []
    for _ in range(200):
        found.append(pace.split)
        pace.note(100, 0.02, (0.01, 0.02), 1e-4)
    assert sum(a != b for a, b in pairwise(found)) < 25
