"""Search for a learning rate: train a little with a rising rate, and watch the loss."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from neurosim.errors import NonFiniteError, ParameterError
from neurosim.rate.autodiff.operations import Array
from neurosim.rate.checks import checked_count, checked_positive
from neurosim.rate.layers.layer import Layer
from neurosim.rate.layers.masking import compared
from neurosim.rate.losses.losses import Loss
from neurosim.rate.optimisers.optimiser import Optimiser
from neurosim.rate.randomness import Seed, as_generator
from neurosim.rate.training.training_data import Samples, checked_data
from neurosim.rate.training.trial import checked_loss, try_last_batch, try_out

_WIDTH = 3.0  # standard deviation of the smoothing, steps
_FEWEST = 10  # losses to be smoothed
_MARGIN = 0.1  # from the rate of the least loss
_DIVERGED = 4.0  # times the least loss


class RateSearch(NamedTuple):
    """What a search found; `neurosim.plotting.plot_rate_search` draws it.

    Attributes
    ----------
    rates : ndarray of shape (n,)
        The learning rates that were tried, rising.
    losses : ndarray of shape (n,)
        The loss of each batch before its step.
    smoothed : ndarray of shape (n,)
        Mean over neighbouring losses, weighted by a Gaussian of 3 steps.
    suggestion : float
        A tenth of the rate at which the smoothed loss was least: at that rate itself training hardly holds.
    """

    rates: Array
    losses: Array
    smoothed: Array
    suggestion: float

    def __repr__(self) -> str:
        tried = f"{len(self.rates)} rates from {self.rates[0]:.2g} to {self.rates[-1]:.2g}"
        return f"RateSearch({tried}, suggestion={self.suggestion:.2g})"

    def plot(self, ax: Any = None) -> Any:
        """Draw the losses over the rates into an Axes, and return it; see `plotting.plot_rate_search`."""
        from neurosim.plotting.learning_rate import plot_rate_search

        return plot_rate_search(self, ax)


def find_learning_rate(
    network: Layer,
    loss: str | Loss,
    optimiser: Optimiser,
    X: ArrayLike,
    y: ArrayLike,
    *,
    lengths: ArrayLike | None = None,
    lowest: float = 1e-6,
    highest: float = 10.0,
    n_steps: int = 100,
    batch_size: int = 32,
    rng: Seed = None,
) -> RateSearch:
    """Take steps at rates that rise exponentially, until the loss diverges; then put everything back.

    Parameters
    ----------
    network : Layer
    loss : str or callable
        As for `fit`.
    optimiser : Optimiser
        Of the network's parameters. It and the network are left as they were, running averages and sources
        of noise included.
    X, y : array of shape (n_samples, ...)
        Inputs and targets.
    lengths : integer array of shape (n_samples,), optional
        Steps of sequences, as for `fit`.
    lowest, highest : float, default 1e-6 and 10
        The first and the last rate.
    n_steps : int, default 100
        At least 10; the search ends early where the loss exceeds four times its least value.
    batch_size : int, default 32
    rng : numpy.random.Generator or int, optional
        Source of the batches, or its seed.

    Returns
    -------
    RateSearch

    Raises
    ------
    ParameterError
        If an argument cannot be used, as for `fit`, or the loss is not finite at the lowest rates.

    References
    ----------
    Smith 2017, doi:10.1109/WACV.2017.58, section 3.3.
    """
    data = checked_data("find_learning_rate", X, y, lengths)
    inputs = data.inputs
    first = checked_positive("find_learning_rate.lowest", lowest)
    if not checked_positive("find_learning_rate.highest", highest) > first:
        raise ParameterError("find_learning_rate.highest", highest, f"must be above the lowest, {lowest}")
    n_steps = checked_count("find_learning_rate.n_steps", n_steps, least=_FEWEST)
    batch_size = checked_count("find_learning_rate.batch_size", batch_size)
    generator = as_generator("find_learning_rate.rng", rng)
    loss = checked_loss("find_learning_rate", network, loss, optimiser)
    try_out("find_learning_rate", network, loss, data)
    if batch_size == 1 or len(inputs) == 1:
        try_last_batch("find_learning_rate", network, inputs[:1], batch_size)
    rates = np.geomspace(first, highest, n_steps)
    losses: list[float] = []
    before, state, own_rate = network.state(), optimiser.state(), optimiser.learning_rate
    network.train()
    try:
        for rate in rates:
            chosen = generator.choice(len(inputs), min(batch_size, len(inputs)), replace=False)
            optimiser.learning_rate = float(rate)
            found = _step(network, loss, optimiser, data.taken(chosen))
            if found is None or (losses and found > _DIVERGED * min(losses) and len(losses) >= _FEWEST):
                break
            losses.append(found)
    finally:
        network.train(False)
        optimiser.learning_rate = own_rate
        optimiser.load_state(state)
        network.load_state(before)
        optimiser.zero_grad()
    if len(losses) < _FEWEST:
        limit = f"the loss is not finite after {len(losses)} steps"
        raise ParameterError("find_learning_rate.lowest", lowest, limit, "Lower it.")
    tried, seen = rates[: len(losses)], np.array(losses)
    smoothed = _smoothed(seen)
    return RateSearch(tried, seen, smoothed, float(tried[np.argmin(smoothed)]) * _MARGIN)


def _step(network: Layer, loss: Loss, optimiser: Optimiser, data: Samples) -> float | None:
    """Return the loss before a step, None where it or a gradient is not finite."""
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        found = loss(*compared(network, *data))
        if not np.isfinite(found.value).all():
            return None
        optimiser.zero_grad()
        found.backward()
        try:
            optimiser.step()
        except NonFiniteError:
            return None
    return float(found)


def _smoothed(losses: Array) -> Array:
    """Gaussian mean over neighbours on both sides, so that it does not lag behind."""
    from scipy.ndimage import gaussian_filter1d

    return np.asarray(gaussian_filter1d(losses, _WIDTH, mode="nearest"))
