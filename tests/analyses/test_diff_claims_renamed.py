"""Claims read under a wording that calls things otherwise: what a name means depends on where it stands."""

from policydsl.analyses.diff_claims import Judging, rejudge
from policydsl.analyses.diff_names import names_of
from policydsl.engines.verdict import Budget
from tests.analyses.comparing import renamed, wordings

HEAD = """policy "Names"
    histories from 2024-01-01

role A
role B
enum K: a, b
enum L: a, c

clause 1 "all of it"
    state score: points = 0
    state k: K = a
    state l: L = a
"""
OLD = """    occurrence fault by A
        field n: points in 0 .. 1
        field kind: K
    occurrence praise by A
        field n: points in 0 .. 1
    duty answer of A
        arises on fault
        by today + 3 days
        discharged on praise
    on fault
        set score = score - n
        set k = b
    on praise
        set score = score + n
        set l = c
"""


def fates(new: str, claims: str, renames: dict[str, str], old: str = HEAD + OLD) -> list[tuple[str, str]]:
    both = wordings(old, new)
    judging = Judging(Budget(seconds=5), 1, [], back=names_of(both.old, both.new, renames).old())
    again = rejudge(renamed(both, 'claims about "Names"\n' + claims, renames), judging)
    return [(a.fate, "; ".join(d.message for d in a.why)) for a in again]


def claim(text: str, under: str = "") -> str:
    return f'\nguarantee one "It"\n    cites 1\n{under}    {text}\n'


def changed(*changes: tuple[str, str]) -> str:
    text = HEAD + OLD
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


UNTOUCHED = [("untouched", "")]


def test_values_that_change_places() -> None:
    new = changed(("state k: K = a", "state k: K = b"), ("set k = b", "set k = a"))
    renames = {"K.a": "K.b", "K.b": "K.a"}
    for text in ("after fault: k is K.b", "after fault: k is b and l is old l", "always l in {a, c} and k in {K.a, b}"):
        assert fates(new, claim(text), renames) == UNTOUCHED
    assert fates(new, claim("for every x: K\n    after fault when kind = x: k is b"), renames) == UNTOUCHED


def test_a_value_of_one_of_two_enumerations_that_have_it() -> None:
    new = changed(("enum K: a", "enum K: z"), ("state k: K = a", "state k: K = z"))
    assert fates(new, claim("possible k is a and l is a and score = 0"), {"K.a": "K.z"}) == UNTOUCHED


def test_facts_are_those_of_their_event() -> None:
    new = changed(("occurrence fault by A\n        field n", "occurrence slip by A\n        field m"),
                  ("on fault", "on slip"), ("score - n", "score - m"))  # fmt: skip
    renames = {"fault": "slip", "fault.n": "slip.m"}
    under = "    under fault.kind is a\n"
    assert fates(new, claim("after fault: score = old score - n", under), renames) == UNTOUCHED
    assert fates(new, claim("after praise: score = old score + n"), renames) == UNTOUCHED
    ((fate, why),) = fates(new, claim("after fault or praise: n >= 0"), renames)
    assert fate == "meaningless"
    assert why == "`n` is `slip.m` or `praise.n` now"


def test_names_of_two_histories() -> None:
    new = changed(("occurrence fault by A\n        field n", "occurrence slip by A\n        field m"),
                  ("on fault", "on slip"), ("score - n", "score - m"))  # fmt: skip
    renames = {"fault": "slip", "fault.n": "slip.m"}
    same = "score in the first history = score in the second history"
    for text in (f"between a history and the same history with other n of one fault: {same}",
                 f"between two histories that differ only in fault.n: {same}",
                 f"between two histories that differ only in kind: {same}"):  # fmt: skip
        ((fate, why),) = fates(new, claim(text), renames)
        assert (fate, why) in {("kept", ""), ("untouched", "")}


def test_enumerations_and_duties() -> None:
    new = changed(("enum K", "enum Kind"), ("kind: K", "kind: Kind"), ("k: K", "k: Kind"), ("duty answer", "duty it"))
    renames = {"K": "Kind", "answer": "it"}
    assert fates(new, claim("for every x: K\n    after fault when kind = x: score <= old score"), renames) == UNTOUCHED
    assert fates(new, claim("always answer.open implies answer.due is not none"), renames) == UNTOUCHED


def test_a_name_of_the_claims_own_that_is_one_of_the_policy_now() -> None:
    new = changed(("score", "x"))
    text = "for every x: points in 0 .. 1\n    after praise when n = x: score = old score + x"
    assert fates(new, claim(text), {"score": "x"}) == [("kept", "")]


def test_a_name_that_means_something_else_now() -> None:
    new = changed(("        field kind: K\n", "        field kind: K\n        field l: L\n"))
    ((fate, why),) = fates(new, claim("after fault: l is a"), {})
    assert fate == "meaningless"
    assert why == "`l` is a state, and comes with `fault`, too"


def test_a_name_of_the_claims_own_that_comes_with_an_event_now() -> None:
    new = changed(("        field kind: K\n", "        field kind: K\n        field x: points\n"))
    text = "for every x: points in 0 .. 1\n    after fault when n = x: score = old score - x"
    assert fates(new, claim(text), {}) == [("kept", "")]


def test_whom_it_protects_and_what_it_was_expected_to_depend_on_may_be_gone() -> None:
    reading = '    reading way "how?"\n        one "one" default\n        two "two"\n'
    old = HEAD + reading + OLD.replace("score - n", "score - (if way is one then n else 1)")
    new = (HEAD + OLD).replace("role B\n", "")
    text = (
        claim("after fault: score = old score - n", "    protects B\n").rstrip()
        + "\n    expect depends on reading way\n"
    )
    assert fates(new, text, {}, old) == [("gained", "")]
