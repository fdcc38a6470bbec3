"""What expressions are made of, worked out once for every part: a hash of its structure, and what stands in it.

Written out, some expressions of products have tens of thousands of parts, of which a few hundred are different. Names
and steps are bits of numbers, as they are put together again and again.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from policydsl.core.expr import (
    Add,
    AddBusinessDays,
    AddDays,
    AddMonths,
    And,
    At,
    BoolLit,
    DateLit,
    DayInMonth,
    DaysBetween,
    EnumLit,
    Equal,
    Expr,
    Happens,
    IntLit,
    Ite,
    Less,
    MonthOf,
    MonthsExact,
    MonthStart,
    Not,
    Or,
    Quotient,
    RatLit,
    Remainder,
    Scale,
    ToRat,
    Use,
    Var,
    Weekday,
)
from policydsl.core.show import declarations, show_expr
from policydsl.core.system import System
from policydsl.core.walk import children

_BYTES = 20

Bits: TypeAlias = int
"""A set of names, or of steps: the bits that a `Digests` has given them."""

_Part: TypeAlias = tuple[Expr, bytes, Bits, Bits]
"""An expression, kept alive, its hash, the names and the steps that stand in it."""


class Digests:
    """Hashes of expressions: equal expressions, equal hashes; and different ones, different hashes.

    They are the same in every run. Bits are not: they hold for what one and the same object was asked.
    """

    def __init__(self) -> None:
        self._known: dict[int, _Part] = {}
        self._names: dict[str, int] = {}
        self._steps: dict[str, int] = {}
        self._called: list[str] = []

    def text(self, e: Expr) -> str:
        """Return the hash of `e`, in hexadecimal."""
        return self._part(e)[1].hex()

    def system(self, system: System) -> str:
        """Return a hash of `system`, in hexadecimal: equal systems, equal hashes; different ones, different hashes.

        It is not that of `show.system_hash`, for which every expression is written out.
        """
        lines = "\n".join(declarations(system, self.text))
        return hashlib.sha256(f"{system.name!r}\n{lines}".encode()).hexdigest()

    def names(self, exprs: Iterable[Expr]) -> Bits:
        """Return the variables, inputs, parameters and definitions that stand in `exprs` themselves."""
        found = 0
        for e in exprs:
            found |= self._part(e)[2]
        return found

    def steps(self, exprs: Iterable[Expr]) -> Bits:
        """Return the steps that `exprs` themselves ask after."""
        found = 0
        for e in exprs:
            found |= self._part(e)[3]
        return found

    def name(self, name: str) -> Bits:
        """Return the set of this one name."""
        bit = self._names.get(name)
        if bit is None:
            bit = self._names[name] = 1 << len(self._names)
            self._called.append(name)
        return bit

    def step(self, name: str) -> Bits:
        """Return the set of this one step."""
        return self._steps.setdefault(name, 1 << len(self._steps))

    def called(self, names: Bits) -> Iterator[str]:
        """Yield `names`, one after the other."""
        while names:
            low = names & -names
            yield self._called[low.bit_length() - 1]
            names ^= low

    def _part(self, e: Expr) -> _Part:
        known = self._known
        found = known.get(id(e))
        todo = [] if found is not None else [e]
        while todo:  # no recursion: tables nest deeply
            node = todo[-1]
            parts = children(node)
            left = [part for part in parts if id(part) not in known]
            if left:
                todo += left
                continue
            todo.pop()
            kind = type(node)
            made = [kind.__name__.encode(), b" ", _HEADS[kind](node).encode(), b"\0"]
            names = self.name(node.name) if isinstance(node, Var | Use) else 0
            steps = self.step(node.step) if isinstance(node, Happens) else 0
            for part in parts:
                _, digest, of_names, of_steps = known[id(part)]
                made.append(digest)
                names |= of_names
                steps |= of_steps
            known[id(node)] = node, hashlib.blake2b(b"".join(made), digest_size=_BYTES).digest(), names, steps
        return found or known[id(e)]


def _nothing(_: object) -> str:
    return ""


_Head: TypeAlias = Callable[[Any], str]

_HEADS: Mapping[type, _Head] = {
    **dict.fromkeys((BoolLit, IntLit, RatLit, DateLit, EnumLit, Var, Use, Happens), show_expr),
    **dict.fromkeys((Not, And, Or, Ite, Equal, Add, ToRat, AddDays, DaysBetween), _nothing),
    **dict.fromkeys((MonthOf, DayInMonth, MonthStart, MonthsExact, Weekday), _nothing),
    **dict.fromkeys((Quotient, Remainder), lambda e: str(e.divisor)),
    At: lambda e: e.view.value,
    Less: lambda e: str(e.strict),
    Scale: lambda e: f"{type(e.factor).__name__} {e.factor}",
    AddMonths: lambda e: e.rounding.name,
    AddBusinessDays: lambda e: e.calendar.name,
}
"""What an expression of each kind says besides its parts."""
