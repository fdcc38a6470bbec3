"""All that is asked about two wordings, claims aside: the comparison, what is expected of it, the day of the switch."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from policydsl.analyses.comparison import Comparison, Summary, helpers
from policydsl.analyses.diff import compare, expected
from policydsl.analyses.diff_ask import Asks
from policydsl.analyses.diff_context import by_text
from policydsl.analyses.diff_product import Twin
from policydsl.analyses.diff_transition import Switched, switch
from policydsl.base.records import dataclass
from policydsl.core.conditions import conjunction
from policydsl.core.expr import TRUE, Equal, Expr, Happens, Not, Or, Use, Var
from policydsl.core.system import Property, Question
from policydsl.core.walk import definition_table, mentions_step, names
from policydsl.engines.verdict import Manner, Refuted, SemanticsDisagreeError
from policydsl.front.wordings import Expected, Wordings


@dataclass(frozen=True, slots=True)
class Whole:
    """What came out."""

    made: Comparison
    expected: tuple[tuple[Expected, Summary], ...]
    switched: tuple[Switched, ...]


def examine(wordings: Wordings, renames: Mapping[str, str], asker: Asks, *, certified: bool = False) -> Whole:
    """Return all that is known of two wordings; if it is to be `certified`, what is so by construction is asked too.

    Raises: `SemanticsDisagreeError` if something that should be so by construction is not.
    """
    made = compare(wordings, renames, asker)
    met = tuple((e, expected(made, e, asker)) for e in _in_old_names(made))
    switched = switch(made, asker)
    if certified:
        known = [*made.by_reading, *(s for s in (made.by_default,) if s), *(s for _, s in met)]
        for question in (*agreements(made), *by_text(made, known)):
            (verdict,) = asker.ask([question], helpers(made, question.system), wanted=Manner("verdict"))
            if isinstance(verdict, Refuted):
                raise SemanticsDisagreeError(f"{question.key}: so by construction, but {verdict.trace} says otherwise")
    return Whole(made, met, switched)


def _in_old_names(made: Comparison) -> Iterator[Expected]:
    """Yield what the amendment's author expects, of outcomes as they are called here: acts of the new wording, too."""
    back, own = made.aligned.names.old(), made.wordings.old.symbols
    for each in made.wordings.expected:
        yield replace(each, outcomes=tuple(n if n in own else back.new(n) for n in each.outcomes))


def agreements(made: Comparison) -> Iterator[Question]:
    """Yield for each product whether what stands there once, for both wordings, is the same in both.

    That is so by construction (`diff_product.twin`), and rests on an argument about texts. These questions are about
    the products in which everything is there twice: a proof takes the argument's place.
    """
    yield agreement(made.twin, "what both wordings say")
    if made.lone is not made.twin:
        yield agreement(made.lone, "what both wordings say, and steps of one alone")
    if made.at_defaults is not None:
        yield from agreements(made.at_defaults)


def agreement(where: Twin, key: str) -> Question:
    """Return whether the two copies of all that `where` shares are equal, and no schedule it leaves out ever fires.

    Definitions that speak of a step, or of what is given in one, are left out: they follow from the others.
    """
    whole = where.pair.system
    table = definition_table(whole)
    given = {i.name for e in whole.events for i in e.inputs}
    made: list[Expr] = [
        Equal(Var(v.name, v.sort), Var(f"second/{v.name[6:]}", v.sort))
        for v in whole.variables
        if v.name.removeprefix("first/") in where.shared
    ]
    made += [
        Equal(Use(d.name, d.sort), Use(f"second/{d.name[6:]}", d.sort))
        for d in whole.definitions
        if d.name.removeprefix("first/") in where.shared
        and not mentions_step(d.body, table)
        and not given & names(d.body, table)
    ]
    kept = {s.name for s in where.system.schedules}
    gone = [Happens(s.name) for s in whole.schedules if s.name not in kept]
    return Question(key, whole, Property(conjunction(made), Not(Or(tuple(gone))) if gone else TRUE), None)
