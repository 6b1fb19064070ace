"""The Boltzmann machine: the Hopfield memory at a temperature, its weights learnt from data."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from neurosim.models.boltzmann.enumeration import all_states, check_few
from neurosim.models.hopfield.reading import one_of, read_states
from numpy.typing import ArrayLike

from neurosim.connectivity import Dense
from neurosim.connectivity.checks import read_numbers
from neurosim.errors import ParameterError
from neurosim.machine import check_room
from neurosim.rate.checks import checked_count, checked_positive
from neurosim.rate.estimators.estimator import Estimator

Array = np.ndarray[Any, np.dtype[Any]]

START = 0.1
"""Standard deviation of the first weights of hidden units: they must differ from one another."""


class BoltzmannMachine(Estimator):
    """Units s of -1 and 1, each state with the probability ``exp(-E)/Z``, ``E = -s W s/2 - b s``.

    It learns the distribution of its visible units: W grows by the mean of ``s_i s_j`` with the data on the
    visible units, and shrinks by that of the machine left alone. Hidden units come after the visible ones.

    Parameters
    ----------
    n_hidden : int, default 0
    learning_rate : float, default 0.1
    epochs : int, default 200
        Steps, each with all samples.
    statistics : {"exact", "sampled"}, default "exact"
        Sums over all states, for up to 20 units; or Gibbs sampling: chains that go on from epoch to epoch.
    chains : int, default 100
        Of the machine left alone, where it is sampled.
    sweeps : int, default 5
        Over all units between two measurements, where it is sampled.
    random_state : int, default 0

    Attributes
    ----------
    connectivity_ : Dense
        W, symmetric and without a diagonal: ``Hopfield.from_weights(connectivity_, bias=bias_)`` is the same
        machine at temperature 0.
    bias_ : ndarray, shape (n,)
    gaps_ : ndarray, shape (epochs,)
        Largest difference of the two means, by epoch.

    References
    ----------
    Ackley, Hinton & Sejnowski (1985), doi:10.1207/s15516709cog0901_7.

    Examples
    --------
    >>> both = [[1, 1], [-1, -1]]  # two units that agree
    >>> machine = BoltzmannMachine().fit(both)
    >>> bool(machine.score_samples(both).min() > np.log(0.45))
    True
    """

    kind = "transformer"

    def __init__(
        self,
        n_hidden: int = 0,
        learning_rate: float = 0.1,
        epochs: int = 200,
        statistics: str = "exact",
        chains: int = 100,
        sweeps: int = 5,
        random_state: int = 0,
    ) -> None:
        self.n_hidden = n_hidden
        self.learning_rate = learning_rate
        self.epochs = epochs
        self.statistics = statistics
        self.chains = chains
        self.sweeps = sweeps
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: Any = None) -> Self:
        """Learn the distribution of samples.

        Parameters
        ----------
        X : array of -1 and 1, shape (n_samples, n_visible)
        y
            Not used.

        Raises
        ------
        ParameterError
            If there are no samples, or other values, an argument cannot be used, or there are too many units
            for exact sums.
        """
        given = self._read_new("fit", X)
        samples = read_states("BoltzmannMachine.fit(X)", given, (-1, 1)).astype(float)
        n_visible = samples.shape[1]
        n = n_visible + checked_count(self._name("n_hidden"), self.n_hidden, 0)
        self._check(n)
        rng = np.random.default_rng(self.random_state)
        check_room(self._name("n_hidden"), self.n_hidden, 8 * n * n)
        weights = np.zeros((n, n))
        if self.n_hidden:
            weights[n_visible:] = START * rng.standard_normal((self.n_hidden, n))
            weights = np.tril(weights, -1) + np.tril(weights, -1).T
        self.connectivity_, self.bias_ = Dense(weights), np.zeros(n)
        self._remember(X, n_visible)
        self._swept = 0
        alone = rng.choice(np.array([-1, 1], np.int8), (self.chains, n))
        hidden = rng.choice(np.array([-1, 1], np.int8), (len(samples), self.n_hidden))
        self.gaps_ = np.array([self._step(samples, hidden, alone) for _ in range(self.epochs)])
        return self

    def transform(self, X: ArrayLike) -> Array:
        """Mean of each hidden unit with the samples on the visible units, exact; (n_samples, n_hidden)."""
        samples = self._given("transform", X)
        check_few("BoltzmannMachine.transform(X), hidden units", self._n_hidden)
        states, odds = self._completed(samples)
        means: Array = (odds[:, :, None] * states[:, :, samples.shape[1] :]).sum(axis=1)
        return means

    def energy(self, states: ArrayLike) -> Array:
        """Energy of states of all units, hidden ones included, shape (batch,)."""
        self._check_trained()
        where = "BoltzmannMachine.energy(states)"
        s = read_states(where, np.atleast_2d(read_numbers(where, states)), (-1, 1))
        if s.shape[1] != len(self.bias_):
            raise ParameterError(where, s.shape, f"the machine has {len(self.bias_)} units")
        return self._energy(s.astype(float))

    def log_partition(self) -> float:
        """Logarithm of the sum of ``exp(-E)`` over all states; exact, for up to 20 units."""
        from scipy.special import logsumexp

        self._check_trained()
        n = len(self.bias_)
        check_few("BoltzmannMachine.log_partition(), units", n)
        return float(logsumexp([logsumexp(-self._energy(s)) for s in all_states(n, -1)]))

    def score_samples(self, X: ArrayLike) -> Array:
        """Log-likelihood of each sample, exact, shape (n_samples,)."""
        from scipy.special import logsumexp

        log_z = self.log_partition()  # first: it refuses too many units
        states, _ = self._completed(self._given("score_samples", X))
        lowered = -self._energy(states.reshape(-1, states.shape[-1])).reshape(states.shape[:2])
        return np.asarray(logsumexp(lowered, axis=1)) - log_z

    def score(self, X: ArrayLike, y: Any = None) -> float:
        """Mean log-likelihood of samples, exact."""
        return float(self.score_samples(X).mean())

    def means(self) -> tuple[Array, Array]:
        """Means of ``s_i s_j`` and of ``s_i`` of the machine left alone, exact; shapes (n, n) and (n,)."""
        self._check_trained()
        n, log_z = len(self.bias_), self.log_partition()
        products, singles = np.zeros((n, n)), np.zeros(n)
        for s in all_states(n, -1):
            p = np.exp(-self._energy(s) - log_z)
            products += self.connectivity_.weight_gradient(p[:, None] * s, s)
            singles += p @ s
        return products, singles

    def sample(self, n: int = 1, *, sweeps: int = 100, random_state: int = 0) -> Array:
        """States of all units, from random ones after so many sweeps; int8 of shape (n, units)."""
        self._check_trained()
        count = checked_count("BoltzmannMachine.sample(n)", n)
        checked_count("BoltzmannMachine.sample(sweeps)", sweeps)
        rng = np.random.default_rng(checked_count("BoltzmannMachine.sample(random_state)", random_state, 0))
        states = rng.choice(np.array([-1, 1], np.int8), (count, len(self.bias_)))
        self._gibbs(states, self.connectivity_.weights, self.bias_, sweeps, 0, random_state)
        return states

    def _step(self, samples: Array, hidden: Array, alone: Array) -> float:
        """One step up the gradient of the log-likelihood; `hidden` and `alone` are the chains."""
        positive = self._with_data(samples, hidden)
        negative = self.means() if self.statistics == "exact" else self._sampled_alone(alone)
        products, singles = (a - b for a, b in zip(positive, negative, strict=True))
        np.fill_diagonal(products, 0.0)
        self.connectivity_.weights += self.learning_rate * products
        self.bias_ += self.learning_rate * singles
        return float(max(np.abs(products).max(), np.abs(singles).max()))

    def _with_data(self, samples: Array, hidden: Array) -> tuple[Array, Array]:
        if self.statistics == "exact" or not self.n_hidden:
            states, odds = self._completed(samples)
            states, odds = states.reshape(-1, states.shape[-1]), odds.reshape(-1, 1) / len(samples)
        else:
            n = samples.shape[1]
            weights = np.ascontiguousarray(self.connectivity_.weights[n:, n:])
            drive = samples @ self.connectivity_.weights[:n, n:] + self.bias_[n:]
            # A seed of its own: the chains with data are numbered like those without.
            self._gibbs(hidden, weights, drive, self.sweeps, self._swept, self.random_state + 2**32)
            states, odds = (
                np.concatenate([samples, hidden], axis=1),
                np.full((len(samples), 1), 1 / len(samples)),
            )
        return self.connectivity_.weight_gradient(odds * states, states), (odds * states).sum(axis=0)

    def _sampled_alone(self, alone: Array) -> tuple[Array, Array]:
        self._gibbs(
            alone, self.connectivity_.weights, self.bias_, self.sweeps, self._swept, self.random_state
        )
        self._swept += self.sweeps
        s = alone.astype(float)
        return self.connectivity_.weight_gradient(s, s) / len(s), s.mean(axis=0)

    def _completed(self, samples: Array) -> tuple[Array, Array]:
        """Each sample with all states of the hidden units, (n_samples, 2**n_hidden, n), and their odds."""
        hidden = np.concatenate([*all_states(self._n_hidden, -1)])
        shape = (len(samples), len(hidden))
        states = np.concatenate(
            [
                np.broadcast_to(samples[:, None], (*shape, samples.shape[1])),
                np.broadcast_to(hidden, (*shape, hidden.shape[1])),
            ],
            axis=2,
        )
        lowered = -self._energy(states.reshape(-1, states.shape[-1])).reshape(shape)
        odds = np.exp(lowered - lowered.max(axis=1, keepdims=True))
        return states, odds / odds.sum(axis=1, keepdims=True)

    def _energy(self, s: Array) -> Array:
        return np.asarray(-(s * (0.5 * self.connectivity_.forward(s) + self.bias_)).sum(axis=1))

    @staticmethod
    def _gibbs(states: Array, weights: Array, drive: Array, sweeps: int, first: int, seed: int) -> None:
        """Sweeps at temperature 1 over states, in place; `drive` is what each unit gets from outside."""
        from neurosim.kernels.attractors.flips import ORDERS, flip_matrix

        counts = np.zeros((3, len(states)), np.int64)
        fields = states.astype(float) @ weights + drive
        flip_matrix(
            states, fields, weights, None, None, 0, ORDERS.index("random"), 1, first, np.ones(sweeps), 0.0,
            np.uint64(seed), *counts, np.empty((len(states), 0, states.shape[1]), np.int8),
        )  # fmt: skip

    @property
    def _n_hidden(self) -> int:
        return len(self.bias_) - self.n_features_in_

    def _given(self, method: str, X: ArrayLike) -> Array:
        samples = self._read_more(method, X)
        return read_states(f"BoltzmannMachine.{method}(X)", samples, (-1, 1)).astype(float)

    def _check(self, n: int) -> None:
        for name in ("epochs", "chains", "sweeps"):
            checked_count(self._name(name), getattr(self, name))
        checked_positive(self._name("learning_rate"), self.learning_rate)
        checked_count(self._name("random_state"), self.random_state, 0)
        if one_of(self._name("statistics"), self.statistics, ("exact", "sampled")) == "exact":
            check_few(self._name("fit(X), units, with exact statistics"), n)
