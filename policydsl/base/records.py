"""The dataclasses of policydsl: to a reader and to the type checker Python's own, quicker to define and to make.

To make an object of a frozen class takes Python three times as long as of another, as it goes around its own ban on
assignments; and what it writes and compiles for each class, used or not, took a third of the start of a command. Here
the type checker alone refuses assignments, and what compares or hashes objects is written when it is first asked for.
"""

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING

__all__ = ["dataclass"]

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(*, frozen=False, eq=True, order=False, slots=False):  # noqa: ANN001, ANN201  as Python has it
        """Return what makes a dataclass of a class, as Python's `dataclass` does."""
        if frozen and slots and eq and not order:
            return _record
        return dataclasses.dataclass(frozen=frozen, eq=eq, order=order, slots=slots)


def _record(plain: type) -> type:
    plain.__doc__ = plain.__doc__ or plain.__name__  # else Python works out a signature to put there
    cls: type = dataclasses.dataclass(eq=False, repr=False, slots=True)(plain)
    fields = dataclasses.fields(cls)
    compared = [f.name for f in fields if f.compare]
    hashed = [f.name for f in fields if (f.compare if f.hash is None else f.hash)]
    shown = [f.name for f in fields if f.repr]
    same = f"{_values('self', compared)} == {_values('other', compared)}"
    methods = {
        "__eq__": _late(cls, "__eq__", f"self, other: {same} if other.__class__ is self.__class__ else NotImplemented"),
        "__hash__": _late(cls, "__hash__", f"self: hash({_values('self', hashed)})"),
        "__repr__": _late(cls, "__repr__", f"self: {f'{cls.__qualname__}('!r} + {_text(shown)} + ')'"),
    }
    for name, method in methods.items():
        if name not in cls.__dict__:
            setattr(cls, name, method)
    return cls


def _values(of: str, names: list[str]) -> str:
    return f"({''.join(f'{of}.{name}, ' for name in names)})"


def _text(names: list[str]) -> str:
    return " + ', ' + ".join(f"f'{name}={{self.{name}!r}}'" for name in names) or "''"


def _late(cls: type, name: str, written: str) -> Callable[..., object]:
    """Return a method of `cls` that puts what is `written` in its own place when it is first called."""

    def method(*given: object) -> object:
        made = eval(f"lambda {written}")  # noqa: S307  written here, of names of fields
        made.__name__, made.__qualname__ = name, f"{cls.__qualname__}.{name}"
        setattr(cls, name, made)
        return made(*given)

    return method
