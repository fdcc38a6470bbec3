"""Files read: each text to its policy, or its claims. What takes the parser, and all that comes after it."""

from collections.abc import Generator, Iterable, Iterator
from dataclasses import field, replace

from policydsl.base.diagnostic import Diagnostic, has_errors
from policydsl.base.records import dataclass
from policydsl.base.span import Span, start_of
from policydsl.front.claims import lower_claim
from policydsl.front.load import CLAIMS, NOTHING, POLICY, Loaded
from policydsl.front.load_policy import Texts, Wording, collect, load_policy
from policydsl.front.loaded import LoadedClaim, LoadedClaims, LoadedPolicy
from policydsl.front.scope import Scope
from policydsl.syntax import ast


@dataclass(slots=True)
class State:
    """How far loading has come: policies with their names, titles of broken ones, and what is not yet handed on.

    `scopes` has the names of those policies that were read here; `untitled`: of a broken one the title is not known.
    """

    texts: Texts
    policies: dict[str, LoadedPolicy] = field(default_factory=dict)
    scopes: dict[str, Scope] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    untitled: bool = False
    fresh: list[LoadedPolicy] = field(default_factory=list)
    claims: list[LoadedClaims] = field(default_factory=list)
    told: int = 0

    def taken(self) -> Loaded:
        """Return what is new since this was asked last."""
        found = self.texts.found
        new = Loaded(tuple(self.fresh), tuple(self.claims), tuple(found[self.told :]), self.texts.sources)
        self.fresh, self.claims, self.texts.sources, self.told = [], [], {}, len(found)
        return new

    def about(self, left: Iterable[ast.File]) -> Iterator[Loaded]:
        """Read what is `left` for the end: claims about policies that were not there yet, or are not at all."""
        for tree in left:
            yield from read_claims(tree, self)
        yield self.taken()


def read_file(name: str, state: State) -> Generator[Loaded, None, list[ast.File]]:
    """Load a file; return it if it holds claims about a policy that is not there, or not yet."""
    tree = state.texts.tree(name)
    yield NOTHING
    if tree is None:
        state.untitled |= name.endswith(POLICY)
        return []
    if name.endswith(POLICY):
        _load_policy(tree, state)
        yield NOTHING
    elif name.endswith(CLAIMS):
        about = {i.title.value for i in tree.items if isinstance(i, ast.ClaimsAbout)}
        if not about <= state.policies.keys():
            return [tree]
        yield from read_claims(tree, state)
    return []


def _load_policy(tree: ast.File, state: State) -> None:
    header = next((i for i in tree.items if isinstance(i, ast.Policy)), None)
    found, own = state.texts.found, state.texts.apart()
    result = load_policy(tree, own) if not _wrong(tree.path, found) else None
    found.extend(own.found)
    if result is None or _wrong(tree.path, own.found):
        if header is None:
            state.untitled = True
        else:
            state.broken.add(header.title.value)
    elif (title := result.policy.header.title) in state.policies:
        other = state.policies[title].path
        message = f"another policy has this title: {other}"
        found.append(Diagnostic("E0202", tree.items[0].span, message))
    else:
        state.policies[title], state.scopes[title] = result
        state.fresh.append(result.policy)


def _wrong(path: str, found: Iterable[Diagnostic]) -> bool:
    return has_errors(d for d in found if d.span.file == path)


def read_claims(tree: ast.File, state: State) -> Iterator[Loaded]:
    """Load the claims in `tree`; yield nothing, again and again."""
    found = state.texts.found
    heads = [i for i in tree.items if isinstance(i, ast.ClaimsAbout)]
    if len(heads) != 1:
        if _wrong(tree.path, found):
            return  # the line may be there, but unreadable
        span = heads[1].span if heads else start_of(tree.path)
        message = "a claims file has one `claims about` line" + ("" if heads else "; this one has none")
        found.append(Diagnostic("E0210", span, message, hint='start with `claims about "TITLE OF THE POLICY"`'))
        return
    title = heads[0].title
    if title.value not in state.policies:
        if title.value not in state.broken and not state.untitled:
            name = ast.Name(title.span, title.value)
            collect(found, name, "policy", state.policies, "E0211")
            if not state.policies:
                found[-1] = replace(found[-1], hint="name its file, too: `policydsl check specs proofs`")
        return
    wording = Wording(state.policies[title.value], _scope_of(title.value, state))
    claims: list[LoadedClaim] = []
    names: dict[str, Span] = {}
    for item in tree.items:
        match item:
            case ast.Claim():
                if item.name.text in names:
                    message = f"`{item.name.text}` is claimed twice"
                    found.append(Diagnostic("E0202", item.name.span, message))
                names.setdefault(item.name.text, item.name.span)
                claim = lower_claim(item, wording, found)
                if claim is not None:
                    claims.append(claim)
                yield NOTHING
            case ast.ClaimsAbout():
                pass
            case _:
                message, hint = "only claims stand in a claims file", f"move this to the policy's `{POLICY}` file"
                found.append(Diagnostic("E0210", item.span, message, hint=hint))
    if not _wrong(tree.path, found):
        state.claims.append(LoadedClaims(tree.path, wording.policy, tuple(claims)))


def _scope_of(title: str, state: State) -> Scope:
    """Return the names of a policy, which is read once more if it is known from an earlier run."""
    if title not in state.scopes:
        texts = Texts(state.texts.read)
        tree = texts.tree(state.policies[title].path)
        result = None if tree is None else load_policy(tree, texts)
        assert result is not None
        state.scopes[title] = result.scope
    return state.scopes[title]
