"""What an edit is said to cost, by what is known before and after it."""

from dataclasses import replace

import pytest

from policydsl.analyses import repair_cost
from policydsl.analyses.diff_claims import Again, Flaw, Judging
from policydsl.analyses.fates import fate_of
from policydsl.analyses.judgement import Decision
from policydsl.analyses.repair import Repair, amendment_of
from policydsl.analyses.repair_case import case_of
from policydsl.analyses.repair_cost import Cost, Pricing
from policydsl.analyses.repair_edits import candidates
from policydsl.analyses.subjects import Origin, Subject
from policydsl.core.system import Obligation, Question, Trace
from policydsl.engines.verdict import Budget, Certificate, Proved, Refuted, Unknown, Verdict
from policydsl.front.wordings import Wordings, reworded
from policydsl.report.diff_build import flaw_words
from policydsl.report.language import language
from policydsl.report.repair import repair_line
from tests.analyses.comparing import Here
from tests.analyses.repairing import CLAIMS, LIBRARY, base_of, target_of

OPEN = Unknown("the budget ran out", ())
FAILS = Refuted(Trace({}, {}, ()), 0, -1)


HOLDS = Proved(Certificate("", "", 1, (), (), 0, None, (), ""), None)


@pytest.mark.parametrize(("now", "said"), [(OPEN, True), (FAILS, True), (HOLDS, False)])
def test_what_was_open_and_is_not_known_to_hold_now_may_have_got_worse(
    monkeypatch: pytest.MonkeyPatch, now: Verdict, *, said: bool
) -> None:
    base = base_of(LIBRARY, CLAIMS)
    target = target_of(base, "five")
    edit = candidates(case_of(base, target, []))[0]
    wordings = reworded(base, amendment_of(base, target, [edit]))
    assert wordings is not None

    def judged(given: Wordings, judging: Judging) -> tuple[Again, ...]:
        del judging
        subjects = [(c.old, Subject(base.policy, "claim", c.old.question, claim=c.old)) for c in given.claims]
        both = [(c, Decision(s, OPEN), Decision(s, now)) for c, s in subjects if not c.possible]
        return tuple(Again(c, fate_of(c, a, b), a, b) for c, a, b in both)

    monkeypatch.setattr(repair_cost, "rejudge", judged)
    monkeypatch.setattr(repair_cost, "flaws", lambda *_: ())
    pricing = Pricing(Judging(Budget(), 1, []), Here(), {})
    cost = pricing.of(wordings, (edit,), target)
    assert bool(cost.undecided) == said


def test_a_flaw_that_is_not_decided_may_be_new(monkeypatch: pytest.MonkeyPatch) -> None:
    base = base_of(LIBRARY, CLAIMS)
    target = target_of(base, "five")
    edit = candidates(case_of(base, target, []))[0]
    wordings = reworded(base, amendment_of(base, target, [edit]))
    assert wordings is not None
    owed = base.policy.system.obligations[0]
    question = Question(owed.key, base.policy.system, owed.property, None)
    subject = Subject(base.policy, "obligation", question, obligation=owed)
    open_ = Flaw(subject, "undecided", Decision(subject, OPEN))
    kept = tuple(Again(c.old, "kept", None, None) for c in wordings.claims)
    monkeypatch.setattr(repair_cost, "rejudge", lambda *_: kept)
    monkeypatch.setattr(repair_cost, "flaws", lambda *_: (open_,))
    cost = Pricing(Judging(Budget(), 1, []), Here(), {}).of(wordings, (edit,), target)
    assert cost.undecided == (owed.key,)
    assert not cost.free


def test_an_edit_with_much_undecided_comes_after_one_that_is_known_to_cost_less() -> None:
    def cost(lost: int, undecided: int, *, whole: bool = True) -> Cost:
        return Cost(lost=("lost",) * lost, worse=(), undecided=("open",) * undecided, mended=(), moot=(), flaws=(),
                    histories=(), stilled=(), ruled_out=(), whole=whole)  # fmt: skip

    rising = [cost(0, 0), cost(0, 1), cost(1, 0), cost(0, 2), cost(2, 0), cost(0, 40), cost(0, 0, whole=False)]
    ranks = [each.rank for each in rising]
    assert ranks == sorted(set(ranks))


def test_what_never_happens_any_more_is_said_so_and_what_is_owed_is_said_not_to_be_so() -> None:
    policy = base_of(LIBRARY, CLAIMS).policy
    cases: tuple[tuple[Origin, Obligation], ...] = (
        ("obligation", policy.system.obligations[0]), ("liveness", policy.liveness[0]),
    )  # fmt: skip
    for origin, owed in cases:
        question = Question(owed.key, policy.system, owed.property, None)
        subject = Subject(policy, origin, question, obligation=owed)
        flaw = Flaw(subject, "new", Decision(subject, FAILS))
        cost = Cost(lost=(), worse=(), undecided=(), mended=(), moot=(), flaws=(flaw,), histories=(), stilled=(),
                    ruled_out=(), whole=True)  # fmt: skip
        (said,) = repair_line(policy, Repair((), cost), "", "en").flaws
        assert said == (owed.sentence if origin == "liveness" else f"not so: {owed.sentence}")
        assert flaw_words(replace(flaw, fate="undecided"), language("en")) == owed.sentence
