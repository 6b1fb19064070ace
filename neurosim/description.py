"""Objects as plain values and arrays, from which they can be made anew: the words of a saved file.

An object is described by its class and the arguments that make one like it. Nothing of a description is ever
carried out as a program: classes are looked up among those that are known already.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self

import numpy as np

from neurosim.errors import DataError, ParameterError

KNOWN: dict[str, type[Described]] = {}
"""Classes by the name under which they are described."""

REMEDY = "Use numbers, text or plain arrays instead; text may carry a unit, as in '5 ms'."


class Described:
    """Something that can be made anew from a description of itself.

    As it stands, that is the arguments of the class, found in attributes of the same names; other classes
    override the two methods. A class is known as soon as it is defined, one of a user's own too.
    """

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        KNOWN[name_of(cls)] = cls

    def description(self) -> dict[str, Any]:
        """Arguments of `from_description`: numbers, text, arrays, objects, and lists and dicts of them."""
        arguments = inspect.signature(type(self)).parameters.values()
        return {one.name: getattr(self, one.name) for one in arguments if one.kind is not one.VAR_KEYWORD}

    @classmethod
    def from_description(cls, **description: Any) -> Self:
        """Make one from what `description` returned."""
        make: Callable[..., Self] = cls
        return make(**description)


def name_of(kind: type) -> str:
    """Name of a class in a description: its own, and the module too if that is not one of neurosim."""
    own = kind.__module__.partition(".")[0] == "neurosim"
    return kind.__qualname__ if own else f"{kind.__module__}.{kind.__qualname__}"


class Describer:
    """Turns values into what JSON knows, and sets arrays and objects aside.

    Attributes
    ----------
    objects : list of dict
        Class and description of each object, after those it needs. One object in two places is described
        once.
    arrays : dict of str to ndarray
        By the place where each was found first; one array in two places is listed once.
    """

    def __init__(self) -> None:
        self.objects: list[dict[str, Any]] = []
        self.arrays: dict[str, np.ndarray] = {}
        self._seen: dict[int, tuple[Any, dict[str, Any]]] = {}

    def plain(self, value: Any, place: str) -> Any:
        """A value as JSON knows it.

        Lists, numbers, text and None are what they are; everything else has its kind as the only key.

        Parameters
        ----------
        value : Any
        place : str
            Where it is found, for messages and as the name of an array.

        Raises
        ------
        ParameterError
            If something cannot be described, such as a function.
        """
        if value is None or isinstance(value, bool | int | float | str):
            return value
        if isinstance(value, np.generic):
            return value.item()
        if isinstance(value, list):
            return self._items(value, place)
        if isinstance(value, tuple):
            return {"tuple": self._items(value, place)}
        if isinstance(value, Mapping):
            return {"dict": {str(key): self.plain(item, f"{place}/{key}") for key, item in value.items()}}
        if id(value) not in self._seen:
            # What is kept here cannot give its identity to something else.
            self._seen[id(value)] = (value, self._reference(value, place))
        return self._seen[id(value)][1]

    def _items(self, values: Sequence[Any], place: str) -> list[Any]:
        return [self.plain(item, f"{place}/{k}") for k, item in enumerate(values)]

    def _reference(self, value: Any, place: str) -> dict[str, Any]:
        # An array of another type may carry a unit.
        if type(value) in (np.ndarray, np.memmap) and value.dtype.kind in "biuf":
            self.arrays[place] = value
            return {"array": place}
        if not isinstance(value, Described):
            limit = f"is a {type(value).__name__}, which cannot be described in a file"
            raise ParameterError(place.replace("/", "."), value, limit, REMEDY)
        try:
            description = value.description()
        except AttributeError as error:
            limit = f"cannot be described in a file ({error})"
            remedy = "Let its class define description() and from_description()."
            raise ParameterError(place.replace("/", "."), value, limit, remedy) from None
        plain = {key: self.plain(item, f"{place}/{key}") for key, item in description.items()}
        self.objects.append({"class": name_of(type(value)), "description": plain})
        return {"object": len(self.objects) - 1}


class Maker:
    """Makes values anew from what a `Describer` found.

    Parameters
    ----------
    objects : sequence of mapping
    arrays : mapping of str to ndarray
    """

    def __init__(self, objects: Sequence[Mapping[str, Any]], arrays: Mapping[str, np.ndarray]) -> None:
        self.arrays = arrays
        self._made: list[Any] = []
        for described in objects:
            self._made.append(self._object(described))

    def value(self, plain: Any) -> Any:
        """The value that was turned into what JSON knows."""
        if isinstance(plain, list):
            return [self.value(item) for item in plain]
        if not isinstance(plain, dict):
            return plain
        ((kind, content),) = plain.items()
        if kind == "tuple":
            return tuple(self.value(item) for item in content)
        if kind == "dict":
            return {key: self.value(item) for key, item in content.items()}
        return self.arrays[content] if kind == "array" else self._made[content]

    def _object(self, described: Mapping[str, Any]) -> Any:
        name = described["class"]
        if name not in KNOWN:
            raise DataError(
                f"a {name} is of a class that is not known here. If it is your own, import it before loading."
            )
        description = {key: self.value(item) for key, item in described["description"].items()}
        return KNOWN[name].from_description(**description)
