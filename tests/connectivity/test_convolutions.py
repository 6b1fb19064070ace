"""Convolutions against PyTorch over drawn shapes, in one dimension, turned round; pixels that are dropped."""

import warnings

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from neurosim.connectivity import AveragePool2d, Conv1d, Conv2d, check_connectivity
from neurosim.errors import ParameterError

DROPS = "ignore:.*leave out"
LIMIT = {"rtol": 0.0, "atol": 1e-10}


@st.composite
def cases(draw, n_axes):
    """Images, kernels and options of a convolution, and where it leads."""
    numbers = {
        name: tuple(draw(st.lists(st.integers(low, high), min_size=n_axes, max_size=n_axes)))
        for name, low, high in (
            ("stride", 1, 3),
            ("padding", 0, 3),
            ("dilation", 1, 3),
            ("kernel", 1, 5),
            ("image", 1, 12),
        )
    }
    image, kernel = numbers.pop("image"), numbers.pop("kernel")
    reach = [d * (k - 1) + 1 for d, k in zip(numbers["dilation"], kernel, strict=True)]
    room = [n + 2 * p for n, p in zip(image, numbers["padding"], strict=True)]
    assume(all(n >= k for n, k in zip(room, reach, strict=True)))
    groups = draw(st.integers(1, 3))
    c_in, c_out = groups * draw(st.integers(1, 3)), groups * draw(st.integers(1, 9))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    images = rng.standard_normal((draw(st.integers(1, 5)), c_in, *image))
    return images, rng.standard_normal((c_out, c_in // groups, *kernel)), {**numbers, "groups": groups}, rng


def flat(images):
    return np.reshape(images, (len(images), -1))


def operator_of(images, kernels, options):
    if kernels.ndim == 4:
        return Conv2d(kernels, images.shape[1:], **options)
    plain = {name: value if name == "groups" else value[0] for name, value in options.items()}
    return Conv1d(kernels, images.shape[1:], **plain)


@pytest.mark.filterwarnings(DROPS)
@pytest.mark.parametrize("n_axes", [1, 2])
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_convolution_is_that_of_torch(n_axes, data):
    torch = pytest.importorskip("torch")
    images, kernels, options, rng = data.draw(cases(n_axes))
    operator = operator_of(images, kernels, options)
    x, k = (torch.tensor(a, requires_grad=True) for a in (images, kernels))
    y = (torch.nn.functional.conv1d, torch.nn.functional.conv2d)[n_axes - 1](x, k, **options)
    errors = rng.standard_normal(y.shape)
    y.backward(torch.tensor(errors))
    assert operator.output_shape == tuple(y.shape[1:])
    np.testing.assert_allclose(operator.forward(flat(images)), flat(y.detach().numpy()), **LIMIT)
    np.testing.assert_allclose(operator.backward(flat(errors)), flat(x.grad.numpy()), **LIMIT)
    np.testing.assert_allclose(operator.weight_gradient(flat(images), flat(errors)), k.grad.numpy(), **LIMIT)


@pytest.mark.filterwarnings(DROPS)
@pytest.mark.parametrize("n_axes", [1, 2])
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_the_transpose_is_the_transposed_convolution_of_torch(n_axes, data):
    torch = pytest.importorskip("torch")
    images, kernels, options, rng = data.draw(cases(n_axes))
    operator = operator_of(images, kernels, options)
    small = rng.standard_normal((len(images), *operator.output_shape))
    numbers = zip(
        images.shape[2:],
        small.shape[2:],
        kernels.shape[2:],
        *(options[name] for name in ("stride", "padding", "dilation")),
        strict=True,
    )
    left_over = tuple(n - ((m - 1) * s - 2 * p + d * (k - 1) + 1) for n, m, k, s, p, d in numbers)
    x, k = (torch.tensor(a, requires_grad=True) for a in (small, kernels))
    transposed = (torch.nn.functional.conv_transpose1d, torch.nn.functional.conv_transpose2d)[n_axes - 1]
    y = transposed(x, k, output_padding=left_over, **options)
    y.backward(torch.tensor(images))
    np.testing.assert_allclose(operator.T.forward(flat(small)), flat(y.detach().numpy()), **LIMIT)
    np.testing.assert_allclose(operator.T.backward(flat(images)), flat(x.grad.numpy()), **LIMIT)
    gradient = operator.T.weight_gradient(flat(small), flat(images))
    np.testing.assert_allclose(gradient, k.grad.numpy(), **LIMIT)


@pytest.mark.filterwarnings(DROPS)
@settings(max_examples=8, deadline=None)
@given(cases(1), st.sampled_from(["float32", "float64"]))
def test_one_dimension_keeps_the_contract(case, dtype):
    images, kernels, options, rng = case
    operator = operator_of(images, kernels.astype(dtype), options)
    check_connectivity(operator, rng)
    sequence = np.arange(operator.n_pre).reshape(operator.input_shape)
    for unit in range(operator.n_post):
        seen = sequence[operator.receptive_patch(unit)].ravel()
        np.testing.assert_array_equal(seen, operator.receptive_field(unit))


def test_special_cases_of_the_kernel():
    rng = np.random.default_rng(0)
    image = rng.standard_normal((4, 5, 6))
    mixing = Conv2d(rng.standard_normal((3, 4, 1, 1)), image.shape)
    expected = np.einsum("oc,cyx->oyx", mixing.weights[:, :, 0, 0], image)
    np.testing.assert_allclose(mixing.forward(image.ravel()), expected.ravel(), atol=1e-13)
    depthwise = Conv2d(rng.standard_normal((4, 1, 3, 3)), image.shape, groups=4, padding=1)
    alone = [
        Conv2d(kernel[None], (1, 5, 6), padding=1).forward(channel.ravel())
        for kernel, channel in zip(depthwise.weights, image, strict=True)
    ]
    np.testing.assert_allclose(depthwise.forward(image.ravel()), np.concatenate(alone), atol=1e-13)


def test_a_sequence_keeps_its_length_with_padding_same():
    rng = np.random.default_rng(1)
    sequence, kernel = rng.standard_normal((1, 9)), rng.standard_normal((1, 1, 4))
    operator = Conv1d(kernel, (1, 9), padding="same")
    expected = np.correlate(np.pad(sequence[0], (1, 2)), kernel[0, 0], "valid")
    np.testing.assert_allclose(operator.forward(sequence.ravel()), expected, atol=1e-14)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: Conv2d(np.ones((1, 1, 3, 2)), (1, 8, 8), stride=(2, 3)),
            r"Conv2d.stride = \(2, 3\): windows of \(3, 2\) leave out \(1, 2\) of \(8, 8\) points, 22 of",
        ),
        (
            lambda: AveragePool2d((2, 7, 7), 2),
            r"AveragePool2d.stride = \(2, 2\): .* 13 of each channel",
        ),
        (
            lambda: Conv1d(np.ones((1, 1, 3)), (1, 9), stride=4),
            r"Conv1d.stride = \(4,\): windows of \(3,\) leave out \(3,\) of \(9,\) points, 3 of each",
        ),
        (
            lambda: Conv1d(np.ones((1, 1, 3)), (1, 9), stride=2, dilation=2),
            r"Conv1d.stride = \(2,\): windows of \(5,\) leave out \(4,\) of \(9,\) points, 4 of each",
        ),
        (
            lambda: Conv2d(np.ones((1, 1, 3, 3)), (1, 8, 8), stride=4),
            r"Conv2d.stride = \(4, 4\): windows of \(3, 3\) leave out \(2, 2\) of \(8, 8\) points, 28 of",
        ),
        (
            lambda: AveragePool2d((1, 8, 8), (1, 2), (2, 3)),
            r"AveragePool2d.stride = .* leave out \(0, 2\) of \(8, 8\) points, 16 of each",
        ),
    ],
)
def test_dropped_pixels_are_told(make, message):
    with pytest.warns(UserWarning, match=message) as caught:
        make()
    assert caught[0].filename == __file__


@settings(max_examples=40, deadline=None)
@given(cases(1))
def test_as_many_are_left_out_as_have_no_synapses(case):
    images, kernels, options, _ = case
    assume(kernels.shape[2] > 1 and options["stride"][0] > 1)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        operator = operator_of(images, np.ones_like(kernels), options)
    alone = int(np.sum(operator.out_degrees() == 0)) // images.shape[1]
    told = [f" {alone} of each channel" in str(warning.message) for warning in caught]
    assert told == ([True] if alone else [])


def test_points_that_a_stride_picks_and_padding_are_no_loss():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Conv2d(np.ones((1, 1, 1, 1)), (1, 8, 8), stride=2)
        Conv1d(np.ones((1, 1, 2)), (1, 9), dilation=8)
        Conv2d(np.ones((1, 1, 3, 3)), (1, 8, 8), stride=2, padding=1)
        AveragePool2d((1, 9, 9), 3)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Conv1d(np.ones((1, 1, 3, 3)), (1, 9)), r"kernels = .* must be \(c_out, c_in/groups, k\)"),
        (lambda: Conv1d(np.ones((1, 1, 3)), (1, 9, 9)), r"input_shape = .* be \(channels, length\)"),
        (lambda: Conv1d(np.ones((1, 2, 3)), (1, 9)), r"Conv1d.kernels = \(1, 2, 3\): with input"),
        (lambda: Conv1d(np.ones((1, 1, 10)), (1, 9)), r"over \(1, 10\), but the padded image has \(1, 9\)"),
        (lambda: Conv1d(np.ones((1, 1, 3)), (1, 9), stride=0), r"Conv1d.stride = "),
        (lambda: Conv1d(np.ones((1, 1, 3)), (1, 9), padding="half"), r"Conv1d.padding = 'half'"),
    ],
)  # fmt: skip
def test_unusable_sequences(make, message):
    with pytest.raises(ParameterError, match=message):
        make()


def test_a_batch_without_images() -> None:
    conv = Conv2d(np.ones((4, 1, 3, 3)), (2, 8, 8), padding=1, groups=2)
    x, g = np.zeros((0, conv.n_pre)), np.zeros((0, conv.n_post))
    assert conv.forward(x).shape == g.shape
    assert conv.backward(g).shape == x.shape
    np.testing.assert_array_equal(conv.weight_gradient(x, g), np.zeros((4, 1, 3, 3)))
