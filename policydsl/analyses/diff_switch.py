"""One wording that follows the other: the old one before the day of the switch, the new one from then on."""

from collections.abc import Container, Iterator
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import chain

from policydsl.analyses.comparison import Comparison
from policydsl.base.calendar import Day
from policydsl.base.records import dataclass
from policydsl.core.conditions import conjunction
from policydsl.core.expr import (
    BOOL,
    DATE,
    FALSE,
    TODAY,
    TRUE,
    AddDays,
    And,
    DateLit,
    Equal,
    Expr,
    Happens,
    IntLit,
    Ite,
    Less,
    Not,
    Use,
    Var,
    literal,
)
from policydsl.core.system import Case, Definition, Event, Parameter, Property, Schedule, System, Update, Variable
from policydsl.core.walk import default_value, definition_table, mentioned, names, rewrite, written_out
from policydsl.front.loaded import last_firing, set_name
from policydsl.front.order import Cycle, ordered

DAY = "the.day.of.the.switch"
"""The parameter that stands for it where it is not known. No name of a policy has dots."""

LAST_DAY = "last.day.of.the.old.wording"
_OVER = f"{LAST_DAY}.over"
FIRST_DAY = "first.day.of.the.new.wording"
_BEGUN = f"{FIRST_DAY}.begun"
_DAWN = f"{FIRST_DAY}.dawn"
"""Whether that day has begun, and no schedule has fired since."""


def day_of(effective: Day | None) -> Expr:
    """Return the day of the switch."""
    return Var(DAY, DATE) if effective is None else DateLit(effective)


def quiet(system: System, effective: Day | None) -> System:
    """Return `system` with no events from the day of the switch on, for those who are there before it."""
    before = Less(Var(TODAY, DATE), day_of(effective), strict=True)
    events = tuple(replace(e, guard=conjunction([before, e.guard])) for e in system.events)
    parameters = system.parameters if effective is not None else (*system.parameters, _parameter())
    over, last = Var(_OVER, BOOL), _last(effective)
    begun = Less(last.due, Var(TODAY, DATE), strict=False)
    return replace(
        system,
        events=events,
        parameters=parameters,
        starts=(*system.starts, before),
        variables=(*system.variables, Variable(over.name, BOOL, begun, "", hidden=True)),
        schedules=(*system.schedules, last),
        updates=(*system.updates, Update(over.name, (Case(frozenset({LAST_DAY}), TRUE, TRUE, ""),))),
    )


def _parameter() -> Parameter:
    return Parameter(DAY, DATE, None, is_reading=False, clause="")


def _last(effective: Day | None) -> Schedule:
    """Return the step that keeps time from passing the last day of the old wording unseen."""
    return Schedule(LAST_DAY, Not(Var(_OVER, BOOL)), AddDays(day_of(effective), IntLit(-1)), "")


def _first(effective: Day | None) -> Schedule:
    """Return the step from which on no schedule of the old wording is due; it comes before all others of its day.

    What one fires on may be said otherwise by the new wording, and change after the switch: it would be due again.
    """
    return Schedule(FIRST_DAY, Not(Var(_BEGUN, BOOL)), day_of(effective), "")


@dataclass(frozen=True, slots=True)
class Naming:
    """What is put behind names of definitions of the old and of the new wording, those said alike aside."""

    old: str
    new: str


NOW, THEN = ".now", ".then"


def switched(made: Comparison, naming: Naming) -> System | None:
    """Return the wording that is the old one before the day of the switch and the new one from then on.

    What only the old wording has stays as it is from that day on; what only the new one has starts as it says, and
    does not change before. None where no order of computation serves both, one computes or counts what the other
    stores, or a name has not the same sort in both.
    """
    old, new, effective = made.aligned.old, made.aligned.new, made.wordings.effective
    mine, theirs = _both_words(made, naming)
    level = not mine.step_mark
    if not (_of_one_kind(made) and _of_one_sort(old, new)) or _no_date_left(old, new):
        return None
    day = day_of(effective)
    before = Less(Var(TODAY, DATE), day, strict=True)
    known = {v.name for v in old.variables}
    had = {set_name(name) for name in known}  # a date that may be none now is none no sooner than that is said
    extra = tuple(
        replace(v, initial=TRUE if v.name in had else None if v.initial is None else theirs.e(v.initial))
        for v in new.variables
        if v.name not in known
    )
    definitions = (*mine.definitions(first=True), *theirs.definitions(first=False))
    updates = _updates(old, new, mine, theirs, before)
    result = ordered(definitions, updates)
    if isinstance(result, Cycle):
        return None
    ended, first = quiet(old, effective), _first(effective)
    parameters = {p.name: p for p in (*ended.parameters, *new.parameters)}
    begun = Variable(_BEGUN, BOOL, Less(day, Var(TODAY, DATE), strict=False), "", hidden=True)
    dawn = Variable(_DAWN, BOOL, FALSE, "", hidden=True)
    schedules = (first, *_schedules(old, new, mine, theirs, day), _last(effective))
    begins = (
        Update(_BEGUN, (Case(frozenset({FIRST_DAY}), TRUE, TRUE, ""),)),
        Update(_DAWN, (
            Case(frozenset({FIRST_DAY}), TRUE, TRUE, ""),
            Case(frozenset(s.name for s in schedules if s is not first), TRUE, FALSE, ""),
        )),
    )  # fmt: skip
    return replace(
        ended,
        parameters=tuple(parameters.values()),
        assumptions=tuple(dict.fromkeys((*old.assumptions, *new.assumptions))),
        variables=(*ended.variables, *extra, *(() if level else (begun, dawn))),
        starts=(*ended.starts, *_starts(new, theirs, known)),
        definitions=result.definitions,
        events=tuple(_event(e, mine, before) for e in old.events),
        schedules=ended.schedules if level else schedules,
        updates=(*result.updates, ended.updates[-1], *(() if level else begins)),
        obligations=(),
    )


_NONE: frozenset[Var] = frozenset()


def _facts(system: System) -> frozenset[Var]:
    """Return what comes with the events of `system`."""
    return frozenset(Var(i.name, i.sort) for e in system.events for i in e.inputs)


def _of_one_kind(made: Comparison) -> bool:
    """Return whether nothing is stored, counted, computed or a parameter in one wording and another of these now."""
    mine, theirs, names_ = made.wordings.old.symbols, made.wordings.new.symbols, made.aligned.names
    kinds = ((s.kind, other.kind) for s in mine.values() if (other := theirs.get(names_.new(s.name))) is not None)
    return all(_KINDS[one] == _KINDS[other] for one, other in kinds if one in _KINDS and other in _KINDS)


_KINDS = {"state": 0, "count": 1, "definition": 2, "table": 2, "parameter": 3}


def _of_one_sort(old: System, new: System) -> bool:
    """Return whether all that both have is of the same sort in both."""
    mine, theirs = (
        {**{p.name: p.sort for p in s.parameters}, **{v.name: v.sort for v in s.variables}} for s in (old, new)
    )
    return all(theirs.get(name, sort) == sort for name, sort in mine.items())


def _no_date_left(old: System, new: System) -> bool:
    """Return whether the new wording takes for a date what may be none when it comes into force."""
    mine, theirs = ({v.name for v in s.variables} for s in (old, new))
    return any(set_name(name) in mine - theirs for name in mine & theirs)


def _starts(new: System, theirs: "_Words", known: Container[str]) -> Iterator[Expr]:
    """Yield what the new wording says of the start of what it alone has."""
    table, extra = definition_table(new), {v.name for v in new.variables if v.name not in known}
    yield from (theirs.e(e) for e in new.starts if names(e, table) & extra)


@dataclass(frozen=True, slots=True)
class _Words:
    """One wording with its definitions, those said `alike` aside, and its schedules under names of their own.

    Facts and choices that are `gone` come with no event any more: what would read them is never read.
    """

    system: System
    alike: frozenset[str]
    mark: str
    step_mark: str
    gone: frozenset[Var]

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
            if isinstance(node, Var) and node in self.gone and (value := default_value(node.sort, 0)) is not None:
                return literal(value, node.sort)
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


def still_owed(made: Comparison) -> Iterator[Property]:
    """Yield what the new wording owes by itself, in the words of the wording that follows the other.

    Not that schedules rest: one that has days to make up for fires for each of them on the day of the switch.
    """
    said = _both_words(made, Naming("", NOW))[1].e
    owed = (o.property for o in made.aligned.new.obligations if o.kind != "rest")
    yield from (Property(said(p.state), said(p.step)) for p in owed)


def _both_words(made: Comparison, naming: Naming) -> "tuple[_Words, _Words]":
    """Return the words of both wordings; their schedules have names of their own where they are not the same."""
    old, new = made.aligned.old, made.aligned.new
    alike, lost = said_alike(old, new), _facts(new) - _facts(old)
    firing = [s.name for s in old.schedules]
    level = firing == [s.name for s in new.schedules if s.name in alike] and len(firing) == len(new.schedules)
    marks = ("", "") if level else (THEN, NOW)
    return _Words(old, alike, naming.old, marks[0], _NONE), _Words(new, alike, naming.new, marks[1], lost)


def said_alike(old: System, new: System) -> frozenset[str]:
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
        replace(s, name=mine.step(s.name), due=mine.e(s.due),
                armed=conjunction([mine.e(s.armed), Less(mine.e(s.due), day, strict=True), Not(Var(_BEGUN, BOOL))]))
        for s in old.schedules
    ]  # fmt: skip
    other = [_from_then_on(s, (mine, theirs), day) for s in new.schedules]
    mine_, its = ([s.name for s in system.schedules] for system in (old, new))
    made: list[Schedule] = []
    for tag, i, j, k, m in SequenceMatcher(None, mine_, its, autojunk=False).get_opcodes():
        both = chain(*zip(one[i:j], other[k:m], strict=True)) if tag == "equal" else (*one[i:j], *other[k:m])
        made.extend(both)
    return made


def _from_then_on(s: Schedule, words: tuple[_Words, _Words], day: Expr) -> Schedule:
    """Return a schedule of the new wording from the day of the switch on; what was due before falls due that day.

    Not so a date before that day that the new wording alone names, whatever happens: a text has no effect on a day on
    which it is not in force. As long as the old one waits for it as well, it has one. Nor a date for which the schedule
    has fired under the old wording, which only waited for another day.
    """
    mine, theirs = words
    name, armed, due = theirs.step(s.name), theirs.e(s.armed), theirs.e(s.due)
    table, before = definition_table(theirs.system), definition_table(mine.system)
    read, was = names(s.due, table), next((x for x in mine.system.schedules if x.name == s.name), None)
    if TODAY in read:  # the next of many days: those before are past, that one itself is not as it begins
        due = Ite(Var(_DAWN, BOOL), rewrite(due, lambda e: _eve(e, day)), due)
        return replace(s, name=name, armed=conjunction([armed, Less(day, _not_past(due), strict=False)]), due=due)
    rigid = not read & {v.name for v in theirs.system.variables}
    if rigid and (was is None or written_out(was.due, before) != written_out(s.due, table)):
        return replace(s, name=name, armed=conjunction([armed, Less(day, due, strict=False)]), due=due)
    past = Less(due, day, strict=True)
    if was is not None and {v.name for v in mine.system.variables} >= {last_firing(s.name)}:
        last, fired = Var(last_firing(s.name), DATE), Var(set_name(last_firing(s.name)), BOOL)
        armed = conjunction([armed, Not(And((past, fired, Equal(last, mine.e(was.due)))))])
    return replace(s, name=name, armed=armed, due=Ite(past, day, due))


def _eve(node: Expr, day: Expr) -> Expr | None:
    return AddDays(day, IntLit(-1)) if node == Var(TODAY, DATE) else None


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
    level = not mine.step_mark
    events = frozenset(e.name for e in (*old.events, *new.events))
    for u in old.updates:
        always = level and u.variable in mine.alike
        for c in u.cases:
            then, later = _parted(c, frozenset() if always else events)
            guarded = ((then, TRUE), (later, TRUE if always else before))
            cases[u.variable] += [mine.case(part, guard) for part, guard in guarded if part is not None]
    for u in new.updates:
        if level and u.variable in mine.alike:
            continue
        left = (_parted(c, events)[1] for c in u.cases)
        cases[u.variable].extend(theirs.case(c, Not(before)) for c in left if c is not None)
    return tuple(Update(name, tuple(found)) for name, found in cases.items() if found)
