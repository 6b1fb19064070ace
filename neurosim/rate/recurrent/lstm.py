"""Long short-term memory."""

from __future__ import annotations

from neurosim.rate.autodiff.operations import Array
from neurosim.rate.layers.course import Course
from neurosim.rate.recurrent.recurrence import Recurrence
from neurosim.rate.recurrent.recurrent import RecurrentLayer


class LSTM(RecurrentLayer):
    """c_t = f c_{t-1} + i g and h_t = o tanh(c_t): a cell that keeps what its gates let in.

    The gates i, f and o are logistic functions of ``x_t W + h_{t-1} U + b``, the candidate g is its tanh;
    blocks of columns are in the order input gate i, forget gate f, candidate g, output gate o. The state is
    the output h, then the cell c. A bias that is not given is 1 for the forget gate, else 0.

    Parameters
    ----------
    connectivity, recurrent, **options
        As for `RecurrentLayer`, with four gates.

    Raises
    ------
    ParameterError
        If an argument is not as there.

    Notes
    -----
    The weights are those of PyTorch's LSTM, transposed; its two biases are one here, their sum.

    References
    ----------
    Hochreiter & Schmidhuber 1997, doi:10.1162/neco.1997.9.8.1735; forget gate, and its bias: Gers,
    Schmidhuber & Cummins 2000, doi:10.1162/089976600300015015.
    """

    n_gates = 4
    n_states = 2

    def _default_bias(self) -> Array:
        bias = super()._default_bias()
        bias[self.n_units : 2 * self.n_units] = 1.0
        return bias

    def _recurrence(self, course: Course) -> Recurrence:
        return LSTMSteps(self.connectivity, self.recurrent, course, self._workspace)


class LSTMSteps(Recurrence):
    """Steps of long short-term memory."""

    n_kept = 5
