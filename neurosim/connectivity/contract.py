"""What every member of the Connectivity family promises, as a check that anyone can run on a new one."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from neurosim.connectivity.connectivity import Connectivity
from neurosim.errors import NeurosimError

_BATCH = 3
_CHECKED_WEIGHTS = 20
_RELATIVE = {"float32": 1e-5, "float64": 1e-9}


class ContractError(NeurosimError, AssertionError):
    """An object breaks a promise of the family it belongs to; the message says which."""


def require_close(
    promise: str, found: ArrayLike, expected: ArrayLike, *, relative: float = 1e-9, scale: float | None = None
) -> None:
    """Compare two arrays in shape and value.

    Parameters
    ----------
    promise : str
        What should hold, for the message.
    found, expected : array
        Of any shape.
    relative : float, default 1e-9
        Largest difference allowed, as a share of `scale`.
    scale : float, optional
        Size of typical values; default the largest magnitude in `expected`, and at least 1.

    Raises
    ------
    ContractError
        If the shapes differ, or a value differs by more than is allowed, or is not a number.
    """
    a, b = np.asarray(found), np.asarray(expected)
    if a.shape != b.shape:
        raise ContractError(f"{promise}: shapes {a.shape} and {b.shape} differ.")
    if a.size == 0:
        return
    limit = relative * (max(1.0, float(np.abs(b).max())) if scale is None else scale)
    worst = float(np.abs(a - b).max())
    if not worst <= limit:
        raise ContractError(f"{promise}: values differ by {worst:.3g}, more than {limit:.3g}.")


def check_connectivity(operator: Connectivity, rng: np.random.Generator) -> None:
    """Check that `operator` is a Connectivity in deed.

    Checked are: forward and backward agree with `to_dense`, alone and in batches; the adjoint identity
    <x W, g> = <x, g W^T>; `to_sparse` equals `to_dense`; `deliver` and `deliver_window` equal `forward` of
    the spike counts, times their amplitudes; `weight_gradient` equals finite differences of <forward(x), g>;
    a weight changed in place is seen by every method; receptive and projective fields name the synapses,
    and degrees count them; the transpose keeps all these promises too. The weights are left as they were.

    Parameters
    ----------
    operator : Connectivity
        Any member of the family.
    rng : numpy.random.Generator
        Source of the test values.

    Raises
    ------
    ContractError
        Naming the first promise that is broken.
    """
    for member in (operator, operator.T):
        _check_operator(member, rng)
        _check_deliver(member, rng)
        _check_deliver_window(member, rng)
        _check_weight_gradient(member, rng)
        _check_change_in_place(member, rng)
        _check_fields(member)
        _check_degrees(member)
    _require(operator, "T is the transpose", operator.T.to_dense(), operator.to_dense().T)


def _require(
    operator: Connectivity, promise: str, found: ArrayLike, expected: ArrayLike, scale: float | None = None
) -> None:
    relative = _RELATIVE[operator.weights.dtype.name]
    require_close(f"{type(operator).__name__}: {promise}", found, expected, relative=relative, scale=scale)


def _check_operator(operator: Connectivity, rng: np.random.Generator) -> None:
    matrix = operator.to_dense().astype(float)
    x = rng.standard_normal((_BATCH, operator.n_pre))
    sums = np.ones((_BATCH, operator.n_post))
    operator.add_forward(x, sums)
    _require(operator, "add_forward(x) adds x @ W", sums, 1.0 + x @ matrix)
    g = rng.standard_normal((_BATCH, operator.n_post))
    y, back = operator.forward(x), operator.backward(g)
    sums_back = np.ones((_BATCH, operator.n_pre))
    operator.forward_into(x, sums)
    operator.backward_into(g, sums_back)
    _require(operator, "forward_into(x) writes x @ W", sums, y)
    _require(operator, "backward_into(g) writes g @ W.T", sums_back, back)
    _require(operator, "to_sparse() equals to_dense()", operator.to_sparse().toarray(), matrix)
    _require(operator, "forward(x) equals x @ W", y, x @ matrix)
    _require(operator, "backward(g) equals g @ W.T", back, g @ matrix.T)
    _require(operator, "forward of one sample equals a row of the batch", operator.forward(x[0]), y[0])
    _require(operator, "backward of one sample equals a row of the batch", operator.backward(g[0]), back[0])
    scale = float((np.abs(x) @ np.abs(matrix) * np.abs(g)).sum()) + 1.0
    _require(operator, "<x W, g> equals <x, g W^T>", (y * g).sum(), (x * back).sum(), scale=scale)
    dtype = operator.weights.dtype
    if operator.forward(x.astype(dtype)).dtype != dtype or operator.backward(g.astype(dtype)).dtype != dtype:
        raise ContractError(
            f"{type(operator).__name__}: forward and backward keep the dtype {dtype} of x and the weights."
        )


def _check_deliver(operator: Connectivity, rng: np.random.Generator) -> None:
    trials = 2
    spikes = rng.integers(trials * operator.n_pre, size=3 * operator.n_pre)
    start = rng.standard_normal((trials, operator.n_post))
    before, out = start.copy(), start.copy()
    operator.deliver(spikes, out)
    counts = np.bincount(spikes, minlength=trials * operator.n_pre).reshape(trials, -1).astype(float)
    _require(operator, "deliver adds forward of the spike counts", out, start + operator.forward(counts))
    amplitudes = rng.standard_normal(spikes.size)
    operator.deliver(spikes, start, amplitudes)
    counts = np.bincount(spikes, amplitudes, trials * operator.n_pre).reshape(trials, -1)
    promise = "deliver multiplies each spike by its amplitude"
    _require(operator, promise, start, before + operator.forward(counts))
    single = np.zeros(operator.n_post)
    unit = int(rng.integers(operator.n_pre))
    operator.deliver(np.array([unit]), single)
    _require(operator, "deliver of one spike adds its row", single, operator.to_dense()[unit])
    if operator.deliver(np.array([], dtype=np.int64), single) != 0:
        raise ContractError(f"{type(operator).__name__}: deliver of no spikes counts no events.")


def _check_deliver_window(operator: Connectivity, rng: np.random.Generator) -> None:
    trials, n_rows, n_steps, first_row = 2, 5, 4, 3
    pre_start, post_start = 2, 1
    pre_size, post_size = operator.n_pre + 3, operator.n_post + 4
    spikes = [np.sort(rng.integers(trials * pre_size, size=pre_size)) for _ in range(n_steps)]
    spikes[1] = spikes[1][:0]
    offsets = np.cumsum([0] + [s.size for s in spikes])
    ring = rng.standard_normal((n_rows, trials * post_size))
    expected = ring.reshape(n_rows, trials, post_size).copy()
    for step, fired in enumerate(spikes):
        counts = np.bincount(fired, minlength=trials * pre_size).reshape(trials, pre_size).astype(float)
        current = operator.forward(counts[:, pre_start : pre_start + operator.n_pre])
        expected[(first_row + step) % n_rows, :, post_start : post_start + operator.n_post] += current
    operator.deliver_window(
        np.concatenate(spikes),
        offsets,
        ring,
        first_row,
        pre_size=pre_size,
        pre_start=pre_start,
        post_size=post_size,
        post_start=post_start,
    )
    promise = "deliver_window adds forward of the spike counts, step by step"
    _require(operator, promise, ring.reshape(expected.shape), expected)


def _check_weight_gradient(operator: Connectivity, rng: np.random.Generator) -> None:
    x = rng.standard_normal((_BATCH, operator.n_pre))
    g = rng.standard_normal((_BATCH, operator.n_post))
    gradient = operator.weight_gradient(x, g)
    if gradient.shape != operator.weights.shape:
        shape = operator.weights.shape
        raise ContractError(
            f"{type(operator).__name__}: weight_gradient has the shape {shape} of the weights."
        )
    weights = operator.weights.reshape(-1)
    chosen = rng.choice(weights.size, min(weights.size, _CHECKED_WEIGHTS), replace=False)
    differences = np.empty(chosen.size)
    step = 0.5  # forward is linear in the weights: a wide difference is exact and loses no digits
    for k, index in enumerate(chosen):
        original = weights[index]
        totals, values = [], []
        for change in (-step, step):
            weights[index] = original + change
            totals.append(float((operator.forward(x) * g).sum()))
            values.append(float(weights[index]))
        differences[k] = (totals[1] - totals[0]) / (values[1] - values[0])
        weights[index] = original
    promise = "weight_gradient equals finite differences of <forward(x), g>"
    _require(operator, promise, gradient.reshape(-1)[chosen], differences)


def _check_change_in_place(operator: Connectivity, rng: np.random.Generator) -> None:
    x = rng.standard_normal((_BATCH, operator.n_pre))
    original = operator.weights.copy()
    operator.weights[...] = rng.standard_normal(original.shape)
    try:
        if original.size and np.array_equal(operator.weights, original):
            raise ContractError(f"{type(operator).__name__}: weights is the storage itself, not a copy.")
        matrix = operator.to_dense().astype(float)
        out = np.zeros(operator.n_post)
        operator.deliver(np.arange(operator.n_pre), out)
        _require(operator, "forward sees a weight changed in place", operator.forward(x), x @ matrix)
        _require(operator, "deliver sees a weight changed in place", out, matrix.sum(axis=0))
        _require(operator, "to_sparse sees a weight changed in place", operator.to_sparse().toarray(), matrix)
    finally:
        operator.weights[...] = original


def _check_fields(operator: Connectivity) -> None:
    reached = np.zeros((2, operator.n_pre, operator.n_post))
    for unit in range(operator.n_post):
        reached[0, operator.receptive_field(unit), unit] = 1.0
    for unit in range(operator.n_pre):
        reached[1, unit, operator.projective_field(unit)] = 1.0
    _require(operator, "receptive and projective fields agree", reached[0], reached[1])
    if (operator.to_dense()[reached[0] == 0] != 0).any():
        raise ContractError(f"{type(operator).__name__}: every weight joins a unit to its receptive field.")


def _check_degrees(operator: Connectivity) -> None:
    degrees = {"in_degrees": operator.in_degrees(), "out_degrees": operator.out_degrees()}
    reached = {
        "in_degrees": [operator.receptive_field(unit).size for unit in range(operator.n_post)],
        "out_degrees": [operator.projective_field(unit).size for unit in range(operator.n_pre)],
    }
    for name, found in degrees.items():
        _require(operator, f"{name}() adds up to n_synapses", found.sum(), operator.n_synapses)
        if found.shape != np.shape(reached[name]) or (found < reached[name]).any():
            raise ContractError(
                f"{type(operator).__name__}: {name}() counts a synapse for each unit reached."
            )
