"""The layer that convolves images or sequences, with a bias for each channel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeGuard, cast

import numpy as np
from numpy.typing import ArrayLike

from neurosim.connectivity import Connectivity, Conv1d, Conv2d
from neurosim.connectivity.shared_kernels import SharedKernels
from neurosim.connectivity.transposed import TransposedImageOperator
from neurosim.errors import ParameterError
from neurosim.rate.activations.activations import ReLU
from neurosim.rate.autodiff.operations import Array
from neurosim.rate.autodiff.variable import Variable, apply
from neurosim.rate.checks import checked_count, checked_flag, is_whole
from neurosim.rate.layers.connected import ConnectedLayer
from neurosim.rate.layers.feature_maps import Convolve, FeatureMaps, Operator
from neurosim.rate.layers.initialisation import blank_weights
from neurosim.rate.layers.layer import Layer, Shape, is_just
from neurosim.rate.layers.max_pool import MaxPool
from neurosim.rate.layers.receptive_field import ReceptiveField
from neurosim.rate.layers.sides import Sides, checked_sides

_KINDS = "must be a positive whole number, a Conv2d, a Conv1d or the transpose of one"


class Convolution(ConnectedLayer):
    """Kernels shared by all places of an image, or of a sequence, and a bias for each channel.

    Samples have the shape (channels, height, width) or (channels, length). The operator is a Conv2d or a
    Conv1d, which spiking networks can use at the same time.

    Parameters
    ----------
    channels : int, Conv2d, Conv1d or the transpose of one
        A number stands for so many output channels, with kernels made when the network is built.
    kernel : int or tuple of int, optional
        Sides of a kernel; needed where `channels` is a number.
    bias : bool or array of shape (channels,), default True
        True: a bias that starts at 0. False: none. An array is kept where its dtype is that of the weights.
    stride, dilation : int or tuple of int, default 1
        Steps of the window, and distance of its points.
    padding : int, tuple of int, "valid" or "same", default 0
        Points of value 0 on every side; ``"same"`` keeps the sides of the image, and needs stride 1.
    groups : int, default 1
        Channels are divided into so many groups that do not mix.
    transposed : bool, default False
        Whether the operator is turned round: then a stride makes images larger.
    initialise : str, default "he_normal"
        A name in `INITIALISERS`, for kernels that are made when the network is built.

    Attributes
    ----------
    connectivity : Conv2d, Conv1d or the transpose of one
    weights : Variable
        Shares its memory with ``connectivity.weights``.
    bias : Variable or None

    Raises
    ------
    ParameterError
        If an argument cannot be used; and when built, if the kernels do not fit the image.

    Notes
    -----
    In a network a ReLU that follows, and a MaxPool of 2x2 after it, are computed in the same pass. The way
    back then reads the ``value`` that comes out: write into a copy of it, or not before `backward`.

    Examples
    --------
    >>> from neurosim.rate import Convolution, MaxPool, ReLU, Sequential
    >>> layers = Convolution(6, 5, padding=2), ReLU(), MaxPool(2)
    >>> Sequential(*layers, input_shape=(1, 28, 28), seed=0)[0]
    Convolution(1×28×28 → 6×28×28, kernels 5×5)
    """

    def __init__(
        self,
        channels: int | Connectivity,
        kernel: Sides | None = None,
        bias: bool | ArrayLike = True,
        *,
        stride: Sides = 1,
        padding: Sides | str = 0,
        dilation: Sides = 1,
        groups: int = 1,
        transposed: bool = False,
        initialise: str = "he_normal",
    ) -> None:
        self._options: dict[str, Any] = {
            "stride": stride,
            "padding": padding,
            "dilation": dilation,
            "groups": groups,
        }
        self._kernel, self._transposed = kernel, checked_flag("Convolution.transposed", transposed)
        if isinstance(channels, Connectivity):
            if not isinstance(channels, SharedKernels | TransposedImageOperator):
                raise ParameterError("Convolution.channels", channels, _KINDS)
            if kernel is not None:
                raise ParameterError("Convolution.kernel", kernel, "the operator tells it already")
            told = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1, "transposed": False}
            for name, given in {**self._options, "transposed": transposed}.items():
                if not np.array_equal(given, told[name]):
                    raise ParameterError(f"Convolution.{name}", given, "the operator tells it already")
            super().__init__(channels.output_shape[0], bias, initialise)
            self._connect(channels)
            return
        if not is_whole(channels) or channels < 1:
            raise ParameterError("Convolution.channels", channels, _KINDS)
        if kernel is None:
            raise ParameterError(
                "Convolution.kernel", kernel, "channels by number need the sides of a kernel"
            )
        for name, sides, least in (
            ("kernel", kernel, 1),
            ("stride", stride, 1),
            ("dilation", dilation, 1),
            ("padding", 0 if isinstance(padding, str) else padding, 0),
        ):
            checked_sides(f"Convolution.{name}", sides, None, least)
        if isinstance(padding, str) and padding not in ("same", "valid"):
            limit = "must be a whole number, one for each axis, 'valid' or 'same'"
            raise ParameterError("Convolution.padding", padding, limit)
        self._groups = checked_count("Convolution.groups", groups)
        super().__init__(int(channels), bias, initialise)

    def forward(self, x: Variable) -> Variable:
        """Return the output channels for `x` of shape (batch, channels, height, width) or (..., length)."""
        return self._applied(x)

    def forward_with(self, x: Variable, followers: Sequence[Layer]) -> tuple[Variable, int]:
        """Take a ReLU that follows into the same pass, and a MaxPool of 2x2 after it."""
        if not (followers and is_just(self, Convolution) and is_just(followers[0], ReLU)):
            return super().forward_with(x, followers)
        if not self._is_plain(self.operator):
            return super().forward_with(x, followers)
        pool = followers[1] if len(followers) > 1 else None
        pooled = is_just(pool, MaxPool) and pool.takes_four(self.operator.output_shape)
        return self._applied(self._batch(x), rectified=True, pooled=pooled), 1 + pooled

    def _applied(self, x: Variable, **finish: bool) -> Variable:
        self._check(x.shape[1:])
        bias = () if self.bias is None else (self.bias,)
        operator = self.operator
        if self._is_plain(operator):
            return apply(FeatureMaps(operator, **finish), x, self._weights, *bias)
        return apply(Convolve(operator), x, self._weights, *bias)

    @staticmethod
    def _is_plain(operator: Operator) -> TypeGuard[SharedKernels]:
        """Whether kernels are all there is to an operator: one of a class of one's own may do more."""
        return type(operator) in (Conv1d, Conv2d)

    @property
    def _is_turned(self) -> bool:
        return isinstance(self.operator, TransposedImageOperator)

    @property
    def input_shape(self) -> Shape | None:
        """Shape of a sample that the layer needs; None before it is known."""
        return None if self._connectivity is None else self.operator.input_shape

    @property
    def operator(self) -> Operator:
        """The connectivity, as what it is: an operator on images."""
        return cast("Operator", self.connectivity)

    def multiply_accumulates(self, input_shape: Shape) -> int:
        """Return a product for each synapse."""
        return self.connectivity.n_synapses

    def seen(self, field: ReceptiveField) -> ReceptiveField | None:
        """Widen the field by the extent of the kernel."""
        return field.behind(self.operator.axes, transposed=self._is_turned)

    def _build(self, sample: Array, rng: np.random.Generator) -> None:
        if self._connectivity is None:
            self._connect(self._initialise(self._operator(sample), rng))
        self._check(sample.shape[1:])

    def _operator(self, sample: Array) -> Connectivity:
        c_in, *image = sample.shape[1:] if sample.ndim > 1 else (0,)
        if len(image) not in (1, 2):
            limit = "a sample must be (channels, height, width) or (channels, length)"
            raise ParameterError(
                f"{self.describe()}, input", sample.shape[1:], limit, "Put a Reshape before it."
            )
        n = len(image)
        groups = self._groups
        here = self._n_outputs if self._transposed else c_in
        there = c_in if self._transposed else self._n_outputs
        if here % groups or there % groups:
            limit = f"must divide the channels, {c_in} of the input and {self._n_outputs} of the output"
            raise ParameterError("Convolution.groups", groups, limit)
        kernel = checked_sides("Convolution.kernel", self._kernel, n)
        if self._transposed:
            image = self._enlarged(image, kernel)
        shape = (there, here // groups, *kernel)
        where, given = "Convolution.channels, kernel", (self._n_outputs, self._kernel)
        remedy = "Use smaller kernels, or fewer channels."
        (kernels,) = blank_weights(where, given, shape, dtype=sample.dtype, remedy=remedy)
        make: Any = Conv1d if n == 1 else Conv2d
        operator: SharedKernels = make(kernels, (here, *image), **self._own_options(n))
        return operator.T if self._transposed else operator

    def _own_options(self, n: int) -> dict[str, Any]:
        """The options as the operator takes them: one number for an axis that is alone."""
        if n == 2:
            return self._options
        return {
            k: v[0] if isinstance(v, tuple | list) and len(v) == 1 else v for k, v in self._options.items()
        }

    def _enlarged(self, image: list[int], kernel: Shape) -> list[int]:
        """Sides of the image that the operator reduces to this one, without a rest."""
        n, padding = len(image), self._options["padding"]
        if padding == "same":
            return image
        strides, dilations = (
            checked_sides(f"Convolution.{name}", self._options[name], n) for name in ("stride", "dilation")
        )
        margins = (0,) * n if padding == "valid" else checked_sides("Convolution.padding", padding, n, 0)
        sides = zip(image, strides, margins, dilations, kernel, strict=True)
        enlarged = [(m - 1) * s - 2 * p + d * (k - 1) + 1 for m, s, p, d, k in sides]
        if min(enlarged) < 1:
            raise ParameterError(
                "Convolution.padding", padding, f"leaves nothing of an image of {tuple(image)}"
            )
        return enlarged

    def _check(self, shape: Shape) -> None:
        self.connectivity  # noqa: B018  (raises where there is none yet)
        if shape != self.input_shape:
            limit = f"the shape of a sample must be {self.input_shape}"
            raise ParameterError(f"{self.describe()}, input", shape, limit)

    def description(self) -> dict[str, Any]:
        """The operator and the bias; before the layer is built, what it will be made with."""
        if self._connectivity is None:
            return {
                "channels": self._n_outputs,
                "kernel": self._kernel,
                "bias": self._bias_wanted,
                **self._options,
                "transposed": self._transposed,
                "initialise": self._initialise_name,
            }
        bias = False if self.bias is None else self.bias.value
        return {"channels": self._connectivity, "bias": bias, "initialise": self._initialise_name}

    def describe(self) -> str:
        """Name the sides of images and kernels."""
        ending = "" if self._bias_wanted is not False else ", no bias"
        if self._connectivity is None:
            return f"Convolution(? → {self._n_outputs}, kernels {self._kernel}{ending})"
        operator = self.operator
        turned = ", transposed" if self._is_turned else ""
        shapes = operator.input_shape, operator.output_shape, operator.weights.shape[2:]
        before, after, kernel = ("×".join(map(str, shape)) for shape in shapes)
        return f"Convolution({before} → {after}, kernels {kernel}{turned}{ending})"
