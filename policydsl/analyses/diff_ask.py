"""Questions about two wordings, answered over processes, each only once however often it is asked."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from policydsl.analyses.judge import Bug
from policydsl.analyses.workers import Answered, Crew, Judge, Lost, Task
from policydsl.core.expr import And, BoolLit, Expr, Happens, Not, Or
from policydsl.core.show import show_expr, show_property, show_system
from policydsl.core.system import Question, System
from policydsl.core.walk import definition_table, expressions, names, nodes, slice_system
from policydsl.engines.verdict import Bounded, Budget, Manner, Unknown, Verdict


class Asks(Protocol):
    """Whoever answers questions, each within `budget`."""

    budget: Budget

    def ask(
        self, questions: Sequence[Question], helpers: Sequence[Question] = (), *, wanted: Manner | None = None
    ) -> list[Verdict]:
        """Return the verdict on each of `questions`; `helpers` are tried as lemmas."""


@dataclass(eq=False, slots=True)
class Asker:
    """Puts questions to workers. `answered` counts what was worked out, `known` what did not have to be."""

    crew: Crew
    budget: Budget
    jobs: int
    bugs: list[Bug] = field(default_factory=list)
    memory: dict[str, Verdict] = field(default_factory=dict)
    answered: int = 0
    known: int = 0
    tasks: int = 0

    def ask(
        self, questions: Sequence[Question], helpers: Sequence[Question] = (), *, wanted: Manner | None = None
    ) -> list[Verdict]:
        """Return the verdict on each of `questions`; a bug becomes `Unknown` and is kept among `bugs`."""
        manner = wanted or Manner("verdict", suspect=True)
        keys = [_key(q, manner) for q in questions]
        made: dict[str, Verdict] = {}
        for key in keys:
            verdict = self.memory.get(key)
            if verdict is not None:
                made[key] = verdict
                self.known += 1
        todo = {key: q for key, q in zip(keys, questions, strict=True) if key not in made}
        for key, verdict in self._work(todo, helpers, manner).items():
            made[key] = verdict
            self.answered += 1
            if not isinstance(verdict, Unknown | Bounded):
                self.memory[key] = verdict
        return [made[key] for key in keys]

    def _work(self, todo: Mapping[str, Question], helpers: Sequence[Question], manner: Manner) -> dict[str, Verdict]:
        found: dict[str, Verdict] = {}
        keys = list(todo)
        places: dict[int, list[str]] = {}
        pieces = max(1, min(self.jobs, len(keys) // _LEAST))
        for i in range(pieces if keys else 0):
            part = keys[i::pieces]
            questions = tuple(todo[k] for k in part)
            places[self.tasks] = part
            manners = (manner,) * len(part)
            own = tuple(h for h in helpers if h.system is questions[0].system or h.system == questions[0].system)
            self.crew.submit(Task(self.tasks, questions[0].system, questions, self.budget, manners, own))
            self.tasks += 1
        for message in self.crew.messages():
            match message:
                case Answered(task=task, index=index, verdict=verdict):
                    found[places[task.number][index]] = verdict
                case Lost(task=task, left=left, reason=reason, bug=bug):
                    for index in left:
                        found[places[task.number][index]] = Unknown("a bug in policydsl" if bug else reason, ())
                    if bug is not None:
                        self.bugs.append(Bug(task.questions[left[0]].key if left else "", reason, bug))
                case _:
                    pass
        return found


_LEAST = 3
"""So many questions are worth a process of their own."""


def crew_of(jobs: int, judge: Judge | None = None) -> Crew:
    """Return workers for an `Asker`."""
    return Crew(jobs, judge)


def _key(question: Question, manner: Manner) -> str:
    return question_hash(question) + f"-{manner.wanted}"


def question_hash(question: Question) -> str:
    """Return a hash of all that the answer to `question` may depend on."""
    p = question.property
    text = "\0".join((show_system(seen_part(question)), *show_property(p), _shown(question.trigger)))
    return hashlib.sha256(text.encode()).hexdigest()


def _shown(e: Expr | None) -> str:
    return "" if e is None else show_expr(e)


def seen_part(question: Question) -> System:
    """Return the part of the question's system on which its answer depends.

    Beyond `slice_system`: an event that changes nothing of what is seen, and of which nothing seen speaks, is to it
    as if time passed; so it does not matter when it can take place. That is left alone where the property speaks of
    every step. Assumptions about other parameters than those seen are left out, as they do not restrict these.
    """
    p = question.property
    exprs = [e for e in (p.state, p.step, question.trigger) if e is not None]
    system = replace(question.system, obligations=(), name="")
    if not _of_steps(p.step):
        system = _without_idle(system, exprs)
    assumptions = _about(system, exprs)
    part = slice_system(replace(system, assumptions=assumptions), exprs)
    table = definition_table(part)
    used = {n for e in (*exprs, *(e for _, e in expressions(part))) for n in names(e, table)}
    return replace(part, parameters=tuple(x for x in part.parameters if x.name in used))


def _of_steps(step: Expr) -> bool:
    """Return whether `step` may speak of steps that are none of those it names."""
    match step:
        case BoolLit(value=True):
            return False
        case Not(arg=inner):
            return not _names_its_steps(inner)
        case And(args=args):
            return any(map(_of_steps, args))
        case Or(args=args):
            return all(map(_of_steps, args))
        case _:
            return True


def _names_its_steps(e: Expr) -> bool:
    """Return whether `e` is true of named steps alone."""
    match e:
        case Happens():
            return True
        case Or(args=args):
            return all(map(_names_its_steps, args))
        case And(args=args):
            return any(map(_names_its_steps, args))
        case _:
            return False


def _without_idle(system: System, exprs: Sequence[Expr]) -> System:
    """Return `system` without the events that `exprs` cannot see."""
    events = {e.name: e for e in system.events}
    bare = replace(system, events=())
    seen: set[str] = set()
    while True:
        roots = [*exprs, *(events[n].guard for n in sorted(seen))]
        part = slice_system(bare, roots)
        table = definition_table(part)
        every = [*roots, *(e for _, e in expressions(part)), *(d.body for d in table.values())]
        found = {n.step for e in every for n in nodes(e) if isinstance(n, Happens)}
        found |= {s for u in part.updates for c in u.cases for s in c.steps or ()}
        found = found & events.keys()
        if found <= seen:
            break
        seen |= found
    return replace(
        system,
        events=tuple(e for e in system.events if e.name in seen),
    )


def _about(system: System, exprs: Sequence[Expr]) -> tuple[Expr, ...]:
    """Return the assumptions that bear on what `exprs` can see, through other assumptions too."""
    part = slice_system(replace(system, assumptions=()), exprs)
    table = definition_table(system)
    seen = {n for e in (*exprs, *(e for _, e in expressions(part))) for n in names(e, table)}
    left = [(e, names(e, table)) for e in system.assumptions]
    kept: list[Expr] = []
    while near := [(e, ns) for e, ns in left if ns & seen and e not in kept]:
        for e, ns in near:
            kept.append(e)
            seen |= ns
    return tuple(e for e in system.assumptions if e in kept)
