"""How names and values are called in a report: by their labels, else as declared, underscores as spaces."""

from collections.abc import Mapping
from fractions import Fraction

from policydsl.base.calendar import show_day
from policydsl.core.expr import BoolSort, DateSort, Sort, Value
from policydsl.core.show import show_value as show_core
from policydsl.front.loaded import LoadedPolicy
from policydsl.front.types import EnumType, Type, show_value


def name_of(policy: LoadedPolicy, name: str) -> str:
    """Return what `name` is called: a declared name, `event.field`, `state[index]` or `duty.open`."""
    bare, bracket, index = name.partition("[")
    symbol = policy.symbols.get(bare)
    called = _label(symbol.labels) if symbol is not None else None
    if called is None or "." in bare:
        own = bare if symbol is None or symbol.kind not in {"field", "choice"} else bare.rpartition(".")[2]
        called = _label(symbol.labels) if symbol is not None and symbol.kind in {"field", "choice"} else None
        called = called or own.replace(".", " ").replace("_", " ")
    return f"{called} [{index.removesuffix(']').replace('_', ' ')}]" if bracket else called


def value_of(policy: LoadedPolicy, value: Value | None, type_: Type) -> str:
    """Return what `value` is called."""
    if isinstance(type_, EnumType) and value is not None:
        symbol = policy.symbols.get(f"{type_.sort.name}.{value}")
        label = _label(symbol.labels) if symbol is not None else None
        return label or str(value).replace("_", " ")
    return show_value(value, type_)


def input_of(policy: LoadedPolicy, name: str, value: Value, sort: Sort) -> str:
    """Return what the value of the input or parameter `name` is called."""
    symbol = policy.symbols.get(name)
    if symbol is not None and symbol.type is not None:
        return value_of(policy, value, symbol.type)
    if isinstance(sort, BoolSort):
        return "yes" if value else "no"
    if isinstance(sort, DateSort):
        return show_day(int(value))
    return str(value) if isinstance(value, Fraction) else show_core(value, sort)


def _label(labels: Mapping[str, str]) -> str | None:
    return labels.get("en")
