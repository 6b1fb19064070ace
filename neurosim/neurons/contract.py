"""What every neuron model promises, as a check that anyone can run on a new one."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np

from neurosim.equations.expression import evaluate
from neurosim.equations.symbolic import jacobian
from neurosim.errors import NeurosimError, ParameterError
from neurosim.neurons.model import NeuronModel
from neurosim.neurons.observed_order import observed_orders
from neurosim.units import parse_unit

VOLTAGE = parse_unit("mV").dimension
SWEEP = np.arange(-120.0, 80.5, 0.5)
"""Voltages, mV; whole and half ones, where rate functions like to have their 0/0."""
NEURONS, DURATION = 5, 6.0
MANY, FEW_STEPS = 3000, 20
"""More neurons than one thread takes at a time, for some steps."""
GATED = ("exponential_euler", "euler", "rk4")
ORDER_MARGIN = 0.2
"""By how much an observed order may fall short: steps are not infinitely short."""


class NeuronContractError(NeurosimError, AssertionError):
    """A model breaks a promise of neuron models; the message says which."""


def check_neuron_model(model: NeuronModel, *, drive: float = 0.0, dt: float = 0.01) -> None:
    """Check that `model` keeps what neuron models promise.

    Checked are: derivatives and their slopes are finite over a sweep of every state, singular points of rate
    functions included; the gates of a conductance model stay between 0 and 1 under every integrator; the
    steady state stays where it is; each integrator reaches its order (not with noise, or kinks such as that
    of ``maximum``); a parameter given once and one given for each neuron agree to round-off
    (not to the bit: the compiler takes what is constant out of the loop); a run in one piece and in several
    give the same bits, and so do one thread and two; copy, repr, table and LaTeX work; bad input raises
    before anything changes.

    Parameters
    ----------
    model : NeuronModel
    drive : float, default 0
        Constant input, in its unit; best one that makes the neuron fire.
    dt : float, default 0.01
        Time step of the trial runs, ms.

    Raises
    ------
    NeuronContractError
        Naming the first promise that is broken.
    """
    inputs = {model.input: drive} if model.system.inputs else {}
    _check_description(model)
    _check_derivatives(model)
    _check_gates(model, inputs, dt)
    _check_steady_state(model, inputs, dt)
    _check_orders(model, inputs)
    _check_arrays(model, inputs, dt)
    _check_chunks(model, inputs, dt)
    _check_threads(model, inputs, dt)
    _check_bad_input(model)


def _require(holds: Any, model: NeuronModel, promise: str) -> None:
    if not holds:
        raise NeuronContractError(f"{model.name}: {promise}.")


def _run(model: NeuronModel, dt: float, *durations: float, **values: Any) -> Any:
    """A population after a run in pieces."""
    network = importlib.import_module("neurosim.network")
    integrator = values.pop("integrator", None)
    cells = network.Population(NEURONS, model, integrator=integrator, **values)
    net = network.Network(cells, dt=dt, seed=0)
    for duration in durations:
        net.run(duration)
    return cells


def _spread(model: NeuronModel) -> dict[str, np.ndarray]:
    """Start voltages from -100 to 60 mV for a conductance model, which has no reset; nothing for others."""
    states = [
        s for s in model.system.states if model.system.units[s].dimension == VOLTAGE and not model.reset
    ]
    return {s: np.linspace(-100.0, 60.0, NEURONS) / model.system.units[s].scale for s in states}


def _check_description(model: NeuronModel) -> None:
    twin = model.copy()
    _require(repr(twin) == repr(model), model, "copy() has the same parameters")
    _require(twin.system.text == model.system.text, model, "copy() has the same equations")
    table, formulas = model.table(), model.latex()
    for name in model.parameters:
        _require(name in table, model, f"table() lists {name}")
        other: dict[str, Any] = {name: 2 * model.parameters[name].value + 1}
        changed = model.copy(**other)
        _require(changed.parameters[name] != model.parameters[name], model, f"copy() changes {name}")
    equations = [e for e in model.system.equations if e.kind != "input"]
    _require(formulas.count("&=") == len(equations), model, "latex() has every equation")
    _require(all(formulas.splitlines()), model, "latex() has no empty lines")


def _check_derivatives(model: NeuronModel) -> None:
    system, values = model.system, model.values() | dict.fromkeys(model.system.inputs, 0.0)
    start = model.start(values)
    slopes = jacobian(system)
    for state in system.states:
        sweep = (
            SWEEP if system.units[state].dimension == VOLTAGE else start[state] + np.linspace(0.0, 1.0, 41)
        )
        known = system.with_subexpressions(values | start | {state: sweep})
        for name, derivative in system.derivatives(values | start | {state: sweep}).items():
            _require(np.isfinite(derivative).all(), model, f"d{name}/dt is finite for every {state}")
        for (row, column), formula in slopes.items():
            finite = np.isfinite(evaluate(formula, known)).all()
            _require(finite, model, f"the slope of d{row}/dt along {column} is finite for every {state}")


def _check_gates(model: NeuronModel, inputs: dict[str, Any], dt: float) -> None:
    system, start = model.system, model.start(model.values())
    spread = _spread(model)
    gates = [s for s in system.states if system.units[s].name == "1" and 0 <= start[s] <= 1]
    if not spread or not gates:
        return
    for integrator in ("exponential_euler", "euler_maruyama") if system.noises else GATED:
        cells = _run(model, dt, *[DURATION / 6] * 6, integrator=integrator, **inputs, **spread)
        for gate in gates:
            inside = np.all((cells[gate] >= 0.0) & (cells[gate] <= 1.0))
            _require(inside, model, f"{gate} stays between 0 and 1 under {integrator}")


def _check_orders(model: NeuronModel, inputs: dict[str, Any]) -> None:
    for integrator, (order, observed) in observed_orders(model, **inputs).items():
        promise = f"{integrator} has order {order} (observed: {observed:.2f})"
        _require(observed > order - ORDER_MARGIN, model, promise)


def _check_steady_state(model: NeuronModel, inputs: dict[str, Any], dt: float) -> None:
    if model.system.noises or model.system.uses_time:
        return
    try:
        rest = model.steady_state()
    except ParameterError:  # there is none, which is no fault
        return
    resting = dict.fromkeys(inputs, 0.0)
    cells = _run(model, dt, DURATION, **resting, **rest)
    for state, value in rest.items():
        moved = np.abs(cells[state] - value).max()
        _require(moved <= 1e-6 * max(1.0, abs(value)), model, f"{state} stays at its steady state")


def _check_arrays(model: NeuronModel, inputs: dict[str, Any], dt: float) -> None:
    constants = {name: p.value for name, p in model.parameters.items()} | inputs
    arrays = {name: np.full(NEURONS, value) for name, value in constants.items()}
    single, each = (_run(model, dt, DURATION, **given, **_spread(model)) for given in (constants, arrays))
    for state in model.system.states:
        same = np.allclose(single[state], each[state], rtol=1e-9, atol=1e-12)
        _require(same, model, f"{state} is the same for one parameter and for one a neuron")


def _check_chunks(model: NeuronModel, inputs: dict[str, Any], dt: float) -> None:
    steps = round(DURATION / dt)
    pieces = [dt * n for n in (1, steps // 3, 0, steps - steps // 3 - 1)]
    whole, parts = (_run(model, dt, *durations, **inputs) for durations in ([dt * steps], pieces))
    for state in model.system.states:
        same = np.array_equal(whole[state], parts[state])
        _require(same, model, f"{state} is the same, bit for bit, after one run and after several")


def _check_threads(model: NeuronModel, inputs: dict[str, Any], dt: float) -> None:
    network = importlib.import_module("neurosim.network")
    one, two = (network.Population(MANY, model, **inputs) for _ in range(2))
    for threads, cells in ((1, one), (2, two)):
        network.Network(cells, dt=dt, seed=0, threads=threads).run(FEW_STEPS * dt)
    for state in model.system.states:
        same = np.array_equal(one[state], two[state])
        _require(same, model, f"{state} is the same, bit for bit, on one thread and on two")


def _check_bad_input(model: NeuronModel) -> None:
    network = importlib.import_module("neurosim.network")
    cells = network.Population(NEURONS, model)
    system = model.system
    names = [*model.parameters, *system.inputs, *system.states]
    before = {name: np.copy(cells[name]) for name in names}
    attempts: list[tuple[str, Any]] = [("no_such_name", 1.0)]
    for name in names:
        unit = system.units[name]
        other = "mV" if unit.dimension != VOLTAGE else "ms"
        attempts += [(name, float("nan")), (name, np.inf), (name, f"1 {other}"), (name, "many")]
        attempts += [(name, True), (name, np.ones(NEURONS + 1)), (name, np.ones((2, 2, NEURONS)))]
        if name in model.parameters and unit.dimension == parse_unit("ms").dimension:
            attempts.append((name, -1.0))
    for name, value in attempts:
        for attempt in (cells.__setitem__, lambda key, bad: network.Population(NEURONS, model, **{key: bad})):
            try:
                attempt(name, value)
            except NeurosimError:
                continue
            raise NeuronContractError(f"{model.name}: {name} = {value!r} is refused.")
    for name in names:
        _require(np.array_equal(cells[name], before[name]), model, f"bad input leaves {name} as it was")
