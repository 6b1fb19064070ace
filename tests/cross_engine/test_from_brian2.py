"""Models written for Brian2 move over, and give the same spikes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from neurosim import AdEx, HodgkinHuxley, Network, Population, SpikeMonitor, StateMonitor, from_brian2
from neurosim.errors import ParameterError

brian2 = pytest.importorskip("brian2")
N, DT = 5, 0.1


@pytest.fixture(autouse=True)
def numpy_target(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(brian2.prefs, "codegen.target", "numpy")


def adaptive(**changes: Any) -> Any:
    given = {
        "model": """
            dv/dt = (leak + g_leak*sharp*exp((v - V_T)/sharp) - w + I)/C : volt (unless refractory)
            leak = g_leak*(E_L - v) : amp
            dw/dt = (a*(v - E_L) - w)/tau_w : amp
            excess = v - E_L : volt
            I : amp
            tau_w : second (constant)
            """,
        "threshold": "v > 0*mV",
        "reset": """v = -58*mvolt
                    w += 0.08*nA""",
        "refractory": 2 * brian2.ms,
        "method": "euler",
        "dt": DT * brian2.ms,
        "name": "adaptive",
    }
    return brian2.NeuronGroup(N, **(given | changes))


CONSTANTS = {
    "g_leak": 30 * brian2.nS,
    "E_L": -70 * brian2.mV,
    "V_T": -50 * brian2.mV,
    "sharp": 2 * brian2.mV,
    "C": 281 * brian2.pF,
    "a": 4 * brian2.nS,
}


def test_an_adaptive_neuron_with_the_constants_around_it() -> None:
    group = adaptive(namespace=CONSTANTS)
    group.v, group.tau_w = -70 * brian2.mV, 144 * brian2.ms
    current = np.linspace(0.5, 1.2, N)
    model = from_brian2(group, inputs=["I"])
    assert {k: (p.value, p.unit) for k, p in model.parameters.items()} == {
        **{"tau_w": (pytest.approx(144.0), "ms"), "g_leak": (pytest.approx(30.0), "nS")},
        **{"E_L": (pytest.approx(-70.0), "mV"), "V_T": (pytest.approx(-50.0), "mV")},
        **{"sharp": (pytest.approx(2.0), "mV"), "C": (pytest.approx(281.0), "pF")},
        "a": (pytest.approx(4.0), "nS"),
    }
    assert (model.integrator, model.system.inputs) == ("euler", ("I",))

    cells = Population(N, model, I=current * brian2.nA)
    spikes, v = SpikeMonitor(cells), StateMonitor(cells, ["v", "excess"])
    Network(cells, spikes, v, dt=DT).run(200)

    group.I = current * brian2.nA
    theirs, their_v = brian2.SpikeMonitor(group), brian2.StateMonitor(group, ["v", "excess"], record=True)
    brian2.Network(group, theirs, their_v).run(200 * brian2.ms)
    assert len(spikes) > 20
    their_steps = np.rint(np.asarray(theirs.t_) * 1000 / DT)
    assert sorted(zip(their_steps, theirs.i, strict=True)) == sorted(
        zip(np.rint(spikes.t / DT), spikes.i, strict=True)
    )
    for name in ("v", "excess"):
        assert np.abs(v[name] - np.asarray(getattr(their_v, name)).T * 1000).max() < 1e-8


def test_constants_of_the_place_where_it_is_called() -> None:
    tau = 10 * brian2.ms
    group = brian2.NeuronGroup(
        2, "dv/dt = (1.5 - v)/tau : 1", threshold="v > 1", reset="v = 0", method="linear"
    )
    model = from_brian2(group)
    assert (model.parameters["tau"].value, model.parameters["tau"].unit) == (pytest.approx(10.0), "ms")
    assert (model.integrator, model.refractory) == ("exact", None)
    assert tau == 10 * brian2.ms


def test_there_and_back_again() -> None:
    for model in (AdEx, HodgkinHuxley):
        cells = Population(3, model, name="cells")
        _, parts = Network(cells, dt=0.02).to_brian2()
        back = from_brian2(parts["cells"], inputs=[model.input])
        assert back.system.states == model.system.states or set(back.system.states) == set(
            model.system.states
        )
        runs = []
        for m in (model, back):
            again = Population(3, m, integrator="rk4", **{model.input: 900.0 if model is AdEx else 10.0})
            spikes = SpikeMonitor(again)
            Network(again, spikes, dt=0.02).run(60)
            runs.append(spikes)
        assert len(runs[0]) > 3
        assert runs[0].t.tolist() == runs[1].t.tolist()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"model": "dv/dt = -v/ms : volt\n k : integer"}, r"adaptive.equations\['k'\] = 'integer'"),
        ({"model": "dv/dt = -v/ms + tan(1)*mV/ms : volt"}, r"calls tan\(\), which a model does not know"),
        (
            {"model": "dv/dt = -v/ms + unheard*mV/ms : volt"},
            r"uses unheard, which stands neither .* Pass names",
        ),
        ({"refractory": False, "reset": None}, r"adaptive.threshold .* Give refractory=threshold"),
        ({"refractory": "v > -40*mV"}, r"adaptive.refractory .* condition other than the threshold"),
        ({"model": "dv/dt = -v/ms + i*mV/ms : volt"}, "uses i, which a model does not know"),
    ],
)
def test_what_has_no_counterpart(changes: dict[str, Any], message: str) -> None:
    changes = {"reset": "v = -58*mV"} | changes
    with pytest.raises(ParameterError, match=message):
        from_brian2(adaptive(namespace=CONSTANTS, **changes))


def test_parameters_that_differ_and_inputs_that_are_none() -> None:
    group = adaptive(namespace=CONSTANTS)
    group.tau_w = np.arange(1, N + 1) * brian2.ms
    with pytest.raises(ParameterError, match=r"adaptive.tau_w .* differs between neurons"):
        from_brian2(group)
    with pytest.raises(ParameterError, match=r"from_brian2.inputs = 'J': is not a parameter .* I, tau_w"):
        from_brian2(group, inputs=["J"])
    with pytest.raises(ParameterError, match=r"from_brian2.group = 3: must be a NeuronGroup"):
        from_brian2(3)
