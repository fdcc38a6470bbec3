"""Answers known from before, by all that they can depend on: an edit elsewhere leaves them good.

Nothing is believed: a worker shows each answer again on the question at hand (`engines.store`), and what cannot be
shown is searched for. What is known of shorter stories is taken over only where all that the answer can depend on is
the same.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING

from policydsl.analyses.seen import Sight
from policydsl.base.calendar import Day
from policydsl.base.records import dataclass
from policydsl.core.conditions import conjuncts
from policydsl.core.expr import FALSE, TODAY, TRUE, EnumLit, Equal, Value, Var
from policydsl.core.show import Binder
from policydsl.core.system import Property, Question, System, Trace
from policydsl.core.walk import default_value
from policydsl.engines.records import NEAR
from policydsl.engines.verdict import Bounded, Budget, Json, Manner, Proved, Record, Refuted, Unknown, Verdict

if TYPE_CHECKING:
    from policydsl.engines.store import Desk

Said = Mapping[str, Json]
"""What an answer says, as a record has it."""


@dataclass(eq=False, slots=True)
class Recall:
    """Answers from before, and those that are new. `hint` may name an answer to a question that was much the same.

    `known` are answers by all that they can depend on and how they were asked for, `stored` those of certificates by
    the key of their question and what they are bound to. `answered` is everything that was asked. `binder` binds what
    goes to workers; where nothing is bound for others to read, `bound_here` has a cheaper one.
    """

    known: Mapping[str, Said] = field(default_factory=dict)
    stored: Mapping[tuple[str, str], Said] = field(default_factory=dict)
    hint: Callable[[Question], Said | None] = lambda _: None
    sight: Sight = field(default_factory=Sight)
    binder: Binder = field(default_factory=Binder)
    used: dict[str, Said] = field(default_factory=dict)
    fresh: list[tuple[str, Question, Verdict]] = field(default_factory=list)
    answered: list[tuple[Question, Verdict]] = field(default_factory=list)

    @classmethod
    def bound_here(cls, known: Mapping[str, Said]) -> "Recall":
        """Return what recalls `known` answers, and binds them to questions by hashes that hold for this run alone."""
        sight = Sight()
        return cls(known, sight=sight, binder=Binder(sight.digests.system))

    def find(self, questions: Sequence[Question], wanted: str) -> tuple[tuple[Record | None, ...], tuple[str, ...]]:
        """Return what is known of `questions`, whose systems are alike, and the hash of each system."""
        said = [self._said(q, wanted) for q in questions]
        bound = self.binder.bind_system(questions[0].system)
        for q in questions:
            self.binder.learn(q.system, bound)
        both = zip(questions, said, strict=True)
        return tuple(None if s is None else Record(self.binder.bind(q), s) for q, s in both), (bound,) * len(questions)

    def _said(self, question: Question, wanted: str) -> Said | None:
        if self.stored and (said := self.stored.get((question.key, self.binder.bind(question)))) is not None:
            return said
        key = f"{self.sight.hash(question)}-{wanted}"
        known = self.known.get(key)
        if known is not None:
            self.used[key] = known
            return known
        near = self.hint(question)
        return None if near is None else fitted(near, question.system)

    def keep(self, question: Question, wanted: str, verdict: Verdict) -> None:
        """Remember what was answered; among what is new, nothing that is open."""
        self.answered.append((question, verdict))
        key = f"{self.sight.hash(question)}-{wanted}"
        if key not in self.used and not isinstance(verdict, Bounded | Unknown):
            self.fresh.append((key, question, verdict))

    def records(self, first: Day) -> Iterator[Record]:
        """Yield all that is known now, bound to what it can depend on. `first` is a day on which histories start."""
        yield from (Record(key, said) for key, said in self.used.items())
        made = records_of([(q, v) for _, q, v in self.fresh], first, self.binder)
        yield from (Record(key, r.said) for (key, *_), r in zip(self.fresh, made, strict=True) if r is not None)


def records_of(
    answers: Sequence[tuple[Question, Verdict]], first: Day, binder: Binder | None = None
) -> Iterator[Record | None]:
    """Yield the record of each of `answers`; None where it is open, or cannot be shown again by what a record holds.

    `first` is a day on which histories start.
    """
    from policydsl.engines.store import Desk  # noqa: PLC0415  loads the solver

    desk = Desk(binder=binder or Binder())
    stories = [v.trace for _, v in answers if isinstance(v, Refuted)]
    starts: dict[int, tuple[System, list[Trace]]] = {}
    for question, verdict in answers:
        s = question.system
        if id(s.variables) not in starts:
            starts[id(s.variables)] = s, [*_plain(s, first), *_fitting(s, stories)]
        yield recorded(question, verdict, starts[id(s.variables)][1], desk)


def recorded(question: Question, verdict: Verdict, starts: list[Trace], desk: "Desk") -> Record | None:
    """Return the record of `verdict`, as `records_of` does.

    Where none of `starts` is one of histories of the question (of every value of something, say), one is searched for,
    and put behind them.
    """
    from policydsl.engines.store import record_of  # noqa: PLC0415  loads the solver

    record = record_of(question, verdict, starts, desk)
    if record is None and isinstance(verdict, Proved) and (found := [*_searched(question.system)]):
        starts += found
        record = record_of(question, verdict, starts, desk)
    return record


def _searched(system: System) -> Iterator[Trace]:
    """Yield a start of `system`, if a short search finds one."""
    from policydsl.engines import portfolio  # noqa: PLC0415  loads the solver

    none = Question("no history", system, Property(FALSE, TRUE), None)
    manners, budget = [Manner("verdict", suspect=True)], Budget(seconds=_SEARCH)
    for _, verdict in portfolio.judge(system, [none], budget, lambda *_: None, manners, ()):
        if isinstance(verdict, Refuted):
            yield verdict.trace


_SEARCH = 2.0


def fitted(said: Said, system: System) -> Said:
    """Return an answer to much the same question with the readings that `system` fixes; shorter stories may exist."""
    fixed: dict[str, Json] = {
        e.left.name: e.right.value
        for whole in system.assumptions
        for e in conjuncts(whole)
        if isinstance(e, Equal) and isinstance(e.left, Var) and isinstance(e.right, EnumLit)
    }
    made = dict(said)
    for part in ("fails", "witness"):
        told = made.get(part)
        if isinstance(told, dict) and isinstance(given := told.get("parameters"), dict):
            made[part] = {**told, "parameters": {**given, **fixed}}
    return {**made, "clear": -1} if "fails" in made else {**made, NEAR: True}


def _fitting(system: System, traces: Iterable[Trace]) -> Iterator[Trace]:
    """Yield those of `traces` that have the names of `system`."""
    parameters = {p.name for p in system.parameters}
    variables = {v.name for v in system.variables}
    yield from (t for t in traces if t.parameters.keys() == parameters and variables <= t.initial.keys())


def _plain(system: System, first: Day) -> Iterator[Trace]:
    """Yield a start with every parameter at its default and all that is open as plain as can be."""
    parameters: dict[str, Value] = {}
    for p in system.parameters:
        value = default_value(p.sort, first) if p.default is None else p.default
        if value is not None:
            parameters[p.name] = value
    plain = {v.name: default_value(v.sort, first) for v in system.variables if v.initial is None}
    chosen = {name: value for name, value in plain.items() if value is not None}
    yield Trace(parameters, {TODAY: first, **chosen}, ())
