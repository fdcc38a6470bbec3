"""All engines on all questions: the cheap ones first, and everything shared that can be."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import zip_longest
from typing import TypeAlias

from policydsl.core.expr import FALSE, TRUE
from policydsl.core.idle import without_idle
from policydsl.core.system import Property, Question, System
from policydsl.engines import (
    bmc,
    explore,
    familiar,
    horizon,
    minimise,
    proving,
)
from policydsl.engines.answers import Way, certified, count_out, find_proof, note, refute, told
from policydsl.engines.bench import Bench, Benches, Inquiry, find_start, seat
from policydsl.engines.chance import after_all, as_met, at_random, repeat
from policydsl.engines.unroll import Unrolling
from policydsl.engines.verdict import (
    Bounded,
    Budget,
    Certificate,
    Manner,
    Progress,
    Refuted,
    Unknown,
    Vacuous,
    Verdict,
)

_SHALLOW, _CLOSE, _NEAR, _MEDIUM, _FAIR, _DEEP, _DEEPER = 2, 3, 4, 6, 8, 12, 16
_AT_A_GLANCE = 1_400_000
"""So many units a query may take in a search that comes before cheap proofs: about a fifth of a second."""


def judge(  # noqa: PLR0913, PLR0917  what everyone calls
    system: System,
    questions: Sequence[Question],
    budget: Budget,
    on_progress: Progress,
    manners: Sequence[Manner] = (),
    helpers: Sequence[Question] = (),
    benches: Benches | None = None,
) -> Iterator[tuple[Question, Verdict]]:
    """Yield each of `questions` with its verdict, as they are decided: questions about one system share their work.

    `manners` says for each question how it is to be answered; without it, all are answered in full. `helpers` are
    other questions, not answered here: what they say of states is tried as lemmas. `benches` are those of earlier
    questions, used again where they serve; new ones are added.

    Gives:    a verdict for every question, whatever runs out.
    Sound:    a proof has passed `obligation.confirm`, a counterexample `interpret.replay` on the question's own system.
              Where there is no history at all, every verdict is `Vacuous`.
    Complete: no; what is not decided within `budget` is `Bounded` or `Unknown`.
    Raises:   `SemanticsDisagreeError` or `SolverDisagreeError` for bugs in policydsl; nothing else but
              `KeyboardInterrupt`.
    """
    del system  # each question brings its own
    asked = list(zip(questions, manners or [Manner()] * len(questions), strict=True))
    kept = Benches() if benches is None else benches
    for bench, inquiries in seat(kept, asked, helpers, budget, on_progress):
        waiting, left = list(inquiries), math.inf if budget.options is None else budget.options
        for turn in zip_longest(_ATTEMPTS, _SUSPECT_ATTEMPTS, fillvalue=_give_up):
            for inquiry in tuple(waiting):
                attempt, meter = turn[inquiry.manner.suspect], inquiry.meter
                meter.seconds = before = min(meter.seconds, left)
                with meter:
                    verdict = attempt(bench, inquiry)
                left -= before - meter.seconds
                if isinstance(verdict, Refuted):
                    bench.told.setdefault(inquiry.question.property, []).append(verdict.trace)
                if verdict is not None:
                    waiting.remove(inquiry)
                    yield inquiry.question, verdict


# --- attempts, in the order in which they are made -----------------------------------------------


def _existence(bench: Bench, inquiry: Inquiry) -> Verdict | None:
    """Look for a history without steps; if there is none, show that, and the question is about nothing."""
    if find_start(bench, inquiry) is not None:
        return None
    fixed = inquiry.fixed
    question = replace(inquiry.question, property=Property(FALSE, TRUE), trigger=None)
    if fixed not in bench.empty:
        ways: tuple[Way, ...] = tuple((level, 1, "alone") for level in range(proving.EXACT_LEVEL + 1))
        proof = find_proof(bench, inquiry, question.property, ways)
        if proof is None:
            return None
        bench.empty[fixed] = proof
    certificate = certified(bench, question, bench.empty[fixed])
    return Vacuous(certificate, "existence") if isinstance(certificate, Certificate) else certificate


def _familiar(bench: Bench, inquiry: Inquiry) -> Verdict | None:
    """Try the stories of the same property under other options: what they tell makes proofs pointless."""
    stories = bench.told.get(inquiry.question.property)
    if not stories or inquiry.meter.spent:
        return None
    least = inquiry.clear.get(bench.budget.horizons[0], -1) + 1
    inquiry.met = familiar.shortest_known(inquiry.question, stories, least)
    return as_met(bench, inquiry) if inquiry.met is not None and len(inquiry.met.steps) <= least else None


def _glance(bench: Bench, inquiry: Inquiry) -> Verdict | None:
    """Look a step further where that is cheap: what is refuted so needs no attempt at a proof, which is dearer."""
    return _searching(_CLOSE, lambda _: _AT_A_GLANCE)(bench, inquiry) if inquiry.manner.wanted == "verdict" else None


def _early_at_random(bench: Bench, inquiry: Inquiry) -> Verdict | None:
    """Try random histories where a claim has failed: under an option of a reading it mostly fails as well."""
    return at_random(bench, inquiry) if inquiry.manner.wanted == "retelling" else None


def _searching(depth: int, most: Callable[[Budget], int | None] = lambda _: None, *, far: bool = False) -> "Attempt":
    """Look for a story of so many steps; no query takes more units than `most`: what is dearer follows proofs.

    If `far`, in further years, if years matter: less deep, as there are many more dates to choose from.
    """

    def search(bench: Bench, inquiry: Inquiry) -> Verdict | None:
        nearest, *further = bench.budget.horizons
        if far and not bench.exact(nearest, inquiry.question.property).dated:
            return None
        stopped, units = inquiry.stopped, most(inquiry.meter.budget)
        with inquiry.meter.at_most(units):
            found = (refute(bench, inquiry, depth, months) for months in (further if far else (nearest,)))
            first = next((story for story in found if story is not None), None)
        inquiry.stopped = stopped if units else inquiry.stopped
        return first

    return search


def _search_past_idle(bench: Bench, inquiry: Inquiry) -> Verdict | None:
    """Look for a story among the steps that the question can see, where the calendar fills histories with others."""
    question, meter, months = inquiry.question, inquiry.meter, bench.budget.horizons[0]
    part = without_idle(question.system, question.property)
    if meter.spent or len(part.schedules) == len(question.system.schedules):
        return None
    note(bench, inquiry, f"histories of up to {_DEEP} steps within {months} months, idle steps left out")
    asked = (question.property.state, question.property.step)
    unrolling = Unrolling(part, horizon.exact_calendar(part, months, asked))
    found = bmc.search(unrolling, question.property, (), done=-1, depth=_DEEP, meter=meter)
    if isinstance(found, bmc.Clear):
        return None
    polish = inquiry.manner.wanted == "story"
    trace = told(inquiry, minimise.tell(unrolling, question, (), found, polish=polish, meter=meter))
    return Refuted(trace, len(trace.steps), found.depth - 1)


def _full_search(bench: Bench, inquiry: Inquiry) -> Verdict | None:
    return refute(bench, inquiry, bench.budget.max_depth, bench.budget.horizons[0])


def _give_up(bench: Bench, inquiry: Inquiry) -> Verdict | None:
    """Say how far it is known."""
    if inquiry.met is not None:
        return as_met(bench, inquiry)
    reason = "the budget ran out" if inquiry.meter.spent or inquiry.stopped else "no proof was found"
    clear = {months: depth for months, depth in inquiry.clear.items() if depth >= 0}
    if not clear:
        return Unknown(reason, tuple(dict.fromkeys(inquiry.tried)))
    covered = [f"{depth} steps in {_show_dates(bench, inquiry, months)}" for months, depth in clear.items()]
    return Bounded(max(clear.values()), f"{reason}; covered: {', '.join(covered)}")


def _show_dates(bench: Bench, inquiry: Inquiry, months: int) -> str:
    dated = bench.exact(months, inquiry.question.property).dated
    return horizon.show_horizon(bench.system, months) if dated else "any dates"


Attempt: TypeAlias = Callable[[Bench, Inquiry], Verdict | None]

_ATTEMPTS: tuple[Attempt, ...] = (
    _existence,
    _familiar,
    proving.induction,
    _searching(_SHALLOW),
    proving.simply_helped_induction,
    proving.early_paired_induction,
    repeat,
    _searching(_NEAR, Budget.quarter),
    _early_at_random,
    proving.shortly_helped_induction,
    proving.own_induction,
    proving.helped_induction,
    _searching(_MEDIUM),
    partial(count_out, reach=explore.NEAR),
    proving.paired_induction,
    proving.strong_induction,
    partial(count_out, reach=explore.FAR),
    _searching(_NEAR, Budget.quarter, far=True),
    proving.by_cases,
    _search_past_idle,
    _searching(_DEEP),
    at_random,
    proving.property_directed,
    proving.taught_induction,
    _searching(_DEEPER),
    proving.long_induction,
    partial(proving.by_cases, paired=True),
    proving.exact_induction,
    _full_search,
    _searching(_DEEP, far=True),
    after_all,
    _give_up,
)
"""Where it is likely to hold."""

_SUSPECT_ATTEMPTS: tuple[Attempt, ...] = (
    _existence,
    _familiar,
    _searching(_SHALLOW),
    proving.simply_paired_induction,
    _glance,
    proving.early_helped_induction,
    _searching(_CLOSE),
    proving.induction,
    _searching(_NEAR),
    repeat,
    proving.indexed_induction,
    _searching(_FAIR, Budget.quarter),
    proving.later_paired_induction,
    partial(count_out, reach=explore.NEAR),
    at_random,
    proving.simply_helped_induction,
    proving.shortly_helped_induction,
    proving.own_induction,
    partial(count_out, reach=explore.FAR),
    _searching(_NEAR, Budget.quarter, far=True),
    _search_past_idle,
    _searching(_DEEP),
    proving.helped_induction,
    _searching(_DEEPER),
    proving.strong_induction,
    proving.by_cases,
    proving.property_directed,
    proving.taught_induction,
    proving.long_induction,
    partial(proving.by_cases, paired=True),
    proving.exact_induction,
    _full_search,
    _searching(_DEEP, far=True),
    after_all,
    _give_up,
)
"""Where it is likely to fail."""
