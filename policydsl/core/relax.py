"""A system without some of its clauses: whatever they say may be otherwise.

To leave a clause out is not to delete its text (then what it sets would stay as it is, which is a rule too), but to
know nothing of what it says. In the relaxed system, for each clause left out:

* a rule's, count's or duty's case applies or not, and gives any value, in the steps that it speaks of;
* a definition has any value wherever the rest of the system uses it (where a property uses it, it keeps its meaning:
  the property would be another one); of one that several clauses define, by exceptions, each of its cases applies or
  not, and gives any value;
* an event can take place anywhere; a schedule, also one that uses such a definition, fires at any time, or never;
* a variable starts with any value, and nothing need satisfy what it says of the start and of parameters.

Anything that may be otherwise is a variable of its own, an *oracle*. An event of its own, `CHOOSE`, may give all
oracles any values between two steps; properties do not look at it. So each history of the system is one of the relaxed
system, once `CHOOSE` is put in before its steps: what is proved of the relaxed system holds in the system. The one
exception is schedules that fire one right after the other on one day: nothing can be put between them, so there an
oracle keeps its value.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

from policydsl.base.records import dataclass
from policydsl.core.conditions import conjuncts
from policydsl.core.expr import BOOL, DATE, FALSE, TRUE, And, At, Expr, Happens, Ite, Or, Sort, Use, Var, View
from policydsl.core.system import (
    Case,
    Definition,
    Event,
    Input,
    Property,
    Schedule,
    System,
    Update,
    Variable,
)
from policydsl.core.walk import children, definition_table, rebuilt, uses

CHOOSE = "choose!"
"""The event that gives oracles new values; no name of a policy has an exclamation mark."""


@dataclass(frozen=True, slots=True)
class Text:
    """What a system does not tell of the clauses it comes from.

    `conditions` are what is assumed and how histories start, `guards` the conjuncts of the guard of each event. What is
    not among them is said by no clause, and stays. `definitions` are, of a name that several clauses define, the clause
    of each of its cases.
    """

    conditions: "Said"
    guards: Mapping[str, "Said"]
    definitions: Mapping[str, tuple[str, ...]]


Said: TypeAlias = Mapping[Expr, tuple[frozenset[str], ...]]
"""The clauses that say a condition together, without one of which it is not known; and others that say the same."""


def said_by(pairs: Iterable[tuple[Expr, frozenset[str]]]) -> Said:
    """Return what is said, of conditions with the clauses that say each."""
    found: dict[Expr, tuple[frozenset[str], ...]] = {}
    for e, clauses in pairs:
        found[e] = (*found.get(e, ()), clauses)
    return found


def clauses_of(system: System, text: Text) -> tuple[str, ...]:
    """Return the clauses that contribute anything to `system`, in the order of its parts."""
    found = [v.clause for v in system.variables if v.initial is not None]
    for d in system.definitions:
        found += [d.clause, *sorted(set(text.definitions.get(d.name, ())))]
    found += [s.clause for s in system.schedules]
    found += [case.clause for u in system.updates for case in u.cases]
    said = [clauses for e in (*system.assumptions, *system.starts) for clauses in text.conditions.get(e, ())]
    for event in system.events:
        own = text.guards.get(event.name, {})
        said += [clauses for c in conjuncts(event.guard) for clauses in own.get(c, ())]
    found += [clause for clauses in said for clause in sorted(clauses)]
    return tuple(c for c in dict.fromkeys(found) if c)


def relax(system: System, without: Iterable[str], text: Text) -> System:
    """Return `system` without the clauses `without`; its obligations are left out too."""
    return _Relaxing(system, frozenset(without), text).system()


def relax_property(claim: Property) -> Property:
    """Return `claim` for relaxed systems: it asks nothing of `CHOOSE`."""
    step = claim.step if claim.step == TRUE else Or((Happens(CHOOSE), claim.step))
    return Property(claim.state, step)


class _Relaxing:
    """One system on the way to being relaxed; gathers the oracles that it takes."""

    def __init__(self, system: System, without: frozenset[str], text: Text) -> None:
        self._system, self._without, self._text = system, without, text
        self._oracles: dict[str, Sort] = {}
        self._resets: dict[str, Case] = {}
        table = definition_table(system)
        saying = {d.name: text.definitions.get(d.name, (d.clause,)) for d in system.definitions}
        self._free = {name for name, clauses in saying.items() if without.issuperset(clauses)}
        self._parted = {name for name, clauses in saying.items() if not without.isdisjoint(clauses)} - self._free
        loose = self._free | self._parted
        self._touched = {
            n for n, d in table.items() if n in self._parted or uses((d.body,), table) & loose
        } - self._free

    def system(self) -> System:
        """Return the relaxed system."""
        given = self._system
        definitions = [each for d in given.definitions for each in self._definition(d)]
        events = tuple(
            replace(e, guard=And(tuple(self._seen(c, View.BEFORE) for c in self._known_guards(e))))
            for e in given.events
        )
        starts = tuple(self._seen(e, View.AFTER) for e in self._known(given.starts, self._text.conditions))
        schedules = tuple(self._schedule(s) for s in given.schedules)
        updates = tuple(self._update(u) for u in given.updates)
        variables = tuple(self._variable(v) for v in given.variables)
        inputs = tuple(Input(f"{CHOOSE}.{name}", sort, None, None, "") for name, sort in self._oracles.items())
        return replace(
            given,
            assumptions=tuple(self._known(given.assumptions, self._text.conditions)),
            starts=starts,
            variables=(*variables, *(Variable(n, s, None, "", hidden=True) for n, s in self._oracles.items())),
            definitions=tuple(definitions),
            events=(*events, Event(CHOOSE, "occurrence", None, inputs, TRUE, "")),
            schedules=schedules,
            updates=(*(self._oracle_update(name, sort) for name, sort in self._oracles.items()), *updates),
            obligations=(),
        )

    def _known(self, conditions: Iterable[Expr], said: Said) -> Iterator[Expr]:
        """Yield those of `conditions` that are known."""
        return (e for e in conditions if e not in said or any(one.isdisjoint(self._without) for one in said[e]))

    def _known_guards(self, event: Event) -> Iterator[Expr]:
        return self._known(conjuncts(event.guard), self._text.guards.get(event.name, {}))

    def _oracle(self, name: str, sort: Sort) -> Var:
        """Return the oracle called `name`."""
        full = f"{name}!"
        self._oracles[full] = sort
        return Var(full, sort)

    def _oracle_update(self, name: str, sort: Sort) -> Update:
        chosen = Case(frozenset({CHOOSE}), TRUE, Var(f"{CHOOSE}.{name}", sort), "")
        reset = self._resets.get(name)
        return Update(name, (chosen,) if reset is None else (chosen, reset))

    # --- parts -------------------------------------------------------------------------------------

    def _definition(self, d: Definition) -> list[Definition]:
        """Return the definition for properties; where it uses a free one, also as the system sees it, view by view."""
        if d.name not in self._touched:
            return [d]
        seen = self._cases if d.name in self._parted else lambda d, view: self._seen(d.body, view)
        return [d, *(replace(d, name=_as_seen(d.name, view), body=seen(d, view)) for view in View)]

    def _cases(self, d: Definition, view: View) -> Expr:
        """Return `d`, read in `view`, with oracles for the cases of clauses that are left out."""
        body, made = d.body, []
        *clauses, last = self._text.definitions[d.name]
        for i, clause in enumerate(clauses):
            assert isinstance(body, Ite)
            name, out = f"{_as_seen(d.name, view)}.{i}", clause in self._without
            applies = self._oracle(f"{name}.applies", BOOL) if out else self._seen(body.cond, view)
            value = self._oracle(f"{name}.value", d.sort) if out else self._seen(body.then, view)
            made.append((applies, value))
            body = body.otherwise
        free = last in self._without
        result = self._oracle(f"{_as_seen(d.name, view)}.last", d.sort) if free else self._seen(body, view)
        for applies, value in reversed(made):
            result = Ite(applies, value, result)
        return result

    def _schedule(self, s: Schedule) -> Schedule:
        used = uses((s.armed, s.due), definition_table(self._system))
        if s.clause not in self._without and not used & (self._free | self._touched):
            return s
        armed = self._oracle(f"{s.name}.armed", BOOL)
        self._resets[armed.name] = Case(frozenset({s.name}), TRUE, FALSE, "")  # or it would never come to rest
        return replace(s, armed=armed, due=self._oracle(f"{s.name}.due", DATE))

    def _update(self, u: Update) -> Update:
        sort = next(v.sort for v in self._system.variables if v.name == u.variable)
        return replace(u, cases=tuple(self._case(u.variable, i, case, sort) for i, case in enumerate(u.cases)))

    def _case(self, variable: str, i: int, case: Case, sort: Sort) -> Case:
        if case.clause not in self._without:
            guard, value = (self._seen(e, View.BEFORE) for e in (case.guard, case.value))
            return replace(case, guard=guard, value=value)
        applies = self._oracle(f"{variable}.{i}.applies", BOOL)
        return replace(case, guard=applies, value=self._oracle(f"{variable}.{i}.value", sort))

    def _variable(self, v: Variable) -> Variable:
        loose = v.clause in self._without
        if v.initial is not None and not loose:
            used = uses((v.initial,), definition_table(self._system))
            loose = bool(used & (self._free | self._touched))
        return replace(v, initial=None) if loose else v

    def _seen(self, e: Expr, view: View) -> Expr:
        """Return `e`, read in `view`, with free definitions for oracles."""
        if not self._free and not self._parted:
            return e
        match e:
            case Use(name=name, sort=sort) if name in self._free:
                return self._oracle(_as_seen(name, view), sort)
            case Use(name=name, sort=sort) if name in self._touched:
                return Use(_as_seen(name, view), sort)
            case At(view=inner, body=body):
                return At(inner, self._seen(body, inner))
            case _:
                return rebuilt(e, tuple(self._seen(part, view) for part in children(e)))


def _as_seen(name: str, view: View) -> str:
    return f"{name}!{view.value}"
