"""A comparison of two wordings as JSON, for programs."""

import dataclasses
import json

from policydsl import __version__
from policydsl.report.diff_model import DiffReport, diff_exit_code


def render_diff_json(report: DiffReport) -> str:
    """Return `report` as JSON (docs/schema/diff-1.json)."""
    body = {
        "format": "policydsl-diff/1",
        "policydsl": __version__,
        "exit_code": diff_exit_code(report),
        **dataclasses.asdict(report),
    }
    return json.dumps(body, ensure_ascii=False, indent=2, default=str) + "\n"
