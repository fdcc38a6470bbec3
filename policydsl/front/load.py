"""The one pipeline: files to policies and claims. The command line, the editor and the tests all call it."""

import re
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from policydsl.base.diagnostic import Diagnostic, Diagnostics, has_errors, in_order
from policydsl.base.span import Span
from policydsl.front.claims import lower_claim
from policydsl.front.load_policy import CLAIMS, POLICY, Read, collect, load_policy, read_tree
from policydsl.front.loaded import LoadedClaim, LoadedClaims, LoadedPolicy
from policydsl.front.scope import Scope
from policydsl.syntax import ast
from policydsl.syntax.source import read_source


@dataclass(frozen=True, slots=True)
class Loaded:
    """All that could be loaded, everything found wrong, and the texts (by file name) to show it in.

    A file with an error is not among `policies` or `claims`. `files` are those that were asked for, in order.
    """

    policies: tuple[LoadedPolicy, ...]
    claims: tuple[LoadedClaims, ...]
    diagnostics: Diagnostics
    sources: Mapping[str, str]
    files: tuple[str, ...] = ()


NOTHING = Loaded((), (), (), {})


def load(paths: Sequence[Path]) -> Loaded:
    """Load every policy and claims file at `paths` (files, or folders searched through)."""
    return joined(loading(paths))


def loading(paths: Sequence[Path]) -> Iterator[Loaded]:
    """Yield what `load` returns, in parts: `joined` says what they come to."""
    files: dict[str, None] = {}
    diagnostics: list[Diagnostic] = []
    for path in paths:
        found = _files(path)
        if found is None:
            _, wrong = read_source(path)
            diagnostics.extend(wrong)
        else:
            files.update(dict.fromkeys(map(str, found)))
    yield replace(NOTHING, files=tuple(files), diagnostics=tuple(diagnostics))
    yield from load_parts(tuple(files), lambda name: read_source(Path(name)))


def _files(path: Path) -> list[Path] | None:
    if path.is_dir():
        return sorted(p for p in path.rglob("*") if p.suffix in {POLICY, CLAIMS} and p.is_file())
    return [path] if path.is_file() else None


def load_files(files: Iterable[str], read: Read) -> Loaded:
    """Load the named files. An imported file is loaded for those that import it."""
    return joined(load_parts(tuple(files), read))


def joined(parts: Iterable[Loaded]) -> Loaded:
    """Return all `parts` as one, in the order of the files."""
    whole = [*parts]
    places = {name: i for i, name in enumerate(dict.fromkeys(name for p in whole for name in p.files))}
    policies = sorted((p for part in whole for p in part.policies), key=lambda p: places[p.path])
    claims = sorted((c for part in whole for c in part.claims), key=lambda c: places[c.path])
    found = in_order(d for part in whole for d in part.diagnostics)
    sources = {name: text for part in whole for name, text in part.sources.items()}
    return Loaded(tuple(policies), tuple(claims), found, sources, tuple(places))


def load_parts(files: Sequence[str], read: Read) -> Iterator[Loaded]:
    """Yield the named files in parts: each policy with the claims about it, small ones first, then what else there is.

    Parts with nothing in them come in between, so that whoever works on the parts can look up.
    """
    texts = {name: read(name) for name in files}
    yield replace(NOTHING, files=tuple(files))
    state = _State(lambda name: texts.get(name) or read(name))
    left: list[ast.File] = []
    for group in _groups({name: text or "" for name, (text, _) in texts.items()}):
        for name in group:
            left += yield from _load_one(name, state)
        yield state.taken()
    for tree in left:
        yield from _load_claims(tree, state)
    yield state.taken()


def _groups(texts: Mapping[str, str]) -> list[list[str]]:
    """Return the files in the order to load them in: with each policy what seems to be about it; small ones first.

    What is really about a policy is seen when it is read. Of policies that share a title, the first is the one.
    """
    titles = {name: found.group(1) if (found := _TITLE.search(text)) else "" for name, text in texts.items()}
    groups: dict[str, list[str]] = {}
    for name in sorted(texts, key=lambda name: not name.endswith(POLICY)):
        groups.setdefault(titles[name] or name, []).append(name)
    return sorted(groups.values(), key=lambda group: sum(len(texts[name]) for name in group))


_TITLE = re.compile(r'^(?:policy|claims about) "([^"\n]*)"', re.MULTILINE)


@dataclass(slots=True)
class _State:
    """How far loading has come: policies with their names, titles of broken ones, and what is not yet handed on."""

    read: Read
    policies: dict[str, tuple[LoadedPolicy, Scope]] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    fresh: list[LoadedPolicy] = field(default_factory=list)
    claims: list[LoadedClaims] = field(default_factory=list)
    found: list[Diagnostic] = field(default_factory=list)
    sources: dict[str, str] = field(default_factory=dict)
    told: int = 0

    def taken(self) -> Loaded:
        """Return what is new since this was asked last."""
        new = Loaded(tuple(self.fresh), tuple(self.claims), tuple(self.found[self.told :]), dict(self.sources))
        self.fresh, self.claims, self.told = [], [], len(self.found)
        return new


def _load_one(name: str, state: _State) -> Generator[Loaded, None, list[ast.File]]:
    """Load a file; return it if it holds claims about a policy that is not there, or not yet."""
    tree = read_tree(name, state.read, state.sources, state.found)
    yield NOTHING
    if tree is None:
        return []
    if name.endswith(POLICY):
        _load_policy(tree, state)
        yield NOTHING
    elif name.endswith(CLAIMS):
        about = {i.title.value for i in tree.items if isinstance(i, ast.ClaimsAbout)}
        if not about <= state.policies.keys():
            return [tree]
        yield from _load_claims(tree, state)
    return []


def _load_policy(tree: ast.File, state: _State) -> None:
    header = next((i for i in tree.items if isinstance(i, ast.Policy)), None)
    own: list[Diagnostic] = []
    result = load_policy(tree, state.read, state.sources, own) if not _wrong(tree.path, state.found) else None
    state.found.extend(own)
    if result is None or _wrong(tree.path, own):
        state.broken.update([header.title.value] if header else [])
    elif (title := result[0].header.title) in state.policies:
        other = state.policies[title][0].path
        message = f"another policy has this title: {other}"
        state.found.append(Diagnostic("E0202", tree.items[0].span, message))
    else:
        state.policies[title] = result
        state.fresh.append(result[0])


def _wrong(path: str, found: Iterable[Diagnostic]) -> bool:
    return has_errors(d for d in found if d.span.file == path)


# --- claims --------------------------------------------------------------------------------------


def _load_claims(tree: ast.File, state: _State) -> Iterator[Loaded]:
    """Load the claims in `tree`; yield nothing, again and again."""
    found = state.found
    heads = [i for i in tree.items if isinstance(i, ast.ClaimsAbout)]
    if len(heads) != 1:
        if _wrong(tree.path, found):
            return  # the line may be there, but unreadable
        span = heads[1].span if heads else Span(tree.path, 1, 1, 1, 2)
        message = "a claims file has one `claims about` line" + ("" if heads else "; this one has none")
        found.append(Diagnostic("E0210", span, message, hint='start with `claims about "TITLE OF THE POLICY"`'))
        return
    title = heads[0].title
    if title.value not in state.policies:
        if title.value not in state.broken:
            name = ast.Name(title.span, title.value)
            collect(found, name, "policy", state.policies, "E0211")
        return
    policy, scope = state.policies[title.value]
    claims: list[LoadedClaim] = []
    names: dict[str, Span] = {}
    for item in tree.items:
        match item:
            case ast.Claim():
                if item.name.text in names:
                    message = f"`{item.name.text}` is claimed twice"
                    found.append(Diagnostic("E0202", item.name.span, message))
                names.setdefault(item.name.text, item.name.span)
                claim = lower_claim(item, policy, scope, found)
                if claim is not None:
                    claims.append(claim)
                yield NOTHING
            case ast.ClaimsAbout():
                pass
            case _:
                message, hint = "only claims stand in a claims file", f"move this to the policy's `{POLICY}` file"
                found.append(Diagnostic("E0210", item.span, message, hint=hint))
    if not _wrong(tree.path, found):
        state.claims.append(LoadedClaims(tree.path, policy, tuple(claims)))
