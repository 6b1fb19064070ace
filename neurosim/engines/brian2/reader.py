"""A NeuronGroup of Brian2 as a neuron model."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from neurosim.engines.brian2.equations import STEP_TIME
from neurosim.engines.brian2.language import package
from neurosim.equations.expression import expression, names_in, substituted
from neurosim.equations.functions import FUNCTIONS
from neurosim.equations.names import is_noise
from neurosim.errors import ParameterError
from neurosim.neurons.model import NeuronModel
from neurosim.units import UNITS, Unit, parse_unit, plain_unit, read_quantity

NATIVE = {
    **{name: name for name in ("exponential_euler", "rk2", "rk4", "milstein", "exact")},
    **{"linear": "exact", "euler": "euler", "heun": "heun"},
}
"""Brian2's methods and the integrators with the same meaning."""

NUMBERS = {"pi": math.pi, "e": math.e, "inf": math.inf}
UNKNOWN = ("dt", "i", "N", "lastspike", "not_refractory", "t_in_timesteps")
"""Names that Brian2 knows, and a model here does not."""


def from_brian2(
    group: Any, *, inputs: Iterable[str] = (), namespace: Mapping[str, Any] | None = None
) -> NeuronModel:
    """Make a neuron model of the equations of a NeuronGroup of Brian2.

    Parameters
    ----------
    group : brian2.NeuronGroup
        Its equations, threshold, reset, refractory time, method and the parameters they use are taken over. A
        state that has the same value in all neurons starts from it; others start at 0, so give them to the
        population.
    inputs : iterable of str, optional
        Parameters of the equations that become inputs, which currents and synapses feed; the first is the one
        synapses feed.
    namespace : mapping of str to quantity, optional
        Constants that the equations use; by default those of the group, and beside them the variables where
        this function is called, as in Brian2.

    Returns
    -------
    NeuronModel
        Constants and parameters become its parameters. Brian2 lets a neuron go on one step earlier, so that
        its refractory time is that of the group less one time step; spikes are then the same.

    Raises
    ------
    ParameterError
        If something has no counterpart, or a parameter differs between neurons; it is named.
    ImportError
        If Brian2 is not installed.

    Examples
    --------
    >>> group = brian2.NeuronGroup(  # doctest: +SKIP
    ...     5, "dv/dt = (I - v)/tau : 1 \\n I : 1", threshold="v > 1", reset="v = 0", method="exact"
    ... )
    >>> model = from_brian2(group, inputs=["I"], namespace={"tau": 10 * brian2.ms})  # doctest: +SKIP
    """
    brian2 = package()
    if not isinstance(group, brian2.NeuronGroup):
        raise ParameterError("from_brian2.group", group, "must be a NeuronGroup of Brian2")
    from brian2.core.namespace import get_local_namespace

    around = get_local_namespace(level=1) if namespace is None else dict(namespace)
    return _Reader(group, tuple(inputs), around | dict(group.namespace or {})).model()


class _Reader:
    def __init__(self, group: Any, inputs: tuple[str, ...], namespace: Mapping[str, Any]) -> None:
        self.group, self.inputs, self.namespace = group, inputs, namespace
        self.equations = group.user_equations
        self.parameters: dict[str, Any] = {}
        texts = [e.expr.code for e in self.equations.values() if e.expr is not None]
        texts += [*group.events.values(), *group.event_codes.values(), group._refractory]
        self.used = set(re.findall(r"\w+", " ".join(str(text) for text in texts)))
        for name in inputs:
            if name not in self.equations or self.equations[name].type != "parameter":
                names = sorted(self.equations.parameter_names)
                limit = f"is not a parameter of the equations; there are {', '.join(names) or 'none'}"
                raise ParameterError("from_brian2.inputs", name, limit)

    def model(self) -> NeuronModel:
        group = self.group
        lines = [line for e in self.equations.values() if (line := self._line(e))]
        if len(group.events) > 1:
            other = next(name for name in group.events if name != "spike")
            raise self._fault("events", other, "is an event that is not a spike", "Leave it out.")
        threshold = group.events.get("spike")
        reset = group.event_codes.get("spike", "").strip() or None
        refractory = self._refractory(threshold, reset)
        return NeuronModel(
            "\n".join(lines),
            threshold=None if threshold is None else self._text(threshold, "threshold"),
            reset=None if reset is None else self._statements(reset),
            refractory=refractory,
            initial=self._initial(),
            parameters=self.parameters,
            integrator=self._integrator(),
            name=group.name,
        )

    def _fault(self, attribute: str, value: Any, limit: str, remedy: str = "") -> ParameterError:
        return ParameterError(f"{self.group.name}.{attribute}", value, limit, remedy)

    def _line(self, e: Any) -> str:
        """One equation; empty for a parameter, which is noted instead, and for what models know by itself."""
        if e.varname == "t_step" and str(e.expr) == STEP_TIME:
            return ""
        where = f"equations[{e.varname!r}]"
        if e.var_type != "float":
            raise self._fault(where, e.var_type, "is a type that has no counterpart", "Use a number.")
        if "constant over dt" in e.flags:
            raise self._fault(where, "constant over dt", "is a flag that has no counterpart", "Leave it out.")
        unit = self._unit(e.varname)
        if e.type == "parameter":
            if e.varname in self.inputs:
                return f"{e.varname} : {unit} (input)"
            if e.varname not in self.used:
                return ""
            values = np.unique(np.asarray(self.group.variables[e.varname].get_value()))
            if values.size != 1:
                limit = "differs between neurons, and a model has one value"
                remedy = "Make it equal, and give the array to the Population."
                raise self._fault(e.varname, values, limit, remedy)
            self.parameters[e.varname] = (self._coherent(e.varname, float(values[0])), unit)
            return ""
        text = self._text(e.expr.code, where)
        left = f"d{e.varname}/dt" if e.type == "differential equation" else e.varname
        flag = " (unless refractory)" if "unless refractory" in e.flags else ""
        return f"{left} = {text} : {unit}{flag}"

    def _unit(self, name: str) -> str:
        return plain_unit(_unit_of(self.group.variables[name].dim).dimension).name

    def _coherent(self, name: str, value: float) -> float:
        """A number of Brian2, in SI, in the unit that the variable gets."""
        decades = _unit_of(self.group.variables[name].dim).decades - parse_unit(self._unit(name)).decades
        return float(value * 10.0**decades)

    def _text(self, text: str, where: str) -> str:
        """An expression of Brian2 in the language of models; constants in it become parameters."""
        from brian2.core.namespace import DEFAULT_UNITS

        node = expression(" ".join(text.split()))
        called = [
            n.func.id for n in ast.walk(node) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
        ]
        for function in called:
            if function not in FUNCTIONS:
                limit = f"calls {function}(), which a model does not know"
                raise self._fault(where, text, limit, f"There are {', '.join(FUNCTIONS)}.")
        replaced: dict[str, ast.expr] = {}
        for name in sorted(names_in(node) - set(self.equations) - {"t"}):
            if is_noise(name):
                continue
            if name in DEFAULT_UNITS and self.namespace.get(name, DEFAULT_UNITS[name]) is DEFAULT_UNITS[name]:
                if name not in UNITS:
                    replaced[name] = _unit_of_brian(name)
            elif name in self.namespace:
                self._note_constant(name, where)
            elif name in UNKNOWN:
                raise self._fault(where, text, f"uses {name}, which a model does not know")
            elif name in NUMBERS:
                replaced[name] = ast.Constant(NUMBERS[name])
            else:
                limit = f"uses {name}, which stands neither in the equations nor in the namespace"
                raise self._fault(where, text, limit, f"Pass namespace={{'{name}': ...}}.")
        return ast.unparse(substituted(node, replaced))

    def _statements(self, reset: str) -> str:
        """A reset, statement by statement."""
        parts = []
        target: ast.expr
        for statement in ast.parse("\n".join(line.strip() for line in reset.splitlines())).body:
            if isinstance(statement, ast.AugAssign):
                operator = type(statement.op).__name__
                sign = {"Add": "+", "Sub": "-", "Mult": "*", "Div": "/"}.get(operator, "")
                target, value = statement.target, statement.value
            elif isinstance(statement, ast.Assign) and len(statement.targets) == 1:
                sign, target, value = "", statement.targets[0], statement.value
            else:
                raise self._fault("reset", reset, "holds a statement that is not an assignment")
            parts.append(f"{ast.unparse(target)} {sign}= {self._text(ast.unparse(value), 'reset')}")
        return "; ".join(parts)

    def _note_constant(self, name: str, where: str) -> None:
        value = self.namespace[name]
        if callable(value) and not hasattr(value, "dim"):
            raise self._fault(where, name, "is a function of Brian2, which a model cannot call")
        number = np.asarray(value)
        if number.size != 1:
            raise self._fault(where, name, "is an array, and a model has one value")
        if not hasattr(value, "dim"):
            self.parameters[name] = float(number)
            return
        self.parameters[name] = value

    def _refractory(self, threshold: str | None, reset: str | None) -> str | None:
        given = self.group._refractory
        if threshold is None:
            return None
        if given is False:
            if reset is None:
                limit = "has neither reset nor refractory time: Brian2 counts a spike in every step above it"
                raise self._fault("threshold", threshold, limit, "Give refractory=threshold.")
            return None
        step = f"{float(self.group.clock.dt_) * 1000.0!r}*ms"
        if isinstance(given, str):
            if reset is None and "".join(given.split()) == "".join(threshold.split()):
                return None  # a spike is the condition becoming true
            try:
                time = self._text(given, "refractory")
                first = ast.parse(time, mode="eval").body
            except SyntaxError:
                first = ast.Compare(ast.Constant(0), [], [])
            if any(isinstance(n, ast.Compare | ast.BoolOp) for n in ast.walk(first)):
                limit = "is a condition other than the threshold"
                raise self._fault("refractory", given, limit, "Use a time.")
        else:
            time = f"{float(given) * 1000.0!r}*ms"
        held = any("unless refractory" in e.flags for e in self.equations.values())
        return f"maximum({time} - {step}, 0*ms)" if held else time

    def _initial(self) -> dict[str, float]:
        found = {}
        for name in self.equations.diff_eq_names:
            values = np.unique(np.asarray(self.group.variables[name].get_value()))
            if values.size == 1 and values[0] != 0:
                found[name] = self._coherent(name, float(values[0]))
        return found

    def _integrator(self) -> str | None:
        method = self.group.method_choice
        name = NATIVE.get(method) if isinstance(method, str) else None
        if self.equations.is_stochastic:
            return {"euler": "euler_maruyama", "exact": None}.get(name or "", name)
        # Without noise, Brian2's method of Heun is that of Euler.
        return "euler" if name == "heun" else name


def _unit_of(dimension: Any) -> Unit:
    """The SI unit of a dimension of Brian2."""
    quantity = package().Quantity(1.0, dim=dimension)
    return read_quantity(quantity, "")[1] if hasattr(quantity, "dim") else UNITS["1"]


def _unit_of_brian(name: str) -> ast.expr:
    """A unit that only Brian2 has a name for, as a number times ours."""
    from brian2.core.namespace import DEFAULT_UNITS

    size, unit = read_quantity(DEFAULT_UNITS[name], name)
    own = plain_unit(unit.dimension)
    return expression(f"{float(size) * 10.0 ** (unit.decades - own.decades)!r}*({own.name})")
