"""Arrays of recordings, in memory and from files, while the network goes on and back."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
from watched_network import Watched, contents, read


@pytest.mark.parametrize("trials", [1, 3])
def test_what_was_looked_at_stays_as_it_was(tmp_path: Path, trials: int) -> None:
    watched = Watched(tmp_path, trials)
    looked_at: list[np.ndarray] = []
    copies: list[np.ndarray] = []

    def run(duration: float) -> None:
        watched.network.run(duration)
        for recordings in (watched.memory, watched.files, read(tmp_path)):
            looked_at.extend(contents(recordings))
        looked_at.append(watched.cells["v"])
        copies[:] += [array.copy() for array in looked_at[len(copies) :]]

    run(15)
    watched.network.store()
    run(20)
    run(400)  # blocks that grow
    watched.network.restore()
    watched.cells["v_in"] = 3.0
    run(10)  # the same times again
    run(30)
    for array, copy in zip(looked_at, copies, strict=True):
        np.testing.assert_array_equal(array, copy)


def test_a_file_that_was_cut_back_after_it_was_read_is_refused(tmp_path: Path) -> None:
    """In a process of its own: to look at memory that the file has left would end it."""
    script = """
        import sys
        from neurosim import LIF, Network, Population, StateMonitor, read_recording
        from neurosim.errors import DataError

        cells = Population(50, LIF, v_in=0.9)
        network = Network(cells, StateMonitor(cells, "v", file=sys.argv[1]), dt=0.1)
        network.run(10)
        network.store()
        network.run(2000)
        before, again = read_recording(sys.argv[1]), read_recording(sys.argv[1])
        kept = before["v"]
        for duration in 1, 4000:  # shorter than it was, then longer
            network.restore()
            network.run(duration)
            for recording in before, again:
                try:
                    recording["v"]
                except DataError as error:
                    assert "was cut back after it had been read" in str(error)
                else:
                    raise AssertionError("read")
        assert len(read_recording(sys.argv[1])["v"]) == 40100
        assert kept.shape == (20100, 50) and kept.max() < 1.0
    """
    command = [sys.executable, "-c", textwrap.dedent(script), str(tmp_path / "v")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
