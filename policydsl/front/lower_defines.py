"""Definitions by cases, with their exceptions, to the core."""

from collections.abc import Sequence
from dataclasses import replace

from policydsl.core import expr as core
from policydsl.core.conditions import conjunction, in_steps
from policydsl.core.expr import BOOL, TRUE, Expr
from policydsl.core.system import Case, Property
from policydsl.front.draft import Draft, by_priority
from policydsl.front.elaborate import check, condition
from policydsl.front.facts import facts
from policydsl.front.loaded import SET_SUFFIX
from policydsl.front.lower_rules import owe_agreement
from policydsl.front.ranges import in_every_state, range_of
from policydsl.front.scope import Home, Scope, wrong
from policydsl.front.typed import Env, Typed, at_rest, in_step, join
from policydsl.front.types import DateType, Type, sort_of
from policydsl.syntax import ast


def defined_names(scope: Scope) -> list[list[Home]]:
    """Return the declarations of each defined name, exceptions before what they except from."""
    groups: dict[str, list[Home]] = {}
    for home in scope.homes:
        if isinstance(home.node, ast.Define):
            groups.setdefault(home.node.name.text, []).append(home)
    return [by_priority(group, lambda h: h.clause, scope) for group in groups.values()]


def lower_define(group: list[Home], draft: Draft) -> None:
    """Add the meaning of a name to `draft`; `group` is what `defined_names` says of it."""
    scope = draft.scope
    base = group[-1].node
    assert isinstance(base, ast.Define)
    name, clause = base.name.text, group[-1].clause
    if name not in scope.symbols or scope.symbols[name].type is None:
        return  # its declaration was wrong
    type_ = scope.symbols[name].type
    assert type_ is not None
    on = scope.on.get(name, ())
    env = _definition_env(on, scope)
    if base.cases[-1].condition is not None:
        wrong("E0308", base.name.span, f"`{name}` has no value where none of its cases fits",
              hint="end with a line `VALUE otherwise`")  # fmt: skip
    cases: list[tuple[Expr | None, Typed, Case]] = []
    for home in group:
        node = home.node
        assert isinstance(node, ast.Define)
        if scope.resolve_type(node.type) != type_ or scope.event_names(node.on, steps=True) != on:
            wrong(
                "E0301",
                node.name.span,
                f"this exception gives `{name}` another type or other events than clause {clause}",
            )
        if node is not base and node.type.range is not None:
            wrong("E0301", node.type.range.span, f"the range of `{name}` stands where clause {clause} defines it",
                  hint="remove it here, and widen or narrow it there")  # fmt: skip
        cases.extend(_cases(node, type_, _below([case for _, _, case in cases], home, env), home, draft))
    optional = isinstance(type_, DateType) and type_.optional
    owe_agreement(name, [c for _, _, c in cases], draft, within_clause=False)
    if optional:
        there = [replace(c, value=value.there) for _, value, c in cases]
        owe_agreement(name, there, draft, within_clause=False)
    last = next(i for i, (guard, _, _) in enumerate(cases) if guard is None)
    del cases[last + 1 :]  # where an exception always applies, nothing is left of the rest
    result = cases[-1][1]
    for guard, value, _ in reversed(cases[:-1]):
        result = join(guard or TRUE, value, result, base.span)
    if optional:
        draft.define(name + SET_SUFFIX, BOOL, result.there if len(group) == 1 else _each_present(cases), clause)
    draft.define(name, sort_of(type_), result.expr, clause)
    if len(group) > 1:
        saying = tuple(case.clause for _, _, case in cases)
        draft.exceptions += [(name, saying), (name + SET_SUFFIX, saying)]
    draft.owe_defined(f"`{name}`", env.partial, on or None, clause)
    for needed in env.partial:
        draft.need(needed, (name, name + SET_SUFFIX))
    owe_range(base, type_, on, clause, draft)


def owe_range(node: ast.Define | ast.Table, type_: Type, on: tuple[str, ...], clause: str, draft: Draft) -> None:
    """Owe that the value of a definition or table stays within the range behind its type, wherever it is defined."""
    name = node.name.text
    limits = range_of(node.type, core.Use(name, sort_of(type_)), type_, at_rest(draft.scope))
    if limits == TRUE:
        return
    if isinstance(type_, DateType) and type_.optional:
        limits = core.Or((core.Not(core.Use(name + SET_SUFFIX, BOOL)), limits))
    owed = in_every_state(limits) if not on else Property(TRUE, in_steps(on, limits))
    draft.owe("definedness", f"range:{name}", owed, (clause,), f"`{name}` stays within its range")


def _each_present(cases: Sequence[tuple[Expr | None, Typed, Case]]) -> Expr:
    """Return where the value is a date, case by case as the value itself."""
    present = cases[-1][1].there
    for guard, value, _ in reversed(cases[:-1]):
        present = core.Ite(guard or TRUE, value.there, present)
    return present


def _definition_env(on: tuple[str, ...], scope: Scope) -> Env:
    if not on:
        return at_rest(scope)
    return in_step(scope, on if all(e in scope.events for e in on) else ())


def _below(cases: Sequence[Case], home: Home, env: Env) -> Env:
    """Return where what `home` says counts: where none of those `cases` applies that are exceptions to it."""
    for case in cases:
        if env.scope.makes_exception(case.clause, home.clause):
            env = env.given(core.Not(case.guard), frozenset())
    return env


def _cases(node: ast.Define, type_: Type, env: Env, home: Home, draft: Draft) -> list[tuple[Expr | None, Typed, Case]]:
    made: list[tuple[Expr | None, Typed, Case]] = []
    steps = frozenset(draft.scope.on.get(node.name.text, ()))
    passed: list[Expr] = []  # cases of one clause are taken in order: a later one counts where those before do not fit
    for i, case in enumerate(node.cases):
        if case.condition is None:
            if i < len(node.cases) - 1:
                wrong("E0309", node.cases[i + 1].span, "nothing behind `otherwise` is ever reached")
            value = check(case.value, env, type_)
            made.append((None, value, Case(steps, conjunction(passed), value.expr, home.clause)))
            continue
        guard = condition(case.condition, env)
        value = check(case.value, env.given(guard, facts(case.condition, env, holds=True)), type_)
        made.append((guard, value, Case(steps, conjunction([*passed, guard]), value.expr, home.clause)))
        passed.append(core.Not(guard))
        env = env.given(core.Not(guard), facts(case.condition, env, holds=False))
    return made
