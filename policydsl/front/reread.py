"""A claim about one wording, read again under another, in which some of the names may be others."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, TypeVar

from policydsl.base.diagnostic import Diagnostic
from policydsl.front.claims import lower_claim
from policydsl.front.load_policy import Wording
from policydsl.front.loaded import LoadedClaim
from policydsl.front.scope import Meant, Scope, WrongError, wrong
from policydsl.syntax import ast


def read_again(
    node: ast.Claim,
    meant: Meant,
    new: Wording,
    found: list[Diagnostic],
    renames: Mapping[str, str] | None = None,
) -> LoadedClaim | None:
    """Return the claim `node` as one about the wording `new`; None where it means nothing there (see `found`).

    `meant` is what its names mean under the old wording, and `renames` lead from that one's names to those of `new`.
    What a name means depends on where it stands: so the claim is put in other words by what its names mean, and that
    must be what they then mean under `new`.
    """
    called = _Called(renames or {}, meant, {v.name.text for v in node.for_every}, new.scope)
    now: Meant = {}
    try:
        said = called.claim(node)
        said = without(said, unknown_beside(said, new))
        again = lower_claim(said, new.noting(now), found)
        if again is not None:
            called.check(said, now)
    except WrongError as error:
        found.append(error.diagnostic)
        return None
    return again


def without(node: ast.Claim, unknown: Container[str]) -> ast.Claim:
    """Return `node` without those clauses, roles and readings that are `unknown`, where they bear on no meaning."""
    return replace(
        node,
        cites=tuple(c for c in node.cites if c.number not in unknown),
        protects=tuple(r for r in node.protects if r.text not in unknown),
        expect=replace(node.expect, readings=tuple(r for r in node.expect.readings if r.text not in unknown)),
    )


def unknown_beside(node: ast.Claim, wording: Wording) -> frozenset[str]:
    """Return what `node` names beside what it says, and `wording` does not have.

    That is what it cites, whom it protects, and on what its author expected it to depend.
    """
    cited = {c.number for c in node.cites} - {c.number for c in wording.policy.clauses}
    return frozenset(cited | {n.text for n in (*node.protects, *node.expect.readings)} - wording.scope.symbols.keys())


_Node = TypeVar("_Node", bound=ast.Node)


class _Called:
    """What the names of a claim are called under the new wording. `rigid` are those that are its own."""

    def __init__(self, renames: Mapping[str, str], meant: Meant, rigid: Iterable[str], new: Scope) -> None:
        self.renames, self.meant = renames, meant
        self.taken = set(renames.values()) - renames.keys()
        self.rigid: dict[str, str] = {}
        taken = {*new.symbols, *new.values, *(name.rpartition(".")[2] for name in new.symbols)}
        for name in sorted(rigid):
            free = name
            while free in taken or free in self.rigid.values():
                free += "_"
            self.rigid[name] = free

    def claim(self, node: ast.Claim) -> ast.Claim:
        """Return `node` in the names of the new wording. Raises WrongError where they have no word for it."""
        return replace(self._node(node), name=node.name)

    def check(self, said: ast.Claim, now: Meant) -> None:
        """Raise WrongError where a name of the claim, `said` in the new words, does not mean the same any more."""
        for name in ast.names_within(said):
            before, after = self.meant.get(name.span), now.get(name.span, ())
            if before is not None and tuple(map(self._called, before)) != after:
                wrong(
                    "E0208", name.span, f"`{name.text}` means something else now" + (f": {_or(after)}" if after else "")
                )

    def _called(self, name: str) -> str:
        """Return what the declared name is called: it itself, or what stands before its dot."""
        if name in self.renames:
            return self.renames[name]
        head, dot, rest = name.partition(".")
        made = self.renames.get(head, head) + dot + rest
        return f"{made} before" if made in self.renames.values() or head in self.taken else made

    def _node(self, node: _Node) -> _Node:
        match node:
            case ast.Name():
                return replace(node, text=self._text(node))
            case ast.Type(base="named", name=str(name)):
                return replace(node, name=self._called(name))
            case _:
                parts = [f.name for f in fields(node) if f.name != "span"]
                changed: dict[str, Any] = {name: self._part(getattr(node, name)) for name in parts}
                return replace(node, **changed)

    def _part(self, value: object) -> object:
        if isinstance(value, tuple):
            return tuple(self._part(each) for each in value)
        return self._node(value) if isinstance(value, ast.Node) else value

    def _text(self, name: ast.Name) -> str:
        if name.text in self.rigid:
            return self.rigid[name.text]
        before = self.meant.get(name.span, (name.text,))
        now = tuple(map(self._called, before))
        if now == before:
            return name.text
        if gone := [n for n in before if " " in self._called(n)]:
            wrong("E0208", name.span, f"`{gone[0]}` is gone: something else is called so now")
        if len(now) == 1:
            return now[0]  # in full: by itself it may be something else there
        short = {n.rpartition(".")[2] for n in now}
        if len(short) > 1:
            wrong("E0208", name.span, f"`{name.text}` is {_or(now)} now")
        return short.pop()


def _or(names: Sequence[str]) -> str:
    return " or ".join(f"`{n}`" for n in names)
