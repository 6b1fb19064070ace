"""Convolution of sequences: kernels shared by all places along one axis."""

from __future__ import annotations

from typing import Any

from numpy.typing import ArrayLike

from neurosim.connectivity.checks import checked_size, checked_weights
from neurosim.connectivity.image_axis import ImageAxis, warn_of_left_out
from neurosim.connectivity.image_operator import Patch, checked_pair
from neurosim.connectivity.shared_kernels import SharedKernels, checked_groups, sliding_axes
from neurosim.errors import ParameterError


class Conv1d(SharedKernels):
    """One-dimensional convolution, such as one over time.

    Output (o, x) is the sum over c and j of
    ``kernels[o, c, j] * sequence[c, x*stride - padding + j*dilation]``.

    Parameters
    ----------
    kernels : array of shape (c_out, c_in/groups, k)
        Kept as `weights`, not copied, where it is a C-contiguous array of float32 or float64.
    input_shape : (c_in, length)
        Of the presynaptic sequence; its units are numbered in C order.
    stride : int, default 1
        Steps of the window.
    padding : int, "valid" or "same", default 0
        Points of value 0 at either end. ``"valid"`` is 0; ``"same"`` keeps the length, and needs stride 1;
        where it takes an odd number, there is one more behind.
    dilation : int, default 1
        Distance of the points of the window.
    groups : int, default 1
        Input and output channels are divided into so many groups that do not mix.

    Raises
    ------
    ParameterError
        If the shapes do not fit each other, or a kernel is longer than the padded sequence.

    Warns
    -----
    UserWarning
        If the stride leaves out points, at the end of the sequence or between taps; it says how many. A
        kernel of a single point picks every so-many-th point, and leaves out none.
    """

    def __init__(
        self,
        kernels: ArrayLike,
        input_shape: tuple[int, int],
        *,
        stride: int = 1,
        padding: int | str = 0,
        dilation: int = 1,
        groups: int = 1,
    ) -> None:
        weights = checked_weights("Conv1d.kernels", kernels)
        if not isinstance(input_shape, tuple | list) or len(input_shape) != 2:
            raise ParameterError("Conv1d.input_shape", input_shape, "must be (channels, length)")
        channels, length = (checked_size("Conv1d.input_shape", n) for n in input_shape)
        groups = checked_groups("Conv1d", weights, ("k",), (channels, length), groups)
        _, step = checked_pair("Conv1d.stride", (1, stride), 1)
        _, distance = checked_pair("Conv1d.dilation", (1, dilation), 1)
        margin = padding if isinstance(padding, str) else checked_pair("Conv1d.padding", (0, padding), 0)
        row, columns = sliding_axes(
            "Conv1d", (1, length), (1, weights.shape[2]), (1, step), margin, (1, distance)
        )
        super().__init__((channels, 1, length), weights[:, :, None], row, columns, groups, weights)
        warn_of_left_out(type(self).__name__, self.axes)

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Channels and length on the presynaptic side."""
        return self._source[::2]

    @property
    def output_shape(self) -> tuple[int, ...]:
        """Channels and length on the postsynaptic side."""
        return self._target[::2]

    @property
    def axes(self) -> tuple[ImageAxis, ...]:
        """The window along the sequence."""
        return (self._columns,)

    def description(self) -> dict[str, Any]:
        """Arguments that make an operator like this."""
        axis = self._columns
        return {
            "kernels": self._weights,
            "input_shape": self.input_shape,
            "stride": axis.stride,
            "padding": axis.before if axis.before == axis.after else "same",
            "dilation": axis.dilation,
            "groups": self.groups,
        }

    def receptive_patch(self, unit: int) -> Patch:
        """Return the channels and points of the presynaptic sequence that a postsynaptic unit sees."""
        return super().receptive_patch(unit)[::2]

    def projective_patch(self, unit: int) -> Patch:
        """Return the channels and points of the postsynaptic sequence that a presynaptic unit drives."""
        return super().projective_patch(unit)[::2]

    def __repr__(self) -> str:
        (c_in, length), (c_out, out_length) = self.input_shape, self.output_shape
        return (
            f"Conv1d({c_in}x{length} → {c_out}x{out_length}, kernels {self._columns.taps}, "
            f"{self.n_synapses} synapses, {self._weights.dtype})"
        )
