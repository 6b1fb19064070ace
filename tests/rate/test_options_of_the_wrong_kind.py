"""Options of the wrong kind are refused; arrays of kinds derived from NumPy's are read, or refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import neurosim.rate as rate
from neurosim.connectivity import Conv2d
from neurosim.errors import ParameterError

WEIGHTS = [rate.Variable(np.ones(3))]
KERNELS = Conv2d(np.ones((1, 1, 2, 2)), (1, 4, 4))
NO_FLAG: list[Any] = ["no", 0, None, np.zeros(3)]


@pytest.mark.parametrize("flag", NO_FLAG, ids=repr)
@pytest.mark.parametrize(
    ("where", "make"),
    [
        ("Convolution.transposed", lambda flag: rate.Convolution(2, 3, transposed=flag)),
        ("MultiHeadAttention.causal", lambda flag: rate.MultiHeadAttention(4, causal=flag)),
        ("RMSProp.centred", lambda flag: rate.RMSProp(WEIGHTS, centred=flag)),
        ("CosineDecay.restarts", lambda flag: rate.CosineDecay(0.1, 5, restarts=flag)),
    ],
)
def test_flags_are_true_or_false(where: str, make: Callable[[Any], Any], flag: Any) -> None:
    with pytest.raises(ParameterError, match=f"{where} = .*must be True or False"):
        make(flag)


@pytest.mark.parametrize(
    ("where", "make"),
    [
        ("SoftLIF.tau_m", lambda: rate.SoftLIF(tau_m=None)),  # type: ignore[arg-type]
        ("SoftLIF.tau_m", lambda: rate.SoftLIF(tau_m=np.ones(3))),  # type: ignore[arg-type]
        ("SoftLIF.tau_ref", lambda: rate.SoftLIF(tau_ref="2")),  # type: ignore[arg-type]
        ("SoftLIF.gamma", lambda: rate.SoftLIF(gamma=True)),
        ("Convolution.stride", lambda: rate.Convolution(KERNELS, stride=np.array([1, 2]))),  # type: ignore[arg-type]
        ("MultiHeadAttention.n_stored_dims", lambda: rate.MultiHeadAttention(4, n_stored_dims=10**20)),
        ("SGD.parameters", lambda: rate.SGD(np.array(2))),
        ("WarmUp.then", lambda: rate.WarmUp(lambda step: "fast", 3)(0)),  # type: ignore[arg-type, return-value]
    ],
)
def test_numbers_are_numbers(where: str, make: Callable[[], Any]) -> None:
    with pytest.raises(ParameterError, match=where):
        make()


def test_whole_numbers_of_any_length_are_numbers() -> None:
    assert rate.ELU(10**20).a == 1e20


def test_a_window_longer_than_any_sequence_cuts_nothing() -> None:
    x = np.random.default_rng(0).standard_normal((2, 5, 4))
    gradients = []
    for window in (None, 10**20):
        layer = rate.GRU(3, window=window)
        network = rate.Sequential(layer, input_shape=(5, 4), seed=0)
        network(x).sum().backward()
        gradients.append([p.grad for p in network.parameters()])
    assert all(np.array_equal(*pair) for pair in zip(*gradients, strict=True))


@pytest.mark.filterwarnings("ignore:the matrix subclass")
def test_matrices_are_read_as_arrays(tmp_path: Path) -> None:
    """A numpy.matrix multiplies in another way than an array, and keeps two axes."""
    x = np.random.default_rng(0).standard_normal((3, 3))
    on_disk = np.memmap(tmp_path / "x", np.float64, "w+", shape=x.shape)
    on_disk[:] = x
    grads: list[Any] = []
    for given in (x, np.matrix(x), np.ma.masked_array(x), on_disk):
        variable = rate.Variable(given)
        assert type(variable.value) is np.ndarray
        (variable / variable.sum(axis=1, keepdims=True)).max(axis=0).sum().backward()
        grads.append(variable.grad)
        network = rate.Sequential(rate.BatchNorm(), rate.Affine(2), input_shape=3, seed=0)
        network.train()
        network(given).sum().backward()
        grads.append(network.parameters()[0].grad)
    assert all(np.array_equal(grads[k], grads[k % 2]) for k in range(2, 8))


@pytest.mark.parametrize("layer", [rate.Affine(2), rate.Dropout(), rate.LayerNorm()], ids=repr)
def test_masked_values_are_refused_everywhere(layer: rate.Layer) -> None:
    masked = np.ma.masked_array(np.ones((2, 3)), np.eye(2, 3, dtype=bool))
    with pytest.raises(ParameterError, match=rf"{type(layer).__name__}.*\(x\) = .*has masked values"):
        layer(masked)
    with pytest.raises(ParameterError, match=r"Variable.value = .*has masked values"):
        rate.Variable(masked)


X = rate.Variable(np.ones((3, 4)))


@pytest.mark.parametrize(
    ("where", "apply"),
    [
        ("sum", lambda wrong: X.sum(wrong)),
        ("var", lambda wrong: X.var(wrong)),
        ("softmax", lambda wrong: rate.softmax(X, wrong)),
        ("concatenate", lambda wrong: rate.concatenate([X, X], wrong)),
        ("stack", lambda wrong: rate.stack([X, X], wrong)),
        ("gather", lambda wrong: rate.gather(X, np.zeros((3, 1), int), wrong)),
        ("pad", lambda wrong: rate.pad(X, wrong)),
        ("split", lambda wrong: rate.split(X, 2, wrong)),
        ("split", lambda wrong: rate.split(X, wrong)),
        ("reshape", lambda wrong: X.reshape(wrong)),
        ("einsum", lambda wrong: rate.einsum(wrong, X)),
        ("minimise.loss", lambda wrong: rate.minimise(wrong, [X])),
    ],
)
@pytest.mark.parametrize("wrong", [2.5, 10**20, "x", {}], ids=repr)
def test_axes_and_places_are_whole_numbers(where: str, apply: Callable[[Any], Any], wrong: Any) -> None:
    with pytest.raises(ParameterError, match=rf"(?i)\b{where}"):
        apply(wrong)


def test_what_is_no_list_cannot_be_joined() -> None:
    for join in (rate.concatenate, rate.stack):
        with pytest.raises(ParameterError, match="needs a list of at least one"):
            join(3)  # type: ignore[arg-type]


def test_places_of_cuts_in_any_row_of_whole_numbers() -> None:
    for cuts in ([1, 2], (1, 2), np.array([1, 2]), range(1, 3)):
        assert [part.shape for part in rate.split(X, cuts)] == [(1, 4)] * 3  # type: ignore[arg-type]
    assert [part.shape for part in rate.split(X, [])] == [(3, 4)]
