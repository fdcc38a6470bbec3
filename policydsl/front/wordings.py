"""Two wordings of one policy, loaded: two texts, or a text and an amendment; with the claims about it under each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace

from policydsl.base.calendar import Day
from policydsl.base.diagnostic import Diagnostic, Diagnostics, Note, has_errors, in_order
from policydsl.base.records import dataclass
from policydsl.base.span import Span, whole_file
from policydsl.core.expr import Expr
from policydsl.core.system import System
from policydsl.core.walk import definition_table, names, written_out
from policydsl.front.amend import AMENDMENT, amend, head_of
from policydsl.front.elaborate import condition
from policydsl.front.load import Read
from policydsl.front.load_policy import Texts, Wording, load_policy
from policydsl.front.loaded import LoadedClaim, LoadedPolicy
from policydsl.front.rejudged import Rejudged, claims_of
from policydsl.front.reread import read_again
from policydsl.front.scope import AlreadyWrongError, Meant, Scope, WrongError, unknown
from policydsl.front.typed import at_rest
from policydsl.syntax import ast
from policydsl.syntax.parse import parse


@dataclass(frozen=True, slots=True)
class Expected:
    """What an amendment's author expects of it: for `roles`, of `outcomes` (none: of all), where `under` holds.

    Outcomes go by their names in the old wording, or are acts of the new one.
    """

    effect: ast.Effect
    roles: tuple[str, ...]
    outcomes: tuple[str, ...]
    under: Expr | None
    under_text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Wordings:
    """Two wordings of one policy. `title`, `because` and `expected` come from an amendment, if there is one.

    `effective` is the day from which the new wording is in force, if it is known and anybody is there before it.
    `nodes` are the claims as written, in the order of `claims`, and `scopes` those of both wordings: with them claims
    are read.
    `written` is the new wording as it is written, where `new` is the same in other words. `fresh` are the names of
    claims that have a meaning under the new wording only, `as_before` of those that say something else now, or are
    gone: they are taken as they were made of the old one.
    """

    old: LoadedPolicy
    new: LoadedPolicy
    old_tree: ast.File
    new_tree: ast.File
    claims: tuple[Rejudged, ...] = ()
    title: str | None = None
    because: str | None = None
    expected: tuple[Expected, ...] = ()
    effective: Day | None = None
    nodes: tuple[ast.Claim, ...] = field(default=(), repr=False)
    scopes: tuple[Scope, Scope] | None = field(default=None, repr=False)
    written: LoadedPolicy | None = field(default=None, repr=False)
    fresh: tuple[str, ...] = ()
    as_before: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LoadedWordings:
    """The wordings, None if anything is wrong, with everything found and the texts to show it in."""

    wordings: Wordings | None
    diagnostics: Diagnostics
    sources: dict[str, str]


def load_wordings(old: str, new: str, claims: Sequence[str], read: Read) -> LoadedWordings:
    """Load the policy `old`, the policy or amendment `new`, and what the files `claims` claim of the policy."""
    loaded = load_texts(old, new, read)
    return loaded if loaded.wordings is None else with_claims(loaded.wordings, claims, read)


def load_texts(old: str, new: str, read: Read) -> LoadedWordings:
    """Load the policy `old` and the policy or amendment `new`, with no claims."""
    texts = Texts(read)
    return _loaded(_load(old, new, texts), texts)


def with_claims(
    wordings: Wordings,
    claims: Sequence[str],
    read: Read,
    before: Sequence[str] = (),
    renames: Mapping[str, str] | None = None,
) -> LoadedWordings:
    """Return `wordings`, which have none, with the claims in the files `claims`, and what is wrong with these alone.

    Of the new wording they are made in its names: `renames`, from old to new.
    `before` are files of claims as they were when the old wording was in force.
    """
    texts = Texts(read)
    assert wordings.scopes is not None
    old, new = wordings.scopes
    both = Wording(wordings.old, old), Wording(wordings.new, new)
    rejudged, nodes, fresh = claims_of(claims, *both, texts, renames)
    made = replace(wordings, claims=rejudged, nodes=nodes, fresh=fresh)
    same = {read(name)[0] for name in claims} if before else set()
    if earlier := [name for name in before if read(name)[0] not in same]:
        made = _as_before(made, claims_of(earlier, *both, texts.apart(), renames)[:2])
    return _loaded(made, texts)


def _as_before(made: Wordings, before: tuple[tuple[Rejudged, ...], tuple[ast.Claim, ...]]) -> Wordings:
    """Return `made` with those claims of `before` that are not made any more, or not so: an edit may change both."""
    now = {c.old.name: (node, c.old.kind, c.old.question) for c, node in zip(made.claims, made.nodes, strict=True)}
    other = {
        c.old.name: (c, node)
        for c, node in zip(*before, strict=True)
        if (known := now.get(c.old.name)) is None or (known[0] != node and known[1:] != (c.old.kind, c.old.question))
    }
    kept = [(c, n) for c, n in zip(made.claims, made.nodes, strict=True) if c.old.name not in other]
    every = [*kept, *other.values()]
    claims, nodes = tuple(c for c, _ in every), tuple(n for _, n in every)
    fresh = tuple(n for n in made.fresh if n not in other)
    return replace(made, claims=claims, nodes=nodes, fresh=fresh, as_before=tuple(other))


def _loaded(wordings: Wordings | None, texts: Texts) -> LoadedWordings:
    found = texts.found
    return LoadedWordings(None if has_errors(found) else wordings, in_order(found), texts.sources)


def _load(old: str, new: str, texts: Texts) -> Wordings | None:
    found = texts.found
    if old.endswith(AMENDMENT):
        hint = "name the policy first, then its amendment"
        message = "an amendment changes a policy; it is none that could be compared"
        found.append(Diagnostic("E0210", whole_file(old), message, hint=hint))
        return None
    old_tree, new_tree = map(texts.tree, (old, new))
    if old_tree is None or new_tree is None or has_errors(found):
        return None
    amendment = None
    if new.endswith(AMENDMENT):
        amendment = head_of(new_tree, found)
        amended = None if has_errors(found) else amend(old_tree, new_tree, found)
        if amended is None:
            return None
        new_tree = amended
    first = load_policy(old_tree, texts)
    if first is None or has_errors(found):
        _some_policy(old, found)
        return None
    own = texts.apart()
    second = load_policy(new_tree, own, first.policy)
    found.extend(own.found if amendment is None else (_amended(d, amendment) for d in own.found))
    if second is None or has_errors(found):
        _some_policy(new, found)
        return None
    _same_document(first.policy, second.policy, found)
    if _declared(first.policy.system) == _declared(second.policy.system):  # so is what both say in products
        second = Wording(second.policy, replace(second.scope, copies=first.scope.copies))
    made = Wordings(first.policy, second.policy, old_tree, new_tree, scopes=(first.scope, second.scope))
    effective, begun = second.policy.header.effective, first.policy.header.histories_from
    if effective is not None and effective != first.policy.header.effective and effective > begun:
        made = replace(made, effective=effective)
    if amendment is not None:
        because = None if amendment.because is None else amendment.because.value
        expected = tuple(_expected(amendment, first, second, texts))
        made = replace(made, title=amendment.title.value, because=because, expected=expected)
    return made


def _declared(system: System) -> tuple[object, ...]:
    """Return what the names of parameters, variables and inputs stand for."""
    given = ((e.name, *((i.name, i.sort) for i in e.inputs)) for e in system.events)
    named = (tuple((each.name, each.sort) for each in part) for part in (system.parameters, system.variables))
    return *named, *given


def _some_policy(name: str, found: list[Diagnostic]) -> None:
    """Say of a file that is not wrong, but holds shared declarations only or nothing, that it is no wording."""
    if not has_errors(found):
        found.append(Diagnostic("E0604", whole_file(name), f"`{name}` holds no policy; name the file of one"))


def _amended(found: Diagnostic, amendment: ast.Amendment) -> Diagnostic:
    """Return what is wrong with the amended wording; of the text as it stands, that the amendment makes it so."""
    if found.span.file == amendment.title.span.file:
        return found
    note = Note(amendment.title.span, "once this amendment has changed the text")
    return replace(found, notes=(*found.notes, note))


def _same_document(old: LoadedPolicy, new: LoadedPolicy, found: list[Diagnostic]) -> None:
    """Two wordings of one document have its title, or most of its clauses and names, in common."""
    if old.header.title == new.header.title:
        return
    clauses = ({(c.number, c.summary) for c in p.clauses} for p in (old, new))
    symbols = ({s.name for s in p.symbols.values() if s.kind != "role"} for p in (old, new))
    common = [len(a & b) * 2 / max(1, len(a) + len(b)) for a, b in (tuple(clauses), tuple(symbols))]
    if max(common) < _ALIKE:
        message = f"`{old.header.title}` and `{new.header.title}` are two documents, not two wordings of one"
        span = whole_file(new.path)
        hint = "they have hardly a clause or name in common; give two files with the same title"
        found.append(Diagnostic("E0606", span, message, hint=hint))


_ALIKE = 0.5
"""The share of clauses or names that two wordings of one document have in common."""


# --- many amendments of one policy ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Base:
    """A policy as it stands, with what is claimed of it, ready to be read under one amendment after the other."""

    tree: ast.File
    policy: LoadedPolicy
    scope: Scope
    claims: tuple[LoadedClaim, ...]
    nodes: tuple[ast.Claim, ...]
    meant: tuple[Meant, ...]
    texts: Texts

    def wordings(self) -> Wordings:
        """Return the policy beside itself."""
        same = tuple(Rejudged(c, c, (), meant) for c, meant in zip(self.claims, self.meant, strict=True))
        scopes = self.scope, self.scope
        return Wordings(self.policy, self.policy, self.tree, self.tree, same, nodes=self.nodes, scopes=scopes)


def load_base(path: str, claims: Sequence[str], read: Read) -> Base | None:
    """Return the policy in `path` with what the files `claims` claim of it; None if anything in them is wrong."""
    texts = Texts(read)
    tree = texts.tree(path)
    loaded = None if tree is None or has_errors(texts.found) else load_policy(tree, texts)
    if tree is None or loaded is None or has_errors(texts.found):
        return None
    rejudged, nodes, _ = claims_of(claims, loaded, loaded, texts)
    if has_errors(texts.found):
        return None
    mine = tuple(r.old for r in rejudged)
    return Base(tree, *loaded, mine, nodes, tuple(r.meant for r in rejudged), texts)


def reworded(base: Base, amendment: str, only: str | None = None) -> Wordings | None:
    """Return the policy of `base` beside what the text `amendment` makes of it; None if that is no policy.

    With `only`, no other claim is read.
    """
    texts = Texts(base.texts.read, {**base.texts.sources, AMENDMENT: amendment})
    made, wrong = parse(amendment, AMENDMENT)
    tree = None if has_errors(wrong) else amend(base.tree, made, texts.found)
    loaded = None if tree is None or has_errors(texts.found) else load_policy(tree, texts, base.policy)
    if tree is None or loaded is None or has_errors(texts.found):
        return None
    claimed = [c for c in zip(base.claims, base.nodes, base.meant, strict=True) if only is None or c[0].name == only]
    claims: list[Rejudged] = []
    for claim, node, meant in claimed:
        why: list[Diagnostic] = []
        claims.append(Rejudged(claim, read_again(node, meant, loaded, why), tuple(why), meant))
    nodes = tuple(n for _, n, _ in claimed)
    scopes = base.scope, loaded.scope
    return Wordings(base.policy, loaded.policy, base.tree, tree, tuple(claims), nodes=nodes, scopes=scopes)


# --- what an amendment expects -------------------------------------------------------------------


def _expected(head: ast.Amendment, old: Wording, new: Wording, texts: Texts) -> Iterable[Expected]:
    for node in head.expects:
        try:
            for role in node.roles:
                roles_known = [s.name for s in old.scope.symbols.values() if s.kind == "role"]
                if role.text not in roles_known:
                    unknown(role, "role", roles_known)
            known = {s.name for s in old.policy.symbols.values() if s.kind in _OBSERVED}
            known |= {s.name for s in new.policy.symbols.values() if s.kind == "act"}  # never permitted before
            for outcome in node.outcomes:
                if outcome.text not in known:
                    unknown(outcome, "state, count, definition, table or event", known)
            under = None if node.under is None else _under(node.under, old, new)
        except WrongError as error:
            texts.found.append(error.diagnostic)
            continue
        except AlreadyWrongError:
            continue
        said = "" if node.under is None else _source(node.under.span, texts.sources)
        roles, observed = (tuple(n.text for n in names_) for names_ in (node.roles, node.outcomes))
        yield Expected(node.effect, roles, observed, under, said, node.span)


_OBSERVED = frozenset({"state", "definition", "table", "count", "occurrence", "act"})


def _under(e: ast.Expr, old: Wording, new: Wording) -> Expr:
    """Return the condition `e` on parameters and readings: of the old wording, else of the new one."""
    try:
        return _of_parameters(e, old)
    except WrongError as error:
        try:
            return _of_parameters(e, new)
        except WrongError:
            raise error from None


def _of_parameters(e: ast.Expr, wording: Wording) -> Expr:
    system = wording.policy.system
    made, table = condition(e, at_rest(wording.scope)), definition_table(system)
    foreign = sorted(names(made, table) - {p.name for p in system.parameters})
    if foreign:
        message = f"`under` fixes parameters and readings; `{foreign[0]}` is neither"
        raise WrongError(Diagnostic("E0205", e.span, message))
    return written_out(made, table)


def _source(span: Span, sources: dict[str, str]) -> str:
    line = sources[span.file].split("\n")[span.line - 1]
    return line[span.column - 1 : span.end_column - 1]
