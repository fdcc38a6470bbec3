"""What an edit only says otherwise: it is put back in the old words, so that nothing is compared but what is changed.

A rule that is written anew and means the same makes two texts of everything that depends on it. So where the old text
of a definition, guard, schedule or rule, read in the new wording, has the same value wherever the new wording reads its
own, the old text takes its place. The new wording stays what it is, whatever else the edit changes: each such text is
shown by itself to make no difference to it (`sameness`), and definitions and guards that are, are so together as well.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter
from random import Random
from typing import TypeVar

from policydsl.analyses.diff_ask import Forgets, spending
from policydsl.analyses.sameness import same_histories, unforeseeing
from policydsl.base.records import dataclass
from policydsl.core.expr import (
    CLOCK,
    DATE,
    TODAY,
    TRUE,
    And,
    At,
    BoolSort,
    DateSort,
    EnumSort,
    Equal,
    Expr,
    Happens,
    IntLit,
    IntSort,
    Ite,
    Or,
    Sort,
    Value,
    Var,
    View,
)
from policydsl.core.system import PASSAGE, Case, Property, Question, Step, System, Update
from policydsl.core.walk import definition_table, mentioned, nodes
from policydsl.core.wellformed import complaints, complaints_about
from policydsl.engines.verdict import Manner, Proved
from policydsl.front.wordings import Wordings
from policydsl.semantics import evaluate

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Part:
    """Something that both wordings say, in other words: texts that are equal, and the new wording with the old ones."""

    name: str
    pairs: tuple[tuple[Expr, Expr], ...]
    made: System

    def question(self, base: System) -> Question | None:
        """Return whether it is the same in `base` in these words; None if that cannot be asked."""
        key = f"said otherwise: {self.name}"
        if self.made.updates is base.updates:
            return same_histories(base, self.made, key)
        alike = And(tuple(At(View.BEFORE, Equal(one, other)) for one, other in self.pairs))
        return Question(key, replace(unforeseeing(base), obligations=()), Property(TRUE, alike), None)


def reworded(wordings: Wordings, asker: Forgets) -> Wordings:
    """Return `wordings` with those texts of the new one put in the old one's words that mean the same there.

    Gives:    wordings of the same meaning; what each change rests on is asked of `asker`. Claims are none as yet.
    Complete: no; what is not shown in a short time stays as it is written.
    """
    old, new = wordings.old.system, wordings.new.system
    base = _with_helpers(old, new)
    parts = [] if base is None else [p for p in _parts(old, base) if _may_be_equal(base, p)]
    if base is None or not parts:
        return wordings
    asked = [(p, q) for p in parts if (q := p.question(base)) is not None]
    proved = _proved([q for _, q in asked], asker)
    system = _all_taken_over(base, [p for p, q in asked if id(q) in proved], asker)
    made = replace(system, obligations=new.obligations)
    if system is base or complaints(made):
        return wordings
    return replace(wordings, new=replace(wordings.new, system=made), written=wordings.new)


def _all_taken_over(base: System, parts: Sequence[_Part], asker: Forgets) -> System:
    """Return `base` with the old words of `parts`, each of which means the same in it.

    Rules mean the same together, too: the steps are those of `base`. What definitions say of steps that `base` does not
    allow is not looked at, though, and two of them together may allow such a step: so they are asked about as one.
    """
    rules = [p for p in parts if p.made.updates is not base.updates]
    system = base
    for part in parts:
        if part not in rules:
            system = _taken_over(system, base, part.made)
    if len(parts) - len(rules) > 1:
        question = same_histories(base, system, "said otherwise: all of them")
        if question is None or not _proved([question], asker):
            system = base
    for part in rules:
        system = _taken_over(system, base, part.made)
    return system


def _proved(questions: list[Question], asker: Forgets) -> set[int]:
    """Return which of `questions` are proved; the others are nobody's concern."""
    with spending(asker, _SECONDS, _DEPTH):
        verdicts = asker.ask(questions, wanted=Manner("verdict"))
    proved = {id(q) for q, v in zip(questions, verdicts, strict=True) if isinstance(v, Proved)}
    left = {id(q) for q in questions if id(q) not in proved}
    asker.forget(left)
    return proved


_SECONDS, _DEPTH = 0.5, 2
"""What is to be shown of a text either follows at once, or is not the same."""


# --- what is said otherwise ----------------------------------------------------------------------


def _with_helpers(old: System, new: System) -> System | None:
    """Return `new` with the definitions that `old` alone has, as far as they make sense there, in an order that suits
    both texts of all definitions; None if there is none.
    """  # noqa: D205
    known = {d.name for d in new.definitions}
    names = [d for d in old.definitions if d.name not in known]
    whole = replace(new, definitions=(*new.definitions, *names))
    while bad := {d.name for d in names if complaints_about(Equal(d.body, d.body), whole)}:
        names = [d for d in names if d.name not in bad]
        whole = replace(new, definitions=(*new.definitions, *names))
    table, theirs = definition_table(whole), definition_table(old)
    graph = {
        name: sorted(table.keys() & {n for e in (d, theirs.get(name, d)) for n in mentioned(e.body)[1]})
        for name, d in table.items()
    }
    try:
        order = list(TopologicalSorter(graph).static_order())
    except CycleError:
        return None
    return replace(whole, definitions=tuple(table[name] for name in order))


def _parts(old: System, base: System) -> Iterator[_Part]:
    """Yield what both say in other words, with `base` as it is once the old words take their place."""
    theirs = {d.name: d for d in old.definitions}
    for d in base.definitions:
        one = theirs.get(d.name)
        if one is not None and one.sort == d.sort and one.body != d.body:
            made = replace(d, body=one.body)
            yield _Part(d.name, ((one.body, d.body),), replace(base, definitions=_with(base.definitions, d, made)))
    events = {e.name: e for e in old.events}
    for e in base.events:
        its = events.get(e.name)
        if its is not None and its.guard != e.guard:
            made_event = replace(e, guard=its.guard)
            yield _Part(e.name, ((its.guard, e.guard),), replace(base, events=_with(base.events, e, made_event)))
    schedules = {s.name: s for s in old.schedules}
    for s in base.schedules:
        was = schedules.get(s.name)
        if was is not None and (was.armed, was.due) != (s.armed, s.due):
            pairs = ((was.armed, s.armed), (was.due, s.due))
            made_schedule = replace(s, armed=was.armed, due=was.due)
            yield _Part(s.name, pairs, replace(base, schedules=_with(base.schedules, s, made_schedule)))
    yield from _rules(old, base)


def _rules(old: System, base: System) -> Iterator[_Part]:
    """Yield the rules for a variable that are others in the two wordings: what they set it to must be the same."""
    updates, sorts = {u.variable: u for u in old.updates}, {v.name: v.sort for v in base.variables}
    for u in base.updates:
        was = updates.get(u.variable)
        if was is not None and [_bare(c) for c in was.cases] != [_bare(c) for c in u.cases]:
            variable = Var(u.variable, sorts[u.variable])
            made = replace(base, updates=_with(base.updates, u, was))
            yield _Part(u.variable, ((_value(was, variable), _value(u, variable)),), made)


def _bare(case: Case) -> Case:
    return replace(case, clause="")


def _value(update: Update, variable: Expr) -> Expr:
    """Return what `update` sets its variable to in the step at hand."""
    made = variable
    for case in reversed(update.cases):
        happens = () if case.steps is None else (Or(tuple(Happens(s) for s in sorted(case.steps))),)
        made = Ite(And((*happens, case.guard)), case.value, made)
    return made


def _with(all_: tuple[_T, ...], one: _T, other: _T) -> tuple[_T, ...]:
    return tuple(other if each is one else each for each in all_)


def _taken_over(system: System, base: System, made: System) -> System:
    """Return `system` with the one part in which `made` differs from `base`."""
    return replace(
        system,
        definitions=_merged(system.definitions, base.definitions, made.definitions),
        events=_merged(system.events, base.events, made.events),
        schedules=_merged(system.schedules, base.schedules, made.schedules),
        updates=_merged(system.updates, base.updates, made.updates),
    )


def _merged(mine: tuple[_T, ...], base: tuple[_T, ...], made: tuple[_T, ...]) -> tuple[_T, ...]:
    return tuple(c if b is not c else a for a, b, c in zip(mine, base, made, strict=True))


# --- a first look --------------------------------------------------------------------------------


def _may_be_equal(system: System, part: _Part) -> bool:
    """Return whether the texts make sense in `system` and have the same values in states and steps drawn at random.

    Most edits change something: to see that takes no solver.
    """
    if any(complaints_about(Equal(one, other), system) for one, other in part.pairs):
        return False
    dice = Random(0)  # noqa: S311  no secret
    whole = And(tuple(Equal(one, other) for one, other in part.pairs))
    near = {n.value + d for pair in part.pairs for n in nodes(*pair) if isinstance(n, IntLit) for d in (-1, 0, 1)}
    numbers = sorted({0, 1, 2, *near})
    return all(_holds(system, whole, dice, numbers) for _ in range(_DRAWS))


_DRAWS = 40
_DAY = 738_000
"""Some day of the years that policies are about."""


def _holds(system: System, e: Expr, dice: Random, numbers: list[int]) -> bool:
    """Return whether `e` holds before and after a step drawn at random, which need not be one of any history."""
    parameters = {p.name: _draw(p.sort, dice, numbers) for p in system.parameters}
    before = {v.name: _draw(v.sort, dice, numbers) for v in system.variables}
    happens = dice.choice([*(e.name for e in system.events), *(s.name for s in system.schedules), PASSAGE])
    inputs = {i.name: _draw(i.sort, dice, numbers) for each in system.events for i in each.inputs}
    day = _draw(DATE, dice, numbers)
    state: Mapping[str, Value] = {**before, TODAY: day, CLOCK: day}
    step = Step(happens, int(day), inputs)
    env = evaluate.between(system, parameters, state, step, state)
    return all(evaluate.holds(At(view, e), env) for view in View)


def _draw(sort: Sort, dice: Random, numbers: list[int]) -> Value:
    match sort:
        case BoolSort():
            return dice.random() < 0.5  # noqa: PLR2004  one of two
        case EnumSort(values=values):
            return dice.choice(values)
        case DateSort():
            return _DAY + dice.choice((0, 0, 1, 30, 31, 365))
        case IntSort() | _:
            return dice.choice(numbers)
