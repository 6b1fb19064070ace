from __future__ import annotations

import inspect
import re

import matplotlib.image
import numpy as np
import pytest
from neurosim.models import MODELS, find_model, lif_network
from neurosim.models import hodgkin_huxley_1952 as squid

from neurosim.analysis import interval_cv, mean_rate
from neurosim.errors import ParameterError
from neurosim.output import OutputFolder


@pytest.mark.parametrize("name", MODELS)
def test_every_model_cites_its_source_and_can_be_run(name):
    model = find_model(name)
    assert re.search(r"doi:10\.\d{4,}/\S+|arXiv:\d{4}\.\d+", model.__doc__)
    parameters = inspect.signature(model.run).parameters
    names = list(parameters)
    assert names[:4] == ["folder", "quick", "seed", "progress"]
    assert names[4:] in ([], ["mnist_dir"], ["text"])
    assert parameters["quick"].default is False


@pytest.mark.parametrize("name", MODELS)
def test_a_quick_run_writes_its_figures(name, tmp_path):
    summary, written = find_model(name).run(OutputFolder(tmp_path), quick=True)
    assert re.search(r"\d+\.\d (Hz|%)$", summary)
    assert len(written) >= 2
    assert sorted(written) == sorted(tmp_path.iterdir())
    for path in written:
        assert path.suffix == ".png"
        picture = matplotlib.image.imread(path)
        assert (picture[..., :3].min(axis=2) < 0.5).mean() > 0.002  # some ink


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("lif-network", "Did you mean 'lif_network'?"),
        ("zzz", "See 'neurosim list'."),
        (None, "neurosim list"),
    ],
)
def test_an_unknown_model(name, hint):
    with pytest.raises(ParameterError, match="must be one of hodgkin_huxley_1952") as raised:
        find_model(name)
    assert hint in str(raised.value)


def test_spikes_of_the_squid_axon_under_current_steps():
    _, spikes = squid.respond(np.array([2.0, 2.24, 2.30, 3.0, 6.0, 10.0, 20.0]), duration=600.0, dt=0.02)
    counts = spikes.count
    np.testing.assert_array_equal(counts[:4], [0, 0, 1, 1])  # threshold of a step: 2.24 to 2.30 uA/cm2
    assert counts[4] < 6  # below 6.26 uA/cm2 no train lasts
    for neuron, rate in ((5, 68.3), (6, 86.5)):
        train = spikes.spike_trains()[neuron]
        assert 1000.0 / np.diff(train[train > 200]).mean() == pytest.approx(rate, rel=0.005)


def test_the_axon_starts_at_rest():
    states, spikes = squid.respond(np.array([0.0]), duration=20.0, dt=0.05)
    assert spikes.count[0] == 0
    assert np.ptp(states["v"]) < 1e-6
    assert states["v"][0, 0] == pytest.approx(-64.99638, abs=1e-5)


@pytest.mark.parametrize("seed", [0, 1])
def test_the_lif_network_keeps_itself_irregularly_active(seed):
    model = lif_network.build(seed=seed)
    model.network.run(1000)
    assert 5.4 < mean_rate(model.spikes.spike_trains(), 1000) < 6.1
    model.network.run(2000)
    trains = model.spikes.spike_trains()
    late = [train[train > 2000] for train in trains]
    assert 4.0 < mean_rate(late, 1000) < 8.0
    cv = interval_cv(trains, least=10)
    assert np.isfinite(cv).sum() > 1000
    assert 0.5 < np.nanmean(cv) < 1.2  # a clock has 0, a Poisson process 1


def test_the_lif_network_has_the_published_connections():
    model = lif_network.build(seed=2)
    exc, inh = model.network.projections
    assert (exc.pre.n, inh.pre.n) == (3200, 800)
    for projection, weight in ((exc, 1.62), (inh, -9.0)):
        connectivity = projection.connectivity
        assert np.unique(connectivity.weights).tolist() == [weight]
        expected = 0.02 * connectivity.n_pre * connectivity.n_post
        assert abs(connectivity.n_synapses - expected) < 4 * np.sqrt(expected)


def test_a_seed_gives_the_same_lif_network():
    counts = []
    for seed in (5, 5, 6):
        model = lif_network.build(400, seed=seed)
        model.network.run(100)
        counts.append(model.spikes.count)
    np.testing.assert_array_equal(counts[0], counts[1])
    assert (counts[0] != counts[2]).any()


@pytest.mark.parametrize("n", [0, 99, -4000])
def test_too_few_neurons_for_the_lif_network(n):
    with pytest.raises(ParameterError, match=rf"cuba\.build\.n = {n}: must be at least 100"):
        lif_network.build(n)
