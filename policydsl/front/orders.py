"""What is better for whom: the orders by which two wordings are compared, checked against what is declared."""

from collections.abc import Iterable

from policydsl.base.diagnostic import Diagnostic
from policydsl.front.loaded import Order
from policydsl.front.scope import AlreadyWrongError, Scope, WrongError, a_kind, unknown, wrong
from policydsl.front.types import BooleanType, DateType, EnumType, MoneyType, NumberType, PercentType, Type
from policydsl.syntax import ast

_VALUED = frozenset({"state", "definition", "table", "count"})


def lower_orders(items: Iterable[ast.Item], scope: Scope, found: list[Diagnostic]) -> tuple[Order, ...]:
    """Return the orders declared in `items`; mistakes go to `found`."""
    orders: list[Order] = []
    seen: set[tuple[str, str, bool]] = set()
    for item in items:
        if not isinstance(item, ast.Better):
            continue
        for preference in item.preferences:
            try:
                order = _order(item.role, preference, scope)
                key = (order.role, order.name, order.way in {"wider", "narrower"})
                if key in seen:
                    wrong("E0202", preference.span, f"what `{order.name}` is better for {order.role} is said twice")
            except WrongError as error:
                found.append(error.diagnostic)
            except AlreadyWrongError:
                pass
            else:
                seen.add(key)
                orders.append(order)
    return tuple(orders)


def _order(role: ast.Name, preference: ast.Preference, scope: Scope) -> Order:
    known = scope.symbols.get(role.text)
    if known is None or known.kind != "role":
        unknown(role, "role", [s.name for s in scope.symbols.values() if s.kind == "role"])
    scope.used.add(role.text)
    name = preference.name
    if preference.way in {"permitted", "not permitted", "wider", "narrower"}:
        if name.text not in scope.events:
            unknown(name, "act or occurrence", scope.events)
        return Order(role.text, name.text, preference.way, (), None)
    if name.text in scope.broken:
        raise AlreadyWrongError
    symbol = scope.symbols.get(name.text)
    if symbol is None:
        unknown(name, "state, count, definition or table",
                [s.name for s in scope.symbols.values() if s.kind in _VALUED])  # fmt: skip
    if symbol.kind not in _VALUED or symbol.type is None:
        wrong("E0205", name.span, f"`{name.text}` is {a_kind(symbol.kind)}, which has no value to compare")
    if symbol.kind == "table" and scope.tables[name.text].hit is ast.Hit.ALL:
        wrong("E0205", name.span, f"`{name.text}` has no one value to compare: all rows that fit count")
    values = _ranking(preference, symbol.type) if preference.way == "ranking" else ()
    _fits(preference, symbol.type)
    none = (preference.none or "best") if isinstance(symbol.type, DateType) and symbol.type.optional else None
    return Order(role.text, name.text, preference.way, values, none)


_FITS: dict[str, tuple[tuple[type, ...], str]] = {
    "higher": ((NumberType, PercentType, MoneyType), "a number"),
    "lower": ((NumberType, PercentType, MoneyType), "a number"),
    "earlier": ((DateType,), "a date"),
    "later": ((DateType,), "a date"),
    "yes": ((BooleanType,), "yes or no"),
    "no": ((BooleanType,), "yes or no"),
    "ranking": ((EnumType,), "a value of an enumeration"),
}


def _fits(preference: ast.Preference, type_: Type) -> None:
    kinds, words = _FITS[preference.way]
    name = preference.name
    if not isinstance(type_, kinds):
        said = f"`{preference.way}` speaks of {words}" if preference.way != "ranking" else f"a ranking is of {words}"
        right = next(f"write `{w} {name.text}`" for w, (fit, _) in _FITS.items() if isinstance(type_, fit))
        if isinstance(type_, EnumType):
            right = f"write `{name.text}: {' then '.join(type_.sort.values)}`, the best first"
        wrong("E0324", preference.span, f"{said}, which `{name.text}` is not", hint=right)
    if preference.none is not None and not (isinstance(type_, DateType) and type_.optional):
        wrong("E0324", preference.span, f"`{name.text}` always has a date", hint="leave out what is said of none")


def _ranking(preference: ast.Preference, type_: Type) -> tuple[str, ...]:
    if not isinstance(type_, EnumType):
        return ()
    values = tuple(v.text.removeprefix(f"{type_.sort.name}.") for v in preference.values)
    for written, value in zip(preference.values, values, strict=True):
        if value not in type_.sort.values:
            unknown(written, f"value of `{type_.sort.name}`", type_.sort.values)
    missing = [v for v in type_.sort.values if v not in values]
    if missing or len(set(values)) != len(values):
        wrong("E0324", preference.span, f"a ranking of `{preference.name.text}` names every value once",
              hint=f"`{missing[0]}` is missing" if missing else "name none twice")  # fmt: skip
    return values
