"""What a claim asks for, part by part, in words that a rule of the policy can use."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import TypeAlias

from policydsl.analyses.edits import Script
from policydsl.base.records import dataclass
from policydsl.front.loaded import Symbol
from policydsl.syntax import ast

_CHANGING = frozenset({"state", "count", "definition", "table"})


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a claim: `then` is to hold at `events` (none: always) where all of `given` do."""

    events: tuple[str, ...]
    given: tuple[ast.Expr, ...]
    then: ast.Expr


@dataclass(frozen=True, slots=True)
class Speaker:
    """Says in a rule what a claim says: `script` is the claims' text, `symbols` are the policy's."""

    script: Script
    symbols: Mapping[str, Symbol]

    def rule(self, e: ast.Expr, *, new: bool = False) -> str:
        """Return `e` as a rule says it, which reads the state before the step; with `new`, the state after it.

        What the claim calls `old` is what the rule calls by its name.
        """
        start, end = self.script.stretch(e.span)
        text = self.script.text[start:end]
        for low, high, said in sorted(self._changes(e, new=new), reverse=True):
            text = text[: low - start] + said + text[high - start :]
        return " ".join(text.split())

    def _changes(self, e: object, *, new: bool) -> Iterator[tuple[int, int, str]]:
        match e:
            case ast.Old(span=span, arg=arg):
                yield self.script.stretch(span)[0], self.script.stretch(arg.span)[0], ""
            case ast.Name(span=span, text=text) | ast.Indexed(span=span, name=ast.Name(text=text)):
                known = self.symbols.get(text)
                if new and known is not None and known.kind in _CHANGING:
                    start = self.script.stretch(span)[0]
                    yield start, start, "new "
            case ast.Node():
                for each in fields(e):
                    yield from self._changes(getattr(e, each.name), new=new)
            case tuple():
                for each in e:
                    yield from self._changes(each, new=new)
            case _:
                return


def parts(claim: ast.Claim) -> Iterator[Part]:
    """Yield what `claim` asks for, one by one; nothing for claims about two histories or about tables."""
    match claim.form:
        case ast.Always(condition=e):
            yield from _split((), (), e)
        case ast.Never(condition=e):
            yield Part((), (), ast.Not(e.span, e))
        case ast.After(trigger=trigger, condition=e) | ast.Within(trigger=trigger, condition=e):
            given = () if trigger.when is None else (trigger.when,)
            yield from _split(tuple(n.text for n in trigger.events), given, e)
        case _:
            return


def _split(events: tuple[str, ...], given: tuple[ast.Expr, ...], e: ast.Expr) -> Iterator[Part]:
    match e:
        case ast.And(args=args):
            for arg in args:
                yield from _split(events, given, arg)
        case ast.Implies(left=left, right=right):
            yield from _split(events, (*given, left), right)
        case _:
            yield Part(events, given, e)


def atoms(e: object) -> Iterator[ast.Expr]:
    """Yield the conditions that `e` is made of, which no `and`, `or`, `not` or `implies` joins."""
    match e:
        case ast.And(args=args) | ast.Or(args=args):
            for arg in args:
                yield from atoms(arg)
        case ast.Implies(left=left, right=right):
            yield from atoms(left)
            yield from atoms(right)
        case ast.Not(arg=arg):
            yield from atoms(arg)
        case ast.Compare() | ast.In() | ast.IsNone() | ast.Name() | ast.Indexed() | ast.Old():
            yield e
        case _:
            return


def names_in(e: object) -> Iterator[str]:
    """Yield the names that `e` mentions."""
    return (n.text for n in ast.names_within(e))


Constant: TypeAlias = ast.Integer | ast.Duration | ast.Percent | ast.Money | ast.DateLiteral


def constants(e: object) -> Iterator[Constant]:
    """Yield the constants that `e` mentions."""
    return (n for n in ast.nodes(e) if isinstance(n, Constant))
