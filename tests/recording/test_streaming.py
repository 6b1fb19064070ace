"""Recordings in files: the same as in memory, readable after a crash, and harmless when the disk is full."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
import warnings
from pathlib import Path

import numpy as np
import pytest
from watched_network import FILES, Watched, read, same

import neurosim.recording.stream as stream
from neurosim import (
    LIF,
    Network,
    PoissonPopulation,
    Population,
    RateMonitor,
    SpikeMonitor,
    StateMonitor,
    read_recording,
)
from neurosim.errors import DataError, OutputError, ParameterError
from neurosim.recording import SpikeRecording, StateRecording


@pytest.mark.parametrize("trials", [1, 3])
@pytest.mark.parametrize("chunk", [2**20, 100])
def test_files_hold_what_memory_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trials: int, chunk: int
) -> None:
    monkeypatch.setattr(stream, "CHUNK_BYTES", chunk)
    net = Watched(tmp_path, trials)
    assert os.listdir(tmp_path) == []
    for duration in (30.0, 0.0, 0.1, 19.9):
        net.network.run(duration)
        assert same(net.files, net.memory)
    assert sorted(os.listdir(tmp_path)) == sorted(FILES)
    assert len(net.memory[0]) > 50  # type: ignore[arg-type]
    recordings = read(tmp_path)
    assert same(recordings, net.memory)
    for recording, monitor in zip(recordings, net.memory, strict=True):
        assert recording.complete  # type: ignore[attr-defined]
        assert recording.duration == monitor.duration == pytest.approx(50)  # type: ignore[attr-defined]
        assert (recording.name, recording.dt) == (monitor.name, 0.1)  # type: ignore[attr-defined]
    assert recordings[1].units == {"v": "1", "v_in": "1"}  # type: ignore[attr-defined]
    assert repr(recordings[0]) == f"SpikeRecording('s', {len(net.memory[0])} spikes, 50 ms)"  # type: ignore[arg-type]


def test_files_are_the_same_however_a_run_is_cut(tmp_path: Path) -> None:
    for name, cuts in {"a": (40.0,), "b": (0.1, 12.3, 27.6)}.items():
        (tmp_path / name).mkdir()
        net = Watched(tmp_path / name)
        for duration in cuts:
            net.network.run(duration)
    assert same(read(tmp_path / "a"), read(tmp_path / "b"))


def test_streaming_keeps_little_in_memory(tmp_path: Path) -> None:
    import tracemalloc

    cells = Population(1000, LIF, v_in=0.5)
    monitor = StateMonitor(cells, "v", file=tmp_path / "v")
    network = Network(cells, monitor, dt=0.1, threads=1)
    network.run(20)
    tracemalloc.start()
    network.run(500)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (tmp_path / "v").stat().st_size > 5200 * 1000 * 8
    assert peak < 10e6


KILLED = """
import sys
from neurosim import LIF, Network, PoissonPopulation, SpikeMonitor, StateMonitor, Population
import neurosim.engines.watch as watch
watch.LONGEST_WAIT = 0.02
noise, cells = PoissonPopulation(50, 100), Population(50, LIF, v_in=1.5)
folder = sys.argv[1]
spikes = SpikeMonitor(noise, file=folder + "/spikes")
states = StateMonitor(cells, "v", file=folder + "/states")
network = Network(noise, cells, spikes, states, seed=1)
print("ready", flush=True)
network.run(float(sys.argv[2]))
"""


def test_what_was_written_before_a_kill_can_be_read(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path), "1e7"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    with process, process.stdout:
        assert process.stdout.readline() == "ready\n"
        deadline = time.monotonic() + 60
        files = [tmp_path / "spikes", tmp_path / "states"]
        while time.monotonic() < deadline and not all(f.exists() and f.stat().st_size > 2**21 for f in files):
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    with pytest.warns(UserWarning, match=r"(ends in mid-run|is damaged from byte \d+ on); read up to .* ms"):
        spikes = read_recording(tmp_path / "spikes")
    with pytest.warns(UserWarning, match="read up to"):
        states = read_recording(tmp_path / "states")
    assert isinstance(spikes, SpikeRecording)
    assert isinstance(states, StateRecording)
    assert not spikes.complete
    assert spikes.duration > 100
    noise, cells = PoissonPopulation(50, 100), Population(50, LIF, v_in=1.5)
    expected, v = SpikeMonitor(noise), StateMonitor(cells, "v", record=[0])
    end = min(spikes.duration, 2000.0)
    Network(noise, cells, expected, v, seed=1).run(f"{end:.1f} ms")
    early = spikes.t < end - 1e-6
    assert np.array_equal(spikes.t[early], expected.t)
    assert np.array_equal(spikes.i[early], expected.i)
    n = min(v.t.size, states.t.size)
    assert np.array_equal(states["v"][:n, 0], v["v"][:n, 0])


def test_a_full_disk_stops_the_run_and_spoils_nothing(tmp_path: Path) -> None:
    program = """
    import resource, signal, sys
    import numpy as np
    from neurosim import LIF, Network, PoissonPopulation, Population, SpikeMonitor, StateMonitor
    from neurosim.errors import OutputError
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    def make(file=None):
        noise, cells = PoissonPopulation(40, 200), Population(40, LIF, v_in=1.5)
        monitors = [StateMonitor(cells, "v", file=file), SpikeMonitor(noise)]
        return Network(noise, cells, monitors, seed=1), monitors, cells

    network, (states, spikes), cells = make(sys.argv[1])
    network.run(1)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, hard))
    try:
        network.run(5000)
    except OutputError as error:
        print(error)
    stopped = network.step
    assert 10 < stopped < 50_000, stopped
    assert states.t.size == stopped == len(states["v"]), (states.t.size, stopped)
    if sys.argv[2] == "freed":
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    else:
        states.close()
    network.run(5000 - network.t + 1)
    other, (expected, others), twins = make()
    other.run(5001)
    n = len(expected.t) if sys.argv[2] == "freed" else stopped
    assert states.t.size == n
    assert np.array_equal(states["v"], expected["v"][:n])
    assert np.array_equal(spikes.t, others.t) and np.array_equal(cells["v"], twins["v"])
    """
    for case in ("freed", "closed"):
        file = tmp_path / case
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(program), str(file), case],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert f"{file}: cannot be written" in done.stdout
        assert "The run has stopped at" in done.stdout
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            states = read_recording(file)
        # The half of a chunk that found room is gone: the file is short, but not damaged.
        assert [("ends in mid-run" in str(w.message)) for w in caught] == [True] * (case == "closed")
        assert isinstance(states, StateRecording)
        assert states.complete == (case == "freed")
        assert states["v"].shape[0] == round(states.duration / 0.1) > 1000


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, StateMonitor]:
    monkeypatch.setattr(stream, "CHUNK_BYTES", 4000)
    cells = Population(10, LIF, v_in=1.5)
    file, kept = StateMonitor(cells, "v", file=tmp_path / "v"), StateMonitor(cells, "v")
    network = Network(cells, file, kept, dt=0.1)
    for _ in range(5):
        network.run(10)
    return tmp_path / "v", kept


@pytest.mark.parametrize("cut", [1, 500, 20_000])
def test_a_file_cut_short_is_read_up_to_there(written: tuple[Path, StateMonitor], cut: int) -> None:
    path, kept = written
    path.write_bytes(path.read_bytes()[:-cut])
    with pytest.warns(UserWarning, match="is damaged from byte"):
        states = read_recording(path)
    assert isinstance(states, StateRecording)
    n = states.t.size
    assert 0 < n < 500
    assert np.array_equal(states["v"], kept["v"][:n])


def test_every_flipped_bit_is_noticed(written: tuple[Path, StateMonitor]) -> None:
    path, kept = written
    content = path.read_bytes()
    rng = np.random.default_rng(1)
    for place in rng.integers(0, len(content), 40):
        spoilt = bytearray(content)
        spoilt[place] ^= 1 << int(rng.integers(8))
        path.write_bytes(spoilt)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                states = read_recording(path)
            except DataError:
                continue
        assert isinstance(states, StateRecording)
        assert np.array_equal(states["v"], kept["v"][: states.t.size])
        padding = states.t.size == kept.t.size and not caught  # between head and body
        assert padding or (caught and states.t.size < kept.t.size)


def test_files_that_are_no_recordings(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    (tmp_path / "text").write_text("time, neuron\n" * 100)
    for name in ("empty", "text", "missing"):
        with pytest.raises(DataError, match=f"{name}: "):
            read_recording(tmp_path / name)


def test_paths_that_cannot_be_written(tmp_path: Path) -> None:
    cells = Population(2, LIF, v_in=1.5)
    taken = tmp_path / "taken"
    taken.write_text("precious")
    for path, message in (
        (taken, "exists already.*overwrite=True"),
        (tmp_path, "is a folder"),
        (tmp_path / "none" / "spikes", "there is no folder"),
    ):
        with pytest.raises(OutputError, match=message):
            SpikeMonitor(cells, file=path)
    with pytest.raises(ParameterError, match="must be a path"):
        SpikeMonitor(cells, file=3)  # type: ignore[arg-type]
    Network(cells).run(0)  # the monitors that failed are not missed
    assert taken.read_text() == "precious"


def test_files_that_cannot_be_made_change_nothing(tmp_path: Path) -> None:
    cells = Population(2, LIF, v_in=1.5)
    taken, folder = tmp_path / "taken", tmp_path / "folder"
    taken.write_text("precious")
    folder.mkdir()
    spikes = SpikeMonitor(cells, file=taken, overwrite=True)
    states = StateMonitor(cells, "v", file=folder / "v")
    network = Network(cells, spikes, states)
    folder.rmdir()
    with pytest.raises(OutputError, match="cannot be written"):
        network.run(50)
    assert (network.step, cells.network, taken.read_text()) == (0, None, "precious")
    assert os.listdir(tmp_path) == ["taken"]
    folder.mkdir()
    network.run(50)
    recording = read_recording(taken)
    assert isinstance(recording, SpikeRecording)
    assert np.array_equal(recording.t, spikes.t)
    assert len(recording) > 1


def test_two_monitors_cannot_share_a_file(tmp_path: Path) -> None:
    cells = Population(2, LIF)
    monitors = [SpikeMonitor(cells, file=tmp_path / "a"), StateMonitor(cells, "v", file=tmp_path / "a")]
    with pytest.raises(OutputError, match="two monitors"):
        Network(cells, monitors).run(1)
    assert os.listdir(tmp_path) == []


def test_a_closed_monitor_keeps_what_it_has() -> None:
    cells = Population(2, LIF, v_in=1.5)
    kinds = [SpikeMonitor(cells), StateMonitor(cells, "v", when="end"), RateMonitor(cells)]
    network = Network(cells, kinds)
    network.run(50)
    before = [kind.t for kind in kinds]
    for kind in kinds:
        kind.close()
    network.run(50)
    assert all(np.array_equal(kind.t, t) for kind, t in zip(kinds, before, strict=True))
    assert [kind.duration for kind in kinds] == [50.0] * 3


@pytest.mark.parametrize("how", ["another network", "written over", "gone and back"])
def test_a_file_that_is_no_longer_the_monitors_is_left_alone(tmp_path: Path, how: str) -> None:
    path, aside = tmp_path / "spikes", tmp_path / "aside"

    def network() -> tuple[Network, SpikeMonitor]:
        cells = Population(2, LIF, v_in=2.0, name="cells")
        spikes = SpikeMonitor(cells, file=path, overwrite=True)
        return Network(cells, spikes, seed=1), spikes

    first, spikes = network()
    first.run(50)
    mine = path.read_bytes()
    if how == "another network":
        network()[0].run(90)
    elif how == "written over":
        path.write_bytes(mine[:-1])
    else:
        path.rename(aside)
        path.write_bytes(mine)  # another file, but with what it must hold
        first.run(50)
        assert len(read_recording(path).t) == len(spikes.t) > 10
        return
    found = path.read_bytes()
    with pytest.raises(OutputError, match=r"spikes: is no longer the file that the monitor has written"):
        first.run(50)
    assert path.read_bytes() == found
    path.write_bytes(mine)
    first.run(50)
    assert spikes.t.max() > 100
    assert len(read_recording(path).t) == len(spikes.t)


def test_a_network_is_not_saved_over_its_records(tmp_path: Path) -> None:
    cells = Population(2, LIF, v_in=2.0)
    network = Network(cells, SpikeMonitor(cells, name="spikes", file=tmp_path / "a"))
    network.run(50)
    with pytest.raises(ParameterError, match=r"save.path = .*: is the file that 'spikes' writes to. Choose"):
        network.save(tmp_path / "b" / ".." / "a")
    assert len(read_recording(tmp_path / "a").t) > 0
    network.save(tmp_path / "c")
