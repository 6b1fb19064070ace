"""Python's garbage collector rests while a kernel is compiled, and only then."""

import gc
from collections.abc import Iterator
from typing import Any

import pytest
from numba import int64
from numba.core.errors import TypingError
from numba.extending import intrinsic

from neurosim.kernels.core.jit import kernel, task


def witness(seen: list[bool]) -> Any:
    """A function for kernels that is 0; the compiler notes whether the collector is at work."""

    @intrinsic
    def look(typing_context: Any) -> Any:
        seen.append(gc.isenabled())
        return int64(), lambda context, builder, signature, arguments: context.get_constant(int64, 0)

    return look


@pytest.fixture(params=[True, False], ids=["at work", "switched off"])
def at_work(request: pytest.FixtureRequest) -> Iterator[bool]:
    before = gc.isenabled()
    (gc.enable if request.param else gc.disable)()
    yield request.param
    (gc.enable if before else gc.disable)()


def test_it_rests_while_a_kernel_is_compiled(at_work: bool) -> None:
    seen: list[bool] = []
    look = witness(seen)
    assert kernel(lambda: look())() == 0
    assert set(seen) == {False}
    assert gc.isenabled() == at_work


def test_it_rests_while_a_task_is_compiled(at_work: bool) -> None:
    seen: list[bool] = []
    look = witness(seen)
    assert task(lambda table, step, first, last: look()).address
    assert set(seen) == {False}
    assert gc.isenabled() == at_work


def test_it_goes_on_after_a_kernel_that_cannot_be_compiled(at_work: bool) -> None:
    look = witness([])
    with pytest.raises(TypingError):
        kernel(lambda: look() + "a")()
    assert gc.isenabled() == at_work
