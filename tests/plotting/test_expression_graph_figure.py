"""Figures of the rate layer: the expression graph, and all activations."""

import io

import numpy as np
import pytest

from neurosim.analysis import activation_curves
from neurosim.errors import ParameterError
from neurosim.neurons import LIF
from neurosim.plotting import new_figure, plot_activations, plot_expression_graph
from neurosim.plotting.layered_layout import LayeredLayout
from neurosim.rate import ACTIVATIONS, SoftLIF, Tanh, TuningCurve, Variable


def texts(ax):
    return [text.get_text() for text in ax.texts]


def test_the_graph_of_the_notes():
    x, y = Variable(2.0), Variable(3.0)
    a, b = np.sin(x), x * y
    f = a + b
    f.backward()
    ax = plot_expression_graph(f, {"x": x, "y": y, "a": a, "f": f})
    variables = ["f = 6.909\ngrad 1", "a = 0.9093\ngrad 1", "6\ngrad 1", "x = 2\ngrad 2.584", "y = 3\ngrad 2"]
    assert sorted(texts(ax)) == sorted([*variables, "+", "sin", "×"])
    heights = {text.get_text()[0]: text.get_position()[1] for text in ax.texts}
    assert heights["f"] > heights["+"] > heights["a"] > heights["s"] > heights["x"] == heights["y"]
    picture = io.BytesIO()
    ax.figure.savefig(picture, dpi=40)
    assert picture.getvalue().startswith(b"\x89PNG")


def test_arrays_show_their_shape_and_constants_appear():
    w, ax = Variable(np.ones((3, 4))), new_figure().add_subplot()
    h = Tanh()(np.ones((2, 3)) @ w)
    assert plot_expression_graph(h, {"W": w}, ax=ax) is ax
    assert sorted(texts(ax)) == ["(2, 3)", "(2, 4)", "(2, 4)", "@", "Tanh", "W (3, 4)"]
    assert texts(plot_expression_graph(w)) == ["(3, 4)"]


def test_what_cannot_be_drawn():
    y = Variable(1.0)
    for _ in range(10_000):
        y = y + 1.0
    with pytest.raises(ParameterError, match="more than 200 nodes"):
        plot_expression_graph(y)
    with pytest.raises(ParameterError, match="must be a Variable"):
        plot_expression_graph(np.ones(3))


def test_layout_keeps_its_promises():
    # A root with two branches that share a leaf; one edge jumps over two layers.
    edges = [(0, 1), (0, 2), (1, 3), (3, 4), (2, 4), (4, 5), (0, 5)]
    layout = LayeredLayout(6, edges)
    assert layout.y == [0.0, -1.0, -1.0, -2.0, -3.0, -4.0]
    for (upper, lower), path in zip(edges, layout.paths, strict=True):
        assert path[0] == (layout.x[upper], layout.y[upper])
        assert path[-1] == (layout.x[lower], layout.y[lower])
        assert np.diff([y for _, y in path]).tolist() == [-1.0] * (len(path) - 1)
    for depth in set(layout.y):
        places = {point for path in layout.paths for point in path if point[1] == depth}
        assert all(gap >= 1.0 - 1e-9 for gap in np.diff(sorted(x for x, _ in places)))


def test_layout_untangles():
    """Two chains that begin crosswise end without a crossing."""
    edges = [(0, 1), (0, 2), (1, 4), (2, 3), (4, 6), (3, 5)]
    layout = LayeredLayout(7, edges)
    assert (layout.x[1] - layout.x[2]) * (layout.x[4] - layout.x[3]) > 0
    assert (layout.x[4] - layout.x[3]) * (layout.x[6] - layout.x[5]) > 0


def test_all_activations_in_one_figure():
    panels = plot_activations()
    titles = [ax.get_title("left") for ax in panels]
    expected = {name.replace("_", " ") for name in ACTIVATIONS} - {"silu"}
    assert set(titles) == expected | {"softmax", "log softmax", "one hot", "maxout"}
    assert len({ax.figure for ax in panels}) == 1
    picture = io.BytesIO()
    panels[0].figure.savefig(picture, dpi=30)
    assert picture.getvalue().startswith(b"\x89PNG")


def test_chosen_activations_in_a_given_figure():
    figure = new_figure()
    curve = TuningCurve(SoftLIF(tau_ref=5.0), offset=1.0)
    (ax,) = plot_activations({"slow LIF": curve}, x=[-1.0, 0.0, 2.0], figure=figure)
    assert ax.figure is figure
    value, derivative = (line.get_ydata() for line in ax.lines[-2:])
    np.testing.assert_allclose(value, curve.value(np.array([-1.0, 0.0, 2.0])))
    np.testing.assert_allclose(derivative, curve.derivative(np.array([-1.0, 0.0, 2.0])))
    with pytest.raises(ParameterError, match=r"activations\) = 'rellu': .*Did you mean 'relu'"):
        plot_activations(["rellu"])
    with pytest.raises(ParameterError, match="nothing to draw"):
        plot_activations([])
    with pytest.raises(ParameterError, match=r"activations\) = 3: must be an Activation"):
        plot_activations(3)
    with pytest.raises(ParameterError, match=r"activation_curves\(x\)"):
        plot_activations(["relu"], x=[[0.0, np.inf]])


@pytest.mark.parametrize(
    ("activations", "titles"),
    [
        ("relu", ["relu"]),
        (Tanh(), ["Tanh"]),
        ([Tanh(), "softmax"], ["Tanh", "softmax"]),
        ({"LIF": TuningCurve(LIF), "b": "relu"}, ["LIF", "b"]),
    ],
)
def test_activations_are_given_by_name_or_themselves(activations, titles):
    panels = plot_activations(activations, x=[-1.0, 0.0, 2.0])
    assert [ax.get_title(loc="left") for ax in panels] == titles


@pytest.mark.parametrize("name", activation_curves())
def test_drawn_derivatives_are_those_of_the_values(name):
    x, step = np.array([-2.3, -0.31, 0.4, 1.1, 2.7]), 1e-6
    curve = activation_curves([name], x)[name]
    ahead, behind = (activation_curves([name], x + change)[name].value for change in (step, -step))
    np.testing.assert_allclose(curve.derivative, (ahead - behind) / (2 * step), rtol=1e-5, atol=1e-8)
