"""What `run` tells of a history: step by step, with the clause behind every change. Pure."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from policydsl.analyses.replay import Happened, Moment
from policydsl.base.calendar import show_day
from policydsl.base.diagnostic import Diagnostic
from policydsl.front.loaded import LoadedPolicy, visible_state
from policydsl.front.types import show_value
from policydsl.report.build import names_of
from policydsl.report.json import to_data
from policydsl.report.language import language
from policydsl.report.model import Change, StoryStep
from policydsl.report.prose import step_sentence
from policydsl.report.story import tell_step
from policydsl.report.values import input_of
from policydsl.report.words import Words
from policydsl.semantics.interpret import State

FORMAT = "policydsl-account-1"
_INDENT = " " * 4


@dataclass(frozen=True, slots=True)
class RefusedStep:
    """Something that was tried and refused; `why` says on what ground, `clause` where it is written."""

    date: str
    name: str
    actor: str | None
    why: str
    clause: str | None


@dataclass(frozen=True, slots=True)
class Ending:
    """Where a history ends: the day, and the state by name."""

    date: str
    state: tuple[tuple[str, str], ...]


def tell_moment(policy: LoadedPolicy, moment: Moment) -> StoryStep | RefusedStep:
    """Return one moment of a replay, told."""
    if isinstance(moment, Happened):
        return tell_step(policy, policy.system, moment.step, moment.before, moment.result)
    event = next(e for e in policy.system.events if e.name == moment.entry.event)
    why = "it is not possible here" if moment.permitted else "it is not permitted"
    if moment.values:
        inputs = {i.name: i for i in event.inputs}
        shown = (f"{n} {input_of(policy, n, moment.entry.inputs[n], inputs[n].sort)}" for n in moment.values)
        why += f" with {', '.join(shown)}"
    return RefusedStep(show_day(moment.entry.day), event.name, event.actor, why, moment.clause)


def ending(policy: LoadedPolicy, state: State) -> Ending:
    """Return the visible part of `state`."""
    shown = visible_state(policy, state)
    return Ending(show_day(int(state["today"])), tuple((n, show_value(v, t)) for n, (t, v) in shown.items()))


# --- text ----------------------------------------------------------------------------------------


def heading(policy: LoadedPolicy, path: str, about: str | None, start: int) -> str:
    """Return the first lines of an account."""
    lines = [f"{policy.header.title}: {path}"]
    lines += [about] if about else []
    return "\n".join([*lines, f"{show_day(start)}: the history begins."]) + "\n"


def account_words(policy: LoadedPolicy) -> Words:
    """Return the words of an account: English, dates as in the history file."""
    return Words(replace(language("en"), iso=True), {n.name: n for n in names_of(policy)})


def step_lines(step: StoryStep | RefusedStep, words: Words) -> str:
    """Return a step and, line by line, what it changed."""
    if isinstance(step, RefusedStep):
        by = f" by {words.name(step.actor)}" if step.actor else ""
        clause = f" (clause {step.clause})" if step.clause else ""
        return f"{step.date}: REFUSED {words.name(step.name)}{by}: {step.why}{clause}; nothing changes.\n"
    return step_sentence(step, words) + "\n" + "".join(_change_line(c, words) for c in step.changes)


def _change_line(change: Change, words: Words) -> str:
    old, new = words.value(change.name, change.old), words.value(change.name, change.new)
    clause = f" (clause {change.clause})" if change.clause else ""
    return f"{_INDENT}{words.name(change.name)} {old} -> {new}{clause}\n"


def ending_lines(end: Ending, words: Words) -> str:
    """Return the final state."""
    state = (f"{_INDENT}{words.name(name)}: {words.value(name, value)}\n" for name, value in end.state)
    return f"{end.date}: the history ends.\n" + "".join(state)


# --- JSON ----------------------------------------------------------------------------------------


def account_json(
    policy: LoadedPolicy,
    path: str,
    steps: Iterable[StoryStep | RefusedStep],
    found: Iterable[Diagnostic],
    end: Callable[[], Ending],
) -> Iterator[str]:
    """Yield the account as JSON (`docs/schema/account-1.json`), piece by piece; `found` and `end` are asked last."""
    head = {"format": FORMAT, "policy": policy.header.title, "history": path}
    yield json.dumps(head, ensure_ascii=False, indent=2)[:-2] + ',\n  "steps": ['
    for i, step in enumerate(steps):
        made = to_data(step)
        assert isinstance(made, dict)
        refused = isinstance(step, RefusedStep)
        yield (",\n    " if i else "\n    ") + json.dumps({"refused": refused, **made}, ensure_ascii=False)
    last = end()
    tail = {"diagnostics": to_data(tuple(found)), "end": {"date": last.date, "state": dict(last.state)}}
    yield "\n  ],\n" + json.dumps(tail, ensure_ascii=False, indent=2)[2:] + "\n"
