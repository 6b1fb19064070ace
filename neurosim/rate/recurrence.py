"""An operator applied again and again, and back-propagation through time."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable

import numpy as np

from neurosim.connectivity import Connectivity
from neurosim.rate.course import Course
from neurosim.rate.operations import Array, Operation, unbroadcast


class Recurrence(Operation):
    """The states of a recurrent layer at all steps; what one step is, its kernels tell.

    The inputs are the drive from the layer's input, of shape (time, batch, n_post); the recurrent weights,
    which are named so that they get a gradient; the state to start from, of shape (batch, n_state) or
    (n_state,), whose first columns are the layer's output; and perhaps a bias of the kernels' own. The value
    is of shape (time, batch, n_state). Arrays for all steps are allocated at once.

    Parameters
    ----------
    connectivity : Connectivity
        From the layer's units to their gates.
    course : Course

    Attributes
    ----------
    n_kept : int
        Numbers for each unit that the way back needs beside the states.
    """

    n_kept: int

    def __init__(self, connectivity: Connectivity, course: Course) -> None:
        self._connectivity = connectivity
        self._course = course

    def forward(self, *inputs: Array) -> Array:
        """Return the states, in the order of the input whatever the direction."""
        drive, _, start, *self._bias = inputs
        n_times, n_rows, n_post = drive.shape
        n = self._connectivity.n_pre
        self._start_shape = start.shape
        self._states = np.empty((n_times + 1, n_rows, start.shape[-1]), drive.dtype)
        self._states[0] = start
        self._kept = np.empty((n_times, n_rows, self.n_kept * n), drive.dtype)
        recurrent = np.empty((n_rows, n_post), drive.dtype)
        for k, time in enumerate(self._times(n_times)):
            self._connectivity.forward_into(self._states[k, :, :n], recurrent)
            self._step(k, time, drive[time], recurrent)
        return self._in_time(self._states[1:])

    def backward(self, g: Array) -> tuple[Array | None, ...]:
        """Return the gradients for drive, recurrent weights, start and bias."""
        n_times, n_rows, n_state = g.shape
        n, n_post = self._connectivity.n_pre, self._connectivity.n_post
        self._g = np.zeros((n_rows, n_state), g.dtype)
        self._g_through = np.zeros((n_rows, n), g.dtype)
        self._g_drive = np.empty((n_times, n_rows, n_post), g.dtype)
        self._g_recurrent = self._recurrent_slopes(self._g_drive)
        times = list(self._times(n_times))
        window = self._course.window or n_times
        for k in reversed(range(n_times)):
            time = times[k]
            self._step_back(k, time, g[time])
            if k and k % window == 0:
                self._g[...] = 0.0
                self._g_through[...] = 0.0
            else:
                self._connectivity.backward_into(self._g_recurrent[time], self._g_through)
        self._g[:, :n] += self._g_through
        by_weights = None
        if self.needed[1]:
            before = self._in_time(self._states[:-1])[:, :, :n].reshape(-1, n)
            by_weights = self._connectivity.weight_gradient(before, self._g_recurrent.reshape(-1, n_post))
        gradients = self._g_drive, by_weights, unbroadcast(self._g, self._start_shape)
        return (*gradients, self._bias_gradient()) if self._bias else gradients

    @abstractmethod
    def _step(self, k: int, time: int, drive: Array, recurrent: Array) -> None:
        """Go from state `k` to the next, which is that of the input at `time`."""

    @abstractmethod
    def _step_back(self, k: int, time: int, g_out: Array) -> None:
        """Go back over the step, given the gradient for the value at `time`."""

    def _recurrent_slopes(self, g_drive: Array) -> Array:
        """Array for the gradients at the recurrent side; by default they are those at the input side."""
        return g_drive

    def _bias_gradient(self) -> Array | None:
        """Gradient for the kernels' own bias, where there is one."""
        return None

    def _times(self, n_times: int) -> Iterable[int]:
        return reversed(range(n_times)) if self._course.reverse else range(n_times)

    def _in_time(self, states: Array) -> Array:
        return states[::-1] if self._course.reverse else states
