"""Kernels shared by all places of an image: the arithmetic of convolutions."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import DTypeLike

from neurosim.connectivity.checks import Floats, checked_size
from neurosim.connectivity.feature_maps import (
    MapErrors,
    Taps,
    correlate_back,
    correlate_errors,
    correlate_images,
)
from neurosim.connectivity.image_axis import ImageAxis
from neurosim.connectivity.image_operator import Image, ImageOperator
from neurosim.connectivity.sweep import Sweep
from neurosim.errors import ParameterError
from neurosim.machine import check_room


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

    def feature_maps(
        self, x: Floats, bias: Floats | None = None, *, rectified: bool = False, pooled: bool = False
    ) -> tuple[Floats, Taps | None]:
        """Apply the operator, add a bias to each channel, and finish the maps, all in one pass.

        Parameters
        ----------
        x : ndarray of shape (..., n_pre)
        bias : ndarray of shape (n_channels,), optional
        rectified : bool, default False
            Whether 0 takes the place of negative numbers.
        pooled : bool, default False
            Whether of each 2x2 numbers side by side only the largest is kept; sides must be even.

        Returns
        -------
        maps : ndarray of shape (..., n_post), or (..., n_post/4) where pooled
        winners : uint8 array of the shape of `maps`, or None
            Which of four was the largest, if pooled.
        """
        dtype = np.result_type(x, self._weights)
        pool = 4 if pooled else 1
        maps = np.empty((*x.shape[:-1], self.n_post // pool), dtype)
        winners = np.empty(maps.shape, np.uint8) if pooled else None
        images, biases = self._grouped(x, self._source, dtype), np.zeros((self._groups, self._outputs), dtype)
        if bias is not None:
            biases[:] = bias.reshape(biases.shape)
        out = maps.reshape(
            len(images), self._groups, self._outputs, self.n_post // pool // len(self._kernels)
        )
        for k, kernels in enumerate(self._kernels_by_group(dtype)):
            correlate_images(images, k, kernels, self._forth_sweep, biases[k], rectified, out, winners)
        return maps, winners

    def images_gradient(self, errors: MapErrors) -> Floats:
        """Return the gradient for what `feature_maps` was given, from that for what it returned."""
        dtype = np.result_type(errors.g, self._weights)
        all_seen = self._rows.stride == self._columns.stride == 1  # a stride may leave points out
        out = (np.empty if all_seen else np.zeros)((*errors.g.shape[:-1], self.n_pre), dtype)
        grouped = errors.grouped(self._groups, self._outputs, dtype)
        images = self._grouped(out, self._source, dtype)
        for k, kernels in enumerate(self._kernels_by_group(dtype)):
            for sweep in self._back_sweeps:
                correlate_back(grouped, k, self._target[1:], kernels.swapaxes(0, 1), sweep, images)
        return out

    def kernel_gradients(self, x: Floats, errors: MapErrors) -> tuple[Floats, Floats]:
        """Return the gradients for the weights and the bias, from that for what `feature_maps` returned."""
        dtype = np.result_type(x, errors.g)
        images, grouped = (
            self._grouped(x, self._source, dtype),
            errors.grouped(self._groups, self._outputs, dtype),
        )
        gradient, by_bias = (
            np.empty(self._kernels.shape, dtype),
            np.empty((self._groups, self._outputs), dtype),
        )
        by_group = gradient.reshape(self._groups, -1, *gradient.shape[1:])
        for k in range(self._groups):
            by_group[k], by_bias[k] = correlate_errors(
                images, k, grouped, self._target[1:], self._forth_sweep, by_group[k].shape
            )
        return gradient.reshape(self._weights.shape), by_bias.reshape(-1)

    def _forward(self, x: Floats) -> Floats:
        return self.feature_maps(x)[0]

    def _backward(self, g: Floats) -> Floats:
        return self.images_gradient(MapErrors(g))

    def _weight_gradient(self, x: Floats, g: Floats) -> Floats:
        return self.kernel_gradients(x, MapErrors(g))[0]

    @property
    def _outputs(self) -> int:
        """Output channels of a group."""
        return len(self._kernels) // self._groups

    @cached_property
    def _forth_sweep(self) -> Sweep:
        sweep = Sweep.forth(self._rows, self._columns, self._kernels.shape[1])
        padding = tuple((axis.before, axis.after) for axis in self.axes)
        check_room(f"{type(self).__name__}.padding", padding, sweep.n_bytes, "Use less padding.")
        return sweep

    @cached_property
    def _back_sweeps(self) -> list[Sweep]:
        return Sweep.back(self._rows, self._columns, self._outputs)

    def _kernels_by_group(self, dtype: DTypeLike) -> Floats:
        """The kernels in shape (groups, outputs, channels, kh, kw), the outputs those of a group."""
        return self._kernels.astype(dtype, copy=False).reshape(self._groups, -1, *self._kernels.shape[1:])

    def _grouped(self, x: Floats, shape: Image, dtype: DTypeLike) -> Floats:
        """Images of shape (batch, groups, channels, height, width); a view where `x` is one already."""
        channels, height, width = shape
        images = np.ascontiguousarray(x, dtype)
        return images.reshape(-1, self._groups, channels // self._groups, height, width)


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
