"""The open channels of a gate, counted one by one: what the Langevin equation of channel noise stands for."""

from __future__ import annotations

from typing import Any

import numpy as np

from neurosim.errors import ParameterError
from neurosim.units import convert


def markov_gate(
    alpha: Any,
    beta: Any,
    count: int,
    *,
    duration: Any,
    dt: Any,
    n: int = 1,
    start: float | None = None,
    seed: int | None = None,
) -> np.ndarray:
    """Fraction of open channels, each of which opens and closes at random.

    A channel that is closed opens with rate `alpha`, one that is open closes with rate `beta`. The numbers
    that do so in a step are binomial, with the exact probabilities of the two-state Markov chain: while the
    rates are constant, the law of the result does not depend on `dt`.

    Parameters
    ----------
    alpha, beta : array_like, shape (), (n_steps,) or (n_steps, n)
        Rates of opening and closing in each step, per ms; under a voltage clamp they are constant.
    count : int
        Channels of each neuron.
    duration, dt : float, str or quantity
        ms; the duration is rounded to whole steps.
    n : int, default 1
        Number of neurons.
    start : float, optional
        Fraction that is open in the beginning; by default it is drawn from the steady state.
    seed : int, optional
        Of the random numbers; by default a fresh one.

    Returns
    -------
    ndarray, shape (n_steps + 1, n)
        At the times 0, dt, 2*dt, ...

    Raises
    ------
    ParameterError, UnitError
        If a rate is negative, has the wrong unit or does not fit the number of steps, or a number is not
        positive.

    Examples
    --------
    >>> x = markov_gate(0.1, 0.3, 100, duration=50, dt=0.1, n=1000, seed=1)
    >>> x.shape
    (501, 1000)
    """
    where = "markov_gate"
    duration, dt = (convert(v, "ms", f"{where}.{k}") for k, v in (("duration", duration), ("dt", dt)))
    for key, number in (("duration", duration), ("dt", dt)):
        if not isinstance(number, float) or number <= 0:
            raise ParameterError(f"{where}.{key}", number, "must be one positive time")
    for key, number in (("count", count), ("n", n)):
        if isinstance(number, bool) or not isinstance(number, int | np.integer) or number < 1:
            raise ParameterError(f"{where}.{key}", number, "must be a positive whole number")
    if start is not None and not 0 <= start <= 1:
        raise ParameterError(f"{where}.start", start, "must be a fraction from 0 to 1")
    n_steps = max(1, round(duration / dt))
    opening, closing = (_rates(v, n_steps, n, f"{where}.{k}") for k, v in (("alpha", alpha), ("beta", beta)))
    total = opening + closing
    end = opening / np.where(total > 0, total, 1.0)
    left = np.exp(-total * dt)
    rng = np.random.default_rng(seed)
    n_open = np.full(n, round(count * start)) if start is not None else rng.binomial(count, end[0], n)
    fractions = np.empty((n_steps + 1, n))
    fractions[0] = n_open / count
    for k in range(n_steps):
        kept = rng.binomial(n_open, end[k] + (1 - end[k]) * left[k])
        n_open = kept + rng.binomial(count - n_open, end[k] * (1 - left[k]))
        fractions[k + 1] = n_open / count
    return fractions


def _rates(value: Any, n_steps: int, n: int, where: str) -> np.ndarray:
    """Rates of shape (n_steps, 1) or (n_steps, n), per ms."""
    rate = np.asarray(convert(value, "1/ms", where))
    if np.any(rate < 0):
        raise ParameterError(where, value, "must not be negative")
    shape = (n_steps, rate.shape[1] if rate.ndim == 2 else 1)
    if rate.ndim > 2 or (rate.ndim and len(rate) != n_steps) or shape[1] not in (1, n):
        raise ParameterError(where, rate.shape, f"the shape must be (), ({n_steps},) or ({n_steps}, {n})")
    return np.broadcast_to(rate if rate.ndim == 2 else rate.reshape(-1, 1), shape)
