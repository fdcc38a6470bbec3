"""What is one change away, each place by itself: for whatever must tell all systems, or all expressions, apart."""

from collections.abc import Iterator
from dataclasses import fields, replace
from enum import Enum
from fractions import Fraction
from typing import Any, TypeVar

from policydsl.base.calendar import BusinessCalendar
from policydsl.core.expr import EnumLit, Use, Var

T = TypeVar("T")


def neighbours(of: T) -> Iterator[T]:
    """Yield everything that differs from a system or an expression in one place, well-formed or not."""
    yield from _changed(of)


def _changed(x: Any) -> Iterator[Any]:
    match x:
        case bool():
            yield not x
        case Enum():
            yield from (other for other in type(x) if other is not x)
        case str():
            yield f"{x}'"
        case int() | Fraction():
            yield x + 1
        case frozenset():
            yield x - {min(x)}
        case tuple():
            yield from [x[1:]] if x else []
            yield from ((*x[:i], made, *x[i + 1 :]) for i, part in enumerate(x) for made in _changed(part))
        case Var() | Use() | BusinessCalendar():  # what is behind a name is declared elsewhere
            yield replace(x, name=f"{x.name}'")
        case EnumLit():
            yield replace(x, value=f"{x.value}'")
        case None:
            pass
        case _:
            for field in fields(x):
                for made in _changed(getattr(x, field.name)):
                    yield replace(x, **{field.name: made})
