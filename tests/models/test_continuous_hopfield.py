"""The graded units of 1984: closed form, SciPy, and the energy that falls."""

import numpy as np
import pytest
from neurosim.models.hopfield import ContinuousHopfield, DenseMemory, Hopfield
from neurosim.models.hopfield.experiments import corrupt, random_patterns
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from neurosim.errors import ParameterError

RNG = np.random.default_rng(0)
PATTERNS = random_patterns(5, 80, RNG)
PROBES = corrupt(PATTERNS, 0.2, RNG)


@pytest.mark.parametrize("gain", [1.5, 10.0, 40.0])
@pytest.mark.parametrize("bias", [0.0, 2.0])
def test_the_energy_falls_all_the_way(gain, bias):
    memory = ContinuousHopfield(Hopfield(bias=bias).fit(PATTERNS), gain=gain, tau="10 ms")
    found = memory.recall(PROBES, "100 ms")
    assert found.outputs.shape == (101, 5, 80)
    falls = np.diff(found.energies, axis=0)
    assert falls.max() < 1e-9
    assert (found.energies[0] - found.energies[-1] > 1.0).all()
    np.testing.assert_allclose(memory.energy(found.outputs), found.energies)


def test_the_energy_is_that_of_the_paper():
    """Integral of the inverse of the output function, by quadrature."""
    memory = ContinuousHopfield(Hopfield(bias=0.3).fit(PATTERNS), gain=3.0)
    V = np.random.default_rng(1).uniform(-0.99, 0.99, 80)
    nodes, weights = np.polynomial.legendre.leggauss(60)
    within = 0.5 * (nodes + 1)
    integral = 0.5 * V * (np.arctanh(V[:, None] * within) @ weights) * memory.field / 3.0
    W = memory.memory.connectivity_.weights
    assert memory.energy(V) == pytest.approx(-0.5 * V @ W @ V - 0.3 * V.sum() + integral.sum(), abs=1e-6)


def test_one_pattern_comes_to_the_solution_of_its_equation():
    """With one pattern every unit obeys v = tanh(gain v)."""
    memory = ContinuousHopfield(Hopfield().fit(PATTERNS[:1]), gain=1.5)
    found = memory.recall(PROBES[0], "400 ms")
    v = brentq(lambda v: np.tanh(1.5 * v) - v, 0.1, 1.0, xtol=1e-14)
    np.testing.assert_allclose(found.outputs[-1, 0], v * PATTERNS[0], atol=1e-9)
    below = ContinuousHopfield(Hopfield().fit(PATTERNS[:1]), gain=0.8)
    assert np.abs(below.recall(PROBES[0], "400 ms").outputs[-1]).max() < 1e-3


def test_the_course_is_that_of_a_reference_solution():
    memory = ContinuousHopfield(Hopfield(bias=0.5).fit(PATTERNS), gain=2.0, tau="10 ms")
    W, h = memory.memory.connectivity_.weights, memory.field
    reference = solve_ivp(
        lambda t, u: (np.tanh(2.0 * u / h) @ W + 0.5 - u) / 10.0,
        (0.0, 20.0), h * PROBES[0].astype(float), rtol=1e-10, atol=1e-10, t_eval=[5.0, 20.0],
    )  # fmt: skip
    wanted = np.tanh(2.0 * reference.y / h).T
    errors = []
    for dt in (0.1, 0.05):
        found = memory.recall(PROBES[0], "20 ms", every="5 ms", dt=dt)
        errors.append(np.abs(found.outputs[[1, 4], 0] - wanted).max())
    assert errors[1] < 2e-3
    assert errors[0] / errors[1] == pytest.approx(2.0, abs=0.2)  # the coupling is of first order


def test_at_high_gain_it_recalls_what_the_binary_memory_recalls():
    binary = Hopfield().fit(PATTERNS)
    found = ContinuousHopfield(binary, gain=30.0).recall(PROBES)
    assert np.array_equal(found.states, binary.recall(PROBES).states)
    assert found.overlaps[-1].diagonal().min() > 0.99
    alone = ContinuousHopfield(binary, gain=30.0).recall(PROBES[2])
    np.testing.assert_allclose(alone.outputs[:, 0], found.outputs[:, 2], atol=1e-9)


def test_states_are_written_as_the_memory_writes_them():
    found = ContinuousHopfield(Hopfield(values=(0, 1)).fit((PATTERNS + 1) // 2)).recall((PROBES + 1) // 2)
    assert np.array_equal(found.states, (PATTERNS + 1) // 2)
    names = [text.get_text() for text in found.plot().get_legend().get_texts()]
    assert names == [f"Probe {k}" for k in range(5)]


def test_mistakes():
    memory = Hopfield().fit(PATTERNS)
    with pytest.raises(ParameterError, match="nothing is stored yet"):
        ContinuousHopfield(Hopfield())
    with pytest.raises(ParameterError, match="gain = 0: must be a positive number"):
        ContinuousHopfield(memory, gain=0)
    for wrong in ("a", None, [1, 2]):
        with pytest.raises(ParameterError, match=r"gain = .*: must be a positive number"):
            ContinuousHopfield(memory, gain=wrong)
    for none in (None, DenseMemory().fit(PATTERNS)):
        with pytest.raises(ParameterError, match="must be a Hopfield"):
            ContinuousHopfield(none)
    with pytest.raises(ParameterError, match="fields of its patterns are all 0"):
        ContinuousHopfield(Hopfield().fit([[1]]))
    with pytest.raises(ParameterError, match="rows equally long"):
        ContinuousHopfield(memory).recall([[1], [1, -1]])
    with pytest.raises(ParameterError, match="the stored patterns have 80 units"):
        ContinuousHopfield(memory).recall(PROBES[:, :10])
    with pytest.raises(ParameterError, match="from 0 to the duration"):
        ContinuousHopfield(memory).recall(PROBES, "20 ms", cue="30 ms")
    for outputs, message in ((np.full(80, 1.5), "from -1 to 1"), (np.zeros(3), "80 units"), ("a", "real")):
        with pytest.raises(ParameterError, match=message):
            ContinuousHopfield(memory).energy(outputs)
    with pytest.raises(ParameterError, match="not symmetric"):
        ContinuousHopfield(Hopfield("perceptron").fit(PATTERNS)).energy(PROBES)
