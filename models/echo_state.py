"""Echoes in a reservoir that learns nothing (Jaeger & Haas 2004, doi:10.1126/science.1091277).

Only a linear readout is trained. What it can tell of past inputs is the memory capacity, the sum over all
delays of the squared correlation between an input and its reconstruction. It cannot exceed the number of
units, and linear ones reach it (Jaeger 2001, Short term memory in echo state networks, GMD Report 152;
Dambre et al. 2012, doi:10.1038/srep00514); what is not linear remembers less. And a readout that names the
next value of the Mackey-Glass series, fed its own answers, foretells chaos: after 84 steps Jaeger & Haas were
off by 10^-4.2 of its deviation, with 1,000 units.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from neurosim.models import ModelRun

from neurosim.connectivity import Dense
from neurosim.data import mackey_glass
from neurosim.output import OutputFolder
from neurosim.rate import EchoStateRegressor

N_UNITS = 20
"""Of the reservoirs whose memory is measured."""

N_LEARNT = 3000
"""Values of the series to learn from, as many as in the paper."""

HORIZON = 84
WARM_UP = 500
"""Values that the reservoir is shown before it forecasts."""

TRANSIENT = 1000


def reservoirs(seed: int = 0) -> dict[str, EchoStateRegressor]:
    """Return reservoirs of 20 units whose memory is compared.

    A small input leaves tanh units linear. An orthogonal matrix keeps all directions of the activity alike,
    so that none is lost in rounding and noise of estimation.
    """
    rotation = np.linalg.qr(np.random.default_rng(seed).standard_normal((N_UNITS, N_UNITS)))[0]
    linear: dict[str, Any] = {"input_scale": 0.01, "ridge": 0.0, "random_state": seed}
    return {
        "Orthogonal, linear": EchoStateRegressor(Dense(rotation), **linear),
        "Random, linear": EchoStateRegressor(N_UNITS, **linear),
        "Random, saturating": EchoStateRegressor(N_UNITS, input_scale=2.0, ridge=0.0, random_state=seed),
    }


def memory_curve(
    reservoir: EchoStateRegressor, *, n_delays: int = 40, n: int = 3000, seed: int = 0
) -> np.ndarray:
    """Return the squared correlation of inputs and their reconstructions, by delay from 1 on.

    Parameters
    ----------
    reservoir : EchoStateRegressor
        It is trained.
    n_delays : int, default 40
    n : int, default 3000
        Random inputs to learn from, and as many others to test with.
    seed : int, default 0

    Returns
    -------
    ndarray of shape (n_delays,)
    """
    u = np.random.default_rng(seed).uniform(-0.5, 0.5, 2 * n + n_delays)
    now = u[n_delays:, np.newaxis]
    before = np.stack([u[n_delays - k : len(u) - k] for k in range(1, n_delays + 1)], axis=1)
    read = reservoir.fit(now[:n], before[:n]).predict(now[n:])[reservoir.washout_ :]
    wanted = before[n:][reservoir.washout_ :]
    read, wanted = read - read.mean(axis=0), wanted - wanted.mean(axis=0)
    together = (read * wanted).sum(axis=0) ** 2
    return np.asarray(together / np.maximum((read**2).sum(axis=0) * (wanted**2).sum(axis=0), 1e-300))


def series(n: int) -> np.ndarray:
    """Return values of the Mackey-Glass series, squashed as in the paper, shape (n, 1)."""
    return np.tanh(mackey_glass(TRANSIENT + n)[TRANSIENT:, np.newaxis] - 1.0)


def oracle(x: np.ndarray, n_units: int = 400, seed: int = 0) -> EchoStateRegressor:
    """Return a reservoir that has learnt to name the next value on the first 3,000."""
    reservoir = EchoStateRegressor(
        n_units, leak=0.7, bias_scale=0.2, ridge=1e-10, random_state=seed, spectral_radius=0.9
    )
    return reservoir.fit(x[:N_LEARNT], x[1 : N_LEARNT + 1])


def forecasts(reservoir: EchoStateRegressor, x: np.ndarray, n: int, n_steps: int) -> tuple[np.ndarray, ...]:
    """Return forecasts from `n` places that were not learnt, and how it went on, shape (n, n_steps)."""
    starts = np.linspace(N_LEARNT, len(x) - WARM_UP - n_steps, n).astype(int) + WARM_UP
    found = [reservoir.forecast(x[k - WARM_UP : k], n_steps)[:, 0] for k in starts]
    return np.array(found), np.array([x[k : k + n_steps, 0] for k in starts])


def run(folder: OutputFolder, *, quick: bool = False, seed: int = 0, progress: bool = False) -> ModelRun:
    """Write ``memory.png`` and ``forecast.png``.

    Parameters
    ----------
    folder : OutputFolder
    quick : bool, default False
        100 units and 5 forecasts instead of 400 and 30.
    seed : int, default 0
        Of reservoirs and inputs.
    progress : bool, default False
        Nothing here takes long.

    Returns
    -------
    ModelRun
        The figures, and the memory capacity of linear units as a share of their number.
    """
    curves = {name: memory_curve(reservoir, seed=seed) for name, reservoir in reservoirs(seed).items()}
    x = series(9000)
    reservoir = oracle(x, 100 if quick else 400, seed)
    found, truth = forecasts(reservoir, x, 5 if quick else 30, 600)
    error = np.sqrt(((found - truth) ** 2).mean(axis=0)) / x.std()
    capacity = 100 * curves["Orthogonal, linear"].sum() / N_UNITS
    return ModelRun(
        f"chaos foretold to 10^{np.log10(error[HORIZON - 1]):.1f} of its deviation after {HORIZON} steps; "
        f"memory of linear units, of the largest possible: {capacity:.1f} %",
        [
            folder.write_figure("memory.png", _draw_memory(curves)),
            folder.write_figure("forecast.png", _draw_forecast(found[0], truth[0], error)),
        ],
    )


def _draw_memory(curves: dict[str, np.ndarray]) -> Any:
    from neurosim.plotting import new_figure
    from neurosim.plotting.style import CYCLE, GREY, add_legend, dress

    figure = new_figure()
    ax = figure.subplots()
    ax.axvline(N_UNITS, color=GREY, linewidth=0.8, linestyle="--", label="Number of units")
    for (name, curve), colour in zip(curves.items(), CYCLE, strict=False):
        label = f"{name}: {curve.sum():.1f} in all"
        ax.plot(np.arange(1, len(curve) + 1), curve, "o-", color=colour, markersize=3, label=label)
    ax.set_ylim(-0.03, 1.03)
    add_legend(ax, "upper right")
    dress(ax, "Delay (steps)", "Squared correlation")
    return figure


def _draw_forecast(found: np.ndarray, truth: np.ndarray, error: np.ndarray) -> Any:
    from neurosim.plotting import new_figure
    from neurosim.plotting.style import BLUE, GREY, VERMILLION, add_legend, dress

    figure = new_figure(8.0, 5.0)
    above, below = figure.subplots(2, 1, sharex=True)
    steps = np.arange(1, len(truth) + 1)
    above.plot(steps, truth, color=GREY, linewidth=2.5, label="Mackey-Glass")
    above.plot(steps, found, color=BLUE, linewidth=1.0, label="Forecast")
    add_legend(above, "above")
    dress(above, "", "tanh(x - 1)")
    below.axvline(HORIZON, color=GREY, linewidth=0.8, linestyle="--")
    below.plot(steps, error, color=BLUE, label="Root mean square over forecasts")
    below.plot(HORIZON, 10**-4.2, "s", color=VERMILLION, label="1,000 units (Jaeger & Haas 2004)")
    below.set(yscale="log", xlim=(0, len(truth)))
    add_legend(below, "lower right")
    dress(below, "Step of the forecast", "Error / deviation")
    return figure
