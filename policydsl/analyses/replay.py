"""A history run through its policy: each step and what it did, what was refused and why, what was not as expected."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

from policydsl.base.calendar import Day, show_day
from policydsl.base.diagnostic import Diagnostic, Diagnostics
from policydsl.base.records import dataclass
from policydsl.base.span import Span
from policydsl.core.conditions import conjuncts
from policydsl.core.expr import TODAY, Value, View
from policydsl.core.system import PASSAGE, ObligationKind, Step, System
from policydsl.core.walk import definition_table, names
from policydsl.front.history import Entry, History
from policydsl.front.history_targets import Target
from policydsl.front.loaded import LoadedPolicy
from policydsl.front.types import show_value
from policydsl.semantics import evaluate, interpret
from policydsl.semantics.interpret import Rejected, State, Stepped

_BROKEN: dict[ObligationKind, str] = {"conflict": "E0507", "definedness": "E0508", "rest": "E0510"}


@dataclass(frozen=True, slots=True)
class Happened:
    """A step that took place; `entry` is None for those that the calendar causes."""

    step: Step
    before: State
    result: Stepped
    entry: Entry | None


@dataclass(frozen=True, slots=True)
class Refused:
    """An entry that is not possible, or not permitted, in `state`. `values` are those that do not fit, if any."""

    entry: Entry
    state: State
    permitted: bool
    clause: str | None
    values: tuple[str, ...]


Moment: TypeAlias = Happened | Refused


def begin(policy: LoadedPolicy, history: History, parameters: Mapping[str, Value]) -> tuple[State | None, Diagnostics]:
    """Return the initial state of `history`, or why there is none. `parameters` go before the history's own."""
    given, span = settled_parameters(policy, history, parameters), history.start_span
    for p in policy.system.parameters:
        if p.name not in given:
            hint = f"write `parameters: {{{p.name}: ...}}` in the history, or `--param {p.name}=...`"
            message = f"`{p.name}` has no value: the policy leaves it open"
            return None, (Diagnostic("E0511", span, message, p.clause or None, hint=hint),)
    state = interpret.initial_state(policy.system, given, history.start, history.initial)
    if not isinstance(state, Rejected):
        return state, ()
    match state.reason:
        case "assumption":
            message = "these parameters are not admissible: they break a limit that the policy sets"
            code = "E0504"
        case "input":
            message, code = f"`{state.about}` needs an initial value: the policy gives it none", "E0511"
        case _:
            message, code = f"no history of this policy starts so on {show_day(history.start)}", "E0504"
    first = f"write `initial: {{{state.about}: ...}}` above the steps" if code == "E0511" else None
    return None, (Diagnostic(code, span, message, state.clause, hint=first),)


def settled_parameters(policy: LoadedPolicy, history: History, parameters: Mapping[str, Value]) -> dict[str, Value]:
    """Return all parameters that have a value: `parameters` before the history's before the defaults."""
    defaults = {p.name: p.default for p in policy.system.parameters if p.default is not None}
    return {**defaults, **history.parameters, **parameters}


def replay(
    policy: LoadedPolicy, parameters: Mapping[str, Value], state: State, entries: Iterable[Entry], until: Day | None
) -> Iterator[Moment | Diagnostic]:
    """Yield the steps that `entries` lead to from `state`, the calendar's included, and what is wrong with them.

    A refused entry leaves the state as it was. Nothing after `until` is looked at; with it, time goes on to that day.
    """
    for entry in entries:
        if until is not None and entry.day > until:
            break
        for moment in _both(policy, parameters, state, entry):
            yield moment
            state = moment.result.state if isinstance(moment, Happened) else state
    if until is not None and int(state[TODAY]) < until:
        end = Entry(until, None, {}, refused=False, expect=(), note=None, span=Span("--until", 1, 1, 1, 2))
        yield from _both(policy, parameters, state, end)


def _both(
    policy: LoadedPolicy, parameters: Mapping[str, Value], state: State, entry: Entry
) -> Iterator[Moment | Diagnostic]:
    """Yield what the calendar does before `entry`, then what `entry` does."""
    for caused in _advance(policy.system, parameters, state, entry.day, entry):
        yield caused
        state = caused.result.state if isinstance(caused, Happened) else state
    yield from _take(policy, parameters, state, entry)


def _advance(
    system: System, parameters: Mapping[str, Value], state: State, day: Day, entry: Entry
) -> Iterator[Happened | Diagnostic]:
    """Yield what the calendar causes up to `day`."""
    for each in interpret.settle(system, parameters, state, day):
        if isinstance(each, Rejected):
            message = f"`{each.about}` fires again and again on one day"
            yield Diagnostic("E0510", entry.span, message, each.clause)
            return
        step, result = each
        yield Happened(step, state, result, None)
        yield from _obligations(system, parameters, (state, step, result.state), entry)
        state = result.state


def _take(
    policy: LoadedPolicy, parameters: Mapping[str, Value], state: State, entry: Entry
) -> Iterator[Moment | Diagnostic]:
    """Yield what `entry` itself does, once everything due before it has happened."""
    system = policy.system
    if entry.event is None and int(state[TODAY]) == entry.day:
        yield from _compare(policy, parameters, (state, None, state), entry)
        return
    step = Step(entry.event or PASSAGE, entry.day, entry.inputs)
    if entry.day < int(state[TODAY]):
        message = (
            f"this step is on {show_day(entry.day)}, but the history has already reached {show_day(int(state[TODAY]))}"
        )
        yield Diagnostic("E0502", entry.span, message)
        return
    result = interpret.step(system, parameters, state, step)
    if isinstance(result, Rejected):
        refusal = _refusal(policy, parameters, state, step, entry)
        yield refusal
        if not entry.refused:
            yield _not_possible(policy, refusal)
        yield from _compare(policy, parameters, (state, None, state), entry)
        return
    yield Happened(step, state, result, entry)
    yield from _obligations(system, parameters, (state, step, result.state), entry)
    if entry.refused:
        yield Diagnostic("E0509", entry.span, f"`{step.name}` was expected to be refused, but it is possible here")
    yield from _compare(policy, parameters, (state, step, result.state), entry)


# --- refusals ------------------------------------------------------------------------------------


def _refusal(policy: LoadedPolicy, parameters: Mapping[str, Value], state: State, step: Step, entry: Entry) -> Refused:
    event = next(e for e in policy.system.events if e.name == step.name)
    env = evaluate.between(policy.system, parameters, state, step, state)
    permission = definition_table(policy.system).get(f"{step.name}.permitted")
    permitted = permission is None or evaluate.holds(permission.body, env)
    own = {i.name for i in event.inputs}
    failing = [part for part in conjuncts(event.guard) if not evaluate.holds(part, env)]
    about = {n for part in failing for n in names(part, definition_table(policy.system)) if n in own}
    return Refused(entry, state, permitted or event.kind != "act", event.clause or None, tuple(sorted(about)))


def _not_possible(policy: LoadedPolicy, refusal: Refused) -> Diagnostic:
    name = refusal.entry.event or PASSAGE
    hint = "write `refused: true` if that is what the history shows"
    if not refusal.permitted:
        message = f"`{name}` is not permitted on {show_day(refusal.entry.day)}"
        return Diagnostic("E0505", refusal.entry.span, message, refusal.clause, hint=hint)
    shown = [f"{n.removeprefix(name + '.')} {_shown(policy, n, refusal.entry.inputs[n])}" for n in refusal.values]
    given = f" with {', '.join(shown)}" if shown else ""
    message = f"`{name}` is not possible on {show_day(refusal.entry.day)}{given}"
    return Diagnostic("E0506", refusal.entry.span, message, refusal.clause, hint=hint)


def _shown(policy: LoadedPolicy, name: str, value: Value) -> str:
    symbol = policy.symbols.get(name)
    return str(value) if symbol is None or symbol.type is None else show_value(value, symbol.type)


def _obligations(
    system: System, parameters: Mapping[str, Value], around: tuple[State, Step, State], entry: Entry
) -> Iterator[Diagnostic]:
    """Yield what the policy owes of itself and does not keep in a step."""
    step = around[1]
    for broken in interpret.broken(system, parameters, *around):
        clauses = tuple(c for c in broken.clauses if c)
        where = f" (clauses {', '.join(clauses)})" if len(clauses) > 1 else ""
        message = f"on {show_day(step.day)} this is no longer so: {broken.sentence}{where}"
        yield Diagnostic(_BROKEN[broken.kind], entry.span, message, clauses[0] if clauses else None)


# --- expectations --------------------------------------------------------------------------------


def _compare(
    policy: LoadedPolicy, parameters: Mapping[str, Value], around: tuple[State, Step | None, State], entry: Entry
) -> Iterator[Diagnostic]:
    """Yield what is not as `entry` expects."""
    step = around[1]
    for wanted in entry.expect:
        target = wanted.target
        if not has_value(target, step):
            message = f"`{target.name}` has a value only in a step of {' or '.join(target.events)}"
            yield Diagnostic("E0509", wanted.span, message)
        elif (found := value_of(target, policy.system, parameters, around)) != wanted.value:
            message = f"`{target.name}` is {show_value(found, target.type)} here, "
            message += f"not {show_value(wanted.value, target.type)}"
            yield Diagnostic("E0509", wanted.span, message)


def has_value(target: Target, step: Step | None) -> bool:
    """Return whether `target` means anything once `step` has taken place (None: none has)."""
    return not target.events or (step is not None and step.name in target.events)


def value_of(
    target: Target, system: System, parameters: Mapping[str, Value], around: tuple[State, Step | None, State]
) -> Value | None:
    """Return the value of `target`, which has one, after the step that leads from one state to another; None: none."""
    before, step, after = around
    env = evaluate.alone(system, parameters, after)
    if target.events and step is not None:
        env = replace(evaluate.between(system, parameters, before, step, after), view=View.BEFORE)
    present = target.present is None or evaluate.holds(target.present, env)
    return evaluate.evaluate(target.value, env) if present else None


# --- whole histories -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Played:
    """A history as it went: what took place from `start` on (None: it cannot begin so), and what is not as it says.

    Its variants are only compared with what they expect.
    """

    parameters: Mapping[str, Value]
    start: State | None
    took_place: tuple[Happened, ...]
    found: Diagnostics


def play(policy: LoadedPolicy, history: History) -> Played:
    """Return how `history` goes, and everything in it, and in each of its variants, that is not as it says."""
    played = _play_one(policy, history, {})
    found = list(played.found)
    for variant in history.variants:
        told = zip(history.entries, variant.expect, variant.refused, strict=True)
        entries = tuple(replace(e, expect=x, refused=e.refused if r is None else r) for e, x, r in told)
        given = ", ".join(f"{name}: {_shown(policy, name, value)}" for name, value in variant.parameters.items())
        where = f", in the variant with {given}" if given else ", in a variant"
        wrong = _play_one(policy, replace(history, entries=entries), variant.parameters).found
        found.extend(replace(d, message=d.message + where) for d in wrong)
    return replace(played, found=tuple(found))


def check_history(policy: LoadedPolicy, history: History) -> Diagnostics:
    """Return everything in `history`, and in each of its variants, that is not as it says."""
    return play(policy, history).found


def _play_one(policy: LoadedPolicy, history: History, parameters: Mapping[str, Value]) -> Played:
    state, found = begin(policy, history, parameters)
    given = settled_parameters(policy, history, parameters)
    moments = () if state is None else tuple(replay(policy, given, state, history.entries, None))
    wrong = (*found, *(m for m in moments if isinstance(m, Diagnostic)))
    return Played(given, state, tuple(m for m in moments if isinstance(m, Happened)), wrong)
