"""Short-term plasticity: trains against SciPy, steady states and frequencies against the papers' formulas."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from neurosim import ShortTermPlasticity
from neurosim.errors import ParameterError, UnitError
from neurosim.synapses import Depressing, Facilitating

RULES = [
    Depressing,
    Facilitating,
    ShortTermPlasticity(0.05, 100.0, 1000.0),
    ShortTermPlasticity(0.7, 0.0, 50.0),
]


def test_a_train_is_the_solution_of_the_differential_equations():
    times = np.cumsum([3.0, 12.0, 0.5, 150.0, 40.0, 40.0])
    state, released = np.array([1.0, 0.0]), []
    U, tau_rec, tau_facil = 0.1, 130.0, 530.0
    for pause in np.diff(times, prepend=0.0):
        solution = solve_ivp(
            lambda t, y: [(1 - y[0]) / tau_rec, -y[1] / tau_facil], (0, pause), state, rtol=1e-11, atol=1e-13
        )
        x, u = solution.y[:, -1]
        u += U * (1 - u)
        released.append(u * x)
        state = np.array([x - u * x, u])
    rule = ShortTermPlasticity(U, f"{tau_rec} ms", "0.53 s")
    np.testing.assert_allclose(rule.release(times), released, rtol=1e-9)


@pytest.mark.parametrize("rule", RULES, ids=repr)
@pytest.mark.parametrize("rate", [0.5, 10.0, 80.0])
def test_regular_trains_settle_at_the_steady_state(rule, rate):
    spikes = 1000.0 / rate * np.arange(1 + round(rate * 12))
    assert rule.release(spikes)[-1] == pytest.approx(rule.steady_release(rate), rel=1e-6)


def test_a_depressing_synapse_passes_on_the_same_current_at_all_high_rates():
    """Tsodyks & Markram 1997: the release falls as 1/(rate*tau_rec), whatever U."""
    rates = np.array([100.0, 200.0, 400.0])
    for U in (0.3, 0.5, 0.95):
        current = ShortTermPlasticity(U, 800.0).steady_release(rates) * rates / 1000 * 800
        np.testing.assert_allclose(current, 1.0, atol=0.05)
    # Without facilitation the first spike transmits most, and each next one less.
    assert np.all(np.diff(Depressing.release(50.0 * np.arange(8))) < 0)
    # Their recurrence for the responses to a regular train.
    released, left = Depressing.release(50.0 * np.arange(8)), np.exp(-50 / 800)
    np.testing.assert_allclose(released[1:], released[:-1] * (1 - 0.5) * left + 0.5 * (1 - left), rtol=1e-12)


def test_a_facilitating_synapse_has_a_preferred_rate():
    """Released is about ``U r tau_facil/(1 + U tau_rec tau_facil r^2)`` of the weight at a rate r."""
    rates = np.linspace(1.0, 100.0, 991)
    peak = rates[Facilitating.steady_release(rates).argmax()]
    assert peak == pytest.approx(1000 / np.sqrt(0.03 * 530 * 130), rel=0.2)
    first = Facilitating.release(50.0 * np.arange(4))
    assert first[0] == 0.03
    assert np.all(np.diff(first) > 0)


def test_parameters_may_differ_between_units():
    rule = ShortTermPlasticity([0.5, 0.1], [800.0, 100.0], [0.0, 1000.0])
    times = [0.0, 10.0, 30.0]
    for unit, values in enumerate(rule.release(times).T):
        alone = ShortTermPlasticity(*(np.asarray(p)[unit] for p in rule.parameters.values()))
        np.testing.assert_array_equal(values, alone.release(times))
    assert rule.steady_release(np.array([[1.0], [2.0], [3.0]])).shape == (3, 2)


def test_two_spikes_at_once_and_rules_without_memory():
    assert ShortTermPlasticity(0.5, 800.0).release([7.0, 7.0]).tolist() == [0.5, 0.25]
    assert ShortTermPlasticity(0.25, 0.0).release([0.0, 0.0, 1.0]).tolist() == [0.25] * 3
    assert ShortTermPlasticity(1.0, 5.0).release([0.0]).tolist() == [1.0]


def test_repr():
    assert repr(Facilitating) == "ShortTermPlasticity(U=0.03, tau_rec=130, tau_facil=530)"
    assert repr(ShortTermPlasticity([0.5, 0.1], 1.0)).startswith(
        "ShortTermPlasticity(U=array of 2, tau_rec=1"
    )


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ShortTermPlasticity(0.0, 1.0), r"ShortTermPlasticity.U = 0.0: must be a fraction above 0"),
        (lambda: ShortTermPlasticity([0.5, 1.5], 1.0), r"U = \[0.5, 1.5\]"),
        (lambda: ShortTermPlasticity(0.5, -1.0), r"ShortTermPlasticity.tau_rec = -1.0: .* 0 or more"),
        (lambda: ShortTermPlasticity(0.5, 1.0, "-2 ms"), r"ShortTermPlasticity.tau_facil = -2.0"),
        (lambda: ShortTermPlasticity(np.nan, 1.0), r"U = nan"),
        (
            lambda: ShortTermPlasticity(0.5, [[1.0]]),
            r"tau_rec = \(1, 1\): must be one number or one for each",
        ),
        (lambda: Depressing.release([2.0, 1.0]), r"release.times = .*does not fall"),
        (lambda: Depressing.steady_release(0.0), r"steady_release.rate = 0.0: must be above 0"),
    ],
)
def test_unusable_values(make, message):
    with pytest.raises(ParameterError, match=message):
        make()


def test_units_are_checked():
    with pytest.raises(UnitError, match="tau_rec"):
        ShortTermPlasticity(0.5, "3 mV")
