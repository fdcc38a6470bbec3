"""What a proof speaks of: without all other clauses at once, the same lemmas still prove the claim."""

from pathlib import Path

import pytest

from policydsl.analyses.blame import _reprove, text_of
from policydsl.analyses.judge import decide
from policydsl.analyses.judgement import Judgement
from policydsl.analyses.subjects import lemmas_of, subjects_of
from policydsl.engines.verdict import Budget, Proved
from policydsl.front.load import load
from policydsl.front.loaded import LoadedClaims
from policydsl.report.rests import bearing, spoken_of
from tests.engines.asking import answer
from tests.engines.reading import loaded

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    "files",
    [
        [ROOT / "report/fixtures/library.policy", ROOT / "report/fixtures/library.claims"],
        [ROOT / "cli/fixtures/specs/score.policy", ROOT / "cli/fixtures/proofs/score.claims"],
    ],
    ids=["library", "score"],
)
def test_clauses_that_a_proof_does_not_speak_of_can_say_anything(files: list[Path]) -> None:
    loaded = load(files)
    judgement = Judgement(subjects_of(loaded.policies, loaded.claims), lemmas_of(loaded.claims))
    decide(judgement, Budget(seconds=10), 1, lambda _: None)
    proved = [d for d in judgement.decisions() if isinstance(d.verdict, Proved) and d.subject.claim is not None]
    assert proved
    for decision in proved:
        assert isinstance(decision.verdict, Proved)
        policy, certificate = decision.subject.policy, decision.verdict.certificate
        core = spoken_of(policy, decision.subject.question, certificate)
        assert core is not None
        assert set(core) <= set(bearing(policy, decision.subject.question))
        rest = tuple(c.number for c in policy.clauses if c.number not in core)
        assert _reprove(decision.subject.question, certificate, rest, text_of(decision.subject)) is not None


def test_starts_assumptions_and_exceptions_are_spoken_of_by_their_clauses() -> None:
    """As is what relates them: a start through another, a start through what is assumed."""
    policy, claims = loaded(
        """
        policy "Conditions"

        clause 1 "a start above another"
            state x: integer starts where x > y

        clause 2 "that starts above a parameter"
            state y: integer starts where y > p

        clause 3 "the parameter"
            parameter p: integer

        clause 4 "what is assumed of it"
            assume p > 2

        clause 5 "a value"
            define v: integer = 1
            occurrence e
            on e
                set x = x + v

        clause 6 "at times another"
            exception to 5
            define v: integer
                2 when x > 9
                1 otherwise

        clause 7 "something else"
            state z: integer starts where z > 5
        """,
        """
        claims about "Conditions"

        guarantee positive "It stays above three"
            cites 1
            always x > 3

        guarantee in_both "... in any two histories"
            cites 1
            between any two histories: x in the first history > 3 and x in the second history > 3
        """,
    )
    found = subjects_of((policy,), (LoadedClaims("a.claims", policy, tuple(claims.values())),))
    for subject in (s for s in found if s.origin == "claim"):
        verdict = answer(subject.question)
        assert isinstance(verdict, Proved)
        assert spoken_of(policy, subject.question, verdict.certificate) == ("1", "2", "4", "5", "6")
        assert _reprove(subject.question, verdict.certificate, ("7",), text_of(subject)) is not None
