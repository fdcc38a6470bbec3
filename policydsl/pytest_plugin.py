"""Claims, general questions and golden histories as tests: `pytest proofs specs`.

Importing this must stay cheap: it happens in every run of pytest on a machine that has policydsl.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from policydsl.analyses.subjects import Subject
    from policydsl.front.load import Loaded
    from policydsl.front.loaded import LoadedPolicy
    from policydsl.report.model import Finding, HistoryResult, PolicyReport

_BUDGET = "10"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare what `pytest.ini` or `pyproject.toml` can set."""
    parser.addini("policydsl_policies", "where the policies are that claims speak of", type="paths", default=None)
    parser.addini("policydsl_budget", "seconds for each claim", default=_BUDGET)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "pytest.Collector | None":
    """Return the collector of a file of claims, or of a policy."""
    match file_path.suffix:
        case ".claims":
            return ClaimsFile.from_parent(parent, path=file_path)
        case ".policy":
            return PolicyFile.from_parent(parent, path=file_path)
        case _:
            return None


class NotAsExpectedError(Exception):
    """What came out is not what was expected; the message is all there is to say."""


def _loaded(collector: pytest.File, paths: Iterable[Path]) -> "Loaded":
    """Load `paths`; what is wrong in them is the error of the collector."""
    from policydsl.base.diagnostic import has_errors
    from policydsl.front.load import load
    from policydsl.report.diagnostics import render_diagnostics

    loaded = load([_near(p) for p in paths])
    if has_errors(loaded.diagnostics):
        raise collector.CollectError(render_diagnostics(loaded.diagnostics, loaded.sources))
    return loaded


def _near(path: Path) -> Path:
    """Return `path` as seen from the current folder, so that messages are short."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


class ClaimsFile(pytest.File):
    """A file of claims: a test for each."""

    def collect(self) -> "Iterator[Question]":
        """Yield the claims; the policy is looked for where `policydsl_policies` says, else beside the claims."""
        from policydsl.analyses.subjects import subjects_of

        asked: list[Path] = self.config.getini("policydsl_policies") or [self.config.rootpath / "specs"]
        folders = [p for p in asked if p.exists()] or [self.path.parent]
        loaded = _loaded(self, dict.fromkeys([*(f for folder in folders for f in _policies(folder)), self.path]))
        subjects = [s for s in subjects_of(loaded.policies, loaded.claims) if s.origin == "claim"]
        bench = Bench(self.config, loaded, subjects)
        for subject in subjects:
            yield Question.from_parent(self, name=subject.question.key, bench=bench, subject=subject)


def _policies(path: Path) -> list[Path]:
    return sorted(path.rglob("*.policy")) if path.is_dir() else [path]


class PolicyFile(pytest.File):
    """A policy: a test for each general question about the text, and for each golden history."""

    def collect(self) -> "Iterator[Question | GoldenHistory]":
        """Yield what is asked."""
        from policydsl.analyses.subjects import subjects_of
        from policydsl.cli.histories import golden_histories

        loaded = _loaded(self, [self.path])
        subjects = [s for s in subjects_of(loaded.policies, ()) if s.origin == "obligation"]
        bench = Bench(self.config, loaded, subjects)
        for subject in subjects:
            yield Question.from_parent(self, name=subject.question.key, bench=bench, subject=subject)
        sources: dict[str, str] = {}
        for policy in loaded.policies:
            for result, _ in golden_histories(policy, sources):
                yield GoldenHistory.from_parent(self, name=Path(result.path).stem, result=result, sources=sources)


class Bench:
    """Decides the questions of one file: all that are to be run at once, for they share much of the work."""

    def __init__(self, config: pytest.Config, loaded: "Loaded", subjects: "Sequence[Subject]") -> None:
        self.budget = float(config.getini("policydsl_budget"))
        self.loaded = loaded
        self.subjects = tuple(subjects)
        self.alone = hasattr(config, "workerinput")  # under xdist nobody knows which questions come here
        self.found: dict[int, tuple[PolicyReport, Finding]] = {}

    def finding(self, subject: "Subject", session: pytest.Session) -> "tuple[PolicyReport, Finding]":
        """Return what came out for `subject`, and the report it stands in."""
        if id(subject) not in self.found:
            mine = [i.subject for i in session.items if isinstance(i, Question) and i.bench is self]
            self._decide((subject,) if self.alone else tuple(mine))
        return self.found[id(subject)]

    def _decide(self, subjects: "tuple[Subject, ...]") -> None:
        from policydsl.analyses.judge import decide
        from policydsl.analyses.judgement import Judgement
        from policydsl.analyses.subjects import lemmas_of
        from policydsl.engines.verdict import Budget
        from policydsl.report.build import build_report

        judgement = Judgement(subjects, lemmas_of(self.loaded.claims))
        jobs = 1 if self.alone else os.cpu_count() or 1
        decide(judgement, Budget(seconds=self.budget), jobs, lambda _: None)
        if judgement.bugs:
            raise RuntimeError(f"a bug in policydsl: {judgement.bugs[0].reason}\n{judgement.bugs[0].trace}")
        for decision in judgement.decisions():
            policy: LoadedPolicy = decision.subject.policy
            report = build_report([policy], [decision], {}, (), self.loaded.sources)
            self.found[id(decision.subject)] = report.policies[0], report.findings[0]


class Question(pytest.Item):
    """A claim, or a general question about a policy: passes if what comes out is what its author expects."""

    def __init__(self, *, bench: Bench, subject: "Subject", **rest: Any) -> None:  # noqa: ANN401  for pytest
        super().__init__(**rest)
        self.bench = bench
        self.subject = subject

    def runtest(self) -> None:
        """Decide the question."""
        policy, finding = self.bench.finding(self.subject, self.session)
        if finding.status != "as expected":
            from policydsl.report.problems import about
            from policydsl.report.words import words_of

            paragraphs = about(policy, finding, words_of(policy, "en"))
            raise NotAsExpectedError("\n".join([f"{finding.name}: {finding.sentence}", *paragraphs]))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:  # noqa: ANN401
        """Return the story."""
        if isinstance(excinfo.value, NotAsExpectedError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return the place of the question."""
        claim = self.subject.claim
        return self.path, None if claim is None else claim.span.line - 1, self.name


class GoldenHistory(pytest.Item):
    """A golden history: passes if everything comes out as it says."""

    def __init__(self, *, result: "HistoryResult", sources: dict[str, str], **rest: Any) -> None:  # noqa: ANN401
        super().__init__(**rest)
        self.result = result
        self.sources = sources

    def runtest(self) -> None:
        """Say what is not as written."""
        if self.result.diagnostics:
            from policydsl.report.diagnostics import render_diagnostics

            raise NotAsExpectedError(render_diagnostics(self.result.diagnostics, self.sources))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:  # noqa: ANN401
        """Return the differences."""
        return (
            str(excinfo.value)
            if isinstance(excinfo.value, NotAsExpectedError)
            else super().repr_failure(excinfo, style)
        )

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return the place of the history."""
        return Path(self.result.path), None, self.name
