"""What is certain of optional dates where a condition holds: read off its form, before anything is elaborated."""

from dataclasses import replace

from policydsl.core.expr import View
from policydsl.front.names import index_sort
from policydsl.front.typed import Env
from policydsl.syntax import ast


def facts(e: ast.Expr, env: Env, *, holds: bool) -> frozenset[tuple[str, View]]:
    """Return the optional dates certainly set where `e` is true (or, without `holds`, where it is false)."""
    match e:
        case ast.IsNone(arg=arg, negated=negated) if negated == holds:
            key = key_of(arg, env)
            return frozenset() if key is None else frozenset({key})
        case ast.Not(arg=arg):
            return facts(arg, env, holds=not holds)
        case ast.And(args=args) if holds:
            return frozenset().union(*(facts(a, env, holds=True) for a in args))
        case ast.Or(args=args) if not holds:
            return frozenset().union(*(facts(a, env, holds=False) for a in args))
        case ast.InHistory(arg=arg, which=which):
            return frozenset((mark(which) + name, view) for name, view in facts(arg, env, holds=holds))
        case _:
            return frozenset()


def key_of(e: ast.Expr, env: Env) -> tuple[str, View] | None:
    """Return under which key `facts` and `Env.known` know the optional date `e`; None where it has no name."""
    match e:
        case ast.Name(text=text):
            return (text, env.view)
        case ast.Old(arg=arg):
            return key_of(arg, replace(env, view=View.BEFORE, forced=True))
        case ast.New(arg=arg):
            return key_of(arg, replace(env, view=View.AFTER, forced=True))
        case ast.Indexed(name=name, index=ast.Integer(value=number)):
            return (f"{name.text}[{number}]", env.view)
        case ast.Indexed(name=name, index=ast.Name(text=text)):
            shifted = "shifted " if env.forced and text in env.scope.counts else ""  # behind `old` it is another number
            return (f"{name.text}[{_constant(name.text, text, env) or f'={shifted}{text}'}]", env.view)
        case ast.InHistory(arg=arg, which=which):
            key = key_of(arg, env)
            return None if key is None else (mark(which) + key[0], key[1])
        case _:
            return None


def _constant(name: str, text: str, env: Env) -> str | None:
    """Return the value that `text` stands for of the enumeration over which `name` is indexed; None if it is none."""
    symbol, index = env.scope.symbols.get(name), env.scope.symbols.get(text)
    if symbol is None:
        return None
    if index is not None and index.kind == "value":
        return text.split(".", 1)[1]
    sort = index_sort(symbol, env.scope)
    return text if sort is not None and text in sort.values else None


def mark(which: str) -> str:
    """Return what tells what is known of one history from what is known of the other."""
    return f"{which} history."
