"""Memory that is used again, and never while anybody can see it."""

import copy
import pickle

import numpy as np

from neurosim.rate import SGD, Affine, ElmanRNN, Sequential, fit
from neurosim.rate.autodiff.workspace import AT_A_TIME, LARGEST, Workspace


def address(array):
    return array.__array_interface__["data"][0]


def test_memory_is_used_again_when_nobody_refers_to_it():
    workspace = Workspace()
    first = workspace.empty("a", (40, 50), np.float32)
    place, view = address(first), first[1:, ::2].T
    del first
    second = workspace.empty("a", (40, 50), np.float32)  # the view is still there
    assert not np.shares_memory(second, view)
    assert (second.shape, second.dtype, second.flags.c_contiguous) == ((40, 50), np.float32, True)
    del view
    third = workspace.empty("a", (10, 20), np.float64)  # less will do
    assert address(third) == place
    assert third.flags.writeable
    assert not np.shares_memory(third, workspace.empty("b", (40, 50), np.float32))


def test_no_more_is_kept_than_promised():
    workspace = Workspace()
    used = [workspace.empty("a", (8,), np.float64) for _ in range(AT_A_TIME + 2)]
    assert len({address(array) for array in used}) == len(used)
    places = [address(array) for array in used]
    del used
    again = [address(array) for array in [workspace.empty("a", (8,), np.float64) for _ in range(AT_A_TIME)]]
    assert sorted(again) == sorted(places[-AT_A_TIME:])
    assert workspace.empty("b", (0, 3), np.float64).shape == (0, 3)
    assert workspace.empty("b", (LARGEST + 1,), np.uint8).base is None


def test_a_copy_is_empty():
    workspace = Workspace()
    array = workspace.empty("a", (8,), np.float64)
    for twin in (copy.deepcopy(workspace), pickle.loads(pickle.dumps(workspace))):
        assert not np.shares_memory(twin.empty("a", (8,), np.float64), array)


def test_training_computes_each_batch_in_the_memory_of_the_last(monkeypatch):
    places = set()
    given = Workspace.empty

    def noted(self, name, shape, dtype):
        array = given(self, name, shape, dtype)
        if shape[:2] == (6, 4) or shape[0] == 5 * 4 + 1:  # samples of a batch
            places.add((name, address(array)))
        return array

    monkeypatch.setattr(Workspace, "empty", noted)
    network = Sequential(ElmanRNN(3), Affine(1), input_shape=(5, 2), seed=0)
    x = np.linspace(0.0, 1.0, 160).reshape(16, 5, 2)
    fit(
        network,
        "mean_squared_error",
        SGD(network.parameters(), 0.01),
        x,
        x[:, 0, :1],
        batch_size=4,
        epochs=1,
        progress=False,
    )
    assert len(places) == len({name for name, _ in places}) == 2
