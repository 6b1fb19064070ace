"""Filters used without a network: spikes and signals against quadrature, convolution and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad, solve_ivp

from neurosim.errors import ParameterError, UnitError
from neurosim.synapses import Alpha, BiExponential, LinearFilter, PSCFilter, TwoStateKinetics

FILTERS = [
    PSCFilter(3.0),
    PSCFilter(3.0, 3, gain=0.5),
    Alpha("2 ms", "peak"),
    BiExponential(0.5, 7.0),
    BiExponential(2.0, 2.0, "peak", gain=-1.5),
    TwoStateKinetics(1.1, 0.19),
]
RNG = np.random.default_rng(7)
SPIKES, WEIGHTS = RNG.uniform(0, 80, 60), RNG.normal(size=60)


def name(psc: LinearFilter) -> str:
    return repr(psc)


def test_alpha_is_its_closed_form() -> None:
    t = np.linspace(0, 40, 401)
    np.testing.assert_allclose(Alpha(4.0).impulse(t), t / 16 * np.exp(-t / 4), rtol=1e-13)
    np.testing.assert_allclose(Alpha(4.0, "peak").impulse(t), t / 4 * np.exp(1 - t / 4), rtol=1e-13)
    assert Alpha(4.0, "peak").impulse(4.0) == pytest.approx(1.0, rel=1e-15)


@pytest.mark.parametrize(("rise", "decay"), [(0.5, 7.0), (1.0, 1.001), (0.01, 1000.0)])
def test_bi_exponential_is_its_closed_form(rise: float, decay: float) -> None:
    t = np.linspace(0, 10 * decay, 501)
    difference = np.exp(-t / decay) - np.exp(-t / rise)
    area = BiExponential(rise, decay).impulse(t)
    np.testing.assert_allclose(area, difference / (decay - rise), rtol=1e-11, atol=1e-13)
    t_peak = rise * decay / (decay - rise) * np.log(decay / rise)
    at_peak = np.exp(-t_peak / decay) - np.exp(-t_peak / rise)
    peak = BiExponential(rise, decay, "peak")
    np.testing.assert_allclose(peak.impulse(t), difference / at_peak, rtol=1e-10, atol=1e-10)
    assert peak.impulse(t_peak) == pytest.approx(1.0, rel=1e-12)


def test_equal_time_constants_give_the_alpha_function() -> None:
    t = np.linspace(0, 30, 301)
    for normalize in ("area", "peak"):
        equal, alpha = BiExponential(3.0, 3.0, normalize), Alpha(3.0, normalize)
        np.testing.assert_allclose(equal.impulse(t), alpha.impulse(t), rtol=1e-13)
        near = BiExponential(3.0, 3.0 + 1e-9, normalize)
        np.testing.assert_allclose(near.impulse(t), alpha.impulse(t), rtol=1e-8)


def test_two_states_obey_their_equation() -> None:
    """dr/dt = alpha*C*(1 - r) - beta*r for 1.5 ms from r = 0, then dr/dt = -beta*r."""
    kinetics = TwoStateKinetics("0.9 1/(mM*ms)", "0.2 1/ms", transmitter="0.5 mM", pulse="1.5 ms")
    options = {"rtol": 1e-12, "atol": 1e-14, "dense_output": True}
    rising = solve_ivp(lambda t, r: 0.9 * 0.5 * (1 - r) - 0.2 * r, (0, 1.5), [0.0], **options)
    t = np.linspace(0, 1.5, 16)
    np.testing.assert_allclose(kinetics.impulse(t), rising.sol(t)[0], rtol=1e-10, atol=1e-12)
    t = np.linspace(1.5, 20, 40)
    falling = rising.sol(1.5)[0] * np.exp(-0.2 * (t - 1.5))
    np.testing.assert_allclose(kinetics.impulse(t), falling, rtol=1e-10)
    assert kinetics.impulse(1.5) == kinetics.impulse(np.linspace(0, 3, 301)).max()


@pytest.mark.parametrize("psc", FILTERS, ids=name)
def test_the_response_is_the_sum_of_impulses(psc: LinearFilter) -> None:
    t = RNG.permutation(np.concatenate([np.linspace(-5, 100, 300), SPIKES[:9]]))
    expected = np.zeros(t.size)
    for spike, weight in zip(SPIKES, WEIGHTS, strict=True):
        expected += weight * psc.impulse(t - spike)
    scale = np.abs(psc.impulse(np.linspace(0, 20, 201))).max()
    # At a spike's own time t - spike is 0 exactly, also in the response.
    np.testing.assert_allclose(psc.response(SPIKES, t, WEIGHTS), expected, rtol=0, atol=1e-13 * scale)
    reshaped = psc.response(SPIKES, t[:300].reshape(3, 100), WEIGHTS)
    np.testing.assert_array_equal(reshaped.ravel(), psc.response(SPIKES, t[:300], WEIGHTS))
    assert psc.response(SPIKES, 50.0).shape == ()


def test_responses_without_spikes_and_at_no_times() -> None:
    for psc in FILTERS:
        np.testing.assert_array_equal(psc.response([], [1.0, 2.0]), [0.0, 0.0])
        assert psc.response([1.0], []).shape == (0,)
        assert psc.apply([], 0.1).shape == (0,)
        np.testing.assert_array_equal(psc.apply([3.0], 0.1), [0.0])


def test_many_spikes_far_apart_in_time_neither_overflow_nor_cost_a_loop() -> None:
    spikes = np.sort(RNG.uniform(0, 1e6, 20_000))
    t = np.linspace(0, 1e6, 10_000)
    psc = PSCFilter(5.0, 1)
    found = psc.response(spikes, t)
    some = RNG.integers(0, t.size, 20)
    expected = [psc.impulse(t[k] - spikes).sum() for k in some]
    np.testing.assert_allclose(found[some], expected, rtol=1e-10, atol=1e-15)
    assert found.mean() == pytest.approx(0.02, rel=0.05)  # 20 spikes a second, each of area 1


@pytest.mark.parametrize("psc", FILTERS, ids=name)
def test_a_signal_is_convolved_exactly(psc: LinearFilter) -> None:
    """Against quadrature of the impulse response, piece by piece, where the signal is constant."""
    dt, signal = 0.7, np.array([1.0, -2.0, 0.0, 3.0, 0.5, 0.5])
    found = psc.apply(signal, dt)
    for k in range(signal.size):
        expected = sum(
            signal[j] * quad(psc.impulse, (k - j - 1) * dt, (k - j) * dt, epsabs=1e-14, points=_kinks(psc))[0]
            for j in range(k)
        )
        assert found[k] == pytest.approx(expected, rel=1e-11, abs=1e-13)


def _kinks(psc: LinearFilter) -> list[float]:
    return [] if psc.pulse is None else [psc.pulse]


@pytest.mark.parametrize("psc", FILTERS, ids=name)
def test_a_signal_equals_numpys_convolution(psc: LinearFilter) -> None:
    signal = RNG.normal(size=(1000, 3))
    kernel = np.diff(psc.step(0.1 * np.arange(1000)), prepend=0.0)
    found = psc.apply(signal, "0.1 ms")
    expected = np.stack([np.convolve(kernel, channel)[:1000] for channel in signal.T], axis=1)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-13 * np.abs(kernel).sum())
    np.testing.assert_allclose(psc.apply(signal[:, 1], 0.1), found[:, 1], rtol=0, atol=1e-14)


@pytest.mark.parametrize("psc", FILTERS, ids=name)
def test_spikes_on_a_grid_equal_numpys_convolution_of_their_counts(psc: LinearFilter) -> None:
    dt, counts = 0.25, RNG.poisson(0.1, 800)
    t = dt * np.arange(800)
    found = psc.apply(np.repeat(t, counts), t=t)
    scale = np.abs(psc.impulse(t)).max() * counts.sum()
    expected = np.convolve(counts, psc.impulse(t))[:800]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-13 * scale)
    np.testing.assert_array_equal(psc.apply(SPIKES, t=t), psc.response(SPIKES, t))


@pytest.mark.parametrize("psc", FILTERS, ids=name)
def test_fine_signals_act_like_the_spikes_they_are(psc: LinearFilter) -> None:
    """Pulses of area 1, two thousandths of a millisecond long."""
    dt, steps = 0.002, np.array([100, 1100, 1500])
    signal = np.zeros(8000)
    signal[steps] = 1 / dt
    found = psc.apply(signal, dt)
    middle = (steps + 0.5) * dt
    t = dt * np.arange(8000)
    away = np.abs(t[:, None] - middle).min(axis=1) > dt
    np.testing.assert_allclose(found[away], psc.response(middle, t[away]), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda f: f.impulse([np.nan]), ParameterError, r"Alpha\.impulse\.t.*finite"),
        (lambda f: f.impulse("3 mV"), UnitError, "must be in ms"),
        (lambda f: f.step(np.inf), ParameterError, r"Alpha\.step\.t.*finite"),
        (lambda f: f.response([np.nan], [1.0]), ParameterError, r"spike_times.*finite"),
        (lambda f: f.response(1.0, [1.0]), ParameterError, "must be a list of times"),
        (lambda f: f.response([[1.0]], [1.0]), ParameterError, "must be a list of times"),
        (lambda f: f.response([1.0, 2.0], [1.0], [1.0]), ParameterError, r"weights = \(1,\).*or 2, one for"),
        (lambda f: f.apply([1.0, np.inf], 0.1), ParameterError, r"signal.*finite"),
        (lambda f: f.apply(1.0, 0.1), ParameterError, "shape must be"),
        (lambda f: f.apply(np.zeros((2, 2, 2)), 0.1), ParameterError, "shape must be"),
        (lambda f: f.apply([1.0]), ParameterError, r"apply\(dt, t\).*dt for a signal, or t for spike times"),
        (lambda f: f.apply([1.0], 0.1, t=[1.0]), ParameterError, "must be one of the two"),
        (lambda f: f.apply([[1.0]], t=[1.0]), ParameterError, "must be a list of times"),
        (lambda f: f.apply([1.0], 0.0), ParameterError, r"dt = 0\.0: must be one positive time"),
        (lambda f: f.apply([1.0], "1 mV"), UnitError, "must be in ms"),
    ],
)
def test_what_cannot_be_filtered_is_refused(call, error, message) -> None:
    with pytest.raises(error, match=message):
        call(Alpha(5.0))


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Alpha(-1.0), ParameterError, r"Alpha\.tau = -1\.0: must be one positive time"),
        (lambda: Alpha(1.0, "max"), ParameterError, r"Alpha\.normalize"),
        (lambda: BiExponential(5.0, 1.0), ParameterError, r"tau_rise = 5\.0: must not be longer.*Swap"),
        (lambda: BiExponential(0.0, 1.0), ParameterError, "positive time"),
        (lambda: BiExponential(1.0, "5 mV"), UnitError, "must be in ms"),
        (lambda: BiExponential(1.0, 2.0).copy(tau_decay=0.5), ParameterError, "must not be longer"),
        (lambda: BiExponential(1.0, 2.0, gain=np.nan), ParameterError, "finite"),
        (lambda: TwoStateKinetics(-1.0, 1.0), ParameterError, "alpha = -1.0: must not be negative"),
        (lambda: TwoStateKinetics(1.0, 0.0), ParameterError, r"beta = 0\.0: must be positive"),
        (lambda: TwoStateKinetics(1.0, 1.0, pulse=0), ParameterError, "pulse = 0: must be one positive time"),
        (lambda: TwoStateKinetics("1 1/ms", 1.0), UnitError, "alpha"),
        (lambda: Alpha(5.0).copy(tau="1 s", nope=1), ParameterError, r"Alpha\.nope.*there are tau, gain"),
    ],
)
def test_filters_that_cannot_be_are_refused(make, error, message) -> None:
    with pytest.raises(error, match=message):
        make()


def test_copies_keep_what_was_not_changed() -> None:
    psc = PSCFilter(5.0, 2, "peak", 3.0)
    twin = psc.copy(tau="8 ms", name="Slow")
    assert (twin.tau, twin.order, twin.normalize, twin.gain) == (8.0, 2, "peak", 3.0)
    assert repr(twin) == "Slow(tau=8 ms, gain=3)"
    assert psc.tau == 5.0
    assert twin.impulse(16.0) == pytest.approx(3.0, rel=1e-14)


def test_tables_and_latex() -> None:
    assert BiExponential(0.5, 7.0).table().splitlines() == [
        "parameter  default  unit  meaning",
        "tau_rise   0.5      ms    time constant of the rise",
        "tau_decay  7        ms    time constant of the decay",
        "gain       1        1     factor on the current",
    ]
    lines = TwoStateKinetics(1.1, 0.19).latex().splitlines()
    assert lines[3] == r"\frac{d\mathrm{off}}{dt} &= - \beta \mathrm{off} \\"
    assert lines[5] == r"I &= \mathrm{off} + \mathrm{on} \\"
    assert lines[6] == r"\text{a spike}\quad & N \leftarrow N + w \\"
    assert lines[7].startswith(r"\text{1 ms later}\quad & N \leftarrow N - w,\; ")
