"""What every rule of wiring has in common: weights, delays, and how they are drawn."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurosim.connectivity.checks import checked_delays, checked_size, checked_weights
from neurosim.connectivity.sparse import Sparse
from neurosim.distributions import Distribution, in_unit
from neurosim.distributions.call import as_call
from neurosim.errors import ParameterError
from neurosim.machine import memory_bytes
from neurosim.units import Unit


@dataclass(frozen=True)
class Rows:
    """Synapses sorted by presynaptic unit, then by postsynaptic unit.

    Attributes
    ----------
    starts : ndarray of int64, shape (n_pre + 1,)
        Unit i has the synapses from ``starts[i]`` up to ``starts[i + 1]``.
    targets : ndarray of int32, shape (n_synapses,)
    """

    starts: NDArray[np.int64]
    targets: NDArray[np.int32]

    @property
    def sources(self) -> NDArray[np.int32]:
        """Presynaptic unit of each synapse."""
        return np.repeat(np.arange(self.starts.size - 1, dtype=np.int32), np.diff(self.starts))


@dataclass(frozen=True)
class Task:
    """What a rule is to wire.

    Attributes
    ----------
    n_pre, n_post : int
    shift : int or None
        Presynaptic unit i and postsynaptic unit ``i + shift`` are the same neuron; None where the two sides
        have no neuron in common.
    seed : int
    """

    n_pre: int
    n_post: int
    shift: int | None
    seed: int

    @property
    def n_common(self) -> int:
        """Number of neurons that are on both sides."""
        if self.shift is None:
            return 0
        return max(0, min(self.n_pre, self.n_post - self.shift) - max(0, -self.shift))

    @property
    def kernel_seed(self) -> Any:
        """For the kernels that draw the synapses; of one type, so that one compiled version serves all."""
        return np.uint64(np.random.SeedSequence([self.seed, 0]).generate_state(1, np.uint64)[0])

    def generator(self, purpose: int) -> np.random.Generator:
        """Numbers for one purpose: 0 for the synapses, 1 for weights, 2 for delays."""
        return np.random.Generator(np.random.Philox(np.random.SeedSequence([self.seed, purpose])))


@dataclass(frozen=True, eq=False, kw_only=True)
class Rule(ABC):
    """How two groups of units are wired.

    A rule is a description. `Projection` takes it in place of a connectivity, and wires when the network is
    made; `build` wires by hand.

    Parameters
    ----------
    weight : float, str, quantity, ndarray or Distribution, default 1
        One number is stored once and shared by all synapses. An array gives each synapse its own: of the
        shape (n_synapses,), sorted by presynaptic, then by postsynaptic unit, or (n_pre, n_post), a weight
        for each pair that might be joined. A distribution is drawn from for each synapse. In a projection,
        what carries a unit is converted to that of its weights (`Projection.weight_unit`), and bare numbers
        are in it.
    delay : float, ndarray, Distribution, str or quantity, optional
        ms, in the same forms. By default the projection's `delay` counts.

    Raises
    ------
    ParameterError
        If an argument cannot be used; when building, if it does not fit the sizes.

    Notes
    -----
    Numbers depend on the seed alone: synapses, weights and delays are drawn from streams of their own, so
    another distribution of weights leaves the synapses where they are. The synapses of one unit do not depend
    on how many units there are beside it.
    """

    weight: Any = 1.0
    delay: Any = None

    def build(
        self, n_pre: int, n_post: int, *, seed: int, shift: int | None = 0, weight_unit: str | Unit = "1"
    ) -> Sparse:
        """Wire `n_pre` to `n_post` units.

        Parameters
        ----------
        n_pre, n_post : int
        seed : int
            0 or more.
        shift : int or None, default 0
            Presynaptic unit i and postsynaptic unit ``i + shift`` are the same neuron, which matters without
            autapses; None where the two sides have no neuron in common.
        weight_unit : str or Unit, default "1"
            Unit of the weights that come out.

        Returns
        -------
        Sparse
            With `delays` if the rule has a delay.

        Raises
        ------
        ParameterError
            If the rule cannot wire so many units, the memory cannot hold the synapses (the bytes are named),
            or a weight or delay cannot be used.
        UnitError
            If a weight or delay carries a unit that does not fit.
        """
        kind = type(self).__name__
        n_pre, n_post = checked_size(f"{kind}.n_pre", n_pre), checked_size(f"{kind}.n_post", n_post)
        if not isinstance(seed, int | np.integer) or isinstance(seed, bool) or seed < 0:
            raise ParameterError(f"{kind}.seed", seed, "must be a whole number, 0 or more")
        task = Task(n_pre, n_post, shift, int(seed))
        self._check_room(task)
        rows = self._wire(task)
        weights = checked_weights(f"{kind}.weight", self._values("weight", weight_unit, rows, task))
        delays = None
        if self.delay is not None:
            delays = checked_delays(f"{kind}.delay", self._values("delay", "ms", rows, task))
        return Sparse.from_rows(rows.starts, rows.targets, weights, n_post=n_post, delays=delays, rising=True)

    def _values(self, name: str, unit: str | Unit, rows: Rows, task: Task) -> NDArray[np.float64]:
        """Weights or delays: one for all, shape (), or one for each synapse."""
        where = f"{type(self).__name__}.{name}"
        given = in_unit(getattr(self, name), unit, where)
        if isinstance(given, Distribution):
            return given.sample(rows.targets.size, task.generator(1 if name == "weight" else 2))
        values: NDArray[np.float64] = np.asarray(given)
        if values.dtype.kind not in "iuf" or values.shape not in (
            (),
            rows.targets.shape,
            (task.n_pre, task.n_post),
        ):
            limit = f"must be a number, a distribution, or of the shape {rows.targets.shape}"
            raise ParameterError(where, given, f"{limit} or {(task.n_pre, task.n_post)}")
        return values[rows.sources, rows.targets] if values.ndim == 2 else values

    def _check_room(self, task: Task) -> None:
        """Refuse to wire what the machine cannot hold."""
        each = [
            value for value in (self.weight, self.delay) if isinstance(value, Distribution) or np.ndim(value)
        ]
        needed, memory = round(self._count(task) * (4 + 8 * len(each))), memory_bytes()
        if needed > memory:
            limit = (
                f"from {task.n_pre} to {task.n_post} units takes {needed} bytes, and the machine has {memory}"
            )
            raise ParameterError(f"{type(self).__name__}.build", self, limit, "Ask for fewer synapses.")

    def _count(self, task: Task) -> float:
        """Number of synapses to be expected; 0 where it cannot be told."""
        return 0

    @abstractmethod
    def _wire(self, task: Task) -> Rows:
        """Draw the synapses."""

    def __repr__(self) -> str:
        return as_call(self)
