"""Everything a network is made of describes itself, so that it can be saved: no kind may be forgotten."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import neurosim.connectivity
import neurosim.network
import neurosim.synapses
from neurosim import (
    AMPA,
    GABA_A,
    GABA_B,
    LIF,
    NMDA,
    AllToAll,
    Alpha,
    AveragePool2d,
    BiExponential,
    Conductance,
    Continuous,
    Conv1d,
    Conv2d,
    Dense,
    GammaPopulation,
    GapJunction,
    HodgkinHuxley,
    Lapicque,
    LeakyPotential,
    LeakyRate,
    LowRank,
    McCullochPitts,
    OneToOne,
    Parameter,
    Parrot,
    PoissonInput,
    PoissonPopulation,
    Population,
    Projection,
    PSCFilter,
    RateMonitor,
    Receptor,
    ShortTermPlasticity,
    Sparse,
    SpikeGenerator,
    SpikeMonitor,
    StateMonitor,
    WeightMonitor,
)
from neurosim.connectivity import Connectivity, Rule, Transposed
from neurosim.connectivity.image_operator import ImageOperator
from neurosim.connectivity.shared_kernels import SharedKernels
from neurosim.description import KNOWN, Described, Describer, Maker, name_of
from neurosim.errors import DataError, ParameterError
from neurosim.network import (
    Chirp,
    Formula,
    ImageSequence,
    Network,
    OrnsteinUhlenbeck,
    PulseTrain,
    Ramp,
    Sine,
    Step,
    Stimulus,
    TimedArray,
    WhiteNoise,
)
from neurosim.network.firing_rate import FiringRate
from neurosim.network.group import Group
from neurosim.network.monitor import Monitor
from neurosim.network.random_source import RandomSource
from neurosim.network.stimuli.application import Application
from neurosim.network.stimuli.stimulus import Component, Interval
from neurosim.network.stimuli.timed_array import Tabulated
from neurosim.synapses import LinearFilter, TwoStateKinetics

rng = np.random.default_rng(4)
cells = Population(4, LIF, receptors={"exc": PSCFilter(5), "inh": PSCFilter(3)}, name="cells")
joined = Projection(cells[1:], cells, Dense(rng.random((3, 4))), receptor="exc", delay="1 ms")
sparse = Sparse([3, 0, 0, 0], [1, 2, 2, 0], np.arange(4.0), n_pre=4, n_post=3, delays=[1.0, 2.0, 3.0, 4.0])
pool = AveragePool2d((2, 6, 4), (3, 2), stride=1, padding=1, dtype=np.float32)
pool.weights = np.float32(0.7)

SAMPLES: list[Described] = [
    AllToAll(0.5, 4, 4, autapses=False),
    pool,
    Conv1d(rng.random((2, 2, 4)), (2, 9), padding="same"),
    Conv1d(np.ones((4, 1, 3)), (2, 9), stride=2, padding=2, dilation=3, groups=2),
    Conv2d(rng.random((4, 1, 3, 2)), (2, 6, 5), stride=(2, 1), padding=(3, 0), dilation=(3, 2), groups=2),
    Conv2d(rng.random((1, 2, 4, 3)), (2, 6, 5), padding="same"),
    Dense(rng.random((2, 3)).astype(np.float32)),
    LowRank(rng.random((4, 2)), rng.random((2, 3))),
    OneToOne(2.0, 3),
    sparse,
    Sparse([0, 1], [1, 0], 0.3, n_pre=2, n_post=2),
    Sparse([], [], [], n_pre=2, n_post=2),
    sparse.T,
    pool.T,
    Alpha("5 ms", "peak"),
    AMPA("-5 mV", pulse="2 ms"),
    BiExponential(1, 5, normalize="peak", gain=2.0),
    Conductance(Alpha(3), 1.5, potential="u", block="a*v", parameters={"a": 0.2}, name="blocked"),
    Continuous(),
    GABA_A(transmitter="2 mM").copy(E="-65 mV"),
    GABA_B("2 uS").copy(K1=0.1),
    GapJunction("u"),
    NMDA(magnesium="2 mM"),
    PSCFilter(5, order=3, gain=0.2).copy(tau="7 ms"),
    Receptor("dg/dt = -g/tau : 1\ns : 1 (input)", output="g", parameters={"tau": "5 ms"}, variable="v"),
    TwoStateKinetics(1.1, 0.19),
    ShortTermPlasticity([0.4, 0.5], "20 ms"),
    Parameter(3.0, "mV", "meaning"),
    HodgkinHuxley,
    Lapicque.copy(name="other", C_m="200 pF"),
    LeakyPotential("tanh", tau="5 ms"),
    LeakyRate(LIF),
    FiringRate("a*t/ms", 2, "noise.rate", parameters={"a": (np.array([1.0, 2.0]), "Hz")}),
    FiringRate(np.ones((3, 2)), 2, "noise.rate", rate_dt="5 ms"),
    GammaPopulation(2, 10.0, shape=[1.0, 2.0]),
    McCullochPitts(3, [1.0, 2.0, 3.0], veto=False, name="logic"),
    Parrot(2),
    PoissonInput(cells[2:], "inh", n=3, rate=[1.0, 2.0], weight=0.2),
    PoissonPopulation(2, "10 Hz", name="noise"),
    Population(3, HodgkinHuxley, receptors={"exc": AMPA()}, integrator="rk4"),
    Population(3, LIF, precise_spikes=True, name="precise"),
    cells[1:3],
    joined,
    Projection(cells, cells, Dense(np.ones((4, 4))), receptor="inh", dale=True,
               stp=ShortTermPlasticity(0.4, 20.0), delay=np.full((4, 4), 2.0), name="plastic"),
    SpikeGenerator(2),
    RateMonitor(cells, "2 ms"),
    SpikeMonitor(cells[:2], name="some"),
    StateMonitor(cells[1:], ["v", "x0_exc"], record=[2, 0], dt=0.2, when="end"),
    WeightMonitor(joined, [2, 3], dt=5.0),
    Chirp(2.0, "5 Hz", "80 Hz", 10.0, "1 s", sweep="linear"),
    Formula("a*sin(2*pi*f*t)", {"a": 0.2, "f": (np.array([3.0, 4.0]), "Hz")}),
    ImageSequence(rng.random((3, 2, 2)), "5 ms", gain="2 pA", after="repeat"),
    OrnsteinUhlenbeck(0.1, "3 pA", "5 ms"),
    PulseTrain("2 nA", "100 Hz", "1 ms"),
    Ramp([1.0, 2.0], "3 ms", "10 ms"),
    Sine(1.0, 40.0, stop=9.0),
    Step("200 pA", start="5 ms"),
    TimedArray(rng.random((4, 2)), 0.5, unit="pA", interpolation="linear", after="hold"),
    WhiteNoise("2 pA"),
    Application("I", 2, Step(3.0), 0.5, 1, 4, np.array([True, False, True])),
    2.0 * Step(3.0) + Sine(1.0, 40.0) + np.arange(3.0),
]  # fmt: skip

BASES = {
    Component, Connectivity, Group, ImageOperator, Interval, LinearFilter, Monitor, RandomSource,
    SharedKernels, Stimulus, Tabulated,
}  # fmt: skip
"""Of which there are no objects."""


def anew(value: Any) -> Any:
    """By way of the text in a file."""
    describer = Describer()
    plain = describer.plain(value, "sample")
    text = json.dumps([plain, describer.objects])
    plain, objects = json.loads(text)
    arrays = {place: array.copy() for place, array in describer.arrays.items()}
    return Maker(objects, arrays).value(plain)


def described(value: Any) -> tuple[str, dict[str, np.ndarray]]:
    describer = Describer()
    plain = describer.plain(value, "sample")
    return json.dumps([plain, describer.objects]), describer.arrays


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: type(sample).__name__)
def test_what_is_made_anew_is_the_same(sample: Described) -> None:
    other = anew(sample)
    assert type(other) is type(sample)
    if type(sample).__repr__ is not object.__repr__:
        assert repr(other) == repr(sample)
    (text, arrays), (expected, given) = described(other), described(sample)
    assert text == expected
    assert arrays.keys() == given.keys()
    for place, array in arrays.items():
        assert array.dtype == given[place].dtype
        assert np.array_equal(array, given[place])


@pytest.mark.parametrize("operator", [s for s in SAMPLES if isinstance(s, Connectivity)])
def test_operators_are_the_same_matrix(operator: Connectivity) -> None:
    other = anew(operator)
    assert np.array_equal(other.to_dense(), operator.to_dense())
    assert np.array_equal(other.in_degrees(), operator.in_degrees())
    assert other.weights.dtype == operator.weights.dtype


@pytest.mark.parametrize("receptor", [s for s in SAMPLES if isinstance(s, Receptor)])
def test_receptors_are_the_same_formulas(receptor: Receptor) -> None:
    other = anew(receptor)
    assert other.latex() == receptor.latex()
    assert other.parameters == receptor.parameters
    if isinstance(receptor, LinearFilter):
        times = np.linspace(0, 20, 50)
        assert np.array_equal(other.impulse(times), receptor.impulse(times))
    if isinstance(receptor, Conductance):
        assert other.filter.parameters == receptor.filter.parameters


def test_no_kind_is_forgotten() -> None:
    elsewhere = ("neurosim.rate", "neurosim.models")
    in_networks = [kind for kind in KNOWN.values() if not kind.__module__.startswith(elsewhere)]
    mine = {kind for kind in in_networks if name_of(kind) == kind.__name__}
    assert mine - {type(sample) for sample in SAMPLES} == BASES


@pytest.mark.parametrize("room", [neurosim.connectivity, neurosim.network, neurosim.synapses])
def test_everything_that_can_be_in_a_network_is_known(room: Any) -> None:
    exported = [getattr(room, name) for name in room.__all__]
    kinds = [e for e in exported if isinstance(e, type) and not issubclass(e, Rule | Exception | Network)]
    for kind in kinds:
        assert KNOWN.get(name_of(kind)) is kind, f"{kind.__name__} does not describe itself"


def test_one_object_in_two_places_stays_one() -> None:
    dense = Dense(np.eye(2))
    first, (second, turned), third = anew([dense, (dense, dense.T), Dense(dense.weights)])
    assert first is second
    assert isinstance(turned, Transposed)
    assert turned.T is first
    assert third is not first
    assert third.weights is first.weights


def test_values_are_exact() -> None:
    values = [0.1, 1e-310, -0.0, float("inf"), 2**62, True, None, "µ\n", {"a b": (1, [2.5])}, np.float64(0.3)]
    found = anew(values)
    assert repr(found) == repr([*values[:-1], 0.3])
    assert isinstance(found[8]["a b"], tuple)


class Quantity(np.ndarray):
    """An array with a unit, as other packages have it."""

    def __new__(cls, values: list[float]) -> Quantity:
        return np.asarray(values).view(cls)


@pytest.mark.parametrize(
    "value", [print, object(), {1, 2}, np.array([None]), np.array(["text"]), 1j, Quantity([1.0])]
)
def test_what_cannot_be_described_is_named(value: Any) -> None:
    with pytest.raises(ParameterError, match=r"sample\.0\.key = .*cannot be described in a file\. Use"):
        Describer().plain([{"key": value}], "sample")


def test_a_class_that_forgot_its_description() -> None:
    class Forgetful(Dense):
        def __init__(self, kind: str) -> None:
            super().__init__(np.eye(2))

    with pytest.raises(ParameterError, match=r"no attribute 'kind'.*define description\(\)"):
        Describer().plain(Forgetful("x"), "sample")


def test_an_unknown_class() -> None:
    with pytest.raises(DataError, match=r"a os\.system is of a class that is not known here"):
        Maker([{"class": "os.system", "description": {"command": "true"}}], {})
