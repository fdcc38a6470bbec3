"""Stories as ITF traces (Informal Trace Format, the JSON that model checkers and their viewers share). Pure."""

import json
from typing import Any

from policydsl.report.model import Finding, PolicyReport, Report
from policydsl.report.stories import file_name, file_of, stories, untaken
from policydsl.report.told import Datum, Record

_EXACT = 2**53
"""Beyond, numbers of JSON lose digits in some readers; ITF has a form for them."""
_STEP, _DATE, _GIVEN = "history::step", "history::date", "history::given"
"""What a state is reached by, when, and with what; no name of a policy has colons."""


def render_itf(report: Report, _language: str = "en") -> dict[str, str]:
    """Return a trace for each story, by file name `POLICY/CLAIM.itf.json`; of readings, `CLAIM.READING.OPTION`.

    They are the same in every language.
    """
    made: dict[str, str] = {}
    for policy in report.policies:
        for name, finding, story in stories(policy):
            if story.record is not None:
                file = untaken(f"{file_of(policy)}/{file_name(name)}", ".itf.json", made)
                made[file] = _trace(policy, finding, story.record)
    return made


def _trace(policy: PolicyReport, finding: Finding, record: Record) -> str:
    fixed = {**dict(record.parameters), **dict(record.readings)}
    state = dict(record.state)
    constants = {name: _value(value) for name, value in sorted(fixed.items())}
    states = [_state(0, state, record.start, "start", {})]
    for index, move in enumerate(record.moves, start=1):
        state |= dict(move.changed)
        given = {f"{move.name}.{name}": value for name, value in move.given}
        states.append(_state(index, state, move.date, move.name, given))
    data = {
        "#meta": {"format": "ITF", "description": finding.sentence, "source": policy.path, "claim": finding.name},
        "params": list(constants),
        "vars": [_STEP, _DATE, _GIVEN, *state],
        "states": [{**s, **constants} for s in states],
    }
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _state(index: int, state: dict[str, Datum], day: str, step: str, given: dict[str, Datum]) -> dict[str, Any]:
    values = {name: _value(value) for name, value in state.items()}
    told = {"#map": [[name, _value(value)] for name, value in given.items()]}
    return {"#meta": {"index": index}, _STEP: step, _DATE: day, _GIVEN: told, **values}


def _value(value: Datum) -> Any:  # noqa: ANN401  whatever JSON knows
    """Return `value` in ITF; a date that is not set is the text `none`."""
    if isinstance(value, bool) or (isinstance(value, int) and abs(value) < _EXACT):
        return value
    return {"#bigint": str(value)} if isinstance(value, int) else value if value is not None else "none"
