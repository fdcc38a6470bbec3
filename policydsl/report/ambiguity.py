"""Which readings matter: every two options with the stories that tell them apart, as data and as JSON. Pure."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal

from policydsl.analyses.ambiguity import Difference, end_of
from policydsl.base.records import dataclass
from policydsl.core.conditions import conjunction
from policydsl.core.expr import Equal, Expr, Use, Var
from policydsl.core.moves import BOTH, Side
from policydsl.core.system import Property, Question
from policydsl.core.walk import definition_table
from policydsl.engines.verdict import Bounded, Proved, Refuted, Unknown, Vacuous
from policydsl.front.loaded import SET_SUFFIX, LoadedPolicy
from policydsl.report.json import schema_parts, schema_text, to_data
from policydsl.report.model import PolicyReport, Report
from policydsl.report.story import tell
from policydsl.report.story_pair import rows_of
from policydsl.report.told import Story

FORMAT = "policydsl-readings-1"


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
    return replace(first, beside=second, rows=tuple(rows_of(made, trace, found.refused)))


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


# --- JSON ------------------------------------------------------------------------------------------


def readings_json(report: ReadingsReport) -> str:
    """Return the report for programs."""
    return json.dumps(to_data(report), ensure_ascii=False, indent=2) + "\n"


def readings_schema() -> str:
    """Return the JSON schema of `readings_json`: what stands in `docs/schema/readings-1.json`."""
    return schema_text(*schema_parts(ReadingsReport, FORMAT))
