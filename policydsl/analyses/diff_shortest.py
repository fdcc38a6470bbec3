"""The shortest histories that part two wordings: one for each role and direction."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Literal

from policydsl.analyses import diff_outcomes as ask_of
from policydsl.analyses.comparison import Comparison, Distinction, Judged, helpers
from policydsl.analyses.diff_ask import Asks
from policydsl.core.system import Question
from policydsl.engines.plain import plainer
from policydsl.engines.verdict import Manner, Refuted
from policydsl.front.loaded import Order


def distinctions(made: Comparison, asker: Asks) -> Iterator[Distinction]:
    """Yield for each role a shortest history in each direction that there is; without orders, one that differs."""
    places = {id(j): n for n, j in enumerate(made.judged)}
    chosen: list[tuple[Judged, Order | None, str]] = []
    for role in dict.fromkeys(order.role for j in made.judged for order, *_ in j.roles):
        for word in ("worse", "better"):
            fits = [
                (_declared(made, order), len(v.trace.steps), places[id(j)], j, order)
                for j in made.judged
                for order, worse, better in j.roles
                if order.role == role and isinstance(v := worse if word == "worse" else better, Refuted)
            ]
            if fits:
                *_, j, order = min(fits, key=lambda f: (f[1], f[0], f[2]))
                chosen.append((j, order, word))
    if not chosen:
        plain = [(len(j.same.trace.steps), places[id(j)], j) for j in made.judged if isinstance(j.same, Refuted)]
        if plain:
            chosen.append((min(plain, key=lambda f: f[:2])[2], None, "same"))
    asked = [_asked(made, *each) for each in chosen]
    guesses = [h for where in dict.fromkeys((made.twin, made.lone)) for h in helpers(made, where.system)]
    manners = [Manner("story", suspect=True, clear=first.clear) for _, first in asked]
    verdicts = asker.ask([q for q, _ in asked], guesses, wanted=manners) if asked else []
    for (j, told, word), (question, first), verdict in zip(chosen, asked, verdicts, strict=True):
        found = verdict if isinstance(verdict, Refuted) else replace(first, trace=plainer(question, first.trace))
        yield Distinction(j.outcome, question, found, None if told is None else told.role, _DIRECTIONS[word])


_DIRECTIONS: Mapping[str, Literal["stricter", "more lenient", "different"]] = {
    "worse": "stricter",
    "better": "more lenient",
    "same": "different",
}


def _declared(made: Comparison, order: Order) -> int:
    orders = made.wordings.old.orders
    return orders.index(order) if order in orders else len(orders)


def _asked(made: Comparison, j: Judged, order: Order | None, word: str) -> tuple[Question, Refuted]:
    """Return what to ask for a history that is small and believable, and the one that is known."""
    where = made.twin_of(j.outcome)
    if order is None:
        claim, first = ask_of.same(j.outcome, where), j.same
    else:
        make = ask_of.never_worse if word == "worse" else ask_of.never_better
        claim = make(j.outcome, order, where)
        first = next(w if word == "worse" else b for o, w, b in j.roles if o == order)
    assert isinstance(first, Refuted)
    return Question(f"{j.outcome.called}: story", where.system, claim, None), first
