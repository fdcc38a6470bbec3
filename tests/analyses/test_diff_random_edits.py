"""Random policies, edited at random, that use most of the language: all that is said, against all short histories.

By hand: `python -m tests.analyses.test_diff_random_edits FIRST COUNT` asks for more, and longer.
"""

import sys
from collections.abc import Iterator

import pytest

from policydsl.analyses import diff_reworded, sameness
from policydsl.analyses.comparison import EVERYWHERE, Comparison, Distinction, Relation, Summary
from policydsl.analyses.diff import compare
from policydsl.analyses.diff_align import read_apart
from policydsl.analyses.diff_claims import Judging, same_question
from policydsl.analyses.diff_outcomes import Outcome
from policydsl.analyses.diff_replay import Lived, retell_both
from policydsl.analyses.diff_reworded import reworded
from policydsl.analyses.diff_transition import switch
from policydsl.analyses.sameness import same_histories
from policydsl.base.calendar import from_civil
from policydsl.core.expr import TRUE, View
from policydsl.core.moves import BOTH
from policydsl.core.product import project
from policydsl.core.system import Property, Question
from policydsl.engines.verdict import Budget, Proved, Refuted, Vacuous, Verdict
from policydsl.front.loaded import Order
from policydsl.front.wordings import Wordings
from policydsl.semantics import evaluate
from policydsl.semantics.interpret import Rejected, Stepped
from tests.analyses.comparing import Here, loaded, wordings
from tests.analyses.lived import Found, Side, explore, hurts, least, read, worse, worse_off
from tests.analyses.random_wordings import pair

CLAIMS = """claims about "At random"

guarantee few "few"
    cites 1
    always x <= 1
guarantee flagged "flagged"
    cites 1
    never flag
guarantee low "low"
    cites 1
    after e: y <= 1
guarantee kept "kept"
    cites 1
    after f when x >= 1: kind = old kind
guarantee dated "dated"
    cites 1
    always d is none or x >= 1
guarantee counted "counted"
    cites 1
    always cn <= 1
guarantee early "early"
    cites 1
    always s[a] = 0 or today >= 2024-01-31
guarantee allowed "allowed"
    cites 1
    always permitted f
"""


def check(seed: int, depth: int = 2) -> str:
    """Hold all that is said of the wordings of `seed` to all their short histories; return what was said."""
    found = loaded(*pair(seed), CLAIMS)
    if found.wordings is None or any(d.is_error for d in found.diagnostics):
        return "no policy"
    both = found.wordings
    here = Here((0.2, 1.0, 3.0)[seed % 3])
    made = compare(reworded(both, here), {}, here, readings=seed % 4 == 0)
    lived = explore(both.old.system, both.new.system, made.outcomes, read_apart(made.aligned), depth)
    told_alike(made, lived)
    for summary in (made.by_default, *made.by_reading):
        if summary is not None:
            told_in(summary, made, lived)
    for story in stories(made):
        told_apart(made, story)
    told_same(both, lived)
    if seed % 2:
        told_of_the_switch(*pair(seed))
    untouched(both)
    return str(made.overall.relation)


# --- what is proved --------------------------------------------------------------------------------


def told_alike(made: Comparison, lived: Found) -> None:
    """Hold what is proved to the short histories."""
    for j in made.judged:
        said: list[tuple[str, Verdict | None]] = [("same", j.same)]
        for order, never_worse, never_better in j.roles:
            said += [(f"worse {order.role}", never_worse), (f"better {order.role}", never_better)]
        for word, verdict in said:
            seen = lived.shortest.get((j.outcome.called, word))
            if verdict is None or isinstance(verdict, Proved | Vacuous):
                assert seen is None, (j.outcome.called, word, seen)
    told_in(made.overall, made, lived)


def told_in(summary: Summary, made: Comparison, lived: Found) -> None:
    """Hold what is said of all outcomes together, in some histories, to these."""
    here = [word for (_, word), given in lived.where.items() if any(_within(summary, made, *g) for g in given)]
    if summary.relation in {"equivalent", "no history"}:
        assert "same" not in here, summary.context.called
    for role, relation in summary.roles:
        for way in _denied(relation):
            assert f"{way} {role}" not in here, (summary.context.called, role, relation)


def _denied(relation: Relation) -> set[str]:
    match relation:
        case "equivalent":
            return {"worse", "better"}
        case "stricter" | "not more lenient":
            return {"better"}
        case "more lenient" | "not stricter":
            return {"worse"}
        case _:
            return set()


def _within(summary: Summary, made: Comparison, *given: object) -> bool:
    if summary.context == EVERYWHERE:
        return True
    for side, own in zip(BOTH, given, strict=True):
        copy = made.twin.copy(side)
        called = {copy.rigid(p): p.name for p in copy.system.parameters}
        if any(name in called and own[called[name]] != option for name, option in summary.context.fixed):  # type: ignore[index]  # a mapping
            return False
    return True


# --- what is shown ---------------------------------------------------------------------------------


def stories(made: Comparison) -> Iterator[Distinction]:
    """Yield all histories that are said to part the wordings."""
    yield from made.distinctions
    for j in made.judged:
        question = Question(
            "", made.twin_of(j.outcome).system, Property(TRUE, TRUE), None
        )  # what it asks is not looked at
        if isinstance(j.same, Refuted):
            yield Distinction(j.outcome, question, j.same, None, "different")
        for order, never_worse, never_better in j.roles:
            if isinstance(never_worse, Refuted):
                yield Distinction(j.outcome, question, never_worse, order.role, "stricter")
            if isinstance(never_better, Refuted):
                yield Distinction(j.outcome, question, never_better, order.role, "more lenient")


def told_apart(made: Comparison, story: Distinction) -> None:
    """See that the history is one of both wordings as written, and that they differ in its end as is said."""
    told = retell_both(made, story)
    outcome = story.outcome
    if outcome.kind == "choices":
        refused = [isinstance(x.results[-1], Rejected) for x in (told.old, told.new)]
        assert refused[0] != refused[1]
        order = _order(outcome, story)
        assert order is None or (refused[1] == (order.way == "wider")) == (story.direction == "stricter")
        return
    ends = [_end(outcome, x) for x in (told.old, told.new)]
    assert ends[0] != ends[1], (outcome.called, ends)
    order = _order(outcome, story)
    if order is not None:
        ways = {worse(a, b, order) for a, b in zip(*ends, strict=True) if a != b}
        assert (story.direction == "stricter") in ways, (outcome.called, ends)


def _order(outcome: Outcome, story: Distinction) -> Order | None:
    return next((o for o in outcome.orders if o.role == story.for_role), None)


def _end(outcome: Outcome, lived: Lived) -> list[object]:
    system = lived.policy.system
    side = Side(system, lived.parameters, lived.states[-1])
    if not outcome.on:
        return list(read(outcome, side, evaluate.alone(system, lived.parameters, lived.states[-1])))
    step = lived.steps[-1]
    assert step is not None
    assert isinstance(lived.results[-1], Stepped)
    env = evaluate.between(system, lived.parameters, lived.states[-2], step, lived.states[-1])
    return list(read(outcome, side, env.seen_from(View.BEFORE)))


# --- the day of the switch -------------------------------------------------------------------------


def told_of_the_switch(old: str, new: str) -> None:
    """See that nobody of whom that is said is worse off by the switch on 1 February; whoever is told to be, is."""
    both = wordings(old, new.replace("effective 2024-01-30", "effective 2024-02-01"))
    here = Here(1.0)
    made = compare(both, {}, here, readings=False)
    found = switch(made, here)
    switched = {s.role: s.relation for s in found}
    for s in found:
        if s.distinction is not None:
            twin, trace = s.comparison.twin, s.distinction.verdict.trace
            one, other = (project(twin.pair, twin.expand(trace), side) for side in BOTH)
            lived = hurts(both.old.system, both.new.system, made.outcomes, (one, other), SWITCH)
            assert lived is None or s.role in lived, s.role
    hurt = worse_off(both.old.system, both.new.system, made.outcomes, read_apart(made.aligned), SWITCH)
    for role in ("A", "B"):
        assert switched.get(role, "equivalent") not in {"equivalent", "not stricter"} or role not in hurt, (role, hurt)


SWITCH = from_civil(2024, 2, 1)


# --- what changes nothing, or does not touch a claim -----------------------------------------------


def told_same(both: Wordings, lived: Found) -> None:
    """See that what `strength` calls the same is the same in every step, variable and definition."""
    question = same_histories(both.old.system, both.new.system, "same")
    if question is not None:
        (verdict,) = Here(1.0).ask([question])
        assert not (isinstance(verdict, Proved) and lived.apart)


def untouched(both: Wordings) -> None:
    """See that a claim that the edit is said not to touch fails as soon as it did, or not at all."""
    judging = Judging(Budget(), 1, [])
    for claim in both.claims:
        if claim.new is not None and same_question(claim.old.question, claim.new.question, judging):
            ends = [least(c.question, 2) for c in (claim.old, claim.new)]
            assert ends[0] == ends[1], claim.old.name


@pytest.mark.parametrize("seed", range(8))
def test_all_that_is_said_of_a_random_edit(seed: int) -> None:
    check(seed)


def test_changes_taken_for_other_words_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diff_reworded, "_may_be_equal", lambda *_: True)
    monkeypatch.setattr(diff_reworded, "_proved", lambda questions, _: {id(q) for q in questions})
    with pytest.raises(AssertionError):
        check(3)


def test_guards_that_are_not_asked_about_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sameness, "_on", lambda *_: TRUE)
    with pytest.raises(AssertionError):
        check(11)


def ask(first: int, count: int) -> None:
    """Check many edits; one failure does not keep others from being found."""
    for seed in range(first, first + count):
        try:
            said = check(seed)
        except Exception as e:  # noqa: BLE001  whatever it is, it is told
            said = f"WRONG {type(e).__name__} {e}"
        sys.stdout.write(f"{seed} {said}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    ask(int(sys.argv[1]), int(sys.argv[2]))
