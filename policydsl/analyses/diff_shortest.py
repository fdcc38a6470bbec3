"""The shortest histories that part two wordings: one for each role and direction."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Literal

from policydsl.analyses import diff_outcomes as ask_of
from policydsl.analyses.comparison import Comparison, Distinction, Judged
from policydsl.analyses.diff_ask import Asks
from policydsl.analyses.diff_joint import guesses
from policydsl.analyses.diff_outcomes import Word
from policydsl.core.system import Question
from policydsl.engines.plain import plainer
from policydsl.engines.verdict import Manner, Refuted
from policydsl.front.loaded import Order


def distinctions(made: Comparison, asker: Asks) -> Iterator[Distinction]:
    """Yield for each role a shortest history in each direction that there is; without orders, one that differs."""
    places = {id(j): n for n, j in enumerate(made.judged)}
    chosen: list[tuple[Judged, Order | None, Word]] = []
    for role in dict.fromkeys(order.role for j in made.judged for order, *_ in j.roles):
        for word in ("worse", "better"):
            fits = [
                (_declared(made, order), len(v.trace.steps), places[id(j)], j, order)
                for j in made.judged
                for order, v in j.on(role, word)
                if order is not None and isinstance(v, Refuted)
            ]
            if fits:
                *_, j, order = min(fits, key=lambda f: (f[1], f[0], f[2]))
                chosen.append((j, order, word))
    if not chosen:
        plain = [(len(j.same.trace.steps), places[id(j)], j) for j in made.judged if isinstance(j.same, Refuted)]
        if plain:
            chosen.append((min(plain, key=lambda f: f[:2])[2], None, "same"))
    asked = [_asked(made, *each) for each in chosen]
    manners = [Manner("story", suspect=True, clear=first.clear) for _, first in asked]
    verdicts = asker.ask([q for q, _ in asked], guesses(made), wanted=manners) if asked else []
    for (j, told, word), (question, first), verdict in zip(chosen, asked, verdicts, strict=True):
        found = verdict if isinstance(verdict, Refuted) else replace(first, trace=plainer(question, first.trace))
        yield Distinction(j.outcome, question, found, None if told is None else told.role, _DIRECTIONS[word])


_DIRECTIONS: Mapping[Word, Literal["stricter", "more lenient", "different"]] = {
    "worse": "stricter",
    "better": "more lenient",
    "same": "different",
}


def _declared(made: Comparison, order: Order) -> int:
    orders = made.wordings.old.orders
    return orders.index(order) if order in orders else len(orders)


def _asked(made: Comparison, j: Judged, order: Order | None, word: Word) -> tuple[Question, Refuted]:
    """Return what to ask for a history that is small and believable, and the one that is known."""
    first = next(v for o, v in j.on(None if order is None else order.role, word) if o == order)
    assert isinstance(first, Refuted)
    where = made.twin_of(j.outcome)
    claim = ask_of.asked(j.outcome, order, word, where)
    return Question(f"{j.outcome.called}: story", where.system, claim, None), first
