"""What is said of a history under two wordings: what it shows, how it begins and what comes out."""

from collections.abc import Iterator, Sequence

from policydsl.report.diff_clauses import HEADER
from policydsl.report.diff_model import SideBySide
from policydsl.report.diff_words import for_role, relation_word
from policydsl.report.language import Language, message


def story_heading(story: SideBySide, lang: Language) -> str:
    """Return what a history shows."""
    say = lang.say
    if story.role is None and story.shortest:
        return say("A shortest history in which the new wording differs ({outcome}):", outcome=story.outcome)
    if story.role is None:
        return say("A history in which the new wording differs ({outcome}):", outcome=story.outcome)
    shown = {"what": for_role(story.direction, story.role, lang), "outcome": story.outcome}
    if story.shortest:
        return say("A shortest history in which the new wording is {what} ({outcome}):", **shown)
    return say("A history in which the new wording is {what} ({outcome}):", **shown)


def story_start(story: SideBySide, lang: Language) -> str:
    """Return what is given, and the day on which a history begins."""
    date = lang.date(story.start)
    if not story.setting:
        return lang.say("It begins on {date}.", date=date)
    return lang.say("Given that {setting}; it begins on {date}.", setting=story.setting, date=date)


def story_step(number: int, date: str, what: str, lang: Language) -> str:
    """Return a step, with its number and date."""
    return lang.say("{n}. {date}: {what}", n=number, date=lang.date(date), what=what)


def story_also(story: SideBySide, lang: Language) -> Iterator[str]:
    """Yield what the same history shows by other outcomes."""
    for s in story.also:
        what = relation_word("different", lang) if s.role is None else for_role(s.direction, s.role, lang)
        said = (
            message(
                "It is also a shortest history in which the new wording is {what} ({outcome}: {old} before, {new} now)."
            )
            if s.shortest
            else message(
                "It is also a history in which the new wording is {what} ({outcome}: {old} before, {new} now)."
            )
        )
        yield lang.say(said, what=what, outcome=s.outcome, old=s.old_value, new=s.new_value)


def story_end(story: SideBySide, lang: Language) -> str:
    """Return what comes out, and where the wordings part."""
    say = lang.say
    came_out = say(
        "In the end {outcome} is: {old} before, {new} now.",
        outcome=story.outcome, old=story.old_value, new=story.new_value,
    )  # fmt: skip
    where, step = _where(story.clauses, lang), story.parted + 1
    if where and story.steps:
        parted = say("They part in step {step}, in {where}.", step=step, where=where)
    elif where:
        parted = say("They part from the start, in {where}.", where=where)
    else:
        parted = say("They part in step {step}.", step=step) if story.steps else say("They part from the start.")
    return lang.text((came_out, parted))


def _where(clauses: Sequence[str], lang: Language) -> str:
    numbers = [c for c in clauses if c != HEADER]
    named = ", ".join(numbers)
    said = [lang.count("clause {clauses}", "clauses {clauses}", len(numbers), clauses=named)] if numbers else []
    return lang.join([*said, lang.say("the header")] if HEADER in clauses else said)
