"""How the many small objects that processes send each other are packed: by their fields."""

from collections.abc import Callable
from dataclasses import fields
from operator import attrgetter
from typing import Any, TypeVar

T = TypeVar("T")


def packed_by_fields(cls: type[T]) -> type[T]:
    """Have objects of the dataclass `cls` pickled as a call of it: twice as fast as `dataclass` with `slots` has it."""
    names = [f.name for f in fields(cls)]  # type: ignore[arg-type]  # a dataclass, as said
    cls.__reduce__ = packing(cls, names)  # type: ignore[assignment]  # a method may be replaced on a class
    return cls


def packing(cls: type, names: list[str]) -> Callable[[Any], tuple[Any, ...]]:
    """Return a `__reduce__` for `cls`, which is made of the values called `names`, in order."""
    if len(names) == 1:
        (name,) = names
        return lambda self: (cls, (getattr(self, name),))
    get = attrgetter(*names)
    return lambda self: (cls, get(self))
