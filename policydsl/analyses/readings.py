"""Does a verdict depend on how an ambiguous wording is read? Which readings to ask about, and what the answers say."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from policydsl.core.expr import TODAY, EnumLit, EnumSort, Equal, Expr, Value, Var
from policydsl.core.system import PASSAGE, Parameter, Question, Step, System, Trace
from policydsl.core.walk import definition_table, names
from policydsl.engines.verdict import Proved, Refuted, Vacuous, Verdict
from policydsl.front.influence import Influence
from policydsl.semantics import interpret

_MOST_COMBINATIONS = 256


@dataclass(frozen=True, slots=True)
class Split:
    """The verdict under each option of one reading; the other readings are free, or `others_at_default`."""

    reading: str
    others_at_default: bool
    options: tuple[tuple[str, Verdict], ...]

    @property
    def separates(self) -> bool:
        """Whether it is proved under some option and refuted under another."""
        verdicts = [v for _, v in self.options]
        proved = any(isinstance(v, Proved | Vacuous) for v in verdicts)
        return proved and any(isinstance(v, Refuted) for v in verdicts)


@dataclass(frozen=True, slots=True)
class Case:
    """One assignment to ask about: `fixed` gives readings their options.

    `place` is that of the reading among those of the question, and of the option among those of the reading.
    """

    reading: str
    option: str
    fixed: tuple[tuple[str, str], ...]
    place: tuple[int, int]


def visible_readings(question: Question, base: System, within: Influence) -> tuple[Parameter, ...]:
    """Return the readings that `question` can see and that its own conditions leave open.

    `base` is the policy's system: what the question assumes beyond it is a condition of its author.
    """
    seen = within.seen(question)
    table = definition_table(question.system)
    own = [e for e in question.system.assumptions if e not in base.assumptions]
    fixed = {n for e in own for n in names(e, table)}
    return tuple(p for p in question.system.parameters if p.is_reading and p.name in seen and p.name not in fixed)


def single_cases(question: Question, readings: Iterable[Parameter]) -> Iterator[Case]:
    """Yield each admissible option of each reading, the others free."""
    for i, reading in enumerate(readings):
        for k, option in enumerate(_options(reading)):
            case = Case(reading.name, option, ((reading.name, option),), (i, k))
            if _admissible(question.system, case.fixed):
                yield case


def default_cases(question: Question, readings: Sequence[Parameter]) -> Iterator[Case]:
    """Yield each option of each reading with all other readings at their defaults."""
    defaults = {r.name: str(r.default) for r in readings}
    for i, reading in enumerate(readings):
        for k, option in enumerate(_options(reading)):
            fixed = tuple(sorted({**defaults, reading.name: option}.items()))
            if _admissible(question.system, fixed):
                yield Case(reading.name, option, fixed, (i, k))


class Looks:
    """Which parameters stories look at, by identity: the same story is told again for many options."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], tuple[Question, Trace, frozenset[str]]] = {}

    def of(self, question: Question, trace: Trace) -> frozenset[str]:
        """Return the parameters whose values are read where `trace` is lived and judged, admissibility aside.

        With other values of all other parameters, every step and every judgement is the same.
        """
        key = id(question), id(trace)
        if key not in self._known:
            self._known[key] = (question, trace, _looked_at(question, trace))
        return self._known[key][2]

    def same(self, question: Question, old: Trace, new: Trace) -> None:
        """Take `new`, which differs from `old` in what it does not look at, to look at the same."""
        self._known[id(question), id(new)] = (question, new, self.of(question, old))


class _Watched(Mapping[str, Value]):
    """Values of parameters that remember which of them were read."""

    def __init__(self, values: Mapping[str, Value]) -> None:
        self._values = values
        self.read: set[str] = set()

    def __getitem__(self, name: str) -> Value:
        self.read.add(name)
        return self._values[name]

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def _looked_at(question: Question, trace: Trace) -> frozenset[str]:
    watched = _Watched(trace.parameters)
    system = replace(question.system, obligations=())
    chosen = {v.name: trace.initial[v.name] for v in system.variables if v.initial is None}
    state = interpret.begin(system, watched, int(trace.initial[TODAY]), chosen)
    assert not isinstance(state, interpret.Rejected)
    interpret.holds(question.property.state, interpret.alone(system, watched, state))
    for step in trace.steps:
        result = interpret.step(system, watched, state, step)
        assert not isinstance(result, interpret.Rejected)
        env = interpret.between(system, watched, state, step, result.state)
        interpret.kept(system, watched, question.property, env, result.state)
        state = result.state
    return frozenset(watched.read)


def retell(question: Question, case: Case, verdict: Refuted, looks: Looks | None = None) -> Refuted | None:
    """Return the story of `verdict` with the readings of `case`, if that is a story of `question` of the same length.

    Then there is nothing to ask: the interpreter is the judge of it. What the calendar causes is worked out anew;
    but where the story, which has been replayed, looks at none of the readings that change, it goes as it went.
    """
    trace = verdict.trace
    changed = {name for name, option in case.fixed if trace.parameters.get(name) != option}
    if not changed:
        return verdict
    system = replace(question.system, obligations=())
    parameters = {**trace.parameters, **dict(case.fixed)}
    looks = looks or Looks()
    if verdict.at == len(trace.steps) and not changed & looks.of(question, trace):
        if interpret.check_parameters(system, parameters) is not None:
            return None
        told = replace(trace, parameters=parameters)
        looks.same(question, trace, told)
        return replace(verdict, trace=told)
    other = tell_anew(system, parameters, trace)
    if other is None or len(other.steps) != len(trace.steps):
        return None
    at = interpret.violation(system, other, question.property)
    return Refuted(other, at, verdict.clear) if at == len(other.steps) else None


def tell_anew(system: System, parameters: Mapping[str, Value], trace: Trace) -> Trace | None:
    """Return what becomes of `trace` in `system` with `parameters`; None if it cannot begin or go on so.

    What the calendar causes, and the values that the system gives variables at first, are worked out anew.
    """
    chosen = {v.name: trace.initial[v.name] for v in system.variables if v.initial is None and v.name in trace.initial}
    initial = interpret.initial_state(system, parameters, int(trace.initial[TODAY]), chosen)
    if isinstance(initial, interpret.Rejected):
        return None
    steps = _again(system, parameters, initial, trace.steps)
    return None if steps is None else Trace(parameters, initial, steps)


def _again(
    system: System, parameters: Mapping[str, Value], state: interpret.State, steps: Sequence[Step]
) -> tuple[Step, ...] | None:
    """Return the events and days of `steps` with the scheduled steps that they now lead to; None if one is refused."""
    schedules = {s.name for s in system.schedules}
    made: list[Step] = []
    for step in steps:
        for caused in interpret.settle(system, parameters, state, step.day):
            if isinstance(caused, interpret.Rejected):
                return None
            made.append(caused[0])
            state = caused[1].state
        if step.name in schedules or (step.name == PASSAGE and state[TODAY] == step.day):
            continue
        result = interpret.step(system, parameters, state, step)
        if isinstance(result, interpret.Rejected):
            return None
        made.append(step)
        state = result.state
    return tuple(made)


def fix(question: Question, case: Case) -> Question:
    """Return `question` with the readings of `case` fixed."""
    sorts = {p.name: p.sort for p in question.system.parameters}
    fixed: list[Expr] = []
    for name, option in case.fixed:
        sort = sorts[name]
        assert isinstance(sort, EnumSort)
        fixed.append(Equal(Var(name, sort), EnumLit(sort, option)))
    system = replace(question.system, assumptions=(*question.system.assumptions, *fixed))
    return replace(question, system=system)


def _options(reading: Parameter) -> tuple[str, ...]:
    return reading.sort.values if isinstance(reading.sort, EnumSort) else ()


def _admissible(system: System, fixed: Iterable[tuple[str, str]]) -> bool:
    """Return whether the assumptions about readings alone leave room for `fixed`. When in doubt, yes."""
    readings = {p.name: _options(p) for p in system.parameters if p.is_reading}
    table = definition_table(system)
    about = [(e, names(e, table)) for e in system.assumptions]
    relevant = [(e, used) for e, used in about if used and used <= readings.keys()]
    if not relevant:
        return True
    involved = sorted(set().union(*(used for _, used in relevant)))
    choices = [[option] if (option := dict(fixed).get(n)) else list(readings[n]) for n in involved]
    for count, chosen in enumerate(product(*choices)):
        given: Mapping[str, Value] = dict(zip(involved, chosen, strict=True))
        env = interpret.alone(system, given, {TODAY: 1})
        if count >= _MOST_COMBINATIONS or all(interpret.holds(e, env) for e, _ in relevant):
            return True
    return False
