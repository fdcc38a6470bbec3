"""From decisions to a report: what is known, told in plain data, in the order of the documents."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import assert_never

from policydsl import __version__
from policydsl.analyses.judgement import Bug, Decision
from policydsl.analyses.readings import Split
from policydsl.analyses.subjects import Subject
from policydsl.base.calendar import show_day
from policydsl.base.diagnostic import Diagnostic, Diagnostics
from policydsl.base.span import start_of
from policydsl.core.system import Trace
from policydsl.engines.verdict import Bounded, Certificate, Proved, Refuted, Unknown, Vacuous, Verdict
from policydsl.front.loaded import LoadedClaim, LoadedPolicy
from policydsl.front.types import show_type
from policydsl.report.explained import asked, explained
from policydsl.report.model import (
    NO_HISTORY,
    BugNote,
    Clause,
    Evidence,
    Finding,
    HistoryResult,
    Name,
    OptionVerdict,
    PolicyReport,
    ReadingVerdict,
    Report,
    SourceLine,
    Status,
    Unmodelled,
    VerdictWord,
)
from policydsl.report.rests import bearing, spoken_of
from policydsl.report.story import tell
from policydsl.report.story_pair import tell_pair
from policydsl.report.told import Story

_FORMS = ("always", "never", "possible", "after", "within", "table", "between")
_OTHERS = ("cites", "protects", "under", "for", "expect", "--")


def build_report(  # noqa: PLR0913  all that a report is made of
    policies: Sequence[LoadedPolicy],
    decisions: Sequence[Decision],
    histories: Mapping[str, Sequence[HistoryResult]],
    diagnostics: Diagnostics,
    sources: Mapping[str, str],
    *,
    brief: bool = False,
) -> Report:
    """Return the report on `policies`. `histories` are by the policy's path; undecided subjects are counted as open.

    With `brief`, stories are told only where something is not as expected: nobody will read the others.
    """
    texts = {file: text.split("\n") for file, text in sources.items()}
    made = {
        p.path: [(d, _finding(p, d, texts, brief=brief)) for d in decisions if d.subject.policy is p and _told(d)]
        for p in policies
    }
    reports = tuple(_policy(p, made[p.path], tuple(histories.get(p.path, ()))) for p in policies)
    missing = sum(d.verdict is None for d in decisions)
    shown = (*diagnostics, *(d for p in reports for h in p.histories for d in h.diagnostics))
    lines = tuple(_lines(shown, texts))
    return Report(reports, diagnostics, (), complete=not missing, open=missing, version=__version__, lines=lines)


def _lines(diagnostics: Iterable[Diagnostic], texts: Mapping[str, Sequence[str]]) -> Iterator[SourceLine]:
    """Yield the lines that `diagnostics` point at, each once."""
    spans = {s for d in diagnostics for s in (d.span, *(n.span for n in d.notes))}
    for file, line in sorted({(s.file, s.line) for s in spans if s.file in texts}):
        if 1 <= line <= len(texts[file]):
            yield SourceLine(file, line, texts[file][line - 1])


def with_bugs(report: Report, bugs: Iterable[Bug]) -> Report:
    """Return `report` with what went wrong in policydsl itself."""
    return replace(report, bugs=tuple(BugNote(b.subject, b.reason, b.trace) for b in bugs))


def _told(decision: Decision) -> bool:
    """Return whether there is anything to tell: that a clause is alive goes without saying."""
    alive = decision.subject.origin == "liveness" and isinstance(decision.verdict, Refuted)
    return decision.verdict is not None and not alive


def _policy(
    policy: LoadedPolicy, made: Sequence[tuple[Decision, Finding]], histories: tuple[HistoryResult, ...]
) -> PolicyReport:
    header = policy.header
    alive = [(d, f) for d, f in made if d.subject.origin == "liveness"]
    return PolicyReport(
        policy.path,
        header.title,
        header.document,
        header.edition,
        None if header.effective is None else show_day(header.effective),
        policy.readings,
        tuple(Unmodelled(c.number, c.summary, c.because) for c in policy.clauses if c.because is not None),
        tuple(f for d, f in made if d.subject.origin == "claim"),
        tuple(f for d, f in made if d.subject.origin == "obligation"),
        tuple(f for d, f in alive if isinstance(d.verdict, Proved | Vacuous)),
        tuple(f.sentence for d, f in alive if isinstance(d.verdict, Bounded | Unknown)),
        histories,
        clauses=clauses_of(policy),
        labels=header.labels,
        names=tuple(names_of(policy)),
        tables=policy.tables,
    )


def clauses_of(policy: LoadedPolicy) -> tuple[Clause, ...]:
    """Return the clauses of `policy`, formalised or not, in document order."""
    return tuple(Clause(c.number, c.summary, c.span, c.labels) for c in policy.clauses)


def names_of(policy: LoadedPolicy) -> Iterator[Name]:
    """Yield what the policy declares, in document order."""
    for symbol in policy.symbols.values():
        type_ = "count" if symbol.kind == "count" and symbol.type is None else symbol.type
        shown = type_ if isinstance(type_, str) or type_ is None else show_type(type_)
        yield Name(symbol.name, symbol.kind, shown, symbol.clause, symbol.labels)


# --- one finding ---------------------------------------------------------------------------------


def _finding(policy: LoadedPolicy, decision: Decision, texts: Mapping[str, Sequence[str]], *, brief: bool) -> Finding:
    subject, verdict = decision.subject, decision.verdict
    assert verdict is not None
    claim, obligation = subject.claim, subject.obligation
    possible = claim is not None and claim.possible
    separating = tuple(s for s in decision.splits if s.separates)
    word: VerdictWord = "depends" if separating else _word(verdict, possible=possible)
    if claim is not None:
        made = _about_claim(claim, texts)
    else:
        assert obligation is not None
        made = Finding(
            name=obligation.key,
            origin="dead clause" if subject.origin == "liveness" else "obligation",
            kind=obligation.kind,
            sentence=obligation.sentence,
            cites=tuple(c for c in obligation.clauses if c),
            protects=(),
            span=next((c.span for c in policy.clauses if c.number in obligation.clauses), start_of(policy.path)),
            asks=obligation.sentence,
            possible=False,
            expected="holds",
            verdict="undecided",
            status="undecided",
        )
    expected, on_readings = ("holds", ()) if claim is None else (claim.expect, claim.on_readings)
    made = replace(made, verdict=word, status=_status(expected, frozenset(on_readings), word, decision.splits))
    made = replace(made, together=decision.together)
    told = not brief or made.status != "as expected" or subject.origin == "liveness"
    splits = (*separating, *_open(decision))
    made = replace(made, readings=tuple(_reading(policy, decision, s, possible=possible, told=told) for s in splits))
    if not told:
        return _counted(made, verdict)
    certificate = verdict.certificate if isinstance(verdict, Proved | Vacuous) else None
    core = None if certificate is None else spoken_of(policy, subject.question, certificate)
    resting = bearing(policy, subject.question) if core is None else core
    return _with_evidence(replace(made, rests_on=resting, core=core is not None), decision, verdict)


def _about_claim(claim: LoadedClaim, texts: Mapping[str, Sequence[str]]) -> Finding:
    expected: str = claim.expect
    if claim.expect == "depends":
        expected = f"depends on reading {', '.join(claim.on_readings)}"
    return Finding(
        name=claim.name,
        origin="claim",
        kind=claim.kind,
        sentence=claim.sentence,
        cites=claim.cites,
        protects=claim.protects,
        span=claim.span,
        asks=_asks(claim, texts),
        possible=claim.possible,
        expected=expected,
        verdict="undecided",
        status="undecided",
        unmodelled=claim.unmodelled,
        labels=claim.labels,
    )


def _word(verdict: Verdict, *, possible: bool) -> VerdictWord:
    match verdict:
        case Proved():
            return "fails" if possible else "holds"
        case Refuted():
            return "holds" if possible else "fails"
        case Vacuous(lacks=lacks):  # where there is no history at all, nothing is told apart by whether it is possible
            return "fails" if possible and lacks == "trigger" else "vacuous"
        case Bounded():
            return "bounded"
        case Unknown():
            return "undecided"
        case _:
            assert_never(verdict)


def _open(decision: Decision) -> tuple[Split, ...]:
    """Return the readings of which it is not known whether the answer depends on them, each once."""
    found = {s.reading: s for s in reversed(decision.splits) if s.is_open}
    told = {s.reading for s in decision.splits if s.separates}
    return tuple(s for s in decision.splits if found.get(s.reading) is s and s.reading not in told)


def _status(expected: str, on_readings: frozenset[str], word: VerdictWord, splits: Sequence[Split]) -> Status:
    """Compare what came out with what the author expects; where an option is open, it may still come out otherwise."""
    if word in {"bounded", "undecided"}:
        return "undecided"
    separating = {s.reading for s in splits if s.separates}
    open_ = {s.reading for s in splits if s.is_open}
    if expected != "depends":
        met = word == expected
        return "undecided" if met and open_ and word != "depends" else "as expected" if met else "not as expected"
    if word == "depends" and on_readings <= separating:
        return "as expected"
    return "undecided" if on_readings <= separating | open_ else "not as expected"


def _counted(finding: Finding, verdict: Verdict) -> Finding:
    """Return `finding` with what a table says of it: no story, no evidence."""
    match verdict:
        case Refuted(trace=trace, shortest=shortest):
            return replace(finding, steps=len(trace.steps), shortest=shortest)
        case Vacuous(lacks="existence"):
            return replace(finding, reason=NO_HISTORY)
        case _:
            return finding


def _with_evidence(finding: Finding, decision: Decision, verdict: Verdict) -> Finding:
    match verdict:
        case Proved(certificate=certificate, witness=witness):
            example = None if witness is None else story_of(decision.subject, witness)
            return replace(finding, evidence=_evidence(certificate), example=example)
        case Vacuous(certificate=certificate):
            return replace(_counted(finding, verdict), evidence=_evidence(certificate))
        case Refuted(trace=trace, shortest=shortest):
            story = story_of(decision.subject, trace)
            if not finding.possible and not finding.readings:
                story = explained(decision.subject.policy, decision.subject.question, trace, story)
            others = tuple(story_of(decision.subject, other.trace) for other in decision.others)
            return replace(finding, story=story, others=others, steps=len(trace.steps), shortest=shortest)
        case Bounded(depth=depth, reason=reason):
            return replace(finding, steps=depth, reason=reason)
        case Unknown(reason=reason, tried=tried):
            return replace(finding, reason=reason, tried=tried)
        case _:
            assert_never(verdict)


def story_of(subject: Subject, trace: Trace) -> Story:
    """Return the story of `trace`: of two histories side by side, if that is what the claim is about."""
    pair = None if subject.claim is None else subject.claim.pair
    if pair is None:
        return tell(subject.policy, subject.question, trace)
    return tell_pair(subject.policy, subject.question, pair, trace)


def _evidence(certificate: Certificate) -> Evidence:
    return Evidence(certificate.method, certificate.invariant, certificate.binding, certificate.seal)


def _reading(policy: LoadedPolicy, decision: Decision, split: Split, *, possible: bool, told: bool) -> ReadingVerdict:
    info = next(r for r in policy.readings if r.name == split.reading)
    summaries = dict(info.options)
    options: list[OptionVerdict] = []
    for option, verdict in split.options:
        story: Story | None = None
        if told and isinstance(verdict, Refuted):
            story = story_of(decision.subject, verdict.trace)
            if not possible:
                story = asked(policy, decision.subject.question, verdict.trace, story)
        options.append(OptionVerdict(option, summaries[option], _word(verdict, possible=possible), story))
    return ReadingVerdict(split.reading, info.question, split.others_at_default, tuple(options))


def _asks(claim: LoadedClaim, texts: Mapping[str, Sequence[str]]) -> str:
    """Return the condition of `claim` as its author wrote it."""
    lines = texts.get(claim.span.file, ())[claim.span.line - 1 : claim.span.end_line]
    kept: list[str] = []
    inside = False
    for line in lines[1:]:
        word = line.split(maxsplit=1)[0] if line.split() else ""
        inside = word in _FORMS or (inside and word not in _OTHERS)
        if inside and word:
            kept.append(line.partition(" -- ")[0].strip())
    return " ".join(kept)
