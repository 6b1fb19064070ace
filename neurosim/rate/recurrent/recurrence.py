"""An operator applied again and again, and back-propagation through time."""

from __future__ import annotations

from typing import Any

import numpy as np

from neurosim.connectivity import Connectivity, Dense
from neurosim.kernels.core.lines import spread_pitch, whole_lines
from neurosim.rate.autodiff.operations import Array, Operation, unbroadcast
from neurosim.rate.autodiff.workspace import Workspace
from neurosim.rate.layers.course import Course


class Recurrence(Operation):
    """The states of a recurrent layer at all steps; what one step is, its kernels tell.

    The inputs are x of shape (batch, time, n_inputs); the weights from there and the recurrent weights, which
    are named so that they get gradients; the state to start from, of shape (batch, n_state) or (n_state,),
    whose first columns are the layer's output; and perhaps the bias of the gates and one of the kernels' own.
    The value is of shape (batch, time, n_wanted), or (batch, n_wanted) where only the last state is wanted.
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
        self._dense = type(source) is Dense and type(recurrent) is Dense  # others may do it in their own way

    def forward(self, *inputs: Array) -> Array:
        """Return the states, in the order of the input whatever the direction, or the last one."""
        x, weights, _, start, *self._biases = inputs
        n_rows, n_times, n_inputs = self._shape = x.shape
        n, n_state = self._recurrent.n_pre, start.shape[-1]
        dtype = x.dtype if x.dtype == weights.dtype else np.result_type(x, weights)
        self._start_shape = start.shape
        self._rests = not start.any()
        self._units = self._units_of(dtype)
        self._runs = np.ascontiguousarray(self._in_order(self._course.runs))
        # At each step the input, a 1 whose weights are the bias, and the state before.
        self._column = whole_lines(n_inputs + 1, dtype)
        pitch = spread_pitch(self._column + n_state, dtype)
        self._seen = self._empty("seen", (n_times + 1, n_rows, pitch), dtype)
        self._inputs, self._spent = inputs, False
        room = spread_pitch(self.n_kept * n, dtype)
        # A row more than there are, since those of slopes at the recurrent side may begin later.
        self._memory = self._empty("kept", (n_times * n_rows + 1, room), dtype)
        self._kept = self._memory[:-1].reshape(n_times, n_rows, room)
        given = x[:, ::-1] if self._course.reverse else x
        if self._dense:
            self._go_forth(given, start)
        else:
            self._step_forth(given, start)
        states = self._seen[:, :, self._column : self._column + self._course.n_wanted]
        return states[-1] if self._course.only_last else self._in_order(states[1:]).swapaxes(0, 1)

    def backward(self, g: Array) -> tuple[Array | None, ...]:
        """Return the gradients for the inputs."""
        n, n_post = self._recurrent.n_pre, self._recurrent.n_post
        n_rows, n_times, n_inputs = self._shape
        if self._spent:  # slopes are written over what was kept
            self.forward(*self._inputs)
        self._spent = True
        g_start = np.zeros((n_rows, self._start_shape[-1]), g.dtype)
        if self._course.only_last:  # the gradient for an output at the end is one for the state
            g_start[:, : g.shape[1]], g_out = g, np.empty((0, *g.shape), g.dtype)
        else:
            g_out = np.ascontiguousarray(self._in_order(g.swapaxes(0, 1)))
        g_through = self._go_back(g_out, g_start) if self._dense else self._step_back(g_out, g_start)
        by_x = by_start = None
        if self.needed[0]:
            slopes = self._as_gates(self._memory[:-1, :n_post])
            by_step = self._source.backward(slopes).reshape(n_times, n_rows, n_inputs)
            by_x = self._in_order(by_step).swapaxes(0, 1)
        if self.needed[3]:
            g_start[:, :n] += g_through[:, :n]
            by_start = unbroadcast(g_start, self._start_shape)
        by_weights, by_recurrent, by_bias = self._parameter_gradients()
        biases = [by_bias, self._own_bias_gradient()][: len(self._biases)]
        return by_x, by_weights, by_recurrent, by_start, *biases

    def _go_forth(self, x: Array, start: Array) -> None:
        from neurosim.kernels.rate.panels import packed, share_rows
        from neurosim.kernels.rate.sequence import go_forth

        dtype = self._seen.dtype
        bias = self._biases[0] if self._biases else np.zeros(self._source.n_post)
        x, start, bias = (np.ascontiguousarray(array, dtype) for array in (x, start, bias))
        panels, recurrent_panels = (packed(part.weights, dtype) for part in (self._source, self._recurrent))
        given = bias, panels, recurrent_panels, x, start.reshape(-1, start.shape[-1]), self._rests
        found = self._seen, self._column, self._runs, self._kept
        share_rows(go_forth, (*self._units, *given, *found), self._kept, recurrent_panels)

    def _go_back(self, g_out: Array, g: Array) -> Array:
        from neurosim.kernels.rate.panels import packed, share_rows
        from neurosim.kernels.rate.sequence import go_back

        panels = packed(self._recurrent.weights.T, g_out.dtype)
        g_through = np.empty((len(g), len(panels) * panels.shape[2]), g.dtype)
        given = *self._units, self._kept, self._seen, self._column, self._runs, g_out, panels
        window = min(self._course.window or len(self._runs), len(self._runs))
        share_rows(go_back, (*given, g, g_through, window, self.needed[3]), self._kept, panels)
        return g_through

    def _step_forth(self, x: Array, start: Array) -> None:
        from neurosim.kernels.rate.sequence import take_step

        n_rows, n_times, n_inputs = self._shape
        self._seen[:-1, :, :n_inputs] = x.swapaxes(0, 1)
        self._seen[0, :, self._column : self._column + start.shape[-1]] = start
        x = self._seen[:-1, :, :n_inputs].reshape(-1, n_inputs)
        bias = self._biases[0] if self._biases else 0.0
        drive = np.array(self._source.forward(x) + bias, order="C").reshape(n_times, n_rows, -1)
        recurrent = np.empty(drive.shape[1:], drive.dtype)
        for k, runs in enumerate(self._runs):
            before, after = self._seen[k], self._seen[k + 1]
            self._recurrent.forward_into(before[:, self._outputs], recurrent)
            if not self.apart:
                drive[k] += recurrent
            given = *self._units, self._recurrent.n_pre, drive[k], recurrent, before, self._column, runs
            take_step(*given, self._kept[k], after)

    def _step_back(self, g_out: Array, g: Array) -> Array:
        from neurosim.kernels.rate.sequence import take_step_back

        g_through = np.zeros((len(g), self._recurrent.n_pre), g.dtype)
        own_slopes = self._own_slopes().reshape(*self._kept.shape)[:, :, : self._recurrent.n_post]
        window = self._course.window or len(self._runs)
        for k in reversed(range(len(self._runs))):
            given = *self._units, self._kept[k], self._seen[k], self._column, self._runs[k]
            if len(g_out):
                g[:, : g_out.shape[2]] += g_out[k]
            take_step_back(*given, g, g_through)
            if k and k % window == 0:
                g[...] = 0.0
                g_through[...] = 0.0
            else:
                self._recurrent.backward_into(own_slopes[k], g_through)
        return g_through

    def _parameter_gradients(self) -> tuple[Array | None, Array | None, Array | None]:
        """Gradients for weights, recurrent weights and bias of the gates: sums over all steps and rows."""
        n, n_post = self._recurrent.n_pre, self._recurrent.n_post
        n_rows, n_times, n_inputs = self._shape
        n_sums, pitch = n_times * n_rows, self._seen.shape[2]
        seen = self._seen.reshape(-1, pitch)[:n_sums]
        slopes, own_slopes = self._memory[:-1], self._own_slopes()
        if self._dense:
            from neurosim.kernels.rate.panels import sum_over_rows

            # The same numbers in rows that begin with the state; zeros to start from add nothing.
            states = self._seen.reshape(-1)[self._column :][: n_sums * pitch].reshape(n_sums, pitch)
            inputs, outputs = (seen, n_inputs + 1, 0), (states, n, n_rows if self._rests else 0)
            if self.apart:
                (by_weights,) = sum_over_rows((inputs,), slopes, n_post)
                (by_recurrent,) = sum_over_rows((outputs,), own_slopes, n_post)
                by_weights = self._as_gates(by_weights)
            else:
                by_weights, by_recurrent = sum_over_rows((inputs, outputs), slopes, n_post)
            return by_weights[:-1], by_recurrent, by_weights[-1]
        slopes, own_slopes = self._as_gates(slopes[:, :n_post]), own_slopes[:, :n_post]
        return (
            self._source.weight_gradient(seen[:, :n_inputs], slopes) if self.needed[1] else None,
            self._recurrent.weight_gradient(seen[:, self._outputs], own_slopes) if self.needed[2] else None,
            slopes.sum(axis=0),
        )

    @property
    def _outputs(self) -> slice:
        """Columns of what is seen that hold the outputs of the step before."""
        return slice(self._column, self._column + self._recurrent.n_pre)

    def _units_of(self, dtype: np.dtype[Any]) -> tuple[Array | None, Array | None, int]:
        """Bias, share and activation, by which the kernels know the units."""
        return None, None, 0

    def _own_slopes(self) -> Array:
        """Rows that begin with the slopes at the recurrent side."""
        first = self._recurrent.n_pre if self.apart else 0
        return self._memory.reshape(-1)[first:][: self._kept.size].reshape(-1, self._kept.shape[2])

    def _as_gates(self, columns: Array) -> Array:
        """Columns in the order of the gates; where the two sides are apart, the last gate comes first."""
        return np.roll(columns, -self._recurrent.n_pre, axis=1) if self.apart else columns

    def _own_bias_gradient(self) -> Array | None:
        """Gradient for the kernels' own bias, where there is one."""
        return None

    def _in_order(self, steps: Array) -> Array:
        """Steps in the order in which they are taken, or those back in the order of the input."""
        return steps[::-1] if self._course.reverse else steps
