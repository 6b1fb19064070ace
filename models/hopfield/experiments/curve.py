"""What an experiment measures against one thing that it varies."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from neurosim.models.hopfield.reading import read_whole

from neurosim.connectivity.checks import read_array
from neurosim.errors import ParameterError


@dataclass(frozen=True)
class Curve:
    """Measurements against what was varied.

    Attributes
    ----------
    x : ndarray, shape (points,)
        Such as loads, in patterns a unit, or shares of flipped units.
    values : ndarray, shape (points, trials)
        Of each trial.
    n : int
        Units.
    x_label, y_label : str
        What both are.
    """

    x: np.ndarray
    values: np.ndarray
    n: int
    x_label: str
    y_label: str

    @property
    def mean(self) -> np.ndarray:
        """Over trials, shape (points,)."""
        mean: np.ndarray = self.values.mean(axis=1)
        return mean

    @property
    def error(self) -> np.ndarray:
        """Standard error of the mean, shape (points,); 0 for a single trial."""
        trials = self.values.shape[1]
        error: np.ndarray = self.values.std(axis=1, ddof=1) / np.sqrt(trials) if trials > 1 else 0 * self.mean
        return error

    def plot(
        self, ax: Any = None, *, label: str | None = None, theory: Callable[[float], float] | None = None
    ) -> Any:
        """Draw means with their standard errors.

        Parameters
        ----------
        ax : Axes, optional
            A new figure's otherwise.
        label : str, optional
            By default the number of units.
        theory : callable, optional
            Of x; drawn as a line over the range of x.
        """
        from neurosim.plotting import plot_memory_curve

        line = None
        if theory is not None:
            fine = np.linspace(self.x.min(), self.x.max(), 200)
            line = (fine, np.array([theory(float(x)) for x in fine]))
        named = f"{self.n} units" if label is None else label
        return plot_memory_curve(
            self.x,
            self.mean,
            self.error,
            ax,
            x_label=self.x_label,
            y_label=self.y_label,
            label=named,
            theory=line,
        )


def read_points(where: str, given: Any) -> np.ndarray:
    """Places of measurements, shape (points,).

    Raises
    ------
    ParameterError
        If these are not finite numbers in a row, at least one.
    """
    points = read_array(where, given)
    if points.dtype.kind not in "iuf" or points.ndim != 1 or not points.size or not np.isfinite(points).all():
        raise ParameterError(where, given, "must be a list of finite numbers")
    return points


def refuse_seed(where: str, options: Mapping[str, Any]) -> None:
    """Raise ParameterError if options of memories hold a seed, which each memory has of its own."""
    if "random_state" in options:
        limit = "is drawn for each memory"
        raise ParameterError(f"{where}(random_state)", options["random_state"], limit, "Give a seed.")


def vary(
    where: str,
    x: Sequence[float] | np.ndarray,
    trials: int,
    seed: int,
    progress: bool,
    measure: Callable[[float, np.random.Generator], float],
    threads: int | None = None,
) -> np.ndarray:
    """Measure at each point in several trials, which have random numbers of their own and run side by side.

    Parameters
    ----------
    where : str
        Who asks, for errors.
    x : sequence of float, shape (points,)
    trials : int
    seed : int
    progress : bool
        Whether to show a bar.
    measure : callable
        (x, generator) -> value.
    threads : int, optional
        By default one for each processor; values do not depend on it.

    Returns
    -------
    ndarray, shape (points, trials)

    Raises
    ------
    ParameterError
        If there is no point, no trial or no thread, or the seed is none.
    """
    from threadpoolctl import threadpool_limits
    from tqdm import tqdm

    from neurosim.kernels.core.threads import processors

    points = read_points(where, x)
    read_whole(f"{where}, trials", trials)
    read_whole(f"{where}, seed", seed, 0)
    n_threads = processors() if threads is None else read_whole(f"{where}, threads", threads)

    def one(place: tuple[int, int]) -> float:
        k, trial = place
        return measure(float(points[k]), np.random.default_rng([seed, k, trial]))

    places = [(k, trial) for k in range(points.size) for trial in range(trials)]
    with (
        warnings.catch_warnings(),
        threadpool_limits(1, user_api="blas"),  # trials, not products of matrices, share the processors
        ThreadPoolExecutor(n_threads) as pool,
    ):
        warnings.simplefilter("ignore")  # loads beyond the critical one are what this is about
        values = list(tqdm(pool.map(one, places), total=len(places), disable=not progress, unit="memory"))
    return np.array(values).reshape(points.size, trials)
