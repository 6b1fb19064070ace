"""Filters: receptors whose current is linear in the spikes, and which can be used alone."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np

from neurosim.errors import ParameterError
from neurosim.synapses.receptor import Receptor, positive_time
from neurosim.units import convert


class LinearFilter(Receptor, ABC):
    """A receptor that adds up the responses to single spikes.

    The base of `PSCFilter`, `Alpha`, `BiExponential` and `TwoStateKinetics`. Its states obey linear equations
    with constant coefficients, so that an engine advances it exactly, and so do the methods here, which need
    no network.
    """

    def impulse(self, t: Any) -> np.ndarray:
        """Response to one spike of weight 1 at time 0.

        Parameters
        ----------
        t : array_like
            Times, ms.

        Returns
        -------
        ndarray, shape of `t`
            0 before the spike; at the time of the spike its value just after.

        Raises
        ------
        ParameterError, UnitError
            If a time is not finite or has another unit.
        """
        return self.response([0.0], convert(t, "ms", f"{self.name}.impulse.t"))

    def step(self, t: Any) -> np.ndarray:
        """Response to a constant signal of 1 from time 0 on: the integral of `impulse`.

        Parameters
        ----------
        t : array_like
            Times, ms.

        Returns
        -------
        ndarray, shape of `t`
            In the unit of `impulse` times ms; 0 before time 0.
        """
        time = np.asarray(convert(t, "ms", f"{self.name}.step.t"), dtype=np.float64)
        return np.where(time > 0, self._integral(np.maximum(time, 0.0)), 0.0)

    def response(self, spike_times: Any, t: Any, weights: Any = 1.0) -> np.ndarray:
        """Sum of the responses to spikes, exact.

        Parameters
        ----------
        spike_times : array_like, shape (n_spikes,)
            ms, in any order.
        t : array_like
            Times at which the response is wanted, ms, in any order.
        weights : float or array_like, shape (n_spikes,), default 1

        Returns
        -------
        ndarray, shape of `t`

        Raises
        ------
        ParameterError, UnitError
            If a value is not finite, a unit does not fit, or the shapes do not.
        """
        where = f"{self.name}.response"
        spikes = np.asarray(convert(spike_times, "ms", f"{where}.spike_times"), dtype=np.float64)
        if spikes.ndim != 1:
            raise ParameterError(f"{where}.spike_times", spike_times, "must be a list of times")
        weight = np.asarray(convert(weights, "1", f"{where}.weights"))
        if weight.shape not in ((), spikes.shape):
            limit = f"must be one number, or {spikes.size}, one for each spike"
            raise ParameterError(f"{where}.weights", weight.shape, limit)
        time = np.asarray(convert(t, "ms", f"{where}.t"), dtype=np.float64)
        weight = np.broadcast_to(weight, spikes.shape)
        starts, ends = (jump[:, None] * weight for jump in self._jumps())
        events, jumps = spikes, starts
        if self.pulse is not None:
            events = np.concatenate([spikes, spikes + self.pulse])
            jumps = np.concatenate([starts, ends], axis=1)
        order = np.argsort(events, kind="stable")
        events, states = events[order], jumps[:, order]
        # Each pass doubles the number of preceding events that a column sums up.
        shift = 1
        while shift < events.size:
            before = self._later(states[:, :-shift], events[shift:] - events[:-shift])
            states = np.concatenate([states[:, :shift], states[:, shift:] + before], axis=1)
            shift *= 2
        last = np.searchsorted(events, time.ravel(), side="right") - 1
        result = np.zeros(time.size)
        since = last >= 0
        elapsed = time.ravel()[since] - events[last[since]]
        result[since] = self._current(self._later(states[:, last[since]], elapsed))
        return result.reshape(time.shape)

    def apply(self, given: Any, dt: Any = None, *, t: Any = None) -> np.ndarray:
        """Filter a signal sampled every `dt`, or spikes, whose response is wanted at the times `t`.

        Parameters
        ----------
        given : array_like
            With `dt`, a signal of shape (n_steps,) or (n_steps, n_channels): its value from time ``k*dt`` to
            ``(k + 1)*dt``. With `t`, spike times, ms, as for `response`.
        dt : float, str or quantity, optional
            Step, ms.
        t : array_like, optional
            ms.

        Returns
        -------
        ndarray
            Of the shape of the signal: its convolution with `impulse` at the times ``k*dt``, so the first row
            is 0; exact, in the unit of `impulse` times that of the signal times ms. Round-off is relative to
            the largest value of the signal. Or of the shape of `t`: the sum of the responses to the spikes.

        Raises
        ------
        ParameterError, UnitError
            If not one of `dt` and `t` is given, the signal is not finite or of another shape, or `dt` not one
            positive time.
        """
        if (dt is None) == (t is None):
            limit = "must be one of the two: dt for a signal, or t for spike times"
            raise ParameterError(f"{self.name}.apply(dt, t)", (dt, t), limit)
        return self._filtered(given, dt) if t is None else self.response(given, t)

    def _filtered(self, signal: Any, dt: Any) -> np.ndarray:
        where = f"{self.name}.apply"
        values = np.asarray(convert(signal, "1", f"{where}.signal"), dtype=np.float64)
        if values.ndim not in (1, 2):
            limit = "the shape must be (n_steps,) or (n_steps, n_channels)"
            raise ParameterError(f"{where}.signal", values.shape, limit)
        n_steps, h = len(values), positive_time(dt, f"{where}.dt")
        kernel = np.diff(self.step(np.arange(n_steps) * h), prepend=0.0)
        size = 1 << (2 * n_steps).bit_length()
        spectrum = np.fft.rfft(kernel, size).reshape(-1, *[1] * (values.ndim - 1))
        filtered = np.fft.irfft(spectrum * np.fft.rfft(values, size, axis=0), size, axis=0)[:n_steps]
        filtered[:1] = 0.0
        return filtered

    def _value(self, name: str) -> float:
        return self.parameters[name].value

    @abstractmethod
    def _jumps(self) -> tuple[np.ndarray, np.ndarray]:
        """What a spike of weight 1 adds to the states, and the end of its pulse; shape (n_states,) each."""

    @abstractmethod
    def _later(self, states: np.ndarray, elapsed: np.ndarray) -> np.ndarray:
        """States, shape (n_states, n), each after a time of its own without spikes, shape (n,)."""

    @abstractmethod
    def _current(self, states: np.ndarray) -> np.ndarray:
        """Output of the filter in the given states."""

    @abstractmethod
    def _integral(self, t: np.ndarray) -> np.ndarray:
        """Integral of the response to one spike from 0 to t >= 0."""
