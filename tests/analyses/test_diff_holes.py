"""Statements on two wordings that were once wrong: for each the smallest policy that showed it."""

from collections.abc import Mapping

import pytest

from policydsl.analyses.diff import compare
from policydsl.analyses.diff_reworded import reworded
from policydsl.analyses.diff_transition import Switched, switch
from policydsl.analyses.diff_whole import examine
from policydsl.analyses.sameness import same_histories
from policydsl.analyses.seen import Sight
from policydsl.base.calendar import from_civil
from policydsl.core.expr import TODAY
from policydsl.engines.verdict import Proved
from policydsl.report.diff_build import build_diff, transition_of, words_for
from policydsl.report.diff_model import DiffReport
from policydsl.report.diff_required import expected_line, required_line
from tests.analyses.comparing import Here, wordings

HEAD = """policy "Holes"
    histories from 2024-01-30
    effective 2024-01-30
    month ends last day

role A
enum K: a, b
enum C: u, v

better for A
    higher score
{barred}
clause 1 "all of it"
    state score: points = 0
"""


def texts(old: str, new: str) -> tuple[str, str]:
    head = HEAD.format(barred="    no barred\n" if "barred" in old else "")
    return head + old, head + new


def report(old: str, new: str) -> DiffReport:
    here = Here()
    both = wordings(*texts(old, new))
    whole = examine(reworded(both, here), {}, here)
    return build_diff(
        whole.made, claims=(), flaws=(), transition=transition_of(whole.made, whole.switched), expected=(),
        required=("equivalent", "nobody-worse-off"), taken=(), bugs=(), diagnostics=(), sources={},
    )  # fmt: skip


def met(told: DiffReport) -> list[bool | None]:
    return [line.met for line in told.required]


# --- what may happen, looked at before it is known what that changes -------------------------------

AHEAD = """    occurrence e by A
        where new score <= 2
{define}    on e
        set score = {becomes}
"""


@pytest.mark.parametrize(
    ("define", "old", "new"),
    [
        ("", "score + 1", "if score = 2 then 0 points else score + 1"),
        ("    define price on e: points = {}\n", "score + 1 point", "if score = 2 then 0 points else score + 1 point"),
    ],
)
def test_an_event_refused_for_what_it_would_change_may_happen_in_other_words(define: str, old: str, new: str) -> None:
    """Wherever the old wording takes the step, both set the same; but the new one takes one step more."""
    one, other = (AHEAD.format(define=define.format(w), becomes="price" if define else w) for w in (old, new))
    both = wordings(*texts(one, other))
    question = same_histories(both.old.system, both.new.system, "same")
    assert question is not None
    (verdict,) = Here().ask([question])
    assert not isinstance(verdict, Proved)


def test_a_rule_is_not_put_back_where_it_would_let_something_happen() -> None:
    """The two rules differ in so few states that no draw at random shows it, and only where the new one refuses."""
    rare = "if k = 51 and score = 62 and other = 73 then {} else 0"
    text = """    state other: points = 0
    occurrence e by A
        field k: points in 0 .. 100
        where new score <= 80
    occurrence f by A
        field n: points in 0 .. 100
    on f
        set score = 62
        set other = 73
    on e
        set score = {}
"""
    told = report(text.format(rare.format("1")), text.format(rare.format("90")))
    assert told.relation == "different" or told.roles[0].relation != "equivalent"


# --- what both have, and what is not the same thing ------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    define d on e: points = 1\n", "    define d on f: points = 2\n"),
        ("    define d on e or f: points = 1\n", "    define d on e: points = 1\n"),
        ("    state s[K]: points = 0\n", "    state s[C]: points = 1\n"),
        ("    state s: points = 0\n", "    state s[K]: points = 1\n"),
        ("    state s[1 .. 2]: points = 0\n", "    state s[1 .. 3]: points = 0\n"),
    ],
)
def test_what_cannot_be_compared_is_said(old: str, new: str) -> None:
    events = "    occurrence e by A\n    occurrence f by A\n"
    told = report(events + old, events + new)
    assert "rewords" not in told.sentence
    assert len(told.remarks) == 1
    assert met(told)[0] is False


def test_other_starts_are_said() -> None:
    old = "    state o: points starts where 0 <= o <= 3\n"
    told = report(old, old.replace("3", "2"))
    assert "rewords" not in told.sentence
    assert [r for r in told.remarks if "`o`" in r and "start" in r]


@pytest.mark.parametrize(
    ("more", "told"), [("", "other index"), ("    state kind: K = a\n", "values only new")], ids=["unused", "used"]
)
def test_an_enumeration_that_has_another_value_is_said_once(more: str, told: str) -> None:
    old, new = texts("    state s[K]: points = 0\n" + more, "    state s[K]: points = 0\n" + more)
    both = wordings(old, new.replace("enum K: a, b", "enum K: a, b, c"))
    assert {r.about for r in compare(both, {}, Here()).aligned.remarks} == {told}


LISTED = """    occurrence e by A
    on e
        set score = score + 1
    table t of score: K, all rows
        <= 1: a
        {}: b
"""


def test_all_rows_of_a_table_are_compared() -> None:
    assert report(LISTED.format(">= 1"), LISTED.format(">= 2")).relation == "different"
    assert report(LISTED.format(">= 2"), LISTED.format("> 1")).relation == "equivalent"


# --- the day of the switch -------------------------------------------------------------------------

MONTHLY = """    reading way "how?"
        one "one" default
        two "two"
{}    state faults: points = 0
    occurrence e by A
    on e
        set faults = faults + 1
    schedule s: each month on day 1
        set score = score - faults when way is two
"""


def switched(old: str, new: str) -> Mapping[str, Switched]:
    here = Here()
    return {s.role: s for s in switch(compare(wordings(*texts(old, new)), {}, here), here)}


@pytest.mark.parametrize("before", ["", "    assume way is one\n"])
def test_a_reading_that_only_the_new_wording_settles_may_be_another_before(before: str) -> None:
    """Under both assumptions at once nothing is left, and nobody worse off; but one is made before the switch."""
    now = "    assume way is two\n"
    assert switched(MONTHLY.format(before), MONTHLY.format(now))["A"].relation == "stricter"
    assert switched(MONTHLY.format(now), MONTHLY.format(now).replace("- faults", "- (faults + 0)"))["A"].relation in {
        "equivalent", "not stricter",
    }  # fmt: skip


def test_what_is_new_starts_as_the_new_wording_says() -> None:
    old = "    state strikes: points = 0\n    define barred: boolean = strikes > 1\n"
    new = (
        "    state strikes: points = 0\n    state level: points starts where 0 <= level <= 3\n"
        "    define barred: boolean = strikes > 1 or level > {}\n"
    )
    assert switched(old, new.format(3))["A"].relation == "not stricter"
    assert switched(old, new.format(2))["A"].relation == "stricter"


ACCOUNTS = """    occurrence e by A
    state left: points = 3
    on e
        set left = left - 1
{}"""


def test_equivalent_wordings_may_part_at_the_switch() -> None:
    """Each keeps its own account from the start; that of the new wording starts on the day of the switch."""
    old = ACCOUNTS.format("    define barred: boolean = left > 2\n")
    new = ACCOUNTS.format(
        "    state seen: points = 0\n    on e\n        set seen = seen + 1\n    define barred: boolean = seen < 1\n"
    )
    told = report(old, new)
    assert told.relation == "equivalent"
    assert met(told) == [True, False]
    assert [line.relation for line in told.transition.roles] == ["stricter"]  # type: ignore[union-attr]  # it is asked


def test_whoever_is_not_touched_but_by_the_switch_is_named_too() -> None:
    old = ACCOUNTS.format("    define barred: boolean = left > 2\n    state other: points = 0\n")
    new = ACCOUNTS.format(
        "    state seen: points = 0\n    on e\n        set seen = seen + 1\n    define barred: boolean = seen < 1\n"
        "    state other: points = 1\n"
    )
    assert met(report(old, new))[1] is False


def test_where_the_switch_cannot_be_asked_about_nobody_is_safe() -> None:
    old = ACCOUNTS.format(
        "    define barred: boolean = left > 2\n    state copy: points = 3\n    on e\n        set copy = copy - 1\n"
    )
    new = ACCOUNTS.format("    define barred: boolean = left > 2\n    define copy: points = left\n")
    told = report(old, new)
    assert told.relation == "equivalent"
    assert met(told)[1] is None


def test_nothing_is_asked_about_the_switch_of_mere_rewordings() -> None:
    old = ACCOUNTS.format("    define barred: boolean = left > 2\n")
    assert report(old, old.replace("left > 2", "left >= 3")).transition is None


# --- names -----------------------------------------------------------------------------------------

INDEXED = """    state mine[K]: points = 0
    state theirs[C]: points = 0
    occurrence e by A
        field k: K
        field c: C
    on e
        set mine[k] = mine[k] + (if k is {first} then 2 points else 1 point)
        set theirs[c] = theirs[c] + {price}
"""


def test_only_the_index_that_is_renamed_is() -> None:
    """Two enumerations have values of the same names, and those of one change places."""
    both = wordings(*(t.replace("enum C: u, v", "enum C: a, b") for t in texts(
        INDEXED.format(first="a", price="1 point"), INDEXED.format(first="b", price="1 point")
    )))  # fmt: skip
    made = compare(both, {"K.a": "K.b", "K.b": "K.a"}, Here())
    assert made.overall.relation == "equivalent"
    assert not made.aligned.remarks


def test_a_value_of_another_enumeration_is_not_taken_for_the_renamed_one() -> None:
    old, new = texts(
        INDEXED.format(first="a", price="1 point"),
        INDEXED.format(first="z", price="(if c is a then 2 points else 1 point)"),
    )
    old, new = (t.replace("enum C: u, v", "enum C: a, z") for t in (old, new.replace("enum K: a", "enum K: z")))
    assert compare(wordings(old, new), {"K.a": "K.z"}, Here()).overall.relation == "different"


# --- where there is no history ---------------------------------------------------------------------

COSTS = """    occurrence e by A
{}    on e
        set score = score + {}
"""
WAY = """    reading way "how?"
        one "one" default
        two "two"
        three "three"
"""


def test_no_reading_is_settled_as_what_the_old_wording_excludes() -> None:
    worth = "(if way is one then 1 point else if way is two then 2 points else 3 points)"
    old = COSTS.format(WAY + "    assume way is not two\n", worth)
    told = report(old, COSTS.format("", "2 points"))
    assert told.settled == ()
    assert [(r.option, r.relation) for r in told.readings][1] == ("two", "no history")


CAPPED = COSTS.format("    parameter cap: points in 1 .. 10 default 3\n{}", "1")


def test_parameters_that_nothing_satisfies_leave_nothing_to_compare() -> None:
    told = report(CAPPED.format(""), CAPPED.format("    assume cap > 20 points\n"))
    assert told.relation == "no history"
    assert not met(told)[0]
    assert report(CAPPED.format(""), CAPPED.format("    assume cap > 3 points\n")).relation == "equivalent"


def test_what_nothing_seen_restricts_may_leave_a_claim_without_any_history() -> None:
    claim = 'claims about "Holes"\n\nguarantee up "it grows"\n    cites 1\n    always score >= 0 points\n'
    alike = {}
    for limit in (2, 20):
        ((pair),) = wordings(
            *texts(CAPPED.format(""), CAPPED.format(f"    assume cap > {limit} points\n")), claim
        ).claims
        assert pair.new is not None
        sight = Sight()
        alike[limit] = sight.hash(pair.old.question) == sight.hash(pair.new.question)
    assert alike == {2: True, 20: False}


# --- what is required and expected -----------------------------------------------------------------


def test_no_guarantee_is_said_to_be_kept_where_none_was_judged() -> None:
    told = report(COSTS.format("", "1"), COSTS.format("", "2"))
    assert required_line("no-guarantee-lost", told, "").met is None


@pytest.mark.parametrize(
    ("new", "under"),
    [("", ""), ("    define price on f: points = 2\n", " under cap < 3 points")],
)
def test_what_is_not_compared_is_not_as_expected(new: str, under: str) -> None:
    text = HEAD.format(barred="") + CAPPED.format("    occurrence f by A\n    define price on e: points = 1\n")
    change = (
        "replace define price on e: points = 1\n    with" + new[3:] if new else "remove define price on e: points = 1\n"
    )
    edit = (
        f'amendment "X" of "Holes"\n    because "x"\n    expect equivalent in price{under}\n\nin clause 1\n    {change}'
    )
    both = wordings(text, edit, suffix="amendment")
    here = Here()
    whole = examine(both, {}, here)
    ((expected, found),) = whole.expected
    line = expected_line(expected, found, words_for(both.old), whole.made)
    assert line.met is False


def test_what_was_permitted_can_be_held_against_somebody() -> None:
    posted = """    state posts: points = 0
    act post by A permitted when posts < 2
    on post
        set posts = posts + 1
    schedule s: each month on day 1
        set score = score - {}
"""
    old, new = posted.format("0"), posted.format("(if posts > 0 then 5 points else 0)")
    assert switched(old, new)["A"].punished.fact == "can be"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            "    occurrence e\n    on e\n        set score = score - 5\n",
            """    occurrence e
    on e
        set score = score - 5
    act uphold by A
        choose back: points by A
    define gain on uphold: points = back * 2
    on uphold
        set score = score + gain
""",
        ),
        (
            "    occurrence f\n    on f\n        set score = score - 5\n",
            "    occurrence f\n        field size: points\n    on f\n        set score = score - size\n",
        ),
        (
            "    occurrence f\n        field size: boolean\n    on f when size\n        set score = score - 5\n",
            "    occurrence f\n        field size: points\n    on f when size > 2\n        set score = score - 5\n",
        ),
    ],
    ids=["new event", "new fact", "fact of another type"],
)
@pytest.mark.parametrize("worse", [False, True])
def test_events_and_facts_of_the_new_wording_alone_at_the_switch(old: str, new: str, worse: bool) -> None:  # noqa: FBT001  a parameter
    yearly = "    schedule s: each month on day 1\n        set score = {}\n"
    found = switched(old + yearly.format(100), new + yearly.format(90 if worse else 100))["A"]
    assert found.relation == ("stricter" if worse else "not stricter")


# --- schedules that the new wording has on another day ---------------------------------------------

FEE = """policy "Holes"
    histories from 2024-01-20
    effective 2024-01-20

role A

better for A
    higher score

clause 1 "all of it"
    state score: points = 10
    occurrence e by A
    on e
        set score = score + 1
    schedule fee: on 2024-01-31
        set score = score - 5
"""
LATER_FEE = """amendment "Later" of "Holes"
    effective 2024-02-01

in clause 1
    replace schedule fee: on 2024-01-31
        set score = score - 5
    with schedule fee: on 2024-02-15
        set score = score - 5
"""


def test_what_fired_under_the_old_wording_is_not_due_again_when_the_new_one_fires() -> None:
    here = Here()
    both = wordings(FEE, LATER_FEE, suffix="amendment")
    (line,) = switch(compare(both, {}, here, readings=False), here)
    assert line.relation == "stricter"  # who has paid in January pays in February again
    assert line.distinction is not None
    assert line.distinction.verdict.trace.initial[TODAY] == from_civil(2024, 1, 31)  # who comes later is not there


@pytest.mark.parametrize(
    ("old", "new", "worse"),
    [
        ("", "    schedule tax: on 2024-01-25\n        set score = 0\n", False),  # no day of the new wording
        ("", "    schedule tax: the day after 2024-01-31\n        set score = 0\n", True),
        ("", "    define payday: date = 2024-01-25\n    schedule tax: on payday\n        set score = 0\n", False),
        ("on 2024-01-31", "on 2024-01-25", False),  # it is paid in January, or over
        ("on 2024-01-31\n        set score = score - 5", "on 2024-01-31\n        set score = score - 6", False),
        (  # it waits for something under either wording
            "on 2024-01-31\n        set score = score - 5",
            "on 2024-01-31 while ready\n        set score = score - 6",
            True,
        ),
    ],
)
def test_a_date_before_the_new_wording_is_in_force_is_none_of_its_days(old: str, new: str, worse: bool) -> None:  # noqa: FBT001  whoever is
    text = FEE + "    state ready: boolean = no\n    schedule readily: on 2024-02-05\n        set ready = yes\n"
    if worse and old:
        text = text.replace("fee: on 2024-01-31", "fee: on 2024-01-31 while ready")
        old = old.replace("2024-01-31", "2024-01-31 while ready")
    changed = text.replace(old, new) if old else text + new
    both = wordings(text, changed.replace("effective 2024-01-20", "effective 2024-02-01"))
    here = Here()
    (line,) = switch(compare(both, {}, here, readings=False), here)
    assert (line.relation == "stricter") == worse


def test_a_clause_that_is_only_reworded_is_not_where_histories_part() -> None:
    text = """    occurrence e by A
    on e
        set score = if low then score - {} else score - 1

clause 2 "low scores"
    define low: boolean = score < {}
"""
    told = report(text.format(5, "10"), text.format(6, "10 and not (score >= 10)"))
    assert told.clauses == ("1", "2")
    assert {story.clauses for story in told.stories} == {("1",)}
    both = report(text.format(5, "0"), text.format(6, "1"))
    assert {story.clauses for story in both.stories} == {("1", "2")}


def test_a_clause_that_bears_on_another_outcome_is_not_where_histories_part() -> None:
    text = """    occurrence e by A
    on e
        set score = {}

clause 2 "something else"
    occurrence f by A{}
    state other: points = 0
    on f
        set other = {}
    schedule s: each month on day {}
        set other = 0

clause 3 "what may happen"
    define ready: boolean = score < {}
"""
    told = report(text.format(1, "", 1, 1, 5), text.format(2, "", 2, 2, 5))
    assert {story.outcome: story.clauses for story in told.stories} == {"score": ("1",)}
    guarded = "\n        possible when ready"
    told = report(text.format(1, guarded, 1, 1, 1), text.format(1, guarded, 1, 1, 2))
    assert [story.clauses for story in told.stories] == [("3",)]


RESET = """policy "Holes"
    effective 2024-01-10

role A

better for A
    higher score

clause 1 "all of it"
    state score: points = 10
    state other: points = 0
    occurrence e by A
    on e
        set score = score - 1
    schedule reset: {}
        set score = 10
    schedule again: {}
        set other = {}
"""


@pytest.mark.parametrize(
    ("old", "new", "worse"),
    [
        ("each year on February 1, each month on day 15", "each year on February 1, each month on day 16", False),
        ("each month on day 1, on 2024-03-01", "each month on day 1, on 2024-03-02", False),
        ("each month on day 1, each month on day 2", "each month on day 2, each month on day 2", True),
    ],
)
def test_what_recurs_on_the_very_day_of_the_switch_does(old: str, new: str, worse: bool) -> None:  # noqa: FBT001  whoever is
    one, other = (RESET.format(*days.split(", "), 1 + (days is new)) for days in (old, new))
    both = wordings(one, other.replace("effective 2024-01-10", "effective 2024-02-01"))
    here = Here(4.0)
    (line,) = switch(compare(both, {}, here, readings=False), here)
    assert line.relation in ({"stricter"} if worse else {"equivalent", "not stricter"})


@pytest.mark.parametrize("day", ["2024-01-10", "2023-01-01"])
def test_a_day_before_which_nobody_is_there_is_no_day_of_the_switch(day: str) -> None:
    text = RESET.format("each month on day 1", "each month on day 2", 1)
    assert wordings(text, text.replace("effective 2024-01-10", f"effective {day}")).effective is None
    assert wordings(text, text.replace("effective 2024-01-10", "effective 2024-01-11")).effective is not None


WAITED = """policy "Holes"
    effective 2024-01-20

role A

better for A
    higher score

clause 1 "all of it"
    state score: points = 10
    state d: date or none
    occurrence e by A
    on e
        set d = today
    schedule fee: {}
        set score = score - 5
"""


@pytest.mark.parametrize(
    ("old", "new", "worse"),
    [
        ("the day after d", "on d", False),
        ("on d", "the day after d", True),  # whoever has paid on 31 January pays on 1 February
    ],
)
def test_what_was_done_for_a_date_is_not_done_for_it_again(old: str, new: str, worse: bool) -> None:  # noqa: FBT001  whoever is
    both = wordings(WAITED.format(old), WAITED.format(new).replace("effective 2024-01-20", "effective 2024-02-01"))
    here = Here(4.0)
    (line,) = switch(compare(both, {}, here, readings=False), here)
    assert (line.relation == "stricter") == worse
    if line.distinction is not None:
        assert line.distinction.verdict.trace.initial[TODAY] == from_civil(2024, 1, 31)
