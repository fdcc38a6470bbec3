"""What an edit changes beside the rules: the header, who does a thing, labels, the order of clauses, what is better."""

from collections.abc import Iterator, Mapping
from itertools import chain

from policydsl.analyses.comparison import Comparison
from policydsl.analyses.diff_align import Aligned
from policydsl.analyses.diff_apart import Changed, changed_hands, counted_otherwise, unmodelled, unplaced_in
from policydsl.analyses.diff_orders import about, orders_in_old_words, says_more
from policydsl.base.calendar import show_day
from policydsl.front.loaded import LoadedPolicy, Order
from policydsl.report.language import Language, message
from policydsl.syntax import ast


def notes(made: Comparison, lang: Language) -> Iterator[str]:
    """Yield what else changes, a sentence each; an amendment's own day is told with the switch."""
    yield from _header(made, lang)
    yield from _subsets(made, lang)
    yield from _doers(made, lang)
    for name, included in counted_otherwise(made):
        if included:
            yield lang.say("the event at hand is included in `{name}` now, it was not before", name=name)
        else:
            yield lang.say("the event at hand is not included in `{name}` now, it was before", name=name)
    yield from _orders(made, lang)
    yield from _looks(made, lang)
    yield from _unmodelled(made, lang)
    if given := [f"`{n}`" for n in _defaults(made.aligned)]:
        yield lang.say("only one of the wordings has a default of {names}", names=lang.join(given))
    for clause, claims in _cited_still(made).items():
        names = lang.join([f"`{n}`" for n in claims])
        shown = {"clause": clause, "names": names}
        yield lang.say("clause {clause} is only in the old wording, and still cited by {names}", **shown)
    if made.wordings.as_before:
        names = lang.join([f"`{n}`" for n in made.wordings.as_before])
        yield lang.say("claims that say something else now, or are gone, judged as they were: {names}", names=names)
    if made.wordings.fresh:
        names = lang.join([f"`{n}`" for n in made.wordings.fresh])
        yield lang.say("claims about what only the new wording has, not judged here: {names}", names=names)


def _cited_still(made: Comparison) -> dict[str, list[str]]:
    """Return the clauses that the new wording does not have, and the claims that cite them nevertheless."""
    there, cited = {c.number for c in made.wordings.new.clauses}, dict[str, list[str]]()
    for claim in (c.old for c in made.wordings.claims if c.old.name not in made.wordings.as_before):
        for clause in (n for n in dict.fromkeys(claim.cites) if n not in there):
            cited.setdefault(clause, []).append(claim.name)
    return cited


def _unmodelled(made: Comparison, lang: Language) -> Iterator[str]:
    """Yield what is not formalised and not the same in both."""
    for u in unmodelled(made):
        said = lang.say(_UNMODELLED[u.change], clause=u.clause)
        names = lang.join([f"`{n}`" for n in u.affects])
        yield lang.say("{what} (it affects {names})", what=said, names=names) if u.affects else said


def _defaults(aligned: Aligned) -> Iterator[str]:
    """Yield the parameters, facts and choices of both wordings that have a default in one of them alone."""
    mine, theirs = (
        {p.name: p.default for p in s.parameters} | {i.name: i.default for e in s.events for i in e.inputs}
        for s in (aligned.old, aligned.new)
    )
    yield from (n for n, one in mine.items() if n in theirs and (one is None) != (theirs[n] is None))


_UNMODELLED: Mapping[Changed, str] = {
    "only old": message("clause {clause}, which is not formalised, is only in the old wording: it is not compared"),
    "only new": message("clause {clause}, which is not formalised, is only in the new wording: it is not compared"),
    "says otherwise": message("clause {clause}, which is not formalised, says something else now: it is not compared"),
    "not any more": message("clause {clause} is not formalised any more: what it says now is not compared"),
    "now": message("clause {clause} is formalised now: what it said before is not compared"),
}


# --- the header ----------------------------------------------------------------------------------


def _header(made: Comparison, lang: Language) -> Iterator[str]:
    old, new = made.wordings.old.header, made.wordings.new.header
    if old.effective != new.effective and made.wordings.title is None:
        days = {"old": _day(old.effective, lang), "new": _day(new.effective, lang)}
        yield lang.say("the day on which it takes effect is {new} now, {old} before", **days)
    if old.histories_from != new.histories_from:
        days = {"old": _day(old.histories_from, lang), "new": _day(new.histories_from, lang)}
        yield lang.say(
            "histories start from {new} now, from {old} before: those are compared that start under both", **days
        )
    one, other = (_lines(tree) for tree in (made.wordings.old_tree, made.wordings.new_tree))
    for name in one:
        if one[name] != other[name]:
            shown = {"line": name, "old": one[name] or lang.say("none"), "new": other[name] or lang.say("none")}
            yield lang.say("the header’s `{line}` is {new} now, {old} before", **shown)


def _lines(tree: ast.File) -> dict[str, str]:
    """Return the lines of the header that are not dates, as they are written."""
    (head,) = (i for i in tree.items if isinstance(i, ast.Policy))
    ends = "inclusive" if head.ends_inclusive else "exclusive"
    given: dict[str, ast.Text | ast.Name | None] = {
        "policy": head.title, "issuer": head.issuer, "document": head.document, "edition": head.edition,
        "time zone": head.time_zone, "business days of": head.business_days_of, "language": head.language,
    }  # fmt: skip
    shown = {n: "" if v is None else f"“{v.value}”" if isinstance(v, ast.Text) else v.text for n, v in given.items()}
    return {**shown, "month ends": "" if head.month_ends is None else head.month_ends.value, "ends": ends}


def _day(day: int | None, lang: Language) -> str:
    return lang.say("none") if day is None else lang.date(show_day(day))


# --- subsets -------------------------------------------------------------------------------------


def _subsets(made: Comparison, lang: Language) -> Iterator[str]:
    """Yield what a subset of both wordings has in one of them alone: where it stands in no clause, none differs."""
    names = made.aligned.names
    one = {names.new(n): {names.new(v) for v in values} for n, values in _members(made.wordings.old_tree).items()}
    back, other = names.old(), _members(made.wordings.new_tree)
    for name in [n for n in other if n in one]:
        lost = lang.join([f"`{back.new(v).rpartition('.')[2]}`" for v in sorted(one[name] - other[name])])
        added = lang.join([f"`{v.rpartition('.')[2]}`" for v in sorted(other[name] - one[name])])
        if lost:
            yield lang.say("of the values of `{name}`, only in the old wording: {values}", name=name, values=lost)
        if added:
            yield lang.say("of the values of `{name}`, only in the new wording: {values}", name=name, values=added)


def _members(tree: ast.File) -> dict[str, set[str]]:
    """Return the values of each subset, with their enumeration."""
    items = [part for i in tree.items for part in (i.items if isinstance(i, ast.Clause) else (i,))]
    return {s.name.text: {f"{s.of.text}.{v.text}" for v in s.values} for s in items if isinstance(s, ast.Subset)}


# --- who does it ---------------------------------------------------------------------------------


def _doers(made: Comparison, lang: Language) -> Iterator[str]:
    """Yield what somebody else does, decides or owes now."""
    nobody = lang.say("nobody in particular")
    for hand in changed_hands(made):
        shown = {"name": hand.name, "old": hand.old or nobody, "new": hand.new or nobody}
        if hand.kind == "event":
            yield lang.say("`{name}` is done by {new} now, by {old} before", **shown)
        elif hand.kind == "duty":
            yield lang.say("the duty `{name}` is owed by {new} now, by {old} before", **shown)
        elif hand.new is None:
            yield lang.say("`{name}` is a fact now, a choice of {old} before", **shown)
        elif hand.old is None:
            yield lang.say("`{name}` is a choice of {new} now, a fact before", **shown)
        else:
            yield lang.say("`{name}` is a choice of {new} now, of {old} before", **shown)


# --- what is better ------------------------------------------------------------------------------


def _orders(made: Comparison, lang: Language) -> Iterator[str]:
    old, new = made.wordings.old, made.wordings.new
    mine = {about(o): o for o in old.orders}
    theirs = {about(o): o for o in orders_in_old_words(new, made.aligned.names)}
    left = {(o.role, o.name): values for o, values in unplaced_in(made).items()}
    for key in dict.fromkeys(chain(mine, theirs)):
        one, other = mine.get(key), theirs.get(key)
        shown = {"role": key[0], "old": _order(one, lang), "new": _order(other, lang)}
        if one is None:
            yield lang.say("that `{new}` is better for {role} is said by the new wording alone", **shown)
        elif other is None:
            yield lang.say("that `{old}` is better for {role} is said by the old wording alone", **shown)
        elif one != other and (one.role, one.name) in left:
            yield lang.say("better for {role} is `{new}` now, `{old}` before", **shown)
        elif says_more(one, other):
            yield lang.say("better for {role} is `{new}` now, `{old}` before: the wordings are compared by the new one",
                           **shown)  # fmt: skip
        elif one != other:
            yield lang.say("better for {role} is `{new}` now, `{old}` before: the wordings are compared by the old one",
                           **shown)  # fmt: skip
    for (role, name), values in left.items():
        shown = {"role": role, "name": name, "values": lang.join([f"`{v}`" for v in values])}
        yield lang.say("how good {values} is for {role} in `{name}` is not said: it is not compared for {role}",
                       **shown)  # fmt: skip


def _order(order: Order | None, lang: Language) -> str:
    if order is None:
        return ""
    said = f"{order.name}: {' then '.join(order.values)}" if order.way == "ranking" else f"{order.way} {order.name}"
    return said if order.none != "worst" else lang.say("{order}, none worst", order=said)


# --- how it looks --------------------------------------------------------------------------------


def _looks(made: Comparison, lang: Language) -> Iterator[str]:
    """Yield that clauses have changed places, and what has other labels."""
    old, new = made.wordings.old, made.wordings.new
    mine, theirs = ([c.number for c in policy.clauses] for policy in (old, new))
    common = set(mine) & set(theirs)
    if [n for n in mine if n in common] != [n for n in theirs if n in common]:
        yield lang.say("the clauses stand in another order")
    before, now = _labels(old), _labels(new)
    labelled = [f"`{n}`" for n, said in before.items() if now.get(made.aligned.names.new(n), said) != said]
    if labelled:
        yield lang.say("the labels of {names} are not the same: reports in other languages call them otherwise",
                       names=lang.join(labelled))  # fmt: skip


def _labels(policy: LoadedPolicy) -> dict[str, dict[str, str]]:
    labels = {s.name: dict(s.labels) for s in policy.symbols.values()}
    return {**labels, **{c.number: dict(c.labels) for c in policy.clauses}, "policy": dict(policy.header.labels)}
