"""All short histories of two wordings, lived side by side: written without any of what compares wordings."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product

from policydsl.analyses.diff_outcomes import Outcome
from policydsl.base.calendar import from_civil
from policydsl.core.expr import TODAY, BoolSort, EnumSort, Ite, Sort, Use, Value, View
from policydsl.core.system import PASSAGE, Event, Question, Step, System, Trace
from policydsl.front.loaded import Order, set_name
from policydsl.semantics import evaluate, interpret
from policydsl.semantics.interpret import Rejected, State, Stepped

FIRST = from_civil(2024, 1, 30)
DAYS = (0, 1, 2)
NUMBERS = (0, 1, 2)

Given = Mapping[str, Value]
"""Parameters of a wording."""


@dataclass(frozen=True)
class Side:
    """A wording and where a history of it is: `parameters`, and the state once nothing is due any more."""

    system: System
    parameters: Given
    state: State

    def settled(self, day: int) -> "Side | None":
        """Return where it is once all has happened that the calendar causes up to `day`; None if that never rests."""
        state = self.state
        for caused in interpret.settle(self.system, self.parameters, state, day):
            if isinstance(caused, Rejected):
                return None
            state = caused[1].state
        return Side(self.system, self.parameters, state)

    def after(self, step: Step) -> "tuple[Side, Step | None] | None":
        """Return where `step` leads, unsettled, and the step as lived here: a passage if the event is unknown."""
        before = self.settled(step.day)
        assert before is not None
        if all(e.name != step.name for e in self.system.events):
            if step.day <= before.state[TODAY]:  # type: ignore[operator]  # two days
                return before, None
            step = Step(PASSAGE, step.day, {})
        made = interpret.step(self.system, self.parameters, before.state, step)
        return None if isinstance(made, Rejected) else (Side(self.system, self.parameters, made.state), step)


@dataclass
class Found:
    """What differs: by outcome and way ("same", or the role and whether it is worse or better), after so many steps.

    `where` are the parameters under which it does, of either wording. `apart` says that something at all is not the
    same: a step that one alone takes, a variable, a definition.
    """

    shortest: dict[tuple[str, str], int] = field(default_factory=dict)
    where: dict[tuple[str, str], list[tuple[Given, Given]]] = field(default_factory=dict)
    apart: bool = False

    def add(self, called: str, word: str, steps: int, both: tuple[Side, Side]) -> None:
        """Note that `called` differs `word` after so many steps."""
        key = called, word
        self.shortest[key] = min(steps, self.shortest.get(key, steps))
        given = both[0].parameters, both[1].parameters
        if given not in self.where.setdefault(key, []):
            self.where[key].append(given)


# --- what can be -----------------------------------------------------------------------------------


def values(sort: Sort, today: int) -> Iterable[Value]:
    """Return a few values of `sort`."""
    match sort:
        case BoolSort():
            return (False, True)
        case EnumSort(values=names):
            return names
        case _ if type(sort).__name__ == "DateSort":
            return (today, today + 1)
        case _:
            return NUMBERS


def givens(system: System) -> list[Given]:
    """Return all admissible parameters, as far as they are few."""
    every = [
        dict(zip([p.name for p in system.parameters], chosen, strict=True))
        for chosen in product(*(values(p.sort, FIRST) for p in system.parameters))
    ]
    return [g for g in every if interpret.check_parameters(system, g) is None]


def begun(system: System, given: Given) -> list[Side]:
    """Return all ways in which a history may begin."""
    open_ = [v for v in system.variables if v.initial is None]
    made = []
    for chosen in product(*(values(v.sort, FIRST) for v in open_)):
        state = interpret.initial_state(system, given, FIRST, dict(zip([v.name for v in open_], chosen, strict=True)))
        if not isinstance(state, Rejected):
            made.append(Side(system, given, state))
    return made


def starts(old: System, new: System, apart: Iterable[str]) -> Iterator[tuple[Side, Side]]:
    """Yield all ways in which both begin: the same parameters but for those `apart`, alike where it is open."""
    mine, theirs = ({v.name for v in s.variables if v.initial is None} for s in (old, new))
    for one, other in product(givens(old), givens(new)):
        if all(other.get(n, v) == v for n, v in one.items() if n not in set(apart)):
            for a, b in product(begun(old, one), begun(new, other)):
                if all(a.state[n] == b.state[n] for n in mine & theirs):
                    yield a, b


def _inputs(event: Event, today: int) -> Iterator[dict[str, Value]]:
    names = [i.name for i in event.inputs]
    for chosen in product(*(values(i.sort, today) for i in event.inputs)):
        yield dict(zip(names, chosen, strict=True))


def moves(old: System, new: System, today: int) -> Iterator[tuple[Step, list[Step], list[Step]]]:
    """Yield what may happen next, with the facts that both know; then, with its own facts, under each wording."""
    mine, theirs = ({e.name: e for e in s.events} for s in (old, new))
    for name in {**mine, **theirs}:
        one, other = mine.get(name), theirs.get(name)
        sides = [[i.name for i in e.inputs] if e else [] for e in (one, other)]
        shared = set(sides[0]) & set(sides[1])
        for day in DAYS:
            by_facts: dict[tuple[tuple[str, Value], ...], tuple[list[Step], list[Step]]] = {}
            for event, n in ((one, 0), (other, 1)):
                for given in _inputs(event, today) if event else ():
                    key = tuple(sorted((k, v) for k, v in given.items() if k in shared))
                    by_facts.setdefault(key, ([], []))[n].append(Step(name, today + day, given))
            for key, (a, b) in by_facts.items():
                plain = Step(name, today + day, dict(key))
                yield plain, a if one else [plain], b if other else [plain]
    for day in DAYS[1:]:
        passed = Step(PASSAGE, today + day, {})
        yield passed, [passed], [passed]


# --- both ------------------------------------------------------------------------------------------


def explore(old: System, new: System, outcomes: Iterable[Outcome], apart: Iterable[str], depth: int) -> Found:
    """Live all histories of both of up to `depth` steps; return what differs."""
    found, outcomes = Found(), list(outcomes)
    now = list(starts(old, new, apart))
    for steps in range(depth + 1):
        following: dict[object, tuple[Side, Side]] = {}
        for both in now:
            settled = tuple(s.settled(int(s.state[TODAY])) for s in both)
            if settled[0] is None or settled[1] is None:
                continue
            here = settled[0], settled[1]
            _look(here, outcomes, steps, found)
            if steps < depth:
                for pair in _next(here, outcomes, steps + 1, found):
                    following[tuple(_frozen(s) for s in pair)] = pair
        now = list(following.values())
    return found


def _frozen(side: Side) -> object:
    return tuple(side.parameters.items()), tuple(sorted(side.state.items()))


def _look(both: tuple[Side, Side], outcomes: Iterable[Outcome], steps: int, found: Found) -> None:
    envs = [evaluate.alone(s.system, s.parameters, s.state) for s in both]
    for outcome in outcomes:
        if outcome.kind != "choices" and not outcome.on:
            _compare(both, outcome, [read(outcome, s, env) for s, env in zip(both, envs, strict=True)], steps, found)
    names = [{d.name for d in s.system.definitions} for s in both]
    for d in both[0].system.definitions:
        if d.name in names[1]:
            use = Use(d.name, d.sort)
            found.apart |= evaluate.evaluate(use, envs[0]) != evaluate.evaluate(use, envs[1])
    found.apart |= dict(both[0].state) != dict(both[1].state)


def _next(
    both: tuple[Side, Side], outcomes: Iterable[Outcome], steps: int, found: Found
) -> Iterator[tuple[Side, Side]]:
    for plain, mine, theirs in moves(both[0].system, both[1].system, int(both[0].state[TODAY])):
        if any(s.settled(plain.day) is None for s in both):
            continue
        one, other = ([m for x in own if (m := side.after(x))] for side, own in zip(both, (mine, theirs), strict=True))
        found.apart |= bool(one) != bool(other)
        known = all(any(e.name == plain.name for e in s.system.events) for s in both)
        if known and bool(one) != bool(other) and all(_permitted(s, plain) for s in both):
            _refused(plain.name, mine=bool(one), both=both, outcomes=outcomes, steps=steps, found=found)
        for a, b in product(one, other):
            _at_event(both, plain.name, (a, b), outcomes, steps, found)
            yield a[0], b[0]


def _permitted(side: Side, step: Step) -> bool:
    before = side.settled(step.day)
    assert before is not None
    env = evaluate.between(side.system, side.parameters, before.state, step, before.state)
    (body,) = (d.body for d in side.system.definitions if d.name == f"{step.name}.permitted")
    return evaluate.holds(body, env.seen_from(View.BEFORE))


def _refused(
    name: str,
    *,
    mine: bool,
    both: tuple[Side, Side],
    outcomes: Iterable[Outcome],
    steps: int,
    found: Found,
) -> None:
    for o in outcomes:
        if o.kind == "choices" and o.name == name:
            found.add(o.called, "same", steps, both)
            for order in o.orders:
                word = "worse" if mine == (order.way == "wider") else "better"
                found.add(o.called, f"{word} {order.role}", steps, both)


def _at_event(
    both: tuple[Side, Side], name: str, made: tuple[tuple[Side, Step | None], tuple[Side, Step | None]],
    outcomes: Iterable[Outcome], steps: int, found: Found,
) -> None:  # fmt: skip
    for outcome in outcomes:
        if name not in outcome.on or outcome.kind == "choices" or any(s is None for _, s in made):
            continue
        read_ = []
        for side, (after, step) in zip(both, made, strict=True):
            before = None if step is None else side.settled(step.day)
            assert step is not None
            assert before is not None
            env = evaluate.between(side.system, side.parameters, before.state, step, after.state)
            read_.append(read(outcome, side, env.seen_from(View.BEFORE)))
        _compare(both, outcome, read_, steps, found)


def read(outcome: Outcome, side: Side, env: evaluate.Env) -> list[Value | None]:
    """Return what an outcome is, at each index; None where a date is not set."""
    name = f"{outcome.name}.permitted" if outcome.kind == "permission" else outcome.name
    name = f"{name}.so_far" if outcome.kind == "count" else name
    definitions = {d.name: d for d in side.system.definitions}
    made: list[Value | None] = []
    if outcome.kind == "permission" and name not in definitions:
        return [False]
    if name in definitions:
        made.append(evaluate.evaluate(definitions[name].body, env))
        i = 1
        while outcome.kind == "table" and outcome.listed and f"{name}.row{i}" in definitions:
            made.append(None)  # replaced below: which values its rows include
            i += 1
        if outcome.kind == "table" and outcome.listed:
            made = [*made[:1], str(sorted(_included(name, side, env)))]
        return made
    own = [v for v in side.system.variables if v.name.partition("[")[0] == name and not v.name.endswith(".set")]
    for v in own:
        unset = set_name(v.name) in env.after and not env.after[set_name(v.name)]
        made.append(None if unset else env.after[v.name])
    return made


def _included(name: str, side: Side, env: evaluate.Env) -> set[Value]:
    table = {d.name: d.body for d in side.system.definitions}
    body, found, i = table[name], set[Value](), 1
    while f"{name}.row{i}" in table:
        assert isinstance(body, Ite)
        if evaluate.holds(table[f"{name}.row{i}"], env):
            found.add(evaluate.evaluate(body.then, env))
        body, i = body.otherwise, i + 1
    return found


def _compare(
    both: tuple[Side, Side], outcome: Outcome, values_: list[list[Value | None]], steps: int, found: Found
) -> None:
    if values_[0] == values_[1]:
        return
    found.add(outcome.called, "same", steps, both)
    for order in outcome.orders:
        for one, other in zip(*values_, strict=True):
            if one != other and not (outcome.listed and isinstance(one, str) and one.startswith("[")):
                found.add(
                    outcome.called, f"{'worse' if worse(one, other, order) else 'better'} {order.role}", steps, both
                )


def worse(one: Value | None, other: Value | None, order: Order) -> bool:
    """Return whether `other`, which is not `one`, is worse."""
    if one is None or other is None:
        return (one is None) == (order.none != "worst")
    match order.way:
        case "higher" | "later":
            return other < one  # type: ignore[operator]  # two numbers
        case "lower" | "earlier":
            return other > one  # type: ignore[operator]  # two numbers
        case "yes" | "permitted":
            return not other
        case "no" | "not permitted":
            return bool(other)
        case _:
            places = {v: i for i, v in enumerate(order.values)}
            return places.get(str(other), len(places)) > places.get(str(one), len(places))


# --- one after the other ---------------------------------------------------------------------------


def worse_off(
    old: System, new: System, outcomes: Iterable[Outcome], apart: Iterable[str], switch: int
) -> dict[str, str]:
    """Return for whom the switch from `old` to `new` on the day `switch` makes something worse, with what that is.

    Events are those of up to two steps before it; what the new wording stores by the same name goes on.
    """
    hurt: dict[str, str] = {}
    now: dict[object, tuple[Side, Side]] = {(_frozen(a), _frozen(b)): (a, b) for a, b in starts(old, new, apart)}
    for _ in range(3):
        following: dict[object, tuple[Side, Side]] = {}
        for one, begun_ in now.values():
            here = one.settled(int(one.state[TODAY]))
            if here is not None:
                _go_on(here, begun_, list(outcomes), switch, hurt, [switch + n for n in (0, 1, 4, 28, 29)])
                for step in _events(here, switch):
                    made = here.after(step)
                    if made is not None:
                        following[_frozen(made[0]), _frozen(begun_)] = made[0], begun_
        now = following
    return hurt


def _events(side: Side, switch: int) -> Iterator[Step]:
    today = int(side.state[TODAY])
    for day in range(today, switch):
        if side.settled(day) is not None:
            yield from (Step(e.name, day, i) for e in side.system.events for i in _inputs(e, today))


def _go_on(
    one: Side, begun_: Side, outcomes: list[Outcome], switch: int, hurt: dict[str, str], days: Iterable[int]
) -> bool:
    """Compare what is under the old wording with what is under the new one, on `days` from that of the switch on.

    Returns no if it is not lived here.
    """
    last = _arrived(one, switch - 1)
    if last is None:
        return False
    kept = {v.name: last.state.get(v.name, begun_.state[v.name]) for v in begun_.system.variables}
    other = Side(begun_.system, begun_.parameters, {**kept, TODAY: switch - 1})
    pending = interpret.due(other.system, other.parameters, other.state)
    if pending is not None and pending[1] < switch:
        return False  # falls due on the day of the switch
    for day in days:
        ends = [_arrived(side, day) for side in (last, other)]
        if ends[0] is None or ends[1] is None:
            return False
        for o in outcomes:
            if o.kind != "choices" and not o.on:
                values_ = [read(o, s, evaluate.alone(s.system, s.parameters, s.state)) for s in ends if s is not None]
                for order in o.orders:
                    if any(a != b and worse(a, b, order) for a, b in zip(*values_, strict=True)):
                        hurt.setdefault(order.role, f"{o.called} on day {day}")
    return True


def hurts(
    old: System, new: System, outcomes: Iterable[Outcome], told: tuple[Trace, Trace], switch: int
) -> set[str] | None:
    """Return for whom the switch from `old` to `new` makes something worse at the end of a history; None if not lived.

    `told` is the history as `old` lives it for ever, and as it is lived under the new wording from the switch on: of
    that only the parameters, which may have another name then, and the start are looked at.
    """
    sides = []
    for system, trace in zip((old, new), told, strict=True):
        called = {p.name: now if (now := f"{p.name}.now") in trace.parameters else p.name for p in system.parameters}
        own = {name: trace.parameters[there] for name, there in called.items()}
        chosen = {v.name: trace.initial[v.name] for v in system.variables if v.initial is None}
        state = interpret.initial_state(system, own, int(trace.initial[TODAY]), chosen)
        assert not isinstance(state, Rejected)
        sides.append(Side(system, own, state))
    one, begun_ = sides
    for step in (s for s in told[0].steps if any(e.name == s.name for e in old.events)):
        made = one.after(step)
        assert made is not None
        one = made[0]
    hurt: dict[str, str] = {}
    here = one.settled(int(one.state[TODAY]))
    assert here is not None
    last = told[0].steps[-1].day if told[0].steps else switch
    return set(hurt) if _go_on(here, begun_, list(outcomes), switch, hurt, [last]) else None


def _arrived(side: Side, day: int) -> Side | None:
    """Return where it is at the end of `day`."""
    settled = side.settled(day)
    if settled is None or int(settled.state[TODAY]) >= day:
        return settled
    made = interpret.step(side.system, side.parameters, settled.state, Step(PASSAGE, day, {}))
    assert isinstance(made, Stepped)
    return Side(side.system, side.parameters, made.state)


# --- one -------------------------------------------------------------------------------------------


def least(question: Question, depth: int) -> int | None:
    """Return after how many steps, of whatever kind, the claim fails first; None if not so soon."""
    system, claim = question.system, question.property
    now = {_frozen(s): s for given in givens(system) for s in begun(system, given)}
    if any(not evaluate.holds(claim.state, evaluate.alone(system, s.parameters, s.state)) for s in now.values()):
        return 0
    for steps in range(1, depth + 1):
        following = {}
        for side in now.values():
            for step, result in _steps(side):
                env = evaluate.between(system, side.parameters, side.state, step, result.state)
                if not interpret.kept(system, side.parameters, claim, env, result.state):
                    return steps
                after = Side(system, side.parameters, result.state)
                following[_frozen(after)] = after
        now = following
    return None


def _steps(side: Side) -> Iterator[tuple[Step, Stepped]]:
    today = int(side.state[TODAY])
    for day in DAYS:
        caused = next(iter(interpret.settle(side.system, side.parameters, side.state, today + day)), None)
        if caused is not None:
            if not isinstance(caused, Rejected):
                yield caused
            return
        tried = [Step(e.name, today + day, i) for e in side.system.events for i in _inputs(e, today)]
        for step in [*tried, Step(PASSAGE, today + day, {})]:
            result = interpret.step(side.system, side.parameters, side.state, step)
            if not isinstance(result, Rejected):
                yield step, result
