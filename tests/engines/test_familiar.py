"""A story known of a question, tried under other options: what comes of it is lived anew, and told only if it fails."""

from dataclasses import replace

from policydsl.core.expr import TODAY, TRUE, And, At, EnumLit, EnumSort, Equal, Expr, Happens, Ite, Not, Var, View
from policydsl.core.system import Parameter, Property, Question, Trace, Update
from policydsl.engines.familiar import shortest_known
from policydsl.engines.horizon import first_day
from policydsl.engines.portfolio import judge
from policydsl.engines.verdict import Budget, Manner, Proved, Refuted, Vacuous
from policydsl.semantics.interpret import violation
from tests.engines.systems import always, integer, le, num, occurrence, on, system, var

PACE = EnumSort("Pace", ("fast", "slow", "never"))
BUDGET = Budget(seconds=20, effort=20_000_000)


def paced() -> Question:
    """Return whether a count stays below 2: a step adds 1, or 2, or nothing, as the wording is read."""
    pace = Var("pace", PACE)
    grown = (integer("n", 0), integer("other", 0))
    more = Ite(is_read(pace, "fast"), num(2), Ite(is_read(pace, "slow"), num(1), num(0)))
    added = Ite(le(num(1), var("n")), Ite(is_read(pace, "never"), num(0), num(2)), more)
    made = system(
        "paced",
        grown,
        (occurrence("grow"), occurrence("idle")),
        (Update("n", (on("grow", TRUE, added),)), Update("other", (on("idle", TRUE, num(1)),))),
        parameters=(Parameter("pace", PACE, "fast", is_reading=True, clause="1"),),
    )
    return always(made, "below_two", And((le(var("n"), num(1)), le(var("other"), num(1)))))


def is_read(pace: Expr, option: str) -> Expr:
    return Equal(pace, EnumLit(PACE, option))


def under(question: Question, option: str) -> Question:
    assumed = (*question.system.assumptions, is_read(Var("pace", PACE), option))
    return replace(question, system=replace(question.system, assumptions=assumed))


def first_story(question: Question) -> Trace:
    ((_, verdict),) = judge(question.system, [question], BUDGET, lambda *_: None)
    assert isinstance(verdict, Refuted)
    return verdict.trace


def test_a_story_that_fails_sooner_under_another_option_is_cut_there() -> None:
    question = paced()
    slow = first_story(under(question, "slow"))
    assert len(slow.steps) == 2
    fast = under(question, "fast")
    found = shortest_known(fast, [slow], 0)
    assert found is not None
    assert (len(found.steps), found.parameters["pace"]) == (1, "fast")
    assert violation(fast.system, found, fast.property) == 1


def test_what_does_not_fail_under_another_option_is_no_story_of_it() -> None:
    question = paced()
    fast = first_story(under(question, "fast"))
    assert shortest_known(under(question, "slow"), [fast], 0) is None  # its one step makes it 1
    assert shortest_known(under(question, "never"), [fast], 0) is None


def test_a_question_that_fails_at_the_start_under_another_option_has_no_steps() -> None:
    question = paced()
    failing = replace(question, property=replace(question.property, state=is_read(Var("pace", PACE), "slow")))
    begun = Trace({"pace": "fast"}, {TODAY: first_day(question.system), "n": 0, "other": 0}, ())
    found = shortest_known(under(failing, "never"), [begun], 0)
    assert found is not None
    assert found.steps == ()


def test_options_asked_together_have_the_shortest_stories_whatever_was_told_before() -> None:
    question = paced()
    asked = [under(question, option) for option in ("slow", "fast", "never", "slow")]
    for suspect in (True, False):
        manners = [Manner("retelling", suspect=suspect)] * len(asked)
        found = {id(q): v for q, v in judge(question.system, asked, BUDGET, lambda *_: None, manners)}
        verdicts = [found[id(q)] for q in asked]
        assert [len(v.trace.steps) if isinstance(v, Refuted) else v for v in (*verdicts[:2], verdicts[3])] == [2, 1, 2]
        assert isinstance(verdicts[2], Proved)
        assert [v.clear for v in verdicts if isinstance(v, Refuted)] == [1, 0, 1]


def test_what_an_option_is_about_is_shown_by_a_story_of_another_only_if_it_happens_there() -> None:
    again = And((Happens("grow"), At(View.BEFORE, le(num(1), var("n")))))
    for trigger, last in ((Happens("grow"), "grow"), (Happens("idle"), "idle"), (again, None)):
        question = replace(paced(), trigger=trigger)
        asked = [under(question, option) for option in ("slow", "fast", "never")]
        manners = [Manner("retelling", suspect=True)] * len(asked)
        found = {id(q): v for q, v in judge(question.system, asked, BUDGET, lambda *_: None, manners)}
        verdict = found[id(asked[2])]
        if last is None:
            assert isinstance(verdict, Vacuous)
            continue
        assert isinstance(verdict, Proved)
        assert verdict.witness is not None
        assert (verdict.witness.steps[-1].name, verdict.witness.parameters["pace"]) == (last, "never")
        never = Property(TRUE, Not(trigger))
        assert violation(asked[2].system, verdict.witness, never) == len(verdict.witness.steps)
