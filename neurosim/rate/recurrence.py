"""An operator applied again and again, and back-propagation through time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from neurosim.connectivity import Connectivity, Dense
from neurosim.rate.course import Course
from neurosim.rate.operations import Array, Operation, unbroadcast
from neurosim.rate.workspace import Workspace


class Recurrence(Operation):
    """The states of a recurrent layer at all steps; what one step is, its kernels tell.

    The inputs are x of shape (time, batch, n_inputs); the weights from there and the recurrent weights, which
    are named so that they get gradients; the state to start from, of shape (batch, n_state) or (n_state,),
    whose first columns are the layer's output; and perhaps the bias of the gates and one of the kernels' own.
    The value is of shape (time, batch, n_state), or (batch, n_state) where only the last state is wanted.
    Kernels go through all steps with Dense connections; others are asked at each step.

    Parameters
    ----------
    source, recurrent : Connectivity
        From the input, and from the layer's units, to their gates.
    course : Course
    workspace : Workspace
        Of the layer.

    Attributes
    ----------
    n_kept : int
        Numbers for each unit that the way back needs beside the states.
    apart : bool
        Whether what comes from the units themselves stays apart from what comes from the input.
    """

    n_kept: int
    apart: bool = False

    def __init__(
        self, source: Connectivity, recurrent: Connectivity, course: Course, workspace: Workspace
    ) -> None:
        self._source, self._recurrent, self._course = source, recurrent, course
        self._empty = workspace.empty
        self._dense = isinstance(source, Dense) and isinstance(recurrent, Dense)

    def forward(self, *inputs: Array) -> Array:
        """Return the states, in the order of the input whatever the direction, or the last one."""
        x, _, _, start, *self._biases = inputs
        x = x.astype(np.result_type(x, self._source.weights), copy=False)
        n_times, n_rows, _ = x.shape
        self._units = self._units_of(x.dtype)
        self._start_shape = start.shape
        self._states = self._empty("states", (n_times + 1, n_rows, start.shape[-1]), x.dtype)
        self._states[0] = start
        self._kept = self._empty("kept", (n_times, n_rows, self.n_kept * self._recurrent.n_pre), x.dtype)
        if self._dense:
            self._go_forth(x)
        else:
            self._step_forth(x)
        return self._states[-1] if self._course.only_last else self._in_time(self._states[1:])

    def backward(self, g: Array) -> tuple[Array | None, ...]:
        """Return the gradients for the inputs."""
        n, n_post = self._recurrent.n_pre, self._recurrent.n_post
        shape = (*self._x.shape[:2], n_post)
        self._g_drive = self._empty("drive", shape, g.dtype)
        self._g_recurrent = self._recurrent_slopes(self._g_drive)
        # The gradient for an output at the end is one for the state; one step of zeros then does for all.
        g_start = np.array(g, order="C") if self._course.only_last else np.zeros(g.shape[1:], g.dtype)
        g_out = np.zeros((1, *g.shape), g.dtype) if self._course.only_last else np.ascontiguousarray(g)
        g_through = self._go_back(g_out, g_start) if self._dense else self._step_back(g_out, g_start)
        g_start[:, :n] += g_through[:, :n]
        by_x = None
        if self.needed[0]:
            by_x = self._source.backward(self._g_drive.reshape(-1, n_post)).reshape(*shape[:2], -1)
        by_weights, by_recurrent, by_bias = self._parameter_gradients()
        gradients = by_x, by_weights, by_recurrent, unbroadcast(g_start, self._start_shape)
        return (*gradients, *[by_bias, self._own_bias_gradient()][: len(self._biases)])

    def _go_forth(self, x: Array) -> None:
        from neurosim.kernels.panels import packed, share_rows
        from neurosim.kernels.sequence import go_forth

        # A bias is the weight of an input that is always 1.
        bias = self._biases[0] if self._biases else np.zeros(self._source.n_post)
        self._x = np.ascontiguousarray(np.concatenate([x, np.ones((*x.shape[:2], 1), x.dtype)], axis=2))
        panels = packed(np.vstack([self._source.weights, bias]), x.dtype)
        recurrent_panels = packed(self._recurrent.weights, x.dtype)
        given = *self._units, self._x, panels, recurrent_panels
        rest = self._states, self._course.runs, self._kept, self._course.reverse
        share_rows(go_forth, (*given, *rest), self._x, recurrent_panels)

    def _go_back(self, g_out: Array, g: Array) -> Array:
        from neurosim.kernels.panels import packed, share_rows
        from neurosim.kernels.sequence import go_back

        panels = packed(self._recurrent.weights.T, g_out.dtype)
        g_through = np.zeros((len(g), len(panels) * panels.shape[2]), g.dtype)
        given = *self._units, self._kept, self._states, self._course.runs, g_out, panels
        found = g, g_through, self._g_drive, self._g_recurrent
        course = self._course.reverse, self._course.window or len(self._x)
        share_rows(go_back, (*given, *found, *course), self._x, panels)
        return g_through

    def _step_forth(self, x: Array) -> None:
        from neurosim.kernels.sequence import take_step

        self._x = x
        drive = self._source.forward(x.reshape(-1, x.shape[2])).reshape(*x.shape[:2], -1)
        if self._biases:
            drive += self._biases[0]
        recurrent = np.empty(drive.shape[1:], drive.dtype)
        for k, time in enumerate(self._times(len(x))):
            before, after, runs = self._states[k], self._states[k + 1], self._course.runs[time]
            self._recurrent.forward_into(before[:, : self._recurrent.n_pre], recurrent)
            if not self.apart:
                drive[time] += recurrent
            take_step(*self._units, drive[time], recurrent, before, runs, self._kept[k], after)

    def _step_back(self, g_out: Array, g: Array) -> Array:
        from neurosim.kernels.sequence import take_step_back

        g_through = np.zeros((len(g), self._recurrent.n_pre), g.dtype)
        window = self._course.window or len(self._x)
        for k, time in reversed(list(enumerate(self._times(len(self._x))))):
            given = *self._units, self._kept[k], self._states[k], self._course.runs[time]
            found = self._g_drive[time], self._g_recurrent[time]
            take_step_back(*given, g, g_out[time % len(g_out)], g_through, *found)
            if k and k % window == 0:
                g[...] = 0.0
                g_through[...] = 0.0
            else:
                self._recurrent.backward_into(self._g_recurrent[time], g_through)
        return g_through

    def _parameter_gradients(self) -> tuple[Array | None, Array | None, Array | None]:
        """Gradients for weights, recurrent weights and bias of the gates: sums over all steps and rows."""
        n = self._recurrent.n_pre
        before = self._in_time(self._states[:-1])
        x, states, slopes, own_slopes = (
            array.reshape(-1, array.shape[2]) for array in (self._x, before, self._g_drive, self._g_recurrent)
        )
        if self._dense:
            from neurosim.kernels.panels import sum_over_rows

            inputs, outputs = (x, x.shape[1]), (np.ascontiguousarray(states), n)
            if self._g_recurrent is self._g_drive:
                by_weights, by_recurrent = sum_over_rows((inputs, outputs), slopes)
            else:
                (by_weights,) = sum_over_rows((inputs,), slopes)
                (by_recurrent,) = sum_over_rows((outputs,), own_slopes)
            return by_weights[:-1], by_recurrent, by_weights[-1]
        return (
            self._source.weight_gradient(x, slopes) if self.needed[1] else None,
            self._recurrent.weight_gradient(states[:, :n], own_slopes) if self.needed[2] else None,
            slopes.sum(axis=0),
        )

    def _units_of(self, dtype: np.dtype[Any]) -> tuple[Array | None, Array | None, int]:
        """Bias, share and activation, by which the kernels know the units."""
        return None, None, 0

    def _recurrent_slopes(self, g_drive: Array) -> Array:
        """Array for the gradients at the recurrent side; by default they are those at the input side."""
        return g_drive

    def _own_bias_gradient(self) -> Array | None:
        """Gradient for the kernels' own bias, where there is one."""
        return None

    def _times(self, n_times: int) -> Iterable[int]:
        return reversed(range(n_times)) if self._course.reverse else range(n_times)

    def _in_time(self, states: Array) -> Array:
        return states[::-1] if self._course.reverse else states
