"""The shortest histories that part two wordings: one for each role and direction."""

from collections.abc import Iterator
from typing import Literal

from policydsl.analyses import diff_outcomes as ask_of
from policydsl.analyses.comparison import Comparison, Distinction, Judged, helpers
from policydsl.analyses.diff_ask import Asks
from policydsl.core.system import Question
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
    for j, chosen_order, word in chosen:
        told = _told(made, j, chosen_order, word, asker)
        if told is not None:
            yield told


def _declared(made: Comparison, order: Order) -> int:
    orders = made.wordings.old.orders
    return orders.index(order) if order in orders else len(orders)


def _told(made: Comparison, j: Judged, order: Order | None, word: str, asker: Asks) -> Distinction | None:
    """Return the history, made small and believable: at the defaults of the readings, if it is there as short."""
    where = made.twin_of(j.outcome)
    if order is None:
        claim, first = ask_of.same(j.outcome, where), j.same
    else:
        make = ask_of.never_worse if word == "worse" else ask_of.never_better
        claim = make(j.outcome, order, where)
        first = next(w if word == "worse" else b for o, w, b in j.roles if o == order)
    assert isinstance(first, Refuted)
    question = Question(f"{j.outcome.called}: story", where.system, claim, None)
    (verdict,) = asker.ask(
        [question], helpers(made, where.system), wanted=Manner("story", suspect=True, clear=first.clear)
    )
    direction: Literal["stricter", "more lenient", "different"] = "different"
    if order is not None:
        direction = "stricter" if word == "worse" else "more lenient"
    found = verdict if isinstance(verdict, Refuted) else first
    return Distinction(j.outcome, question, found, None if order is None else order.role, direction)
