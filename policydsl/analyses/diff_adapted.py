"""What the authors of lemmas might say of the new wording: guesses, tried as lemmas of what is claimed of it.

An edit often breaks one part of a lemma, or one number in it, and with it the proofs that need the lemma. So each part
is tried by itself: as it is, with its numbers moved as the edit moves others, with its bounds as far off as values lie
apart in what the edit changes, and an equality as an order.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import islice, product
from typing import TypeAlias

from policydsl.core.expr import TRUE, And, Equal, Expr, IntLit, Ite, Less, Or, RatLit
from policydsl.core.system import Property, Question, System
from policydsl.core.walk import children, expressions, nodes, rewrite

_Number: TypeAlias = IntLit | RatLit
_Amount: TypeAlias = int | Fraction

_MOST, _MOST_AMOUNTS = 300, 6


def adapted(old: System, new: System, lemmas: Iterable[Question]) -> Iterator[Question]:
    """Yield what `lemmas`, questions about `new`, might say since the edit that has made it of `old`."""
    moved, apart = _changes(old, new)
    for lemma in lemmas:
        found: dict[Expr, None] = {}
        for guards, part in _parts(lemma.property.state):
            for each in (part, *_moved(part, moved), *_shifted(part, apart)):
                found |= {Or((*guards, e)) if guards else e: None for e in (each, *_orders(each))}
        found.pop(lemma.property.state, None)
        for n, e in enumerate(islice(found, _MOST)):
            yield Question(f"{lemma.key}, adapted {n}", lemma.system, Property(e, TRUE), None)


def _parts(e: Expr, guards: tuple[Expr, ...] = ()) -> Iterator[tuple[tuple[Expr, ...], Expr]]:
    """Yield the parts that `e` says at once, each with those it stands beside in an `Or`."""
    match e:
        case And(args=args):
            for each in args:
                yield from _parts(each, guards)
        case Or(args=(*others, last)):
            yield from _parts(last, (*guards, *others))
        case _:
            yield guards, e


def _moved(part: Expr, by: Iterable[_Amount]) -> Iterator[Expr]:
    """Yield `part` with one of its numbers, wherever it stands and with either sign, moved by one of the amounts."""
    numbers: list[_Amount] = [n.value for n in nodes(part) if isinstance(n, _Number)]
    known = sorted({n if n > 0 else -n for n in numbers if n})
    for number, amount in product(known, by):

        def change(e: Expr, number: _Amount = number, amount: _Amount = amount) -> Expr | None:
            if isinstance(e, _Number) and abs(e.value) == number:
                return _with(e, e.value + (amount if e.value > 0 else -amount))
            return None

        yield rewrite(part, change)


def _shifted(part: Expr, by: Iterable[_Amount]) -> Iterator[Expr]:
    """Yield `part`, where it compares something with a number, with another number."""
    for amount in by:
        match part:
            case Less(left=IntLit() | RatLit() as n) if n.value:
                yield replace(part, left=_with(n, n.value + amount))
            case Less(right=IntLit() | RatLit() as n) | Equal(right=IntLit() | RatLit() as n) if n.value:
                yield replace(part, right=_with(n, n.value + amount))
            case _:
                return


def _with(number: _Number, value: _Amount) -> _Number:
    return IntLit(int(value)) if isinstance(number, IntLit) else RatLit(Fraction(value))


def _orders(part: Expr) -> Iterator[Expr]:
    """Yield, of an equality of numbers, that neither is more than the other."""
    match part:
        case Equal(left=a, right=b) if any(isinstance(n, _Number) for n in nodes(part)):
            yield from (Less(a, b, strict=False), Less(b, a, strict=False))
        case _:
            return


def _changes(old: System, new: System) -> tuple[list[_Amount], list[_Amount]]:
    """Return by how much the edit moves numbers, and how far apart values are in what it changes; the least first."""
    before = dict(expressions(old))
    both = [(before[name], e) for name, e in expressions(new) if name in before and before[name] != e]
    values = {n for pair in both for e in pair for n in _values(e)}
    return _least({b - a for one, other in both for a, b in _exchanged(one, other)}), _least(
        {b - a for a in values for b in values}
    )


def _least(amounts: Iterable[_Amount]) -> list[_Amount]:
    return sorted((n for n in amounts if n), key=lambda n: (abs(n), n))[:_MOST_AMOUNTS]


def _exchanged(old: Expr, new: Expr) -> Iterator[tuple[_Amount, _Amount]]:
    """Yield each number of `old` in whose place another stands in `new`, with that, as far as both are built alike."""
    match old, new:
        case (IntLit(value=a), IntLit(value=b)) | (RatLit(value=a), RatLit(value=b)):
            yield a, b
        case _:
            mine, theirs = children(old), children(new)
            if type(old) is type(new) and len(mine) == len(theirs):
                for one, other in zip(mine, theirs, strict=True):
                    yield from _exchanged(one, other)


def _values(e: Expr) -> Iterator[_Amount]:
    """Yield the numbers that `e` may come to as they stand in it."""
    match e:
        case IntLit(value=value) | RatLit(value=value):
            yield value
        case Ite(then=one, otherwise=other):
            yield from _values(one)
            yield from _values(other)
        case _:
            return
