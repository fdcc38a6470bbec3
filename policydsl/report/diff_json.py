"""A comparison of two wordings as JSON, for programs: `docs/schema/diff-1.json`."""

import json

from policydsl import __version__
from policydsl.report.diff_model import DiffReport, diff_exit_code
from policydsl.report.json import schema_parts, schema_text, to_data

FORMAT = "policydsl-diff-1"
_TITLE = "What `policydsl diff --format json` writes"
_DESCRIPTION = (
    "`relation` is what the new wording is beside the old one. Proved for every history: `equivalent`; for a role "
    "`stricter` (worse for it somewhere, better nowhere), `more lenient`, `incomparable`; `different` where no order "
    "says what is better; `not stricter` or `not more lenient`, and `stricter or incomparable` or `more lenient or "
    "incomparable`, where the other direction is open; `no history` where "
    "none is one of both wordings; `undecided`. `by_default` is the same with every reading at its default, null "
    "where no reading bears on it. Of what is expected and required, `met` is null where it is not decided. Dates in "
    "stories are ISO 8601. The bytes are the same in every run in which the same questions are decided."
)


def render_diff_json(report: DiffReport) -> str:
    """Return `report` as JSON."""
    body = _without_pictures(to_data(report))
    assert isinstance(body, dict)
    head = {"format": FORMAT, "policydsl": __version__, "exit_code": diff_exit_code(report)}
    return json.dumps({**head, **body}, ensure_ascii=False, indent=2) + "\n"


def _without_pictures(data: object) -> object:
    if isinstance(data, dict):
        return {name: _without_pictures(value) for name, value in data.items() if name != "picture"}
    return [_without_pictures(value) for value in data] if isinstance(data, list) else data


def diff_schema() -> str:
    """Return the JSON schema of `render_diff_json`: what stands in `docs/schema/diff-1.json`."""
    top, made = schema_parts(DiffReport, FORMAT)
    del made["SideBySide"]["properties"]["picture"], made["Picture"], made["Shape"]
    made["SideBySide"]["required"].remove("picture")
    head = {"format": {"const": FORMAT}, "policydsl": {"type": "string"}, "exit_code": {"enum": [0, 1, 2, 3, 4, 130]}}
    top |= {"properties": {**head, **top["properties"]}, "required": [*head, *top["required"]]}
    return schema_text({**top, "title": _TITLE, "description": _DESCRIPTION}, made)
