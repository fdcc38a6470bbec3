"""Questions about several outcomes of two wordings at once, and what histories at hand say of them without a solver."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from policydsl.analyses import diff_outcomes as ask_of
from policydsl.analyses.comparison import Comparison, Context, helpers, within
from policydsl.analyses.diff_outcomes import Outcome, Word
from policydsl.analyses.diff_product import Twin
from policydsl.analyses.readings import Case
from policydsl.analyses.retelling import retell
from policydsl.core.conditions import conjunction
from policydsl.core.expr import TODAY
from policydsl.core.system import Property, Question, Trace
from policydsl.engines.verdict import Bounded, Proved, Refuted, Unknown, Vacuous, Verdict
from policydsl.semantics.interpret import violation


def twins(made: Comparison) -> tuple[Twin, ...]:
    """Return the products of the two wordings, each once."""
    return (made.twin,) if made.lone is made.twin else (made.twin, made.lone)


def guesses(made: Comparison) -> list[Question]:
    """Return what may relate the two copies in each of the products, as lemmas to be tried."""
    return [h for where in twins(made) for h in helpers(made, where.system)]


def parted_at_hand(made: Comparison, changed: Sequence[Outcome], context: Context) -> Refuted | None:
    """Return a history at hand that parts the wordings in `context`: the same text needs not be looked for then."""
    for where in twins(made):
        own = [o for o in changed if made.twin_of(o) is where]
        if (found := shown(made, own, None, "same", context)) is not None:
            return found
    return None


def joint(made: Comparison, own: Sequence[Outcome], role: str | None, word: Word, context: Context) -> Question | None:
    """Return the question about all of `own`, of one product, at once, in `context`; None if all of it is proved."""
    whole = _joined(made, own, role, word)
    if whole is None:
        return None
    return replace(whole, key=f"{ask_of.said(role, word)}, {context.called}", system=within(whole.system, context))


def _joined(made: Comparison, own: Sequence[Outcome], role: str | None, word: Word) -> Question | None:
    """Return the same question about all histories."""
    key = tuple(o.called for o in own), role, word
    if key not in made.joined:
        claims = [p for o in own for p in claims_of(made, o, role, word)]
        whole = Property(conjunction([p.state for p in claims]), conjunction([p.step for p in claims]))
        made.joined[key] = Question("", made.twin_of(own[0]).system, whole, None) if claims else None
    return made.joined[key]


def shown(made: Comparison, own: Sequence[Outcome], role: str | None, word: Word, context: Context) -> Refuted | None:
    """Return a history at hand that refutes what is asked of `own` in `context`, retold with its readings.

    It is retold as one of all histories: with these readings it is one of those in `context`.
    """
    whole = _joined(made, own, role, word)
    if whole is None or context.assume:
        return None
    case = Case("", "", context.fixed, (0, 0))
    found = (_refutations(made, own, role, word) or _met(made, whole))[:_MOST]
    return next((told for verdict in found if (told := retell(whole, case, verdict, made.looks)) is not None), None)


_MOST = 12


def fails_too(question: Question, known: Verdict | None) -> Refuted | None:
    """Return `known`, if it has a history of the product of `question`, which fails in its last step and not before."""
    system = question.system
    names = {TODAY, *(v.name for v in system.variables)}
    if not isinstance(known, Refuted) or known.trace.initial.keys() != names:
        return None
    return known if violation(system, known.trace, question.property) == len(known.trace.steps) else None


def met(made: Comparison, question: Question, open_: Bounded | Unknown) -> Refuted | Bounded | Unknown:
    """Return a shortest of the histories at hand that refute `question`, up to where they do; if none does, `open_`."""
    least = open_.depth if isinstance(open_, Bounded) else -1
    return next((replace(v, clear=min(least, v.at - 1)) for v in _met(made, question)), open_)


def _met(made: Comparison, question: Question) -> list[Refuted]:
    """Return the histories at hand that refute `question`, up to where they do, the shortest first."""
    system, found = question.system, list[Refuted]()
    names = {TODAY, *(v.name for v in system.variables)}
    known = [*made.met, *(v for j in made.judged for v in (j.same, *(v for _, *pair in j.roles for v in pair)))]
    for t in (v.trace for v in known if isinstance(v, Refuted) and v.trace.initial.keys() == names):
        at = violation(system, t, question.property)
        if at is not None:
            found.append(Refuted(Trace(t.parameters, t.initial, t.steps[:at]), at, -1))
    return sorted(found, key=lambda v: v.at)


def _refutations(made: Comparison, own: Sequence[Outcome], role: str | None, word: Word) -> list[Refuted]:
    every = (v for j in made.judged if j.outcome in own for _, v in j.on(role, word))
    return sorted((v for v in every if isinstance(v, Refuted)), key=lambda v: len(v.trace.steps))


def claims_of(made: Comparison, outcome: Outcome, role: str | None, word: Word) -> tuple[Property, ...]:
    """Return what is to be asked about `outcome`: what is proved of every history need not be asked of some."""
    key = (outcome.called, role, word)
    if key not in made.asked:
        made.asked[key] = tuple(_to_ask(made, outcome, role, word))
    return made.asked[key]


def _to_ask(made: Comparison, outcome: Outcome, role: str | None, word: Word) -> Iterator[Property]:
    j = next(j for j in made.judged if j.outcome is outcome)
    for order, verdict in j.on(role, word):
        if not isinstance(verdict, Proved | Vacuous):
            yield ask_of.asked(outcome, order, word, made.twin_of(outcome))
