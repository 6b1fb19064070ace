"""Convolution: kernels shared by all places of an image."""

from __future__ import annotations

from typing import Any

from numpy.typing import ArrayLike

from neurosim.connectivity.checks import checked_weights
from neurosim.connectivity.image_axis import warn_of_left_out
from neurosim.connectivity.image_operator import Pair, checked_image_shape, checked_pair
from neurosim.connectivity.shared_kernels import SharedKernels, checked_groups, sliding_axes


class Conv2d(SharedKernels):
    """Two-dimensional convolution, computed from the kernels alone; the matrix is never formed.

    As in the literature on layers, it is a cross-correlation: output (o, y, x) is the sum over c, i and j of
    ``kernels[o, c, i, j] * image[c, y*stride - padding + i*dilation, x*stride - padding + j*dilation]``.

    Parameters
    ----------
    kernels : array of shape (c_out, c_in/groups, kh, kw)
        Kept as `weights`, not copied, where it is a C-contiguous array of float32 or float64.
    input_shape : (c_in, height, width)
        Of the presynaptic image; its units are numbered in C order.
    stride : int or (int, int), default 1
        Steps of the window, for rows and columns.
    padding : int, (int, int), "valid" or "same", default 0
        Points of value 0 on every side. ``"valid"`` is 0; ``"same"`` keeps height and width, and needs stride
        1; where it takes an odd number, there is one more below or to the right.
    dilation : int or (int, int), default 1
        Distance of the points of the window.
    groups : int, default 1
        Input and output channels are divided into so many groups that do not mix.

    Raises
    ------
    ParameterError
        If the shapes do not fit each other, or a kernel is larger than the padded image.

    Warns
    -----
    UserWarning
        If the stride leaves out rows or columns, at the end of the image or between windows: it says how
        many. Along an axis where the window is a single point a stride picks points, and leaves out none.

    Notes
    -----
    Kernels of 1x1 mix channels only; with as many groups as channels a convolution is depthwise. Its
    ``.T`` is the transposed convolution, from images of `output_shape` to images of `input_shape`.
    """

    def __init__(
        self,
        kernels: ArrayLike,
        input_shape: tuple[int, int, int],
        *,
        stride: Pair = 1,
        padding: Pair | str = 0,
        dilation: Pair = 1,
        groups: int = 1,
    ) -> None:
        weights = checked_weights("Conv2d.kernels", kernels)
        shape = checked_image_shape("Conv2d.input_shape", input_shape)
        groups = checked_groups("Conv2d", weights, ("kh", "kw"), shape, groups)
        strides = checked_pair("Conv2d.stride", stride, 1)
        dilations = checked_pair("Conv2d.dilation", dilation, 1)
        margin = padding if isinstance(padding, str) else checked_pair("Conv2d.padding", padding, 0)
        rows, columns = sliding_axes("Conv2d", shape[1:], weights.shape[2:], strides, margin, dilations)
        super().__init__(shape, weights, rows, columns, groups, weights)
        warn_of_left_out(type(self).__name__, self.axes)

    def description(self) -> dict[str, Any]:
        """Arguments that make an operator like this."""
        axes = (self._rows, self._columns)
        even = all(axis.before == axis.after for axis in axes)
        return {
            "kernels": self._weights,
            "input_shape": self.input_shape,
            "stride": tuple(axis.stride for axis in axes),
            "padding": tuple(axis.before for axis in axes) if even else "same",
            "dilation": tuple(axis.dilation for axis in axes),
            "groups": self.groups,
        }

    def __repr__(self) -> str:
        (c_in, h, w), (c_out, out_h, out_w) = self._source, self._target
        kh, kw = self._weights.shape[2:]
        return (
            f"Conv2d({c_in}x{h}x{w} → {c_out}x{out_h}x{out_w}, kernels {kh}x{kw}, "
            f"{self.n_synapses} synapses, {self._weights.dtype})"
        )
