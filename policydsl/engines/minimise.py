"""Small and believable stories: of all shortest counterexamples, the one a person would tell."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import z3

from policydsl.core.expr import INT, Happens
from policydsl.core.system import Property, Question, System, Trace
from policydsl.engines import wishes
from policydsl.engines.bmc import Found
from policydsl.engines.solve import Answer, Meter
from policydsl.engines.unroll import Unrolling
from policydsl.engines.verdict import SemanticsDisagreeError
from policydsl.engines.wishes import Target, Wish
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
        self._refused: set[int] = set()  # literals that what is granted rules out: more is granted, never less

    @property
    def trace(self) -> Trace:
        """The story so far."""
        return trace_of(self.unrolling.encoding, self.model, self.depth)

    def grant(self, wishes: Iterable[Wish]) -> None:
        """Grant what costs nothing, then all others at once; of those that do not go together, the later ones yield."""
        yielded = self._bargain(wishes)
        while yielded:  # the next time round, what they yielded to may have yielded itself
            before, yielded = len(yielded), self._bargain(reversed(yielded))
            if len(yielded) == before:
                return

    def _bargain(self, wishes: Iterable[Wish]) -> list[Wish]:
        """Grant as many of `wishes` as go together; return those that yielded to others that yielded too."""
        left = [(wish, self._literal(wish)) for wish in wishes if not self.keep(wish)]
        left = [(wish, literal) for wish, literal in left if literal.get_id() not in self._refused]
        rivals: list[tuple[Wish, int, set[int]]] = []
        while left:
            answer = self._ask([literal for _, literal in left])
            if answer == "sat":
                break
            core = {literal.get_id() for literal in self.unrolling.solver.unsat_core()} if answer == "unsat" else set()
            blamed = next((each for each in reversed(left) if each[1].get_id() in core), None)
            if blamed is None:
                return []  # the budget ran out
            left.remove(blamed)
            rivals.append((blamed[0], blamed[1].get_id(), core & {literal.get_id() for _, literal in left}))
        granted = {literal.get_id() for _, literal in left}
        self._refused.update(name for _, name, others in rivals if others <= granted)
        return [wish for wish, name, _ in rivals if name not in self._refused]  # a rival has yielded too: there is hope

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
        granter.grant([*wishes.defaults(system, depth)])
    steps = granter.trace.steps
    for i, step in enumerate(steps, 1):  # from here on the steps stay, and only their details change
        granter.keep(Wish(Happens(step.name), i, of_step=True))
    inputs = [(i, each) for i, step in enumerate(steps, 1) for each in wishes.inputs(system, step.name)]
    numbers, dates = [*wishes.numbers(system, inputs)], [*wishes.dates(inputs), *wishes.gaps(depth)]
    since, no_leap_day = wishes.since_first_day(system), wishes.no_leap_day(system, granter.trace)
    granter.grant(
        [
            *wishes.defaults(system, depth),
            *wishes.plain_choices(system, inputs),
            *(target.between(0, 0) for target in numbers),
            since.between(0, 0),
            *(Wish(no_leap_day, i) for i in range(depth + 1)),
        ]
    )
    granter.lower([*numbers, *wishes.departures(system, granter.trace), since])
    granter.grant([target.between(0, 0) for target in dates])  # not before: that no day passes may hold by chance
    granter.lower(dates)
