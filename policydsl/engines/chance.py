"""Looking for a violation without a solver: one event over and over, and random histories.

Both are cheap and reach far. What they meet makes proofs pointless; if it is deep, the search for the shortest, too.
"""

from policydsl.engines import minimise, simulate
from policydsl.engines.answers import note, told
from policydsl.engines.bench import Bench, Inquiry
from policydsl.engines.solve import Meter
from policydsl.engines.verdict import Refuted

_AT_RANDOM = "random histories"
_DEEP = 16
"""A story that is longer may well be the shortest that anybody finds."""

_RESERVE = 8
"""This part of a budget is left for what was to come when it ran out."""


def repeat(bench: Bench, inquiry: Inquiry) -> None:
    """Try histories in which one event follows upon itself."""
    start, question = bench.starts.get(inquiry.fixed), inquiry.question
    if start is None or inquiry.met is not None or inquiry.meter.spent:
        return
    note(bench, inquiry, "one event over and over")
    trace = simulate.find_repeated(bench.under(inquiry.fixed), question.property, start, inquiry.meter)
    inquiry.met = None if trace is None else minimise.whole(question, trace)


def at_random(bench: Bench, inquiry: Inquiry) -> Refuted | None:
    """Try random histories. A short story that they meet may be made shorter yet."""
    start, question = bench.starts.get(inquiry.fixed), inquiry.question
    if start is None or inquiry.meter.spent:
        return None
    if inquiry.met is None and _AT_RANDOM not in inquiry.tried:  # they would be the same again
        note(bench, inquiry, _AT_RANDOM)
        trace = simulate.find(bench.under(inquiry.fixed), question.property, start, inquiry.meter)
        inquiry.met = None if trace is None else minimise.whole(question, trace)
    return None if inquiry.met is None or len(inquiry.met.steps) <= _DEEP else as_met(bench, inquiry)


def after_all(bench: Bench, inquiry: Inquiry) -> None:
    """Try random histories where the budget ran out before their turn came, by a little more.

    Not for an option of a reading: there are many of these.
    """
    if inquiry.fixed or inquiry.met is not None or _AT_RANDOM in inquiry.tried:
        return
    more, spent = bench.budget.share(_RESERVE), inquiry.meter
    inquiry.meter = Meter(more, more.seconds)
    with inquiry.meter:
        at_random(bench, inquiry)
    inquiry.meter = spent


def as_met(bench: Bench, inquiry: Inquiry) -> Refuted | None:
    """Return the violation that was met, and how far it is known that none is shorter."""
    met, clear = inquiry.met, inquiry.clear.get(bench.budget.horizons[0], -1)
    return None if met is None else Refuted(told(inquiry, met, polished=False), len(met.steps), clear)
