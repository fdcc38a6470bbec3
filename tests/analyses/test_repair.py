"""Suggested repairs of policies that nobody prepared: what is offered, that it is an amendment, what it costs."""

from pathlib import Path

import pytest

from policydsl.analyses.diff_claims import Judging
from policydsl.analyses.edits import as_amendment, quoted
from policydsl.analyses.repair import Means, Nothing, repairs
from policydsl.analyses.repair_case import case_of, targets
from policydsl.analyses.repair_cost import Pricing
from policydsl.analyses.repair_edits import candidates
from policydsl.analyses.workers import Crew
from policydsl.engines.verdict import Budget, Manner, Proved, Refuted
from policydsl.front.wordings import load_base, reworded
from policydsl.syntax.format import format_text
from policydsl.syntax.source import read_source
from tests.analyses.comparing import Here
from tests.analyses.repairing import CLAIMS, LIBRARY, base_of, search, sound, target_of

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("five", "permitted when loans <= 4"),
        ("thirtieth", "(7, 30]: 5 EUR"),
        ("sooner", "set due = if due is not none then max(today + length, due) else today + length"),
        ("long", "choose term: days in 1 .. 365 default 7 days by Desk"),
        ("paid", "on payment when in_full\n        set barred = no"),
        ("guests", "assume house is members"),
    ],
)
def test_a_policy_that_nobody_prepared(name: str, line: str) -> None:
    base = base_of(LIBRARY, CLAIMS)
    found = search(base, name, most=3)
    free = [offered for r, offered in found if r.cost.free]
    assert free, found
    for _, offered in found:
        sound(base, name, offered)
    assert line in "".join(free), free


QUEUE = """policy "Waiting room"
    histories from 2025-01-01

role Patient
role Clinic

better for Patient
    permitted complain

clause 1 "whoever comes is called, or sent home when the room is full"
    enum Place: outside, waiting, home
    state place: Place = outside
    occurrence arrival
        field urgent: boolean
    occurrence closing
    count today_s: arrival, this one included, in all
    on arrival when place is outside
        set place = waiting

clause 2 "after the third nobody is taken"
    exception to 1
    on arrival when today_s >= 3 and place is outside
        set place = home

clause 3 "closing empties the room"
    on closing
        set place = outside

clause 4 "complaints"
    act complain by Patient permitted when place is home
"""
QUEUE_CLAIMS = """claims about "Waiting room"

finding urgent_home "Even the urgent can be sent home"
    cites 2
    after arrival when urgent and old place is outside: place is not home

finding in_the_room "Those who wait cannot complain"
    cites 4
    always place is waiting implies permitted complain

guarantee closed "Nobody waits after closing"
    cites 3
    after closing: place is outside

finding never_reached "Nobody comes in after closing"
    cites 3
    possible after arrival when old place is home: place is waiting
"""
BARE = """policy "Parking"
    histories from 2025-01-01

role Driver

clause 1 "what an hour costs"
    enum Zone: red, blue, green
    occurrence stay
        field zone: Zone
        field hours: integer in 0 .. 24
    table price on stay of zone, hours: integer, exactly one row
        red, any:      5
        blue, >= 2:    3
        green, any:    0
    state paid: integer = 0
    on stay
        set paid = paid + price
"""


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("urgent_home", "on arrival when today_s >= 3 and place is outside and not urgent"),
        ("in_the_room", "permitted when place is home or place is waiting"),
    ],
)
def test_exceptions_and_permissions(name: str, line: str) -> None:
    base = base_of(QUEUE, QUEUE_CLAIMS)
    found = search(base, name, most=3, tries=60)
    for _, offered in found:
        sound(base, name, offered)
    assert line in "".join(offered for _, offered in found), found


def test_a_conflict_of_two_clauses_is_decided_by_saying_which_goes_first() -> None:
    base = base_of(QUEUE.replace("    exception to 1\n", ""), "")
    conflict = next(t.name for t in targets(base) if t.name.startswith("conflict:"))
    found = search(base, conflict, most=4)
    for _, offered in found:
        sound(base, conflict, offered)
    assert "exception to 1" in "".join(offered for r, offered in found if r.cost.free)


def test_a_gap_gets_a_row() -> None:
    base = base_of(BARE, "")
    found = search(base, "gap:price", most=6)
    for _, offered in found:
        sound(base, "gap:price", offered)
    said = "".join(offered for r, offered in found if r.cost.free)
    assert "blue, [0, 2): 3" in said, said  # nothing is less than 0, as is declared of it


def test_what_costs_a_guarantee_is_said_to_cost_it() -> None:
    claims = (
        CLAIMS
        + """
guarantee any_day "A renewal is always in force from its day"
    cites 3
    after renewal: due = today + length
"""
    )
    ((found, _),) = search(base_of(LIBRARY, claims), "sooner", most=1, tries=1)
    assert not found.cost.free
    assert found.cost.lost == ("any_day",)


def test_what_holds_needs_no_repair() -> None:
    base, asker = base_of(LIBRARY, CLAIMS), Here()
    means = Means(asker, Pricing(Judging(Budget(seconds=5.0), 1, []), asker, {}), 1, 5)
    (only,) = repairs(base, target_of(base, "never_negative"), means)
    assert isinstance(only, Nothing)
    assert isinstance(only.verdict, Proved)


def test_edits_come_in_the_same_order_every_time() -> None:
    base = base_of(LIBRARY, CLAIMS)
    target = target_of(base, "sooner")
    (verdict,) = Here().ask([target.question], wanted=Manner("verdict"))
    assert isinstance(verdict, Refuted)
    first, again = (candidates(case_of(base, target, [verdict.trace])) for _ in range(2))
    assert first == again
    assert len({(e.clause, e.inside, e.old, e.new) for e in first}) == len(first)


@pytest.mark.parametrize("name", ["xingtu", "minis", "shop_creator", "creator_network", "alibaba_live"])
def test_every_edit_of_the_documents_is_an_amendment_that_is_laid_out(name: str) -> None:
    path = ROOT / "specs" / f"{name}.policy"
    base = load_base(str(path), (str(ROOT / "proofs" / f"{name}.claims"),), lambda n: read_source(Path(n)))
    assert base is not None
    read = 0
    for target in targets(base)[:: len(targets(base)) // 3]:
        for edit in candidates(case_of(base, target, []))[:12]:
            said = as_amendment((edit,), "a", base.policy.header.title, "b")
            if reworded(base, said, target.name) is not None:
                read += 1
                assert format_text(said, "a.amendment")[0] == said
    assert read >= 10


@pytest.mark.parametrize(
    ("name", "finding", "line"),
    [
        ("creator_network", "hole", "[0,"),
        ("shop_creator", "longest", "days in 0 .. 365"),
        ("shop_creator", "shortest", "days >= 1"),
        ("xingtu", "no_card", "or harm is harm_to_other_interest"),
        ("xingtu", "no_minimum", "days >= 1"),
    ],
)
def test_weaknesses_of_the_documents_that_a_small_edit_mends(name: str, finding: str, line: str) -> None:
    """That nothing else is lost is left to the command: it takes longer."""
    files = (ROOT / "specs" / f"{name}.policy", ROOT / "proofs" / f"{name}.claims")
    base = load_base(str(files[0]), (str(files[1]),), lambda n: read_source(Path(n)))
    assert base is not None
    target, here = target_of(base, finding), Here()
    (verdict,) = here.ask([target.question], wanted=Manner("verdict"))
    assert isinstance(verdict, Refuted)
    edits = [e for e in candidates(case_of(base, target, [verdict.trace])) if line in e.new and line not in e.old]
    questions = [
        target.under(made)
        for edit in edits[:4]
        if (made := reworded(base, as_amendment((edit,), "a", base.policy.header.title, "b"), finding)) is not None
    ]
    asked = [q for q in questions if q is not None]
    assert any(isinstance(here.ask([q], wanted=Manner("verdict"))[0], Proved) for q in asked)


def test_quotes_lose_their_comments_but_not_their_texts() -> None:
    lines = ['    reading a "so -- or so?"  -- which?', "        -- nothing", "        b = 1 - 2  -- why"]
    assert quoted(lines) == 'reading a "so -- or so?"\n        b = 1 - 2'


def test_what_nobody_had_time_to_look_at_is_not_said_to_cost_nothing() -> None:
    base = base_of(LIBRARY, CLAIMS)
    ((found, offered),) = search(base, "sooner", most=1, tries=1)
    assert found.cost.free
    wordings = reworded(base, offered)
    assert wordings is not None
    with Crew(1) as crew:
        crew.cut["the time is up"] = None
        pricing = Pricing(Judging(Budget(seconds=5.0), 1, [], crew=crew), Here(), {})
        cost = pricing.of(wordings, found.edits, target_of(base, "sooner"))
    assert not cost.whole
    assert not cost.free


UNDEFINED = """policy "Two"
    histories from 2024-01-01
    month ends refuse
role A
clause 1 "it"
    state due: date or none
    state other: date or none
    occurrence e by A
    on e when day of today <= 28
        set due = today + 1 month
    on e when day of today >= 5
        set other = today + 1 month
"""


def test_what_is_only_counted_otherwise_is_not_mended() -> None:
    """Where the first rule is always defined, what the second one owes has the first one's number."""
    found = search(base_of(UNDEFINED, ""), "defined:the rule on e in clause 1#2", most=9)
    assert ["set other = today + 30 days" in offered for _, offered in found] == [True]
