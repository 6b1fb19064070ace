"""The associative memory of Hopfield: patterns are fixed points of units joined by symmetric connections."""

from __future__ import annotations

import warnings
from typing import Any, Self

import numpy as np
from neurosim.models.hopfield.dynamics import UPDATES, asynchronous, self_weights, synchronous, tie_of
from neurosim.models.hopfield.reading import one_of, read_bias, read_states, read_temperatures
from neurosim.models.hopfield.recall import Recall
from neurosim.models.hopfield.rules import RULES, SYMMETRIC

from neurosim.connectivity import Dense, LowRank
from neurosim.connectivity.connectivity import Connectivity
from neurosim.errors import ParameterError

CRITICAL_LOAD = 0.138
"""Patterns a unit beyond which Hebb's rule loses all (Amit, Gutfreund & Sompolinsky 1985)."""


UNITS_AT_ONCE = 65_536
"""Whose patterns are turned into floats together, to save memory; such sums are exact in single precision."""


DILUTED_LOAD = 0.637
"""The same for each of few inputs (Derrida, Gardner & Zippelius 1987, doi:10.1209/0295-5075/4/2/007)."""


class Hopfield:
    """Binary units that recall the stored pattern nearest to where they start.

    The weights are W[pre, post], the energy is ``-x W x/2 - b x``, and a unit becomes the sign of its field
    ``x W + b`` without what it sends itself; where that is 0, it stays as it is.

    Parameters
    ----------
    rule : {"hebb", "storkey", "pseudo_inverse", "perceptron"}, default "hebb"
        How patterns become weights; see `neurosim.models.hopfield.rules`.
    update : {"asynchronous", "synchronous"}, default "asynchronous"
        One unit after the other, until none changes; or all at once, which can end in a cycle of two states.
    order : {"random", "cyclic", "greedy"}, default "random"
        In which the units of an asynchronous sweep look; ``"greedy"`` takes the most driven one each time.
    bias : float or array of shape (n,), default 0
        Added to the fields, in the unit of the weights.
    connectivity : {"dense", "low_rank"} or Connectivity, default "dense"
        What holds the weights: a full matrix; the patterns themselves, for which W is never formed; or an
        operator of your own, such as a `Sparse` for a diluted memory, whose weights are overwritten.
    values : {(-1, 1), (0, 1)}, default (-1, 1)
        How the two states are written.
    random_state : int, default 0
        Seed of the orders and of the noise; the same for any batch and number of threads.

    Attributes
    ----------
    patterns_ : ndarray of int8, shape (m, n)
        Stored patterns, as -1 and 1.
    connectivity_ : Connectivity
        The weights; give the same object to spiking neurons.

    References
    ----------
    Hopfield (1982), doi:10.1073/pnas.79.8.2554.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> patterns = rng.choice([-1, 1], (5, 100))
    >>> probe = patterns[2] * np.where(np.arange(100) < 20, -1, 1)
    >>> memory = Hopfield().fit(patterns)
    >>> memory.recall(probe).overlaps[0, 2]
    1.0
    """

    def __init__(
        self,
        rule: str = "hebb",
        *,
        update: str = "asynchronous",
        order: str = "random",
        bias: Any = 0.0,
        connectivity: str | Connectivity = "dense",
        values: tuple[int, int] = (-1, 1),
        random_state: int = 0,
    ) -> None:
        self.rule = one_of("Hopfield.rule", rule, tuple(RULES))
        self.update = one_of("Hopfield.update", update, UPDATES)
        self.order = one_of("Hopfield.order", order, ("random", "cyclic", "greedy"))
        if not isinstance(connectivity, Connectivity):
            one_of("Hopfield.connectivity", connectivity, ("dense", "low_rank"))
        elif connectivity.n_pre != connectivity.n_post:
            limit = "must join n units to the same n units"
            raise ParameterError("Hopfield.connectivity", connectivity, limit)
        if connectivity == "low_rank" and rule not in ("hebb", "pseudo_inverse"):
            limit = "has no factorised form; 'hebb' and 'pseudo_inverse' have"
            raise ParameterError("Hopfield.rule", rule, limit)
        if connectivity == "low_rank" and order == "greedy":
            limit = "needs the fields of all units at each flip, which factors do not give"
            raise ParameterError("Hopfield.order", order, limit, "Use 'random' or 'cyclic'.")
        if tuple(values) not in ((-1, 1), (0, 1)):
            raise ParameterError("Hopfield.values", values, "must be (-1, 1) or (0, 1)")
        if (
            isinstance(random_state, bool)
            or not isinstance(random_state, int | np.integer)
            or random_state < 0
        ):
            raise ParameterError("Hopfield.random_state", random_state, "must be a whole number, 0 or more")
        self.connectivity = connectivity
        self.values = tuple(values)
        self.bias = bias
        self.random_state = int(random_state)

    @classmethod
    def from_weights(cls, connectivity: Connectivity, **options: Any) -> Self:
        """Make a memory of weights that there are already, and of no patterns.

        Parameters
        ----------
        connectivity : Connectivity
            From n units to the same n; used as it is. What a unit sends itself is left out of the dynamics.
        **options
            `update`, `order`, `bias`, `values` and `random_state` of the class.

        Raises
        ------
        ParameterError
            If it does not join n units to n.
        """
        if not isinstance(connectivity, Connectivity):
            limit = "must be a Connectivity, such as Dense(weights)"
            raise ParameterError("Hopfield.from_weights(connectivity)", connectivity, limit)
        memory = cls(connectivity=connectivity, **options)
        memory._take(np.zeros((0, connectivity.n_pre), np.int8), connectivity)
        return memory

    def fit(self, patterns: Any) -> Self:
        """Store patterns in place of whatever was stored before.

        Parameters
        ----------
        patterns : array of shape (m, n)
            Of the two `values`.

        Returns
        -------
        Hopfield
            Itself.

        Raises
        ------
        ParameterError
            If there are no patterns, they differ in length or have other values, or the bias or the
            connectivity does not fit them.

        Warns
        -----
        UserWarning
            If Hebb's rule is asked for more patterns than it can hold.
        """
        read = self._read("fit(patterns)", patterns)
        read_bias(self.bias, read.shape[1])
        connectivity = self._room_for(read)
        self._warn_of_load(read, connectivity)
        RULES[self.rule](read, connectivity)
        self._take(read, connectivity)
        return self

    def _take(self, patterns: np.ndarray, connectivity: Connectivity) -> None:
        self.bias_ = read_bias(self.bias, connectivity.n_pre)
        self.patterns_, self.connectivity_ = patterns, connectivity
        self._self_weights = self_weights(connectivity)
        self._tie = tie_of(connectivity)

    def partial_fit(self, patterns: Any) -> Self:
        """Store further patterns beside those there are; see `fit`."""
        if not hasattr(self, "patterns_"):
            return self.fit(patterns)
        more = self._read("partial_fit(patterns)", patterns)
        if more.shape[1] != self.patterns_.shape[1]:
            limit = f"the stored patterns have {self.patterns_.shape[1]} units"
            raise ParameterError("Hopfield.partial_fit(patterns)", more.shape, limit)
        return self._refit(np.concatenate([self.patterns_, more]))

    def forget(self, index: int) -> Self:
        """Remove a stored pattern.

        Parameters
        ----------
        index : int
            Which of `patterns_`.

        Raises
        ------
        ParameterError
            If there is no such pattern, or it is the only one.
        """
        self._check_fitted("forget")
        m = len(self.patterns_)
        if isinstance(index, bool) or not isinstance(index, int | np.integer) or not 0 <= index < m:
            raise ParameterError("Hopfield.forget(index)", index, f"must be a whole number from 0 to {m - 1}")
        if m == 1:
            raise ParameterError("Hopfield.forget(index)", index, "is the only pattern there is")
        return self._refit(np.delete(self.patterns_, index, axis=0))

    def recall(
        self,
        probes: Any,
        *,
        sweeps: int = 100,
        temperature: Any = 0.0,
        trajectory: bool = False,
        threads: int | None = None,
    ) -> Recall:
        """Let states run to where they come to rest.

        Parameters
        ----------
        probes : array of shape (n,) or (batch, n)
            Of the two `values`.
        sweeps : int, default 100
            Most sweeps over all units.
        temperature : float or array of shape (sweeps,), default 0
            Noise, in the unit of the weights: a unit is up with the probability 1/(1 + exp(-2 field/T)). An
            array gives each sweep its own, for annealing. A run ends early only at a sweep of temperature 0.
        trajectory : bool, default False
            Keep the states after each sweep.
        threads : int, optional
            By default one for each processor; results do not depend on it.

        Returns
        -------
        Recall

        Raises
        ------
        ParameterError
            If nothing is stored yet, or a probe has another size or other values.
        """
        self._check_fitted("recall")
        read = self._read("recall(probes)", np.atleast_2d(np.asarray(probes)))
        n = self.patterns_.shape[1]
        if read.shape[1] != n:
            raise ParameterError("Hopfield.recall(probes)", read.shape, f"the stored patterns have {n} units")
        temperatures = read_temperatures(temperature, sweeps)
        run = asynchronous if self.update == "asynchronous" else synchronous
        done = run(self, read, temperatures, trajectory=trajectory, threads=threads)
        kept = None if done.kept is None else np.stack(done.kept)
        return Recall(
            states=self._written(done.states),
            overlaps=self._overlap(done.states),
            energies=self._energy(done.states) if self.has_energy else None,
            sweeps=np.abs(done.sweeps),
            flips=done.flips,
            outcome=done.outcome,
            trajectory=None if kept is None else self._written(kept),
            trajectory_overlaps=None if kept is None else self._overlap(kept),
        )

    @property
    def has_energy(self) -> bool:
        """Whether the weights are symmetric, so that asynchronous updates never raise the energy."""
        if isinstance(self.connectivity, Connectivity):
            return _is_symmetric(self.connectivity)
        return self.rule in SYMMETRIC

    def energy(self, states: Any) -> np.ndarray:
        """Energy of states, ``-x W x/2 - b x`` without the diagonal of W; shape (batch,).

        Raises
        ------
        ParameterError
            If the weights are not symmetric, or as for `recall`.
        """
        self._check_fitted("energy")
        if not self.has_energy:
            limit = "there is no energy for weights that are not symmetric"
            raise ParameterError("Hopfield.energy, rule", self.rule, limit)
        return self._energy(self._read("energy(states)", np.atleast_2d(np.asarray(states))))

    def overlap(self, states: Any) -> np.ndarray:
        """Mean product of states with each stored pattern, from -1 to 1; shape (batch, m)."""
        self._check_fitted("overlap")
        return self._overlap(self._read("overlap(states)", np.atleast_2d(np.asarray(states))))

    def fields(self, states: np.ndarray) -> np.ndarray:
        """Input of each unit without what it sends itself, for states of -1 and 1, shape (batch, n)."""
        x = states.astype(self.connectivity_.weights.dtype)
        return self.connectivity_.forward(x).astype(np.float64) + self.bias_ - self._self_weights * states

    def _energy(self, states: np.ndarray) -> np.ndarray:
        x = states.astype(np.float64)
        return -0.5 * (x * (self.fields(states) + self.bias_)).sum(axis=1)

    def _overlap(self, states: np.ndarray) -> np.ndarray:
        n = states.shape[-1]
        flat = states.reshape(-1, n)
        total = np.zeros((len(flat), len(self.patterns_)))
        for lo in range(0, n, UNITS_AT_ONCE):
            part = slice(lo, lo + UNITS_AT_ONCE)
            total += flat[:, part].astype(np.float32) @ self.patterns_[:, part].T.astype(np.float32)
        return (total / n).reshape(*states.shape[:-1], -1)

    def _refit(self, patterns: np.ndarray) -> Self:
        return self.fit(self._written(patterns))

    def _written(self, states: np.ndarray) -> np.ndarray:
        return states if self.values == (-1, 1) else ((states + 1) // 2).astype(np.int8)

    def _read(self, where: str, given: Any) -> np.ndarray:
        return read_states(f"Hopfield.{where}", given, self.values)

    def _room_for(self, patterns: np.ndarray) -> Connectivity:
        m, n = patterns.shape
        if isinstance(self.connectivity, Connectivity):
            if self.connectivity.n_pre != n:
                limit = f"has {self.connectivity.n_pre} units, but the patterns have {n}"
                raise ParameterError("Hopfield.connectivity", self.connectivity, limit)
            return self.connectivity
        if self.connectivity == "low_rank":
            return LowRank(np.zeros((n, m), np.float32 if self.rule == "hebb" else np.float64))
        return Dense(np.zeros((n, n)))

    def _warn_of_load(self, patterns: np.ndarray, connectivity: Connectivity) -> None:
        m, n = patterns.shape
        load = m * n / connectivity.n_synapses
        limit = CRITICAL_LOAD if isinstance(connectivity, Dense | LowRank) else DILUTED_LOAD
        if self.rule == "hebb" and load > limit and m > 1:
            warnings.warn(
                f"Hopfield.fit: {m} patterns for {n} units are {load:.3f} for each input of a unit; Hebb's "
                f"rule loses them all beyond {limit}. Other rules hold more.",
                stacklevel=3,
            )

    def _check_fitted(self, method: str) -> None:
        if not hasattr(self, "patterns_"):
            raise ParameterError(f"Hopfield.{method}", self, "nothing is stored yet", "Call fit first.")

    def __repr__(self) -> str:
        stored = (
            f", {len(self.patterns_)} patterns of {self.patterns_.shape[1]}"
            if hasattr(self, "patterns_")
            else ""
        )
        return f"Hopfield({self.rule}, {self.update}{stored})"


def _is_symmetric(connectivity: Connectivity) -> bool:
    if isinstance(connectivity, LowRank):
        return connectivity.symmetric
    matrix = connectivity.to_sparse()
    return bool(abs(matrix - matrix.T).max() <= 1e-12 * max(abs(matrix).max(), 1e-300))
