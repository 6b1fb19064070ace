"""The benchmark of training: what is compared, and that neurosim and PyTorch do the same."""

from __future__ import annotations

import json
import struct
import sys
from dataclasses import replace

import numpy as np
import pytest

from neurosim import cli
from neurosim.bench import classical_worker
from neurosim.bench.classical import CLASSICAL, ClassicalCase, mnist_arrays
from neurosim.bench.comparison import compare, judged
from neurosim.bench.program import Program, programs
from neurosim.bench.table import table
from neurosim.errors import DataError
from neurosim.kernels.core import threads

N_TRAIN, N_TEST = 1000, 300
OPTIONS = {
    "mlp": ((16, 4), (784,), 2, 0.002),
    "lenet5": ((), (1, 28, 28), 2, 0.002),
    "convolutional": ((3, 4, 16, 4), (1, 28, 28), 2, 0.005),
    **dict.fromkeys(("rnn", "lstm", "gru"), ((16, 4), (28, 28), 8, 0.002)),
}
SMALL = {
    kind: ClassicalCase(
        "small", "", kind, sizes, image, batch_size=32, epochs=epochs, learning_rate=learning_rate
    )
    for kind, (sizes, image, epochs, learning_rate) in OPTIONS.items()
}


def idx(values):
    header = struct.pack(">BBBB", 0, 0, 8, values.ndim) + struct.pack(f">{values.ndim}I", *values.shape)
    return header + values.tobytes()


@pytest.fixture(scope="module")
def mnist(tmp_path_factory):
    """Four kinds of noisy stripes, as files of MNIST."""
    folder, rng = tmp_path_factory.mktemp("mnist"), np.random.default_rng(0)
    for part, n in (("train", N_TRAIN), ("t10k", N_TEST)):
        labels = rng.integers(0, 4, n)
        images = rng.integers(0, 120, (n, 28, 28))
        for k in range(4):
            images[labels == k, 7 * k : 7 * k + 7] += 60
        (folder / f"{part}-images-idx3-ubyte").write_bytes(idx(images.astype(np.uint8)))
        (folder / f"{part}-labels-idx1-ubyte").write_bytes(idx(labels.astype(np.uint8)))
    return folder


@pytest.fixture(scope="module")
def data(mnist):
    with mnist_arrays(mnist) as folder:
        yield folder


def reply(seconds, accuracy, peak_mb=100.0):
    return {"seconds": seconds, "build_seconds": 0.1, "accuracy": accuracy, "peak_mb": peak_mb}


def judge(ours, theirs):
    able = [Program("neurosim_1", "1.0", ()), Program("torch_1", "2.0", ())]
    return judged("mlp_256", able, {"neurosim_1": ours, "torch_1": theirs}, {}), able


def test_accuracy_and_the_largest_memory_are_told():
    theirs = [reply(1.0, 0.95), reply(1.0, 0.96, 150.0)]
    (ours, torch), able = judge([reply(0.5, 0.95), reply(0.5, 0.96)], theirs)
    assert torch.json() == {
        "name": "mlp_256",
        "variant": "torch_1",
        "seconds": 1.0,
        "build_seconds": 0.1,
        "rate_hz": None,
        "accuracy": pytest.approx(0.955),
        "peak_mb": 150.0,
        "ratio_to_best_peer": None,
    }
    assert ours.ratio_to_best_peer == 2.0
    headings, _, line, *_ = (" ".join(line.split()) for line in table([ours, torch], able, 2).splitlines())
    assert headings == "case variant run build accuracy memory ratio to best peer"
    assert line == "mlp_256 torch_1 1 s 0.1 s 95.50% 150 MB"


@pytest.mark.parametrize(("accuracy", "counts"), [(0.941, True), (0.938, False), (0.962, False)])
def test_a_time_counts_where_accuracies_agree_within_a_point(accuracy, counts):
    (ours, torch), _ = judge([reply(0.5, 0.95)], [reply(1.0, accuracy)])
    assert (torch.seconds == 1.0, ours.ratio_to_best_peer == 2.0) == (counts, counts)
    assert ("test accuracy" in torch.note) == (not counts)


def test_the_arrays_are_those_of_mnist(mnist, data):
    images = np.load(f"{data}/train_images.npy")
    assert (images.shape, images.dtype) == ((N_TRAIN, 784), np.float32)
    raw = np.frombuffer((mnist / "train-images-idx3-ubyte").read_bytes()[16:], np.uint8)
    np.testing.assert_array_equal(images.reshape(-1), (raw / 255).astype(np.float32))
    assert np.load(f"{data}/test_labels.npy").shape == (N_TEST,)


@pytest.mark.parametrize("kind", SMALL)
def test_neurosim_learns(kind, data, monkeypatch):
    monkeypatch.setattr(threads, "_limit", sys.maxsize)
    measure = classical_worker.prepare(SMALL[kind].task(1) | {"data": data})
    assert threads.processors() == 1  # kernels too keep to them
    first = measure()
    assert first["accuracy"] > 0.9
    assert 0 < first["seconds"] < 10
    if sys.platform == "linux":
        assert 10 < first["peak_mb"] < 10_000


def test_a_time_is_that_of_an_epoch_of_so_many_images(data, monkeypatch):
    clock = iter(range(100))
    monkeypatch.setattr(classical_worker, "perf_counter", lambda: next(clock))
    fitted = []
    monkeypatch.setattr(classical_worker, "fit", lambda *told, **how: fitted.append((told, how)))
    task = replace(SMALL["rnn"], epochs=4, n_images=320).task(1) | {"data": data}
    assert classical_worker.prepare(task)()["seconds"] == 1 / 4
    (_, _, _, images, labels), how = fitted[-1]
    assert (images.shape, labels.shape, how["epochs"]) == ((320, 28, 28), (320,), 4)


def test_the_command(mnist, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("neurosim.bench.classical.CLASSICAL", {"mlp": SMALL["mlp"]})
    found = tmp_path / "found.json"
    options = ["--mnist-dir", str(mnist), "--no-peers", "--threads", "1", "--repeats", "1"]
    monkeypatch.setattr(sys, "argv", ["neurosim", "bench", "classical", *options, "--json", str(found)])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    out, err = capsys.readouterr()
    assert not stop.value.code, err
    assert "neurosim_1" in out
    (row,) = json.loads(found.read_text())
    assert row["name"] == "small"
    assert row["accuracy"] > 0.9


def test_files_that_are_missing(tmp_path):
    with pytest.raises(DataError, match="train-images"), mnist_arrays(tmp_path):
        pytest.fail("it was read")


def test_images_of_another_size(tmp_path):
    for part in ("train", "t10k"):
        (tmp_path / f"{part}-images-idx3-ubyte").write_bytes(idx(np.zeros((3, 8, 8), np.uint8)))
        (tmp_path / f"{part}-labels-idx1-ubyte").write_bytes(idx(np.zeros(3, np.uint8)))
    with pytest.raises(DataError, match="expected images of 28x28 pixels, found 8x8"), mnist_arrays(tmp_path):
        pytest.fail("they were taken")


@pytest.mark.slow
@pytest.mark.parametrize("kind", SMALL)
def test_peers_do_the_same(kind, data):
    able = programs("classical", [1])
    if len(able) == 1:
        pytest.skip("PyTorch is not installed")
    ours, *peers = compare(SMALL[kind], able, 2, told={"data": data})
    assert [peer.note for peer in peers] == ["", ""]
    assert ours.accuracy > 0.9
    assert ours.ratio_to_best_peer > 0


def test_the_small_cases_are_those_that_are_measured():
    assert set(SMALL) == {case.kind for case in CLASSICAL.values()}
