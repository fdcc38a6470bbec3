"""Which two wordings `policydsl diff` compares: their texts, from files or git; claims; which name is which."""

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import click

from policydsl.base.diagnostic import Diagnostic, Diagnostics
from policydsl.base.span import Span, whole_file

if TYPE_CHECKING:
    from policydsl.front.wordings import Wordings


def sides_of(old: str, new: str | None, revisions: str | None) -> tuple[str, str]:
    """Return the names of the two texts; of `A...B`, as git has it, that of where B left A, and of B."""
    if revisions is None:
        if new is None:
            raise click.UsageError("name two wordings: OLD and NEW, or --git REV..REV FILE")
        return old, new
    if new is not None or ".." not in revisions:
        raise click.UsageError("with --git, name two revisions and one file: --git HEAD~1..HEAD FILE")
    first, dots, second = revisions.partition("..." if "..." in revisions else "..")
    first = first or "HEAD"
    if dots == "...":
        first = _parted_at(first, second or "HEAD", Path(old).absolute())
    return f"{first}:{old}", f"{second}:{old}" if second else old


def _parted_at(one: str, other: str, file: Path) -> str:
    """Return the revision at which `other` left `one`, in the repository of `file`."""
    folder = next(p for p in file.parents if p.is_dir())
    command = ["git", "-C", str(folder), "merge-base", "--end-of-options", one, other]
    try:
        found = subprocess.run(command, capture_output=True, check=True)  # noqa: S603  no shell
    except (OSError, ValueError, subprocess.CalledProcessError) as error:
        raise click.UsageError(f"git knows no revision from which both {one} and {other} come") from error
    return found.stdout.decode().strip()[:_SHORT]


_SHORT = 12
"""So many digits of a revision's hash are shown."""


def read_wording(name: str) -> tuple[str | None, Diagnostics]:
    """Return the text of a file, or of `REVISION:FILE` as git has it."""
    from policydsl.syntax.source import read_source

    revision, colon, file = name.partition(":")
    if not colon or Path(name).exists():
        return read_source(Path(name))
    return _from_git(name, revision, file)


def _from_git(name: str, revision: str, file: str) -> tuple[str | None, Diagnostics]:
    if not file:
        hint = f"name the file behind the colon: `{name}FILE`"
        return None, (Diagnostic("E0608", whole_file(name), f"`{name}` names no file", hint=hint),)
    where = Path(file) if Path(file).is_absolute() else Path.cwd() / file
    try:
        # git reads `REV:./x` from the folder it runs in: the file may be gone from the working tree.
        folder = next(p for p in where.parents if p.is_dir())
        name_there = f"{revision}:./{where.relative_to(folder)}"
        kind, led_to = _kept_as(folder, name_there)
        command = ["git", "-C", str(folder), "show", "--end-of-options", led_to]
        shown = subprocess.run(command, capture_output=True, check=False)  # noqa: S603  no shell
    except (OSError, ValueError) as error:
        return None, (Diagnostic("E0608", whole_file(name), f"git cannot be run: {error}"),)
    if kind in _NO_FILE:
        return None, (Diagnostic("E0608", whole_file(name), f"git has no file as `{name}`, but {_NO_FILE[kind]}"),)
    if shown.returncode:
        said = shown.stderr.decode(errors="replace").strip().removeprefix("fatal: ").split("\n")[0]
        return None, (Diagnostic("E0608", whole_file(name), f"git gives no `{name}`", hint=_why(said)),)
    try:
        return shown.stdout.decode(), ()
    except UnicodeDecodeError:
        return None, (Diagnostic("E0602", whole_file(name), f"`{name}` is not UTF-8"),)


def _kept_as(folder: Path, name: str) -> tuple[str, str]:
    """Return what git keeps as `name`, behind links, and what to ask git for: `git show` takes a link for its text."""
    command = ["git", "-C", str(folder), "cat-file", "--batch-check", "--follow-symlinks"]
    asked = os.fsencode(f"{name}\n")
    answer = subprocess.run(command, input=asked, capture_output=True, check=False).stdout  # noqa: S603  no shell
    words = answer.decode(errors="replace").partition("\n")[0].split()
    match words:
        case [led_to, "blob", size] if size.isdigit():
            return "blob", led_to
        case [_, "tree", size] if size.isdigit():
            return "tree", name
        case ["symlink" | "dangling" | "loop" | "notdir" as kind, size] if size.isdigit():
            return kind, name
    return "missing", name


_NO_FILE = {
    "tree": "a folder",
    "symlink": "a link that leads out of the repository",
    "dangling": "a link to what is not there",
    "loop": "a link that leads to itself",
    "notdir": "a path through what is no folder",
}


def _why(said: str) -> str | None:
    """Return what git `said`, and what may help."""
    if "but not in" in said or "does not exist in" in said:
        return f"{said}; if the file had another name then, give both as REVISION:FILE"
    if "invalid object name" in said:
        return f"{said}; in a shallow clone, fetch the history first"
    return said or None


def claim_files(given: tuple[Path, ...]) -> list[str]:
    """Return the files of claims in the folders `given`, or in `proofs`."""
    paths = given or tuple(p for p in (Path("proofs"),) if p.exists())
    files: dict[str, None] = {}
    for path in paths:
        inside = sorted(p for p in path.rglob("*.claims") if p.is_file()) if path.is_dir() else [path]
        files.update(dict.fromkeys(map(str, inside)))
    return list(files)


def claims_before(old: str, given: tuple[Path, ...]) -> list[str]:
    """Return the files of claims in `given`, or in `proofs`, as the revision of `old` has them; none if it has none.

    What it does not have may have had another name: then those count that are gone since.
    """
    revision, colon, _ = old.partition(":")
    if not colon or Path(old).exists():
        return []
    found: dict[str, None] = {}
    for path in given or (Path("proofs"),):
        # As with texts, the folder says which repository is meant: it need not be that of the working folder.
        folder = path if path.is_dir() else next(p for p in path.absolute().parents if p.is_dir())
        inside = "." if path.is_dir() else str(path.absolute().relative_to(folder))
        names = _listed(folder, "ls-tree", "-r", "-z", "--name-only", "--end-of-options", revision, "--", inside)
        own = [str(folder / name) for name in names if name.endswith(".claims") or name == inside]
        found.update(dict.fromkeys(own or _gone_since(folder, revision)))
    return [f"{revision}:{name}" for name in found]


def _gone_since(folder: Path, revision: str) -> list[str]:
    """Return the files of claims that `revision` has and the working tree of the repository of `folder` has not."""
    gone = ("diff", "-z", "--name-only", "--no-renames", "--no-relative", "--diff-filter=D", "--end-of-options")
    names = _listed(folder, *gone, revision, "--", ":/*.claims")
    up = "".join(_listed(folder, "rev-parse", "--show-cdup")).strip()
    return [os.path.normpath(folder / up / name) for name in names]


def _listed(folder: Path, *asked: str) -> list[str]:
    """Return what git lists, in order; nothing where it cannot be asked."""
    command = ["git", "-C", str(folder), *asked]
    try:
        shown = subprocess.run(command, capture_output=True, check=True)  # noqa: S603  no shell
    except (OSError, ValueError, subprocess.CalledProcessError):
        return []
    return sorted(name for name in shown.stdout.decode(errors="replace").split("\0") if name)


def read_renames(
    given: tuple[str, ...],
    mapping: Path | None,
    wordings: "Wordings",
    found: list[Diagnostic],
    texts: dict[str, str],
) -> dict[str, str]:
    """Return the names by which the wordings are aligned; what is wrong with them goes to `found`."""
    from policydsl.analyses.diff_renames import wrong_renames
    from policydsl.syntax.source import read_source

    lines = [("--rename", n, text.partition("=")) for n, text in enumerate(given, start=1)]
    texts["--rename"] = "\n".join(given)
    if mapping is not None:
        text, wrong = read_source(mapping)
        found.extend(wrong)
        texts[str(mapping)] = text or ""
        rows = enumerate((text or "").split("\n"), start=1)
        lines += [(str(mapping), n, r.partition(":")) for n, r in rows if r.strip() and not r.lstrip().startswith("#")]
    names: dict[str, str] = {}
    places: dict[tuple[str, bool], Span] = {}
    for file, number, (one, mark, other) in lines:
        whole = Span(file, number, 1, number, max(2, len(one + mark + other) + 1))
        if not mark or not one.strip() or not other.strip():
            said, hint = ("`=`", "write `OLD=NEW`") if file == "--rename" else ("`:`", "write `OLD: NEW`, one a line")
            found.append(Diagnostic("E0607", whole, f"a mapping is a name, {said} and a name", hint=hint))
        elif one.strip() in names:
            found.append(Diagnostic("E0607", whole, f"`{one.strip()}` is mapped twice", hint="keep one of the two"))
        else:
            names[one.strip()] = other.strip()
            for name, before in ((one, ""), (other, one + mark)):
                column = len(before) + len(name) - len(name.lstrip()) + 1
                places[one.strip(), bool(before)] = Span(file, number, column, number, column + len(name.strip()))
    for name, meant, why in wrong_renames(wordings.old, wordings.new, names):
        found.append(Diagnostic("E0607", places[name, meant], why))
    return names
