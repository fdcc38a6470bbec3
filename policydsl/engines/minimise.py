"""Small and believable stories: of all shortest counterexamples, the one a person would tell."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import z3

from policydsl.base import calendar
from policydsl.core.expr import (
    CLOCK,
    DATE,
    INT,
    TODAY,
    Add,
    And,
    At,
    BoolSort,
    DateLit,
    DateSort,
    DaysBetween,
    EnumSort,
    Equal,
    Expr,
    Happens,
    IntLit,
    IntSort,
    Less,
    Not,
    Or,
    RatLit,
    RatSort,
    Scale,
    Sort,
    Value,
    Var,
    View,
    literal,
)
from policydsl.core.system import Event, Input, Property, Question, System, Trace
from policydsl.core.walk import default_value
from policydsl.engines.bmc import Found
from policydsl.engines.horizon import first_day
from policydsl.engines.solve import Answer, Meter
from policydsl.engines.unroll import Unrolling
from policydsl.engines.verdict import SemanticsDisagreeError
from policydsl.semantics.decode import complete, trace_of, value_of
from policydsl.semantics.interpret import Rejected, replay, violation

_MOST_ASKED = 60
"""So many solver calls at most make a story nicer."""

_SHORT = 4
"""Up to so many steps, a story may take other steps than those found, to be nicer."""


def tell(  # noqa: PLR0913  where the violation is, and what else is given
    unrolling: Unrolling, question: Question, fixed: Sequence[z3.BoolRef], found: Found, *, polish: bool, meter: Meter
) -> Trace:
    """Return the history of `found`, whose last step (or the state after it) violates the question's property.

    Gives:    with `polish`, the fewest departures from declared defaults, then small numbers, then plain dates, as
              far as one wish after another can be granted within the budget; without it, the history as found.
    Sound:    the trace is completed to the whole system, replayed by the interpreter, and the violation found
              exactly at its end.
    Raises:   `SemanticsDisagreeError` if it is not.
    """
    base = [unrolling.starting, *fixed, unrolling.violated(question.property, found.depth)]
    granter = Granter(unrolling, base, found.model, meter, found.depth)
    if polish:
        grant_wishes(granter)
    left_out = {s.name for s in question.system.schedules} - {s.name for s in unrolling.system.schedules}
    return whole(question, granter.trace, frozenset(left_out))


def whole(question: Question, part: Trace, missing: frozenset[str] = frozenset()) -> Trace:
    """Return `part`, a history of a slice whose end violates the property, as one of the whole system, replayed.

    Where schedules are `missing` in it, and put in, the violation may come at one of them already.

    Raises `SemanticsDisagreeError` if it cannot be one, or is violated elsewhere.
    """
    trace = complete(question.system, part, missing)
    if trace is None:
        raise SemanticsDisagreeError("the history cannot be completed to the whole system", part)
    at = violation(question.system, trace, question.property) if missing else None
    trace = trace if at is None else replace(trace, steps=trace.steps[:at])
    verify(question.system, question.property, trace)
    return trace


def verify(system: System, claim: Property, trace: Trace) -> None:
    """Raise `SemanticsDisagreeError` unless `trace` is a history whose last step is the first to violate `claim`."""
    states = replay(system, trace)
    if isinstance(states, Rejected):
        raise SemanticsDisagreeError(f"step {states.index} is not possible: {states.reason} `{states.about}`", trace)
    at = violation(system, trace, claim)
    if at != len(trace.steps):
        raise SemanticsDisagreeError(f"violated at {at}, not at {len(trace.steps)}", trace)


# --- granting wishes -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wish:
    """Something that a nicer story has: `expr` of state `index` on its own, or of the step to it."""

    expr: Expr
    index: int
    of_step: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """A number of days or of anything else, `expr`, that a nicer story has small."""

    expr: Expr
    index: int
    of_step: bool = False

    def between(self, low: int, high: int) -> Wish:
        """Return the wish that it lies between `low` and `high`, both included."""
        if low == high:
            return Wish(Equal(self.expr, IntLit(low)), self.index, self.of_step)
        low_enough = Less(self.expr, IntLit(high), strict=False)
        return Wish(And((Less(IntLit(low), self.expr, strict=False), low_enough)), self.index, self.of_step)


class Granter:
    """A model of the story so far, and the wishes it grants for good."""

    def __init__(
        self, unrolling: Unrolling, base: Sequence[z3.BoolRef], model: z3.ModelRef, meter: Meter, depth: int
    ) -> None:
        self.unrolling = unrolling
        self.kept = list(base)
        self.model = model
        self.meter = meter
        self.depth = depth
        self.questions = _MOST_ASKED

    @property
    def trace(self) -> Trace:
        """The story so far."""
        return trace_of(self.unrolling.encoding, self.model, self.depth)

    def grant(self, wishes: Iterable[Wish]) -> None:
        """Grant what costs nothing, then all others at once; of those that do not go together, the later ones yield."""
        yielded = self._bargain(wishes)
        self._bargain(reversed(yielded))

    def _bargain(self, wishes: Iterable[Wish]) -> list[Wish]:
        """Grant as many of `wishes` as go together; return those that yielded to others that yielded too."""
        left = [(wish, self._literal(wish)) for wish in wishes if not self.keep(wish)]
        rivals: list[tuple[Wish, set[int]]] = []
        while left:
            answer = self._ask([literal for _, literal in left])
            if answer == "sat":
                break
            core = {literal.get_id() for literal in self.unrolling.solver.unsat_core()} if answer == "unsat" else set()
            blamed = next((each for each in reversed(left) if each[1].get_id() in core), None)
            if blamed is None:
                return []  # the budget ran out
            left.remove(blamed)
            rivals.append((blamed[0], core & {literal.get_id() for _, literal in left}))
        granted = {literal.get_id() for _, literal in left}
        return [wish for wish, others in rivals if not others <= granted]  # a rival has yielded too: there is hope

    def keep(self, wish: Wish) -> bool:
        """Return whether the model grants `wish` as it is; then it stays granted."""
        granted = self.unrolling.true_in(self.model, self._term(wish))
        if granted:
            self.kept.append(self._literal(wish))
        return granted

    def lower(self, targets: Sequence[Target]) -> None:
        """Make each of `targets`, which all were asked to be 0, as small as it gets in turn, from 0 up."""
        for target in targets:
            low, high = 1, self._value(target)  # 0 it would be already
            if high < 0:
                self.grant([target.between(0, -high)])
                low, high = 0, self._value(target)
            guesses = [low, high - 1]  # mostly it is as small as can be, or as it gets
            while low < high and self.questions > 0 and not self.meter.spent:
                middle = guesses.pop(0) if guesses and low <= guesses[0] < high else (low + high) // 2
                self._ask([self._literal(target.between(low, middle))])
                value = self._value(target)
                low, high = (low, value) if value <= middle else (middle + 1, high)
            if high >= 0:
                self.keep(target.between(0, high))

    def _value(self, target: Target) -> int:
        """Return what `target` is in the story so far."""
        encoding = self.unrolling.encoding
        term = (
            encoding.step_value(target.expr, target.index - 1)
            if target.of_step
            else encoding.state_value(target.expr, target.index)
        )
        return int(value_of(self.model, term, INT))

    def _term(self, wish: Wish) -> z3.BoolRef:
        encoding = self.unrolling.encoding
        return (
            encoding.step_holds(wish.expr, wish.index - 1)
            if wish.of_step
            else encoding.state_holds(wish.expr, wish.index)
        )

    def _literal(self, wish: Wish) -> z3.BoolRef:
        return self.unrolling.literal(self._term(wish))

    def _ask(self, literals: list[z3.BoolRef]) -> Answer:
        """Ask for `literals` on top of what is granted; if they can be, they stay."""
        if self.questions <= 0 or self.meter.spent:
            return "unknown"
        self.questions -= 1
        answer = self.unrolling.ask([*self.kept, *literals], self.meter)
        if answer == "sat":
            self.model = self.unrolling.solver.model()
            self.kept += literals
        return answer


# --- wishes, in the order of their weight --------------------------------------------------------


def grant_wishes(granter: Granter) -> None:
    """Make the story small and believable."""
    system, depth = granter.unrolling.system, granter.depth
    if depth <= _SHORT:  # in a long story each step is needed, and others in its place take long to find
        granter.grant([*_defaults(system, depth)])
    steps = granter.trace.steps
    for i, step in enumerate(steps, 1):  # from here on the steps stay, and only their details change
        granter.keep(Wish(Happens(step.name), i, of_step=True))
    inputs = [(i, each) for i, step in enumerate(steps, 1) for each in _inputs(system, step.name)]
    numbers, dates, since = [*_numbers(system, inputs)], [*_dates(inputs), *_gaps(depth)], _since_first_day(system)
    no_leap_day = _no_leap_day(system, granter.trace)
    granter.grant(
        [
            *_defaults(system, depth),
            *_plain_choices(system, inputs),
            *(target.between(0, 0) for target in numbers),
            since.between(0, 0),
            *(Wish(no_leap_day, i) for i in range(depth + 1)),
            *(target.between(0, 0) for target in dates),
        ]
    )
    granter.lower([*numbers, *_departures(system, granter.trace), since, *dates])


def _defaults(system: System, depth: int) -> Iterator[Wish]:
    """Yield: every parameter and input is what the policy declares by default."""
    for p in system.parameters:
        if p.default is not None:
            yield Wish(_equals(p.name, p.sort, p.default), 0)
    for i in range(1, depth + 1):
        for event in system.events:
            for each in event.inputs:
                if each.default is not None:
                    same = _equals(each.name, each.sort, each.default)
                    yield Wish(Or((Not(Happens(event.name)), same)), i, of_step=True)


def _plain_choices(system: System, inputs: list[tuple[int, Input]]) -> Iterator[Wish]:
    """Yield: where nothing is declared, truth values are false and enumerations at their first value."""
    for name, sort in _free(system):
        if isinstance(sort, BoolSort | EnumSort):
            yield Wish(_equals(name, sort, default_value(sort, 0)), 0)
        if isinstance(sort, RatSort):
            yield Wish(_small_rational(name), 0)
    for i, each in inputs:
        if each.default is None and isinstance(each.sort, BoolSort | EnumSort):
            yield Wish(_equals(each.name, each.sort, default_value(each.sort, 0)), i, of_step=True)
        if each.default is None and isinstance(each.sort, RatSort):
            yield Wish(_small_rational(each.name), i, of_step=True)


def _numbers(system: System, inputs: list[tuple[int, Input]]) -> Iterator[Target]:
    """Yield the integers for which the policy declares no default."""
    for name, sort in _free(system):
        if isinstance(sort, IntSort):
            yield Target(Var(name, sort), 0)
    for i, each in inputs:
        if isinstance(each.sort, IntSort) and each.default is None:
            yield Target(Var(each.name, each.sort), i, of_step=True)


def _departures(system: System, trace: Trace) -> Iterator[Target]:
    """Yield how far the integers that cannot be what is declared by default in `trace` are from it."""
    for p in system.parameters:
        if isinstance(p.sort, IntSort) and p.default is not None:
            yield from _departure(Target(Var(p.name, p.sort), 0), int(p.default), int(trace.parameters[p.name]))
    for i, step in enumerate(trace.steps, 1):
        for each in _inputs(system, step.name):
            if isinstance(each.sort, IntSort) and each.default is not None:
                number = Target(Var(each.name, each.sort), i, of_step=True)
                yield from _departure(number, int(each.default), int(step.inputs[each.name]))


def _departure(number: Target, default: int, value: int) -> Iterator[Target]:
    if value != default:
        sign = 1 if value > default else -1
        yield replace(number, expr=Add((Scale(sign, number.expr), IntLit(-sign * default))))


def _since_first_day(system: System) -> Target:
    """Return how late after the policy's first day the history begins."""
    return Target(DaysBetween(DateLit(first_day(system)), Var(TODAY, DATE)), 0)


def _dates(inputs: list[tuple[int, Input]]) -> Iterator[Target]:
    """Yield how far the dates that come with events lie after them."""
    for i, each in inputs:
        if isinstance(each.sort, DateSort) and each.default is None:
            ahead = DaysBetween(Var(TODAY, DATE), Var(each.name, DATE))
            yield Target(ahead, i, of_step=True)


def _gaps(depth: int) -> Iterator[Target]:
    """Yield the days that pass before each step."""
    waited = DaysBetween(At(View.BEFORE, Var(CLOCK, DATE)), Var(TODAY, DATE))
    return (Target(waited, i, of_step=True) for i in range(1, depth + 1))


# --- parts ---------------------------------------------------------------------------------------


def _free(system: System) -> Iterator[tuple[str, Sort]]:
    """Yield parameters without a default and variables without an initial value."""
    yield from ((p.name, p.sort) for p in system.parameters if p.default is None)
    yield from ((v.name, v.sort) for v in system.variables if v.initial is None)


def _inputs(system: System, step: str) -> tuple[Input, ...]:
    events: dict[str, Event] = {e.name: e for e in system.events}
    return events[step].inputs if step in events else ()


def _equals(name: str, sort: Sort, value: Value | None) -> Expr:
    return Equal(Var(name, sort), literal(value if value is not None else 0, sort))


def _small_rational(name: str) -> Expr:
    """Return that `name` is one of a few plain numbers."""
    numbers = (literal(Fraction(n), RatSort()) for n in (0, 1, 10, 50, 100))
    return Or(tuple(Equal(Var(name, RatSort()), n) for n in numbers if isinstance(n, RatLit)))


def _no_leap_day(system: System, trace: Trace) -> Expr:
    """Return that the day is no 29 February of the years that `trace` touches or a plain story would."""
    days = [first_day(system), int(trace.initial[TODAY]), *(step.day for step in trace.steps)]
    first, last = (calendar.to_civil(day)[0] for day in (min(days), max(days)))
    leap_days = (calendar.from_civil(year, 2, 29) for year in range(first - 1, last + 2) if calendar.is_leap(year))
    return And(tuple(Not(Equal(Var(TODAY, DATE), DateLit(day))) for day in leap_days))
