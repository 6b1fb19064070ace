"""Networks with memory learn the tasks they were published for."""

import numpy as np
import pytest
from neurosim.models import elman_1990

from neurosim.data import temporal_xor


def error_of(seed, window=None):
    net = elman_1990.network(seed, window)
    elman_1990.learn(net, epochs=25, seed=seed)
    data = temporal_xor(400, n_triples=elman_1990.N_TRIPLES, seed=77)
    return ((elman_1990.answers(net, data) - data.targets[..., 0]) ** 2).mean(axis=0)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_every_third_bit_is_foretold(seed):
    error = error_of(seed)
    assert (error[1::3] < 0.05).all()
    for guessed in (error[0::3], error[2::3]):  # 1/4 at best: what is random cannot be foretold
        assert (guessed > 0.22).all()
        assert (guessed < 0.33).all()


def test_a_context_taken_as_given_learns_less_exactly():
    given, through = error_of(0, 1), error_of(0)
    assert given[1::3].mean() < 0.15
    assert np.mean(through[1::3]) < 0.5 * given[1::3].mean()
