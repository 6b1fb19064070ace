"""The restricted Boltzmann machine: a layer of visible and a layer of hidden units, joined both ways."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from neurosim.models.boltzmann.enumeration import all_states, check_few
from numpy.typing import ArrayLike

from neurosim.connectivity import Connectivity, Dense
from neurosim.errors import ParameterError
from neurosim.machine import check_room
from neurosim.rate.checks import checked_amount, checked_count, checked_positive
from neurosim.rate.estimators.estimator import Estimator

Array = np.ndarray[Any, np.dtype[Any]]

START = 0.01
"""Standard deviation of the first weights (Hinton 2012, section 8)."""

CLEAR = 0.01
"""Share of samples that a pixel counts as on, or off, at least, for the first biases."""


class RestrictedBoltzmannMachine(Estimator):
    """Visible units v and hidden units h, 0 or 1, with the energy ``-v W h - b v - c h``.

    Given one layer the units of the other are independent. Learning follows the difference of ``v h`` between
    data and the machine's own dreams, taken after a few steps from the data (contrastive divergence) or from
    chains that go on from batch to batch.

    Parameters
    ----------
    n_hidden : int, default 64
        Not needed where a connectivity is given.
    learning_rate : float, default 0.1
    batch_size : int, default 20
        Samples per step, and number of chains.
    epochs : int, default 10
        Passes over the data.
    steps : int, default 1
        k: times that the dream goes to and fro.
    persistent : bool, default False
        Whether dreams go on where they ended, instead of beginning at the data.
    weight_decay : float, default 0
        Pull of the weights towards 0.
    connectivity : Connectivity, optional
        From the visible to the hidden units, such as a `Sparse` or a `Conv2d`; its weights are overwritten.
        A `Dense` by default.
    random_state : int, default 0

    Attributes
    ----------
    connectivity_ : Connectivity
        ``forward`` leads up, ``backward`` down, and ``weight_gradient`` is what is learnt.
    visible_bias_, hidden_bias_ : ndarray, shapes (n_visible,) and (n_hidden,)
    errors_ : ndarray, shape (epochs,)
        Mean squared difference of data and their reconstruction, by epoch.
    chains_ : ndarray, shape (batch_size, n_visible)
        Where the dreams are; only with `persistent`.

    References
    ----------
    Hinton (2002), doi:10.1162/089976602760128018; Tieleman (2008), doi:10.1145/1390156.1390290; Hinton
    (2012), doi:10.1007/978-3-642-35289-8_32.

    Examples
    --------
    >>> bars = np.kron(np.eye(4), np.ones(4))  # four images of one bar each
    >>> machine = RestrictedBoltzmannMachine(8, epochs=500, batch_size=4).fit(bars)
    >>> damaged = bars * (np.arange(16) % 4 < 2)
    >>> whole = machine.reconstruct(damaged, known=np.arange(16) % 4 < 2)
    >>> bool((whole.round() == bars).all())
    True
    """

    kind = "transformer"

    def __init__(
        self,
        n_hidden: int = 64,
        learning_rate: float = 0.1,
        batch_size: int = 20,
        epochs: int = 10,
        steps: int = 1,
        persistent: bool = False,
        weight_decay: float = 0.0,
        connectivity: Connectivity | None = None,
        random_state: int = 0,
    ) -> None:
        self.n_hidden = n_hidden
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.epochs = epochs
        self.steps = steps
        self.persistent = persistent
        self.weight_decay = weight_decay
        self.connectivity = connectivity
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: Any = None) -> Self:
        """Learn from samples, from new random weights.

        Parameters
        ----------
        X : array of shape (n_samples, n_visible)
            From 0 to 1: a value between them is the probability of a 1.
        y
            Not used.

        Raises
        ------
        ParameterError
            If there are no samples, or values beyond 0 and 1, or an argument cannot be used.
        """
        samples = _shares("RestrictedBoltzmannMachine.fit(X)", self._read_new("fit", X))
        self._check()
        rng = np.random.default_rng(self.random_state)
        connectivity = self._room_for(samples.shape[1])
        connectivity.weights[...] = START * rng.standard_normal(connectivity.weights.shape)
        share = np.clip(samples.mean(axis=0), CLEAR, 1 - CLEAR)
        self.connectivity_ = connectivity
        self.visible_bias_ = np.log(share / (1 - share))
        self.hidden_bias_ = np.zeros(connectivity.n_post)
        self.errors_ = np.zeros(0)
        if hasattr(self, "chains_"):
            del self.chains_
        self._remember(X, samples.shape[1])
        return self._learn(samples, rng)

    def partial_fit(self, X: ArrayLike, y: Any = None) -> Self:
        """Go on learning, for `epochs` passes over these samples; see `fit`."""
        if not hasattr(self, "n_features_in_"):
            return self.fit(X)
        samples = self._given("partial_fit", X)
        self._check()
        return self._learn(samples, np.random.default_rng([self.random_state, len(self.errors_)]))

    def transform(self, X: ArrayLike) -> Array:
        """Return the probability of each hidden unit to be 1, shape (n_samples, n_hidden)."""
        return self._up(self._given("transform", X))

    def reconstruct(self, X: ArrayLike, *, known: ArrayLike | None = None, steps: int | None = None) -> Array:
        """Return what the machine makes of samples: probabilities, taken up and down without noise.

        Parameters
        ----------
        X : array of shape (n_samples, n_visible)
        known : array of bool, shape (n_visible,) or (n_samples, n_visible), optional
            True for units that are as they should be, and stay so; the others are filled in.
        steps : int, optional
            Times up and down; 1 by default, or 50 where something is to be filled in.

        Returns
        -------
        ndarray, shape (n_samples, n_visible)

        Raises
        ------
        ParameterError
            If the machine is not trained, or shapes or values do not fit.
        """
        v = self._given("reconstruct", X)
        kept = np.asarray(False if known is None else known)
        if kept.dtype != np.bool_ or kept.shape not in ((), v.shape[1:], v.shape):
            limit = f"must be truth values, of shape ({v.shape[1]},) or {v.shape}"
            raise ParameterError("RestrictedBoltzmannMachine.reconstruct(known)", kept.shape, limit)
        wanted = (1 if known is None else 50) if steps is None else steps
        found = v
        for _ in range(checked_count("RestrictedBoltzmannMachine.reconstruct(steps)", wanted)):
            found = np.where(kept, v, self._down(self._up(found)))
        return found

    def sample(self, n: int = 1, *, steps: int = 1000, random_state: int = 0) -> Array:
        """Dream: chains from random states, by Gibbs sampling; probabilities of shape (n, n_visible)."""
        self._check_trained()
        n_samples = checked_count("RestrictedBoltzmannMachine.sample(n)", n)
        where = "RestrictedBoltzmannMachine.sample(random_state)"
        rng = np.random.default_rng(checked_count(where, random_state, 0))
        v = rng.integers(0, 2, (n_samples, self.n_features_in_)).astype(float)
        for _ in range(checked_count("RestrictedBoltzmannMachine.sample(steps)", steps)):
            down = self._down(_drawn(self._up(v), rng))
            v = _drawn(down, rng)
        return down

    def free_energy(self, X: ArrayLike) -> Array:
        """``-ln sum_h exp(-energy)`` of each sample, shape (n_samples,)."""
        v = self._given("free_energy", X)
        return -v @ self.visible_bias_ - self._softplus_up(v)

    def log_partition(self) -> float:
        """Logarithm of the sum of ``exp(-energy)`` over all states; exact, where one layer is small.

        Raises
        ------
        ParameterError
            If the machine is not trained, or both layers have more than 20 units.
        """
        from scipy.special import logsumexp

        self._check_trained()
        n_visible, n_hidden = self.connectivity_.n_pre, self.connectivity_.n_post
        check_few("RestrictedBoltzmannMachine.log_partition(), units", min(n_visible, n_hidden))
        if n_visible < n_hidden:
            parts = (s @ self.visible_bias_ + self._softplus_up(s) for s in all_states(n_visible))
        else:
            parts = (s @ self.hidden_bias_ + self._softplus_down(s) for s in all_states(n_hidden))
        return float(logsumexp([logsumexp(part) for part in parts]))

    def score_samples(self, X: ArrayLike) -> Array:
        """Log-likelihood of each sample, exact, shape (n_samples,); see `log_partition`."""
        return -self.free_energy(X) - self.log_partition()

    def score(self, X: ArrayLike, y: Any = None) -> float:
        """Minus the mean squared difference between samples and what `reconstruct` makes of them."""
        v = self._given("score", X)
        return -float(((v - self._down(self._up(v))) ** 2).mean())

    def _learn(self, samples: Array, rng: np.random.Generator) -> Self:
        errors = [self._epoch(samples[rng.permutation(len(samples))], rng) for _ in range(self.epochs)]
        self.errors_ = np.append(self.errors_, errors)
        return self

    def _epoch(self, samples: Array, rng: np.random.Generator) -> float:
        error = 0.0
        for first in range(0, len(samples), self.batch_size):
            v = samples[first : first + self.batch_size]
            h = self._up(v)
            dream, dreamt_h = self._dream(v, h, rng)
            gain = self.learning_rate / len(v), self.learning_rate / len(dream)
            weights, connectivity = self.connectivity_.weights, self.connectivity_
            growth = gain[0] * connectivity.weight_gradient(v, h)
            growth -= gain[1] * connectivity.weight_gradient(dream, dreamt_h)
            weights += growth - self.learning_rate * self.weight_decay * weights
            self.visible_bias_ += gain[0] * v.sum(axis=0) - gain[1] * dream.sum(axis=0)
            self.hidden_bias_ += gain[0] * h.sum(axis=0) - gain[1] * dreamt_h.sum(axis=0)
            error += float(((v - self._down(h)) ** 2).sum())
        return error / samples.size

    def _dream(self, v: Array, h: Array, rng: np.random.Generator) -> tuple[Array, Array]:
        """States of the visible units, and probabilities of the hidden ones, in the negative phase."""
        if self.persistent:
            if not hasattr(self, "chains_"):
                self.chains_ = rng.integers(0, 2, (self.batch_size, v.shape[1])).astype(float)
            h = self._up(self.chains_)
        for _ in range(self.steps):
            dream = _drawn(self._down(_drawn(h, rng)), rng)
            h = self._up(dream)
        if self.persistent:
            self.chains_ = dream
        return dream, h

    def _up(self, v: Array) -> Array:
        from scipy.special import expit

        return np.asarray(expit(self.connectivity_.forward(v) + self.hidden_bias_))

    def _down(self, h: Array) -> Array:
        from scipy.special import expit

        return np.asarray(expit(self.connectivity_.backward(h) + self.visible_bias_))

    def _softplus_up(self, v: Array) -> Array:
        return np.asarray(np.logaddexp(0, self.connectivity_.forward(v) + self.hidden_bias_).sum(axis=1))

    def _softplus_down(self, h: Array) -> Array:
        return np.asarray(np.logaddexp(0, self.connectivity_.backward(h) + self.visible_bias_).sum(axis=1))

    def _given(self, method: str, X: ArrayLike) -> Array:
        return _shares(f"RestrictedBoltzmannMachine.{method}(X)", self._read_more(method, X))

    def _room_for(self, n_visible: int) -> Connectivity:
        if self.connectivity is None:
            check_room(self._name("n_hidden"), self.n_hidden, 8 * n_visible * self.n_hidden)
            return Dense(np.zeros((n_visible, self.n_hidden)))
        if not isinstance(self.connectivity, Connectivity) or self.connectivity.n_pre != n_visible:
            limit = f"must be a Connectivity from {n_visible} visible units"
            raise ParameterError("RestrictedBoltzmannMachine.connectivity", self.connectivity, limit)
        return self.connectivity

    def _check(self) -> None:
        for name in ("n_hidden", "batch_size", "epochs", "steps"):
            checked_count(self._name(name), getattr(self, name))
        checked_positive(self._name("learning_rate"), self.learning_rate)
        checked_amount(self._name("weight_decay"), self.weight_decay)
        checked_count(self._name("random_state"), self.random_state, 0)


def _drawn(probabilities: Array, rng: np.random.Generator) -> Array:
    return (rng.random(probabilities.shape) < probabilities).astype(float)


def _shares(where: str, samples: Array) -> Array:
    outside = (samples < 0) | (samples > 1)
    if outside.any():
        place = np.argwhere(outside)[0].tolist()
        remedy = "Scale the samples: a value is the probability of a 1."
        raise ParameterError(f"{where}{place}", float(samples[tuple(place)]), "must be from 0 to 1", remedy)
    return samples
