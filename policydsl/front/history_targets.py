"""What an expectation in a history speaks of: a state, a count, a definition, a table, a permission."""

import difflib
import re

from policydsl.base.records import dataclass
from policydsl.core.expr import BOOL, BoolSort, DateSort, EnumSort, Expr, IntSort, RatSort, Sort, Use, Var
from policydsl.core.walk import definition_table
from policydsl.front.loaded import SET_SUFFIX, LoadedPolicy, set_name
from policydsl.front.types import (
    BooleanType,
    DateType,
    EnumType,
    NumberType,
    PercentType,
    Type,
)

_PERMITTED = re.compile(r"permitted +(\S+)")
_ROWS = re.compile(r"rows +of +(\S+)")


@dataclass(frozen=True, slots=True)
class Target:
    """A value of the policy by `name`, as written. `present` (for optional dates) says whether it is set.

    Read in the state after the step; with `events`, before the step, and only where it is one of them.
    """

    name: str
    type: Type
    value: Expr
    present: Expr | None = None
    events: tuple[str, ...] = ()


def find_target(name: str, policy: LoadedPolicy) -> Target | None:
    """Return what `name` means: `score`, `score[x]`, `band`, `permitted terminate`, `rows of band`."""
    name = " ".join(name.split())
    if found := _PERMITTED.fullmatch(name):
        return _defined(name, f"{found.group(1)}.permitted", BooleanType(), policy)
    if found := _ROWS.fullmatch(name):
        table = policy.symbols.get(found.group(1))
        on = () if table is None else table.on
        return _defined(name, f"{found.group(1)}.rows", NumberType("count"), policy, on)
    if policy.gives_all(name):
        return None
    symbol = policy.symbols.get(name.partition("[")[0])
    type_ = symbol.type if symbol is not None else None
    if symbol is not None and symbol.kind == "count":
        return _defined(name, f"{name}.so_far", type_, policy)
    variable = next((v for v in policy.system.variables if v.name == name), None)
    if variable is not None:
        type_ = type_ or _type_of(variable.sort)
        optional = isinstance(type_, DateType) and type_.optional
        return Target(name, type_, Var(name, variable.sort), Var(set_name(name), BOOL) if optional else None)
    return _defined(name, name, type_, policy, () if symbol is None else symbol.on)


def _defined(
    name: str, core_name: str, type_: Type | None, policy: LoadedPolicy, on: tuple[str, ...] = ()
) -> Target | None:
    definitions = definition_table(policy.system)
    if core_name not in definitions:
        return None
    sort = definitions[core_name].sort
    present = Use(core_name + SET_SUFFIX, BOOL) if core_name + SET_SUFFIX in definitions else None
    return Target(name, type_ or _type_of(sort), Use(core_name, sort), present, on)


def _type_of(sort: Sort) -> Type:
    """Return a plain surface type of `sort`."""
    match sort:
        case BoolSort():
            return BooleanType()
        case IntSort():
            return NumberType("integer")
        case RatSort():
            return PercentType()
        case DateSort():
            return DateType()
        case EnumSort():
            return EnumType(sort)


def close_to(name: str, policy: LoadedPolicy) -> str | None:
    """Return the name that was probably meant by `name`."""
    known = [v.name for v in policy.system.variables if not v.hidden]
    kinds = {"count", "definition", "table"}
    known += [s.name for s in policy.symbols.values() if s.kind in kinds and not policy.gives_all(s.name)]
    known += [f"permitted {s.name}" for s in policy.symbols.values() if s.kind == "act"]
    close = difflib.get_close_matches(name, known, 1, 0.6)
    return close[0] if close else None
