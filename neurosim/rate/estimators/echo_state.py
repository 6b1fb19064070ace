"""Echo-state networks: a fixed recurrent network, and a readout that is trained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from neurosim.connectivity import Connectivity, Dense
from neurosim.connectivity.spectral_radius import with_spectral_radius
from neurosim.errors import NonFiniteError, ParameterError
from neurosim.machine import check_room
from neurosim.rate.autodiff.graph import no_grad
from neurosim.rate.autodiff.operations import Array
from neurosim.rate.checks import checked_amount, checked_choice, checked_count, checked_positive
from neurosim.rate.estimators.estimator import Estimator
from neurosim.rate.estimators.linear_regression import LinearRegression
from neurosim.rate.estimators.r_squared import share_explained
from neurosim.rate.estimators.step_samples import Steps
from neurosim.rate.randomness import as_generator, drawn_seed
from neurosim.rate.recurrent.leaky_rnn import KINDS, LeakyRNN
from neurosim.rate.training.samples import read_responses

_WASHOUT, _SHARE_WASHED_OUT = 100, 10


@dataclass(eq=False, repr=False)
class EchoStateRegressor(Estimator):
    """A reservoir of units with fixed connections, and linear outputs that read units and inputs.

    Samples are the steps of one sequence, in their order, or of several. The units follow
    ``h_t = (1 - leak) h_{t-1} + leak f(x_t W + h_{t-1} U + b)`` from a state of 0; only the readout learns,
    by ridge regression.

    Parameters
    ----------
    reservoir : int or Connectivity, default 100
        U, from the units to themselves; any member of the family. A number stands for so many units with
        Dense connections from a normal distribution.
    spectral_radius : float or None, default 0.9
        Largest absolute value of an eigenvalue that U is scaled to, in a copy. None: U itself is used, as it
        is.
    leak : float, default 1.0
        Share of the way to f that a unit goes in a step, above 0 and at most 1.
    input_scale, bias_scale : float, default 1.0 and 0.0
        Entries of W and b are drawn from -scale to scale, all as likely.
    activation : {"tanh", "logistic", "relu"}, default "tanh"
        f.
    ridge : float, default 1e-6
        Penalty on the sum of the squared weights of the readout, beside the sum of the squared errors.
    washout : int, optional
        Steps at the beginning of each sequence that the readout does not learn from, since the units still
        remember the state of 0; a tenth of the shortest sequence, at most 100, by default.
    random_state : int or numpy.random.Generator, optional
        Seed of U, W and b; a fresh one where none is given.

    Attributes
    ----------
    reservoir_ : LeakyRNN
        The units, with their `connectivity` (W), `recurrent` (U) and `bias`.
    readout_ : LinearRegression
        From inputs and units, in this order, to the outputs.
    washout_ : int
        Steps that were left out.
    seed_ : int
        The seed that was used.
    n_features_in_ : int

    References
    ----------
    Jaeger 2001, The "echo state" approach to analysing and training recurrent neural networks, GMD Report
    148; Jaeger & Haas 2004, doi:10.1126/science.1091277. Leak: Jaeger et al. 2007,
    doi:10.1016/j.neunet.2007.04.016.

    Examples
    --------
    >>> from neurosim.rate import EchoStateRegressor
    >>> x = np.random.default_rng(0).uniform(-1.0, 1.0, (1000, 1))
    >>> before = np.roll(x[:, 0], 3)
    >>> EchoStateRegressor(50, random_state=0).fit(x[:500], before[:500]).score(x[500:], before[500:]) > 0.95
    True
    """

    kind = "regressor"

    reservoir: int | Connectivity = 100
    spectral_radius: float | None = 0.9
    leak: float = 1.0
    input_scale: float = 1.0
    bias_scale: float = 0.0
    activation: str = "tanh"
    ridge: float = 1e-6
    washout: int | None = None
    random_state: int | np.random.Generator | None = None

    def fit(self, X: ArrayLike, y: ArrayLike, *, lengths: ArrayLike | None = None) -> Self:
        """Run through one sequence or several, and train the readout.

        Parameters
        ----------
        X : array of shape (n_steps, n_features) or (n_sequences, n_steps, n_features)
        y : array of shape (n_steps,) or (n_steps, n_outputs), or these with an axis of sequences
        lengths : integer array of shape (n_sequences,), optional
            Steps of each sequence, from 1 to n_steps; what `X` and `y` hold after them is not looked at.

        Returns
        -------
        EchoStateRegressor
            Itself.

        Raises
        ------
        ParameterError
            If a parameter cannot be used, `X` or `y` is not an array of finite numbers of that shape, lengths
            do not fit, or no step is left after the washout.
        NonFiniteError
            If a unit goes to infinity.
        """
        self._check_parameters()
        steps = Steps.of(self._name("fit"), X, lengths)
        samples = self._read_new("fit", steps.samples(self._name("fit(X)"), X))
        responses = steps.samples(self._name("fit(y)"), y)
        response = read_responses(self._name("fit(y)"), responses, len(samples), "float64")
        fewest, most = int(steps.lengths.min()), int(steps.lengths.max())
        washout = min(_WASHOUT, fewest // _SHARE_WASHED_OUT) if self.washout is None else self.washout
        if washout >= most:
            limit = f"must leave at least one of {most} steps"
            raise ParameterError(self._name("washout"), washout, limit)
        seed = drawn_seed(self._name("random_state"), self.random_state)
        units = self._make(samples.shape[1], np.random.default_rng(seed))
        features, _ = _run(units, samples, steps, None)
        learnt = steps.behind(washout)
        readout = LinearRegression(weight_decay=2.0 * self.ridge / np.count_nonzero(learnt))
        self.readout_ = readout.fit(features[learnt], response[learnt])
        self.reservoir_, self.washout_, self.seed_ = units, washout, seed
        self._remember(X, samples.shape[1])
        return self

    def predict(self, X: ArrayLike, *, lengths: ArrayLike | None = None) -> Array:
        """Return the outputs at each step of a sequence, or of several, from a state of 0.

        Parameters
        ----------
        X, lengths
            As for `fit`.

        Returns
        -------
        ndarray of shape (n_steps,) or (n_steps, n_outputs), like the `y` of `fit`
            With an axis of sequences where `X` has one; not a number at steps that do not count.

        Raises
        ------
        ParameterError
            If nothing is learnt yet, or `X` does not fit what was, or lengths do not fit `X`.
        """
        steps = Steps.of(self._name("predict"), X, lengths)
        return steps.like_given(self._predict("predict", X, steps))

    def forecast(self, X: ArrayLike, n_steps: int) -> Array:
        """Return how a sequence goes on, where the outputs were trained to be the next inputs.

        Parameters
        ----------
        X : array of shape (n_given, n_features)
            What came before; the first step forecast is the one after it.
        n_steps : int

        Returns
        -------
        ndarray of shape (n_steps, n_features)

        Raises
        ------
        ParameterError
            As for `predict`, or if there are not as many outputs as inputs.
        """
        samples, units = self._read_more("forecast", X), self.reservoir_
        count = checked_count(self._name("forecast(n_steps)"), n_steps)
        n_outputs = self.readout_.connectivity_.n_post
        if n_outputs != samples.shape[1]:
            limit = f"there are {n_outputs} outputs, and must be as many as the {samples.shape[1]} inputs"
            raise ParameterError(self._name("forecast(X)"), samples.shape, limit)
        outputs = np.empty((count, n_outputs))
        step, state = samples, None
        for k in range(count):
            features, state = _run(units, step, Steps.of("", step, None), state)
            step = self.readout_.predict(features[-1:]).reshape(1, n_outputs)
            outputs[k] = step[0]
        return outputs

    def score(self, X: ArrayLike, y: ArrayLike, *, lengths: ArrayLike | None = None) -> float:
        """Return the coefficient of determination after the washout, over all steps that count.

        See `r_squared`; the arguments are those of `fit`.

        Raises
        ------
        ParameterError
            As for `predict`, or if `y` does not fit, or there is no step after the washout.
        """
        steps = Steps.of(self._name("score"), X, lengths)
        predicted = self._predict("score", X, steps)
        most = int(steps.lengths.max())
        if most <= self.washout_:
            limit = f"needs more steps than the {self.washout_} of the washout"
            raise ParameterError(self._name("score(X)"), most, limit)
        where, behind = self._name("score(y)"), steps.behind(self.washout_)
        truth = read_responses(where, steps.samples(where, y), len(predicted), "float64")
        return share_explained(type(self).__name__, predicted[behind], truth[behind])

    def _predict(self, method: str, X: ArrayLike, steps: Steps) -> Array:
        """Return the outputs at all steps that count, sequence after sequence."""
        self._check_trained()
        samples = self._read_more(method, steps.samples(self._name(f"{method}(X)"), X))
        features, _ = _run(self.reservoir_, samples, steps, None)
        return self.readout_.predict(features)

    def _make(self, n_inputs: int, rng: np.random.Generator) -> LeakyRNN:
        recurrent = self.reservoir
        if not isinstance(recurrent, Connectivity):
            n = checked_count(self._name("reservoir"), recurrent)
            check_room(self._name("reservoir"), n, 16 * n * n)  # the matrix, and that of its numbers scaled
            recurrent = Dense(rng.standard_normal((n, n)) / np.sqrt(n))
        if self.spectral_radius is not None:
            recurrent = with_spectral_radius(recurrent, self.spectral_radius)
        n = recurrent.n_pre
        weights = rng.uniform(-self.input_scale, self.input_scale, (n_inputs, n))
        bias = rng.uniform(-self.bias_scale, self.bias_scale, n)
        tau, drive = 1.0 / self.leak, Dense(weights)
        return LeakyRNN(drive, recurrent, bias=bias, tau=tau, activation=self.activation, returns="all")

    def _check_parameters(self) -> None:
        if not isinstance(self.reservoir, Connectivity):
            checked_count(self._name("reservoir"), self.reservoir)
        if self.spectral_radius is not None:
            checked_positive(self._name("spectral_radius"), self.spectral_radius)
        if checked_positive(self._name("leak"), self.leak) > 1.0:
            raise ParameterError(self._name("leak"), self.leak, "must be at most 1")
        checked_amount(self._name("input_scale"), self.input_scale)
        checked_amount(self._name("bias_scale"), self.bias_scale)
        checked_choice(self._name("activation"), self.activation, KINDS)
        checked_amount(self._name("ridge"), self.ridge)
        if self.washout is not None:
            checked_count(self._name("washout"), self.washout, 0)
        as_generator(self._name("random_state"), self.random_state)


def _run(units: LeakyRNN, samples: Array, steps: Steps, state: Array | None) -> tuple[Array, Array]:
    """Return inputs and units at each step, shape (n_samples, n_features + n_units), and the last states."""
    lengths = None if steps.alone else steps.lengths
    with no_grad(), np.errstate(over="ignore", invalid="ignore"):
        states, last = units.advance(steps.padded(samples), state, lengths=lengths)
    finite = np.isfinite(states.value).all(axis=2)
    if not finite.all():
        step = int(np.argmin(finite.all(axis=0)))
        raise NonFiniteError(
            f"EchoStateRegressor: a unit goes to infinity at step {step}. Lower the spectral radius."
        )
    return np.hstack([samples, states.value[steps.counted]]), last.value
