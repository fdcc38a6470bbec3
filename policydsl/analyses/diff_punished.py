"""No violation is punished under wording not yet in force: what happens before the switch, and what comes of it after.

That is about two histories, with it and without, each under the old wording for ever and under the switch. Something
is punished so if, with it,

* the switch alone makes somebody worse off (`diff_transition`): the consequence comes from the new wording;
* he is worse off under the new wording than he would be without it: otherwise the old wording had a benefit for it
  which the new one has not, and nobody fares worse for having done it;
* the switch makes him worse off by more than without it: otherwise it bears on all alike, and what it costs him to
  have done it, it has cost him under the old wording.

What is told and what is proved is one formula (`_unpunished`), so that `never` says of all histories what one that is
told refutes, no less. It is asked of each value by itself: one index may be a benefit that is lost, another punished.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Literal, TypeAlias

from policydsl.analyses.comparison import Comparison, Distinction
from policydsl.analyses.diff_ask import Asks
from policydsl.analyses.diff_outcomes import Outcome, Value, at_least, never, worth
from policydsl.analyses.retelling import tell_anew
from policydsl.base.records import dataclass
from policydsl.core.conditions import conjunction
from policydsl.core.copies import copy_of
from policydsl.core.expr import (
    FALSE,
    TRUE,
    Add,
    And,
    BoolLit,
    DaysBetween,
    Equal,
    Expr,
    IntLit,
    Less,
    Not,
    Or,
    RatLit,
    Var,
)
from policydsl.core.idle import unmoved_by_passages
from policydsl.core.moves import BOTH, Move, Pair, Side
from policydsl.core.product import pair, project, same_events, settled
from policydsl.core.system import PASSAGE, Property, Question, Step, System, Trace
from policydsl.engines.verdict import Manner, Proved, Refuted, Vacuous
from policydsl.front.loaded import Order
from policydsl.semantics import evaluate, interpret
from policydsl.semantics.interpret import Rejected, State

Fact: TypeAlias = Literal["never", "can be", "undecided"]
Part: TypeAlias = tuple[Outcome, Order, Property]
"""An outcome, what is better in it for the role at hand, and that the switch never makes it worse."""

Reading: TypeAlias = Callable[[Expr], Expr]
"""What an expression about the switch is in one of the two histories."""

_MOST_SCHEDULES = 4
"""Two histories of a product with more schedules are not asked about: each goes with each."""


@dataclass(frozen=True, slots=True)
class Punished:
    """Whether something that happens before the switch has consequences for the role that come of the new wording only.

    `distinction` is about the comparison around the switch; in its step `step` (from 0) happens what is punished.
    """

    fact: Fact
    distinction: Distinction | None = None
    step: int | None = None


def punished(around: Comparison, role: str, parts: Sequence[Part], worse: Distinction | None, asker: Asks) -> Punished:
    """Return whether something is held against `role` under wording not yet in force.

    `worse` is a shortest history in which the switch makes `role` worse off, if it is known that there is one.

    Sound:    a history is told if the interpreter finds, with and without what is punished, that it is so; `never` is
              a proof about two histories, one of which has more events than the other.
    Complete: no; what is decided neither way is undecided.
    """
    acts = _doings(around)
    if not acts:
        return Punished("never")
    parts = [(own, o, never("worse", own, o, around.twin)) for outcome, o, _ in parts for own in outcome.singly()]
    if worse is not None and (found := _caused(around, role, worse.question, worse.verdict, parts)) is not None:
        return found
    both = _more(around.twin.system, acts)
    if both.alike is None and len(around.twin.system.schedules) > _MOST_SCHEDULES:
        return Punished("undecided")
    question = _question(both, role, parts)
    (verdict,) = asker.ask([question], _guesses(both, around), wanted=Manner("story"))
    match verdict:
        case Proved() | Vacuous():
            return Punished("never")
        case Refuted(trace=trace):
            own = project(both, trace, Side.SECOND)
            told = Refuted(own, len(own.steps), -1)
            return _caused(around, role, question, told, parts) or Punished("undecided")
        case _:
            return Punished("undecided")


def _doings(around: Comparison) -> frozenset[str]:
    """Return what can be done or happen, by whomever: what was permitted then can be held against somebody as well."""
    return frozenset(e.name for e in around.aligned.old.events)


# --- a history with it, and one without ----------------------------------------------------------


def _caused(
    around: Comparison, role: str, question: Question, verdict: Refuted, parts: Sequence[Part]
) -> Punished | None:
    """Return that something in the history of `verdict` is punished, if the history without it shows that."""
    system = around.twin.system
    lived = interpret.replay(system, verdict.trace)
    if isinstance(lived, Rejected):
        return None
    trace = verdict.trace
    own = [i for i, step in enumerate(trace.steps) if step.name in _doings(around)]
    spared = [(i, state) for i in own if (state := _without(system, trace, i)) is not None]
    in_the_end = evaluate.alone(system, trace.parameters, lived[-1])
    for part in parts:
        for i, state in spared:
            without = evaluate.alone(system, trace.parameters, state)
            if not evaluate.holds(_unpunished(part, _known(in_the_end), _known(without)), without):
                outcome, _, claim = part
                told = Distinction(outcome, replace(question, system=system, property=claim), verdict, role, "stricter")
                return Punished("can be", told, i)
    return None


def _without(system: System, trace: Trace, i: int) -> State | None:
    """Return the last state if step `i` of `trace` does not happen and all else does; None if it cannot be so."""
    end = Step(PASSAGE, trace.steps[-1].day, {})
    rest = tell_anew(system, trace.parameters, replace(trace, steps=(*trace.steps[:i], *trace.steps[i + 1 :], end)))
    lived = None if rest is None else interpret.replay(system, rest)
    return None if lived is None or isinstance(lived, Rejected) else lived[-1]


def _known(state: evaluate.Env) -> Reading:
    """Return how expressions read in `state`, truth values and numbers: as literals."""

    def known(e: Expr) -> Expr:
        match evaluate.evaluate(e, state):
            case bool(truth):
                return BoolLit(truth)
            case int(number):
                return IntLit(number)
            case number:
                return RatLit(Fraction(number))

    return known


# --- what is punished ----------------------------------------------------------------------------


def _unpunished(part: Part, having: Reading, lacking: Reading) -> Expr:
    """Return that what the history `having` has and the one `lacking` has not is not punished in `part`."""
    outcome, order, claim = part
    ((was, is_),) = ((worth(one, order), worth(other, order)) for one, other in outcome.values)
    old, new = _in(was, having), _in(is_, having)
    old_without, new_without = _in(was, lacking), _in(is_, lacking)
    by_more = (
        lacking(claim.state),  # without it, the switch makes it no worse
        at_least(old, old_without, order),  # under the old wording, it costs nothing
        _loses_more((old, new), (old_without, new_without), order),
    )
    return Or((having(claim.state), at_least(new, new_without, order), Not(Or(by_more))))


def _in(v: Value, reading: Reading) -> Value:
    return Value(v.present if v.present == TRUE else reading(v.present), reading(v.value))


def _loses_more(one: Sequence[Value], other: Sequence[Value], order: Order) -> Expr:
    """Return that `one` loses more, from its first to its second value, than `other`.

    For where both lose, and `one` has less both times: what is only true or false has too few values for that. Of all
    four, then, the second of `one` is the worst, the first of `other` the best: these alone may be a date that is none.
    """
    (a, b), (c, d) = ([v.value for v in values] for values in (one, other))
    match order.way:
        case "higher":
            return Less(Add((b, c)), Add((a, d)), strict=True)
        case "lower" | "ranking":
            return Less(Add((a, d)), Add((b, c)), strict=True)
        case "later":
            more = Less(DaysBetween(d, c), DaysBetween(b, a), strict=True)
        case "earlier":
            more = Less(DaysBetween(c, d), DaysBetween(a, b), strict=True)
        case _:
            return FALSE
    return Or((Not(one[1].present), And((other[0].present, more))))


# --- all histories -------------------------------------------------------------------------------


def _more(system: System, doings: frozenset[str]) -> Pair:
    """Return two histories around the switch: the second has all that the first has, and more of `doings`."""
    more = (Move(f"{name}.more", None, name) for name in sorted(doings))
    alike = {s.name: s.name for s in system.schedules} if unmoved_by_passages(system) else None
    return pair(system, system, (*same_events(system, system), *more), alike=alike)


def _question(both: Pair, role: str, parts: Sequence[Part]) -> Question:
    first, second = (copy_of(both, side) for side in BOTH)
    never = conjunction([_unpunished(part, second.seen, first.seen) for part in parts])
    state = Or((Not(settled(both)), never))
    return Question(f"the switch: nothing is held against {role}", both.system, Property(state, TRUE), None)


def _guesses(both: Pair, around: Comparison) -> tuple[Question, ...]:
    return tuple(_lemmas(both, around.twin.system))


def _lemmas(both: Pair, system: System) -> Iterator[Question]:
    """Yield guesses at what is the same in both histories."""
    for v in system.variables:
        one, other = (Var(copy_of(both, side).own(v.name), v.sort) for side in BOTH)
        yield Question(f"lemma {v.name}", both.system, Property(Equal(one, other), TRUE), None)
