"""What an edit changes beside the rules: the day on which the document takes effect, and what is better for whom."""

from collections.abc import Iterator
from itertools import chain

from policydsl.analyses.comparison import Comparison
from policydsl.base.calendar import show_day
from policydsl.front.loaded import Order
from policydsl.report.language import Language


def notes(made: Comparison, lang: Language) -> Iterator[str]:
    """Yield what else changes, a sentence each; an amendment's own day is told with the switch."""
    old, new = made.wordings.old, made.wordings.new
    before, now = old.header.effective, new.header.effective
    if before != now and made.wordings.title is None:
        days = {"old": _day(before, lang), "new": _day(now, lang)}
        yield lang.say("the day on which it takes effect is {new} now, {old} before", **days)
    back = made.aligned.names.old()
    mine = {_about(o): o for o in old.orders}
    theirs = {_about(o): o for o in (_in_old_words(o, back.new(o.role), back.new(o.name)) for o in new.orders)}
    for key in dict.fromkeys(chain(mine, theirs)):
        one, other = mine.get(key), theirs.get(key)
        shown = {"role": key[0], "old": _order(one, lang), "new": _order(other, lang)}
        if one is None:
            yield lang.say("that `{new}` is better for {role} is said by the new wording alone", **shown)
        elif other is None:
            yield lang.say("that `{old}` is better for {role} is said by the old wording alone", **shown)
        elif one != other:
            yield lang.say("better for {role} is `{new}` now, `{old}` before: the wordings are compared by the old one",
                           **shown)  # fmt: skip


def _about(order: Order) -> tuple[str, str, bool, bool]:
    return order.role, order.name, order.way in {"permitted", "not permitted"}, order.way in {"wider", "narrower"}


def _in_old_words(order: Order, role: str, name: str) -> Order:
    return Order(role, name, order.way, order.values, order.none)


def _day(day: int | None, lang: Language) -> str:
    return lang.say("none") if day is None else lang.date(show_day(day))


def _order(order: Order | None, lang: Language) -> str:
    if order is None:
        return ""
    said = f"{order.name}: {' then '.join(order.values)}" if order.way == "ranking" else f"{order.way} {order.name}"
    return said if order.none != "worst" else lang.say("{order}, none worst", order=said)
