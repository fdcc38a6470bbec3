"""What a name means where it stands: inputs at hand, values, state, counts, definitions, tables."""

from policydsl.core import expr as core
from policydsl.core.conditions import happens
from policydsl.core.expr import INT, Expr, View
from policydsl.front.loaded import SET_SUFFIX, Symbol, set_name
from policydsl.front.scope import AlreadyWrongError, Scope, a_kind, unknown, wrong
from policydsl.front.typed import BOOLEAN, COUNT, DATE_TYPE, TODAY, Env, Typed
from policydsl.front.types import DateType, EnumType, Type, sort_of
from policydsl.syntax import ast


def read_name(e: ast.Name, env: Env, expected: Type | None) -> Typed:
    """Return the value that `e` names; where an enumeration is `expected`, its values come first."""
    text = e.text
    if text in env.scope.broken:
        raise AlreadyWrongError
    if text == core.TODAY:
        return Typed(TODAY, DATE_TYPE)
    if text == "every":
        wrong("E0205", e.span, "`every` sets all variables of a state at once; it has no value",
              hint="read them one by one")  # fmt: skip
    _means_one_thing(e, env)
    if text in env.rigid:
        return Typed(core.Var(text, sort_of(env.rigid[text])), env.rigid[text])
    own = input_at_hand(text, env)
    if own is not None:
        env.scope.note(e, *_inputs(text, env))
        return own
    if isinstance(expected, EnumType) and text in expected.sort.values:
        env.scope.note(e, f"{expected.sort.name}.{text}")
        return Typed(core.EnumLit(expected.sort, text), expected)
    symbol = env.scope.symbols.get(text)
    if symbol is not None:
        env.scope.used.add(text)
        env.scope.note(e, text)
        return _symbol(e, symbol, env)
    if text in env.scope.values:
        return _value(e, env)
    known = [n for n, s in env.scope.symbols.items() if s.type is not None]
    fields = [s.name.split(".", 1)[1] for s in env.scope.symbols.values() if s.kind in {"field", "choice"}]
    if text in fields:
        events = sorted(s.name.split(".")[0] for s in env.scope.symbols.values() if s.name.endswith("." + text))
        comes = " and ".join(f"`{x}`" for x in events)
        wrong("E0212", e.span, f"`{text}` comes with {comes}, which is not at hand here",
              hint=_at_hand(events[0]))  # fmt: skip
    unknown(e, "name", [*known, *env.scope.values, *env.rigid, *(fields if env.events else ()), core.TODAY])


_READ = frozenset({"parameter", "reading", "state", "count", "definition", "table"})
"""What has a value that its name stands for."""


def _means_one_thing(e: ast.Name, env: Env) -> None:
    """Raise WrongError where `e` is called like something that comes with an event at hand, and like something else.

    That may be a value of its own enumeration; so with what is declared.
    """
    symbol = env.scope.symbols.get(e.text)
    declared = symbol is not None and symbol.kind in _READ
    comes = [n for n in _inputs(e.text, env) if "." not in e.text and n in env.scope.symbols]
    if comes and (declared or e.text in env.rigid):
        what, event = (
            "what the claim says `for every`" if symbol is None else a_kind(symbol.kind),
            comes[0].split(".")[0],
        )
        wrong("E0208", e.span, f"`{e.text}` is {what}, and comes with `{event}`, too",
              hint=f"write `{comes[0]}` for what comes with it; if the other is meant, rename one")  # fmt: skip
    meant = env.scope.symbols[comes[0]] if comes else symbol if declared else None
    if meant is not None and isinstance(meant.type, EnumType) and e.text in meant.type.sort.values:
        full = f"{meant.type.sort.name}.{e.text}"
        other = f"`{comes[0]}` for the {meant.kind}" if comes else f"if the {meant.kind} is meant, rename one"
        wrong("E0208", e.span, f"`{e.text}` is {a_kind(meant.kind)}, and a value of `{meant.type.sort.name}`, too",
              hint=f"write `{full}` for the value; {other}")  # fmt: skip


def _inputs(text: str, env: Env) -> tuple[str, ...]:
    """Return the full names of the inputs that `text` may mean, of the events at hand."""
    event, _, name = text.rpartition(".")
    owners = (event,) if event in (env.events or ()) else (env.events or ()) if not event else ()
    return tuple(f"{o}.{name}" for o in owners)


def input_at_hand(text: str, env: Env) -> Typed | None:
    """Return the input `text` of the events at hand: in full (`event.field`) or, where all have it, by itself."""
    inputs = _inputs(text, env)
    types = [env.scope.field_type(*n.split(".", 1)) for n in inputs]
    if not types or types[0] is None or any(t != types[0] for t in types):
        return None
    type_ = types[0]
    env.scope.used.update(inputs)
    made: Expr = core.Var(inputs[-1], sort_of(type_))
    for name in reversed(inputs[:-1]):
        made = core.Ite(core.Happens(name.split(".", 1)[0]), core.Var(name, sort_of(type_)), made)
    return Typed(made, type_)


def _symbol(e: ast.Name, symbol: Symbol, env: Env) -> Typed:
    match symbol.kind:
        case "parameter" | "state" | "reading":
            if symbol.index:
                hint = f"write `{e.text}[{symbol.index[0]}]`"
                wrong("E0205", e.span, f"`{e.text}` is one variable for each value of its index", hint=hint)
            assert symbol.type is not None
            return variable(e.text, symbol.type, env)
        case "count":
            return read_count(e.text, env)
        case "definition" | "table":
            assert symbol.type is not None
            if symbol.kind == "table" and env.scope.tables[e.text].hit is ast.Hit.ALL:
                wrong("E0205", e.span, f"`{e.text}` has no one value: all rows that fit count",
                      hint=f"write `{e.text} includes VALUE`")  # fmt: skip
            return definition(e, symbol.name, symbol.type, env)
        case "value":
            assert isinstance(symbol.type, EnumType)
            return Typed(core.EnumLit(symbol.type.sort, e.text.split(".", 1)[1]), symbol.type)
        case "field" | "choice":
            event = e.text.split(".")[0]
            wrong("E0212", e.span, f"`{e.text}` can be read only where `{event}` is at hand",
                  hint=_at_hand(event))  # fmt: skip
        case "duty":
            wrong("E0205", e.span, f"`{e.text}` is a duty", hint=f"write `{e.text}.open` or `{e.text}.due`")
        case "role" | "enumeration" | "subset" | "occurrence" | "act" | "schedule":
            wrong("E0205", e.span, f"`{e.text}` is {a_kind(symbol.kind)}, but a value is needed here")


def _at_hand(event: str) -> str:
    return f"write this on `{event}`: `on {event}`, `after {event}`, or `where` below its facts"


def variable(name: str, type_: Type, env: Env) -> Typed:
    """Return the variable or parameter `name`; an optional date known to be set here is a date."""
    made = core.Var(name, sort_of(type_))
    if isinstance(type_, DateType) and type_.optional:
        if (name, env.view) in env.known:
            return Typed(made, DATE_TYPE)
        return Typed(made, type_, present=core.Var(set_name(name), core.BOOL))
    return Typed(made, type_)


def definition(e: ast.Name, name: str, type_: Type, env: Env) -> Typed:
    """Return the value of a definition or table. Raises WrongError where its event is not at hand."""
    on = env.scope.on.get(name, ())
    made: Expr = core.Use(name, sort_of(type_))
    present: Expr = core.Use(name + SET_SUFFIX, core.BOOL)
    if on:
        if env.events is None or not set(env.events) <= set(on) or not env.events:
            events = " or ".join(on)
            wrong("E0212", e.span, f"`{name}` is defined on {events}, which is not at hand here",
                  hint=f"write this on `{on[0]}`: `on {on[0]}` or `after {on[0]}`")  # fmt: skip
        # What is defined on an event is always read as that event's rules read it: before the step.
        made, present = core.At(View.BEFORE, made), core.At(View.BEFORE, present)
    if isinstance(type_, DateType) and type_.optional:
        if (name, env.view) in env.known:
            return Typed(made, DATE_TYPE)
        return Typed(made, type_, present=present)
    return Typed(made, type_)


def rolled(name: str) -> str:
    """Return the name of the definition of a count's value as seen from the view at hand."""
    return f"{name}.so_far"


def read_count(name: str, env: Env) -> Typed:
    """Return the value of a count: with the event at hand where the count says that it is included.

    An event that begins the window anew and is not counted is neither included nor left out: there, as anywhere, a rule
    reads what was before it, and a claim what is after it.
    """
    count, symbol = env.scope.counts[name], env.scope.symbols[name]
    type_ = symbol.type or COUNT
    made: Expr = core.Use(rolled(name), sort_of(type_))
    if env.events is None or env.forced:
        return Typed(made, type_)
    own, told = core.At(env.view, made), core.At(View.AFTER if count.included else View.BEFORE, made)
    window = count.window.events if isinstance(count.window, ast.SinceWindow) else ()
    anew = {n.text for n in window} - {n.text for n in count.events}
    here = anew & set(env.events) if env.events else anew
    if own == told or not here:
        return Typed(told, type_)
    alone = bool(env.events) and set(env.events) <= anew
    return Typed(own if alone else core.Ite(happens(sorted(here)), own, told), type_)


def _value(e: ast.Name, env: Env) -> Typed:
    sorts = env.scope.values[e.text]
    if len(sorts) > 1:
        names = " or ".join(f"`{s.name}.{e.text}`" for s in sorts)
        wrong("E0208", e.span, f"`{e.text}` is a value of {len(sorts)} enumerations", hint=f"write {names}")
    env.scope.used.add(sorts[0].name)
    env.scope.note(e, f"{sorts[0].name}.{e.text}")
    return Typed(core.EnumLit(sorts[0], e.text), EnumType(sorts[0]))


def is_value(e: ast.Expr, env: Env) -> bool:
    """Whether `e` is a bare name of an enumeration value, which needs to know what it is compared with."""
    return (
        isinstance(e, ast.Name)
        and e.text in env.scope.values
        and e.text not in env.scope.symbols
        and e.text not in env.rigid
        and input_at_hand(e.text, env) is None
    )


def index_sort(symbol: Symbol, scope: Scope) -> core.EnumSort | None:
    """Return the enumeration over which `symbol` is indexed; None for a range of numbers."""
    for home in scope.homes:
        if isinstance(home.node, ast.State) and home.node.name.text == symbol.name:
            return scope.enums[home.node.index.text] if isinstance(home.node.index, ast.Name) else None
    return None


def permitted(act: ast.Name, env: Env) -> Typed:
    """Return whether the event `act` is permitted (or possible) in the state at hand."""
    if act.text not in env.scope.events:
        unknown(act, "act or occurrence", env.scope.events)
    env.scope.used.add(act.text)
    return Typed(core.Use(f"{act.text}.permitted", core.BOOL), BOOLEAN)


def table_named(name: ast.Name, env: Env) -> ast.Table:
    """Return the table that `name` names. Raises WrongError."""
    if name.text in env.scope.broken:
        raise AlreadyWrongError
    if name.text not in env.scope.tables:
        unknown(name, "table", env.scope.tables)
    env.scope.used.add(name.text)
    return env.scope.tables[name.text]


def table_part(name: ast.Name, made: Expr, env: Env) -> Expr:
    """Return `made`, read as the table is: where that is defined on an event, before the step."""
    if not env.scope.on.get(name.text):
        return made
    definition(name, name.text, BOOLEAN, env)  # the check that its event is at hand
    return core.At(View.BEFORE, made)


def rows_of(name: ast.Name, env: Env) -> Typed:
    """Return how many rows of a table fit."""
    table_named(name, env)
    return Typed(table_part(name, core.Use(f"{name.text}.rows", INT), env), COUNT)
