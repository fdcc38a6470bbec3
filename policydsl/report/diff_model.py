"""What a comparison of two wordings says, as plain data: renderers need nothing else."""

from typing import Literal

from policydsl.analyses.comparison import Relation
from policydsl.analyses.diff_punished import Fact
from policydsl.analyses.fates import Fate, FlawFate
from policydsl.base.diagnostic import Diagnostic
from policydsl.base.exits import Exit
from policydsl.base.records import dataclass
from policydsl.report.model import BugNote
from policydsl.report.shapes import Picture


@dataclass(frozen=True, slots=True)
class RoleLine:
    """What the new wording is for a role: under every reading, and with every reading at its default."""

    role: str
    relation: Relation
    by_default: Relation | None


@dataclass(frozen=True, slots=True)
class OutcomeLine:
    """An outcome that is not always the same; `roles` are (role, relation)."""

    name: str
    clauses: tuple[str, ...]
    relation: Relation
    roles: tuple[tuple[str, Relation], ...]


@dataclass(frozen=True, slots=True)
class ReadingLine:
    """The wordings as a whole under one option of a reading."""

    reading: str
    option: str
    relation: Relation
    roles: tuple[tuple[str, Relation], ...]


@dataclass(frozen=True, slots=True)
class DefaultLine:
    """A parameter or reading whose default the edit changes; or, as `event.name`, a fact or choice of an event."""

    name: str
    is_reading: bool
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class SideStep:
    """A step of a history under both wordings: what happens, and what each makes of it."""

    date: str
    what: str
    old: str
    new: str
    parts: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """What a history shows: `direction` is what the new wording is there for `role`, by the values of `outcome`.

    Not `shortest`: a shorter history may show it.
    """

    role: str | None
    direction: str
    outcome: str
    old_value: str
    new_value: str
    shortest: bool = True


@dataclass(frozen=True, slots=True)
class SideBySide:
    """A history that parts the wordings, a shortest one unless `shortest` is false: then a shorter one may do so.

    `direction` is what the new wording is there for `role`; `clauses` are the amended ones that it turns on;
    `old_value` and `new_value` are those of `outcome` in the end. `also`: other outcomes that it is told for, in the
    very same words. `picture` draws it under both wordings.
    """

    role: str | None
    direction: str
    outcome: str
    setting: str
    start: str
    steps: tuple[SideStep, ...]
    parted: int
    clauses: tuple[str, ...]
    old_value: str
    new_value: str
    also: tuple[Shown, ...] = ()
    shortest: bool = True
    picture: Picture | None = None


@dataclass(frozen=True, slots=True)
class OptionPlace:
    """An option of a reading; the other readings are free, or `others_at_default`."""

    reading: str
    option: str
    others_at_default: bool


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """A claim under both wordings. `story` tells how it fails under the new one, where it does so now only.

    `lost` and `gained` are the options of readings under which it held, or holds, under one of the wordings alone.
    `assumes` are clauses that bear on it, not formalised, as the old wording does not have them.
    `moot`: it asks about options of readings alone that the new wording leaves no room for.
    """

    name: str
    kind: str
    sentence: str
    fate: Fate
    old: str
    new: str
    why: str
    story: tuple[str, ...]
    lost: tuple[OptionPlace, ...] = ()
    gained: tuple[OptionPlace, ...] = ()
    moot: bool = False
    assumes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FlawLine:
    """A conflict, gap, overlap, undefined value or dead clause that the edit makes (`new`) or mends."""

    sentence: str
    clauses: tuple[str, ...]
    fate: FlawFate
    story: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TransitionLine:
    """What the switch alone does to `role` on the day it comes, for those who got there under the old wording.

    `punished` says whether something done before is punished under wording not yet in force; where it can be, `cause`
    is the number of the step, from 1, in which that happens, in the history `by` (None: in `story`). `why` says why it
    is not decided what the switch does, if that is known.
    """

    role: str
    relation: Relation
    story: SideBySide | None
    punished: Fact
    cause: int | None
    by: SideBySide | None
    why: str = ""

    @property
    def stories(self) -> tuple[SideBySide, ...]:
        """The histories that show what is said, each once."""
        return tuple(s for s in (self.story, self.by) if s is not None)

    @property
    def cause_told(self) -> SideStep | None:
        """The step that is punished."""
        story = self.by or self.story
        return None if self.cause is None or story is None else story.steps[self.cause - 1]


@dataclass(frozen=True, slots=True)
class Transition:
    """The switch from the old wording to the new one on the day `effective`."""

    effective: str
    roles: tuple[TransitionLine, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExpectLine:
    """What the amendment's author expects, and whether it is so; None: not decided."""

    said: str
    met: bool | None
    found: str


@dataclass(frozen=True, slots=True)
class DiffReport:
    """Two wordings compared. `clauses` are those whose text differs; `equal` counts the outcomes that never do.

    `partly`: something else than the readings that are `settled` is only in one of the wordings.
    `language` is the code of that in which sentences and names are; relations, fates and verdicts are words of English.
    `notes` say what changes beside the rules. `taken` are (old, new) names that the texts change and nothing else.
    Where all that differs are `defaults`, roles, outcomes and histories are those of each wording at its own.
    `required` is what the caller asked for and whether it is met. `cut` is what ended the work before its time: then
    much is undecided that need not be.
    """

    title: str
    old: str
    new: str
    amendment: str | None
    because: str | None
    sentence: str
    relation: Relation
    clauses: tuple[str, ...]
    roles: tuple[RoleLine, ...]
    outcomes: tuple[OutcomeLine, ...]
    equal: int
    readings: tuple[ReadingLine, ...]
    settled: tuple[tuple[str, str], ...]
    defaults: tuple[DefaultLine, ...]
    taken: tuple[tuple[str, str], ...]
    remarks: tuple[str, ...]
    notes: tuple[str, ...]
    suggestions: tuple[tuple[str, str], ...]
    stories: tuple[SideBySide, ...]
    claims: tuple[ClaimLine, ...]
    flaws: tuple[FlawLine, ...]
    transition: Transition | None
    expected: tuple[ExpectLine, ...]
    required: tuple[ExpectLine, ...]
    diagnostics: tuple[Diagnostic, ...]
    bugs: tuple[BugNote, ...]
    language: str = "en"
    partly: bool = False
    admitted_alike: bool = True
    cut: Literal["time", "interrupted"] | None = None


def diff_exit_code(report: DiffReport) -> int:
    """Return the exit code: something expected or required is not so, or is not decided, or the work was cut."""
    asked = (*report.expected, *report.required)
    if report.cut == "interrupted":
        return Exit.INTERRUPTED
    if report.bugs:
        return Exit.BUG
    if any(e.met is False for e in asked):
        return Exit.UNEXPECTED
    if any(e.met is None for e in asked) or report.cut is not None:
        return Exit.UNDECIDED
    return Exit.GOOD
