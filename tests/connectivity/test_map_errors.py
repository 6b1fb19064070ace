"""Feature maps and their gradients against the dense matrix, where rows are no multiple of a register."""

import numpy as np
import pytest

from neurosim.connectivity import Conv2d
from neurosim.connectivity.feature_maps import MapErrors

rng = np.random.default_rng(7)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(
    ("shape", "image", "options"),
    [
        ((4, 2, 3, 3), (4, 6, 11), {"padding": 1, "groups": 2}),
        ((4, 3, 3, 3), (3, 9, 11), {"padding": 1, "stride": (2, 1)}),
        ((6, 1, 5, 5), (1, 12, 20), {"padding": (3, 6)}),
    ],
)
def test_all_is_what_the_matrix_gives(shape, image, options, dtype):
    operator = Conv2d(rng.standard_normal(shape).astype(dtype), image, **options)
    matrix, n = operator.to_dense(), 5
    channels, height, width = operator.output_shape
    limit = {"rtol": 0.0, "atol": 1e-11 if dtype == "float64" else 2e-4}
    x, bias = (
        rng.standard_normal((n, operator.n_pre)).astype(dtype),
        rng.standard_normal(channels).astype(dtype),
    )
    full = np.maximum((x @ matrix).reshape(n, channels, height, width) + bias[:, None, None], 0)
    for pooled in (False, True)[: 1 + (height % 2 == width % 2 == 0)]:
        maps, winners = operator.feature_maps(x, bias, rectified=True, pooled=pooled)
        g = rng.standard_normal(maps.shape).astype(dtype)
        errors = np.where(maps > 0, g, 0)
        if pooled:
            windows = full.reshape(n, channels, height // 2, 2, width // 2, 2).swapaxes(3, 4)
            windows = windows.reshape(n, -1, 4)
            np.testing.assert_allclose(maps, windows.max(axis=2), **limit)
            np.testing.assert_array_equal(winners[maps > 0], windows.argmax(axis=2)[maps > 0])
            spread = np.where(winners[..., None] == np.arange(4), errors[..., None], 0)
            spread = spread.reshape(n, channels, height // 2, width // 2, 2, 2).swapaxes(3, 4)
            errors = spread.reshape(n, -1)
        else:
            np.testing.assert_allclose(maps, full.reshape(n, -1), **limit)
        passed = MapErrors(g, maps, winners)
        np.testing.assert_allclose(operator.images_gradient(passed), errors @ matrix.T, **limit)
        by_kernels, by_bias = operator.kernel_gradients(x, passed)
        np.testing.assert_allclose(by_bias, errors.reshape(n, channels, -1).sum(axis=(0, 2)), **limit)
        direction = rng.standard_normal(shape).astype(dtype)
        along = Conv2d(direction, image, **options).to_dense()
        np.testing.assert_allclose(
            (by_kernels * direction).sum(),
            ((x @ along) * errors).sum(),
            rtol=1e-3 if dtype == "float32" else 1e-9,
        )
