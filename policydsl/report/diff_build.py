"""From a comparison to a report on it: what is known, told in plain data."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from policydsl.analyses.comparison import Comparison, Judged, Relation, Summary, relation_of
from policydsl.analyses.diff_align import Default
from policydsl.analyses.diff_claims import Again, Flaw, readings_of, word
from policydsl.analyses.diff_replay import retell_both
from policydsl.analyses.diff_transition import Switched
from policydsl.analyses.judge import Bug, Decision
from policydsl.base.calendar import show_day
from policydsl.base.diagnostic import Diagnostics
from policydsl.front.loaded import LoadedPolicy
from policydsl.front.wordings import Expected
from policydsl.report.build import build_report, names_of
from policydsl.report.diff_model import (
    ClaimLine,
    DefaultLine,
    DiffReport,
    ExpectLine,
    FlawLine,
    OutcomeLine,
    ReadingLine,
    RoleLine,
    SideBySide,
    Transition,
    TransitionLine,
)
from policydsl.report.diff_story import Sides, tell_both
from policydsl.report.endings import ending
from policydsl.report.language import language
from policydsl.report.model import BugNote
from policydsl.report.telling import story_paragraphs
from policydsl.report.values import input_of
from policydsl.report.words import Words
from policydsl.syntax import ast


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
) -> DiffReport:
    """Return the report on `made`, with what becomes of the claims, and whether what was expected is so."""
    old = made.wordings.old
    clauses = tuple(changed_clauses(made.wordings.old_tree, made.wordings.new_tree))
    shown = _shown(made)
    changed = [j for j in shown.judged if j.relation != "equivalent"]
    lines = tuple(_claim(a, sources) for a in claims)
    report = DiffReport(
        title=old.header.title,
        old=old.path,
        new=made.wordings.new.path,
        amendment=made.wordings.title,
        because=made.wordings.because,
        sentence="",
        relation=shown.overall.relation,
        clauses=clauses,
        roles=_roles(shown, made),
        outcomes=tuple(_outcome(old, j) for j in changed),
        equal=len(shown.judged) - len(changed),
        readings=tuple(_reading(old, s) for s in made.by_reading),
        settled=tuple((s.reading, s.option) for s in made.settled),
        defaults=tuple(_default(old, d) for d in made.defaults),
        taken=tuple(taken),
        remarks=tuple(r.what + (f" (clause {r.clause})" if r.clause else "") for r in made.aligned.remarks),
        suggestions=tuple(r.rename for r in made.aligned.remarks if r.rename is not None),
        stories=tuple(stories(shown, clauses)),
        claims=lines,
        flaws=tuple(_flaw(f, sources) for f in flaws),
        transition=transition,
        expected=tuple(_expected(e, s) for e, s in expected),
        required=(),
        diagnostics=diagnostics,
        bugs=tuple(BugNote(b.subject, b.reason, b.trace) for b in bugs),
    )
    report = replace(report, sentence=sentence(report, made))
    return replace(report, required=tuple(_required(r, report) for r in required))


def _shown(made: Comparison) -> Comparison:
    """Return the comparison that shows a difference: that at the defaults where nothing else differs."""
    if made.overall.relation == "equivalent" and made.at_defaults is not None:
        return made.at_defaults
    return made


def _default(policy: LoadedPolicy, d: Default) -> DefaultLine:
    p, words = d.parameter, words_for(policy)
    old, new = (words.value(p.name, input_of(policy, p.name, v, p.sort)) for v in (d.old, d.new))
    return DefaultLine(p.name, p.is_reading, old, new)


def words_for(policy: LoadedPolicy) -> Words:
    """Return what `policy` calls its things in English."""
    return Words(language("en"), {n.name: n for n in names_of(policy)})


def _sides(made: Comparison) -> Sides:
    return words_for(made.wordings.old), words_for(made.wordings.new)


def stories(made: Comparison, clauses: Sequence[str]) -> Iterator[SideBySide]:
    """Yield the shortest histories, each once: one that is worse for one role is often better for another."""
    seen: set[tuple[object, ...]] = set()
    words = _sides(made)
    for distinction in made.distinctions:
        told = tell_both(made, retell_both(made, distinction), clauses, words)
        key = (told.start, told.steps, told.outcome)
        if key not in seen:
            seen.add(key)
            yield told


def changed_clauses(old: ast.File, new: ast.File) -> Iterator[str]:
    """Yield the numbers of clauses whose text is not the same, layout and comments aside, in the old text's order."""
    mine, theirs = _clauses(old), _clauses(new)
    for number, clause in mine.items():
        if theirs.get(number) != clause:
            yield number
    yield from (n for n in theirs if n not in mine)


def _clauses(tree: ast.File) -> dict[str, ast.Item]:
    found: dict[str, ast.Item] = {}
    for item in tree.items:
        match item:
            case ast.Clause(number=number) | ast.NotFormalised(clause=number):
                found[number.number] = item
            case ast.Policy():
                found["header"] = replace(item, effective=None, histories_from=None, edition=None, labels=())
            case _:
                pass
    return found


# --- verdicts ------------------------------------------------------------------------------------


def _roles(shown: Comparison, made: Comparison) -> tuple[RoleLine, ...]:
    at_own = None if made.at_defaults is None else made.at_defaults.overall
    by_default = made.by_default if at_own is None else at_own
    default = dict(by_default.roles) if by_default is not None else {}
    words = words_for(made.wordings.old)
    return tuple(RoleLine(words.name(r), relation, default.get(r)) for r, relation in shown.overall.roles)


def role_words(made: Comparison) -> str:
    """Return what the new wording is for each role, in a phrase."""
    words = words_for(made.wordings.old)
    said = [f"{relation} for {words.name(role)}" for role, relation in made.overall.roles if relation != "equivalent"]
    return ", ".join(said) or "nothing for which an order is declared"


def _outcome(policy: LoadedPolicy, j: Judged) -> OutcomeLine:
    words = words_for(policy)
    roles = tuple((words.name(o.role), relation_of(worse, better)) for o, worse, better in j.roles)
    return OutcomeLine(j.outcome.called.replace("_", " "), j.outcome.clauses, j.relation, roles)


def _reading(policy: LoadedPolicy, summary: Summary) -> ReadingLine:
    ((reading, option),) = summary.context.fixed
    bare = reading.removeprefix("first/").removeprefix("second/")
    return ReadingLine(bare, option, summary.relation, tuple((words_for(policy).name(r), x) for r, x in summary.roles))


def sentence(report: DiffReport, made: Comparison) -> str:
    """Return the whole in a sentence."""
    if made.overall.relation == "equivalent":
        return _all_the_same(report, made)
    if report.relation == "no history":
        return "There is nothing to compare: no history is one of both wordings, proved."
    roles = [f"{r.relation} for {r.role}" for r in report.roles if r.relation != "equivalent"]
    if report.relation == "undecided" and not any(r.relation in _DECIDED for r in report.roles):
        return "It is not decided whether the wordings differ: no history was found that parts them, and no proof."
    settled = [f"it settles the reading `{r}` as `{o}`" for r, o in report.settled]
    said = "; ".join([*settled, *(["the new wording is " + ", ".join(roles)] if roles else [])])
    if not said:
        said = "the new wording is different; no order is declared for what differs"
    return said[0].upper() + said[1:] + "."


def _all_the_same(report: DiffReport, made: Comparison) -> str:
    """Return the sentence where all that is compared is the same."""
    if not report.clauses and not report.taken:
        return "Nothing changes: the two texts say the same."
    if report.defaults:
        first, listed = "for every reading and parameter", " and ".join(f"`{d.name}`" for d in report.defaults)
        roles = [f"{r.relation} for {r.role}" for r in report.roles if r.relation != "equivalent"]
        more = f"; each at its own default the new wording is {', '.join(roles) or report.relation}"
        return f"Both wordings give the same {first}, proved; what changes is the default of {listed}{more}."
    about = made.aligned.remarks
    if any(r.parameters for r in about):
        said = "For the parameters that both wordings admit they give the same in every history, proved"
        return f"{said}; for others there is nothing to compare."
    if about:
        return "What both wordings have is the same in every history, proved; what only one of them has is named below."
    if report.taken:
        return "The edit only renames: both wordings give the same in every history, proved."
    return "The edit only rewords: both wordings give the same in every history, proved."


_DECIDED = frozenset({"stricter", "more lenient", "incomparable"})


def _expected(expected: Expected, found: Summary) -> ExpectLine:
    roles = f" for {', '.join(expected.roles)}" if expected.roles else ""
    under = f" under {expected.under_text}" if expected.under_text else ""
    met, said = is_met(expected.effect, expected.roles, found)
    of = f" in {', '.join(expected.outcomes)}" if expected.outcomes else ""
    return ExpectLine(f"{expected.effect}{roles}{of}{under}", met, said)


def is_met(effect: str, roles: Sequence[str], found: Summary) -> tuple[bool | None, str]:
    """Return whether `found` is the `effect` expected for `roles` (None: not decided), and what was found."""
    by_role = dict(found.roles)
    said = ", ".join(f"{x} for {r}" for r, x in found.roles if not roles or r in roles) or found.relation
    if effect in {"equivalent", "different"} and not roles:
        return (None if found.relation == "undecided" else found.relation == effect), found.relation
    wanted: list[Relation] = [by_role.get(r, "equivalent") for r in roles] or [
        x for x in by_role.values() if x != "equivalent"
    ]
    if any(_contradicts(effect, x) for x in wanted) or not wanted:
        return False, said
    return (True if all(x == effect for x in wanted) else None), said


def _contradicts(effect: str, found: Relation) -> bool:
    """Return whether `found` rules `effect` out; what is half known may not."""
    match found:
        case "undecided":
            return False
        case "not stricter":
            return effect in {"stricter", "incomparable"}
        case "not more lenient":
            return effect in {"more lenient", "incomparable"}
        case _:
            return found != effect


def _required(what: str, report: DiffReport) -> ExpectLine:
    if what == "equivalent":
        met = None if report.relation == "undecided" else report.relation == "equivalent"
        return ExpectLine("equivalent", met, report.relation)
    if what == "no-guarantee-lost":
        lost = [c.name for c in report.claims if c.kind == "guarantee" and c.fate in {"lost", "meaningless"}]
        open_ = [c.name for c in report.claims if c.kind == "guarantee" and c.fate == "undecided" and c.old == "holds"]
        met = False if lost else None if open_ else True
        return ExpectLine("no guarantee lost", met, ", ".join(lost or open_) or "none")
    new = [f.sentence for f in report.flaws if f.fate == "new"]
    open_ = [f.sentence for f in report.flaws if f.fate == "undecided"]
    return ExpectLine("no new flaw", False if new else None if open_ else True, "; ".join(new or open_) or "none")


# --- the switch ----------------------------------------------------------------------------------


def transition_of(made: Comparison, switched: Sequence[Switched]) -> Transition | None:
    """Return what the switch alone does; None where nothing was asked."""
    if not switched:
        return None
    clauses = tuple(changed_clauses(made.wordings.old_tree, made.wordings.new_tree))
    effective = made.wordings.effective
    lines = []
    for s in switched:
        told = None if s.distinction is None else retell_both(s.comparison, s.distinction)
        story = None if told is None else tell_both(s.comparison, told, clauses, _sides(made))
        lines.append(TransitionLine(words_for(made.wordings.old).name(s.role), s.relation, story))
    remarks = tuple(
        r.what.replace("is only in the new wording", "is new: it starts as the new wording says")
        for r in made.aligned.remarks
        if r.what.startswith(("the state", "the count", "the duty")) and r.what.endswith("only in the new wording")
    )
    return Transition("whatever its day" if effective is None else f"on {show_day(effective)}", tuple(lines), remarks)


# --- claims and flaws ----------------------------------------------------------------------------


def _claim(again: Again, sources: Mapping[str, str]) -> ClaimLine:
    claim = again.claim
    old, new = ("" if d is None else _said(d) for d in (again.old, again.new))
    tell = again.new is not None and again.fate in {"lost", "worse"}
    story = _story(again.new, sources) if tell and again.new is not None else ()
    why = "; ".join(d.message for d in again.why)
    return ClaimLine(claim.name, claim.kind, claim.sentence, again.fate, old, new, why, story)


def _said(decision: Decision) -> str:
    said = word(decision)
    return said if said != "depends" else f"depends on reading {', '.join(sorted(readings_of(decision)))}"


def _story(decision: Decision, sources: Mapping[str, str]) -> tuple[str, ...]:
    """Return how the subject of `decision` fails, told; nothing where there is no story."""
    policy = decision.subject.policy
    report = build_report((policy,), (decision,), {}, (), sources)
    words = words_for(policy)
    for finding in (f for p in report.policies for f in (*p.claims, *p.obligations)):
        story = finding.story
        if story is None:
            told = (o.story for r in finding.readings for o in r.options if o.story is not None)
            story = next(told, None)
        if story is not None:
            return (*story_paragraphs(story, words), *ending(finding, story, words))
    return ()


def _flaw(flaw: Flaw, sources: Mapping[str, str]) -> FlawLine:
    owed = flaw.subject.obligation
    assert owed is not None
    said = owed.sentence if flaw.subject.origin == "liveness" else f"not so: {owed.sentence}"
    story = _story(flaw.decision, sources) if flaw.fate == "new" else ()
    return FlawLine(said, tuple(c for c in owed.clauses if c), flaw.fate, story)
