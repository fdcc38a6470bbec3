"""What is better for whom, by two wordings together: which orders there are to compare by, and what they leave out."""

from collections.abc import Iterator

from policydsl.analyses.diff_names import Names
from policydsl.front.loaded import LoadedPolicy, Order
from policydsl.front.types import DateType, EnumType


def usable_orders(old: LoadedPolicy, new: LoadedPolicy, names: Names) -> tuple[Order, ...]:
    """Return the orders by which the wordings are compared: those that place all there is to compare."""
    left = {(o.role, o.name) for o, _ in unplaced(old, new, names)}
    return tuple(o for o in _declared(old, new, names) if (o.role, o.name) not in left)


def _declared(old: LoadedPolicy, new: LoadedPolicy, names: Names) -> tuple[Order, ...]:
    """Return the old wording's orders, and those that only the new one has, in the old one's names.

    One that the new one only adds values to, or what none counts as, is taken with these.
    """
    theirs = {about(o): o for o in orders_in_old_words(new, names)}
    mine = {about(o) for o in old.orders}
    kept = [o if (more := theirs.get(about(o))) is None or not says_more(o, more) else more for o in old.orders]
    return (*kept, *(o for key, o in theirs.items() if key not in mine))


def unplaced(old: LoadedPolicy, new: LoadedPolicy, names: Names) -> Iterator[tuple[Order, tuple[str, ...]]]:
    """Yield the orders that do not say of some values of either wording how good they are, with these values."""
    back = names.old()
    for order in _declared(old, new, names):
        mine, theirs = old.symbols.get(order.name), new.symbols.get(names.new(order.name))
        types = [s.type for s in (mine, theirs) if s is not None]
        own, its = ([t.sort for t in each if isinstance(t, EnumType)] for each in (types[:1], types[1:]))
        values = [*(v for s in own for v in s.values), *(str(back.value(s, v)) for s in its for v in s.values)]
        dates = any(isinstance(t, DateType) and t.optional for t in types)
        if order.way == "ranking" and (left := tuple(v for v in dict.fromkeys(values) if v not in order.values)):
            yield order, left
        elif order.way in {"later", "earlier"} and order.none is None and dates:
            yield order, ("none",)


def about(order: Order) -> tuple[str, str, bool, bool]:
    """Return what `order` is about: of two wordings' orders about the same, one counts."""
    return order.role, order.name, order.way in {"permitted", "not permitted"}, order.way in {"wider", "narrower"}


def orders_in_old_words(new: LoadedPolicy, names: Names) -> Iterator[Order]:
    """Yield what is better for whom under the new wording, in the old one's names."""
    back = names.old()
    for o in new.orders:
        type_ = new.symbols[o.name].type if o.name in new.symbols else None
        values = tuple(str(back.value(type_.sort, v)) for v in o.values) if isinstance(type_, EnumType) else o.values
        yield Order(back.new(o.role), back.new(o.name), o.way, values, o.none)


def says_more(one: Order, other: Order) -> bool:
    """Return whether `other` is the order `one` with more values, or with what none counts as."""
    if one.way != other.way:
        return False
    more = len(other.values) > len(one.values) and tuple(v for v in other.values if v in one.values) == one.values
    return more or (one.none is None and other.none is not None)
