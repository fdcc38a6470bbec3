"""No violation is punished under wording not yet in force: what happens before the switch, and what comes of it after.

Something is punished so if the switch alone makes somebody worse off (`diff_transition`), and would not have, had it
not happened: the consequence comes from the new wording only, and the cause lies before it. That is about two
histories, with it and without, each under the old wording for ever and under the switch.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal, TypeAlias

from policydsl.analyses.comparison import Comparison, Distinction
from policydsl.analyses.diff_ask import Asks
from policydsl.analyses.diff_outcomes import Outcome
from policydsl.analyses.readings import tell_anew
from policydsl.base.records import dataclass
from policydsl.core.copies import copy_of
from policydsl.core.expr import TRUE, Equal, Not, Or, Var
from policydsl.core.idle import unmoved_by_passages
from policydsl.core.moves import BOTH, Move, Pair, Side
from policydsl.core.product import pair, project, same_events, settled
from policydsl.core.system import PASSAGE, Property, Question, Step, System, Trace
from policydsl.engines.verdict import Manner, Proved, Refuted, Vacuous
from policydsl.front.draft import conjunction
from policydsl.front.loaded import Order
from policydsl.semantics import evaluate, interpret
from policydsl.semantics.interpret import Rejected, State

Fact: TypeAlias = Literal["never", "can be", "undecided"]
Part: TypeAlias = tuple[Outcome, Order, Property]
"""An outcome, what is better in it for the role at hand, and that the switch never makes it worse."""

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
    """Return that something in the history of `verdict` is punished, if without it nothing is worse in the end."""
    system = replace(around.twin.system, obligations=())
    lived = interpret.replay(system, verdict.trace)
    if isinstance(lived, Rejected):
        return None
    own = _doings(around)
    for outcome, _, claim in parts:
        if _holds(system, verdict.trace, lived[-1], claim):
            continue
        for i, step in enumerate(verdict.trace.steps):
            if step.name in own and _spared(system, verdict.trace, i, claim):
                told = Distinction(outcome, replace(question, system=system, property=claim), verdict, role, "stricter")
                return Punished("can be", told, i)
    return None


def _spared(system: System, trace: Trace, i: int, claim: Property) -> bool:
    """Return whether `claim` holds in the end if step `i` of `trace` does not happen and all else does."""
    end = Step(PASSAGE, trace.steps[-1].day, {})
    rest = tell_anew(system, trace.parameters, replace(trace, steps=(*trace.steps[:i], *trace.steps[i + 1 :], end)))
    lived = None if rest is None else interpret.replay(system, rest)
    return (
        rest is not None
        and lived is not None
        and not isinstance(lived, Rejected)
        and _holds(system, rest, lived[-1], claim)
    )


def _holds(system: System, trace: Trace, state: State, claim: Property) -> bool:
    return evaluate.holds(claim.state, evaluate.alone(system, trace.parameters, state))


# --- all histories -------------------------------------------------------------------------------


def _more(system: System, doings: frozenset[str]) -> Pair:
    """Return two histories around the switch: the second has all that the first has, and more of `doings`."""
    more = (Move(f"{name}.more", None, name) for name in sorted(doings))
    alike = {s.name: s.name for s in system.schedules} if unmoved_by_passages(system) else None
    return pair(system, system, (*same_events(system, system), *more), alike=alike)


def _question(both: Pair, role: str, parts: Sequence[Part]) -> Question:
    first, second = (copy_of(both, side) for side in BOTH)
    never = conjunction([Or((second.seen(p.state), Not(first.seen(p.state)))) for *_, p in parts])
    state = Or((Not(settled(both)), never))
    return Question(f"the switch: nothing is held against {role}", both.system, Property(state, TRUE), None)


def _guesses(both: Pair, around: Comparison) -> tuple[Question, ...]:
    return tuple(_lemmas(both, around.twin.system))


def _lemmas(both: Pair, system: System) -> Iterator[Question]:
    """Yield guesses at what is the same in both histories."""
    for v in system.variables:
        one, other = (Var(copy_of(both, side).own(v.name), v.sort) for side in BOTH)
        yield Question(f"lemma {v.name}", both.system, Property(Equal(one, other), TRUE), None)
