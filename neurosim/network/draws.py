"""Variables of a population that are drawn from distributions when its network is made."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from neurosim.distributions import Distribution
from neurosim.errors import ParameterError
from neurosim.network.stream import Stream


@dataclass(frozen=True)
class Assignment:
    """A value, or a distribution, for some units.

    Attributes
    ----------
    start, stop : int
        First unit, and the one after the last.
    value : Distribution or anything a variable can be set to
    number : int
        How many distributions the variable had been given before.
    """

    start: int
    stop: int
    value: Any
    number: int


class Draws:
    """What a population still has to draw, and what it has drawn.

    Each variable draws from a stream of its own, so another distribution for one leaves the others as they
    are. What was noted is kept, so that a network made anew draws anew.

    Parameters
    ----------
    population : Population

    Attributes
    ----------
    drawn : Counter of str
        How many distributions each variable has been given.
    """

    def __init__(self, population: Any) -> None:
        self.population = population
        self.stream: Stream | None = None
        self._noted: dict[str, list[Assignment]] = {}
        self.drawn: Counter[str] = Counter()

    @property
    def waiting(self) -> set[str]:
        """Variables whose values are not known yet."""
        return set() if self.stream else set(self._noted)

    def check_known(self, key: str, needed: set[str]) -> None:
        """Refuse to show what depends on values that are still to be drawn."""
        for name in sorted(needed & self.waiting):
            drawn = next(a.value for a in self._noted[name] if isinstance(a.value, Distribution))
            what = "is drawn" if name == key else f"depends on {name}, which is drawn"
            raise ParameterError(
                f"{self.population.name}[{key!r}]",
                drawn,
                f"{what} when the network is made",
                "Make it first.",
            )

    def note(self, key: str, start: int, stop: int, distribution: Distribution) -> None:
        """Let some units draw a variable: when the network is made, or at once if it has been.

        Raises
        ------
        ParameterError, UnitError
            If there is no such variable, the distribution does not have its unit, or what is drawn at once
            cannot be used.
        """
        unit, where = self.population.variables.unit_of(key), f"{self.population.name}.{key}"
        new = Assignment(start, stop, distribution.in_unit(unit, where), self.drawn[key])
        if self.stream:
            self._carry_out(key, new, self.stream)
        self.drawn[key] += 1
        whole = stop - start == self.population.n
        self._noted[key] = [*([] if whole else self._noted.get(key, [])), new]

    def note_values(self, key: str, start: int, stop: int, values: Any) -> None:
        """Remember values that come on top of a distribution; for all units, they take its place."""
        if key not in self._noted:
            return
        if stop - start == self.population.n:
            del self._noted[key]
        else:
            self.population.variables.converted(key, values, stop - start)
            self._noted[key].append(Assignment(start, stop, values, 0))

    def draw(self, stream: Stream) -> None:
        """Draw everything.

        Raises
        ------
        ParameterError
            If a value drawn is one that its variable cannot have.
        """
        self.stream = stream
        for key, assignments in self._noted.items():
            for assignment in assignments:
                self._carry_out(key, assignment, stream)

    def _carry_out(self, key: str, what: Assignment, stream: Stream) -> None:
        values = what.value
        if isinstance(values, Distribution):
            values = values.sample(what.stop - what.start, stream.generator(key, what.number))
        try:
            self.population.store(key, what.start, what.stop, values)
        except ParameterError as error:
            if values is what.value:
                raise
            remedy = "Cut the distribution off with low= or high=."
            where = f"{self.population.name}.{key}"
            raise ParameterError(
                where, what.value, f"draws values it cannot have ({error})", remedy
            ) from None
