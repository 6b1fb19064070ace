"""What every receptor promises, as a check that anyone can run on a new one."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np

from neurosim.errors import NeurosimError, ParameterError
from neurosim.synapses.conductance import Conductance
from neurosim.synapses.linear_filter import LinearFilter
from neurosim.synapses.receptor import Receptor
from neurosim.units import parse_unit

TIME, RATE = parse_unit("ms").dimension, parse_unit("1/ms").dimension

MODELS = ("LIF", "Lapicque", "HodgkinHuxley")
"""A dimensionless neuron, one in mV and pA, and one in mV and uA/cm2."""

SPIKES = (0.0, 0.7, 0.7, 3.0)
"""ms."""

NEURONS, DT, DURATION = 3, 0.1, 12.0


class ReceptorContractError(NeurosimError, AssertionError):
    """A receptor breaks a promise of receptors; the message says which."""


def check_receptor(receptor: Receptor, *, model: Any = None) -> None:
    """Check that `receptor` keeps what receptors promise.

    Checked are: copy, repr, table and LaTeX work; it fits a neuron, and no neuron of other units without an
    error; a spike changes something, and all stays finite; a parameter given once and one given for each
    neuron agree to round-off; a run in one piece and in several give the same bits; parameters that cannot be
    are refused. Of a filter also: its area and peak are what its normalisation says; used alone it does what
    it does in a network, to round-off; `response` and `apply` are the convolution with `impulse`.

    Parameters
    ----------
    receptor : Receptor
    model : NeuronModel, optional
        A neuron with an input that it fits; by default one of LIF, Lapicque and HodgkinHuxley.

    Raises
    ------
    ReceptorContractError
        Naming the first promise that is broken.
    """
    _check_description(receptor)
    fitting = _fitting_models(receptor, model)
    _check_runs(receptor, fitting[0])
    _check_bad_input(receptor)
    alone = _filter(receptor)
    if alone is not None:
        _check_shape(alone)
        _check_alone(alone)


def _require(holds: Any, receptor: Receptor, promise: str) -> None:
    if not holds:
        raise ReceptorContractError(f"{receptor.name}: {promise}.")


def _check_description(receptor: Receptor) -> None:
    twin = receptor.copy()
    _require(repr(twin) == repr(receptor), receptor, "copy() has the same parameters")
    table, lines = receptor.table(), receptor.latex().splitlines()
    _require(all(lines) and "I &=" in receptor.latex(), receptor, "latex() shows the current")
    for name, parameter in receptor.parameters.items():
        _require(name in table, receptor, f"table() lists {name}")
        more: dict[str, Any] = {name: 1.5 * parameter.value + 0.5}
        less: dict[str, Any] = {name: parameter.value / 1.5}
        try:
            changed = receptor.copy(**more)
        except ParameterError:  # a rise that would be longer than the decay
            changed = receptor.copy(**less)
        _require(changed.parameters[name] != parameter, receptor, f"copy() changes {name}")
        _require(receptor.parameters[name] == parameter, receptor, f"copy() leaves the original's {name}")


def _fitting_models(receptor: Receptor, model: Any) -> list[Any]:
    """The neurons that it fits; a neuron that it does not fit must have been refused."""
    network, neurons = (importlib.import_module(f"neurosim.{room}") for room in ("network", "neurons"))
    reasons, fitting = [], []
    for candidate in [model] if model is not None else [getattr(neurons, name) for name in MODELS]:
        try:
            network.Population(1, candidate, receptors={"r": receptor})
        except NeurosimError as error:
            reasons.append(f"{candidate.name}: {error}")
        else:
            fitting.append(candidate)
    _require(fitting, receptor, "it fits a neuron, but " + "; ".join(reasons))
    return fitting


def _run(receptor: Receptor, model: Any, *pieces: float, **values: Any) -> dict[str, np.ndarray]:
    """Traces of the receptor's states and current, of shape (n_steps, NEURONS), under spikes of weight 1."""
    network = importlib.import_module("neurosim.network")
    neurons = importlib.import_module("neurosim.neurons")
    clock = neurons.NeuronModel("dleft/dt = -1/ms : 1", threshold="left < 0", name="Clock")
    sources = network.Population(len(SPIKES), clock, left=np.array(SPIKES) + DT / 2)
    cells = network.Population(NEURONS, model, receptors={"r": receptor}, **values)
    names = [*cells.system.states, f"{model.input}_r"]
    if isinstance(receptor, Conductance):
        names.append("g_r")
    trace = network.StateMonitor(cells, names)
    weights = importlib.import_module("neurosim.connectivity").Dense(np.ones((len(SPIKES), NEURONS)))
    synapses = network.Projection(sources, cells, weights)
    net = network.Network(sources, cells, synapses, trace, dt=DT, seed=0)
    for duration in pieces:
        net.run(duration)
    return {name: trace[name] for name in names}


def _check_runs(receptor: Receptor, model: Any) -> None:
    whole = _run(receptor, model, DURATION)
    parts = _run(receptor, model, DT, 3.0, 0.0, DURATION - 3.0 - DT)
    arrays = {f"{name}_r": np.full(NEURONS, p.value) for name, p in receptor.parameters.items()}
    each = _run(receptor, model, DURATION, **arrays)
    _require(any(np.ptp(trace) > 0 for trace in whole.values()), receptor, "a spike changes something")
    for name, trace in whole.items():
        _require(np.isfinite(trace).all(), receptor, f"{name} stays finite")
        _require(np.array_equal(trace, parts[name]), receptor, f"{name} is the same after runs in pieces")
        largest = np.abs(trace).max()
        same = np.allclose(trace, each[name], rtol=1e-9, atol=1e-12 * largest)
        _require(same, receptor, f"{name} is the same for one parameter and for one a neuron")
    alone = _filter(receptor)
    if alone is not None:
        found = whole["g_r" if isinstance(receptor, Conductance) else f"{model.input}_r"][:, 0]
        # A spike of step k is there at the beginning of step k + 1.
        arrivals = (np.rint(np.array(SPIKES) / DT) + 1) * DT
        expected = alone.response(arrivals, np.arange(len(found)) * DT)
        same = np.allclose(found, expected, rtol=0, atol=1e-12 * np.abs(expected).max())
        _require(same, receptor, "a network does what response() says, to round-off")


def _filter(receptor: Receptor) -> LinearFilter | None:
    alone = receptor.filter if isinstance(receptor, Conductance) else receptor
    return alone if isinstance(alone, LinearFilter) else None


def _check_shape(alone: LinearFilter) -> None:
    """Area and peak, on a grid as fine as the fastest rise and as long as the slowest decay."""
    times = [p.value for p in alone.parameters.values() if parse_unit(p.unit).dimension == TIME]
    rates = [p.value for p in alone.parameters.values() if parse_unit(p.unit).dimension == RATE]
    scale = times + [1 / rate for rate in rates if rate]
    t = np.concatenate([[0.0], np.geomspace(1e-6 * min(scale), 300 * max(scale), 200_001)])
    h = alone.impulse(t)
    _require(alone.impulse(-t[1:]).max() == 0, alone, "nothing happens before the spike")
    # Simpson's rule on each interval.
    middle = alone.impulse((t[1:] + t[:-1]) / 2)
    area = np.concatenate([[0.0], np.cumsum(np.diff(t) * (h[:-1] + 4 * middle + h[1:]) / 6)])
    same = np.allclose(alone.step(t), area, rtol=0, atol=1e-9 * np.abs(area).max())
    _require(same, alone, "step() is the integral of impulse()")
    normalize = getattr(alone, "normalize", "")
    if normalize == "area":
        gain = alone.parameters["gain"].value
        _require(np.isclose(alone.step(t[-1]), gain, rtol=1e-10, atol=0), alone, "its area is its gain")
    if normalize == "peak":
        gain, k = alone.parameters["gain"].value, int(np.abs(h).argmax())
        peak = alone.impulse(np.linspace(t[max(k - 1, 0)], t[k + 1], 2001)) / gain
        _require(abs(peak.max() - 1) < 1e-10, alone, "its peak is its gain")


def _check_alone(alone: LinearFilter) -> None:
    rng = np.random.default_rng(0)
    spikes, weights = rng.uniform(0, 50, 40), rng.normal(size=40)
    t = np.linspace(-1.0, 60.0, 500)
    expected = alone.impulse(t[:, None] - spikes) @ weights
    found = alone.response(spikes, t, weights)
    tolerance = 1e-12 * np.abs(alone.impulse(t)).max() * np.abs(weights).sum()
    _require(np.allclose(found, expected, rtol=0, atol=tolerance), alone, "response() is the sum of impulses")
    signal = rng.normal(size=(200, 2))
    kernel = np.diff(alone.step(0.5 * np.arange(200)), prepend=0.0)
    direct = np.stack([np.convolve(kernel, channel)[:200] for channel in signal.T], axis=1)
    tolerance = 1e-12 * np.abs(kernel).sum() * np.abs(signal).max()
    filtered = alone.apply(signal, 0.5)
    _require(np.allclose(filtered, direct, rtol=0, atol=tolerance), alone, "apply() is the convolution")
    _require(np.array_equal(alone.apply(signal[:, 0], "0.5 ms").shape, (200,)), alone, "apply() keeps shapes")


def _check_bad_input(receptor: Receptor) -> None:
    before = dict(receptor.parameters)
    attempts: list[tuple[str, Any]] = [("no_such_name", 1.0)]
    for name, parameter in before.items():
        dimension = parse_unit(parameter.unit).dimension
        other = "mV" if dimension != parse_unit("mV").dimension else "ms"
        attempts += [(name, bad) for bad in (float("nan"), np.inf, f"1 {other}", "many", True, [1.0, 2.0])]
        if dimension in (TIME, RATE):
            attempts.append((name, -1.0))
    for name, bad in attempts:
        try:
            receptor.copy(**{name: bad})
        except NeurosimError:
            continue
        raise ReceptorContractError(f"{receptor.name}: {name} = {bad!r} is refused.")
    _require(receptor.parameters == before, receptor, "bad input leaves the parameters as they were")
