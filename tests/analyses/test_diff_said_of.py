"""Of which histories, values and names is it that something is said of two wordings? Of no others."""

from collections.abc import Sequence

import pytest

from policydsl.analyses.diff import begun
from policydsl.analyses.diff_claims import Again, Judging, flaws, rejudge
from policydsl.analyses.diff_names import Names, names_of
from policydsl.analyses.diff_renames import certain_renames, wrong_renames
from policydsl.analyses.diff_whole import examine
from policydsl.core.expr import EnumSort
from policydsl.engines.verdict import Budget
from policydsl.front.wordings import Wordings
from policydsl.report.diff_build import build_diff, transition_of
from policydsl.report.diff_model import DiffReport
from policydsl.report.diff_words import transition_lines
from policydsl.report.language import language
from tests.analyses.comparing import Here, renamed, wordings

HEAD = """policy "Said of"
    histories from 2024-01-30
    month ends last day

role A
role B
"""
SWITCH = ("nobody-worse-off", "nothing-punished")


def told(
    both: Wordings, renames: dict[str, str] | None = None, required: Sequence[str] = (), claims: Sequence[Again] = ()
) -> DiffReport:
    whole = examine(both, renames or {}, Here())
    return build_diff(
        whole.made, claims=claims, flaws=(), transition=transition_of(whole.made, whole.switched),
        expected=whole.expected, required=required, taken=(), bugs=(), diagnostics=(), sources={},
    )  # fmt: skip


def report(old: str, new: str, required: Sequence[str] = ()) -> DiffReport:
    return told(wordings(HEAD + old, HEAD + new), required=required)


# --- how good is what no order places? -------------------------------------------------------------

RANKED = """enum Level: {values}
{order}clause 1 "it"
    state level: Level = mild
    occurrence e by B
    on e
        set level = {becomes}
"""
MILD = "better for A\n    level: mild then severe\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (("mild, severe", MILD, "severe"), ("best, mild, severe", "", "best")),
        (("mild, severe", MILD, "mild"), ("best, mild, severe", MILD.replace("mild then", "best then mild then")
                                                                .replace("mild then severe", "severe then mild"),
                                          "best")),
        (("best, mild, severe", "", "best"), ("mild, severe", MILD, "severe")),
    ],
)  # fmt: skip
def test_a_value_that_no_ranking_names_is_neither_better_nor_worse(
    old: tuple[str, str, str], new: tuple[str, str, str]
) -> None:
    one, other = (RANKED.format(values=v, order=o, becomes=b) for v, o, b in (old, new))
    made = report(one, other, SWITCH)
    assert made.relation == "different"
    assert not made.roles
    assert made.sentence == (
        "The wordings differ, see below; not all that is better or worse for somebody can be compared."
    )
    assert "how good `best` is for A in `level` is not said: it is not compared for A" in made.notes
    assert not any("compared by" in note for note in made.notes)
    assert [line.met for line in made.required] == [None, None]


def test_a_ranking_with_more_values_is_taken() -> None:
    old = RANKED.format(values="mild, severe", order=MILD, becomes="mild")
    new = RANKED.format(values="best, mild, severe", order=MILD.replace("mild then", "best then mild then"),
                        becomes="best")  # fmt: skip
    assert [r.relation for r in report(old, new).roles] == ["more lenient"]


DATED = """better for A
    later due{none}
clause 1 "it"
    state due: {date}
    occurrence e by A
    on e
        set due = today
"""


def test_what_none_counts_as_is_taken_from_the_wording_that_has_it() -> None:
    old = DATED.format(none="", date="date = 2030-01-01")
    worst, best = (
        report(old, DATED.format(none=none, date="date or none")).roles[0].relation for none in (", none worst", "")
    )
    assert (worst, best) == ("stricter", "more lenient")


def test_where_an_order_does_not_know_of_none_nothing_is_compared_by_it() -> None:
    new = DATED.format(none="", date="date or none").replace("later due", "earlier due")
    made = report(DATED.format(none="", date="date = 2030-01-01"), new)
    assert not made.roles
    assert "how good `none` is for A in `due` is not said: it is not compared for A" in made.notes


def test_a_date_is_not_gone_because_it_may_be_none_from_now_on() -> None:
    """Whoever has a date on the day of the switch keeps it; and none is no date for a wording that knows no none."""
    old = DATED.format(none="", date="date = 2030-01-01")
    new = DATED.format(none=", none worst", date="date or none")
    assert report(old, new, SWITCH).required[0].met is True
    assert report(new, old, SWITCH).required[0].met is None


# --- what one wording alone admits -----------------------------------------------------------------

DUE = """better for A
    higher score
clause 1 "it"
    parameter t: points in {range}
    state score: points = 0
    schedule s: each month on day 3
        set score = {becomes}
    occurrence e by A
    on e
        set score = t
"""


def test_where_nobody_lives_through_the_switch_nothing_is_shown() -> None:
    made = report(DUE.format(range="1 .. 10", becomes="t"), DUE.format(range="20 .. 30", becomes="t - 25"), SWITCH)
    assert [line.met for line in made.required] == [None, None]
    assert [r.relation for r in made.roles] == ["no history"]


def test_what_is_said_is_said_of_the_parameters_that_both_admit() -> None:
    made = report(DUE.format(range="1 .. 10", becomes="t"), DUE.format(range="0 .. 5", becomes="t + 1"), SWITCH)
    assert made.sentence == "For what both wordings admit of `t`, the new wording is more lenient for A."
    assert [line.met for line in made.required] == [None, None]
    assert made.transition is not None
    assert "not all of `t` can be compared" in made.transition.remarks[-1]


READ = """better for A
    higher score
clause 1 "it"
    state score: points = 0
    reading r "?"
        one "1" default
        two "2"
{more}    schedule s: each month on day 3
        set score = if r is one then 1 else if r is two then 2 else -5
    occurrence e by A
"""


def test_under_an_option_of_the_new_wording_alone_somebody_may_be_worse_off() -> None:
    made = report(READ.format(more=""), READ.format(more='        three "3"\n'), SWITCH)
    assert [line.met for line in made.required] == [None, None]


def test_a_reading_is_settled_for_what_both_admit() -> None:
    text = """clause 1 "it"
    parameter t: points in {range}
    state score: points = 0
    reading r "?"
        one "1" default
        two "2"
    occurrence e by A
    on e
        set score = {becomes}
"""
    old = text.format(range="1 .. 10", becomes="if r is one then t else t + 1")
    made = report(old, text.format(range="3 .. 20", becomes="t"))
    assert made.settled == (("r", "one"),)
    assert made.partly
    assert made.sentence == "For what both wordings admit of `t`, it settles the reading `r` as `one`."
    assert not report(old, text.format(range="1 .. 10", becomes="t")).partly


def test_of_no_history_nothing_is_as_expected() -> None:
    old = """better for A
    higher score
clause 1 "it"
    parameter t: points in 1 .. 10
    state score: points = 0
    occurrence e by A
    on e
        set score = t
"""
    amendment = """amendment "T" of "Said of"
    expect equivalent for A under t = 12
    expect equivalent for A in score under t = 12
    expect more lenient for A under t <= 6
    expect more lenient for A

in clause 1
    replace parameter t: points in 1 .. 10
    with parameter t: points in 5 .. 15
    replace on e
        set score = t
    with on e
        set score = t + 1
"""
    made = told(wordings(HEAD + old, amendment, suffix="amendment"))
    assert [line.met for line in made.expected] == [False, False, True, None]


POSSIBLE = """better for A
    higher score
clause 1 "it"
    state score: points = 0
    occurrence e by B{when}
    on e
        set score = {becomes}
"""


def test_what_is_said_is_said_of_the_histories_that_both_admit() -> None:
    old = POSSIBLE.format(when="\n        possible when score > -5", becomes="score - 2")
    made = report(old, POSSIBLE.format(when="", becomes="if score > -5 then score - 1 else score - 100"))
    assert made.sentence == "In the histories that both wordings admit, the new wording is more lenient for A."
    always = POSSIBLE.format(when="", becomes="score - 2")
    assert report(always, always.replace("- 2", "- 1")).sentence == "The new wording is more lenient for A."


def test_all_that_limits_what_is_said_is_said() -> None:
    old = POSSIBLE.format(when="\n        possible when score > -5", becomes="score - t")
    old = old.replace("    state", "    parameter t: points in 2 .. 9\n    state", 1)
    new = (
        old.replace("possible when score > -5", "possible when score > -9").replace("- t", "- 1").replace("9\n", "7\n")
    )
    assert report(old, new).sentence == (
        "For what both wordings admit of `t`, in the histories that both wordings admit, the new wording is more "
        "lenient for A."
    )


def test_who_acts_is_known_to_fare_better_where_more_is_permitted() -> None:
    text = """clause 1 "it"
    state open: boolean = yes
    act e by A permitted when {when}
    occurrence f by B
    on f
        set open = no
"""
    made = report(text.format(when="open"), text.format(when="open or not open"))
    assert made.sentence == "The new wording is more lenient for A."


# --- names that change hands -----------------------------------------------------------------------


def test_a_name_that_something_else_has_taken_leads_nowhere() -> None:
    names = Names({"a": "b", "K.u": "K.v", "e": "f", "e.x": "f.y"})
    kind = EnumSort("K", ("u", "v", "w"))
    assert [names.new(n) for n in ("a", "a.set", "c", "e.z")] == ["b", "b.set", "c", "f.z"]
    assert not {names.new(n) for n in ("b", "b.set", "f", "f.y", "e.y")} & {"b", "b.set", "f", "f.y"}
    assert [names.value(kind, v) for v in ("u", "w")] == ["v", "w"]
    assert names.value(kind, "v") != "v"
    assert Names({"a": "b", "b": "a"}).new("b") == "a"


TAKEN = """clause 1 "it"
    state a: points = 0
    state b: points = 5
    state score: points = 0
    occurrence e by A
    occurrence f by A
    on e
        set a = 1
        set score = a + b
    on f
        set score = 7
"""
GIVEN = """clause 1 "it"
    state b: points = 0
    state score: points = 0
    occurrence f by A
    on f
        set b = 1
        set score = b + 5
"""


def test_a_claim_about_what_is_gone_is_not_one_about_what_is_called_so_now() -> None:
    claims = """claims about "Said of"
guarantee low "a"
    cites 1
    always a <= 1
guarantee high "b"
    cites 1
    always b <= 5
guarantee after_f "f"
    cites 1
    after f: score > 0
"""
    renames = {"a": "b", "e": "f"}
    both = renamed(wordings(HEAD + TAKEN, HEAD + GIVEN), claims, renames)
    back = names_of(both.old, both.new, renames).old()
    again = rejudge(both, Judging(Budget(seconds=10), 1, [], back=back))
    assert [a.fate for a in again] == ["untouched", "meaningless", "meaningless"]
    made = told(both, renames, claims=again)
    assert [c.why for c in made.claims[1:]] == [
        f"`{name}` is gone: something else is called so now" for name in ("b", "f")
    ]
    assert not {"b", "possible: f"} & {o.name for o in made.outcomes}


NAMED = """enum K: {value}, w
clause 1 "it"
    parameter {p}: points in 1 .. 5 default 1
    state kind: K = {value}
    state seen: boolean = no
    state score: points = 0
    occurrence e by A
    occurrence f by A
    on e
        set seen = yes
    on f
        set score = {becomes}
    on f when seen
        set kind = w
"""


def test_a_value_with_another_name_is_not_where_the_wordings_part() -> None:
    old = NAMED.format(value="u", p="p", becomes="p")
    new = NAMED.format(value="v", p="q", becomes="if q = 3 and seen and kind is v then q + 1 else q")
    (story,) = told(wordings(HEAD + old, HEAD + new), {"K.u": "K.v", "p": "q"}).stories
    assert [step.parts for step in story.steps] == [False, True]
    assert story.setting == "p is 3 points"


# --- what hangs together with what is settled ------------------------------------------------------

TIED = """better for A
    higher score
clause 1 "it"
    state score: points = 0
    parameter t: points in 1 .. 10
    reading r "?"
        one "1" default
        two "2"
    reading q "?"
        uno "1" default
        due "2"
    assume r is one implies q is uno
    assume r is one implies t <= 5
{more}    occurrence e by A
    on e
        set score = {becomes}
"""


@pytest.mark.parametrize(("option", "equivalent"), [("one", False), ("two", True)])
def test_a_reading_is_settled_by_what_is_assumed_of_another(option: str, *, equivalent: bool) -> None:
    """Whoever settles `r` as one settles `q` as well; as two, leaves it open as it was: of `t` it is not asked so."""
    old, new = (
        TIED.format(more=more, becomes="if q is uno then 2 else 1") for more in ("", f"    assume r is {option}\n")
    )
    made = report(old, new)
    assert (made.relation == "equivalent") == equivalent
    assert (("q", "uno") in made.settled) != equivalent


def test_a_parameter_is_limited_by_what_is_assumed_of_a_reading() -> None:
    old, new = (TIED.format(more=more, becomes="t") for more in ("", "    assume r is one\n"))
    made = report(old, new, ("equivalent", *SWITCH))
    assert made.sentence.startswith("For the parameters that both wordings admit")
    assert [line.met for line in made.required] == [False, None, None]


# --- for whom ----------------------------------------------------------------------------------------


def test_where_no_order_speaks_for_somebody_it_is_not_the_same_for_him() -> None:
    old = POSSIBLE.format(when="", becomes="1")
    amendment = """amendment "T" of "Said of"
    expect equivalent for B
    expect equivalent for A in e

in clause 1
    replace on e
        set score = 1
    with on e
        set score = 2
"""
    made = told(wordings(HEAD + old, amendment, suffix="amendment"))
    assert [line.met for line in made.expected] == [None, True]


LEAVE = """
clause 1 "it"
    state score: points = 0
    occurrence e by A
    on e
        set score = score + 1
    act leave by A permitted when score >= 5
"""
QUIT = """amendment "T" of "Said of"
    expect stricter for A in quit
    expect more lenient for A in quit
    expect equivalent in quit

in clause 1
    {edit}
"""
SAME = """replace act leave by A permitted when score >= 5
    with act quit by A permitted when score >= 5"""


@pytest.mark.parametrize(
    ("edit", "renames", "met"),
    [
        ("add act quit by A permitted when score >= 1", {}, [False, True, False]),
        ("add act quit by A permitted when score < 0 and score > 0", {}, [False, False, False]),
        (SAME, {"leave": "quit"}, [False, False, True]),
        (SAME[:-1] + "6", {"leave": "quit"}, [True, False, False]),
    ],
)
def test_something_may_be_expected_of_an_act_that_is_new(edit: str, renames: dict[str, str], met: list[bool]) -> None:
    """Under the other wording it is never permitted; under another name it is the act of the old one."""
    made = told(wordings(HEAD + LEAVE, QUIT.format(edit=edit), suffix="amendment"), renames)
    assert [line.met for line in made.expected] == met


def test_whoever_owes_something_new_is_not_proved_to_be_no_worse_off() -> None:
    text = """better for A
    higher score
clause 1 "it"
    state score: points = 0
    occurrence e by B
    occurrence f by A
"""
    duty = "    duty d of A\n        arises on e\n        by today + 3 days\n        discharged on f\n"
    assert [line.met for line in report(text, text + duty, SWITCH).required] == [None, None]
    assert [line.met for line in report(text + duty, text, SWITCH).required] == [True, True]


# --- what else changes beside a default --------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("", "for every reading and parameter, proved; what changes is the default of `t`;"),
        ("state x: points = 0", "for every reading and parameter, proved; what changes besides what is named below is"),
        ("range", "for every reading and parameter that both admit, proved; what changes besides is the default of"),
    ],
)
def test_a_default_is_not_all_that_changes(more: str, said: str) -> None:
    text = """clause 1 "it"
    parameter t: points in 1 .. {most} default {usual}
    state score: points = 0
    occurrence e by A
    on e
        set score = t
{more}"""
    old = text.format(most=10, usual=3, more="")
    added = f"    {more}\n" if more.startswith("state") else ""
    new = text.format(most=20 if more == "range" else 10, usual=4, more=added)
    assert said in report(old, new).sentence


# --- parts of what is renamed ------------------------------------------------------------------------


@pytest.mark.parametrize("name", [("e.x", "f.y"), ("K.a", "L.z")])
def test_a_part_is_not_called_what_is_a_part_of_something_else(name: tuple[str, str]) -> None:
    text = """enum K: {k}, b
enum L: {l}, c
clause 1 "it"
    occurrence e by A
        field {x}: K
    occurrence f by A
        field y: L
"""
    both = wordings(HEAD + text.format(k="a", l="w", x="x"), HEAD + text.format(k="v", l="z", x="u"))
    (wrong,) = wrong_renames(both.old, both.new, dict([name]))
    assert wrong[2] == f"`{name[0]}` stands in what is called `{name[0][0]}` in the new wording; `{name[1]}` does not"
    assert not any(r.rename == name for r in begun(both, {}).aligned.remarks)
    assert certain_renames(both.old, both.new, {}).get(name[0]) != name[1]


# --- what the new wording says nothing of ------------------------------------------------------------

STANDING = """better for A
    higher score
enum S: {values}
clause 1 "it"
    state score: points = 0
    state n: count = 0
    state at: S = silver
    occurrence e by A{when}
    on e
        set n = n + 1
        set at = {becomes}
    table t of n: points, exactly one row
        0: 5
        {row}: 7
    schedule s: each month on day 3
        set score = {what}
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (  # whoever is golden on the day of the switch is nothing that the new wording knows
            ("gold, silver", "", "gold", ">= 1", "if at is gold then 5 else 1"),
            ("silver", "", "silver", ">= 1", "if at is silver then 1 else 9"),
        ),
        (  # nor is there a row for whoever has done it three times
            ("silver", "", "silver", ">= 1", "t"),
            ("silver", "\n        possible when n < 2", "silver", "[1, 2]", "t"),
        ),
    ],
)
def test_of_a_state_that_the_new_wording_does_not_know_nothing_is_shown(
    old: tuple[str, ...], new: tuple[str, ...]
) -> None:
    names = ("values", "when", "becomes", "row", "what")
    one, other = (STANDING.format(**dict(zip(names, said, strict=True))) for said in (old, new))
    assert [line.met for line in report(one, other, SWITCH).required] == [None, None]
    assert report(other, one, SWITCH).required[0].met is True


CAUSED = """better for A
    higher score
    higher fame
clause 1 "it"
    state score: points = 0
    state fame: points = 0
    state hit: boolean = no
    occurrence e by A
    on e
        set hit = yes
    schedule s: each month on day 3
        set fame = {fame}
    schedule u: each month on day 4
        set score = {score}
"""


def test_without_what_is_held_against_somebody_something_else_may_still_be_worse() -> None:
    made = report(CAUSED.format(fame=5, score=5), CAUSED.format(fame=3, score="if hit then 3 else 5"))
    assert made.transition is not None
    said = " ".join(transition_lines(made.transition, language("en")))
    assert "without step 1 (e by A (clause 1)), score would be better" in said


def with_flaws(both: Wordings) -> DiffReport:
    whole = examine(both, {}, Here())
    return build_diff(
        whole.made, claims=(), flaws=flaws(both, Judging(Budget(seconds=10), 1, [])), transition=None,
        expected=whole.expected, required=(), taken=(), bugs=(), diagnostics=(), sources={},
    )  # fmt: skip


def test_where_clauses_conflict_it_is_not_known_to_be_the_same_in_what_they_say() -> None:
    amendment = """amendment "T" of "Said of"
    expect equivalent
    expect equivalent in score

add clause 2 "more"
    on e
        set score = 2
"""
    both = wordings(HEAD + POSSIBLE.format(when="", becomes="1"), amendment, suffix="amendment")
    made = with_flaws(both)
    assert [line.met for line in made.expected] == [False, None]


GAP = """better for A
    lower fee
clause 1 "it"
    state score: points = 2
    occurrence e by A
        possible when score > 0
    on e
        set score = score - 1
    table fee of score: points, exactly one row
        2: 1
        1: 3
        0: 4
"""


def test_a_value_that_no_row_gives_is_none() -> None:
    amendment = """amendment "T" of "Said of"
    expect more lenient for A

in clause 1
    in table fee
        remove 0: 4
"""
    made = with_flaws(wordings(HEAD + GAP, amendment, suffix="amendment"))
    assert [story.new_value for story in made.stories] == ["nothing, as no row fits"]
    assert made.sentence.endswith("is undefined, that is better or worse for nobody.")
    assert [line.met for line in made.expected] == [False]


COUNTED = """better for A
    higher score
clause 1 "it"
    state score: points = 0
    occurrence e by B
        field k: points in 0 .. 9
    count c: e{when}, this one included, in each calendar year
    schedule s: each month on day 3
        set score = 0 - {points} * c
"""


def test_what_the_old_wording_has_counted_is_said_to_stay() -> None:
    one, other, dearer = (
        COUNTED.format(when=when, points=points)
        for when, points in (("", "1 point"), (" when k > 3", "1 point"), ("", "2 points"))
    )
    remarks = []
    for new in (other, dearer):
        made = report(one, new)
        assert made.transition is not None
        remarks.append(made.transition.remarks)
    assert remarks == [("`c` goes on from what the old wording has counted",), ()]


def test_what_is_defined_on_an_event_now_and_was_before_without_any_is_compared_there() -> None:
    """It was said to be compared at the events of both, and was not at all: what differed seemed the same."""
    text = """better for A
    no high

clause 1 "it"
    state x: points = 0
    occurrence e by B
        field n: points in 0 .. 2
    on e
        set x = n
    define high: boolean = x >= 2
"""
    new = text.replace("define high: boolean = x >= 2", "define high on e: boolean = x >= 1")
    for old, other, relation in ((text, new, "stricter"), (new, text, "more lenient")):
        made = report(old, other)
        assert [(o.name, o.relation, dict(o.roles)) for o in made.outcomes] == [("high", "different", {"A": relation})]


def test_a_subset_that_stands_in_no_clause_is_told() -> None:
    """A history parted the wordings, in no clause, and nothing said what had changed."""
    text = """enum Kind: slight, grave, fatal
subset Bad of Kind: grave, fatal
clause 1 "it"
    state x: points = 0
    occurrence e by B
        field kind: Kind
    on e when kind in Bad
        set x = 1
"""
    other = text.replace("Bad of Kind: grave, fatal", "Worse of Kind: mortal, slight").replace("in Bad", "in Worse")
    renames = {"Bad": "Worse", "Kind.fatal": "Kind.mortal"}
    for old, new, given in (
        (text, text.replace("Bad of Kind: grave, fatal", "Bad of Kind: slight, fatal"), {}),
        (text, other.replace("fatal", "mortal"), renames),
    ):
        made = told(wordings(HEAD + old, HEAD + new), given)
        lost, added = made.notes
        name = given.get("Bad", "Bad")
        assert lost == f"of the values of `{name}`, only in the old wording: `grave`"
        assert added == f"of the values of `{name}`, only in the new wording: `slight`"


def test_who_can_be_worse_off_on_some_day_is_not_so_whatever_the_day() -> None:
    """Only who begins before February can be."""
    old = (
        'better for A\n    no barred\nclause 1 "it"\n    state n: count = 0\n    occurrence e by A\n    on e\n'
        "        set n = n + 1\n    define barred: boolean = n > 1\n"
    )
    made = report(old, old.replace("n > 1", "n > 1 or n > 0 and today < 2024-02-02"), SWITCH)
    assert made.transition is not None
    assert next(transition_lines(made.transition, language("en"))) == (
        "A can be worse off by the switch alone, on some day"
    )


SETTLED = """better for A
    higher score
clause 1 "it"
    state score: points = 10
    reading way "how much?"
        one "one" default
        two "two"
{}    occurrence e by A
    on e
        set score = score - 1 when way is one
        set score = score - 2 when way is two
"""
ONE, TWO = "    assume way is one\n", "    assume way is two\n"


def test_where_there_is_no_history_of_both_nobody_lives_through_the_switch() -> None:
    made = report(SETTLED.format(""), SETTLED.format(ONE + TWO), SWITCH)
    assert (made.relation, made.transition) == ("no history", None)
    assert [line.met for line in made.required] == [None, None]


def test_by_default_a_reading_is_what_a_wording_settles_it_as() -> None:
    for now in ("", ONE):
        (role,) = report(SETTLED.format(TWO), SETTLED.format(now)).roles
        assert (role.relation, role.by_default) == ("more lenient", "more lenient")
