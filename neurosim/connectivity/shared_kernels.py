"""Kernels shared by all places of an image: the arithmetic of convolutions."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import DTypeLike

from neurosim.connectivity.checks import Floats, checked_size
from neurosim.connectivity.image_axis import ImageAxis
from neurosim.connectivity.image_operator import Image, ImageOperator
from neurosim.errors import ParameterError

TILE = 2**17
"""Numbers in the patches that are multiplied at a time; they should stay in the second-level cache."""


class SharedKernels(ImageOperator):
    """A convolution, computed from the kernels alone; the matrix is never formed.

    Parameters
    ----------
    source : (int, int, int)
        Channels, height and width of the presynaptic image.
    kernels : ndarray of shape (c_out, c_in/groups, kh, kw)
        A view of `weights`.
    rows, columns : ImageAxis
        The window along both axes.
    groups : int
        Channels are divided into so many groups that do not mix.
    weights : ndarray of float32 or float64
        The storage.

    Raises
    ------
    ParameterError
        If the window is larger than the padded image.
    """

    def __init__(
        self,
        source: Image,
        kernels: Floats,
        rows: ImageAxis,
        columns: ImageAxis,
        groups: int,
        weights: Floats,
    ) -> None:
        self._kernels = kernels
        self._groups = groups
        super().__init__(source, len(kernels), rows, columns, weights)

    @property
    def groups(self) -> int:
        """Number of groups of channels that do not mix."""
        return self._groups

    @property
    def fan_in(self) -> float:
        """Number of weights of a kernel: synapses onto a unit whose window lies inside the image."""
        return float(self._kernels[0].size)

    @property
    def fan_out(self) -> float:
        """Number of weights that leave an input channel: synapses of a unit inside the image, at stride 1."""
        c_out, _, kh, kw = self._kernels.shape
        return float(c_out // self._groups * kh * kw)

    @property
    def _shared(self) -> Floats:
        c_out, c_in, kh, kw = self._kernels.shape
        return self._kernels.reshape(self._groups, c_out // self._groups, c_in, kh, kw).swapaxes(1, 2)

    def _forward(self, x: Floats) -> Floats:
        from neurosim.kernels.convolution import unfold

        dtype = np.result_type(x, self._weights)
        kernels, images = self._matrices(dtype), self._grouped(x, self._source, dtype)
        out = np.empty((*x.shape[:-1], self.n_post), dtype)
        results = self._places(self._grouped(out, self._target, dtype))
        for some, first_row, places, patches, columns in self._tiles(len(images), dtype):
            for k in range(self._groups):
                unfold(images[some, k], first_row, patches, *self._window)
                np.matmul(kernels[k], columns, out=results[some, k, :, places])
        return out

    def _backward(self, g: Floats) -> Floats:
        from neurosim.kernels.convolution import fold

        dtype = np.result_type(g, self._weights)
        kernels, errors = self._matrices(dtype), self._places(self._grouped(g, self._target, dtype))
        out = np.zeros((*g.shape[:-1], self.n_pre), dtype)
        results = self._grouped(out, self._source, dtype)
        for some, first_row, places, patches, columns in self._tiles(len(errors), dtype):
            for k in range(self._groups):
                np.matmul(kernels[k].T, errors[some, k, :, places], out=columns)
                fold(patches, first_row, results[some, k], *self._window)
        return out

    def _weight_gradient(self, x: Floats, g: Floats) -> Floats:
        from neurosim.kernels.convolution import unfold

        dtype = np.result_type(x, g)
        images = self._grouped(x, self._source, dtype)
        errors = self._places(self._grouped(g, self._target, dtype))
        gradient = np.zeros(self._matrices(dtype).shape, dtype)
        for some, first_row, places, patches, columns in self._tiles(len(images), dtype):
            for k in range(self._groups):
                unfold(images[some, k], first_row, patches, *self._window)
                gradient[k] += (errors[some, k, :, places] @ columns.swapaxes(1, 2)).sum(axis=0)
        return gradient.reshape(self._weights.shape)

    def _matrices(self, dtype: DTypeLike) -> Floats:
        """The kernels as a matrix for each group, shape (groups, outputs, inputs*kh*kw)."""
        outputs = self._target[0] // self._groups
        return self._weights.astype(dtype, copy=False).reshape(self._groups, outputs, -1)

    def _grouped(self, x: Floats, shape: Image, dtype: DTypeLike) -> Floats:
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
        _, height, width = self._target
        taps = self._kernels.shape[1:]
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


def checked_groups(
    where: str, kernels: Floats, names: tuple[str, ...], input_shape: tuple[int, ...], groups: int
) -> int:
    """Return the number of groups, if kernels of this shape go with it and the image.

    Parameters
    ----------
    where : str
        The class, for messages.
    kernels : ndarray of shape (c_out, c_in/groups, ...)
    names : tuple of str
        What the sides of a kernel are called.
    input_shape : tuple of int
        Channels, and the sides of the image.
    groups : int

    Raises
    ------
    ParameterError
        If the number of axes or of channels does not fit.
    """
    sides = ", ".join(names)
    if kernels.ndim != 2 + len(names) or kernels.size == 0:
        raise ParameterError(
            f"{where}.kernels", kernels.shape, f"the shape must be (c_out, c_in/groups, {sides})"
        )
    groups = checked_size(f"{where}.groups", groups)
    channels = input_shape[0]
    if kernels.shape[1] * groups != channels or len(kernels) % groups:
        raise ParameterError(
            f"{where}.kernels",
            kernels.shape,
            f"with input_shape = {input_shape} and groups = {groups} the shape must be "
            f"(a multiple of {groups}, {channels}/{groups}, {sides})",
        )
    return groups


def sliding_axes(
    where: str,
    image: tuple[int, ...],
    kernel: tuple[int, ...],
    strides: tuple[int, ...],
    padding: tuple[int, ...] | str,
    dilations: tuple[int, ...],
) -> list[ImageAxis]:
    """Return the window along each axis of an image.

    Parameters
    ----------
    where : str
        The class, for messages.
    image, kernel, strides, dilations : tuple of int
        For each axis.
    padding : tuple of int, "valid" or "same"

    Raises
    ------
    ParameterError
        If there is no such padding, or the window is larger than the padded image.
    """
    if padding == "same":
        if max(strides) > 1:
            raise ParameterError(f"{where}.padding", padding, f"needs stride 1, and the stride is {strides}")
        missing = [d * (k - 1) for d, k in zip(dilations, kernel, strict=True)]
        before, after = [m // 2 for m in missing], [m - m // 2 for m in missing]
    elif padding == "valid":
        before = after = [0] * len(image)
    elif isinstance(padding, tuple):
        before = after = list(padding)
    else:
        raise ParameterError(f"{where}.padding", padding, "must be a number, a pair, 'valid' or 'same'")
    axes = list(map(ImageAxis, image, kernel, strides, dilations, before, after))
    if any(axis.n_out < 1 for axis in axes):
        extents = tuple(axis.extent for axis in axes)
        padded = tuple(axis.size + axis.before + axis.after for axis in axes)
        limit = f"reaches over {extents}, but the padded image has {padded}"
        raise ParameterError(f"{where}.kernels", kernel, limit)
    return axes
