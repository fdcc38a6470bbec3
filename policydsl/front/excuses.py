"""Changes of wording that nothing notices, with the reason why that is well: the file `NAME.unnoticed.yaml`."""

from policydsl.base.diagnostic import Diagnostic, Diagnostics
from policydsl.base.records import dataclass
from policydsl.base.span import Span
from policydsl.front.history_text import Fields, Listing, Scalar, Tree, read_tree

_PARTS = ("changes", "because")


@dataclass(frozen=True, slots=True)
class Excuse:
    """Why it is well that nothing notices a change: `change` is its name, `span` where it stands."""

    change: str
    because: str
    span: Span


def read_excuses(text: str, file: str) -> tuple[tuple[Excuse, ...], Diagnostics]:
    """Return what `text` excuses, and what is wrong with it. A reason may stand for several changes.

    A file with nothing but comments excuses nothing.
    """
    if all(not line.strip() or line.lstrip().startswith("#") for line in text.splitlines()):
        return (), ()
    tree, wrong = read_tree(text, file, is_json=False)
    if tree is None:
        return (), tuple(Diagnostic("E0650", d.span, d.message, hint=d.hint) for d in wrong)
    if not isinstance(tree, Listing):
        return (), (_wrong(tree, "excuses are a list"),)
    excuses: list[Excuse] = []
    found: list[Diagnostic] = []
    for item in tree.items:
        made, complaint = _read(item)
        excuses += made
        found += [complaint] if complaint is not None else []
    seen: set[str] = set()
    for each in excuses:
        if each.change in seen:
            found.append(Diagnostic("E0650", each.span, "this change is excused twice"))
        seen.add(each.change)
    return tuple(excuses), tuple(found)


def _read(item: Tree) -> tuple[list[Excuse], Diagnostic | None]:
    if not isinstance(item, Fields):
        return [], _wrong(item, "an excuse has `changes` and says `because`")
    for key, _ in item.entries:
        if key.text not in _PARTS:
            return [], _wrong(key, f"an excuse has no `{key.text}`")
    changes, because = item.get("changes"), item.get("because")
    if not isinstance(because, Scalar) or not because.text.strip():
        return [], _wrong(item, "an excuse needs a reason")
    if not isinstance(changes, Listing) or not changes.items:
        return [], _wrong(item, "an excuse needs the changes it is for")
    made: list[Excuse] = []
    for change in changes.items:
        if not isinstance(change, Scalar) or change.missing:
            return [], _wrong(change, "a change is written as `policydsl strength` writes it, in quotes")
        made.append(Excuse(" ".join(change.text.split()), " ".join(because.text.split()), change.span))
    return made, None


def _wrong(tree: Tree, message: str) -> Diagnostic:
    hint = "- changes: ['1: score <= [2 -> 3]']\n    because: ..."
    return Diagnostic("E0650", tree.span, message, hint=f"write for example\n  {hint}")
