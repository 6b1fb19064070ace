"""What all estimators share: the form that scikit-learn's pipelines and searches work with."""

from __future__ import annotations

import inspect
import sys
import warnings
from typing import Any, ClassVar, Literal, Self

from numpy.typing import ArrayLike

from neurosim.errors import ParameterError
from neurosim.rate.autodiff.operations import Array
from neurosim.rate.checks import suggestion
from neurosim.rate.training.samples import Names, compare_names, read_names, read_samples


class Estimator:
    """Something that learns from samples.

    `__init__` of an estimator only stores its arguments, under their own names; `fit` reads its data by
    `_read_new`, checks the arguments, learns, and only then sets what it has learnt, in attributes that end
    in an underscore, last of all by `_remember`. Every other method reads its data by `_read_more`.

    scikit-learn need not be installed. Where it is in use, an estimator that is not trained yet raises its
    `NotFittedError` too.

    Attributes
    ----------
    n_features_in_ : int
        Number of inputs.
    feature_names_in_ : ndarray of str, shape (n_features_in_,)
        Names of the inputs; only where `fit` was given a data frame.
    """

    kind: ClassVar[Literal["classifier", "regressor", "transformer"]]
    """What scikit-learn calls such an estimator."""

    dtype: str = "float64"
    """What samples are converted to."""

    n_features_in_: int
    feature_names_in_: Names

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the parameters of `__init__` by name."""
        return {name: getattr(self, name) for name in inspect.signature(type(self)).parameters}

    def set_params(self, **params: Any) -> Self:
        """Change parameters of `__init__` by name; takes effect at the next `fit`.

        Raises
        ------
        ParameterError
            If there is no parameter of that name; none is then changed.
        """
        known = self.get_params()
        for name, value in params.items():
            if name not in known:
                raise ParameterError(self._name(name), value, "is not a parameter", suggestion(name, known))
        for name, value in params.items():
            setattr(self, name, value)
        return self

    def __repr__(self) -> str:
        defaults = inspect.signature(type(self)).parameters
        changed = {k: v for k, v in self.get_params().items() if v is not defaults[k].default}
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in changed.items())})"

    def __sklearn_tags__(self) -> Any:
        """Return what scikit-learn asks about an estimator; scikit-learn must be installed."""
        from neurosim.rate.estimators.scikit_learn import tags_of

        return tags_of(self.kind)

    def _name(self, what: str) -> str:
        """Return how errors call an attribute or an argument."""
        return f"{type(self).__name__}.{what}"

    def _read_new(self, method: str, X: ArrayLike) -> Array:
        """Return samples to learn from, shape (n_samples, n_features), or raise a ParameterError."""
        read_names(self._name(f"{method}(X)"), X)
        return read_samples(self._name(f"{method}(X)"), X, self.dtype)

    def _remember(self, X: ArrayLike, n_features: int) -> None:
        """Set how many inputs there are, and their names."""
        names = read_names(self._name("fit(X)"), X)
        self.n_features_in_ = n_features
        if names is not None:
            self.feature_names_in_ = names
        elif hasattr(self, "feature_names_in_"):
            del self.feature_names_in_

    def _read_more(self, method: str, X: ArrayLike) -> Array:
        """Return samples that fit what was learnt, or raise a ParameterError."""
        self._check_trained()
        where, name = self._name(f"{method}(X)"), type(self).__name__
        names = read_names(where, X)
        learnt: Names | None = getattr(self, "feature_names_in_", None)
        if names is not None and learnt is not None:
            compare_names(where, names, learnt)
        elif learnt is not None:
            message = f"X does not have valid feature names, but {name} was fitted with feature names"
            warnings.warn(message, UserWarning, stacklevel=3)
        elif names is not None:
            message = f"X has feature names, but {name} was fitted without feature names"
            warnings.warn(message, UserWarning, stacklevel=3)
        samples = read_samples(where, X, self.dtype)
        n, wanted = samples.shape[1], self.n_features_in_
        if n != wanted:
            limit = f"X has {n} features, but {name} is expecting {wanted} features as input"
            raise ParameterError(where, samples.shape, limit)
        return samples

    def _check_trained(self) -> None:
        if hasattr(self, "n_features_in_"):
            return
        error = ParameterError
        if "sklearn.exceptions" in sys.modules:
            from neurosim.rate.estimators.scikit_learn import NotTrainedError

            error = NotTrainedError
        raise error(type(self).__name__, self, "is not trained yet", "Call fit first.")
