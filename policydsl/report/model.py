"""What a report says, as plain data: renderers need nothing else. No solver, no clock, no file system.

Stories are in `told`.

Names are those of the policy (`breach.length`, `score[user]`) and values are written as its language writes them
(`31 days`, `2023-02-28`, `none`): both are the same in every language, and `PolicyReport.names` says how a reader
calls them.
"""

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from policydsl.base.diagnostic import Diagnostic
from policydsl.base.exits import Exit
from policydsl.base.records import dataclass
from policydsl.base.span import Span
from policydsl.front.loaded import ReadingInfo, TableText
from policydsl.report.told import Story

VerdictWord = Literal["holds", "fails", "depends", "vacuous", "bounded", "undecided"]
UNDECIDED: frozenset[VerdictWord] = frozenset({"bounded", "undecided"})
"""Of a claim that something is possible: `holds` says that it is, `fails` that it is not."""

Status = Literal["as expected", "not as expected", "undecided"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a proof is one: how it was found, what is inductive, and the seal of its certificate."""

    method: str
    invariant: tuple[str, ...]
    binding: str
    seal: str


@dataclass(frozen=True, slots=True)
class OptionVerdict:
    """What comes out under one option of a reading."""

    option: str
    summary: str
    verdict: VerdictWord
    story: Story | None


@dataclass(frozen=True, slots=True)
class ReadingVerdict:
    """What comes out under each option of a reading, the others free or at their defaults."""

    reading: str
    question: str
    others_at_default: bool
    options: tuple[OptionVerdict, ...]

    @property
    def separates(self) -> bool:
        """Whether the answer is known to depend on it."""
        return len({o.verdict == "fails" for o in self.options if o.verdict not in UNDECIDED}) > 1

    @property
    def open(self) -> tuple[str, ...]:
        """The options that are undecided."""
        return tuple(o.option for o in self.options if o.verdict in UNDECIDED)


NO_HISTORY = "there is no history"
"""The reason why a claim never applies, where it is not that just what it speaks of cannot happen."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A claim (or an obligation of the policy) and what came out.

    `asks` is the condition as the author wrote it. `story` shows how it fails, or (for a possibility) how it comes
    about; `others` show other ways, if they were asked for; `example` is a history in which the claim has something
    to say. `unmodelled` are clauses that are taken as not modelled; `rests_on` those that the proof speaks of
    (`core`), or else that what is asked can depend on at all. `steps` says after how many steps the story ends, or
    how far an undecided question was followed; not `shortest`: a shorter story may exist, within the dates that
    were covered. `together` are pairs of readings with their options under which it is proved, though it fails under
    all options of each alone.
    """

    name: str
    origin: Literal["claim", "obligation", "dead clause"]
    kind: str
    sentence: str
    cites: tuple[str, ...]
    protects: tuple[str, ...]
    span: Span
    asks: str
    possible: bool
    expected: str
    verdict: VerdictWord
    status: Status
    story: Story | None = None
    others: tuple[Story, ...] = ()
    example: Story | None = None
    evidence: Evidence | None = None
    readings: tuple[ReadingVerdict, ...] = ()
    unmodelled: tuple[str, ...] = ()
    steps: int | None = None
    shortest: bool = True
    reason: str | None = None
    tried: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    rests_on: tuple[str, ...] = ()
    core: bool = False
    together: tuple[tuple[tuple[str, str], tuple[str, str]], ...] = ()

    @property
    def told_readings(self) -> tuple[ReadingVerdict, ...]:
        """The readings of which something is decided."""
        return tuple(r for r in self.readings if len(r.open) < len(r.options))

    @property
    def file(self) -> str:
        """The file it stands in."""
        return self.span.file

    @property
    def line(self) -> int:
        """The line it starts in."""
        return self.span.line


@dataclass(frozen=True, slots=True)
class HistoryResult:
    """A golden history beside a policy, and what in it is not as it says."""

    path: str
    about: str | None
    diagnostics: tuple[Diagnostic, ...]
    rejected: bool


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of the document, our summary, and where it is transcribed; `quote` is the document's own sentence."""

    number: str
    summary: str
    span: Span
    labels: Mapping[str, str] = field(default_factory=dict)
    quote: str | None = None


@dataclass(frozen=True, slots=True)
class Unmodelled:
    """A clause that is not formalised, and why."""

    clause: str
    summary: str
    because: str


@dataclass(frozen=True, slots=True)
class Name:
    """A name that the policy declares: what kind of thing, of which type, where, and its labels by language.

    The value of an enumeration is `ENUMERATION.value`.
    """

    name: str
    kind: str
    type: str | None
    clause: str
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PolicyReport:
    """All about one policy. `dead` are clauses that never take effect; `unsure` those of which it is not known.

    `clauses` are all of them, formalised or not; `labels` are those of the title.
    """

    path: str
    title: str
    document: str | None
    edition: str | None
    effective: str | None
    readings: tuple[ReadingInfo, ...]
    unmodelled: tuple[Unmodelled, ...]
    claims: tuple[Finding, ...]
    obligations: tuple[Finding, ...]
    dead: tuple[Finding, ...]
    unsure: tuple[str, ...]
    histories: tuple[HistoryResult, ...]
    clauses: tuple[Clause, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    names: tuple[Name, ...] = ()
    tables: tuple[TableText, ...] = ()


@dataclass(frozen=True, slots=True)
class BugNote:
    """An exception in policydsl, while it worked on `about`."""

    about: str
    reason: str
    trace: str = ""


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A line of a text that a diagnostic points at."""

    file: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Certificates:
    """How many questions stored certificates have answered, and how many were `stale`: there, but no longer fit.

    What a stale one was to answer has been worked out in another way.
    """

    used: int = 0
    stale: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """Everything one run found. Not `complete`: it was interrupted, and `open` questions were not reached.

    `version` is that of policydsl; `lines` are those that the diagnostics point at. With `only`, some questions were
    picked out and no others were asked.
    """

    policies: tuple[PolicyReport, ...]
    diagnostics: tuple[Diagnostic, ...]
    bugs: tuple[BugNote, ...]
    complete: bool
    open: int
    version: str = ""
    lines: tuple[SourceLine, ...] = ()
    only: bool = False
    certificates: Certificates = Certificates()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All claims and obligations."""
        return tuple(f for p in self.policies for f in (*p.claims, *p.obligations))

    @property
    def without_claims(self) -> tuple[PolicyReport, ...]:
        """The policies about which only general questions were asked, since there were no others.

        Empty where that cannot be told: questions were picked out, not reached, or could not be read.
        """
        cut = self.only or not self.complete or any(d.is_error for d in self.diagnostics)
        return () if cut else tuple(p for p in self.policies if not p.claims)


def exit_code(report: Report) -> int:
    """Return the exit code of a run; where several apply, 4 before 3 before 1 before 2 before 0."""
    histories = [h for p in report.policies for h in p.histories]
    if report.bugs:
        return Exit.BUG
    if any(d.is_error for d in report.diagnostics) or any(h.rejected for h in histories):
        return Exit.REJECTED
    failed = any(h.diagnostics for h in histories if not h.rejected)
    if failed or any(f.status == "not as expected" for f in report.findings):
        return Exit.UNEXPECTED
    undecided = any(f.status == "undecided" for f in report.findings)
    return Exit.UNDECIDED if undecided or not report.complete else Exit.GOOD
