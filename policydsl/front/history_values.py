"""Values as histories and the command line write them: the language's own words, read by the type they are for."""

import difflib
import re
from fractions import Fraction
from typing import assert_never

from policydsl.base.calendar import parse_day
from policydsl.base.records import dataclass
from policydsl.core.expr import Value
from policydsl.front.types import (
    BooleanType,
    DateType,
    EnumType,
    MoneyType,
    NumberType,
    PercentType,
    Type,
    Unit,
    show_value,
)

_NUMBER = re.compile(r"([+-]?\d{1,15})(?: +([a-z ]+))?")
_DECIMAL = re.compile(r"([+-]?\d{1,15}(?:\.\d{1,12})?)(?: *(%|[A-Z]{3}))?")
_TRUTH = {"yes": True, "true": True, "no": False, "false": False}
_UNITS: dict[Unit, dict[str, int]] = {
    "integer": {},
    "count": {},
    "points": {"point": 1, "points": 1},
    "days": {"day": 1, "days": 1, "week": 7, "weeks": 7},
    "business days": {"business day": 1, "business days": 1},
    "months": {"month": 1, "months": 1, "year": 12, "years": 12},
}


@dataclass(frozen=True, slots=True)
class Unfit:
    """What would have fitted, in words; `close` is a name that was probably meant."""

    wanted: str
    close: str | None = None


def write_value(value: Value | None, type_: Type) -> str:
    """Return what `parse_value` reads as `value`, the shortest way; None, a date that is not set, as `none`."""
    return str(value) if isinstance(type_, NumberType) and value is not None else show_value(value, type_)


def parse_value(text: str, type_: Type) -> Value | Unfit | None:
    """Return the value of `type_` that `text` writes; None for an optional date that is not set."""
    text = text.strip()
    match type_:
        case BooleanType():
            return _TRUTH.get(text, Unfit("yes or no"))
        case NumberType(unit=unit):
            return _number(text, unit)
        case PercentType():
            found = _DECIMAL.fullmatch(text)
            fits = found is not None and found.group(2) == "%"
            return Fraction(found.group(1)) / 100 if found is not None and fits else Unfit("a percentage such as 50%")
        case MoneyType(currency=currency):
            found = _DECIMAL.fullmatch(text)
            fits = found is not None and found.group(2) in {None, currency}
            return (
                Fraction(found.group(1)) if found is not None and fits else Unfit(f"an amount such as 100 {currency}")
            )
        case DateType(optional=optional):
            return _date(text, optional=optional)
        case EnumType(sort=sort):
            if text in sort.values:
                return text
            close = difflib.get_close_matches(text, sort.values, 1, 0.6)
            return Unfit(f"one of {', '.join(sort.values)}", close[0] if close else None)
        case _:
            assert_never(type_)


def _number(text: str, unit: Unit) -> int | Unfit:
    found = _NUMBER.fullmatch(text)
    word = found.group(2) if found else None
    if found is None or (word is not None and word not in _UNITS[unit]):
        return Unfit("a whole number" if unit in {"integer", "count"} else f"a number of {unit} such as 3 {unit}")
    return int(found.group(1)) * (1 if word is None else _UNITS[unit][word])


def _date(text: str, *, optional: bool) -> int | Unfit | None:
    if optional and text == "none":
        return None
    day = parse_day(text)
    wanted = "a date that exists, such as 2023-01-31"
    return day if day is not None else Unfit(f"{wanted}, or none" if optional else wanted)
