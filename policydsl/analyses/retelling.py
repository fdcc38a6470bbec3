"""Stories told again with other readings, or of another system: the interpreter is the judge of them, no solver."""

from collections.abc import Iterator, Mapping, Sequence

from policydsl.analyses.readings import Case, Room
from policydsl.base.calendar import Day
from policydsl.base.records import dataclass
from policydsl.core.expr import TODAY, Value
from policydsl.core.system import PASSAGE, Property, Question, Step, System, Trace
from policydsl.engines.verdict import Refuted
from policydsl.semantics import evaluate, interpret


@dataclass(frozen=True, slots=True)
class Lived:
    """A story's states, and the parameters read in the beginning (`begun`) and in each step, judging included."""

    states: tuple[interpret.State, ...]
    begun: frozenset[str]
    read: tuple[frozenset[str], ...]

    def reads(self, parameter: str) -> bool:
        """Return whether anything in the story looks at `parameter`."""
        return parameter in self.begun or any(parameter in read for read in self.read)


class Looks:
    """What stories look at, by identity, and which options there are: the same story is told for many of them."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], tuple[Question, Trace, Lived]] = {}
        self.room = Room()

    def of(self, question: Question, trace: Trace) -> Lived:
        """Return how `trace`, a history of `question`, is lived and judged, whether parameters are admissible aside.

        With other values of parameters that nothing has read so far, every step and every judgement so far is the same.
        """
        key = id(question), id(trace)
        if key not in self._known:
            self._known[key] = (question, trace, _live(question, trace))
        return self._known[key][2]


class _Watched(Mapping[str, Value]):
    """Values of parameters that remember which of them were read."""

    def __init__(self, values: Mapping[str, Value]) -> None:
        self._values = values
        self.read: set[str] = set()

    def taken(self) -> frozenset[str]:
        """Return what was read since this was asked last."""
        found, self.read = frozenset(self.read), set()
        return found

    def __getitem__(self, name: str) -> Value:
        self.read.add(name)
        return self._values[name]

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def _live(question: Question, trace: Trace) -> Lived:
    watched = _Watched(trace.parameters)
    system = question.system
    state = interpret.begin(system, watched, int(trace.initial[TODAY]), trace.chosen(system))
    assert not isinstance(state, interpret.Rejected)
    evaluate.holds(question.property.state, evaluate.alone(system, watched, state))
    states, read = [state], [watched.taken()]
    for step in trace.steps:
        result = interpret.step(system, watched, states[-1], step)
        assert not isinstance(result, interpret.Rejected)
        keeps(system, question.property, watched, states[-1], (step, result.state))
        states.append(result.state)
        read.append(watched.taken())
    return Lived(tuple(states), read[0], tuple(read[1:]))


def keeps(
    system: System,
    claim: Property,
    parameters: Mapping[str, Value],
    before: interpret.State,
    taken: tuple[Step, interpret.State],
) -> bool:
    """Return whether `claim` holds in the step that is `taken` and in the state after it."""
    step, after = taken
    env = evaluate.between(system, parameters, before, step, after)
    return interpret.kept(system, parameters, claim, env, after)


def retell(question: Question, case: Case, verdict: Refuted, looks: Looks) -> Refuted | None:
    """Return the story of `verdict` with the readings of `case`, if that is a story of `question` of the same length.

    Then there is nothing to ask: the interpreter is the judge of it. What the calendar causes is worked out anew, from
    the first step on that looks at a reading that changes; up to there the story, which was replayed, goes as it went.
    """
    trace = verdict.trace
    changed = {name for name, option in case.fixed if trace.parameters.get(name) != option}
    if not changed:
        return verdict
    system, parameters = question.system, {**trace.parameters, **dict(case.fixed)}
    if verdict.at != len(trace.steps) or interpret.check_parameters(system, parameters) is not None:
        return None
    lived = looks.of(question, trace)
    state, first = trace.initial, next((i for i, read in enumerate(lived.read) if read & changed), len(trace.steps))
    if lived.begun & changed:
        begun = interpret.begin(system, parameters, int(trace.initial[TODAY]), trace.chosen(system))
        if isinstance(begun, interpret.Rejected):
            return None
        failed = not evaluate.holds(question.property.state, evaluate.alone(system, parameters, begun))
        if failed != (not trace.steps):
            return None
        state, first = begun, 0
    elif first == len(trace.steps):
        return Refuted(Trace(parameters, trace.initial, trace.steps), verdict.at, verdict.clear)
    steps = _fails_last(question, parameters, lived.states[first] if first else state, trace.steps[first:])
    if steps is None or len(steps) != len(trace.steps) - first:
        return None
    return Refuted(Trace(parameters, state, (*trace.steps[:first], *steps)), verdict.at, verdict.clear)


def _fails_last(
    question: Question, parameters: Mapping[str, Value], state: interpret.State, steps: Sequence[Step]
) -> tuple[Step, ...] | None:
    """Return `steps` taken again from `state`, if the property of `question` fails in the last and in no other."""
    made: list[Step] = []
    failed = not steps
    for step, after in taken_again(question.system, parameters, state, steps):
        if failed or after is None:
            return None
        made.append(step)
        failed = not keeps(question.system, question.property, parameters, state, (step, after))
        state = after
    return tuple(made) if failed else None


def tell_anew(system: System, parameters: Mapping[str, Value], trace: Trace) -> Trace | None:
    """Return what becomes of `trace` in `system` with `parameters`; None if it cannot begin or go on so.

    What the calendar causes, and the values that the system gives variables at first, are worked out anew.
    """
    initial = interpret.initial_state(system, parameters, int(trace.initial[TODAY]), trace.chosen(system))
    if isinstance(initial, interpret.Rejected):
        return None
    found = list(taken_again(system, parameters, initial, trace.steps))
    if any(after is None for _, after in found):
        return None
    return Trace(parameters, initial, tuple(step for step, _ in found))


def refused(system: System, parameters: Mapping[str, Value], trace: Trace) -> tuple[Step, interpret.State] | None:
    """Return the step of `trace` that `system` with `parameters` refuses, and the state before it, if it does so."""
    state = interpret.initial_state(system, parameters, int(trace.initial[TODAY]), trace.chosen(system))
    if isinstance(state, interpret.Rejected):
        return None
    for step, after in taken_again(system, parameters, state, trace.steps):
        if after is None:
            return step, state
        state = after
    return None


def taken_again(
    system: System,
    parameters: Mapping[str, Value],
    state: interpret.State,
    steps: Sequence[Step],
    until: Day | None = None,
) -> Iterator[tuple[Step, interpret.State | None]]:
    """Yield the events and days of `steps`, with the scheduled steps that they now lead to, each with the state after.

    The first that is refused has None, and is the last. At last comes what the calendar causes up to the day `until`.
    """
    schedules = {s.name for s in system.schedules}
    rest = [] if until is None else [Step(PASSAGE, until, {})]
    for number, step in enumerate((*steps, *rest), start=1):
        for caused in interpret.settle(system, parameters, state, step.day):
            if isinstance(caused, interpret.Rejected):
                yield step, None
                return
            state = caused[1].state
            yield caused[0], state
        if number > len(steps) or step.name in schedules or (step.name == PASSAGE and state[TODAY] == step.day):
            continue
        result = interpret.step(system, parameters, state, step)
        if isinstance(result, interpret.Rejected):
            yield step, None
            return
        state = result.state
        yield step, state
