"""Which cases of its readings are still to be asked about, once a question is refuted: no solver, only the story."""

from collections.abc import Mapping
from dataclasses import dataclass

from policydsl.analyses.readings import Case, Looks, Split, default_cases, retell, visible_readings
from policydsl.core.system import Question, System
from policydsl.engines.verdict import Refuted, Verdict
from policydsl.front.influence import Influence


@dataclass(frozen=True, slots=True)
class Readings:
    """What bears on the readings of a question: its policy's system, what influences what there, what is expected.

    `expected` are the readings on which the answer is expected to depend.
    """

    base: System
    influence: Influence
    expected: frozenset[str]


def open_cases(
    question: Question, about: Readings, verdict: Refuted, known: dict[Case, Verdict], looks: Looks
) -> list[Case]:
    """Return the cases still to be asked about; those that a story at hand answers are added to `known`.

    First the readings that the claim is expected to depend on; if it does, nothing else needs to be asked. Then each
    reading by itself; if none makes a difference, each with the others at their defaults. There an option undecided
    before stays so, and one that was refuted is retold from its own story.
    """
    readings, singles = looks.singles(question, lambda: visible_readings(question, about.base, about.influence))
    if about.expected:
        fresh = _untold(question, {c: verdict for c in singles if c.reading in about.expected}, known, looks)
        if fresh or about.expected <= {s.reading for s in splits(known) if s.separates}:
            return fresh
    fresh = _untold(question, dict.fromkeys(singles, verdict), known, looks)
    if fresh or len(readings) == 1 or any(s.separates for s in splits(known)):
        return fresh
    stories: dict[Case, Refuted] = {}
    single = {c.place: known[c] for c in singles}
    for case in default_cases(question, readings, looks.room):
        before = single.get(case.place)
        if isinstance(before, Refuted):
            stories[case] = before
    return _untold(question, stories, known, looks)


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
    """Return what `cases` say, reading by reading: with the others free, then with the others at their defaults."""
    options: dict[tuple[bool, int, str], list[tuple[int, str, Verdict]]] = {}
    for case, verdict in cases.items():
        key = (len(case.fixed) > 1, *case.place)
        options.setdefault((key[0], key[1], case.reading), []).append((key[2], case.option, verdict))
    return tuple(
        Split(reading, at_default, tuple((o, v) for _, o, v in sorted(said, key=lambda item: item[0])))
        for (at_default, _, reading), said in sorted(options.items(), key=lambda item: item[0])
    )
