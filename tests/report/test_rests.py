"""What a proof speaks of: without all other clauses at once, the same lemmas still prove the claim."""

from pathlib import Path

import pytest

from policydsl.analyses.blame import _reprove
from policydsl.analyses.judge import decide
from policydsl.analyses.judgement import Judgement
from policydsl.analyses.subjects import lemmas_of, subjects_of
from policydsl.engines.verdict import Budget, Proved
from policydsl.front.load import load
from policydsl.report.rests import bearing, spoken_of

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
        assert _reprove(decision.subject, certificate, rest) is not None
