"""Stories that are known of a question, tried on the same question under another option of a reading.

No solver: the interpreter tells what becomes of the events of a story when other readings are assumed. Mostly it still
fails, and then what is left to show is that it does not fail sooner.
"""

from collections.abc import Iterable, Sequence

from policydsl.core.expr import TODAY, EnumLit, Equal, Expr, Value, Var
from policydsl.core.system import PASSAGE, Question, Trace
from policydsl.engines.minimise import verify
from policydsl.engines.simulate import Plot, play
from policydsl.semantics.interpret import Rejected, initial_state, violation

_MOST_TRIED = 8
"""So many stories are tried, the latest first."""


def shortest_known(question: Question, stories: Sequence[Trace], least: int) -> Trace | None:
    """Return the shortest violation of `question` that the events of one of `stories` make, replayed; None for none.

    `stories` are histories of its system under other assumptions. No violation has fewer than `least` steps: one that
    has as few will do.
    """
    best: Trace | None = None
    for told in _different(reversed(stories)):
        trace = _under(question, told)
        if trace is not None and (best is None or len(trace.steps) < len(best.steps)):
            verify(question.system, question.property, trace)
            best = trace
            if len(best.steps) <= least:
                break
    return best


def _different(stories: Iterable[Trace]) -> list[Trace]:
    """Return a few of `stories`, of those that differ in parameters alone the first."""
    found: list[Trace] = []
    for told in stories:
        if not any(told.steps == other.steps and told.initial == other.initial for other in found):
            found.append(told)
        if len(found) == _MOST_TRIED:
            break
    return found


def _under(question: Question, told: Trace) -> Trace | None:
    """Return the violation that the events of `told` make under what `question` assumes, if they make one."""
    system, claim = question.system, question.property
    parameters = {**told.parameters, **chosen_options(system.assumptions, told.parameters)}
    initial = initial_state(system, parameters, int(told.initial[TODAY]), told.chosen(system))
    if isinstance(initial, Rejected):
        return None
    begun = Trace(parameters, initial, ())
    if violation(system, begun, claim) is not None:
        return begun
    caused = {s.name for s in system.schedules}
    happenings = [(s.name, s.day, s.inputs) for s in told.steps if s.name not in caused]
    last = told.steps[-1].day if told.steps else int(initial[TODAY])
    return play(system, claim, Plot(parameters, initial, (*happenings, (PASSAGE, last, {}))))


def chosen_options(assumptions: Iterable[Expr], parameters: Iterable[str]) -> dict[str, Value]:
    """Return the options that `assumptions` say `parameters` have, each in plain words."""
    found: dict[str, Value] = {}
    known = set(parameters)
    for e in assumptions:
        match e:
            case Equal(left=Var(name=name), right=EnumLit(value=value)) if name in known:
                found[name] = value
            case _:
                pass
    return found
