"""The perceptron rule: each unit learns until every pattern holds it in place by a margin."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from neurosim.models.hopfield.reading import read_number, read_whole
from neurosim.models.hopfield.rules.rule import Learned, Rule

from neurosim.connectivity.connectivity import Connectivity


@dataclass(frozen=True)
class Perceptron(Rule):
    """Gardner's algorithm: where the stability ``x_j h_j/|w_j|`` is not above kappa, w_j gains ``x x_j/n``.

    It begins at Hebb's weights and ends where every pattern is stable, if there are such weights at all: up
    to ``critical_stability_load(kappa)`` patterns a unit, 2 without a margin. The weights are not symmetric.

    Parameters
    ----------
    kappa : float, default 0.1
        Stability asked for, 0 or more; more makes basins of attraction wider, and room for fewer patterns.
    sweeps : int, default 1000
        Most passes over the patterns; near the critical load many are needed.

    Warns
    -----
    UserWarning
        In `learn`, with the number of conditions that are not met.

    References
    ----------
    Gardner (1988), doi:10.1088/0305-4470/21/1/030.

    Examples
    --------
    >>> from neurosim.models.hopfield import Hopfield
    >>> patterns = np.random.default_rng(0).choice([-1, 1], (100, 100))
    >>> memory = Hopfield(Perceptron(kappa=0.3)).fit(patterns)
    >>> memory.learned_.converged, bool(memory.stabilities().min() > 0.3)
    (True, True)
    """

    kappa: float = 0.1
    sweeps: int = 1000

    name = "perceptron"
    symmetric = False

    def __post_init__(self) -> None:
        read_number("Perceptron.kappa", self.kappa, "must be a finite number, 0 or more", 0, 1e6)
        read_whole("Perceptron.sweeps", self.sweeps)

    def learn(
        self, patterns: np.ndarray, connectivity: Connectivity, *, known: int = 0, seed: int = 0
    ) -> Learned:
        """Write the weights; see `Rule`."""
        from neurosim.kernels.attractors.perceptron import learn_perceptron

        m, n = patterns.shape
        inputs = connectivity.weight_gradient(patterns, patterns).astype(np.float64)  # Hebb's, symmetric
        sweeps, unmet = np.zeros(n, np.int64), np.zeros(n, np.int64)
        learn_perceptron(patterns.astype(np.float64), inputs, float(self.kappa), self.sweeps, sweeps, unmet)
        np.divide(inputs.T, n, out=connectivity.weights)
        missed = int(unmet.sum())
        if missed:
            warnings.warn(
                f"perceptron: {missed} of {m * n} conditions are not met after {self.sweeps} sweeps, at a "
                f"load of {m / n:.2f} patterns a unit",
                stacklevel=4,
            )
        return Learned(missed == 0, int(sweeps.max()), missed)
