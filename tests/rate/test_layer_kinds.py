"""Every kind of layer: the contract, PyTorch, files, shapes inferred, and what each one says when misused."""

import numpy as np
import pytest

from neurosim.connectivity import (
    AllToAll,
    AveragePool2d,
    ContractError,
    Conv2d,
    Dense,
    LowRank,
    OneToOne,
    Sparse,
)
from neurosim.errors import DataError, ParameterError
from neurosim.rate import (
    ACTIVATIONS,
    Adam,
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

rng = np.random.default_rng(11)
X = rng.standard_normal((4, 6))
IMAGES = rng.standard_normal((3, 4, 3, 3))
SYMBOLS = rng.integers(0, 5, (4, 3))


def weights(*shape):
    return np.random.default_rng(sum(shape)).standard_normal(shape)


def built(layer, shape=6):
    layer.build(shape, seed=3)
    for k, p in enumerate(layer.parameters()):  # gains of 1 and shifts of 0 would hide mistakes
        p.value[...] += 0.1 * np.random.default_rng(k).standard_normal(p.shape)
    return layer


def tied():
    connectivity = Dense(weights(6, 3))
    return Sequential(Affine(connectivity), Tanh(), Affine(connectivity.T))


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


# Against PyTorch: our layer, theirs, the input, and how their parameters map to ours.


def torch_linear(torch, layer):
    theirs = torch.nn.Linear(*layer.connectivity.to_dense().shape, dtype=torch.float64)
    return theirs, [(layer.weights, theirs.weight, True), (layer.bias, theirs.bias, False)]


def torch_normal(kind):
    def make(torch, layer):
        if kind == "layer":
            theirs = torch.nn.LayerNorm(layer.gain.shape, dtype=torch.float64)
        else:
            theirs = getattr(torch.nn, kind)(layer.gain.size, dtype=torch.float64)
        return theirs, [(layer.gain, theirs.weight, False), (layer.shift, theirs.bias, False)]

    return make


def torch_embedding(torch, layer):
    theirs = torch.nn.Embedding(5, 2, dtype=torch.float64)
    return theirs, [(layer.weights, theirs.weight, False)]


def torch_convolution(torch, layer):
    kernel = torch.nn.Conv2d(1, 2, 2, bias=False, dtype=torch.float64)
    theirs = torch.nn.Sequential(torch.nn.Unflatten(1, (1, 2, 3)), kernel, torch.nn.Flatten())
    return theirs, [(layer.weights, kernel.weight, False)]


def torch_tied(torch, layer):
    class Tied(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.w = torch.nn.Parameter(torch.empty(6, 3, dtype=torch.float64))
            self.b = torch.nn.Parameter(torch.zeros(3, dtype=torch.float64))
            self.c = torch.nn.Parameter(torch.zeros(6, dtype=torch.float64))

        def forward(self, x):
            return torch.tanh(x @ self.w + self.b) @ self.w.T + self.c

    theirs = Tied()
    return theirs, list(zip(layer.parameters(), (theirs.w, theirs.b, theirs.c), (False,) * 3, strict=True))


def torch_residual(torch, layer):
    class Skip(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.first = torch.nn.Linear(6, 4, dtype=torch.float64)
            self.second = torch.nn.Linear(4, 6, dtype=torch.float64)

        def forward(self, x):
            y = self.second(torch.tanh(self.first(x)))
            return x + y if isinstance(layer, Residual) else torch.cat([x, y], 1)

    theirs = Skip()
    pairs = zip(layer.parameters(), theirs.parameters(), (True, False) * 2, strict=True)
    return theirs, list(pairs)


TORCH = {
    "affine": (lambda: Affine(Dense(weights(6, 5))), X, torch_linear),
    "tied": (tied, X, torch_tied),
    "convolution": (lambda: Affine(Conv2d(weights(2, 1, 2, 2), (1, 2, 3)), False), X, torch_convolution),
    "batch norm": (lambda: built(BatchNorm()), X, torch_normal("BatchNorm1d")),
    "channels": (lambda: built(BatchNorm(0.3), (4, 3, 3)), IMAGES, torch_normal("BatchNorm2d")),
    "layer norm": (lambda: built(LayerNorm(2), (4, 3, 3)), IMAGES, torch_normal("layer")),
    "embedding": (lambda: Embedding(Dense(weights(5, 2))), SYMBOLS, torch_embedding),
    "residual": (lambda: built(Residual(Affine(4), Tanh(), Affine(6))), X, torch_residual),
    "concatenating": (lambda: built(Concatenating(Affine(4), Tanh(), Affine(6))), X, torch_residual),
}


@pytest.mark.parametrize("case", TORCH)
def test_a_hundred_steps_as_torch(case):
    torch = pytest.importorskip("torch")
    make, x, make_theirs = TORCH[case]
    layer = make()
    theirs, pairs = make_theirs(torch, layer)
    with torch.no_grad():
        for ours, t, turned in pairs:
            t.copy_(torch.tensor(ours.value.T if turned else ours.value))
    if isinstance(layer, BatchNorm):
        theirs.momentum = layer.momentum
    layer.train()
    theirs.train()
    optimiser = Adam(layer.parameters(), 0.01)
    reference = torch.optim.Adam(theirs.parameters(), 0.01)
    tx = torch.tensor(x)
    target = np.random.default_rng(5).standard_normal(layer(x).shape)
    theirs(tx)
    for step in range(100):
        optimiser.zero_grad()
        loss = ((layer(x) - target) ** 2).sum()
        loss.backward()
        reference.zero_grad()
        their_loss = ((theirs(tx) - torch.tensor(target)) ** 2).sum()
        their_loss.backward()
        assert float(loss) == pytest.approx(their_loss.item(), rel=1e-9, abs=1e-9)
        if step == 0:
            for ours, t, turned in pairs:
                grad = t.grad.numpy()
                np.testing.assert_allclose(ours.grad, grad.T if turned else grad, rtol=1e-9, atol=1e-9)
        optimiser.step()
        reference.step()
    for ours, t, turned in pairs:
        value = t.detach().numpy()
        np.testing.assert_allclose(ours.value, value.T if turned else value, rtol=0, atol=1e-9)
    layer.evaluate()
    theirs.eval()
    np.testing.assert_allclose(layer(x).value, theirs(tx).detach().numpy(), rtol=1e-9, atol=1e-9)


def test_local_response_as_torch():
    torch = pytest.importorskip("torch")
    for size in (3, 4, 9):
        layer = LocalResponseNorm(size, alpha=0.3, beta=0.6, k=1.5)
        theirs = torch.nn.LocalResponseNorm(size, alpha=0.3, beta=0.6, k=1.5)
        np.testing.assert_allclose(layer(IMAGES).value, theirs(torch.tensor(IMAGES)).numpy(), rtol=1e-12)


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


def test_a_state_of_another_network_is_refused_and_nothing_changes():
    network, other = (built(Sequential(Affine(n), BatchNorm())) for n in (3, 4))
    before = network.state()
    with pytest.raises(ParameterError, match=r"load_state\(state\)\['arrays'\]\['parameter 0'\] = \(6, 4\)"):
        network.load_state(other.state())
    for name, array in network.state()["arrays"].items():
        np.testing.assert_array_equal(array, before["arrays"][name])


def test_files_of_other_things_are_refused(tmp_path):
    path = tmp_path / "tied.nsim"
    tied().save(path)
    with pytest.raises(DataError, match="not of the kind Affine, but Sequential"):
        Affine.load(path)
    damaged = bytearray(path.read_bytes())
    damaged[len(damaged) // 3] ^= 1
    path.write_bytes(damaged)
    with pytest.raises(DataError, match=r"damaged|not a file"):
        Layer.load(path)


def test_loaded_weights_stay_tied(tmp_path):
    path = tmp_path / "tied.nsim"
    tied().save(path)
    network = Sequential.load(path)
    assert network[0].weights is network[2].weights
    assert network[2].connectivity.T is network[0].connectivity


class Forgetful(Layer):
    """Has a running number that its state does not hold."""

    def __init__(self):
        self.calls = 0

    def forward(self, x):
        self.calls += self.training
        return x + self.calls


def test_contract_notices_what_the_state_forgets():
    with pytest.raises(ContractError, match="load_state brings back"):
        check_layer(Forgetful(), X)
