"""What a search for repairs found, as plain data, as a page and for programs. Pure."""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Literal

from policydsl import __version__
from policydsl.analyses.comparison import Relation
from policydsl.analyses.edits import Edit, EditKind
from policydsl.analyses.repair import Repair
from policydsl.front.loaded import LoadedPolicy
from policydsl.report.diff_build import changed_outcomes, words_for
from policydsl.report.diff_words import for_role, relation_word
from policydsl.report.language import Language, language, message
from policydsl.report.page import Block, Heading, Items, Line, Look, Page, Source

Outcome = Literal["repairs", "none", "holds", "undecided"]


@dataclass(frozen=True, slots=True)
class RepairLine:
    """One repair: the edit, its amendment, what it changes for whom, and what it costs.

    `roles` are (role, relation), `outcomes` (what is observed, relation); the other names are those of claims, but for
    `flaws` (sentences) and `histories` (files). `free`: nothing else that is claimed gets worse; `whole`: all of it
    was looked at.
    """

    kind: EditKind
    clause: str
    was: str
    now: str
    amendment: str
    free: bool
    whole: bool
    relation: Relation
    roles: tuple[tuple[str, Relation], ...]
    outcomes: tuple[tuple[str, Relation], ...]
    lost: tuple[str, ...]
    worse: tuple[str, ...]
    undecided: tuple[str, ...]
    mended: tuple[str, ...]
    flaws: tuple[str, ...]
    histories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RepairReport:
    """What came of it. `looked_at` of all `edits` were looked at; `interrupted`: before the search had ended.

    `possible`: what is claimed is that something can be so.
    """

    title: str
    claim: str
    sentence: str
    outcome: Outcome
    repairs: tuple[RepairLine, ...]
    edits: int
    looked_at: int
    interrupted: bool
    possible: bool
    language: str


def repair_line(policy: LoadedPolicy, found: Repair, code: str) -> RepairLine:
    """Return what there is to say of a repair of `policy`, in the language with this code."""
    words, made, cost, edit = words_for(policy, code), found.comparison, found.cost, found.edit
    roles = tuple((words.name(role), relation) for role, relation in made.overall.roles if relation != "equivalent")
    sentences = tuple(f.subject.obligation.sentence for f in cost.flaws if f.subject.obligation is not None)
    return RepairLine(
        edit.kind, edit.clause, *_change(edit), found.amendment, cost.free, cost.whole, made.overall.relation, roles,
        tuple(changed_outcomes(made, words)), cost.lost, cost.worse, cost.undecided, cost.mended, sentences,
        cost.histories,
    )  # fmt: skip


def _change(edit: Edit) -> tuple[str, str]:
    """Return what of the text changes: of a bound, the line around it, if that is short, without labels."""
    pairs = [p for p in zip(edit.old.split("\n"), edit.new.split("\n"), strict=False) if p[0] != p[1]]
    if edit.kind in {"bound", "end"} and len(pairs) == 1:
        was, now = (" ".join(_LABEL.sub("", line).split()) for line in pairs[0])
        if max(len(was), len(now)) <= _SHORT:
            return was, now
    return edit.was, edit.now


_SHORT = 90
_LABEL = re.compile(r' label(?: \w+ "[^"]*")+')


def repair_json(report: RepairReport) -> str:
    """Return the report for programs."""
    head = {"format": "policydsl-repair-1", "policydsl": __version__}
    return json.dumps({**head, **asdict(report)}, ensure_ascii=False, indent=2) + "\n"


# --- the page ------------------------------------------------------------------------------------

_EDITS: dict[EditKind, str] = {
    "reading settled": message("the reading `{was}` is settled as `{now}`"),
    "bound": message("`{was}` becomes `{now}`"),
    "end": message("`{was}` becomes `{now}`"),
    "range": message("its range, `{was}`, becomes `{now}`"),
    "row": message("a row is added: `{now}`"),
    "limit": message("the value is limited: `{was}` becomes `{now}`"),
    "value": message("the value `{was}` becomes `{now}`"),
    "condition": message("a condition is added: `{now}`"),
    "precedence": message("which goes first is said: `{now}`"),
    "rule": message("a rule is added: `{now}`"),
    "left out": message("this is left out: `{was}`"),
}


def edit_words(line: RepairLine, lang: Language) -> str:
    """Return what an edit does, in a line."""
    shown = {"was": line.was, "now": line.now}
    if line.kind == "condition" and line.was:
        return lang.say("`{was}` becomes `{now}`", **shown)
    return lang.say(_EDITS[line.kind], **shown)


def repair_page(report: RepairReport) -> Page:
    """Return the page, in the language of the report."""
    lang = language(report.language)
    title = lang.say("Repairs of {claim}: {sentence}", claim=report.claim, sentence=report.sentence)
    look: Look = "good" if any(r.free for r in report.repairs) else "open"
    return Page(Line(title, look), _summary(report, lang), tuple(_blocks(report, lang)), report.language, __version__)


def _summary(report: RepairReport, lang: Language) -> str:
    free = sum(r.free for r in report.repairs)
    match report.outcome:
        case "holds":
            return lang.say("It holds: there is nothing to mend.")
        case "undecided":
            return lang.say(
                "It is not decided whether it holds: there is no history to go by. Give it more time with --budget."
            )
        case "none" | "repairs":
            said = [
                lang.count("{n} edit makes it hold and leaves all else that is claimed as it is",
                           "{n} edits make it hold and leave all else that is claimed as it is", free),
                lang.count("{n} makes it hold at a cost", "{n} make it hold at a cost", len(report.repairs) - free),
                lang.say("{n} of {all} edits looked at", n=report.looked_at, all=report.edits),
            ]  # fmt: skip
            if report.interrupted:
                said.append(lang.say("PARTIAL: interrupted"))
            return lang.series(said)


def _blocks(report: RepairReport, lang: Language) -> Iterator[Block]:
    if report.repairs:
        yield Line(
            lang.say("Each is offered as an amendment, for people to read, change and decide on. Nothing is applied.")
        )
    for number, line in enumerate(report.repairs, start=1):
        what = edit_words(line, lang)
        yield Heading(lang.say("{n}. In clause {clause}: {what}", n=number, clause=line.clause, what=what), 2)
        then = (
            message("Then `{claim}` is possible: a history shows it.")
            if report.possible
            else message("Then `{claim}` holds, proved.")
        )
        yield Line(lang.say(then, claim=report.claim), "good")
        yield Items(tuple(_costs(line, lang)))
        yield Source(line.amendment.rstrip("\n"))


def _costs(line: RepairLine, lang: Language) -> Iterator[Line]:
    say = lang.say
    if line.free:
        yield Line(say("Nothing else that is claimed gets worse."), "good")
    for names, said in (
        (line.lost, message("It loses: {names}.")),
        (line.worse, message("It changes the verdict on: {names}.")),
        (line.undecided, message("It is not decided what becomes of: {names}.")),
    ):
        if names:
            yield Line(say(said, names=lang.join(list(names))), "bad")
    if not line.whole:
        yield Line(say("With that the rest of the claims was not looked at any more."), "open")
    for flaw in line.flaws:
        yield Line(say("It makes a flaw: {what}.", what=say("not so: {what}", what=flaw)), "bad")
    if line.mended:
        yield Line(say("It mends, too: {names}.", names=lang.join(list(line.mended))), "good")
    if line.histories:
        yield Line(
            say("These golden histories come out otherwise: {names}.", names=lang.join(list(line.histories))), "open"
        )
    roles = say(", ").join(for_role(x, role, lang) for role, x in line.roles)
    outcomes = lang.join([name for name, _ in line.outcomes])
    if roles:
        yield Line(say("For whom: the new wording is {what}.", what=roles))
    if outcomes:
        yield Line(say("What comes out otherwise in some history: {names}.", names=outcomes))
    else:
        yield Line(say("What comes out is {relation}.", relation=relation_word(line.relation, lang)))
