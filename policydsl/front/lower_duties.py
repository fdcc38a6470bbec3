"""Duties: what must be done by a day, and what follows where it is not."""

from dataclasses import replace

from policydsl.core import expr as core
from policydsl.core.conditions import conjunction, in_steps
from policydsl.core.expr import BOOL, DATE, FALSE, TRUE, Expr
from policydsl.core.system import Case, Schedule, Variable
from policydsl.front.draft import Draft
from policydsl.front.elaborate import check, condition
from policydsl.front.facts import facts
from policydsl.front.lower_rules import step_env
from policydsl.front.lower_schedules import own_actions
from policydsl.front.scope import a_kind, unknown, wrong
from policydsl.front.typed import DATE_TYPE, Env
from policydsl.syntax import ast


def lower_duty(node: ast.Duty, clause: str, draft: Draft) -> None:
    """Add a duty's variables `NAME.open` and `NAME.due`, and the schedule `NAME.missed`."""
    scope, name = draft.scope, node.name.text
    role = scope.symbols.get(node.of.text)
    if role is None:
        unknown(node.of, "role", [s.name for s in scope.symbols.values() if s.kind == "role"])
    if role.kind != "role":
        wrong("E0205", node.of.span, f"`{node.of.text}` is {a_kind(role.kind)}, but a role is needed here")
    scope.used.add(role.name)
    if not node.arises or node.by is None:
        missing = "arises on EVENT" if not node.arises else "by DATE"
        wrong("E0313", node.name.span, f"the duty `{name}` does not say `{missing}`", hint=f"add a line `{missing}`")
    open_, due, missed = core.Var(f"{name}.open", BOOL), core.Var(f"{name}.due", DATE), f"{name}.missed"
    draft.variables.append(Variable(open_.name, BOOL, FALSE, clause))
    draft.variables.append(Variable(due.name, DATE, scope.unset, clause))
    opened, deadlines, closed = [], [], []
    for trigger in node.discharged:
        steps, guard, env = _trigger(trigger, open_, draft)
        draft.owe_defined(f"the discharge of `{name}`", env.partial, steps, clause)
        for needed in env.partial:
            draft.need(in_steps(steps, needed), (open_.name, due.name))
        closed.append(Case(frozenset(steps), conjunction([open_, guard]), FALSE, clause))
    for trigger in node.arises:
        steps, guard, env = _trigger(trigger, core.Not(open_), draft)
        if missed in steps:
            wrong("E0313", trigger.span, f"`{name}` cannot arise where it is missed itself: it is open till then",
                  hint=f"declare a second duty that arises on {missed}")  # fmt: skip
        arises = conjunction([core.Not(open_), guard])
        deadline = check(node.by, env, DATE_TYPE).expr
        draft.owe_defined(f"the duty `{name}`", env.partial, steps, clause)
        for needed in env.partial:
            draft.need(in_steps(steps, needed), (open_.name, due.name))
        opened.append(Case(frozenset(steps), arises, TRUE, clause))
        deadlines.append(Case(frozenset(steps), arises, deadline, clause))
    closed.append(Case(frozenset({missed}), TRUE, FALSE, clause))
    draft.bookkeeping[open_.name] = [*closed, *opened]
    draft.bookkeeping[due.name] = [*(replace(c, value=scope.unset) for c in closed), *deadlines]
    ends = core.AddDays(due, core.IntLit(1)) if scope.ends_inclusive else due
    draft.schedules.append(Schedule(missed, open_, ends, clause))
    draft.live(f"duty:{name}", core.Not(core.Happens(missed)), clause, f"the duty `{name}` can never be missed")
    own_actions(missed, node.missed, clause, draft)


def _trigger(trigger: ast.Trigger, only: Expr, draft: Draft) -> tuple[tuple[str, ...], Expr, Env]:
    """Return the steps of `trigger`, its condition, and where what follows from it is read: where `only` holds, too."""
    steps = draft.scope.event_names(trigger.events, steps=True)
    env = step_env(draft, steps).given(only, frozenset())
    if trigger.when is None:
        return steps, TRUE, env
    guard = condition(trigger.when, env)
    return steps, guard, env.given(guard, facts(trigger.when, env, holds=True))
