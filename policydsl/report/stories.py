"""All the stories of a report by name."""

import re
from collections.abc import Iterator

from policydsl.report.model import Finding, PolicyReport
from policydsl.report.told import Story

_LONGEST = 100


def stories(policy: PolicyReport) -> Iterator[tuple[str, Finding, Story]]:
    """Yield all stories of `policy` by name: `claim`, `claim.2`, `claim.example`, `claim.reading.option`."""
    for finding in (*policy.claims, *policy.obligations):
        if finding.story is not None:
            yield finding.name, finding, finding.story
        for number, other in enumerate(finding.others, start=2):
            yield f"{finding.name}.{number}", finding, other
        if finding.example is not None:
            yield f"{finding.name}.example", finding, finding.example
        for reading in finding.readings:
            for option in reading.options:
                if option.story is not None:
                    yield f"{finding.name}.{reading.reading}.{option.option}", finding, option.story


def file_name(name: str) -> str:
    """Return `name` as one part of a path, harmless and of bearable length."""
    return re.sub(r"[^\w.-]", "_", name).lstrip(".")[:_LONGEST] or "_"
