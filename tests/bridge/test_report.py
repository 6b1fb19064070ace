import base64
import json
import re

import numpy as np
import pytest

from neurosim.bridge.figures import Activity, MeasuredTuning, Recordings
from neurosim.bridge.report import format_table, write_report
from neurosim.errors import OutputError, ParameterError
from neurosim.output import OutputFolder

TIMES = np.arange(1.0, 101.0)


def measures(unit):
    spiking = unit != "rate"
    return {
        "accuracy": 0.9755,
        "settling_time_ms": 42.0 if spiking else None,
        "agreement": 0.99 if spiking else 1.0,
        "spikes_per_neuron": 7.25 if spiking else None,
        "spikes_per_inference": 1234.5 if spiking else None,
        "synaptic_events_per_inference": 123456.0 if spiking else None,
        "multiply_accumulates_per_inference": 9472,
        "wall_time_s": 1.234,
        "time_step_ms": 0.025,
        "duration_ms": 150.0,
    }


def make_report(*units):
    return {
        "units": {unit: measures(unit) for unit in units},
        "seed": 7,
        "versions": {"neurosim": "0.1.0", "python": "3.11.7"},
        "parameters": {"hidden": [128, 64], "hh": {"dt": np.float32(0.05)}, "note": "<b>x & y</b>"},
        "calibration": {"hh": {"hidden_1": {"gain": 1.5, "residual": float("nan")}}},
        "data": {"name": "digits", "n_train": 1348, "n_test": 449},
    }


def make_activity(unit):
    rng = np.random.default_rng(1)
    resting, unit_name = (-65.0, "mV") if unit == "hh" else (0.0, "1")
    return Activity(
        spike_times=np.sort(rng.uniform(0, 100, 300)),
        spike_units=rng.integers(0, 128, 300),
        n_units=128,
        voltage_times=TIMES,
        voltages=resting + np.sin(TIMES / 5 + np.arange(4)[:, None]),
        voltage_unit=unit_name,
        image=np.eye(8),
        label=4,
        decision=4,
    )


def make_recordings(*units):
    drive = np.linspace(0, 4, 9)
    spiking = [unit for unit in units if unit != "rate"]
    return Recordings(
        times=TIMES,
        accuracy_over_time={unit: 0.9755 * (1 - np.exp(-TIMES / 9)) for unit in units},
        confusion={unit: np.diag(np.arange(30, 40)) for unit in units},
        tuning={unit: MeasuredTuning(drive, 20 * drive, 20 * drive, "Input (µA/cm²)") for unit in spiking},
        activity={unit: make_activity(unit) for unit in spiking},
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = OutputFolder(tmp_path_factory.mktemp("report"))
    units = ("rate", "lif", "hh")
    write_report(folder, make_report(*units), make_recordings(*units))
    return folder.path


def test_all_files_are_written_and_no_others(folder):
    assert sorted(path.name for path in folder.iterdir()) == [
        "accuracy.png",
        "activity_hh.png",
        "activity_lif.png",
        "confusion.png",
        "report.html",
        "report.json",
        "tuning_curves.png",
    ]


def test_json_gives_back_the_report(folder):
    expected = make_report("rate", "lif", "hh")
    expected["parameters"]["hh"]["dt"] = float(np.float32(0.05))
    expected["calibration"]["hh"]["hidden_1"]["residual"] = None
    assert json.loads((folder / "report.json").read_text()) == expected


def test_the_page_holds_every_figure_and_loads_nothing(folder):
    page = (folder / "report.html").read_text()
    embedded = [base64.b64decode(data) for data in re.findall(r'src="data:image/png;base64,([^"]+)"', page)]
    assert sorted(embedded) == sorted(path.read_bytes() for path in folder.glob("*.png"))
    assert all(picture.startswith(b"\x89PNG\r\n") for picture in embedded)
    assert "http" not in re.sub(r"base64,[^\"]+", "", page)
    assert not re.search(r"<(link|script|iframe)\b|@import|url\(", page)
    assert len(re.findall(r"\bsrc=", page)) == len(embedded)
    assert 'name="viewport"' in page


def test_the_page_tells_what_the_table_tells(folder):
    report = make_report("rate", "lif", "hh")
    page = (folder / "report.html").read_text()
    for line in format_table(report).splitlines()[2:]:
        for cell in re.split(r"\s{2,}", line):
            assert f"<td>{cell}</td>" in page
    for text in ("hh, dt", "128, 64", "0.05", "neurosim", "0.1.0", "449 images", "hidden_1, gain", "seed"):
        assert text in page
    assert "&lt;b&gt;x &amp; y&lt;/b&gt;" in page
    assert "<b>" not in page


def test_the_table():
    assert format_table(make_report("rate", "lif")).splitlines() == [
        "                                                 Rate           LIF",
        "-------------------------------------------------------------------",
        "Test accuracy (%)                                97.5          97.5",
        "Settling time (ms)                                  –            42",
        "Decided as by the rate network (%)              100.0          99.0",
        "Spikes per neuron                                   –          7.25",
        "Spikes per inference                                –         1,234",
        "Synaptic events per inference                       –       123,456",
        "Multiply-accumulates of one static pass         9,472         9,472",
        "Simulated time (ms)                               150           150",
        "Time step (ms)                                  0.025         0.025",
        "Wall time (s)                                    1.23          1.23",
    ]
    widest = format_table(make_report("rate", "lif", "hh"))
    assert max(map(len, widest.splitlines())) <= 110


def test_only_a_quick_run_is_marked(folder, tmp_path):
    report = make_report("lif")
    assert "Quick run" not in format_table(report) + (folder / "report.html").read_text()
    assert format_table(report | {"quick": True}).endswith("\n\nQuick run: a look, not a result.")
    page = write_report(OutputFolder(tmp_path), report | {"quick": True})[-1].read_text()
    assert "<strong>Quick run: a look, not a result.</strong>" in page


def test_a_missing_or_unusable_value_is_a_dash():
    table = format_table({"units": {"hh": {"accuracy": float("nan"), "wall_time_s": np.float64(2)}}})
    assert re.search(r"^Test accuracy \(%\) +–$", table, re.MULTILINE)
    assert re.search(r"^Spikes per neuron +–$", table, re.MULTILINE)
    assert re.search(r"^Wall time \(s\) +2\.00$", table, re.MULTILINE)


def test_one_unit_type_without_recordings(tmp_path):
    written = write_report(OutputFolder(tmp_path), {"units": {"lif": measures("lif")}})
    assert [path.name for path in written] == ["report.json", "report.html"]
    page = written[-1].read_text()
    assert "One set of connections: LIF units" in page
    assert "calibrated" not in page


def test_without_the_rate_network(tmp_path):
    written = write_report(OutputFolder(tmp_path), make_report("lif"), make_recordings("lif"))
    assert [path.name for path in written] == [
        "report.json",
        "accuracy.png",
        "tuning_curves.png",
        "activity_lif.png",
        "confusion.png",
        "report.html",
    ]


def test_a_comparison_of_nothing_is_refused(tmp_path):
    with pytest.raises(ParameterError, match="at least one unit type"):
        write_report(OutputFolder(tmp_path / "new"), {"units": {}})
    with pytest.raises(ParameterError, match=r"must be an OutputFolder\. Give neurosim\.output"):
        write_report(tmp_path / "new", make_report("lif"))
    assert not (tmp_path / "new").exists()


def test_recordings_that_do_not_fit_leave_nothing_behind(tmp_path):
    recordings = Recordings(times=TIMES, accuracy_over_time={"lif": TIMES[:5] / 100})
    with pytest.raises(ParameterError, match="has 5 values"):
        write_report(OutputFolder(tmp_path / "new"), make_report("lif"), recordings)
    assert not (tmp_path / "new").exists()


def test_an_unwritable_folder(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="is a file"):
        write_report(OutputFolder(tmp_path / "file"), make_report("lif"))
