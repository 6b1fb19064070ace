"""Mosaics of kernels and feature maps, and saliency over an image: what is where, and in which colours."""

import numpy as np
import pytest

from neurosim.errors import ParameterError
from neurosim.plotting import new_figure, plot_feature_maps, plot_kernels, plot_saliency


def test_kernels_stand_in_rows_on_one_scale():
    kernels = np.arange(-9.0, 45.0).reshape(6, 3, 3)
    ax = new_figure().add_subplot()
    assert plot_kernels(kernels, ax) is ax
    sheet = ax.images[0].get_array()
    assert sheet.shape == (2 * 4 - 1, 3 * 4 - 1)
    np.testing.assert_array_equal(sheet[4:7, 8:11], kernels[5])
    assert sheet.mask[3].all()
    assert ax.images[0].get_clim() == (-44.0, 44.0)
    weights = ax.images[0].get_cmap()(np.linspace(0.0, 1.0, 256))
    assert np.abs(weights - ax.get_facecolor()).max(axis=1).min() > 0.1  # a gap is no weight
    layer = plot_kernels(np.ones((4, 2, 3, 3)))
    assert layer.images[0].get_array().shape == (4 * 4 - 1, 2 * 4 - 1)


def test_feature_maps_leave_a_last_place_empty():
    sheet = plot_feature_maps(np.ones((3, 20, 10)), n_columns=2).images[0].get_array()
    assert sheet.shape == (42, 22)
    assert sheet.mask[22:, 12:].all()
    assert not sheet.mask[:20, :10].any()


def test_saliency_lies_over_the_image():
    saliency = np.diag([1.0, -2.0, 0.0])
    ax = plot_saliency(np.eye(3), saliency)
    below, above = ax.images
    np.testing.assert_array_equal(below.get_array(), np.eye(3))
    assert above.get_clim() == (-2.0, 2.0)
    assert above.get_alpha()[1, 1] == above.get_alpha().max()
    assert above.get_alpha()[2, 2] == 0.0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: plot_kernels(np.ones((3, 3))), r"plot_kernels\(kernels\).*3 or 4 axes"),
        (lambda: plot_kernels(np.ones((0, 3, 3))), r"nothing to draw"),
        (lambda: plot_feature_maps([[[np.nan]]]), r"plot_feature_maps\(maps\).*finite"),
        (lambda: plot_feature_maps(np.ones((1, 2, 2)), n_columns=0), r"n_columns\) = 0"),
        (lambda: plot_saliency(np.eye(3), np.eye(2)), r"saliency\) = \(2, 2\): must have the shape"),
    ],
)  # fmt: skip
def test_errors(call, message):
    with pytest.raises(ParameterError, match=message):
        call()
