"""A report for machines: `docs/schema/result-1.json`. The same report gives the same bytes, always."""

import json
from collections.abc import Sequence
from dataclasses import fields, is_dataclass

from policydsl.base.diagnostic import Diagnostic
from policydsl.report.diagnostics import diagnostic_data
from policydsl.report.model import Finding, Report, exit_code
from policydsl.report.prose import verdict_words

FORMAT = "policydsl-result-1"


def render_json(report: Report, version: str) -> str:
    """Return `report` as JSON, made by `version` of policydsl."""
    data = {
        "format": FORMAT,
        "policydsl": version,
        "exit_code": exit_code(report),
        "complete": report.complete,
        "open": report.open,
        "policies": to_data(report.policies),
        "diagnostics": to_data(report.diagnostics),
        "bugs": [{"about": b.about, "reason": b.reason} for b in report.bugs],
    }
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def to_data(value: object) -> object:
    """Return `value`, made of the dataclasses of `model`, as JSON-able data."""
    if isinstance(value, Diagnostic):
        return diagnostic_data(value)
    if is_dataclass(value) and not isinstance(value, type):
        made = {f.name: to_data(getattr(value, f.name)) for f in fields(value)}
        return {**made, "says": verdict_words(value)} if isinstance(value, Finding) else made
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [to_data(v) for v in value]
    return value
