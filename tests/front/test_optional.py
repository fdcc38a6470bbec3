"""Dates that may be none: in lists, in cells and values of tables, in definitions, behind an index."""

import pytest

from policydsl.core.system import Question
from policydsl.engines.verdict import Proved, Refuted
from policydsl.front.load import load_files
from tests.engines.asking import answers
from tests.engines.reading import loaded

LISTED = """policy "Listed"
    histories from 2025-01-01

clause 1 "no date is none, and none is no date"
    state d: date or none
    occurrence agree
        field on_day: date
    on agree
        set d = on_day
    define holiday: boolean = d in {2025-01-01, 2025-12-25}
    define unset_or_christmas: boolean = d in {none, 2025-12-25}
    table kind of d: count, first row that fits
        2025-01-01: 1
        none:       2
        any:        3
    table answer of kind: date or none, exactly one row
        1:      none
        2:      2025-01-01
        no row: 2025-02-02
    table reminders of kind: date or none, all rows
        1:      none
        1 or 2: 2025-01-01
    define due: date or none in 2026-01-01 .. 2026-12-31 = if d is none then none else 2026-05-05
"""

LISTED_CLAIMS = """claims about "Listed"

guarantee no_holiday "None is no holiday"
    cites 1
    always d is none implies not holiday

guarantee no_none "New Year is not none"
    cites 1
    always d is not none and d = 2025-01-01 implies holiday and not unset_or_christmas

guarantee cells "The cells of a table tell them apart"
    cites 1
    always if d is none then kind = 2 else if d = 2025-01-01 then kind = 1 else kind = 3

guarantee values "So do its values"
    cites 1
    always answer is none implies kind = 1

finding some "... and they can be none"
    cites 1
    never answer is none

guarantee included "A table with all rows includes none where a row says so"
    cites 1
    always kind = 2 implies reminders includes 2025-01-01 and not (reminders includes none)

guarantee unset "A date that may be none is in its range only if it is set"
    cites 1
    always due is none implies d is none
"""


def test_none_and_the_first_day_are_told_apart() -> None:
    policy, claims = loaded(LISTED, LISTED_CLAIMS)
    owed = [Question(o.key, policy.system, o.property, None) for o in policy.system.obligations]
    assert owed
    found = answers([*(c.question for c in claims.values()), *owed])
    assert {name for name, verdict in found.items() if isinstance(verdict, Refuted)} == {"some"}
    assert {type(verdict) for name, verdict in found.items() if name != "some"} == {Proved}


INDEXED = """policy "Indexed"
    histories from 2025-01-01

enum Kind: bill, letter

clause 1 "a value by its name, and by its full name"
    state due[Kind]: date or none
    state slot[1 .. 3]: date or none
    state last: date = today
    occurrence ask
        field kind: Kind
    on ask when {guard} is not none
        set last = {read}
"""


@pytest.mark.parametrize(
    ("guard", "read", "fine"),
    [
        ("due[bill]", "due[bill]", True),
        ("due[Kind.bill]", "due[Kind.bill]", True),
        ("due[bill]", "due[Kind.bill]", True),
        ("due[kind]", "due[kind]", True),
        ("due[kind]", "due[bill]", False),
        ("due[letter]", "due[bill]", False),
        ("due[letter]", "due[Kind.letter]", True),
        ("slot[2]", "slot[2]", True),
        ("slot[2]", "slot[1]", False),
    ],
)
def test_a_guard_is_of_one_variable(guard: str, read: str, fine: bool) -> None:  # noqa: FBT001  a column of the table
    text = INDEXED.format(guard=guard, read=read)
    found = load_files(("indexed.policy",), lambda _: (text, ())).diagnostics
    assert [d.code for d in found if d.is_error] == ([] if fine else ["E0302"])


DISPUTED = """policy "Disputed"
    histories from 2025-01-01

clause 1 "without more, 5 and May"
    state seen: count = 0
    occurrence look
    on look
        set seen = seen + 1
    define fee: count = 5
    define due: date or none = 2026-05-05

clause 2 "one exception"
    exception to 1
    define fee: count
        1 when seen = 3
    define due: date or none
        none when seen = 1

clause 3 "another"
    exception to 1
    define fee: count
        2 when {when}
    define due: date or none
        2025-01-01 when {when}
"""


@pytest.mark.parametrize(
    ("when", "steps"), [("seen in [1, 3]", {"fee": 3, "due": 1}), ("seen in [4, 5]", {"fee": None, "due": None})]
)
def test_exceptions_that_disagree_about_a_definition(when: str, steps: dict[str, int | None]) -> None:
    """A definition that is read in every state has one value, too; none is not the day that stands for it."""
    text = DISPUTED.format(when=when)
    read = load_files(("disputed.policy",), lambda _: (text, ()))
    assert not read.diagnostics
    system = read.policies[0].system
    found = answers([Question(o.key, system, o.property, None) for o in system.obligations])
    stories = {name: v.at if isinstance(v, Refuted) else None for name, v in found.items()}
    assert stories == {f"conflict:{name}:2:3": at for name, at in steps.items()}
