"""What there is to mend: what is to hold, the text, the claim as written, and the stories that refute it."""

import re
from collections.abc import Iterator, Sequence

from policydsl.analyses.claim_parts import Part, Speaker, names_in, parts
from policydsl.analyses.diff_claims import counted_alike, owed_by
from policydsl.analyses.edits import Edit, EditKind, Place, Script, script
from policydsl.analyses.readings import visible_readings
from policydsl.analyses.retelling import tell_anew
from policydsl.base.records import dataclass
from policydsl.core.cone import slice_system
from policydsl.core.expr import TODAY
from policydsl.core.system import Question, Step, System, Trace
from policydsl.front.loaded import LoadedClaim, LoadedPolicy
from policydsl.front.types import DateType
from policydsl.front.wordings import Base, Wordings
from policydsl.semantics import interpret
from policydsl.semantics.interpret import Rejected, State, Stepped
from policydsl.syntax import ast


@dataclass(frozen=True, slots=True)
class Target:
    """What is to hold: a claim, or (`owed`, by its key) something that the policy owes by itself."""

    name: str
    sentence: str
    question: Question
    cites: tuple[str, ...]
    claim: LoadedClaim | None = None

    @property
    def possible(self) -> bool:
        """Whether what is to hold is that something can be so."""
        return self.claim is not None and self.claim.possible

    def under(self, wordings: Wordings) -> Question | None:
        """Return the question as it is under the new wording; None if that no longer has it."""
        if self.claim is not None:
            return next((c.new.question for c in wordings.claims if c.new and c.old.name == self.name), None)
        mine = owed_by(wordings.old)
        key = next(k for k, s in mine.items() if s.origin == "obligation" and s.question.key == self.name)
        now = counted_alike(mine, owed_by(wordings.new)).get(key)
        return None if now is None else now.question


def owed(policy: LoadedPolicy) -> tuple[Target, ...]:
    """Return what the policy owes by itself: rows for everything, no conflicts, nothing undefined."""
    system = policy.system
    return tuple(
        Target(o.key, o.sentence, Question(o.key, system, o.property, None), tuple(c for c in o.clauses if c))
        for o in system.obligations
    )


def targets(base: Base) -> tuple[Target, ...]:
    """Return everything that may be in want of a mend."""
    return (*(Target(c.name, c.sentence, c.question, c.cites, c) for c in base.claims), *owed(base.policy))


@dataclass(frozen=True, slots=True)
class Moment:
    """A step of the story: the state before it, and what it did."""

    step: Step
    before: State
    result: Stepped


@dataclass(frozen=True, slots=True)
class Case:
    """What there is to mend: the text, the claim as written (None: it is owed), the story, the clauses that bear on it.

    `clauses` come in the order in which they are worth looking at, the first `near` of them being those cited;
    `readings` are those that the claim sees.
    """

    script: Script
    policy: LoadedPolicy
    claim: ast.Claim | None
    speaker: Speaker
    moments: tuple[Moment, ...]
    clauses: tuple[str, ...]
    near: int
    readings: tuple[str, ...]

    @property
    def parts(self) -> tuple[Part, ...]:
        """What the claim asks for, one by one."""
        return () if self.claim is None else tuple(parts(self.claim))

    def one(self, kind: EditKind, node: ast.Node, text: str) -> Iterator[Edit]:
        """Yield the edit that puts `text` in place of `node`."""
        start, end = self.script.stretch(node.span)
        yield from self.script.spliced(kind, [(start, end, text)])

    def members(self, enumeration: str | None) -> tuple[str, ...]:
        """Return the values of an enumeration, if it is a small one."""
        values = self.values(enumeration)
        return values if len(values) <= _FEW else ()

    def values(self, enumeration: str | None) -> tuple[str, ...]:
        """Return the values of an enumeration."""
        every = (s.name.rpartition(".") for s in self.policy.symbols.values() if s.kind == "value")
        return tuple(value for home, _, value in every if home == enumeration)

    @property
    def spoken(self) -> frozenset[str]:
        """The names that the claim mentions."""
        return frozenset(() if self.claim is None else names_in(self.claim.form))

    @property
    def happened(self) -> frozenset[str]:
        """The steps of the story."""
        return frozenset(m.step.name for m in self.moments)

    def matter(self) -> Iterator[Place]:
        """Yield the lines of the clauses that bear on it."""
        return (p for p in self.script.places if p.clause in self.clauses)

    def optional(self, name: str) -> bool:
        """Return whether `name` is a date that may be none."""
        known = self.policy.symbols.get(name)
        return known is not None and isinstance(known.type, DateType) and known.type.optional

    def can_say(self, said: str, events: Sequence[str]) -> bool:
        """Return whether `said` speaks of no facts and choices but those that come with each of `events`."""
        inputs = {i.name.rpartition(".")[2] for e in self.policy.system.events for i in e.inputs}
        used = inputs & set(_WORD.findall(said))
        own = [{i.name.rpartition(".")[2] for i in e.inputs} for e in self.policy.system.events if e.name in events]
        states = {s.name for s in self.policy.symbols.values() if s.kind == "state"}
        return used <= states.union(set.intersection(*own) if own else set())


def sets(actions: Sequence[ast.Action]) -> Iterator[ast.SetAction]:
    """Yield what `actions` set, one by one."""
    for action in actions:
        if isinstance(action, ast.SetAction):
            yield action
        else:
            yield from sets(action.actions)


def set_by(action: ast.SetAction) -> str:
    """Return the name of the state that `action` sets."""
    target = action.target
    return target.text if isinstance(target, ast.Name) else target.name.text


_FEW = 8
_WORD = re.compile(r"[^\W\d]\w*")


def case_of(base: Base, target: Target, stories: Sequence[Trace]) -> Case:
    """Return what the search for edits goes by."""
    question, policy = target.question, base.policy
    p = question.property
    exprs = [p.state, p.step, *([question.trigger] if question.trigger is not None else [])]
    moments = tuple(m for trace in stories for m in _moments(policy.system, trace))
    seen = slice_system(question.system, exprs)
    clauses = dict.fromkeys((*target.cites, *(c.clause for m in moments for c in m.result.changes), *_clauses(seen)))
    known = {c.number for c in policy.clauses if c.because is None}
    readings = visible_readings(question, policy.system, policy.influence)
    node = None
    if target.claim is not None:
        node = next(n for n in base.nodes if n.name.text == target.name)
    where = base.policy.path if node is None else node.span.file
    own = script(base.tree, base.texts.sources[base.tree.path])
    speaker = Speaker(own if node is None else script(ast.File(where, ()), base.texts.sources[where]), policy.symbols)
    return Case(
        own, policy, node, speaker, moments, tuple(c for c in clauses if c in known), len(target.cites),
        tuple(r.name for r in readings),
    )  # fmt: skip


def _clauses(system: System) -> Iterator[str]:
    yield from (c.clause for u in system.updates for c in u.cases)
    yield from (d.clause for d in system.definitions)
    yield from (e.clause for e in system.events)
    yield from (s.clause for s in system.schedules)
    yield from (p.clause for p in system.parameters)


def is_one_history(system: System, trace: Trace) -> bool:
    """Return whether `trace` has the state of `system`: a story of two histories has two."""
    return {v.name for v in system.variables} == set(trace.initial) - {TODAY}


def _moments(system: System, trace: Trace) -> Iterator[Moment]:
    """Yield the steps of `trace`; none where it is a story of two histories."""
    told = tell_anew(system, trace.parameters, trace)
    if told is None or not is_one_history(system, trace):
        return
    state = told.initial
    for step in told.steps:
        result = interpret.step(system, told.parameters, state, step)
        assert not isinstance(result, Rejected)
        yield Moment(step, state, result)
        state = result.state
