import io
import subprocess
import sys
import time
from types import SimpleNamespace

import numpy as np
import pytest

from neurosim.errors import ParameterError
from neurosim.plotting import (
    new_figure,
    plot_accuracy_over_time,
    plot_confusion,
    plot_filters,
    plot_history,
    plot_image,
    plot_image_rows,
    plot_raster,
    plot_rate,
    plot_rate_search,
    plot_schedule,
    plot_speed,
    plot_traces,
    plot_tuning_curve,
    plot_weights,
    pretty_unit,
    unit_colour,
    unit_name,
)

TIMES = np.linspace(0, 10, 21)
CALLS = {
    "raster": lambda **kw: plot_raster([1.0, 2.0, 5.0], [0, 2, 1], **kw),
    "no spikes": lambda **kw: plot_raster([], [], **kw),
    "rate": lambda **kw: plot_rate(Rates(), **kw),
    "speed": lambda **kw: plot_speed({"cuba": {"ours": 0.1, "theirs": 0.3}, "lif": {"ours": 1.0}}, **kw),
    "smoothed rate": lambda **kw: plot_rate(Rates(3), width=2.0, **kw),
    "traces": lambda **kw: plot_traces(TIMES, np.stack([np.sin(TIMES), np.cos(TIMES)]), ["a", "b"], **kw),
    "one trace": lambda **kw: plot_traces(TIMES, np.sin(TIMES), **kw),
    "stacked": lambda **kw: plot_traces(TIMES, np.stack([np.sin(TIMES)] * 3), stacked=True, **kw),
    "constant": lambda **kw: plot_traces([0.0], [[3.0]], stacked=True, **kw),
    "tuning curve": lambda **kw: plot_tuning_curve(TIMES, TIMES**2, TIMES**2, "Current (pA)", **kw),
    "accuracy": lambda **kw: plot_accuracy_over_time(TIMES, {"lif": TIMES / 10}, reference=0.9, **kw),
    "confusion": lambda **kw: plot_confusion([[3, 1], [0, 0]], ["cat", "dog"], **kw),
    "filters": lambda **kw: plot_filters(TIMES, {"n = 0": np.exp(-TIMES)}, **kw),
    "schedule": lambda **kw: plot_schedule(lambda step: 0.9**step, 30, label="exponential", **kw),
    "long schedule": lambda **kw: plot_schedule(lambda step: 0.9**step, 3000, **kw),
    "rate search": lambda **kw: plot_rate_search(Search(), **kw),
    "history": lambda **kw: plot_history(Losses(), **kw),
    "image": lambda **kw: plot_image(np.eye(4), **kw),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_each_draws_into_the_axes_it_is_given_or_new_ones_and_leaves_pyplot_alone(call):
    from matplotlib import pyplot

    ax = new_figure().add_subplot()
    assert call(ax=ax) is ax
    new = call()
    assert new is not ax
    assert pyplot.get_fignums() == []
    for axes in (ax, new):
        picture = io.BytesIO()
        axes.figure.savefig(picture, dpi=40)
        assert picture.getvalue().startswith(b"\x89PNG")


def test_importing_the_package_leaves_matplotlib_out():
    program = "import sys, neurosim.plotting; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_raster_takes_arrays_or_a_monitor():
    monitor = SimpleNamespace(t=np.array([1.0, 3.0]), i=np.array([4, 0]))
    ax = plot_raster(monitor, duration_ms=10)
    np.testing.assert_array_equal(ax.lines[0].get_xydata(), [[1, 4], [3, 0]])
    assert ax.get_xlim() == (0, 10)
    assert ax.get_ylim() == (-0.5, 4.5)
    monitor.n, monitor.duration = 7, 20.0
    assert plot_raster(monitor).get_ylim() == (-0.5, 6.5)
    assert plot_raster(monitor).get_xlim() == (0, 20)
    assert plot_raster([1.0], [0], n_units=9).get_ylim() == (-0.5, 8.5)


def test_raster_of_a_million_spikes_is_quick():
    rng = np.random.default_rng(0)
    times, rows = rng.uniform(0, 1000, 1_000_000), rng.integers(0, 10_000, 1_000_000)
    start = time.perf_counter()
    plot_raster(times, rows).figure.savefig(io.BytesIO())
    assert time.perf_counter() - start < 10


def test_traces_hold_their_values_and_name_their_unit():
    values = np.stack([np.sin(TIMES), np.cos(TIMES)])
    ax = plot_traces(TIMES, values, ["a", "b"], unit="pA", quantity="Current")
    np.testing.assert_array_equal([line.get_ydata() for line in ax.lines], values)
    assert ax.get_ylabel() == "Current (pA)"
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["a", "b"]
    assert plot_traces(TIMES, values, unit="1", quantity="Gate m").get_ylabel() == "Gate m"


class Rates:
    """As a RateMonitor: middles of bins of 2 ms, and rates of shape (n_bins,) or (n_bins, trials)."""

    def __init__(self, trials=None):
        self.t = 2.0 * np.arange(10) + 1
        self.rate = np.add.outer(np.arange(10.0), np.arange(trials)) if trials else np.arange(10.0)

    def smoothed(self, width, kernel):
        return self.rate + width


def test_a_rate_is_drawn_over_its_bins_and_averaged_over_trials():
    (steps,) = plot_rate(Rates()).patches
    values, edges, _ = steps.get_data()
    np.testing.assert_array_equal(values, np.arange(10.0))
    np.testing.assert_array_equal(edges, 2.0 * np.arange(11))
    ax = plot_rate(Rates(3), width=2.0, label="mean")
    (curve,) = ax.lines
    np.testing.assert_array_equal(curve.get_xydata(), np.column_stack([Rates().t, np.arange(10.0) + 3]))
    assert curve.get_label() == "mean"
    assert ax.get_xlim() == (0, 20)
    with pytest.raises(ParameterError, match="has no bin yet"):
        plot_rate(SimpleNamespace(t=[], rate=[]))


class Monitor:
    """As a StateMonitor: times, and values of shape (n_times, n_recorded)."""

    def __init__(self, n, unit="mV"):
        self.t, self.record = 0.5 * np.arange(40), 3 + np.arange(n)
        self.values = np.sin(self.t[:, None] + self.record)
        self.units = {"v": unit}

    def __getitem__(self, variable):
        return {"v": self.values}[variable]


def test_traces_of_a_monitor_have_its_unit_and_its_neurons():
    monitor = Monitor(2)
    ax = plot_traces(monitor, "v")
    np.testing.assert_array_equal([line.get_ydata() for line in ax.lines], monitor.values.T)
    np.testing.assert_array_equal(ax.lines[0].get_xdata(), monitor.t)
    assert ax.get_ylabel() == "v (mV)"
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["neuron 3", "neuron 4"]
    assert plot_traces(Monitor(2, unit="1"), "v").get_ylabel() == "v"
    assert plot_traces(monitor, "v", quantity="V", unit="V").get_ylabel() == "V (V)"
    assert plot_traces(Monitor(9), "v").get_legend() is None
    bare = SimpleNamespace(t=monitor.t)
    with pytest.raises(ParameterError, match="there is no monitor"):
        plot_traces(bare, "v")


def test_traces_of_a_state_monitor():
    from neurosim.network import Network, Population, StateMonitor
    from neurosim.neurons import HodgkinHuxley

    axons = Population(2, HodgkinHuxley, I=[0.0, 10.0])
    states = StateMonitor(axons, ["v", "I_K"], record=[0, 1])
    Network(axons, states, dt=0.05, seed=0).run(1.0)
    ax = plot_traces(states, "I_K")
    assert ax.get_ylabel() == "I_K (µA/cm²)"
    assert len(ax.lines) == 2
    assert ax.get_xlim() == (0.0, 1.0)
    states = StateMonitor(axons := Population(2, HodgkinHuxley), "v")
    Network(axons, states, dt=0.05, seed=0, trials=3).run(1.0)
    with pytest.raises(ParameterError, match=r"several trials\. Draw one .*monitor\['v'\]\[:, 0\]"):
        plot_traces(states, "v")


def test_traces_may_lie_in_columns_as_a_monitor_gives_them():
    values = np.stack([np.sin(TIMES), np.cos(TIMES)])
    ax = plot_traces(TIMES, values.T)
    np.testing.assert_array_equal([line.get_ydata() for line in ax.lines], values)
    square = np.arange(9.0).reshape(3, 3)
    rows = [line.get_ydata() for line in plot_traces([0.0, 1.0, 2.0], square).lines]
    np.testing.assert_array_equal(rows, square)


def test_bare_arrays_have_no_unit_unless_it_is_given():
    assert plot_traces(TIMES, TIMES).get_ylabel() == "Membrane potential"
    assert plot_traces(TIMES, TIMES, unit="mV").get_ylabel() == "Membrane potential (mV)"


@pytest.mark.parametrize(
    ("times", "ticks"),
    [
        (np.arange(300.0), [0, 50, 100, 150, 200, 250, 300]),
        (0.1 * np.arange(1500), [0, 25, 50, 75, 100, 125, 150]),
        (np.linspace(0, 20, 21), [0, 5, 10, 15, 20]),
        (np.arange(5.0, 105.0), None),
    ],
)
def test_a_time_axis_ends_with_a_tick(times, ticks):
    ax = plot_traces(times, times)
    if ticks is None:
        assert ax.get_xlim() == (5, 104)
    else:
        assert ax.get_xlim() == (ticks[0], ticks[-1])
        inside = [tick for tick in ax.get_xticks() if ticks[0] <= tick <= ticks[-1]]
        np.testing.assert_allclose(inside, ticks)


@pytest.mark.parametrize(
    ("unit", "printed"),
    [
        ("uA/cm2", "µA/cm²"),
        ("mV", "mV"),
        ("us", "µs"),
        ("uF/cm^2", "µF/cm²"),
        ("cm**-3", "cm⁻³"),
        ("arb. units", "arb. units"),
        ("1/ms", "1/ms"),
    ],
)
def test_units_are_printed_with_micro_and_powers(unit, printed):
    assert pretty_unit(unit) == printed


def test_rows_of_a_raster_are_numbered_in_round_steps():
    ticks = np.diff(plot_raster([1.0], [0], n_units=128).get_yticks())
    assert set(ticks) == {20}


def test_weights_may_share_a_scale():
    for largest, limit in ((None, 2.0), (5.0, 5.0)):
        assert plot_weights([[1.0, -2.0]], largest=largest).images[0].get_clim() == (-limit, limit)
    with pytest.raises(ParameterError, match="largest"):
        plot_weights([[1.0]], largest=0.0)


def test_the_used_range_of_a_tuning_curve_is_shaded():
    ax = plot_tuning_curve([1, 2, 3], [3, 4, 5], used_range=(1.5, 2.5))
    (shade,) = ax.patches
    assert (shade.get_x(), shade.get_width()) == (1.5, 1.0)
    with pytest.raises(ParameterError, match="used_range"):
        plot_tuning_curve([1], [1], used_range=(2.0, 1.0))


def test_stacked_traces_do_not_overlap_and_share_a_scale():
    values = np.stack([np.sin(TIMES), 10 * np.sin(TIMES), np.where(TIMES > 5, np.nan, 3.0)])
    ax = plot_traces(TIMES, values, ["a", "b", "c"], unit="mV", stacked=True)
    top, middle, bottom, bar = ax.lines
    for line, trace in zip((top, middle, bottom), values, strict=True):
        np.testing.assert_allclose(np.diff(line.get_ydata()), np.diff(trace), atol=1e-12)
    assert top.get_ydata().min() > middle.get_ydata().max()
    assert middle.get_ydata().min() > np.nanmax(bottom.get_ydata())
    length = np.diff(bar.get_ydata())[0]
    assert length == 10
    assert [text.get_text() for text in ax.texts] == ["10 mV"]


@pytest.mark.parametrize(
    ("height", "bar"), [(100.0, 50.0), (1.0, 0.5), (0.34, 0.2), (33.4, 20.0), (2.0, 1.0)]
)
def test_the_scale_bar_has_a_round_length(height, bar):
    line = plot_traces([0.0, 1.0], [0.0, height], stacked=True).lines[-1]
    assert np.diff(line.get_ydata())[0] == pytest.approx(bar, rel=1e-12)


def test_tuning_curve_draws_measurement_over_theory():
    ax = plot_tuning_curve([1, 2], [3, 4], [3.5, 4.5], "Current (pA)", curve_label="fit")
    theory, measured = ax.lines
    np.testing.assert_array_equal(theory.get_ydata(), [3.5, 4.5])
    np.testing.assert_array_equal(measured.get_ydata(), [3, 4])
    assert theory.get_label() == "fit"
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("Current (pA)", "Firing rate (Hz)")


def test_accuracy_is_in_per_cent_and_marks_the_settling_time():
    ax = plot_accuracy_over_time(
        [0, 10, 20],
        {"lif": [0.1, 0.9, 0.95], "hh": [0.1, 0.2, 0.9]},
        settling_times_ms={"lif": 15, "hh": None},
    )
    curve, marker, other = ax.lines
    np.testing.assert_allclose(curve.get_ydata(), [10, 90, 95])
    np.testing.assert_allclose(marker.get_xydata(), [[15, 92.5]])
    assert curve.get_color() == marker.get_color() == unit_colour("lif")
    assert curve.get_label() == "LIF: 95.0 %, settled at 15 ms"
    assert other.get_label() == "Hodgkin-Huxley: 90.0 %"


def test_confusion_shades_by_row_and_writes_counts():
    ax = plot_confusion([[8, 2, 0], [0, 1, 0], [0, 0, 0]], ["a", "b", "c"])
    np.testing.assert_allclose(ax.images[0].get_array() ** 2, [[0.8, 0.2, 0], [0, 1, 0], [0, 0, 0]])
    written = {text.get_position(): text.get_text() for text in ax.texts}
    assert written == {(0, 0): "8", (1, 0): "2", (1, 1): "1"}
    assert [label.get_text() for label in ax.get_xticklabels()] == ["a", "b", "c"]


def test_unit_types_have_a_colour_and_a_name_each():
    assert len({unit_colour(unit) for unit in ("rate", "lif", "hh")}) == 3
    assert unit_colour("izhikevich", 0) != unit_colour("izhikevich", 1)
    assert (unit_name("hh"), unit_name("izhikevich")) == ("Hodgkin-Huxley", "izhikevich")


class Quantity(np.ndarray):
    dimensions = "second"


NAN = [np.nan, 1.0]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: plot_raster([1.0, 2.0]), r"plot_raster\(indices\)"),
        (lambda: plot_raster([1.0, 2.0], [1]), r"indices.*has 1 values, but times_ms has 2"),
        (lambda: plot_raster(NAN, [0, 1]), r"times_ms.*finite"),
        (lambda: plot_raster([1.0], [-1]), r"indices.*0\.\.-?\d"),
        (lambda: plot_raster([1.0], [5], n_units=5), r"0\.\.4"),
        (lambda: plot_raster([1.0], [0], n_units=0), "n_units"),
        (lambda: plot_raster([1.0], [0], duration_ms=0), "duration_ms"),
        (lambda: plot_raster(np.zeros(2).view(Quantity), [0, 1]), "Divide by the unit"),
        (lambda: plot_raster([[1.0]], [[0]]), "axes"),
        (lambda: plot_raster(["soon"], [0]), "real numbers"),
        (lambda: plot_traces([0.0, 1.0], [[1.0], [2.0, 3.0]]), "rows of one length"),
        (lambda: plot_traces([0.0, 1.0], [1.0, 2.0, 3.0]), "has 3 values"),
        (lambda: plot_traces([0.0, 1.0], [1.0, 2.0], ["a", "b"]), "labels"),
        (lambda: plot_traces([], []), "at least one"),
        (lambda: plot_traces(NAN, [1.0, 2.0]), "finite"),
        (lambda: plot_tuning_curve([1.0], [1.0, 2.0]), "measured"),
        (lambda: plot_tuning_curve([1.0], [1.0], [1.0, 2.0]), "closed_form"),
        (lambda: plot_tuning_curve([1.0, 2.0], NAN), "finite"),
        (lambda: plot_accuracy_over_time([1.0, 2.0], {"lif": [97.0, 98.0]}), "Divide per cent by 100"),
        (lambda: plot_accuracy_over_time([1.0, 2.0], {"lif": [0.5]}), r"accuracy\['lif'\]"),
        (lambda: plot_accuracy_over_time([1.0], {}), "at least one"),
        (lambda: plot_accuracy_over_time([1.0], {"lif": [0.5]}, reference=98), "reference"),
        (lambda: plot_accuracy_over_time([1.0], {"lif": [0.5]}, settling_times_ms={"hh": 1}), "one of lif"),
        (lambda: plot_confusion([[1, 2]]), "square"),
        (lambda: plot_confusion([[0.5]]), "counts"),
        (lambda: plot_confusion([[-1]]), "counts"),
        (lambda: plot_confusion([[1]], ["a", "b"]), "class_names"),
        (lambda: plot_filters([1.0], {}), "at least one"),
        (lambda: plot_filters([1.0], {"n = 0": [1.0, 2.0]}), "n = 0"),
        (lambda: plot_image([1.0]), "axes"),
        (lambda: plot_image(np.zeros((0, 3))), "at least one pixel"),
        (lambda: plot_rate(SimpleNamespace(t=[1.0], i=[0])), r"must be a rate monitor\. Such as RateMonitor"),
        (lambda: plot_image_rows([np.zeros((1, 2, 2))]), "must map the name of each row"),
    ],
)
def test_unusable_input_is_refused(call, message):
    with pytest.raises(ParameterError, match=message):
        call()


class Losses:
    loss = (3.0, 2.0, 1.0)
    validation_loss = (3.0, 2.5, 2.7)
    restored_epoch = 2


class Search:
    rates = np.geomspace(1e-4, 1.0, 20)
    losses = smoothed = np.cos(np.linspace(0.0, 4.0, 20))
    suggestion = rates[8]


def test_schedules_are_drawn_step_by_step():
    ax = plot_schedule(lambda step: [4.0, 2.0, 1.0][step], 3)
    np.testing.assert_array_equal(ax.patches[0].get_data().values, [4.0, 2.0, 1.0])
    with pytest.raises(ParameterError, match=r"plot_schedule\(n_steps\) = 0"):
        plot_schedule(lambda step: 1.0, 0)
    with pytest.raises(ParameterError, match=r"plot_schedule\(schedule\) = 0.1"):
        plot_schedule(0.1, 5)


def test_a_history_shows_both_losses_and_the_epoch_that_was_kept():
    ax = plot_history(Losses())
    np.testing.assert_array_equal(ax.lines[0].get_xydata(), [[1, 3.0], [2, 2.0], [3, 1.0]])
    np.testing.assert_array_equal(ax.lines[1].get_ydata(), [3.0, 2.5, 2.7])
    assert ax.lines[2].get_xdata()[0] == 2
    with pytest.raises(ParameterError, match="no epoch is finished"):
        plot_history(SimpleNamespace(loss=[]))


def test_a_history_of_one_epoch_is_seen():
    ax = plot_history(SimpleNamespace(loss=[3.0], validation_loss=[2.0], restored_epoch=None))
    assert [line.get_marker() for line in ax.lines] == [".", "."]


def test_a_rate_search_marks_its_suggestion():
    ax = plot_rate_search(Search())
    assert ax.get_xscale() == "log"
    assert ax.lines[-1].get_xdata()[0] == Search.suggestion
    assert "suggested: 0.0048" in ax.get_legend().get_texts()[-1].get_text()
