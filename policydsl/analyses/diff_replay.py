"""A history that parts two wordings, run by the interpreter under each: the solver is not taken on trust."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from policydsl.analyses.comparison import Comparison, Distinction
from policydsl.analyses.diff_gaps import filled
from policydsl.analyses.diff_names import parameters_in, step_in
from policydsl.analyses.diff_outcomes import Outcome
from policydsl.base.records import dataclass
from policydsl.core.cone import bearing
from policydsl.core.expr import TODAY, Use, Value
from policydsl.core.moves import BOTH, Side, without_side
from policydsl.core.product import aligned, project
from policydsl.core.system import Step, Trace
from policydsl.engines.verdict import SemanticsDisagreeError
from policydsl.front.loaded import DAY_DONE, LoadedPolicy
from policydsl.front.names import rolled
from policydsl.semantics import evaluate, interpret
from policydsl.semantics.interpret import Rejected, State, Stepped

Result: TypeAlias = Stepped | Rejected | None


@dataclass(frozen=True, slots=True)
class Lived:
    """A history under one wording, in that wording's own names.

    `steps` and `results` have an entry for each step of the common history: None where nothing happens here, and
    `Rejected`, only in the last one, where this wording does not admit the step. `states` starts with the initial one.
    """

    policy: LoadedPolicy
    parameters: Mapping[str, Value]
    steps: tuple[Step | None, ...]
    results: tuple[Result, ...]
    states: tuple[State, ...]


@dataclass(frozen=True, slots=True)
class Retold:
    """One history under both wordings, with all that is `bearing` on what it shows, by the product's names.

    `parted` is the first step (from 0) in which they do different things that bear on it.
    """

    distinction: Distinction
    old: Lived
    new: Lived
    parted: int
    bearing: frozenset[str]


def retell_both(made: Comparison, distinction: Distinction) -> Retold:
    """Return the history of `distinction` as each wording's own interpreter runs it, the new one as it is written.

    Where it leaves a gap that the other leaves, too, it gives the same as that one there (`diff_gaps`).

    Raises: `SemanticsDisagreeError` if a wording refuses a step that it should take, or reaches another state.
    """
    where = made.twin_of(distinction.outcome)
    trace = where.expand(distinction.verdict.trace)
    lives = [_live(made, distinction.outcome, trace, side) for side in BOTH]
    retold = Retold(distinction, lives[0], lives[1], 0, _bearing(made, distinction.outcome))
    return replace(retold, parted=_parted(made, retold))


def _bearing(made: Comparison, outcome: Outcome) -> frozenset[str]:
    """Return all that bears on `outcome` under either wording; of what an event may come with, what its guards read."""
    where = made.twin_of(outcome)
    guards = (where.seen(s, e.guard) for s in BOTH for e in where.pair.copy(s).events if e.name in outcome.on)
    values = (e for pair in outcome.compared for v in pair for e in (v.value, v.present))
    return bearing(where.system, guards if outcome.kind == "choices" else values)


def _live(made: Comparison, outcome: Outcome, trace: Trace, side: Side) -> Lived:
    where = made.twin_of(outcome)
    own = project(where.pair, trace, side)
    policy = made.wordings.old if side is Side.FIRST else made.wordings.written or made.wordings.new
    if side is Side.SECOND and made.aligned.gaps:
        policy = replace(policy, system=filled(policy.system, made.aligned.gaps))
    names = made.aligned.names
    given: Sequence[Step | None] = aligned(where.pair, trace, side)
    parameters: Mapping[str, Value] = own.parameters
    chosen = {v.name: own.initial[v.name] for v in where.pair.copy(side).variables if v.initial is None}
    if side is Side.SECOND:
        given = [None if s is None else step_in(names, s, policy.system) for s in given]
        parameters = parameters_in(names, own.parameters, policy.system)
        chosen = {names.new(n): v for n, v in chosen.items()}
    return _run(policy, Trace(parameters, {TODAY: trace.initial[TODAY], **chosen}, ()), given)


def _run(policy: LoadedPolicy, start: Trace, given: Sequence[Step | None]) -> Lived:
    system, chosen = policy.system, {n: v for n, v in start.initial.items() if n != TODAY}
    state = interpret.initial_state(system, start.parameters, int(start.initial[TODAY]), chosen)
    if isinstance(state, Rejected):
        raise SemanticsDisagreeError(f"the history does not start under {policy.path}: {state}")
    states: list[State] = [state]
    results: list[Result] = []
    for i, step in enumerate(given):
        result = None if step is None else interpret.step(system, start.parameters, states[-1], step)
        if isinstance(result, Rejected) and i < len(given) - 1:
            raise SemanticsDisagreeError(f"step {i + 1} is refused under {policy.path}: {result}")
        results.append(result)
        states.append(result.state if isinstance(result, Stepped) else states[-1])
    return Lived(policy, start.parameters, tuple(given), tuple(results), tuple(states))


def _parted(made: Comparison, retold: Retold) -> int:
    """Return the first step after which what bears on it is not the same, or that only one admits; else the last."""
    old, new = retold.old, retold.new
    for i, (one, other) in enumerate(zip(old.results, new.results, strict=True)):
        if isinstance(one, Rejected) != isinstance(other, Rejected) or any(apart(made, retold, i + 1)):
            return i
    return max(0, len(old.results) - 1)


def apart(made: Comparison, retold: Retold, at: int) -> Iterator[str]:
    """Yield the variables, by their old names, that are not the same in state `at`, as far as they are bearing.

    What a count remembers can differ long before the count does, in which windows of 30 and of 31 days come apart; till
    then nothing has come out differently. Nor has it where only how far a day has come among schedules is different: it
    counts those of its own wording.
    """
    names, mine, theirs = made.aligned.names, retold.old.states[at], retold.new.states[at]
    known = {without_side(n) for n in retold.bearing} & mine.keys() - {DAY_DONE}
    alike = {n for n in _counts(retold.old) if _so_far(retold.old, at, n) == _so_far(retold.new, at, names.new(n))}
    for v in (v for v in made.aligned.old.variables if v.name in known):
        if v.hidden and v.name.rpartition(".")[0] in alike:
            continue
        if names.new(v.name) in theirs and names.value(v.sort, mine[v.name]) != theirs[names.new(v.name)]:
            yield v.name


def _counts(life: Lived) -> Iterator[str]:
    return (s.name for s in life.policy.symbols.values() if s.kind == "count")


def _so_far(life: Lived, at: int, count: str) -> Value | None:
    """Return what is counted in state `at`; None where the wording has no such count."""
    env = evaluate.alone(life.policy.system, life.parameters, life.states[at])
    said = env.definitions.get(rolled(count))
    return None if said is None else evaluate.evaluate(Use(said.name, said.sort), env)
