"""Every kind of layer: the contract, files, shapes inferred, and what each one says when misused."""

import numpy as np
import pytest
from sample_layers import IMAGES, SYMBOLS, X, built, tied, weights

from neurosim.connectivity import AllToAll, AveragePool2d, Conv2d, Dense, LowRank, OneToOne, Sparse
from neurosim.errors import ParameterError
from neurosim.rate import (
    ACTIVATIONS,
    Affine,
    BatchNorm,
    Concatenating,
    Dropout,
    Embedding,
    GaussianNoise,
    Layer,
    LayerNorm,
    LocalResponseNorm,
    Maxout,
    ReLU,
    Reshape,
    Residual,
    Sequential,
    Softmax,
    Tanh,
    check_layer,
)

OPERATORS = {
    "dense": lambda: Dense(weights(6, 5)),
    "sparse": lambda: Sparse([0, 1, 1, 3, 5], [4, 0, 2, 1, 3], weights(5), n_pre=6, n_post=5),
    "low rank": lambda: LowRank(weights(6, 2), weights(2, 5)),
    "one to one": lambda: OneToOne(weights(6)),
    "all to all": lambda: AllToAll(0.3, 6, 5),
    "convolution": lambda: Conv2d(weights(2, 1, 2, 2), (1, 2, 3)),
    "pool": lambda: AveragePool2d((1, 2, 3), 2, stride=1),
}
LAYERS = {
    **{name: lambda make=make: (Affine(make()), X) for name, make in OPERATORS.items()},
    **{
        f"{name}, turned": lambda make=make: (Affine(make().T), X[:, : make().n_post])
        for name, make in OPERATORS.items()
    },
    "lazy": lambda: (built(Affine(3)), X),
    "tied": lambda: (tied(), X),
    "dropout": lambda: (Dropout(0.4, 1), X),
    "noise": lambda: (GaussianNoise(0.4, 1), X),
    "batch norm": lambda: (built(BatchNorm()), X),
    "batch norm of channels": lambda: (built(BatchNorm(), (4, 3, 3)), IMAGES),
    "layer norm": lambda: (built(LayerNorm()), X),
    "layer norm of as many samples as units": lambda: (built(LayerNorm(), 4), X[:, :4]),
    "layer norm over axes": lambda: (built(LayerNorm(n_axes=2), (4, 3, 3)), IMAGES),
    "local response, odd": lambda: (LocalResponseNorm(3, alpha=0.5), IMAGES),
    "local response, even": lambda: (LocalResponseNorm(4, alpha=0.5, k=2.0), IMAGES),
    "embedding": lambda: (Embedding(Dense(weights(5, 2))), SYMBOLS),
    "residual": lambda: (built(Residual(Affine(4), Tanh(), Affine(6))), X),
    "concatenating": lambda: (built(Concatenating(Affine(4), Tanh())), X),
    "reshape": lambda: (Reshape(2, -1), X),
    "maxout": lambda: (Maxout(2), X),
    "softmax": lambda: (Softmax(), X),
    **{
        name: lambda activation=activation: (activation.fresh(), X)
        for name, activation in ACTIVATIONS.items()
        if name != "threshold"
    },
    "network": lambda: (built(Sequential(Affine(5), BatchNorm(), ReLU(), Dropout(0.3), Affine(2))), X),
}


@pytest.mark.parametrize("case", LAYERS)
def test_contract(case):
    check_layer(*LAYERS[case]())


@pytest.mark.parametrize("case", LAYERS)
def test_a_file_gives_the_same_layer(case, tmp_path):
    layer, x = LAYERS[case]()
    layer.train()
    layer(x)  # moves running averages and sources of noise
    path = tmp_path / "layer.nsim"
    layer.save(path)
    twin = Layer.load(path)
    assert repr(twin) == repr(layer)
    twin.train()
    np.testing.assert_array_equal(twin(x).value, layer(x).value)
    layer.evaluate()
    twin.evaluate()
    np.testing.assert_array_equal(twin(x).value, layer(x).value)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Sequential(Affine(5), BatchNorm(), ReLU(), Dropout(0.3), Affine(2)),
        lambda: Sequential(Residual(Affine(4), LayerNorm(), Affine(6)), Concatenating(Affine(2))),
        lambda: Sequential(GaussianNoise(0.1), Reshape(3, 2), LocalResponseNorm(3), Reshape(-1)),
    ],
)
def test_single_precision_is_kept(make):
    network = make()
    network.build(6, dtype="float32", seed=0)
    assert {p.dtype for p in network.parameters()} <= {np.dtype(np.float32)}
    for training in (True, False):
        network.train(training)
        assert network(X.astype(np.float32)).dtype == np.float32


def test_dropout_keeps_the_mean_and_silences_the_share():
    layer = Dropout(0.3, 0)
    x = np.ones((1000, 100), np.float32)
    assert layer(x).value is x
    layer.train()
    y = layer(x).value
    n = y.size
    assert abs((y == 0.0).mean() - 0.3) < 4.0 * np.sqrt(0.3 * 0.7 / n)
    np.testing.assert_allclose(y[y != 0.0], 1.0 / 0.7, rtol=1e-6)
    assert not np.array_equal(y, layer(x).value)


def test_the_seed_of_a_network_seeds_all_of_it():
    def make(seed):
        network = Sequential(Affine(5), Dropout(0.5), Dropout(0.5), Affine(2), input_shape=6, seed=seed)
        network.train()
        return network(X).value

    np.testing.assert_array_equal(make(1), make(1))
    assert not np.array_equal(make(1), make(2))
    network = Sequential(Dropout(0.5), Dropout(0.5), input_shape=6, seed=1)
    first, second = network.generators()
    assert first.random() != second.random()


def test_tied_weights_are_one_variable_of_one_array():
    network = tied()
    first, _, last = network
    assert first.weights is last.weights
    assert first.weights.value is last.connectivity.weights
    assert len(network.parameters()) == 3
    first.weights.value[...] = 0.0
    assert not last.connectivity.to_dense().any()


def test_embedding_and_its_way_back():
    connectivity = Dense(weights(5, 2))
    network = Sequential(Embedding(connectivity), Affine(connectivity.T, False))
    y = network([[0, 3], [3, 4]])
    one_hot = np.eye(5)[[[0, 3], [3, 4]]]
    np.testing.assert_allclose(y.value, one_hot @ connectivity.weights @ connectivity.weights.T)
    assert len(network.parameters()) == 1


def test_sizes_are_inferred():
    network = Sequential(
        Affine(16, initialise="he_normal"), BatchNorm(), ReLU(), Affine(3), input_shape=6, seed=0
    )
    assert network.build(6) == (3,)
    assert [p.shape for p in network.parameters()] == [(6, 16), (16,), (16,), (16,), (16, 3), (3,)]
    assert repr(network[0]) == "Affine(Dense 6 → 16)"
    spread = network[0].weights.value.std()
    assert spread == pytest.approx(np.sqrt(2.0 / 6.0), rel=0.25)
    later = Sequential(Affine(3))
    with pytest.raises(ParameterError, match=r"Call build\(input_shape\) first"):
        later.parameters()
    assert later.build(6, seed=0) == (3,)


def test_summary_of_an_image_network():
    kernels = Conv2d(weights(4, 1, 3, 3), (1, 8, 8))
    network = Sequential(
        Affine(kernels, False),
        Reshape(4, 6, 6),
        BatchNorm(),
        Reshape(-1),
        Residual(Affine(LowRank(weights(144, 2), weights(2, 144)))),
        Affine(10),
    )
    lines = [line.split("  ") for line in network.summary().splitlines()]
    cells = [[cell.strip() for cell in line if cell.strip()] for line in lines]
    assert cells[1][2:] == ["144", "36", "1,296", "1,296"]
    assert cells[3] == ["2", "BatchNorm(4)", "4 × 6 × 6", "8", "0", "0"]
    assert cells[5][2:] == ["144", "720", "20,736", "576"]
    assert cells[6][2:] == ["10", "1,450", "1,440", "1,440"]
    assert cells[7] == ["total", "2,214", "23,472", "3,312"]


def test_shared_parameters_count_once_in_a_summary():
    assert tied().summary().splitlines()[-1].split() == ["total", "27", "36", "36"]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Affine(0), r"Affine.connectivity = 0: must be a Connectivity, or a number"),
        (lambda: Affine(3, initialise="he_norml"), r"Affine.initialise = .*Did you mean 'he_normal'"),
        (lambda: Affine(3)(X), r"Affine.connectivity = 3: is not made yet"),
        (lambda: Affine(Dense(weights(6, 5)))(X[:0]), r"Affine\(Dense 6 → 5\)\(x\) = \(0, 6\): needs"),
        (
            lambda: Sequential(Affine(Dense(weights(6, 5))), ReLU(), Affine(Dense(weights(4, 2)))),
            r"Affine\(Dense 4 → 2\), input = \(5,\): the shape of a sample must be \(4,\)",
        ),
        (lambda: Sequential(Affine(3), input_shape=(0,)), r"build\(input_shape\) = \(0,\)"),
        (lambda: Sequential(Affine(3), input_shape=2, dtype="float16"), r"build\(dtype\) = 'float16'"),
        (lambda: Sequential(Affine(3), input_shape=2, seed=-1), r"build\(seed\) = -1"),
        (lambda: Sequential(Affine(3)).summary(), r"Sequential.summary\(\).*Call build"),
        (lambda: setattr(Dropout(0.5), "share", 1.0), r"Dropout.share = 1.0: must be from 0 up to"),
        (lambda: setattr(GaussianNoise(0.5), "std", -1.0), r"GaussianNoise.std = -1.0: must be at least 0"),
        (lambda: setattr(LayerNorm(), "epsilon", 0.0), r"LayerNorm.epsilon = 0.0: must be positive"),
        (lambda: setattr(LocalResponseNorm(), "size", 0), r"LocalResponseNorm.size = 0: must be a whole"),
        (lambda: BatchNorm(0), r"BatchNorm.momentum = 0: must be above 0"),
        (lambda: setattr(BatchNorm(), "momentum", 1.0), r"BatchNorm.momentum = 1.0: must be above 0"),
        (lambda: setattr(BatchNorm(), "epsilon", 0.0), r"BatchNorm.epsilon = 0.0: must be positive"),
        (lambda: Dropout(1.0), r"Dropout.share = 1.0: must be from 0 up to"),
        (lambda: Dropout(0.1, "x"), r"Dropout.rng = 'x'"),
        (lambda: BatchNorm()(X), r"BatchNorm\(\?\), input.*Call build"),
        (lambda: built(BatchNorm())(X[:, :3]), r"BatchNorm\(6\), input = \(4, 3\)"),
        (lambda: trained(built(BatchNorm()))(X[:1]), r"more than one value of each unit"),
        (lambda: built(LayerNorm())(X[:, :3]), r"LayerNorm\(6\), input = \(4, 3\)"),
        (lambda: LayerNorm(2).build(6), r"a sample needs 2 axes"),
        (lambda: LocalResponseNorm(0), r"LocalResponseNorm.size = 0"),
        (lambda: LocalResponseNorm()(X[0]), r"LocalResponseNorm\(5\), input = \(6,\)"),
        (lambda: Embedding(5), r"Embedding.n_dims = None"),
        (lambda: Embedding(Dense(weights(5, 2)))([[5]]), r"Embedding\(5 → 2\)\(x\) = 5.0: .* from 0 to 4"),
        (lambda: Embedding(Dense(weights(5, 2)))([[0.5]]), r"= 0.5: symbols are whole numbers"),
        (lambda: built(Residual(Affine(4))), r"Residual\(.*, input = \(6,\): the layers make it \(4,\)"),
        (lambda: built(Concatenating(Reshape(3, 2))), r"may change the first axis only"),
        (lambda: Residual(), r"Residual.layers = \(\): needs at least one"),
        (lambda: Reshape(0), r"Reshape.shape = \(0,\)"),
        (lambda: Reshape(4)(X), r"Reshape\(4\), input = \(6,\): its 6 units do not fit"),
    ],
)  # fmt: skip
def test_errors(make, message):
    with pytest.raises(ParameterError, match=message):
        make()


def trained(layer):
    layer.train()
    return layer


def test_an_error_while_building_tells_where():
    with pytest.raises(ParameterError) as caught:
        Sequential(Affine(Dense(weights(6, 5))), ReLU(), Affine(Dense(weights(4, 2))))
    assert (
        "layer 2 of Sequential, Affine(Dense 4 → 2), for samples of shape (5,)" in caught.value.__notes__[0]
    )
