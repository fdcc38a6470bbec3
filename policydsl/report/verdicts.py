"""What came out, in a line of plain words: verdicts, expectations, assumptions. No word of the engines."""

from collections.abc import Iterable
from typing import assert_never

from policydsl.report.heard import heard
from policydsl.report.language import Language, message
from policydsl.report.model import NO_HISTORY, Evidence, Finding, HistoryResult, ReadingVerdict, Status, VerdictWord
from policydsl.report.words import Words


def verdict_words(finding: Finding, words: Words) -> str:
    """Return what came out, in a line, and which readings leave it open."""
    came, say = _came_out(finding, words), words.language.say
    for reading in finding.told_readings:
        if reading.open:
            options = words.language.join([words.value(reading.reading, o) for o in reading.open])
            came = say(
                "{came_out}; UNDECIDED where “{reading}” is read as {options}",
                came_out=came,
                reading=words.name(reading.reading),
                options=options,
            )
    if nothing_known := [words.name(r.reading) for r in finding.readings if r not in finding.told_readings]:
        readings = words.language.join(nothing_known)
        came = say("{came_out}; UNDECIDED whether it depends on {readings}", came_out=came, readings=readings)
    for (one, first), (other, second) in finding.together:
        shown = {"one": words.name(one), "first": words.value(one, first), "other": words.name(other)}
        so = message("{came_out}; but holds where “{one}” is read as “{first}” and “{other}” as “{second}”")
        not_so = message("{came_out}; but impossible where “{one}” is read as “{first}” and “{other}” as “{second}”")
        came = say(not_so if finding.possible else so, came_out=came, second=words.value(other, second), **shown)
    return came


def _came_out(finding: Finding, words: Words) -> str:
    say = words.language.say
    match finding.verdict:
        case "holds":
            if not finding.possible:
                return say("proved for every history")
            return _possible(finding, words.language)
        case "fails":
            if finding.possible:
                return say("impossible: proved for every history")
            return _fails(finding, words.language)
        case "depends":
            readings = words.language.join(
                list(dict.fromkeys(words.name(r.reading) for r in finding.readings if r.separates))
            )
            return say("depends on how this is read: {readings}", readings=readings)
        case "vacuous" if finding.reason == NO_HISTORY:
            return say(
                "never applies: there is no history at all, as nothing meets what is assumed of parameters and starts"
            )
        case "vacuous":
            return say("never applies: what it speaks of cannot happen")
        case "bounded":
            return _bounded(finding, words.language)
        case "undecided":
            return say("undecided: {reason}", reason=finding.reason or "")
        case _:
            assert_never(finding.verdict)


def _possible(finding: Finding, lang: Language) -> str:
    if not finding.steps:
        return lang.say("possible from the start")
    if not finding.shortest:
        return lang.count("possible, after at most {n} step", "possible, after at most {n} steps", finding.steps)
    return lang.count("possible, after {n} step", "possible, after {n} steps", finding.steps)


def _fails(finding: Finding, lang: Language) -> str:
    if not finding.steps:
        return lang.say("fails from the start")
    if not finding.shortest:
        return lang.count("fails after at most {n} step", "fails after at most {n} steps", finding.steps)
    return lang.count("fails after {n} step", "fails after {n} steps", finding.steps)


def _bounded(finding: Finding, lang: Language) -> str:
    steps = finding.steps or 0
    if finding.possible:
        return lang.count(
            "not reached within {n} step; nothing is said beyond",
            "not reached within {n} steps; nothing is said beyond",
            steps,
        )
    return lang.count(
        "no violation within {n} step; nothing is said beyond",
        "no violation within {n} steps; nothing is said beyond",
        steps,
    )


def option_words(finding: Finding, verdict: VerdictWord, words: Words) -> str:
    """Return what came out under one option of a reading."""
    say = words.language.say
    match verdict:
        case "holds":
            return say("possible") if finding.possible else say("proved for every history")
        case "fails":
            return say("impossible") if finding.possible else say("fails")
        case "vacuous":
            return say("never applies: what it speaks of cannot happen")
        case "depends" | "bounded" | "undecided":
            return say("undecided")
        case _:
            assert_never(verdict)


def expected_words(finding: Finding, words: Words) -> str:
    """Return what the author expects."""
    say = words.language.say
    match finding.expected:
        case "holds":
            return say("possible") if finding.possible else say("holds")
        case "fails":
            return say("impossible") if finding.possible else say("fails")
        case _:
            readings = [words.name(r) for r in finding.expected.removeprefix("depends on reading ").split(", ")]
            return say("depends on how this is read: {readings}", readings=words.language.join(readings))


def assumption_words(finding: Finding, words: Words) -> str:
    """Return which clauses are taken as not modelled; nothing for none."""
    numbers = finding.unmodelled
    if not numbers:
        return ""
    return words.language.count(
        "assumes clause {clauses} as not modelled",
        "assumes clauses {clauses} as not modelled",
        len(numbers),
        clauses=", ".join(numbers),
    )


def evidence_words(evidence: Evidence, lang: Language) -> str:
    """Return how a proof was found, and its seal."""
    method, seal = heard(evidence.method, lang), evidence.seal[:16]
    return lang.say("evidence: {method}, re-checked; seal {seal}", method=method, seal=seal)


def history_words(history: HistoryResult, lang: Language) -> str:
    """Return that a golden history does not come out as it says."""
    if history.rejected:
        return lang.say("✗ {path} cannot be read", path=history.path)
    return lang.say("✗ {path} is not as written", path=history.path)


def place_words(finding: Finding, lang: Language) -> str:
    """Return which clauses a finding is about, and where it stands."""
    place = f"{finding.file}:{finding.line}"
    if not finding.cites:
        return place
    cited = ", ".join(finding.cites)
    return lang.count(
        "clause {clauses}; {place}", "clauses {clauses}; {place}", len(finding.cites), clauses=cited, place=place
    )


def reading_words(reading: ReadingVerdict, words: Words) -> str:
    """Return what is ambiguous."""
    say, name = words.language.say, words.name(reading.reading)
    if reading.others_at_default:
        return say(
            "reading {name}: {question}, the other readings at their defaults", name=name, question=reading.question
        )
    return say("reading {name}: {question}", name=name, question=reading.question)


def in_order_of_need(findings: Iterable[Finding]) -> list[Finding]:
    """Return `findings`, what needs attention first."""
    order: tuple[Status, ...] = ("not as expected", "undecided", "as expected")
    return sorted(findings, key=lambda f: order.index(f.status))
