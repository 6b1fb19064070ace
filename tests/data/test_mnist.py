import gzip
import os
import struct

import numpy as np
import pytest

from neurosim.data import load_mnist
from neurosim.errors import DataError, ParameterError

RNG = np.random.default_rng(0)
TRAIN_IMAGES = RNG.integers(0, 256, (5, 3, 2), dtype=np.uint8)
TEST_IMAGES = RNG.integers(0, 256, (4, 3, 2), dtype=np.uint8)
TRAIN_LABELS = np.array([3, 1, 4, 1, 5], np.uint8)
TEST_LABELS = np.array([9, 2, 6, 5], np.uint8)


def idx(values):
    magic = struct.pack(">BBBB", 0, 0, 8, values.ndim)
    return magic + struct.pack(f">{values.ndim}I", *values.shape) + values.tobytes()


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "train-images-idx3-ubyte").write_bytes(idx(TRAIN_IMAGES))
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(idx(TRAIN_LABELS))
    (tmp_path / "t10k-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx(TEST_IMAGES), mtime=0))
    (tmp_path / "t10k-labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx(TEST_LABELS), mtime=0))
    return tmp_path


def test_plain_and_compressed_files_are_read(folder):
    train, test = load_mnist(str(folder))
    np.testing.assert_array_equal(train.images, TRAIN_IMAGES.reshape(5, 6) / 255)
    np.testing.assert_array_equal(train.labels, TRAIN_LABELS)
    np.testing.assert_array_equal(test.images, TEST_IMAGES.reshape(4, 6) / 255)
    np.testing.assert_array_equal(test.labels, TEST_LABELS)
    assert train.image_shape == test.image_shape == (3, 2)
    assert train.name == "mnist"


def damaged_gzip():
    content = bytearray(gzip.compress(idx(TEST_IMAGES), mtime=0))
    content[len(content) // 2] ^= 0xFF
    return bytes(content)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("train-images-idx3-ubyte", idx(TRAIN_IMAGES)[:-1], "expected 30 bytes.*found 29.*fetch it again"),
        ("train-images-idx3-ubyte", idx(TRAIN_IMAGES) + b"x", "expected 30 bytes.*found 31"),
        ("train-images-idx3-ubyte", idx(TRAIN_IMAGES)[:10], "IDX header of 16 bytes, found 10"),
        ("train-images-idx3-ubyte", b"", "found 0"),
        ("train-images-idx3-ubyte", idx(TRAIN_LABELS), "magic number 2051.*found 2049.*exchanged"),
        ("train-images-idx3-ubyte", b"not an IDX file at all", "magic number 2051"),
        ("train-images-idx3-ubyte", idx(TEST_IMAGES[:0]), r"expected 0 labels.*found 5"),
        ("train-labels-idx1-ubyte", idx(TRAIN_LABELS[:3]), "expected 5 labels.*found 3"),
        ("t10k-images-idx3-ubyte.gz", gzip.compress(idx(TEST_IMAGES), mtime=0)[:-12], "truncated or damaged"),
        ("t10k-images-idx3-ubyte.gz", damaged_gzip(), "truncated or damaged"),
        (
            "t10k-images-idx3-ubyte.gz",
            gzip.compress(idx(TEST_IMAGES.reshape(4, 2, 3)), mtime=0),
            "images of one size",
        ),
    ],
)
def test_broken_files_are_named(folder, name, content, message):
    (folder / name).write_bytes(content)
    with pytest.raises(DataError, match=message) as caught:
        load_mnist(folder)
    named = name if "labels" not in message or "labels" in name else "train-labels-idx1-ubyte"
    assert str(folder if "one size" in message else folder / named) in str(caught.value)


def test_an_empty_set_is_refused(folder):
    (folder / "train-images-idx3-ubyte").write_bytes(idx(TRAIN_IMAGES[:0]))
    (folder / "train-labels-idx1-ubyte").write_bytes(idx(TRAIN_LABELS[:0]))
    with pytest.raises(DataError, match="train-images-idx3-ubyte: expected images"):
        load_mnist(folder)


@pytest.mark.parametrize("name", ["train-labels-idx1-ubyte", "t10k-images-idx3-ubyte.gz"])
def test_a_missing_file_is_named(folder, name):
    (folder / name).unlink()
    with pytest.raises(DataError, match=f"{name.removesuffix('.gz')}: expected this file.*Fetch"):
        load_mnist(folder)


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(DataError, match="nowhere: expected the folder"):
        load_mnist(tmp_path / "nowhere")


def test_what_is_no_path_is_refused():
    with pytest.raises(ParameterError, match=r"load_mnist\(folder\) = None: must be the path"):
        load_mnist(None)


@pytest.mark.skipif("NEUROSIM_MNIST_DIR" not in os.environ, reason="NEUROSIM_MNIST_DIR names no folder")
def test_the_real_mnist():
    train, test = load_mnist(os.environ["NEUROSIM_MNIST_DIR"])
    assert (len(train), len(test)) == (60_000, 10_000)
    assert train.image_shape == (28, 28)
    assert train.labels[:5].tolist() == [5, 0, 4, 1, 9]
    assert np.bincount(test.labels).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert train.images.mean() == pytest.approx(0.1307, abs=1e-4)
