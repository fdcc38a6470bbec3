"""What becomes of a claim when it is judged under another wording: from both verdicts, reading by reading. Pure."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from policydsl.analyses.judgement import Decision
from policydsl.engines.verdict import Bounded, Proved, Refuted, Unknown, Vacuous
from policydsl.front.loaded import LoadedClaim

Fate: TypeAlias = Literal[
    "untouched", "kept", "lost", "gained", "mended", "worse", "other readings", "empty", "meaningless", "undecided"
]
"""What becomes of a claim.

untouched        nothing that it depends on changed, so whatever it was it is still
kept             judged again, with the same verdict
lost             held, and does not any more (or depends on a reading now); or no more under an option of a reading
gained           did not hold (under every reading), and does now
mended, worse    the same of a finding: a weakness that is gone, or one that is new
other readings   it depends on readings, but not on the same as before, or holds under further options
empty            what it is about can never happen any more: nothing is gained by its being true
meaningless      speaks of what the new wording does not have
"""

FlawFate: TypeAlias = Literal["new", "mended", "undecided"]
"""Whether the edit makes a flaw, mends it, or neither is known."""

Word: TypeAlias = Literal["holds", "fails", "depends", "vacuous", "undecided"]


def word(decision: Decision) -> Word:
    """Return what came out, in the terms of the claim: of a possibility, `holds` says that it is one."""
    possible = decision.subject.claim is not None and decision.subject.claim.possible
    if any(s.separates for s in decision.splits):
        return "depends"
    match decision.verdict:
        case Proved():
            return "fails" if possible else "holds"
        case Refuted():
            return "holds" if possible else "fails"
        case Vacuous():
            return "fails" if possible else "vacuous"
        case Bounded() | Unknown() | None:
            return "undecided"


def readings_of(decision: Decision) -> frozenset[str]:
    """Return the readings on which the verdict depends."""
    return frozenset(s.reading for s in decision.splits if s.separates)


def open_under_readings(decision: Decision) -> bool:
    """Return whether it is not decided under some reading: then it is not known on which it depends."""
    return any(isinstance(v, Bounded | Unknown) for s in decision.splits for _, v in s.options)


def fails_openly(decision: Decision, other: Decision) -> bool:
    """Return whether a claim fails without its being known under which readings, and depends on some in `other`."""
    return word(decision) == "fails" and word(other) == "depends" and open_under_readings(decision)


@dataclass(frozen=True, slots=True)
class Place:
    """An option of a reading under which claims are judged; the other readings are free, or `others_at_default`."""

    reading: str
    others_at_default: bool
    option: str


def lost_where(old: Decision, new: Decision) -> tuple[Place, ...]:
    """Return where a claim held before, and does not any more."""
    before, after = _places(old), _places(new)
    return tuple(place for place, holds in before.items() if holds and after.get(place) is False)


def gained_where(old: Decision, new: Decision) -> tuple[Place, ...]:
    """Return where a claim failed before, and holds now."""
    return lost_where(new, old)


def _places(decision: Decision) -> dict[Place, bool | None]:
    """Return under which options the claim holds, and under which it does not; None where that is not known."""
    claim = decision.subject.claim
    possible = claim is not None and claim.possible
    return {
        Place(s.reading, s.others_at_default, option): None
        if isinstance(v, Bounded | Unknown)
        else isinstance(v, Refuted) == possible
        for s in decision.splits
        for option, v in s.options
    }


def _open_otherwise(old: Decision, new: Decision) -> bool:
    """Return whether there is a place that is decided under one wording and not under the other."""
    before, after = _places(old), _places(new)
    return any((before[place] is None) != (after[place] is None) for place in before.keys() & after.keys())


def fate_of(claim: LoadedClaim, old: Decision, new: Decision) -> Fate:
    """Return what becomes of `claim`, judged under both wordings."""
    before, now = word(old), word(new)
    if "undecided" in {before, now}:
        return "undecided"
    if before == now:
        return _still(claim, old, new)
    if fails_openly(old, new):
        return "kept"  # it fails under some reading, as it did
    if fails_openly(new, old) and not lost_where(old, new):
        return "undecided"
    finding = claim.kind == "finding"
    if now == "vacuous":
        return "empty"
    if now == "holds" and not (finding and before == "vacuous"):  # what could not happen was no weakness
        return "mended" if finding else "gained"
    if now == "holds":
        return "kept"
    if before in {"holds", "vacuous"} or (before == "depends" and now == "fails"):
        return "worse" if finding else "lost"
    return "other readings"


def _still(claim: LoadedClaim, old: Decision, new: Decision) -> Fate:
    """Return what becomes of `claim` where the same word came out: it may depend on a reading the other way round."""
    if word(old) != "depends":
        return "kept"
    if lost_where(old, new):
        return "worse" if claim.kind == "finding" else "lost"
    if _open_otherwise(old, new):
        return "undecided"
    common = {place.reading for place in _places(old).keys() & _places(new).keys()}
    alike = readings_of(old) == readings_of(new) <= common
    return "kept" if alike and not gained_where(old, new) else "other readings"
