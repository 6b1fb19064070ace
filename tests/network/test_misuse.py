"""What looks right but cannot be meant: refused by name instead of taken some other way."""

from __future__ import annotations

import copy
import pickle
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from neurosim import (
    LIF,
    Dense,
    Formula,
    LeakyRate,
    Network,
    PoissonInput,
    PoissonPopulation,
    Population,
    Projection,
    PSCFilter,
    ShortTermPlasticity,
    SpikeMonitor,
    StateMonitor,
    Step,
    TimedArray,
    read_recording,
)
from neurosim.engines.native import Native
from neurosim.errors import ParameterError


def cells(**values: Any) -> Population:
    return Population(3, LIF, receptors={"e": PSCFilter(5)}, name="cells", **values)


def wire(**given: Any) -> Projection:
    group = cells()
    return Projection(group, group, Dense(np.ones((3, 3))), **given)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Population(3, LIF, name=3), r"Population.name = 3: must be text"),
        (lambda: Population(3, LeakyRate), r"must be a NeuronModel\. Make one: LeakyRate\(\.\.\.\)"),
        (lambda: cells().__getitem__(np.int64(7)), r"cells\[7\] = 7: is not"),
        (lambda: wire(name=3), r"Projection.name = 3: must be text"),
        (lambda: PoissonInput(cells(), rate=1, weight=1, name=3), r"PoissonInput.name = 3: must be text"),
        (lambda: SpikeMonitor(cells(), name=3), r"SpikeMonitor.name = 3: must be text"),
        (lambda: wire(dale="no"), r"dale = 'no': must be True or False"),
        (lambda: SpikeMonitor(cells(), overwrite="no"), r"overwrite = 'no': must be True or False"),
        (lambda: Network().run(1, progress="no"), r"run.progress = 'no': must be True or False"),
        (lambda: Network().run(1, engine=Native), r"run.engine = .*Native.*: must be 'native', "),
        (lambda: Network().store(["a"]), r"store.name = \['a'\]: must be text"),
        (lambda: Network().restore(["a"]), r"restore.name = \['a'\]: was not stored"),
        (lambda: cells()[[0, 1]], r"cells\[\[0, 1\]\] = .*: is not a variable"),
        (lambda: cells(tau_m=np.ma.array([1, 2, 3], mask=[0, 1, 0])), r"cells.tau_m = .* has masked values"),
        (lambda: Formula("a", ["a"]), r"Formula.parameters = \['a'\]: must give values"),
        (lambda: PoissonPopulation(3, "a*t", parameters=["a"]), r"parameters = \['a'\]: must give values"),
        (lambda: PoissonPopulation(3, 5, parameters={"a": 1}), r"rate = 5.0: is no text that names"),
        (lambda: Step(1, start=1).sample(5, n=-2), r"sample.n = -2: must be a whole number from 1"),
        (lambda: Step(1, start=1).sample(1e11, n=10), r"duration = .* more than memory holds: 10{12} "),
        (lambda: StateMonitor(cells(), "v")[["v"]], r"\[\['v'\]\] = .*: was not recorded; there are v"),
        (lambda: SpikeMonitor(cells()).spike_trains("a"), r"trial = 'a': must be a trial from 0 to 0"),
        (lambda: read_recording(None), r"read_recording.path = None: must be a path"),
    ],
)  # fmt: skip
def test_refused(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        make()


def test_slices_for_different_numbers_of_trials() -> None:
    group = cells()
    group[:2]["tau_m"] = np.full((2, 2), 10.0)
    group[:2]["v_in"] = Step(np.full((2, 2), 1.5), start=1)
    kept = group["v_in"]
    with pytest.raises(
        ParameterError, match=r"tau_m = \(3, 1\): is for 3 trials, but tau_m of other neurons is"
    ):
        group[2:]["tau_m"] = np.ones((3, 1))
    with pytest.raises(ParameterError, match=r"v_in = Step.*: is for 3 trials, but one on other units is"):
        group[2:]["v_in"] = Step(np.ones((3, 1)), start=1)
    assert np.array_equal(group["v_in"], kept)
    assert group["tau_m"][0].tolist() == [10.0, 10.0, 20.0]
    group["tau_m"] = 20.0
    group[2:]["v_in"] = Step(np.full((2, 1), 2.5), start=1)
    Network(group, spikes := SpikeMonitor(group), trials=2).run(40)
    assert spikes.count[:, 0].tolist() == spikes.count[:, 1].tolist()
    assert (spikes.count[:, 2] > spikes.count[:, 0]).all()


def test_the_number_of_threads_stays() -> None:
    network = Network(cells(), threads=2)
    with pytest.raises(AttributeError):
        network.threads = 0
    assert network.threads == 2


def test_short_term_plasticity_comes_with_the_projection() -> None:
    with pytest.raises(AttributeError):
        wire().stp = ShortTermPlasticity(0.5, 100, 100)  # type: ignore[misc,assignment]


def test_a_network_runs_once_at_a_time() -> None:
    asked: list[str] = []

    def rate(t: np.ndarray) -> float:
        if network:
            with pytest.raises(ParameterError, match=r"duration = 1: cannot begin while the network runs"):
                network[0].run(1)
            asked.append(threading.current_thread().name)
        return 1000.0

    network: list[Network] = []
    noise = PoissonPopulation(2, rate)
    network.append(Network(noise, seed=1))
    network[0].run(2)
    assert asked
    assert network[0].t == 2
    with pytest.raises(ParameterError, match="multiple"):
        network[0].run(0.05)
    network[0].run(1)  # neither a run that is over nor one that failed is in the way
    assert network[0].t == 3


def test_tables_for_other_trials_are_refused_between_runs() -> None:
    group = cells()
    network = Network(group, trials=2)
    network.run(1)
    group["v_in"] = TimedArray(np.ones((30, 3, 3)), 1)
    with pytest.raises(ParameterError, match="is for 3 trials, but the network has 2"):
        network.run(1)
    assert network.t == 1


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, pickle.dumps])
@pytest.mark.parametrize("steps", [0, 1])
def test_a_network_is_not_copied_but_saved(copied: Callable[[Any], Any], steps: int) -> None:
    """A shallow copy would run the network that it was made of, and keep a clock of its own."""
    network = Network(Population(2, LIF), seed=1)
    network.run(steps * network.dt)
    with pytest.raises(ParameterError, match=r"cannot be pickled or copied\. .*save.*Network\.load"):
        copied(network)
    network.run(network.dt)


def test_messages_keep_the_text_that_was_given() -> None:
    for text in ("np.exp(v)", "np.where(a)"):
        assert repr(text) in str(ParameterError("NeuronModel.equations", text, "must be a formula"))
