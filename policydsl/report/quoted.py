"""A report with the words of the documents: they come from whoever asks for the report, and are stored nowhere else."""

from collections.abc import Mapping
from dataclasses import replace

from policydsl.report.model import Report


def with_quotes(report: Report, quotes: Mapping[str, Mapping[str, str]]) -> Report:
    """Return `report` with `quotes`, the document's own sentences by the policy's path and the clause's number."""
    policies = (
        replace(p, clauses=tuple(replace(c, quote=quotes.get(p.path, {}).get(c.number, c.quote)) for c in p.clauses))
        for p in report.policies
    )
    return replace(report, policies=tuple(policies))
