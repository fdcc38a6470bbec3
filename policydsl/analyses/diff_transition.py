"""The day on which one wording follows the other: who is worse off by the switch alone?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import chain

from policydsl.analyses.comparison import Comparison, Distinction, Relation
from policydsl.analyses.diff_align import Aligned, Names
from policydsl.analyses.diff_ask import Asks
from policydsl.analyses.diff_outcomes import Outcome, lemma_candidates, never_worse, outcomes, unchanged
from policydsl.analyses.diff_product import twin
from policydsl.analyses.diff_punished import Punished, punished
from policydsl.base.calendar import Day
from policydsl.core.expr import (
    BOOL,
    DATE,
    TODAY,
    TRUE,
    AddDays,
    DateLit,
    Expr,
    Happens,
    IntLit,
    Ite,
    Less,
    Not,
    Or,
    Use,
    Var,
)
from policydsl.core.moves import Side
from policydsl.core.system import (
    Case,
    Definition,
    Event,
    Parameter,
    Property,
    Question,
    Schedule,
    System,
    Update,
    Variable,
)
from policydsl.core.walk import definition_table, mentioned, names, rewrite
from policydsl.engines.verdict import Manner, Proved, Refuted, Vacuous
from policydsl.front.draft import conjunction
from policydsl.front.loaded import Order
from policydsl.front.order import Cycle, ordered
from policydsl.semantics import interpret

DAY = "the.day.of.the.switch"
"""The parameter that stands for it where it is not known. No name of a policy has dots."""

_LAST_DAY = "last.day.of.the.old.wording"
_OVER = f"{_LAST_DAY}.over"


@dataclass(frozen=True, slots=True)
class Switched:
    """What the switch alone does for `role`. `distinction`, about `comparison`, shows someone who is worse off.

    `punished` says whether that may come of something done before it.
    """

    role: str
    relation: Relation
    comparison: Comparison
    distinction: Distinction | None
    punished: Punished = Punished("never")  # noqa: RUF009  it is never changed


def switch(made: Comparison, asker: Asks) -> tuple[Switched, ...]:
    """Return for each role whether it can be worse off by the switch alone; nothing where that cannot be asked.

    One copy lives under the old wording for ever, the other under the old one up to the day of the switch and under
    the new one from then on, with the state it has reached. Events are those before that day: what differs afterwards
    comes from the switch.
    """
    around = _around(made)
    if around is None:
        return ()
    seen = _Seen(around, _said_alike(made.aligned.old, made.aligned.new))
    every = [
        o for o in outcomes(made.wordings.old, made.wordings.new, made.aligned, seen)
        if o.kind != "choices" and not o.on and not unchanged(o, around.twin)
    ]  # fmt: skip
    roles = dict.fromkeys(order.role for o in _ordered(made) for order in o.orders)
    return tuple(_switched(around, role, every, asker) for role in roles)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a name of the wordings is in the product: in the second copy, what the wording in force says."""

    around: Comparison
    alike: frozenset[str]

    def seen(self, side: Side, e: Expr) -> Expr:
        if side is Side.SECOND and isinstance(e, Use) and e.name not in self.alike:
            e = Ite(_before(self.around), e, replace(e, name=e.name + _NOW))
        return self.around.twin.seen(side, e)


def _ordered(made: Comparison) -> list[Outcome]:
    return [j.outcome for j in made.judged if j.relation != "equivalent"]


def _switched(around: Comparison, role: str, every: Sequence[Outcome], asker: Asks) -> Switched:
    parts = [(o, order, never_worse(o, order, around.twin)) for o in every for order in o.orders if order.role == role]
    if not parts:
        return Switched(role, "equivalent", around, None)
    whole = Property(conjunction([p.state for *_, p in parts]), conjunction([p.step for *_, p in parts]))
    question = Question(f"the switch: never worse for {role}", around.twin.system, whole, None)
    (verdict,) = asker.ask([question], _lemmas(around), wanted=Manner("story"))
    match verdict:
        case Proved() | Vacuous():
            return Switched(role, "not stricter", around, None)
        case Refuted():
            outcome, own = _blamed(around, verdict, parts)
            told = Distinction(outcome, replace(question, property=own), verdict, role, "stricter")
            return Switched(role, "stricter", around, told, punished(around, role, parts, told, asker))
        case _:
            return Switched(role, "undecided", around, None, punished(around, role, parts, None, asker))


def _blamed(
    around: Comparison, verdict: Refuted, parts: Sequence[tuple[Outcome, Order, Property]]
) -> tuple[Outcome, Property]:
    """Return the first outcome that is worse at the end of the history."""
    for outcome, _, claim in parts:
        if interpret.violation(around.twin.system, verdict.trace, claim) == verdict.at:
            return outcome, claim
    raise AssertionError("a conjunction fails, but none of its parts does")


def _lemmas(around: Comparison) -> tuple[Question, ...]:
    """Return guesses at why the copies agree: up to the day of the switch they do."""
    system = around.twin.system
    before = _before(around)
    found: list[Question] = []
    for name, e in lemma_candidates(around.twin):
        found.append(Question(f"lemma {name}", system, Property(e, TRUE), None))
        if name.endswith("="):
            found.append(Question(f"lemma {name} before", system, Property(Or((Not(before), e)), TRUE), None))
    return tuple(found)


def _before(around: Comparison) -> Expr:
    effective = around.wordings.effective
    return Less(Var(TODAY, DATE), _day(effective), strict=True)


# --- the system around the switch ----------------------------------------------------------------


def _day(effective: Day | None) -> Expr:
    return Var(DAY, DATE) if effective is None else DateLit(effective)


def _around(made: Comparison) -> Comparison | None:
    """Return the comparison of the old wording with the one that changes on the day of the switch.

    None where new values of the old wording need new ones of the new wording, and the other way round.
    """
    effective = made.wordings.effective
    old = _quiet(made.aligned.old, effective)
    new = switched(made, _Naming("", _NOW))
    told = switched(made, _Naming(_THEN, _NOW))
    if new is None or told is None:
        return None
    wordings = replace(
        made.wordings,
        old=replace(made.wordings.old, system=old),
        new=replace(made.wordings.new, system=_telling(made, told)),
        written=None,
    )
    stems = {s.name: s.name.removesuffix(_NOW).removesuffix(_THEN) for s in new.schedules}
    plain = twin(old, new, alike=stems)
    return Comparison(wordings, Aligned(old, new, Names({}), ()), plain, plain)


def _telling(made: Comparison, told: System) -> System:
    """Return `told` with what each name means on the day at hand."""
    before = Less(Var(TODAY, DATE), _day(made.wordings.effective), strict=True)
    alike = _said_alike(made.aligned.old, made.aligned.new)
    bodies = {d.name: d for d in made.aligned.new.definitions}
    extra = [
        Definition(d.name, d.sort, Ite(before, Use(d.name + _THEN, d.sort), Use(d.name + _NOW, d.sort)), d.clause)
        for d in made.aligned.old.definitions
        if d.name not in alike and d.name in bodies and bodies[d.name].sort == d.sort
    ]
    return replace(told, definitions=(*told.definitions, *extra))


def _quiet(system: System, effective: Day | None) -> System:
    """Return `system` with no events from the day of the switch on."""
    before = Less(Var(TODAY, DATE), _day(effective), strict=True)
    events = tuple(replace(e, guard=conjunction([before, e.guard])) for e in system.events)
    parameters = system.parameters if effective is not None else (*system.parameters, _parameter())
    over, last = Var(_OVER, BOOL), _last(effective)
    begun = Less(last.due, Var(TODAY, DATE), strict=False)
    return replace(
        system,
        events=events,
        parameters=parameters,
        variables=(*system.variables, Variable(over.name, BOOL, begun, "", hidden=True)),
        schedules=(*system.schedules, last),
        updates=(*system.updates, Update(over.name, (Case(frozenset({_LAST_DAY}), TRUE, TRUE, ""),))),
    )


def _parameter() -> Parameter:
    return Parameter(DAY, DATE, None, is_reading=False, clause="")


def _last(effective: Day | None) -> Schedule:
    """Return the step that keeps time from passing the last day of the old wording unseen."""
    return Schedule(_LAST_DAY, Not(Var(_OVER, BOOL)), AddDays(_day(effective), IntLit(-1)), "")


@dataclass(frozen=True, slots=True)
class _Naming:
    """What is put behind names of definitions of the old and of the new wording, those said alike aside."""

    old: str
    new: str


_NOW, _THEN = ".now", ".then"


def switched(made: Comparison, naming: _Naming) -> System | None:
    """Return the wording that is the old one before the day of the switch and the new one from then on.

    What only the old wording has stays as it is from that day on; what only the new one has starts as it says, and
    does not change before. None where no order of computation serves both, or one computes what the other stores.
    """
    old, new, effective = made.aligned.old, made.aligned.new, made.wordings.effective
    alike = _said_alike(old, new)
    level = [s.name for s in old.schedules] == [s.name for s in new.schedules if s.name in alike]
    level = level and len(old.schedules) == len(new.schedules)
    mine, theirs = (
        _Words(s, alike, mark, "" if level else step)
        for s, mark, step in ((old, naming.old, _THEN), (new, naming.new, _NOW))
    )
    both = {d.name for d in (*old.definitions, *new.definitions)} & {v.name for v in (*old.variables, *new.variables)}
    if both:  # what one wording computes, the other stores
        return None
    day = _day(effective)
    before = Less(Var(TODAY, DATE), day, strict=True)
    known = {v.name for v in old.variables}
    extra = tuple(
        replace(v, initial=None if v.initial is None else theirs.e(v.initial))
        for v in new.variables
        if v.name not in known
    )
    definitions = (*mine.definitions(first=True), *theirs.definitions(first=False))
    updates = _updates(old, new, mine, theirs, before)
    result = ordered(definitions, updates)
    if isinstance(result, Cycle):
        return None
    quiet = _quiet(old, effective)
    parameters = {p.name: p for p in (*quiet.parameters, *new.parameters)}
    return replace(
        quiet,
        parameters=tuple(parameters.values()),
        assumptions=tuple(dict.fromkeys((*old.assumptions, *new.assumptions))),
        variables=(*quiet.variables, *extra),
        definitions=result.definitions,
        events=tuple(_event(e, mine, before) for e in old.events),
        schedules=quiet.schedules if level else (*_schedules(old, new, mine, theirs, day), _last(effective)),
        updates=(*result.updates, quiet.updates[-1]),
        obligations=(),
    )


@dataclass(frozen=True, slots=True)
class _Words:
    """One wording with its definitions, those said `alike` aside, and its schedules under names of their own."""

    system: System
    alike: frozenset[str]
    mark: str
    step_mark: str

    def called(self, name: str) -> str:
        return name if name in self.alike else name + self.mark

    def step(self, name: str) -> str:
        return name + self.step_mark if any(s.name == name for s in self.system.schedules) else name

    def e(self, e: Expr) -> Expr:
        own = {d.name for d in self.system.definitions}

        def change(node: Expr) -> Expr | None:
            if isinstance(node, Use) and node.name in own:
                return replace(node, name=self.called(node.name))
            if isinstance(node, Happens):
                return replace(node, step=self.step(node.step))
            return None

        return rewrite(e, change)

    def definitions(self, *, first: bool) -> list[Definition]:
        return [
            replace(d, name=self.called(d.name), body=self.e(d.body))
            for d in self.system.definitions
            if first or d.name not in self.alike
        ]

    def case(self, case: Case, guard: Expr) -> Case:
        steps = None if case.steps is None else frozenset(map(self.step, case.steps))
        return Case(steps, conjunction([guard, self.e(case.guard)]), self.e(case.value), case.clause)


def _said_alike(old: System, new: System) -> frozenset[str]:
    """Return the names of which both wordings say the same: definitions, variables by how they change, schedules."""
    bodies = [{d.name: (d.sort, d.body) for d in s.definitions} for s in (old, new)]
    alike = {name for name, said in bodies[0].items() if bodies[1].get(name) == said}
    while gone := {name for name in alike if not mentioned(bodies[0][name][1])[1] <= alike}:
        alike -= gone
    rules = [
        {
            **{v.name: ((v.sort,), ()) for v in s.variables},
            **{u.variable: ([(c.steps, c.guard, c.value) for c in u.cases], _said(u)) for u in s.updates},
            **{x.name: ((x.armed, x.due), (x.armed, x.due)) for x in s.schedules},
        }
        for s in (old, new)
    ]
    same = {
        name
        for name, (said, exprs) in rules[0].items()
        if rules[1].get(name, (None,))[0] == said and all(mentioned(e)[1] <= alike for e in exprs)
    }
    return frozenset(alike | same)


def _said(update: Update) -> tuple[Expr, ...]:
    return tuple(e for c in update.cases for e in (c.guard, c.value))


def _event(event: Event, mine: _Words, before: Expr) -> Event:
    return replace(event, guard=conjunction([before, mine.e(event.guard)]))


def _schedules(old: System, new: System, mine: _Words, theirs: _Words, day: Expr) -> list[Schedule]:
    """Return the old wording's schedules as far as they are due before the switch, the new one's from then on.

    Those of one name stand side by side: none of the old wording is due on the same day as one of the new.
    """
    one = [
        replace(s, name=mine.step(s.name), armed=conjunction([mine.e(s.armed), Less(mine.e(s.due), day, strict=True)]),
                due=mine.e(s.due)) for s in old.schedules
    ]  # fmt: skip
    other = [_from_then_on(s, theirs, day) for s in new.schedules]
    mine_, its = ([s.name for s in system.schedules] for system in (old, new))
    made: list[Schedule] = []
    for tag, i, j, k, m in SequenceMatcher(None, mine_, its, autojunk=False).get_opcodes():
        both = chain(*zip(one[i:j], other[k:m], strict=True)) if tag == "equal" else (*one[i:j], *other[k:m])
        made.extend(both)
    return made


def _from_then_on(s: Schedule, theirs: _Words, day: Expr) -> Schedule:
    """Return a schedule of the new wording from the day of the switch on; what was due before falls due that day."""
    name, armed, due = theirs.step(s.name), theirs.e(s.armed), theirs.e(s.due)
    if TODAY in names(s.due, definition_table(theirs.system)):  # the next of many days: those before are past
        return replace(s, name=name, armed=conjunction([armed, Less(day, _not_past(due), strict=False)]), due=due)
    return replace(s, name=name, armed=armed, due=Ite(Less(due, day, strict=True), day, due))


def _parted(case: Case, events: frozenset[str]) -> tuple[Case | None, Case | None]:
    """Return `case` for `events`, which happen before the switch alone, and for all other steps."""
    if case.steps is None or not case.steps & events:
        return None, case
    rest = case.steps - events
    return replace(case, steps=case.steps & events), replace(case, steps=rest) if rest else None


def _not_past(due: Expr) -> Expr:
    today = Var(TODAY, DATE)
    return Ite(Less(due, today, strict=True), today, due)


def _updates(old: System, new: System, mine: _Words, theirs: _Words, before: Expr) -> tuple[Update, ...]:
    """Return the updates of both wordings, each in its time; those that are the same are left alone."""
    cases: dict[str, list[Case]] = {v.name: [] for v in (*old.variables, *new.variables)}
    sorts = {v.name: v.sort for v in old.variables}
    wide = {v.name: v.sort for v in new.variables}
    level = not mine.step_mark
    events = frozenset(e.name for e in old.events)
    for u in old.updates:
        always = level and u.variable in mine.alike
        for c in u.cases:
            then, later = _parted(c, frozenset() if always else events)
            guarded = ((then, TRUE), (later, TRUE if always else before))
            cases[u.variable] += [mine.case(part, guard) for part, guard in guarded if part is not None]
    for u in new.updates:
        if level and u.variable in mine.alike:
            continue
        if sorts.get(u.variable, wide[u.variable]) == wide[u.variable]:
            left = (_parted(c, events)[1] for c in u.cases)
            cases[u.variable].extend(theirs.case(c, Not(before)) for c in left if c is not None)
    return tuple(Update(name, tuple(found)) for name, found in cases.items() if found)
