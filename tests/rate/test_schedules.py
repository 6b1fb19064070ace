"""Schedules: against PyTorch's, closed forms, warm-up before any, the plateau, errors."""

import math

import numpy as np
import pytest

from neurosim.errors import ParameterError
from neurosim.rate import (
    SGD,
    CosineDecay,
    Cyclical,
    ExponentialDecay,
    InverseDecay,
    ReduceOnPlateau,
    Schedule,
    StepDecay,
    Variable,
    WarmUp,
)

N_STEPS = 60
AS_TORCH = {
    "step": (StepDecay(0.4, 7, 0.5), "StepLR", {"step_size": 7, "gamma": 0.5}),
    "milestones": (
        StepDecay(0.4, (3, 20, 21), 0.5),
        "MultiStepLR",
        {"milestones": [3, 20, 21], "gamma": 0.5},
    ),
    "exponential": (ExponentialDecay(0.4, 0.9), "ExponentialLR", {"gamma": 0.9}),
    "inverse": (InverseDecay(0.4, 0.2), "LambdaLR", {"lr_lambda": lambda step: 1.0 / (1.0 + 0.2 * step)}),
    "cosine": (
        CosineDecay(0.4, N_STEPS, 0.1, restarts=False),
        "CosineAnnealingLR",
        {"T_max": N_STEPS, "eta_min": 0.1},
    ),
    "restarts": (
        CosineDecay(0.4, 8, 0.01),
        "CosineAnnealingWarmRestarts",
        {"T_0": 8, "eta_min": 0.01},
    ),
    "longer and longer": (
        CosineDecay(0.4, 4, stretch=3),
        "CosineAnnealingWarmRestarts",
        {"T_0": 4, "T_mult": 3},
    ),
    "triangles": (
        Cyclical(0.1, 0.4, 5),
        "CyclicLR",
        {"base_lr": 0.1, "max_lr": 0.4, "step_size_up": 5, "cycle_momentum": False},
    ),
    "halving": (
        Cyclical(0.1, 0.4, 5, 9, shape="halving"),
        "CyclicLR",
        {
            "base_lr": 0.1,
            "max_lr": 0.4,
            "step_size_up": 5,
            "step_size_down": 9,
            "mode": "triangular2",
            "cycle_momentum": False,
        },
    ),
    "shrinking": (
        Cyclical(0.1, 0.4, 5, shape="exponential", factor=0.97),
        "CyclicLR",
        {
            "base_lr": 0.1,
            "max_lr": 0.4,
            "step_size_up": 5,
            "mode": "exp_range",
            "gamma": 0.97,
            "cycle_momentum": False,
        },
    ),
    "warm-up": (WarmUp(0.4, 10, 0.25), "LinearLR", {"start_factor": 0.25, "total_iters": 10}),
}


@pytest.mark.parametrize("case", AS_TORCH)
def test_as_torch(case):
    torch = pytest.importorskip("torch")
    ours, theirs, options = AS_TORCH[case]
    optimiser = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.4)
    reference = getattr(torch.optim.lr_scheduler, theirs)(optimiser, **options)
    expected = []
    for _ in range(N_STEPS):
        expected.append(optimiser.param_groups[0]["lr"])
        optimiser.step()
        reference.step()
    np.testing.assert_allclose([ours(step) for step in range(N_STEPS)], expected, rtol=1e-9)
    assert np.ptp(expected) > 0.0


def test_closed_forms():
    assert [StepDecay(8.0, 2, 0.5)(k) for k in range(6)] == [8.0, 8.0, 4.0, 4.0, 2.0, 2.0]
    assert ExponentialDecay(1.0, 0.5)(10) == 2.0**-10
    assert InverseDecay(1.0, 0.1)(10) == 0.5
    cosine = CosineDecay(2.0, 100, 1.0, stretch=2)
    assert [cosine(k) for k in (0, 50, 100, 200, 300)] == pytest.approx([2.0, 1.5, 2.0, 1.5, 2.0])
    assert cosine(99) < 1.001
    assert CosineDecay(2.0, 100, 1.0, restarts=False)(10**6) == 1.0
    assert [Cyclical(0.0, 1.0, 2, 1)(k) for k in range(5)] == [0.0, 0.5, 1.0, 0.0, 0.5]


@pytest.mark.parametrize(
    "then", [0.5, *(ours for ours, *_ in AS_TORCH.values()), lambda step: 1.0 / (1 + step)]
)
def test_warm_up_before_any(then):
    schedule = WarmUp(then, 4)
    after = then if callable(then) else lambda step: then
    first = after(0)
    assert [schedule(k) for k in range(5)] == pytest.approx([0.0, first / 4, first / 2, 0.75 * first, first])
    assert [schedule(k) for k in range(4, 40)] == [after(k) for k in range(36)]


LOSSES = [5.0, 4.0, 3.0, 3.0, 2.9999, 3.1, 3.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 1.0, 1.0]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ({"patience": 2}, {"patience": 2}),
        ({"patience": 0, "threshold": 0.0}, {"patience": 0, "threshold": 0.0}),
        ({"patience": 1, "cooldown": 2}, {"patience": 1, "cooldown": 2}),
        ({"patience": 1, "lowest": 0.03}, {"patience": 1, "min_lr": 0.03}),
    ],
)
def test_plateau_as_torch(ours, theirs):
    torch = pytest.importorskip("torch")
    optimiser = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.4)
    reference = torch.optim.lr_scheduler.ReduceLROnPlateau(optimiser, factor=0.5, **theirs)
    schedule = ReduceOnPlateau(0.4, 0.5, **ours)
    for loss in LOSSES:
        schedule.observe(loss)
        reference.step(loss)
        assert schedule(0) == pytest.approx(optimiser.param_groups[0]["lr"], rel=1e-12)
    assert schedule(0) < 0.4


def test_plateau_goes_on_from_its_state_also_under_warm_up():
    whole, first, second = (WarmUp(ReduceOnPlateau(1.0, 0.5, patience=1), 3) for _ in range(3))
    for loss in LOSSES:
        whole.observe(loss)
    for loss in LOSSES[:8]:
        first.observe(loss)
    second.load_state(first.state())
    for loss in LOSSES[8:]:
        second.observe(loss)
    assert second(3) == whole(3) < 1.0
    assert second.state() == whole.state()


def test_plateau_begins_anywhere():
    schedule = ReduceOnPlateau(1.0, 0.5, patience=0)
    assert schedule.state()["best"] is None  # JSON knows no infinity
    schedule.load_state(schedule.state())
    for loss in (np.inf, 1e300, -1.0, -2.0):
        schedule.observe(loss)
    assert schedule(0) == 0.5  # infinity is no progress
    with pytest.raises(ParameterError, match=r"ReduceOnPlateau\.observe\(loss\) = nan"):
        schedule.observe(math.nan)
    with pytest.raises(ParameterError, match="Did you mean 'waited'"):
        schedule.load_state({**schedule.state(), "waitd": 3})
    assert schedule(0) == 0.5


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: StepDecay(0.0, 3), "StepDecay.rate = 0.0"),
        (lambda: StepDecay(0.1, 0), "StepDecay.every = 0"),
        (lambda: StepDecay(0.1, (5, 3)), r"StepDecay.every = \(5, 3\): must rise"),
        (lambda: ExponentialDecay(0.1, -1.0), "ExponentialDecay.factor = -1.0"),
        (lambda: InverseDecay(0.1, -1.0), "InverseDecay.decay = -1.0"),
        (lambda: CosineDecay(0.1, 2.5), "CosineDecay.period = 2.5"),
        (lambda: CosineDecay(0.1, 5, 0.2), "CosineDecay.lowest = 0.2: must be at most the rate"),
        (lambda: CosineDecay(0.1, 5, stretch=0), "CosineDecay.stretch = 0"),
        (lambda: Cyclical(0.2, 0.1, 5), "Cyclical.highest = 0.1: must be at least 0.2"),
        (lambda: Cyclical(0.1, 0.2, 5, shape="exponental"), "Did you mean 'exponential'"),
        (lambda: Cyclical(0.1, 0.2, 5, factor=1.5), "Cyclical.factor = 1.5"),
        (lambda: WarmUp(-0.1, 5), "WarmUp.then = -0.1"),
        (lambda: WarmUp(0.1, 0), "WarmUp.steps = 0"),
        (lambda: WarmUp(0.1, 5, start=1.0), "WarmUp.start = 1.0"),
        (lambda: WarmUp(0.1, 5).load_state({"rate": 1.0}), "must be empty"),
        (lambda: ReduceOnPlateau(0.1, 1.0), "ReduceOnPlateau.factor = 1.0"),
        (lambda: ReduceOnPlateau(0.1, patience=-1), "ReduceOnPlateau.patience = -1"),
        (lambda: StepDecay(0.1, 3)(-1), r"StepDecay\(step\) = -1"),
        (lambda: StepDecay(0.1, 3)(0.5), r"StepDecay\(step\) = 0.5"),
    ],
)
def test_errors(make, message):
    with pytest.raises(ParameterError, match=message):
        make()


def test_schedules_show_what_they_are():
    assert repr(WarmUp(StepDecay(0.1, 30), 5)) == (
        "WarmUp(then=StepDecay(rate=0.1, every=30, factor=0.1), steps=5, start=0.0)"
    )
    assert "now 0.1" in repr(ReduceOnPlateau(0.1))
    assert "StepDecay(rate=0.1" in repr(SGD([Variable(1.0)], StepDecay(0.1, 30)))
    assert all(isinstance(ours, Schedule) for ours, *_ in AS_TORCH.values())
