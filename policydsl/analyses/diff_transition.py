"""The day on which one wording follows the other: who is worse off by the switch alone?"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Literal, TypeAlias

from policydsl.analyses.comparison import Comparison, Distinction, Relation
from policydsl.analyses.diff_align import Aligned, read_apart
from policydsl.analyses.diff_apart import apart_for
from policydsl.analyses.diff_ask import Asks
from policydsl.analyses.diff_lemmas import lemma_candidates
from policydsl.analyses.diff_names import Names, renamed
from policydsl.analyses.diff_outcomes import Outcome, never, outcomes, same, unchanged
from policydsl.analyses.diff_product import twin
from policydsl.analyses.diff_punished import Punished, punished
from policydsl.analyses.diff_switch import NOW, THEN, Naming, day_of, quiet, said_alike, still_owed, switched
from policydsl.base.records import dataclass
from policydsl.core.conditions import conjunction
from policydsl.core.expr import DATE, TODAY, TRUE, At, EnumSort, Expr, Ite, Less, Not, Or, Use, Var, View
from policydsl.core.moves import Side
from policydsl.core.system import Definition, Property, Question, System
from policydsl.engines.verdict import Manner, Proved, Refuted, Vacuous
from policydsl.front.loaded import Order, Symbol
from policydsl.semantics import interpret
from policydsl.syntax import ast

Doubt: TypeAlias = Literal["left open", "unknown values", "no way on", "apart", "owed", "nobody there"]
"""Why it is not decided whether somebody is worse off, other than for want of a proof and of a history.

The new wording leaves open, or says in two ways, what becomes of a state, or does not know a value of it; it cannot go
on from the state that the old one has reached; something that matters to the role cannot be compared; a duty may be
owed otherwise; nobody lives through the switch.
"""


@dataclass(frozen=True, slots=True)
class Switched:
    """What the switch alone does for `role`. `distinction`, about `comparison`, shows someone who is worse off.

    `punished` says whether that may come of something done before it, `doubt` why it is undecided, if that is known.
    """

    role: str
    relation: Relation
    comparison: Comparison
    distinction: Distinction | None
    punished: Punished = Punished("never")
    doubt: Doubt | None = None


def switch(made: Comparison, asker: Asks) -> tuple[Switched, ...]:
    """Return for each role whether it can be worse off by the switch alone.

    Nothing is returned where the wordings are equivalent, and what is in force on a day says the same of any state, and
    leaves nothing open: two wordings may be equivalent because each keeps its own account from the start, and the new
    one's starts late. Nor where no history is one of both: nobody lives through the switch.

    One copy lives under the old wording for ever, the other under the old one up to the day of the switch and under
    the new one from then on, with the state it has reached. Events are those before that day: what differs afterwards
    comes from the switch. Of a role that something matters to which cannot be compared, or that may
    owe a duty otherwise by the switch, nothing is said to be never so.
    """
    if made.overall.relation == "no history":
        return ()
    found = {s.role: s for s in _switches(made, asker)}
    unknown = Punished("undecided")
    for role in apart_for(made):
        s = found.get(role, Switched(role, "undecided", made, None, unknown))
        known = s.relation == "stricter", s.punished.fact != "never"
        s = s if known[0] else replace(s, relation="undecided", doubt=s.doubt or "apart")
        found[role] = s if known[1] else replace(s, punished=unknown)
    return tuple(found.values())


def _switches(made: Comparison, asker: Asks) -> tuple[Switched, ...]:
    made = replace(made, aligned=replace(made.aligned, new=_read_anew(made)))
    around = _around(made)
    changed = [j.outcome for j in made.judged if j.relation != "equivalent"]
    if around is None:
        open_ = Punished("undecided")
        return tuple(Switched(r, "undecided", made, None, open_, "no way on") for r in _roles(made.outcomes))
    seen = _Seen(around, said_alike(made.aligned.old, made.aligned.new))
    every = [
        o for o in outcomes(made.wordings.old, made.wordings.new, made.aligned, seen)
        if o.kind != "choices" and not o.on and not unchanged(o, around.twin)
    ]  # fmt: skip
    found = tuple(_switched(around, role, every, asker) for role in _roles([*changed, *every]))
    safe, known = [s.role for s in found if s.relation in {"not stricter", "equivalent"}], {s.role for s in found}
    others = [role for role in _roles(made.outcomes) if role not in known]
    says_enough = _says_enough(made, around, asker) if safe or others else True
    doubts: dict[str, Doubt | None] = {} if says_enough else dict.fromkeys((*safe, *others))
    doubts |= dict.fromkeys((r for r, own in _duties(made, every).items() if not _same(around, own, asker)), "owed")
    if _holds_unknown(made):
        doubts |= dict.fromkeys(safe, "unknown values")
    if says_enough is False:
        doubts |= dict.fromkeys((*safe, *others), "left open")
    unknown = Punished("undecided")
    told = (
        replace(s, relation="undecided", punished=unknown, doubt=doubts[s.role])
        if s.role in safe and s.role in doubts
        else s
        for s in found
    )
    left = (Switched(r, "undecided", made, None, unknown, doubt) for r, doubt in doubts.items() if r not in known)
    return (*told, *left)


def _duties(made: Comparison, every: Iterable[Outcome]) -> dict[str, list[Outcome]]:
    """Return by who owes it what of `every` is about a duty, where nothing says what of that is better for them."""
    found: dict[str, list[Outcome]] = {}
    for outcome in every:
        duty = made.wordings.old.symbols.get(outcome.name.rpartition(".")[0])
        if duty is not None and duty.kind == "duty" and duty.owed_by is not None:
            found.setdefault(duty.owed_by, []).append(outcome)
    return {r: own for r, own in found.items() if all(order.role != r for o in own for order in o.orders)}


def _same(around: Comparison, outcomes: Iterable[Outcome], asker: Asks) -> bool:
    """Return whether the switch alone leaves `outcomes` as they are, proved."""
    parts = [same(o, around.twin) for o in outcomes]
    whole = Property(conjunction([p.state for p in parts]), conjunction([p.step for p in parts]))
    question = Question("the switch: owed as before", around.twin.system, whole, None)
    (verdict,) = asker.ask([question], _lemmas(around), wanted=Manner("verdict", suspect=True))
    return isinstance(verdict, Proved)


def _holds_unknown(made: Comparison) -> bool:
    """Return whether some state may have a value of which the new wording knows nothing when it comes into force."""
    theirs = {v.name for v in made.aligned.new.variables}
    gone = {r.of for r in made.aligned.remarks if r.about == "values only old"}
    return any(
        isinstance(v.sort, EnumSort) and v.sort.name in gone for v in made.aligned.old.variables if v.name in theirs
    )


def _says_enough(made: Comparison, around: Comparison, asker: Asks) -> bool | None:
    """Return whether the new wording leaves nothing open after the switch, as far as the edit bears on it.

    States that it would not have reached by itself may fit no row, or two, or make something undefined. None if that is
    not decided.
    """
    mine = {around.twin.owed(Side.FIRST, o.property) for o in made.aligned.old.obligations}
    owed = [p for each in still_owed(made) if (p := around.twin.owed(Side.SECOND, each)) not in mine]
    if not owed:
        return True
    before, states, steps = _before(around), [p.state for p in owed], [p.step for p in owed]
    whole = Property(Or((before, conjunction(states))), Or((At(View.BEFORE, before), conjunction(steps))))
    question = Question("the switch: nothing left open", around.twin.system, whole, None)
    (verdict,) = asker.ask([question], _lemmas(around), wanted=Manner("verdict", suspect=True))
    return True if isinstance(verdict, Proved | Vacuous) else False if isinstance(verdict, Refuted) else None


def _roles(of: Iterable[Outcome]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(order.role for o in of for order in o.orders))


def _read_anew(made: Comparison) -> System:
    """Return the new wording with readings of its own where one wording assumes of them what the other does not.

    A reading that only the new wording settles is open before the switch; one that they settle otherwise changes. What
    is counted over another window has an account of its own, too: the old one may hold a year where a month is meant.
    """
    new, anew, known = made.aligned.new, set(counted_anew(made)), {v.name for v in made.aligned.old.variables}
    own = {v.name for v in new.variables if v.name in known and v.name.partition(".")[0] in anew}
    apart = read_apart(made.aligned) | own
    return renamed(new, Names({name: name + NOW for name in apart})) if apart else new


def counted_anew(made: Comparison) -> Iterator[str]:
    """Yield of what both wordings have that one of them counts, and not the other, or not over the same window."""
    old, new = (
        {item.name.text: item.window for clause in tree.items if isinstance(clause, ast.Clause)
         for item in clause.items if isinstance(item, ast.Count)}
        for tree in (made.wordings.old_tree, made.wordings.new_tree)
    )  # fmt: skip
    names = made.aligned.names
    for name in made.wordings.old.symbols:
        its, was = new.get(names.new(name)), old.get(name)
        if its is None or was is None:
            other = its is not was and names.new(name) in made.wordings.new.symbols
        else:
            other = _events(was, names) != _events(its, Names({}))
        if other:
            yield name


def counted_on(made: Comparison) -> Iterator[str]:
    """Yield the counts that go on from what the old wording has counted, while the new one counts something else."""
    old, new = made.aligned.old, made.aligned.new
    other = {v.name.partition(".")[0] for v in old.variables} - set(counted_anew(made))
    alike = said_alike(old, new)
    changed = {v.name.partition(".")[0] for v in old.variables if v.name not in alike}
    counts = (s.name for s in made.wordings.old.symbols.values() if s.kind == "count")
    theirs = {v.name.partition(".")[0] for v in new.variables}
    yield from (name for name in counts if name in other & changed & theirs)


def _events(window: ast.Window, names: Names) -> ast.Window | tuple[str, ...]:
    """Return `window`, or the events since which it counts as `names` has them."""
    return tuple(names.new(e.text) for e in window.events) if isinstance(window, ast.SinceWindow) else window


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a name of the wordings is in the product: in the second copy, what the wording in force says."""

    around: Comparison
    alike: frozenset[str]

    def seen(self, side: Side, e: Expr) -> Expr:
        if side is Side.SECOND and isinstance(e, Use) and e.name not in self.alike:
            e = Ite(_before(self.around), e, replace(e, name=e.name + NOW))
        return self.around.twin.seen(side, e)


def _switched(around: Comparison, role: str, every: Sequence[Outcome], asker: Asks) -> Switched:
    parts = [
        (o, order, never("worse", o, order, around.twin)) for o in every for order in o.orders if order.role == role
    ]
    if not parts:
        return Switched(role, "equivalent", around, None)
    whole = Property(conjunction([p.state for *_, p in parts]), conjunction([p.step for *_, p in parts]))
    question = Question(f"the switch: never worse for {role}", around.twin.system, whole, None)
    (verdict,) = asker.ask([question], _lemmas(around), wanted=Manner("story"))
    match verdict:
        case Proved():
            return Switched(role, "not stricter", around, None)
        case Vacuous():  # nobody lives through the switch: nothing is shown
            return Switched(role, "undecided", around, None, Punished("undecided"), "nobody there")
        case Refuted():
            outcome, own = _blamed(around, verdict, parts)
            told = Distinction(outcome, replace(question, property=own), verdict, role, "stricter")
            return Switched(role, "stricter", around, told, punished(around, role, parts, told, asker))
        case _:
            return Switched(role, "undecided", around, None, punished(around, role, parts, None, asker))


def _blamed(
    around: Comparison, verdict: Refuted, parts: Sequence[tuple[Outcome, Order, Property]]
) -> tuple[Outcome, Property]:
    """Return the first outcome that is worse at the end of the history."""
    for outcome, _, claim in parts:
        if interpret.violation(around.twin.system, verdict.trace, claim) == verdict.at:
            return outcome, claim
    raise AssertionError("a conjunction fails, but none of its parts does")


def _lemmas(around: Comparison) -> tuple[Question, ...]:
    """Return guesses at why the copies agree: up to the day of the switch they do."""
    system = around.twin.system
    before = _before(around)
    found: list[Question] = []
    for name, e in lemma_candidates(around.twin):
        found.append(Question(f"lemma {name}", system, Property(e, TRUE), None))
        if name.endswith("="):
            found.append(Question(f"lemma {name} before", system, Property(Or((Not(before), e)), TRUE), None))
    return tuple(found)


def _before(around: Comparison) -> Expr:
    effective = around.wordings.effective
    return Less(Var(TODAY, DATE), day_of(effective), strict=True)


# --- the system around the switch ----------------------------------------------------------------


def _around(made: Comparison) -> Comparison | None:
    """Return the comparison of the old wording with the one that changes on the day of the switch.

    None where new values of the old wording need new ones of the new wording, and the other way round.
    """
    effective = made.wordings.effective
    old = quiet(made.aligned.old, effective)
    new = switched(made, Naming("", NOW))
    told = switched(made, Naming(THEN, NOW))
    if new is None or told is None:
        return None
    wordings = replace(
        made.wordings,
        old=replace(made.wordings.old, system=old),
        new=replace(made.wordings.new, system=_telling(made, told), symbols=_of_either(made)),
        written=None,
    )
    stems = {s.name: s.name.removesuffix(NOW).removesuffix(THEN) for s in new.schedules}
    plain = twin(old, new, alike=stems)
    return Comparison(wordings, Aligned(old, new, Names({}), ()), plain, plain)


def _of_either(made: Comparison) -> Mapping[str, Symbol]:
    """Return what the wording that follows the other speaks of, with the states of the old one that are no more."""
    mine, theirs = made.wordings.old.symbols, made.wordings.new.symbols
    return {**{name: s for name, s in mine.items() if s.kind == "state" or name in theirs}, **theirs}


def _telling(made: Comparison, told: System) -> System:
    """Return `told` with what each name means on the day at hand."""
    before = Less(Var(TODAY, DATE), day_of(made.wordings.effective), strict=True)
    alike = said_alike(made.aligned.old, made.aligned.new)
    bodies = {d.name: d for d in made.aligned.new.definitions}
    extra = [
        Definition(d.name, d.sort, Ite(before, Use(d.name + THEN, d.sort), Use(d.name + NOW, d.sort)), d.clause)
        for d in made.aligned.old.definitions
        if d.name not in alike and d.name in bodies and bodies[d.name].sort == d.sort
    ]
    return replace(told, definitions=(*told.definitions, *extra))
