"""Edits of what rules set, definitions say and acts need: limits, exceptions, other values, precedence, new rules."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, permutations

from policydsl.analyses.claim_parts import atoms, names_in
from policydsl.analyses.edits import Edit, Place
from policydsl.analyses.repair_case import Case
from policydsl.core.expr import Value
from policydsl.front.loaded import visible_state
from policydsl.front.types import BooleanType, DateType, EnumType, Type
from policydsl.syntax import ast


def of_rules(case: Case) -> Iterator[Edit]:
    """Yield the edits of rules, definitions and acts that the claim and its story suggest."""
    yield from chain(_limits(case), _values(case), _cases(case), _conditions(case), _precedence(case), _rules(case))


# --- what is set and defined ---------------------------------------------------------------------


def _limits(case: Case) -> Iterator[Edit]:
    """Yield values that go no further than the claim lets them, and values that are what it says."""
    for part in case.parts:
        for name, op, bound in _sides(part.then):
            said = case.speaker.rule(bound)
            for value in _given_to(case, name):
                old = case.script.cut(value)
                if op == "=":
                    yield from case.one("value", value, said)
                else:
                    limited = f"{_WAY[op]}({old}, {said}{_STEP.get(op, '')})"
                    yield from case.one("limit", value, limited)
                    if isinstance(bound, ast.Old):
                        yield from case.one("limit", value, f"if {said} is not none then {limited} else {old}")


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
    for place in _matter(case):
        match place.part:
            case ast.Define(name=ast.Name(text=text), cases=cases) if text == name:
                yield from (c.value for c in cases)
            case ast.Rule(actions=actions) | ast.Schedule(actions=actions) | ast.Duty(missed=actions):
                yield from (a.value for a in _sets(actions) if _target(a) == name)
            case _:
                pass


def _matter(case: Case) -> Iterator[Place]:
    return (p for p in case.script.places if p.clause in case.clauses)


def _sets(actions: Sequence[ast.Action]) -> Iterator[ast.SetAction]:
    for action in actions:
        if isinstance(action, ast.SetAction):
            yield action
        else:
            yield from _sets(action.actions)


def _target(action: ast.SetAction) -> str:
    target = action.target
    return target.text if isinstance(target, ast.Name) else target.name.text


def _values(case: Case) -> Iterator[Edit]:
    """Yield other values of enumerations, and yes for no, where rows, cases and rules give them."""
    for place in _matter(case):
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
    if case.claim is None or subset.name.text not in set(names_in(case.claim.form)):
        return
    own = [v.text for v in subset.values]
    seen = {str(v) for m in case.moments for v in m.step.inputs.values() if isinstance(v, str)}
    end = case.script.stretch(subset.values[-1].span)[1]
    for value in case.members(subset.of.text):
        if value not in own and value in seen:
            made = case.script.spliced("value", [(end, end, f", {value}")], ", ".join([*own, value]))
            yield from () if made is None else (replace(made, was=", ".join(own)),)
    if len(own) > 1:
        begin = case.script.stretch(subset.values[0].span)[0]
        for value in own:
            made = case.script.spliced("value", [(begin, end, ", ".join(v for v in own if v != value))])
            yield from () if made is None else (made,)


def _given(part: object) -> Iterator[ast.Expr]:
    match part:
        case ast.Row(value=value) | ast.DefineCase(value=value):
            yield value
        case ast.Rule(actions=actions) | ast.Schedule(actions=actions):
            yield from (a.value for a in _sets(actions))
        case _:
            return


def _others(case: Case, value: str) -> tuple[str, ...]:
    """Return the other values of the enumeration that has `value`."""
    homes = [s.name.rpartition(".")[0] for s in case.policy.symbols.values()
             if s.kind == "value" and s.name.rpartition(".")[2] == value]  # fmt: skip
    return tuple(v for home in homes for v in case.members(home) if v != value)


# --- conditions ----------------------------------------------------------------------------------


def _conditions(case: Case) -> Iterator[Edit]:
    """Yield exceptions: what happens in the story may, or does its work, only where a further condition holds."""
    happened = {m.step.name for m in case.moments}
    guards = _guards(case)
    for place in _matter(case):
        match place.part:
            case ast.Event(kind="act", name=ast.Name(text=text), when=when) if text in happened and when:
                yield from (e for guard in guards for e in _also(case, when[-1], guard))
            case ast.Rule(events=events, when=when, actions=actions) if happened & {e.text for e in events}:
                yield from (e for guard in guards for e in _guarded(case, events[-1], when, guard))
                if len(actions) > 1:
                    yield from (e for a in actions for guard in guards for e in _guarded_action(case, a, guard))
            case ast.Schedule(name=ast.Name(text=text), condition=when, recurrence=day) if text in happened:
                yield from (e for guard in guards for e in _guarded(case, day, when, guard, "while"))
            case ast.Count(events=events, when=when, adding=adding) if happened & {e.text for e in events}:
                yield from (e for guard in guards for e in _guarded(case, adding or events[-1], when, guard))
            case ast.Duty(arises=arises):
                for trigger in arises:
                    if happened & {e.text for e in trigger.events}:
                        yield from (
                            e for guard in guards for e in _guarded(case, trigger.events[-1], trigger.when, guard)
                        )
            case _:
                pass


def _guarded(case: Case, before: ast.Node, when: ast.Expr | None, guard: str, word: str = "when") -> Iterator[Edit]:
    """Yield the edit that lets something happen only where `guard` holds, too."""
    if when is not None:
        yield from _also(case, when, guard)
        return
    end = case.script.stretch(before.span)[1]
    made = case.script.spliced("condition", [(end, end, f" {word} {guard}")], f"{word} {guard}")
    if made is not None:
        yield made


def _guarded_action(case: Case, action: ast.Action, guard: str) -> Iterator[Edit]:
    match action:
        case ast.SetAction(value=value, when=when):
            yield from _guarded(case, value, when, guard)
        case ast.WhenBlock(condition=condition):
            yield from _also(case, condition, guard)


def _also(case: Case, when: ast.Expr, guard: str) -> Iterator[Edit]:
    yield from _joined(case, when, "and", guard)


def _joined(case: Case, e: ast.Expr, word: str, more: str) -> Iterator[Edit]:
    """Yield the edit that joins `more` to the condition `e` by a word."""
    start, end = case.script.stretch(e.span)
    plain = isinstance(e, ast.And if word == "and" else ast.Or) or not isinstance(
        e, ast.And | ast.Or | ast.Implies | ast.Conditional
    )
    more = f"({more})" if _JOINS & set(more.split()) and not more.startswith(("not (", "(")) else more
    changes = [(end, end, f" {word} {more}")] if plain else [(start, start, "("), (end, end, f") {word} {more}")]
    made = case.script.spliced("condition", changes, f"{word} {more}")
    if made is not None:
        yield made


_JOINS = frozenset({"and", "or", "implies", "if"})


def _guards(case: Case) -> tuple[str, ...]:
    """Return conditions: what the claim asks for, that it does not start from this, that it is not as in the story."""
    found: dict[str, None] = {}
    for part in case.parts:
        for e in atoms(part.then):
            for said in (case.speaker.rule(e), _strict(case, e)):
                if said:
                    found[said] = None
        for e in (*part.given, *(a for g in part.given for a in atoms(g)), *atoms(part.then)):
            for new in (False, True):
                found[f"not ({case.speaker.rule(e, new=new)})"] = None
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
    spoken = set() if case.claim is None else set(names_in(case.claim.form))
    for moment in reversed(case.moments):
        for name, fact in moment.step.inputs.items():
            symbol = case.policy.symbols.get(name)
            if symbol is not None and symbol.type is not None:
                yield name.rpartition(".")[2], symbol.type, fact
        for name, (type_, value) in visible_state(case.policy, moment.before).items():
            if name in spoken:
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


def _cases(case: Case) -> Iterator[Edit]:
    """Yield definitions and permissions with a further case in which they hold, or in which they do not."""
    spoken = set() if case.claim is None else set(names_in(case.claim.form))
    for place in _matter(case):
        match place.part:
            case ast.Define(type=ast.Type(base="boolean"), cases=(only,)) if place.part.name.text in spoken:
                for said in _so(case):
                    yield from _joined(case, only.value, "or", said)
                    yield from _joined(case, only.value, "and", f"not ({said})")
            case ast.Event(kind="act", name=ast.Name(text=text), when=when) if text in spoken and when:
                for said in _so(case):
                    yield from _joined(case, when[-1], "or", said)
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


# --- which clause goes first, and what none says --------------------------------------------------


def _precedence(case: Case) -> Iterator[Edit]:
    """Yield for two clauses that set the same state that one is an exception to the other."""
    about: dict[str, set[str]] = {}
    known: set[tuple[str, str]] = set()
    for place in _matter(case):
        match place.part:
            case ast.Rule(actions=actions):
                about.setdefault(place.clause, set()).update(_target(a) for a in _sets(actions))
            case ast.ExceptionTo(clauses=clauses):
                known |= {pair for c in clauses for pair in ((place.clause, c.number), (c.number, place.clause))}
            case _:
                pass
    for one, other in permutations(about, 2):
        if about[one] & about[other] and (one, other) not in known:
            yield Edit("precedence", one, "", "", f"exception to {other}", "", f"exception to {other}")


def _rules(case: Case) -> Iterator[Edit]:
    """Yield a rule that brings about what the claim asks for after an event."""
    for part in case.parts:
        wanted = _wanted(case, part.then)
        if wanted is None or not part.events or not case.clauses:
            continue
        for new in (False, True):
            given = [case.speaker.rule(g, new=new) for g in part.given]
            joined = " and ".join(f"({g})" if len(given) > 1 else g for g in given)
            when = f" when {joined}" if given else ""
            said = f"on {' or '.join(part.events)}{when}\n        set {wanted}"
            yield Edit("rule", case.clauses[0], "", "", said, "", " ".join(said.split()))


def _wanted(case: Case, e: ast.Expr) -> str | None:
    """Return what a rule would set; None where the claim asks for nothing of a state."""
    match e:
        case ast.Name(text=text) if _is_state(case, text):
            return f"{text} = yes"
        case ast.Not(arg=ast.Name(text=text)) if _is_state(case, text):
            return f"{text} = no"
        case ast.Compare(first=ast.Name(text=text), rest=(("=", value),)) if _is_state(case, text):
            return f"{text} = {case.speaker.rule(value)}"
        case _:
            return None


def _is_state(case: Case, name: str) -> bool:
    known = case.policy.symbols.get(name)
    return known is not None and known.kind == "state"
