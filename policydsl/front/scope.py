"""What names mean: every declaration of a policy, found before any expression is read."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import field, replace
from typing import NoReturn, TypeAlias

from policydsl.base.calendar import MONDAY_TO_FRIDAY, BusinessCalendar, Rounding
from policydsl.base.diagnostic import Diagnostic, Note, did_you_mean
from policydsl.base.records import dataclass
from policydsl.base.span import Span
from policydsl.core.expr import DateLit, EnumSort
from policydsl.core.moves import Kept
from policydsl.front.loaded import Symbol, SymbolKind
from policydsl.front.types import (
    BooleanType,
    DateType,
    EnumType,
    MoneyType,
    NumberType,
    PercentType,
    Type,
)
from policydsl.syntax import ast

RESERVED = frozenset({
    "year", "month", "day", "weekday", "start", "end", "days", "months", "old", "new", "permitted", "rows", "min",
    "max", "not",
    "if", "then", "else", "yes", "no", "any", "none", "and", "or", "is", "in", "implies", "includes", "when",
    "otherwise", "today", "clock", "passage", "every",
})  # fmt: skip
MAX_INDEX = 64
"""How many variables an indexed state may stand for."""

WEEKDAY = EnumSort("Weekday", ast.WEEKDAYS)
"""The enumeration that `weekday of` gives; always in scope."""


class WrongError(Exception):
    """A mistake of the user, on its way to the pass that collects it. Never leaves `front`."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


class AlreadyWrongError(Exception):
    """Something depends on a declaration that was already found wrong: there is nothing new to say."""


def wrong(code: str, span: Span, message: str, *, hint: str | None = None, notes: tuple[Note, ...] = ()) -> NoReturn:
    """Raise the mistake."""
    raise WrongError(Diagnostic(code, span, message, hint=hint, notes=notes))


@dataclass(frozen=True, slots=True)
class Home:
    """A declaration and the clause it stands in (`""` outside clauses), with the exceptions that clause makes."""

    node: ast.ClauseItem
    clause: str
    exceptions: frozenset[str]


Meant: TypeAlias = dict[Span, tuple[str, ...]]
"""What is declared as what a name, by its place, means: one thing, or an input of each of several events."""


@dataclass(slots=True)
class Scope:
    """All names of one policy. Filled by `declare`, read-only afterwards.

    `unset` is what the date part of an optional date holds while it is not set, so that equal states are equal:
    the first day of the policy's era, so that arithmetic on it stays there. `copies` is what pairs of histories share.
    Where somebody wants to know what names mean, it is noted in `meant` as they are read.
    """

    month_ends: Rounding | None = None
    ends_inclusive: bool = True
    business_days: BusinessCalendar = MONDAY_TO_FRIDAY
    unset: DateLit = field(default_factory=lambda: DateLit(1))
    symbols: dict[str, Symbol] = field(default_factory=dict)
    enums: dict[str, EnumSort] = field(default_factory=lambda: {WEEKDAY.name: WEEKDAY})
    values: dict[str, list[EnumSort]] = field(default_factory=lambda: {v: [WEEKDAY] for v in WEEKDAY.values})
    subsets: dict[str, tuple[EnumSort, tuple[str, ...]]] = field(default_factory=dict)
    events: dict[str, ast.Event] = field(default_factory=dict)
    steps: set[str] = field(default_factory=set)
    tables: dict[str, ast.Table] = field(default_factory=dict)
    counts: dict[str, ast.Count] = field(default_factory=dict)
    on: dict[str, tuple[str, ...]] = field(default_factory=dict)
    homes: list[Home] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)
    exceptions: dict[str, set[str]] = field(default_factory=dict)
    defined_in: dict[str, set[str]] = field(default_factory=dict)
    clauses: dict[str, Span] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    copies: Kept = field(default_factory=Kept)
    meant: Meant | None = None

    def field_type(self, event: str, name: str) -> Type | None:
        """Return the type of the field `name` of `event`, if it has one."""
        symbol = self.symbols.get(f"{event}.{name}")
        return symbol.type if symbol and symbol.kind in {"field", "choice"} else None

    def note(self, name: ast.Name, *meant: str) -> None:
        """Note, where somebody wants to know, that `name` means what is declared as `meant`."""
        if self.meant is not None:
            self.meant[name.span] = meant

    def makes_exception(self, clause: str, other: str) -> bool:
        """Return whether the rules of `clause` go before those of `other`, directly or through other clauses."""
        seen: set[str] = set()
        todo = [clause]
        while todo:
            for target in self.exceptions.get(todo.pop(), set()) - seen:
                if target == other:
                    return True
                seen.add(target)
                todo.append(target)
        return False

    def resolve_type(self, type_: ast.Type) -> Type:
        """Return the type that `type_` names. Raises WrongError for an unknown enumeration."""
        match type_.base:
            case "boolean":
                return BooleanType()
            case "integer" | "points" | "count" | "days" | "business days" | "months":
                return NumberType(type_.base)
            case "percent":
                return PercentType()
            case "money":
                return MoneyType(type_.name or "")
            case "date":
                return DateType()
            case "date or none":
                return DateType(optional=True)
            case "named":
                return EnumType(self.enum(ast.Name(type_.span, type_.name or "")))

    def enum(self, name: ast.Name) -> EnumSort:
        """Return the enumeration (or reading) called `name`. Raises WrongError."""
        if name.text in self.broken:
            raise AlreadyWrongError
        if name.text not in self.enums:
            unknown(name, "type or enumeration", self.enums)
        self.used.add(name.text)
        return self.enums[name.text]

    def event_names(self, names: Iterable[ast.Name], *, steps: bool = False) -> tuple[str, ...]:
        """Return the events (with `steps`, also schedules) that `names` name. Raises WrongError."""
        found = []
        for name in names:
            if name.text in self.broken:
                raise AlreadyWrongError
            if name.text not in self.events and not (steps and name.text in self.steps):
                if name.text in self.symbols:
                    kind = self.symbols[name.text].kind
                    wrong("E0205", name.span, f"`{name.text}` is {a_kind(kind)}, but an event is needed here")
                unknown(name, "event", [*self.events, *(self.steps if steps else ())])
            self.used.add(name.text)
            found.append(name.text)
        return tuple(found)


def a_kind(kind: SymbolKind) -> str:
    """Return `kind` with its article."""
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def unknown(name: ast.Name, what: str, known: Iterable[str]) -> NoReturn:
    """Raise "no such name", with the closest one that exists."""
    hint = did_you_mean(name.text, known)
    if (meant := _ELSEWHERE.get(name.text.lower())) and what in {"name", "type or enumeration"}:
        hint = f"write `{meant}`"
    wrong("E0201", name.span, f"no {what} named `{name.text}` is in scope", hint=hint)


_ELSEWHERE = {
    "true": "yes", "false": "no", "null": "none", "nil": "none",
    "bool": "boolean", "int": "integer", "number": "integer", "datetime": "date",
}  # fmt: skip
"""What names of other languages are here."""


def labels(items: ast.Labels) -> dict[str, str]:
    """Return labels by language."""
    return {label.language: label.text for label in items}


def declare(items: Iterable[ast.Item], scope: Scope, found: list[Diagnostic]) -> None:
    """Fill `scope` with every declaration in `items`; mistakes go to `found`."""
    flat = list(_flatten(items, found))
    for home in flat:
        scope.exceptions.setdefault(home.clause, set()).update(home.exceptions)
        if isinstance(home.node, ast.Define):
            scope.defined_in.setdefault(home.node.name.text, set()).add(home.clause)
    enums = [h for h in flat if isinstance(h.node, ast.Enumeration | ast.Reading)]
    others = [h for h in flat if not isinstance(h.node, ast.Enumeration | ast.Reading)]
    # Enumerations first: types name them.
    bad = [h for h in enums if not _sound(h, _declare_enum, scope, found)]
    bad += [h for h in others if not _sound(h, _declare, scope, found)]
    scope.homes.extend(h for h in flat if not any(h is b for b in bad))


def _sound(home: Home, declare_one: Callable[[Home, Scope], None], scope: Scope, found: list[Diagnostic]) -> bool:
    """Declare; a declaration that is wrong is remembered, so that what uses it is not blamed too."""
    try:
        declare_one(home, scope)
    except WrongError as error:
        found.append(in_clause(error.diagnostic, home.clause))
    except AlreadyWrongError:
        pass
    else:
        return True
    if not isinstance(home.node, ast.ExceptionTo | ast.Assume | ast.Rule) and home.node.name.text not in scope.symbols:
        scope.broken.add(home.node.name.text)
    return False


def in_clause(diagnostic: Diagnostic, clause: str) -> Diagnostic:
    """Return `diagnostic` with its clause."""
    return replace(diagnostic, clause=clause or None)


def _flatten(items: Iterable[ast.Item], found: list[Diagnostic]) -> Iterator[Home]:
    for item in items:
        if isinstance(item, ast.Clause):
            exceptions: set[str] = set()
            for line in item.items:
                if isinstance(line, ast.ExceptionTo):
                    for other in line.clauses:
                        if other.number == item.number.number:
                            message = f"clause {other.number} cannot be an exception to itself"
                            found.append(Diagnostic("E0315", other.span, message, other.number))
                        exceptions.add(other.number)
            for line in item.items:
                yield Home(line, item.number.number, frozenset(exceptions))
        elif isinstance(item, ast.Role | ast.Enumeration | ast.Subset):
            yield Home(item, "", frozenset())


def _add(scope: Scope, name: ast.Name, symbol: Symbol) -> None:
    if name.text.split(".")[0] in RESERVED or name.text in RESERVED:
        wrong("E0203", name.span, f"`{name.text}` is a word of the language and cannot be a name")
    if "." in name.text:
        wrong("E0203", name.span, "a declared name has no dot", hint=f"write `{name.text.replace('.', '_')}`")
    _register(scope, name.span, symbol)


def _register(scope: Scope, span: Span, symbol: Symbol) -> None:
    known = scope.symbols.get(symbol.name)
    if known is not None:
        note = Note(known.span, f"`{symbol.name}` is declared here")
        wrong("E0202", span, f"`{symbol.name}` is declared twice", notes=(note,))
    scope.symbols[symbol.name] = symbol


def _declare_enum(home: Home, scope: Scope) -> None:
    node = home.node
    kind: SymbolKind
    if isinstance(node, ast.Reading):
        values: list[ast.Name] = [o.name for o in node.options]
        kind = "reading"
        if len(values) < 2 or sum(o.default for o in node.options) != 1:  # noqa: PLR2004  an ambiguity has two sides
            wrong("E0311", node.name.span, f"the reading `{node.name.text}` needs two or more options, one the default",
                  hint="write `default` behind one option")  # fmt: skip
    elif isinstance(node, ast.Enumeration):
        values = [v.name for v in node.values]
        kind = "enumeration"
    else:
        return
    if node.name.text == WEEKDAY.name:
        wrong("E0203", node.name.span, f"`{WEEKDAY.name}` is what `weekday of` gives, and cannot be a name")
    seen: set[str] = set()
    for value in values:
        if value.text in seen:
            wrong("E0202", value.span, f"`{value.text}` stands twice in `{node.name.text}`")
        if value.text in RESERVED or "." in value.text:
            wrong("E0203", value.span, f"`{value.text}` cannot be the name of a value")
        seen.add(value.text)
    sort = EnumSort(node.name.text, tuple(v.text for v in values))
    type_ = EnumType(sort)
    _add(scope, node.name, Symbol(node.name.text, kind, type_, home.clause, node.name.span, labels(node.labels)))
    scope.enums[sort.name] = sort
    for value in values:
        scope.values.setdefault(value.text, []).append(sort)
    for one in node.values if isinstance(node, ast.Enumeration) else node.options:
        name = f"{sort.name}.{one.name.text}"
        scope.symbols[name] = Symbol(name, "value", type_, home.clause, one.name.span, labels(one.labels))


def _declare(home: Home, scope: Scope) -> None:
    node, clause = home.node, home.clause

    def symbol(kind: SymbolKind, type_: Type | None = None, index: tuple[str, ...] = ()) -> Symbol:
        assert not isinstance(node, ast.ExceptionTo | ast.Assume | ast.Rule)
        of = node.index.text if isinstance(node, ast.State) and isinstance(node.index, ast.Name) else ""
        by = node.of.text if isinstance(node, ast.Duty) else ""
        return Symbol(node.name.text, kind, type_, clause, node.name.span, labels(node.labels), index,
                      index_of=of, owed_by=by)  # fmt: skip

    match node:
        case ast.Role():
            if node.name.text not in scope.symbols or scope.symbols[node.name.text].kind != "role":
                _add(scope, node.name, symbol("role"))
        case ast.Subset():
            _declare_subset(node, scope, symbol)
        case ast.Parameter():
            _add(scope, node.name, symbol("parameter", scope.resolve_type(node.type)))
        case ast.State():
            index = _index(node, scope)
            _add(scope, node.name, symbol("state", scope.resolve_type(node.type), index))
        case ast.Event():
            _declare_event(node, clause, scope, symbol(node.kind))
        case ast.Count():
            _add(scope, node.name, symbol("count", NumberType("count") if node.adding is None else None))
            scope.counts[node.name.text] = node
        case ast.Define():
            others = scope.defined_in.get(node.name.text, set()) - {clause}
            if not any(scope.makes_exception(clause, other) for other in others):
                _add(scope, node.name, symbol("definition", scope.resolve_type(node.type)))
        case ast.Table():
            _add(scope, node.name, symbol("table", scope.resolve_type(node.type)))
            scope.tables[node.name.text] = node
        case ast.Schedule():
            _add(scope, node.name, symbol("schedule"))
            scope.steps.add(node.name.text)
        case ast.Duty():
            _declare_duty(node, clause, scope, symbol("duty"))
        case ast.Enumeration() | ast.Reading() | ast.ExceptionTo() | ast.Assume() | ast.Rule():
            pass


def _index(node: ast.State, scope: Scope) -> tuple[str, ...]:
    match node.index:
        case None:
            return ()
        case ast.Name(span=span):
            values = scope.enum(node.index).values
            if len(values) > MAX_INDEX:
                wrong("E0312", span, f"an index may have at most {MAX_INDEX} values")
            return values
        case ast.IndexRange(span=span, low=low, high=high):
            if low > high:
                wrong("E0304", span, f"the range {low} .. {high} is empty")
            if high - low >= MAX_INDEX:
                wrong("E0312", span, f"an index may have at most {MAX_INDEX} values")
            return tuple(str(i) for i in range(low, high + 1))


def _declare_event(node: ast.Event, clause: str, scope: Scope, symbol: Symbol) -> None:
    _add(scope, node.name, symbol)
    scope.events[node.name.text] = node
    scope.steps.add(node.name.text)
    for item in node.fields:
        if item.name.text in RESERVED or "." in item.name.text:
            wrong("E0203", item.name.span, f"`{item.name.text}` cannot be the name of a field")
        type_ = scope.resolve_type(item.type)
        if isinstance(type_, DateType) and type_.optional:
            wrong("E0302", item.type.span, "a field always has a value", hint="use two events, or a boolean beside it")
        name = f"{node.name.text}.{item.name.text}"
        kind: SymbolKind = "field" if item.by is None else "choice"
        _register(scope, item.name.span, Symbol(name, kind, type_, clause, item.name.span, labels(item.labels)))


def _declare_subset(node: ast.Subset, scope: Scope, symbol: Callable[[SymbolKind, Type], Symbol]) -> None:
    sort, name = scope.enum(node.of), node.name.text
    values = [ast.Name(v.span, v.text.removeprefix(f"{sort.name}.")) for v in node.values]
    for value in values:
        if value.text not in sort.values:
            unknown(value, f"value of `{sort.name}`", sort.values)
    if name in sort.values:
        note = Note(scope.symbols[f"{sort.name}.{name}"].span, f"`{name}` stands here")
        wrong("E0202", node.name.span, f"`{name}` is a value of `{sort.name}` already", notes=(note,))
    _add(scope, node.name, symbol("subset", EnumType(sort)))
    scope.subsets[name] = (sort, tuple(v.text for v in values))


def _declare_duty(node: ast.Duty, clause: str, scope: Scope, symbol: Symbol) -> None:
    _add(scope, node.name, symbol)
    name, span, own = node.name.text, node.name.span, labels(node.labels)
    _register(scope, span, Symbol(f"{name}.open", "state", BooleanType(), clause, span, own))
    _register(scope, span, Symbol(f"{name}.due", "state", DateType(optional=True), clause, span, own))
    _register(scope, span, Symbol(f"{name}.missed", "schedule", None, clause, span, own))
    scope.steps.add(f"{name}.missed")
