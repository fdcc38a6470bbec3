"""Amendments: a policy's tree with the changes that another text makes to its wording. Trees in, tree out."""

import difflib
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import field, replace
from typing import TypeAlias, assert_never

from policydsl.base.diagnostic import Diagnostic, Note, did_you_mean, has_errors
from policydsl.base.records import dataclass
from policydsl.base.span import Span, start_of
from policydsl.front.amend_words import requoted
from policydsl.front.scope import WrongError, wrong
from policydsl.syntax import ast

AMENDMENT = ".amendment"
"""The ending of a file with one amendment."""

_Part: TypeAlias = ast.ClauseItem | ast.Row | ast.DefineCase


def head_of(tree: ast.File, found: list[Diagnostic]) -> ast.Amendment | None:
    """Return the `amendment` line of `tree`, if there is exactly one and nothing but changes below it."""
    heads = [i for i in tree.items if isinstance(i, ast.Amendment)]
    if len(heads) != 1:
        span = heads[1].title.span if heads else start_of(tree.path)
        message = "an amendment has one `amendment` line" + ("" if heads else "; this one has none")
        found.append(Diagnostic("E0210", span, message, hint='start with `amendment "TITLE" of "TITLE OF THE POLICY"`'))
        return None
    for item in tree.items:
        if not isinstance(item, ast.Amendment | ast.Change):
            hint = "write `add ...`, `replace ...`, `remove clause ...` or `in clause ...`"
            found.append(Diagnostic("E0210", item.span, "an amendment says what changes, and nothing else", hint=hint))
    return heads[0]


def amend(base: ast.File, amendment: ast.File, found: list[Diagnostic]) -> ast.File | None:
    """Return the tree of `base` with the changes of `amendment`; None if anything is wrong (see `found`)."""
    own: list[Diagnostic] = []
    head = head_of(amendment, own)
    policy = next((i for i in base.items if isinstance(i, ast.Policy)), None)
    if head is None or policy is None or has_errors(own):
        found.extend(own)
        return None
    if head.of.value != policy.title.value:
        note = Note(policy.title.span, "the policy at hand")
        message = f"this amends another policy than `{policy.title.value}`"
        close = difflib.get_close_matches(head.of.value, [policy.title.value], 1, 0.8)
        hint = f'did you mean "{close[0]}"?' if close else "name the file of the policy that it amends"
        own.append(Diagnostic("E0702", head.of.span, message, notes=(note,), hint=hint))
    _check_day(head.effective, policy, own)
    draft = _Draft([_dated(policy, head) if i is policy else i for i in base.items])
    if head.effective is not None:
        draft.lines["effective"] = head.effective.span
    for item in amendment.items:
        if isinstance(item, ast.Change):
            try:
                draft.once(item)
                draft.change(item)
                if isinstance(item, ast.AmendedHeader):
                    day = next((x for name, x in item.lines if name == "effective"), None)
                    _check_day(day if isinstance(day, ast.DateLiteral) else None, policy, own)
            except WrongError as error:
                own.append(error.diagnostic)
    if not any(isinstance(i, ast.Change) for i in amendment.items) and not has_errors(own):
        hint = "say below its head what changes: `in clause 5`, `replace clause 5 ...`, `add clause 7 ...`"
        own.append(Diagnostic("E0701", head.title.span, "this amendment changes nothing", hint=hint))
    found.extend(own)
    return None if has_errors(own) else ast.File(base.path, tuple(_preferred(draft.items, base.items)))


def _preferred(items: Sequence[ast.Item], before: Sequence[ast.Item]) -> Iterator[ast.Item]:
    """Yield `items`, without what is better for somebody in what stood `before` and is gone: no line can say so."""
    gone = _ordered(before) - _ordered(items)
    for item in items:
        if not isinstance(item, ast.Better) or gone.isdisjoint(p.name.text for p in item.preferences):
            yield item
        elif left := tuple(p for p in item.preferences if p.name.text not in gone):
            yield replace(item, preferences=left)


def _ordered(items: Sequence[ast.Item]) -> set[str]:
    """Return the names of what something may be better in."""
    parts = (part for item in items if isinstance(item, ast.Clause) for part in item.items)
    return {p.name.text for p in parts if isinstance(p, ast.State | ast.Count | ast.Define | ast.Table | ast.Event)}


def _check_day(effective: ast.DateLiteral | None, policy: ast.Policy, own: list[Diagnostic]) -> None:
    if effective is None:
        return
    if effective.day is None:
        own.append(Diagnostic("E0305", effective.span, f"the date {effective.text} does not exist"))
        return
    start = policy.effective or policy.histories_from
    if start is not None and start.day is not None and effective.day < start.day:
        note = Note(start.span, "the document itself begins here")
        message = "an amendment cannot take effect before the document that it amends"
        hint = "write that day or a later one"
        own.append(Diagnostic("E0704", effective.span, message, notes=(note,), hint=hint))


def _dated(policy: ast.Policy, head: ast.Amendment) -> ast.Policy:
    """Return the header with the amendment's date; histories still start where they did."""
    if head.effective is None:
        return policy
    return replace(policy, effective=head.effective, histories_from=policy.histories_from or policy.effective)


@dataclass(eq=False, slots=True)
class _Draft:
    """The items as amended so far."""

    items: list[ast.Item]
    whole: dict[str, Span] = field(default_factory=dict)
    inside: dict[str, Span] = field(default_factory=dict)
    lines: dict[str, Span] = field(default_factory=dict)

    def once(self, item: ast.Change) -> None:
        """Raise if `item` undoes what the amendment has changed before, or is undone by it."""
        number = _changed(item)
        if number is None:
            return
        inside = isinstance(item, ast.AmendedClause)
        before = self.whole.get(number.number) or (None if inside else self.inside.get(number.number))
        if before is not None:
            message = f"this amendment changes clause {number.number} twice: one of the changes would be lost"
            hint = "keep one of the two, or put both into one"
            raise WrongError(Diagnostic("E0705", number.span, message, notes=(Note(before, "here first"),), hint=hint))
        (self.inside if inside else self.whole)[number.number] = number.span

    def change(self, item: ast.Change) -> None:
        match item:
            case ast.ReplacedClause(clause=clause):
                number = clause.number if isinstance(clause, ast.Clause) else clause.clause
                at = self._clause(number)
                if self.items[at] == clause:
                    wrong("E0703", item.span, f"clause {number.number} already says this")
                self.items[at] = clause
            case ast.AddedItem(item=added):
                self._add(added, item.span)
            case ast.RemovedClause(number=number):
                del self.items[self._clause(number)]
            case ast.AmendedClause():
                at = self._clause(item.number)
                self._elsewhere(item)
                self.items[at] = _amended(self.items[at], item)
                _settled_once(self.items[at], item)
            case ast.AmendedHeader(lines=lines):
                names = [name for name, _ in lines]
                twice = next((name for name in names if names.count(name) > 1 or name in self.lines), None)
                if twice is not None:
                    notes = (Note(self.lines[twice], "here first"),) if twice in self.lines else ()
                    wrong("E0705", item.span, f"the line `{twice.replace('_', ' ')}` of the header is changed twice",
                          notes=notes, hint="keep one of the two")  # fmt: skip
                self.lines |= dict.fromkeys(names, item.span)
                at = next(i for i, x in enumerate(self.items) if isinstance(x, ast.Policy))
                header = self.items[at]
                assert isinstance(header, ast.Policy)
                changed = replace(header, **dict(lines))  # type: ignore[arg-type]  # the grammar's names of lines
                if changed == header:
                    wrong("E0703", item.span, "the header already says this")
                self.items[at] = changed
            case _:
                assert_never(item)

    def _elsewhere(self, item: ast.AmendedClause) -> None:
        """Raise if `item` changes a table or definition that stands in another clause, and not in this one."""
        homes: dict[tuple[type, str], list[str]] = {}
        for clause in (each for each in self.items if isinstance(each, ast.Clause)):
            for part in clause.items:
                if isinstance(part, ast.Table | ast.Define):  # a definition may be said in several clauses
                    homes.setdefault((type(part), part.name.text), []).append(clause.number.number)
        for change in item.edits:
            if isinstance(change, ast.AmendedPart):
                kind = ast.Table if change.kind == "table" else ast.Define
                own = homes.get((kind, change.name.text), [item.number.number])
                if item.number.number not in own:
                    home = own[0]
                    said = f"{change.kind} {change.name.text}"
                    wrong("E0701", change.name.span, f"clause {item.number.number} has no `{said}`",
                          hint=f"it stands in clause {home}: write `in clause {home}`")  # fmt: skip

    def _clause(self, number: ast.ClauseRef) -> int:
        known = {c.number: i for i, x in enumerate(self.items) if (c := _number(x)) is not None}
        if number.number not in known:
            plain = unicodedata.normalize("NFKC", number.number)
            hint = "a clause that is new is added: `add clause ...`"
            wrong("E0701", number.span, f"the policy has no clause {number.number}",
                  hint=f"did you mean {plain}?" if plain in known else hint)  # fmt: skip
        return known[number.number]

    def _add(self, added: ast.Item, span: Span) -> None:
        number = _number(added)
        if added in self.items:
            wrong("E0703", span, "the policy already says this")
        if number is not None and any((c := _number(x)) and c.number == number.number for x in self.items):
            wrong("E0206", number.span, f"the policy already has a clause {number.number}",
                  hint="write `replace clause ...` to change it")  # fmt: skip
        self.items.append(added)


def _settled_once(clause: ast.Item, item: ast.AmendedClause) -> None:
    """Raise if `item` settles a reading that its clause settles otherwise: no history would be left."""
    assert isinstance(clause, ast.Clause)
    known: dict[ast.Expr, ast.Compare] = {}
    for part in clause.items:
        if isinstance(part, ast.Assume) and isinstance(e := part.condition, ast.Compare) and _is_settling(e):
            before = known.setdefault(e.first, e)
            if before != e:
                last = next(
                    (x.new.span for x in reversed(item.edits) if isinstance(x, ast.PartEdit) and x.new == part), e.span
                )
                note = Note(before.span, "here otherwise")
                message, hint = "this settles one reading in two ways: no history is left", "keep one of the two"
                raise WrongError(Diagnostic("E0705", last, message, item.number.number, notes=(note,), hint=hint))


def _is_settling(e: ast.Compare) -> bool:
    return isinstance(e.first, ast.Name) and len(e.rest) == 1 and e.rest[0][0] == "="


def _changed(item: ast.Change) -> ast.ClauseRef | None:
    """Return the clause that `item` changes, adds or removes."""
    match item:
        case ast.ReplacedClause(clause=clause):
            return _number(clause)
        case ast.AddedItem(item=added):
            return _number(added)
        case ast.RemovedClause(number=number) | ast.AmendedClause(number=number):
            return number
        case ast.AmendedHeader():
            return None


def _number(item: ast.Item) -> ast.ClauseRef | None:
    match item:
        case ast.Clause(number=number) | ast.NotFormalised(clause=number):
            return number
        case _:
            return None


def _amended(clause: ast.Item, item: ast.AmendedClause) -> ast.Item:
    if not isinstance(clause, ast.Clause):
        wrong("E0701", item.number.span, f"clause {item.number.number} is not formalised: there is nothing in it",
              hint=f"write `replace clause {item.number.number} ...` with the lines that it is to have")  # fmt: skip
    items: list[ast.ClauseItem] = list(clause.items)
    where = f"clause {item.number.number}"
    for change in item.edits:
        match change:
            case ast.AmendedPart():
                at = _named(items, change, item.number)
                items[at] = _inside(items[at], change)
            case ast.WordsEdit():
                items = list(requoted(tuple(items), change, where))
            case ast.PartEdit():
                items = _edited(items, change, where)
            case _:
                assert_never(change)
    summary = clause.summary if item.summary is None else item.summary
    return replace(clause, summary=summary, items=tuple(items))


def _named(items: Sequence[ast.ClauseItem], change: ast.AmendedPart, clause: ast.ClauseRef) -> int:
    kind = ast.Table if change.kind == "table" else ast.Define
    for i, part in enumerate(items):
        if isinstance(part, kind) and part.name == change.name:
            return i
    known = [part.name.text for part in items if isinstance(part, kind)]
    has = f"it has {', '.join(f'`{n}`' for n in known)}" if known else None
    hint = did_you_mean(change.name.text, known, 0.5) or has
    message = f"clause {clause.number} has no `{change.kind} {change.name.text}`"
    raise WrongError(Diagnostic("E0701", change.name.span, message, clause.number, hint=hint))


def _inside(part: ast.ClauseItem, change: ast.AmendedPart) -> ast.ClauseItem:
    where = f"`{change.name.text}`"
    if isinstance(part, ast.Define):
        for edit in change.edits:
            if isinstance(edit, ast.WordsEdit):
                part = requoted(part, edit, where)
            else:
                part = replace(part, cases=tuple(_edited(part.cases, edit, where)))
        last = tuple(c for c in part.cases if c.condition is None)
        return replace(part, cases=tuple(c for c in part.cases if c.condition is not None) + last)
    assert isinstance(part, ast.Table)
    rows = [*part.rows, *([] if part.no_row is None else [ast.Row(part.no_row.span, (), part.no_row)])]
    for edit in change.edits:
        assert isinstance(edit, ast.PartEdit)  # words are quoted in clauses and definitions
        rows = _edited(rows, edit, where)
    no_row = next((r.value for r in rows if not r.cells), None)
    return replace(part, rows=tuple(r for r in rows if r.cells), no_row=no_row)


def _edited(parts: Sequence[object], edit: ast.PartEdit, where: str) -> list:  # type: ignore[type-arg]  # any part
    """Return `parts` with `edit` made: of the same kind, as the grammar sees to."""
    made = list(parts)
    if edit.old == edit.new:
        wrong("E0703", edit.span, "this replaces a wording by itself")
    if edit.new is not None and edit.new in made:
        wrong("E0703", edit.new.span, f"{where} already says this",
              hint="is the amendment applied already?" if edit.old is not None else None)  # fmt: skip
    if edit.old is None:
        made.append(edit.new)
        return made
    if edit.old not in made:
        _report_missing(made, edit.old, where)
    at = made.index(edit.old)
    made[at : at + 1] = [] if edit.new is None else [edit.new]
    return made


def _report_missing(parts: Sequence[object], old: _Part, where: str) -> None:
    notes = [Note(p.span, f"{where} says here") for p in parts if isinstance(p, ast.Node) and _akin(p, old)]
    message = f"{where} does not say this" + (" any more" if notes else "")
    raise WrongError(Diagnostic("E0701", old.span, message, notes=tuple(notes[:1])))


def _akin(one: object, other: object) -> bool:
    """Return whether two parts speak of the same thing: the same name, cells, value, or the same events."""
    if type(one) is not type(other):
        return False
    match one, other:
        case (ast.Row(cells=a, value=v), ast.Row(cells=b, value=w)):
            return a == b or v == w
        case (ast.DefineCase(condition=a, value=v), ast.DefineCase(condition=b, value=w)):
            return a == b or v == w
        case (ast.Rule(events=a), ast.Rule(events=b)):
            return a == b
        case (ast.ExceptionTo() | ast.Assume(), _):
            return True
        case _:
            return getattr(one, "name", None) == getattr(other, "name", 0)
