"""Stories in paragraphs: what is given, then step by step, one history or two side by side.

What the calendar does again and again is told in one paragraph; the last step, in which the story ends, never is.
"""

from collections.abc import Iterator, Sequence

from policydsl.base.records import dataclass
from policydsl.report.model import Clause
from policydsl.report.prose import called, change_sentences, step_sentence
from policydsl.report.repeated import in_all, runs
from policydsl.report.told import Story, StoryStep
from policydsl.report.words import Words

_BOTH, _FEW = 2, 1


@dataclass(frozen=True, slots=True)
class Told:
    """One paragraph, and the steps that it tells: their numbers, from 1, the last one included."""

    first: int
    last: int
    text: str

    @property
    def label(self) -> str:
        """The number in front of it."""
        return f"{self.first}." if self.first == self.last else f"{self.first}–{self.last}."


def story_paragraphs(story: Story, words: Words, clauses: tuple[Clause, ...] = ()) -> Iterator[str]:
    """Yield the story: its setting, then its steps, numbered. `clauses` are those whose summaries are told."""
    yield from story_opening(story, words)
    yield from (f"{told.label} {told.text}" for told in story_steps(story, words, clauses))


def story_opening(story: Story, words: Words) -> tuple[str, ...]:
    """Return what is given, and how things stand in the beginning: of both histories, if there are two."""
    beginning = _beginning(story, words)
    if story.beside is None:
        return beginning
    other = _beginning(story.beside, words)
    if beginning == other:
        return beginning
    return (*(_where(said, words, 0) for said in beginning), *(_where(said, words, 1) for said in other))


def story_steps(story: Story, words: Words, clauses: tuple[Clause, ...] = ()) -> tuple[Told, ...]:
    """Return the steps, told; those of two histories side by side."""
    rows = rows_of(story)
    quoted: set[str] = set()
    made: list[Told] = []
    for start, stop in runs(rows):
        sides = [[row[side] for row in rows[start:stop]] for side in range(len(rows[0]))]
        told = [_side(side, words, clauses, quoted) for side in sides]
        made.append(Told(start + 1, stop, _together(sides, told, words)))
    return tuple(made)


def rows_of(story: Story) -> list[tuple[StoryStep | None, ...]]:
    """Return the steps of a history, or of two: those that stand side by side, None where nothing happens."""
    if story.beside is None:
        return [(step,) for step in story.steps]
    return [
        (
            None if row.first is None else story.steps[row.first],
            None if row.second is None else story.beside.steps[row.second],
        )
        for row in story.rows
    ]


def _together(sides: Sequence[Sequence[StoryStep | None]], told: Sequence[str], words: Words) -> str:
    """Return what happens in both histories, or in each; that time passes in one is not worth telling."""
    if len(sides) < _BOTH:
        return told[0]
    if sides[0] == sides[1] and not told[0]:
        return words.language.say("From here on the same happens in both histories.")
    if sides[0] == sides[1]:
        return words.language.say("In both histories: {what}", what=told[0])
    quiet = [all(step is None or step.kind == "passage" for step in side) for side in sides]
    worth = [i for i, said in enumerate(told) if (said if all(quiet) else not quiet[i])]
    if len(worth) == 1:
        return _only(told[worth[0]], words, worth[0])
    return words.language.text(_where(told[i], words, i) for i in worth) if worth else ""


def _only(what: str, words: Words, side: int) -> str:
    """Return `what`, said of the one of two histories in which anything happens."""
    say = words.language.say
    if side:
        return say("Only in the second history: {what}", what=what)
    return say("Only in the first history: {what}", what=what)


def _where(what: str, words: Words, side: int) -> str:
    """Return `what`, said of one of two histories."""
    say = words.language.say
    return say("In the second history: {what}", what=what) if side else say("In the first history: {what}", what=what)


def _side(steps: Sequence[StoryStep | None], words: Words, clauses: tuple[Clause, ...], quoted: set[str]) -> str:
    """Return what the calendar does in several steps, or what happens in one."""
    there = [step for step in steps if step is not None]
    fired = [step for step in there if step.kind == "schedule"]
    if len(steps) == 1 or len(fired) <= _FEW:
        shown = there if len(steps) == 1 else fired
        return words.language.text([_step(step, words, clauses, quoted) for step in shown]) if shown else ""
    return words.language.text((_repeated(fired, words), *change_sentences(in_all(fired), words, clauses, quoted)))


def _step(step: StoryStep, words: Words, clauses: tuple[Clause, ...], quoted: set[str]) -> str:
    return words.language.text((step_sentence(step, words), *change_sentences(step.changes, words, clauses, quoted)))


def _repeated(fired: Sequence[StoryStep], words: Words) -> str:
    """Return how often the calendar did what, and from when to when."""
    lang = words.language
    how_often: dict[str, int] = {}
    for step in fired:
        what = called(step, words)
        how_often[what] = how_often.get(what, 0) + 1
    shown = [lang.count("{what}, once", "{what}, {n} times", n, what=what) for what, n in how_often.items()]
    first, last = lang.date(fired[0].date), lang.date(fired[-1].date)
    return lang.say("From {first} to {last}: {what}.", first=first, last=last, what=lang.series(shown))


def _beginning(story: Story, words: Words) -> tuple[str, ...]:
    """Return what is given, and how things stand in the beginning."""
    say, said = words.language.say, list[str]()
    setting = _setting(story, words)
    if setting:
        said.append(say("Given that {setting}:", setting=setting))
    if story.initial:
        shown = words.language.join([f"{words.name(name)} {words.value(name, value)}" for name, value in story.initial])
        said.append(say("In the beginning, on {date}: {values}.", date=words.language.date(story.start), values=shown))
    return tuple(said)


def _setting(story: Story, words: Words) -> str:
    say = words.language.say
    parts = [
        say("{name} is {value}", name=words.name(s.name), value=words.value(s.name, s.value))
        for s in story.settings
        if not s.is_reading and not s.is_default
    ]
    parts += [
        say("“{name}” is read as “{value}”", name=words.name(s.name), value=words.value(s.name, s.value))
        for s in story.settings
        if s.is_reading and not s.is_default
    ]
    return words.language.join(parts)
