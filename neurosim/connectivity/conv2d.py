"""Convolution: kernels shared by all places of an image."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from neurosim.connectivity.checks import Floats, checked_size, checked_weights
from neurosim.connectivity.image_axis import ImageAxis
from neurosim.connectivity.image_operator import ImageOperator, Pair, checked_image_shape, checked_pair
from neurosim.errors import ParameterError

TILE = 2**17
"""Numbers in the patches that are multiplied at a time; they should stay in the second-level cache."""


class Conv2d(ImageOperator):
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
        channels, height, width = checked_image_shape("Conv2d.input_shape", input_shape)
        if weights.ndim != 4 or weights.size == 0:
            raise ParameterError(
                "Conv2d.kernels", weights.shape, "the shape must be (c_out, c_in/groups, kh, kw)"
            )
        c_out, c_in, kh, kw = weights.shape
        groups = checked_size("Conv2d.groups", groups)
        if c_in * groups != channels or c_out % groups:
            raise ParameterError(
                "Conv2d.kernels",
                weights.shape,
                f"with input_shape = {(channels, height, width)} and groups = {groups} the shape must be "
                f"(a multiple of {groups}, {channels}/{groups}, kh, kw)",
            )
        rows, columns = _axes((height, width), (kh, kw), stride, padding, dilation)
        super().__init__((channels, height, width), c_out, rows, columns, weights)
        self._groups = groups

    @property
    def groups(self) -> int:
        """Number of groups of channels that do not mix."""
        return self._groups

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

    @property
    def fan_in(self) -> float:
        """Number of weights of a kernel: synapses onto a unit whose window lies inside the image."""
        return float(self._weights[0].size)

    @property
    def fan_out(self) -> float:
        """Number of weights that leave an input channel: synapses of a unit inside the image, at stride 1."""
        c_out, _, kh, kw = self._weights.shape
        return float(c_out // self._groups * kh * kw)

    @property
    def _shared(self) -> Floats:
        c_out, c_in, kh, kw = self._weights.shape
        return self._weights.reshape(self._groups, c_out // self._groups, c_in, kh, kw).swapaxes(1, 2)

    def _forward(self, x: Floats) -> Floats:
        from neurosim.kernels.convolution import unfold

        dtype = np.result_type(x, self._weights)
        kernels, images = self._matrices(dtype), self._grouped(x, self.input_shape, dtype)
        out = np.empty((*x.shape[:-1], self.n_post), dtype)
        results = self._places(self._grouped(out, self.output_shape, dtype))
        for some, first_row, places, patches, columns in self._tiles(len(images), dtype):
            for k in range(self._groups):
                unfold(images[some, k], first_row, patches, *self._window)
                np.matmul(kernels[k], columns, out=results[some, k, :, places])
        return out

    def _backward(self, g: Floats) -> Floats:
        from neurosim.kernels.convolution import fold

        dtype = np.result_type(g, self._weights)
        kernels, errors = self._matrices(dtype), self._places(self._grouped(g, self.output_shape, dtype))
        out = np.zeros((*g.shape[:-1], self.n_pre), dtype)
        results = self._grouped(out, self.input_shape, dtype)
        for some, first_row, places, patches, columns in self._tiles(len(errors), dtype):
            for k in range(self._groups):
                np.matmul(kernels[k].T, errors[some, k, :, places], out=columns)
                fold(patches, first_row, results[some, k], *self._window)
        return out

    def _weight_gradient(self, x: Floats, g: Floats) -> Floats:
        from neurosim.kernels.convolution import unfold

        dtype = np.result_type(x, g)
        images = self._grouped(x, self.input_shape, dtype)
        errors = self._places(self._grouped(g, self.output_shape, dtype))
        gradient = np.zeros(self._matrices(dtype).shape, dtype)
        for some, first_row, places, patches, columns in self._tiles(len(images), dtype):
            for k in range(self._groups):
                unfold(images[some, k], first_row, patches, *self._window)
                gradient[k] += (errors[some, k, :, places] @ columns.swapaxes(1, 2)).sum(axis=0)
        return gradient.reshape(self._weights.shape)

    def _matrices(self, dtype: DTypeLike) -> Floats:
        """The kernels as a matrix for each group, shape (groups, outputs, inputs*kh*kw)."""
        outputs = self.output_shape[0] // self._groups
        return self._weights.astype(dtype, copy=False).reshape(self._groups, outputs, -1)

    def _grouped(self, x: Floats, shape: tuple[int, int, int], dtype: DTypeLike) -> Floats:
        """Images of shape (batch, groups, channels, height, width); a view where `x` is one already."""
        channels, height, width = shape
        images = np.ascontiguousarray(x, dtype)
        return images.reshape(-1, self._groups, channels // self._groups, height, width)

    @staticmethod
    def _places(images: Floats) -> Floats:
        return images.reshape(*images.shape[:3], -1)

    @property
    def _window(self) -> tuple[int, ...]:
        rows, columns = self._rows, self._columns
        return rows.stride, rows.dilation, rows.before, columns.stride, columns.dilation, columns.before

    def _tiles(self, batch: int, dtype: DTypeLike) -> Iterator[tuple[slice, int, slice, Floats, Floats]]:
        """Cut the work into several whole images at a time, or several rows of one.

        Yields which images, the first row of the output, the places of the output, and a buffer for what the
        window sees there: by channel and tap, and as matrices of shape (channels*kh*kw, places).
        """
        _, height, width = self.output_shape
        taps = self._weights.shape[1:]
        volume = int(np.prod(taps)) * width
        n_rows = min(height, max(1, TILE // volume))
        n_images = min(batch, max(1, TILE // (volume * height))) if n_rows == height else 1
        buffer = np.empty(n_images * volume * n_rows, dtype)
        for image in range(0, batch, n_images):
            some = slice(image, min(image + n_images, batch))
            for row in range(0, height, n_rows):
                last = min(row + n_rows, height)
                shape = (some.stop - image, *taps, last - row, width)
                patches = buffer[: int(np.prod(shape))].reshape(shape)
                columns = patches.reshape(len(patches), -1, shape[4] * width)
                yield some, row, slice(row * width, last * width), patches, columns

    def __repr__(self) -> str:
        (c_in, h, w), (c_out, out_h, out_w) = self.input_shape, self.output_shape
        kh, kw = self._weights.shape[2:]
        return (
            f"Conv2d({c_in}x{h}x{w} → {c_out}x{out_h}x{out_w}, kernels {kh}x{kw}, "
            f"{self.n_synapses} synapses, {self._weights.dtype})"
        )


def _axes(
    image: tuple[int, int], kernel: tuple[int, int], stride: Pair, padding: Pair | str, dilation: Pair
) -> tuple[ImageAxis, ImageAxis]:
    strides = checked_pair("Conv2d.stride", stride, 1)
    dilations = checked_pair("Conv2d.dilation", dilation, 1)
    if padding == "same":
        if strides != (1, 1):
            raise ParameterError("Conv2d.padding", padding, f"needs stride 1, and the stride is {strides}")
        missing = [d * (k - 1) for d, k in zip(dilations, kernel, strict=True)]
        before, after = [m // 2 for m in missing], [m - m // 2 for m in missing]
    elif not isinstance(padding, str) or padding == "valid":
        margin = checked_pair("Conv2d.padding", 0 if isinstance(padding, str) else padding, 0)
        before, after = list(margin), list(margin)
    else:
        raise ParameterError("Conv2d.padding", padding, "must be a number, a pair, 'valid' or 'same'")
    rows, columns = map(ImageAxis, image, kernel, strides, dilations, before, after)
    if rows.n_out < 1 or columns.n_out < 1:
        padded = (image[0] + before[0] + after[0], image[1] + before[1] + after[1])
        limit = f"reaches over {(rows.extent, columns.extent)}, but the padded image has {padded}"
        raise ParameterError("Conv2d.kernels", kernel, limit)
    return rows, columns
