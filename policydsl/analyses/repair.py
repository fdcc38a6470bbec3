"""Small edits with which a refuted claim holds, and all else that is claimed stays: offered, never applied."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import TypeAlias

from policydsl.analyses.comparison import Comparison
from policydsl.analyses.diff import compare
from policydsl.analyses.diff_ask import Asks
from policydsl.analyses.diff_claims import Again, Judging, rejudge
from policydsl.base.span import Span
from policydsl.core.system import Question, Trace
from policydsl.engines.verdict import Manner, Proved, Refuted
from policydsl.front.load import Read
from policydsl.front.wordings import LoadedWordings, Wordings, load_wordings
from policydsl.semantics import interpret
from policydsl.syntax import ast
from policydsl.syntax.format import format_text

_Part: TypeAlias = ast.ClauseItem | ast.Row | ast.DefineCase


@dataclass(frozen=True, slots=True)
class Edit:
    """In clause `clause`, the text at `span` becomes `text`; `part` (of the table or definition `inside`) has it."""

    clause: str
    inside: str | None
    part: _Part
    span: Span
    text: str
    about: str


@dataclass(frozen=True, slots=True)
class Repair:
    """An edit with which the claim holds: as an amendment, with what it does to the rest."""

    edit: Edit
    amendment: str
    comparison: Comparison
    again: tuple[Again, ...]


# --- edits ---------------------------------------------------------------------------------------


def edits(tree: ast.File, clauses: Sequence[str]) -> Iterator[Edit]:
    """Yield the small edits of `clauses`, in the order of the text: bounds by one, ends of intervals, strictness."""
    for item in tree.items:
        if not isinstance(item, ast.Clause) or item.number.number not in clauses:
            continue
        for line in item.items:
            for inside, part in _parts(line):
                for span, text, about in _changes(part):
                    yield Edit(item.number.number, inside, part, span, text, about)


def _parts(line: ast.ClauseItem) -> Iterator[tuple[str | None, _Part]]:
    match line:
        case ast.Table(name=name, rows=rows):
            yield from ((f"table {name.text}", row) for row in rows)
        case ast.Define(name=name, cases=cases) if len(cases) > 1:
            yield from ((f"define {name.text}", case) for case in cases)
        case ast.Role() | ast.Enumeration() | ast.Subset() | ast.ExceptionTo() | ast.Reading():
            pass
        case _:
            yield None, line


def _changes(node: object) -> Iterator[tuple[Span, str, str]]:
    """Yield (place, new text, what it is) for every small change inside `node`."""
    match node:
        case ast.Integer(span=span, value=value, points=points):
            unit = " points" if points else ""
            for other in (value - 1, value + 1):
                yield span, f"{other}{unit}" if other >= 0 else f"({other}{unit})", f"{value} becomes {other}"
        case ast.Duration(span=span, amount=amount, unit=unit):
            for other in (amount - 1, amount + 1):
                if other > 0:
                    yield span, f"{other} {unit}", f"{amount} {unit} becomes {other} {unit}"
        case ast.Interval(span=span, low=low, high=high, low_closed=left, high_closed=right):
            if low is not None:
                yield _first(span), "(" if left else "[", "the lower end is " + ("left out" if left else "included")
            if high is not None:
                yield _last(span), ")" if right else "]", "the upper end is " + ("left out" if right else "included")
        case ast.Compare(first=first, rest=((op, second),)) if op in _TURNED:
            yield Span(first.span.file, first.span.end_line, first.span.end_column, second.span.line,
                       second.span.column), f" {_TURNED[op]} ", f"`{op}` becomes `{_TURNED[op]}`"  # fmt: skip
    if is_dataclass(node) and not isinstance(node, type | ast.Field):
        for each in fields(node):
            if each.name != "span":
                yield from _within(getattr(node, each.name))


def _within(value: object) -> Iterator[tuple[Span, str, str]]:
    if isinstance(value, tuple):
        for each in value:
            yield from _within(each)
    elif isinstance(value, ast.Node):
        yield from _changes(value)


_TURNED = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}


def _first(span: Span) -> Span:
    return replace(span, end_line=span.line, end_column=span.column + 1)


def _last(span: Span) -> Span:
    return replace(span, line=span.end_line, column=span.end_column - 1)


def applied(text: str, edit: Edit) -> str | None:
    """Return `text` with `edit` made; None where it goes over a line."""
    lines = text.split("\n")
    span = edit.span
    if span.line != span.end_line:
        return None
    line = lines[span.line - 1]
    lines[span.line - 1] = line[: span.column - 1] + edit.text + line[span.end_column - 1 :]
    return "\n".join(lines)


def as_amendment(text: str, edited: str, edit: Edit, title: str, about: str) -> str:
    """Return the amendment that turns `text` into `edited`."""
    span = edit.part.span
    old, new = (_quoted(whole.split("\n")[span.line - 1 : span.end_line]) for whole in (text, edited))
    indent = "        " if edit.inside else "    "
    head = [f'amendment "{about}" of "{title}"', f'    because "{edit.about}"', "", f"in clause {edit.clause}"]
    head += [f"    in {edit.inside}"] if edit.inside else []
    made = "\n".join([*head, f"{indent}replace {old}", f"{indent}with {new}"]) + "\n"
    return format_text(made, "amendment")[0] or made


def _quoted(lines: list[str]) -> str:
    first, *rest = (re.sub(r" +--.*$", "", line).rstrip() for line in lines)
    return "\n".join([first.strip(), *rest])


# --- the search ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Search:
    """What is to be mended: `claim` of the policy in `path`, claimed in `claims` (files); `most` are enough."""

    path: str
    claims: tuple[str, ...]
    claim: str
    most: int
    read: Read


def repairs(search: Search, asker: Asks, judging: Judging, on_news: Callable[[str], None]) -> Iterator[Repair]:
    """Yield repairs, in the order of the text, as they are found.

    Gives:    edits with which the claim is proved, and every other claim is what it was.
    Complete: no; only single small edits of the clauses that the claim cites are tried.
    """
    base = _loaded(search, None)
    assert base is not None
    claim = next(c.old for c in base.claims if c.old.name == search.claim)
    (refuted,) = asker.ask([claim.question])
    if not isinstance(refuted, Refuted) or claim.possible:
        return
    text, _ = search.read(search.path)
    assert text is not None
    found = 0
    for edit in edits(base.old_tree, claim.cites):
        changed = applied(text, edit)
        if found >= search.most or changed is None:
            continue
        on_news(f"clause {edit.clause}: {edit.about}")
        wordings = _loaded(search, changed)
        new = None if wordings is None else next(c.new for c in wordings.claims if c.old.name == search.claim)
        if wordings is None or new is None or _still_fails(new.question, refuted.trace):
            continue
        if not isinstance(asker.ask([new.question], wanted=Manner("verdict"))[0], Proved):
            continue
        again = rejudge(wordings, judging)
        if all(a.fate in {"untouched", "kept"} or a.claim.name == search.claim for a in again):
            found += 1
            about = f"Mends {search.claim}"
            amendment = as_amendment(text, changed, edit, base.old.header.title, about)
            yield Repair(edit, amendment, compare(wordings, {}, asker, readings=False), again)


def _still_fails(question: Question, trace: Trace) -> bool:
    """Return whether the history that refutes the claim under the old text does so under the new one."""
    return interpret.violation(replace(question.system, obligations=()), trace, question.property) is not None


def _loaded(search: Search, changed: str | None) -> Wordings | None:
    """Return the policy beside itself with the text `changed`; None if that is no policy."""

    def read(name: str) -> object:
        return (changed, ()) if name == _CHANGED and changed is not None else search.read(name)

    new = search.path if changed is None else _CHANGED
    made: LoadedWordings = load_wordings(search.path, new, search.claims, read)  # type: ignore[arg-type]  # a text
    return made.wordings


_CHANGED = "the text as edited.policy"
