"""What is undefined is owed and told, wherever it stands: rules, `where`, schedules, first values, claims."""

from textwrap import dedent

import pytest

from policydsl.core.system import Question
from policydsl.engines.verdict import Proved, Refuted
from tests.engines.asking import answer, answers
from tests.engines.reading import loaded

HEAD = """policy "Undefined"
    histories from 2025-01-01
    month ends refuse

role Somebody

clause 1 "all of it"
    state slot[1 .. 3]: integer = 0
    state n: integer in 0 .. 5 = 0
    occurrence e
        field i: integer in 0 .. 5
    on e
        set n = i
"""
NO_CLAIMS = 'claims about "Undefined"\n'

OWED = {
    "a `where` that rules out what is undefined": """
        occurrence g
            field i: integer in 0 .. 5
            where slot[i] = 1
        on g
            set slot[1] = 2
    """,
    "what a schedule does": """
        state d: date or none
        schedule monthly: each month on the last day
            set d = today + 1 month
    """,
    "the index in what a schedule does": """
        schedule weekly: each Monday
            set slot[n] = 1
    """,
    "what a missed duty does": """
        duty task of Somebody
            arises on e
            by today + 3 days
            if missed
                set slot[n] = 1
    """,
    "when a duty is discharged": """
        duty task of Somebody
            arises on e
            by today + 3 days
            discharged on e when slot[i] = 0
            if missed
                set slot[1] = 1
    """,
    "business days counted backward": """
        state d: date or none
        parameter wait: business days default 3 business days
        on e
            set d = today + wait
    """,
    "the first value": """
        state d: date or none = today + 1 month
    """,
    "a condition on first values": """
        state m: integer starts where slot[m] = 0
    """,
    "an assumption": """
        parameter p: date in 2025-01-01 .. 2025-12-31 default 2025-01-01
        assume p + 1 month < 2026-01-01
    """,
    "a definition by which a `where` rules out what is undefined": """
        occurrence g
            field i: integer in 0 .. 5
            where twice = 2
        define twice on g: integer = 2 * there
        define there on g: integer = slot[i]
        on g
            set slot[1] = 2
    """,
    "a new value by which a `where` does": """
        state m: integer = 0
        occurrence g
            field i: integer in 0 .. 5
            where new m = 1
        on g
            set m = slot[i]
    """,
    "a definition of how it starts": """
        state m: integer starts where there = 1
        define there: integer = slot[m]
    """,
    "a definition of what is assumed": """
        parameter p: date in 2025-01-01 .. 2025-12-31 default 2025-01-01
        define later: date = p + 1 month
        assume later > 2026-12-01
    """,
    "what a count adds up, by which a `where` does": """
        count marks: g adding slot[i], this one included, in all
        occurrence g
            field i: integer in 0 .. 5
            where marks = 1
        on g
            set slot[3] = 7
    """,
    "what a rolling count looks at, by which a `where` does": """
        count marks: g when slot[i] = 0, this one included, within any 9 days up to 3
        occurrence g
            field i: integer in 0 .. 5
            where marks = 0
        on g
            set slot[3] = 7
    """,
    "a deadline by which a `where` does": """
        occurrence g
            where new task.due is not none and new task.due > today + 30 days
        duty task of Somebody
            arises on g
            by today + 1 month
            if missed
                set slot[1] = 1
    """,
    "an index in the new state": """
        on e when slot[new n] = 0
            set slot[1] = 0
    """,
}


def obligations(more: str) -> list[Question]:
    indented = "".join(f"    {line}\n" if line else "\n" for line in dedent(more).strip("\n").splitlines())
    policy, _ = loaded(HEAD + indented, NO_CLAIMS)
    return [Question(o.key, policy.system, o.property, None) for o in policy.system.obligations]


@pytest.mark.parametrize("where", OWED)
def test_it_is_owed_that_it_is_defined(where: str) -> None:
    asked = [q for q in obligations(OWED[where]) if q.key.startswith("defined:")]
    assert any(isinstance(v, Refuted) for v in answers(asked).values())


def test_what_is_defined_is_proved_to_be() -> None:
    asked = obligations("""
        parameter p: date in 2025-01-01 .. 2025-01-28 default 2025-01-01
        assume p + 1 month < 2026-01-01
        state m: integer in 1 .. 3 starts where m in [1, 3] and slot[m] = 0
        state d: date or none = start of month of today + 1 month
        occurrence g
            field i: integer in 1 .. 3
            where slot[i] >= 0
            where there <= 9 and new d is none
        define there on g: integer = slot[i]
        on g when new n > 0 and new n < 4 and slot[new n] >= 0
            set slot[i] = 1
        schedule monthly: each month on day 1
            set d = today + 1 month
        table read on e of i: integer, first row that fits
            [1, 3]: slot[i]
            any:    0
        table gathered on e of i: integer, all rows
            [1, 3]: slot[i]
    """)
    assert len([q for q in asked if q.key.startswith("defined:")]) >= 6
    assert {type(v) for v in answers(asked).values()} == {Proved}


EXCEPTED = """
    state d: date or none
    state at[1 .. 2]: count = 0
    define term on e: date = today + 1 month
    define there on e: integer = slot[i]
    on e
        set d = today + 1 month
        set at[1] = 1 when slot[2] = 0
        set slot[1] = slot[i]
    schedule monthly: each month on the last day
        set slot[every] = slot[n]

clause 2 "exceptions"
    exception to 1
    on e when {days}
        set d = none
    on e when not (1 <= i <= 3)
        set slot[1] = 0
    on monthly when {numbers}
        set slot[every] = 0
    define term on e: date
        today when {days}
    define there on e: integer
        7 when i > 3
        0 when i = 0
"""


def test_what_an_exception_goes_before_need_not_be_defined() -> None:
    for days, numbers, broken in (
        ("day of today > 28", "not (1 <= n <= 3)", set[str]()),
        ("day of today > 29", "n = 0", {"the rule on e in clause 1", "what `monthly` does", "`term`"}),
    ):
        policy, _ = loaded(HEAD + EXCEPTED.format(days=days, numbers=numbers), NO_CLAIMS)
        owed = [o for o in policy.system.obligations if o.key.startswith("defined:")]
        found = answers([Question(o.key, policy.system, o.property, None) for o in owed])
        refuted = {
            key.split(":")[1].partition("#")[0] for key, verdict in found.items() if isinstance(verdict, Refuted)
        }
        assert refuted == broken
        assert broken or {type(verdict) for verdict in found.values()} == {Proved}


def test_a_duty_that_is_open_asks_nothing_of_what_would_open_it() -> None:
    asked = obligations("""
        state m: integer = 1
        occurrence h
        occurrence done
        on h
            set m = 9
        on done or task.missed
            set m = 1
        duty task of Somebody
            arises on h when slot[m] = 0
            by today + 3 days
            discharged on done when slot[m - 8] = 0
            if missed
                set n = 0
    """)
    duty = [q for q in asked if "task" in q.key]
    assert {q.key for q in duty} >= {"defined:the duty `task`", "defined:the discharge of `task`"}
    assert {type(v) for v in answers(duty).values()} == {Proved}


def test_a_row_that_is_wanting_rules_nothing_out() -> None:
    table = """
        occurrence g
            field i: integer in 0 .. 5
            where mark = 1
        table mark on g of i: integer, first row that fits
            [1, 3]: 1
            {}: 7
        on g
            set slot[1] = 2
    """
    for last, expected in (("4", Refuted), ("any", Proved)):
        (gap,) = [q for q in obligations(table.format(last)) if q.key == "gap:mark"]
        assert isinstance(answers([gap])[gap.key], expected)


def test_rows_that_overlap_rule_nothing_out() -> None:
    table = """
        occurrence g
            field i: integer in 0 .. 5
            where mark = 1
        table mark on g of i: integer, exactly one row
            [0, 3]: {}
            {}:     1
            no row: 1
    """
    for first, second, expected in (("0", "[3, 5]", Refuted), ("0", "(3, 5]", Proved), ("1", "[3, 5]", Refuted)):
        (overlap,) = [q for q in obligations(table.format(first, second)) if q.key == "overlap:mark"]
        assert isinstance(answer(overlap), expected)


TWOFOLD = """
    occurrence g
        field i: integer in 0 .. 5
        where {}
    define fee on g: integer = 0
    on g when i > 2
        set slot[1] = 1
    on g when i < 4
        set slot[1] = 2

clause 2 "one exception"
    exception to 1
    define fee on g: integer
        1 when i > 2

clause 3 "another"
    exception to 1
    define fee on g: integer
        2 when i < 4
"""


@pytest.mark.parametrize(
    ("where", "key"), [("2 * fee = 3", "conflict:fee:2:3"), ("new slot[1] = 0", "conflict:slot[1]:1:1")]
)
def test_what_has_two_values_rules_nothing_out(where: str, key: str) -> None:
    policy, _ = loaded(HEAD + TWOFOLD.format(where), NO_CLAIMS)
    (owed,) = [o for o in policy.system.obligations if o.key == key]
    assert isinstance(answer(Question(key, policy.system, owed.property, None)), Refuted)


CLAIMS = """claims about "Undefined"

guarantee a "state"
    cites 1
    always slot[n] = 0

guarantee b "never"
    cites 1
    never slot[n] = 1

guarantee c "step"
    cites 1
    after e: slot[i] = 0

guarantee d "month"
    cites 1
    after e: today + 1 month > today

guarantee f "condition"
    cites 1
    after e when slot[i] = 1: n = 77

guarantee g "window"
    cites 1
    within 1 month of e: n >= 0

guarantee h "old"
    cites 1
    after e: old slot[n] = 0

guarantee j "both"
    cites 1
    between a history and the same history with other i of one e: slot[n] in the second history = 0

guarantee k "reached"
    cites 1
    possible n = 4 and slot[n] = 0

guarantee m "guarded"
    cites 1
    always 1 <= n <= 3 implies slot[n] = 0

guarantee o "step guarded"
    cites 1
    after e when 1 <= i <= 3: slot[i] = 0
"""


def test_a_claim_that_reads_what_is_undefined_does_not_hold() -> None:
    """`k` asks for a possibility: that it is proved means that there is none."""
    _, claims = loaded(HEAD, CLAIMS)
    found = answers([c.question for c in claims.values()])
    proved = {name for name, verdict in found.items() if isinstance(verdict, Proved)}
    assert proved == {"k", "m", "o"}
    assert {type(v) for name, v in found.items() if name not in proved} == {Refuted}


DATED = """policy "Dated"
    histories from 2025-01-01
    month ends refuse

clause 1 "all of it"
    parameter p: date in 2025-01-31 .. 2025-01-31 default 2025-01-31
    occurrence e
        field d: date
        where 2025-01-30 <= d <= 2025-01-31
    state happened: boolean = no
    on e when p > 2025-01-01
        set happened = yes
"""

UNDER = """claims about "Dated"

guarantee a "of a parameter"
    cites 1
    under p + 1 month > 2030-01-01
    always not happened

guarantee b "of a fact"
    cites 1
    under e.d + 1 month > 2030-01-01
    always not happened

guarantee c "between two histories"
    cites 1
    between a history and the same history with other d of one e when (
        (d in the first history) + 1 month > 2030-01-01): not happened in the first history

guarantee d "what is defined restricts"
    cites 1
    under e.d + 5 days > 2030-01-01
    always not happened
"""


def test_a_condition_that_is_undefined_keeps_no_history_away() -> None:
    _, claims = loaded(DATED, UNDER)
    found = answers([c.question for c in claims.values()])
    assert {name: type(verdict) for name, verdict in found.items()} == {
        "a": Refuted,
        "b": Refuted,
        "c": Refuted,
        "d": Proved,
    }
