"""What a search for repairs found, as plain data, as a page and for programs. Pure."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from typing import Literal

from policydsl import __version__
from policydsl.analyses.comparison import Relation
from policydsl.analyses.edits import Edit, EditKind
from policydsl.analyses.repair import Repair
from policydsl.base.records import dataclass
from policydsl.front.loaded import LoadedPolicy
from policydsl.report.diff_build import changed_outcomes, flaw_words, words_for
from policydsl.report.diff_words import for_roles, relation_word
from policydsl.report.language import Language, language, message
from policydsl.report.page import Block, Heading, Items, Line, Look, Page, Source

Outcome = Literal["repairs", "none", "holds", "empty", "undecided"]
"""`empty`: what is claimed is about nothing, so that no history shows what to mend."""
Cut = Literal["time", "interrupted"] | None


@dataclass(frozen=True, slots=True)
class EditLine:
    """What an edit does, in clause `clause`: `was` becomes `now`."""

    kind: EditKind
    clause: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class RepairLine:
    """One repair: its edits, its amendment, what it changes for whom, and what it costs.

    `relation` is None where nobody looked at what it changes; `roles` are (role, relation), `outcomes` (what is
    observed, relation); the other names are those of claims, but for `flaws` (sentences), `histories` (files),
    `stilled` (what can change no more) and `ruled_out` (occurrences). `free`: nothing else that is claimed gets
    worse; `whole`: all of it was looked at.
    """

    edits: tuple[EditLine, ...]
    amendment: str
    free: bool
    whole: bool
    relation: Relation | None
    roles: tuple[tuple[str, Relation], ...] = ()
    outcomes: tuple[tuple[str, Relation], ...] = ()
    lost: tuple[str, ...] = ()
    worse: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()
    mended: tuple[str, ...] = ()
    moot: tuple[str, ...] = ()
    flaws: tuple[str, ...] = ()
    histories: tuple[str, ...] = ()
    stilled: tuple[str, ...] = ()
    ruled_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RepairReport:
    """What came of it. `looked_at` of all `edits` were looked at; `cut` says what ended the search before its end.

    `possible`: what is claimed is that something can be so.
    """

    title: str
    claim: str
    sentence: str
    outcome: Outcome
    repairs: tuple[RepairLine, ...]
    edits: int
    looked_at: int
    cut: Cut
    possible: bool
    language: str


def repair_line(policy: LoadedPolicy, found: Repair, amendment: str, code: str) -> RepairLine:
    """Return what there is to say of a repair of `policy`, offered as `amendment`, in the language with this code."""
    words, made, cost = words_for(policy, code), found.comparison, found.cost
    edits = tuple(EditLine(e.kind, e.clause, *_change(e)) for e in found.edits)
    sentences = tuple(flaw_words(f, language(code)) for f in cost.flaws if f.subject.obligation is not None)
    line = RepairLine(
        edits, amendment, cost.free, cost.whole, None, lost=cost.lost, worse=cost.worse, undecided=cost.undecided,
        mended=cost.mended, moot=cost.moot, flaws=sentences, histories=cost.histories,
        stilled=tuple(map(words.name, cost.stilled)), ruled_out=tuple(map(words.name, cost.ruled_out)),
    )  # fmt: skip
    if made is None:
        return line
    roles = tuple((words.name(role), relation) for role, relation in made.overall.roles if relation != "equivalent")
    return replace(line, relation=made.overall.relation, roles=roles, outcomes=tuple(changed_outcomes(made, words)))


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
    "member": message("to the list this is added: `{now}`"),
    "restraint": message("a limit is added: `{now}`"),
    "case": message("a case is added: `{now}`"),
    "precedence": message("which goes first is said: `{now}`"),
    "rule": message("a rule is added: `{now}`"),
    "left out": message("this is left out: `{was}`"),
}


def edit_words(line: EditLine, lang: Language) -> str:
    """Return what an edit does, in a line."""
    shown = {"was": line.was, "now": line.now}
    if line.kind == "condition" and line.was:
        return lang.say("`{was}` becomes `{now}`", **shown)
    if line.kind == "member" and line.was:
        return lang.say("off the list this is taken: `{was}`", **shown)
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
        case "empty":
            return lang.say("It never applies: what it speaks of cannot happen. There is no history to go by.")
        case "undecided":
            return lang.say(
                "It is not decided whether it holds: there is no history to go by. "
                "Give it more time with --budget and --limit."
            )
        case "none" | "repairs":
            said = [
                lang.count("{n} edit makes it hold and leaves all else that is claimed as it is",
                           "{n} edits make it hold and leave all else that is claimed as it is", free),
                lang.count("{n} makes it hold at a cost", "{n} make it hold at a cost", len(report.repairs) - free),
                lang.say("{n} of {all} edits looked at", n=report.looked_at, all=report.edits),
            ]  # fmt: skip
            if report.cut is not None:
                said.append(lang.say(_CUT[report.cut]))
            return lang.series(said)


def _blocks(report: RepairReport, lang: Language) -> Iterator[Block]:
    if report.repairs:
        yield Line(
            lang.say("Each is offered as an amendment, for people to read, change and decide on. Nothing is applied.")
        )
    for number, line in enumerate(report.repairs, start=1):
        what = lang.say("; ").join(
            lang.say("in clause {clause}: {what}", clause=e.clause, what=edit_words(e, lang)) for e in line.edits
        )
        yield Heading(lang.say("{n}. {what}", n=number, what=what[:1].upper() + what[1:]), 2)
        then = (
            message("Then `{claim}` is possible: a history shows it.")
            if report.possible
            else message("Then `{claim}` holds, proved.")
        )
        yield Line(lang.say(then, claim=report.claim), "good")
        yield Items(tuple(_costs(line, lang)))
        yield Source(line.amendment.rstrip("\n"))


_CUT = {"time": message("PARTIAL: the time was up"), "interrupted": message("PARTIAL: interrupted")}
_NO_TIME = message("There was no time left to look at the rest of the claims.")


_MOST_NAMED = 8
"""So many open claims, and histories, are named; of more, some, and how many others."""


def _few(names: Sequence[str], lang: Language) -> Sequence[str]:
    if len(names) <= _MOST_NAMED:
        return names
    some = names[: _MOST_NAMED // 2]
    return (*some, lang.say("{n} others", n=len(names) - len(some)))


def _costs(line: RepairLine, lang: Language) -> Iterator[Line]:
    say = lang.say
    if line.free:
        yield Line(say("Nothing else that is claimed gets worse."), "good")
    for names, said in (
        (line.lost, message("It loses: {names}.")),
        (line.worse, message("It changes the verdict on: {names}.")),
        (_few(line.undecided, lang), message("It is not decided what becomes of: {names}.")),
    ):
        if names:
            yield Line(say(said, names=lang.join(list(names))), "bad")
    if not line.whole:
        enough = line.lost or line.worse
        yield Line(say("With that the rest of the claims was not looked at any more." if enough else _NO_TIME), "open")
    for names, said in (
        (line.stilled, message("With it this never changes any more: {names}.")),
        (line.ruled_out, message("It takes for granted that this does not happen: {names}.")),
    ):
        if names:
            yield Line(say(said, names=lang.join(list(names))), "bad")
    for flaw in line.flaws:
        yield Line(say("It makes a flaw: {what}.", what=flaw), "bad")
    if line.mended:
        yield Line(say("It mends, too: {names}.", names=lang.join(list(line.mended))), "good")
    if line.histories:
        few = lang.join(list(_few(line.histories, lang)))
        yield Line(say("These golden histories come out otherwise: {names}.", names=few), "open")
    if line.moot:
        yield Line(say("These ask about another option: {names}.", names=lang.join(list(line.moot))))
    if line.relation is None:
        return
    roles = for_roles(line.roles, lang)
    outcomes = lang.join([name for name, _ in line.outcomes])
    if roles:
        yield Line(say("For whom: the new wording is {what}.", what=roles))
    if outcomes:
        yield Line(say("What comes out otherwise in some history: {names}.", names=outcomes))
    else:
        yield Line(say("What comes out is {relation}.", relation=relation_word(line.relation, lang)))
