"""The whole engine against a twin in plain Python: a recurrent network with delays and noise."""

from __future__ import annotations

import math

import numpy as np
from scipy.linalg import expm

from neurosim import (
    LIF,
    Dense,
    Network,
    PoissonPopulation,
    Population,
    Projection,
    PSCFilter,
    SpikeMonitor,
    StateMonitor,
)
from neurosim.kernels.mathematics.random import uniform_block

N, N_INPUT, DT, SEED, STEPS = 20, 8, 0.1, 12345, 3000
TAU_M, TAU_REF, TAU_EXC, TAU_INH, RATE = 20.0, 1.5, 3.0, 6.0, 400.0


def weights() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(7)
    return {
        "input": 6.0 * rng.random((N_INPUT, N)),
        "exc": 8.0 * (rng.random((N // 2, N)) < 0.3),
        "inh": -12.0 * (rng.random((N // 2, N)) < 0.3),
    }


def drive() -> np.ndarray:
    return np.linspace(0.6, 1.1, N)


def naive() -> tuple[list[tuple[int, int]], list[list[float]]]:
    """Go step by step and neuron by neuron; return (step, neuron) of the spikes, and v."""
    w, v_in = weights(), drive()
    # States v, x0, x1 (exc, order 1), y0 (inh, order 0); the constant input is a fifth state.
    matrix = np.array(
        [
            [-1 / TAU_M, 0, 1 / TAU_M, 1 / TAU_M, 1 / TAU_M],
            [0, -1 / TAU_EXC, 0, 0, 0],
            [0, 1 / TAU_EXC, -1 / TAU_EXC, 0, 0],
            [0, 0, 0, -1 / TAU_INH, 0],
            [0, 0, 0, 0, 0],
        ]
    )
    one_step = expm(matrix * DT)
    wait, pause = [0] * N, round(TAU_REF / DT)
    states = [[0.0, 0.0, 0.0, 0.0, float(v_in[i])] for i in range(N)]
    uniform = np.zeros((STEPS, N_INPUT))
    uniform_block(np.uint64(SEED), 0, 0, STEPS, 0, N_INPUT, uniform)
    arriving: dict[int, list[tuple[int, int, float]]] = {}
    spikes, voltages = [], []
    for step in range(STEPS):
        voltages.append([x[0] for x in states])
        fired = []
        for i in range(N):
            new = [sum(one_step[a, b] * states[i][b] for b in range(5)) for a in range(5)]
            if wait[i] > 0:
                new[0] = states[i][0]
            if new[0] > 1 and wait[i] <= 1:
                fired.append(i)
            wait[i] = max(0, wait[i] - 1)
            states[i] = new
        for j in range(N_INPUT):
            if uniform[step, j] < -math.expm1(-RATE * DT / 1000):
                arriving.setdefault(step + 15, []).extend(
                    (i, 1, w["input"][j, i] / TAU_EXC) for i in range(N)
                )
        for i in fired:
            spikes.append((step, i))
            kind, state, tau, delay = ("exc", 1, TAU_EXC, 4) if i < N // 2 else ("inh", 3, TAU_INH, 7)
            row = w[kind][i % (N // 2)]
            arriving.setdefault(step + delay, []).extend((j, state, row[j] / tau) for j in range(N))
        for i, state, amount in arriving.pop(step, []):
            states[i][state] += amount
        for i in fired:
            states[i][0], wait[i] = 0.0, pause
    return spikes, voltages


def test_the_engine_equals_its_naive_twin() -> None:
    w = weights()
    noise = PoissonPopulation(N_INPUT, RATE)
    cells = Population(
        N,
        LIF,
        receptors={"exc": PSCFilter(TAU_EXC, order=1), "inh": PSCFilter(TAU_INH)},
        v_in=drive(),
        tau_m=TAU_M,
        tau_ref=TAU_REF,
    )
    projections = [
        Projection(noise, cells, Dense(w["input"]), receptor="exc", delay=1.5),
        Projection(cells[: N // 2], cells, Dense(w["exc"]), receptor="exc", delay=0.4),
        Projection(cells[N // 2 :], cells, Dense(w["inh"]), receptor="inh", delay=0.7),
    ]
    spikes, v = SpikeMonitor(cells), StateMonitor(cells, "v")
    Network(noise, cells, projections, spikes, v, dt=DT, seed=SEED).run(STEPS * DT)
    expected_spikes, expected_v = naive()
    assert len(expected_spikes) > 300
    found = list(zip(np.rint(spikes.t / DT).astype(int).tolist(), spikes.i.tolist(), strict=True))
    assert found == expected_spikes
    assert np.abs(v["v"] - np.array(expected_v)).max() < 1e-10
