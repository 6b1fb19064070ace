"""Exact propagation: linear neurons and filters, gates under a clamped voltage, states held and followed."""

from __future__ import annotations

import subprocess
import sys

import mpmath
import numpy as np
import pytest
from scipy.integrate import solve_ivp

from neurosim.errors import EquationError, ParameterError
from neurosim.integrators import INTEGRATORS, plan_step
from neurosim.network import Network, Population, SpikeMonitor, StateMonitor
from neurosim.neurons import LIF, HodgkinHuxley, NeuronModel
from neurosim.synapses import PSCFilter

LEAKY = NeuronModel(
    "dv/dt = (I - v)/tau_m : 1\nI : 1 (input)", parameters={"tau_m": (10.0, "ms")}, name="Leaky"
)


def leaky_with_filters() -> Population:
    receptors = {"exc": PSCFilter(2.0, 1), "inh": PSCFilter(5.0, 2)}
    start = {"v": 0.3, "x0_exc": 1.0, "x1_exc": 0.2, "x0_inh": -0.4, "x2_inh": 0.1}
    return Population(1, LEAKY, receptors=receptors, I=0.7, **start)


def test_one_long_step_equals_a_hundred_short_ones() -> None:
    long, short = leaky_with_filters(), leaky_with_filters()
    Network(long, dt=10.0, seed=0).run(10)
    Network(short, dt=0.1, seed=0).run(10)
    for s in long.system.states:
        assert short[s][0] == pytest.approx(long[s][0], rel=1e-12)
    assert abs(float(long["v"][0])) > 0.1


DETUNINGS = [0.0, *(sign * 10.0**k for k in range(-10, 0) for sign in (1, -1))]


@pytest.mark.parametrize("order", [0, 1, 2])
def test_equal_and_nearly_equal_time_constants(order: int) -> None:
    """Closed forms divide by tau_m - tau_s; a matrix exponential does not."""
    tau_m, duration = 10.0, 7.0
    tau_s = tau_m * (1 + np.array(DETUNINGS))
    cells = Population(
        len(tau_s), LEAKY, receptors={"exc": PSCFilter(tau_m, order)}, v=0.3, x0_exc=1.0, tau_exc=tau_s, I=0.2
    )
    Network(cells, dt=0.5, seed=0).run(duration)
    assert np.isfinite(cells["v"]).all()
    with mpmath.workdps(40):
        for k, tau in enumerate(tau_s):
            size = order + 2
            matrix = mpmath.zeros(size, size)  # v, then the stages of the filter
            matrix[0, 0] = -1 / mpmath.mpf(tau_m)
            matrix[0, size - 1] = 1 / mpmath.mpf(tau_m)
            for j in range(1, size):
                matrix[j, j] = -1 / mpmath.mpf(float(tau))
                if j > 1:
                    matrix[j, j - 1] = 1 / mpmath.mpf(float(tau))
            start = mpmath.matrix([mpmath.mpf("0.3") - mpmath.mpf("0.2"), 1, *[0] * order])
            expected = (mpmath.expm(matrix * duration) * start)[0] + mpmath.mpf("0.2")
            assert cells["v"][k] == pytest.approx(float(expected), rel=1e-10)


@pytest.mark.parametrize("clamp", [-100.0, -65.0, -55.0, -40.0, 0.0, 60.0])
def test_gates_under_a_clamped_voltage_are_exact(clamp: float) -> None:
    text = "\n".join(
        line for line in HodgkinHuxley.equations.splitlines() if "dv/dt" not in line and "I" not in line
    )
    clamped = NeuronModel(
        "dv/dt = 0*v/ms : mV\n" + text,
        parameters=HodgkinHuxley.parameters,
        initial={"v": f"{clamp}*mV", "m": "0.05", "h": "0.6", "n": "0.32"},
        integrator="exponential_euler",
        name="VoltageClamp",
    )
    cells = Population(1, clamped)
    dt = 0.02 if clamp == -65.0 else 0.01
    Network(cells, dt=dt, seed=0).run(3.0)
    rates = clamped.system.with_subexpressions(clamped.values() | {"v": clamp, "m": 0.0, "h": 0.0, "n": 0.0})
    for gate, start in (("m", 0.05), ("h", 0.6), ("n", 0.32)):
        alpha, beta = rates[f"alpha_{gate}"], rates[f"beta_{gate}"]
        end = alpha / (alpha + beta)
        expected = end + (start - end) * np.exp(-3.0 * (alpha + beta))
        assert cells[gate][0] == pytest.approx(expected, rel=3e-14, abs=1e-14)


ADAPTIVE = NeuronModel(
    """
    dv/dt = (I - w - v)/tau        : 1 (unless refractory)
    dw/dt = (a*v + b - w)/tau_w    : 1
    I : 1 (input)
    """,
    parameters={"tau": "10 ms", "tau_w": "30 ms", "a": 0.3, "b": 0.4, "t_ref": "20 ms"},
    threshold="v > 1",
    reset="v = 0.5",
    refractory="t_ref",
    name="Adaptive",
)


@pytest.mark.parametrize(
    ("method", "tolerance"), [("exact", 1e-12), ("rk4", 1e-9), ("exponential_euler", 2e-3)]
)
def test_a_state_that_follows_a_held_one_sees_it_stand_still(method: str, tolerance: float) -> None:
    cells = Population(1, ADAPTIVE, I=2.0, integrator=method)
    spikes, trace = SpikeMonitor(cells), StateMonitor(cells, ["v", "w"])
    network = Network(cells, spikes, trace, dt=0.1, seed=0)
    network.run(20.0)
    fired = spikes.t[0] + 0.1  # the state a spike leaves behind is that of the next step
    first = np.searchsorted(trace.t, fired - 1e-9)
    last = int(trace.t.size - 1)
    assert spikes.t.size == 1
    assert last - first > 50
    np.testing.assert_array_equal(trace["v"][first:, 0], 0.5)
    start, end = trace["w"][first, 0], 0.3 * 0.5 + 0.4
    elapsed = (trace.t[first:] - trace.t[first]) / 30.0
    expected = end + (start - end) * np.exp(-elapsed)
    np.testing.assert_allclose(trace["w"][first:, 0], expected, rtol=tolerance)


def test_a_held_state_is_free_again_after_the_refractory_time() -> None:
    """A stretch of held and free steps against SciPy, piece by piece."""
    cells = Population(1, ADAPTIVE, I=2.0)
    spikes, trace = SpikeMonitor(cells), StateMonitor(cells, ["v", "w"])
    Network(cells, spikes, trace, dt=0.1, seed=0).run(32.0)
    fired = round(float(spikes.t[0]) / 0.1) + 1
    free = fired + 200
    assert spikes.t.size == 1
    x = solve_ivp(
        lambda t, x: [(2.0 - x[1] - x[0]) / 10, (0.3 * x[0] + 0.4 - x[1]) / 30],
        (0, (trace.t.size - 1 - free) * 0.1),
        [0.5, trace["w"][free, 0]],
        rtol=1e-12,
        atol=1e-14,
        method="DOP853",
    ).y[:, -1]
    np.testing.assert_allclose([trace["v"][-1, 0], trace["w"][-1, 0]], x, rtol=1e-10)


def test_names_of_a_model_never_meet_those_of_the_method() -> None:
    text = """
    d{0}/dt = (I - {0} + 0.3*{1})/(3*ms) : 1
    d{1}/dt = ({2} - {1})/(5*ms) : 1
    {2} = 0.5*{0} + 0.1 : 1
    I : 1 (input)
    """
    awkward = [("v", "v_2", "d_v")]
    for method in ("exact", "exponential_euler", "rk4"):
        results = []
        for names in [("a", "b", "c"), *awkward]:
            model = NeuronModel(text.format(*names), name="Names")
            cells = Population(1, model, integrator=method, I=1.1, **{names[0]: 0.4, names[1]: 0.2})
            Network(cells, dt=0.1, seed=0).run(2.0)
            results.append((cells[names[0]][0], cells[names[1]][0]))
        assert len(set(results)) == 1, method


def test_what_is_not_linear_has_no_exact_step() -> None:
    with pytest.raises(EquationError, match=r"linear equations.*v, m, h, n.*'rk4'"):
        plan_step(HodgkinHuxley.system, "exact")


@pytest.mark.parametrize("name", ["rk5", "Euler", "", None])
def test_an_unknown_method_is_refused(name: object) -> None:
    with pytest.raises(ParameterError, match="must be one of exact, exponential_euler, euler, rk2, rk4"):
        plan_step(LIF.system, name)  # type: ignore[arg-type]


def test_a_plan_names_the_new_value_of_every_state() -> None:
    for method in INTEGRATORS:
        system = leaky_with_filters().system
        plan = plan_step(system, method, tuple(s for s in system.states if s != "v"))
        assert set(plan.updates) == set(system.states)
        assert len({name for name, _ in plan.assignments}) == len(plan.assignments)


def test_the_formulas_of_a_linear_neuron_do_without_symbolic_algebra() -> None:
    code = (
        "import sys; from neurosim.integrators import plan_step; from neurosim.neurons import LIF; "
        "plan_step(LIF.system, 'exact'); sys.exit('sympy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
