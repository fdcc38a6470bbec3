"""Edits of a policy's wording as amendments: which line of which clause, what it says and what it would say."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal, TypeAlias

from policydsl.base.records import dataclass
from policydsl.base.span import Span
from policydsl.syntax import ast
from policydsl.syntax.format import format_text

Part: TypeAlias = ast.ClauseItem | ast.Row | ast.DefineCase
EditKind: TypeAlias = Literal[
    "reading settled", "bound", "end", "range", "row", "limit", "value", "member", "condition", "restraint", "case",
    "precedence", "rule", "left out",
]  # fmt: skip
Change: TypeAlias = tuple[int, int, str]
"""A stretch of a text, and what comes in its place."""


@dataclass(frozen=True, slots=True)
class Edit:
    """In `clause` (in the table or definition `inside`), the line `old` becomes `new`; empty: there is none.

    `was` and `now` are what of it changes, in the words of the text; `changes` are the stretches of the text that do,
    each with what comes in its place, as far as the edit is made of such.
    """

    kind: EditKind
    clause: str
    inside: str
    old: str
    new: str
    was: str
    now: str
    changes: tuple[Change, ...] = ()

    @property
    def size(self) -> int:
        """How many characters go or come."""
        return len(self.was) + len(self.now)


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a clause that an edit can replace, from line `first` to line `last` of the text."""

    clause: str
    inside: str
    part: Part
    first: int
    last: int


def places(tree: ast.File) -> Iterator[Place]:
    """Yield the lines of the clauses of `tree`, rows and cases after the table or definition they stand in."""
    for item in tree.items:
        if isinstance(item, ast.Clause):
            for line in item.items:
                yield _place(item, "", line)
                match line:
                    case ast.Table(name=name, rows=rows):
                        yield from (_place(item, f"table {name.text}", row) for row in rows)
                    case ast.Define(name=name, cases=cases) if len(cases) > 1:
                        yield from (_place(item, f"define {name.text}", case) for case in cases)
                    case _:
                        pass


def _place(clause: ast.Clause, inside: str, part: Part) -> Place:
    return Place(clause.number.number, inside, part, part.span.line, part.span.end_line)


@dataclass(frozen=True, slots=True)
class Script:
    """A text with its tree: what stands where, and what it reads like with something else there."""

    tree: ast.File
    text: str
    lines: tuple[str, ...]
    starts: tuple[int, ...]
    places: tuple[Place, ...]

    def offset(self, line: int, column: int) -> int:
        """Return the place in the text of a line and a column, both from 1."""
        return self.starts[line - 1] + column - 1

    def cut(self, node: ast.Node) -> str:
        """Return what `node` says, on one line."""
        return " ".join(self.text[slice(*self.stretch(node.span))].split())

    def stretch(self, span: Span) -> tuple[int, int]:
        """Return where `span` begins and ends."""
        return self.offset(span.line, span.column), self.offset(span.end_line, span.end_column)

    def span(self, start: int, end: int) -> Span:
        """Return the span of the stretch from `start` to `end`."""
        first, last = self._line(start), self._line(end)
        low, high = start - self.starts[first - 1] + 1, end - self.starts[last - 1] + 1
        return Span(self.tree.path, first, low, last, high)

    def spliced(self, kind: EditKind, changes: Sequence[Change], now: str | None = None) -> Iterator[Edit]:
        """Yield the edit that puts each text in place of a stretch; none unless one line of a clause has them all."""
        start, end = min(c[0] for c in changes), max(c[1] for c in changes)
        first, last = self._line(start), self._line(max(start, end - 1))
        home = [p for p in self.places if p.first <= first and last <= p.last]
        if not home:
            return
        ((begin, stop, text),) = changes if len(changes) == 1 else ((start, end, ""),)
        was = " ".join(self.text[begin:stop].split())
        yield self._made(kind, home[-1], tuple(sorted(changes)), (was, text.strip() if now is None else now))

    def _made(self, kind: EditKind, place: Place, changes: tuple[Change, ...], said: tuple[str, str]) -> Edit:
        """Return the edit that makes `changes`, in order and apart, in the lines of `place`."""
        low, high = self.starts[place.first - 1], self.starts[place.last - 1] + len(self.lines[place.last - 1])
        body = self.text[low:high]
        for begin, stop, text in reversed(changes):
            body = body[: begin - low] + text + body[stop - low :]
        return Edit(kind, place.clause, place.inside, self._old(place), quoted(body.split("\n")), *said, changes)

    def together(self, edits: Sequence[Edit]) -> tuple[Edit, ...]:
        """Return `edits` as they can be made together: as one if they are of the same line; none if they cannot."""
        made: tuple[Edit, ...] = ()
        for edit in edits:
            same = next(
                (e for e in made if e.old and (e.clause, e.inside, e.old) == (edit.clause, edit.inside, edit.old)), None
            )
            joined = (edit,) if same is None else self._joined(same, edit)
            if not joined:
                return ()
            made = (*(e for e in made if e is not same), *joined)
        return made

    def _joined(self, one: Edit, other: Edit) -> tuple[Edit, ...]:
        """Return two edits of one line as one; none if they meet."""
        changes = tuple(sorted({*one.changes, *other.changes}))
        if not (one.changes and other.changes) or any(a[1] > b[0] for a, b in pairwise(changes)):
            return ()
        place = next(p for p in self.places if self.starts[p.first - 1] <= changes[0][0] <= self._end(p)
                     and p.inside == one.inside and self._old(p) == one.old)  # fmt: skip
        was, now = (" ... ".join(dict.fromkeys(x for x in pair if x)) for pair in zip(
            (one.was, one.now), (other.was, other.now), strict=True))  # fmt: skip
        return (self._made(one.kind, place, changes, (was, now)),)

    def _end(self, place: Place) -> int:
        return self.starts[place.last - 1] + len(self.lines[place.last - 1])

    def dropped(self, place: Place, kind: EditKind) -> Edit:
        """Return the edit that leaves a line out."""
        old = self._old(place)
        return Edit(kind, place.clause, place.inside, old, "", " ".join(old.split()), "")

    def _old(self, place: Place) -> str:
        return quoted(self.lines[place.first - 1 : place.last])

    def _line(self, offset: int) -> int:
        return next(i for i in range(len(self.starts), 0, -1) if self.starts[i - 1] <= offset)


def added(kind: EditKind, clause: str, inside: str, line: str) -> Edit:
    """Return the edit that adds `line` to a clause, or to the table or definition `inside` it."""
    return Edit(kind, clause, inside, "", line, "", " ".join(line.split()))


def script(tree: ast.File, text: str) -> Script:
    """Return `text`, whose tree is `tree`, ready to be edited."""
    lines = text.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    return Script(tree, text, tuple(lines), tuple(starts[:-1]), tuple(places(tree)))


def quoted(lines: Sequence[str]) -> str:
    """Return `lines` without comments, as an amendment quotes them."""
    first, *rest = (_COMMENT.sub(r"\1", line).rstrip() for line in lines)
    return "\n".join([first.strip(), *(line for line in rest if line.strip())])


_COMMENT = re.compile(r'^((?:[^"-]|"(?:[^"\\]|\\.)*"|-(?!-))*)--.*$')
"""A line with a comment: what stands before it, texts in quotes being no comments."""


def as_amendment(edits: Sequence[Edit], title: str, of: str, because: str, expects: Sequence[str] = ()) -> str:
    """Return the amendment that makes `edits` in the policy called `of`, laid out as `fmt` does."""
    head = [f'amendment "{_escaped(title)}" of "{_escaped(of)}"', f'    because "{_escaped(because)}"']
    head += [f"    expect {said}" for said in expects]
    body: list[str] = []
    for i, edit in enumerate(edits):
        if not i or edits[i - 1].clause != edit.clause:
            body += ["", f"in clause {edit.clause}"]
        body += _lines_of(edit)
    made = "\n".join([*head, *body]) + "\n"
    return format_text(made, "amendment")[0] or made


def _lines_of(edit: Edit) -> list[str]:
    head, indent = ([f"    in {edit.inside}"], "        ") if edit.inside else ([], "    ")
    if edit.old and edit.new:
        return [*head, f"{indent}replace {edit.old}", f"{indent}with {edit.new}"]
    return [*head, f"{indent}add {edit.new}" if edit.new else f"{indent}remove {edit.old}"]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
