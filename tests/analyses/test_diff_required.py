"""Is what is required or expected of an edit so? Where it is not known, or something else is, it is not met."""

import pytest

from policydsl.analyses.diff import compare
from policydsl.analyses.diff_claims import Judging, flaws, rejudge
from policydsl.analyses.diff_names import names_of
from policydsl.analyses.diff_renames import certain_renames
from policydsl.analyses.diff_whole import examine
from policydsl.engines.verdict import Budget
from policydsl.report.diff_build import build_diff, transition_of
from policydsl.report.diff_model import DiffReport
from policydsl.report.diff_words import equal_line
from tests.analyses.comparing import Here, wordings

HEAD = """policy "Required"
    histories from 2024-01-30

role A
role B

better for A
    higher score
    lower debt

clause 1 "all of it"
    reading way "how?"
        one "one" default
        two "two"
"""
BODY = """    state score: points = 0
    state debt: money EUR = 0 EUR
    state open: boolean = yes
    occurrence praise by B
    act appeal by A permitted when open
        choose extra: points in 0 .. 1 default 0 by A
    on praise
        set score = score + 1
    on appeal
        set score = score + 2
"""


def met(new: str, claims: str = "", what: str = "no-guarantee-lost", old: str = BODY) -> bool | None:
    both = wordings(
        HEAD + old, HEAD + new, claims and 'claims about "Required"\n\nguarantee one "It"\n    cites 1\n' + claims
    )
    judging = Judging(Budget(seconds=5), 1, [])
    report = build_diff(
        compare(both, {}, Here(), readings=False), claims=rejudge(both, judging), flaws=(), transition=None,
        expected=(), required=(what,), taken=(), bugs=(), diagnostics=(), sources={},
    )  # fmt: skip
    return report.required[0].met


def test_a_guarantee_that_is_about_nothing_any_more_is_lost() -> None:
    closed = BODY.replace("open: boolean = yes", "open: boolean = no")
    assert met(closed, "    after appeal: score = old score + 2\n") is False
    assert met(closed, "    after praise: score = old score + 1\n") is True
    assert met(closed, "    after appeal: score = old score + 1\n") is True  # it did not hold


def test_one_about_another_option_of_a_settled_reading_is_not() -> None:
    claim = "    under way is two\n    after appeal: score = old score + 2\n"
    assert met("    assume way is one\n" + BODY, claim) is True


@pytest.mark.parametrize(
    "change", [("praise by B", "praise by A"), ("appeal by A", "appeal by B"), ("0 by A", "0 by B")]
)
def test_what_somebody_else_does_or_decides_is_not_equivalent(change: tuple[str, str]) -> None:
    assert met(BODY, what="equivalent") is True
    assert met(BODY.replace(*change), what="equivalent") is False


AMENDED = """amendment "Otherwise" of "Required"
    expect {expected} for {role}

in clause 1
    replace on praise
        set score = score + 1
    with on praise
        set score = score + {points}
    replace state debt: money EUR = 0 EUR
    with state debt: money {currency} = 0 {currency}
"""


@pytest.mark.parametrize(
    ("expected", "points", "currency", "is_met"),
    [("more lenient", 2, "USD", None), ("stricter", 2, "USD", False), ("stricter", 0, "USD", None)],
)
def test_what_is_not_compared_may_be_the_other_way_round(
    expected: str,
    points: int,
    currency: str,
    is_met: bool | None,  # noqa: FBT001  what is expected of a test
) -> None:
    text = AMENDED.format(expected=expected, role="A", points=points, currency=currency)
    both = wordings(HEAD + BODY, text, suffix="amendment")
    whole = examine(both, {}, Here())
    report = build_diff(
        whole.made, claims=(), flaws=(), transition=None, expected=whole.expected, required=(), taken=(), bugs=(),
        diagnostics=(), sources={},
    )  # fmt: skip
    assert [line.met for line in report.expected] == [is_met]


@pytest.mark.parametrize(
    ("expected", "is_met"),
    [("stricter for A", True), ("equivalent", False), ("equivalent under cost = 3", True)],
)
def test_of_an_edit_of_a_default_is_expected_what_the_report_shows(expected: str, is_met: bool) -> None:  # noqa: FBT001  what is expected of a test
    body = BODY.replace("score + 1", "score - cost") + "    parameter cost: points in 1 .. 9 default 3\n"
    text = f"""amendment "Dearer" of "Required"
    expect {expected}
in clause 1
    replace parameter cost: points in 1 .. 9 default 3
    with parameter cost: points in 1 .. 9 default 5
"""
    whole = examine(wordings(HEAD + body, text, suffix="amendment"), {}, Here())
    report = build_diff(
        whole.made, claims=(), flaws=(), transition=None, expected=whole.expected, required=("equivalent",), taken=(),
        bugs=(), diagnostics=(), sources={},
    )  # fmt: skip
    assert [line.met for line in (*report.expected, *report.required)] == [is_met, False]


@pytest.mark.parametrize(("role", "expected"), [("A", True), ("B", None)])
def test_what_is_worse_or_better_for_somebody_is_different_for_them(role: str, expected: bool | None) -> None:  # noqa: FBT001  what is expected of a test
    text = f"""amendment "Otherwise" of "Required"
    expect different for {role}
in clause 1
    replace score + 2
    with score + 1
"""
    whole = examine(wordings(HEAD + BODY, text, suffix="amendment"), {}, Here())
    report = build_diff(
        whole.made, claims=(), flaws=(), transition=None, expected=whole.expected, required=(), taken=(), bugs=(),
        diagnostics=(), sources={},
    )  # fmt: skip
    assert [line.met for line in report.expected] == [expected]


def test_an_event_with_other_consequences_is_not_taken_for_renamed() -> None:
    both = wordings(HEAD + BODY, HEAD + BODY.replace("praise", "blame"))
    assert certain_renames(both.old, both.new, {}) == {"praise": "blame"}
    both = wordings(HEAD + BODY, HEAD + BODY.replace("praise", "blame").replace("score + 1", "score - 1"))
    assert certain_renames(both.old, both.new, {}) == {}


# --- what only one wording has -------------------------------------------------------------------


def told(new: str, what: tuple[str, ...], old: str = BODY, claims: str = "") -> DiffReport:
    both = wordings(HEAD + old, HEAD + new, claims)
    whole = examine(both, {}, Here())
    return build_diff(
        whole.made, claims=(), flaws=(), transition=transition_of(whole.made, whole.switched), expected=(),
        required=what, taken=(), bugs=(), diagnostics=(), sources={},
    )  # fmt: skip


GONE = BODY.partition("    act appeal")[0] + "    on praise\n        set score = score + 1\n"
MORE = BODY + "    act terminate by B permitted when score < 0\n"


@pytest.mark.parametrize(
    ("old", "new", "worse"),
    [(BODY, GONE, False), (BODY, MORE, True), (BODY, BODY + "    state sanction: boolean = no\n", True),
     (BODY, BODY + "    define good: boolean = score > 0\n", True)],
)  # fmt: skip
def test_what_one_wording_alone_has_is_not_equivalent(old: str, new: str, worse: bool | None) -> None:  # noqa: FBT001  what is expected of a test
    report = told(new, ("equivalent", "nobody-worse-off"), old)
    assert [line.met for line in report.required] == [False, worse]


def test_a_definition_that_only_says_it_otherwise_is() -> None:
    new = BODY.replace("set score = score + 2", "set score = score + gain") + "    define gain: points = 2\n"
    assert [line.met for line in told(new, ("equivalent",)).required] == [True]


def test_where_not_all_is_compared_nothing_is_settled_or_never_worse() -> None:
    old = BODY.replace("score + 2", "score + (if way is one then 2 else 3)")
    assert told(BODY, (), old).settled == (("way", "one"),)
    report = told(BODY.replace("EUR", "USD"), ("nobody-worse-off", "nothing-punished"), old)
    assert report.settled == ()
    assert report.sentence.startswith("In what can be compared, ")
    assert [line.met for line in report.required] == [None, None]


def test_claims_about_what_is_new_are_named() -> None:
    claims = 'claims about "Required"\n\nguarantee fresh "It"\n    cites 1\n    always not sanction\n'
    report = told(BODY + "    state sanction: boolean = no\n", (), claims=claims)
    assert report.notes == ("claims about what only the new wording has, not judged here: `fresh`",)


def test_a_claim_that_cites_a_new_clause_is_judged() -> None:
    """What it cites bears on nothing: an author who splits a clause has the claims cite its parts."""
    more = BODY.replace("score + 1", "score + 3") + '\nclause 2 "more"\n    define good: boolean = score > 0\n'
    report = judged(BODY, more, CLAIM.replace("cites 1", "cites 1, 2\n    protects A"))
    assert [line.fate for line in report.claims] == ["lost"]
    assert report.notes == ()


def test_a_clause_that_is_gone_is_named_where_claims_still_cite_it() -> None:
    more = BODY + '\nclause 2 "more"\n    define good: boolean = score > 0\n'
    report = judged(more, BODY, CLAIM.replace("cites 1", "cites 2, 1"))
    assert [line.fate for line in report.claims] == ["untouched"]
    assert report.notes == ("clause 2 is only in the old wording, and still cited by `one`",)


def test_what_is_undefined_now_is_not_equivalent() -> None:
    text = HEAD.replace("2024-01-30\n", "2024-01-30\n    month ends last day\n") + BODY
    text += "    state due: date or none\n    on praise\n        set due = today + 1 month\n"
    edit = 'amendment "X" of "Required"\n    expect equivalent\n\nin header\n    month ends refuse\n'
    both, judging = wordings(text, edit, suffix="amendment"), Judging(Budget(seconds=5), 1, [])
    whole = examine(both, {}, Here())
    report = build_diff(
        whole.made, claims=(), flaws=flaws(both, judging), transition=None, expected=whole.expected,
        required=("equivalent", "no-new-flaw"), taken=(), bugs=(), diagnostics=(), sources={},
    )  # fmt: skip
    assert report.relation == "equivalent"
    assert [line.met for line in (*report.expected, *report.required)] == [False, False, False]


def first_words(new: str) -> str:
    both, judging = wordings(HEAD + BODY, HEAD + new), Judging(Budget(seconds=5), 1, [])
    return build_diff(
        compare(both, {}, Here()), claims=(), flaws=flaws(both, judging), transition=None, expected=(), required=(),
        taken=(), bugs=(), diagnostics=(), sources={},
    ).sentence  # fmt: skip


def test_nothing_is_called_the_same_where_clauses_conflict() -> None:
    """Which of two rules stands first says nothing: the other one may be meant."""
    later = '\nclause 2 "seven is three"\n    on praise when score = 7\n        set score = 3\n'
    said = "Apart from the conflicts, gaps and undefined values named below, both wordings give the same"
    assert first_words(BODY + later).startswith(said)
    assert first_words(BODY + later + "    state mark: boolean = no\n").startswith(said)
    dead = later.replace("score = 7", "score < 0")
    assert first_words(BODY + dead).endswith("which clauses can never apply is named below.")


def test_what_only_one_wording_admits_is_no_history_of_both() -> None:
    """After an appeal that only one wording permits the scores are not the same."""
    for new in (BODY.replace("permitted when open", "permitted when score > 0"), BODY.replace("0 .. 1", "0 .. 2")):
        report = told(new, ())
        assert equal_line(report).endswith("outcomes are the same in every history that both wordings admit, proved.")
    report = told(BODY.replace("= 0 EUR", "= 1 EUR"), ())
    assert equal_line(report).endswith("outcomes are the same in every history, proved.")


# --- what is not formalised ----------------------------------------------------------------------

WEIGHED = 'not formalised 2 "the platform weighs it"\n    because "qualitative" affects {}\n'
CLAIM = 'claims about "Required"\n\nguarantee one "It"\n    cites 1\n    after praise: score = old score + 1\n'


def judged(old: str, new: str, claims: str = CLAIM) -> DiffReport:
    both, judging = wordings(HEAD + old, HEAD + new, claims), Judging(Budget(seconds=5), 1, [])
    whole, what = examine(both, {}, Here()), ("equivalent", "no-guarantee-lost", "nobody-worse-off")
    return build_diff(
        whole.made, claims=rejudge(both, judging), flaws=(), expected=(),
        transition=transition_of(whole.made, whole.switched), required=what,
        taken=(), bugs=(), diagnostics=(), sources={},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "met"),
    [
        ("", WEIGHED.format("score"), [False, None, None]),
        (WEIGHED.format("score"), "", [False, True, None]),
        (WEIGHED.format("score"), WEIGHED.format("score").replace("weighs", "judges"), [False, None, None]),
        ("", WEIGHED.format("open"), [False, None, None]),  # which decides whether an act is permitted
        ("", WEIGHED.format("debt"), [False, True, None]),
        (
            WEIGHED.format("score"),
            WEIGHED.format("score").replace("qualitative", "a matter of degree"),
            [True, True, True],
        ),
        (WEIGHED.format("score"), WEIGHED.format("score").replace("2", "3"), [True, True, True]),
    ],
)
def test_what_is_not_formalised_is_not_compared(old: str, new: str, met: list[bool | None]) -> None:
    report = judged(BODY + old, BODY + new)
    assert [line.met for line in report.required] == met
    assert ("not formalised" in " ".join(report.notes)) == (met[0] is False)
    assert report.sentence.startswith("What is formalised is the same") == (met[0] is False)


def test_days_of_another_time_zone_are_not_the_same_days() -> None:
    zone = HEAD.replace("2024-01-30\n", "2024-01-30\n    time zone Asia/Tokyo\n")
    both = wordings(HEAD + BODY, zone + BODY)
    report = build_diff(
        compare(both, {}, Here()), claims=(), flaws=(), transition=None, expected=(), required=("equivalent",),
        taken=(), bugs=(), diagnostics=(), sources={},
    )  # fmt: skip
    assert [line.met for line in report.required] == [False]


@pytest.mark.parametrize("change", [("clause 1", "clause 7"), ("table fine", "table due")])
def test_a_flaw_of_a_clause_that_is_called_otherwise_is_not_new(change: tuple[str, str]) -> None:
    text = HEAD + BODY + "    table fine of score: points, exactly one row\n        [0, 3]: 1\n        [3, 9]: 2\n"
    new = text.replace(*change)
    renames = {"fine": "due"} if "due" in new else {}
    both = wordings(text, new)
    judging = Judging(Budget(seconds=5), 1, [], back=names_of(both.old, both.new, renames).old())
    assert flaws(both, judging) == ()


def test_a_default_that_only_one_wording_has_is_told() -> None:
    text = BODY.replace("default 0 by A", "by A") + "    parameter p: points in 0 .. 5\n"
    report = told(text.replace(".. 5", ".. 5 default 1").replace("0 .. 1 by A", "0 .. 1 default 1 by A"), (), text)
    assert report.notes == ("only one of the wordings has a default of `p` and `appeal.extra`",)
    assert "only rewords" not in report.sentence


DUTY = (
    BODY
    + """    duty thank of A
        arises on praise
        by today + 3 days
        discharged on appeal
"""
)


def test_a_duty_that_somebody_else_owes_is_not_equivalent() -> None:
    assert met(DUTY.replace("thank of A", "thank of B"), what="equivalent", old=DUTY) is False
    for change in (("thank of A", "thank of B"), ("appeal by A", "appeal by B")):
        both = wordings(HEAD + DUTY, HEAD + DUTY.replace(*change))
        whole = examine(both, {}, Here())
        found = {s.role: (s.relation, s.punished.fact) for s in whole.switched}
        assert found == {"A": ("undecided", "undecided"), "B": ("undecided", "undecided")}


COUNTED = (
    BODY
    + """    count praised: praise, this one included, in all
    table band of score: points, first row that fits
        <= 1: 1
        no row: 2
"""
)


@pytest.mark.parametrize(
    ("change", "claim", "equivalent"),
    [
        (("included", "not included"), "    after praise: praised >= 1\n", False),
        (("<= 1: 1\n", "<= 1: 1\n        <= 0: 1\n"), "    always rows of band <= 1\n", True),
    ],
)
def test_what_claims_alone_look_at_is_no_mere_rewording(change: tuple[str, str], claim: str, equivalent: bool) -> None:  # noqa: FBT001  whether it is
    claims = f'claims about "Required"\n\nguarantee one "It"\n    cites 1\n{claim}'
    both = wordings(HEAD + COUNTED, HEAD + COUNTED.replace(*change), claims)
    report = build_diff(
        compare(both, {}, Here(), readings=False), claims=rejudge(both, Judging(Budget(seconds=5), 1, [])), flaws=(),
        transition=None, expected=(), required=("equivalent", "no-guarantee-lost"), taken=(), bugs=(), diagnostics=(),
        sources={},
    )  # fmt: skip
    assert "rewords" not in report.sentence
    assert [r.met for r in report.required] == [equivalent, False]


def test_a_count_that_something_looks_at_shows_there() -> None:
    looked = COUNTED + "    define often on praise: boolean = praised >= {}\n"
    other = looked.format(1).replace("one included", "one not included")
    assert met(other, what="equivalent", old=looked.format(2)) is True
    assert met(other, what="equivalent", old=looked.format(1)) is False


@pytest.mark.parametrize(
    ("old", "change"),
    [
        ("    parameter most: points in 0 .. 5 default 2\n", ("0 .. 5", "0 .. 9")),
        ("    parameter most: points in 0 .. 5 default 2\n", ("0 .. 5", "0 .. 4")),
        ("    parameter most: points default 2\n    assume most >= 1\n", ("most >= 1", "most >= 0")),
        ("    state owed: points starts where owed >= 1\n", ("owed >= 1", "owed >= 0")),
        ("    enum Way: mild, strict\n    parameter most: Way default mild\n", ("mild, strict", "mild, strict, hard")),
    ],
)
def test_wordings_that_do_not_admit_the_same_are_not_equivalent(old: str, change: tuple[str, str]) -> None:
    said = BODY + old
    assert met(said.replace(*change), what="equivalent", old=said) is False
    assert met(said.replace("points = 0", "points = 0 points"), what="equivalent", old=said) is True


LISTED = """    enum Kind: mild, grave
    state left[Kind]: points = 3
    on praise
        set left[every] = 2
"""


def test_an_index_that_has_one_value_more_is_not_compared_there() -> None:
    old = HEAD.replace("higher score", "higher left") + BODY + LISTED
    new = old.replace("mild, grave", "mild, grave, worst")
    here = Here()
    whole = examine(wordings(old, new), {}, here)
    assert {s.role: s.relation for s in whole.switched} == {"A": "undecided"}
    assert (
        met(BODY + LISTED.replace("mild, grave", "mild, grave, worst"), what="equivalent", old=BODY + LISTED) is False
    )
    told = build_diff(
        examine(wordings(old, new.replace("- 1", "- 1").replace("points = 0", "points = 1")), {}, here).made, claims=(),
        flaws=(), transition=None, expected=(), required=(), taken=(), bugs=(), diagnostics=(), sources={},
    )  # fmt: skip
    assert "no order is declared" not in told.sentence


# --- other defaults ------------------------------------------------------------------------------

LIMITED = (
    BODY
    + """    parameter limit: points in 1 .. 9 default {}
    define bonus: points = {}
clause 2 "who pays"
    define barred: boolean = score >= limit
"""
)


def test_of_the_switch_nothing_is_known_with_other_defaults() -> None:
    """What bears on nothing that is better for anybody may have another default."""
    for order, found in (("    no barred\n", "not the default of `limit`"), ("", "none")):
        old, new = (
            (HEAD + LIMITED.format(*n)).replace("    lower debt\n", f"    lower debt\n    higher bonus\n{order}")
            for n in ((3, 1), (2, 2))
        )
        whole = examine(wordings(old, new), {}, Here())
        report = build_diff(
            whole.made, claims=(), flaws=(), transition=transition_of(whole.made, whole.switched), expected=(),
            required=("nobody-worse-off",), taken=(), bugs=(), diagnostics=(), sources={},
        )  # fmt: skip
        assert [r.relation for r in report.roles] == ["more lenient"]
        assert report.required[0].found == found
