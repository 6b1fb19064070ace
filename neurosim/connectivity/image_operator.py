"""What operators on images have in common: shapes, the window that slides over them, and delivery."""

from __future__ import annotations

import math
from abc import abstractmethod
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from neurosim.connectivity.checks import Floats, Integers, checked_size, checked_unit
from neurosim.connectivity.connectivity import Connectivity
from neurosim.connectivity.image_axis import ImageAxis, Reach
from neurosim.connectivity.spike_delivery import Delivery
from neurosim.connectivity.transposed import TransposedImageOperator
from neurosim.errors import ParameterError

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Pair = int | tuple[int, int]
Image = tuple[int, int, int]
Patch = tuple[slice, ...]


class ImageOperator(Connectivity):
    """A window that slides over the channels of an image, with the same weights at every place.

    Units are numbered in C order: unit ``(c*height + y)*width + x`` is channel c, row y, column x.

    Parameters
    ----------
    input_shape : (int, int, int)
        Channels, height and width on the presynaptic side.
    n_channels : int
        Channels on the postsynaptic side.
    rows, columns : ImageAxis
        The window along both axes.
    weights : ndarray of float32 or float64
        The storage.
    """

    def __init__(
        self,
        input_shape: Image,
        n_channels: int,
        rows: ImageAxis,
        columns: ImageAxis,
        weights: Floats,
    ) -> None:
        self._source: Image = input_shape
        self._target: Image = (n_channels, rows.n_out, columns.n_out)
        self._rows, self._columns = rows, columns
        super().__init__(math.prod(self._source), math.prod(self._target), weights)
        self._forth = (rows.from_inputs(), columns.from_inputs())
        self._back = (rows.from_outputs(), columns.from_outputs())

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Channels, height and width on the presynaptic side."""
        return self._source

    @property
    def output_shape(self) -> tuple[int, ...]:
        """Channels, height and width on the postsynaptic side."""
        return self._target

    @property
    def axes(self) -> tuple[ImageAxis, ...]:
        """The window along each axis of an image."""
        return self._rows, self._columns

    @property
    def T(self) -> TransposedImageOperator:
        """The transpose, from images of `output_shape` to images of `input_shape`, on the same weights."""
        return TransposedImageOperator(self)

    @property
    @abstractmethod
    def _shared(self) -> Floats:
        """The weights as a view of shape (groups, inputs, outputs, kh, kw), the channels those of a group."""

    @property
    def n_synapses(self) -> int:
        """Number of synapses, each counted once however many of them share a weight; padding has none."""
        groups, n_in, n_out = self._shared.shape[:3]
        rows, columns = (int(reach.first[:, 1].sum()) for reach in self._back)
        return int(groups * n_in * n_out * rows * columns)

    def in_degrees(self) -> NDArray[np.int64]:
        """Number of synapses on each postsynaptic unit, shape (n_post,); padding has none."""
        return _degrees(self._shared.shape[1], self._back, self._target[0])

    def out_degrees(self) -> NDArray[np.int64]:
        """Number of synapses of each presynaptic unit, shape (n_pre,)."""
        return _degrees(self._shared.shape[2], self._forth, self._source[0])

    def receptive_patch(self, unit: int) -> Patch:
        """Return the part of the presynaptic image that a postsynaptic unit sees.

        Parameters
        ----------
        unit : int
            From 0 to n_post - 1; `numpy.ravel_multi_index` gives it from channel, row and column.

        Returns
        -------
        tuple of slices
            Channels, rows and columns: ``image[patch]`` for an image of shape `input_shape`.

        Raises
        ------
        ParameterError
            If there is no such unit.
        """
        checked_unit(f"{type(self).__name__}.receptive_patch(unit)", unit, self.n_post)
        _, n_in, n_out = self._shared.shape[:3]
        return _patch(unit, self._target, n_out, n_in, self._back)

    def projective_patch(self, unit: int) -> Patch:
        """Return the part of the postsynaptic image that a presynaptic unit drives.

        Parameters
        ----------
        unit : int
            From 0 to n_pre - 1.

        Returns
        -------
        tuple of slices
            Channels, rows and columns: ``image[patch]`` for an image of shape `output_shape`.

        Raises
        ------
        ParameterError
            If there is no such unit.
        """
        checked_unit(f"{type(self).__name__}.projective_patch(unit)", unit, self.n_pre)
        _, n_in, n_out = self._shared.shape[:3]
        return _patch(unit, self._source, n_in, n_out, self._forth)

    def to_sparse(self) -> csr_array:
        """Return the matrix W as a new `scipy.sparse.csr_array`, with a number for each synapse."""
        from scipy.sparse import coo_array

        groups, n_in, n_out = self._shared.shape[:3]
        group, source, target = (
            a[..., None, None] for a in np.meshgrid(*map(np.arange, (groups, n_in, n_out)), indexing="ij")
        )
        (y_out, y_tap, y_in), (x_out, x_tap, x_in) = (_synapses(reach) for reach in self._back)
        (_, h, w), (_, out_h, out_w) = self._source, self._target
        pre = ((group * n_in + source) * h + y_in[:, None]) * w + x_in
        post = ((group * n_out + target) * out_h + y_out[:, None]) * out_w + x_out
        values = self._shared[group, source, target, y_tap[:, None], x_tap]
        ends = (pre.ravel(), post.ravel())
        return coo_array((values.ravel(), ends), shape=(self.n_pre, self.n_post)).tocsr()

    def _delivery(self) -> Delivery:
        from neurosim.kernels.connections.convolution import deliver_windows

        return deliver_windows, (self._weights.reshape(-1), *self._route_forth)

    def _transposed_delivery(self) -> Delivery:
        from neurosim.kernels.connections.convolution import deliver_windows

        return deliver_windows, (self._weights.reshape(-1), *self._route_back)

    @cached_property
    def _route_forth(self) -> tuple[Any, ...]:
        return _route(self._shared, self._forth, self._target)

    @cached_property
    def _route_back(self) -> tuple[Any, ...]:
        return _route(self._shared.swapaxes(1, 2), self._back, self._source)

    def _presynaptic(self, unit: int) -> Integers:
        return np.arange(self.n_pre).reshape(self.input_shape)[self.receptive_patch(unit)].ravel()

    def _postsynaptic(self, unit: int) -> Integers:
        return np.arange(self.n_post).reshape(self.output_shape)[self.projective_patch(unit)].ravel()


def checked_image_shape(where: str, shape: Image) -> Image:
    """Return `shape` as a tuple if it is (channels, height, width), each a whole number from 1 on.

    Raises
    ------
    ParameterError
        If it is not.
    """
    if not isinstance(shape, tuple | list) or len(shape) != 3:
        raise ParameterError(where, shape, "must be (channels, height, width)")
    channels, height, width = (checked_size(where, n) for n in shape)
    return channels, height, width


def checked_pair(where: str, value: Pair, least: int) -> tuple[int, int]:
    """Return one whole number, or a pair for rows and columns, as a pair.

    Raises
    ------
    ParameterError
        If it is something else, or less than `least`.
    """
    pair = tuple(value) if isinstance(value, tuple | list) else (value, value)
    if len(pair) != 2 or any(
        not isinstance(n, int | np.integer) or isinstance(n, bool) or not least <= n < 2**31 for n in pair
    ):
        raise ParameterError(where, value, f"must be a whole number from {least} on, or a pair of them")
    return int(pair[0]), int(pair[1])


def _patch(unit: int, shape: Image, n_here: int, n_there: int, reaches: tuple[Reach, Reach]) -> Patch:
    channel, row, column = (int(i) for i in np.unravel_index(unit, shape))
    group = channel // n_here
    channels = slice(group * n_there, (group + 1) * n_there)
    return channels, reaches[0].targets(row), reaches[1].targets(column)


def _degrees(n_there: int, reaches: tuple[Reach, Reach], channels: int) -> NDArray[np.int64]:
    rows, columns = (reach.first[:, 1] for reach in reaches)
    return np.tile(n_there * np.outer(rows, columns).ravel(), channels)


def _synapses(reach: Reach) -> tuple[Integers, Integers, Integers]:
    """Position, tap and target of everything a `Reach` connects."""
    tap, count, target = reach.first.T
    position = np.repeat(np.arange(len(count)), count)
    k = np.arange(len(position)) - np.repeat(np.cumsum(count) - count, count)
    return position, tap[position] + k * reach.tap_step, target[position] + k * reach.target_step


def _route(shared: Floats, reaches: tuple[Reach, Reach], target: Image) -> tuple[Any, ...]:
    """What `deliver_windows` has to know of an operator besides its weights."""
    rows, columns = reaches
    strides = tuple(step // shared.itemsize for step in shared.strides)
    steps = (rows.tap_step, rows.target_step, columns.tap_step, columns.target_step)
    return strides, shared.shape[:3], rows.first, columns.first, steps, target[1:]
