"""Reference solutions: the equations of a population solved by SciPy, with spikes found between steps.

Nothing of the kernels is used but the text of the equations, so that the two can be held against each other.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

import numpy as np

from neurosim.equations.expression import evaluate, expression, on_arrays
from neurosim.equations.functions import FUNCTIONS
from neurosim.equations.system import EquationSystem
from neurosim.errors import NonFiniteError, ParameterError
from neurosim.network.population import Population
from neurosim.network.stimuli.table import Course
from neurosim.units import UNITS, convert

METHODS = ("DOP853", "RK45", "RK23", "Radau", "BDF", "LSODA")
"""Methods of `scipy.integrate.solve_ivp`."""

SHORTEST, FEW = 10, 100
"""Shortest step of its methods, in units of the last digit of the time, and how many of them are no time."""

Function = Callable[[float, np.ndarray], np.ndarray]
"""Of time and states."""

TIGHTEST = 2.3e-14
"""Smallest relative tolerance that `solve_ivp` takes: a hundred times the precision of numbers."""


class Solution:
    """What `solve_reference` found.

    Attributes
    ----------
    population : Population
    t : ndarray, shape (n_times,)
        ms.
    record : ndarray of int, shape (n,)
        The neurons: all of them, as a state monitor calls them, so that figures name the curves alike.

    Notes
    -----
    ``solution["v"]`` is a state or a sub-expression, shape (n_times, n), in its unit. At the time of a spike
    it is the value after the reset. ``plot_traces(solution, "v")`` draws it.
    """

    def __init__(
        self, population: Population, t: np.ndarray, states: dict[str, np.ndarray], spikes: list[np.ndarray]
    ) -> None:
        self.population, self.t = population, t
        self.record = np.arange(population.n)
        self._states, self._spikes = states, spikes

    def __getitem__(self, variable: str) -> np.ndarray:
        system = self.population.system
        if variable not in (*system.states, *system.subexpressions):
            valid = ", ".join([*system.states, *system.subexpressions])
            raise ParameterError(f"Solution[{variable!r}]", variable, f"is not a variable; valid are {valid}")
        node = expression(variable)
        known = self.population.constants() | self._states | {"t": self.t[:, None]}
        value = evaluate(node, system.with_needed(node, known))
        shape = (self.t.size, self.population.n)
        return np.broadcast_to(value / system.units[variable].scale, shape).copy()

    def spike_trains(self) -> list[np.ndarray]:
        """Spike times of each neuron, ms: a list of n arrays, sorted."""
        return list(self._spikes)

    def __repr__(self) -> str:
        count = sum(train.size for train in self._spikes)
        return f"Solution({self.population.name}, {self.t.size} times, {count} spikes)"


def solve_reference(
    population: Population,
    duration: Any,
    *,
    dt: Any = 0.1,
    rtol: float = 1e-10,
    atol: float = 1e-12,
    method: str = "DOP853",
) -> Solution:
    """Solve the equations of a population with error control, one neuron after the other.

    It starts at time 0 from the start values of the population, whether or not that has run, and changes
    nothing. Inputs are constant or follow their stimuli. Spikes are where the threshold condition becomes
    true, found between the steps; reset and refractory time happen in continuous time. It is made for
    accuracy, not for speed.

    Parameters
    ----------
    population : Population
        With or without receptors, whose states decay from their start values.
    duration : float, str or quantity
        ms.
    dt : float, str or quantity, default 0.1
        Interval at which the states are given, and the longest step of the solver, ms.
    rtol, atol : float, default 1e-10 and 1e-12
        Error allowed in a step, relative and in coherent units (mV, pA, ...).
    method : str, default "DOP853"
        A method of `scipy.integrate.solve_ivp`; ``"Radau"`` for stiff equations.

    Returns
    -------
    Solution
        At ``t = 0, dt, 2*dt, ...`` up to `duration`.

    Raises
    ------
    ParameterError
        If an argument is not usable, the population has no states, noise, or values that differ between
        trials, or a reset leaves the neuron above its threshold.
    NonFiniteError
        If the solution goes to infinity.

    Notes
    -----
    A condition that becomes true and false again within one step goes unseen. Where a potential runs to its
    peak faster than time, a number of 53 bits, can tell, the spike is where the solver stops.
    """
    where = "solve_reference"
    if not isinstance(population, Population):
        raise ParameterError(f"{where}.population", population, "must be a Population")
    if not population.system.states:
        raise ParameterError(f"{where}.population", population, "has no states to solve for")
    if population.system.noises:
        names = ", ".join(population.system.noises)
        raise ParameterError(f"{where}.population", population, f"its equations hold noise ({names})")
    end, interval = (_positive(f"{where}.{k}", v, "ms") for k, v in (("duration", duration), ("dt", dt)))
    tolerances = {k: _positive(f"{where}.{k}", v, "1") for k, v in (("rtol", rtol), ("atol", atol))}
    if tolerances["rtol"] < TIGHTEST:
        raise ParameterError(f"{where}.rtol", rtol, f"must be at least {TIGHTEST}, which rounding allows")
    if method not in METHODS:
        raise ParameterError(f"{where}.method", method, f"must be one of {', '.join(METHODS)}")
    t = np.minimum(interval * np.arange(int(end / interval * (1 + 1e-12)) + 1), end)
    problem = _Problem(population, {"method": method, "max_step": interval} | tolerances)
    with np.errstate(all="ignore"):
        solved = [problem.solve(neuron, t, end) for neuron in range(population.n)]
    states = {
        s: np.stack([trace[row] for trace, _ in solved], axis=1)
        for row, s in enumerate(population.system.states)
    }
    return Solution(population, t, states, [np.array(spikes) for _, spikes in solved])


def _positive(where: str, value: Any, unit: str) -> float:
    number = convert(value, unit, where)
    if not isinstance(number, float) or number <= 0:
        raise ParameterError(where, value, "must be one positive number")
    return number


class _Problem:
    """The equations of a population, ready to be solved for one neuron after the other."""

    def __init__(self, population: Population, options: dict[str, Any]) -> None:
        self.population, self.options = population, options
        system, model = population.system, population.model
        self.values = population.constants() | population.start_values()
        for name, value in self.values.items():
            if np.ndim(value) > 1:
                where, limit = f"{population.name}.{name}", "must not differ between trials"
                raise ParameterError(where, np.shape(value), limit, "A reference solution has no trials.")
        self.free = np.array([s not in system.held for s in system.states])
        self.slopes = _code(system, *(system.expressions[s] for s in system.states))
        threshold = ast.Constant(False) if model.threshold is None else system.condition(model.threshold)
        self.passed = _code(system, threshold)
        self.reset = system.statements(model.reset) if model.reset else []
        pause = system.quantity(model.refractory or "0*ms", UNITS["ms"])
        self.pause = np.broadcast_to(evaluate(pause, self.values), population.n)

    def solve(self, neuron: int, t: np.ndarray, end: float) -> tuple[np.ndarray, list[float]]:
        """States at the times `t`, shape (n_states, n_times), and spike times of one neuron."""
        from scipy.integrate import solve_ivp

        values = {k: _of_one(v, neuron) for k, v in self.values.items()}
        slopes, passed = self.slopes(values), self.passed(values)
        states = self.population.system.states
        trace, spikes = np.empty((len(states), t.size)), list[float]()
        pause = float(self.pause[neuron])
        now, x = 0.0, np.array([values[s] for s in states])
        above = not self.reset and passed(now, x)[0]

        def advance(until: float, slopes: Function, rising: Any = None) -> bool:
            """Go on until a time, or to the threshold; return whether it was passed."""
            nonlocal now, x
            part = solve_ivp(slopes, (now, until), x, events=rising, dense_output=True, **self.options)
            inside = (t >= now) & (t <= part.t[-1])
            if inside.any():
                trace[:, inside] = part.sol(t[inside])
            now, x = float(part.t[-1]), part.y[:, -1]
            peak = part.status < 0 and rising is not None and self._peak(now, x, slopes, passed)
            if not np.isfinite(x).all() or (part.status < 0 and not peak):
                raise NonFiniteError(
                    f"{self.population.name}: the reference solution ends at {now:g} ms: {part.message} "
                    "Look for an input or a parameter that makes it grow without bound."
                )
            return bool(peak or part.status == 1)

        while now < end:

            def rising(t: float, x: np.ndarray, start: float = now, above: bool = above) -> float:
                # What holds at the start already does not become true there.
                return 0.5 if (above if t == start else passed(t, x)[0]) else -0.5

            rising.terminal, rising.direction = True, 1.0  # type: ignore[attr-defined]
            if not advance(end, slopes, rising):
                break
            spikes.append(now)
            x = self._after_spike(values, now, x)
            if pause > 0 and now < end:
                advance(min(now + pause, end), lambda t, x: self.free * slopes(t, x))
            elif self.reset and passed(now, x)[0]:
                reached = dict(zip(states, x.tolist(), strict=True))
                limit = f"after {self.population.model.reset!r} the threshold is still passed at {now:g} ms"
                raise ParameterError(f"{self.population.name}.reset", reached, limit)
            above = not self.reset and (pause == 0 or passed(now, x)[0])
        return trace, spikes

    def _peak(self, t: float, x: np.ndarray, slopes: Function, passed: Function) -> bool:
        """Whether the threshold is but a few of the shortest steps away that numbers can express."""
        for _ in range(FEW):
            x = x + SHORTEST * np.spacing(t) * slopes(t, x)
            if passed(t, x)[0]:
                return True
        return False

    def _after_spike(self, values: dict[str, Any], t: float, x: np.ndarray) -> np.ndarray:
        system = self.population.system
        known = values | dict(zip(system.states, x, strict=True)) | {"t": t}
        for state, value in self.reset:
            known[state] = evaluate(value, system.with_needed(value, known))
        return np.array([known[s] for s in system.states])


def _code(system: EquationSystem, *results: ast.expr) -> Callable[[dict[str, Any]], Function]:
    """Formulas as a function of time and states, for given values of everything else."""
    needed = set().union(*(system.ancestors(node) for node in results))
    lines = ["def _function(t, _x):", f"    {', '.join(system.states)}, = _x"]
    lines.append("    t_step = t")
    lines += [f"    {name} = _inputs[{name!r}](t)" for name in system.inputs if name in needed]
    lines += [
        f"    {name} = {_text(system.expressions[name])}" for name in system.subexpressions if name in needed
    ]
    lines.append(f"    return _array([{', '.join(_text(node) for node in results)}])")
    code = compile("\n".join(lines), "<equations>", "exec")

    def function(values: dict[str, Any]) -> Function:
        names = {name: f.numpy for name, f in FUNCTIONS.items()} | values | {"_array": np.array}
        names["_inputs"] = {name: _course(values[name]) for name in system.inputs}
        exec(code, names)
        return names["_function"]  # type: ignore[no-any-return]

    return function


def _of_one(value: Any, neuron: int) -> Any:
    if isinstance(value, Course):
        return value.select(np.array([neuron]))
    return np.float64(value[neuron] if np.ndim(value) else value)


def _course(value: Any) -> Callable[[float], float]:
    """An input of one neuron as a function of the time."""
    if isinstance(value, Course):
        return lambda t: float(value(t)[0])
    return lambda t: value


def _text(node: ast.expr) -> str:
    return ast.unparse(on_arrays(node, ast.Invert()))
