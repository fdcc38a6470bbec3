"""Civil dates as integers: the definition of date arithmetic.

A `Day` is the proleptic Gregorian ordinal of `datetime.date.toordinal`: 1 is 0001-01-01, a Monday. A `Month` is
`year * 12 + (month - 1)`: 24265 is February 2022. Years are astronomical: year 0 comes before year 1. Every function
is total over all integers, pure, and free of loops; `//` and `%` round down.

Sources:
* day number to civil date: C. Neri, L. Schneider, "Euclidean affine functions and their application to calendar
  algorithms", Software: Practice and Experience 53(4), 2023;
* civil date to day number, years counted from March: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms",
  `days_from_civil`;
* rounding of month ends: R. Monat, A. Fromherz, D. Merigoux, "Formalizing Date Arithmetic and Statically Detecting
  Ambiguities for the Law", ESOP 2024.
"""

import re
from bisect import bisect_left, bisect_right
from dataclasses import field
from enum import Enum
from typing import TypeAlias, assert_never

from policydsl.base.records import dataclass

Day: TypeAlias = int
Month: TypeAlias = int

_MARCH_0000 = -305
"""The day number of 0000-03-01. Years counted from March have their leap day at the end."""

_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_FEBRUARY = 1

_ISO = re.compile(r"([0-9]{4}|[+-][0-9]{4,12})-([0-9]{2})-([0-9]{2})")
_LAST_FOUR_DIGIT_YEAR = 9999


class Rounding(Enum):
    """Which day is meant when the target month is too short: 31 January plus one month.

    `LAST_DAY`              28 February, 29 in a leap year (rounding down).
    `FIRST_OF_NEXT_MONTH`   1 March (rounding up).
    `OVERFLOW`              3 March, in a leap year 2 March: the excess days are carried over.
    `REFUSE`                not defined by the document. Computes as `LAST_DAY`, so that it is total;
                            `month_addition_exact` is the obligation that this never matters.
    """

    LAST_DAY = "last day"
    FIRST_OF_NEXT_MONTH = "first of next month"
    OVERFLOW = "overflow"
    REFUSE = "refuse"


def is_leap(year: int) -> bool:
    """Return whether `year` has 366 days: 2000 and 2024 have, 1900 and 2023 have not."""
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def month_of(day: Day) -> Month:
    """Return the month that contains `day`: 2022-01-31 lies in 2022 * 12 + 0."""
    z = day - _MARCH_0000
    century = (4 * z + 3) // 146097
    z -= 146097 * century // 4
    year = (4 * z + 3) // 1461
    z -= 1461 * year // 4
    return 12 * (100 * century + year) + (5 * z + 2) // 153 + 2


def month_start(month: Month) -> Day:
    """Return the first day of `month`: `month_start(12)` is 1, that is 0001-01-01."""
    year, since_march = divmod(month - 2, 12)
    return 365 * year + year // 4 - year // 100 + year // 400 + (153 * since_march + 2) // 5 + _MARCH_0000


def month_length(month: Month) -> int:
    """Return how many days `month` has, 28 to 31."""
    year, index = divmod(month, 12)
    return 29 if index == _FEBRUARY and is_leap(year) else _LENGTHS[index]


def day_in_month(day: Day) -> int:
    """Return the number of `day` within its month, counted from 1: 2022-01-31 is number 31."""
    return day - month_start(month_of(day)) + 1


def from_civil(year: int, month: int, day: int) -> Day:
    """Return the day number of a civil date: `from_civil(1970, 1, 1)` is 719163.

    `month` and `day` count from 1. What lies outside its range is carried, months first: month 13 is January of
    the next year, 31 April is 1 May, day 0 is the last day of the month before.
    """
    return month_start(12 * year + month - 1) + day - 1


def to_civil(day: Day) -> tuple[int, int, int]:
    """Return `(year, month, day)` of a day number, months and days counted from 1: 719163 is `(1970, 1, 1)`."""
    month = month_of(day)
    return month // 12, month % 12 + 1, day - month_start(month) + 1


def month_addition_exact(day: Day, n: int) -> bool:
    """Return whether `n` months after `day` exists, so that no rounding takes place.

    30 January plus one month does not exist, 31 January plus two months does (31 March).
    """
    return day_in_month(day) <= month_length(month_of(day) + n)


def add_months(day: Day, n: int, rounding: Rounding) -> Day:
    """Return the same day of the month `n` months later (earlier if `n` is negative), rounded if it does not exist.

    `n` counts months; one year is twelve. A sum with days adds the months first, rounds once, then adds the days.
    2024-01-31 + 1 month: 2024-02-29 | 2024-03-01 | 2024-03-02 (`LAST_DAY` | `FIRST_OF_NEXT_MONTH` | `OVERFLOW`).
    2024-02-29 + 12 months: 2025-02-28 | 2025-03-01 | 2025-03-01.
    2024-03-31 - 1 month: 2024-02-29 | 2024-03-01 | 2024-03-02.
    """
    month = month_of(day)
    days_before = day - month_start(month)  # within the month
    target, length = month_start(month + n), month_length(month + n)
    if days_before < length:
        return target + days_before
    match rounding:
        case Rounding.LAST_DAY | Rounding.REFUSE:
            return target + length - 1
        case Rounding.FIRST_OF_NEXT_MONTH:
            return target + length
        case Rounding.OVERFLOW:
            return target + days_before
        case _:
            assert_never(rounding)


def weekday(day: Day) -> int:
    """Return the day of the week, 0 for Monday to 6 for Sunday."""
    return (day - 1) % 7


@dataclass(frozen=True, slots=True)
class BusinessCalendar:
    """Which days are business days: Monday to Friday, but for the days listed.

    `off` are days from Monday to Friday that are no business days (public holidays), `worked` Saturdays and Sundays
    that are; both ascend. `name` says where they are from, and tells two calendars apart.
    """

    name: str = ""
    off: tuple[Day, ...] = field(default=(), hash=False, repr=False)
    worked: tuple[Day, ...] = field(default=(), hash=False, repr=False)

    @property
    def plain(self) -> bool:
        """Whether no day is listed."""
        return not self.off and not self.worked


MONDAY_TO_FRIDAY = BusinessCalendar()


def is_business_day(day: Day, days: BusinessCalendar = MONDAY_TO_FRIDAY) -> bool:
    """Return whether `day` is a business day."""
    return business_rank(day, days) > business_rank(day - 1, days)


def business_rank(day: Day, days: BusinessCalendar = MONDAY_TO_FRIDAY) -> int:
    """Return how many business days there are up to `day`, that one included, beyond those up to day 0."""
    weeks, place = divmod(day - 1, 7)
    listed = bisect_right(days.worked, day) - bisect_right(days.off, day)
    return 5 * weeks + min(place + 1, 5) + listed


def add_business_days(day: Day, n: int, days: BusinessCalendar = MONDAY_TO_FRIDAY) -> Day:
    """Return the `n`-th business day strictly after `day`: counting starts the next day.

    `n == 0` gives `day` itself if it is a business day, otherwise the next one; a negative `n` is taken for 0.
    With Friday 2022-01-07: 0 gives that Friday, 1 Monday the 10th, 5 Friday the 14th, 6 Monday the 17th.
    With Saturday the 8th: 0 and 1 give Monday the 10th, 2 Tuesday the 11th. Were the 10th a holiday, 0 would give the
    Friday still, 1 Tuesday the 11th.
    """
    if days.plain:
        today = weekday(day)
        # A weekend counts on from its Friday (place 4 of the week); without counting it moves to Monday (place 5).
        place = min(today, 4 if n > 0 else 5)
        weeks, target = divmod(place + max(n, 0), 5)
        return day - today + 7 * weeks + target
    wanted = business_rank(day, days) + n if n > 0 else business_rank(day - 1, days) + 1
    latest = day + 7 * ((max(n, 0) + len(days.off)) // 5 + 2)
    return day + bisect_left(range(day, latest), wanted, key=lambda d: business_rank(d, days))


def parse_day(text: str) -> Day | None:
    """Return the day that ISO 8601 `text` writes, or None if it is not a date that exists.

    `2024-02-29` is a day; `2023-02-29`, `2024-2-29`, `20240229` and ` 2024-02-29` are none. Years outside 0000 to
    9999 are written with a sign, `+12022-01-11`. Accepts exactly what `show_day` writes, for years of up to 12 digits.
    """
    found = _ISO.fullmatch(text)
    if found is None:
        return None
    day = from_civil(*(int(part) for part in found.groups()))
    return day if show_day(day) == text else None


def show_day(day: Day) -> str:
    """Return `day` as ISO 8601 writes it: `2022-01-11`; years outside 0000 to 9999 as `+12022-01-11`, `-0044-03-15`."""
    year, month, number = to_civil(day)
    plain = 0 <= year <= _LAST_FOUR_DIGIT_YEAR
    return f"{year:04}-{month:02}-{number:02}" if plain else f"{year:+05}-{month:02}-{number:02}"
