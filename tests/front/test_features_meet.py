"""What a text means where features of the language meet: answers worked out by hand from docs/language.md."""

from collections.abc import Sequence
from textwrap import dedent

import pytest

from policydsl.base.calendar import from_civil
from policydsl.core.system import Obligation, Question
from policydsl.engines.verdict import Proved, Refuted
from policydsl.front.load import load_files
from policydsl.front.loaded import LoadedPolicy
from policydsl.semantics.interpret import Rejected, initial_state, settle
from tests.engines.asking import answer, answers
from tests.engines.reading import loaded

HEAD = """policy "Meet"
    histories from 2025-01-01

role Sender
enum Kind: one, two

"""
CLAIMS = 'claims about "Meet"\n\n'


def clause(body: str, more: str = "") -> str:
    return f'{HEAD}clause 1 "all of it"\n{body}{more}'


def claim(name: str, *lines: str) -> str:
    return "\n    ".join((f'guarantee {name} "It"', "cites 1", *lines)) + "\n\n"


def verdicts(policy: str, *claims: str) -> dict[str, str]:
    """Return the names of the classes of the verdicts on claims, and on what the policy owes, by name."""
    _, made = loaded(policy, CLAIMS + "".join(claims))
    found = answers([c.question for c in made.values()])
    return {name: type(verdict).__name__ for name, verdict in found.items()}


def asked(policy: LoadedPolicy, owed: Obligation) -> Question:
    return Question(owed.key, policy.system, owed.property, None)


def mistakes(policy: str, *claims: str) -> Sequence[tuple[str, str]]:
    """Return the codes and messages of what is wrong with the claims."""
    texts = {"a.policy": dedent(policy), "a.claims": CLAIMS + "".join(claims)}
    found = load_files(tuple(texts), lambda name: (texts[name], ()))
    return [(d.code, d.message) for d in found.diagnostics]


def test_the_29th_of_february_is_mostly_the_28th() -> None:
    policy, _ = loaded(
        clause("""    state a: count = 0
    state b: count = 0
    schedule one: each year on February 28
        set a = a + 1
    schedule two: each year on February 29
        set b = b + 1
"""),
        CLAIMS,
    )
    state = initial_state(policy.system, {}, from_civil(2025, 1, 1), {})
    assert not isinstance(state, Rejected)
    for each in settle(policy.system, {}, state, from_civil(2028, 12, 31)):
        assert not isinstance(each, Rejected)
        state = each[1].state
    assert (state["a"], state["b"]) == (4, 4)


NUMBERS = clause("""    state a: count = 0
    state last: Kind = one
    occurrence letter
        field kind: Kind
    on letter when kind is two
        set a = 1
        set last = one
""")


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (("for every k: count in 0 .. 5", "possible a = k"), "E0205"),
        (("for every k: Kind", "possible after letter when kind = k: last = k"), "E0205"),
        (("for every kind: Kind", "after letter when kind is one: last is one"), "E0208"),
        (("for every two: Kind", "always last != two"), "E0202"),
        (("for every d: date or none", "always d is not none"), "E0302"),
    ],
)
def test_what_a_claim_says_for_every_value_is_clear(lines: tuple[str, str], code: str) -> None:
    assert [found for found, _ in mistakes(NUMBERS, claim("it", *lines))] == [code]


def test_a_value_and_a_fact_called_alike_are_told_apart_by_the_event() -> None:
    fact = claim("fact", "for every k: Kind", "after letter when letter.kind = k and k is two: last is one and a = 1")
    value = claim("value", "for every kind: Kind", "always kind is one implies last = kind")
    assert verdicts(NUMBERS, fact, value) == {"fact": "Proved", "value": "Proved"}


def test_a_deadline_that_is_over_is_none_like_any_other() -> None:
    policy, _ = loaded(
        clause(
            """    state d: date or none
    occurrence ask
    occurrence stop
    duty answer of Sender
        arises on ask
        by today + 3 days
        discharged on stop
    on stop
        set d = answer.due
""",
            """
clause 2 "the same in other words"
    on stop when not answer.open
        set d = none
""",
        ),
        CLAIMS,
    )
    (conflict,) = [o for o in policy.system.obligations if o.kind == "conflict"]
    assert isinstance(answer(asked(policy, conflict)), Proved)


EXCEPTIONS = (
    """    occurrence e
        field x: boolean
        field y: boolean
    define fee on e: points = 0
""",
    """
clause 2 "an exception"
    exception to 1
    define fee on e: points
        5 when x
        10 when y
        20 otherwise

clause 3 "another one"
    exception to 1
    define fee on e: points
        5 when x
        {} when y
        20 otherwise
""",
)


def test_cases_of_two_exceptions_disagree_only_where_they_count() -> None:
    for fee, expected in (("10", []), ("11", [Refuted])):
        policy, _ = loaded(clause(EXCEPTIONS[0], EXCEPTIONS[1].format(fee)), CLAIMS)
        assert [type(answer(asked(policy, o))) for o in policy.system.obligations] == expected


def test_the_range_of_a_table_is_owed() -> None:
    table = """    state n: count = 0
    occurrence e
        field k: count in 0 .. 9
    on e
        set n = k
    table mark of n: points in 0 .. 5, first row that fits
        <= 3: 1
        any:  {}
    table given on e of k: points in 0 .. 5, first row that fits
        <= 3: 1
        any:  {}
"""
    for value, expected in ((7, Refuted), (5, Proved)):
        policy, _ = loaded(clause(table.format(value, value)), CLAIMS)
        found = {o.key: answer(asked(policy, o)) for o in policy.system.obligations if o.key.startswith("range:")}
        assert {key: type(verdict) for key, verdict in found.items()} == {
            "range:mark": expected,
            "range:given": expected,
        }


SINCE = clause("""    occurrence breach
    occurrence pardon
    count till: breach, this one included, since pardon
    count before: breach, this one not included, since pardon
    state forgiven: count = 0
    on pardon
        set forgiven = till
    on breach or pardon
        set latest = till
    state latest: count = 0
""")


def test_what_begins_a_count_anew_finds_what_was_counted_till_then() -> None:
    found = verdicts(
        SINCE,
        claim("none_since", "after pardon: before = 0 and till = 0"),
        claim("none_ever", "always forgiven = 0"),
        claim("as_many", "after pardon: forgiven = old till and latest = old till"),
        claim("this_one", "after breach: till = before + 1 and latest = till"),
    )
    assert found == {"none_since": "Proved", "none_ever": "Refuted", "as_many": "Proved", "this_one": "Proved"}


def test_a_date_that_is_none_is_in_no_range_of_dates() -> None:
    policy = clause("""    state d: date or none
    occurrence e
        field day_: date in 2025-03-01 .. 2025-03-02
    on e
        set d = day_
    table t of d: points, all rows
        2025-03-01: 3
""")
    found = verdicts(
        policy,
        claim("first", "table t covers 2025-01-01 .. 2025-03-01"),
        claim("both", "table t covers 2025-01-01 .. 2025-03-02"),
    )
    assert found == {"first": "Proved", "both": "Refuted"}


def test_counts_add_up_counts_declared_below() -> None:
    policy = clause("""    occurrence e
        field fee: money EUR in 0 EUR .. 5 EUR
    count sum: e adding fees, this one included, in all
    count fees: e adding fee, this one not included, in all
""")
    assert [code for code, _ in mistakes(policy, claim("it", "always sum <= 3"))] == ["E0301"]
    assert verdicts(policy, claim("it", "always sum >= 0 EUR"), claim("no", "always sum <= 4 EUR")) == {
        "it": "Proved",
        "no": "Refuted",
    }


def test_units_of_the_least_and_the_greatest() -> None:
    policy = clause("""    state n: points = 0
    state paid: money EUR = 0
    occurrence e
        field fee: money EUR in 0 EUR .. 9 EUR
    on e when max(0, fee) > 3 EUR
        set n = max(0, n, 3)
        set paid = min(9 EUR, fee, 5 EUR)
""")
    found = verdicts(policy, claim("three", "always n <= 3"), claim("five", "always 0 EUR <= max(0, paid) <= 5 EUR"))
    assert found == {"three": "Proved", "five": "Proved"}
    assert [code for code, _ in mistakes(policy, claim("it", "always min(1, 2 days, 3 points) = 1 day"))] == ["E0301"]


def test_a_guard_behind_old_speaks_of_the_index_behind_old() -> None:
    slots = clause("""    state slot[1 .. 3]: date or none
    state seen: date = 2025-01-01
    occurrence e
    count n: e, this one included, in all
    on e when n in [1, 3]
        set seen = slot[n] when {} slot[n] is not none
""")
    assert [code for code, _ in mistakes(slots.format("old"))] == ["E0302"]
    assert not mistakes(slots.format(""))


SEEN = """    state last: date = today
    state grade: count = 0
    table mark of days from last to today: count, exactly one row
        [0, 3]:  1
        [4, {end}]: 2
    define third: count in 0 .. 30 = if today <= last + {end} days then 3 else 99
    schedule monthly: the day after last + 30 days
        set grade = mark + third
        set last = today
"""
"""On the 31st day nobody is there but the schedule: it sets `last` anew."""


def test_what_only_a_schedule_sees_is_owed_too() -> None:
    for end, expected in ((30, Refuted), (31, Proved)):
        policy, claims = loaded(
            clause(SEEN.format(end=end)), CLAIMS + claim("it", "table mark covers 0 days .. 31 days")
        )
        found = [answer(asked(policy, o)) for o in policy.system.obligations if o.key in {"gap:mark", "range:third"}]
        assert [type(verdict) for verdict in [*found, answer(claims["it"].question)]] == [expected] * 3


def test_a_row_for_the_start_alone_and_one_for_a_schedule_alone_apply() -> None:
    daily = """    state n: count = 0
    state last: date = today
    table t of n: count, first row that fits
        0:   1
        any: 2
    table u of days from last to today: count, first row that fits
        0:   1
        1:   2
        any: 3
    schedule daily: the day after last
        set n = n + u
        set last = today
"""
    policy, _ = loaded(clause(daily), CLAIMS)
    found = {o.key: type(answer(asked(policy, o))) for o in policy.liveness if o.key.startswith("row:")}
    alive = {"row:t:1", "row:t:2", "row:u:1", "row:u:2"}
    assert found == {**dict.fromkeys(alive, Refuted), "row:u:3": Proved}


def test_claims_about_tables_of_events_can_speak_of_nothing() -> None:
    policy = clause("""    occurrence e
        field m: count in 0 .. 3
    occurrence nothing possible when 1 > 2
    table t on e of m: count, first row that fits
        0: 1
        2: 2
    table u on nothing of 3 - 2: count, first row that fits
        0: 1
""")
    found = verdicts(
        policy,
        claim("two", "table t covers 2 .. 2"),
        claim("one", "table t covers 1 .. 2"),
        claim("far", "table t covers 50 .. 60"),
        claim("all", "table u covers everything"),
        claim("rows", "table u never fits two rows"),
    )
    assert found == {"two": "Proved", "one": "Refuted", "far": "Vacuous", "all": "Vacuous", "rows": "Vacuous"}
    assert [code for code, _ in mistakes(policy, claim("it", "table t covers 3 .. 1"))] == ["E0304"]


def test_what_a_table_includes_is_read_where_the_table_is() -> None:
    """... a count in a row without the event at hand, and what is looked for where it is asked."""
    policy = clause("""    state x: count = 0
    state first: boolean = no
    occurrence letter
        field n: count in 0 .. 5
    count letters: letter, this one included, in all
    table gathered of x: count, all rows
        any: letters
    table told on letter of n: count, all rows
        >= 1: n
    on letter
        set x = x + 1
        set first = gathered includes 0
""")
    found = verdicts(
        policy,
        claim("rest", "always gathered includes letters"),
        claim("rule", "after letter: first = (letters = 1)"),
        claim("looked", "after letter when n = 1: (told includes x) = (x = 1)"),
        claim("before", "after letter when n = 1: (told includes old x) = (old x = 1)"),
        claim("both", "between any two histories: (gathered includes 0) is the same in both histories"
                      " or x in the first history != x in the second history"),
    )  # fmt: skip
    assert set(found.values()) == {"Proved"}
