"""Two wordings compared in some of their histories: under a reading, at the defaults, where an author expects it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TypeAlias

from policydsl.analyses import diff_outcomes as ask_of
from policydsl.analyses.comparison import (
    EVERYWHERE,
    OPEN,
    Comparison,
    Context,
    Relation,
    Settled,
    Summary,
    relation_of,
    within,
)
from policydsl.analyses.diff_align import COMMON, read_apart
from policydsl.analyses.diff_apart import changed_hands
from policydsl.analyses.diff_ask import Asks, spending
from policydsl.analyses.diff_joint import claims_of, fails_too, guesses, joint, parted_at_hand, shown, twins
from policydsl.analyses.diff_outcomes import Outcome, Word, outcomes, unchanged
from policydsl.analyses.diff_product import twin
from policydsl.analyses.readings import Room
from policydsl.core.conditions import conjuncts
from policydsl.core.cone import slice_system
from policydsl.core.expr import FALSE, EnumLit, EnumSort, Equal, Expr, Var, literal
from policydsl.core.fold import put_in
from policydsl.core.moves import BOTH, Side, without_side
from policydsl.core.system import Parameter, Question, System
from policydsl.core.walk import definition_table, expressions, names, nodes, rewrite
from policydsl.engines.verdict import Bounded, Manner, Proved, Refuted, Unknown, Vacuous, Verdict

# --- reading by reading --------------------------------------------------------------------------


def by_reading(made: Comparison, asker: Asks) -> None:
    """Fill in what the wordings are with every reading at its default, and under each option of each reading."""
    changed = [j.outcome for j in made.judged if j.relation != "equivalent"]
    seen = _visible(made, changed)
    free = [p for p in seen if not _assumed(made, p.name)]
    if not seen:
        return
    room, system = Room(), made.twin.system
    defaults = Context("every reading at its default", tuple(
        (p.name, str(p.default)) for p in seen
        if p.default in _options(made, p) and room.is_left(system, ((p.name, str(p.default)),))
    ))  # fmt: skip
    (made.by_default,) = summaries(made, changed, [defaults], asker)
    if _is_open(made.by_default):
        with spending(asker, asker.budget.seconds * LONGER):
            (made.by_default,) = summaries(made, changed, [defaults], asker, piecewise=True)
    options = [
        Context(f"{without_side(p.name)} is {option}", ((p.name, option),))
        for p in free
        for option in _options(made, p)
    ]
    with spending(asker, asker.budget.seconds / _SHARE):
        made.by_reading = tuple(summaries(made, changed, options, asker))
    made.settled = tuple(_settled(made, seen))


def _is_open(summary: Summary) -> bool:
    """Return whether it is not decided of some role what the wordings are."""
    return any(relation in OPEN for _, relation in summary.roles)


LONGER = 3
"""What is not decided gets so many times the time in the end."""
_SHARE = 4
"""Each option of a reading gets this part of a question's time: there are many of them."""


def _options(made: Comparison, p: Parameter) -> tuple[str, ...]:
    """Return the options of the product's reading `p`: of one that both wordings share, those that both have."""
    assert isinstance(p.sort, EnumSort)
    only = made.aligned.only(p.sort) if p.name == without_side(p.name) else frozenset()
    return tuple(v for v in p.sort.values if v not in only)


def _assumed(made: Comparison, name: str) -> bool:
    """Return whether the new wording alone restricts the reading `name`: then it is settled, not free."""
    return name.startswith("second/") and any(
        isinstance(n, Var) and n.name == name for e in made.twin.system.assumptions for n in nodes(e)
    )


def _visible(made: Comparison, changed: Sequence[Outcome]) -> list[Parameter]:
    """Return the readings that bear on any of the outcomes that differ."""
    found: dict[str, Parameter] = {}
    for where in twins(made):
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


def summaries(
    made: Comparison, changed: Sequence[Outcome], contexts: Sequence[Context], asker: Asks, *, piecewise: bool = False
) -> list[Summary]:
    """Return what the wordings are in each of `contexts`: what the histories at hand show, then what the solver says.

    What is left is asked of all contexts at once: they share what is built for it.
    """
    alike = [parted_at_hand(made, changed, c) is None and same_text(made, changed, c) for c in contexts]
    open_ = [c for c, same in zip(contexts, alike, strict=True) if not same]
    found = dict(zip(map(id, open_), wholes(made, changed, [(c, None, "same") for c in open_], asker), strict=True))
    roles = list(dict.fromkeys(order.role for o in changed for order in o.orders))
    apart = [c for c in open_ if not isinstance(found[id(c)], Proved | Vacuous)]
    wanted: list[Wanted] = [(c, role, word) for c in apart for role in roles for word in ("worse", "better")]
    verdicts = iter(wholes(made, changed, wanted, asker, parted=found, piecewise=piecewise))
    relations = {(id(c), role): relation_of(next(verdicts), next(verdicts)) for c in apart for role in roles}
    rows: list[Summary] = []
    for c in contexts:
        plain: Relation = "no history" if isinstance(found.get(id(c)), Vacuous) else "equivalent"
        said: tuple[tuple[str, Relation], ...] = tuple((r, relations.get((id(c), r), plain)) for r in roles)
        rows.append(Summary(c, found.get(id(c)), said))
    return rows


def by_text(made: Comparison, summaries_: Iterable[Summary]) -> Iterator[Question]:
    """Yield what `same_text` alone has shown of some of `summaries_`, as questions: proofs take its place."""
    changed = [j.outcome for j in made.judged if j.relation != "equivalent"]
    contexts = [s.context for s in summaries_ if s.same is None and s.context != EVERYWHERE] if changed else []
    for context in contexts:
        for where in twins(made):
            question = joint(made, [o for o in changed if made.twin_of(o) is where], None, "same", context)
            if question is not None:
                yield question


def same_text(made: Comparison, changed: Sequence[Outcome], context: Context) -> bool:
    """Return whether `changed` are the same text over shared names, the readings of `context` put in."""
    given = [*context.assume, *within(made.twin.system, context).assumptions]
    if _restricted(made, context):
        return False  # it may have no history at all
    fixed: dict[Side, dict[str, Expr]] = {side: {} for side in BOTH}
    told: dict[str, Expr] = {}
    for e in (part for whole in given for part in conjuncts(whole)):
        if isinstance(e, Equal) and isinstance(e.left, Var) and isinstance(e.right, EnumLit):
            if told.setdefault(e.left.name, e.right) != e.right:
                return False
            for side in BOTH:
                copy = made.twin.copy(side)
                fixed[side] |= {p.name: e.right for p in copy.system.parameters if copy.rigid(p) == e.left.name}
    if not any(fixed.values()):
        return False  # nothing is put in, so nothing becomes alike
    names_ = frozenset(o.called for o in changed)
    key = names_, frozenset(told.items())
    if key not in made.alike:
        made.alike[key] = _same_put_in(made, names_, fixed)
    return made.alike[key]


def _same_put_in(made: Comparison, changed: frozenset[str], fixed: Mapping[Side, Mapping[str, Expr]]) -> bool:
    """Return whether the outcomes `changed` are the same text once these values are put in."""
    old, new = (put_in(made.twin.copy(side).system, fixed[side]) for side in BOTH)
    alike = twin(old, new, apart=read_apart(made.aligned))
    every = outcomes(made.wordings.old, made.wordings.new, replace(made.aligned, old=old, new=new), alike)
    return all(unchanged(o, alike) for o in every if o.called in changed)


def _restricted(made: Comparison, context: Context) -> bool:
    """Return whether a wording says more of what `context` is about than which values that can have."""
    limits = {made.twin.copy(side).seen(e) for side in BOTH for e in made.aligned.limits}
    about = {name for name, _ in context.fixed} | {
        n.name for e in context.assume for n in nodes(e) if isinstance(n, Var)
    }
    return any(
        isinstance(n, Var) and n.name in about
        for e in made.twin.system.assumptions
        if e not in limits
        for n in nodes(e)
    )


Wanted: TypeAlias = tuple[Context, str | None, Word]
"""In some histories, for a role (None: for nobody in particular): `same`, or (never) `worse`, (never) `better`."""


def wholes(  # noqa: PLR0913  what is asked, of what, and what is known of it
    made: Comparison,
    changed: Sequence[Outcome],
    wanted: Sequence[Wanted],
    asker: Asks,
    *,
    parted: Mapping[int, Verdict] = MappingProxyType({}),
    piecewise: bool = False,
) -> list[Verdict]:
    """Return the verdicts on all of `changed` at once, for each of `wanted`; if left open, `piecewise`, one by one.

    `parted` has for contexts, by identity, whether the wordings are the same there: a history in which they are not
    is worse or better for somebody.
    """
    found: list[list[Verdict]] = [[] for _ in wanted]
    left: list[tuple[int, Question]] = []
    for i, (context, role, word) in enumerate(wanted):
        mine: list[Question] = []
        for where in twins(made):
            own = [o for o in changed if made.twin_of(o) is where]
            question = joint(made, own, role, word, context)
            if question is not None:
                told = shown(made, own, role, word, context) or fails_too(question, parted.get(id(context)))
                if told is None:
                    mine.append(question)
                else:
                    found[i].append(told)
        if not found[i]:
            left += [(i, q) for q in mine]
    lemmas = guesses(made) if left else []
    for where in twins(made):  # what one product has refuted is not asked of the other
        asked = [
            (i, q)
            for i, q in left
            if q.system.variables is where.system.variables and not any(isinstance(v, Refuted) for v in found[i])
        ]
        verdicts = asker.ask([q for _, q in asked], lemmas) if asked else []
        for n, (i, question) in enumerate(asked if piecewise else ()):
            if isinstance(verdicts[n], Bounded | Unknown):
                verdicts[n] = _piecewise(verdicts[n], _pieces(made, wanted[i], question), lemmas, asker)
        for (i, _), verdict in zip(asked, verdicts, strict=True):
            found[i].append(verdict)
    for verdict in (v for own in found for v in own if isinstance(v, Refuted)):
        if all(verdict.trace != v.trace for v in made.met):
            made.met.append(verdict)
    return [_worst(made, role, word, own) for (_, role, word), own in zip(wanted, found, strict=True)]


def _pieces(made: Comparison, wanted: Wanted, whole: Question) -> Iterator[Question]:
    """Yield what `whole` asks of several outcomes of one product at once, one by one."""
    _, role, word = wanted
    for j in made.judged:
        if j.relation != "equivalent" and made.twin_of(j.outcome).system.variables is whole.system.variables:
            for i, claim in enumerate(claims_of(made, j.outcome, role, word)):
                yield replace(whole, key=f"{j.outcome.called}, {i}: {whole.key}", property=claim)


def _piecewise(whole: Verdict, pieces: Iterable[Question], lemmas: Sequence[Question], asker: Asks) -> Verdict:
    """Return the verdict on all of `pieces`, which are likely to hold, where that on the `whole` is open.

    Each is asked by itself: beside others, much of its time goes to what they have to do with each other.
    """
    verdict = whole
    for piece in pieces:
        (verdict,) = asker.ask([piece], lemmas, wanted=Manner("verdict"))
        if not isinstance(verdict, Proved | Vacuous):
            return verdict if isinstance(verdict, Refuted) else whole
    return verdict


def _worst(made: Comparison, role: str | None, word: Word, parts: Sequence[Verdict]) -> Verdict:
    """Return the verdict on all of it, given those on its parts; none had to be asked where all is proved."""
    for kind in (Refuted, Bounded | Unknown):
        worst = next((v for v in parts if isinstance(v, kind)), None)
        if worst is not None:
            return worst
    return parts[0] if parts else _proved(made, role, word)


def _proved(made: Comparison, role: str | None, word: Word) -> Verdict:
    """Return a proof that `word` holds in every history, where all of its parts are proved."""
    every = (v for j in made.judged for _, v in j.on(role, word))
    return next((v for v in every if isinstance(v, Proved | Vacuous)), Unknown("nothing to compare", ()))


def _settled(made: Comparison, seen: Sequence[Parameter]) -> Iterator[Settled]:
    """Yield the readings of which one option makes the wordings equivalent, and others not.

    They are readings of the old wording alone, or such as the new one declares still and says the same under. Where not
    all that both wordings have can be compared, or somebody else does it, the new one is not the old one read so.
    """
    if any(r.about in COMMON for r in made.aligned.remarks) or any(changed_hands(made)):
        return
    for p in seen:
        rows = [s for s in made.by_reading if s.context.fixed and s.context.fixed[0][0] == p.name]
        equal = [s.context.fixed[0][1] for s in rows if s.relation == "equivalent"]
        if len(equal) != 1 or any(s.relation == "undecided" for s in rows):
            continue
        shared = p.name == without_side(p.name) and p.name not in made.aligned.names.renames
        if p.name.startswith("first/") or (shared and _in_vain(made.wordings.new.system, p.name)):
            yield Settled(without_side(p.name), equal[0])


def _in_vain(system: System, reading: str) -> bool:
    """Return whether `system` says the same whichever option `reading` is read as, expression by expression."""
    sorts = [p.sort for p in system.parameters if p.name == reading]
    options = [EnumLit(s, v) for s in sorts if isinstance(s, EnumSort) for v in s.values]
    said = [put_in(system, {reading: option}) for option in options]
    cases = [[(u.variable, [c for c in u.cases if c.guard != FALSE]) for u in s.updates] for s in said]
    return all(c == cases[0] and replace(s, updates=()) == replace(said[0], updates=())
               for c, s in zip(cases, said, strict=True))  # fmt: skip


def at_defaults(made: Comparison, changed: frozenset[str]) -> Context:
    """Return the histories in which each wording has its own defaults: of readings, and of the parameters `changed`.

    A reading of which a wording does not admit the default is left as the wording has it.
    """
    room = Room()
    sorts = {p.name: p.sort for p in made.twin.system.parameters}
    fixed: dict[str, Expr] = {}
    for side in BOTH:
        copy = made.twin.copy(side)
        own = (e for e in copy.system.assumptions if e not in made.aligned.limits)
        restricted = {n.name for e in own for n in nodes(e) if isinstance(n, Var)}
        for p in copy.system.parameters:
            free = p.is_reading and (p.name not in restricted or room.is_left(copy.system, ((p.name, str(p.default)),)))
            if p.default is not None and (free or p.name in changed):
                name = copy.rigid(p)
                fixed[name] = Equal(Var(name, sorts[name]), literal(p.default, sorts[name]))
    return Context("every reading at its default", (), tuple(fixed.values()))


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
