"""Conv2d and AveragePool2d against plain Python, scipy.signal and torch; shapes, patches and errors."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.signal import convolve2d, correlate2d

from neurosim.connectivity import AveragePool2d, Conv2d, check_connectivity, feature_maps
from neurosim.errors import ParameterError
from neurosim.kernels.core import crew


def naive_matrix(kernels, input_shape, stride, padding, dilation, groups):
    """W[pre, post] of a convolution, one product at a time."""
    (c_in, h, w), (c_out, _, kh, kw) = input_shape, kernels.shape
    out_h = (h + 2 * padding[0] - dilation[0] * (kh - 1) - 1) // stride[0] + 1
    out_w = (w + 2 * padding[1] - dilation[1] * (kw - 1) - 1) // stride[1] + 1
    matrix = np.zeros((c_in, h, w, c_out, out_h, out_w))
    for o in range(c_out):
        for c in range(c_in // groups):
            channel = o // (c_out // groups) * (c_in // groups) + c
            for oy, ox, i, j in np.ndindex(out_h, out_w, kh, kw):
                y = oy * stride[0] - padding[0] + i * dilation[0]
                x = ox * stride[1] - padding[1] + j * dilation[1]
                if 0 <= y < h and 0 <= x < w:
                    matrix[channel, y, x, o, oy, ox] = kernels[o, c, i, j]
    return matrix.reshape(c_in * h * w, -1)


pytestmark = pytest.mark.filterwarnings("ignore:.*leave out")

pairs = st.tuples(st.integers(1, 3), st.integers(1, 3))


@st.composite
def convolutions(draw):
    groups = draw(st.integers(1, 2))
    c_in, c_out = groups * draw(st.integers(1, 2)), groups * draw(st.integers(1, 2))
    kernel, stride, dilation = draw(pairs), draw(pairs), draw(pairs)
    padding = draw(st.tuples(st.integers(0, 3), st.integers(0, 3)))
    image = draw(st.tuples(st.integers(1, 7), st.integers(1, 7)))
    assume(all(n + 2 * p > d * (k - 1) for n, p, d, k in zip(image, padding, dilation, kernel, strict=True)))
    dtype = draw(st.sampled_from(["float32", "float64"]))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    kernels = rng.standard_normal((c_out, c_in // groups, *kernel)).astype(dtype)
    options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    return kernels, (c_in, *image), options, rng


@settings(max_examples=60, deadline=None)
@given(convolutions())
def test_convolution_keeps_the_contract_and_is_its_definition(case):
    kernels, input_shape, options, rng = case
    operator = Conv2d(kernels, input_shape, **options)
    assert operator.weights is kernels
    expected = naive_matrix(kernels, input_shape, **options)
    np.testing.assert_array_equal(operator.to_dense(), expected)
    ones = Conv2d(np.ones_like(kernels), input_shape, **options)
    assert operator.n_synapses == np.count_nonzero(naive_matrix(ones.weights, input_shape, **options))
    check_connectivity(operator, rng)


@settings(max_examples=40, deadline=None)
@given(
    channels=st.integers(1, 3),
    image=st.tuples(st.integers(1, 7), st.integers(1, 7)),
    size=pairs,
    stride=st.none() | pairs,
    padding=st.integers(0, 2),
    dtype=st.sampled_from(["float32", "float64"]),
    seed=st.integers(0, 2**32 - 1),
)
def test_pooling_keeps_the_contract_and_is_a_uniform_convolution(
    channels, image, size, stride, padding, dtype, seed
):
    assume(all(n + 2 * padding >= k for n, k in zip(image, size, strict=True)))
    rng = np.random.default_rng(seed)
    operator = AveragePool2d((channels, *image), size, stride, padding, dtype=dtype)
    kernels = np.full((channels, 1, *size), operator.weights)
    expected = naive_matrix(kernels, (channels, *image), stride or size, (padding,) * 2, (1, 1), channels)
    np.testing.assert_array_equal(operator.to_dense(), expected)
    assert operator.weights == np.array(1 / (size[0] * size[1]), dtype)
    check_connectivity(operator, rng)


def test_convolution_is_the_cross_correlation_of_scipy():
    rng = np.random.default_rng(0)
    image, kernels = rng.standard_normal((9, 8)), rng.standard_normal((3, 1, 4, 3))
    for padding, mode in (("valid", "valid"), ((3, 2), "full")):
        operator = Conv2d(kernels, (1, 9, 8), padding=padding)
        channels = operator.forward(image.ravel()).reshape(operator.output_shape)
        for channel, kernel in zip(channels, kernels[:, 0], strict=True):
            np.testing.assert_allclose(channel, correlate2d(image, kernel, mode), atol=1e-13)
    errors = rng.standard_normal((3, 6, 6))
    back = Conv2d(kernels, (1, 9, 8)).backward(errors.ravel()).reshape(9, 8)
    expected = sum(convolve2d(error, kernel) for error, kernel in zip(errors, kernels[:, 0], strict=True))
    np.testing.assert_allclose(back, expected, atol=1e-13)


def test_spikes_are_the_cross_correlation_of_scipy():
    rng = np.random.default_rng(1)
    kernels, spikes = rng.standard_normal((2, 1, 3, 3)), rng.random((6, 7)) < 0.2
    operator = Conv2d(kernels, (1, 6, 7), padding="same")
    out = np.zeros(operator.n_post)
    operator.deliver(np.flatnonzero(spikes), out)
    for channel, kernel in zip(out.reshape(operator.output_shape), kernels[:, 0], strict=True):
        np.testing.assert_allclose(channel, correlate2d(spikes.astype(float), kernel, "same"), atol=1e-14)


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"stride": 2, "padding": 1},
        {"stride": (2, 3), "padding": (1, 2), "dilation": (2, 1)},
        {"dilation": 2, "groups": 2},
        {"padding": "same", "dilation": (1, 3)},
    ],
)
def test_convolution_is_that_of_torch(options):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(2)
    groups = options.get("groups", 1)
    images = rng.standard_normal((5, 4, 11, 10))
    kernels = rng.standard_normal((6, 4 // groups, 3, 2))
    x, k = (torch.tensor(a, requires_grad=True) for a in (images, kernels))
    y = torch.nn.functional.conv2d(x, k, **options)
    errors = rng.standard_normal(y.shape)
    y.backward(torch.tensor(errors))
    operator = Conv2d(kernels, (4, 11, 10), **options)
    assert operator.output_shape == tuple(y.shape[1:])
    flat = images.reshape(5, -1)
    np.testing.assert_allclose(operator.forward(flat), y.detach().numpy().reshape(5, -1), atol=1e-12)
    np.testing.assert_allclose(
        operator.backward(errors.reshape(5, -1)), x.grad.numpy().reshape(5, -1), atol=1e-12
    )
    gradient = operator.weight_gradient(flat, errors.reshape(5, -1))
    np.testing.assert_allclose(gradient, k.grad.numpy(), atol=1e-11)


def test_pooling_is_that_of_torch():
    torch = pytest.importorskip("torch")
    images = np.random.default_rng(3).standard_normal((2, 3, 9, 8))
    for size, stride, padding in ((2, None, 0), (3, 2, 1), ((3, 2), (1, 2), (1, 0))):
        expected = torch.nn.functional.avg_pool2d(torch.tensor(images), size, stride, padding)
        operator = AveragePool2d((3, 9, 8), size, stride, padding)
        assert operator.output_shape == tuple(expected.shape[1:])
        found = operator.forward(images.reshape(2, -1))
        np.testing.assert_allclose(found, expected.numpy().reshape(2, -1), atol=1e-14)


def test_threads_and_batches_change_no_bit(monkeypatch):
    rng = np.random.default_rng(4)
    for dtype in ("float32", "float64"):
        operator = Conv2d(
            rng.standard_normal((4, 3, 3, 3)).astype(dtype), (3, 10, 9), padding=1, stride=(1, 2)
        )
        x = rng.standard_normal((7, operator.n_pre)).astype(dtype)
        g = rng.standard_normal((7, operator.n_post)).astype(dtype)
        whole = operator.forward(x), operator.backward(g), operator.weight_gradient(x, g)
        np.testing.assert_array_equal(np.stack([operator.forward(row) for row in x]), whole[0])
        monkeypatch.setattr(feature_maps, "WORTH_SHARING", 1)
        for n in (1, 2, 3, 9):
            monkeypatch.setattr(crew, "processors", lambda n=n: n)
            parts = operator.forward(x), operator.backward(g), operator.weight_gradient(x, g)
            for a, b in zip(whole, parts, strict=True):
                np.testing.assert_array_equal(a, b)
        monkeypatch.undo()


def test_patches_show_what_a_unit_sees_and_drives():
    operator = Conv2d(np.ones((4, 1, 3, 3)), (2, 8, 9), stride=2, dilation=2, padding=1, groups=2)
    image = np.arange(operator.n_pre).reshape(operator.input_shape)
    corner = np.ravel_multi_index((3, 0, 1), operator.output_shape)
    channels, rows, columns = operator.receptive_patch(corner)
    assert image[channels, rows, columns].shape == (1, 2, 3)
    assert (channels.start, rows.start, columns.start, rows.step) == (1, 1, 1, 2)
    for unit in range(operator.n_post):
        patch = image[operator.receptive_patch(unit)].ravel()
        assert patch.tolist() == np.flatnonzero(operator.to_dense()[:, unit]).tolist()
    out = np.arange(operator.n_post).reshape(operator.output_shape)
    for unit in range(operator.n_pre):
        patch = out[operator.projective_patch(unit)].ravel()
        assert patch.tolist() == np.flatnonzero(operator.to_dense()[unit]).tolist()


def test_reprs_show_shapes():
    operator = Conv2d(np.ones((4, 1, 3, 3), "f4"), (1, 6, 5))
    assert repr(operator) == "Conv2d(1x6x5 → 4x4x3, kernels 3x3, 432 synapses, float32)"
    pool = AveragePool2d((4, 6, 5), 2)
    assert repr(pool) == "AveragePool2d(4x6x5 → 4x3x2, windows 2x2, 96 synapses, float64)"


def convolution(kernels=(4, 2, 3, 3), input_shape=(2, 6, 6), **options):
    return lambda: Conv2d(np.ones(kernels), input_shape, **options)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (convolution((4, 3, 3)), r"Conv2d.kernels = \(4, 3, 3\): the shape must be \(c_out, c_in/groups"),
        (convolution((4, 1, 3, 3)), r"kernels = \(4, 1, 3, 3\): with input_shape = \(2, 6, 6\)"),
        (convolution((3, 1, 3, 3), groups=2), r"kernels = \(3, 1, 3, 3\): .*groups = 2.*multiple of 2"),
        (convolution((0, 2, 3, 3)), r"Conv2d.kernels = \(0, 2, 3, 3\)"),
        (convolution(input_shape=(6, 6)), r"Conv2d.input_shape = \(6, 6\): must be \(channels, height"),
        (convolution(input_shape=(2, 6, 0)), r"Conv2d.input_shape = 0"),
        (convolution((4, 2, 7, 3)), r"= \(7, 3\): reaches over \(7, 3\), .* padded image has \(6, 6\)"),
        (convolution(dilation=(1, 3)), r"= \(3, 3\): reaches over \(3, 7\)"),
        (convolution(stride=0), r"Conv2d.stride = 0: must be a whole number from 1 on, or a pair"),
        (convolution(dilation=1.5), r"Conv2d.dilation = 1.5"),
        (convolution(padding=(1, -1)), r"Conv2d.padding = \(1, -1\): .* from 0 on"),
        (convolution(padding="full"), r"Conv2d.padding = 'full': .*'valid' or 'same'"),
        (convolution(padding="same", stride=2), r"needs stride 1, and the stride is \(2, 2\)"),
        (convolution(groups=(1, 2)), r"Conv2d.groups = \(1, 2\)"),
        (lambda: Conv2d([[[[np.nan]]]], (1, 2, 2)), r"Conv2d.kernels\[0, 0, 0, 0\] = nan"),
        (lambda: AveragePool2d((1, 4, 4), 5), r"size = 5: is larger than the image of \(4, 4\)"),
        (lambda: AveragePool2d((1, 4, 4), (2, 0)), r"AveragePool2d.size = \(2, 0\)"),
        (lambda: AveragePool2d((1, 4, 4), 2, dtype=int), r"AveragePool2d.dtype = .*float32 or float64"),
        (lambda: AveragePool2d((1, 4, 4), 2).receptive_patch(4), r"receptive_patch\(unit\) = 4: .* 0 to 3"),
        (lambda: convolution()().forward(np.ones((2, 6, 6))), r"Conv2d.forward\(x\) = \(2, 6, 6\)"),
    ],
)
def test_unusable_shapes(make, message):
    with pytest.raises(ParameterError, match=message):
        make()
