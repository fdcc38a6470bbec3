"""The calendar against the standard library, hand-written tables and laws."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from policydsl.base.calendar import (
    BusinessCalendar,
    Day,
    Rounding,
    add_business_days,
    add_months,
    day_in_month,
    from_civil,
    is_business_day,
    is_leap,
    month_addition_exact,
    month_length,
    month_of,
    month_start,
    parse_day,
    show_day,
    to_civil,
    weekday,
)

DAYS = st.integers(-(10**9), 10**9)
MONTHS = st.integers(-(10**7), 10**7)
ROUNDINGS = st.sampled_from(Rounding)


def iso(text: str) -> Day:
    return date.fromisoformat(text).toordinal()


# Against the standard library


def test_every_day_of_four_hundred_years() -> None:
    for ordinal in range(date(1900, 1, 1).toordinal(), date(2300, 1, 1).toordinal()):
        d = date.fromordinal(ordinal)
        month = d.year * 12 + d.month - 1
        assert to_civil(ordinal) == (d.year, d.month, d.day)
        assert from_civil(d.year, d.month, d.day) == ordinal
        assert month_of(ordinal) == month
        assert month_start(month) == ordinal - d.day + 1
        assert day_in_month(ordinal) == d.day
        assert weekday(ordinal) == d.weekday()
        assert show_day(ordinal) == d.isoformat()
        assert parse_day(d.isoformat()) == ordinal


def test_every_month_of_the_standard_library() -> None:
    for month in range(12, 9999 * 12 + 11):
        first = date(month // 12, month % 12 + 1, 1).toordinal()
        after = date((month + 1) // 12, (month + 1) % 12 + 1, 1).toordinal()
        assert month_start(month) == first
        assert month_length(month) == after - first
        assert month_of(first) == month_of(after - 1) == month


@pytest.mark.parametrize("ordinal", [1, date.max.toordinal()])
def test_ends_of_the_standard_library(ordinal: int) -> None:
    d = date.fromordinal(ordinal)
    assert to_civil(ordinal) == (d.year, d.month, d.day)
    assert weekday(ordinal) == d.weekday()


# Beyond the standard library


@pytest.mark.parametrize(
    ("day", "civil", "text"),
    [
        (0, (0, 12, 31), "0000-12-31"),
        (-305, (0, 3, 1), "0000-03-01"),
        (-306, (0, 2, 29), "0000-02-29"),  # year 0 is divisible by 400
        (-365, (0, 1, 1), "0000-01-01"),
        (-366, (-1, 12, 31), "-0001-12-31"),
        (-146096, (-399, 1, 1), "-0399-01-01"),  # one cycle of 400 years before 0001-01-01
        (3652059, (9999, 12, 31), "9999-12-31"),
        (3652060, (10000, 1, 1), "+10000-01-01"),
        (365242500, (1000000, 12, 31), "+1000000-12-31"),  # 2500 cycles of 400 years from 0001-01-01
    ],
)
def test_far_years(day: Day, civil: tuple[int, int, int], text: str) -> None:
    assert to_civil(day) == civil
    assert from_civil(*civil) == day
    assert show_day(day) == text
    assert parse_day(text) == day


@given(DAYS, st.integers(-(10**6), 10**6))
def test_the_calendar_repeats_every_400_years(day: Day, cycles: int) -> None:
    """With every day of 400 years checked above, this checks every day."""
    moved = day + 146097 * cycles
    year, month, number = to_civil(day)
    assert to_civil(moved) == (year + 400 * cycles, month, number)
    assert weekday(moved) == weekday(day)


@pytest.mark.parametrize(
    ("year", "leap"),
    [(1900, False), (2000, True), (2023, False), (2024, True), (2100, False), (0, True), (-1, False), (-4, True)],
)
def test_leap_years(year: int, leap: bool) -> None:  # noqa: FBT001 -- a column of the table
    assert is_leap(year) == leap
    assert from_civil(year + 1, 1, 1) - from_civil(year, 1, 1) == 365 + leap


@pytest.mark.parametrize(
    ("civil", "expected"),
    [
        ((2022, 13, 1), "2023-01-01"),
        ((2022, 0, 1), "2021-12-01"),
        ((2022, 4, 31), "2022-05-01"),
        ((2022, 3, 0), "2022-02-28"),
        ((2023, 2, 29), "2023-03-01"),
    ],
)
def test_from_civil_carries(civil: tuple[int, int, int], expected: str) -> None:
    assert show_day(from_civil(*civil)) == expected


# Months


@pytest.mark.parametrize(
    ("start", "n", "last_day", "first_of_next", "overflow"),
    [
        # the target month is too short
        ("2023-01-31", 1, "2023-02-28", "2023-03-01", "2023-03-03"),
        ("2023-01-30", 1, "2023-02-28", "2023-03-01", "2023-03-02"),
        ("2023-01-29", 1, "2023-02-28", "2023-03-01", "2023-03-01"),
        ("2024-01-31", 1, "2024-02-29", "2024-03-01", "2024-03-02"),
        ("2024-01-30", 1, "2024-02-29", "2024-03-01", "2024-03-01"),
        ("2024-02-29", 12, "2025-02-28", "2025-03-01", "2025-03-01"),
        ("2024-02-29", -12, "2023-02-28", "2023-03-01", "2023-03-01"),
        ("2022-12-31", 2, "2023-02-28", "2023-03-01", "2023-03-03"),
        ("2023-12-31", 2, "2024-02-29", "2024-03-01", "2024-03-02"),
        ("2024-03-31", 1, "2024-04-30", "2024-05-01", "2024-05-01"),
        ("2024-03-31", -1, "2024-02-29", "2024-03-01", "2024-03-02"),
        ("2023-03-31", -1, "2023-02-28", "2023-03-01", "2023-03-03"),
        ("2024-05-31", -6, "2023-11-30", "2023-12-01", "2023-12-01"),
        ("2022-10-31", 13, "2023-11-30", "2023-12-01", "2023-12-01"),
        ("2096-02-29", 48, "2100-02-28", "2100-03-01", "2100-03-01"),
        # the day exists: nothing to round
        ("2024-01-28", 1, "2024-02-28", "2024-02-28", "2024-02-28"),
        ("2024-01-29", 1, "2024-02-29", "2024-02-29", "2024-02-29"),
        ("2024-02-29", 1, "2024-03-29", "2024-03-29", "2024-03-29"),  # the end of a month is not sticky
        ("2024-02-29", 48, "2028-02-29", "2028-02-29", "2028-02-29"),
        ("2022-12-31", 1, "2023-01-31", "2023-01-31", "2023-01-31"),
        ("2023-01-31", 2, "2023-03-31", "2023-03-31", "2023-03-31"),
        ("2023-01-15", -1, "2022-12-15", "2022-12-15", "2022-12-15"),
        ("2023-01-31", 0, "2023-01-31", "2023-01-31", "2023-01-31"),
    ],
)
def test_rounding_table(start: str, n: int, last_day: str, first_of_next: str, overflow: str) -> None:
    day = iso(start)
    assert show_day(add_months(day, n, Rounding.LAST_DAY)) == last_day
    assert show_day(add_months(day, n, Rounding.REFUSE)) == last_day
    assert show_day(add_months(day, n, Rounding.FIRST_OF_NEXT_MONTH)) == first_of_next
    assert show_day(add_months(day, n, Rounding.OVERFLOW)) == overflow
    assert month_addition_exact(day, n) == (last_day == first_of_next)


@given(DAYS)
def test_a_day_lies_in_its_month(day: Day) -> None:
    month = month_of(day)
    assert month_start(month) <= day < month_start(month + 1)
    assert 1 <= day_in_month(day) <= month_length(month)


@given(MONTHS)
def test_months_are_adjacent(month: int) -> None:
    assert month_start(month + 1) == month_start(month) + month_length(month)
    assert 28 <= month_length(month) <= 31
    assert month_of(month_start(month)) == month


@given(DAYS, MONTHS)
def test_an_exact_addition_keeps_the_day_and_needs_no_rounding(day: Day, n: int) -> None:
    results = {add_months(day, n, rounding) for rounding in Rounding}
    exact = results == {month_start(month_of(day) + n) + day_in_month(day) - 1}
    assert month_addition_exact(day, n) == exact


@given(DAYS, MONTHS)
def test_roundings_are_ordered(day: Day, n: int) -> None:
    down = add_months(day, n, Rounding.LAST_DAY)
    up = add_months(day, n, Rounding.FIRST_OF_NEXT_MONTH)
    assert down <= up <= add_months(day, n, Rounding.OVERFLOW) <= down + 3
    assert up - down == (0 if month_addition_exact(day, n) else 1)
    assert month_of(down) == month_of(day) + n


@given(DAYS, ROUNDINGS)
def test_no_months_change_nothing(day: Day, rounding: Rounding) -> None:
    assert add_months(day, 0, rounding) == day


@given(DAYS, st.integers(0, 400), MONTHS, st.sampled_from([Rounding.LAST_DAY, Rounding.FIRST_OF_NEXT_MONTH]))
@example(iso("2023-01-31"), 1, 1, Rounding.LAST_DAY)
def test_rounding_to_one_day_is_monotone(day: Day, later: int, n: int, rounding: Rounding) -> None:
    assert add_months(day, n, rounding) <= add_months(day + later, n, rounding)


def test_overflow_is_not_monotone() -> None:
    """31 January is before 1 February, one month later it is behind: 3 March, 1 March."""
    january, february = iso("2023-01-31"), iso("2023-02-01")
    assert add_months(january, 1, Rounding.OVERFLOW) > add_months(february, 1, Rounding.OVERFLOW)


@given(DAYS, st.integers(0, 400), st.integers(0, 400))
def test_more_months_are_later(day: Day, n: int, more: int) -> None:
    assert add_months(day, n, Rounding.LAST_DAY) <= add_months(day, n + more, Rounding.LAST_DAY)


# Weeks


@pytest.mark.parametrize(
    ("start", "n", "expected"),
    [
        # January 2022: the 3rd, 10th, 17th and 24th are Mondays
        ("2022-01-05", 0, "2022-01-05"),  # Wednesday
        ("2022-01-05", 1, "2022-01-06"),
        ("2022-01-05", 2, "2022-01-07"),
        ("2022-01-05", 3, "2022-01-10"),
        ("2022-01-07", 0, "2022-01-07"),  # Friday
        ("2022-01-07", 1, "2022-01-10"),
        ("2022-01-07", 5, "2022-01-14"),
        ("2022-01-07", 6, "2022-01-17"),
        ("2022-01-08", 0, "2022-01-10"),  # Saturday
        ("2022-01-08", 1, "2022-01-10"),
        ("2022-01-08", 2, "2022-01-11"),
        ("2022-01-08", 5, "2022-01-14"),
        ("2022-01-09", 0, "2022-01-10"),  # Sunday
        ("2022-01-09", 1, "2022-01-10"),
        ("2022-01-09", 6, "2022-01-17"),
        ("2022-01-10", 0, "2022-01-10"),  # Monday
        ("2022-01-10", 10, "2022-01-24"),
        ("2024-02-28", 2, "2024-03-01"),  # Wednesday, over a leap day
        ("2022-12-30", 1, "2023-01-02"),  # Friday, over a new year (holidays are not known here)
        ("2022-01-10", -1, "2022-01-10"),  # a negative count is taken for 0
        ("2022-01-08", -1, "2022-01-10"),
        ("2022-01-09", -9, "2022-01-10"),
    ],
)
def test_business_days_table(start: str, n: int, expected: str) -> None:
    assert show_day(add_business_days(iso(start), n)) == expected


def walk(d: date) -> Iterator[date]:
    """Yield the business days strictly after `d`."""
    while True:
        d += timedelta(days=1)
        if d.weekday() not in {5, 6}:
            yield d


def test_business_days_against_a_walk() -> None:
    for ordinal in range(date(2023, 1, 1).toordinal(), date(2026, 1, 1).toordinal()):
        d = date.fromordinal(ordinal)
        assert is_business_day(ordinal) == (d.weekday() not in {5, 6})
        assert add_business_days(ordinal, 0) == next(walk(d - timedelta(days=1))).toordinal()
        for n, expected in zip(range(1, 16), walk(d), strict=False):
            assert add_business_days(ordinal, n) == expected.toordinal()


@given(DAYS, st.integers(0, 10**6))
def test_business_days_add_up(day: Day, n: int) -> None:
    once = add_business_days(day, n)
    assert is_business_day(once)
    assert add_business_days(once, 1) == add_business_days(day, n + 1) or (n == 0 and not is_business_day(day))
    assert add_business_days(day + 7, n) == once + 7


@given(DAYS, st.integers(0, 400), st.integers(-(10**6), 10**6))
def test_business_days_are_monotone(day: Day, later: int, n: int) -> None:
    assert add_business_days(day, n) <= add_business_days(day + later, n)


LISTED = BusinessCalendar(
    "test",
    off=tuple(sorted(date(*d).toordinal() for d in ((2023, 10, 2), (2023, 10, 3), (2023, 10, 4), (2024, 1, 1)))),
    worked=tuple(sorted(date(*d).toordinal() for d in ((2023, 10, 7), (2023, 10, 8), (2024, 2, 4)))),
)


def test_listed_days_against_a_walk() -> None:
    for ordinal in range(date(2023, 9, 20).toordinal(), date(2024, 2, 20).toordinal()):
        works = (date.fromordinal(ordinal).weekday() < 5 or ordinal in LISTED.worked) and ordinal not in LISTED.off
        assert is_business_day(ordinal, LISTED) == works
        business = [d for d in range(ordinal, ordinal + 60) if is_business_day(d, LISTED)]
        assert add_business_days(ordinal, 0, LISTED) == add_business_days(ordinal, -3, LISTED) == business[0]
        for n, expected in enumerate((d for d in business if d > ordinal), start=1):
            assert add_business_days(ordinal, n, LISTED) == expected


@given(DAYS, st.integers(0, 400), st.integers(-5, 10**4))
def test_listed_days_keep_the_order(day: Day, later: int, n: int) -> None:
    assert add_business_days(day, n, LISTED) <= add_business_days(day + later, n, LISTED)
    assert is_business_day(add_business_days(day, n, LISTED), LISTED)


# Text


@given(DAYS)
def test_round_trips(day: Day) -> None:
    assert from_civil(*to_civil(day)) == day
    assert parse_day(show_day(day)) == day


@given(st.text("0123456789-+ ", max_size=12) | st.text(max_size=12))
def test_a_text_that_is_read_is_the_text_that_is_written(text: str) -> None:
    day = parse_day(text)
    assert day is None or show_day(day) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2022",
        "2022-01",
        "20220111",
        "2022-1-11",
        "2022-01-1",
        "22-01-11",
        "12022-01-11",
        "2022-00-11",
        "2022-13-11",
        "2022-01-00",
        "2022-01-32",
        "2022-04-31",
        "2023-02-29",
        "1900-02-29",
        "2022-01-11 ",
        " 2022-01-11",
        "2022-01-11\n",
        "2022/01/11",
        "2022-01-11T00:00",
        "2022-W02-2",
        "2022-011",
        "+2022-01-11",
        "-0000-01-11",
        "+012022-01-11",
        "２０２２-01-11",
        "٢٠٢٢-01-11",
        "+" + "9" * 5000 + "-01-11",
    ],
)
def test_texts_that_are_no_day(text: str) -> None:
    assert parse_day(text) is None


@pytest.mark.parametrize("text", ["2022-01-11", "2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31"])
def test_texts_that_are_a_day(text: str) -> None:
    assert parse_day(text) == iso(text)
