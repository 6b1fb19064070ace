"""A sequence seen in both directions."""

from __future__ import annotations

from typing import Any, Self

from neurosim.errors import ParameterError
from neurosim.rate.layers.branches import Branches
from neurosim.rate.recurrent.jordan_rnn import JordanRNN
from neurosim.rate.recurrent.sequence_layer import SequenceLayer


class Bidirectional(Branches):
    """Two recurrent layers side by side, one of which goes through the sequence from its end.

    Where they return all steps, each step has what came before it and what comes after; where they return the
    last, it is that of the end for one and that of the beginning for the other. The units of the second stand
    behind those of the first.

    Parameters
    ----------
    layer : RecurrentLayer or JordanRNN
        Such as ``LSTM(64)``.
    backward : RecurrentLayer or JordanRNN, optional
        Of the opposite direction; by default one like the first, with weights of its own that are made when
        the network is built.

    Raises
    ------
    ParameterError
        If something is not a recurrent layer, both have one direction, one returns all steps and the other
        does not, or a second is to be made like one that has operators already.

    References
    ----------
    Schuster & Paliwal 1997, doi:10.1109/78.650093.

    Examples
    --------
    >>> import numpy as np
    >>> from neurosim.rate import LSTM, Affine, Bidirectional, Sequential
    >>> both = Bidirectional(LSTM(8, returns="all"))
    >>> network = Sequential(both, Bidirectional(LSTM(8)), Affine(2), input_shape=(20, 3), seed=0)
    >>> network(np.zeros((5, 20, 3)), lengths=[20, 3, 7, 1, 12]).shape
    (5, 2)
    """

    def __init__(self, layer: SequenceLayer, backward: SequenceLayer | None = None) -> None:
        _check_recurrent("Bidirectional.layer", layer)
        other = _twin(layer) if backward is None else backward
        _check_recurrent("Bidirectional.backward", other)
        if other.reverse == layer.reverse:
            limit = "must go the other way"
            raise ParameterError("Bidirectional.backward", other, limit, f"Set reverse={not layer.reverse}.")
        if other.returns != layer.returns:
            limit = f"returns {other.returns!r}, and the first layer {layer.returns!r}"
            raise ParameterError("Bidirectional.backward", other, limit)
        super().__init__(layer, other, axis=-1)

    def description(self) -> dict[str, Any]:
        """The two layers."""
        return {"layer": self.layers[0], "backward": self.layers[1]}

    @classmethod
    def from_description(cls, **description: Any) -> Self:
        """Make one from what `description` returned."""
        return cls(**description)


def _check_recurrent(where: str, layer: Any) -> None:
    if not isinstance(layer, SequenceLayer):
        raise ParameterError(where, layer, "must be a recurrent layer", "Such as LSTM(64).")


def _twin(layer: SequenceLayer) -> SequenceLayer:
    """Return a layer like one that is not built, in the opposite direction."""
    described = layer.description()
    if isinstance(layer, JordanRNN) or "recurrent" in described:
        limit = "cannot be made like the first, which has operators or layers of its own already"
        raise ParameterError("Bidirectional.backward", None, limit, "Give one with reverse=True.")
    return type(layer).from_description(**{**described, "reverse": not layer.reverse})
