"""Values of a policy's names in a place of a history, written as its language writes them."""

from fractions import Fraction

from policydsl.analyses.listed import rows_of
from policydsl.core.expr import BoolSort, Sort, Value, View
from policydsl.core.show import show_value as show_core
from policydsl.front.loaded import SET_SUFFIX, LoadedPolicy, Symbol, set_name
from policydsl.front.types import BooleanType, DateType, NumberType, Type, show_value
from policydsl.report.told import Which
from policydsl.semantics import evaluate
from policydsl.semantics.evaluate import Env

_SO_FAR, _PERMITTED, ROWS_SUFFIX = ".so_far", ".permitted", ".rows"
"""What lowering appends to a name: the value of a count, whether an act is permitted, how many rows fit."""


def declared_name(name: str) -> str:
    """Return the name that the policy declares for a variable or definition of the core."""
    return name.removesuffix(_SO_FAR).removesuffix(SET_SUFFIX)


def value_in(policy: LoadedPolicy, name: str, env: Env) -> tuple[str, str] | None:
    """Return what the state, count, definition, table or permission `name` is called, and its value.

    It may be the name of one of two histories: see `history_of`.
    """
    for suffix, prefix, type_ in ((_PERMITTED, "permitted ", BooleanType()), (ROWS_SUFFIX, "rows of ", _COUNT)):
        if name.endswith(suffix) and name in env.definitions:
            value = evaluate.evaluate(env.definitions[name].body, env)
            return prefix + bare_name(name).removesuffix(suffix), show_value(value, type_)
    declared = declared_name(name)
    symbol = policy.symbols.get(bare_name(declared).partition("[")[0])
    if symbol is None or symbol.kind not in {"state", "count", "definition", "table"}:
        return None
    known = declared + _SO_FAR if symbol.kind == "count" else declared
    made = env.definitions[known].body if known in env.definitions else None
    if made is None and known not in env.before:
        return None
    if symbol.kind == "table" and policy.gives_all(symbol.name):
        return bare_name(declared), _included(policy, symbol, env)
    value = env.after[known] if made is None else evaluate.evaluate(made, env)
    if made is None and env.view is View.BEFORE:
        value = env.before[known]
    return bare_name(declared), _shown(known, value, symbol.type or _COUNT, env)


def _included(policy: LoadedPolicy, table: Symbol, env: Env) -> str:
    """Return what a table includes of which all rows count."""
    fitting = (v for fits, v in rows_of(policy.system, table.name) if evaluate.holds(fits, env))
    values = dict.fromkeys(evaluate.evaluate(v, env) for v in fitting)
    return ", ".join(show_value(v, table.type or _COUNT) for v in values) or "none"


def is_of_event(policy: LoadedPolicy, name: str) -> bool:
    """Return whether what is called `name` is said of an event: it has no value before that, and none after."""
    symbol = policy.symbols.get(bare_name(declared_name(name)).partition("[")[0])
    return symbol is not None and bool(symbol.on)


def history_of(name: str) -> Which | None:
    """Return which of two histories `name`, one of their product, belongs to; None if it is no such name."""
    return next((which for which in _HISTORIES if name.startswith(f"{which}/")), None)


def bare_name(name: str) -> str:
    """Return `name` without the mark of one of two histories."""
    return name if history_of(name) is None else name.partition("/")[2]


_HISTORIES: tuple[Which, ...] = ("first", "second")


_COUNT = NumberType("count")


def _shown(name: str, value: Value, type_: Type, env: Env) -> str:
    if isinstance(type_, DateType) and type_.optional:
        if name + SET_SUFFIX in env.definitions:
            present = evaluate.holds(env.definitions[name + SET_SUFFIX].body, env)
        else:
            state = env.before if env.view is View.BEFORE else env.after
            present = bool(state[set_name(name)])
        return show_value(value if present else None, type_)
    return show_value(value, type_)


def input_of(policy: LoadedPolicy, name: str, value: Value, sort: Sort) -> str:
    """Return the value of the input or parameter `name` as the language writes it."""
    symbol = policy.symbols.get(name)
    if symbol is not None and symbol.type is not None:
        return show_value(value, symbol.type)
    if isinstance(sort, BoolSort):
        return "yes" if value else "no"
    return str(value) if isinstance(value, Fraction) else show_core(value, sort)


def observed(policy: LoadedPolicy, name: str, env: Env) -> str | None:
    """Return what the state, count, definition, table or permission `name` is in `env`; None where there is none."""
    fact = value_in(policy, name, env)
    return None if fact is None else fact[1]
