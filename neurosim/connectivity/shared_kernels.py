"""Kernels shared by all places of an image: the arithmetic of convolutions."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import DTypeLike

from neurosim.connectivity.checks import Floats, checked_size
from neurosim.connectivity.image_axis import ImageAxis
from neurosim.connectivity.image_operator import Image, ImageOperator
from neurosim.connectivity.sweep import Sweep
from neurosim.errors import ParameterError

SHARES = 4
"""Parts of a batch whose weight gradients may be computed at the same time."""

WORTH_SHARING = 2_000_000
"""Products with a weight for which it pays to wake a thread."""


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
        dtype = np.result_type(x, self._weights)
        out = np.empty((*x.shape[:-1], self.n_post), dtype)
        images, results = self._grouped(x, self._source, dtype), self._grouped(out, self._target, dtype)
        for k, kernels in enumerate(self._kernels_by_group(dtype)):
            _correlate(images, k, kernels, self._forth_sweep, results)
        return out

    def _backward(self, g: Floats) -> Floats:
        dtype = np.result_type(g, self._weights)
        out = np.zeros((*g.shape[:-1], self.n_pre), dtype)
        errors, results = self._grouped(g, self._target, dtype), self._grouped(out, self._source, dtype)
        for k, kernels in enumerate(self._kernels_by_group(dtype)):
            for sweep in self._back_sweeps:
                _correlate(errors, k, kernels.swapaxes(0, 1), sweep, results)
        return out

    def _weight_gradient(self, x: Floats, g: Floats) -> Floats:
        dtype = np.result_type(x, g)
        images, errors = self._grouped(x, self._source, dtype), self._grouped(g, self._target, dtype)
        gradient = np.empty(self._kernels.shape, dtype)
        by_group = gradient.reshape(self._groups, -1, *gradient.shape[1:])
        for k in range(self._groups):
            by_group[k] = _correlate_errors(images, k, errors, self._forth_sweep, by_group[k].shape)
        return gradient.reshape(self._weights.shape)

    @cached_property
    def _forth_sweep(self) -> Sweep:
        return Sweep.forth(self._rows, self._columns)

    @cached_property
    def _back_sweeps(self) -> list[Sweep]:
        return Sweep.back(self._rows, self._columns)

    def _kernels_by_group(self, dtype: DTypeLike) -> Floats:
        """The kernels in shape (groups, outputs, channels, kh, kw), the outputs those of a group."""
        return self._kernels.astype(dtype, copy=False).reshape(self._groups, -1, *self._kernels.shape[1:])

    def _grouped(self, x: Floats, shape: Image, dtype: DTypeLike) -> Floats:
        """Images of shape (batch, groups, channels, height, width); a view where `x` is one already."""
        channels, height, width = shape
        images = np.ascontiguousarray(x, dtype)
        return images.reshape(-1, self._groups, channels // self._groups, height, width)


def _correlate(images: Floats, group: int, kernels: Floats, sweep: Sweep, out: Floats) -> None:
    """Put what kernels (outputs, channels, kh, kw) see in a group of channels into its places."""
    from neurosim.kernels.correlation import correlate
    from neurosim.kernels.crew import share, worth
    from neurosim.kernels.register_tile import fitting_tile

    matrix = sweep.taken(kernels)
    tile, n_rows, n_vectors = fitting_tile(len(matrix))
    n_blocks = -(-len(matrix) // n_rows)
    weights = np.zeros((n_blocks * n_rows, matrix.shape[1]), matrix.dtype)
    weights[: len(matrix)] = matrix
    blocks = np.ascontiguousarray(weights.reshape(n_blocks, n_rows, -1).swapaxes(1, 2))
    offsets, room, places = sweep.offsets(images.shape[2]), sweep.room, sweep.places
    arguments = images, group, room, blocks, offsets, out, places, (tile, n_rows, n_vectors)
    products = out[:, group].size * matrix.shape[1]
    share(correlate, arguments, len(images), worth(len(images), products, WORTH_SHARING))


def _correlate_errors(
    images: Floats, group: int, errors: Floats, sweep: Sweep, shape: tuple[int, ...]
) -> Floats:
    """Gradient for kernels of a shape (outputs, channels, kh, kw)."""
    from neurosim.kernels.correlation import correlate_errors
    from neurosim.kernels.crew import share
    from neurosim.kernels.register_tile import fitting_tile

    offsets = sweep.offsets(images.shape[2])
    tile, n_rows, n_taps = fitting_tile(shape[0])
    n_terms = -(-len(offsets) // n_taps) * n_taps
    padded = np.zeros(n_terms, np.int64)
    padded[: len(offsets)] = offsets
    # The batch is cut in the same way for any number of threads, so that the order of the sums is the same.
    n = min(len(images), SHARES)
    gradients = np.zeros((n, -(-shape[0] // n_rows) * n_rows, n_terms), images.dtype)
    arguments = images, group, sweep.room, errors, padded, gradients, (tile, n_rows, n_taps)
    pays = errors[:, group].size * len(offsets) > WORTH_SHARING
    share(correlate_errors, arguments, n, 1 if pays else n)
    return np.asarray(gradients.sum(axis=0)[: shape[0], : len(offsets)].reshape(shape))


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
