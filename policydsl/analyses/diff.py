"""Two wordings compared: by outcome, role and reading, with the shortest histories that part them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Literal, TypeAlias

from policydsl.analyses import diff_outcomes as ask_of
from policydsl.analyses.diff_align import Aligned, align
from policydsl.analyses.diff_ask import Asks
from policydsl.analyses.diff_outcomes import Outcome, lemma_candidates, outcomes, unchanged
from policydsl.analyses.diff_product import Twin, everywhere, twin
from policydsl.analyses.readings import Case, retell
from policydsl.core.copies import BOTH, Side
from policydsl.core.expr import TRUE, And, EnumLit, EnumSort, Equal, Expr, Var
from policydsl.core.system import Parameter, Property, Question, System
from policydsl.core.walk import definition_table, expressions, names, nodes, rewrite, slice_system
from policydsl.engines.verdict import Bounded, Manner, Proved, Refuted, Unknown, Vacuous, Verdict
from policydsl.front.draft import conjunction
from policydsl.front.loaded import Order
from policydsl.front.wordings import Expected, Wordings

Relation: TypeAlias = Literal[
    "equivalent",
    "stricter",
    "more lenient",
    "incomparable",
    "different",
    "undecided",
    "not stricter",
    "not more lenient",
    "no history",
]
"""What the new wording is beside the old one: stricter is worse for the role in question, proved in every history.

`different` is said where nothing says what is better; `not stricter` where the other direction is not decided;
`no history` where no history is one of both wordings, so that there is nothing to compare.
"""


@dataclass(frozen=True, slots=True)
class Judged:
    """What came out of an outcome: whether it is always the same, and by role whether never worse, never better.

    `order` says what is better for the role. Verdicts are about the product: `Refuted` has a history of it.
    """

    outcome: Outcome
    same: Verdict | None
    roles: tuple[tuple[Order, Verdict, Verdict], ...]

    @property
    def relation(self) -> Relation:
        """Whether both wordings always give the same; None as verdict means that they do by construction."""
        return _relation(self.same)


def _relation(same: Verdict | None) -> Relation:
    match same:
        case None | Proved():
            return "equivalent"
        case Vacuous():
            return "no history"
        case Refuted():
            return "different"
        case _:
            return "undecided"


@dataclass(frozen=True, slots=True)
class Context:
    """Some of the histories: those with these readings. `fixed` gives readings of the product their options."""

    called: str
    fixed: tuple[tuple[str, str], ...]
    assume: tuple[Expr, ...] = ()


EVERYWHERE = Context("every reading", ())


@dataclass(frozen=True, slots=True)
class Summary:
    """The wordings as a whole in some context: whether all is the same, and what they are for each role."""

    context: Context
    same: Verdict | None
    roles: tuple[tuple[str, Relation], ...]

    @property
    def relation(self) -> Relation:
        """What can be said without naming a role."""
        return _relation(self.same)


@dataclass(frozen=True, slots=True)
class Settled:
    """The new wording is the old one with `reading` read as `option`, and that is proved."""

    reading: str
    option: str


@dataclass(frozen=True, slots=True)
class Distinction:
    """A shortest history in which `outcome` parts the wordings. `for_role` and `direction` say what the new one is."""

    outcome: Outcome
    question: Question
    verdict: Refuted
    for_role: str | None
    direction: Literal["stricter", "more lenient", "different"]


@dataclass(eq=False, slots=True)
class Comparison:
    """All that is known of two wordings; `judged` in the order of the old text. `asked` holds questions once made."""

    wordings: Wordings
    aligned: Aligned
    twin: Twin
    lone: Twin
    outcomes: tuple[Outcome, ...] = ()
    judged: tuple[Judged, ...] = ()
    overall: Summary = field(default_factory=lambda: Summary(EVERYWHERE, None, ()))
    by_default: Summary | None = None
    by_reading: tuple[Summary, ...] = ()
    settled: tuple[Settled, ...] = ()
    distinctions: tuple[Distinction, ...] = ()
    asked: dict[tuple[str, str | None, str], tuple[Property, ...]] = field(default_factory=dict)

    def twin_of(self, outcome: Outcome) -> Twin:
        """Return the product in which `outcome` is asked about."""
        return self.lone if outcome.kind == "choices" else self.twin


def compare(wordings: Wordings, renames: Mapping[str, str], asker: Asks, *, readings: bool = True) -> Comparison:
    """Return what the new wording is beside the old one.

    Gives:    for each outcome, role and reading a verdict of the engines, checked as every verdict is.
    Sound:    see `diff_product.twin`; undecided is said where neither a proof nor a history was found.
    """
    made = _begun(wordings, renames)
    made.judged = _judge(made, made.outcomes, EVERYWHERE, asker)
    made.overall = _sum_up(made.judged, EVERYWHERE)
    if made.overall.relation not in {"equivalent", "no history"} and readings:
        _by_reading(made, asker)
    made.distinctions = tuple(_distinctions(made, asker))
    return made


def _begun(wordings: Wordings, renames: Mapping[str, str]) -> Comparison:
    aligned = align(wordings.old, wordings.new, renames)
    apart = _apart(aligned)
    plain = twin(aligned.old, aligned.new, apart=apart)
    every = outcomes(wordings.old, wordings.new, aligned, plain)
    lone = twin(aligned.old, aligned.new, apart=apart, lone=True) if _choices_differ(every, plain) else plain
    return Comparison(wordings, aligned, plain, lone, every)


def foreseen(wordings: Wordings, renames: Mapping[str, str], asker: Asks) -> tuple[tuple[Expected, Summary], ...]:
    """Return what the wordings are of what, and where, the amendment's author expects something; no more is asked."""
    made = _begun(wordings, renames)
    unknown = Unknown("not asked", ())
    made.judged = tuple(
        Judged(o, None, ())
        if unchanged(o, made.twin_of(o))
        else Judged(o, unknown, tuple((r, unknown, unknown) for r in o.orders))
        for o in made.outcomes
    )
    found: list[tuple[Expected, Summary]] = []
    for said in wordings.expected:
        changed = [
            j.outcome
            for j in made.judged
            if j.relation != "equivalent" and (not said.outcomes or j.outcome.name in said.outcomes)
        ]
        assume = () if said.under is None else (parameter_expr(made, said.under),)
        context = Context(said.under_text, (), assume)
        if said.effect in {"equivalent", "different"} and not said.roles and not _same_text(made, changed, context):
            found.append((said, Summary(context, _whole(made, changed, None, "same", context, asker), ())))
        else:
            found.append((said, _summary(made, changed, context, asker)))
    return tuple(found)


def _choices_differ(every: Iterable[Outcome], plain: Twin) -> bool:
    return any(o.kind == "choices" and not unchanged(o, plain) for o in every)


def _apart(aligned: Aligned) -> frozenset[str]:
    """Return the readings of which one wording assumes what the other does not: they are read apart."""
    one, other = (set(s.assumptions) for s in (aligned.old, aligned.new))
    readings = {p.name for s in (aligned.old, aligned.new) for p in s.parameters if p.is_reading}
    return frozenset(n.name for e in one ^ other for n in nodes(e) if isinstance(n, Var) and n.name in readings)


# --- outcome by outcome --------------------------------------------------------------------------


def question_of(made: Comparison, outcome: Outcome, claim: Property, key: str, context: Context) -> Question:
    """Return `claim` about the product as a question."""
    system = made.twin_of(outcome).system
    return Question(f"{outcome.called}: {key}", within(system, context), claim, None)


def within(system: System, context: Context) -> System:
    """Return `system` with the readings of `context` alone."""
    sorts = {p.name: p.sort for p in system.parameters}
    fixed: list[Expr] = []
    for name, option in context.fixed:
        sort = sorts[name]
        assert isinstance(sort, EnumSort)
        fixed.append(Equal(Var(name, sort), EnumLit(sort, option)))
    more = (*fixed, *context.assume)
    return system if not more else replace(system, assumptions=(*system.assumptions, *more))


def helpers(made: Comparison, system: System) -> tuple[Question, ...]:
    """Return what may relate the two copies, as lemmas to be tried."""
    guesses = lemma_candidates(made.twin)
    return tuple(Question(f"lemma {n}", system, Property(e, TRUE), None) for n, e in guesses)


def _judge(made: Comparison, every: Sequence[Outcome], context: Context, asker: Asks) -> tuple[Judged, ...]:
    """Return the verdicts on each outcome in `context`."""
    asked: list[tuple[int, Order | None, str, Question]] = []
    for i, outcome in enumerate(every):
        where = made.twin_of(outcome)
        if unchanged(outcome, where):
            continue
        same = ask_of.same(outcome, where)
        asked.append((i, None, "same", question_of(made, outcome, same, "always the same", context)))
        for order in outcome.orders:
            worse, better = ask_of.never_worse(outcome, order, where), ask_of.never_better(outcome, order, where)
            said = f"for {order.role}"
            asked.append((i, order, "worse", question_of(made, outcome, worse, f"never worse {said}", context)))
            asked.append((i, order, "better", question_of(made, outcome, better, f"never better {said}", context)))
    verdicts = _answers(made, [q for *_, q in asked], asker)
    found = {(i, None if o is None else o.role, word): v for (i, o, word, _), v in zip(asked, verdicts, strict=True)}
    return tuple(
        Judged(o, found.get((i, None, "same")),
               tuple((r, found[i, r.role, "worse"], found[i, r.role, "better"]) for r in o.orders)
               if (i, None, "same") in found else ())
        for i, o in enumerate(every)
    )  # fmt: skip


def _answers(made: Comparison, questions: Sequence[Question], asker: Asks) -> list[Verdict]:
    """Ask, product by product."""
    by_system: dict[int, list[int]] = {}
    for i, q in enumerate(questions):
        by_system.setdefault(id(q.system.variables), []).append(i)
    found: dict[int, Verdict] = {}
    for places in by_system.values():
        some = [questions[i] for i in places]
        found.update(zip(places, asker.ask(some, helpers(made, some[0].system)), strict=True))
    return [found[i] for i in range(len(questions))]


# --- all together --------------------------------------------------------------------------------


def relation_of(worse: Verdict, better: Verdict) -> Relation:
    """Return what the new wording is, given whether it is never worse and whether it is never better."""
    match worse, better:
        case (Proved() | Vacuous(), Proved() | Vacuous()):
            return "equivalent"
        case (Refuted(), Refuted()):
            return "incomparable"
        case (Refuted(), Proved() | Vacuous()):
            return "stricter"
        case (Proved() | Vacuous(), Refuted()):
            return "more lenient"
        case (Proved() | Vacuous(), _):
            return "not stricter"
        case (_, Proved() | Vacuous()):
            return "not more lenient"
        case _:
            return "undecided"


def joined(relations: Iterable[Relation]) -> Relation:
    """Return what wordings are that are `relations` in their parts."""
    left = set(relations) - {"equivalent"}
    if "incomparable" in left or {"stricter", "more lenient"} <= left:
        return "incomparable"
    if len(left) <= 1:
        return left.pop() if left else "equivalent"
    if left <= {"stricter", "not more lenient"}:
        return "stricter"
    if left <= {"more lenient", "not stricter"}:
        return "more lenient"
    return "undecided"


def _sum_up(judged: Sequence[Judged], context: Context) -> Summary:
    roles: dict[str, list[Relation]] = {}
    for j in judged:
        for order, worse, better in j.roles:
            roles.setdefault(order.role, []).append(relation_of(worse, better))
    open_ = [j.same for j in judged if j.relation != "equivalent"]
    refuted = next((v for v in open_ if isinstance(v, Refuted)), None)
    same = refuted or next(iter(open_), None)
    return Summary(context, same, tuple((role, joined(found)) for role, found in roles.items()))


# --- reading by reading --------------------------------------------------------------------------


def _by_reading(made: Comparison, asker: Asks) -> None:
    changed = [j.outcome for j in made.judged if j.relation != "equivalent"]
    seen = _visible(made, changed)
    free = {p.name for p in seen if not _assumed(made, p.name)}
    defaults = tuple((p.name, str(p.default)) for p in seen if p.name in free)
    if not seen:
        return
    made.by_default = _summary(made, changed, Context("every reading at its default", defaults), asker)
    rows: list[Summary] = []
    whole, asker.budget = asker.budget, replace(asker.budget, seconds=asker.budget.seconds / _SHARE)
    for p in seen:
        assert isinstance(p.sort, EnumSort)
        if p.name not in free:
            continue
        options = [Context(f"{_bare(p.name)} is {option}", ((p.name, option),)) for option in p.sort.values]
        rows.extend(_summary(made, changed, context, asker) for context in options)
    asker.budget = whole
    made.by_reading = tuple(rows)
    made.settled = tuple(_settled(made, seen))


_SHARE = 4
"""Each option of a reading gets this part of a question's time: there are many of them."""


def _twins(made: Comparison) -> tuple[Twin, ...]:
    return (made.twin,) if made.lone is made.twin else (made.twin, made.lone)


def _bare(name: str) -> str:
    return name.removeprefix("first/").removeprefix("second/")


def _assumed(made: Comparison, name: str) -> bool:
    """Return whether the new wording alone restricts the reading `name`: then it is settled, not free."""
    return name.startswith("second/") and any(
        isinstance(n, Var) and n.name == name for e in made.twin.system.assumptions for n in nodes(e)
    )


def _visible(made: Comparison, changed: Sequence[Outcome]) -> list[Parameter]:
    """Return the readings that bear on any of the outcomes that differ."""
    found: dict[str, Parameter] = {}
    for where in _twins(made):
        exprs = [
            e
            for o in changed
            if made.twin_of(o) is where
            for e in (ask_of.same(o, where).state, ask_of.same(o, where).step)
        ]
        part = slice_system(where.system, exprs)
        table = definition_table(part)
        used = {n for _, e in expressions(part) for n in names(e, table)} | {n for e in exprs for n in names(e, table)}
        found |= {p.name: p for p in part.parameters if p.is_reading and p.name in used}
    return list(found.values())


def _summary(made: Comparison, changed: Sequence[Outcome], context: Context, asker: Asks) -> Summary:
    """Return what the wordings are in `context`: first what the histories at hand show, then what the solver says."""
    shown = _at_hand(made, changed, context)
    if shown is None and _same_text(made, changed, context):
        return Summary(
            context, None, tuple((r, "equivalent") for r in dict.fromkeys(o.role for x in changed for o in x.orders))
        )
    same = shown or _whole(made, changed, None, "same", context, asker)
    roles: list[tuple[str, Relation]] = []
    names_ = dict.fromkeys(order.role for o in changed for order in o.orders)
    for role in names_:
        if isinstance(same, Proved | Vacuous):
            roles.append((role, "equivalent"))
            continue
        worse = _whole(made, changed, role, "worse", context, asker)
        better = _whole(made, changed, role, "better", context, asker)
        roles.append((role, relation_of(worse, better)))
    return Summary(context, same, tuple(roles))


def _same_text(made: Comparison, changed: Sequence[Outcome], context: Context) -> bool:
    """Return whether, with the readings of `context` put in, `changed` are the same text over shared names."""
    given = [*context.assume, *within(made.twin.system, context).assumptions]
    fixed: dict[Side, dict[str, Expr]] = {side: {} for side in BOTH}
    for e in (part for whole in given for part in (whole.args if isinstance(whole, And) else (whole,))):
        if isinstance(e, Equal) and isinstance(e.left, Var) and isinstance(e.right, EnumLit):
            for side in BOTH:
                copy = made.twin.copy(side)
                fixed[side] |= {p.name: e.right for p in copy.system.parameters if copy.rigid(p) == e.left.name}
    if not any(
        made.twin.copy(side).rigid(p) != p.name for side in BOTH for p in made.twin.copy(side).system.parameters
    ):
        return False  # no reading is read apart: putting options in makes nothing alike
    old, new = (_put_in(made.twin.copy(side).system, fixed[side]) for side in BOTH)
    alike = twin(old, new, apart=_apart(made.aligned))
    names_ = {o.called for o in changed}
    every = outcomes(made.wordings.old, made.wordings.new, replace(made.aligned, old=old, new=new), alike)
    return all(unchanged(o, alike) for o in every if o.called in names_)


def _put_in(system: System, fixed: Mapping[str, Expr]) -> System:
    def change(node: Expr) -> Expr | None:
        return fixed.get(node.name) if isinstance(node, Var) else None

    return everywhere(system, lambda e: rewrite(e, change))


def _whole(  # noqa: PLR0913, PLR0917  what is asked, of whom, where
    made: Comparison, changed: Sequence[Outcome], role: str | None, word: str, context: Context, asker: Asks
) -> Verdict:
    """Return the verdict on all of `changed` at once."""
    worst: Verdict | None = None
    for where in _twins(made):
        own = [o for o in changed if made.twin_of(o) is where]
        question = _joint(made, own, role, word, context)
        if question is None:
            continue
        verdict: Verdict | None = _shown(made, own, role, word, question, context)
        if verdict is None:
            verdict = asker.ask([question], helpers(made, question.system))[0]
        if isinstance(verdict, Refuted):
            return verdict
        if worst is None or isinstance(verdict, Bounded | Unknown):
            worst = verdict
    return _proved(made, role, word) if worst is None else worst


def _claims(made: Comparison, outcome: Outcome, role: str | None, word: str) -> tuple[Property, ...]:
    """Return what is to be asked about `outcome`: what is proved of every history need not be asked of some."""
    key = (outcome.called, role, word)
    if key not in made.asked:
        made.asked[key] = tuple(_to_ask(made, outcome, role, word))
    return made.asked[key]


def _to_ask(made: Comparison, outcome: Outcome, role: str | None, word: str) -> Iterator[Property]:
    where = made.twin_of(outcome)
    j = next(j for j in made.judged if j.outcome is outcome)
    if role is None and not isinstance(j.same, Proved | Vacuous):
        yield ask_of.same(outcome, where)
    for order, worse, better in j.roles:
        if order.role == role and not isinstance(worse if word == "worse" else better, Proved | Vacuous):
            make = ask_of.never_worse if word == "worse" else ask_of.never_better
            yield make(outcome, order, where)


def _proved(made: Comparison, role: str | None, word: str) -> Verdict:
    """Return a proof that `word` holds in every history, where all of its parts are proved."""
    every = (
        v
        for j in made.judged
        for v in ([j.same] if role is None else [w if word == "worse" else b for o, w, b in j.roles if o.role == role])
    )
    return next((v for v in every if isinstance(v, Proved | Vacuous)), Unknown("nothing to compare", ()))


def _at_hand(made: Comparison, changed: Sequence[Outcome], context: Context) -> Refuted | None:
    """Return a history at hand that parts the wordings in `context`: the same text needs not be looked for then."""
    for where in _twins(made):
        own = [o for o in changed if made.twin_of(o) is where]
        question = _joint(made, own, None, "same", context)
        if question is not None and (found := _shown(made, own, None, "same", question, context)) is not None:
            return found
    return None


def _joint(made: Comparison, own: Sequence[Outcome], role: str | None, word: str, context: Context) -> Question | None:
    """Return the question about all of `own`, of one product, at once; None if all of it is proved."""
    claims = [p for o in own for p in _claims(made, o, role, word)]
    if not claims:
        return None
    whole = Property(conjunction([p.state for p in claims]), conjunction([p.step for p in claims]))
    system = within(made.twin_of(own[0]).system, context)
    return Question(f"{word} {role or ''} {context.called}", system, whole, None)


def _shown(  # noqa: PLR0913, PLR0917  as above
    made: Comparison, own: Sequence[Outcome], role: str | None, word: str, question: Question, context: Context
) -> Refuted | None:
    """Return a history at hand that refutes `question`, retold with its readings."""
    if context.assume:
        return None
    case = Case("", "", context.fixed, (0, 0))
    found = islice(_refutations(made, own, role, word), _MOST)
    return next((told for verdict in found if (told := retell(question, case, verdict)) is not None), None)


_MOST = 12


def _refutations(made: Comparison, own: Sequence[Outcome], role: str | None, word: str) -> Iterator[Refuted]:
    found: list[Refuted] = []
    for j in made.judged:
        if j.outcome not in own:
            continue
        if role is None and isinstance(j.same, Refuted):
            found.append(j.same)
        for order, worse, better in j.roles:
            verdict = worse if word == "worse" else better
            if order.role == role and isinstance(verdict, Refuted):
                found.append(verdict)
    yield from sorted(found, key=lambda v: len(v.trace.steps))


def _settled(made: Comparison, seen: Sequence[Parameter]) -> Iterator[Settled]:
    """Yield the readings of the old wording alone of which one option makes the wordings equivalent, and others not."""
    for p in seen:
        rows = [s for s in made.by_reading if s.context.fixed and s.context.fixed[0][0] == p.name]
        equal = [s.context.fixed[0][1] for s in rows if s.relation == "equivalent"]
        if p.name.startswith("first/") and len(equal) == 1 and all(s.relation != "undecided" for s in rows):
            yield Settled(_bare(p.name), equal[0])


# --- the shortest histories ----------------------------------------------------------------------


def _distinctions(made: Comparison, asker: Asks) -> Iterator[Distinction]:
    """Yield for each role a shortest history in each direction that there is; without orders, one that differs."""
    places = {id(j): n for n, j in enumerate(made.judged)}
    chosen: list[tuple[Judged, Order | None, str]] = []
    for role in dict.fromkeys(order.role for j in made.judged for order, *_ in j.roles):
        for word in ("worse", "better"):
            fits = [
                (_declared(made, order), len(v.trace.steps), places[id(j)], j, order)
                for j in made.judged
                for order, worse, better in j.roles
                if order.role == role and isinstance(v := worse if word == "worse" else better, Refuted)
            ]
            if fits:
                *_, j, order = min(fits, key=lambda f: (f[1], f[0], f[2]))
                chosen.append((j, order, word))
    if not chosen:
        plain = [(len(j.same.trace.steps), places[id(j)], j) for j in made.judged if isinstance(j.same, Refuted)]
        if plain:
            chosen.append((min(plain, key=lambda f: f[:2])[2], None, "same"))
    for j, chosen_order, word in chosen:
        told = _told(made, j, chosen_order, word, asker)
        if told is not None:
            yield told


def _declared(made: Comparison, order: Order) -> int:
    orders = made.wordings.old.orders
    return orders.index(order) if order in orders else len(orders)


def _told(made: Comparison, j: Judged, order: Order | None, word: str, asker: Asks) -> Distinction | None:
    """Return the history, made small and believable: at the defaults of the readings, if it is there as short."""
    where = made.twin_of(j.outcome)
    if order is None:
        claim, first = ask_of.same(j.outcome, where), j.same
    else:
        make = ask_of.never_worse if word == "worse" else ask_of.never_better
        claim = make(j.outcome, order, where)
        first = next(w if word == "worse" else b for o, w, b in j.roles if o == order)
    assert isinstance(first, Refuted)
    question = Question(f"{j.outcome.called}: story", where.system, claim, None)
    (verdict,) = asker.ask([question], helpers(made, where.system), wanted=Manner("story", suspect=True))
    direction: Literal["stricter", "more lenient", "different"] = "different"
    if order is not None:
        direction = "stricter" if word == "worse" else "more lenient"
    found = verdict if isinstance(verdict, Refuted) else first
    return Distinction(j.outcome, question, found, None if order is None else order.role, direction)


def parameter_expr(made: Comparison, e: Expr) -> Expr:
    """Return the condition `e` on parameters of either wording as one on the product's."""
    rigid: dict[str, str] = {}
    for side in reversed(BOTH):
        copy = made.twin.copy(side)
        rigid |= {p.name: copy.rigid(p) for p in copy.system.parameters}
    sorts = {p.name: p.sort for p in made.twin.system.parameters}

    def change(node: Expr) -> Expr | None:
        if isinstance(node, Var) and node.name in rigid:
            return Var(rigid[node.name], sorts[rigid[node.name]])
        if isinstance(node, EnumLit) and isinstance(s := sorts.get(rigid.get(node.sort.name, "")), EnumSort):
            return EnumLit(s, node.value)
        return None

    return rewrite(e, change)


def expected(made: Comparison, said: Expected, asker: Asks) -> Summary:
    """Return what the wordings are where, and of what, an amendment's author expects something."""
    judged = [j for j in made.judged if not said.outcomes or j.outcome.name in said.outcomes]
    changed = [j.outcome for j in judged if j.relation != "equivalent"]
    if said.under is None or not changed:
        return _sum_up(judged, EVERYWHERE)
    return _summary(made, changed, Context(said.under_text, (), (parameter_expr(made, said.under),)), asker)
