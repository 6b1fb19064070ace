"""What `fit` does besides descending: best weights, checkpoints, validation, augmentation, restoration."""

import numpy as np
import pytest

from neurosim.connectivity import Dense
from neurosim.errors import DataError, NonFiniteError, OutputError, ParameterError
from neurosim.rate import (
    SGD,
    Adam,
    Affine,
    BatchNorm,
    Dropout,
    EachEpoch,
    EarlyStopping,
    ExponentialDecay,
    History,
    Layer,
    Logistic,
    ReduceOnPlateau,
    ReLU,
    Residual,
    Sequential,
    Softmax,
    Tanh,
    binary_cross_entropy,
    fit,
)

rng = np.random.default_rng(7)
X = rng.standard_normal((60, 3))
LABELS = (X[:, 0] > X[:, 1]).astype(int)
NOISY = np.where(rng.random(60) < 0.3, 1 - LABELS, LABELS)  # cannot be learnt but by heart


def network(seed=0):
    return Sequential(Affine(16), BatchNorm(), ReLU(), Dropout(0.2), Affine(2), input_shape=3, seed=seed)


def train(net, y=LABELS, rate=0.02, **options):
    options = {"epochs": 6, "batch_size": 16, "rng": 0, "progress": False} | options
    return fit(net, "softmax_cross_entropy", Adam(net.parameters(), rate), X, y, **options)


def values(net):
    return [array.copy() for array in net.state()["arrays"].values()]


def assert_same(a, b):
    for one, other in zip(a, b, strict=True):
        np.testing.assert_array_equal(one, other)


class Recorder:
    """A callback that copies the arrays of a network after each epoch."""

    def __init__(self, net):
        self.net = net
        self.seen = []

    def __call__(self, history):
        self.seen.append(values(self.net))


def test_early_stopping_gives_the_best_weights_back():
    net = network()
    recorder = Recorder(net)
    stopping = EarlyStopping(patience=4)
    options = {"epochs": 200, "validation": 0.4, "callbacks": [recorder], "early_stopping": stopping}
    history = train(net, NOISY, 0.05, **options)
    best = int(np.argmin(history.validation_loss)) + 1
    assert history.stopped_early
    assert history.n_epochs == best + 4 < 200
    assert history.restored_epoch == best
    assert_same(values(net), recorder.seen[best - 1])


@pytest.mark.parametrize(
    ("losses", "over"),
    [([3.0, 2.0, 1.0], False), ([1.0, 2.0], False), ([1.0, 2.0, 1.0], True), ([3.0, 2.95, 2.9, 1.0], False)],
)
def test_patience(losses, over):
    assert EarlyStopping(2).is_over(losses) is over
    assert EarlyStopping(2, least=0.1).is_over([3.0, 2.95, 2.92])


def test_interrupt_keeps_the_best_epoch_where_it_is_known():
    def interrupt(history):
        if history.n_epochs == 12:
            raise KeyboardInterrupt

    net = network()
    recorder = Recorder(net)
    options = {"epochs": 20, "validation": 0.4, "callbacks": [recorder, interrupt]}
    history = train(net, NOISY, 0.1, **options)
    best = int(np.argmin(history.validation_loss))
    assert history.interrupted
    assert best < 11
    assert history.restored_epoch == best + 1
    assert_same(values(net), recorder.seen[best])


class Poison(Layer):
    """Makes the batches from some call on infinite."""

    def __init__(self, call):
        self.calls = 0
        self.call = call

    def forward(self, x):
        self.calls += self.training
        return x * np.inf if self.calls >= self.call else x


@pytest.mark.parametrize(("validation", "epoch"), [(None, 2), (0.4, None)])
def test_a_loss_that_is_no_number_names_the_layer_and_brings_the_weights_back(validation, epoch):
    net = Sequential(Affine(4), Residual(BatchNorm(), Poison(9)), Affine(2), input_shape=3, seed=0)
    recorder = Recorder(net)
    seen = []
    callbacks = [recorder, lambda history: seen.append(history.watched[-1])]
    with pytest.raises(NonFiniteError, match=r"in epoch 3: .*layer 1\.1, Poison.* not finite"):
        train(net, batch_size=16 if validation is None else 10, callbacks=callbacks, validation=validation)
    assert_same(values(net), recorder.seen[epoch - 1 if epoch else int(np.argmin(seen))])
    assert not net.training


def build(rate=0.02):
    net = network(3)
    return net, Adam(net.parameters(), rate)


def go(net, optimiser, **options):
    options = {"batch_size": 16, "progress": False, "rng": 5} | options
    return fit(net, "softmax_cross_entropy", optimiser, X, NOISY, **options)


@pytest.mark.parametrize("early_stopping", [None, EarlyStopping(50)])
def test_resuming_equals_never_having_stopped(tmp_path, early_stopping):
    path = tmp_path / "training.nsim"
    shared = {"validation": 0.3, "early_stopping": early_stopping}

    def start():
        return build(ReduceOnPlateau(0.05, patience=1))

    whole, optimiser = start()
    expected = go(whole, optimiser, epochs=9, **shared)
    first, optimiser = start()
    go(first, optimiser, epochs=4, checkpoint=path, **shared)
    second, optimiser = start()
    found = go(second, optimiser, epochs=9, checkpoint=path, resume=True, rng=None, **shared)
    assert found == expected
    assert len(set(found.learning_rate)) > 1
    assert_same(values(second), values(whole))


def test_an_interrupted_epoch_is_repeated_from_its_beginning(tmp_path):
    path = tmp_path / "training.nsim"
    whole, optimiser = build()
    go(whole, optimiser, epochs=3)
    broken, optimiser = build()
    forward, calls = broken[1].forward, []

    def interrupting(x):
        calls.append(1)
        if len(calls) == 7:
            raise KeyboardInterrupt
        return forward(x)

    broken[1].forward = interrupting
    assert go(broken, optimiser, epochs=3, checkpoint=path).interrupted
    resumed, optimiser = build()
    history = go(resumed, optimiser, epochs=3, checkpoint=path, resume=True)
    assert history.n_epochs == 3
    assert not history.interrupted
    assert_same(values(resumed), values(whole))


def test_a_checkpoint_of_another_network_changes_nothing(tmp_path):
    path = tmp_path / "training.nsim"
    go(*build(), epochs=1, checkpoint=path)
    other = Sequential(Affine(4), ReLU(), Affine(2), input_shape=3, seed=0)
    before = values(other)
    with pytest.raises(DataError, match="does not fit this training"):
        go(other, Adam(other.parameters(), 0.1), checkpoint=path, resume=True)
    assert_same(values(other), before)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(DataError):
        go(*build(), checkpoint=path, resume=True)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"batch_size": 8}, r"the batch size was 16, and is 8 here"),
        ({"rng": 6}, r"the seed was 5, and is 6 here"),
        ({"loss": "softmax_kl_divergence"}, r"the loss was softmax_cross_entropy, and is softmax_kl_div"),
        ({"X": X[:40], "y": NOISY[:40]}, r"the shape of X was \(60, 3\), and is \(40, 3\) here"),
        ({"network": "tanh"}, r"the network was Sequential\(.*ReLU.*, and is Sequential\(.*Tanh"),
    ],
)
def test_a_checkpoint_of_another_training_changes_nothing(tmp_path, options, message):
    path = tmp_path / "training.nsim"
    net, optimiser = build()
    go(net, optimiser, epochs=1, checkpoint=path)
    given = {"network": net, "loss": "softmax_cross_entropy", "optimiser": optimiser, "X": X, "y": NOISY}
    given |= {"batch_size": 16, "rng": 5, "progress": False, "checkpoint": path, "resume": True} | options
    if given["network"] == "tanh":
        given["network"] = Sequential(*(Tanh() if isinstance(part, ReLU) else part for part in net))
    before = values(net)
    with pytest.raises(DataError, match=message):
        fit(**given)
    assert_same(values(net), before)


def test_a_checkpoint_overwrites_checkpoints_only(tmp_path):
    path = tmp_path / "training.nsim"
    path.write_text("a thesis")
    with pytest.raises(OutputError, match="is no checkpoint and so is not overwritten"):
        go(*build(), epochs=1, checkpoint=path)
    assert path.read_text() == "a thesis"
    path.unlink()
    for _ in range(2):
        go(*build(), epochs=1, checkpoint=path)
    net, optimiser = build()
    assert go(net, optimiser, epochs=1, checkpoint=path, resume=True).n_epochs == 1


def test_a_checkpoint_that_cannot_be_written_is_found_before_training(tmp_path):
    net, optimiser = build()
    before = values(net)
    with pytest.raises(OutputError):
        go(net, optimiser, checkpoint=tmp_path / "missing" / "training.nsim")
    assert_same(values(net), before)


def test_validation_shares():
    seen = []

    def metric(output, target):
        seen.append(len(target))
        return float((output.argmax(axis=1) == target).mean())

    history = train(network(), validation=0.25, metric=metric, epochs=2, batch_size=100)
    assert seen[1] in range(13, 18)  # a quarter of each class, rounded
    assert sum(seen[:2]) == 60
    assert history.metric == history.accuracy
    assert history.validation_metric == history.validation_accuracy


def test_no_sample_is_learnt_from_and_validated_with():
    learnt = []
    numbers = np.arange(40.0)[:, np.newaxis]
    net = Sequential(Affine(Dense(np.ones((1, 1)))))

    def augment(x, rng):
        learnt.extend(x[:, 0])
        return x

    options = {"epochs": 1, "validation": 0.3, "augment": augment, "rng": 0, "progress": False}
    fit(net, "mean_squared_error", SGD(net.parameters(), 1e-5), numbers, numbers, **options)
    assert len(set(learnt)) == len(learnt) == 28


def test_a_callback_stops():
    history = train(network(), callbacks=[lambda history: np.bool_(history.n_epochs == 3)])
    assert history.n_epochs == 3
    assert history.stopped_early


def test_a_callback_says_yes_no_or_nothing():
    with pytest.raises(ParameterError, match=r"the answer of len_of = 1: must be True to stop"):
        train(network(), callbacks=[len_of])


def len_of(history):
    return len(history.loss)


def test_augmentation_changes_what_is_learnt_and_is_drawn_from_the_seed():
    def augment(x, rng):
        return x + rng.standard_normal(x.shape)

    nets = [network() for _ in range(3)]
    for net, change in zip(nets, (augment, augment, None), strict=True):
        train(net, augment=change)
    assert_same(values(nets[0]), values(nets[1]))
    assert not np.array_equal(nets[0][0].weights.value, nets[2][0].weights.value)


def test_rate_by_epoch():
    net = network()
    schedule = EachEpoch(ExponentialDecay(0.1, 0.5), n_batches=4)
    history = fit(
        net, "softmax_cross_entropy", SGD(net.parameters(), schedule), X, LABELS,
        epochs=3, batch_size=16, progress=False,
    )  # fmt: skip
    assert history.learning_rate == [0.05, 0.025, 0.0125]


def test_a_history_plots_itself():
    history = History(loss=[2.0, 1.0])
    assert history.plot().lines[0].get_ydata().tolist() == [2.0, 1.0]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"validation": 1.5}, r"fit.validation = 1.5"),
        ({"validation": 0.001}, r"fit.validation = 0.001: must leave at least one"),
        ({"resume": True}, r"fit.resume = True: there is no checkpoint"),
        ({"checkpoint": 3}, r"fit.checkpoint = 3: must be a path, such as 'training.nsim'"),
        ({"validation": (X,)}, r"fit.validation.*has 1 entries, and must be a pair"),
        ({"early_stopping": 5}, r"fit.early_stopping = 5: must be an EarlyStopping"),
        ({"callbacks": print}, r"fit.callbacks = .*must be a list"),
        ({"callbacks": [3]}, r"fit.callbacks = \[3\]: must be a list"),
        ({"metric": "accuracy"}, r"fit.metric = 'accuracy': must be a function"),
        ({"augment": 1.0}, r"fit.augment = 1.0: must be a function"),
        ({"progress": "no"}, r"fit.progress = 'no': must be True or False"),
        ({"resume": 1}, r"fit.resume = 1: must be True or False"),
        (
            {"batch_size": 59},
            r"fit.batch_size = 59: the last of 60 samples would be a batch.*Batch",
        ),
        ({"rng": -1}, r"fit.rng = -1"),
        ({"augment": lambda x, rng: x[:2]}, r"fit.augment\(x\) = \(2, 3\): the shape must stay \(16, 3\)"),
    ],
)
def test_errors_change_nothing(options, message):
    net = network()
    before = values(net)
    with pytest.raises(ParameterError, match=message):
        train(net, **options)
    assert_same(values(net), before)


LAST = len(LABELS) - 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"y": np.where(np.arange(LAST + 1) == LAST, 9, LABELS)},
            r"labels\) = 9: classes are numbered from 0",
        ),
        ({"y": np.where(np.arange(LAST + 1) == LAST, -1, LABELS)}, r"labels\) = -1: classes"),
        ({"validation": (X, LABELS + 7)}, r"labels\) = [789]: classes are numbered from 0"),
        ({"validation": (X[:, :2], LABELS)}, r"forward\(x\) = \(2, 2\): the shape must be \(3,\)"),
        ({"X": X[:, :2]}, r"forward\(x\) = \(2, 2\): the shape must be \(3,\)"),
        ({"loss": lambda output, target: output}, r"fit.loss\(output, targets\) = .*a single element"),
        ({"loss": lambda output, target: 1.0}, r"fit.loss\(output, targets\) = 1.0: must return a Variable"),
        (
            {"network": Sequential(Affine(2), Softmax(), input_shape=3)},
            r"fit.loss = 'softmax_cross_entropy': takes logits, and the last layer, Softmax",
        ),
        (
            {"network": Sequential(Sequential(Affine(1), Logistic())), "loss": binary_cross_entropy},
            r"fit.loss = <function binary_cross_entropy.*: takes logits, and the last layer, Logistic",
        ),
        (
            {"network": Sequential(Affine(1), input_shape=3)},
            r"needs at least two classes. For a single output there is binary_cross_entropy",
        ),
        ({"optimiser": None}, r"fit.optimiser = None: must be an Optimiser"),
        ({"network": None}, r"fit.network = None: must be a Layer"),
    ],
)
def test_what_does_not_fit_is_found_before_anything_is_learnt(change, message):
    net = network()
    before = net.state()
    given = {"network": net, "loss": "softmax_cross_entropy", "X": X, "y": LABELS}
    given |= {"optimiser": SGD(net.parameters(), 0.1), "batch_size": 2, "epochs": 2, "progress": False}
    with pytest.raises(ParameterError, match=message):
        fit(**given | change)
    assert_same(before["arrays"].values(), net.state()["arrays"].values())
    assert before["generators"] == net.state()["generators"]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: EarlyStopping(0), "EarlyStopping.patience = 0"),
        (lambda: EarlyStopping(least=-1.0), "EarlyStopping.least"),
        (lambda: EachEpoch(0.1, 3), "EachEpoch.schedule = 0.1"),
        (lambda: EachEpoch(ExponentialDecay(0.1, 0.5), 0), "EachEpoch.n_batches = 0"),
        (lambda: fit(network(), "softmax", None, X, LABELS), "fit.loss = 'softmax'.*softmax_cross_entropy"),
    ],
)
def test_errors_of_the_parts(make, message):
    with pytest.raises(ParameterError, match=message):
        make()
