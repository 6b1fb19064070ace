"""Recordings as objects of pandas, xarray and Neo: the same numbers, names and units."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from neurosim import (
    LIF,
    Dense,
    HodgkinHuxley,
    Network,
    PoissonPopulation,
    Population,
    Projection,
    PSCFilter,
    RateMonitor,
    SpikeMonitor,
    StateMonitor,
    WeightMonitor,
    read_recording,
)
from neurosim.recording import Recording, StateRecording
from neurosim.units import COMMON_UNITS

TRIALS = (1, 2)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Any]:
    found = {}
    for trials in TRIALS:
        folder = tmp_path_factory.mktemp("recorded")
        noise = PoissonPopulation(5, 200)
        axons = Population(4, HodgkinHuxley, I="10 uA/cm2")
        cells = Population(3, LIF, receptors={"e": PSCFilter(5)})
        projection = Projection(noise, cells, Dense(np.arange(15.0).reshape(5, 3)))
        monitors = (
            SpikeMonitor(noise, file=folder / "spikes"),
            StateMonitor(axons, ["v", "I_Na", "m"], record=[3, 1], dt=0.5),
            RateMonitor(noise, 2),
            WeightMonitor(projection, [7, 2], dt=5),
        )
        Network(noise, axons, cells, projection, monitors, dt=0.05, trials=trials, seed=1).run(40)
        assert len(monitors[0]) > 20
        found[trials] = monitors
        if trials == 1:
            found[0] = read_recording(folder / "spikes")
    return found


@pytest.mark.parametrize("trials", TRIALS)
def test_pandas(recorded: dict[int, Any], trials: int) -> None:
    pytest.importorskip("pandas")
    spikes, states, rates, weights = recorded[trials]
    frame = spikes.to_pandas()
    assert list(frame.columns) == ["time", "neuron", "trial"][: 2 + (trials > 1)]
    assert np.array_equal(frame["time"], spikes.t)
    assert np.array_equal(frame["neuron"], spikes.i)
    frame = states.to_pandas()
    assert frame.index.name == "time"
    assert np.array_equal(frame.index, states.t)
    assert frame.attrs["units"] == {"time": "ms", "v": "mV", "I_Na": "uA/cm2", "m": "1"}
    for k, neuron in enumerate((3, 1)):
        for trial in range(trials):
            column = frame[("I_Na", neuron) if trials == 1 else ("I_Na", trial, neuron)]
            assert np.array_equal(column, states["I_Na"].reshape(80, trials, 2)[:, trial, k])
    frame = rates.to_pandas()
    assert np.array_equal(frame["rate"], rates.rate)
    assert np.array_equal(frame.index, rates.t)
    assert np.array_equal(weights.to_pandas()["weight"][2], weights.weights[:, 1])


@pytest.mark.parametrize("trials", TRIALS)
def test_xarray(recorded: dict[int, Any], trials: int) -> None:
    pytest.importorskip("xarray")
    spikes, states, rates, weights = recorded[trials]
    data = spikes.to_xarray()
    assert np.array_equal(data["time"], spikes.t)
    assert data["time"].attrs["units"] == "ms"
    assert np.array_equal(data["neuron"], spikes.i)
    assert np.array_equal(data["trial"], spikes.trial)
    data = states.to_xarray()
    assert data["v"].dims == (("time", "neuron") if trials == 1 else ("time", "trial", "neuron"))
    assert data["I_Na"].attrs["units"] == "uA/cm2"
    picked = data["v"].sel(neuron=1).sel(time=10.0, method="nearest")
    assert np.array_equal(picked, states["v"][20, ..., 1])
    assert data.attrs["duration"] == pytest.approx(40)
    data = rates.to_xarray()
    assert np.array_equal(data["rate"], rates.rate)
    assert data["rate"].attrs["units"] == "Hz"
    assert np.array_equal(weights.to_xarray()["weight"].sel(synapse=7), weights.weights[:, 0])


@pytest.mark.parametrize("trials", TRIALS)
def test_neo(recorded: dict[int, Any], trials: int) -> None:
    pytest.importorskip("neo")
    spikes, states, rates, weights = recorded[trials]
    block = spikes.to_neo()
    assert len(block.segments) == trials
    for trial, segment in enumerate(block.segments):
        for i, (train, times) in enumerate(zip(segment.spiketrains, spikes.spike_trains(trial), strict=True)):
            assert np.array_equal(train.rescale("ms").magnitude, times)
            assert train.annotations["neuron"] == i
            assert float(train.t_stop.rescale("s")) == pytest.approx(0.04)
        v, current, m = states.to_neo().segments[trial].analogsignals
        assert np.array_equal(v.magnitude, states["v"].reshape(80, trials, 2)[:, trial])
        assert str(v.dimensionality) == "mV"
        assert float(current.units.rescale("A/m**2")) == pytest.approx(0.01)
        assert str(m.dimensionality) == "dimensionless"
        assert np.allclose(v.times.rescale("ms").magnitude, states.t)
        assert v.array_annotations["neuron"].tolist() == [3, 1]
    (rate,) = rates.to_neo().segments[-1].analogsignals
    assert np.array_equal(rate.magnitude[:, 0], rates.rate.reshape(20, trials)[:, -1])
    assert float(rate.sampling_rate.rescale("Hz")) == pytest.approx(500)
    (weight,) = weights.to_neo().segments[0].analogsignals
    assert np.array_equal(weight.magnitude, weights.weights)


def test_a_file_gives_what_its_monitor_gives(recorded: dict[int, Any]) -> None:
    pytest.importorskip("pandas")
    assert recorded[0].to_pandas().equals(recorded[1][0].to_pandas())


def test_units_that_quantities_knows_are_carried_over() -> None:
    for package in ("neo", "xarray", "pandas"):
        pytest.importorskip(package)
    for unit in COMMON_UNITS:
        recording = StateRecording(name="r", units={"x": unit}, record=[0], dt=0.1)
        (signal,) = recording.to_neo().segments[0].analogsignals
        assert signal.shape == (0, 1)
        assert recording.to_xarray()["x"].shape == recording.to_pandas()["x"].shape == (0, 1)
    ohms = StateRecording(name="r", units={"x": "Gohm"}, record=[0]).to_neo().segments[0].analogsignals[0]
    assert float(ohms.units.rescale("V/A")) == pytest.approx(1e9)


@pytest.mark.parametrize(
    ("method", "package"), [(f"to_{package}", package) for package in ("pandas", "xarray", "neo")]
)
def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch, method: str, package: str) -> None:
    monkeypatch.setitem(__import__("sys").modules, package, None)
    recording: Recording = StateRecording(name="r", units={"v": "mV"}, record=[0])
    with pytest.raises(ImportError, match=rf"{package} is needed.*pip install 'neurosim\[exchange\]'"):
        getattr(recording, method)()


def test_the_path_of_a_file_may_be_text(tmp_path: Path) -> None:
    cells = Population(2, LIF, v_in=1.5)
    spikes = SpikeMonitor(cells, file=str(tmp_path / "spikes"))
    Network(cells, spikes).run(50)
    assert np.array_equal(read_recording(str(tmp_path / "spikes")).t, spikes.t)
