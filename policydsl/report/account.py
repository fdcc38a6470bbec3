"""What `run` tells of a history: step by step, with the clause behind every change. Pure."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from policydsl.analyses.replay import Happened, Moment
from policydsl.base.calendar import show_day
from policydsl.base.diagnostic import Diagnostic
from policydsl.base.records import dataclass
from policydsl.front.loaded import LoadedPolicy, visible_state
from policydsl.front.types import show_value
from policydsl.report.build import names_of
from policydsl.report.json import to_data
from policydsl.report.language import language
from policydsl.report.prose import step_sentence
from policydsl.report.story import tell_step
from policydsl.report.told import Change, StoryStep
from policydsl.report.values import input_of
from policydsl.report.words import Words
from policydsl.semantics.interpret import State

FORMAT = "policydsl-account-1"
_INDENT = " " * 4


@dataclass(frozen=True, slots=True)
class RefusedStep:
    """Something that was tried and refused, at all or with what is `given`; `clause` says where it is written.

    It is `permitted`, but not possible, or not permitted.
    """

    date: str
    name: str
    actor: str | None
    clause: str | None
    permitted: bool
    given: tuple[tuple[str, str], ...]

    @property
    def why(self) -> str:
        """On what ground, in English and by declared names: for programs."""
        why = "it is not possible here" if self.permitted else "it is not permitted"
        return f"{why} with {', '.join(f'{n} {v}' for n, v in self.given)}" if self.given else why


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
    sorts = {i.name: i.sort for i in event.inputs}
    given = tuple((n, input_of(policy, n, moment.entry.inputs[n], sorts[n])) for n in moment.values)
    when = show_day(moment.entry.day)
    return RefusedStep(when, event.name, event.actor, moment.clause, permitted=moment.permitted, given=given)


def ending(policy: LoadedPolicy, state: State) -> Ending:
    """Return the visible part of `state`."""
    shown = visible_state(policy, state)
    return Ending(show_day(int(state["today"])), tuple((n, show_value(v, t)) for n, (t, v) in shown.items()))


# --- text ----------------------------------------------------------------------------------------


def heading(policy: LoadedPolicy, path: str, about: str | None, start: int, words: Words) -> str:
    """Return the first lines of an account."""
    lines = [f"{words.text(policy.header.title, policy.header.labels)}: {path}"]
    lines += [about] if about else []
    return "\n".join([*lines, words.language.say("{date}: the history begins.", date=show_day(start))]) + "\n"


def account_words(policy: LoadedPolicy, code: str) -> Words:
    """Return the words of an account in a language, dates as in the history file."""
    tables = {t.name: t.inputs for t in policy.tables}
    return Words(replace(language(code), iso=True), {n.name: n for n in names_of(policy)}, tables)


def step_lines(step: StoryStep | RefusedStep, words: Words) -> str:
    """Return a step and, line by line, what it changed."""
    say = words.language.say
    if isinstance(step, RefusedStep):
        what = words.name(step.name)
        if step.actor:
            what = say("{event} by {actor}", event=what, actor=words.name(step.actor))
        why = _refusal(step, words)
        if step.clause:
            why = say("{what} (clause {clause})", what=why, clause=step.clause)
        return say("{date}: REFUSED {what}: {why}; nothing changes.", date=step.date, what=what, why=why) + "\n"
    return step_sentence(step, words) + "\n" + "".join(_change_line(c, words) for c in step.changes)


def _refusal(step: RefusedStep, words: Words) -> str:
    say = words.language.say
    if not step.given:
        return say("it is not possible here") if step.permitted else say("it is not permitted")
    shown = [say("{name} {value}", name=words.name(n), value=words.value(n, v)) for n, v in step.given]
    values = words.language.join(shown)
    if step.permitted:
        return say("it is not possible here with {values}", values=values)
    return say("it is not permitted with {values}", values=values)


def _change_line(change: Change, words: Words) -> str:
    old, new = words.value(change.name, change.old), words.value(change.name, change.new)
    line = f"{words.name(change.name)} {old} -> {new}"
    if change.clause:
        line = words.language.say("{what} (clause {clause})", what=line, clause=change.clause)
    return f"{_INDENT}{line}\n"


def ending_lines(end: Ending, words: Words) -> str:
    """Return the final state."""
    state = (f"{_INDENT}{words.name(name)}: {words.value(name, value)}\n" for name, value in end.state)
    return words.language.say("{date}: the history ends.", date=end.date) + "\n" + "".join(state)


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
        yield (",\n    " if i else "\n    ") + json.dumps(_step_data(step), ensure_ascii=False)
    last = end()
    tail = {"diagnostics": to_data(tuple(found)), "end": {"date": last.date, "state": dict(last.state)}}
    yield "\n  ],\n" + json.dumps(tail, ensure_ascii=False, indent=2)[2:] + "\n"


def _step_data(step: StoryStep | RefusedStep) -> dict[str, object]:
    if isinstance(step, RefusedStep):
        told = {"date": step.date, "name": step.name, "actor": step.actor, "why": step.why, "clause": step.clause}
        return {"refused": True, **told}
    made = to_data(step)
    assert isinstance(made, dict)
    return {"refused": False, **made}
