"""Optimisers: the contract, a hundred steps as PyTorch takes them, closed forms, errors."""

import numpy as np
import pytest
from sample_parameters import parameter

from neurosim.connectivity.contract import ContractError
from neurosim.errors import EquationError, NonFiniteError, ParameterError
from neurosim.kernels.core import threads
from neurosim.kernels.rate import descent
from neurosim.rate import (
    OPTIMISERS,
    SGD,
    AdaDelta,
    AdaGrad,
    Adam,
    AdaMax,
    AdamW,
    Affine,
    CosineDecay,
    NAdam,
    Optimiser,
    ReduceOnPlateau,
    RMSProp,
    Variable,
    check_optimiser,
    find_optimiser,
)

CASES = {
    "sgd": (SGD, {"learning_rate": 0.2}, "SGD", {}),
    "momentum": (
        SGD,
        {"learning_rate": 0.05, "momentum": 0.9, "weight_decay": 0.01},
        "SGD",
        {"momentum": 0.9, "weight_decay": 0.01},
    ),
    "nesterov": (
        SGD,
        {"learning_rate": 0.02, "momentum": 0.8, "nesterov": True},
        "SGD",
        {"momentum": 0.8, "nesterov": True},
    ),
    "adagrad": (AdaGrad, {"learning_rate": 0.3}, "Adagrad", {}),
    "rmsprop": (RMSProp, {"learning_rate": 0.01}, "RMSprop", {}),
    "rmsprop, all options": (
        RMSProp,
        {"learning_rate": 0.001, "rho": 0.9, "epsilon": 1e-6, "momentum": 0.9, "centred": True},
        "RMSprop",
        {"alpha": 0.9, "eps": 1e-6, "momentum": 0.9, "centered": True},
    ),
    "adadelta": (
        AdaDelta,
        {"learning_rate": 1.5, "rho": 0.8, "epsilon": 1e-5},
        "Adadelta",
        {"rho": 0.8, "eps": 1e-5},
    ),
    "adam": (Adam, {"learning_rate": 0.01}, "Adam", {}),
    "adam, all options": (
        Adam,
        {"learning_rate": 0.01, "beta_1": 0.8, "beta_2": 0.99, "epsilon": 1e-3, "weight_decay": 0.1},
        "Adam",
        {"betas": (0.8, 0.99), "eps": 1e-3, "weight_decay": 0.1},
    ),
    "adamw": (AdamW, {"learning_rate": 0.01, "weight_decay": 0.1}, "AdamW", {"weight_decay": 0.1}),
    "adamax": (AdaMax, {"learning_rate": 0.01, "beta_2": 0.99}, "Adamax", {"betas": (0.9, 0.99)}),
    "nadam": (
        NAdam,
        {"learning_rate": 0.01, "momentum_decay": 0.04},
        "NAdam",
        {"momentum_decay": 0.04},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_contract(case):
    kind, options, *_ = CASES[case]
    check_optimiser(lambda parameters: kind(parameters, **options))


@pytest.mark.parametrize("case", CASES)
def test_hundred_steps_as_torch(case):
    torch = pytest.importorskip("torch")
    ours, options, theirs, their_options = CASES[case]
    rng = np.random.default_rng(3)
    x, target = rng.standard_normal((20, 4)), rng.standard_normal((20, 3))
    start = [rng.standard_normal((4, 3)), rng.standard_normal(3)]
    w, b = (Variable(v.copy()) for v in start)
    tw, tb = (torch.tensor(v, requires_grad=True) for v in start)
    optimiser = ours([w, b], **options)
    reference = getattr(torch.optim, theirs)([tw, tb], lr=options["learning_rate"], **their_options)
    tx, t_target = torch.tensor(x), torch.tensor(target)
    for _ in range(100):
        optimiser.zero_grad()
        ((np.tanh(x @ w + b) - target) ** 2).mean().backward()
        optimiser.step()
        reference.zero_grad()
        ((torch.tanh(tx @ tw + tb) - t_target) ** 2).mean().backward()
        reference.step()
    np.testing.assert_allclose(w.value, tw.detach().numpy(), rtol=0, atol=1e-9)
    np.testing.assert_allclose(b.value, tb.detach().numpy(), rtol=0, atol=1e-9)
    assert not np.allclose(w.value, start[0], atol=1e-2)


ROSENBROCK = {  # learning rate that suits it, and steps
    "sgd": (0.001, 20_000),
    "momentum": (0.0003, 8000),
    "nesterov": (0.0005, 8000),
    "adagrad": (0.5, 8000),
    "rmsprop": (0.002, 5000),
    "rmsprop, all options": (0.0002, 5000),
    "adadelta": (0.02, 10_000),
    "adam": (0.02, 5000),
    "adam, all options": (0.02, 5000),
    "adamw": (0.02, 5000),
    "adamax": (0.05, 8000),
    "nadam": (0.02, 5000),
}


@pytest.mark.parametrize("case", CASES)
def test_ends_in_the_valley_of_rosenbrock(case):
    """(1 - x)^2 + 100 (y - x^2)^2 from (-1.2, 1), Rosenbrock 1960; its least value, 0, is at (1, 1)."""
    kind, options, *_ = CASES[case]
    rate, n_steps = ROSENBROCK[case]
    point = Variable(np.array([-1.2, 1.0]))
    optimiser = kind([point], **(options | {"learning_rate": rate, "weight_decay": 0.0}))
    for _ in range(n_steps):
        x, y = point.value
        point.grad = np.array([-2.0 * (1.0 - x) - 400.0 * x * (y - x * x), 200.0 * (y - x * x)])
        optimiser.step()
    np.testing.assert_allclose(point.value, [1.0, 1.0], atol=0.05)


def test_first_adam_step_is_the_learning_rate():
    """Bias correction makes the first step -rate*g/(|g| + epsilon), whatever the size of g."""
    x = parameter([1.0, 1.0, 1.0], [1e-6, -3.0, 0.0])
    Adam([x], 0.1, epsilon=1e-12).step()
    np.testing.assert_allclose(x.value, [0.9, 1.1, 1.0], rtol=1e-6)


def test_epsilon_stands_outside_the_root():
    x = parameter([0.0], [1e-3])
    Adam([x], 1.0, epsilon=1e-3).step()
    assert x.value[0] == pytest.approx(-0.5)  # 1e-3/(1e-3 + epsilon); inside the root it would be -0.03


def test_nadam_goes_on_when_the_product_of_momenta_has_vanished():
    x = parameter([0.0], [1.0])
    optimiser = NAdam([x], 0.01, beta_1=0.5)
    for _ in range(300):
        before = x.value[0]
        optimiser.step()
    # A constant gradient: every step is the learning rate, as far as mu(t) and mu(t + 1) are equal.
    assert before - x.value[0] == pytest.approx(0.01, rel=0.01)


def test_threads_change_no_bit(monkeypatch):
    rng = np.random.default_rng(5)
    start = rng.standard_normal(20_011).astype(np.float32)
    gradient = rng.standard_normal(start.size)
    results = []
    for share, processors in ((10**12, 2), (10_000, 2), (10_000, 7)):
        monkeypatch.setattr(descent, "SHARE", share)
        monkeypatch.setattr(threads, "processors", lambda n=processors: n)
        x = parameter(start, gradient, "float32")
        optimiser = Adam([x], 0.01)
        for _ in range(3):
            optimiser.step()
        results.append(x.value)
    for other in results[1:]:
        np.testing.assert_array_equal(other, results[0])


def test_a_parameter_named_twice_counts_once():
    x = parameter([1.0], [1.0])
    SGD([x, x], 0.5).step()
    assert x.value[0] == 0.5


def test_a_rule_of_ones_own():
    class SignDescent(Optimiser):
        rule = "w = w - where(g > zero, rate, -rate)"

    x = parameter([1.0, 1.0], [5.0, -5.0])
    SignDescent([x], 0.25).step()
    np.testing.assert_array_equal(x.value, [0.75, 1.25])

    class Incomplete(SignDescent):
        rule = "w = w - speed*g"

    with pytest.raises(ParameterError, match=r"Incomplete\.rule = 'speed': is no state"):
        Incomplete([x], 0.25).step()
    np.testing.assert_array_equal(x.value, [0.75, 1.25])


@pytest.mark.parametrize("rule", ["w -= rate*g", "w = ", "print(w)", "w[0] = g"])
def test_rules_that_are_no_assignments(rule):
    with pytest.raises(EquationError, match="not an assignment"):
        descent.load_rule(rule, ())


def test_the_contract_notices_a_broken_optimiser():
    class Uphill(SGD):
        rule = "w = w + rate*g"

    class Forgetful(SGD):
        def load_state(self, state):
            self._n_steps = state["n_steps"]

    for kind, promise in ((Uphill, "descends a valley"), (Forgetful, "a restored state goes on")):
        with pytest.raises(ContractError, match=promise):
            check_optimiser(lambda p: kind(p, 0.1, momentum=0.5))  # noqa: B023


def test_a_schedule_sets_the_rate_of_each_step():
    x = parameter([0.0], [1.0])
    optimiser = SGD([x], lambda step: 1.0 / 2**step)
    for expected in (-1.0, -1.5, -1.75):
        optimiser.step()
        assert x.value[0] == expected
    assert optimiser.rate == 0.125
    optimiser.learning_rate = 1.0
    optimiser.step()
    assert x.value[0] == -2.75


@pytest.mark.parametrize("rate", [-1.0, np.nan, np.inf, "fast", None])
def test_a_schedule_that_gives_no_rate_changes_nothing(rate):
    x = parameter([1.0], [1.0])
    optimiser = Adam([x], lambda step: rate)
    with pytest.raises(ParameterError, match=r"Adam\.learning_rate\(0\) = .* a schedule must give"):
        optimiser.step()
    assert x.value[0] == 1.0
    assert optimiser.n_steps == 0


def test_the_state_of_a_schedule_is_saved_too():
    x = parameter([0.0], [1.0])
    optimiser = SGD([x], ReduceOnPlateau(1.0, 0.5, patience=0))
    for _ in range(3):
        optimiser.observe(1.0)
    assert optimiser.rate == 0.25
    other = SGD([x], ReduceOnPlateau(1.0, 0.5, patience=0))
    other.load_state(optimiser.state())
    assert other.rate == 0.25
    plain = SGD([x], 0.3)
    plain.load_state(SGD([x], 0.7).state())
    assert plain.rate == 0.7
    with pytest.raises(ParameterError, match="rate"):
        plain.load_state({**plain.state(), "learning_rate": -1.0})
    with pytest.raises(ParameterError, match=r"CosineDecay\.load_state"):
        SGD([x], CosineDecay(1.0, 5)).load_state(optimiser.state())


def test_a_state_with_a_misspelt_entry():
    optimiser = Adam([parameter([1.0], [1.0])])
    with pytest.raises(ParameterError, match=r"'n_step': is no entry.* Did you mean 'n_steps'"):
        optimiser.load_state({**optimiser.state(), "n_step": 1})
    with pytest.raises(ParameterError, match="the entry 'arrays' is missing"):
        optimiser.load_state({k: v for k, v in optimiser.state().items() if k != "arrays"})


def test_a_gradient_that_is_not_finite_is_named():
    good, bad = parameter([1.0], [1.0]), parameter(np.ones((2, 3)), [[0.0, 0.0, 0.0], [0.0, np.nan, 0.0]])
    with pytest.raises(
        NonFiniteError,
        match=r"parameters\[1\], of shape \(2, 3\), is nan at \[1, 1\]; no parameter was changed",
    ):
        SGD([good, bad], 0.1).step()
    assert good.value[0] == 1.0


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda p: SGD([], 0.1), "SGD.parameters = .*nothing to learn"),
        (lambda p: SGD(Affine(2).parameters), r"SGD.parameters = .*with its parentheses"),
        (lambda p: SGD(Affine(2)), r"SGD.parameters = .*must be a list of Variables"),
        (lambda p: SGD([np.ones(3)], 0.1), r"SGD.parameters\[0\] = .*must be a Variable"),
        (lambda p: SGD(p, 0.0), "SGD.learning_rate = 0.0"),
        (lambda p: SGD(p, -1.0), "SGD.learning_rate = -1.0: must be positive"),
        (lambda p: SGD(p, "fast"), "SGD.learning_rate = 'fast'"),
        (lambda p: SGD(p, momentum=1.0), "SGD.momentum = 1.0"),
        (lambda p: SGD(p, nesterov=True), "SGD.nesterov"),
        (lambda p: SGD(p, weight_decay=-1.0), "SGD.weight_decay = -1.0"),
        (lambda p: SGD(p, l1=np.inf), "SGD.l1 = inf"),
        (lambda p: SGD(p, clip_norm=0.0), "SGD.clip_norm = 0.0: must be positive"),
        (lambda p: SGD(p, max_norm=-1.0), "SGD.max_norm = -1.0"),
        (lambda p: SGD(p, clipnorm=1.0), "SGD.clipnorm = 1.0: .* Did you mean 'clip_norm'"),
        (lambda p: SGD(p, lr=0.9), "SGD.lr = 0.9: .* Did you mean 'learning_rate'"),
        (lambda p: SGD(p, momentum=0.9, nesterov="no"), "SGD.nesterov = 'no': must be True or False"),
        (lambda p: SGD(p, decoupled=1), "SGD.decoupled = 1: must be True or False"),
        (lambda p: find_optimiser("lion"), "must be one of [a-z, ]*nadam.$"),
        (lambda p: SGD(p, momentun=0.9), "Did you mean 'momentum'"),
        (lambda p: Adam(p, np.nan), "Adam.learning_rate = nan"),
        (lambda p: Adam(p, beta_2=1.0), "Adam.beta_2"),
        (lambda p: Adam(p, epsilon=0.0), "Adam.epsilon"),
        (lambda p: AdamW(p, beta_1=-0.1), "AdamW.beta_1"),
        (
            lambda p: Adam(p).step(),
            r"Adam.step\(\).*no parameter has a gradient.*of a loss that depends on one",
        ),
        (lambda p: setattr(Adam(p), "beta_1", 0.5), r"Adam.beta_1 = 0.5: is fixed"),
        (lambda p: setattr(Adam(p), "learning_rate", 0.0), r"Adam.learning_rate = 0.0"),
        (lambda p: find_optimiser("adm"), "optimiser = 'adm': must be one of sgd, .*Did you mean 'adam'"),
    ],
)
def test_errors(make, message):
    with pytest.raises(ParameterError, match=message):
        make([Variable(1.0)])


def test_names_and_repr():
    assert [find_optimiser(name) for name in OPTIMISERS] == list(OPTIMISERS.values())
    shown = repr(AdamW([parameter(np.ones((100, 20)), np.ones((100, 20)))], l1=0.5))
    assert shown == (
        "AdamW(1 parameter of 2,000 weights, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-08, "
        "weight_decay=0.01, decoupled=True, l1=0.5; 0 steps)"
    )
