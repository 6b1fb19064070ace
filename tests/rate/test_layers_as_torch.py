"""Layers of every kind, trained side by side with those of PyTorch."""

import numpy as np
import pytest
from sample_layers import IMAGES, SYMBOLS, X, built, tied, weights

from neurosim.connectivity import Conv2d, Dense
from neurosim.rate import (
    Adam,
    Affine,
    BatchNorm,
    Concatenating,
    Embedding,
    LayerNorm,
    LocalResponseNorm,
    Residual,
    Tanh,
)

# Against PyTorch: our layer, theirs, the input, and how their parameters map to ours.


def torch_linear(torch, layer):
    theirs = torch.nn.Linear(*layer.connectivity.to_dense().shape, dtype=torch.float64)
    return theirs, [(layer.weights, theirs.weight, True), (layer.bias, theirs.bias, False)]


def torch_normal(kind):
    def make(torch, layer):
        if kind == "layer":
            theirs = torch.nn.LayerNorm(layer.gain.shape, dtype=torch.float64)
        else:
            theirs = getattr(torch.nn, kind)(layer.gain.size, dtype=torch.float64)
        return theirs, [(layer.gain, theirs.weight, False), (layer.shift, theirs.bias, False)]

    return make


def torch_embedding(torch, layer):
    theirs = torch.nn.Embedding(5, 2, dtype=torch.float64)
    return theirs, [(layer.weights, theirs.weight, False)]


def torch_convolution(torch, layer):
    kernel = torch.nn.Conv2d(1, 2, 2, bias=False, dtype=torch.float64)
    theirs = torch.nn.Sequential(torch.nn.Unflatten(1, (1, 2, 3)), kernel, torch.nn.Flatten())
    return theirs, [(layer.weights, kernel.weight, False)]


def torch_tied(torch, layer):
    class Tied(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.w = torch.nn.Parameter(torch.empty(6, 3, dtype=torch.float64))
            self.b = torch.nn.Parameter(torch.zeros(3, dtype=torch.float64))
            self.c = torch.nn.Parameter(torch.zeros(6, dtype=torch.float64))

        def forward(self, x):
            return torch.tanh(x @ self.w + self.b) @ self.w.T + self.c

    theirs = Tied()
    return theirs, list(zip(layer.parameters(), (theirs.w, theirs.b, theirs.c), (False,) * 3, strict=True))


def torch_residual(torch, layer):
    class Skip(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.first = torch.nn.Linear(6, 4, dtype=torch.float64)
            self.second = torch.nn.Linear(4, 6, dtype=torch.float64)

        def forward(self, x):
            y = self.second(torch.tanh(self.first(x)))
            return x + y if isinstance(layer, Residual) else torch.cat([x, y], 1)

    theirs = Skip()
    pairs = zip(layer.parameters(), theirs.parameters(), (True, False) * 2, strict=True)
    return theirs, list(pairs)


TORCH = {
    "affine": (lambda: Affine(Dense(weights(6, 5))), X, torch_linear),
    "tied": (tied, X, torch_tied),
    "convolution": (lambda: Affine(Conv2d(weights(2, 1, 2, 2), (1, 2, 3)), False), X, torch_convolution),
    "batch norm": (lambda: built(BatchNorm()), X, torch_normal("BatchNorm1d")),
    "channels": (lambda: built(BatchNorm(0.3), (4, 3, 3)), IMAGES, torch_normal("BatchNorm2d")),
    "layer norm": (lambda: built(LayerNorm(2), (4, 3, 3)), IMAGES, torch_normal("layer")),
    "embedding": (lambda: Embedding(Dense(weights(5, 2))), SYMBOLS, torch_embedding),
    "residual": (lambda: built(Residual(Affine(4), Tanh(), Affine(6))), X, torch_residual),
    "concatenating": (lambda: built(Concatenating(Affine(4), Tanh(), Affine(6))), X, torch_residual),
}


@pytest.mark.parametrize("case", TORCH)
def test_a_hundred_steps_as_torch(case):
    torch = pytest.importorskip("torch")
    make, x, make_theirs = TORCH[case]
    layer = make()
    theirs, pairs = make_theirs(torch, layer)
    with torch.no_grad():
        for ours, t, turned in pairs:
            t.copy_(torch.tensor(ours.value.T if turned else ours.value))
    if isinstance(layer, BatchNorm):
        theirs.momentum = layer.momentum
    layer.train()
    theirs.train()
    optimiser = Adam(layer.parameters(), 0.01)
    reference = torch.optim.Adam(theirs.parameters(), 0.01)
    tx = torch.tensor(x)
    target = np.random.default_rng(5).standard_normal(layer(x).shape)
    theirs(tx)
    for step in range(100):
        optimiser.zero_grad()
        loss = ((layer(x) - target) ** 2).sum()
        loss.backward()
        reference.zero_grad()
        their_loss = ((theirs(tx) - torch.tensor(target)) ** 2).sum()
        their_loss.backward()
        assert float(loss) == pytest.approx(their_loss.item(), rel=1e-9, abs=1e-9)
        if step == 0:
            for ours, t, turned in pairs:
                grad = t.grad.numpy()
                np.testing.assert_allclose(ours.grad, grad.T if turned else grad, rtol=1e-9, atol=1e-9)
        optimiser.step()
        reference.step()
    for ours, t, turned in pairs:
        value = t.detach().numpy()
        np.testing.assert_allclose(ours.value, value.T if turned else value, rtol=0, atol=1e-9)
    layer.evaluate()
    theirs.eval()
    np.testing.assert_allclose(layer(x).value, theirs(tx).detach().numpy(), rtol=1e-9, atol=1e-9)


def test_local_response_as_torch():
    torch = pytest.importorskip("torch")
    for size in (3, 4, 9):
        layer = LocalResponseNorm(size, alpha=0.3, beta=0.6, k=1.5)
        theirs = torch.nn.LocalResponseNorm(size, alpha=0.3, beta=0.6, k=1.5)
        np.testing.assert_allclose(layer(IMAGES).value, theirs(torch.tensor(IMAGES)).numpy(), rtol=1e-12)
