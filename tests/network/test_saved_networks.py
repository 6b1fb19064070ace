"""Networks saved to a file: they go on, anywhere, as if they had never been stopped."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from busy_network import everything, outcome, same

import neurosim.engines.native as native
import neurosim.engines.population_state as population_state
from neurosim import (
    LIF,
    Dense,
    Network,
    Normal,
    OrnsteinUhlenbeck,
    PoissonPopulation,
    Population,
    Projection,
    PSCFilter,
    Receptor,
    SpikeMonitor,
    StateMonitor,
    Step,
    read_recording,
)
from neurosim.errors import DataError, OutputError, ParameterError

STEPS = 200
"""Of a run that is interrupted at any of them."""

GO_ON = """
import sys
import numpy as np
sys.path.insert(0, {folder!r})
from busy_network import outcome
from neurosim import Network
network = Network.load({path!r}, threads={threads})
network.run(({steps} - network.step)*network.dt)
np.savez({out!r}, *outcome(network))
"""


@pytest.fixture(scope="module")
def unbroken() -> list[np.ndarray]:
    network = everything()
    network.run(0.1 * STEPS)
    return outcome(network)


@pytest.fixture
def many_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several threads even for a few neurons."""
    monkeypatch.setattr(native, "WORTH_A_THREAD", 0)
    monkeypatch.setattr(population_state, "CHUNK", 32)


def loaded(network: Network, folder: Path, threads: int = 1) -> Network:
    network.save(folder / "network")
    return Network.load(folder / "network", threads=threads)


@pytest.mark.parametrize("stops", [[0], [1], [36, 37, 38], [5, 64, 121, 163, 199], [17, 50, 92, 139]])
def test_what_follows_is_what_would_have_followed(
    stops: list[int], tmp_path: Path, unbroken: list[np.ndarray], many_tasks: None
) -> None:
    network = everything()
    for number, stop in enumerate(stops):
        network.run((stop - network.step) * 0.1)
        network = loaded(network, tmp_path, threads=number % 2 + 1)
    network.run((STEPS - network.step) * 0.1)
    assert same(outcome(network), unbroken)


@pytest.mark.parametrize(("stop", "threads"), [(0, 1), (83, 2)])
def test_in_another_process(stop: int, threads: int, tmp_path: Path, unbroken: list[np.ndarray]) -> None:
    network, out = everything(), tmp_path / "outcome.npz"
    network.run(stop * 0.1)
    network.save(tmp_path / "network")
    folder, path = str(Path(__file__).parent), str(tmp_path / "network")
    program = GO_ON.format(folder=folder, path=path, threads=threads, steps=STEPS, out=str(out))
    subprocess.run([sys.executable, "-W", "error", "-c", program], check=True)
    with np.load(out) as found:
        assert same([found[name] for name in found.files], unbroken)


@pytest.mark.parametrize("trials", [1, 3])
def test_spikes_without_delay_and_other_numbers_of_trials(trials: int, tmp_path: Path) -> None:
    network = everything(trials=trials, shortest=0.0)
    network.run(5.3)
    other = loaded(network, tmp_path)
    network.run(6.0)
    other.run(6.0)
    assert same(outcome(other), outcome(network))


def test_the_form_depends_on_nothing_but_the_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, many_tasks: None
) -> None:
    def saved(threads: int, pieces: list[float]) -> bytes:
        network = everything(threads=threads)
        for piece in pieces:
            network.run(piece)
        network.save(tmp_path / "a")
        return (tmp_path / "a").read_bytes()

    first = saved(2, [8.4])
    Network.load(tmp_path / "a").save(tmp_path / "b")
    assert (tmp_path / "b").read_bytes() == first
    monkeypatch.setattr(native, "LONGEST_WINDOW", 2)
    monkeypatch.setattr(native, "LONGEST_FED_WINDOW", 2)
    monkeypatch.setattr(population_state, "CHUNK", 64)
    assert saved(1, [0.7, 0.1, 7.6]) == first
    Network.load(tmp_path / "b").save(tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == first


def test_a_loaded_network_is_described_like_the_saved_one(tmp_path: Path) -> None:
    network = everything()
    network.run(2.0)
    other = loaded(network, tmp_path)
    assert repr(other) == repr(network)
    for kind in ("groups", "projections", "inputs", "monitors"):
        assert repr(getattr(other, kind)) == repr(getattr(network, kind))
    assert other["lif"] is other.groups[5]
    assert other["spikes of lif"].source.group is other["lif"]
    for cells in (other["lif"], network["lif"]):
        cells["v_in"] = Normal(1.0, 0.3)
    assert np.array_equal(other["lif"]["v_in"], network["lif"]["v_in"])
    with pytest.raises(ParameterError, match=r"Network\['lof'\] = 'lof': is the name of none of the parts"):
        other["lof"]


def test_what_is_shared_stays_shared(tmp_path: Path) -> None:
    cells = Population(3, LIF, receptors={"a": PSCFilter(5), "b": PSCFilter(5)})
    dense = Dense(np.arange(9.0).reshape(3, 3))
    twin = Dense(dense.weights)
    given = [(dense, "a"), (dense, "b"), (dense.T, "a"), (twin, "b")]
    network = Network(cells, [Projection(cells, cells, c, receptor=r, delay=1) for c, r in given])
    a, b, turned, twin = (p.connectivity for p in loaded(network, tmp_path).projections)
    assert a is b
    assert turned.T is a
    assert twin.weights is a.weights
    a.weights[0, 1] = 77.0
    assert turned.to_dense()[1, 0] == 77.0


def test_stimuli_set_between_runs(tmp_path: Path) -> None:
    network = everything()
    network.run(3.0)
    network.store("without")
    network["edge"]["I"] = 0.3
    network["precise"][:4]["I"] = Step(500.0, start=4.5) + 400.0
    network["lif"]["v_in"] = OrnsteinUhlenbeck(0.9, 0.1, "5 ms")
    network.store("with")
    others = [loaded(network, tmp_path)]
    network.run(2.0)
    others.append(loaded(network, tmp_path))
    network.run(4.0)
    expected = outcome(network)
    for other in others:
        other.run(9.0 - other.t)
        assert same(outcome(other), expected)
    network.restore("without")
    assert "stimulus1" in network["edge"].system.subexpressions
    network.run(6.0)
    assert not same(outcome(network), expected)
    network.restore("with")
    network.run(6.0)
    assert same(outcome(network), expected)


def test_names_that_nobody_gave_draw_as_before(tmp_path: Path) -> None:
    network = Network(Population(4, LIF, v_in=Normal(1.0, 0.1)), seed=3)
    other = loaded(network, tmp_path)
    for cells in (network.groups[0], other.groups[0]):
        cells["v_in"] = Normal(0.5, 0.1)
    assert np.array_equal(other.groups[0]["v_in"], network.groups[0]["v_in"])


def test_monitors_go_on_in_their_files(tmp_path: Path) -> None:
    def network(name: str) -> Network:
        cells = Population(3, LIF, v_in=[1.2, 1.5, 2.0], name="cells")
        files = tmp_path / f"{name}.spikes", tmp_path / f"{name}.states"
        spikes, states = SpikeMonitor(cells, file=files[0]), StateMonitor(cells, "v", file=files[1])
        return Network(cells, spikes, states, dt=0.1, seed=1)

    whole, cut = network("whole"), network("cut")
    whole.run(30.0)
    whole.run(40.0)
    cut.run(30.0)
    cut.save(tmp_path / "network")
    cut.run(17.0)
    other = Network.load(tmp_path / "network")
    assert other["states of cells"]["v"].shape == (300, 3)
    other.run(40.0)
    assert np.array_equal(other["states of cells"]["v"], whole["states of cells"]["v"])
    for kind, column in (("spikes", "_unit"), ("states", "v")):
        found, expected = (read_recording(tmp_path / f"{name}.{kind}") for name in ("cut", "whole"))
        assert found.duration == expected.duration == 70.0
        assert np.array_equal(found.columns.read(column), expected.columns.read(column))
    (tmp_path / "cut.spikes").write_bytes((tmp_path / "cut.spikes").read_bytes()[:300])
    with pytest.raises(DataError, match=r"cut\.spikes: does not begin with"):
        Network.load(tmp_path / "network")
    (tmp_path / "cut.spikes").unlink()
    with pytest.raises(DataError, match=r"cut\.spikes: cannot be read"):
        Network.load(tmp_path / "network")


def test_a_file_that_others_made_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    cells = Population(3, LIF, v_in=2.0)
    network = Network(cells, SpikeMonitor(cells, file=tmp_path / "spikes"))
    network.save(tmp_path / "network")
    Network.load(tmp_path / "network").run(5.0)
    with pytest.raises(DataError, match="spikes: exists already"):
        Network.load(tmp_path / "network")


def test_what_cannot_be_described_is_named(tmp_path: Path) -> None:
    (tmp_path / "network").write_text("old")
    noise = PoissonPopulation(2, lambda t: 10.0 + t, name="noise")
    with pytest.raises(ParameterError, match=r"noise.rate = <function .*is a function.*text of t"):
        Network(noise).save(tmp_path / "network")
    assert (tmp_path / "network").read_text() == "old"


class Own(Receptor):
    """A receptor of a user."""

    def __init__(self) -> None:
        super().__init__("dg/dt = -g/(3*ms) : 1", output="g", jump={"g": "1"}, name="Own")


def test_classes_of_the_user(tmp_path: Path) -> None:
    network = Network(Population(2, LIF, receptors={"own": Own()}))
    assert type(loaded(network, tmp_path).groups[0].receptors["own"]) is Own
    program = f"import neurosim; neurosim.Network.load({str(tmp_path / 'network')!r})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert "DataError" in done.stderr
    assert "test_saved_networks.Own is of a class that is not known here" in done.stderr
    strange = Own()
    strange.helper = print  # type: ignore[attr-defined]
    network = Network(Population(2, LIF, receptors={"own": strange}))
    with pytest.raises(ParameterError, match=r"receptors\.own\.helper = <.* print>: is a builtin"):
        network.save(tmp_path / "network")


def test_damaged_files(tmp_path: Path) -> None:
    path = tmp_path / "network"
    network = everything()
    network.run(1.0)
    network.save(path)
    content = path.read_bytes()
    for place in np.random.default_rng(1).integers(len(content), size=40).tolist():
        path.write_bytes(content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :])
        with pytest.raises(DataError, match="network: "):
            Network.load(path)
        path.write_bytes(content[:place])
        with pytest.raises(DataError, match="network: "):
            Network.load(path)
    with pytest.raises(DataError, match="cannot be read"):
        Network.load(tmp_path / "other")
    with pytest.raises(ParameterError, match=r"Network\.save\.path = 3"):
        network.save(3)  # type: ignore[arg-type]


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    cells = Population(2000, LIF, v_in=np.linspace(0, 2, 2000))
    network = Network(cells)
    network.save(tmp_path / "network")
    network.run(1.0)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        with pytest.raises(OutputError, match="network: cannot be written"):
            network.save(tmp_path / "network")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert Network.load(tmp_path / "network").step == 0
    assert os.listdir(tmp_path) == ["network"]
