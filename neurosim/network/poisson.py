"""Units that fire at random with a given rate, whatever happened before."""

from __future__ import annotations

from neurosim.network.random_source import RandomSource


class PoissonPopulation(RandomSource):
    """Independent Poisson spike trains.

    Parameters
    ----------
    n : int
    rate : float, array_like, str, quantity, Stimulus or callable
        Hz. A constant is one for all, one for each unit (n,), or one for each unit of each trial (trials, n).
        A rate varies in time if it is

        - an array of bins, with `rate_dt`: (n_bins,), (n_bins, n) or (n_bins, trials, n). The first bin
          begins at time 0, and a run beyond the last is refused;
        - text with the time ``t``, in the notation of equations: ``"20*Hz*(1 + sin(2*pi*t/(100*ms)))"``;
        - a stimulus without noise, such as ``Step("50 Hz", start=100) + "5 Hz"``, or images whose pixels are
          rates: ``ImageSequence(images, duration="50 ms", gain="100 Hz")``;
        - a function of the time, ms. It is given an array of shape (n_times, 1) and returns Hz, of shape
          (n_times, 1) or (n_times, n); the same time must always give the same rate.

        At each step a unit fires with probability ``1 - exp(-rate*dt)``, where the rate is that at the
        beginning of the step.
    rate_dt : float, str or quantity, optional
        Width of a bin, ms, a multiple of the network's time step.
    parameters : mapping of str to float, array_like, str, quantity or (value, unit), optional
        Of a text: ``{"r0": "20 Hz", "phase": phases}``, each one for all, (n,) or (trials, n). A bare number
        is dimensionless.
    name : str, optional

    Raises
    ------
    ParameterError
        If a rate is negative or not finite, or the shape does not fit. What a text or a function gives is
        looked at window by window: the run stops before the window in which it is negative, not finite, or
        more than one spike a step.
    UnitError, EquationError
        If a unit does not fit, or a text has a mistake.
    """

    def __repr__(self) -> str:
        return f"PoissonPopulation({self.n}, name={self.name!r})"
