"""All the stories of a report by name."""

import re
from collections.abc import Container, Iterator
from itertools import chain, count

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


def file_of(policy: PolicyReport) -> str:
    """Return the name of the file of `policy`, without its ending."""
    return file_name(policy.path.rpartition("/")[2].removesuffix(".policy"))


def untaken(name: str, ending: str, taken: Container[str]) -> str:
    """Return `name` with its `ending`, numbered where that is `taken`: policies of two folders can be called alike."""
    names = chain((name,), (f"{name}~{number}" for number in count(2)))
    return next(file for each in names if (file := f"{each}{ending}") not in taken)
