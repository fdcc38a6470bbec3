"""Edits of what rules set and definitions say: limits, other values, other members."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from policydsl.analyses.claim_parts import names_in
from policydsl.analyses.edits import Edit
from policydsl.analyses.repair_case import Case, set_by, sets
from policydsl.front.types import DateType, MoneyType, NumberType, PercentType
from policydsl.syntax import ast


def of_values(case: Case) -> Iterator[Edit]:
    """Yield other values, and limits to them, that the claim and its story suggest."""
    yield from chain(_limits(case), _never_back(case), _values(case))


def _limits(case: Case) -> Iterator[Edit]:
    """Yield values that go no further than the claim lets them, and values that are what it says."""
    for part in case.parts:
        for name, op, bound in _sides(part.then):
            bounds = [case.speaker.rule(bound, new=new) for new in (False, True)]
            for said in dict.fromkeys(bounds):
                for value in _given_to(case, name):
                    if op == "=":
                        yield from case.one("value", value, said)
                    elif not isinstance(value, ast.NoneLiteral):
                        yield from _limited(case, value, f"{said}{_STEP.get(op, '')}", (_WAY[op], _unset(case, said)))


def _limited(case: Case, value: ast.Expr, bound: str, how: tuple[str, str]) -> Iterator[Edit]:
    """Yield `value` that goes no further than `bound`, one way or the other; where that is unset, as far as it goes."""
    way, guard = how
    old = case.script.cut(value)
    limited = f"{way}({old}, {bound})"
    yield from case.one("limit", value, f"if {guard} then {limited} else {old}" if guard else limited)


def _unset(case: Case, said: str) -> str:
    """Return the condition that no date that `said` mentions is none."""
    words = dict.fromkeys(m for m in _DATES.findall(said) if case.optional(m.removeprefix("new ").partition("[")[0]))
    return " and ".join(f"{w} is not none" for w in words)


_DATES = re.compile(r"(?:new )?[^\W\d]\w*(?:\[\w+\])?")


def _never_back(case: Case) -> Iterator[Edit]:
    """Yield values that never fall, or never rise: for what a claim compares between two histories."""
    if case.claim is None or not isinstance(case.claim.form, ast.Between):
        return
    for name in sorted(_in_histories(case.claim.form.condition)):
        known = case.policy.symbols.get(name)
        if (
            known is None
            or known.kind != "state"
            or not isinstance(known.type, DateType | MoneyType | NumberType | PercentType)
        ):
            continue
        for value, target in _places(case, name):
            said = case.script.cut(target)
            if isinstance(value, ast.NoneLiteral) or isinstance(target, ast.Every):
                continue
            for way in ("max", "min"):
                yield from _limited(case, value, said, (way, _unset(case, said)))


def _in_histories(e: ast.Expr) -> set[str]:
    return {name for n in ast.nodes(e) if isinstance(n, ast.InHistory) for name in names_in(n)}


_WAY = {"<=": "min", "<": "min", ">=": "max", ">": "max"}
_STEP = {"<": " - 1", ">": " + 1"}
_MIRROR = {"<=": ">=", "<": ">", ">=": "<=", ">": "<", "=": "=", "!=": "!="}


def _sides(e: ast.Expr) -> Iterator[tuple[str, str, ast.Expr]]:
    """Yield (name, comparison, bound) for what `e` asks of something by name."""
    if isinstance(e, ast.Compare):
        left = e.first
        for op, right in e.rest:
            for one, sign, other in ((left, op, right), (right, _MIRROR[op], left)):
                if isinstance(one, ast.Name | ast.Indexed) and sign != "!=":
                    yield (one.text if isinstance(one, ast.Name) else one.name.text), sign, other
            left = right


def _given_to(case: Case, name: str) -> Iterator[ast.Expr]:
    """Yield the expressions that rules set `name` to, or that define it, in the clauses that matter."""
    for place in case.matter():
        match place.part:
            case ast.Define(name=ast.Name(text=text), cases=cases) if text == name:
                yield from (c.value for c in cases)
            case _:
                pass
    yield from (value for value, _ in _places(case, name))


def _places(case: Case, name: str) -> Iterator[tuple[ast.Expr, ast.Node]]:
    """Yield what rules set `name` to, each with how it is named there."""
    for place in case.matter():
        match place.part:
            case ast.Rule(actions=actions) | ast.Schedule(actions=actions) | ast.Duty(missed=actions):
                yield from ((a.value, a.target) for a in sets(actions) if set_by(a) == name)
            case _:
                pass


def _values(case: Case) -> Iterator[Edit]:
    """Yield other values of enumerations, and yes for no, where rows, cases and rules give them."""
    for place in case.matter():
        if isinstance(place.part, ast.Subset):
            yield from _membership(case, place.part)
        for value in _given(place.part):
            match value:
                case ast.Boolean(value=truth):
                    yield from case.one("value", value, "no" if truth else "yes")
                case ast.Name(text=text):
                    yield from (e for other in _others(case, text) for e in case.one("value", value, other))
                case _:
                    pass


def _membership(case: Case, subset: ast.Subset) -> Iterator[Edit]:
    """Yield a subset that the claim speaks of, with one value of the story more, or one value less."""
    if subset.name.text not in case.spoken:
        return
    own = [v.text for v in subset.values]
    seen = {str(v) for m in case.moments for v in m.step.inputs.values() if isinstance(v, str)}
    end = case.script.stretch(subset.values[-1].span)[1]
    for value in case.values(subset.of.text):
        if value not in own and value in seen:
            yield from case.script.spliced("member", [(end, end, f", {value}")], f"{subset.name.text}: {value}")
    if len(own) > 1:
        for i, value in enumerate(own):
            spans = [case.script.stretch(v.span) for v in subset.values]
            start, stop = (spans[i][0], spans[i + 1][0]) if i + 1 < len(own) else (spans[i - 1][1], spans[i][1])
            made = case.script.spliced("member", [(start, stop, "")], "")
            yield from (replace(edit, was=f"{subset.name.text}: {value}") for edit in made)


def _given(part: object) -> Iterator[ast.Expr]:
    match part:
        case ast.Row(value=value) | ast.DefineCase(value=value):
            yield value
        case ast.Rule(actions=actions) | ast.Schedule(actions=actions):
            yield from (a.value for a in sets(actions))
        case _:
            return


def _others(case: Case, value: str) -> tuple[str, ...]:
    """Return the other values of the enumeration that has `value`."""
    homes = [s.name.rpartition(".")[0] for s in case.policy.symbols.values()
             if s.kind == "value" and s.name.rpartition(".")[2] == value]  # fmt: skip
    return tuple(v for home in homes for v in case.members(home) if v != value)
