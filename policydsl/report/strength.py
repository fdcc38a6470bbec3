"""What became of small changes of wording, as text to read, and as a record that makes the next run short."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from policydsl.analyses.mutants import Mutant
from policydsl.analyses.strength import Fate, Outcome
from policydsl.base.records import dataclass
from policydsl.report.diagnostics import harmless

FORMAT = 1
_FATES: tuple[Fate, ...] = ("no policy", "noticed", "changes nothing", "unnoticed")


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a record says of a change; `history` is the name of its file."""

    change: str
    fate: Fate
    history: str = ""
    claim: str = ""


@dataclass(frozen=True, slots=True)
class Count:
    """How many changes there are of each kind; `excused` of those `unnoticed` have a reason."""

    by_claims: int
    by_histories_only: int
    unnoticed: int
    excused: int
    nothing: int
    no_policy: int

    @property
    def noticed(self) -> int:
        """The changes that something notices."""
        return self.by_claims + self.by_histories_only

    @property
    def percent(self) -> int:
        """How many of a hundred changes that matter are noticed, rounded down."""
        matter = self.noticed + self.unnoticed
        return 100 * self.noticed // matter if matter else 100


def recorded(tested: Outcome) -> Recorded:
    """Return what is kept of `tested`."""
    return Recorded(tested.mutant.name, tested.fate, Path(tested.history).name, tested.claim)


def count(found: Iterable[Recorded], excuses: Mapping[str, str]) -> Count:
    """Return how many changes came to what."""
    listed = list(found)
    fates = [r.fate for r in listed]
    noticed = [r for r in listed if r.fate == "noticed"]
    claims = sum(bool(r.claim) for r in noticed)
    excused = sum(r.fate == "unnoticed" and r.change in excuses for r in listed)
    return Count(
        claims, len(noticed) - claims, fates.count("unnoticed"), excused,
        fates.count("changes nothing"), fates.count("no policy"),
    )  # fmt: skip


def summary(counted: Count, *, quick: bool) -> str:
    """Return one line that says all; a `quick` run has not asked the claims where a history notices."""
    only = "by histories" if quick else "by histories only"
    said = f"{counted.noticed} of {counted.noticed + counted.unnoticed} changes noticed ({counted.percent} %): "
    said += f"{counted.by_claims} by claims, {counted.by_histories_only} {only}"
    if counted.unnoticed:
        said += f"; {counted.unnoticed} unnoticed, {counted.excused} of them explained"
    return said + f"; {counted.nothing} change nothing, {counted.no_policy} are no policy"


def line(tested: Outcome, excuse: str | None) -> str:
    """Return what became of a change, with its place and the change in its line."""
    said = [f"{_place(tested.mutant)}: {harmless(tested.mutant.name)}"]
    match tested.fate:
        case "noticed":
            by = [f"claim {tested.claim}"] if tested.claim else []
            by += [f"history {Path(tested.history).name}"] if tested.history else []
            said.append(f"noticed by {' and '.join(by)}")
        case "changes nothing":
            said.append("changes nothing: in every history it comes to the same")
        case "no policy":
            said.append("no policy: the changed text is rejected")
        case "unnoticed":
            said.append(f"unnoticed, explained: {harmless(excuse)}" if excuse else "unnoticed")
    if tested.fate == "unnoticed" and tested.open:
        said.append(f"undecided for it: {', '.join(tested.open)}")
    return "; ".join([": ".join(said[:2]), *said[2:]])


def _place(mutant: Mutant) -> str:
    return f"{mutant.span.file}:{mutant.span.line}"


# --- records -------------------------------------------------------------------------------------


def write_record(title: str, found: Sequence[Recorded]) -> str:
    """Return the text of a record: a line for each change."""
    lines: list[dict[str, object]] = [{"format": FORMAT, "policy": title}]
    lines += [
        {"change": r.change, "fate": r.fate, **({"claim": r.claim} if r.claim else {}),
         **({"history": r.history} if r.history else {})}
        for r in found
    ]  # fmt: skip
    return "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in lines)


def read_record(text: str) -> tuple[Recorded, ...]:
    """Return what a record says; nothing if it is none, for all that it says is tried again anyway."""
    try:
        head, *lines = [json.loads(each) for each in text.splitlines()]
        if head["format"] != FORMAT:
            return ()
        found = tuple(
            Recorded(str(e["change"]), e["fate"], str(e.get("history", "")), str(e.get("claim", ""))) for e in lines
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return ()
    return found if all(r.fate in _FATES for r in found) else ()
