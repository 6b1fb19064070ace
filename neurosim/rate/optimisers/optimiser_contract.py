"""What every Optimiser promises, as a check that anyone can run on a new one."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable

import numpy as np

from neurosim.connectivity.contract import ContractError, require_close
from neurosim.errors import NonFiniteError, ParameterError
from neurosim.rate.autodiff.operations import Array
from neurosim.rate.autodiff.variable import Variable
from neurosim.rate.optimisers.optimiser import Optimiser

Make = Callable[[list[Variable]], Optimiser]

_LARGE = 20_000  # weights whose temporaries cannot hide among small objects


def check_optimiser(make: Make, *, n_steps: int = 1000) -> None:
    """Check that what `make` returns is an Optimiser in deed.

    Checked are: a quadratic valley is descended; parameters change in place, whatever their layout, and keep
    shape and type; a parameter without a gradient stays; float32 stays near float64; a restored state goes on
    as if never interrupted; bad gradients and states raise and change nothing; a step allocates no arrays.

    Parameters
    ----------
    make : callable
        Takes a list of variables and returns a new optimiser for them, with a learning rate that suits
        curvatures from 0.1 to 1.
    n_steps : int, default 1000
        In which the loss must fall below a hundredth.

    Raises
    ------
    ContractError
        Naming the first promise that is broken.
    """
    name = type(make([Variable(1.0)])).__name__
    _check_descent(name, make, n_steps)
    _check_layouts(name, make)
    _check_precision(name, make)
    _check_restoring(name, make)
    _check_refusals(name, make)
    _check_memory(name, make)


def _start(dtype: str = "float64") -> list[Variable]:
    rng = np.random.default_rng(0)
    return [Variable(rng.uniform(0.5, 1.5, shape).astype(dtype)) for shape in ((3, 4), (4,), ())]


def _advance(optimiser: Optimiser, n_steps: int) -> float:
    """Descend the valley sum(c*w^2)/2 of curvatures c from 0.1 to 1, and return the last loss."""
    for _ in range(n_steps):
        loss = 0.0
        for p in optimiser.parameters:
            curvature = np.linspace(0.1, 1.0, p.size).reshape(p.shape).astype(p.dtype)
            p.grad = np.asarray(curvature * p.value)
            loss += 0.5 * float(np.sum(curvature * np.square(p.value)))
        optimiser.step()
    return loss


def _values(optimiser: Optimiser) -> list[Array]:
    return [p.value.copy() for p in optimiser.parameters]


def _require_equal(promise: str, found: list[Array], expected: list[Array], relative: float = 0.0) -> None:
    for a, b in zip(found, expected, strict=True):
        require_close(promise, a, b, relative=relative)


def _check_descent(name: str, make: Make, n_steps: int) -> None:
    optimiser = make(_start())
    arrays = [p.value for p in optimiser.parameters]
    first, last = _advance(optimiser, 1), _advance(optimiser, n_steps - 1)
    if not last < 0.01 * first:
        raise ContractError(f"{name}: descends a valley; the loss went from {first:.3g} to {last:.3g}.")
    if any(p.value is not array for p, array in zip(optimiser.parameters, arrays, strict=True)):
        raise ContractError(f"{name}: changes parameters in place.")
    if optimiser.n_steps != n_steps:
        raise ContractError(f"{name}: counts its steps, {n_steps}, not {optimiser.n_steps}.")


def _check_layouts(name: str, make: Make) -> None:
    values = [np.random.default_rng(1).uniform(0.5, 1.5, (3, 4)) for _ in range(4)]
    spread = np.zeros((6, 8))
    spread[::2, ::2] = values[0]
    layouts = [values[0].copy(), np.asfortranarray(values[0]), spread[::2, ::2]]
    variables = [Variable(layout) for layout in layouts]
    still = Variable(np.ones(2))
    optimiser = make([*variables, still])
    for _ in range(3):
        for p in variables:
            p.grad = p.value.copy()
        optimiser.step()
    for other in layouts[1:]:
        require_close(f"{name}: the layout in memory does not matter", other, layouts[0], relative=0.0)
    if spread[1::2].any() or spread[:, 1::2].any():
        raise ContractError(f"{name}: changes nothing between the entries of a parameter.")
    if (still.value != 1.0).any():
        raise ContractError(f"{name}: leaves a parameter without a gradient alone.")


def _check_precision(name: str, make: Make) -> None:
    single, double = make(_start("float32")), make(_start())
    _advance(single, 100)
    _advance(double, 100)
    if any(p.dtype != np.float32 for p in single.parameters):
        raise ContractError(f"{name}: parameters keep their type.")
    _require_equal(f"{name}: float32 stays near float64", _values(single), _values(double), relative=1e-3)


def _check_restoring(name: str, make: Make) -> None:
    whole, first = make(_start()), make(_start())
    _advance(whole, 20)
    _advance(first, 9)
    state = first.state()
    arrays = state.pop("arrays")
    second = make([Variable(value) for value in _values(first)])
    second.load_state({**json.loads(json.dumps(state)), "arrays": arrays})
    _advance(second, 11)
    _require_equal(f"{name}: a restored state goes on", _values(second), _values(whole))


def _check_refusals(name: str, make: Make) -> None:
    optimiser, twin = make(_start()), make(_start())
    _advance(optimiser, 3)
    _advance(twin, 3)
    state = optimiser.state()
    bad_gradients: list[tuple[type[Exception], Array | None]] = [
        (NonFiniteError, np.array([0.0, np.nan, 0.0, 0.0])),
        (NonFiniteError, np.array([np.inf, 1.0, 1.0, 1.0])),
        (ParameterError, np.zeros(3)),
    ]
    for error, gradient in bad_gradients:
        optimiser.parameters[1].grad = gradient
        _require_raises(f"{name}: refuses the gradient {gradient}", error, optimiser.step)
    bad_states = [{}, {**state, "optimiser": "Other"}, {**state, "step": 1}, {**state, "n_steps": -1}]
    for entry in state["arrays"]:
        bad_states.append({**state, "arrays": {**state["arrays"], entry: np.full((9, 9), 1.0)}})
    for bad in bad_states:
        _require_raises(f"{name}: refuses a bad state", ParameterError, lambda: optimiser.load_state(bad))  # noqa: B023
    _advance(optimiser, 5)
    _advance(twin, 5)
    _require_equal(f"{name}: what is refused changes nothing", _values(optimiser), _values(twin))


def _require_raises(promise: str, error: type[Exception], call: Callable[[], object]) -> None:
    try:
        call()
    except error:
        return
    raise ContractError(f"{promise}, with {error.__name__}.")


def _check_memory(name: str, make: Make) -> None:
    parameter = Variable(np.ones(_LARGE))
    parameter.grad = np.ones(_LARGE)
    optimiser = make([parameter])
    optimiser.step()
    running = tracemalloc.is_tracing()
    if not running:
        tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        optimiser.step()
        peak = tracemalloc.get_traced_memory()[1] - before
    finally:
        if not running:
            tracemalloc.stop()
    if peak > parameter.value.nbytes // 4:
        raise ContractError(f"{name}: allocates no arrays in a step, but took {peak} bytes.")
