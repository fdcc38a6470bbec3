"""What a comparison of two wordings says, in the reader's language: verdicts, fates, what is left out. Pure."""

from collections.abc import Iterable, Iterator
from typing import assert_never

from policydsl.analyses.comparison import OPEN, Relation
from policydsl.analyses.fates import Fate
from policydsl.report.diff_fates import fate_word, place
from policydsl.report.diff_model import (
    ClaimLine,
    DiffReport,
    ExpectLine,
    FlawLine,
    OptionPlace,
    Transition,
    TransitionLine,
    diff_exit_code,
)
from policydsl.report.language import Language, language, message

_RELATIONS: dict[Relation, str] = {
    "equivalent": message("equivalent"),
    "stricter": message("stricter"),
    "more lenient": message("more lenient"),
    "incomparable": message("incomparable"),
    "different": message("different"),
    "undecided": message("undecided"),
    "not stricter": message("not stricter"),
    "not more lenient": message("not more lenient"),
    "stricter or incomparable": message("stricter or incomparable"),
    "more lenient or incomparable": message("more lenient or incomparable"),
    "no history": message("no history"),
}
DEPENDS = "depends on reading "
FAILS_OPENLY = "fails, undecided under which readings"
_VERDICTS = {
    "holds": message("holds"),
    "fails": message("fails"),
    "vacuous": message("never applies"),
    "undecided": message("undecided"),
    FAILS_OPENLY: message("fails (under which readings is not decided)"),
}


def of(report: DiffReport) -> Language:
    """Return the language that `report` is written in."""
    return language(report.language)


def relation_word(relation: str, lang: Language) -> str:
    """Return what the new wording is, in a word; nothing for nothing."""
    return lang.say(_RELATIONS[relation]) if relation in _RELATIONS else relation


def for_role(relation: str, role: str, lang: Language) -> str:
    """Return what the new wording is for a role."""
    return lang.say("{relation} for {role}", relation=relation_word(relation, lang), role=role)


def for_roles(relations: Iterable[tuple[str, str]], lang: Language) -> str:
    """Return what the new wording is for each role, roles for which it is the same together: (role, relation)."""
    alike: dict[str, list[str]] = {}
    for role, relation in relations:
        alike.setdefault(relation, []).append(role)
    return lang.say(", ").join(for_role(relation, lang.join(roles), lang) for relation, roles in alike.items())


def flaws_heading(report: DiffReport) -> str:
    """Return the heading over what the edit makes or mends by itself, whatever is claimed."""
    return of(report).say("Conflicts, gaps, overlaps, undefined values and dead clauses")


# --- the head ------------------------------------------------------------------------------------


def title_line(report: DiffReport) -> str:
    """Return what is compared."""
    return of(report).say(
        "{title}: {old} → {new}", title=report.title, old=report.old, new=report.amendment or report.new
    )


def cut_lines(report: DiffReport) -> Iterator[str]:
    """Yield that the work was not finished, where it was not."""
    match report.cut:
        case "time":
            yield of(report).say(
                "PARTIAL: the time for the whole comparison was up. What is called undecided here, or is not told, "
                "may be decided in more time: --limit SECONDS."
            )
        case "interrupted":
            yield of(report).say(
                "PARTIAL: interrupted. What is called undecided here, or is not told, may be decided by a whole run."
            )
        case None:
            pass


def exit_line(report: DiffReport) -> str:
    """Return the exit code, in brackets."""
    return of(report).say("(exit code {code})", code=diff_exit_code(report))


def bug_lines(report: DiffReport) -> Iterator[str]:
    """Yield what went wrong in policydsl itself."""
    for bug in report.bugs:
        yield of(report).say(
            "a bug in policydsl, while it worked on `{about}`: {reason}", about=bug.about, reason=bug.reason
        )


def clauses_line(report: DiffReport) -> str:
    """Return which clauses differ."""
    return of(report).say("Clauses whose text differs: {clauses}.", clauses=", ".join(report.clauses))


def equal_line(report: DiffReport) -> str:
    """Return how many outcomes are always the same; a history ends where only one wording admits what happens next."""
    if not report.admitted_alike:
        return of(report).count(
            "{n} other outcome is the same in every history that both wordings admit, proved.",
            "{n} other outcomes are the same in every history that both wordings admit, proved.",
            report.equal,
        )
    return of(report).count(
        "{n} other outcome is the same in every history, proved.",
        "{n} other outcomes are the same in every history, proved.",
        report.equal,
    )


def unordered_lines(report: DiffReport) -> Iterator[str]:
    """Yield the outcomes of which nothing says what is better, by what is known of them."""
    by_relation: dict[str, list[str]] = {}
    for line in report.outcomes:
        if not line.roles:
            by_relation.setdefault(line.relation, []).append(line.name)
    for relation, names in by_relation.items():
        yield of(report).say(
            "Also {relation}, with no order declared: {names}.",
            relation=relation_word(relation, of(report)), names=of(report).join(names),
        )  # fmt: skip


def expect_line(line: ExpectLine, lang: Language) -> str:
    """Return what was expected, and what was found where it is not so."""
    if line.met:
        return lang.say("expected: {what}", what=line.said)
    return lang.say("expected: {what}; found: {found}", what=line.said, found=line.found)


# --- readings, claims, the switch ----------------------------------------------------------------


def reading_lines(report: DiffReport) -> Iterator[str]:
    """Yield what depends on readings: only those of which options differ among themselves."""
    lang = of(report)
    for reading, option in report.settled:
        if report.partly:
            yield lang.say(
                "the edit settles `{reading}`: what both have is that of the old wording read as `{option}`, proved",
                reading=reading, option=option,
            )  # fmt: skip
            continue
        yield lang.say(
            "the edit settles `{reading}`: the new wording is the old one read as `{option}`, proved",
            reading=reading, option=option,
        )  # fmt: skip
    by_reading: dict[str, list[tuple[str, str]]] = {}
    for line in report.readings:
        said = for_roles(((r, x) for r, x in line.roles if x != "equivalent"), lang)
        plain = not said or line.relation in {"equivalent", "no history"}
        said = relation_word(line.relation, lang) if plain else said
        by_reading.setdefault(line.reading, []).append((line.option, said))
    for reading, options in by_reading.items():
        if len({said for _, said in options}) > 1:
            shown = [lang.say("if {option}: {what}", option=option, what=said) for option, said in options]
            yield lang.say("{reading}: {what}", reading=reading, what=lang.series(shown))
    open_ = {line.reading for line in report.readings if OPEN & {line.relation, *(x for _, x in line.roles)}}
    alike = [r for r, options in by_reading.items() if len({said for _, said in options}) == 1]
    level: dict[str, list[str]] = {}
    for reading in alike:
        if reading not in open_:
            level.setdefault(by_reading[reading][0][1], []).append(reading)
    for said, names in level.items():
        if len(names) > _NAMED:
            yield lang.say("{what} under every option of each of {n} readings", what=said, n=len(names))
        else:
            yield lang.say("{what} under every option of {readings}", what=said, readings=", ".join(names))
    if left := [r for r in alike if r in open_]:
        yield lang.say("not decided whether it turns on {readings}", readings=", ".join(left))


_NAMED = 4
"""So many readings that make no difference are named; of more, it is said how many they are."""


def verdict_said(said: str, lang: Language) -> str:
    """Return what came out of a claim: `said` is as `ClaimLine` has it."""
    if said.startswith(DEPENDS):
        return lang.say("depends on reading {readings}", readings=said.removeprefix(DEPENDS))
    return lang.say(_VERDICTS[said]) if said in _VERDICTS else said


def claim_words(line: ClaimLine, lang: Language) -> str:
    """Return what becomes of a claim."""
    if line.fate == "meaningless":
        return lang.say("has no meaning under the new wording: {why}", why=line.why)
    old, new = (verdict_said(x, lang) for x in (line.old, line.new))
    said = new if old == new else lang.say("{old} before, {new} now", old=old, new=new)
    if line.assumes:
        left = lang.say("clause {clauses}, which is not formalised, left aside", clauses=lang.join(list(line.assumes)))
        said = lang.say("{what}; {more}", what=said, more=left) if said else left
    if not (line.old.startswith(DEPENDS) and line.new.startswith(DEPENDS)):
        return said
    if line.lost:
        said = lang.say("{what}; lost where {where}", what=said, where=place_words(line.lost, lang))
    if line.gained:
        said = lang.say("{what}; gained where {where}", what=said, where=place_words(line.gained, lang))
    return said


def place_words(places: Iterable[OptionPlace], lang: Language) -> str:
    """Return options of readings as a list."""
    said = (
        lang.say("{reading} is {option} (other readings at their defaults)", reading=p.reading, option=p.option)
        if p.others_at_default
        else lang.say("{reading} is {option}", reading=p.reading, option=p.option)
        for p in places
    )
    return lang.join(list(said))


def claim_line(line: ClaimLine, lang: Language) -> str:
    """Return a claim and what becomes of it."""
    fate, what = fate_word(line.fate, lang), claim_words(line, lang)
    return lang.say(
        "{fate}: {claim}: {sentence} ({what})", fate=fate, claim=line.name, sentence=line.sentence, what=what
    )  # fmt: skip


def flaw_line(flaw: FlawLine, lang: Language) -> str:
    """Return what becomes of a flaw."""
    said = lang.say("{fate}: {what}", fate=fate_word(flaw.fate, lang), what=flaw.sentence)
    if not flaw.clauses:
        return said
    return lang.count(
        "{what} (clause {clauses})", "{what} (clauses {clauses})", len(flaw.clauses),
        what=said, clauses=", ".join(flaw.clauses),
    )  # fmt: skip


def claim_summary(report: DiffReport) -> str:
    """Return how many claims have which fate."""
    lang, counts = of(report), dict[Fate, int]()
    for c in report.claims:
        counts[c.fate] = counts.get(c.fate, 0) + 1
    told = [lang.say("{n} {fate}", n=counts[f], fate=fate_word(f, lang)) for f in sorted(counts, key=place)]
    return lang.say("Claims: {what}", what=lang.say(", ").join(told))


def switch_day(effective: str | None, lang: Language) -> str:
    """Return when the new wording takes effect."""
    return lang.say("whatever its day") if effective is None else lang.say("on {date}", date=lang.date(effective))


def transition_lines(transition: Transition, lang: Language) -> Iterator[str]:
    """Yield what the switch alone does, role by role."""
    say, when = lang.say, transition.effective
    for line in transition.roles:
        shown = {"role": line.role, "when": when}
        match line.relation:
            case "equivalent" | "more lenient" | "not stricter":
                yield say("{role} is never worse off by the switch alone, {when}: proved", **shown)
            case "undecided" | "not more lenient" if line.why:
                yield say("not decided: whether {role} can be worse off by the switch alone, {when}: {why}", **shown,
                          why=line.why)  # fmt: skip
            case "undecided" | "not more lenient":
                yield say("not decided: whether {role} can be worse off by the switch alone, {when}", **shown)
            case _:
                day = say("on some day") if when == switch_day(None, lang) else when
                yield say("{role} can be worse off by the switch alone, {when}", role=line.role, when=day)
        yield _punished(line, lang)
    yield from transition.remarks


def _punished(line: TransitionLine, lang: Language) -> str:
    """Return whether something done before the switch has a consequence of the new wording."""
    match line.punished:
        case "never":
            said = message("nothing done before is held against {role} under wording not yet in force: proved")
            return lang.say(said, role=line.role)
        case "undecided":
            said = message("not decided: whether anything done before is held against {role} under the new wording")
            return lang.say(said, role=line.role)
        case "can be":
            step, story = line.cause_told, line.by or line.story
            assert step is not None
            assert story is not None
            what, outcome = step.what.rstrip(".。"), story.outcome
            shown = {"role": line.role, "n": line.cause, "what": what, "outcome": outcome}
            said = message(
                "what happened before can count against {role} under wording not yet in force: "
                "without step {n} ({what}), {outcome} would be better"
            )
            return lang.say(said, **shown)
        case _:
            assert_never(line.punished)
