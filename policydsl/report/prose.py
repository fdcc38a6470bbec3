"""Stories and verdicts in plain words. What is said here is for the author of a policy: no word of the engines."""

from collections.abc import Iterator
from typing import assert_never

from policydsl.report.model import Change, Fact, Finding, Given, Story, StoryStep

_MANY = 3
"""So many values of an event are listed in full; of more, only those that are not as the policy has them by default."""


def verdict_words(finding: Finding) -> str:
    """Return what came out, in a line."""
    match finding.verdict:
        case "holds":
            said = f"possible, {_after(finding)}" if finding.possible else "proved for every history"
        case "fails":
            said = "impossible: proved for every history" if finding.possible else f"fails {_after(finding)}"
        case "depends":
            said = f"depends on reading {', '.join(r.reading for r in finding.readings)}"
        case "vacuous":
            said = "never applies (vacuous)"
        case "bounded":
            what = "not reached" if finding.possible else "no violation"
            said = f"{what} within {_steps(finding.steps)}; nothing is said beyond"
        case "undecided":
            said = f"undecided: {finding.reason}"
        case _:
            assert_never(finding.verdict)
    return said


def assumption_words(finding: Finding) -> str:
    """Return which clauses are taken as not modelled; nothing for none."""
    numbers = finding.unmodelled
    if not numbers:
        return ""
    return f"assumes clause{'' if len(numbers) == 1 else 's'} {', '.join(numbers)} as not modelled"


def _steps(count: int | None) -> str:
    return "1 step" if count == 1 else f"{count or 0} steps"


def _after(finding: Finding) -> str:
    if not finding.steps:
        return "from the start"
    return f"after {'' if finding.shortest else 'at most '}{_steps(finding.steps)}"


# --- stories -------------------------------------------------------------------------------------


def story_paragraphs(story: Story) -> Iterator[str]:
    """Yield the story: its setting, then one paragraph for each step."""
    setting = _setting(story)
    if setting:
        yield setting
    if story.initial:
        shown = ", ".join(f"{name} {value}" for name, value in story.initial)
        yield f"In the beginning, on {story.start}: {shown}."
    for number, step in enumerate(story.steps, start=1):
        yield f"{number}. {step_sentence(step)} {change_sentences(step.changes)}".rstrip()


def _setting(story: Story) -> str:
    readings = [s for s in story.settings if s.is_reading and not s.is_default]
    parameters = [s for s in story.settings if not s.is_reading and not s.is_default]
    parts = [f"{s.name} is {s.value}" for s in parameters]
    parts += [f"{s.name} is read as {s.value!r}" for s in readings]
    return f"Given that {' and '.join(parts)}:" if parts else ""


def step_sentence(step: StoryStep) -> str:
    """Return what happens in a step, when, and by whom."""
    clause = f" (clause {step.clause})" if step.clause else ""
    match step.kind:
        case "passage":
            return f"{step.date}: nothing else has happened by this day."
        case "schedule":
            return f"{step.date}: {step.name}, by the calendar{clause}."
        case "occurrence" | "act":
            by = f" by {step.actor}" if step.actor else ""
            return f"{step.date}: {step.name}{by}{clause}{_values(step.given)}."


def _values(given: tuple[Given, ...]) -> str:
    """Return the facts, then the choices with who makes them."""
    shown = [g for g in given if len(given) <= _MANY or not g.is_default]
    facts = [f"{g.name} {g.value}" for g in shown if g.by is None]
    parts = [f", with {', '.join(facts)}"] if facts else []
    for role in dict.fromkeys(g.by for g in shown if g.by is not None):
        chosen = ", ".join(f"{g.name} {g.value}" for g in shown if g.by == role)
        parts.append(f"; {role} chooses {chosen}")
    return "".join(parts)


def change_sentences(changes: tuple[Change, ...]) -> str:
    """Return what changed from what to what, clause by clause."""
    by_clause: dict[str | None, list[str]] = {}
    for c in changes:
        by_clause.setdefault(c.clause, []).append(f"{c.name} {c.old} -> {c.new}")
    return " ".join(
        f"{f'Clause {clause}' if clause else 'So'}: {', '.join(said)}." for clause, said in by_clause.items()
    )


def ending(finding: Finding, story: Story) -> str:
    """Return what the claim asks for, and what it finds at the end of `story` instead."""
    facts = "; ".join(_fact(f) for f in story.facts)
    here = f" Here: {facts}." if facts else ""
    if finding.possible:
        return f"So it is possible: `{finding.asks}`.{here}"
    if finding.origin == "claim":
        return f"But the claim asks: `{finding.asks}`.{here}"
    return f"So this is not so: {finding.asks}.{here}"


def _fact(fact: Fact) -> str:
    if fact.value is None:
        return f"{fact.name} was {fact.old} before"
    if fact.old is None or fact.old == fact.value:
        return f"{fact.name} is {fact.value}"
    return f"{fact.name} is {fact.value}, before it was {fact.old}"
