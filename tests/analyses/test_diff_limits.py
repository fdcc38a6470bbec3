"""What wordings assume of parameters and starts through definitions, and how they rank what only one of them has."""

from policydsl.analyses.diff import compare
from policydsl.analyses.diff_claims import Judging, rejudge
from policydsl.engines.verdict import Budget, Proved
from policydsl.report.diff_build import build_diff
from policydsl.report.diff_model import DiffReport
from tests.analyses.comparing import Here, loaded, wordings

HEAD = """policy "Limits"
    histories from 2024-01-30

role A

better for A
    higher score

clause 1 "all of it"
    reading way "how?"
        one "one" default
        two "two"
    parameter p: points in 0 .. 5 default 1
    define settled_so: boolean = way is one
"""
COUNTED = """    state score: points = 0
    occurrence e by A
    on e
        set score = score - (if way is one then 1 else 2)
"""


def report(old: str, new: str, head: str = HEAD) -> DiffReport:
    made = compare(wordings(head + old, head + new), {}, Here())
    return build_diff(
        made, claims=(), flaws=(), transition=None, expected=(), required=("equivalent",), taken=(), bugs=(),
        diagnostics=(), sources={},
    )  # fmt: skip


def test_a_reading_that_is_settled_through_a_definition() -> None:
    told = report(COUNTED, "    assume settled_so\n" + COUNTED)
    assert told.relation == "different"
    assert told.settled == (("way", "one"),)
    assert [line.met for line in told.required] == [False]


def test_claims_under_what_a_definition_says_of_parameters() -> None:
    said = 'claims about "Limits"\n\nguarantee one "It"\n    cites 1\n    {}after e: score = old score - 1\n'
    both = wordings(HEAD + COUNTED, HEAD + COUNTED, said.format("under settled_so\n    "))
    (claim,) = both.claims
    (verdict,) = Here().ask([claim.old.question])
    assert isinstance(verdict, Proved)
    both = wordings(HEAD + COUNTED, HEAD + "    assume settled_so\n" + COUNTED, said.format(""))
    judging = Judging(Budget(seconds=5), 1, [])
    assert [a.fate for a in rejudge(both, judging)] == ["gained"]
    assert not judging.bugs


def test_state_is_not_assumed_through_a_definition_either() -> None:
    text = HEAD.replace("way is one", "score > 0") + "    assume settled_so\n" + COUNTED
    found = [d for d in loaded(text, text).diagnostics if d.is_error]
    assert {(d.code, d.message) for d in found} == {("E0205", "`assume` speaks of parameters only, not of `score`")}


def test_a_parameter_that_one_of_the_new_wording_limits_is_named() -> None:
    told = report(COUNTED.replace("(if", "p - (if"), "    parameter q: points in 0 .. 1 default 1\n    assume p <= q\n"
                  + COUNTED.replace("(if", "p - (if"))  # fmt: skip
    assert any("do not admit the same values of `p`" in r for r in told.remarks)


def test_a_start_that_a_definition_limits_otherwise_is_named() -> None:
    start = "    define small: boolean = score <= {}\n    state score: points starts where small and score >= 0\n"
    rest = COUNTED.partition("\n")[2]
    told = report(start.format(1) + rest, start.format(2) + rest)
    assert any("do not let `score` start alike" in r for r in told.remarks)


# --- what is better ------------------------------------------------------------------------------

RANKED = """policy "Ranks"
    histories from 2024-01-30

role A
role B

enum K: good, {mid}bad

better for {role}
    kind: good then {then}bad

clause 1 "all of it"
    state kind: K = good
    occurrence e by A
    on e
        set kind = {now}
"""


def ranked(mid: str = "", then: str = "", now: str = "bad", role: str = "A") -> str:
    return RANKED.format(mid=mid, then=then, now=now, role=role)


def test_a_ranking_that_the_new_wording_adds_a_value_to() -> None:
    for then, told in (("mid then ", "more lenient"), ("", "stricter")):
        new = ranked("mid, ", then, "mid")
        if not then:
            new = new.replace("then bad", "then bad then mid")
        made = compare(wordings(ranked(), new), {}, Here())
        assert made.overall.roles == (("A", told),)


def test_a_ranking_of_a_new_role_whose_values_are_called_otherwise() -> None:
    old = ranked(now="good").replace("kind: K = good", "kind: K = bad")
    new = ranked(now="bad", role="B").replace("kind: K = good", "kind: K = bad").replace("good", "fine")
    made = compare(wordings(old, new), {"K.good": "K.fine"}, Here())
    assert made.overall.roles == (("A", "stricter"), ("B", "stricter"))


# --- readings of which the wordings do not admit the same options -----------------------------------


def test_at_the_defaults_and_by_whose_reading() -> None:
    three = HEAD.replace('        two "two"\n', '        two "two"\n        three "three"\n')
    costs = COUNTED.replace("else 2", "else if way is two then 2 else 3")
    told = report("    assume way is not three\n" + costs, "    assume way is not two\n" + costs, three)
    assert [(r.relation, r.by_default) for r in told.roles] == [("incomparable", "equivalent")]
    assert {r.reading for r in told.readings} == {"way in the old wording"}
    told = report("    assume way is not three\n" + costs, costs, three)
    assert {r.reading for r in told.readings} == {"way in the old wording", "way in the new wording"}
