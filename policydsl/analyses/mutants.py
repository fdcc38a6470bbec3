"""Small changes to the wording of a policy, such as a slip of the pen or a hostile drafter would make."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Literal, TypeAlias

from policydsl.analyses.edits import Script
from policydsl.base.calendar import show_day
from policydsl.base.records import dataclass
from policydsl.base.span import Span
from policydsl.syntax import ast

Slip: TypeAlias = Literal["bound moved", "end opened or closed", "exception dropped", "month for days", "and for or"]
_OPS = {"<=": "<", "<": "<=", ">=": ">", ">": ">="}
_ENDS = {"[": "(", "(": "[", "]": ")", ")": "]"}
_MONTH = 30
_QUIET = frozenset({"default", "labels", "summary", "span", "index"})
"""Parts of a node that are no wording of a rule: what a history means if it says nothing, names, texts."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: at `span`, in `clause`, `old` became `new`; `text` is the whole policy with it.

    `name` is the clause and its line with the change in brackets, labels left out: no two have the same, and what is
    changed elsewhere in the policy changes no name.
    """

    name: str
    slip: Slip
    clause: str
    span: Span
    old: str
    new: str
    text: str


def mutants(script: Script) -> tuple[Mutant, ...]:
    """Return all small changes to the clauses of `script`, in its order."""
    text, found = script.text, dict[tuple[int, int, str], Mutant]()
    for item in script.tree.items:
        if isinstance(item, ast.Clause):
            for node in ast.nodes(item, _QUIET):
                for slip, (start, end), new in _changes(node, script):
                    changed = text[:start] + new + text[end:]
                    name = _name(item.number.number, text, (start, end), new)
                    span = script.span(start, end)
                    made = Mutant(name, slip, item.number.number, span, text[start:end], new, changed)
                    found.setdefault((start, end, new), made)
    return _told_apart([found[key] for key in sorted(found)])


def _name(clause: str, text: str, place: tuple[int, int], new: str) -> str:
    start, end = place
    begin, rest = text.rfind("\n", 0, start) + 1, text.find("\n", max(start, end - 1))
    changed = f"[{text[start:end].strip()} -> {new.strip() or 'nothing'}]"
    line = text[begin:start] + changed + text[end : max(rest, end)]
    return f"{clause}: {' '.join(_UNSAID.sub('', line).split())}"


_UNSAID = re.compile(r'\blabel \w+ "[^"]*",?|--.*')


def _told_apart(found: list[Mutant]) -> tuple[Mutant, ...]:
    """Return `found` with numbers behind names that several have."""
    seen: Counter[str] = Counter()
    made: list[Mutant] = []
    for each in found:
        seen[each.name] += 1
        made.append(each if seen[each.name] == 1 else replace(each, name=f"{each.name} ({seen[each.name]})"))
    return tuple(made)


Change: TypeAlias = tuple[Slip, tuple[int, int], str]


def _changes(node: ast.Node, script: Script) -> Iterator[Change]:
    text, place = script.text, script.stretch(node.span)
    match node:
        case ast.Integer(value=value):
            yield from (("bound moved", place, str(value + by)) for by in (1, -1) if value + by >= 0)
        case ast.DateLiteral(day=day) if day is not None:
            yield from (("bound moved", place, show_day(day + by)) for by in (1, -1))
        case ast.Duration():
            yield from _durations(node, place, text)
        case ast.Compare(first=first, rest=rest):
            left = first
            for op, right in rest:
                if op in _OPS:
                    yield from _between("end opened or closed", (op, _OPS[op]), (left, right), script)
                left = right
        case ast.OrderCell(op=op) if op in _OPS:
            yield "end opened or closed", (place[0], place[0] + len(op)), _OPS[op]
        case ast.Interval(low=low, high=high):
            ends = [(place[0], low), (place[1] - 1, high)]
            for at, bound in ends:
                if bound is not None and text[at] in _ENDS:
                    yield "end opened or closed", (at, at + 1), _ENDS[text[at]]
        case ast.And(args=args) | ast.Or(args=args):
            words = ("and", "or") if isinstance(node, ast.And) else ("or", "and")
            for pair in pairwise(args):
                yield from _between("and for or", words, pair, script)
        case ast.ExceptionTo():
            yield "exception dropped", _lines(place, text), ""
        case ast.Clause(items=items) if any(isinstance(i, ast.ExceptionTo) for i in items):
            for item in items:  # what the exception says, but not what it declares for others
                if isinstance(item, ast.Rule | ast.Define):
                    yield "exception dropped", _lines(script.stretch(item.span), text), ""
        case ast.Sum(rest=rest, rounding=rounding):
            for _, term in rest:
                if isinstance(term, ast.Duration):
                    yield from _rounded(term, script.stretch(term.span), place[1], text, plain=rounding is None)
        case _:
            return


def _durations(node: ast.Duration, place: tuple[int, int], text: str) -> Iterator[Change]:
    written = text[slice(*place)]
    found = re.match(r"\d+", written)
    if found is not None:
        for by in (1, -1):
            yield "bound moved", place, f"{int(found.group()) + by}{written[found.end() :]}"
    if node.unit == "months":
        yield "month for days", place, f"{_MONTH * node.amount} days"
    elif node.unit == "days" and node.amount and node.amount % _MONTH == 0:
        months = node.amount // _MONTH
        yield "month for days", place, f"{months} month{'s' if months > 1 else ''}"


def _rounded(node: ast.Duration, place: tuple[int, int], end: int, text: str, *, plain: bool) -> Iterator[Change]:
    """Yield months for days, and the other way round, with the rule for the ends of months that this needs."""
    rest = text[place[1] : end]
    if node.unit == "months" and not plain:
        without = re.sub(r"\s+rounding\s+(?:last day|first of next month|overflow|refuse)", "", rest)
        yield "month for days", (place[0], end), f"{_MONTH * node.amount} days{without}"
    elif node.unit == "days" and plain and node.amount and node.amount % _MONTH == 0:
        yield "month for days", (place[0], end), f"{node.amount // _MONTH} months{rest} rounding last day"


def _lines(place: tuple[int, int], text: str) -> tuple[int, int]:
    """Return `place` with the rest of its lines."""
    end = text.find("\n", max(place[0], place[1] - 1))
    return text.rfind("\n", 0, place[0]) + 1, len(text) if end < 0 else end + 1


def _between(slip: Slip, words: tuple[str, str], pair: tuple[ast.Node, ast.Node], script: Script) -> Iterator[Change]:
    """Yield the change of a word or sign that stands between two nodes: `words` are the old one and the new one."""
    old, new = words
    begin, end = script.stretch(pair[0].span)[1], script.stretch(pair[1].span)[0]
    sign = rf"\b{old}\b" if old.isalpha() else re.escape(old)
    found = re.search(sign, script.text[begin:end])
    if found is not None:
        yield slip, (begin + found.start(), begin + found.end()), new
