"""What becomes of a claim when it is judged under another wording: from both verdicts, reading by reading. Pure."""

from typing import Literal, TypeAlias

from policydsl.analyses.diff_names import Names
from policydsl.analyses.judgement import Decision
from policydsl.analyses.readings import Room
from policydsl.base.records import dataclass
from policydsl.core.expr import EnumSort
from policydsl.core.walk import mentioned
from policydsl.engines.verdict import Bounded, Proved, Refuted, Unknown, Vacuous, Verdict
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

FlawFate: TypeAlias = Literal["new", "mended", "perhaps mended", "kept", "undecided"]
"""Whether the edit makes a flaw, mends it (perhaps: there is none now, and whether there was one is not known), touches
one that stays, or none of it is known.
"""

Word: TypeAlias = Literal["holds", "fails", "depends", "vacuous", "undecided"]


SAME = Names({})


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
        case Vacuous(lacks=lacks):
            return "fails" if possible and lacks == "trigger" else "vacuous"
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


def lost_where(old: Decision, new: Decision, names: Names) -> tuple[Place, ...]:
    """Return where a claim held before, and does not any more; `names` lead from the old wording's to the new one's."""
    return tuple(p for p, holds in _places(old).items() if holds and _at(p, new, names) == "fails")


def gained_where(old: Decision, new: Decision, names: Names) -> tuple[Place, ...]:
    """Return where a claim failed before, and holds now, in the new wording's words."""
    return lost_where(new, old, names.old())


def _places(decision: Decision) -> dict[Place, bool | None]:
    """Return under which options the claim holds, and under which it does not; None where that is not known."""
    return {
        Place(s.reading, s.others_at_default, option): _holds(v, decision)
        for s in decision.splits
        for option, v in s.options
    }


def _holds(verdict: Verdict | None, decision: Decision) -> bool | None:
    if verdict is None or isinstance(verdict, Bounded | Unknown):
        return None
    return isinstance(verdict, Refuted) == _is_possibility(decision)


def _is_possibility(decision: Decision) -> bool:
    return decision.subject.claim is not None and decision.subject.claim.possible


_There: TypeAlias = Literal["holds", "fails", "open", "gone"]


def _at(place: Place, decision: Decision, names: Names) -> _There:
    """Return what became of a claim at `place`, of the other wording; `gone` where the text is not read so any more.

    `decision` tells readings apart that the claim can see, unless some are expected to make the difference: what it
    does not see makes none.
    """
    system = decision.subject.question.system
    reading = names.new(place.reading)
    option = str(names.value(EnumSort(place.reading, ()), place.option))
    sort = next((p.sort for p in system.parameters if p.name == reading), None)
    if isinstance(sort, EnumSort) and not (option in sort.values and Room().is_left(system, ((reading, option),))):
        return "gone"
    known = _places(decision)
    if Place(reading, place.others_at_default, option) in known:
        return _word_of(known[Place(reading, place.others_at_default, option)])
    claim, split = decision.subject.claim, any(p.reading == reading for p in known)
    if any(reading in mentioned(e)[0] for e in system.assumptions):
        near: list[bool | None] = []  # what it makes no difference to itself, it may do through another reading
    elif not split and claim is not None and claim.on_readings and readings_of(decision).issuperset(claim.on_readings):
        near = []  # it was perhaps not asked about: others made the difference that was expected
    elif split:
        near = [known.get(Place(reading, not place.others_at_default, option))]
    elif not place.others_at_default:
        return _word_of(_holds(decision.verdict, decision))
    else:
        defaults = {p.name: p.default for p in system.parameters if p.is_reading}
        near = [holds for p, holds in known.items() if p.option == defaults[p.reading]]
        same = [known[p] for p in known if p.others_at_default and p.option == defaults[p.reading]]
        if same:
            return _word_of(same[0])
    # A guarantee that holds whatever the others are holds where they are at their defaults; a possibility is none there
    # if it is none whatever they are; and the other way round.
    telling = place.others_at_default != _is_possibility(decision)
    return _word_of(telling) if telling in near else "open"


def _word_of(holds: bool | None) -> _There:  # noqa: FBT001  what is known
    return "open" if holds is None else "holds" if holds else "fails"


def _open_otherwise(old: Decision, new: Decision, names: Names) -> bool:
    """Return whether it is not decided of a place at which it held, or at all, whether it is the same there."""
    after = [(p, holds, _at(p, new, names)) for p, holds in _places(old).items()]
    own = _places(new).keys()
    return any(
        (there == "open") if holds else (holds is None) != (there == "open") and p in own for p, holds, there in after
    )


def fate_of(claim: LoadedClaim, old: Decision, new: Decision, names: Names = SAME) -> Fate:
    """Return what becomes of `claim`, judged under both wordings; `names` are what the new one calls its things."""
    before, now = word(old), word(new)
    if "undecided" in {before, now}:
        return "undecided"
    if before == now:
        return _still(claim, old, new, names)
    if fails_openly(old, new):
        return "kept"  # it fails under some reading, as it did
    if fails_openly(new, old) and not lost_where(old, new, names):
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


def _still(claim: LoadedClaim, old: Decision, new: Decision, names: Names) -> Fate:
    """Return what becomes of `claim` where the same word came out: it may depend on a reading the other way round."""
    if word(old) != "depends":
        return "kept"
    if lost_where(old, new, names):
        return "worse" if claim.kind == "finding" else "lost"
    if _open_otherwise(old, new, names):
        return "undecided"
    common = {p.reading for p in _places(old) if _at(p, new, names) in {"holds", "fails"}}
    alike = readings_of(old) <= common and set(map(names.new, readings_of(old))) == readings_of(new)
    return "kept" if alike and not gained_where(old, new, names) else "other readings"
