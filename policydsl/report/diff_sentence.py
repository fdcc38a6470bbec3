"""A comparison of two wordings in one sentence."""

from collections.abc import Iterator

from policydsl.analyses.comparison import OPEN, Comparison
from policydsl.analyses.diff_align import COMMON
from policydsl.analyses.diff_apart import (
    admitted_apart,
    apart_for,
    changed_hands,
    listed_apart,
    unmodelled,
    unplaced_in,
)
from policydsl.report.diff_clauses import HEADER
from policydsl.report.diff_model import DiffReport
from policydsl.report.diff_words import for_roles, relation_word
from policydsl.report.language import Language, language


def sentence(report: DiffReport, made: Comparison, *, owed: bool) -> str:
    """Return the whole in a sentence; `owed` says that conflicts, gaps or undefined values come or go with the edit."""
    lang = language(report.language)
    if made.overall.relation == "equivalent":
        return _all_the_same(report, made, lang, owed=owed)
    if report.relation == "no history":
        return lang.say("There is nothing to compare: no history is one of both wordings, proved.")
    roles = _for_roles(report, lang)
    if report.relation == "different" and any(r.relation in OPEN for r in report.roles) and not decided(report):
        return lang.say("The wordings differ, see below; for whom that is better or worse is not decided.")
    if report.relation == "undecided" and not decided(report):
        return lang.say(
            "It is not decided whether the wordings differ: no history was found that parts them, and no proof."
        )
    said = [
        lang.say("it settles the reading `{reading}` as `{option}`", reading=r, option=o) for r, o in report.settled
    ]
    if roles:
        said.append(lang.say("the new wording is {what}", what=roles))
    if not said and _left_out(made):
        return lang.say("The wordings differ, see below; not all that is better or worse for somebody can be compared.")
    owed = owed or any(flaw.fate == "kept" for flaw in report.flaws)
    if not said and owed and report.roles:
        return lang.say("The wordings differ, see below; with values made up where clauses conflict or a value is "
                        "undefined, that is better or worse for nobody.")  # fmt: skip
    if not said:
        return lang.say("The new wording is different; no order is declared for what differs.")
    whole = lang.say("{what}.", what=lang.series(said))
    for where in _wheres(made, lang, owed=owed, of_roles=bool(roles)):
        whole = where.format(what=whole.rstrip(".。"))
    return whole[0].upper() + whole[1:]


def _wheres(made: Comparison, lang: Language, *, owed: bool, of_roles: bool) -> Iterator[str]:
    """Yield of what alone something is said, each a frame for it."""
    if of_roles and _left_out(made):
        yield lang.say("in what can be compared, {what}.", what="{what}")
    if _admitted_otherwise(made):
        yield lang.say("in the histories that both wordings admit, {what}.", what="{what}")
    if owed:
        yield lang.say("with values made up where clauses conflict or a value is undefined, see below, {what}.",
                       what="{what}")  # fmt: skip
    if options_apart(made):
        yield lang.say("under the options that both wordings have, {what}.", what="{what}")
    elif apart := admitted_apart(made):
        names = lang.join([f"`{n}`" for n in apart])
        yield lang.say("for what both wordings admit of {names}, {what}.", names=names, what="{what}")


def _admitted_otherwise(made: Comparison) -> bool:
    """Return whether something is said of a role for every history, while others are those of one wording alone.

    What else comes of them is not compared. Where it is declared, or plain, what is better for the role in what is
    permitted or can be chosen, that says how it fares.
    """
    roles = {role for role, relation in made.overall.roles if relation in _EVERYWHERE}
    changed = [j.outcome for j in made.judged if j.relation != "equivalent"]
    return any(roles - {order.role for order in o.orders} for o in changed if o.admits)


_EVERYWHERE = frozenset({"stricter", "more lenient", "not stricter", "not more lenient"})


def _left_out(made: Comparison) -> bool:
    """Return whether something that is better or worse for somebody cannot be compared everywhere."""
    names = {n for r in made.aligned.remarks if r.about in COMMON | {"only old", "only new"} for n in r.names}
    names |= {hand.name for hand in changed_hands(made)} | set(listed_apart(made))
    names |= {order.name for order in unplaced_in(made)}
    return any(names.intersection(own) for own in apart_for(made).values())


def options_apart(made: Comparison) -> bool:
    """Return whether a reading has an option under one wording alone: histories under it are not compared."""
    return any(r.of and r.kinds == ("reading",) for r in made.aligned.remarks)


def _for_roles(report: DiffReport, lang: Language) -> str:
    return for_roles(((r.role, r.relation) for r in report.roles if r.relation != "equivalent"), lang)


def _all_the_same(report: DiffReport, made: Comparison, lang: Language, *, owed: bool) -> str:
    """Return the sentence where all that is compared is the same."""
    say = lang.say
    same = made.wordings.old_tree.items == made.wordings.new_tree.items
    flaws = any(flaw.fate != "kept" for flaw in report.flaws)
    quiet = not flaws and all(claim.fate in _ALIKE for claim in report.claims)
    if same and quiet and not made.aligned.remarks and not report.notes:  # what they import may differ
        return say("Nothing changes: the two texts say the same.")
    listed = lang.join([f"`{d.name}`" for d in report.defaults])
    if made.defaults:
        what = _for_roles(report, lang) or relation_word(report.relation, lang)
        else_ = owed or unmodelled(made) or any(r.about != "admits apart" for r in made.aligned.remarks) or report.notes
        if admitted_apart(made) or options_apart(made):
            first = say("Both wordings give the same for every reading and parameter that both admit, proved; what "
                        "changes besides is the default of {names}", names=listed)  # fmt: skip
        elif else_:
            first = say("Both wordings give the same for every reading and parameter, proved; what changes besides "
                        "what is named below is the default of {names}", names=listed)  # fmt: skip
        else:
            first = say("Both wordings give the same for every reading and parameter, proved; what changes is the "
                        "default of {names}", names=listed)  # fmt: skip
        return say("{what}; each at its own default the new wording is {relation}.", what=first, relation=what)
    if owed:  # there the wording itself does not say what is so, and what stands first in the text has been followed
        return say(
            "Apart from the conflicts, gaps and undefined values named below, both wordings give the same in every "
            "history, proved; what else changes is named there, too."
        )
    if unmodelled(made):
        return say("What is formalised is the same in every history, proved; what changes besides is named below.")
    about = [r for r in made.aligned.remarks if r.about != "admits apart"]
    if any(r.about == "admits" for r in about):
        return say(
            "For the parameters that both wordings admit they give the same in every history, proved; for others there "
            "is nothing to compare."
        )
    if about:
        return say(
            "What both wordings have is the same in every history, proved; what only one of them has is named below."
        )
    if report.defaults:
        return say("Both wordings give the same in every history, proved; what changes is what a history means that "
                   "leaves out {names}.", names=listed)  # fmt: skip
    if flaws:
        return say(
            "Both wordings give the same in every history, proved; which clauses can never apply is named below."
        )
    if any(claim.fate not in _ALIKE for claim in report.claims):
        return say(
            "Both wordings give the same in every history, proved; what changes among the claims is named below."
        )
    if report.notes and set(report.clauses) <= {HEADER}:
        return say("No rule changes: both wordings give the same in every history, proved; what else changes is named "
                   "below.")  # fmt: skip
    if report.notes:
        return say("Both wordings give the same in every history, proved; what else changes is named below.")
    if report.taken or made.aligned.names.renames:
        return say("The edit only renames: both wordings give the same in every history, proved.")
    return say("The edit only rewords: both wordings give the same in every history, proved.")


_ALIKE = frozenset({"kept", "untouched"})
"""What becomes of claims that say what they said. Others may look at which rows fit, or at a count as it is told."""


def decided(report: DiffReport) -> bool:
    """Return whether a history is known in which the new wording is worse or better for some role."""
    return any(r.relation in DECIDED for r in report.roles)


DECIDED = frozenset(
    {"stricter", "more lenient", "incomparable", "stricter or incomparable", "more lenient or incomparable"}
)
