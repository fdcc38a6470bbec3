"""A proof of much the same question made one of this: what its lemmas still prove, and what others like them do.

After a small edit most lemmas of a proof are lemmas still. Those that are not are dropped (`houdini`), and what the
proof says of some variables, the two copies of which it relates, is tried of others as well: an edit that adds a
variable needs of it what was needed of those that were there. That is tried first where events may take place anywhere
on whose conditions the proof did not rest: much less is then to be seen.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from policydsl.core.cone import slice_system
from policydsl.core.expr import BOOL, DATE, TODAY, TRUE, EnumSort, Equal, Expr, Less, Not, Or, Sort, Var
from policydsl.core.system import Property, Question, System, Trace
from policydsl.core.walk import nodes, rewrite
from policydsl.engines import kinduction
from policydsl.engines.houdini import Pool
from policydsl.engines.obligation import Proof
from policydsl.engines.solve import Meter
from policydsl.engines.unroll import Unrolling
from policydsl.engines.verdict import Budget
from policydsl.semantics.encode_calendar import AbstractCalendar

_BUDGET = Budget(seconds=3.0, effort=12_000_000)
"""For one proof: a search does better than to go on for long."""


def revise(question: Question, proof: Proof) -> Proof | None:
    """Return a proof of `question` whose lemmas are among those of `proof` and others like them; None if none is found.

    Gives:    what an engine claims; nothing leaves before `certify` has checked it.
    Complete: no. It is for proofs of much the same question, which the edit has broken.
    """
    if not proof.lemmas:  # a search begins with that
        return None
    meter, freer = Meter(_BUDGET, _BUDGET.seconds), _freer(question.system, proof)
    with meter:
        found = None if freer is None else _revised(freer, question.property, proof, meter)
        return found or _revised(question.system, question.property, proof, meter)


def find_story(question: Question) -> Trace | None:
    """Return a history of a few steps at whose end `question` fails, replayed; None if none is found shortly.

    It is for the witness of a proof that was revised: the edit has taken from that what it was to show.
    """
    from policydsl.engines import bmc, horizon, minimise  # noqa: PLC0415  hardly ever needed

    claim, meter = question.property, Meter(_BUDGET, _BUDGET.seconds)
    part = slice_system(question.system, (claim.state, claim.step))
    months, *_ = horizon.far_enough(part, _BUDGET.horizons)
    unrolling = Unrolling(part, horizon.exact_calendar(part, months, (claim.state, claim.step)))
    with meter:
        found = bmc.search(unrolling, claim, (), done=-1, depth=_FEW, meter=meter)
        if isinstance(found, bmc.Clear):
            return None
        return minimise.tell(unrolling, question, (), found, polish=False, meter=meter)


_FEW = 4
"""So many steps has a story that is found in no time."""


def _freer(system: System, proof: Proof) -> System | None:
    """Return `system` with every event possible anywhere on whose conditions `proof` does not rest; None if it is all.

    It has all histories of `system` and more, so what holds there holds here; and a question sees far less of it.
    """
    if proof.parts is None:
        return None
    asked = {name.removeprefix("event ") for name in proof.parts if name.startswith("event ")}
    events = tuple(e if e.name in asked else replace(e, guard=TRUE) for e in system.events)
    return None if events == system.events else replace(system, events=events)


def _revised(system: System, claim: Property, proof: Proof, meter: Meter) -> Proof | None:
    """Return a proof of `claim` in `system`, as `revise` does."""
    part = slice_system(system, (claim.state, claim.step, *proof.lemmas))
    lemmas = (*proof.lemmas, *_likewise(part, proof.lemmas), *_of_new(part, proof.lemmas))
    unrolling = Unrolling(part, AbstractCalendar(proof.level))
    pool = Pool(unrolling, lemmas, (), proof.k)
    return kinduction.prove(unrolling, claim, (), pool, k=proof.k, meter=meter)


def _likewise(system: System, lemmas: Iterable[Expr]) -> Iterator[Expr]:
    """Yield what `lemmas` say of copies of one variable, said of those of each variable of its sort that has two."""
    sorts = {v.name: v.sort for v in system.variables}
    shapes: dict[tuple[Expr, Sort], None] = {}
    for lemma in lemmas:
        names = _copied(lemma, sorts)
        if len(names) == 1:
            (name,) = names
            sort = sorts[f"first/{name}" if f"first/{name}" in sorts else f"second/{name}"]
            shapes[_about(lemma, name, ""), sort] = None
    for shape, sort in shapes:
        yield from (_about(shape, "", n) for n in _stems(sorts) if sort == sorts[f"first/{n}"] == sorts[f"second/{n}"])


def _of_new(system: System, lemmas: Iterable[Expr]) -> Iterator[Expr]:
    """Yield that the copies of each variable of which none of `lemmas` speaks are equal, or one not above the other.

    They may be equal only as long as `lemmas` say that of others.
    """
    sorts = {v.name: v.sort for v in system.variables}
    spoken_of = {name for lemma in lemmas for name in _copied(lemma, sorts)}
    meanwhile = dict.fromkeys(
        e.args[0]
        for e in lemmas
        if isinstance(e, Or) and not _copied(e.args[0], sorts) and isinstance(e.args[-1], Equal)
    )
    for name in _stems(sorts):
        one, other = (Var(f"{side}/{name}", sorts[f"{side}/{name}"]) for side in ("first", "second"))
        if name in spoken_of or one.sort != other.sort:
            continue
        yield Equal(one, other)
        yield from (Or((ended, Equal(one, other))) for ended in meanwhile)
        if one.sort == BOOL:
            yield from (Or((Not(one), other)), Or((Not(other), one)))
        elif not isinstance(one.sort, EnumSort):
            yield from (Less(one, other, strict=False), Less(other, one, strict=False))
        if one.sort == DATE:
            yield from (Less(each, Var(TODAY, DATE), strict=False) for each in (one, other))


def _stems(sorts: Iterable[str]) -> list[str]:
    """Return the names of variables of which there are two copies."""
    known = set(sorts)
    return [n.removeprefix("first/") for n in sorts if n.startswith("first/") and f"second/{n[6:]}" in known]


def _copied(e: Expr, sorts: dict[str, Sort]) -> frozenset[str]:
    """Return the names of variables a copy of which stands in `e`."""
    known = {n.name for n in nodes(e) if isinstance(n, Var) and n.name in sorts}
    return frozenset(n.partition("/")[2] for n in known if n.startswith(("first/", "second/")))


def _about(lemma: Expr, name: str, other: str) -> Expr:
    def change(node: Expr) -> Expr | None:
        side, _, stem = node.name.partition("/") if isinstance(node, Var) else ("", "", "")
        return Var(f"{side}/{other}", node.sort) if isinstance(node, Var) and stem == name else None

    return rewrite(lemma, change)
