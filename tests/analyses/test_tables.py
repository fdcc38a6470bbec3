"""Decision tables: exact boxes, against those that others list and against every value tried one by one."""

import json
import os
import re
import subprocess
import sys
from datetime import date
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policydsl.analyses.boxes import Box, Cell, Column, Interval, Point, Rule, gaps, hidden, overlaps, sample
from policydsl.analyses.tables import table_reports
from policydsl.base.calendar import parse_day
from policydsl.front.load import load_files

ROOT = Path(__file__).parents[2]
OUTSIDE = ROOT.parent / "shared/data/decision_tables.json"

# --- boxes listed by others ----------------------------------------------------------------------


def number(text: str) -> Fraction | int | None:
    if text in {"-inf", "+inf"}:
        return None
    if day := parse_day(text):
        return day
    return int(found.group(1)) if (found := re.fullmatch(r"P(\d+)M", text)) else Fraction(text)


def cell(text: str, values: tuple[Point, ...] | None) -> Cell:
    """Return what a cell of DMN asks for, or a stretch of a box as the analyser of others writes it."""
    if text in {"-", "[-inf,+inf]"}:
        return None
    if values is not None:
        words = [{"true": True, "false": False}.get(v, v) for v in re.findall(r"\w+", text)]
        if "," in text:
            low, high = values.index(words[0]), values.index(words[-1])
            return frozenset(values[low : high + (text[-1] == "]")])
        return frozenset(words)
    if found := re.fullmatch(r"([(\[])(.+?)(?:\.\.|,)(.+?)([)\]])", text):
        least, most = number(found.group(2)), number(found.group(3))
        closed = found.group(1) == "[" and least is not None, found.group(4) == "]" and most is not None
        return Interval(least, most, *closed)
    if found := re.fullmatch(r"(<=|>=|<|>)(.+)", text):
        op, end = found.group(1), number(found.group(2))
        below = op[0] == "<"
        return Interval(None if below else end, end if below else None, op == ">=", op == "<=")
    point = number(text)
    return Interval(point, point, low_closed=True, high_closed=True)


def column(kind: str, domain: str | None) -> Column:
    if kind.endswith(":boolean"):
        return Column(values=(False, True))
    if ":{" in kind:
        return Column(values=tuple(re.findall(r"\w+", kind.partition(":")[2])))
    whole = kind.endswith((":date", "Duration"))
    bounds = cell(domain, None) if domain else None
    return Column(domain=bounds, whole=whole) if isinstance(bounds, Interval) else Column(whole=whole)


def box(cells: list[str], columns: list[Column]) -> Box:
    made = [cell(text, c.values) for text, c in zip(cells, columns, strict=False)]
    return tuple(made + [None] * (len(columns) - len(made)))


TABLES: list[dict[str, Any]] = (
    json.loads(OUTSIDE.read_text(encoding="utf-8"))["tables"] if OUTSIDE.is_file() else [{"name": "absent"}]
)


@pytest.mark.skipif(not OUTSIDE.is_file(), reason="outside data is not part of the project")
@pytest.mark.parametrize("table", TABLES, ids=lambda t: t["name"])
def test_the_boxes_that_another_analyser_lists(table: dict[str, Any]) -> None:
    columns = [column(k, d) for k, d in zip(table["cols"], table["domain"], strict=True)]
    rules: list[Rule] = [box([c for c in r if not c.startswith("->")], columns) for r in table["rules"]]
    assert set(gaps(columns, rules)) == {box(g, columns) for g in table["gaps"]}
    found = {(frozenset({o.first + 1, o.second + 1}), o.box) for o in overlaps(columns, rules)}
    listed = {(frozenset(o["rules"]), box(o["region"], columns)) for o in table["overlaps"]}
    same_box = found if table["hit"] != "ANY" else {f for f in found if f in listed}
    assert same_box == listed


# --- every value, one by one ---------------------------------------------------------------------

ENDS = st.one_of(st.none(), st.integers(0, 4))


@st.composite
def cells(draw: st.DrawFn, values: tuple[Point, ...] | None) -> Cell:
    if draw(st.booleans()) and draw(st.booleans()):
        return None
    if values is not None:
        return frozenset(draw(st.lists(st.sampled_from(values), min_size=1)))
    low, high = draw(ENDS), draw(ENDS)
    return Interval(low, high, draw(st.booleans()) and low is not None, draw(st.booleans()) and high is not None)


SPACE = (Column(whole=True), Column(values=("a", "b", "c")))
RULES = st.lists(st.tuples(cells(None), cells(("a", "b", "c"))), max_size=4)


def fits(rule: Rule, point: tuple[Point, ...]) -> bool:
    return all(
        c is None or (c.holds(v) if isinstance(c, Interval) and not isinstance(v, str) else v in c)  # type: ignore[operator]  # cells fit columns
        for c, v in zip(rule, point, strict=True)
    )


@given(RULES)
def test_gaps_and_overlaps_are_exactly_the_values_where_none_or_two_fit(rules: list[Rule]) -> None:
    points = list(product(range(-2, 7), ("a", "b", "c")))
    found = gaps(SPACE, rules)
    for point in points:
        open_ = not any(fits(r, point) for r in rules)
        assert sum(fits(b, point) for b in found) == open_  # each value in one box at most
    for overlap in overlaps(SPACE, rules):
        for point in points:
            assert fits(overlap.box, point) == (
                fits(rules[overlap.first], point) and fits(rules[overlap.second], point)
            )
    for b in (*found, *(o.box for o in overlaps(SPACE, rules))):
        assert fits(b, sample(SPACE, b))
    for i in hidden(SPACE, rules):
        assert all(any(fits(r, p) for r in rules[:i]) for p in points if fits(rules[i], p))


def test_numbers_with_values_between_them() -> None:
    dense = Column()
    rules: list[Rule] = [
        (Interval(None, 5, low_closed=False, high_closed=False),),
        (Interval(6, None, low_closed=True, high_closed=False),),
    ]
    gap = (Interval(5, 6, low_closed=True, high_closed=False),)
    assert gaps([dense], rules) == (gap,)
    assert gaps([Column(whole=True)], [(Interval(None, 5, low_closed=False, high_closed=True),), rules[1]]) == ()
    assert sample([dense], (Interval(5, 6, low_closed=False, high_closed=False),)) == (Fraction(11, 2),)


# --- tables of policies --------------------------------------------------------------------------

POLICY = """policy "Bands"
    histories from 2025-01-01

role Network
enum Measure: nothing, close, finish

clause 1 "a score in steps of ten, between 0 and 100"
    state score: points = 100
    occurrence violation by Network
        field severe: boolean
        possible when score >= 10
    on violation
        set score = score - 10

clause 2 "measures by the score"
    table measure of score: Measure, first row that fits
        > 80:     nothing
        (50, 80): close
        <= 40:    finish
        (0, 30]:  close
        no row:   nothing

clause 3 "points by severity"
    table cost on violation of severe, score: points, exactly one row
        yes, any:   10
        no,  <= 50: 5
        no,  > 50:  0
"""


def test_tables_of_a_policy() -> None:
    (policy,) = load_files(["p.policy"], lambda _: (POLICY, ())).policies
    (measure, cost), unclear = table_reports(policy)
    assert unclear == ()
    assert [(s.kind, s.rows, s.box) for s in measure.spots] == [
        ("gap", (), (Interval(40, 50, low_closed=False, high_closed=True),)),
        ("gap", (), (Interval(80, 80, low_closed=True, high_closed=True),)),
        ("overlap", (3, 4), (Interval(0, 30, low_closed=False, high_closed=True),)),
    ]
    assert measure.spots[2].differs
    assert measure.hidden == (4,)
    assert "row 4 before row 3" in measure.suggestion
    assert not cost.spots
    assert not cost.hidden
    assert cost.suggestion.startswith("exactly one row")


BOUNDED = """policy "Fares"
    histories from 2025-01-01

clause 1 "by age and day, for an applicant younger than 70"
    parameter stay: days in 1 .. 30 default 3
    state balance: points = 0
    occurrence journey
        field age: count in 0 .. 99
        field when_: date in 2025-01-01 .. 2025-12-31
        possible when balance < 5
        where age < 70
    table fare on journey of age, when_: points, exactly one row
        < 18, any: 1
        any, < 2025-12-31: 2
    table room of stay: points, exactly one row
        (1, 29]: 1
    table left on journey of balance: points, exactly one row
        [0, 5): 1
"""


def test_what_is_declared_for_an_input_or_a_parameter_bounds_its_column() -> None:
    (policy,) = load_files(["p.policy"], lambda _: (BOUNDED, ())).policies
    (fare, room, left), _ = table_reports(policy)
    new_years_eve = Interval(date(2025, 12, 31).toordinal(), date(2025, 12, 31).toordinal(), True, True)  # noqa: FBT003  both ends
    adult = Interval(18, 70, low_closed=True, high_closed=False)
    assert [s.box for s in fare.spots if s.kind == "gap"] == [(adult, new_years_eve)]
    one, thirty = (Interval(n, n, low_closed=True, high_closed=True) for n in (1, 30))
    assert [s.box for s in room.spots] == [(one,), (thirty,)]
    # a state is bounded by nothing that an event asks of it
    assert [s.box for s in left.spots] == [
        (Interval(None, 0, low_closed=False, high_closed=False),),
        (Interval(5, None, low_closed=True, high_closed=False),),
    ]


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    own = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100"}
    command = [sys.executable, "-m", "policydsl", "tables", *arguments]
    return subprocess.run(command, cwd=folder, env=own, check=False, capture_output=True, text=True, timeout=60)


def test_the_command_tells_reachable_spots_from_others(tmp_path: Path) -> None:
    text = POLICY.replace("(50, 80):", "(50, 80]:").replace("<= 40: ", "<= 45: ")
    (tmp_path / "bands.policy").write_text(text, encoding="utf-8")
    done = run(tmp_path, "bands.policy")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "the table says what holds where no row fits" in done.stdout
    strict = text.replace("first row that fits", "exactly one row")
    (tmp_path / "bands.policy").write_text(strict, encoding="utf-8")
    assert run(tmp_path, "bands.policy").returncode == 1
    assert (
        "no row fits where 45 points < score <= 50 points; for example score 46 points: a history gets there"
        in done.stdout
    )
    assert "rows 3 and 4 both fit where 0 points < score <= 30 points, with different values" in done.stdout
    assert "row 4 is hidden" in done.stdout
    (tmp_path / "bands.policy").write_text(
        text.replace("<= 45: ", "<= 49: ").replace("(50, 80]", "[50, 79]"), encoding="utf-8"
    )
    other = run(tmp_path, "bands.policy")
    assert "no row fits where score is 80 points; for example score 80 points: a history gets there" in other.stdout
    assert run(tmp_path, "nowhere.policy").returncode == 3
    steps = (
        text.replace("(50, 80]:", "(55, 80]:").replace("<= 45: ", "<= 52: ").replace("        (0, 30]:  close\n", "")
    )
    (tmp_path / "bands.policy").write_text(steps, encoding="utf-8")
    good = run(tmp_path, "bands.policy")
    assert "52 points < score <= 55 points; for example score 53 points: no history ever gets there" in good.stdout
    assert good.returncode == 0


def test_columns_go_by_the_names_in_the_text_and_dates_are_dates(tmp_path: Path) -> None:
    text = """policy "Columns"
    effective 2024-01-01

role A

clause 1 "what is read before an event, a date, and a count so far"
    count acts: act, this one included, in all
    state last_day: date = 2024-01-01
    occurrence act by A
        field day_named: date default 2024-01-05
    on act
        set last_day = day_named
    table kind on act of last_day, acts: count, first row that fits
        <= 2024-03-01, <= 3: 1
        no row: 0
"""
    (tmp_path / "columns.policy").write_text(text, encoding="utf-8")
    done = run(tmp_path, "columns.policy")
    assert "kind of last day, acts (clause 1)" in done.stdout, done.stdout + done.stderr
    assert (
        "no row fits where last day <= 2024-03-01 and 3 < acts; for example last day 2024-03-01, acts 4" in done.stdout
    )
    assert "no row fits where 2024-03-01 < last day; for example last day 2024-03-02, acts 0" in done.stdout
