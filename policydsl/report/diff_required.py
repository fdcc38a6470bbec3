"""Is what was expected or required of an edit so? Pure."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import replace
from typing import TypeAlias

from policydsl.analyses.comparison import Comparison, Relation, Summary
from policydsl.analyses.diff_align import COMMON
from policydsl.analyses.diff_apart import (
    admitted_apart,
    apart_for,
    begins_otherwise,
    changed_hands,
    counted_otherwise,
    defaults_apart,
    listed_apart,
    lone_outcomes,
    shows_itself,
    touched,
    unmodelled,
)
from policydsl.analyses.diff_claims import Flaw
from policydsl.front.wordings import Expected
from policydsl.report.diff_model import ClaimLine, DiffReport, ExpectLine
from policydsl.report.diff_sentence import DECIDED, options_apart
from policydsl.report.diff_words import DEPENDS, FAILS_OPENLY, for_roles, relation_word
from policydsl.report.language import Language, language
from policydsl.report.words import Words


def left_out(made: Comparison, lang: Language, outcomes: Container[str] | None = None, *, under: bool = False) -> str:
    """Return why not all of `outcomes` (None: of what both wordings have) is compared; nothing where it is.

    `under` says that they are expected to be so under some condition alone: then it may be one on the options.
    """
    if options_apart(made) and not under:
        return lang.say("a reading has not the same options")
    hands = [h.name for h in changed_hands(made)]
    done = [f"`{n}`" for n in hands if outcomes is None or n.partition(".")[0] in outcomes]
    if done:
        return lang.say("{names}: done, decided or owed by somebody else", names=lang.join(done))
    if outcomes is None and made.wordings.old.header.time_zone != made.wordings.new.header.time_zone:
        return lang.say("the time zone is not the same")
    if outcomes is None and begins_otherwise(made):
        return lang.say("histories do not begin on the same day")
    open_ = [u.clause for u in unmodelled(made)]
    if open_ and (
        outcomes is None or any(touched(made, j.outcome.name) for j in made.judged if j.outcome.name in outcomes)
    ):
        return lang.say("not the same, and not formalised: {clauses}", clauses=lang.join(open_))
    names = [
        f"`{n}`"
        for r in made.aligned.remarks
        if r.about in (COMMON if outcomes is None else COMMON | {"only old", "only new"})
        for n in r.names
        if outcomes is None or n in outcomes
    ]
    names += [f"`{n}`" for n in listed_apart(made) if outcomes is None or n in outcomes]
    names += [f"`{n}`" for n in admitted_apart(made) if outcomes is None and not under]
    names += [
        f"`{n}`" for n, _ in counted_otherwise(made) if shows_itself(made, n) and (outcomes is None or n in outcomes)
    ]
    if names:
        return lang.say("not all of {names} can be compared", names=lang.join(list(dict.fromkeys(names))))
    alone = [f"`{n}`" for n in lone_outcomes(made)] if outcomes is None else []
    return lang.say("{names}: only in one of the wordings", names=lang.join(alone)) if alone else ""


def expected_line(expected: Expected, found: Summary, words: Words, made: Comparison) -> ExpectLine:
    """Return whether what is expected is so."""
    lang = words.language
    met, said = is_met(expected.effect, expected.roles, found, words)
    left = left_out(made, lang, expected.outcomes or None, under=expected.under is not None)
    if expected.effect == "equivalent" and met and left:
        met, said = False, left
    elif met is not False and (silent := _silent_for(made, expected, found)):
        met, said = None, lang.say("no order is declared for {roles}", roles=lang.join([*map(words.name, silent)]))
    elif expected.effect in {"stricter", "more lenient"} and met and (apart := _judged_apart(made, expected, lang)):
        met, said = None, apart
    what = relation_word(expected.effect, lang)
    if expected.roles:
        what = lang.say("{relation} for {role}", relation=what, role=lang.join([*map(words.name, expected.roles)]))
    if expected.outcomes:
        what = lang.say(
            "{what} in {outcomes}", what=what, outcomes=lang.join([words.name(o) for o in expected.outcomes])
        )
    if expected.under_text:
        what = lang.say("{what} under {condition}", what=what, condition=expected.under_text)
    return ExpectLine(what, met, said)


Alike: TypeAlias = tuple[bool | None, str]
"""Whether wordings have the same right to what they give (None: not decided), and else why not."""


def sound_now(flaws: Iterable[Flaw], lang: Language) -> Alike:
    """Return whether the new wording has a right to what it gives as far as the old one has."""
    fates = {f.fate for f in flaws if f.subject.origin == "obligation"}
    if "new" in fates:
        return False, lang.say("a conflict, gap or undefined value is new")
    return None if "undecided" in fates else True, lang.say("undecided: where a conflict, gap or undefined value is")


def sound_alike(flaws: Sequence[Flaw], made: Comparison, lang: Language) -> Alike:
    """Return whether wordings that give the same have the same right to it: else one has, and the other has not."""
    now = sound_now(flaws, lang)
    every = ((f.fate, f.subject.obligation) for f in flaws if f.subject.origin == "obligation")
    owed = [(fate, o.key) for fate, o in every if o is not None]
    if now[0] is False:
        return now
    if any(fate == "mended" for fate, _ in owed):
        return False, lang.say("a conflict, gap or undefined value is mended")
    shown = [made.elsewhere[key] for fate, key in owed if fate == "kept" and key in made.elsewhere]
    open_ = shown or any(fate == "perhaps mended" for fate, _ in owed)
    return owed_alike(False if any(shown) else None if open_ else now[0], lang)


def owed_alike(alike: bool | None, lang: Language) -> Alike:  # noqa: FBT001  what is known
    """Return whether what both wordings owe is broken in the same histories, and else why not."""
    if alike is False:
        return False, lang.say("a conflict or undefined value is elsewhere")
    return alike, lang.say("undecided: where a conflict, gap or undefined value is")


def broken_still(flaws: Iterable[Flaw], changed: Sequence[str], lang: Language) -> str:
    """Return that where something differs it may do so by what neither wording says, in clauses that are `changed`."""
    owed = (f.subject.obligation for f in flaws if f.fate == "kept")
    stays = any(o.kind == "definedness" and not set(changed).isdisjoint(o.clauses) for o in owed if o is not None)
    return lang.say("a gap or undefined value stays") if stays else ""


def expected_with(expected: Expected, line: ExpectLine, now: Alike, stays: str, alike: Alike) -> ExpectLine:
    """Return `line`, unless it rests on values made up: on what is not sound `now`, `stays`, is not `alike` there."""
    if not line.met:
        return line
    whole = expected.effect == "equivalent" and not expected.outcomes
    if whole and not alike[0]:
        return replace(line, met=alike[0], found=(now if now[0] is alike[0] else alike)[1])
    if not now[0] and not (whole and expected.under is not None):  # elsewhere it may be unsound
        return replace(line, met=now[0] if whole else None, found=now[1])
    return replace(line, met=None, found=stays) if stays else line


def _silent_for(made: Comparison, expected: Expected, found: Summary) -> list[str]:
    """Return the expected roles for which nothing says what is better in what differs: it is the same for nobody."""
    if found.relation == "equivalent":
        return []
    of = [j.outcome for j in made.judged if not expected.outcomes or j.outcome.name in expected.outcomes]
    heard = {order.role for o in of for order in o.orders}
    return [role for role in expected.roles if role not in heard]


def admitted_by_one(made: Comparison, lang: Language) -> str:
    """Return that one wording admits what the other does not, of which nothing is shown; nothing where none does."""
    if options_apart(made):
        return lang.say("a reading has not the same options")
    names = [f"`{n}`" for n in admitted_apart(made)]
    return lang.say("not all of {names} can be compared", names=lang.join(names)) if names else ""


def other_defaults(made: Comparison, lang: Language) -> str:
    """Return that there are other defaults, of which nothing is shown for the day of the switch."""
    names = [f"`{n}`" for n in defaults_apart(made)]
    return lang.say("not the default of {names}", names=lang.join(names)) if names else ""


def _judged_apart(made: Comparison, expected: Expected, lang: Language) -> str:
    """Return why it is not known all over whether the wordings are as expected for somebody; nothing where it is.

    What no order speaks of for the roles in question does not matter.
    """
    apart = {role: names for role, names in apart_for(made).items() if not expected.roles or role in expected.roles}
    own = dict.fromkeys(n for names in apart.values() for n in names if not expected.outcomes or n in expected.outcomes)
    if own:
        return lang.say("not all of {names} can be compared", names=lang.join([f"`{n}`" for n in own]))
    told = "" if expected.under is not None else admitted_by_one(made, lang)
    return told or left_out(made, lang, (), under=expected.under is not None)


def is_met(effect: str, roles: Sequence[str], found: Summary, words: Words | None = None) -> tuple[bool | None, str]:
    """Return whether `found` is the `effect` expected for `roles` (None: not decided), and what was found."""
    words, by_role = words or Words(language("en"), {}), dict(found.roles)
    lang, relation = words.language, relation_word(found.relation, words.language)
    said = for_roles(((words.name(r), x) for r, x in found.roles if not roles or r in roles), lang) or relation
    if effect in {"equivalent", "different"} and not roles:
        return (None if found.relation == "undecided" else found.relation == effect), relation
    plain: Relation = found.relation if effect == "different" or found.relation == "no history" else "equivalent"
    wanted: list[Relation] = [by_role.get(r, plain) for r in roles] or [
        x for x in by_role.values() if x != "equivalent"
    ]
    if any(_contradicts(effect, x) for x in wanted) or not wanted:
        return False, said
    return (True if all(x == effect or (effect == "different" and x in DECIDED) for x in wanted) else None), said


def _contradicts(effect: str, found: Relation) -> bool:
    """Return whether `found` rules `effect` out; what is half known may not."""
    if effect == "different":
        return found in {"equivalent", "no history"}
    match found:
        case "undecided":
            return False
        case "not stricter":
            return effect in {"stricter", "incomparable"}
        case "not more lenient":
            return effect in {"more lenient", "incomparable"}
        case "stricter or incomparable":
            return effect not in {"stricter", "incomparable"}
        case "more lenient or incomparable":
            return effect not in {"more lenient", "incomparable"}
        case _:
            return found != effect


def required_line(
    what: str, report: DiffReport, left: str, admitted: str = "", alike: Alike = (True, "")
) -> ExpectLine:
    """Return whether what is required is so; `left` says why not all that both wordings have was compared.

    `admitted` says of what of the switch nothing is shown: of what one wording alone admits, or of other defaults.
    """
    lang = language(report.language)
    if what == "equivalent" and left:
        return ExpectLine(lang.say("equivalent"), False, left)  # noqa: FBT003
    if what == "equivalent":
        met = None if report.relation == "undecided" else report.relation == "equivalent"
        if alike[0] is False or (met and alike[0] is None):
            return ExpectLine(lang.say("equivalent"), *alike)
        return ExpectLine(lang.say("equivalent"), met, relation_word(report.relation, lang))
    if what == "no-guarantee-lost":
        lost = [c.name for c in report.claims if c.kind == "guarantee" and _is_lost(c)]
        open_ = [c.name for c in report.claims if c.kind == "guarantee" and _may_be_lost(c)]
        if not report.claims:
            return ExpectLine(lang.say("no guarantee lost"), None, lang.say("no claim was judged"))
        met = False if lost else None if open_ else True
        return ExpectLine(lang.say("no guarantee lost"), met, ", ".join(lost or open_) or lang.say("none"))
    if what in {"nobody-worse-off", "nothing-punished"}:
        line = _required_of_switch(what, report, lang)
        return replace(line, met=None, found=admitted) if line.met and admitted else line
    new = [f.sentence for f in report.flaws if f.fate == "new"]
    open_ = [f.sentence for f in report.flaws if f.fate == "undecided"]
    met = False if new else None if open_ else True
    return ExpectLine(lang.say("no new flaw"), met, lang.series(new or open_) or lang.say("none"))


def _is_lost(claim: ClaimLine) -> bool:
    """Return whether a claim held before, under some reading at least, and does not any more, or says nothing now.

    One about another option of a reading that the edit settles is no loss: nobody reads the text so any more.
    """
    said = claim.old == "holds" or claim.old.startswith(DEPENDS)
    return claim.fate in {"lost", "meaningless"} or (claim.fate == "empty" and said and not claim.moot)


def _may_be_lost(claim: ClaimLine) -> bool:
    """Return whether it is not decided if a claim held before, under some reading at least, and does not any more.

    One that failed without its being known under which readings may have held under some, whatever it is called now;
    one that a new clause bears on which is not formalised need not hold with it.
    """
    open_ = claim.fate == "undecided" and claim.old != "fails"
    held = claim.old not in {"fails", "vacuous"}
    return ((open_ or claim.old == FAILS_OPENLY) and claim.new != "holds") or (bool(claim.assumes) and held)


def _required_of_switch(what: str, report: DiffReport, lang: Language) -> ExpectLine:
    """Return whether a claim about the day of the switch is so; None where it is not decided or was not asked."""
    worse = what == "nobody-worse-off"
    if worse:
        said = lang.say("nobody worse off by the switch")
    else:
        said = lang.say("nothing punished under wording not yet in force")
    if report.transition is None:
        same = report.relation == "equivalent"
        return ExpectLine(said, True if same else None, lang.say("none") if same else relation_word("undecided", lang))
    lines = report.transition.roles
    bad = [x.role for x in lines if (x.relation == "stricter" if worse else x.punished == "can be")]
    open_ = [x.role for x in lines if (x.relation == "undecided" if worse else x.punished == "undecided")]
    met = False if bad else None if open_ else True
    return ExpectLine(said, met, lang.join(bad or open_) or lang.say("none"))
