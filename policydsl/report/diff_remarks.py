"""What was taken for what, and what only one of two wordings has, in the reader's language. Pure."""

from collections.abc import Iterator, Sequence

from policydsl.analyses.diff_align import OBSERVED, Remark
from policydsl.analyses.diff_transition import Doubt
from policydsl.front.loaded import SymbolKind
from policydsl.report.diff_model import DiffReport
from policydsl.report.diff_words import of
from policydsl.report.language import Language, message

_KINDS: dict[SymbolKind, str] = {
    "role": message("role"),
    "enumeration": message("enumeration"),
    "state": message("state"),
    "definition": message("definition"),
    "table": message("table"),
    "count": message("count"),
    "parameter": message("parameter"),
    "reading": message("reading"),
    "occurrence": message("occurrence"),
    "act": message("act"),
    "schedule": message("schedule"),
    "duty": message("duty"),
    "field": message("field"),
    "choice": message("choice"),
}


def alignment_lines(report: DiffReport) -> Iterator[str]:
    """Yield what was taken for what, which defaults change, and what is only in one of the wordings."""
    say = of(report).say
    for one, other in report.taken:
        yield say(
            "`{new}` is taken for what was called `{old}`: it says word for word the same", new=other, old=one
        )  # fmt: skip
    for d in report.defaults:
        if "." in d.name:  # a fact or choice of an event
            what = {"name": d.name, "new": d.new, "old": d.old}
            yield say("where a history leaves out `{name}`, it is {new} now, {old} before", **what)
            continue
        kind = _KINDS["reading"] if d.is_reading else _KINDS["parameter"]
        shown = {"kind": say(kind), "name": d.name}
        yield say("the default of the {kind} `{name}` is {new} now, {old} before", **shown, new=d.new, old=d.old)
    yield from (say("not compared: {what}", what=remark) for remark in report.remarks)
    yield from report.notes
    for old, new in report.suggestions:
        yield say("is `{old}` called `{new}` now? then say --rename {old}={new}", old=old, new=new)


def is_compared(remark: Remark) -> bool:
    """Return whether what the wordings do not have in common is compared all the same, by what follows from it."""
    if remark.about in _VALUES_OF_ONE:
        return not remark.kinds
    if remark.about == "admits apart":
        return True
    return bool(remark.kinds) and not OBSERVED.intersection(remark.kinds)


_VALUES_OF_ONE = frozenset({"values only old", "values only new"})


def remark_words(remark: Remark, lang: Language) -> str:
    """Return what the wordings do not have in common."""
    said = _remark(remark, lang)
    return lang.say("{what} (clause {clause})", what=said, clause=remark.clause) if remark.clause else said


def _remark(remark: Remark, lang: Language) -> str:
    say, names = lang.say, lang.join([f"`{name}`" for name in remark.names])
    kinds = [say(_KINDS[kind]) for kind in remark.kinds]
    match remark.about:
        case "only old":
            return say("the {kind} {name} is only in the old wording", kind=kinds[0], name=names)
        case "only new":
            return say("the {kind} {name} is only in the new wording", kind=kinds[0], name=names)
        case "other type":
            return say("{name} is of another type in the new wording: the two are not compared", name=names)
        case "other kind":
            return say(
                "{name} is of the kind “{new}” now, before it was “{old}”", name=names, old=kinds[0], new=kinds[1]
            )
        case "other rows":
            return say(
                "{name}: in one of the wordings alone all rows that fit count, so that it has no one value there",
                name=names,
            )
        case "other events":
            return say(
                "{name} is not defined on the same events in the new wording: it is compared at those of both alone",
                name=names,
            )
        case "other index":
            return say("{name} has not the same index in the new wording: it is compared as far as both have it",
                       name=names)  # fmt: skip
        case "values only old" if kinds:
            return say("histories under {values} of the reading `{name}`, only in the old wording",
                       name=remark.of, values=names)  # fmt: skip
        case "values only new" if kinds:
            return say("histories under {values} of the reading `{name}`, only in the new wording",
                       name=remark.of, values=names)  # fmt: skip
        case "values only old":
            return say("of the values of `{name}`, only in the old wording: {values}", name=remark.of, values=names)
        case "values only new":
            return say("of the values of `{name}`, only in the new wording: {values}", name=remark.of, values=names)
        case "admits":
            return say(
                "the wordings do not admit the same values of {names}: they are compared for those that both admit",
                names=names,
            )
        case "starts":
            return say(
                "the wordings do not let {names} start alike: they are compared where both admit the start",
                names=names,
            )
        case "admits apart":
            return say(
                "the wordings do not admit the same options of {names}: the old wording is compared under each that it "
                "admits with the new one under each that it admits",
                names=names,
            )


def started_line(remark: Remark, lang: Language) -> str:
    """Return how what only the new wording has starts on the day of the switch."""
    name, kind = lang.join([f"`{n}`" for n in remark.names]), lang.say(_KINDS[remark.kinds[0]])
    return lang.say("the {kind} {name} is new: it starts as the new wording says", kind=kind, name=name)


def counted_line(name: str, lang: Language) -> str:
    """Return how what is counted in another way starts on the day of the switch."""
    return lang.say("`{name}` is counted in another way: what happened before the switch is not in it", name=name)


_DOUBTS: dict[Doubt, str] = {
    "left open": message("the new wording does not say, or says in two ways, what becomes of a state"),
    "unknown values": message("a state may have a value of which the new wording knows nothing"),
    "no way on": message("the new wording cannot go on from what the old one has reached"),
    "owed": message("a duty may be owed otherwise"),
    "nobody there": message("no history lives through that day"),
}


def doubt_words(doubt: Doubt, apart: Sequence[str], lang: Language) -> str:
    """Return why it is not decided whether somebody is worse off, to whom what is `apart` matters."""
    if doubt == "apart":
        return lang.say("not all of {names} can be compared", names=lang.join([f"`{n}`" for n in apart]))
    return lang.say(_DOUBTS[doubt])
