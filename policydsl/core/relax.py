"""A system without some of its clauses: whatever they say may be otherwise.

To leave a clause out is not to delete its text (then what it sets would stay as it is, which is a rule too), but to
know nothing of what it says. In the relaxed system, for each clause left out:

* a rule's, count's or duty's case applies or not, and gives any value, in the steps that it speaks of;
* a definition has any value wherever the rest of the system uses it (where a property uses it, it keeps its meaning:
  the property would be another one);
* an event can take place anywhere; a schedule, also one that uses such a definition, fires at any time, or never;
* a variable starts with any value, and parameters need not satisfy what is assumed of them alone.

Anything that may be otherwise is a variable of its own, an *oracle*. An event of its own, `CHOOSE`, may give all
oracles any values between two steps; properties do not look at it. So each history of the system is one of the relaxed
system, once `CHOOSE` is put in before its steps: what is proved of the relaxed system holds in the system. The one
exception is schedules that fire one right after the other on one day: nothing can be put between them, so there an
oracle keeps its value.
"""

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace

from policydsl.core.expr import BOOL, DATE, FALSE, TRUE, At, Expr, Happens, Or, Sort, Use, Var, View
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
from policydsl.core.walk import definition_table, names, uses

CHOOSE = "choose!"
"""The event that gives oracles new values; no name of a policy has an exclamation mark."""


def clauses_of(system: System) -> tuple[str, ...]:
    """Return the clauses that contribute anything to `system`, in the order of its parts."""
    found = [v.clause for v in system.variables if v.initial is not None]
    found += [d.clause for d in system.definitions]
    found += [e.clause for e in system.events if e.guard != TRUE]
    found += [s.clause for s in system.schedules]
    found += [case.clause for u in system.updates for case in u.cases]
    owners = _owners(system)
    found += [clause for e in system.assumptions for clause in sorted(_clauses_behind(e, owners))]
    return tuple(c for c in dict.fromkeys(found) if c)


def relax(system: System, without: Iterable[str]) -> System:
    """Return `system` without the clauses `without`; its obligations are left out too."""
    return _Relaxing(system, frozenset(without)).system()


def relax_property(claim: Property) -> Property:
    """Return `claim` for relaxed systems: it asks nothing of `CHOOSE`."""
    step = claim.step if claim.step == TRUE else Or((Happens(CHOOSE), claim.step))
    return Property(claim.state, step)


def _owners(system: System) -> dict[str, str]:
    return {p.name: p.clause for p in system.parameters}


def _clauses_behind(assumption: Expr, owners: Mapping[str, str]) -> frozenset[str]:
    """Return the clauses of the parameters that an assumption is about."""
    return frozenset(owners[name] for name in names(assumption, {}) if name in owners)


class _Relaxing:
    """One system on the way to being relaxed; gathers the oracles that it takes."""

    def __init__(self, system: System, without: frozenset[str]) -> None:
        self._system, self._without = system, without
        self._oracles: dict[str, Sort] = {}
        self._resets: dict[str, Case] = {}
        table = definition_table(system)
        self._free = {d.name for d in system.definitions if d.clause in without}
        self._touched = {d.name for d in system.definitions if uses((d.body,), table) & self._free} - self._free

    def system(self) -> System:
        """Return the relaxed system."""
        given, without = self._system, self._without
        owners = _owners(given)
        assumed = tuple(e for e in given.assumptions if not self._drops(_clauses_behind(e, owners)))
        definitions = [each for d in given.definitions for each in self._definition(d)]
        events = tuple(
            replace(e, guard=TRUE if e.clause in without else self._seen(e.guard, View.BEFORE)) for e in given.events
        )
        schedules = tuple(self._schedule(s) for s in given.schedules)
        updates = tuple(self._update(u) for u in given.updates)
        variables = tuple(self._variable(v) for v in given.variables)
        inputs = tuple(Input(f"{CHOOSE}.{name}", sort, None, None, "") for name, sort in self._oracles.items())
        return replace(
            given,
            assumptions=assumed,
            variables=(*variables, *(Variable(n, s, None, "", hidden=True) for n, s in self._oracles.items())),
            definitions=tuple(definitions),
            events=(*events, Event(CHOOSE, "occurrence", None, inputs, TRUE, "")),
            schedules=schedules,
            updates=(*(self._oracle_update(name, sort) for name, sort in self._oracles.items()), *updates),
            obligations=(),
        )

    def _drops(self, clauses: frozenset[str]) -> bool:
        return bool(clauses) and clauses <= self._without

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
        seen = [replace(d, name=_as_seen(d.name, view), body=self._seen(d.body, view)) for view in View]
        return [d, *seen]

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
        if not self._free:
            return e
        match e:
            case Use(name=name, sort=sort) if name in self._free:
                return self._oracle(_as_seen(name, view), sort)
            case Use(name=name, sort=sort) if name in self._touched:
                return Use(_as_seen(name, view), sort)
            case At(view=inner, body=body):
                return At(inner, self._seen(body, inner))
            case _:
                return self._rebuilt(e, view)

    def _rebuilt(self, e: Expr, view: View) -> Expr:
        changed: dict[str, object] = {}
        for field in fields(e):
            value = getattr(e, field.name)
            if isinstance(value, Expr):
                changed[field.name] = self._seen(value, view)
            elif isinstance(value, tuple) and value and all(isinstance(part, Expr) for part in value):
                changed[field.name] = tuple(self._seen(part, view) for part in value)
        return replace(e, **changed) if changed else e  # type: ignore[arg-type]  # the same fields, of the same types


def _as_seen(name: str, view: View) -> str:
    return f"{name}!{view.value}"
