"""A story made plain without a solver: details put back to what is declared, as long as it still tells the same."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import TypeAlias

from policydsl.base.records import dataclass
from policydsl.core.expr import TODAY, DateSort, Sort, Value
from policydsl.core.system import PASSAGE, Question, Step, Trace
from policydsl.core.walk import default_value
from policydsl.engines.horizon import first_day
from policydsl.engines.wishes import inputs
from policydsl.semantics import interpret
from policydsl.semantics.evaluate import alone, between, holds
from policydsl.semantics.interpret import Rejected, State

_MOST_REPLAYED = 100
_MOST_STEPS = 1_000
"""So many replays at most, and so many steps in them all: they come on top of what the search may take."""

Change: TypeAlias = tuple[int, str, Value]
"""A parameter (0), or an input of a step (from 1), with another value."""


def plainer(question: Question, trace: Trace) -> Trace:
    """Return `trace`, which violates the question's property at its end, with plainer details and the same steps.

    Gives:    parameters and inputs at their defaults and plain dates, where the story can do with them; no promise
              that it is the plainest. For stories that the budget left no time to polish.
    Sound:    each change is replayed by the interpreter, and kept only if the violation still comes first at the end.
    """
    attempt = _Attempt(question, trace, min(_MOST_REPLAYED, _MOST_STEPS // (len(trace.steps) + 1)))
    attempt.earlier()
    for _ in range(2):  # what held one thing up may have become plain itself
        attempt.grant([*_departures(question, attempt.trace)])
        attempt.nearer([*_departures(question, attempt.trace)])
    attempt.earlier()
    return attempt.trace


def quieter(question: Question, trace: Trace) -> Trace:
    """Return `trace`, which violates the question's property at its end, with no event that only lets a day come.

    Gives:    the same days, on which nothing happens where the story can do without what happened.
    Sound:    as `plainer`.
    """
    attempt = _Attempt(question, trace, min(_MOST_REPLAYED, _MOST_STEPS // (len(trace.steps) + 1)))
    attempt.still()
    return attempt.trace


@dataclass(slots=True)
class _Attempt:
    question: Question
    trace: Trace
    left: int

    def grant(self, changes: Sequence[Change]) -> None:
        """Make as many of `changes` as can be, by halves."""
        if not changes or self._accepts(_changed(self.trace, changes)) or len(changes) == 1:
            return
        middle = len(changes) // 2
        self.grant(changes[:middle])
        self.grant(changes[middle:])

    def nearer(self, changes: Sequence[Change]) -> None:
        """Bring each number that cannot be what `changes` say as near to that as it gets, by whole steps."""
        for index, name, plain in changes:
            better, value = _number(plain), _number(_value(self.trace, index, name))
            if better is not None and value is not None:
                changed = partial(_set_near, self.trace, index, name, better)
                self._near(abs(Fraction(value) - Fraction(better)), changed)

    def _near(self, far: Fraction, at: Callable[[int], Trace]) -> None:
        """Make what is `far` from where it cannot be as near as it gets; `at` has the story with it so near.

        From near to far, twice as far each time, then by halves: mostly it gets near, from wherever a solver had it.
        """
        lost, kept = 0, far
        while kept - lost > 1 and self.left > 0:
            tried = 2 * lost or 1
            if tried >= kept:
                tried = max(int(kept + lost) // 2, lost + 1)
            if self._accepts(at(tried)):
                kept = Fraction(tried)
            else:
                lost = tried

    def still(self) -> None:
        """Let nothing happen on a day that an event reaches, wherever the story can do without the event."""
        events = {e.name for e in self.question.system.events}
        reached = [int(self.trace.initial[TODAY]), *(step.day for step in self.trace.steps)]
        for i, step in reversed([*enumerate(self.trace.steps)]):
            if step.name in events and step.day > reached[i]:
                steps = (*self.trace.steps[:i], Step(PASSAGE, step.day, {}), *self.trace.steps[i + 1 :])
                self._accepts(replace(self.trace, steps=steps))

    def earlier(self) -> None:
        """Begin on the policy's first day, or as near to it as the leap years allow, and let few days pass in vain."""
        late = int(self.trace.initial[TODAY]) - first_day(self.question.system)
        for days in (late, late - late % 1461):  # 4 years: the same days of the months
            if days and self._accepts(_moved(self.trace, 0, days)):
                break
        for index in range(1, len(self.trace.steps) + 1):
            waited = _waited(self.trace, index)
            moved = partial(_moved_near, self.trace, index, waited)
            if waited > 0 and not self._accepts(moved(0)):
                self._near(Fraction(waited), moved)

    def _accepts(self, trace: Trace) -> bool:
        if self.left <= 0:
            return False
        self.left -= 1
        system, same = self.question.system, trace.parameters == self.trace.parameters
        if not same and interpret.check_parameters(system, trace.parameters) is not None:
            return False
        initial = interpret.begin(system, trace.parameters, int(trace.initial[TODAY]), trace.chosen(system))
        if isinstance(initial, Rejected) or not self._fails_last(trace, initial):
            return False
        self.trace = replace(trace, initial=initial)
        return True

    def _fails_last(self, trace: Trace, state: State) -> bool:
        """Return whether the property fails at the end of `trace`, taken from `state`, and there only."""
        question, parameters = self.question, trace.parameters
        system, claim = question.system, question.property
        failed = not holds(claim.state, alone(system, parameters, state))
        for each in trace.steps:
            taken = interpret.step(system, parameters, state, each)
            if failed or isinstance(taken, Rejected):
                return False
            env = between(system, parameters, state, each, taken.state)
            failed = not interpret.kept(system, parameters, claim, env, taken.state)
            state = taken.state
        return failed


def _departures(question: Question, trace: Trace) -> Iterator[Change]:
    """Yield, for all that is not as declared by default, or not the plainest value, what it had better be."""
    system = question.system
    for p in system.parameters:
        yield from _change(0, p.name, _plain(p.default, p.sort, trace.initial), trace.parameters[p.name])
    for i, step in enumerate(trace.steps, 1):
        for each in inputs(system, step.name):
            yield from _change(i, each.name, _plain(each.default, each.sort, {TODAY: step.day}), step.inputs[each.name])


def _plain(default: Value | None, sort: Sort, around: Mapping[str, Value]) -> Value | None:
    day = around[TODAY]
    return default if default is not None or isinstance(sort, DateSort) else default_value(sort, int(day or 0))


def _value(trace: Trace, index: int, name: str) -> Value:
    return trace.parameters[name] if index == 0 else trace.steps[index - 1].inputs[name]


def _change(index: int, name: str, better: Value | None, value: Value | None) -> Iterator[Change]:
    if better is not None and better != value:
        yield index, name, better


def _number(value: Value) -> int | Fraction | None:
    return value if type(value) is int or isinstance(value, Fraction) else None


def _changed(trace: Trace, changes: Sequence[Change]) -> Trace:
    given = {name: value for index, name, value in changes if index == 0}
    steps = [
        replace(step, inputs={**step.inputs, **{name: value for index, name, value in changes if index == i}})
        for i, step in enumerate(trace.steps, 1)
    ]
    return replace(trace, parameters={**trace.parameters, **given}, steps=tuple(steps))


def _set_near(trace: Trace, index: int, name: str, better: int | Fraction, by: int) -> Trace:
    """Return `trace` with what is called `name` in step `index` only so far from what it had better be."""
    value = _number(_value(trace, index, name))
    return _changed(trace, [(index, name, better + by if value is None or value > better else better - by)])


def _waited(trace: Trace, index: int) -> int:
    """Return the days that pass before step `index`."""
    return trace.steps[index - 1].day - (trace.steps[index - 2].day if index > 1 else int(trace.initial[TODAY]))


def _moved_near(trace: Trace, index: int, waited: int, by: int) -> Trace:
    """Return `trace` with only so many of the days that are `waited` before step `index`."""
    return _moved(trace, index, waited - by)


def _moved(trace: Trace, index: int, days: int) -> Trace:
    """Return `trace` with all from step `index` on so many days earlier; from 0, with its beginning."""
    steps: list[Step] = [
        replace(step, day=step.day - days) if i >= index else step for i, step in enumerate(trace.steps, 1)
    ]
    begin = {TODAY: int(trace.initial[TODAY]) - days} if index == 0 else {}
    return replace(trace, initial={**trace.initial, **begin}, steps=tuple(steps))
