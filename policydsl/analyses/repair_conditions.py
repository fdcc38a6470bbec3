"""Edits of conditions: exceptions, permissions, what goes together, further cases."""

from collections.abc import Iterator, Sequence
from itertools import chain

from policydsl.analyses.claim_parts import Part, atoms
from policydsl.analyses.edits import Edit, added
from policydsl.analyses.repair_case import Case
from policydsl.core.expr import Value
from policydsl.front.loaded import visible_state
from policydsl.front.types import BooleanType, DateType, EnumType, Type
from policydsl.syntax import ast


def of_conditions(case: Case) -> Iterator[Edit]:
    """Yield further conditions and cases that the claim and its story suggest."""
    yield from chain(_cases(case), _conditions(case), _restraints(case), _fixed(case))


def _conditions(case: Case) -> Iterator[Edit]:
    """Yield exceptions: what happens in the story may, or does its work, only where a further condition holds."""
    happened = case.happened
    guards = _guards(case)
    for place in case.matter():
        match place.part:
            case ast.Event(kind="act", name=ast.Name(text=text), when=when) if text in happened and when:
                yield from (e for g in guards if case.can_say(g, ()) for e in _joined(case, when[-1], "and", g))
            case ast.Rule(events=events, when=when, actions=actions) if happened & set(_texts(events)):
                own = [g for g in guards if case.can_say(g, _texts(events))]
                yield from (e for guard in own for e in _guarded(case, events[-1], when, guard))
                if len(actions) > 1:
                    yield from (e for a in actions for guard in own for e in _guarded_action(case, a, guard))
            case ast.Schedule(name=ast.Name(text=text), condition=when, recurrence=day) if text in happened:
                own = [g for g in guards if case.can_say(g, ())]
                yield from (e for guard in own for e in _guarded(case, day, when, guard, "while"))
            case ast.Count(events=events, when=when, adding=adding) if happened & set(_texts(events)):
                own = [g for g in guards if case.can_say(g, _texts(events))]
                yield from (e for guard in own for e in _guarded(case, adding or events[-1], when, guard))
            case ast.Duty(arises=arises):
                for trigger in arises:
                    if happened & set(_texts(trigger.events)):
                        own = [g for g in guards if case.can_say(g, _texts(trigger.events))]
                        yield from (e for g in own for e in _guarded(case, trigger.events[-1], trigger.when, g))
            case _:
                pass


def _texts(events: Sequence[ast.Name]) -> list[str]:
    return [e.text for e in events]


def _guarded(case: Case, before: ast.Node, when: ast.Expr | None, guard: str, word: str = "when") -> Iterator[Edit]:
    """Yield the edit that lets something happen only where `guard` holds, too."""
    if when is not None:
        yield from _joined(case, when, "and", guard)
        return
    end = case.script.stretch(before.span)[1]
    yield from case.script.spliced("condition", [(end, end, f" {word} {guard}")], f"{word} {guard}")


def _guarded_action(case: Case, action: ast.Action, guard: str) -> Iterator[Edit]:
    match action:
        case ast.SetAction(value=value, when=when):
            yield from _guarded(case, value, when, guard)
        case ast.WhenBlock(condition=condition):
            yield from _joined(case, condition, "and", guard)


def _joined(case: Case, e: ast.Expr, word: str, more: str) -> Iterator[Edit]:
    """Yield the edit that joins `more` to the condition `e` by a word."""
    start, end = case.script.stretch(e.span)
    plain = isinstance(e, ast.And if word == "and" else ast.Or) or not isinstance(
        e, ast.And | ast.Or | ast.Implies | ast.Conditional
    )
    more = f"({more})" if _JOINS & set(more.split()) and not more.startswith(("not (", "(")) else more
    changes = [(end, end, f" {word} {more}")] if plain else [(start, start, "("), (end, end, f") {word} {more}")]
    yield from case.script.spliced("condition", changes, f"{word} {more}")


_JOINS = frozenset({"and", "or", "implies", "if"})


def _guards(case: Case) -> tuple[str, ...]:
    """Return conditions: what the claim asks for, that it does not start from this, that it is not as in the story."""
    found: dict[str, None] = {}
    for part in case.parts:
        for e in atoms(part.then):
            if isinstance(e, ast.Compare) and case.speaker.rule(e.first) in {case.speaker.rule(x) for _, x in e.rest}:
                continue  # what it was before is what a rule calls it
            for said in (case.speaker.rule(e), _strict(case, e)):
                if said:
                    found[said] = None
        for e in (*part.given, *(a for g in part.given for a in atoms(g)), *atoms(part.then)):
            for new in (False, True):
                said = case.speaker.rule(e, new=new)
                found[f"not {said}" if said.isidentifier() else f"not ({said})"] = None
    for name, type_, value in _seen(case):
        found.update(dict.fromkeys(_otherwise(name, type_, value)))
    return tuple(found)


def _strict(case: Case, e: ast.Expr) -> str:
    """Return `e` without its bounds: what leaves room for one more."""
    if isinstance(e, ast.Compare) and len(e.rest) == 1 and e.rest[0][0] in {"<=", ">="}:
        return f"{case.speaker.rule(e.first)} {e.rest[0][0][0]} {case.speaker.rule(e.rest[0][1])}"
    return ""


def _seen(case: Case) -> Iterator[tuple[str, Type, Value | None]]:
    """Yield the facts and choices of the story, and those states before its steps that the claim speaks of."""
    for moment in reversed(case.moments):
        for name, fact in moment.step.inputs.items():
            symbol = case.policy.symbols.get(name)
            if symbol is not None and symbol.type is not None:
                yield name.rpartition(".")[2], symbol.type, fact
        for name, (type_, value) in visible_state(case.policy, moment.before).items():
            if name in case.spoken:
                yield name, type_, value


def _otherwise(name: str, type_: Type, value: Value | None) -> Iterator[str]:
    match type_:
        case BooleanType():
            yield f"not {name}" if value else name
        case EnumType():
            yield f"{name} is not {value}"
        case DateType(optional=True):
            yield f"{name} is not none" if value is None else f"{name} is none"
            if value is not None:
                yield f"({name} is none or today > {name})"
        case _:
            return


# --- what goes together --------------------------------------------------------------------------


def _restraints(case: Case) -> Iterator[Edit]:
    """Yield limits to choices, and to what acts may be: what the claim asks for; or not what the story shows."""
    for place in case.matter():
        event = place.part
        if not isinstance(event, ast.Event) or event.name.text not in case.happened:
            continue
        chosen = [f for f in event.fields if f.by is not None]
        if chosen or event.kind == "act":
            end = case.script.stretch(event.span)[1]
            for said in dict.fromkeys(s for p in case.parts for s in _restraint(case, p, event, chosen)):
                yield from case.script.spliced("restraint", [(end, end, f"\n        where {said}")], f"where {said}")


def _restraint(case: Case, part: Part, event: ast.Event, chosen: Sequence[ast.Field]) -> Iterator[str]:
    if part.events and event.name.text not in part.events:
        return
    for new in (False, True):
        given = " and ".join(_bracketed(case.speaker.rule(g, new=new)) for g in part.given)
        then = case.speaker.rule(part.then, new=new)
        yield f"{given} implies {_bracketed(then)}" if given else then
        for one in chosen:
            for said in _other_choices(case, event, one):
                yield f"{given} implies {said}" if given else said


def _other_choices(case: Case, event: ast.Event, one: ast.Field) -> Iterator[str]:
    """Yield that a choice is not what it is in the story, unless that is what it is by default."""
    symbol = case.policy.symbols.get(f"{event.name.text}.{one.name.text}")
    usual = None if one.default is None else case.script.cut(one.default)
    seen = [m.step.inputs.get(f"{event.name.text}.{one.name.text}") for m in case.moments]
    for value in dict.fromkeys(seen):
        if symbol is None or symbol.type is None or value is None:
            continue
        if {True: "yes", False: "no"}.get(value, str(value)) != usual if isinstance(value, bool) else value != usual:
            yield from _otherwise(one.name.text, symbol.type, value)


def _bracketed(said: str) -> str:
    return f"({said})" if _JOINS & set(said.split()) else said


def _fixed(case: Case) -> Iterator[Edit]:
    """Yield choices that are left to nobody any more, where they make the difference between two histories."""
    form = None if case.claim is None else case.claim.form
    if not isinstance(form, ast.Between) or not isinstance(form.relation, ast.Differ):
        return
    names = {n.text for n in form.relation.names}
    for place in case.matter():
        if not isinstance(place.part, ast.Event):
            continue
        for one in place.part.fields:
            name = f"{place.part.name.text}.{one.name.text}"
            if one.by is None or not names & {name, one.name.text}:
                continue
            end = case.script.stretch(place.part.span)[1]
            for value in _set_values(case, one):
                said = f"{one.name.text} = {value}"
                yield from case.script.spliced("restraint", [(end, end, f"\n        where {said}")], f"where {said}")


def _set_values(case: Case, one: ast.Field) -> Iterator[str]:
    """Yield the values that a choice may be fixed to: the usual one, the least, the most."""
    limits = one.type.range
    ends = (one.default, *(() if limits is None else (limits.low, limits.high)))
    yield from dict.fromkeys(case.script.cut(e) for e in ends if e is not None)


# --- further cases -------------------------------------------------------------------------------


def _cases(case: Case) -> Iterator[Edit]:
    """Yield definitions and permissions with a further case in which they hold, or in which they do not."""
    for place in case.matter():
        match place.part:
            case ast.Define(type=ast.Type(base="boolean"), cases=(only,), on=on) if place.part.name.text in case.spoken:
                for said in _so(case):
                    if case.can_say(said, _texts(on)):
                        yield from _joined(case, only.value, "or", said)
                        yield from _joined(case, only.value, "and", f"not ({said})")
            case ast.Define(name=ast.Name(text=text), cases=cases, on=on) if text in case.spoken and len(cases) > 1:
                for said in _further(case, place.part):
                    if case.can_say(said, _texts(on)):
                        yield added("case", place.clause, f"define {text}", said)
            case ast.Event(kind="act", name=ast.Name(text=text), when=when) if text in case.spoken and when:
                for said in _so(case):
                    if case.can_say(said, ()):
                        yield from _joined(case, when[-1], "or", said)
            case _:
                pass


def _further(case: Case, define: ast.Define) -> Iterator[str]:
    """Yield a further case of a definition, before the last: what the claim asks it to be, where it asks for that."""
    name = define.name.text
    for part in case.parts:
        given = " and ".join(_bracketed(case.speaker.rule(g)) for g in part.given)
        for value in _asked(case, part.then, name):
            for said in dict.fromkeys([*([given] if given else []), *_so(case)]):
                yield f"{value} when {said}"


def _asked(case: Case, e: ast.Expr, name: str) -> Iterator[str]:
    """Yield what `e` asks `name` to be."""
    for atom in atoms(e):
        match atom:
            case ast.Name(text=text) if text == name:
                yield from ("yes", "no")
            case ast.Compare(first=ast.Name(text=text), rest=(("=", value),)) if text == name:
                yield case.speaker.rule(value)
            case _:
                pass


def _so(case: Case) -> tuple[str, ...]:
    """Return conditions that hold in the story, and those that the claim starts from."""
    found: dict[str, None] = {}
    for name, type_, value in _seen(case):
        match type_:
            case BooleanType():
                found[name if value else f"not {name}"] = None
            case EnumType():
                found[f"{name} is {value}"] = None
            case _:
                pass
    for part in case.parts:
        found.update(dict.fromkeys(case.speaker.rule(a) for g in part.given for a in atoms(g)))
    return tuple(found)
