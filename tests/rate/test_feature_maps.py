"""Convolutions that take what follows them into the same pass: as one layer after the other, bit for bit."""

import numpy as np
import pytest

from neurosim.connectivity import Conv2d, feature_maps
from neurosim.errors import ParameterError
from neurosim.kernels.core import crew
from neurosim.rate import (
    Activation,
    Convolution,
    Layer,
    MaxPool,
    ReLU,
    Residual,
    Sequential,
    Variable,
    check_layer,
    jvp,
)

rng = np.random.default_rng(11)

OPTIONS = {
    "padded": {"kernel": 3, "padding": 1},
    "cropped": {"kernel": 2, "padding": (2, 3)},
    "wide": {"kernel": (1, 5), "padding": "same"},
    "in groups": {"kernel": 3, "padding": 1, "groups": 2},
    "without bias": {"kernel": 3, "padding": 1, "bias": False},
    "in steps": {"kernel": 3, "stride": (1, 2), "padding": (1, 2), "dilation": (1, 2)},
}


def network(*followers, dtype="float64", **options):
    return filled(
        Sequential(Convolution(4, **options), *followers, input_shape=(2, 8, 16), dtype=dtype, seed=1)
    )


def filled(net):
    for k, p in enumerate(net.parameters()):  # biases of 0 would hide mistakes
        p.value[...] += 0.3 * np.random.default_rng(k).standard_normal(p.shape)
    return net


def images(dtype="float64", n=5):
    return rng.standard_normal((n, 2, 8, 16)).astype(dtype)


def derived(apply, net, x):
    """Output of a function of the images, and all gradients of a sum of it."""
    given = Variable(x)
    for p in net.parameters():
        p.zero_grad()
    y = apply(given)
    y.backward(np.cos(np.arange(y.size, dtype=x.dtype)).reshape(y.shape))
    return y.value, given.grad, *(p.grad for p in net.parameters())


def one_by_one(net):
    def apply(x):
        for layer in net:
            x = layer(x)
        return x

    return apply


@pytest.mark.filterwarnings("ignore:.*leave out")
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("case", OPTIONS)
@pytest.mark.parametrize("followers", [(ReLU(),), (ReLU(), MaxPool(2)), (ReLU(), MaxPool(2), ReLU())])
def test_all_in_one_pass_is_one_after_the_other(followers, case, dtype):
    net, x = network(*followers, dtype=dtype, **OPTIONS[case]), images(dtype)
    found, expected = (derived(apply, net, x) for apply in (net, one_by_one(net)))
    np.testing.assert_array_equal(found[0], expected[0])
    limit = 1e-13 if dtype == "float64" else 1e-5
    for a, b in zip(found[1:], expected[1:], strict=True):
        assert a.dtype == b.dtype
        np.testing.assert_allclose(a, b, rtol=0, atol=limit * max(1.0, np.abs(b).max()))


def test_the_graph_shows_it():
    net, x = network(ReLU(), MaxPool(2), **OPTIONS["padded"]), images()
    assert net(x).creator.name == "Conv2d, ReLU, MaxPool"
    assert net(x).inputs[0].creator is None
    inside = filled(
        Sequential(Residual(Convolution(2, 3, padding=1), ReLU()), input_shape=(2, 8, 16), seed=1)
    )
    names = {v.creator.name for v in inside(x).inputs if v.creator}
    assert names == {"Conv2d, ReLU"}


@pytest.mark.parametrize(
    "pool", [MaxPool(2, 1), MaxPool(3), MaxPool(2, padding=1), MaxPool((1, 2)), MaxPool((2, 1))]
)
@pytest.mark.filterwarnings("ignore:.*leave out")
def test_other_windows_stay_on_their_own(pool):
    net = network(ReLU(), pool, **OPTIONS["padded"])
    assert net(images()).inputs[0].creator.name == "Conv2d, ReLU"


def test_what_was_put_in_the_place_of_a_layer_is_done():
    class Leak(ReLU):
        def value(self, x):
            return np.where(x > 0, x, 0.1 * x)

    assert network(Leak(), **OPTIONS["padded"])(images()).value.min() < 0
    net = network(ReLU(), MaxPool(2), **OPTIONS["padded"])
    seen = []
    relu = net[1].forward
    net[1].forward = lambda x: seen.append(x.shape) or relu(x)
    net(images())
    assert seen == [(5, 4, 8, 16)]


@pytest.mark.parametrize("followers", [(ReLU(),), (ReLU(), MaxPool(2))])
def test_contract_and_forward_derivatives(followers):
    net, x = network(*followers, **OPTIONS["padded"]), images(n=2)
    check_layer(net, x)
    direction = rng.standard_normal(x.shape)
    _, along = jvp(net, x, tangents=[direction])
    _, expected = jvp(one_by_one(net), x, tangents=[direction])
    np.testing.assert_array_equal(along, expected)


@pytest.mark.parametrize("followers", [(ReLU(),), (ReLU(), MaxPool(2))])
def test_what_is_no_number_shows(followers):
    net, x = network(*followers, **OPTIONS["padded"]), images()
    x[1, 0, 3, 3] = np.nan
    found, expected = net(x).value, one_by_one(net)(Variable(x)).value
    assert np.isnan(found).any()
    np.testing.assert_array_equal(found, expected)


def test_threads_and_neighbours_change_no_bit(monkeypatch):
    net, x = network(ReLU(), MaxPool(2), dtype="float32", **OPTIONS["padded"]), images("float32", 9)
    monkeypatch.setattr(feature_maps, "WORTH_SHARING", 1)
    found = []
    for n in (1, 2, 3):
        monkeypatch.setattr(crew, "processors", lambda n=n: n)
        found.append(derived(net, net, x))
    for other in found[1:]:
        for a, b in zip(found[0], other, strict=True):
            np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(np.concatenate([net(x[i : i + 1]).value for i in range(9)]), found[0][0])


def test_only_what_is_needed_is_computed():
    net, x = network(ReLU(), **OPTIONS["padded"]), images()
    weights, bias = net.parameters()
    weights.requires_grad = False
    net(x).sum().backward()
    assert weights.grad is None
    expected = (net(x).value > 0).sum(axis=(0, 2, 3))
    np.testing.assert_allclose(bias.grad, expected)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (ReLU, "forward"),
        (ReLU, "value"),
        (ReLU, "backward"),
        (ReLU, "__call__"),
        (Activation, "forward"),
        (Layer, "__call__"),
        (MaxPool, "forward"),
        (Convolution, "forward"),
    ],
)
def test_what_was_put_in_the_place_of_a_method_of_a_class_is_done(kind, name, monkeypatch):
    net, x = network(ReLU(), MaxPool(2), **OPTIONS["padded"]), images()
    before = net(x).value
    method, seen = getattr(kind, name), []

    def replaced(self, *given):
        seen.append(name)
        return method(self, *given)

    monkeypatch.setattr(kind, name, replaced)
    y = net(x)
    y.sum().backward()
    assert seen
    np.testing.assert_array_equal(y.value, before)


def test_an_operator_of_ones_own_is_asked():
    class Twice(Conv2d):
        def forward(self, x):
            return 2.0 * super().forward(x)

    kernels = rng.standard_normal((4, 2, 3, 3))
    ours, plain = (kind(kernels, (2, 8, 16), padding=1) for kind in (Twice, Conv2d))
    layers = ReLU(), MaxPool(2)
    x = images(n=2)
    y, expected = (Sequential(Convolution(one, bias=False), *layers)(x).value for one in (ours, plain))
    np.testing.assert_allclose(y, 2.0 * expected, rtol=1e-12)


@pytest.mark.parametrize("followers", [(), (ReLU(),), (ReLU(), MaxPool(2))])
def test_maps_that_were_set_have_no_gradient(followers):
    net = network(*followers, **OPTIONS["padded"])
    maps = net(images(n=2))
    maps.value = np.zeros(maps.shape)
    with pytest.raises(ParameterError, match=r"Conv2d.*, value of shape = \(2, 4, .* after it was comp"):
        (maps * maps).sum().backward()
    with pytest.raises(ParameterError, match="Make a Variable of the new value"):
        maps.backward(maps.value)
    assert net[0].weights.grad is None
    again = Variable(np.zeros(maps.shape))
    (again * 3.0).sum().backward()
    assert (again.grad == 3.0).all()
