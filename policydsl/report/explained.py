"""A story with what was expected instead, and the one circumstance on which it turns."""

from dataclasses import replace

from policydsl.analyses.turning import turning_point
from policydsl.base.calendar import show_day
from policydsl.core.system import Question, Trace
from policydsl.core.walk import mentioned
from policydsl.front.loaded import LoadedPolicy
from policydsl.report.asked import expected_in
from policydsl.report.story import end_of
from policydsl.report.told import Circumstance, Expected, Story
from policydsl.report.values import input_of
from policydsl.semantics import evaluate, interpret
from policydsl.semantics.interpret import Rejected


def explained(policy: LoadedPolicy, question: Question, trace: Trace, story: Story) -> Story:
    """Return `story`, told of `trace`, in which the property of `question` fails, with why it fails."""
    told = asked(policy, question, trace, story)
    return told if story.beside is not None else replace(told, circumstance=_turning(policy, question, trace))


def asked(policy: LoadedPolicy, question: Question, trace: Trace, story: Story) -> Story:
    """Return `story`, told of `trace`, in which the property of `question` fails, with what is asked for instead."""
    return replace(story, expected=_expected(policy, question, trace))


def _expected(policy: LoadedPolicy, question: Question, trace: Trace) -> tuple[Expected, ...]:
    states = interpret.replay(question.system, trace)
    assert not isinstance(states, Rejected)
    alone = evaluate.alone(question.system, trace.parameters, states[-1])
    return expected_in(policy, question.property, end_of(question.system, trace, list(states)), alone)


def _turning(policy: LoadedPolicy, question: Question, trace: Trace) -> Circumstance | None:
    """Return the one change to `trace` after which the question's property would have held; None if none is known."""
    conditions = frozenset() if question.trigger is None else mentioned(question.trigger)[0]
    turn = turning_point(question.system, question.property, trace, conditions)
    if turn is None:
        return None
    if turn.kind == "date":
        old, new = (show_day(int(d or 0)) for d in (turn.old, turn.new))
        return Circumstance("date", turn.step, turn.name, old, new, turn.nearest)
    if turn.old is None or turn.new is None:
        return Circumstance(turn.kind, turn.step, turn.name, "", "")
    sorts = {i.name: i.sort for e in question.system.events for i in e.inputs}
    sorts |= {p.name: p.sort for p in question.system.parameters}
    shown = (input_of(policy, turn.name, value, sorts[turn.name]) for value in (turn.old, turn.new))
    old, new = shown
    return Circumstance(turn.kind, turn.step, turn.name, old, new, turn.nearest)
