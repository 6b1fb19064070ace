"""Nothing that is exported goes without an oracle, and the oracles that the other files leave out."""

import inspect
import re
from pathlib import Path

import numpy as np
import pytest

from neurosim import rate
from neurosim.connectivity import AllToAll, Dense, LowRank, OneToOne, Sparse
from neurosim.rate import (
    ACTIVATIONS,
    LOSSES,
    OPTIMISERS,
    Activation,
    Adam,
    AdaMax,
    AdamW,
    Affine,
    Layer,
    LocalResponseNorm,
    OneHot,
    Optimiser,
    RMSProp,
    Schedule,
    SoftLIF,
    TuningCurve,
    Variable,
)

LIMIT = {"rtol": 1e-9, "atol": 1e-11}
TESTS = {path.stem: path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py")}
WITHOUT_PEER = {"Dropout", "GaussianNoise"}  # random; finite differences hold them
WITHOUT_PEER |= {"Sequential", "EachEpoch"}  # what all networks are made of, and a schedule of schedules
rng = np.random.default_rng(21)
X = rng.standard_normal((4, 6))


def exported(kind):
    found = (getattr(rate, name) for name in rate.__all__)
    classes = (each for each in found if inspect.isclass(each) and issubclass(each, kind))
    return [each for each in classes if not inspect.isabstract(each)]


def has_test(name, by):
    return any(re.search(rf"\b{name}\b[,(]", text) and by in text for text in TESTS.values())


@pytest.mark.parametrize("kind", [*exported(Layer), *exported(Optimiser), *exported(Schedule)])
def test_whatever_is_exported_has_a_peer(kind):
    if kind not in {type(activation) for activation in ACTIVATIONS.values()}:  # those are tested by name
        assert kind.__name__ in WITHOUT_PEER or has_test(kind.__name__, 'importorskip("torch")')
        assert not issubclass(kind, Layer) or has_test(kind.__name__, "check_layer(")


@pytest.mark.parametrize("name", LOSSES)
def test_every_loss_has_a_peer(name):
    assert has_test(name, 'importorskip("torch")')


def test_what_is_exported_is_known_by_name():
    named = {type(activation) for activation in ACTIVATIONS.values()}
    assert {*exported(Activation)} == named
    assert {*exported(Optimiser)} == {*OPTIMISERS.values()}


def agrees(value, expected, *pairs):
    """Hold a value and gradients against PyTorch's."""
    np.testing.assert_allclose(value.value, expected.detach().numpy(), **LIMIT)
    g = rng.standard_normal(value.shape)
    value.backward(g)
    expected.backward(expected.new_tensor(g))
    for ours, theirs in pairs:
        np.testing.assert_allclose(ours.grad, theirs.grad.numpy(), **LIMIT)


PRE, POST = np.array([0, 1, 1, 3, 5]), np.array([4, 0, 2, 1, 3])


def drawn(*shape):
    return np.random.default_rng(sum(shape)).standard_normal(shape)


OPERATORS = {  # each with the matrix that PyTorch makes of its weights
    "dense": (lambda: Dense(drawn(6, 5)), lambda torch, w: w),
    "sparse": (
        lambda: Sparse(PRE, POST, drawn(5), n_pre=6, n_post=5),
        lambda torch, w: torch.zeros(6, 5, dtype=w.dtype).index_put(
            (torch.tensor(PRE), torch.tensor(POST)), w
        ),
    ),
    "low rank": (lambda: LowRank(drawn(6, 2), drawn(2, 5)), lambda torch, w: w[:6] @ w[6:].T),
    "symmetric": (lambda: LowRank(drawn(6, 2)), lambda torch, w: w @ w.T),
    "one to one": (lambda: OneToOne(drawn(6)), lambda torch, w: torch.diag(w)),
    "all to all": (lambda: AllToAll(0.3, 6, 5), lambda torch, w: w.expand(6, 5)),
}


@pytest.mark.parametrize("case", OPERATORS)
def test_affine_on_any_connectivity_as_torch(case):
    torch = pytest.importorskip("torch")
    make, matrix = OPERATORS[case]
    layer = Affine(make())
    layer.bias.value = drawn(layer.bias.size)
    ours = (Variable(X.copy()), *layer.parameters())
    theirs = [torch.tensor(v.value, requires_grad=True) for v in ours]
    x, w, b = theirs
    agrees(layer(ours[0]), x @ matrix(torch, w) + b, *zip(ours, theirs, strict=True))


@pytest.mark.parametrize("size", [3, 4])
def test_gradients_of_local_response_as_torch(size):
    torch = pytest.importorskip("torch")
    x = Variable(rng.standard_normal((3, 5, 2, 2)))
    t = torch.tensor(x.value, requires_grad=True)
    theirs = torch.nn.LocalResponseNorm(size, alpha=0.3, beta=0.6, k=1.5)
    agrees(LocalResponseNorm(size, alpha=0.3, beta=0.6, k=1.5)(x), theirs(t), (x, t))


def test_the_curve_of_a_lif_neuron_as_torch():
    torch = pytest.importorskip("torch")
    layer = TuningCurve(SoftLIF(20.0, 2.0, 0.1), 100.0)
    x = Variable(rng.uniform(0.0, 3.0, (4, 5)))
    t = torch.tensor(x.value, requires_grad=True)
    z = 0.1 * torch.logaddexp((t - 1.0) / 0.1, torch.zeros(1, dtype=t.dtype))
    agrees(layer(x), 10.0 / (2.0 + 20.0 * torch.log1p(1.0 / z)), (x, t))


def test_one_hot_as_torch():
    torch = pytest.importorskip("torch")
    expected = torch.nn.functional.one_hot(torch.tensor(X).argmax(1), 6)
    np.testing.assert_array_equal(OneHot()(X).value, expected.numpy())


@pytest.mark.parametrize(
    ("ours", "options", "theirs", "their_options"),
    [
        (Adam, {"clip_norm": 0.05}, "Adam", {}),
        (AdaMax, {"clip_value": 0.01}, "Adamax", {}),
        (AdamW, {"clip_norm": 0.05, "weight_decay": 0.3}, "AdamW", {"weight_decay": 0.3}),
        (RMSProp, {"l1": 0.02}, "RMSprop", {}),
    ],
)
def test_a_hundred_steps_with_clipping_and_penalties_as_torch(ours, options, theirs, their_options):
    torch = pytest.importorskip("torch")
    target = rng.standard_normal((4, 3))
    w, b = Variable(drawn(6, 3)), Variable(drawn(3))
    tw, tb = (torch.tensor(v.value.copy(), requires_grad=True) for v in (w, b))
    optimiser = ours([w, b], 0.01, **options)
    reference = getattr(torch.optim, theirs)([tw, tb], lr=0.01, **their_options)
    for _ in range(100):
        optimiser.zero_grad()
        ((np.tanh(X @ w + b) - target) ** 2).mean().backward()
        optimiser.step()
        reference.zero_grad()
        loss = ((torch.tanh(torch.tensor(X) @ tw + tb) - torch.tensor(target)) ** 2).mean()
        (loss + options.get("l1", 0.0) * (tw.abs().sum() + tb.abs().sum())).backward()
        if "clip_norm" in options:
            # PyTorch's own function adds 1e-6 to the norm.
            norm = torch.sqrt(sum((p.grad**2).sum() for p in (tw, tb)))
            for p in (tw, tb):
                p.grad *= min(1.0, options["clip_norm"] / float(norm))
        if "clip_value" in options:
            torch.nn.utils.clip_grad_value_([tw, tb], options["clip_value"])
        reference.step()
    for v, t in ((w, tw), (b, tb)):
        np.testing.assert_allclose(v.value, t.detach().numpy(), rtol=0, atol=1e-9)
