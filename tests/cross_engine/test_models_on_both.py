"""Neuron models, integrators and noise: the same states and spikes on Brian2."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import neurosim.neurons
from neurosim import (
    Channel,
    Gate,
    Network,
    NeuronModel,
    Population,
    SpikeMonitor,
    StateMonitor,
    point_neuron,
)
from neurosim.integrators import INTEGRATORS

DRIVES = {
    **{"LIF": 1.5, "Lapicque": 500.0, "AdEx": 600.0, "HodgkinHuxley": 10.0, "Izhikevich": 10.0},
    **{"QuadraticIF": 500.0, "AdaptiveLIF": 500.0, "ExponentialIF": 500.0, "MihalasNiebur": 2.0},
}
QUICK = ("LIF", "AdEx", "HodgkinHuxley", "Izhikevich", "MihalasNiebur", "WilsonCowan")
MODELS = {
    k: m for k in neurosim.neurons.__all__ if isinstance(m := getattr(neurosim.neurons, k), NeuronModel)
}


def recorded(model: NeuronModel, *, dt: float = 0.025, n: int = 4, **values: Any) -> Network:
    cells = Population(n, model, name="cells", **values)
    monitors: list[Any] = [StateMonitor(cells, list(cells.system.states))] if cells.system.states else []
    if model.threshold is not None:
        monitors.append(SpikeMonitor(cells))
    return Network(cells, *monitors, dt=dt, seed=1)


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=[] if n in QUICK else [pytest.mark.slow]) for n in MODELS]
)
def test_every_model(pair: Any, name: str) -> None:
    model = MODELS[name]
    drive = {model.input: DRIVES.get(name, 3.0) * np.linspace(0.8, 1.2, 4)} if model.system.inputs else {}
    pair.run(lambda: recorded(model, **drive), 40)
    pair.assert_same_spikes()
    assert pair.difference() < 1e-9
    assert name not in DRIVES or pair.n_spikes > 1


BENT = NeuronModel(
    """
    dv/dt = (I - v + 0.3*clip(v, -2*mV, 2*mV)**2/mV - w)/tau : mV
    dw/dt = (where(v > 1*mV, v, 0.5*v) - w)/(3*ms) + 0.1*mV*sin(2*t/ms)/ms : mV
    I : mV (input)
    """,
    parameters={"tau": "5 ms"},
    threshold="v > 4*mV",
    reset="v = -1*mV; w += 0.5*mV",
    name="Bent",
)


@pytest.mark.parametrize("integrator", [i for i in INTEGRATORS if i != "exact"])
def test_every_integrator(pair: Any, integrator: str) -> None:
    pair.run(lambda: recorded(BENT, integrator=integrator, dt=0.1, I=[2.0, 5.0, 9.0, 15.0]), 60)
    assert pair.n_spikes > 10
    pair.assert_same_spikes()
    assert pair.difference() < 1e-11


def test_an_exact_step_with_parameters_that_differ_and_equal_time_constants(pair: Any) -> None:
    model = NeuronModel(
        """
        dv/dt = (I + x - v)/tau_m : mV (unless refractory)
        dx/dt = (v - x)/tau_x     : mV
        I : mV (input)
        """,
        parameters={"tau_m": "10 ms", "tau_x": "10 ms", "tau_ref": "1.2 ms"},
        threshold="v > 8*mV",
        reset="v = 0*mV",
        refractory="tau_ref",
    )
    values: dict[str, Any] = {"I": [2.0, 6.0, 9.0, 12.0], "tau_ref": [0.0, 0.7, 1.2, 2.0]}
    pair.run(lambda: recorded(model, dt=0.1, tau_x=[5.0, 10.0, 10.0, 20.0], **values), 80)
    assert pair.n_spikes > 5
    pair.assert_same_spikes()
    assert pair.difference() < 1e-12


def test_a_neuron_put_together_from_channels(pair: Any) -> None:
    opening, closing = "1/exprel(-(v + 40*mV)/(10*mV))/ms", "4*exp(-(v + 65*mV)/(18*mV))/ms"
    rising, falling = "0.07*exp(-(v + 65*mV)/(20*mV))/ms", "1/(1 + exp(-(v + 35*mV)/(10*mV)))/ms"
    gates = [Gate("m", alpha=opening, beta=closing, power=3), Gate("h", alpha=rising, beta=falling)]
    half = "1/(1 + exp(-(v + 35*mV)/(10*mV)))"
    channels = [
        Channel("Na", "120 mS/cm2", "50 mV", gates),
        Channel("K", "36 mS/cm2", "-77 mV", [Gate("n", steady_state=half, time_constant="3*ms", power=4)]),
        Channel("L", "0.3 mS/cm2", "-54.4 mV"),
    ]
    model = point_neuron(channels, C_m="1 uF/cm2")
    pair.run(lambda: recorded(model, I=[0.0, 5.0, 10.0, 20.0]), 20)
    assert pair.n_spikes > 3
    pair.assert_same_spikes()
    assert pair.difference() < 1e-11


def test_the_time_in_every_text(pair: Any) -> None:
    model = NeuronModel(
        """
        dv/dt = (2 - v)/(10*ms) + 0.1*sin(t/ms)/ms*int(t_step > 3*ms) : 1
        """,
        threshold="v > 1 + 0.01*t_step/ms",
        reset="v = 0.01*t/ms",
    )
    pair.run(lambda: recorded(model, v=[0.0, 0.3, 0.6, 0.9], dt=0.1), 60)
    assert pair.n_spikes > 10
    pair.assert_same_spikes()
    assert pair.difference() < 1e-12


@pytest.mark.parametrize("integrator", ["exponential_euler", "milstein"])
def test_noise_has_the_same_law(engine: str, integrator: str) -> None:
    model = NeuronModel(
        "dv/dt = -v/tau + push : 1 \n push = sigma*sqrt(2/tau)*xi : 1/ms",
        parameters={"tau": "5 ms", "sigma": 0.5},
        name="OrnsteinUhlenbeck",
    )
    cells = Population(2000, model, integrator=integrator)
    v = StateMonitor(cells, "v", dt=10)
    network = Network(cells, v, seed=7)
    network.run(20, engine=engine)
    network.run(20.1)
    if integrator == "exponential_euler":  # its law is exact at every time step
        expected = 0.25 * (1 - np.exp(-2 * v.t / 5))
    else:
        factor = (1 - 0.1 / 5) ** 2
        expected = 2 * 0.25 * 0.1 / 5 * (1 - factor ** (v.t / 0.1)) / (1 - factor)
    spread = expected * np.sqrt(2 / 2000)
    assert np.all(np.abs(v["v"].var(axis=1) - expected) <= 4 * spread)
    assert np.all(np.abs(v["v"].mean(axis=1)) <= 4 * np.sqrt(expected / 2000))
    lag = np.corrcoef(v["v"][2], v["v"][3])[0, 1]
    assert abs(lag - np.exp(-2)) < 4 / np.sqrt(2000)
