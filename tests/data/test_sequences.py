"""Tasks for recurrent networks: each target is what a plain program makes of the inputs."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from neurosim.data import (
    REBER_SYMBOLS,
    adding_task,
    copy_task,
    counting_task,
    image_rows,
    load_digits,
    mackey_glass,
    parity_task,
    reber_strings,
    temporal_xor,
)
from neurosim.errors import ParameterError

MAKERS = {
    "copy": copy_task,
    "adding": adding_task,
    "counting": counting_task,
    "parity": parity_task,
    "temporal xor": temporal_xor,
    "reber": reber_strings,
    "embedded": lambda n, **options: reber_strings(n, embedded=True, **options),
}


@pytest.mark.parametrize("case", MAKERS)
def test_the_seed_alone_decides(case):
    a, b, c = (MAKERS[case](7, seed=seed) for seed in (3, 3, 4))
    np.testing.assert_array_equal(a.inputs, b.inputs)
    np.testing.assert_array_equal(a.targets, b.targets)
    assert a.inputs.shape != c.inputs.shape or not np.array_equal(a.inputs, c.inputs)
    assert len(a) == 7
    assert a.inputs.ndim == 3
    assert a.lengths.max() == a.inputs.shape[1]


def test_copy():
    made = copy_task(20, n_symbols=5, length=4, delay=3)
    symbols = made.inputs.argmax(axis=2)
    assert made.inputs.shape == (20, 11, 7)
    assert (made.inputs.sum(axis=2) == 1).all()
    assert (symbols[:, 4:7] == 5).all()
    assert (symbols[:, 7] == 6).all()
    assert (symbols[:, 8:] == 5).all()
    assert (made.targets[:, :7] == 5).all()
    np.testing.assert_array_equal(made.targets[:, 7:], symbols[:, :4])
    assert set(symbols[:, :4].ravel()) == set(range(5))


def test_adding():
    made = adding_task(4000, length=11)
    values, marks = made.inputs[..., 0], made.inputs[..., 1]
    assert (marks[:, :5].sum(axis=1) == 1).all()
    assert (marks[:, 5:].sum(axis=1) == 1).all()
    np.testing.assert_allclose(made.targets[:, 0], (values * marks).sum(axis=1), rtol=1e-15)
    error = (made.targets - 1.0) ** 2  # its standard error is 0.2/sqrt(4000)
    assert abs(error.mean() - 1 / 6) < 5 * error.std() / np.sqrt(4000)


def test_counting_and_parity():
    for make, of in ((counting_task, lambda k: k), (parity_task, lambda k: k % 2)):
        made = make(30, length=9, probability=0.3)
        for pulses, targets in zip(made.inputs[..., 0], made.targets, strict=True):
            total = 0
            for pulse, target in zip(pulses, targets, strict=True):
                total += int(pulse)
                assert target == of(total)
    assert counting_task(2, probability=0).inputs.sum() == 0
    assert counting_task(2, length=5, probability=1).targets[:, -1].tolist() == [5, 5]


def test_temporal_xor():
    made = temporal_xor(4, n_triples=500)
    bits = np.concatenate([made.inputs[:, :, 0], made.targets[:, -1:, 0]], axis=1).astype(int)
    np.testing.assert_array_equal(made.targets[:, :-1], made.inputs[:, 1:])
    triples = bits.reshape(4, 500, 3)
    np.testing.assert_array_equal(triples[..., 0] ^ triples[..., 1], triples[..., 2])
    assert abs(bits.mean() - 0.5) < 5 * 0.5 / np.sqrt(4 * 500)


def follow(state, symbol):
    """The grammar once more, from the diagram: letters by the arrows between its nodes."""
    arrows = {
        "start": "B>1", "1": "T>2 P>3", "2": "S>2 X>4", "3": "T>3 V>5", "4": "X>3 S>6", "5": "P>4 V>6",
        "6": "E>end",
    }  # fmt: skip
    ways = dict(arrow.split(">") for arrow in arrows[state].split())
    return set(ways), ways.get(symbol)


def test_reber_strings_follow_the_grammar():
    made = reber_strings(200)
    assert made.inputs.shape[2] == len(REBER_SYMBOLS) == 7
    for inputs, targets, length in zip(made.inputs, made.targets, made.lengths, strict=True):
        state = "start"
        for t in range(length):
            symbol = REBER_SYMBOLS[inputs[t].argmax()]
            allowed, state = follow(state, symbol)
            assert symbol in allowed
            following, _ = follow(state, None)
            assert {REBER_SYMBOLS[k] for k in np.flatnonzero(targets[t])} == following
        assert following == {"E"}
        assert not inputs[length:].any()
        assert not targets[length:].any()


def test_embedded_strings_end_as_they_began():
    made = reber_strings(50, embedded=True)
    gates = made.inputs[:, 1]
    rows = np.arange(50)
    np.testing.assert_array_equal(made.inputs[rows, made.lengths - 1], gates)
    np.testing.assert_array_equal(made.targets[rows, made.lengths - 2], gates)
    assert (made.targets[rows, made.lengths - 1].argmax(axis=1) == REBER_SYMBOLS.index("E")).all()
    assert set(gates.argmax(axis=1)) == {REBER_SYMBOLS.index("T"), REBER_SYMBOLS.index("P")}


def test_images_as_rows():
    digits = load_digits()
    made = image_rows(digits)
    assert made.inputs.shape == (1797, 8, 8)
    np.testing.assert_array_equal(made.inputs[5, 2], digits.images[5, 16:24])
    assert repr(made) == "Sequences('rows of digits', 1797 of up to 8 steps, 8 inputs)"


MISUSES = {
    "none": lambda: adding_task(0),
    "too short": lambda: adding_task(1, length=1),
    "broken": lambda: copy_task(1, length=2.0),
    "delay": lambda: copy_task(1, delay=-1),
    "probability": lambda: parity_task(1, probability=1.5),
    "probability that is none": lambda: counting_task(1, probability=float("nan")),
    "seed": lambda: temporal_xor(1, seed=-1),
    "flag": lambda: reber_strings(1, embedded="yes"),
    "images": lambda: image_rows(np.zeros((3, 64))),
}


@pytest.mark.parametrize("case", MISUSES)
def test_misuse(case):
    with pytest.raises(ParameterError):
        MISUSES[case]()


def test_mackey_glass_starts_as_its_equation_says():
    x = mackey_glass(35)
    t = np.arange(18.0)
    drawn_to = 2.0 * 1.2 / (1.0 + 1.2**10)  # as long as the delayed value is the start
    first = drawn_to + (1.2 - drawn_to) * np.exp(-0.1 * t)
    np.testing.assert_allclose(x[:18], first, atol=1e-5)

    def slope(time, now):
        past = drawn_to + (1.2 - drawn_to) * np.exp(-0.1 * (time - 17.0))
        return 0.2 * past / (1.0 + past**10) - 0.1 * now

    later = solve_ivp(slope, (17.0, 34.0), first[-1:], t_eval=np.arange(17.0, 35.0), rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(x[17:], later.y[0], atol=2e-5)


def test_mackey_glass_is_chaotic_at_its_delay():
    one, other = mackey_glass(1500), mackey_glass(1500, start=1.2 + 1e-3)
    gap = np.abs(one - other)
    assert gap[:50].max() < 0.01
    assert gap[1000:].max() > 0.2
    calm = mackey_glass(1500, tau=4)
    assert np.ptp(calm[1400:]) < 1e-6  # below a delay of 4.53 it comes to rest, at 1
    assert calm[-1] == pytest.approx(1.0)


@pytest.mark.parametrize("arguments", [(0,), (10, 0), (10, 17, 0.0)])
def test_misuse_of_mackey_glass(arguments):
    names = ("n", "tau", "start")
    with pytest.raises(ParameterError, match=names[len(arguments) - 1]):
        mackey_glass(arguments[0], **dict(zip(names[1:], arguments[1:], strict=False)))
