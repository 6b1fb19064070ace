"""Philox against published vectors and a naive twin; distributions; independence of chunking."""

from __future__ import annotations

import math

import numba
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from neurosim.kernels.mathematics import random

Array = NDArray[np.float64]
SEED = np.uint64(0x0123456789ABCDEF)
U64 = np.uint64


def naive_philox(counter: tuple[int, ...], key: tuple[int, ...]) -> tuple[int, ...]:
    """Philox4x32-10 as the paper writes it, in Python's integers."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        high0, low0 = divmod(0xD2511F53 * c0, 2**32)
        high1, low1 = divmod(0xCD9E8D57 * c2, 2**32)
        c0, c1, c2, c3 = high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0
        k0, k1 = (k0 + 0x9E3779B9) % 2**32, (k1 + 0xBB67AE85) % 2**32
    return c0, c1, c2, c3


def naive_uniform(seed: int, stream: int, step: int, neuron: int) -> float:
    words = naive_philox((step % 2**32, step >> 32, neuron // 2, stream), (seed % 2**32, seed >> 32))
    high, low = words[2:] if neuron % 2 else words[:2]
    return ((high >> 5) * 2**26 + (low >> 6)) / 2**53


def uniform_numbers(seed: int, stream: int, step0: int, n_steps: int, lo: int, hi: int) -> Array:
    out = np.full((n_steps, hi - lo), np.nan)
    random.uniform_block(U64(seed), stream, step0, n_steps, lo, hi, out)
    return out


def normal_numbers(seed: int, stream: int, step0: int, n_steps: int, lo: int, hi: int) -> Array:
    out = np.full((n_steps, hi - lo), np.nan)
    random.normal_block(U64(seed), stream, step0, n_steps, lo, hi, out)
    return out


def poisson(
    probability: Array, step0: int = 0, n_steps: int = 1, lo: int = 0, seed: int = 1
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    spikes, offsets = np.empty(n_steps * probability.shape[1], np.int64), np.empty(n_steps + 1, np.int64)
    count = random.poisson_spikes(U64(seed), 0, step0, n_steps, lo, probability, spikes, offsets)
    assert count == offsets[-1]
    return spikes[:count], offsets


@pytest.mark.parametrize(
    ("counter", "key", "words"),
    [
        ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
    ids=["zeros", "ones", "pi"],
)
def test_published_vectors_of_random123(
    counter: tuple[int, ...], key: tuple[int, ...], words: tuple[int, ...]
) -> None:
    @numba.njit
    def block(c: NDArray[np.uint64], k: NDArray[np.uint64]) -> tuple[int, ...]:
        return random.philox(c[0], c[1], c[2], c[3], k[0], k[1])

    assert block(np.array(counter, U64), np.array(key, U64)) == words
    assert naive_philox(counter, key) == words


@pytest.mark.parametrize("seed", [0, 1, 2**31, 0x0123456789ABCDEF, 2**64 - 1])
@pytest.mark.parametrize("step", [0, 7, 2**32 - 2, 2**40 + 5])
def test_uniform_equals_the_naive_twin(seed: int, step: int) -> None:
    for stream in (0, 3, 2**32 - 1):
        got = uniform_numbers(seed, stream, step, 4, 5, 24)
        expected = [[naive_uniform(seed, stream, step + t, i) for i in range(5, 24)] for t in range(4)]
        np.testing.assert_array_equal(got, expected)


def test_normal_is_box_muller_of_the_pair() -> None:
    u = uniform_numbers(SEED, 2, 10, 20, 0, 64)
    radius, angle = np.sqrt(-2 * np.log(1 - u[:, ::2])), 2 * np.pi * u[:, 1::2]
    got = normal_numbers(SEED, 2, 10, 20, 0, 64)
    np.testing.assert_allclose(got[:, ::2], radius * np.cos(angle), rtol=0, atol=4e-15)
    np.testing.assert_allclose(got[:, 1::2], radius * np.sin(angle), rtol=0, atol=4e-15)


@pytest.mark.parametrize("numbers", [uniform_numbers, normal_numbers])
@pytest.mark.parametrize("lo", [0, 1, 6, 7])
@pytest.mark.parametrize("hi", [7, 8, 40, 41])
def test_a_number_does_not_depend_on_the_chunk(numbers, lo: int, hi: int) -> None:  # type: ignore[no-untyped-def]
    whole = numbers(SEED, 1, 100, 12, 0, 64)
    np.testing.assert_array_equal(numbers(SEED, 1, 103, 5, lo, hi), whole[3:8, lo:hi])


def test_scalar_draws_equal_the_block() -> None:
    @numba.njit(error_model="numpy")
    def draw(seed: int, n: int) -> tuple[list[float], list[float]]:
        return [random.uniform(seed, 5, 9, i) for i in range(n)], [
            random.normal(seed, 5, 9, i) for i in range(n)
        ]

    u, z = draw(SEED, 21)
    np.testing.assert_array_equal(u, uniform_numbers(SEED, 5, 9, 1, 0, 21)[0])
    np.testing.assert_array_equal(z, normal_numbers(SEED, 5, 9, 1, 0, 21)[0])


def test_uniform_distribution() -> None:
    u = uniform_numbers(20, 0, 0, 200, 0, 1000)
    n = u.size
    assert u.min() >= 0
    assert u.max() < 1
    assert u.mean() == pytest.approx(0.5, abs=4 / math.sqrt(12 * n))
    assert u.var() == pytest.approx(1 / 12, abs=4 * math.sqrt(1 / (180 * n)))
    assert stats.kstest(u.ravel(), "uniform").pvalue > 0.01
    low_bits = (u * 2**53).astype(np.int64) % 256
    assert stats.chisquare(np.bincount(low_bits.ravel(), minlength=256)).pvalue > 0.01


def test_normal_distribution() -> None:
    z = normal_numbers(21, 0, 0, 200, 0, 1000)
    n = z.size
    assert z.mean() == pytest.approx(0, abs=4 / math.sqrt(n))
    assert z.var() == pytest.approx(1, abs=4 * math.sqrt(2 / n))
    assert stats.skew(z, axis=None) == pytest.approx(0, abs=4 * math.sqrt(6 / n))
    assert stats.kurtosis(z, axis=None) == pytest.approx(0, abs=4 * math.sqrt(24 / n))
    assert stats.kstest(z.ravel(), "norm").pvalue > 0.01
    beyond_3 = 2 * stats.norm.sf(3)
    assert np.mean(np.abs(z) > 3) == pytest.approx(beyond_3, abs=4 * math.sqrt(beyond_3 / n))


@pytest.mark.parametrize("numbers", [uniform_numbers, normal_numbers])
def test_neurons_steps_streams_and_seeds_are_uncorrelated(numbers) -> None:  # type: ignore[no-untyped-def]
    n_steps, n = 400, 500
    x = numbers(22, 0, 0, n_steps, 0, n)
    others = {
        "neighbour in the pair": (x[:, ::2], x[:, 1::2]),
        "next pair": (x[:, :-2], x[:, 2:]),
        "next step": (x[:-1], x[1:]),
        "squares in the pair": (x[:, ::2] ** 2, x[:, 1::2] ** 2),
        "next stream": (x, numbers(22, 1, 0, n_steps, 0, n)),
        "next seed": (x, numbers(23, 0, 0, n_steps, 0, n)),
        "upper half of the seed": (x, numbers(22 + 2**32, 0, 0, n_steps, 0, n)),
    }
    for name, (a, b) in others.items():
        correlation = np.corrcoef(a.ravel(), b.ravel())[0, 1]
        assert abs(correlation) < 4 / math.sqrt(a.size), name


def test_poisson_spikes_are_the_uniform_numbers_below_the_probability() -> None:
    probability = np.linspace(0.0, 1.0, 37)[None, :]
    spikes, offsets = poisson(probability, step0=4, n_steps=9, lo=3)
    fired = uniform_numbers(1, 0, 4, 9, 3, 40) < probability
    for t in range(9):
        np.testing.assert_array_equal(spikes[offsets[t] : offsets[t + 1]], 3 + np.flatnonzero(fired[t]))


@pytest.mark.parametrize("cut", [1, 2, 17, 50])
def test_poisson_spikes_do_not_depend_on_the_chunk(cut: int) -> None:
    probability = np.random.default_rng(3).uniform(0, 0.2, (60, 51))
    spikes, offsets = poisson(probability, n_steps=60)
    rows = np.repeat(np.arange(60), np.diff(offsets))
    early, early_offsets = poisson(probability[:cut], n_steps=cut)
    late, late_offsets = poisson(probability[cut:], step0=cut, n_steps=60 - cut)
    np.testing.assert_array_equal(np.concatenate([early, late]), spikes)
    np.testing.assert_array_equal(np.concatenate([early_offsets, late_offsets[1:] + early.size]), offsets)
    right, right_offsets = poisson(np.ascontiguousarray(probability[:, cut:]), n_steps=60, lo=cut)
    np.testing.assert_array_equal(right, spikes[spikes >= cut])
    np.testing.assert_array_equal(np.repeat(np.arange(60), np.diff(right_offsets)), rows[spikes >= cut])


def test_poisson_limits_and_empty_populations() -> None:
    spikes, offsets = poisson(np.array([[0.0, 1.0, np.nan, 1.0]]), n_steps=3)
    np.testing.assert_array_equal(spikes, [1, 3] * 3)
    np.testing.assert_array_equal(offsets, [0, 2, 4, 6])
    for lo in (0, 1):
        assert poisson(np.empty((1, 0)), n_steps=2, lo=lo)[0].size == 0


def test_poisson_with_too_little_room_tells_how_much_it_needs() -> None:
    probability = np.full((1, 20), 0.5)
    spikes, offsets = poisson(probability, n_steps=10)
    short, short_offsets = np.full(7, -1, np.int64), np.empty(11, np.int64)
    needed = random.poisson_spikes(U64(1), 0, 0, 10, 0, probability, short, short_offsets)
    assert needed == spikes.size > 7
    np.testing.assert_array_equal(short, spikes[:7])
    np.testing.assert_array_equal(short_offsets, offsets)


def test_poisson_counts_intervals_and_dispersion() -> None:
    p, n, n_steps = 0.02, 100, 5000
    spikes, offsets = poisson(np.full((1, n), p), n_steps=n_steps, seed=24)
    expected = p * n * n_steps
    assert spikes.size == pytest.approx(expected, abs=4 * math.sqrt(expected))
    counts = np.bincount(spikes, minlength=n)
    dispersion = counts.var(ddof=1) / counts.mean()
    assert dispersion == pytest.approx(1 - p, abs=4 * math.sqrt(2 / n))
    steps = np.repeat(np.arange(n_steps), np.diff(offsets))
    intervals = np.concatenate([np.diff(steps[spikes == i]) for i in range(n)])
    assert intervals.mean() == pytest.approx(1 / p, abs=4 / (p * math.sqrt(intervals.size)))
    assert intervals.std() / intervals.mean() == pytest.approx(math.sqrt(1 - p), abs=0.04)
