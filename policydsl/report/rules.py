"""What can be wrong besides the mistakes that `base.codes` lists: what it means, and what to do about it."""

from collections.abc import Mapping
from types import MappingProxyType

from policydsl.base.records import dataclass
from policydsl.report.language import Language, message


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of problem: what it means and what to do about it."""

    name: str
    title: str
    help: str


def said_in(rule: Rule, lang: Language) -> Rule:
    """Return `rule` in a language."""
    return Rule(rule.name, lang.say(rule.title), lang.say(rule.help))


_RULES = (
    Rule(
        "claim-fails",
        message("a claim that is expected to hold fails"),
        message(
            "Some history that the policy allows contradicts the claim; the shortest found is told. Mend the wording, "
            "or, if this is a known weakness of the text, keep the claim as a finding with `expect fails`."
        ),
    ),
    Rule(
        "claim-holds",
        message("a claim that is expected to fail holds"),
        message(
            "The claim is proved for every history, although a weakness was on record. If the text was mended, make "
            "the claim a guarantee; else look whether the transcription has lost something."
        ),
    ),
    Rule(
        "claim-depends",
        message("a claim depends on how an ambiguous wording is read"),
        message(
            "The claim is proved under some readings and fails under others. Settle the wording, restrict the claim "
            "with `under`, or record it with `expect depends on reading`."
        ),
    ),
    Rule(
        "claim-vacuous",
        message("a claim says nothing"),
        message(
            "What the claim starts from can never happen, so it holds for want of cases. Look for a condition that "
            "contradicts the policy."
        ),
    ),
    Rule(
        "claim-undecided",
        message("a claim is not decided"),
        message(
            "Within the time given it was neither proved nor refuted; nothing may be concluded from that. Give more "
            "time with `--budget`, or add a lemma that says why it should hold."
        ),
    ),
    Rule(
        "text-conflict",
        message("two clauses give one thing two values"),
        message(
            "Some history makes two clauses set the same state differently in one step. Declare one an exception to "
            "the other, or say which goes first."
        ),
    ),
    Rule(
        "text-undefined",
        message("the text asks for a value that does not exist"),
        message(
            "Some history reads a date that is not set, leaves a declared range, or fits no row of a table. Guard the "
            "condition or complete the table."
        ),
    ),
    Rule(
        "text-restless",
        message("a schedule fires without end on one day"),
        message(
            "Some history makes the calendar fire the same schedule again and again. Let the schedule switch off what "
            "it waits for."
        ),
    ),
    Rule(
        "dead-clause",
        message("a clause never takes effect"),
        message(
            "No history, under any reading and parameter, lets this clause do anything. It may be hidden by another "
            "clause or need something that cannot happen."
        ),
    ),
    Rule(
        "incomplete",
        message("the check was interrupted"),
        message("Some questions were not reached; what is reported is not the whole answer. Check again."),
    ),
    Rule(
        "bug",
        message("a bug in policydsl"),
        message(
            "The tool failed while it worked on this question. That says nothing about the policy. Please report it."
        ),
    ),
)
RULES: Mapping[str, Rule] = MappingProxyType({rule.name: rule for rule in _RULES})
"""By name."""
