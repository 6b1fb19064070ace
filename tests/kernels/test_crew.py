"""Work shared between threads: every part is done once, whoever does it; at the end the threads are gone."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neurosim.kernels.core import crew
from neurosim.kernels.core.crew import share, worth
from neurosim.kernels.core.jit import kernel

SCRIPT = """
import os, sys, time
import numpy as np
from neurosim.kernels.core import crew
sys.path.insert(0, {folder!r})
from test_crew import count_up
crew.processors = lambda: 3
counts = np.zeros(1000)
def work(): crew.share(count_up, (counts,), 1000, 10)
work()
time.sleep({pause})
{more}
assert (counts == {wanted}).all()
"""

FORKED = """
child = os.fork()
work()
if child:
    assert os.waitpid(child, 0)[1] == 0
"""


@kernel
def count_up(counts: np.ndarray, first: int, last: int) -> None:
    for k in range(first, last):
        counts[k] += 1.0


@pytest.fixture(autouse=True)
def three_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "processors", lambda: 3)


@settings(deadline=None)
@given(st.integers(1, 300), st.integers(1, 320))
def test_every_part_is_done_once(n: int, at_once: int) -> None:
    counts = np.zeros(n)
    share(count_up, (counts,), n, at_once)
    assert (counts == 1).all()


def test_threads_that_have_fallen_asleep_wake_again() -> None:
    counts = np.zeros(500)
    for pause in (0.0, 0.05, 0.0, 0.0, 0.05):
        time.sleep(pause)
        share(count_up, (counts,), 500, 7)
    assert (counts == 5).all()


def test_works_that_come_at_the_same_time_do_not_mix() -> None:
    counts = np.zeros((8, 400))

    def work(k: int) -> None:
        for _ in range(50):
            share(count_up, (counts[k],), 400, 20)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert (counts == 50).all()


def test_a_crew_that_is_busy_leaves_the_work_to_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = np.zeros(100)
    monkeypatch.setattr(crew.Crew, "work", lambda *_: pytest.fail("the crew is busy"))
    with crew._crew().busy:
        share(count_up, (counts,), 100, 10)
    assert (counts == 1).all()


def test_what_is_worth_a_thread() -> None:
    assert worth(100, 1_000, 50) == 5
    assert worth(100, 10, 50) == 500  # all at once
    assert worth(3, 10**9, 50) == 1
    assert worth(3, 0, 50) == 150


@pytest.mark.parametrize("pause", [0, 0.1], ids=["awake", "asleep"])
@pytest.mark.parametrize("more", ["work()", FORKED], ids=["twice", "forked"])
def test_a_process_ends_whatever_its_threads_do(pause: float, more: str) -> None:
    script = SCRIPT.format(pause=pause, more=more, wanted=2, folder=str(Path(__file__).parent))
    done = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", script],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_where_the_system_gives_no_threads_the_caller_does_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    alone = crew.Crew()
    monkeypatch.setattr(crew, "_crew", lambda: alone)
    monkeypatch.setattr(threading.Thread, "start", refuse)
    counts = np.zeros(100, np.int64)
    share(count_up, (counts,), 100, 10)
    np.testing.assert_array_equal(counts, 1)
