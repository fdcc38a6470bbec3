"""Annotations for GitHub: workflow commands on standard output, one for each problem. Pure."""

from policydsl.report.diagnostics import harmless
from policydsl.report.model import Report
from policydsl.report.problems import Problem, problems

_LONGEST = 4000
"""Characters of one annotation; GitHub cuts off at 4 kB."""


def render_github(report: Report, code: str = "en") -> str:
    """Return one workflow command a line; nothing where all is as expected."""
    return "".join(f"{_command(p)}\n" for p in problems(report, code))


def _command(problem: Problem) -> str:
    span = problem.span
    place = {"file": span.file} if span.file else {}
    if span.line > 0:
        place |= {"line": str(span.line), "endLine": str(span.end_line)}
        place |= {"col": str(span.column), "endColumn": str(span.end_column)} if span.line == span.end_line else {}
    place["title"] = problem.rule.title
    said = ",".join(f"{name}={_property(value)}" for name, value in place.items())
    paragraphs = [harmless(p) for p in (problem.title, *problem.details)]
    return f"::{problem.level} {said}::{_data(_short(chr(10).join(paragraphs)))}"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(harmless(text)).replace(":", "%3A").replace(",", "%2C")
