"""A system in the making: what lowering has gathered so far, and the checks that need all of it."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import field, replace
from typing import TypeVar

from policydsl.base.diagnostic import Diagnostic
from policydsl.base.records import dataclass
from policydsl.base.span import Span
from policydsl.core import expr as core
from policydsl.core.conditions import conjunction, conjuncts, defined_or, in_steps, where_schedules_look
from policydsl.core.expr import TRUE, Expr, View
from policydsl.core.system import (
    Case,
    Definition,
    Event,
    Obligation,
    ObligationKind,
    Parameter,
    Property,
    Schedule,
    Variable,
)
from policydsl.front.order import needs
from policydsl.front.scope import AlreadyWrongError, Scope, WrongError, in_clause
from policydsl.syntax import ast

T = TypeVar("T")


@dataclass(slots=True)
class Draft:
    """Filled by the lowering passes, in document order."""

    scope: Scope
    found: list[Diagnostic]
    parameters: list[Parameter] = field(default_factory=list)
    assumptions: list[Expr] = field(default_factory=list)
    variables: list[Variable] = field(default_factory=list)
    starts: list[Expr] = field(default_factory=list)
    definitions: list[Definition] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    schedules: list[Schedule] = field(default_factory=list)
    recurrences: dict[str, ast.Recurring] = field(default_factory=dict)
    awaited: dict[str, tuple[Expr, Expr]] = field(default_factory=dict)
    timeless: list[tuple[Span, str, Expr]] = field(default_factory=list)
    assumed: list[tuple[Span, str, Expr]] = field(default_factory=list)
    rules: dict[str, list[Case]] = field(default_factory=dict)
    bookkeeping: dict[str, list[Case]] = field(default_factory=dict)
    obligations: list[Obligation] = field(default_factory=list)
    liveness: list[Obligation] = field(default_factory=list)
    keys: Counter[str] = field(default_factory=Counter)
    disputes: dict[tuple[str, str, str], list[Property]] = field(default_factory=dict)
    opening: list[tuple[str, Expr, str]] = field(default_factory=list)
    needed: dict[str, dict[Expr, None]] = field(default_factory=dict)
    conditions: list[tuple[Expr, frozenset[str]]] = field(default_factory=list)
    exceptions: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    overridden: list[tuple[str, str, frozenset[str], tuple[tuple[Expr, str], ...], Expr]] = field(default_factory=list)

    def attempt(self, clause: str, action: Callable[[], None]) -> None:
        """Run `action`; a mistake of the user is collected, and the rest goes on."""
        try:
            action()
        except WrongError as error:
            self.found.append(in_clause(error.diagnostic, clause))
        except AlreadyWrongError:
            pass

    def define(self, name: str, sort: core.Sort, body: Expr, clause: str) -> None:
        """Add a definition."""
        self.definitions.append(Definition(name, sort, body, clause))

    def owe(self, kind: ObligationKind, key: str, owed: Property, clauses: Iterable[str], sentence: str) -> None:
        """Add an obligation."""
        self.obligations.append(Obligation(self._unique(key), kind, owed, tuple(dict.fromkeys(clauses)), sentence))

    def owe_defined(self, what: str, partial: Sequence[Expr], events: tuple[str, ...] | None, clause: str) -> None:
        """Owe that the `partial` operations of `what` are defined wherever they are evaluated."""
        for needed in partial:
            owed = Property(needed, TRUE) if events is None else Property(TRUE, in_steps(events, needed))
            sentence = f"what {what} computes is always defined"
            self.owe("definedness", f"defined:{what}", owed, (clause,), sentence)

    def need(self, needed: Expr, names: Iterable[str]) -> None:
        """Note what must hold for the values of definitions, and new values of variables, to be clear."""
        for name in names:
            self.needed.setdefault(name, {})[needed] = None

    def rule_out_nothing_undefined(self) -> None:
        """Let happen what a `where` rules out by what is undefined there, or has two values; so at the start.

        That it is so is owed where it happens. Whether an event is permitted is no question of this kind: the state in
        which that is undefined is there, and seen.
        """
        opened: dict[Expr, Expr] = {}

        def opening(e: Expr) -> Expr:
            if e not in opened:
                opened[e] = defined_or(tuple(self._through(e)), e)
            return opened[e]

        for i, event in enumerate(self.events):
            permitted = core.Use(f"{event.name}.permitted", core.BOOL)
            parts = {c: c if c == permitted else opening(c) for c in conjuncts(event.guard)}
            if any(c != made for c, made in parts.items()):
                self.events[i] = replace(event, guard=conjunction(tuple(parts.values())))
        self.starts = [opening(e) for e in self.starts]
        self.assumptions = [opening(e) for e in self.assumptions]
        self.assumed = [(span, clause, opened.get(e, e)) for span, clause, e in self.assumed]
        self.conditions = [(opened.get(e, e), clauses) for e, clauses in self.conditions]

    def _through(self, e: Expr) -> Iterator[Expr]:
        """Yield what must hold for the definitions and new values that `e` uses to be clear, read where it is."""
        bodies, seen = {d.name: d.body for d in self.definitions}, set[tuple[str, View]]()
        todo = list(needs(e, View.BEFORE))
        while todo:
            name, at = node = todo.pop()
            if node in seen:
                continue
            seen.add(node)
            yield from (n if at is View.BEFORE else core.At(at, n) for n in self.needed.get(name, ()))
            if name in bodies:
                todo += needs(bodies[name], at)
            for case in (*self.rules.get(name, ()), *self.bookkeeping.get(name, ())):
                todo += [*needs(case.guard, View.BEFORE), *needs(case.value, View.BEFORE)]

    def settle_opening(self) -> None:
        """Owe that what the first values of states are made of is defined, and remember whether it was.

        The reminders are written last: first values read those declared before them.
        """
        for i, (state, needed, clause) in enumerate(self.opening):
            kept = f"start.defined{i}"
            self.variables.append(Variable(kept, core.BOOL, needed, clause, hidden=True))
            self.owe_defined(f"the start of `{state}`", [core.Var(kept, core.BOOL)], None, clause)

    def live(self, key: str, never: Expr, clause: str, sentence: str, *, in_states: Expr = TRUE) -> None:
        """Add the question whether something can take effect at all: `sentence` says that it cannot.

        So does `never` of every step, and `in_states` of every state.
        """
        owed = Property(in_states, never)
        self.liveness.append(Obligation(self._unique(key), "rest", owed, (clause,), sentence))

    def see_what_schedules_see(self) -> None:
        """Ask what is asked of every state also of those that only schedules see."""
        table = {d.name: d for d in self.definitions}
        for asked in (self.obligations, self.liveness):
            for i, each in enumerate(asked):
                state, step = each.property.state, each.property.step
                if (seen := where_schedules_look(state, self.schedules, table)) != TRUE:
                    asked[i] = replace(each, property=Property(state, conjunction([step, seen])))

    def _unique(self, key: str) -> str:
        """Return `key`, numbered from its second use on."""
        self.keys[key] += 1
        return key if self.keys[key] == 1 else f"{key}#{self.keys[key]}"


def by_priority(items: Sequence[T], clause_of: Callable[[T], str], scope: Scope) -> list[T]:
    """Return `items` with exceptions before what they except from, otherwise in the order given."""
    left = list(items)
    done: list[T] = []
    while left:
        first = next(
            (i for i in left if not any(scope.makes_exception(clause_of(j), clause_of(i)) for j in left if j is not i)),
            left[0],
        )
        left.remove(first)
        done.append(first)
    return done


def exclusive(one: Expr, other: Expr) -> bool:
    """Return whether two conditions plainly cannot hold together (a syntactic test; False proves nothing)."""
    left = set(one.args if isinstance(one, core.And) else (one,))
    right = set(other.args if isinstance(other, core.And) else (other,))
    if any(core.Not(a) in right for a in left) or any(core.Not(b) in left for b in right):
        return True
    for a in left:
        for b in right:
            if isinstance(a, core.Equal) and isinstance(b, core.Equal) and a.left == b.left:
                literals = (core.EnumLit, core.IntLit, core.BoolLit)
                if isinstance(a.right, literals) and isinstance(b.right, literals) and a.right != b.right:
                    return True
    return False
