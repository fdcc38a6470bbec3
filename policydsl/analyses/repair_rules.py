"""Edits of which clause goes first, and rules for what none says."""

from collections.abc import Iterator
from itertools import permutations

from policydsl.analyses.edits import Edit, added
from policydsl.analyses.repair_case import Case, set_by, sets
from policydsl.syntax import ast


def of_rules(case: Case) -> Iterator[Edit]:
    """Yield precedence and rules that the claim and its story suggest."""
    yield from _precedence(case)
    yield from _rules(case)


def _precedence(case: Case) -> Iterator[Edit]:
    """Yield for two clauses that set the same state that one is an exception to the other."""
    about: dict[str, set[str]] = {}
    known: set[tuple[str, str]] = set()
    for place in case.matter():
        match place.part:
            case ast.Rule(actions=actions):
                about.setdefault(place.clause, set()).update(set_by(a) for a in sets(actions))
            case ast.ExceptionTo(clauses=clauses):
                known |= {pair for c in clauses for pair in ((place.clause, c.number), (c.number, place.clause))}
            case _:
                pass
    for one, other in permutations(about, 2):
        if about[one] & about[other] and (one, other) not in known:
            yield added("precedence", one, "", f"exception to {other}")


def _rules(case: Case) -> Iterator[Edit]:
    """Yield a rule that brings about what the claim asks for after an event: one of its own, or that of the story."""
    last = case.moments[-1].step.name if case.moments else ""
    for part in case.parts:
        events = part.events or tuple(e.name for e in case.policy.system.events if e.name == last)
        if not events or not case.clauses:
            continue
        for wanted in _wanted(case, part.then):
            for new in (False, True):
                given = [case.speaker.rule(g, new=new) for g in part.given]
                joined = " and ".join(f"({g})" if len(given) > 1 else g for g in given)
                when = f" when {joined}" if given else ""
                said = f"on {' or '.join(events)}{when}\n        set {wanted}"
                yield added("rule", case.clauses[0], "", said)


def _wanted(case: Case, e: ast.Expr) -> Iterator[str]:
    """Yield what a rule would set, for each of the ways in which `e` can be had; nothing where it is of no state."""
    match e:
        case ast.Or(args=args):
            for arg in args:
                yield from _wanted(case, arg)
        case ast.Name(text=text) | ast.Indexed(name=ast.Name(text=text)) if _is_state(case, text):
            yield f"{case.speaker.rule(e)} = yes"
        case ast.Not(arg=ast.Name(text=text) | ast.Indexed(name=ast.Name(text=text)) as arg) if _is_state(case, text):
            yield f"{case.speaker.rule(arg)} = no"
        case ast.Compare(first=ast.Name(text=text), rest=(("=", value),)) if _is_state(case, text):
            yield f"{text} = {case.speaker.rule(value)}"
        case _:
            return


def _is_state(case: Case, name: str) -> bool:
    known = case.policy.symbols.get(name)
    return known is not None and known.kind == "state"
