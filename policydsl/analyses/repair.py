"""Small edits with which a refuted claim holds, and all else that is claimed stays: offered, never applied."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import field, replace
from itertools import combinations
from typing import TypeAlias

from policydsl.analyses.comparison import Comparison
from policydsl.analyses.diff import compare
from policydsl.analyses.diff_ask import Asks, spending
from policydsl.analyses.edits import Edit, as_amendment
from policydsl.analyses.judgement import News
from policydsl.analyses.readings import fix, single_cases, visible_readings
from policydsl.analyses.repair_case import Target, case_of
from policydsl.analyses.repair_cost import Cost, Pricing, fails, idle, ruled_out, settled_by, stilled
from policydsl.analyses.repair_edits import candidates
from policydsl.base.records import dataclass
from policydsl.core.system import Question, System, Trace
from policydsl.engines.verdict import Manner, Proved, Refuted, Vacuous, Verdict
from policydsl.front.wordings import Base, Wordings, reworded


@dataclass(frozen=True, slots=True)
class Repair:
    """Edits with which the claim holds, proved, and what they cost; `comparison`, once it is made, what they change."""

    edits: tuple[Edit, ...]
    cost: Cost
    comparison: Comparison | None = None

    @property
    def rank(self) -> tuple[int, ...]:
        """By what repairs are ordered, the cheapest first; among equals, as they were found."""
        judged = () if self.comparison is None else self.comparison.judged
        changed = sum(j.relation != "equivalent" for j in judged)
        return (*self.cost.rank, len(self.edits), changed)


@dataclass(frozen=True, slots=True)
class Means:
    """Who is asked, and how far: so many repairs that cost nothing are enough, so many edits are put to the prover.

    `over` says whether the time is up.
    """

    asker: Asks
    pricing: Pricing
    most: int
    tries: int
    over: Callable[[], bool] = lambda: False


@dataclass(frozen=True, slots=True)
class Nothing:
    """There is nothing to mend, or nothing to go by: what is known of it is `verdict`."""

    verdict: Verdict


Found: TypeAlias = Repair | Nothing | News


def repairs(base: Base, target: Target, means: Means) -> Iterator[Found]:
    """Yield repairs of `target` as they are found, and between them how far the search has come.

    Single edits are tried first, of these first those that lose no guarantee by a story that is known from another
    one; then two edits of which the first stands the stories so far and the second those that the first does not;
    last those that only take for granted that something does not happen.

    Gives:    edits with which it is proved. Each is an amendment that has been read back and made; what it costs has
              been judged as everything is.
    Complete: no; only small edits of the clauses that bear on the claim are tried.
    """
    verdict = _at_first(target, means.asker)
    stories = [verdict.trace] if isinstance(verdict, Refuted) and not target.possible else []
    search, edits = _Search(base, target, means, stories), candidates(case_of(base, target, stories))
    if target.possible and isinstance(verdict, Refuted):
        edits = _under_a_reading(base, target, edits, means.asker)
    if not isinstance(verdict, Proved if target.possible else Refuted) and not (target.possible and edits):
        yield Nothing(verdict)
        return
    yield from search.singly(edits)
    if search.goes_on and not search.found:
        yield from search.dear()
    if search.goes_on and not search.found:
        yield from search.in_pairs(edits)
    if search.goes_on and not search.alone:
        yield from search.by_fact()


def _under_a_reading(base: Base, target: Target, edits: Sequence[Edit], asker: Asks) -> tuple[Edit, ...]:
    """Return those of `edits` that settle a reading under which it is possible, and not possible under another one."""
    readings = visible_readings(target.question, base.policy.system, base.policy.influence)
    meant = () if target.claim is None else target.claim.on_readings
    cases = list(single_cases(target.question, [r for r in readings if not meant or r.name in meant]))
    verdicts = asker.ask([fix(target.question, c) for c in cases], wanted=Manner("verdict", suspect=True))
    never = {c.reading for c, v in zip(cases, verdicts, strict=True) if isinstance(v, Proved | Vacuous)}
    able = {(c.reading, c.option) for c, v in zip(cases, verdicts, strict=True) if isinstance(v, Refuted)}
    return tuple(e for e in edits if e.kind == "reading settled" and e.was in never and (e.was, e.now) in able)


def _at_first(target: Target, asker: Asks) -> Verdict:
    """Return what is known under the wording at hand: all else builds on it, so it may take longer."""
    with spending(asker, asker.budget.seconds * _FIRST):
        (verdict,) = asker.ask([target.question], wanted=Manner("verdict"))
    return verdict


_FIRST = 10
_BATCH = 4
"""So many edits are put to the prover at once, however many processes there are: the answers are the same."""
_PLACES = 4
"""In so many places at most the same is said."""
_PAIRED, _PARTNERS = 12, 400
"""So many edits that mend some stories and not others are given so many partners at most."""


@dataclass(frozen=True, slots=True)
class _Draft:
    """Edits made: the wordings, and under which readings."""

    edits: tuple[Edit, ...]
    wordings: Wordings


@dataclass(eq=False, slots=True)
class _Search:
    """The search for repairs of one claim: `stories` refute it, under no edit or some; `seen` was tried.

    `later` are edits that cost a guarantee, by a story that is known; `partial` those that mend only some stories,
    each with one that it does not mend; `alone` are edits that mend it without another, `plain` what repairs say,
    whether states before or after are meant; `factual` are those that rule out a fact, with which; `found` counts
    repairs that cost nothing.
    """

    base: Base
    target: Target
    means: Means
    stories: list[Trace]
    seen: set[tuple[System, Question | None]] = field(default_factory=set)
    later: list[_Draft] = field(default_factory=list)
    partial: list[tuple[_Draft, Trace]] = field(default_factory=list)
    alone: set[Edit] = field(default_factory=set)
    plain: set[tuple[str, ...]] = field(default_factory=set)
    factual: list[tuple[_Draft, tuple[str, ...]]] = field(default_factory=list)
    tried: int = 0
    found: int = 0

    @property
    def goes_on(self) -> bool:
        """Whether there is any reason to go on."""
        return self.found < self.means.most and self.tried < self.means.tries and not self.means.over()

    def singly(self, edits: Sequence[Edit]) -> Iterator[Found]:
        """Yield the repairs among `edits`, one by one."""
        waiting: list[_Draft] = []
        for number, edit in enumerate(edits):
            if not self.goes_on:
                return
            yield News(number, len(edits), edit.clause, edit.now or edit.was)
            draft = self._drafted((edit,))
            if draft is not None:
                waiting.append(draft)
            if len(waiting) == _BATCH or (waiting and number + 1 == len(edits)):
                yield from self._put([d for d in waiting if self._stands(d)])
                waiting = []
        yield from self._put(waiting)

    def dear(self) -> Iterator[Found]:
        """Yield repairs among the edits that were left for later."""
        every, self.later = self.later, []
        for i in range(0, len(every), _BATCH):
            if not self.goes_on:
                return
            yield from self._prove([d for d in every[i : i + _BATCH] if self._stands(d)])

    def in_pairs(self, edits: Sequence[Edit]) -> Iterator[Found]:
        """Yield repairs of two edits: one that mends some stories, and one that mends what it does not."""
        halves = [(d.edits[0], story) for d, story in self.partial]
        for alike in _alike(edits):
            pairs = combinations(alike, 2) if len(alike) > 2 else ()  # noqa: PLR2004  the two are all of them
            yield from self._those([alike, *pairs], len(edits))
        for first, story in halves[:_PAIRED]:
            more = candidates(case_of(self.base, self.target, [story]))
            partners = sorted(dict.fromkeys((*more, *edits)), key=lambda e: e.kind != first.kind)
            yield from self._those([(first, e) for e in partners[:_PARTNERS]], len(edits))
        yield from self.dear()

    def _those(self, several: Sequence[tuple[Edit, ...]], known: int) -> Iterator[Found]:
        """Yield the repairs among edits that are to be made together; those do not count that mend it alone."""
        waiting: list[_Draft] = []
        script = case_of(self.base, self.target, []).script
        for edits in several:
            if not self.goes_on:
                return
            joined = () if self.alone & set(edits) or len(set(edits)) == 1 else script.together(edits)
            draft = self._drafted(joined) if joined else None
            if draft is not None:
                waiting.append(draft)
            if len(waiting) == _BATCH:
                yield News(known - 1, known, edits[-1].clause, edits[-1].now or edits[-1].was)
                yield from self._put([d for d in waiting if self._stands(d)])
                waiting = []
        yield from self._put([d for d in waiting if self._stands(d)])

    def by_fact(self) -> Iterator[Found]:
        """Yield those that rule out a fact."""
        for draft, out in self.factual[: self.means.most]:
            if self.goes_on:
                repair = self._costed(draft)
                yield replace(repair, cost=replace(repair.cost, ruled_out=out))

    def _drafted(self, edits: tuple[Edit, ...]) -> _Draft | None:
        """Return the policy with `edits`, unless it is none, was tried, or fails in a story that is known."""
        wordings = reworded(self.base, self._amendment(edits), self.target.name)
        if wordings is None:
            return None
        asked = wordings.new.system, self.target.under(wordings)
        if asked in self.seen or asked == (self.base.policy.system, self.target.question):
            return None
        draft = _Draft(edits, wordings)
        if not self._stands(draft):
            return None
        self.seen.add(asked)
        return draft

    def _stands(self, draft: _Draft) -> bool:
        return not fails(self.target.under(draft.wordings), self.stories, settled_by(draft.edits))

    def _put(self, drafts: Sequence[_Draft]) -> Iterator[Found]:
        """Yield the repairs among `drafts`; those that are known to cost a guarantee are left for later."""
        dear = [d for d in drafts if self.means.pricing.known and self._loses(d)]
        self.later += dear
        yield from self._prove([d for d in drafts if d not in dear])

    def _loses(self, draft: _Draft) -> bool:
        return self.means.pricing.loses(self._whole(draft), settled_by(draft.edits))

    def _whole(self, draft: _Draft) -> Wordings:
        """Return the wordings with all that is claimed of them."""
        wordings = reworded(self.base, self._amendment(draft.edits))
        assert wordings is not None
        return wordings

    def _prove(self, drafts: Sequence[_Draft]) -> Iterator[Found]:
        drafts = [d for d in drafts if _plainly(d.edits) not in self.plain][: self.means.tries - self.tried]
        asked = [(d, self.target.under(d.wordings)) for d in drafts]
        questions = [q for _, q in asked if q is not None]
        self.tried += len(drafts)
        verdicts = iter(self.means.asker.ask(questions, wanted=Manner("verdict")) if questions else [])
        for draft, question in asked:
            if self.found >= self.means.most:
                return
            verdict = None if question is None else next(verdicts)
            if isinstance(verdict, Refuted) and not self.target.possible:
                self.stories.append(verdict.trace)
                self.partial.append((draft, verdict.trace))
            if self._mended(verdict) and not idle(self.base, draft.wordings, self.target, self.means.asker):
                out = ruled_out(draft.wordings, self.stories[:1], settled_by(draft.edits))
                if out:
                    self.factual.append((draft, out))
                    continue
                self.plain.add(_plainly(draft.edits))
                self.alone |= set(draft.edits if len(draft.edits) == 1 else ())
                repair = self._costed(draft)
                self.found += repair.cost.free
                yield repair

    def _mended(self, verdict: Verdict | None) -> bool:
        if verdict is None:
            return self.target.claim is None  # the policy owes it no longer; a claim without a meaning is none
        return isinstance(verdict, Refuted if self.target.possible else Proved)

    def _costed(self, draft: _Draft) -> Repair:
        cost = self.means.pricing.of(self._whole(draft), draft.edits, self.target)
        if cost.whole:
            cost = replace(cost, stilled=stilled(self.base, draft.wordings, self.target, self.means.asker))
            cost = replace(cost, whole=not self.means.pricing.late)
        return Repair(draft.edits, cost)

    def _amendment(self, edits: Sequence[Edit]) -> str:
        return amendment_of(self.base, self.target, edits)


def _plainly(edits: Sequence[Edit]) -> tuple[str, ...]:
    """Return what `edits` say but for `new`, which often makes no difference."""
    return tuple(f"{e.clause} {_NEW.sub('', e.new)}" for e in edits)


_NEW = re.compile(r"\bnew ")


def _alike(edits: Sequence[Edit]) -> Iterator[tuple[Edit, ...]]:
    """Yield the edits that say the same in several places, not in too many."""
    groups: dict[tuple[str, str], list[Edit]] = {}
    for edit in edits:
        groups.setdefault((edit.kind, edit.now), []).append(edit)
    yield from (tuple(group) for group in groups.values() if 1 < len(group) <= _PLACES)


def amendment_of(base: Base, target: Target, edits: Sequence[Edit], expects: Sequence[str] = ()) -> str:
    """Return the amendment that makes `edits` to mend `target`."""
    return as_amendment(edits, f"Mends {target.name}", base.policy.header.title, target.sentence, expects)


def compared(base: Base, target: Target, repair: Repair, asker: Asks) -> Repair:
    """Return `repair` with what it changes, for whom."""
    wordings = reworded(base, amendment_of(base, target, repair.edits))
    assert wordings is not None
    return replace(repair, comparison=compare(wordings, {}, asker, readings=False))


def amendment(base: Base, target: Target, repair: Repair) -> str:
    """Return the amendment to offer, with what is known of it for its author to expect."""
    overall = () if repair.comparison is None else repair.comparison.overall.roles
    expects = [f"{x} for {role}" for role, x in overall if x in {"stricter", "more lenient", "incomparable"}]
    return amendment_of(base, target, repair.edits, expects)
