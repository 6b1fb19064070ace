"""Strong and weak orders on shared Brownian paths, the Ornstein-Uhlenbeck process, Ito and Stratonovich."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from neurosim.integrators import plan_step
from neurosim.kernels.mathematics.random import normal_block
from neurosim.network import Network, Population, StateMonitor
from neurosim.neurons import NeuronModel

NOISY = ("exponential_euler", "heun", "euler_maruyama", "milstein")
ITO = ("exponential_euler", "euler_maruyama", "milstein")

GBM = NeuronModel(
    "dx/dt = mu*x + nu*x*xi : 1",
    parameters={"mu": (0.6, "1/ms"), "nu": "0.8 ms**-0.5"},
    initial={"x": "1"},
    name="GeometricBrownianMotion",
)
OU = NeuronModel(
    "dx/dt = -x/tau + sigma*sqrt(2/tau)*xi : 1",
    parameters={"tau": "5 ms", "sigma": "1.5"},
    name="OrnsteinUhlenbeck",
)
ADDITIVE = NeuronModel(
    """
    dx/dt = (sin(3*y) - x)/ms + 0.5*xi_x/ms**0.5             : 1
    dy/dt = -x*y/ms + cos(t/ms)/ms + 0.4*(xi_y - xi_x)/ms**0.5 : 1
    """,
    initial={"x": "0.7", "y": "-0.3"},
    name="Additive",
)


def on_path(model: NeuronModel, integrator: str, dW: np.ndarray, dt: float) -> dict[str, np.ndarray]:
    """States at the end of Brownian paths; increments `dW` of shape (n_noises, n_steps, n_paths)."""
    system = model.system
    plan = plan_step(system, integrator)
    values = model.values()
    state = {x: np.full(dW.shape[2], float(v)) for x, v in model.start(values).items()}
    for k in range(dW.shape[1]):
        normals = {f"normal__{xi}": dW[j, k] / np.sqrt(dt) for j, xi in enumerate(plan.noises)}
        state = plan.carried_out(values | state | normals | {"t": k * dt, "dt": dt})
    return state


def increments(n_noises: int, n_steps: int, n_paths: int, duration: float, seed: int) -> np.ndarray:
    normals = np.random.default_rng(seed).standard_normal((n_noises, n_steps, n_paths))
    return normals * np.sqrt(duration / n_steps)


def coarser(dW: np.ndarray, factor: int) -> np.ndarray:
    """The same paths on a grid with steps `factor` times as long."""
    j, n, paths = dW.shape
    return dW.reshape(j, n // factor, factor, paths).sum(axis=2)


def strong_order(
    model: NeuronModel, integrator: str, exact: Callable[[np.ndarray], dict[str, np.ndarray]], n_noises: int
) -> float:
    """Slope of the mean error at the end over the step, from a fit over four steps."""
    duration, finest, n_paths = 1.0, 512, 2000
    dW = increments(n_noises, finest, n_paths, duration, seed=4)
    expected = exact(dW)
    factors = np.array([8, 16, 32, 64])
    errors = []
    for factor in factors:
        found = on_path(model, integrator, coarser(dW, int(factor)), duration * factor / finest)
        errors.append(np.mean(np.sqrt(sum((found[x] - expected[x]) ** 2 for x in expected))))
    return float(np.polyfit(np.log(factors), np.log(errors), 1)[0])


@pytest.mark.parametrize(
    ("integrator", "order"),
    [("euler_maruyama", 0.5), ("exponential_euler", 0.5), ("milstein", 1.0), ("heun", 1.0)],
)
def test_strong_order_with_multiplicative_noise(integrator: str, order: float) -> None:
    """Closed form of geometric Brownian motion: Stratonovich without the term -nu**2/2."""
    drift = 0.6 if integrator == "heun" else 0.6 - 0.8**2 / 2

    def exact(dW: np.ndarray) -> dict[str, np.ndarray]:
        return {"x": np.exp(drift * 1.0 + 0.8 * dW[0].sum(axis=0))}

    assert strong_order(GBM, integrator, exact, 1) == pytest.approx(order, abs=0.1)


@pytest.mark.parametrize("integrator", NOISY)
def test_strong_order_with_additive_noise(integrator: str) -> None:
    def exact(dW: np.ndarray) -> dict[str, np.ndarray]:
        return on_path(ADDITIVE, "heun", dW, 1.0 / dW.shape[1])

    # Against a finer grid of the best method, whose own error is a sixteenth of the least.
    assert strong_order(ADDITIVE, integrator, exact, 2) == pytest.approx(1.0, abs=0.15)


@pytest.mark.parametrize("integrator", ITO)
def test_weak_order(integrator: str) -> None:
    """E[x] = exp(mu*T); the closed form on the same paths takes out most of the sampling error."""
    duration, finest, n_paths = 1.0, 32, 100_000
    dW = increments(1, finest, n_paths, duration, seed=9)
    martingale = np.exp(0.6 - 0.8**2 / 2 + 0.8 * dW[0].sum(axis=0))
    factors, biases, bounds = [4, 8, 16], [], []
    for factor in factors:
        difference = (
            on_path(GBM, integrator, coarser(dW, factor), duration * factor / finest)["x"] - martingale
        )
        biases.append(abs(difference.mean()))
        bounds.append(4 * difference.std() / np.sqrt(n_paths))
    if integrator == "exponential_euler":  # its mean is exact for a linear drift
        assert np.all(np.array(biases) < bounds)
        return
    for factor, bias, bound in zip(factors, biases, bounds, strict=True):
        h = duration * factor / finest
        assert bias == pytest.approx(np.exp(0.6) - (1 + 0.6 * h) ** (1 / h), abs=bound)
    assert biases[2] > 3 * bounds[2]  # the bias is seen


def test_milstein_with_one_noise_for_all_states_and_square_roots() -> None:
    model = NeuronModel(
        "dx/dt = -x/ms + sqrt(maximum(x, 0))*xi/ms**0.5 : 1\ndy/dt = 0.5*x*y*xi/ms**0.5 : 1",
        initial={"x": "1", "y": "1"},
    )
    assignments = dict(plan_step(model.system, "milstein").assignments)
    values = {"x": 1.7, "y": 0.6}
    code = {k: v for k, v in assignments.items() if k.startswith("gg")}
    x, y = values["x"], values["y"]
    found = {
        k: float(eval(v, {"int": int, "minimum": min, "maximum": max, "sqrt": np.sqrt}, values))
        for k, v in code.items()
    }
    assert found["gg__x__xi"] == pytest.approx(0.5)
    assert found["gg__y__xi"] == pytest.approx(0.5 * y * np.sqrt(x) + 0.25 * x * x * y)


@pytest.mark.parametrize("integrator", NOISY)
@pytest.mark.parametrize("model", [GBM, ADDITIVE], ids=lambda m: m.name)
def test_kernels_do_what_the_formulas_say(model: NeuronModel, integrator: str) -> None:
    n, n_steps, dt = 37, 11, 0.05
    cells = Population(n, model, integrator=integrator)
    Network(cells, dt=dt, seed=21).run(n_steps * dt)
    n_noises = len(model.system.noises)
    dW = np.empty((n_noises, n_steps, n))
    for j in range(n_noises):
        normal_block(np.uint64(21), (j + 1) * 2**16, 0, n_steps, 0, n, dW[j])
    expected = on_path(model, integrator, dW * np.sqrt(dt), dt)
    for x in model.system.states:
        np.testing.assert_allclose(cells[x], expected[x], rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("integrator", NOISY)
def test_ornstein_uhlenbeck(integrator: str) -> None:
    """Stationary variance, exact for the discrete recursion, and autocorrelation."""
    n, dt, tau = 20_000, 5.0 if integrator == "exponential_euler" else 1.0, 5.0
    z = dt / tau
    factor, spread = {  # x <- factor*x + spread*N
        "exponential_euler": (np.exp(-z), np.sqrt(1 - np.exp(-2 * z))),
        "heun": (1 - z + z * z / 2, np.sqrt(2 * z) * (1 - z / 2)),
    }.get(integrator, (1 - z, np.sqrt(2 * z)))
    cells = Population(n, OU, integrator=integrator)
    trace = StateMonitor(cells, "x")
    Network(cells, trace, dt=dt, seed=6).run(100 * dt)
    x = trace["x"]
    variance = 1.5**2 * spread**2 / (1 - factor**2)
    if integrator in ("euler_maruyama", "milstein"):
        assert variance == pytest.approx(1.5**2 / (1 - dt / (2 * tau)))
    bound = 4 * variance * np.sqrt(2 / n)
    assert x[-1].var() == pytest.approx(variance, abs=bound)
    assert x[-1].mean() == pytest.approx(0, abs=4 * np.sqrt(variance / n))
    for lag in (1, 5, 10):
        correlation = np.mean(x[-1] * x[-1 - lag]) / variance
        assert correlation == pytest.approx(factor**lag, abs=4 * np.sqrt(2 / n))


def test_ito_and_stratonovich_differ_by_the_drift_of_the_noise() -> None:
    """E[x(T)] = exp(mu*T) in the sense of Ito, exp((mu + nu**2/2)*T) in that of Stratonovich."""
    n, duration = 20_000, 0.5
    variance = np.exp(2 * 0.6 * duration) * (np.exp(0.8**2 * duration) - 1)
    for integrator in NOISY:
        cells = Population(n, GBM, integrator=integrator)
        Network(cells, dt=0.005, seed=13).run(duration)
        growth = 0.6 + (0.8**2 / 2 if integrator == "heun" else 0)
        error = 4 * np.sqrt(2 * variance / n) + 0.005
        assert cells["x"].mean() == pytest.approx(np.exp(growth * duration), abs=error)
