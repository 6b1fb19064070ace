"""Attention and the layers made of it: definitions, PyTorch, masks, and learning to retrieve."""

import numpy as np
import pytest

from neurosim.errors import ParameterError
from neurosim.rate import (
    Adam,
    AttentionPooling,
    Lookup,
    MultiHeadAttention,
    Variable,
    attention,
    attention_weights,
    check_layer,
    grad_check,
    mean_squared_error,
)

RNG = np.random.default_rng(5)
X = RNG.standard_normal((3, 5, 6))
STORED = RNG.standard_normal((3, 4, 6))
MASK = RNG.random((3, 5, 4)) < 0.6
MASK[..., 0] = True


def built(layer, shape=(5, 6)):
    layer.build(shape, seed=3)
    for k, p in enumerate(layer.parameters()):  # biases of 0 would hide mistakes
        p.value[...] += 0.1 * np.random.default_rng(k).standard_normal(p.shape)
    return layer


def close(ours, theirs):
    assert np.abs(ours - np.asarray(theirs.detach())).max() < 1e-10


def loaded(torch, layer, width=6):
    """PyTorch's layer with the parameters of ours."""
    n, heads = layer.n_dims, layer.n_heads
    theirs = torch.nn.MultiheadAttention(
        n, heads, kdim=width, vdim=width, batch_first=True, dtype=torch.float64
    )
    q, k, v, out = (
        (torch.tensor(a.weights.value.T.copy()), torch.tensor(a.bias.value)) for a in layer.layers
    )
    with torch.no_grad():
        if width == n:
            theirs.in_proj_weight.copy_(torch.cat([q[0], k[0], v[0]]))
        else:
            theirs.q_proj_weight.copy_(q[0])
            theirs.k_proj_weight.copy_(k[0])
            theirs.v_proj_weight.copy_(v[0])
        theirs.in_proj_bias.copy_(torch.cat([q[1], k[1], v[1]]))
        theirs.out_proj.weight.copy_(out[0])
        theirs.out_proj.bias.copy_(out[1])
    return theirs


def test_definition():
    raised = np.exp(X @ np.swapaxes(STORED, 1, 2) / np.sqrt(6.0))
    weights = raised / raised.sum(axis=-1, keepdims=True)
    np.testing.assert_allclose(attention_weights(X, STORED).value, weights, atol=1e-14)
    np.testing.assert_allclose(attention(X, STORED, STORED).value, weights @ STORED, atol=1e-14)
    np.testing.assert_allclose(attention(X, STORED, STORED, beta=80.0, mask=MASK).value.shape, X.shape)
    assert (attention_weights(X, STORED, mask=MASK).value[~MASK] == 0).all()
    assert attention(X.astype(np.float32), STORED.astype(np.float32), STORED.astype(np.float32)).dtype == "f4"


@pytest.mark.parametrize("mask", [None, MASK], ids=["free", "masked"])
def test_function_equals_pytorch(mask):
    torch = pytest.importorskip("torch")
    ours = [Variable(a.copy()) for a in (X, STORED, STORED[..., :2])]
    theirs = [torch.tensor(v.value, requires_grad=True) for v in ours]
    y = attention(*ours, mask=mask)
    told = {} if mask is None else {"attn_mask": torch.from_numpy(mask)}
    expected = torch.nn.functional.scaled_dot_product_attention(*theirs, **told)
    close(y.value, expected)
    seed = RNG.standard_normal(y.shape)
    y.backward(seed)
    expected.backward(torch.from_numpy(seed))
    for mine, other in zip(ours, theirs, strict=True):
        close(mine.grad, other.grad)


def test_gradients_by_differences():
    grad_check(lambda q, k, v: attention(q, k, v, mask=MASK), X, STORED, STORED[..., :2])


LAYERS = {
    "self": lambda: built(MultiHeadAttention(4, 2)),
    "one head, three updates": lambda: built(MultiHeadAttention(4, updates=3, beta=0.9, bias=False)),
    "causal": lambda: built(MultiHeadAttention(6, 3, causal=True)),
    "pooling": lambda: built(AttentionPooling(4, 2)),
    "lookup": lambda: built(Lookup(7, 4, 2)),
}


@pytest.mark.parametrize("case", LAYERS)
def test_contract(case):
    check_layer(LAYERS[case](), X)


@pytest.mark.parametrize("case", LAYERS)
def test_a_file_gives_the_same_layer(case, tmp_path):
    layer = LAYERS[case]()
    layer.save(tmp_path / "layer.nsim")
    twin = type(layer).load(tmp_path / "layer.nsim")
    assert repr(twin) == repr(layer)
    np.testing.assert_array_equal(twin(X).value, layer(X).value)


def test_lookup_of_single_vectors():
    layer = built(Lookup(7, 4, 2), 6)
    check_layer(layer, X[0])
    np.testing.assert_allclose(layer(X[0]).value, layer(X).value[0], atol=1e-14)
    np.testing.assert_allclose(layer(X[0, 0]).value, layer(X).value[0, 0], atol=1e-14)


@pytest.mark.parametrize("width", [6, 3])
@pytest.mark.parametrize("mask", [None, MASK], ids=["free", "masked"])
def test_association_equals_pytorch(width, mask):
    torch = pytest.importorskip("torch")
    layer = built(MultiHeadAttention(6, 2, n_stored_dims=width))
    theirs = loaded(torch, layer, width)
    stored = STORED[..., :width].copy()
    inputs, others = Variable(X.copy()), torch.tensor(X, requires_grad=True)
    y = layer(inputs, stored, mask=mask)
    kept = torch.from_numpy(stored)
    told = None if mask is None else torch.from_numpy(~np.repeat(mask, 2, axis=0))  # theirs: True is hidden
    expected, _ = theirs(others, kept, kept, attn_mask=told)
    close(y.value, expected)
    seed = RNG.standard_normal(y.shape)
    y.backward(seed)
    expected.backward(torch.from_numpy(seed))
    close(inputs.grad, others.grad)
    close(layer.layers[3].weights.grad.T, theirs.out_proj.weight.grad)
    packed = theirs.in_proj_weight.grad[6:12] if width == 6 else theirs.k_proj_weight.grad
    close(layer.layers[1].weights.grad.T, packed)


def test_causal_pooling_and_lookup_equal_pytorch():
    torch = pytest.importorskip("torch")
    x = torch.from_numpy(X)
    layer = built(MultiHeadAttention(6, 3, causal=True))
    hidden = torch.from_numpy(~np.tri(5, dtype=bool))
    close(layer(X).value, loaded(torch, layer)(x, x, x, attn_mask=hidden)[0])

    members = np.array([[True] * 5, [True, False, True, False, False], [False] * 4 + [True]])
    pooling = built(AttentionPooling(6, 2))
    query = torch.tensor(pooling.query.value).expand(3, 1, 6)
    expected = loaded(torch, pooling)(query, x, x, key_padding_mask=torch.from_numpy(~members))[0]
    close(pooling(X, mask=members).value, expected[:, 0])

    lookup = built(Lookup(7, 6, 2))
    stored = torch.tensor(lookup.stored.value).expand(3, 7, 6)
    close(lookup(X).value, loaded(torch, lookup)(x, stored, stored)[0])


def test_a_mask_does_not_show_the_future():
    layer = built(MultiHeadAttention(6, 3, causal=True))
    np.testing.assert_array_equal(layer(X, mask=np.ones((5, 5), bool)).value, layer(X).value)
    own = np.eye(5, dtype=bool)
    one_by_one = layer(X.reshape(15, 1, 6)).value.reshape(3, 5, 6)
    np.testing.assert_allclose(layer(X, mask=own).value, one_by_one, atol=1e-14)


def test_pooling_does_not_mind_the_order():
    pooling = built(AttentionPooling(4, 2))
    np.testing.assert_allclose(pooling(X[:, ::-1]).value, pooling(X).value, atol=1e-14)


def test_a_lookup_learns_to_answer():
    """Eight random questions, each with an answer of its own, from parameters that know nothing."""
    rng = np.random.default_rng(0)
    questions, answers = rng.standard_normal((8, 6)), rng.standard_normal((8, 4))
    layer = Lookup(8, 4, 2)
    layer.build(6, seed=1)
    optimiser = Adam(layer.parameters(), 0.03)
    losses = []
    for _ in range(300):
        loss = mean_squared_error(layer(questions), answers)
        losses.append(float(loss))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert losses[0] > 0.5
    assert losses[-1] < 0.01


def test_sizes_are_told():
    layer = built(MultiHeadAttention(8, 2))
    assert layer.n_synapses == 3 * 6 * 8 + 8 * 8
    assert layer.multiply_accumulates((5, 6)) == 5 * layer.n_synapses + 2 * 5 * 5 * 8
    assert repr(layer) == "MultiHeadAttention(8 in 2 heads)"
    assert layer.build((9, 6)) == (9, 8)
    assert built(AttentionPooling(8)).build((9, 6)) == (8,)
    assert built(MultiHeadAttention(8, n_stored_dims=3)).build((9, 6)) == (9, 8)


def causal(mask):
    return built(MultiHeadAttention(4, causal=True))(X, mask=mask)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: MultiHeadAttention(6, 4), "n_heads = 4: must divide n_dims, 6"),
        (lambda: MultiHeadAttention(6, updates=0), "updates = 0"),
        (lambda: MultiHeadAttention(6, beta=-1.0), "beta"),
        (lambda: built(MultiHeadAttention(4))(X[0]), r"\(batch, n_queries, d\)"),
        (lambda: built(MultiHeadAttention(4)).build(6), "a sample must have the shape"),
        (lambda: built(MultiHeadAttention(4))(X, STORED, mask=MASK.astype(int)), "must be truth values"),
        (lambda: built(MultiHeadAttention(4))(X, STORED, mask=MASK[:, :2]), "must fit scores of shape"),
        (lambda: built(MultiHeadAttention(4))(X, STORED, mask=MASK & False), "without a key"),
        (lambda: causal(mask=np.ones((5, 5))), r"\(mask\) = .*float64.*must be truth values"),
        (
            lambda: causal(mask=np.ones((5, 4), bool)),
            r"MultiHead.*must fit scores of shape \(3, 5, 5\)",
        ),
        (lambda: causal(mask=np.arange(5) > 0), "without a key"),
        (lambda: built(AttentionPooling(4))(X, mask=MASK), r"the shape must be \(3, 5\)"),
        (lambda: built(AttentionPooling(4)).build(6), "a sample must have the shape"),
        (lambda: AttentionPooling(4)(X), "Call build"),
        (lambda: Lookup(0, 4), "n_patterns = 0"),
        (lambda: Lookup(3, 4)(X), "Call build"),
        (lambda: attention(X, STORED[..., :2], STORED), "the shapes must be"),
        (lambda: attention(X[0, 0], STORED, STORED), "the shapes must be"),
    ],
)
def test_mistakes(wrong, message):
    with pytest.raises(ParameterError, match=message):
        wrong()
