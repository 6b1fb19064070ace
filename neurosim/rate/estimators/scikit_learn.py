"""What scikit-learn asks of an estimator. It imports scikit-learn, so import it only where that is in use."""

from __future__ import annotations

from typing import Any

from sklearn.exceptions import NotFittedError  # type: ignore[import-untyped]
from sklearn.utils import (  # type: ignore[import-untyped]
    ClassifierTags,
    RegressorTags,
    Tags,
    TargetTags,
    TransformerTags,
)

from neurosim.errors import ParameterError


class NotTrainedError(ParameterError, NotFittedError):  # type: ignore[misc]
    """An estimator is asked for what it has not learnt yet."""


def tags_of(kind: str) -> Any:
    """Return the Tags of a "classifier", a "regressor" or a "transformer" for numbers in dense matrices."""
    return Tags(
        estimator_type=None if kind == "transformer" else kind,
        target_tags=TargetTags(required=kind != "transformer", multi_output=kind == "regressor"),
        classifier_tags=ClassifierTags() if kind == "classifier" else None,
        regressor_tags=RegressorTags() if kind == "regressor" else None,
        transformer_tags=TransformerTags(preserves_dtype=[]) if kind == "transformer" else None,
    )
