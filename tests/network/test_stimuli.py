"""Stimuli as descriptions: values against closed forms, combination, slices, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.signal

from neurosim import (
    LIF,
    Chirp,
    Formula,
    HodgkinHuxley,
    ImageSequence,
    Network,
    NeuronModel,
    Normal,
    OrnsteinUhlenbeck,
    Population,
    PSCFilter,
    PulseTrain,
    Ramp,
    Sine,
    Step,
    TimedArray,
    WhiteNoise,
)
from neurosim.equations.expression import evaluate, expression
from neurosim.errors import EquationError, ParameterError, UnitError
from neurosim.network import Stimulus

PROBE = NeuronModel("dq/dt = I : pA*ms\nI : pA (input)", name="Probe")
T = 0.1 * np.arange(1000)  # ms


def course(stimulus: object, n: int = 1, t: np.ndarray = T) -> np.ndarray:
    """Values of an input over time, shape (n_times, n)."""
    cells = Population(n, PROBE, I=stimulus)
    node = expression("I")
    value = evaluate(node, cells.system.with_needed(node, cells.constants() | {"t": t[:, None]}))
    return np.broadcast_to(value, (len(t), n))


def within(start: float, stop: float) -> np.ndarray:
    step = np.arange(len(T))
    return (step >= round(start / 0.1)) & (step < round(stop / 0.1))


SECONDS = T / 1000
ROWS = np.random.default_rng(4).normal(size=(11, 3))
EXPECTED = {
    "step": (Step("0.2 nA", start="10 ms", stop="60 ms"), 200.0 * within(10, 60)),
    "step off the grid": (Step(3.0, start=10.05), 3.0 * within(10.1, 100)),
    "ramp": (Ramp("50 pA", 20, 70, initial=10), within(20, 70) * (10 + 40 * (T - 20) / 50)),
    "pulses": (
        PulseTrain(5, "70 Hz", 4.0),
        5.0 * (scipy.signal.square(2 * np.pi * (SECONDS * 70 + 1e-9), 0.28) > 0),
    ),
    "pulses on the grid": (PulseTrain(5, "100 Hz", 0.3, start=0.7, stop=50), 5.0 * within(0.7, 50)
                           * ((np.arange(1000) - 7) % 100 < 3)),
    "sine": (Sine(7, "30 Hz", phase=0.4), 7 * np.sin(2 * np.pi * 30 * SECONDS + 0.4)),
    "late sine": (Sine(7, "30 Hz", start=12, stop=40), within(12, 40)
                  * 7 * np.sin(2 * np.pi * 30 * (SECONDS - 0.012))),
    "chirp": (Chirp(2, "5 Hz", "80 Hz", 0, 200),
              2 * scipy.signal.chirp(SECONDS, 5, 0.2, 80, phi=-90)),
    "exponential chirp": (Chirp(2, "5 Hz", "80 Hz", 0, 200, sweep="exponential"),
                          2 * scipy.signal.chirp(SECONDS, 5, 0.2, 80, method="logarithmic", phi=-90)),
    "formula": (Formula("a*exp(-t/tau)", {"a": "3 pA", "tau": "20 ms"}), 3 * np.exp(-T / 20)),
    "formula with pi": (Formula("10*pA*sin(2*pi*10*Hz*t)"), 10 * np.sin(2 * np.pi * 10 * SECONDS)),
    "held": (TimedArray(ROWS[:, 0], "10 ms"), ROWS[np.arange(1000) // 100, 0]),
    "linear": (TimedArray(ROWS[:, 0], 10, interpolation="linear"),
               np.interp(T, 10 * np.arange(11), ROWS[:, 0])),
    "unit": (TimedArray(ROWS[:, 0], 10, unit="nA"), 1000 * ROWS[np.arange(1000) // 100, 0]),
    "sum": ("10 pA" - 2 * Step(3, start=50) + Sine(1, "30 Hz") / 4,
            10 - 6 * within(50, 100) + np.sin(2 * np.pi * 30 * SECONDS) / 4),
    "negative": (-(Step(3) - 1.0), np.full(1000, -2.0)),
}  # fmt: skip


@pytest.mark.parametrize("case", EXPECTED)
def test_values(case: str) -> None:
    stimulus, expected = EXPECTED[case]
    np.testing.assert_allclose(course(stimulus)[:, 0], expected, rtol=1e-11, atol=1e-10)


@pytest.mark.parametrize(
    ("after", "linear", "expected"),
    [
        ("hold", False, [1, 2, 4, 4, 4]),
        ("zero", False, [1, 2, 4, 0, 0]),
        ("repeat", False, [1, 2, 4, 1, 2]),
        ("hold", True, [1.5, 3, 4, 4, 4]),
        ("zero", True, [1.5, 3, 0, 0, 0]),
        ("repeat", True, [1.5, 3, 2.5, 1.5, 3]),
    ],
)
def test_after_the_last_row(after: str, linear: bool, expected: list[float]) -> None:
    values = TimedArray([1, 2, 4], 10, interpolation="linear" if linear else "held", after=after)
    np.testing.assert_allclose(course(values, t=np.array([5.0, 15, 25, 35, 45]))[:, 0], expected)


def test_images() -> None:
    images = np.random.default_rng(3).random((4, 2, 3))
    found = course(ImageSequence(images, "20 ms", gain="5 pA"), n=6)
    padded = np.concatenate([images.reshape(4, 6), np.zeros((1, 6))])
    np.testing.assert_allclose(found, 5 * padded[np.arange(1000) // 200], rtol=1e-14)


def test_values_for_each_neuron() -> None:
    f = np.array([10.0, 20.0, 30.0])
    found = course(Sine([1, 2, 3], f) + np.array([4.0, 5.0, 6.0]), n=3)
    np.testing.assert_allclose(
        found, [1, 2, 3] * np.sin(2 * np.pi * np.outer(SECONDS, f)) + [4, 5, 6], atol=1e-12
    )
    both = course(TimedArray(ROWS, 10), n=3)
    np.testing.assert_array_equal(both, ROWS[np.arange(1000) // 100])


def test_slices_keep_to_themselves() -> None:
    cells = Population(10, PROBE, I="1 pA")
    cells[2:8]["I"] = Step(np.arange(6.0)) + 3.0
    np.testing.assert_array_equal(cells["I"], [1, 1, 3, 4, 5, 6, 7, 8, 1, 1])
    cells[6:]["I"] = 2 * TimedArray(np.full((1, 4), 7.0), 10)
    np.testing.assert_array_equal(cells["I"], [1, 1, 3, 4, 5, 6, 14, 14, 14, 14])
    cells[3:5]["I"] = 0
    np.testing.assert_array_equal(cells["I"], [1, 1, 3, 0, 0, 6, 14, 14, 14, 14])
    assert [repr(a) for a in cells.stimuli] == [
        "I[2:6] (of which 2): Step(amplitude=array([0., 1., 2., 3., 4., 5.]))",
        "I[6:10]: 2*TimedArray(values=array([[7., 7., 7., 7.]]), dt=10)",
    ]
    cells["I"] = "4 pA"
    assert cells["I"] == 4.0
    assert cells.stimuli == ()
    assert cells.system is Population(1, PROBE).system


def test_slices_of_one_kind_are_one_formula() -> None:
    cells = Population(40, PROBE)
    for k in range(20):
        cells[2 * k : 2 * k + 2]["I"] = 2 * Step([k, k + 0.5], start=1) + Sine(0.0, 10 + k, phase=k)
    assert len(cells.stimuli) == 40
    assert {"start_stimulus1", "amplitude_stimulus2"} < set(cells.system.parameters)
    assert not {"start_stimulus3", "stimulus3"} & cells.system.units.keys()
    assert np.ndim(cells.constants()["start_stimulus1"]) == 0
    known = cells.constants() | {"t": 5.0}
    node = expression("I")
    np.testing.assert_allclose(evaluate(node, cells.system.with_needed(node, known)), np.arange(40.0))
    cells[5:7]["I"] = Step(1) + Step(3)  # on the same units: two formulas
    known = cells.constants() | {"t": 5.0}
    expected = np.where(np.isin(np.arange(40), (5, 6)), 4.0, np.arange(40.0))
    np.testing.assert_allclose(evaluate(node, cells.system.with_needed(node, known)), expected)
    cells[:20]["I"] = Formula("3*pA*t/ms")
    cells[20:]["I"] = Formula("3*pA*t/ms") * 2
    assert cells.system.subexpressions == ("stimulus1", "I")


def test_receptors_and_stimuli_feed_one_input() -> None:
    cells = Population(2, LIF, receptors={"exc": PSCFilter("5 ms")}, v_in=Step(1.5) + 0.25)
    cells["x0_exc"] = 0.5
    assert cells.integrator == "exact"
    np.testing.assert_allclose(cells["v_in"], 1.5 + 0.25 + cells["v_in_exc"])


def test_two_inputs() -> None:
    model = NeuronModel("dv/dt = (a - b)/ms : 1\na : 1 (input)\nb : 1 (input)")
    cells = Population(1, model, a=Step(2), b=Step(3, start=5))
    assert (cells["a"], cells["b"]) == (2.0, 0.0)


def test_names_of_a_formula_s_parameters_are_free() -> None:
    model = NeuronModel("dq/dt = a : ms\na : 1 (input)")
    cells = Population(
        4, model, a=3 * Formula("a*weight + gain", {"a": 2, "weight": 5, "gain": [1, 2, 3, 4]})
    )
    assert cells["a"].tolist() == [33, 36, 39, 42]


def test_a_name_in_the_equations_depends_on_the_kinds_alone() -> None:
    texts = set()
    for amplitude, frequency in ((1, 10), (2, 30)):
        cells = Population(3, PROBE, I=Step(amplitude) + Sine(amplitude, frequency))
        cells["I"] = 0
        cells["I"] = Step(amplitude) + Sine(amplitude, frequency)
        texts.add(cells.system.text)
    assert len(texts) == 1


def test_the_default_integrator_follows() -> None:
    cells = Population(1, LIF)
    for stimulus, name in (
        (Sine(1, 10), "exact"),
        (OrnsteinUhlenbeck(0, 1, 5), "exponential_euler"),
        (WhiteNoise(0.1), "exponential_euler"),
        (TimedArray([1.0], 10), "exact"),
    ):
        cells["v_in"] = stimulus
        assert cells.integrator == name
    assert Population(1, HodgkinHuxley, integrator="rk4", I=Sine(1, 10)).integrator == "rk4"


def test_distributions_and_stimuli_take_turns() -> None:
    cells = Population(50, PROBE, I=Normal("5 pA", "1 pA"))
    cells[:20]["I"] = Step(3)
    Network(cells, seed=1)
    assert (cells["I"][:20] == 3).all()
    assert len(set(cells["I"][20:])) == 30
    cells["I"] = Normal(0, 1)
    assert cells.stimuli == ()


def test_representation() -> None:
    text = "2*Step(amplitude='200 pA', start=3) + '20 pA' - 0.5*Sine(amplitude=3, frequency='10 Hz')"
    stimulus = 2 * Step("200 pA", start=3) + "20 pA" - Sine(3, "10 Hz") / 2
    assert repr(stimulus) == text
    assert repr("20 pA" + Step(1)) == "Step(amplitude=1) + '20 pA'"
    assert "array of shape (20,)" in repr(TimedArray(np.ones(20), 1))


BAD = {
    "stop before start": (lambda: Step(1, start=10, stop=5), "Step.stop = 5: must be after start = 10"),
    "no time": (lambda: Step(1, start="10 mV"), "Step.start"),
    "nan time": (lambda: Step(1, start=np.nan), "Step.start = nan: must be finite"),
    "other shapes": (lambda: Step(1, start=[1, 2], stop=[3, 4, 5]), "Step.stop"),
    "ramp without end": (lambda: Ramp(1, 0, None), "Ramp.stop"),
    "negative frequency": (lambda: Sine(1, "-5 Hz"), r"Sine.frequency = '-5 Hz': must be at least 0 Hz"),
    "no pulses": (lambda: PulseTrain(1, 0, 1), "PulseTrain.frequency = 0: must be more than 0 Hz"),
    "pulses that overlap": (lambda: PulseTrain(1, "100 Hz", 10), "PulseTrain.width = 10: must be shorter"),
    "sweep": (lambda: Chirp(1, 1, 2, 0, 10, sweep="steps"), "Chirp.sweep = 'steps'"),
    "correlation time": (lambda: OrnsteinUhlenbeck(0, 1, 0), "OrnsteinUhlenbeck.tau = 0"),
    "empty array": (lambda: TimedArray([], 1), "TimedArray.values"),
    "nan array": (lambda: TimedArray([1.0, np.nan], 1), "TimedArray.values = .*must be finite"),
    "text array": (lambda: TimedArray("abc", 1), "TimedArray.values"),
    "interval": (lambda: TimedArray([1.0], 0), "TimedArray.dt = 0: must be one positive time"),
    "one moment": (lambda: TimedArray([1.0], 1, interpolation="linear"), "two rows"),
    "interpolation": (lambda: TimedArray([1.0], 1, interpolation="cubic"), "held, linear"),
    "after": (lambda: TimedArray([1.0], 1, after="stop"), "error, hold, zero, repeat"),
    "no images": (lambda: ImageSequence([1.0], 1), "ImageSequence.images"),
    "no text": (lambda: Formula(3), "Formula.text"),  # type: ignore[arg-type]
    "a parameter's name": (lambda: Formula("mV", {"mV": 1}), "is a unit"),
    "factor": (lambda: Step(1) * [1, 2], "must be a single number"),
    "divisor": (lambda: Step(1) / 0, "other than 0"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_makes_no_stimulus(case: str) -> None:
    make, message = BAD[case]
    with pytest.raises((ParameterError, UnitError), match=message):
        make()


def test_formulas_with_mistakes() -> None:
    with pytest.raises(EquationError, match="unknown name 'v'"):
        Formula("v*3")
    with pytest.raises(EquationError, match="unknown function"):
        Formula("sinus(t)")
    with pytest.raises(TypeError):
        Step(1) + None


@pytest.mark.parametrize(
    ("stimulus", "error", "message"),
    [
        (Step("5 mV"), UnitError, "Step.amplitude = '5 mV'"),
        (Step(np.nan), ParameterError, "Step.amplitude = nan: must be finite"),
        (Step([1.0, 2.0]), ParameterError, r"the shape of amplitude must be \(\), \(3,\)"),
        (Step(1) + np.ones(2), ParameterError, "cells.I"),
        (Step(1) + "5 mV", UnitError, "cells.I"),
        (TimedArray(np.ones((5, 4)), 1), ParameterError, "values for 4 neurons, but there are 3"),
        (TimedArray([1.0], 1, unit="mV"), UnitError, "gain"),
        (Formula("3*mV"), EquationError, "wrong dimension"),
        (WhiteNoise("3 pA"), UnitError, "WhiteNoise.sigma"),
    ],
)
def test_what_does_not_fit(stimulus: Stimulus, error: type[Exception], message: str) -> None:
    cells = Population(3, PROBE, I=Step(2) + 1.0, name="cells")
    with pytest.raises(error, match=message):
        cells["I"] = stimulus
    assert cells["I"] == 3.0
    assert len(cells.stimuli) == 1


def test_where_no_stimulus_can_be() -> None:
    cells = Population(3, LIF, name="cells")
    with pytest.raises(ParameterError, match="is not an input of LIF, as v_in is"):
        cells["tau_m"] = Step(3)
    with pytest.raises(ParameterError, match="is not a variable"):
        cells["I"] = Step(3)
    with pytest.raises(ParameterError, match="cannot integrate equations with noise"):
        Population(3, LIF, integrator="exact", v_in=WhiteNoise(1))
    with pytest.raises(ParameterError, match="crosses a threshold many times"):
        Population(3, LIF, precise_spikes=True, v_in=OrnsteinUhlenbeck(0, 1, 5))
    squared = NeuronModel("dv/dt = I**2/ms : 1\nI : 1 (input)")
    with pytest.raises(EquationError, match="noise stands inside a function, a power"):
        Population(3, squared, I=WhiteNoise(1))
    taken = NeuronModel(
        "dv/dt = (I + start_stimulus1)/ms : 1\nI : 1 (input)", parameters={"start_stimulus1": 1}
    )
    with pytest.raises(ParameterError, match="makes the name 'start_stimulus1'"):
        Population(3, taken, I=Step(1))


def test_samples() -> None:
    t, values, unit = (Sine("2 nA", [10, 20]) + "1 nA").sample("50 ms", dt="0.5 ms")
    assert (t.shape, values.shape, unit) == ((100,), (100, 2), "nA")
    np.testing.assert_allclose(values, 1 + 2 * np.sin(2 * np.pi * np.outer(t, [10, 20]) / 1000), atol=1e-12)
    assert Formula("3*mV").sample(1)[2] == "mV"
    assert TimedArray([1, 2, 3.0], 1, unit="nS").sample(2)[2] == "nS"
    assert (3 * Step(2) + np.arange(3)).sample(1)[1][0].tolist() == [6, 7, 8]
    with pytest.raises(ParameterError, match=r"sample.duration = -1.0: must be one positive time"):
        Step(1).sample(-1)
    with pytest.raises(UnitError, match=r"WhiteNoise.sigma"):
        WhiteNoise("1 pA*ms**0.5").sample(1)


def test_samples_of_noise() -> None:
    noise = WhiteNoise("3 pA*ms**0.5") + OrnsteinUhlenbeck("5 pA", "2 pA", 4)
    t, values, _ = noise.sample(200, dt=0.5, n=200, unit="pA", seed=2)
    assert t[-1] == 199.5
    assert values.mean() == pytest.approx(5, abs=0.1)
    assert values.var() == pytest.approx(4 + 9 / 0.5, rel=0.03)
