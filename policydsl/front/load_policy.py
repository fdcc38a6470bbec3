"""One policy: its file, and those it imports, to a system with all its names."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from policydsl.base import calendar
from policydsl.base.diagnostic import Diagnostic, has_errors
from policydsl.base.records import dataclass
from policydsl.base.span import start_of
from policydsl.front.business import business_days
from policydsl.front.influence import influence
from policydsl.front.load import CLAIMS, Read
from policydsl.front.loaded import ClauseInfo, Header, LoadedPolicy, ReadingInfo, Symbol, TableText
from policydsl.front.lower import lower
from policydsl.front.orders import lower_orders
from policydsl.front.scope import Home, Meant, Scope, WrongError, declare, labels, unknown
from policydsl.front.table_text import table_text
from policydsl.syntax import ast
from policydsl.syntax.parse import parse

EARLIEST = calendar.from_civil(2000, 1, 1)
"""Where histories may start if the header names no date."""


@dataclass(slots=True)
class Texts:
    """How texts are come by, with those that were read so far, by name, and what was found wrong."""

    read: Read
    sources: dict[str, str] = field(default_factory=dict)
    found: list[Diagnostic] = field(default_factory=list)

    def tree(self, name: str) -> ast.File | None:
        """Return the items of the file `name`; None if it cannot be read."""
        text, wrong = self.read(name)
        self.found.extend(wrong)
        if text is None:
            return None
        self.sources[name] = text
        tree, wrong = parse(text, name)
        self.found.extend(wrong)
        return tree

    def apart(self) -> "Texts":
        """Return the same texts; what is found wrong from here on is kept apart."""
        return replace(self, found=[])


class Wording(NamedTuple):
    """A policy with all its names: with these, claims about it are read."""

    policy: LoadedPolicy
    scope: Scope

    def noting(self, meant: Meant) -> "Wording":
        """Return the same; what names mean is noted in `meant` as they are read."""
        return Wording(self.policy, replace(self.scope, meant=meant))


def load_policy(tree: ast.File, texts: Texts, beside: LoadedPolicy | None = None) -> Wording | None:
    """Return the policy in `tree` with all its names; None where something is wrong that leaves no meaning.

    Read `beside` another wording, no date is what it is there, and business days are known of the same years, although
    histories may start from another day; equal parts are one object.
    """
    found = texts.found
    headers = [i for i in tree.items if isinstance(i, ast.Policy)]
    if not headers and all(isinstance(i, ast.Role | ast.Enumeration | ast.Subset | ast.Import) for i in tree.items):
        return None  # a file of shared declarations, read by those that import it
    if len(headers) != 1:
        span = headers[1].title.span if headers else start_of(tree.path)
        message = "a policy file has one `policy` line" + ("" if headers else "; this one has none")
        found.append(Diagnostic("E0210", span, message, hint='start with `policy "TITLE"`'))
        return None
    header = headers[0]
    items = [i for i in tree.items if not isinstance(i, ast.Policy | ast.Import)]
    for item in items:
        if isinstance(item, ast.ClaimsAbout | ast.Claim):
            message, hint = "claims stand in a file of their own", f"move them to a file ending in `{CLAIMS}`"
            found.append(Diagnostic("E0210", item.span, message, hint=hint))
    shared = _imports(tree, texts)
    scope = Scope(header.month_ends, header.ends_inclusive)
    info = _header(header, found)
    era = info.histories_from if beside is None else min(info.histories_from, beside.header.histories_from)
    scope.business_days = business_days(header.business_days_of, era, found)
    clauses = _clauses(items, scope, found)
    declare([*shared, *items], scope, found)
    _references(items, clauses, scope, found)
    system, draft = lower(info.title, info.histories_from, scope, found, beside)
    if system is None:
        return None
    orders = lower_orders(items, scope, found)
    _unused(scope, found)
    readings = tuple(_reading(h) for h in scope.homes if isinstance(h.node, ast.Reading))
    policy = LoadedPolicy(
        tree.path, info, clauses, _symbols(scope), readings, system, influence(system), tuple(draft.liveness),
        _tables(scope, texts.sources), orders, tuple(draft.conditions), tuple(draft.exceptions),
    )  # fmt: skip
    return Wording(policy, scope)


def _tables(scope: Scope, sources: Mapping[str, str]) -> tuple[TableText, ...]:
    tables = [(h.node, h.clause) for h in scope.homes if isinstance(h.node, ast.Table)]
    return tuple(table_text(node, clause, sources.get(node.span.file, "")) for node, clause in tables)


def _symbols(scope: Scope) -> dict[str, Symbol]:
    return {name: replace(symbol, on=scope.on.get(name, ())) for name, symbol in scope.symbols.items()}


def _header(node: ast.Policy, found: list[Diagnostic]) -> Header:
    dates = [d for d in (node.effective, node.histories_from) if d is not None and d.day is None]
    found.extend(Diagnostic("E0305", d.span, f"the date {d.text} does not exist") for d in dates)
    zone = "UTC" if node.time_zone is None else node.time_zone.text
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        assert node.time_zone is not None
        message, hint = f"there is no time zone `{zone}`", "write for example `Asia/Shanghai` or `UTC`"
        found.append(Diagnostic("E0320", node.time_zone.span, message, hint=hint))
    effective = None if node.effective is None else node.effective.day
    start = None if node.histories_from is None else node.histories_from.day
    return Header(
        node.title.value,
        labels(node.labels),
        None if node.issuer is None else node.issuer.text,
        None if node.document is None else node.document.value,
        None if node.edition is None else node.edition.value,
        effective,
        start or effective or EARLIEST,
        zone,
        "en" if node.language is None else node.language.text,
    )


def _imports(tree: ast.File, texts: Texts) -> list[ast.Item]:
    """Return the shared declarations that `tree` imports, directly or through others, each file once."""
    items: list[ast.Item] = []
    seen = {str(Path(tree.path).resolve())}
    todo = [(tree, i) for i in tree.items if isinstance(i, ast.Import)]
    while todo:
        importer, node = todo.pop(0)
        target = _beside(importer.path, node.path.value)
        top = Path(tree.path).resolve().parent
        if Path(node.path.value).is_absolute() or not target.resolve().is_relative_to(top):
            message = "only files in the same folder, or in folders below it, can be imported"
            texts.found.append(Diagnostic("E0209", node.path.span, message))
            continue
        if str(target.resolve()) in seen:
            continue
        seen.add(str(target.resolve()))
        shared = _shared(str(target), node, texts)
        if shared is not None:
            items.extend(i for i in shared.items if not isinstance(i, ast.Import))
            todo.extend((shared, i) for i in shared.items if isinstance(i, ast.Import))
    return items


def _beside(importer: str, name: str) -> Path:
    """Return `name` in the folder of `importer`; of `REVISION:FILE`, in the same revision."""
    revision, colon, file = importer.partition(":")
    if colon and "/" not in file and not Path(importer).exists():
        return Path(f"{revision}:{name}")
    return Path(importer).parent / name


def _shared(name: str, node: ast.Import, texts: Texts) -> ast.File | None:
    found, own = texts.found, texts.apart()
    shared = own.tree(name)
    if shared is None:
        message = f"the file `{node.path.value}` cannot be read"
        found.append(Diagnostic("E0209", node.path.span, message, hint="the path starts at this file's folder"))
        return None
    found.extend(own.found)
    if has_errors(own.found):
        found.append(Diagnostic("E0209", node.path.span, "this file has errors of its own"))
        return None
    for item in shared.items:
        if not isinstance(item, ast.Role | ast.Enumeration | ast.Subset | ast.Import):
            message = "an imported file declares roles, enumerations and subsets only"
            found.append(Diagnostic("E0209", item.span, message))
            return None
    return shared


def _clauses(items: Sequence[ast.Item], scope: Scope, found: list[Diagnostic]) -> tuple[ClauseInfo, ...]:
    clauses: list[ClauseInfo] = []
    for item in items:
        match item:
            case ast.Clause():
                ref = item.number
                clauses.append(ClauseInfo(ref.number, item.summary.value, item.span, labels(item.labels)))
                if not any(not isinstance(i, ast.ExceptionTo) for i in item.items):
                    message = f"clause {ref.number} formalises nothing"
                    hint = 'write `not formalised ... because "..."` if that is meant'
                    found.append(Diagnostic("W0402", ref.span, message, ref.number, (), hint, "warning"))
            case ast.NotFormalised(clause=ref):
                affects = tuple(a.text for a in item.affects)
                info = ClauseInfo(ref.number, item.summary.value, item.span, {}, item.because.value, affects)
                clauses.append(info)
            case _:
                continue
        if ref.number in scope.clauses:
            found.append(Diagnostic("E0206", ref.span, f"clause {ref.number} is there twice", ref.number))
        scope.clauses.setdefault(ref.number, ref.span)
    return tuple(clauses)


def _references(
    items: Sequence[ast.Item], clauses: tuple[ClauseInfo, ...], scope: Scope, found: list[Diagnostic]
) -> None:
    """Check the clauses that exceptions name, that exceptions have no cycle, and what `affects` names."""
    known = {c.number for c in clauses}
    for item in items:
        if isinstance(item, ast.Clause):
            for line in item.items:
                for ref in line.clauses if isinstance(line, ast.ExceptionTo) else ():
                    if ref.number not in known:
                        collect(found, ast.Name(ref.span, ref.number), "clause", known, "E0207")
                    elif ref.number != item.number.number and scope.makes_exception(ref.number, item.number.number):
                        message = f"clauses {item.number.number} and {ref.number} are exceptions to each other"
                        found.append(Diagnostic("E0315", ref.span, message, item.number.number))
        elif isinstance(item, ast.NotFormalised):
            fields = {s.name.split(".", 1)[1] for s in scope.symbols.values() if s.kind in {"field", "choice"}}
            for name in item.affects:
                if name.text not in scope.symbols and name.text not in fields:
                    collect(found, name, "name", [*scope.symbols, *fields], "E0201")


def collect(found: list[Diagnostic], name: ast.Name, what: str, known: Iterable[str], code: str) -> None:
    """Add to `found`, with this `code`, that `name` is none of the `known` ones."""
    try:
        unknown(name, what, known)
    except WrongError as error:
        found.append(replace(error.diagnostic, code=code))


def _reading(home: Home) -> ReadingInfo:
    node = home.node
    assert isinstance(node, ast.Reading)
    options = tuple((o.name.text, o.summary.value) for o in node.options)
    default = next(o.name.text for o in node.options if o.default)
    return ReadingInfo(node.name.text, node.question.value, options, default, home.clause)


def _unused(scope: Scope, found: list[Diagnostic]) -> None:
    """Warn of parameters and readings that nothing depends on: a transcription usually forgot something."""
    for symbol in scope.symbols.values():
        if symbol.kind in {"parameter", "reading"} and symbol.name not in scope.used:
            if symbol.kind == "reading" and any(
                f"{symbol.name}.{v}" in scope.used for v in scope.enums[symbol.name].values
            ):
                continue
            message = f"the {symbol.kind} `{symbol.name}` is never used"
            found.append(Diagnostic("W0401", symbol.span, message, symbol.clause or None, severity="warning"))
