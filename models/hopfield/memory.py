"""The associative memory of Hopfield: patterns are fixed points of units joined by symmetric connections."""

from __future__ import annotations

import warnings
from typing import Any, Self

import numpy as np
from neurosim.models.hopfield.dynamics import UPDATES, in_turn, synchronous
from neurosim.models.hopfield.measures import Measures
from neurosim.models.hopfield.operators import diagonal, is_symmetric, room_for, tie_of
from neurosim.models.hopfield.reading import one_of, read_bias, read_temperatures, read_whole
from neurosim.models.hopfield.recall import Recall
from neurosim.models.hopfield.rules import RULES, Learned, Rule
from neurosim.models.hopfield.stored import without

from neurosim.connectivity.connectivity import Connectivity
from neurosim.errors import ParameterError
from neurosim.rate.checks import checked_flag


class Hopfield(Measures):
    """Binary units that recall the stored pattern nearest to where they start.

    The weights are W[pre, post], the energy is ``-x W x/2 - b x``, and a unit becomes the sign of its field
    ``x W + b`` without what it sends itself; where that is 0, it stays as it is.

    Parameters
    ----------
    rule : str or Rule, default "hebb"
        How patterns become weights: ``"hebb"``, ``"storkey"``, ``"pseudo_inverse"``, ``"perceptron"``,
        ``"unlearning"`` or ``"covariance"`` (for few active units); or one of
        `neurosim.models.hopfield.rules` with parameters of its own, such as ``Perceptron(kappa=1.0)``.
    update : {"asynchronous", "synchronous", "block"}, default "asynchronous"
        One unit after the other, until none changes; all at once, which can end in a cycle of two states; or
        block after block, the units of which change at once.
    block : int, default 2
        Units in a block.
    order : {"random", "cyclic", "greedy"}, default "random"
        In which the units of a sweep look, unless at once; ``"greedy"`` takes the most driven one each time.
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
    bias_ : ndarray of shape (n,)
        What is added to the fields, that of the rule included.
    learned_ : Learned
        Whether the rule converged, and how long it took.

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
    >>> float(memory.recall(probe).overlaps[0, 2])
    1.0
    """

    def __init__(
        self,
        rule: str | Rule = "hebb",
        *,
        update: str = "asynchronous",
        block: int = 2,
        order: str = "random",
        bias: Any = 0.0,
        connectivity: str | Connectivity = "dense",
        values: tuple[int, int] = (-1, 1),
        random_state: int = 0,
    ) -> None:
        self.rule: Rule = (
            rule if isinstance(rule, Rule) else RULES[one_of("Hopfield.rule", rule, tuple(RULES))]
        )
        self.update = one_of("Hopfield.update", update, UPDATES)
        self.block = read_whole("Hopfield.block", block)
        self.order = one_of("Hopfield.order", order, ("random", "cyclic", "greedy"))
        if not isinstance(connectivity, Connectivity):
            one_of("Hopfield.connectivity", connectivity, ("dense", "low_rank"))
        elif connectivity.n_pre != connectivity.n_post:
            limit = "must join n units to the same n units"
            raise ParameterError("Hopfield.connectivity", connectivity, limit)
        elif not connectivity.n_synapses:
            raise ParameterError("Hopfield.connectivity", connectivity, "has no synapses to hold a pattern")
        if connectivity == "low_rank" and not self.rule.factorised:
            known = " and ".join(repr(name) for name in RULES if RULES[name].factorised)
            raise ParameterError("Hopfield.rule", rule, f"has no factorised form; {known} have")
        if connectivity == "low_rank" and order == "greedy":
            limit = "needs the fields of all units at each flip, which factors do not give"
            raise ParameterError("Hopfield.order", order, limit, "Use 'random' or 'cyclic'.")
        if order == "greedy" and update == "block":
            remedy = "Use update='asynchronous'."
            raise ParameterError("Hopfield.order", order, "takes one unit at a time, no blocks", remedy)
        if order != "random" and update == "synchronous":
            remedy = "Use update='asynchronous', or leave the order out."
            raise ParameterError(
                "Hopfield.order", order, "there is none among units that change at once", remedy
            )
        if not isinstance(values, tuple | list) or tuple(values) not in ((-1, 1), (0, 1)):
            raise ParameterError("Hopfield.values", values, "must be (-1, 1) or (0, 1)")
        self.connectivity = connectivity
        self.values = tuple(values)
        self.bias = bias
        self.random_state = read_whole("Hopfield.random_state", random_state, least=0)

    @classmethod
    def from_weights(cls, connectivity: Connectivity | None = None, /, **options: Any) -> Self:
        """Make a memory of weights that there are already, and of no patterns.

        Parameters
        ----------
        connectivity : Connectivity
            From n units to the same n; used as it is. What a unit sends itself is left out of the dynamics.
        **options
            `update`, `block`, `order`, `bias`, `values` and `random_state` of the class.

        Raises
        ------
        ParameterError
            If it does not join n units to n, or is given twice.
        """
        if "connectivity" in options:
            named = options.pop("connectivity")
            if connectivity is not None:
                limit = "is given twice"
                remedy = "The first argument holds the weights already."
                raise ParameterError("Hopfield.from_weights(connectivity)", named, limit, remedy)
            connectivity = named
        if not isinstance(connectivity, Connectivity):
            limit = "must be a Connectivity, such as Dense(weights)"
            raise ParameterError("Hopfield.from_weights(connectivity)", connectivity, limit)
        memory = cls(connectivity=connectivity, **options)
        memory._take(np.zeros((0, connectivity.n_pre), np.int8), connectivity, Learned())
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
            If there are more patterns than the rule can hold, with the numbers.
        """
        return self._learn(self._read("fit(patterns)", patterns))

    def _learn(self, patterns: np.ndarray, known: int = 0) -> Self:
        """Store patterns, the first of which the weights may know already."""
        m, n = patterns.shape
        read_bias(self.bias, n)
        connectivity = self.connectivity_ if known else room_for(self.connectivity, patterns, self.rule)
        self.rule.check(connectivity)
        load, limit = m * n / connectivity.n_synapses, self.rule.critical_load(connectivity, patterns)
        if limit is not None and load > limit and m > 1:
            warnings.warn(
                f"Hopfield.fit: {m} patterns for {n} units are {load:.3f} for each input of a unit; "
                f"the rule {self.rule.name!r} loses memories beyond {limit:.3g}, and the more the larger the "
                f"network is.",
                stacklevel=3,
            )
        learned = self.rule.learn(patterns, connectivity, known=known, seed=self.random_state)
        self._take(patterns, connectivity, learned)
        return self

    def _take(self, patterns: np.ndarray, connectivity: Connectivity, learned: Learned) -> None:
        self.bias_ = read_bias(self.bias, connectivity.n_pre)
        if learned.bias is not None:
            self.bias_ += learned.bias
        self.patterns_, self.connectivity_, self.learned_ = patterns, connectivity, learned
        self._self_weights = diagonal(connectivity)
        self._tie = tie_of(connectivity)
        given = isinstance(self.connectivity, Connectivity)
        self._symmetric = is_symmetric(connectivity) if given else self.rule.symmetric

    def partial_fit(self, patterns: Any) -> Self:
        """Store further patterns beside those there are; see `fit`."""
        if not hasattr(self, "patterns_"):
            return self.fit(patterns)
        if not len(self.patterns_):
            limit = "were given, and hold no patterns to add others to"
            raise ParameterError("Hopfield.partial_fit, weights", self.connectivity_, limit, "Use fit.")
        more = self._read("partial_fit(patterns)", patterns)
        if more.shape[1] != self.patterns_.shape[1]:
            limit = f"the stored patterns have {self.patterns_.shape[1]} units"
            raise ParameterError("Hopfield.partial_fit(patterns)", more.shape, limit)
        together = np.concatenate([self.patterns_, more])
        grows = self.rule.incremental and self.connectivity != "low_rank"
        return self._learn(together, len(self.patterns_) if grows else 0)

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
        if not len(self.patterns_):
            raise ParameterError("Hopfield.forget, weights", self.connectivity_, "hold no stored patterns")
        return self._learn(without("Hopfield.forget(index)", self.patterns_, index))

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
        read = self._read_of_size("recall(probes)", probes)
        temperatures = read_temperatures(temperature, sweeps)
        if threads is not None:
            read_whole("Hopfield.recall(threads)", threads)
        checked_flag("Hopfield.recall(trajectory)", trajectory)
        run = synchronous if self.update == "synchronous" else in_turn
        done = run(self, read, temperatures, trajectory=trajectory, threads=threads)
        kept = done.kept
        has_course = kept is not None and self.has_energy
        return Recall(
            states=self._written(done.states),
            overlaps=self._overlap(done.states),
            energies=self._energy(done.states) if self.has_energy else None,
            sweeps=done.sweeps,
            flips=done.flips,
            periods=done.periods,
            trajectory=None if kept is None else self._written(kept),
            trajectory_overlaps=None if kept is None else self._overlap(kept),
            trajectory_energies=np.stack([self._energy(states) for states in kept]) if has_course else None,
        )

    def __repr__(self) -> str:
        stored = (
            f", {len(self.patterns_)} patterns of {self.patterns_.shape[1]}"
            if hasattr(self, "patterns_")
            else ""
        )
        return f"Hopfield({self.rule.name}, {self.update}{stored})"


def patterns_in(where: str, memory: Any) -> np.ndarray:
    """Patterns that a memory holds, as -1 and 1, shape (m, n).

    Raises
    ------
    ParameterError
        If it is no `Hopfield`, or holds none.
    """
    if not isinstance(memory, Hopfield):
        raise ParameterError(where, memory, "must be a Hopfield")
    if not len(getattr(memory, "patterns_", ())):
        raise ParameterError(where, memory, "nothing is stored yet", "Call fit first.")
    return memory.patterns_
