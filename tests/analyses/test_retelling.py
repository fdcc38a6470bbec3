"""Stories told again under other readings: what they never look at changes nothing, and nothing else is presumed."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from policydsl.analyses import retelling
from policydsl.analyses.judge import decide
from policydsl.analyses.judgement import Judgement
from policydsl.analyses.readings import Case, default_cases, single_cases, visible_readings
from policydsl.analyses.retelling import Looks, retell
from policydsl.analyses.subjects import Subject, subjects_of
from policydsl.engines.verdict import Budget, Refuted
from policydsl.front.load import load_files
from policydsl.semantics import interpret

POLICY = """
policy "Score"
    histories from 2024-01-01
role User
clause 1 "a violation costs points"
    state score: points = 100
    state warned: boolean = no
    parameter fee: points in 1 .. 2
    reading first "does the first rule cost?"
        free "no" default
        dear "yes"
    reading second "does the second rule cost?"
        cheap "no" default
        costly "yes"
        barred "yes, and nothing happens any more"
    occurrence warning by User
        possible when second is not barred
    on warning
        set warned = yes
    occurrence violation by User
    on violation when warned
        set score = score - fee
    on violation when not warned
        set score = score - 1 when first is dear or second is costly
    schedule amnesty: each month on day 1
        set warned = no when first is dear
"""
CLAIMS = """
claims about "Score"
finding same "The score stays the same"
    always score = 100
    expect fails
finding quiet "Nobody is warned"
    always not warned
    expect fails
finding both "Nobody is warned after a cost"
    after violation when warned: score = 100
    expect fails
"""


@pytest.fixture(scope="module")
def stories() -> list[tuple[Subject, Refuted]]:
    texts = {"s.policy": POLICY.strip() + "\n", "s.claims": CLAIMS.strip() + "\n"}
    loaded = load_files(texts, lambda name: (texts[name], ()))
    assert not [d for d in loaded.diagnostics if d.is_error], loaded.diagnostics
    made = Judgement(tuple(s for s in subjects_of(loaded.policies, loaded.claims) if s.origin == "claim"))
    decide(made, Budget(), 1, lambda _: None)
    found = [(made.subjects[i], v) for i, v in made.verdicts.items() if isinstance(v, Refuted)]
    assert len(found) == 3
    return found


def cases(subject: Subject) -> Iterator[Case]:
    policy, question = subject.policy, subject.question
    seen = visible_readings(question, policy.system, policy.influence)
    yield from single_cases(question, seen)
    yield from default_cases(question, seen)


def told(stories: list[tuple[Subject, Refuted]], *, twice: bool = True) -> list[Refuted | None]:
    looks, found = Looks(), list[Refuted | None]()
    for subject, verdict in stories:
        for case in cases(subject):
            again = retell(subject.question, case, verdict, looks)
            found.append(again)
            if twice and again is not None:  # and what was told again is told again
                found += [retell(subject.question, other, again, looks) for other in cases(subject)]
    return found


def test_a_story_goes_as_if_every_reading_had_been_looked_at(
    stories: list[tuple[Subject, Refuted]], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = told(stories)
    live = retelling._live
    monkeypatch.setattr(
        retelling, "_live", lambda question, trace: replace(live(question, trace), begun=frozenset(trace.parameters))
    )
    assert quick == told(stories)
    assert None in quick
    assert any(each is not None for each in quick)


def test_stories_look_at_some_readings_and_not_at_others(stories: list[tuple[Subject, Refuted]]) -> None:
    lived = {s.question.key: Looks().of(s.question, v.trace) for s, v in stories}
    seen = {key: found.begun.union(*found.read) for key, found in lived.items()}
    assert "second" in seen["quiet"]  # whether a warning is possible
    assert any(not {"first", "second"} <= looked for looked in seen.values())


def test_taking_too_much_for_granted_is_noticed(
    stories: list[tuple[Subject, Refuted]], monkeypatch: pytest.MonkeyPatch
) -> None:
    right, live = told(stories, twice=False), retelling._live
    monkeypatch.setattr(
        retelling, "_live", lambda question, trace: replace(live(question, trace), begun=frozenset(), read=())
    )
    assert told(stories, twice=False) != right


NARROW = (
    CLAIMS
    + """
finding narrow "Nobody is warned where one of the rules costs"
    under first is dear or second is costly
    always not warned
    expect fails
"""
)


def test_no_story_is_told_again_with_readings_that_are_not_admitted() -> None:
    texts = {"s.policy": POLICY.strip() + "\n", "s.claims": NARROW.strip() + "\n"}
    loaded = load_files(texts, lambda name: (texts[name], ()))
    subjects = [s for s in subjects_of(loaded.policies, loaded.claims) if s.question.key == "narrow"]
    made = Judgement(tuple(subjects))
    decide(made, Budget(), 1, lambda _: None)
    (subject,), verdict = subjects, made.verdicts[0]
    assert isinstance(verdict, Refuted)
    looks, found = Looks(), set[bool]()
    for first in ("free", "dear"):
        for second in ("cheap", "costly", "barred"):
            given = {**verdict.trace.parameters, "first": first, "second": second}
            case = Case("first", first, (("first", first), ("second", second)), (0, 0))
            admitted = interpret.check_parameters(subject.question.system, given) is None
            assert admitted or retell(subject.question, case, verdict, looks) is None
            found.add(admitted)
    assert found == {True, False}
