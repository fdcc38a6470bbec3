"""Two wordings compared: by outcome, role and reading, with the shortest histories that part them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from policydsl.analyses import diff_outcomes as ask_of
from policydsl.analyses.comparison import (
    EVERYWHERE,
    Comparison,
    Context,
    Judged,
    Summary,
    question_of,
    sum_up,
    within,
)
from policydsl.analyses.diff_align import align, changed_defaults, read_apart
from policydsl.analyses.diff_ask import Asks, spending
from policydsl.analyses.diff_claims import counted_alike, owed_by
from policydsl.analyses.diff_context import (
    LONGER,
    at_defaults,
    by_reading,
    parameter_expr,
    summaries,
)
from policydsl.analyses.diff_joint import guesses, met
from policydsl.analyses.diff_outcomes import Word, outcomes, unchanged
from policydsl.analyses.diff_product import twin
from policydsl.analyses.diff_shortest import distinctions
from policydsl.core.conditions import conjuncts
from policydsl.core.expr import TODAY, TRUE, EnumLit, Equal, Expr, Var
from policydsl.core.moves import Side
from policydsl.core.system import Property, Question, System
from policydsl.core.walk import mentioned
from policydsl.engines.verdict import Bounded, Manner, Proved, Refuted, Unknown, Vacuous, Verdict
from policydsl.front.loaded import Order
from policydsl.front.wordings import Expected, Wordings


def compare(wordings: Wordings, renames: Mapping[str, str], asker: Asks, *, readings: bool = True) -> Comparison:
    """Return what the new wording is beside the old one.

    Gives:    for each outcome, role and reading a verdict of the engines, checked as every verdict is.
    Sound:    see `diff_product.twin`; undecided is said where neither a proof nor a history was found.
    """
    made = begun(wordings, renames)
    made.judged = _judge(made, asker)
    made.overall = sum_up(made.judged, EVERYWHERE)
    if all(j.same is None for j in made.judged) and _limited(made.aligned.old) != _limited(made.aligned.new):
        made.overall = _of_any(made, asker)
    made.distinctions = tuple(distinctions(made, asker))  # first, as the time may be up: they are what is read first
    if made.overall.relation not in {"equivalent", "no history"} and readings:
        by_reading(made, asker)
    if readings:
        _once_more(made, asker)
    if made.overall.relation == "equivalent":
        made.elsewhere = _elsewhere(made, asker)
    made.defaults = changed_defaults(made.aligned)
    if made.defaults:
        made.at_defaults = _at_defaults(made, asker)
    return made


def _limited(system: System) -> tuple[Expr, ...]:
    """Return what is said of parameters and of starts; from which day on histories are leaves some in any case."""
    return (*system.assumptions, *(e for e in system.starts if mentioned(e)[0] != {TODAY}))


def _of_any(made: Comparison, asker: Asks) -> Summary:
    """Return the summary of wordings that are alike by construction: there may be no history of both."""
    question = Question("a history of both wordings", made.twin.system, Property(TRUE, TRUE), None)
    (verdict,) = asker.ask([question], wanted=Manner("verdict"))
    return made.overall if isinstance(verdict, Proved) else replace(made.overall, same=verdict)


def _elsewhere(made: Comparison, asker: Asks, context: Context = EVERYWHERE) -> Mapping[str, bool]:
    """Return by its key what the new wording owes, as the old one does, and perhaps breaks in other states or steps.

    With it goes whether a history in `context` shows that. What stands first in the text is followed where clauses
    conflict or rows overlap: so both may give the same, and one alone have a right to. Where the two do not step
    together, that is not asked. What one wording alone owes is held to be kept in a `context` that is not everywhere.
    """
    mine, theirs = ({o.key: o.property for o in s.obligations} for s in (made.aligned.old, made.aligned.new))
    both = (made.wordings.old, made.wordings.new)
    old, new = ({k: s for k, s in owed_by(p).items() if s.origin == "obligation"} for p in both)
    said = counted_alike(
        old, new, lambda q: replace(q, system=made.aligned.new, property=theirs[q.key]), made.aligned.names.old()
    )
    first = {k: made.twin.owed(Side.FIRST, mine[s.question.key]) for k, s in old.items()}
    second = {k: made.twin.owed(Side.SECOND, theirs[s.question.key]) for k, s in said.items()}
    owed = [(s.question.key, first[k], second[k]) for k, s in said.items() if k in old]
    touched = [(k, Property(Equal(a.state, b.state), Equal(a.step, b.step))) for k, a, b in owed if a != b]
    apart = {} if made.twin.still == TRUE else dict.fromkeys((k for k, _ in touched), False)
    if apart:
        touched = []
    if context is not EVERYWHERE:  # of all histories it is known otherwise whether that is broken
        touched += [(s.question.key, second[k]) for k, s in said.items() if k not in old]
        touched += [(s.question.key, first[k]) for k, s in old.items() if k not in said]
    if not touched:
        return apart
    system, where = within(made.twin.system, context), context.called
    asked = [Question(f"{k}: as it was, {where}", system, p, None) for k, p in touched]
    verdicts = zip(touched, asker.ask(asked, guesses(made), wanted=Manner("verdict")), strict=True)
    return apart | {k: isinstance(v, Refuted) for (k, _), v in verdicts if not isinstance(v, Proved | Vacuous)}


def _at_defaults(made: Comparison, asker: Asks) -> Comparison:
    """Return the comparison of the wordings each at its own defaults, as far as the edit changes these."""
    names = frozenset(d.parameter.name for d in made.defaults)
    other = begun(made.wordings, made.aligned.names.renames, apart=names)
    context = at_defaults(other, names)
    single = other.lone is other.twin
    other.twin = replace(other.twin, system=within(other.twin.system, context))
    other.lone = other.twin if single else replace(other.lone, system=within(other.lone.system, context))
    other.judged = _judge(other, asker)
    other.overall = sum_up(other.judged, context)
    other.distinctions = tuple(distinctions(other, asker))
    _once_more(other, asker)
    return other


def begun(wordings: Wordings, renames: Mapping[str, str], *, apart: frozenset[str] = frozenset()) -> Comparison:
    """Return `wordings` put beside each other, with nothing decided yet; parameters `apart` are not shared."""
    aligned = align(wordings.old, wordings.new, renames)
    apart |= read_apart(aligned)
    plain = twin(aligned.old, aligned.new, apart=apart)
    every = outcomes(wordings.old, wordings.new, aligned, plain)
    parting = frozenset(o.name for o in every if o.kind == "choices" and not unchanged(o, plain))
    lone = twin(aligned.old, aligned.new, apart=apart, lone=parting) if parting else plain
    return Comparison(wordings, aligned, plain, lone, every)


# --- outcome by outcome --------------------------------------------------------------------------


_Asked: TypeAlias = tuple[int, Order | None, Word, Question]
"""Which outcome is asked about, what is better in it for a role (None: whether it is the same), which way, and what."""


def _judge(made: Comparison, asker: Asks) -> tuple[Judged, ...]:
    """Return the verdicts on each outcome."""
    asked = list(_asked(made))
    return _judged(made, asked, asker.ask([q for *_, q in asked], guesses(made)) if asked else [])


def _asked(made: Comparison) -> Iterator[_Asked]:
    for i, outcome in enumerate(made.outcomes):
        where = made.twin_of(outcome)
        if unchanged(outcome, where):
            continue
        ways: list[tuple[Order | None, Word]] = [(None, "same")]
        for order in outcome.orders:
            ways += [(order, "worse"), (order, "better")]
        for by, word in ways:
            key = ask_of.said(None if by is None else by.role, word)
            yield i, by, word, question_of(made, outcome, ask_of.asked(outcome, by, word, where), key)


def _judged(made: Comparison, asked: Sequence[_Asked], verdicts: Sequence[Verdict]) -> tuple[Judged, ...]:
    found = {(i, None if o is None else o.role, word): v for (i, o, word, _), v in zip(asked, verdicts, strict=True)}
    return tuple(
        Judged(o, found.get((i, None, "same")),
               tuple((r, found[i, r.role, "worse"], found[i, r.role, "better"]) for r in o.orders)
               if (i, None, "same") in found else ())
        for i, o in enumerate(made.outcomes)
    )  # fmt: skip


def _once_more(made: Comparison, asker: Asks) -> None:
    """Ask again what is not decided, with more time, now that all else is known.

    What histories at hand refute, those of some readings among them, needs no asking.
    """
    asked = list(_asked(made))
    before = [_known(made.judged[i], order, word) for i, order, word, _ in asked]
    known = [met(made, asked[n][3], v) if isinstance(v, Bounded | Unknown) else v for n, v in enumerate(before)]
    open_ = [n for n, v in enumerate(known) if isinstance(v, Bounded | Unknown)]
    if open_:
        with spending(asker, asker.budget.seconds * LONGER):
            again = asker.ask([asked[n][3] for n in open_], guesses(made))
        for n, verdict in zip(open_, again, strict=True):
            known[n] = verdict
    if any(type(a) is not type(b) for a, b in zip(before, known, strict=True)):
        made.judge_anew(_judged(made, asked, known))
        made.overall = sum_up(made.judged, made.overall.context)
        made.distinctions = tuple(distinctions(made, asker))


def _known(judged: Judged, order: Order | None, word: Word) -> Verdict:
    return next(v for o, v in judged.on(None if order is None else order.role, word) if o == order)


def expected(made: Comparison, said: Expected, asker: Asks) -> Summary:
    """Return what the wordings are where, and of what, an amendment's author expects something.

    Where an edit changes nothing but defaults, that is each at its own; under a condition it is the condition that says
    what parameters and readings are.
    """
    shown = made if said.under is not None else made.shown
    judged = [j for j in shown.judged if not said.outcomes or j.outcome.name in said.outcomes]
    changed = [j.outcome for j in judged if j.relation != "equivalent"]
    if made.overall.relation == "no history":
        return made.overall
    if said.under is None:
        return sum_up(judged, EVERYWHERE)
    under = parameter_expr(made, said.under)
    fixed = _options(under)
    context = Context(said.under_text, fixed) if fixed else Context(said.under_text, (), (under,))
    found = summaries(made, changed, [context], asker)[0] if changed else sum_up(judged, EVERYWHERE)
    if said.effect != "equivalent" or said.outcomes or found.relation != "equivalent":
        return found
    elsewhere = _elsewhere(made, asker, context)
    return replace(found, alike=False if any(elsewhere.values()) else None if elsewhere else True)


def _options(e: Expr) -> tuple[tuple[str, str], ...]:
    """Return the readings with their options where `e` names one of each, and nothing else: stories can be told so."""
    found: dict[str, str] = {}
    for part in conjuncts(e):
        match part:
            case Equal(left=Var(name=name), right=EnumLit(value=option)) if name not in found:
                found[name] = option
            case _:
                return ()
    return tuple(found.items())
