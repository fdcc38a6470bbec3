"""Surface types: what a number measures. Units do not mix; the core below knows only sorts."""

from fractions import Fraction
from typing import Literal, TypeAlias

from policydsl.base import calendar
from policydsl.base.records import dataclass
from policydsl.core.expr import BOOL, DATE, INT, RAT, EnumSort, Sort, Value

Unit = Literal["integer", "points", "count", "days", "business days", "months"]


@dataclass(frozen=True, slots=True)
class BooleanType:
    """yes or no."""


@dataclass(frozen=True, slots=True)
class NumberType:
    """A whole number of `unit`."""

    unit: Unit


@dataclass(frozen=True, slots=True)
class PercentType:
    """An exact fraction, written in percent."""


@dataclass(frozen=True, slots=True)
class MoneyType:
    """An exact amount of `currency` (three letters, ISO 4217)."""

    currency: str


@dataclass(frozen=True, slots=True)
class DateType:
    """A civil day; with `optional`, maybe none."""

    optional: bool = False


@dataclass(frozen=True, slots=True)
class EnumType:
    """One of the values of an enumeration or reading."""

    sort: EnumSort


Type: TypeAlias = BooleanType | NumberType | PercentType | MoneyType | DateType | EnumType


def sort_of(type_: Type) -> Sort:
    """Return the sort of the core that carries `type_` (of an optional date: its date part)."""
    match type_:
        case BooleanType():
            return BOOL
        case NumberType():
            return INT
        case PercentType() | MoneyType():
            return RAT
        case DateType():
            return DATE
        case EnumType(sort=sort):
            return sort


def show_type(type_: Type) -> str:
    """Return `type_` as the language writes it."""
    match type_:
        case BooleanType():
            return "boolean"
        case NumberType(unit=unit):
            return unit
        case PercentType():
            return "percent"
        case MoneyType(currency=currency):
            return f"money {currency}"
        case DateType(optional=optional):
            return "date or none" if optional else "date"
        case EnumType(sort=sort):
            return sort.name


_UNIT_WORDS: dict[Unit, tuple[str, str]] = {
    "integer": ("", ""),
    "count": ("", ""),
    "points": (" point", " points"),
    "days": (" day", " days"),
    "business days": (" business day", " business days"),
    "months": (" month", " months"),
}


def show_value(value: Value | None, type_: Type) -> str:
    """Return `value` as the language writes it; None (an optional date that is not set) as `none`."""
    if value is None:
        return "none"
    match type_:
        case BooleanType():
            return "yes" if value else "no"
        case NumberType(unit=unit):
            return f"{value}{_UNIT_WORDS[unit][value not in {1, -1}]}"
        case PercentType():
            return f"{_decimal(Fraction(value) * 100)}%"
        case MoneyType(currency=currency):
            return f"{_decimal(Fraction(value))} {currency}"
        case DateType():
            return calendar.show_day(int(value))
        case EnumType():
            return str(value)


def _decimal(number: Fraction) -> str:
    """Return an exact decimal where there is one, else a fraction."""
    if number.denominator == 1:
        return str(number.numerator)
    for digits in range(1, 13):
        scaled = number * 10**digits
        if scaled.denominator == 1:
            sign = "-" if scaled < 0 else ""
            text = str(abs(scaled.numerator)).rjust(digits + 1, "0")
            return f"{sign}{text[:-digits]}.{text[-digits:]}"
    return str(number)
