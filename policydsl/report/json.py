"""A report for machines, both ways: `docs/schema/result-1.json`. The same report gives the same bytes, always.

The schema is made from the dataclasses of `model`, and so is the reader: what is written can be read back.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import field, fields, is_dataclass
from inspect import cleandoc
from typing import Any

from policydsl.base.diagnostic import Diagnostic, Diagnostics
from policydsl.base.records import dataclass
from policydsl.base.span import whole_file
from policydsl.report.language import language
from policydsl.report.model import BugNote, Certificates, Finding, PolicyReport, Report, SourceLine, exit_code
from policydsl.report.verdicts import verdict_words
from policydsl.report.words import Words

FORMAT = "policydsl-result-1"
_ENGLISH = Words(language("en"), {})
_TITLE = "What `policydsl check --format json` writes"
_DESCRIPTION = (
    "Verdicts: `holds` proved for every history (of a possibility: it is possible); `fails` with a story (of a "
    "possibility: it is impossible), the shortest one among those whose dates all lie in the months searched (the "
    "first 24 of the policy's era, then 60, then 240; not fewer than its periods take), unless `shortest` is false; "
    "`depends` on a reading; `vacuous` "
    "its trigger never happens; `bounded` no violation within `steps` steps, nothing is said beyond; `undecided`. "
    "Dates are ISO 8601. Places count lines and columns from 1; line 0 is the whole file. Without changes of the "
    "input, the bytes are the same in every run."
)


@dataclass(frozen=True, slots=True)
class Saved:
    """A report as it is saved, made by version `policydsl`."""

    format: str
    policydsl: str
    exit_code: int
    complete: bool
    open: int
    policies: tuple[PolicyReport, ...]
    diagnostics: tuple[Diagnostic, ...]
    bugs: tuple[BugNote, ...]
    lines: tuple[SourceLine, ...]
    only: bool = False
    certificates: Certificates = field(default_factory=Certificates)


def render_json(report: Report, _language: str = "en") -> str:
    """Return `report` as JSON: the same in every language, as names and values stand in it as the policy has them."""
    code = exit_code(report)
    head = (FORMAT, report.version, code, report.complete, report.open)
    last = (report.only, report.certificates)
    saved = Saved(*head, report.policies, report.diagnostics, report.bugs, report.lines, *last)
    return json.dumps(to_data(saved), ensure_ascii=False, indent=2) + "\n"


def to_data(value: object) -> object:
    """Return `value`, made of the dataclasses of `model`, as JSON-able data."""
    if isinstance(value, BugNote):
        return {"about": value.about, "reason": value.reason}  # a traceback is for the one who ran it
    if is_dataclass(value) and not isinstance(value, type):
        made = {f.name: to_data(getattr(value, f.name)) for f in fields(value)}
        return {**made, "says": verdict_words(value, _ENGLISH)} if isinstance(value, Finding) else made
    if isinstance(value, Mapping):
        return {key: to_data(value[key]) for key in sorted(value)}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [to_data(v) for v in value]
    return value


def read_json(text: str, path: str) -> tuple[Report | None, Diagnostics]:
    """Return the report that `text`, the contents of `path`, holds, or why it holds none."""
    import msgspec  # noqa: PLC0415  only those who read a result pay for it

    def wrong(message: str, hint: str) -> tuple[None, Diagnostics]:
        return None, (Diagnostic("E0620", whole_file(path), message, hint=hint),)

    hint = "make one with `policydsl check --format json --output result.json`"
    try:
        data = json.loads(text)
        made = data.get("format") if isinstance(data, dict) else None
        if made != FORMAT:
            if isinstance(made, str) and made.startswith("policydsl-result-"):
                return wrong(f"the result has the format `{made}`; this version reads `{FORMAT}`", "check again")
            return wrong("this is not a result of `policydsl check`", hint)
        json.dumps(data, ensure_ascii=False).encode()  # half a character cannot be written again
        saved = msgspec.convert(data, Saved, strict=True)
    except (ValueError, RecursionError) as error:  # of `json`, and of `msgspec` for what does not follow the schema
        return wrong(f"the result is damaged: {error}", hint)
    found = (saved.policies, saved.diagnostics, saved.bugs, saved.complete, saved.open)
    last = (saved.policydsl, saved.lines, saved.only, saved.certificates)
    report = Report(*found, *last)
    if exit_code(report) != saved.exit_code:
        return wrong(f"the result is damaged: it says exit code {saved.exit_code}, but it holds another", hint)
    return report, ()


def schema() -> str:
    """Return the JSON schema of `render_json`: what stands in `docs/schema/result-1.json`."""
    top, made = schema_parts(Saved, FORMAT)
    made["Finding"]["properties"]["says"] = {"type": "string"}
    made["Finding"]["required"].append("says")
    return schema_text({**top, "title": _TITLE, "description": _DESCRIPTION}, made)


def schema_parts(saved: type, form: str) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """Return the JSON schema of what `to_data` makes of a `saved`, and its definitions; `form` names the format."""
    import msgspec  # noqa: PLC0415  see above

    (_,), components = msgspec.json.schema_components([saved], ref_template="#/$defs/{name}")
    made: dict[str, dict[str, Any]] = dict(components)
    if "BugNote" in made:
        del made["BugNote"]["properties"]["trace"]
    for each in made.values():
        each["additionalProperties"] = False
        each["required"] = list(each["properties"])
        each["description"] = cleandoc(each["description"])
        for described in each["properties"].values():
            described.pop("default", None)
    top = made.pop(saved.__name__)
    top["properties"]["format"] = {"const": form}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": form, **top}, made


def schema_text(top: Mapping[str, object], definitions: Mapping[str, object]) -> str:
    """Return a schema as it is published."""
    return json.dumps({**top, "$defs": dict(sorted(definitions.items()))}, ensure_ascii=False, indent=2) + "\n"
