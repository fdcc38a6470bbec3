"""Histories as text, read against a policy."""

from fractions import Fraction
from pathlib import Path

import pytest

from policydsl.base.calendar import from_civil
from policydsl.core.expr import EnumSort, Value
from policydsl.front.history import History
from policydsl.front.history_read import read_history
from policydsl.front.history_text import Fields, Scalar, read_tree
from policydsl.front.history_values import Unfit, parse_value
from policydsl.front.load import load, load_files
from policydsl.front.loaded import LoadedPolicy
from policydsl.front.types import BooleanType, DateType, EnumType, MoneyType, NumberType, PercentType, Type

POLICY = Path(__file__).parents[1] / "cli/fixtures/specs/score.policy"
CARD = EnumType(EnumSort("Card", ("yellow", "red")))


@pytest.fixture(scope="module")
def policy() -> LoadedPolicy:
    (loaded,) = load([POLICY]).policies
    return loaded


@pytest.mark.parametrize(
    ("text", "type_", "value"),
    [
        ("yes", BooleanType(), True),
        ("false", BooleanType(), False),
        ("31", NumberType("days"), 31),
        ("31 days", NumberType("days"), 31),
        ("1 day", NumberType("days"), 1),
        ("2 weeks", NumberType("days"), 14),
        ("1 year", NumberType("months"), 12),
        ("3 business days", NumberType("business days"), 3),
        ("-5 points", NumberType("points"), -5),
        ("50%", PercentType(), Fraction(1, 2)),
        ("12.5%", PercentType(), Fraction(1, 8)),
        ("100 CNY", MoneyType("CNY"), Fraction(100)),
        ("99.50", MoneyType("CNY"), Fraction(199, 2)),
        ("2024-02-29", DateType(), from_civil(2024, 2, 29)),
        ("none", DateType(optional=True), None),
        ("red", CARD, "red"),
    ],
)
def test_values_are_written_as_in_the_language(text: str, type_: Type, value: Value | None) -> None:
    assert parse_value(text, type_) == value


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("1", BooleanType()),
        ("3 points", NumberType("days")),
        ("3 days", NumberType("business days")),
        ("1.5", NumberType("points")),
        ("9" * 5000, NumberType("points")),
        ("50", PercentType()),
        ("100 USD", MoneyType("CNY")),
        ("2023-02-29", DateType()),
        ("none", DateType()),
        ("Red", CARD),
        ("", NumberType("count")),
    ],
)
def test_values_that_do_not_fit(text: str, type_: Type) -> None:
    assert isinstance(parse_value(text, type_), Unfit)


def test_yaml_and_json_say_the_same(policy: LoadedPolicy) -> None:
    yaml = (
        "start: 2024-01-01\nsteps: [{date: 2024-01-02, event: violation, severe: yes, expect: {watched_until: none}}]"
    )
    json = (
        '{"start": "2024-01-01", "steps": [{"date": "2024-01-02", "event": "violation", "severe": true,'
        ' "expect": {"watched_until": null}}]}'
    )
    found = [read_history(text, f"h.{kind}", policy) for text, kind in ((yaml, "yaml"), (json, "json"))]
    entries = []
    for history, wrong in found:
        assert wrong == ()
        assert isinstance(history, History)
        (entry,) = history.entries
        entries.append((entry.day, entry.inputs, [(e.target.name, e.value) for e in entry.expect]))
    assert entries[0] == entries[1]
    assert entries[0][1] == {"violation.severe": True, "violation.length": 31}


def test_places_are_exact(policy: LoadedPolicy) -> None:
    steps = '  - {date: 2024-01-02, event: violation, length: "3 points"}\n  - {date: 2024-01-01}\n'
    text = f"start: 2024-01-01\nsteps:\n{steps}"
    _, found = read_history(text, "h.yaml", policy)
    places = [(d.code, d.span.line, d.span.column, d.span.end_column) for d in found]
    assert places == [("E0504", 3, 50, 60), ("E0502", 4, 12, 22)]
    text = '{"start": "2024-01-01",\n "steps": [\n  {"date": "2024-01-02", "event": "violatoin"}]}'
    _, found = read_history(text, "h.json", policy)
    assert [(d.code, d.span.line, d.span.column, d.span.end_column) for d in found] == [("E0503", 3, 35, 46)]


@pytest.mark.parametrize(("step", "code"), [("date: 2024-02-31, event: violation", "E0504"), ("event: x", "E0501")])
def test_a_first_step_that_is_wrong_is_no_missing_start(policy: LoadedPolicy, step: str, code: str) -> None:
    _, found = read_history(f"steps: [{{{step}}}]", "h.yaml", policy)
    assert code in {d.code for d in found}
    assert not any("needs a start" in d.message for d in found)


def test_a_moment_is_a_day_in_the_policys_time_zone(policy: LoadedPolicy) -> None:
    moments = ["2024-01-02T15:59Z", "2024-01-02T16:00Z", "2024-01-03T05:00:00+08:00", "2024-01-03T23:59"]
    lines = "".join(f"  - {{at: {moment}, event: violation}}\n" for moment in moments)
    history, wrong = read_history(f"start: 2024-01-01\nsteps:\n{lines}", "h.yaml", policy)
    assert wrong == ()
    assert history is not None
    assert [e.day - from_civil(2024, 1, 1) + 1 for e in history.entries] == [2, 3, 3, 3]


@pytest.mark.parametrize("moment", ["2024-01-02 25:00", "noon", "0001-01-01T00:00+14:00", "9999-12-31T23:00-12:00"])
def test_moments_that_are_none(policy: LoadedPolicy, moment: str) -> None:
    _, found = read_history(f'start: 2024-01-01\nsteps: [{{at: "{moment}", event: violation}}]', "h.yaml", policy)
    assert {d.code for d in found} <= {"E0504", "E0502"}
    assert found


def test_a_history_without_a_start_begins_with_its_first_step(policy: LoadedPolicy) -> None:
    history, wrong = read_history("steps: [{date: 2024-05-06, event: violation}]", "h.yaml", policy)
    assert wrong == ()
    assert history is not None
    assert history.start == from_civil(2024, 5, 6)


def test_json_keeps_numbers_and_escapes() -> None:
    tree, wrong = read_tree('{"a": 1.50, "b": "\\u8fdd\\"", "c": [null, true]}', "h.json", is_json=True)
    assert wrong == ()
    assert isinstance(tree, Fields)
    first = tree.get("a")
    assert isinstance(first, Scalar)
    assert first.text == "1.50"
    assert '违"' in repr(tree)


ALL_ROWS = """policy "Rows"
    histories from 2025-01-01

enum Band: a, b

clause 1 "rows"
    state score: points = 0
    occurrence e
    on e
        set score = score + 1
    table band of score: Band, all rows
        any:  a
        >= 1: b
"""


def test_a_table_of_which_all_rows_count_has_no_one_value_to_expect() -> None:
    """It was that of the first row that fits."""
    rows = load_files({"r.policy": ALL_ROWS}, lambda _: (ALL_ROWS, ())).policies[0]
    for said, codes in (("band: a", ["E0503"]), ("rows of band: 2", [])):
        _, found = read_history(f"steps: [{{date: 2025-02-01, event: e, expect: {{{said}}}}}]", "h.yaml", rows)
        assert [d.code for d in found] == codes
