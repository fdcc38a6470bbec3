"""Does an ambiguity ever matter? Two histories of one policy, alike in everything but how one reading is read.

First it is asked whether what is set, or what is possible and permitted, ever differs; if never, whether what the
policy defines for its own sake does: definitions and tables that nothing else in it looks at.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from policydsl.analyses.listed import included, rows_of
from policydsl.analyses.readings import assuming, read_as
from policydsl.analyses.tasks import Answered, Lost, Task
from policydsl.analyses.workers import Crew
from policydsl.base.records import dataclass
from policydsl.core import expr as core
from policydsl.core.conditions import conjunction, happens
from policydsl.core.copies import copy_of
from policydsl.core.expr import BOOL, INT, TRUE, Expr, View
from policydsl.core.moves import BOTH, PHASE, Move, Pair, Side
from policydsl.core.product import pair, project, same_events, settled
from policydsl.core.system import Case, Property, Question, System, Trace, Update, Variable
from policydsl.core.walk import definition_table, expressions, nodes
from policydsl.engines.verdict import Budget, Manner, Refuted, SemanticsDisagreeError, Unknown, Verdict
from policydsl.front.loaded import SET_SUFFIX, LoadedPolicy, set_name
from policydsl.semantics import evaluate, interpret

_TOGETHER = 12
"""So many questions share what is built for them."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Something that two histories are compared by: `name` as it is declared, what it is in each, and where.

    `on` are the events at which it is looked at, before the step; none: on every day, once all is settled.
    """

    name: str
    same: Expr
    on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """How two options of a reading come out: refuted with a history of `pair`, or proved never to differ.

    `refused` is the side on which the last step of that history cannot take place, if that is the difference;
    otherwise `names` are the outcomes that differ in the end.
    """

    reading: str
    options: tuple[str, str]
    verdict: Verdict
    pair: Pair
    question: Question
    names: tuple[str, ...] = ()
    refused: Side | None = None


def differences(policy: LoadedPolicy, budget: Budget, jobs: int) -> tuple[Difference, ...]:
    """Return for every two options of every reading whether they ever come out differently, in document order.

    Raises:   `SemanticsDisagreeError` for a story that does not come out so in its own systems: a bug in policydsl.
    """
    if not policy.readings:
        return ()
    made = _product(policy)
    asked = [(r.name, (a, b)) for r in policy.readings for a, b in combinations([name for name, _ in r.options], 2)]
    found: dict[tuple[str, tuple[str, str]], Difference] = {}
    for outcomes in (tuple(_effects(made)), tuple(_ends_in_themselves(policy, made))):
        never = _never_differ(made, outcomes)
        left = [key for key in asked if key not in found or not isinstance(found[key].verdict, Refuted)]
        questions = [_question(made, never, reading, options) for reading, options in left]
        for key, question, verdict in zip(left, questions, _answers(made, questions, budget, jobs), strict=True):
            found[key] = _difference(key, made, question, verdict, outcomes)
    return tuple(found[key] for key in asked)


# --- the question --------------------------------------------------------------------------------


def _product(policy: LoadedPolicy) -> Pair:
    """Return two histories that may differ in readings; a step that one of them refuses is the end of both."""
    system = policy.system.bare()
    both = same_events(system, system)
    probes = [Move(f"{side.value} only/{m.name}", m.name, m.name, binding=(side,)) for m in both for side in BOTH]
    made = pair(system, system, (*both, *probes), frozenset(r.name for r in policy.readings))
    going_on = core.Equal(core.Var(PHASE, INT), core.IntLit(0))
    over = frozenset(m.name for m in probes)
    watched = replace(
        made.system,
        variables=(*made.system.variables, Variable(PHASE, INT, core.IntLit(0), "", hidden=True)),
        updates=(*made.system.updates, Update(PHASE, (Case(over, TRUE, core.IntLit(1), ""),))),
        events=tuple(replace(e, guard=conjunction([e.guard, going_on])) for e in made.system.events),
    )
    return replace(made, system=watched)


def _question(made: Pair, property_: Property, reading: str, options: tuple[str, str]) -> Question:
    """Return the question whether two options of `reading` differ, all else being read alike."""
    assumed: list[Expr] = []
    for p in made.first.parameters:
        if p.is_reading:
            one, other = (copy_of(made, side).own(p.name) for side in BOTH)
            if p.name == reading:
                assumed += read_as(made.system, zip((one, other), options, strict=True))
            else:
                assumed.append(core.Equal(core.Var(one, p.sort), core.Var(other, p.sort)))
    system = assuming(made.system, assumed)
    return Question(f"{reading}: {options[0]} or {options[1]}", system, property_, None)


def _never_differ(made: Pair, outcomes: Sequence[Outcome]) -> Property:
    going_on = core.Equal(core.Var(PHASE, INT), core.IntLit(0))
    calm = conjunction([going_on, settled(made)])
    resting = conjunction([o.same for o in outcomes if not o.on])
    steps = [core.Or((core.Not(happens(o.on)), o.same)) for o in outcomes if o.on]
    for move in made.moves:
        if len(move.binding) == 1:
            other = move.binding[0].other
            allowed = core.At(View.BEFORE, copy_of(made, other).guard(move))
            steps.append(core.Or((core.Not(core.Happens(move.name)), allowed)))
    return Property(core.Or((core.Not(calm), resting)), conjunction(steps))


# --- what is compared ----------------------------------------------------------------------------


def _effects(made: Pair) -> Iterator[Outcome]:
    """Yield the state, and whether events are possible or permitted."""
    first, second = copy_of(made, Side.FIRST), copy_of(made, Side.SECOND)
    known = {v.name for v in made.first.variables}
    for v in made.first.variables:
        if v.hidden or v.name.endswith(SET_SUFFIX):
            continue
        same: Expr = core.Equal(core.Var(first.own(v.name), v.sort), core.Var(second.own(v.name), v.sort))
        if v.sort == core.DATE and set_name(v.name) in known:
            flags = [core.Var(c.own(set_name(v.name)), BOOL) for c in (first, second)]
            same = core.And((core.Equal(flags[0], flags[1]), core.Or((core.Not(flags[0]), same))))
        yield Outcome(v.name, same)
    table = definition_table(made.first)
    for event in made.first.events:
        name = f"{event.name}.permitted"
        if name in table:
            yield Outcome(name, core.Equal(first.seen(core.Use(name, BOOL)), second.seen(core.Use(name, BOOL))))


def _ends_in_themselves(policy: LoadedPolicy, made: Pair) -> Iterator[Outcome]:
    """Yield the effects, and the definitions and tables that nothing else in the policy looks at."""
    yield from _effects(made)
    first, second = copy_of(made, Side.FIRST), copy_of(made, Side.SECOND)
    table = definition_table(made.first)
    looked_at = _used(made.first)
    for symbol in policy.symbols.values():
        if symbol.kind not in {"definition", "table"} or symbol.name not in table or symbol.name in looked_at:
            continue
        use: Expr = core.Use(symbol.name, table[symbol.name].sort)
        same: Expr = core.Equal(first.seen(use), second.seen(use))
        if policy.gives_all(symbol.name):
            rows = [[(c.seen(e), c.seen(v)) for e, v in rows_of(made.first, symbol.name)] for c in (first, second)]
            same = conjunction([core.Equal(mine, its) for mine, its in included(*rows)])
        elif symbol.name + SET_SUFFIX in table:
            flags = [c.seen(core.Use(symbol.name + SET_SUFFIX, BOOL)) for c in (first, second)]
            same = core.And((core.Equal(flags[0], flags[1]), core.Or((core.Not(flags[0]), same))))
        yield Outcome(symbol.name, core.At(View.BEFORE, same) if symbol.on else same, symbol.on)


def _used(system: System) -> frozenset[str]:
    """Return the definitions that some other part of `system` looks at."""
    return frozenset(
        n.name
        for place, e in expressions(system)
        for n in nodes(e)
        if isinstance(n, core.Use) and place != f"definition {n.name}{SET_SUFFIX}"
    )


# --- answers -------------------------------------------------------------------------------------


def _answers(made: Pair, questions: Sequence[Question], budget: Budget, jobs: int) -> list[Verdict]:
    """Return the verdicts on `questions`, which are about one product."""
    guesses = tuple(Question(f"guess {i}", made.system, Property(e, TRUE), None) for i, e in enumerate(_alike(made)))
    places = range(0, len(questions), _TOGETHER)
    answers: list[Verdict] = [Unknown("not reached", ())] * len(questions)
    with Crew(jobs) as crew:
        for number, place in enumerate(places):
            group = tuple(questions[place : place + _TOGETHER])
            manners = tuple(Manner(suspect=True) for _ in group)
            crew.submit(Task(number, group[0].system, group, budget, manners, guesses))
        for message in crew.messages():
            match message:
                case Answered(task=task, index=index, verdict=verdict):
                    answers[places[task.number] + index] = verdict
                case Lost(task=task, left=left, reason=reason, bug=bug):
                    if bug is not None:
                        raise SemanticsDisagreeError(bug)
                    for index in left:
                        answers[places[task.number] + index] = Unknown(reason, ())
                case _:
                    pass
    return answers


def _alike(made: Pair) -> Iterator[Expr]:
    """Yield what holds where a reading does not matter: as long as nothing is refused, the two are the same."""
    over = core.Not(core.Equal(core.Var(PHASE, INT), core.IntLit(0)))
    first, second = copy_of(made, Side.FIRST), copy_of(made, Side.SECOND)
    for v in made.first.variables:
        yield core.Or((over, core.Equal(core.Var(first.own(v.name), v.sort), core.Var(second.own(v.name), v.sort))))


def _difference(
    key: tuple[str, tuple[str, str]], made: Pair, question: Question, verdict: Verdict, outcomes: Sequence[Outcome]
) -> Difference:
    """Return the answer once both its histories are replayed, each in its own system."""
    if not isinstance(verdict, Refuted):
        return Difference(*key, verdict, made, question)
    trace = verdict.trace
    refused = check(made, question, trace)
    return Difference(*key, verdict, made, question, tuple(_differing(made, trace, outcomes)), refused)


def check(made: Pair, question: Question, trace: Trace) -> Side | None:
    """Return the side, if any, on which the last step cannot take place. Raises `SemanticsDisagreeError`."""
    refused: Side | None = None
    for side in BOTH:
        own = made.copy(side)
        whole = project(made, trace, side)
        if not isinstance(interpret.replay(own, whole), interpret.Rejected):
            continue
        before = replace(whole, steps=whole.steps[:-1])
        if refused is not None or not whole.steps or isinstance(interpret.replay(own, before), interpret.Rejected):
            raise SemanticsDisagreeError(f"{question.key}: {trace}")
        refused = side
    return refused


def _differing(made: Pair, trace: Trace, outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Yield the outcomes that differ in the end of `trace`."""
    states = interpret.replay(made.system, trace)
    assert not isinstance(states, interpret.Rejected)
    env = evaluate.alone(made.system, trace.parameters, states[-1])
    at_step = None
    if trace.steps:
        at_step = evaluate.between(made.system, trace.parameters, states[-2], trace.steps[-1], states[-1])
    for outcome in outcomes:
        if not outcome.on:
            if not evaluate.holds(outcome.same, env):
                yield outcome.name
        elif at_step is not None and trace.steps[-1].name in outcome.on and not evaluate.holds(outcome.same, at_step):
            yield outcome.name


def end_of(made: Pair, trace: Trace, side: Side, refused: Side | None) -> Trace:
    """Return the history on `side`, without the last step if that is refused there."""
    whole = project(made, trace, side)
    return replace(whole, steps=whole.steps[:-1]) if side is refused else whole
