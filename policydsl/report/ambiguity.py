"""Which readings matter: every two options with the stories that tell them apart, as text and as JSON. Pure."""

import json
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from policydsl.analyses.ambiguity import Difference, end_of
from policydsl.core.copies import BOTH, Side
from policydsl.core.expr import Equal, Expr, Use, Var
from policydsl.core.product import aligned
from policydsl.core.system import Property, Question
from policydsl.core.walk import definition_table
from policydsl.engines.verdict import Bounded, Proved, Refuted, Unknown, Vacuous
from policydsl.front.draft import conjunction
from policydsl.front.loaded import SET_SUFFIX, LoadedPolicy
from policydsl.report.json import schema_parts, schema_text, to_data
from policydsl.report.language import language
from policydsl.report.model import Abreast, PolicyReport, Report, Story
from policydsl.report.story import tell
from policydsl.report.telling import story_paragraphs
from policydsl.report.words import Words

FORMAT = "policydsl-readings-1"
_WIDTH = 100


@dataclass(frozen=True, slots=True)
class TwoOptions:
    """Two options of a reading: whether two histories that are alike in all else ever come out differently.

    `outcome` is `differs` (with the shortest story, told under both), `never` (proved) or `undecided`. `names` are what
    differs in the end; `refused` is the history, if any, in which the last step cannot take place.
    """

    first: str
    second: str
    outcome: Literal["differs", "never", "undecided"]
    names: tuple[str, ...]
    refused: Literal["first", "second"] | None
    story: Story | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class ReadingMatters:
    """A reading, its options as (name, summary), how every two of them compare, and the claims that depend on it."""

    name: str
    question: str
    clause: str
    options: tuple[tuple[str, str], ...]
    default: str
    pairs: tuple[TwoOptions, ...]
    claims: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClaimReadings:
    """A claim, its verdict, and the readings on which that depends; none if it is the same under every one."""

    name: str
    verdict: str
    readings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PolicyReadings:
    """The readings of one policy, and the claims about it."""

    path: str
    title: str
    readings: tuple[ReadingMatters, ...]
    claims: tuple[ClaimReadings, ...]


@dataclass(frozen=True, slots=True)
class ReadingsReport:
    """What `policydsl readings --format json` writes, made by version `policydsl`. Dates are ISO 8601."""

    format: str
    policydsl: str
    policies: tuple[PolicyReadings, ...]


def readings_report(
    report: Report, policies: Sequence[LoadedPolicy], found: Sequence[Sequence[Difference]]
) -> ReadingsReport:
    """Return the report: `report` has the claims, `found` the differences, policy by policy."""
    made = tuple(_policy(p, by, d) for p, by, d in zip(report.policies, policies, found, strict=True))
    return ReadingsReport(FORMAT, report.version, made)


def undecided(report: ReadingsReport) -> bool:
    """Whether something is not known."""
    pairs = [pair for p in report.policies for r in p.readings for pair in r.pairs]
    claims = [c for p in report.policies for c in p.claims]
    return any(x.outcome == "undecided" for x in pairs) or any(c.verdict in {"bounded", "undecided"} for c in claims)


def _policy(report: PolicyReport, policy: LoadedPolicy, found: Sequence[Difference]) -> PolicyReadings:
    claims = tuple(ClaimReadings(f.name, f.verdict, tuple(r.reading for r in f.readings)) for f in report.claims)
    readings = tuple(
        ReadingMatters(
            r.name,
            r.question,
            r.clause,
            r.options,
            r.default,
            tuple(_two_options(policy, d) for d in found if d.reading == r.name),
            tuple(c.name for c in claims if r.name in c.readings),
        )
        for r in policy.readings
    )
    return PolicyReadings(report.path, report.title, readings, claims)


def _two_options(policy: LoadedPolicy, found: Difference) -> TwoOptions:
    match found.verdict:
        case Refuted():
            refused = None if found.refused is None else _WORDS[found.refused]
            return TwoOptions(*found.options, "differs", found.names, refused, _story(policy, found), None)
        case Proved() | Vacuous():
            return TwoOptions(*found.options, "never", (), None, None, None)
        case Bounded(reason=reason) | Unknown(reason=reason):
            return TwoOptions(*found.options, "undecided", (), None, None, reason)


_WORDS: dict[Side, Literal["first", "second"]] = {Side.FIRST: "first", Side.SECOND: "second"}


def _story(policy: LoadedPolicy, found: Difference) -> Story:
    """Return the two histories side by side, with what differs in their ends."""
    assert isinstance(found.verdict, Refuted)
    trace, made = found.verdict.trace, found.pair
    looked_at = Property(conjunction(list(_mentions(found))), conjunction([]))
    first, second = (
        tell(policy, Question(found.question.key, made.copy(s), looked_at, None), end_of(made, trace, s, found.refused))
        for s in BOTH
    )
    rows: list[Abreast] = []
    reached = [0, 0]
    for number, steps in enumerate(zip(*(aligned(made, trace, side) for side in BOTH), strict=True), start=1):
        last = number == len(trace.steps)
        there = [s is not None and not (last and side is found.refused) for s, side in zip(steps, BOTH, strict=True)]
        rows.append(Abreast(*(place if here else None for place, here in zip(reached, there, strict=True))))
        reached = [place + here for place, here in zip(reached, there, strict=True)]
    return replace(first, beside=second, rows=tuple(rows))


def _mentions(found: Difference) -> Iterator[Expr]:
    """Yield conditions that mention what differs, by the names of one copy."""
    system = found.pair.first
    sorts = {v.name: v.sort for v in system.variables}
    table = definition_table(system)
    for name in found.names:
        if name in sorts:
            yield Equal(Var(name, sorts[name]), Var(name, sorts[name]))
        elif name in table and not name.endswith(SET_SUFFIX):
            use = Use(name, table[name].sort)
            yield Equal(use, use)


# --- text and JSON -------------------------------------------------------------------------------


def readings_json(report: ReadingsReport) -> str:
    """Return the report for programs."""
    return json.dumps(to_data(report), ensure_ascii=False, indent=2) + "\n"


def readings_schema() -> str:
    """Return the JSON schema of `readings_json`: what stands in `docs/schema/readings-1.json`."""
    return schema_text(*schema_parts(ReadingsReport, FORMAT))


def readings_text(report: ReadingsReport, policies: Sequence[PolicyReport]) -> str:
    """Return the report to be read."""
    return "\n".join(line for p, by in zip(report.policies, policies, strict=True) for line in _lines(p, by)) + "\n"


def _lines(made: PolicyReadings, policy: PolicyReport) -> Iterator[str]:
    yield f"{made.title}  ({made.path})"
    yield ""
    if not made.readings:
        yield "  This policy has no readings: nothing in it is taken to be ambiguous."
        yield ""
    words = Words(language("en"), {n.name: n for n in policy.names})
    for reading in made.readings:
        yield from _wrapped(f"{reading.name} (clause {reading.clause}): {reading.question}", 0)
        for name, summary in reading.options:
            yield from _wrapped(f"{name}: {summary}{' (default)' if name == reading.default else ''}", 4)
        for pair in reading.pairs:
            yield from _pair(pair, words, policy)
        if reading.claims:
            yield from _wrapped(f"claims that depend on it: {', '.join(reading.claims)}", 2)
        yield ""
    if made.claims:
        yield "Claims:"
        width = max(len(c.name) for c in made.claims)
        for claim in made.claims:
            yield f"  {claim.name.ljust(width)}  {_verdict(claim)}"
        yield ""


def _verdict(claim: ClaimReadings) -> str:
    same = {"holds": "holds under every reading", "fails": "fails, however it is read", "vacuous": "never applies"}
    if claim.readings:
        return f"depends on {', '.join(claim.readings)}"
    return same.get(claim.verdict, "undecided")


def _pair(pair: TwoOptions, words: Words, policy: PolicyReport) -> Iterator[str]:
    head = f"{pair.first} or {pair.second}: "
    if pair.outcome == "never":
        yield from _wrapped(head + "never matters: proved for every history", 2)
    elif pair.outcome == "undecided":
        yield from _wrapped(f"{head}undecided: {pair.reason}", 2)
    else:
        assert pair.story is not None
        what = ", ".join(words.name(_declared(name)) for name in pair.names)
        if pair.refused is not None:
            what = "what can take place"
        yield from _wrapped(f"{head}differs in {what}", 2)
        yield from _wrapped(f"the first history is read as {pair.first}, the second as {pair.second}", 4)
        for paragraph in story_paragraphs(pair.story, words, policy.clauses):
            yield from _wrapped(paragraph, 4)
        yield from (line for said in _endings(pair, words) for line in _wrapped(said, 4))


def _endings(pair: TwoOptions, words: Words) -> Iterator[str]:
    """Yield how the two histories end."""
    assert pair.story is not None
    if pair.refused is not None:
        other = pair.story.beside if pair.refused == "first" else pair.story
        assert other is not None
        yield f"In the {pair.refused} history {words.name(other.steps[-1].name)} cannot take place like this."
        return
    for which, story in (("first", pair.story), ("second", pair.story.beside)):
        told = () if story is None else story.facts
        facts = [f"{words.name(f.name)} is {words.value(f.name, f.value or '')}" for f in told]
        if facts:
            yield f"In the end, in the {which} history: {', '.join(facts)}."


def _declared(name: str) -> str:
    """Return how reports name what the core calls `name`."""
    return f"permitted {name.removesuffix('.permitted')}" if name.endswith(".permitted") else name


def _wrapped(text: str, indent: int) -> Iterator[str]:
    return iter(textwrap.wrap(text, _WIDTH, initial_indent=" " * indent, subsequent_indent=" " * (indent + 2)))
