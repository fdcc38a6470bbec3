"""Which cases of its readings are still to be asked about, once a question is refuted: no solver, only the story."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from policydsl.analyses.readings import Case, Split, default_cases, paired_cases, single_cases, visible_readings
from policydsl.analyses.retelling import Looks, retell
from policydsl.base.records import dataclass
from policydsl.core.system import Question, System
from policydsl.engines.verdict import Bounded, Proved, Refuted, Unknown, Vacuous, Verdict
from policydsl.front.influence import Influence


@dataclass(frozen=True, slots=True)
class Readings:
    """What bears on the readings of a question: its policy's system, what influences what there, what is expected.

    `expected` are the readings on which the answer is expected to depend.
    """

    base: System
    influence: Influence
    expected: frozenset[str]


def open_cases(  # noqa: PLR0913  what is asked, what is known of it, and how far to go
    question: Question,
    about: Readings,
    verdict: Refuted,
    known: dict[Case, Verdict],
    looks: Looks,
    *,
    pairs: bool = True,
) -> list[Case]:
    """Return the cases still to be asked about; those that a story at hand answers are added to `known`.

    First the readings that the claim is expected to depend on; if it does, nothing else needs to be asked. Then each
    reading by itself; if none makes a difference, each with the others at their defaults. There an option undecided
    before stays so, and one that was refuted is retold from its own story. First all are at their defaults: where that
    is left undecided, no option is known to make a difference to it, and stories at hand have to do. If it fails all
    the same, two readings together, where the story under an option of either looks at the other; unless no `pairs`
    are wanted.
    """
    readings = visible_readings(question, about.base, about.influence)
    singles = list(single_cases(question, readings, looks.room))
    if about.expected:
        fresh = _untold(question, {c: verdict for c in singles if c.reading in about.expected}, known, looks)
        if fresh or about.expected <= {s.reading for s in splits(known) if s.separates}:
            return fresh
    fresh = _untold(question, dict.fromkeys(singles, verdict), known, looks)
    if fresh or len(readings) == 1 or any(s.separates for s in splits(known)):
        return fresh
    stories: dict[Case, Refuted] = {}
    single = {c.place: known[c] for c in singles}
    by_default = list(default_cases(question, readings, looks.room))
    for case in by_default:
        before = single.get(case.place)
        if isinstance(before, Refuted):
            stories[case] = before
    fresh = _untold(question, stories, known, looks)
    defaults = {r.name: r.default for r in readings}
    moved = [c for c in by_default if c.option != defaults[c.reading]]
    if first := [c for c in fresh if c not in moved]:
        return first
    if any(isinstance(known.get(c), Bounded | Unknown) for c in by_default if c not in moved):
        at_hand = _different([v for v in known.values() if isinstance(v, Refuted)], {r.name for r in readings})
        for case in fresh:  # of its histories no more is known than of all
            told = (retell(question, case, replace(v, clear=verdict.clear), looks) for v in at_hand)
            known.update((case, v) for v in told if v is not None)
        return []
    if fresh or not pairs or any(s.separates or s.is_open for s in splits(known)):
        return fresh
    return _pairs(question, moved, known, looks)


def _pairs(question: Question, moved: Sequence[Case], known: dict[Case, Verdict], looks: Looks) -> list[Case]:
    """Return pairs of `moved` cases, each of which fails by itself, that no story at hand answers: of one kind, one.

    Its story may well answer the others.
    """
    stories = _different([v for v in known.values() if isinstance(v, Refuted)], {n for c in moved for n, _ in c.fixed})
    fresh: dict[tuple[str, str], Case] = {}
    for one, other in combinations(moved, 2):
        kind = one.reading, other.reading
        if one.reading == other.reading or kind in fresh or not _meet(question, one, other, known, looks):
            continue
        for case in paired_cases(one, other, looks.room, question):
            if case not in known:
                tells = next((v for v in stories if retell(question, case, v, looks) is not None), None)
                if tells is None:
                    fresh[kind] = case
                else:  # it may well tell the next one, too
                    stories.remove(tells)
                    stories.insert(0, tells)
    return list(fresh.values())


def _different(stories: Sequence[Refuted], fixed: set[str]) -> list[Refuted]:
    """Return `stories`, but of those that differ in the parameters `fixed` alone, which go alike with these, one."""
    found: list[tuple[object, Refuted]] = []
    for told in stories:
        rest = {name: value for name, value in told.trace.parameters.items() if name not in fixed}
        said = (told.trace.initial, told.trace.steps, rest)
        if not any(said == other for other, _ in found):
            found.append((said, told))
    return [told for _, told in found]


def _meet(question: Question, one: Case, other: Case, known: Mapping[Case, Verdict], looks: Looks) -> bool:
    """Return whether the story under either case looks at the reading of the other: else it goes as it went."""
    both = ((known.get(one), other), (known.get(other), one))
    return all(isinstance(v, Refuted) and looks.of(question, v.trace).reads(c.reading) for v, c in both)


def together(cases: Mapping[Case, Verdict]) -> tuple[tuple[tuple[str, str], tuple[str, str]], ...]:
    """Return which pairs of readings, with their options, have it proved, where either alone does not."""
    return tuple(
        ((case.reading, case.option), case.also)
        for case, verdict in cases.items()
        if case.also is not None and isinstance(verdict, Proved)
    )


def _untold(
    question: Question, stories: Mapping[Case, Refuted], known: dict[Case, Verdict], looks: Looks
) -> list[Case]:
    """Return those of the cases that their story does not answer; the others are added to `known`."""
    fresh: list[Case] = []
    for case, story in stories.items():
        if case not in known:
            told = retell(question, case, story, looks)
            if told is None:
                fresh.append(case)
            else:
                known[case] = told
    return fresh


def splits(cases: Mapping[Case, Verdict]) -> tuple[Split, ...]:
    """Return what `cases` say, reading by reading: with the others free, then with the others at their defaults.

    An option for which what is assumed leaves no history is none: nothing depends on it.
    """
    options: dict[tuple[bool, int, str], list[tuple[int, str, Verdict]]] = {}
    for case, verdict in cases.items():
        if case.also is not None or (isinstance(verdict, Vacuous) and verdict.lacks == "existence"):
            continue
        key = (len(case.fixed) > 1, *case.place)
        options.setdefault((key[0], key[1], case.reading), []).append((key[2], case.option, verdict))
    return tuple(
        Split(reading, at_default, tuple((o, v) for _, o, v in sorted(said, key=lambda item: item[0])))
        for (at_default, _, reading), said in sorted(options.items(), key=lambda item: item[0])
    )
