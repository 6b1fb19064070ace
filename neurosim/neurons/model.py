"""A neuron model is its equations: text in the notation of the paper, with units."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from neurosim.description import Described
from neurosim.equations.names import TIMES
from neurosim.equations.parameter import (
    Parameter,
    changed_parameters,
    parameter_table,
    read_parameters,
    with_product,
)
from neurosim.equations.system import EquationSystem
from neurosim.errors import ParameterError
from neurosim.neurons.closed_form import ClosedFormCurve
from neurosim.neurons.signal import Signal
from neurosim.neurons.start import start_formulas, start_values
from neurosim.units import UNITS, Unit, parse_unit

if TYPE_CHECKING:
    import numpy as np


class NeuronModel(Described):
    """A model of a neuron, or of a rate unit.

    A model describes. It knows the rooms that bring it to life, integrators and engines, by name only.

    Parameters
    ----------
    equations : str
        Differential equations, sub-expressions and inputs, one a line::

            dv/dt = (v_in - v)/tau_m + sigma*sqrt(2/tau_m)*xi : 1 (unless refractory)
            v_in : 1 (input)

        ``t`` is the time in ms, ``t_step`` that at the beginning of the step; ``xi`` and ``xi_<name>`` are
        independent white noise, in ms**-0.5.

    parameters : mapping, optional
        Name to ``Parameter(value, unit, meaning)``, ``(value, unit, meaning)``, ``"20 ms"`` or a bare
        dimensionless number.
    threshold : str, optional
        Condition for a spike, such as ``"v > 1"``. The time ``t`` in it, and in the reset, is the one that
        the spike is recorded with. With a `reset` it is tested at every step; without one a
        spike is counted when the condition becomes true.
    reset : str, optional
        Statements carried out after a spike: ``"v = 0"``, ``"v = c; u += d"``.
    refractory : str, optional
        Time after a spike, ``"2 ms"`` or an expression of parameters in ms, for which states marked
        ``(unless refractory)`` stand still and no spike is possible. It becomes a whole number of steps, the
        nearest one.
    initial : mapping of str to str or float, optional
        Start values: numbers in the state's unit, or expressions of parameters and of states, inputs
        counting as 0; 0 where none is given. They are worked out in this order, so that a formula may use
        the states before it; a state that the user of a population sets counts with his value everywhere.
    output : str, optional
        For a unit without spikes: what projections pass on continuously, its firing rate as a rule. A name
        has the unit of its variable, ``"tanh(u) : 1"`` the unit behind the colon, and another expression is
        in Hz.
    rate : str, optional
        Closed form of the steady firing rate as a function of the input, or of the steady output where that
        is not a rate. Models without one are measured.
    integrator : str, optional
        Default integrator; by default ``exact`` if all equations are linear and without noise, else
        ``exponential_euler``, which understands noise in the sense of Ito. ``heun`` understands it in the
        sense of Stratonovich; for additive noise the two agree.
    name : str, optional
    reference : str, optional
        The paper, as a DOI.

    Raises
    ------
    EquationError
        If the text has a mistake: unknown name, wrong dimension, circular definition, missing unit, bad
        syntax. The message shows the line, with a caret.
    ParameterError, UnitError
        If a parameter has no usable name, value or unit, or the integrator is unknown.

    Examples
    --------
    >>> leaky = NeuronModel(
    ...     '''
    ...     dv/dt = (I - v)/tau : 1
    ...     I : 1 (input)
    ...     ''',
    ...     parameters={"tau": "10 ms"},
    ...     threshold="v > 1",
    ...     reset="v = 0",
    ... )
    >>> leaky.system.states
    ('v',)
    """

    def __init__(
        self,
        equations: str,
        *,
        parameters: Mapping[str, Any] | None = None,
        threshold: str | None = None,
        reset: str | None = None,
        refractory: str | None = None,
        initial: Mapping[str, str | float] | None = None,
        output: str | None = None,
        rate: str | None = None,
        integrator: str | None = None,
        name: str = "NeuronModel",
        reference: str = "",
    ) -> None:
        if not isinstance(equations, str) or not equations.strip():
            raise ParameterError(f"{name}.equations", equations, "must be text with at least one equation")
        texts = {
            "threshold": threshold,
            "reset": reset,
            "refractory": refractory,
            "output": output,
            "rate": rate,
        }
        for key, text in texts.items():
            if text is not None and not isinstance(text, str):
                remedy = "A time is '2*ms', or the name of a parameter." if key == "refractory" else ""
                raise ParameterError(f"{name}.{key}", text, "must be text", remedy)
        self.name = name
        self.equations = equations
        self.parameters: dict[str, Parameter] = read_parameters(parameters or {}, name)
        self.threshold, self.reset = threshold, reset
        self.refractory = None if refractory is None else with_product(refractory)
        self.output, self.rate_formula = output, rate
        self.integrator = integrator
        self.reference = reference
        units = {key: parse_unit(p.unit) for key, p in self.parameters.items()}
        self.system = EquationSystem.parse(equations, units)
        self.signal = None if output is None else Signal.read(output, self.system, f"{name}.output")
        self.initial = start_formulas(initial or {}, self.system, f"{self.name}.initial")
        self._check()

    @property
    def rate_signal(self) -> Signal | None:
        """The output, if it is a rate, which receptors of spikes can take."""
        return self.signal if self.signal is not None and self.signal.is_rate else None

    @property
    def _rate_unit(self) -> Unit:
        return UNITS["Hz"] if self.signal is None or self.signal.is_rate else self.signal.unit

    def _check(self) -> None:
        system = self.system
        if self.integrator is not None:
            check = importlib.import_module("neurosim.integrators").check_integrator
            check(self.integrator, f"{self.name}.integrator", system)
        if self.threshold is not None:
            system.condition(self.threshold)
        elif self.reset is not None or self.refractory is not None:
            limit = "a reset or a refractory time needs a threshold"
            raise ParameterError(f"{self.name}.threshold", None, limit)
        if self.reset is not None:
            system.statements(self.reset)
        self._check_refractory()
        if self.rate_formula is not None:
            system.quantity(self.rate_formula, self._rate_unit)

    def _check_refractory(self) -> None:
        system, where = self.system, f"{self.name}.refractory"
        if self.refractory is None:
            if system.held:
                held = ", ".join(sorted(system.held))
                raise ParameterError(where, None, f"{held} is held 'unless refractory' but no time is given")
            return
        tree = system.quantity(self.refractory, UNITS["ms"])
        varying = {*system.states, *system.subexpressions, *system.inputs, *TIMES} & system.ancestors(tree)
        if varying:
            raise ParameterError(where, self.refractory, f"must not depend on {', '.join(sorted(varying))}")

    def __repr__(self) -> str:
        values = ", ".join(f"{k}={p.value:g} {p.unit}".removesuffix(" 1") for k, p in self.parameters.items())
        return f"{self.name}({', '.join(self.system.states) or 'no states'}; {values})"

    def table(self) -> str:
        """The parameters as text: name, default, unit and meaning, a line each."""
        return parameter_table(self.parameters)

    def copy(self, *, name: str | None = None, **changed: Any) -> NeuronModel:
        """The same model with other parameter values.

        Parameters
        ----------
        name : str, optional
        **changed : float, str or quantity
            New defaults; a bare number is in the unit the parameter has.

        Raises
        ------
        ParameterError
            If a name is not a parameter of the model.
        UnitError
            If a unit does not fit.
        """
        parameters = changed_parameters(self.parameters, changed, self.name)
        arguments = self.description() | {"parameters": parameters, "name": name or self.name}
        return NeuronModel(**arguments)

    def description(self) -> dict[str, Any]:
        """Arguments of `NeuronModel` that make a model like this."""
        return {
            "equations": self.equations,
            "parameters": self.parameters,
            "threshold": self.threshold,
            "reset": self.reset,
            "refractory": self.refractory,
            "initial": self.initial,
            "output": self.output,
            "rate": self.rate_formula,
            "integrator": self.integrator,
            "name": self.name,
            "reference": self.reference,
        }

    @classmethod
    def from_description(cls, **description: Any) -> Self:
        """Make a model from what `description` returned."""
        model = cls.__new__(cls)
        NeuronModel.__init__(model, **description)
        return model

    def values(self, **given: Any) -> dict[str, Any]:
        """Parameters, derived ones included, in coherent units; `given` (coherent) replaces defaults."""
        plain = {k: p.value * parse_unit(p.unit).scale for k, p in self.parameters.items()}
        return self.system.with_derived(plain | given)

    def start(self, values: Mapping[str, Any], given: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Start values of the states.

        Parameters
        ----------
        values : mapping of str to float or ndarray
            Parameters, in coherent units; arrays broadcast.
        given : mapping of str to float or ndarray, optional
            States that the user has set, in coherent units: they keep these values, and the formulas of the
            others use them. HodgkinHuxley's gates start at the steady state of the `v` that is given.

        Returns
        -------
        dict of str to float or ndarray
            In coherent units.
        """
        return start_values(self.initial, self.system, values, given or {})

    @property
    def input(self) -> str:
        """Name of the input that synapses and currents feed: the first, and usually the only one.

        Raises
        ------
        ParameterError
            If the model has no input.
        """
        if not self.system.inputs:
            remedy = "Add a line 'I : unit (input)'."
            raise ParameterError(f"{self.name}.input", None, "the model has no input", remedy)
        return self.system.inputs[0]

    def rate(self, drive: Any) -> np.ndarray:
        """Steady firing rate under a constant input.

        Parameters
        ----------
        drive : array_like
            Value of the input, in its unit.

        Returns
        -------
        ndarray, shape of `drive`
            In Hz, or in the unit of an output that is not a rate: the closed form where the model has one.
            Otherwise up to 2000 distinct inputs are measured themselves, each by a run of 200 ms to settle
            and 1000 ms to count; of more inputs, 2000 spread evenly over their range are measured and the
            others interpolated, but never between a silent and a firing point: there the nearer one counts.

        Raises
        ------
        ParameterError
            If the model neither spikes nor has a closed form.
        UnitError
            If the drive has a unit that does not fit.
        """
        if self.rate_formula is not None:
            return self._closed_form.rate(drive)
        return self._measured.rate(self, drive)  # type: ignore[no-any-return]

    def rate_derivative(self, drive: Any) -> np.ndarray:
        """Derivative of `rate` by the input.

        Parameters
        ----------
        drive : array_like
            Value of the input, in its unit.

        Returns
        -------
        ndarray, shape of `drive`
            In the unit of `rate` per unit of the input: the derivative of the closed form where the model has
            one. Otherwise a central difference of measured rates over a hundredth of the drive to either side
            (of 1 unit, where the drive is smaller), whatever the other drives are; where the neuron falls
            silent on one side, the difference to the other. It holds 1 %, and 0.1 % for linear equations, but
            for the inputs next to the onset of firing, where the curve bends within a hundredth; and about
            15 % where a spike runs off within a step of 0.025 ms, as that of `ExponentialIF`.
            With more than 666 distinct drives the rates are interpolated as in `rate`.

        Raises
        ------
        ParameterError, UnitError
            As `rate` does.
        """
        if self.rate_formula is not None:
            return self._closed_form.rate_derivative(drive)
        return self._measured.slope(self, drive)  # type: ignore[no-any-return]

    @property
    def _measured(self) -> Any:
        return importlib.import_module("neurosim.engines.tuning_curve")

    @cached_property
    def _closed_form(self) -> ClosedFormCurve:
        return ClosedFormCurve(self, self.rate_formula or "", self._rate_unit)

    def steady_state(self, drive: float = 0.0) -> dict[str, float]:
        """Fixed point of the equations under a constant input, without spikes.

        Parameters
        ----------
        drive : float, default 0
            Value of the input, in its unit.

        Returns
        -------
        dict of str to float
            Value of each state, in its unit.

        Raises
        ------
        ParameterError
            If the drive is not one number, or no fixed point is found from the start values, nor from where
            the equations lead from there in 200 ms.
        """
        from neurosim.neurons.fixed_point import fixed_point

        return fixed_point(self, drive)

    def latex(self) -> str:
        """The equations, threshold, reset and refractory time in LaTeX, an ``align*`` environment."""
        from neurosim.equations.latex import latex

        return latex(
            self.system,
            threshold=self.threshold,
            reset=self.reset,
            refractory=self.refractory,
            output=None if self.signal is None else self.signal.node(self.system),
        )

    def _repr_latex_(self) -> str:
        return self.latex()

    def source(self, integrator: str | None = None) -> str:
        """Source of the kernel generated for this model.

        Parameters
        ----------
        integrator : str, optional
            By default the model's own.
        """
        text: str = importlib.import_module("neurosim.engines.native").kernel_text(self, integrator)
        return text
