"""Which days are business days in a country: what the `holidays` library knows of a policy's era."""

from datetime import date
from hashlib import sha256

from policydsl.base import calendar
from policydsl.base.calendar import MONDAY_TO_FRIDAY, BusinessCalendar, Day
from policydsl.base.diagnostic import Diagnostic
from policydsl.syntax import ast

_YEARS = 30
"""So many years from the one before a policy's first day; further off, Monday to Friday are business days."""


def business_days(place: ast.Name | None, start: Day, found: list[Diagnostic]) -> BusinessCalendar:
    """Return the business days that the header line `business days of place` declares, for histories from `start`."""
    if place is None:
        return MONDAY_TO_FRIDAY
    known = business_calendar(place.text, start)
    if known is None:
        message = f"no public holidays are known of `{place.text}`"
        found.append(Diagnostic("E0326", place.span, message, hint=_hint(place.text)))
        return MONDAY_TO_FRIDAY
    return known


def business_calendar(place: str, start: Day) -> BusinessCalendar | None:
    """Return the business days of `place` in the era that begins at `start`; None if the library does not know it.

    `place` is a country (ISO 3166-1, `CN`), or a part of one where holidays differ (ISO 3166-2, `DE-BY`).
    """
    import holidays  # noqa: PLC0415  only policies that ask for it pay for it

    country, _, part = place.partition("-")
    first = calendar.to_civil(start)[0] - 1
    years = range(max(first, date.min.year), min(first + _YEARS, date.max.year))
    try:
        known = holidays.country_holidays(country, subdiv=part or None, years=years)
    except NotImplementedError:  # so the library says "no such country"
        return None
    off: list[Day] = []
    worked: list[Day] = []
    for day in range(calendar.from_civil(years.start, 1, 1), calendar.from_civil(years.stop, 1, 1)):
        works = known.is_working_day(date.fromordinal(day))
        if works != calendar.is_business_day(day):
            (worked if works else off).append(day)
    digest = sha256(repr((off, worked)).encode()).hexdigest()[:12]
    return BusinessCalendar(f"{place}:{digest}", tuple(off), tuple(worked))


def _hint(place: str) -> str:
    """Return what to write instead: a part of the country, where the library knows the country."""
    import holidays  # noqa: PLC0415  heavy, and most policies have no business days

    parts = holidays.list_supported_countries(include_aliases=False).get(place.split("-", maxsplit=1)[0])
    if not parts:
        return "write the two letters of a country, as in ISO 3166: for example `CN` or `DE-BY`"
    return f"write one of {', '.join(f'`{place[:2]}-{part}`' for part in sorted(parts))}, or `{place[:2]}` alone"
