"""From a comparison to a report on it: what is known, told in plain data."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from policydsl.analyses.comparison import Comparison, Judged, Relation, Summary, relation_of
from policydsl.analyses.diff_align import Default, InputDefault, Remark, changed_input_defaults
from policydsl.analyses.diff_apart import admitted_apart, apart_for, unmodelled
from policydsl.analyses.diff_claims import Again, Flaw
from policydsl.analyses.diff_names import Names
from policydsl.analyses.diff_replay import retell_both
from policydsl.analyses.diff_transition import Switched, counted_anew, counted_on
from policydsl.analyses.fates import Place, gained_where, lost_where, open_under_readings, readings_of, word
from policydsl.analyses.judgement import Bug, Decision
from policydsl.analyses.readings import Case, Room, fix
from policydsl.base.calendar import show_day
from policydsl.base.diagnostic import Diagnostics
from policydsl.core.moves import without_side
from policydsl.engines.plain import plainer
from policydsl.engines.verdict import Refuted
from policydsl.front.loaded import LoadedPolicy
from policydsl.front.wordings import Expected
from policydsl.report.build import build_report, names_of
from policydsl.report.diff_clauses import changed_clauses, parting_clauses
from policydsl.report.diff_model import (
    ClaimLine,
    DefaultLine,
    DiffReport,
    FlawLine,
    OptionPlace,
    OutcomeLine,
    ReadingLine,
    RoleLine,
    Shown,
    SideBySide,
    Transition,
    TransitionLine,
)
from policydsl.report.diff_notes import notes
from policydsl.report.diff_remarks import counted_line, doubt_words, is_compared, remark_words, started_line
from policydsl.report.diff_required import (
    admitted_by_one,
    broken_still,
    expected_line,
    expected_with,
    left_out,
    other_defaults,
    owed_alike,
    required_line,
    sound_alike,
    sound_now,
)
from policydsl.report.diff_sentence import sentence
from policydsl.report.diff_story import Sides, outcome_words, tell_both
from policydsl.report.diff_words import DEPENDS, FAILS_OPENLY, place_words, switch_day
from policydsl.report.endings import ending
from policydsl.report.heard import heard
from policydsl.report.language import Language, language, message
from policydsl.report.model import BugNote
from policydsl.report.telling import story_paragraphs
from policydsl.report.values import input_of
from policydsl.report.words import Words


def build_diff(  # noqa: PLR0913  everything that is known
    made: Comparison,
    *,
    claims: Sequence[Again],
    flaws: Sequence[Flaw],
    transition: Transition | None,
    expected: Sequence[tuple[Expected, Summary]],
    required: Sequence[str],
    taken: Sequence[tuple[str, str]],
    bugs: Iterable[Bug],
    diagnostics: Diagnostics,
    sources: Mapping[str, str],
    code: str = "en",
) -> DiffReport:
    """Return the report on `made`, with what becomes of the claims, and whether what was expected is so.

    `code` is the language that it is written in.
    """
    old, lang = made.wordings.old, language(code)
    words = words_for(old, code)
    clauses = tuple(changed_clauses(made.wordings.old_tree, made.wordings.new_tree))
    shown = made.shown
    changed = [j for j in shown.judged if j.relation != "equivalent"]
    lines = tuple(
        replace(_claim(a, sources, made.aligned.names, code), assumes=new)
        for a, new in zip(claims, _assumed(made, claims), strict=True)
    )
    now, stays = sound_now(flaws, lang), broken_still(flaws, clauses, lang)
    alike = sound_alike(flaws, made, lang)
    report = DiffReport(
        title=words.text(old.header.title, old.header.labels),
        old=old.path,
        new=made.wordings.new.path,
        amendment=made.wordings.title,
        because=made.wordings.because,
        sentence="",
        relation=shown.overall.relation,
        clauses=clauses,
        roles=_roles(shown, made, words),
        outcomes=tuple(_outcome(words, j) for j in changed),
        equal=len(shown.judged) - len(changed),
        readings=tuple(_reading(words, s, made) for s in made.by_reading),
        settled=tuple(words.labelled(s.reading, s.option) for s in made.settled),
        defaults=(
            *(_default(old, d, words) for d in made.defaults),
            *(_input_default(old, d, words) for d in changed_input_defaults(made.aligned)),
        ),
        taken=tuple(taken),
        remarks=tuple(remark_words(r, lang) for r in made.aligned.remarks if not is_compared(r)),
        notes=(
            *(remark_words(r, lang) for r in made.aligned.remarks if is_compared(r) and not _told(r, made)),
            *notes(made, lang),
        ),
        suggestions=tuple(r.rename for r in made.aligned.remarks if r.rename is not None),
        stories=tuple(stories(shown, parting_clauses(made), code)),
        claims=lines,
        flaws=tuple(_flaw(f, sources, code) for f in flaws),
        transition=transition,
        expected=tuple(
            expected_with(
                e,
                expected_line(e, s, words, made),
                now,
                "" if s.relation == "equivalent" else stays,
                alike if e.under is None else owed_alike(s.alike, lang),
            )
            for e, s in expected
        ),
        required=(),
        diagnostics=diagnostics,
        bugs=tuple(BugNote(b.subject, b.reason, b.trace) for b in bugs),
        language=code,
        partly=any(
            r.about in {"only old", "only new"} and not set(r.names) <= {s.reading for s in made.settled}
            for r in made.aligned.remarks
        )
        or bool(admitted_apart(made) or unmodelled(made)),
        admitted_alike=not any(j.outcome.admits for j in changed),
    )
    owed = any(f.subject.origin == "obligation" and f.fate != "kept" for f in flaws)
    report = replace(report, sentence=sentence(report, made, owed=owed or not alike[0]))
    left = left_out(made, lang)
    admitted = admitted_by_one(made, lang) or other_defaults(made, lang)
    return replace(report, required=tuple(required_line(r, report, left, admitted, alike) for r in required))


def _assumed(made: Comparison, claims: Iterable[Again]) -> Iterator[tuple[str, ...]]:
    """Yield of each claim what bears on it, is not formalised, and is not so in the old wording."""
    changed = {u.clause for u in unmodelled(made)}
    now = {c.old.name: c.new.unmodelled for c in made.wordings.claims if c.new is not None}
    yield from (tuple(n for n in now.get(a.claim.name, ()) if n in changed) for a in claims)


def _told(remark: Remark, made: Comparison) -> bool:
    """Return whether the first sentence says it: that the reading is settled."""
    return remark.about == "admits apart" and set(remark.names) <= {s.reading for s in made.settled}


def _default(policy: LoadedPolicy, d: Default, words: Words) -> DefaultLine:
    p = d.parameter
    old, new = (words.value(p.name, input_of(policy, p.name, v, p.sort)) for v in (d.old, d.new))
    return DefaultLine(words.labelled(p.name, "")[0], p.is_reading, old, new)


def _input_default(policy: LoadedPolicy, d: InputDefault, words: Words) -> DefaultLine:
    name, sort = d.input.name, d.input.sort
    old, new = (words.value(name, input_of(policy, name, v, sort)) for v in (d.old, d.new))
    return DefaultLine(name, is_reading=False, old=old, new=new)


def words_for(policy: LoadedPolicy, code: str = "en") -> Words:
    """Return what `policy` calls its things in the language with this code."""
    return Words(language(code), {n.name: n for n in names_of(policy)})


def _sides(made: Comparison, code: str) -> Sides:
    return words_for(made.wordings.old, code), words_for(made.wordings.new, code)


def stories(made: Comparison, clauses: Sequence[str], code: str) -> Iterator[SideBySide]:
    """Yield the shortest histories, each once: one that is worse for one role is often better for another.

    What the same history shows by another outcome is said beside it.
    """
    words = _sides(made, code)
    alike: dict[tuple[object, ...], list[SideBySide]] = {}
    for distinction in made.distinctions:
        told = tell_both(made, retell_both(made, distinction), clauses, words)
        same = alike.setdefault((told.setting, told.start, told.steps, told.clauses), [])
        if told.outcome not in {s.outcome for s in same}:
            same.append(told)
    for first, *others in alike.values():
        yield replace(first, also=tuple(map(_also, others)))


def _also(s: SideBySide) -> Shown:
    return Shown(s.role, s.direction, s.outcome, s.old_value, s.new_value, s.shortest)


# --- verdicts ------------------------------------------------------------------------------------


def _roles(shown: Comparison, made: Comparison, words: Words) -> tuple[RoleLine, ...]:
    at_own = None if made.at_defaults is None else made.at_defaults.overall
    by_default = made.by_default if at_own is None else at_own
    default = dict(by_default.roles) if by_default is not None else {}
    return tuple(RoleLine(words.name(r), relation, default.get(r)) for r, relation in shown.overall.roles)


def _outcome(words: Words, j: Judged) -> OutcomeLine:
    roles = tuple((words.name(o.role), relation_of(worse, better)) for o, worse, better in j.roles)
    return OutcomeLine(outcome_words(j.outcome, words), j.outcome.clauses, j.relation, roles)


def changed_outcomes(made: Comparison, words: Words) -> Iterator[tuple[str, Relation]]:
    """Yield what is observed that is not always the same, with what is known of it."""
    yield from ((outcome_words(j.outcome, words), j.relation) for j in made.judged if j.relation != "equivalent")


def _reading(words: Words, summary: Summary, made: Comparison) -> ReadingLine:
    """Return a row; where both wordings have the reading, each for itself, and it is not settled, with whose it is."""
    ((name, option),) = summary.context.fixed
    own = without_side(name)
    reading, option = words.labelled(own, option)
    both = all(any(p.name == own for p in s.parameters) for s in (made.aligned.old, made.aligned.new))
    if name != own and both and own not in {s.reading for s in made.settled}:
        reading = words.language.say(_WHOSE[name.partition("/")[0]], reading=reading)
    return ReadingLine(reading, option, summary.relation, tuple((words.name(r), x) for r, x in summary.roles))


_WHOSE = {"first": message("{reading} in the old wording"), "second": message("{reading} in the new wording")}


# --- the switch ----------------------------------------------------------------------------------


def transition_of(made: Comparison, switched: Sequence[Switched], code: str = "en") -> Transition | None:
    """Return what the switch alone does, told in the language `code`; None where nothing was asked."""
    if not switched:
        return None
    clauses = parting_clauses(made)
    effective, lang, (mine, theirs) = made.wordings.effective, language(code), _sides(made, code)
    words = (
        mine,
        replace(theirs, names={**mine.names, **theirs.names}),
    )  # before the switch the old one speaks there, too
    lines, apart = [], apart_for(made)
    for s in switched:
        story, by = (
            None if d is None else tell_both(s.comparison, retell_both(s.comparison, d), clauses, words)
            for d in (s.distinction, s.punished.distinction)
        )
        cause = None if s.punished.step is None else s.punished.step + 1
        name = words[0].name(s.role)
        why = "" if s.doubt is None else doubt_words(s.doubt, apart.get(s.role, ()), lang)
        lines.append(TransitionLine(name, s.relation, story, s.punished.fact, cause, None if by == story else by, why))
    new = (r for r in made.aligned.remarks if r.about == "only new" and set(r.kinds) & {"state", "count", "duty"})
    admitted = admitted_by_one(made, lang)
    later = (j.outcome for j in made.judged if j.relation != "equivalent" and j.roles)
    events = [outcome_words(o, words[0]) for o in later if o.on]
    remarks = (
        *(started_line(r, lang) for r in new), *(counted_line(n, lang) for n in counted_anew(made)),
        *(lang.say("`{name}` goes on from what the old wording has counted", name=n) for n in counted_on(made)),
        *([lang.say("this is said of what both wordings admit: {why}", why=admitted)] if admitted else []),
        *([lang.say("this is said of what is the same under both wordings: {why}", why=other)]
          if (other := other_defaults(made, lang)) else []),
        *([lang.say("what comes of events from that day on is not looked at here: {names}", names=lang.join(events))]
          if events else []),
    )  # fmt: skip
    return Transition(switch_day(None if effective is None else show_day(effective), lang), tuple(lines), remarks)


# --- claims and flaws ----------------------------------------------------------------------------


def _claim(again: Again, sources: Mapping[str, str], names: Names, code: str) -> ClaimLine:
    claim = again.claim
    old, new = _said(again.old, code), _said(again.new, code)
    lost, gained = _places(again, lost_where, names), _places(again, gained_where, names)
    tell = again.fate in {"lost", "worse"} and not claim.possible  # that something cannot be, no story shows
    story = _story(again.new, sources, code, lost) if tell and again.new is not None else ()
    why = "; ".join(d.message for d in again.why)
    said = claim.labels.get(code, claim.sentence)
    moot = again.fate == "empty" and again.new is not None and not Room().is_left(again.new.subject.question.system, ())
    if again.new is not None:
        words = words_for(again.new.subject.policy, code)
        lost, gained = (tuple(_called(p, words) for p in places) for places in (lost, gained))
    return ClaimLine(claim.name, claim.kind, said, again.fate, old, new, why, story, lost, gained, moot)


def _called(place: OptionPlace, words: Words) -> OptionPlace:
    """Return a place as readers of a language call it."""
    reading, option = words.labelled(place.reading, place.option)
    return OptionPlace(reading, option, place.others_at_default)


def _places(
    again: Again, where: Callable[[Decision, Decision, Names], tuple[Place, ...]], names: Names
) -> tuple[OptionPlace, ...]:
    """Return under which options the claim is another; those with the other readings at defaults if that says more."""
    if again.old is None or again.new is None:
        return ()
    found = where(again.old, again.new, names)
    free = {(p.reading, p.option) for p in found if not p.others_at_default}
    told = (p for p in found if not p.others_at_default or (p.reading, p.option) not in free)
    return tuple(OptionPlace(p.reading, p.option, p.others_at_default) for p in told)


def _said(decision: Decision | None, code: str) -> str:
    """Return what came out under a wording; the readings that it depends on, as readers of a language call them."""
    if decision is None:
        return ""
    said = word(decision)
    if said == "fails" and open_under_readings(decision):
        return FAILS_OPENLY
    if said != "depends":
        return said
    words = words_for(decision.subject.policy, code)
    return DEPENDS + ", ".join(words.labelled(r, "")[0] for r in sorted(readings_of(decision)))


def _story(
    decision: Decision, sources: Mapping[str, str], code: str, where: Sequence[OptionPlace] = ()
) -> tuple[str, ...]:
    """Return how the subject of `decision` fails, told, under one of `where` if known; nothing where no story is."""
    policy = decision.subject.policy
    words, lang = words_for(policy, code), language(code)
    if (there := _failing_there(decision, where)) is not None:
        heading = lang.say("Where {where}:", where=place_words([_called(there[0], words)], lang))
        return (heading, *_story(there[1], sources, code))
    report = build_report((policy,), (decision,), {}, (), sources)
    for finding in (f for p in report.policies for f in (*p.claims, *p.obligations)):
        any_story = finding.story or next((o.story for r in finding.readings for o in r.options if o.story), None)
        if any_story is not None:
            return (*story_paragraphs(any_story, words), *ending(finding, any_story, words))
    return ()


def _failing_there(decision: Decision, where: Sequence[OptionPlace]) -> tuple[OptionPlace, Decision] | None:
    """Return one of `where` with `decision` as it came out there, with a story; None if no story is known there.

    That of a claim that fails everywhere may well be told under an option under which it failed before. A story that
    was known from another wording or option may have details that mattered there.
    """
    verdict = decision.verdict
    for split in decision.splits:
        for option, found in split.options:
            place = OptionPlace(split.reading, option, split.others_at_default)
            if place in where and isinstance(found, Refuted):
                free = not split.others_at_default and isinstance(verdict, Refuted)
                told = isinstance(verdict, Refuted) and verdict.trace.parameters.get(split.reading) == option
                there = fix(decision.subject.question, Case(split.reading, option, ((split.reading, option),), (0, 0)))
                own = verdict if free and told else replace(found, trace=plainer(there, found.trace))
                return place, replace(decision, verdict=own, splits=())
    return None


def _flaw(flaw: Flaw, sources: Mapping[str, str], code: str) -> FlawLine:
    owed = flaw.subject.obligation
    assert owed is not None
    story = _story(flaw.decision, sources, code) if flaw.fate == "new" else ()
    return FlawLine(flaw_words(flaw, language(code)), tuple(c for c in owed.clauses if c), flaw.fate, story)


def flaw_words(flaw: Flaw, lang: Language) -> str:
    """Return what is wrong, or may be: that something never happens, or that what is owed is not so."""
    owed = flaw.subject.obligation
    assert owed is not None
    said = heard(owed.sentence, lang)
    as_asked = flaw.subject.origin == "liveness" or flaw.fate == "undecided"
    return said if as_asked else lang.say("not so: {what}", what=said)
