"""A question with all that is stored about it: its answer is shown again, and with it those of its readings' cases."""

from collections.abc import Callable, Iterable
from dataclasses import field

from policydsl.analyses.cases import Readings, open_cases
from policydsl.analyses.readings import Case, fix
from policydsl.analyses.retelling import Looks
from policydsl.base.packing import packed_by_fields
from policydsl.base.records import dataclass
from policydsl.core.system import Question, Trace
from policydsl.engines.records import NEAR, StoreError
from policydsl.engines.verdict import Record, Refuted, Verdict

Show = Callable[[Question, Record], Verdict]
"""Shows a stored answer again; raises `StoreError` if it cannot be."""


@packed_by_fields
@dataclass(frozen=True, slots=True)
class Shown:
    """What was shown: the verdict, and where it is refuted, those under the cases of its readings.

    `same` are cases in which the story goes as it does, `told` those in which it goes another way, `answered` those
    that other stored answers are about. Where all that there is to ask is answered so, it is `settled`. `made_here`: no
    certificate says so, but a search of this run or of an earlier one, or what one of another wording was made.
    """

    verdict: Verdict
    same: tuple[Case, ...] = ()
    told: dict[Case, Verdict] = field(default_factory=dict)
    answered: tuple[tuple[tuple[Case, ...], Verdict], ...] = ()
    settled: bool = False
    made_here: bool = False

    def cases(self) -> dict[Case, Verdict]:
        """Return the verdicts that the story gives."""
        made, v = {**self.told}, self.verdict
        if isinstance(v, Refuted):
            made |= {c: _under(v, c) for c in self.same}
        return made


def _under(verdict: Refuted, case: Case) -> Refuted:
    """Return `verdict` with the options of `case`."""
    t = verdict.trace
    return Refuted(Trace({**t.parameters, **dict(case.fixed)}, t.initial, t.steps), verdict.at, verdict.clear)


def show_all(  # noqa: PLR0913, PLR0917  what is asked, what is known of it, and who shows it again
    question: Question,
    about: Readings | None,
    records: Iterable[Record],
    bind: Callable[[Question], str],
    show: Show,
    looks: Looks | None = None,
) -> Shown:
    """Return what `records` show of `question`, and of its readings if it is told what is `about` them.

    `looks` serves several questions.

    Raises:   `StoreError` if they do not show its verdict.
    """
    by_binding = {r.binding: r for r in records}
    record = by_binding.get(bind(question))
    if record is None:
        raise StoreError("is about another version of the policy or the claim")
    verdict = show(question, record)
    if about is None or not isinstance(verdict, Refuted):
        return Shown(verdict, settled=True, made_here=record.said.get(NEAR) is True)
    known: dict[Case, Verdict] = {}
    answered: list[tuple[tuple[Case, ...], Verdict]] = []
    looks, settled, left = looks or Looks(), False, by_binding.keys() - {record.binding}
    while not settled:  # two readings together come last: without an answer that is about them, none was asked about
        fresh = alike(open_cases(question, about, verdict, known, looks, pairs=bool(left)))
        settled = not fresh
        for same in fresh:
            fixed = fix(question, same[0])
            record = by_binding.get(bind(fixed))
            left -= set() if record is None else {record.binding}
            try:
                found = None if record is None else show(fixed, record)
            except StoreError:  # whoever searches for it says why
                found = None
            if found is None:
                return _shown(verdict, known, answered, settled=False)
            known.update(dict.fromkeys(same, found))
            answered.append((same, found))
    return _shown(verdict, known, answered, settled=True)


def _shown(
    verdict: Refuted, known: dict[Case, Verdict], answered: list[tuple[tuple[Case, ...], Verdict]], *, settled: bool
) -> Shown:
    """Return what was shown; most stories go alike in all cases, and are not handed on for each."""
    asked = {case for same, _ in answered for case in same}
    told = {case: v for case, v in known.items() if case not in asked}
    same = tuple(c for c, v in told.items() if v == _under(verdict, c))
    for case in same:
        del told[case]
    return Shown(verdict, same, told, tuple(answered), settled)


def alike(cases: Iterable[Case]) -> list[tuple[Case, ...]]:
    """Return `cases` by what they fix: those that fix the same are one question."""
    found: dict[tuple[tuple[str, str], ...], list[Case]] = {}
    for case in cases:
        found.setdefault(case.fixed, []).append(case)
    return [tuple(same) for same in found.values()]
