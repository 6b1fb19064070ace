"""Poisson input without a population: its law, where and when it arrives, changes between runs, bad input."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from neurosim import (
    AMPA,
    LIF,
    Conductance,
    Dense,
    Lapicque,
    McCullochPitts,
    Network,
    Parrot,
    PoissonInput,
    PoissonPopulation,
    Population,
    Projection,
    PSCFilter,
    Receptor,
    SpikeGenerator,
    SpikeMonitor,
)
from neurosim.errors import ParameterError, UnitError

COUNTER = Receptor("dcounted/dt = 0/ms : 1", output="0*counted", jump={"counted": "1"})
"""Adds up what arrives."""


def counters(n: int) -> Population:
    return Population(n, LIF, receptors={"a": COUNTER})


def events(mean: float, n: int = 1000, n_steps: int = 100, seed: int = 1) -> np.ndarray:
    """Events of each neuron in each step, (n_steps, n)."""
    parrots = Parrot(n)
    spikes = SpikeMonitor(parrots)
    source = PoissonInput(parrots, n=100, rate=mean * 100)
    Network(parrots, source, spikes, dt=0.1, seed=seed).run(n_steps * 0.1)
    steps = np.rint(spikes.t * 10).astype(int)
    return np.bincount(steps * n + spikes.i, minlength=n_steps * n).reshape(n_steps, n)


@pytest.mark.parametrize("mean", [0.03, 1.0, 7.3, 200.0])
def test_the_number_in_a_step_has_poissons_law(mean: float) -> None:
    found = events(mean, n=1000 if mean < 100 else 100).ravel()
    assert abs(found.mean() - mean) < 4 * np.sqrt(mean / found.size)
    spread = np.sqrt((mean + 2 * mean**2) / found.size)  # of the variance of a Poisson sample
    assert abs(found.var() - mean) < 4 * spread
    low, high = stats.poisson.ppf([1e-3, 1 - 1e-3], mean).astype(int)
    edges = np.arange(low, high + 1)
    wanted = np.diff([0, *stats.poisson.cdf(edges, mean), 1]) * found.size
    counts = np.bincount(np.clip(found, low, high + 1) - low, minlength=edges.size + 1)
    keep = wanted > 5
    counts, wanted = counts[keep], wanted[keep]
    assert stats.chisquare(counts, wanted * counts.sum() / wanted.sum()).pvalue > 1e-3


def test_neurons_and_steps_are_independent() -> None:
    found = events(1.0, n=20, n_steps=4000).astype(float)
    bound = 4.5 / np.sqrt(4000)
    assert np.abs(np.corrcoef(found.T)[np.triu_indices(20, 1)]).max() < bound
    assert np.abs(np.corrcoef(found[1:].T, found[:-1].T)[:20, 20:]).max() < bound


def test_it_equals_the_quantiles_of_the_uniform_numbers() -> None:
    from neurosim.kernels.mathematics.random import uniform_block

    uniform = np.zeros((30, 77))
    uniform_block(np.uint64(5), 2**31, 0, 30, 0, 77, uniform)  # type: ignore[arg-type]
    for mean in (0.5, 40.3):
        assert np.array_equal(events(mean, 77, 30, seed=5), stats.poisson.ppf(uniform, mean))


def run(*cuts: float, threads: int = 1, more: bool = False) -> np.ndarray:
    """Voltages of two trials of a population whose middle part has noise on two receptors."""
    receptors = {"exc": PSCFilter(5), "inh": PSCFilter(9)}
    cells = Population(2500, LIF, receptors=receptors, v_in=0.5)
    part = cells[100:2201]
    parts = [
        PoissonInput(part, "exc", n=50, rate=np.linspace(0, 500, 2101), weight=0.3),
        PoissonInput(part, "inh", n=50, rate=200, weight=np.linspace(-0.1, 0, 2101)),
        Projection(cells, cells[:1], Dense(np.full((2500, 1), 0.01)), receptor="inh", delay=0.7),
    ]
    if more:
        parts += [SpikeMonitor(cells), PoissonPopulation(3, 100)]
    network = Network(cells, parts, trials=2, seed=7, threads=threads, dt=0.1)
    for cut in cuts:
        network.run(cut)
    return np.asarray(cells["v"])


@pytest.fixture(scope="module")
def whole() -> np.ndarray:
    return run(6)


def test_pieces_threads_windows_and_monitors_change_nothing(
    whole: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    import neurosim.engines.native as native
    import neurosim.engines.population_state as population_state

    assert whole[:, 100:2201].std() > 0.01
    assert np.unique(whole[:, :100]).size <= 3  # no noise there
    assert not np.array_equal(whole[0], whole[1])
    assert np.array_equal(run(0.1, 3.3, 2.6, more=True), whole)
    monkeypatch.setattr(native, "WORTH_A_THREAD", 0)
    assert np.array_equal(run(6, threads=3), whole)
    monkeypatch.setattr(native, "LONGEST_FED_WINDOW", 3)
    monkeypatch.setattr(population_state, "CHUNK", 96)
    assert np.array_equal(run(6), whole)


def test_weights_rates_and_slices() -> None:
    cells = counters(6)
    weight = np.array([1.0, 10.0, 100.0])
    source = PoissonInput(cells[2:5], n=3, rate=np.array([0.0, 1000.0, 2000.0]), weight=weight)
    network = Network(cells, source, seed=3)
    network.run(1000)
    found = np.asarray(cells["counted_a"])
    assert found[[0, 1, 2, 5]].tolist() == [0] * 4
    for k, mean in ((3, 3000), (4, 6000)):
        assert abs(found[k] / weight[k - 2] - mean) < 4 * np.sqrt(mean)
    source.rate = "0 Hz"
    network.run(10)
    assert np.array_equal(cells["counted_a"], found)
    source.rate, source.weight = "1 kHz", 2.0
    network.run(100)
    assert np.all(np.abs((np.asarray(cells["counted_a"]) - found)[2:5] - 600) < 2 * 4 * np.sqrt(300))


def test_trials_have_rates_and_noise_of_their_own(engine: str) -> None:
    cells = counters(40)
    source = PoissonInput(cells, rate=np.outer([0.0, 500.0, 500.0], np.ones(40)))
    Network(cells, source, trials=3, seed=3).run(100, engine=engine)
    found = np.asarray(cells["counted_a"])
    assert not found[0].any()
    assert not np.array_equal(found[1], found[2])
    assert np.all(np.abs(found[1:].mean(axis=1) - 50) < 4 * np.sqrt(50 / 40))


def test_events_arrive_in_a_step_and_act_from_the_next(engine: str) -> None:
    cells = counters(1)
    network = Network(cells, PoissonInput(cells, rate=1e6, n=10), seed=1)
    network.run(0.1, engine=engine)
    assert np.asarray(cells["counted_a"])[0] > 500
    assert np.asarray(cells["v"])[0] == 0


def test_beside_projections_with_and_without_delay(engine: str) -> None:
    cells, source = counters(2), SpikeGenerator(1, 0, [0.0, 0.5, 1.0])
    weights = Dense([[1e6, 0.0]])
    parts = [Projection(source, cells, weights, delay=delay) for delay in (0.0, 0.3)]
    Network(cells, source, parts, PoissonInput(cells, rate=1000), seed=1).run(5, engine=engine)
    found = np.asarray(cells["counted_a"])
    assert found[0] // 1e6 == 6
    assert 0 < found[0] % 1e6 < 20
    assert 0 < found[1] < 20


def test_a_threshold_unit_hears_it() -> None:
    units = McCullochPitts(100, 1)
    spikes = SpikeMonitor(units)
    Network(units, PoissonInput(units, "exc", rate=1000), spikes, seed=1, dt=1).run(100)
    mean = 1e4 * (1 - np.exp(-1))
    assert abs(len(spikes) - mean) < 4 * np.sqrt(mean * np.exp(-1))


def test_two_inputs_differ_and_seeds_count() -> None:
    def found(seed: int) -> tuple[list[float], list[float]]:
        cells = Population(50, LIF, receptors={"a": COUNTER, "b": COUNTER})
        Network(cells, [PoissonInput(cells, r, rate=1000) for r in "ab"], seed=seed).run(20)
        return np.asarray(cells["counted_a"]).tolist(), np.asarray(cells["counted_b"]).tolist()

    first, second = found(1)
    assert first != second
    assert found(1) == (first, second)
    assert found(2)[0] != first


@pytest.mark.parametrize(
    ("option", "value"),
    [
        *(("n", v) for v in (0, -1, 1.5, True)),
        *(("rate", v) for v in (-1.0, np.nan, [1.0, 2.0], np.ones((1, 1, 3)), "1 mV", "fast", None)),
        *(("weight", v) for v in (np.nan, np.inf, [1.0], np.ones((2, 3)), "1 mV", None)),
    ],
)
def test_bad_input(option: str, value: object) -> None:
    cells = counters(3)
    with pytest.raises((ParameterError, UnitError), match=option):
        PoissonInput(cells, **{"rate": 1.0, option: value})  # type: ignore[arg-type]
    Network(cells).run(0)  # what failed is not missed


def test_bad_places() -> None:
    cells = counters(3)
    with pytest.raises(ParameterError, match=r"receptor = 'b': must be a receptor of .*, which has a"):
        PoissonInput(cells, "b", rate=1)
    with pytest.raises(ParameterError, match=r"post = .*must be a Population with receptors"):
        PoissonInput(PoissonPopulation(3, 1), rate=1)
    kinetic = Population(3, Lapicque, receptors={"ampa": AMPA()})
    with pytest.raises(ParameterError, match=r"receptor = 'ampa': releases a pulse .*PoissonPopulation"):
        PoissonInput(kinetic, rate=1)
    with pytest.raises(ParameterError, match=r"PoissonInput.post = 3: must be a population"):
        PoissonInput(3, rate=1)
    source = PoissonInput(cells[:2], rate=1, name="background")
    assert repr(source).startswith("PoissonInput(population_")
    with pytest.raises(ParameterError, match=r"'background': was made for .* but not added"):
        Network(cells).run(1)
    with pytest.raises(ParameterError, match="background ends on a population that is not in the network"):
        Network(counters(3), source)
    with pytest.raises(ParameterError, match="is in the network twice"):
        Network(cells, source, source)


def test_rates_that_show_at_the_run(engine: str) -> None:
    cells = counters(3)
    source = PoissonInput(cells, rate=np.ones((2, 3)), name="background")
    network = Network(cells, source, trials=3)
    with pytest.raises(ParameterError, match=r"background.rate = \(2, 3\): does not fit 3 trials"):
        network.run(1, engine=engine)
    source.rate = 1e12
    with pytest.raises(ParameterError, match=r"rate = 1000000000000.0: makes 1e\+08 events a step"):
        network.run(1, engine=engine)
    assert network.t == 0


def test_a_weight_is_in_the_unit_of_the_receptor():
    receptors = {"exc": Conductance(PSCFilter("5 ms", normalize="peak"), "0 mV")}
    cells = Population(3, Lapicque, receptors=receptors)
    assert PoissonInput(cells, rate="6 Hz", weight="2000 pS").weight == pytest.approx(2.0)
    with pytest.raises(UnitError, match="must be in nS"):
        PoissonInput(cells, rate="6 Hz", weight="2 mV")
