"""Layers of images and sequences: the contract, files, PyTorch, what a summary shows, misuse."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from neurosim.connectivity import AveragePool2d, Conv1d, Conv2d, Dense
from neurosim.errors import ParameterError
from neurosim.rate import (
    Affine,
    AveragePool,
    BatchNorm,
    Branches,
    Concatenating,
    Convolution,
    Flatten,
    GlobalAveragePool,
    GlobalMaxPool,
    Layer,
    MaxPool,
    ReLU,
    Reshape,
    Residual,
    Sequential,
    Upsample,
    Variable,
    apply,
    check_layer,
    jvp,
)
from neurosim.rate.layers.feature_maps import FeatureMaps

rng = np.random.default_rng(5)
IMAGES = rng.standard_normal((2, 4, 5, 6))
SEQUENCES = rng.standard_normal((2, 4, 7))
LIMIT = {"rtol": 0.0, "atol": 1e-10}
DROPS = "ignore:.*leave out"


def built(layer, x=IMAGES):
    layer.build(x.shape[1:], seed=3)
    for k, p in enumerate(layer.parameters()):  # biases of 0 would hide mistakes
        p.value[...] += 0.1 * np.random.default_rng(k).standard_normal(p.shape)
    return layer, x


LAYERS = {
    "convolution": lambda: built(Convolution(3, (2, 3), stride=(1, 2), padding=1, dilation=(2, 1))),
    "same": lambda: built(Convolution(2, 4, False, padding="same")),
    "depthwise": lambda: built(Convolution(8, 3, groups=4)),
    "of a sequence": lambda: built(Convolution(3, 3, stride=2), SEQUENCES),
    "transposed": lambda: built(Convolution(2, 3, stride=2, padding=1, transposed=True)),
    "transposed, of a sequence": lambda: built(Convolution(4, 2, groups=2, transposed=True), SEQUENCES),
    "operator": lambda: built(Convolution(Conv2d(rng.standard_normal((3, 4, 2, 2)), (4, 5, 6)))),
    "turned": lambda: built(Convolution(Conv1d(rng.standard_normal((4, 2, 2)), (2, 8)).T), SEQUENCES),
    "largest": lambda: (MaxPool(2, 1, 1), IMAGES),
    "largest of pairs": lambda: (MaxPool((1, 2)), IMAGES),
    "largest in time": lambda: (MaxPool(3, 2), SEQUENCES),
    "mean": lambda: (AveragePool(3, 1, 1), IMAGES),
    "mean in time": lambda: (AveragePool(3, 2), SEQUENCES),
    "global mean": lambda: (GlobalAveragePool(), IMAGES),
    "global maximum": lambda: (GlobalMaxPool(), SEQUENCES),
    "nearest": lambda: (Upsample(), IMAGES),
    "bilinear": lambda: (Upsample((2, 3), "bilinear"), IMAGES),
    "linear in time": lambda: (Upsample(3, "bilinear"), SEQUENCES),
    "flatten": lambda: (Flatten(), IMAGES),
    "branches": lambda: built(Branches(Convolution(2, 1), Sequential(MaxPool(3, 1, 1), Convolution(3, 1)))),
}  # fmt: skip


@pytest.mark.parametrize("case", LAYERS)
def test_contract(case):
    check_layer(*LAYERS[case]())


@pytest.mark.parametrize("case", LAYERS)
def test_a_file_gives_the_same_layer(case, tmp_path):
    layer, x = LAYERS[case]()
    layer.save(tmp_path / "layer.nsim")
    twin = Layer.load(tmp_path / "layer.nsim")
    assert repr(twin) == repr(layer)
    np.testing.assert_array_equal(twin(x).value, layer(x).value)


def test_a_file_knows_what_a_layer_will_be(tmp_path):
    layer = Convolution(4, 3, False, stride=2, padding=1, groups=2, transposed=True, initialise="he_uniform")
    layer.save(tmp_path / "layer.nsim")
    twin = Layer.load(tmp_path / "layer.nsim")
    for each in (layer, twin):
        each.build((2, 4, 4), seed=0)
    np.testing.assert_array_equal(twin(IMAGES[:, :2, :4, :4]).value, layer(IMAGES[:, :2, :4, :4]).value)


@pytest.mark.parametrize("case", ["convolution", "same", "largest", "mean", "bilinear"])
def test_forward_derivatives(case):
    layer, x = LAYERS[case]()
    direction = np.random.default_rng(1).standard_normal(x.shape)
    _, along = jvp(layer, x, tangents=[direction])
    step = 1e-6
    ahead, behind = layer(x + step * direction).value, layer(x - step * direction).value
    np.testing.assert_allclose(along, (ahead - behind) / (2 * step), atol=1e-7)


def test_forward_derivatives_along_kernels_and_bias():
    layer, x = LAYERS["convolution"]()
    along = [np.random.default_rng(2).standard_normal(p.shape) for p in layer.parameters()]
    start = [p.value.copy() for p in layer.parameters()]

    def moved(distance):
        for p, value, direction in zip(layer.parameters(), start, along, strict=True):
            p.value[...] = value + distance * direction
        return layer(x).value

    expected = 0.5 * (moved(1.0) - moved(-1.0))
    moved(0.0)
    _, found = jvp(lambda *kernels: apply(FeatureMaps(layer.operator), x, *kernels), *start, tangents=along)
    np.testing.assert_allclose(found, expected, atol=1e-12)
    _, found = jvp(
        lambda bias: apply(FeatureMaps(layer.operator), x, start[0], bias), start[1], tangents=along[1:]
    )
    np.testing.assert_allclose(
        found, np.broadcast_to(along[1][:, None, None], found.shape[1:])[None] + 0 * found
    )


def in_torch(torch, layer, x):
    """What PyTorch makes of a batch, with the layer's parameters, and its gradients."""
    functional = torch.nn.functional
    two = x.ndim == 4
    parameters = [torch.tensor(p.value, requires_grad=True) for p in layer.parameters()]
    batch = torch.tensor(x, requires_grad=True)
    if isinstance(layer, Convolution):
        name = f"conv{'_transpose' if layer._transposed else ''}{2 if two else 1}d"
        y = getattr(functional, name)(batch, *parameters, **layer._options)
    elif isinstance(layer, MaxPool | AveragePool):
        name = f"{'max' if isinstance(layer, MaxPool) else 'avg'}_pool{2 if two else 1}d"
        y = getattr(functional, name)(batch, layer.size, layer.stride, layer.padding)
    elif isinstance(layer, Upsample):
        factor = layer.factor if isinstance(layer.factor, tuple) else (layer.factor,) * (x.ndim - 2)
        mode = layer.method if two or layer.method == "nearest" else "linear"
        aligned = {} if mode == "nearest" else {"align_corners": False}
        y = functional.interpolate(batch, scale_factor=tuple(map(float, factor)), mode=mode, **aligned)
    elif isinstance(layer, GlobalAveragePool | GlobalMaxPool):
        axes = tuple(range(2, x.ndim))
        y = batch.mean(axes) if isinstance(layer, GlobalAveragePool) else batch.amax(axes)
    return y, batch, parameters


def agrees_with_torch(layer, x, errors_from):
    torch = pytest.importorskip("torch")
    y, batch, parameters = in_torch(torch, layer, x)
    inputs = Variable(x)
    ours = layer(inputs)
    np.testing.assert_allclose(ours.value, y.detach().numpy(), **LIMIT)
    errors = errors_from.standard_normal(y.shape)
    y.backward(torch.tensor(errors))
    ours.backward(errors)
    np.testing.assert_allclose(inputs.grad, batch.grad.numpy(), **LIMIT)
    for p, theirs in zip(layer.parameters(), parameters, strict=True):
        np.testing.assert_allclose(p.grad, theirs.grad.numpy(), **LIMIT)


sides = st.tuples(st.integers(1, 4), st.integers(1, 4))


@pytest.mark.filterwarnings(DROPS)
@settings(max_examples=30, deadline=None)
@given(
    kind=st.sampled_from(["convolution", "transposed", "largest", "mean", "nearest", "bilinear", "global"]),
    n_axes=st.integers(1, 2),
    size=sides,
    stride=sides,
    padding=st.integers(0, 2),
    dilation=sides,
    groups=st.integers(1, 2),
    image=st.tuples(st.integers(1, 9), st.integers(1, 9)),
    seed=st.integers(0, 2**32 - 1),
)
def test_layers_are_those_of_torch(kind, n_axes, size, stride, padding, dilation, groups, image, seed):
    draw = np.random.default_rng(seed)
    size, stride, dilation, image = (each[:n_axes] for each in (size, stride, dilation, image))
    x = draw.standard_normal((3, 2 * groups, *image))
    if kind in ("convolution", "transposed"):
        options = {"stride": stride, "padding": (padding,) * n_axes, "dilation": dilation, "groups": groups}
        reach = [d * (k - 1) + 1 for d, k in zip(dilation, size, strict=True)]
        if kind == "convolution":
            assume(all(n + 2 * padding >= r for n, r in zip(image, reach, strict=True)))
        else:
            larger = [(n - 1) * s + r - 2 * padding for n, s, r in zip(image, stride, reach, strict=True)]
            assume(min(larger) > 0)
        try:
            layer, _ = built(Convolution(3 * groups, size, transposed=kind == "transposed", **options), x)
        except ParameterError as error:
            assume("has no synapses" not in str(error))  # every tap of the window lies in the padding
            raise
    elif kind in ("largest", "mean"):
        assume(2 * padding <= min(size))
        assume(all(n + 2 * padding >= k for n, k in zip(image, size, strict=True)))
        layer = (MaxPool if kind == "largest" else AveragePool)(size, stride, (padding,) * n_axes)
    elif kind == "global":
        layer = GlobalMaxPool() if padding else GlobalAveragePool()
    else:
        layer = Upsample(size, kind)
    agrees_with_torch(layer, x, draw)


def test_the_first_of_equal_values_wins_and_what_is_no_number_shows():
    x = Variable(np.zeros((1, 1, 4, 4)))
    MaxPool(2)(x).sum().backward()
    np.testing.assert_array_equal(x.grad[0, 0], np.tile([[1.0, 0.0], [0.0, 0.0]], (2, 2)))
    broken = np.zeros((1, 1, 2, 4))
    broken[0, 0, 0, 1] = np.nan
    assert np.isnan(MaxPool(2)(broken).value).tolist() == [[[[True, False]]]]


def test_means_are_an_operator_for_spiking_networks_too():
    layer = AveragePool(2)
    operator = layer.connectivity((4, 4, 6))
    assert isinstance(operator, AveragePool2d)
    flat = IMAGES[:, :, :4].reshape(2, -1)
    before = layer(IMAGES[:, :, :4]).value
    np.testing.assert_allclose(before.reshape(2, -1), operator.forward(flat))
    operator.weights = 1.0  # of a network that shares nothing with the layer
    np.testing.assert_array_equal(layer(IMAGES[:, :, :4]).value, before)


def test_branches_stand_side_by_side():
    layers = Convolution(2, 1), Convolution(3, 3, padding=1)
    branches, _ = built(Branches(*layers))
    expected = np.concatenate([layer(IMAGES).value for layer in layers], axis=1)
    np.testing.assert_array_equal(branches(IMAGES).value, expected)
    assert branches.multiply_accumulates(IMAGES.shape[1:]) == branches.n_synapses


def test_a_layer_learns_the_kernels_of_its_operator():
    operator = Conv2d(np.zeros((3, 4, 2, 2)), (4, 5, 6))
    layer, turned = Convolution(operator), Convolution(operator.T)
    assert layer.weights is turned.weights
    assert layer.weights.value is operator.weights
    assert (layer.input_shape, turned.input_shape) == ((4, 5, 6), (3, 4, 5))


def test_single_precision_is_kept():
    network = Sequential(
        Convolution(4, 3, padding="same"), BatchNorm(), ReLU(), MaxPool(2), AveragePool(2),
        Upsample(2, "bilinear"), GlobalAveragePool(), Affine(3), input_shape=(1, 8, 8), dtype="float32",
    )  # fmt: skip
    x = np.zeros((2, 1, 8, 8), np.float32)
    for training in (False, True):
        network.train(training)
        y = network(x)
        assert y.dtype == np.float32
        y.sum().backward()
    assert {p.grad.dtype for p in network.parameters()} == {np.dtype(np.float32)}


def fields(*layers, input_shape=(1, 64, 64)):
    lines = Sequential(*layers, input_shape=input_shape, seed=0).summary().splitlines()
    start = lines[0].index("receptive field")
    return [line[start : start + 15].strip() for line in lines[1:-1]]


def test_summary_shows_shapes_and_receptive_fields():
    def vgg():
        return [Convolution(2, 3, padding=1), Convolution(2, 3, padding=1), MaxPool(2)]

    network = Sequential(*vgg(), Flatten(), Affine(10), input_shape=(1, 8, 6), seed=0)
    lines = network.summary().splitlines()
    assert "MaxPool(2)" in lines[3]
    assert "2 × 4 × 3" in lines[3]
    assert "convolution" in lines[1].lower()
    assert "1×8×6 → 2×8×6, kernels 3×3" in lines[1]
    assert fields(*vgg(), *vgg()) == ["3 × 3", "5 × 5", "6 × 6", "10 × 10", "14 × 14", "16 × 16"]
    assert fields(*vgg(), Flatten(), Affine(3))[-2:] == ["6 × 6", "all"]
    assert fields(Convolution(2, (3, 1), dilation=(2, 1)), GlobalMaxPool()) == ["5 × 1", "all"]
    block = Residual(
        Convolution(1, 3, padding=1), Concatenating(Convolution(1, 5, padding=2)), Convolution(1, 1)
    )
    assert fields(MaxPool(2), block) == ["2 × 2", "14 × 14"]
    assert fields(Branches(Convolution(2, 1), Convolution(2, 5, padding=2))) == ["5 × 5"]
    everything = Branches(GlobalMaxPool(), Sequential(Convolution(1, 3), GlobalMaxPool()))
    assert fields(Convolution(2, 3), everything) == ["3 × 3", "all"]
    assert fields(Convolution(2, 4, stride=4), input_shape=(3, 16)) == ["4"]
    assert fields(Reshape(1, 8, 8), Convolution(2, 3), input_shape=64) == ["1 × 1", "3 × 3"]
    assert "receptive" not in Sequential(Affine(3), input_shape=4, seed=0).summary()


@pytest.mark.parametrize(
    "layers",
    [
        (Convolution(1, 3, stride=2, padding=1), Convolution(1, 3, padding=1), AveragePool(2)),
        (Convolution(1, 3, stride=2, padding=1), Upsample(2), Convolution(1, 3, padding=1)),
        (Convolution(1, 2, stride=2), Upsample(2, "bilinear")),
        (Convolution(1, 2, stride=2), Convolution(1, 2, stride=2, transposed=True), Convolution(1, 3)),
        (AveragePool(2), Convolution(1, 4, stride=2, padding=1, transposed=True)),
    ],
)  # fmt: skip
def test_receptive_fields_are_what_the_gradient_reaches(layers):
    network = Sequential(*layers, input_shape=(1, 24, 24), seed=0)
    for p in network.parameters():
        p.value[...] = np.abs(p.value) + 0.1
    largest = 0
    x = np.random.default_rng(0).random((1, 1, 24, 24))
    side = network(x).shape[-1]
    for unit in range(side // 2 - 2, side // 2 + 2):  # units differ in phase where images were enlarged
        image = Variable(x)
        network(image)[0, 0, unit, unit].backward()
        rows, _ = np.nonzero(image.grad[0, 0])
        largest = max(largest, int(np.ptp(rows)) + 1)
    told = fields(*layers, input_shape=(1, 24, 24))[-1]
    reach = int(told.split(" ")[0])
    assert largest == reach


@pytest.mark.filterwarnings(DROPS)
@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Convolution(0, 3), r"Convolution.channels = 0: must be a positive whole number, a Conv2d"),
        (lambda: Convolution(Dense(np.eye(3))), r"Convolution.channels = .*a Conv1d or the transpose"),
        (lambda: Convolution(AveragePool2d((1, 4, 4), 2)), r"Convolution.channels"),
        (lambda: Convolution(4), r"Convolution.kernel = None: channels by number need"),
        (lambda: Convolution(Conv2d(np.ones((1, 1, 2, 2)), (1, 4, 4)), 2), r"Convolution.kernel = 2"),
        (lambda: Convolution(4, 0), r"Convolution.kernel = 0: must be a whole number from 1"),
        (lambda: Convolution(4, 3, stride=0), r"Convolution.stride = 0"),
        (lambda: Convolution(4, 3, dilation=(1, 0)), r"Convolution.dilation = \(1, 0\)"),
        (lambda: Convolution(4, 3, padding="full"), r"Convolution.padding = 'full': .*'valid' or 'same'"),
        (lambda: Convolution(4, 3, groups=0), r"Convolution.groups = 0"),
        (lambda: Convolution(4, 3, [1.0]), r"Convolution.bias = \(1,\): the shape must be \(4,\)"),
        (lambda: Convolution(4, 3)(IMAGES), r"Convolution.connectivity = 4: is not made yet.*build"),
        (lambda: Convolution(4, 3).build(9), r"input = \(9,\): a sample must be .* Put a Reshape before"),
        (lambda: Convolution(4, 3, groups=3).build((4, 5, 5)), r"Convolution.groups = 3: must divide"),
        (lambda: Convolution(4, 7).build((4, 5, 5)), r"Conv2d.kernels = \(7, 7\): reaches over"),
        (lambda: Convolution(4, (3, 3)).build((4, 5)), r"Convolution.kernel = \(3, 3\): .* a tuple of one"),
        (lambda: Convolution(1, 1, padding=2, transposed=True).build((4, 3, 3)), r"leaves nothing of"),
        (lambda: built(Convolution(4, 3))[0](IMAGES[:, :3]), r"input = \(3, 5, 6\): .* \(4, 5, 6\)"),
        (lambda: MaxPool(0), r"MaxPool.size = 0"),
        (lambda: MaxPool(2, 0), r"MaxPool.stride = 0"),
        (lambda: MaxPool(2, padding=2), r"MaxPool.padding = 2: must be at most half the size, 2"),
        (lambda: MaxPool(7)(IMAGES), r"MaxPool\(7\), input = \(4, 5, 6\): the window is larger"),
        (lambda: AveragePool(2)(IMAGES[:, 0, 0]), r"AveragePool\(2\), input = \(6,\): a sample must be"),
        (lambda: AveragePool((2, 2))(SEQUENCES), r"AveragePool.size = \(2, 2\): must be"),
        (lambda: GlobalMaxPool()(IMAGES[:, 0, 0]), r"GlobalMaxPool, input = \(6,\): a sample needs channels"),
        (lambda: built(Branches(MaxPool(2), Convolution(1, 1))), r"Branches\(.*, input = .* first axis only"),
        (lambda: Upsample(0), r"Upsample.factor = 0"),
        (lambda: Upsample(2, "cubic"), r"Upsample.method = 'cubic': must be one of nearest, bilinear"),
        (lambda: Upsample(2, "bilinaer"), "Did you mean 'bilinear'"),
        (lambda: Upsample(2, ["nearest"]), "Upsample.method"),
        (lambda: Upsample()(IMAGES[:, 0, 0]), r"Upsample\(2, nearest\), input"),
    ],
)  # fmt: skip
def test_errors(make, message):
    with pytest.raises(ParameterError, match=message):
        make()


@pytest.mark.parametrize(
    ("layer", "told"),
    [
        (MaxPool(2), r"MaxPool.stride = \(2, 2\): .* leave out \(1, 0\) of \(5, 6\) points, 6 of each"),
        (MaxPool(2, 3), r"MaxPool.stride = \(3, 3\): .* leave out \(1, 2\) of \(5, 6\) points, 14 of each"),
        (Convolution(2, 2, stride=3), r"Conv2d.stride = \(3, 3\): .* leave out \(1, 2\) of .* 14 of each"),
    ],
)
def test_building_tells_of_dropped_pixels(layer, told):
    with pytest.warns(UserWarning, match=told):
        Sequential(layer, input_shape=(4, 5, 6))


@pytest.mark.filterwarnings("error")
def test_a_shortcut_of_single_points_picks_its_points_on_purpose():
    around = Convolution(8, 1, stride=2), Convolution(8, 3, stride=2, padding=1)
    shapes = [Sequential(layer, input_shape=(4, 8, 8))[0].operator.output_shape for layer in around]
    assert shapes == [(8, 4, 4), (8, 4, 4)]


@pytest.mark.parametrize("option", [{"stride": 2}, {"padding": 1}, {"groups": 7}, {"transposed": True}])
def test_options_beside_an_operator_are_refused(option):
    operator = Conv2d(np.ones((1, 1, 3, 3)), (1, 8, 8))
    with pytest.raises(ParameterError, match=rf"Convolution\.{next(iter(option))} = .* tells it already"):
        Convolution(operator, **option)
