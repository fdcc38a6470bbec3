"""Rules: what changes state; and the question whether two rules can disagree."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial

from policydsl.base.records import dataclass
from policydsl.core import expr as core
from policydsl.core.conditions import conjunction, happens, in_steps
from policydsl.core.expr import TRUE, Expr, View
from policydsl.core.system import Case, Property, Update
from policydsl.front.draft import Draft, by_priority, exclusive
from policydsl.front.elaborate import check, condition, index_choices
from policydsl.front.facts import facts
from policydsl.front.loaded import SET_SUFFIX, Symbol
from policydsl.front.scope import AlreadyWrongError, a_kind, unknown, wrong
from policydsl.front.typed import Env, in_step
from policydsl.front.types import DateType
from policydsl.syntax import ast


@dataclass(frozen=True, slots=True)
class Where:
    """The steps in which actions happen, under which condition, read in which environment; of what they are part."""

    steps: tuple[str, ...]
    guard: Expr
    env: Env
    clause: str
    what: str


def lower_rule(node: ast.Rule, clause: str, draft: Draft) -> None:
    """Add the cases of a rule on events."""
    steps = draft.scope.event_names(node.events, steps=True)
    env = step_env(draft, steps)
    guard: Expr = TRUE
    if node.when is not None:
        guard = condition(node.when, env)
        env = env.given(guard, facts(node.when, env, holds=True))
    where = Where(steps, guard, env, clause, f"the rule on {' or '.join(steps)} in clause {clause}")
    lower_actions(node.actions, where, draft)
    draft.owe_defined(where.what, env.partial, steps, clause)
    key = f"rule:{clause}:{'-'.join(steps)}"
    never = core.Or((core.Not(happens(steps)), core.At(View.BEFORE, core.Not(guard))))
    draft.live(key, never, clause, f"the rule on {' or '.join(steps)} in clause {clause} never applies")


def step_env(draft: Draft, steps: tuple[str, ...]) -> Env:
    """Return where rules on `steps` are read: the inputs of events are at hand, a schedule brings none."""
    events = tuple(s for s in steps if s in draft.scope.events)
    return in_step(draft.scope, events if events == steps else ())


def lower_actions(actions: Iterable[ast.Action], where: Where, draft: Draft) -> None:
    """Add the cases of `actions`; mistakes are collected one by one."""
    for action in actions:
        match action:
            case ast.WhenBlock(condition=cond, actions=inner):
                made = condition(cond, where.env)
                env = where.env.given(made, facts(cond, where.env, holds=True))
                lower_actions(inner, replace(where, guard=conjunction([where.guard, made]), env=env), draft)
            case ast.SetAction():
                draft.attempt(where.clause, partial(_set, action, where, draft))


def _set(action: ast.SetAction, where: Where, draft: Draft) -> None:
    env, guard = where.env, where.guard
    if action.when is not None:
        made = condition(action.when, env)
        env, guard = env.given(made, facts(action.when, env, holds=True)), conjunction([guard, made])
    name = action.target if isinstance(action.target, ast.Name) else action.target.name
    symbol = draft.scope.symbols.get(name.text)
    if name.text in draft.scope.broken:
        raise AlreadyWrongError
    if symbol is None:
        unknown(name, "state", [s.name for s in draft.scope.symbols.values() if s.kind == "state"])
    if symbol.kind != "state" or symbol.type is None or "." in symbol.name:
        wrong("E0316", name.span, f"`{name.text}` is {a_kind(symbol.kind)}; only declared state can be set")
    draft.scope.used.add(symbol.name)
    targets = _targets(action.target, symbol, env)
    own = replace(env, partial=[])
    value = check(action.value, own, symbol.type)
    steps = frozenset(where.steps)
    if any(draft.scope.makes_exception(clause, where.clause) for clause in draft.scope.exceptions):
        draft.overridden += [(where.what, where.clause, steps, tuple(targets), needed) for needed in own.partial]
    else:
        env.partial.extend(own.partial)
    for choice, target in targets:
        for n in env.partial:  # of this action, and of those before it in the rule
            draft.need(in_steps(where.steps, n), (target, target + SET_SUFFIX))
        full = conjunction([guard, choice])
        draft.rules.setdefault(target, []).append(Case(steps, full, value.expr, where.clause))
        if isinstance(symbol.type, DateType) and symbol.type.optional:
            draft.rules.setdefault(target + SET_SUFFIX, []).append(Case(steps, full, value.there, where.clause))


def _targets(target: ast.Name | ast.Indexed | ast.Every, symbol: Symbol, env: Env) -> list[tuple[Expr, str]]:
    """Return (condition, variable) for each variable that may be set."""
    if isinstance(target, ast.Name):
        if symbol.index:
            wrong("E0205", target.span, f"`{target.text}` is one variable for each value of its index",
                  hint=f"write `{target.text}[{symbol.index[0]}]`, or `{target.text}[every]`")  # fmt: skip
        return [(TRUE, symbol.name)]
    if not symbol.index:
        wrong("E0205", target.name.span, f"`{target.name.text}` has no index")
    if isinstance(target, ast.Every):
        return [(TRUE, f"{symbol.name}[{v}]") for v in symbol.index]
    return [(g, f"{symbol.name}[{v}]") for g, v in index_choices(target.index, symbol, env)]


# --- all together --------------------------------------------------------------------------------


def _owe_where_not_overridden(draft: Draft) -> None:
    """Owe that what rules compute to which there are exceptions is defined wherever none of those goes before."""
    for what, clause, steps, targets, needed in draft.overridden:
        for step in sorted(steps):
            parts = []
            for choice, target in targets:
                cases = [c for c in draft.rules[target] if step in (c.steps or ())]
                above = (c.guard for c in cases if draft.scope.makes_exception(c.clause, clause))
                parts.append(core.Or((core.Not(choice), *above, needed)))
                draft.need(in_steps((step,), parts[-1]), (target, target + SET_SUFFIX))
            draft.owe_defined(what, [conjunction(parts)], (step,), clause)


def updates(draft: Draft) -> list[Update]:
    """Return what every variable becomes, exceptions first, and owe that no two rules disagree."""
    _owe_where_not_overridden(draft)
    made = []
    for variable in draft.variables:
        if variable.name in draft.rules:
            cases = by_priority(draft.rules[variable.name], lambda c: c.clause, draft.scope)
            owe_agreement(variable.name.removesuffix(SET_SUFFIX), cases, draft)
            made.append(Update(variable.name, tuple(cases)))
        elif variable.name in draft.bookkeeping:
            made.append(Update(variable.name, tuple(draft.bookkeeping[variable.name])))
    return made


def owe_agreement(name: str, cases: Sequence[Case], draft: Draft, *, within_clause: bool = True) -> None:
    """For every two cases of which neither is the exception, owe that they agree wherever both apply.

    Without `within_clause`, cases of one clause are alternatives in order and cannot disagree. Cases of no step are
    those of a definition that is read in every state.
    """
    for j, later in enumerate(cases):
        for earlier in cases[:j]:
            steps = (earlier.steps or frozenset()) & (later.steps or frozenset())
            always = not earlier.steps and not later.steps
            if earlier.clause == later.clause and not within_clause:
                continue
            if not (steps or always) or draft.scope.makes_exception(earlier.clause, later.clause):
                continue
            if earlier.value == later.value or exclusive(earlier.guard, later.guard):
                continue
            above = [c for c in cases[:j] if _overrides(c, earlier, draft) or _overrides(c, later, draft)]
            owed = draft.disputes.setdefault((name, earlier.clause, later.clause), [])
            for step in sorted(steps):
                overridden = [core.Not(c.guard) for c in above if step in (c.steps or ())]
                agreed = in_steps((step,), _agree(earlier, later, overridden))
                owed.append(Property(TRUE, agreed))
                draft.need(agreed, (name, name + SET_SUFFIX))
            if always:
                agreed = _agree(earlier, later, [core.Not(c.guard) for c in above])
                owed.append(Property(agreed, TRUE))
                draft.need(agreed, (name, name + SET_SUFFIX))


def _agree(one: Case, other: Case, overridden: Sequence[Expr]) -> Expr:
    """Return that two cases have one value where both apply and nothing goes before them."""
    both = conjunction([one.guard, other.guard, *overridden])
    return core.Not(core.And((both, core.Not(core.Equal(one.value, other.value)))))


def _overrides(one: Case, other: Case, draft: Draft) -> bool:
    return draft.scope.makes_exception(one.clause, other.clause)


def settle_disputes(draft: Draft) -> None:
    """Owe, for each name and pair of clauses (or single clause), that what was gathered above never happens."""
    for (name, one, other), parts in draft.disputes.items():
        owed = Property(conjunction([p.state for p in parts]), conjunction([p.step for p in parts]))
        where = f"clause {one}" if one == other else f"clauses {one} and {other}"
        key, sentence = f"conflict:{name}:{one}:{other}", f"the rules of {where} never give `{name}` two values at once"
        draft.owe("conflict", key, owed, (one, other), sentence)
