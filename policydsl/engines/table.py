"""What a sample of a system's histories tells: numbers, dates and simple facts, in columns.

Nothing rests on it but the choice of what to ask.
"""

from collections.abc import Container, Iterable, Iterator, Sequence
from fractions import Fraction
from functools import cached_property
from itertools import islice, product

from policydsl.base.records import dataclass
from policydsl.core.conditions import conjuncts
from policydsl.core.expr import (
    DATE,
    TODAY,
    TRUE,
    And,
    BoolLit,
    BoolSort,
    DateLit,
    DateSort,
    EnumLit,
    EnumSort,
    Equal,
    Expr,
    IntLit,
    IntSort,
    Not,
    Or,
    RatLit,
    RatSort,
    Remainder,
    Sort,
    Use,
    Value,
    Var,
)
from policydsl.core.system import Property, System
from policydsl.core.walk import definition_table, expressions, mentions_step, names, nodes, rewrite, uses, written_out
from policydsl.engines.sample import Sample

_MOST_GUARDS = 40
_MOST_VALUES = 12
_MOST_DEFINED = 16

SET = ".set"
"""The companion of an optional date `d` is the truth value `d.set`; while it is false, `d` keeps its first value."""


# --- what it is asked ----------------------------------------------------------------------------


def asked_parts(asked: Iterable[tuple[Property, tuple[Expr, ...]]], system: System) -> tuple[Expr, ...]:
    """Return the state parts of `asked` properties, conjunct by conjunct, each under the assumptions it comes with."""
    table = definition_table(system)
    found: list[Expr] = []
    for p, fixed in asked:
        if p.state != TRUE and not mentions_step(p.state, table):
            parts = p.state.args if isinstance(p.state, And) else (p.state,)
            found += [Or((*(Not(e) for e in fixed), part)) if fixed else part for part in parts]
    return tuple(dict.fromkeys(found))


def _own_values(system: System) -> tuple[tuple[str, Expr], ...]:
    """Return each date variable with each value that its rules can set it to, if a state tells that value.

    What is reckoned from the day of a step can be told later from a date that was set to that day: it comes last.
    """
    table = definition_table(system)
    timeless = {TODAY, *(p.name for p in system.parameters)}
    dates = {v.name for v in system.variables if isinstance(v.sort, DateSort)}
    today = Var(TODAY, DATE)
    cases = [(u.variable, case.value) for u in system.updates if u.variable in dates for case in u.cases]
    anchors = dict.fromkeys(name for name, value in cases if value == today)
    found, later = list[tuple[str, Expr]](), list[tuple[str, Expr]]()
    for name, value in cases:
        read = names(value, table)
        if not read or mentions_step(value, table):
            continue
        if read <= timeless:
            found.append((name, value))
        if read <= timeless.union(anchors) and value != today and not uses((value,), table):
            own = (a for a in anchors if a != name and (a in read if TODAY not in read else read <= timeless))
            later += [(name, _reckoned_from(Var(a, DATE), value)) for a in own]
    return (*tuple(dict.fromkeys(found))[:_MOST_VALUES], *tuple(dict.fromkeys(later))[:_MOST_VALUES])


def _reckoned_from(anchor: Expr, value: Expr) -> Expr:
    return rewrite(value, lambda e: anchor if e == Var(TODAY, DATE) else None)


def _days_of_setting(system: System) -> Iterator[Expr]:
    """Yield: what must be so of the day on which rules set a date to that day is so of the date, while it is set."""
    table = definition_table(system)
    timeless = {TODAY, *(p.name for p in system.parameters)}
    guards = {e.name: e.guard for e in system.events}
    known = {v.name for v in system.variables}

    def of_the_day(*required: Expr) -> list[Expr]:
        parts = conjuncts(written_out(And(required), table))
        return [e for e in parts if {TODAY} <= names(e, table) <= timeless and not mentions_step(e, table)]

    for update in system.updates:
        date = Var(update.variable, DATE)
        cases = [case for case in update.cases if case.value == Var(TODAY, DATE)]
        ways = [of_the_day(guards.get(step, TRUE), case.guard) for case in cases for step in case.steps or ("",)]
        unset = (Not(Var(date.name + SET, BoolSort())),) if date.name + SET in known else ()
        for each in islice(product(*ways) if ways else (), _MOST_VALUES):
            yield Or((*unset, *dict.fromkeys(_reckoned_from(date, e) for e in each)))


def _own_definitions(system: System) -> tuple[tuple[Use, Sort], ...]:
    """Return the definitions with few values whose value a state tells."""
    table = definition_table(system)
    states = {TODAY, *(p.name for p in system.parameters), *(v.name for v in system.variables)}
    found = [
        (Use(d.name, d.sort), d.sort)
        for d in system.definitions
        if isinstance(d.sort, BoolSort | EnumSort) and names(d.body, table) <= states
    ]
    return tuple(each for each in found if not mentions_step(each[0], table))[:_MOST_DEFINED]


@dataclass(frozen=True, slots=True)
class Probes:
    """What a sample is to tell of each state, besides parameters and variables."""

    asked: tuple[Expr, ...]
    values: tuple[tuple[str, Expr], ...]
    defined: tuple[tuple[Use, Sort], ...]

    def listed(self) -> list[Expr]:
        """Return all."""
        return [*self.asked, *(e for _, e in self.values), *(e for e, _ in self.defined)]


def choose_probes(system: System, asked: Iterable[tuple[Property, tuple[Expr, ...]]]) -> Probes:
    """Return what candidates are made of; `asked` are properties with the assumptions they come with."""
    told = (*asked_parts(asked, system), *_days_of_setting(system))
    return Probes(tuple(dict.fromkeys(told)), _own_values(system), _own_definitions(system))


# --- what it tells -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Table:
    """A sample of `system`, with what is compared in it: the columns of numbers and dates, and the facts.

    `asked`, `values` and `defined` are the probes of the sample: parts of properties, values that rules can set dates
    to, and definitions.
    """

    system: System
    sample: Sample
    asked: tuple[Expr, ...]
    values: tuple[tuple[str, Expr], ...]
    defined: tuple[tuple[Use, Sort], ...]
    mentioned: tuple[Expr, ...]
    about: tuple[Expr, ...] = ()

    @cached_property
    def asked_and_true(self) -> tuple[Expr, ...]:
        """What was asked and is true in all rows."""
        return tuple(e for e, column in zip(self.asked, self.sample.probes, strict=False) if all(column))

    @cached_property
    def facts(self) -> tuple["Fact", ...]:
        """The facts of states: true in some rows and false in others."""
        return self._telling(self.of_variables)

    def facts_about(self, variables: Container[str]) -> tuple["Fact", ...]:
        """Return those of `variables`."""
        return self._telling([f for f in self.of_variables if f.name in variables])

    @cached_property
    def options(self) -> tuple["Fact", ...]:
        """The facts of parameters: readings and truth values."""
        few = [p for p in self.system.parameters if isinstance(p.sort, BoolSort | EnumSort)]
        return self._telling([f for p in few for f in facts_of(Var(p.name, p.sort), self.column(p.name))])

    @cached_property
    def said(self) -> tuple["Fact", ...]:
        """The facts that definitions say of states."""
        columns = self.sample.probes[len(self.asked) + len(self.values) :]
        found = zip(self.defined, columns, strict=True)
        return self._telling([f for (use, _), column in found for f in facts_of(use, column)])

    @cached_property
    def constants(self) -> tuple[Expr, ...]:
        """What is so in all rows: a variable always has one value, or never another."""
        found = self.of_variables
        always = [f.expr for f in found if len(f.rows) == self.sample.rows]
        return (*always, *(negation(f.expr) for f in found if not f.rows and isinstance(f.expr, Equal)))

    @cached_property
    def of_variables(self) -> list["Fact"]:
        """What may be said of variables, whatever the sample says of it."""
        return [f for v in self.system.variables for f in facts_of(Var(v.name, v.sort), self.column(v.name))]

    def _telling(self, found: Iterable["Fact"]) -> tuple["Fact", ...]:
        return tuple(islice((f for f in found if 0 < len(f.rows) < self.sample.rows), _MOST_GUARDS))

    @cached_property
    def integers(self) -> tuple[int, ...]:
        """The whole numbers that the policy mentions, and those next to them, in order."""
        found = {n.value for n in self._nodes if isinstance(n, IntLit)}
        found |= {n.divisor - 1 for n in self._nodes if isinstance(n, Remainder)}
        found |= {-n for n in found}
        return tuple(sorted({0, 1, *(n + d for n in found for d in (-1, 0, 1))}))

    @cached_property
    def rationals(self) -> tuple[Fraction, ...]:
        """The rationals that the policy mentions, in order."""
        return tuple(sorted({Fraction(0), *(n.value for n in self._nodes if isinstance(n, RatLit))}))

    @cached_property
    def days(self) -> tuple[int, ...]:
        """The days that the policy mentions, in order."""
        return tuple(sorted({n.value for n in self._nodes if isinstance(n, DateLit)}))

    @cached_property
    def _nodes(self) -> tuple[Expr, ...]:
        return tuple(nodes(*self.mentioned))

    def column(self, name: str) -> tuple[Value, ...]:
        """Return the values of a name."""
        return self.sample.columns[name]

    def numbers(self, name: str) -> list[int]:
        """Return the values of a name that are integers or dates."""
        if name not in self._numbers:
            self._numbers[name] = [int(value) for value in self.sample.columns[name]]
        return self._numbers[name]

    @cached_property
    def _numbers(self) -> dict[str, list[int]]:
        return {}


@dataclass(frozen=True, slots=True)
class Fact:
    """Something simple about `name`, and the rows in which it is so."""

    name: str
    expr: Expr
    rows: tuple[int, ...]


def facts_of(of: Var | Use, column: Sequence[Value]) -> Iterator[Fact]:
    """Yield what may be said of something with `column` for values."""
    match of.sort:
        case BoolSort():
            yield Fact(of.name, of, tuple(i for i, value in enumerate(column) if value))
            yield Fact(of.name, Not(of), tuple(i for i, value in enumerate(column) if not value))
        case EnumSort(values=values):
            for each in values:
                rows = tuple(i for i, value in enumerate(column) if value == each)
                yield Fact(of.name, Equal(of, EnumLit(of.sort, each)), rows)
        case IntSort():
            yield Fact(of.name, Equal(of, IntLit(0)), tuple(i for i, value in enumerate(column) if value == 0))
        case RatSort() | DateSort():
            return


def make_table(system: System, sample: Sample, probes: Probes, about: Iterable[Expr]) -> Table:
    """Return the table of `sample`; `about` are expressions whose constants matter, besides the system's own."""
    about = tuple(about)
    mentioned = (*probes.asked, *about, *(e for _, e in expressions(system)))
    return Table(system, sample, probes.asked, probes.values, probes.defined, mentioned, about)


def negation(e: Expr) -> Expr:
    """Return that `e` is not so."""
    match e:
        case Not(arg=arg):
            return arg
        case BoolLit(value=value):
            return BoolLit(not value)
        case _:
            return Not(e)
