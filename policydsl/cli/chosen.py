"""Which policies and claims a command is about."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from policydsl.base.diagnostic import Diagnostic, Diagnostics, did_you_mean, has_errors
from policydsl.base.exits import RejectedError
from policydsl.base.span import Span, whole_file

if TYPE_CHECKING:
    from policydsl.analyses.subjects import Subject
    from policydsl.front.load import Loaded


def default_paths(paths: Sequence[Path]) -> Sequence[Path]:
    """Return `paths`, or where policies and claims stand if none are named."""
    return paths or [p for p in (Path("specs"), Path("proofs")) if p.exists()] or [Path("specs")]


def no_policies(paths: Sequence[Path]) -> Diagnostic:
    """Return that there is no policy in `paths`."""
    where = ", ".join(str(p) for p in paths)
    hint = "name a file that ends in `.policy`, or a folder with one"
    if any(p.suffix == ".amendment" for p in paths):
        hint = "an amendment is compared with its policy: `policydsl diff POLICY AMENDMENT`"
    elif all(p.suffix == ".policy" and p.is_file() for p in paths):
        hint = 'a policy begins with `policy "TITLE"`'
    return Diagnostic("E0604", whole_file(paths[0]), f"there is no policy in {where}", hint=hint)


def choose(
    subjects: Sequence["Subject"], only: Sequence[str], sources: dict[str, str]
) -> tuple[tuple["Subject", ...], tuple[Diagnostic, ...]]:
    """Return the claims and obligations called as in `only`, and what is wrong with the names."""
    asked = [s for s in subjects if s.origin != "liveness"]
    names, wrong = {s.question.key for s in asked}, list[Diagnostic]()
    for name in only:
        if name not in names:
            hint = did_you_mean(name, names, 0.5)
            if not any(s.origin == "claim" for s in asked):
                hint = "no claims are in the files given: name the file of claims too"
            sources["--only"] = name
            span = Span("--only", 1, 1, 1, len(name) + 1)
            wrong.append(Diagnostic("E0605", span, f"there is no claim named `{name}`", hint=hint))
    return tuple(s for s in asked if s.question.key in only), tuple(wrong)


def load_given(paths: Sequence[Path]) -> "Loaded":
    """Return what is loaded from `paths`, at least one policy. Raises `RejectedError`."""
    from policydsl.front.load import load

    given = default_paths(paths)
    loaded = load(given)
    found = loaded.diagnostics
    if not loaded.policies and not has_errors(found):
        found = (*found, no_policies(given))
    return _sound(loaded, found)


def _sound(loaded: "Loaded", found: Diagnostics) -> "Loaded":
    if has_errors(found):
        raise RejectedError(*found, sources=loaded.sources)
    return loaded


def load_one(path: Path) -> "Loaded":
    """Return what is loaded from the file `path` of one policy. Raises `RejectedError`."""
    from policydsl.front.load import load

    loaded = load([path])
    found = loaded.diagnostics
    if not has_errors(found) and len(loaded.policies) != 1:
        what = f"{len(loaded.policies)} policies" if loaded.policies else "no policy"
        found = (Diagnostic("E0604", whole_file(path), f"`{path}` holds {what}; name the file of one"),)
    return _sound(loaded, found)


def load_chosen(paths: Sequence[Path], only: Sequence[str]) -> "tuple[Loaded, tuple[Subject, ...]]":
    """Return what is loaded, and the claims called as in `only`, by default all. Raises `RejectedError`."""
    from policydsl.analyses.subjects import subjects_of

    loaded = load_given(paths)
    subjects = subjects_of(loaded.policies, loaded.claims)
    if not only:
        return loaded, tuple(s for s in subjects if s.origin == "claim")
    sources = dict(loaded.sources)
    chosen, wrong = choose(subjects, only, sources)
    if has_errors(wrong):
        raise RejectedError(*loaded.diagnostics, *wrong, sources=sources)
    return loaded, chosen
