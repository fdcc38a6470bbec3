"""The one pipeline: files to policies and claims. The command line, the plugin of pytest and the tests all call it.

Here is which files there are, and in which order they come; `reader` reads them. What is known from an
earlier run over the same texts, or from another process, needs no reading.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from policydsl.base.diagnostic import Diagnostic, Diagnostics, in_order
from policydsl.base.records import dataclass
from policydsl.front.loaded import LoadedClaims, LoadedPolicy
from policydsl.syntax.source import read_source

if TYPE_CHECKING:
    from policydsl.front.reader import State
    from policydsl.syntax import ast

POLICY, CLAIMS = ".policy", ".claims"
"""The endings of the two kinds of file."""

Read: TypeAlias = Callable[[str], tuple[str | None, Diagnostics]]
"""How a file's text is come by: from the disk, from a revision that git has, or from memory."""


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

Recall: TypeAlias = Callable[[Mapping[str, str | None]], Loaded | None]
"""Returns what files with such texts, by name, come to; None where that is not known without reading them."""


def load(paths: Sequence[Path]) -> Loaded:
    """Load every policy and claims file at `paths` (files, or folders searched through)."""
    return joined(loading(paths))


def loading(paths: Sequence[Path], recall: Recall | None = None) -> Iterator[Loaded]:
    """Yield what `load` returns, in parts: `joined` says what they come to. What `recall` knows is not read again."""
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
    yield from load_parts(tuple(files), lambda name: read_source(Path(name)), recall)


def groups_at(paths: Sequence[Path]) -> list[dict[str, str | None]]:
    """Return the texts that `loading` looks up together, by file name, in its order; None for what cannot be read."""
    files = dict.fromkeys(str(file) for path in paths for file in _files(path) or ())
    texts = {name: read_source(Path(name))[0] for name in files}
    return [{name: texts[name] for name in group} for group in _groups({n: text or "" for n, text in texts.items()})]


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


def load_parts(files: Sequence[str], read: Read, recall: Recall | None = None) -> Iterator[Loaded]:
    """Yield the named files in parts: each policy with the claims about it, small ones first, then what else there is.

    Parts with nothing in them come in between, so that whoever works on the parts can look up.
    """
    texts = {name: read(name) for name in files}
    yield replace(NOTHING, files=tuple(files))
    policies: dict[str, LoadedPolicy] = {}
    here: State | None = None
    left: list[ast.File] = []
    for group in _groups({name: text or "" for name, (text, _) in texts.items()}):
        known = None if recall is None else recall({name: texts[name][0] for name in group})
        if known is not None and not {p.header.title for p in known.policies} & policies.keys():
            policies |= {p.header.title: p for p in known.policies}
            yield known
            continue
        from policydsl.front import load_policy, reader  # noqa: PLC0415  the parser, and all that comes after it

        here = here or reader.State(load_policy.Texts(lambda name: texts.get(name) or read(name)), policies)
        for name in group:
            left += yield from reader.read_file(name, here)
        yield here.taken()
    if here is not None:
        yield from here.about(left)


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
