"""White noise in a running network: what may change it, and what may not."""

from __future__ import annotations

import numpy as np
import pytest

import neurosim.engines.native as native
import neurosim.engines.population_state as population_state
from neurosim import Network, NeuronModel, PoissonPopulation, Population, SpikeMonitor, StateMonitor
from neurosim.kernels.mathematics.random import normal_block

N = 139  # five blocks of 32

NOISY = NeuronModel(
    """
    dv/dt = (I - v)/tau + sigma*sqrt(2/tau)*xi : 1 (unless refractory)
    dw/dt = -w/tau_w + 0.1*v*xi_w/tau_w**0.5   : 1
    du/dt = sqrt(1/tau)*xi                     : 1
    I : 1 (input)
    """,
    parameters={"tau": "10 ms", "tau_w": "30 ms", "sigma": 0.5, "t_ref": "2 ms"},
    threshold="v > 1",
    reset="v = 0; w += 0.1",
    refractory="t_ref",
    name="NoisyIntegrateAndFire",
)

Result = tuple[np.ndarray, ...]


def run(
    *durations: float, seed: int = 7, threads: int = 1, trials: int = 1, watched: bool = False, n: int = N
) -> Result:
    cells = Population(n, NOISY, I=np.linspace(0, 1, N)[:n])
    others = Population(n, NOISY)
    spikes = SpikeMonitor(cells)
    parts = [cells, others, spikes]
    if watched:
        parts += [StateMonitor(cells, ["v", "u"]), StateMonitor(others[3:9], "w", dt=0.5)]
    network = Network(*parts, dt=0.1, seed=seed, threads=threads, trials=trials)
    for duration in durations:
        network.run(duration)
    states = [np.asarray(population[s]) for population in (cells, others) for s in ("v", "w", "u")]
    return (spikes.t, spikes.i, *states)


def same(a: Result, b: Result) -> bool:
    return len(a) == len(b) and all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))


@pytest.fixture(scope="module")
def reference() -> Result:
    result = run(30)
    assert len(result[0]) > 50
    return result


@pytest.mark.parametrize("cuts", [(15, 15), (0.1, 0, 29.9), (7.3, 0.6, 0.8, 21.3)])
def test_pieces(reference: Result, cuts: tuple[float, ...]) -> None:
    assert same(run(*cuts), reference)


def test_windows_chunks_threads_and_monitors(reference: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    assert same(run(30, watched=True), reference)
    monkeypatch.setattr(native, "LONGEST_WINDOW", 3)
    assert same(run(30), reference)
    for chunk in (32, 64):
        monkeypatch.setattr(population_state, "CHUNK", chunk)
        assert same(run(30), reference)
    monkeypatch.setattr(native, "WORTH_A_THREAD", 0)
    for threads in (2, 4):
        assert same(run(30, threads=threads, watched=True), reference)


def test_seeds_neurons_and_trials(reference: Result) -> None:
    assert not same(run(30, seed=8), reference)
    for mine, all_of_it in zip(run(30, n=37)[2:], reference[2:], strict=True):
        assert np.array_equal(mine, all_of_it[:37])
    u = run(30, trials=3)[4]
    assert np.array_equal(u[0], reference[4])
    assert abs(np.corrcoef(u)[np.triu_indices(3, 1)]).max() < 4 / np.sqrt(N)


def test_noise_is_the_numbers_of_its_own_stream() -> None:
    noise = PoissonPopulation(4, 10)
    cells = Population(5, NOISY)
    Network(noise, cells, dt=0.1, seed=11).run(0.5)
    draws = np.empty((5, 5))
    normal_block(np.uint64(11), 1 + population_state.NOISE_STREAM, 0, 5, 0, 5, draws)
    np.testing.assert_allclose(cells["u"], np.sqrt(0.1 / 10) * draws.sum(axis=0), rtol=1e-13)


def correlations(model: NeuronModel, names: str, seed: int = 5) -> np.ndarray:
    """Of the states named, over 5000 neurons, and with those of a second population."""
    populations = [Population(5000, model) for _ in range(2)]
    Network(populations, dt=0.5, seed=seed).run(20)
    return np.corrcoef([p[name] for p in populations for name in names])


def test_one_symbol_is_one_noise_and_others_are_independent() -> None:
    walks = NeuronModel(
        "da/dt = xi/ms**0.5 : 1\ndb/dt = q/ms**0.5 : 1\nq = -xi : ms**-0.5\n"
        "dc/dt = xi_c/ms**0.5 : 1\ndd/dt = xi_d/ms**0.5 : 1",
        name="Walks",
    )
    found = correlations(walks, "abcd")
    assert found[0, 1] == pytest.approx(-1, abs=1e-12)
    assert found[4, 5] == pytest.approx(-1, abs=1e-12)
    rest = found.copy()
    np.fill_diagonal(rest, 0)
    for i, j in ((0, 1), (4, 5)):
        rest[i, j] = rest[j, i] = 0
    assert abs(rest).max() < 4.5 / np.sqrt(5000)


def test_a_held_state_takes_no_noise(engine: str) -> None:
    cells = Population(40, NOISY, I=5.0)
    spikes, trace = SpikeMonitor(cells), StateMonitor(cells, ["v", "w"])
    Network(cells, spikes, trace, dt=0.1, seed=2).run(12, engine=engine)
    step = np.rint(spikes.t / 0.1).astype(int)
    early = step < 95
    assert early.sum() > 30
    for delay in range(1, 22):
        assert (trace["v"][step[early] + delay, spikes.i[early]] == 0).all()
    assert (trace["v"][step[early] + 22, spikes.i[early]] != 0).all()
    assert (
        trace["w"][step[early] + 5, spikes.i[early]] != trace["w"][step[early] + 6, spikes.i[early]]
    ).all()
