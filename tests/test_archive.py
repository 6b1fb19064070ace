"""Files of arrays: what was written is read, and nothing else is, however a file was damaged."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import neurosim.archive as archive
from neurosim import LIF, Network, Population, SpikeMonitor
from neurosim.archive import read_archive, write_archive
from neurosim.errors import DataError, OutputError, ParameterError
from neurosim.rate import Affine

ARRAYS = {
    "a/weights": np.random.default_rng(0).normal(size=(3, 4)),
    "a/one": np.array(7.5, np.float32),
    "none": np.zeros((0, 5)),
    "b/turned": np.arange(24, dtype=np.int32).reshape(2, 3, 4).T,
    "b/every other": np.arange(10, dtype=np.uint8)[::2],
    "b/flags": np.array([True, False, True]),
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    write_archive(tmp_path / "x", {"text": "µ", "inf": float("inf")}, ARRAYS)
    return tmp_path / "x"


def test_what_was_written_is_read(file: Path) -> None:
    header, arrays = read_archive(file)
    assert (header["text"], header["inf"], header["schema"]) == ("µ", float("inf"), 1)
    assert list(arrays) == list(ARRAYS)
    for name, array in ARRAYS.items():
        assert arrays[name].dtype == array.dtype
        assert arrays[name].shape == array.shape
        assert np.array_equal(arrays[name], array)
        assert arrays[name].flags.writeable


def test_other_programs_read_the_file_too(file: Path) -> None:
    with zipfile.ZipFile(file) as opened:
        assert opened.testzip() is None
        assert json.loads(opened.read("header.json"))["arrays"]["a/one"]["dtype"] == "<f4"
        with opened.open("b/turned.npy") as member:
            assert np.array_equal(np.load(member), ARRAYS["b/turned"])


def test_the_same_content_makes_the_same_bytes(file: Path, tmp_path: Path) -> None:
    write_archive(
        tmp_path / "y", {"text": "µ", "inf": float("inf")}, {k: v.copy() for k, v in ARRAYS.items()}
    )
    assert (tmp_path / "y").read_bytes() == file.read_bytes()


@pytest.fixture
def small(tmp_path: Path) -> Path:
    write_archive(tmp_path / "x", {}, {"a": np.ones(2), "b": np.zeros(1)})
    return tmp_path / "x"


def test_no_byte_can_be_altered(small: Path) -> None:
    content = small.read_bytes()
    for place in range(len(content)):
        change = (0xFF, 0x01, 0x80)[place % 3]
        small.write_bytes(content[:place] + bytes([content[place] ^ change]) + content[place + 1 :])
        with pytest.raises(DataError, match="/x: "):
            read_archive(small)


def test_no_byte_can_be_missing_or_added(small: Path) -> None:
    content, file = small.read_bytes(), small
    for length in range(len(content)):
        file.write_bytes(content[:length])
        with pytest.raises(DataError, match="/x: "):
            read_archive(file)
    for more in (b"\0", content, bytes(100)):
        file.write_bytes(content + more)
        with pytest.raises(DataError):
            read_archive(file)
        file.write_bytes(more + content)
        with pytest.raises(DataError):
            read_archive(file)


def rewritten(file: Path, changes: dict[str, bytes | None]) -> None:
    """The file as any program for ZIP files would change it."""
    with zipfile.ZipFile(file) as opened:
        content: dict[str, bytes | None] = {name: opened.read(name) for name in opened.namelist()}
        comment = opened.comment
    with zipfile.ZipFile(file, "w") as opened:
        for name, data in (content | changes).items():
            if data is not None:
                opened.writestr(name, data)
        opened.comment = comment


def altered_header(file: Path, **changes: object) -> bytes:
    with zipfile.ZipFile(file) as opened:
        return json.dumps(json.loads(opened.read("header.json")) | changes).encode()


def test_errors_name_the_array(file: Path) -> None:
    with zipfile.ZipFile(file) as opened:
        array = bytearray(opened.read("a/weights.npy"))
    array[-1] ^= 1
    rewritten(file, {"a/weights.npy": bytes(array)})
    with pytest.raises(DataError, match="array 'a/weights' is damaged: its SHA-256"):
        read_archive(file)
    rewritten(file, {"a/weights.npy": bytes(array[:-8])})
    with pytest.raises(DataError, match="array 'a/weights' has not the size"):
        read_archive(file)
    rewritten(file, {"a/weights.npy": None})
    with pytest.raises(DataError, match="array 'a/weights' is missing"):
        read_archive(file)


def test_another_schema_version(file: Path) -> None:
    rewritten(file, {"header.json": altered_header(file, schema=2, neurosim="9.1")})
    with pytest.raises(DataError, match=r"schema version 2, and .* reads 1. It was saved by neurosim 9.1"):
        read_archive(file)


def test_a_header_that_was_altered(file: Path) -> None:
    rewritten(file, {"header.json": altered_header(file, text="other")})
    with pytest.raises(DataError, match="SHA-256"):
        read_archive(file)
    told = json.loads(altered_header(file))["arrays"]
    for change in ({"shape": [2**40]}, {"dtype": "|O"}, {"dtype": "nonsense"}, {"shape": "x"}):
        rewritten(file, {"header.json": altered_header(file, arrays=told | {"none": told["none"] | change})})
        with pytest.raises(DataError, match="'none'"):
            read_archive(file)


def test_objects_are_never_unpickled(tmp_path: Path, file: Path) -> None:
    np.save(tmp_path / "o.npy", np.array([print], object))
    told = json.loads(altered_header(file))["arrays"]
    header = altered_header(file, arrays=told | {"o": {"dtype": "|O", "shape": [1], "sha256": ""}})
    rewritten(file, {"header.json": header, "o.npy": (tmp_path / "o.npy").read_bytes()})
    with pytest.raises(DataError, match="never saved"):
        read_archive(file)


def test_files_that_are_no_archives(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="nowhere: cannot be read"):
        read_archive(tmp_path / "nowhere")
    with pytest.raises(DataError, match="cannot be read"):
        read_archive(tmp_path)
    np.savez(tmp_path / "other.npz", a=np.zeros(3))
    with pytest.raises(DataError, match="is not a file that neurosim has saved"):
        read_archive(tmp_path / "other.npz")


def test_large_arrays_are_not_copied(tmp_path: Path) -> None:
    large = np.ones((4000, 4000))
    tracemalloc.start()
    try:
        write_archive(tmp_path / "x", {}, {"large": large, "turned": large.T, "row": large[:1]})
        assert tracemalloc.get_traced_memory()[1] < 0.2 * large.nbytes
        tracemalloc.reset_peak()
        _, arrays = read_archive(tmp_path / "x")
        assert tracemalloc.get_traced_memory()[1] < 2.2 * large.nbytes
        assert np.array_equal(arrays["turned"], large.T)
    finally:
        tracemalloc.stop()


def test_a_full_disk_leaves_the_old_file(file: Path) -> None:
    before = file.read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, hard))
    try:
        with pytest.raises(OutputError, match="/x: cannot be written"):
            write_archive(file, {}, {"large": np.ones(100_000)})
        with pytest.raises(OutputError, match="/x: cannot be written"):
            write_archive(file, {"text": "x" * 400_000}, {})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert file.read_bytes() == before
    assert os.listdir(file.parent) == ["x"]


def test_a_process_that_is_killed_leaves_the_old_file(file: Path) -> None:
    before = file.read_bytes()
    program = (
        "import os, sys, numpy as np; from pathlib import Path; import neurosim.archive as archive\n"
        "archive._checksum_of_rest = lambda *given: os._exit(9)\n"
        "archive.write_archive(Path(sys.argv[1]), {}, {'a': np.ones(1000)})"
    )
    assert subprocess.run([sys.executable, "-c", program, file], check=False).returncode == 9
    assert file.read_bytes() == before


def test_pieces_may_be_smaller_than_rows(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "PIECE", 7)
    before = file.read_bytes()
    write_archive(file, {"text": "µ", "inf": float("inf")}, ARRAYS)
    assert file.read_bytes() == before
    assert np.array_equal(read_archive(file)[1]["b/turned"], ARRAYS["b/turned"])


def test_what_is_no_file_is_neither_replaced_nor_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for place in (pipe, tmp_path):
        with pytest.raises(OutputError, match=r"cannot be written \(it is a folder or a device\)"):
            write_archive(place, {}, ARRAYS)
        with pytest.raises(DataError, match=r"cannot be read \(it is a folder or a device\)"):
            read_archive(place)
    assert pipe.is_fifo()
    assert [*tmp_path.iterdir()] == [pipe]


def test_a_name_that_is_too_long(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        write_archive(tmp_path / ("x" * 300), {}, ARRAYS)


@pytest.mark.parametrize("path", ["", "a\0b", b"x", 3, None], ids=repr)
def test_what_is_no_path(path: Any) -> None:
    layer, network = Affine(2), Network(Population(2, LIF, name="cells"))
    for refused in (
        lambda: layer.save(path),
        lambda: Affine.load(path),
        lambda: network.save(path),
        lambda: Network.load(path),
        lambda: SpikeMonitor(network["cells"], file=path or ""),
    ):
        with pytest.raises(ParameterError, match=r"must be a path, such as"):
            refused()


def test_a_monitor_does_not_stream_to_a_device(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    cells = Population(2, LIF)
    with pytest.raises(OutputError, match="is no file but a device"):
        SpikeMonitor(cells, file=tmp_path / "pipe", overwrite=True)
    network = Network(cells, SpikeMonitor(cells, file=tmp_path / ("x" * 300)))
    with pytest.raises(OutputError, match="too long"):
        network.run(1)
    assert network.step == 0
