"""What a claim asks of the values in the end of a story and does not find: the comparisons on which it fails."""

from collections.abc import Iterator
from dataclasses import replace

from policydsl.base.records import dataclass
from policydsl.core.expr import And, At, Equal, Expr, Ite, Less, Not, Or, Use, Value, Var, View
from policydsl.core.system import Property
from policydsl.front.loaded import SET_SUFFIX, LoadedPolicy
from policydsl.front.types import BooleanType, NumberType, Type, show_value
from policydsl.report.told import Expected, Relation, Which
from policydsl.report.values import bare_name, declared_name, history_of, is_of_event, value_in
from policydsl.semantics import evaluate
from policydsl.semantics.evaluate import Env

_MOST = 3
_FLIPPED: dict[Relation, Relation] = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}


def expected_in(policy: LoadedPolicy, claim: Property, env: Env, alone: Env) -> tuple[Expected, ...]:
    """Return what `claim` asks for and does not find: in the step of `env`, else in the state of `alone`."""
    after = replace(env, view=View.AFTER)
    failed, where = (claim.step, after) if not evaluate.holds(claim.step, after) else (claim.state, alone)
    found = (_expected(policy, e, at, wanted=wanted) for e, at, wanted in _failing(failed, where, wanted=True))
    return tuple(dict.fromkeys(e for e in found if e is not None))[:_MOST]


def _failing(e: Expr, env: Env, *, wanted: bool) -> Iterator[tuple[Expr, Env, bool]]:
    """Yield the innermost conditions that would have to be `wanted` and are not."""
    match e:
        case Not(arg=a):
            yield from _failing(a, env, wanted=not wanted)
        case At(view=view, body=body):
            yield from _failing(body, replace(env, view=view), wanted=wanted)
        case And(args=args) | Or(args=args):
            wrong = [a for a in args if evaluate.holds(a, env) is not wanted]
            if isinstance(e, Or) is wanted:  # any one of them would do: what was the occasion is not what was asked
                wrong = [a for a in wrong if not isinstance(a, Not)] or wrong[-1:]
            for a in wrong:
                yield from _failing(a, env, wanted=wanted)
        case Ite(cond=cond, then=then, otherwise=otherwise):
            yield from _failing(then if evaluate.holds(cond, env) else otherwise, env, wanted=wanted)
        case _:
            yield e, env, wanted


def _expected(policy: LoadedPolicy, e: Expr, env: Env, *, wanted: bool) -> Expected | None:
    match e:
        case Less(left=left, right=right, strict=strict):
            relation: Relation = ("<" if strict else "<=") if wanted else (">=" if strict else ">")
            return _compared(policy, (left, right), relation, env)
        case Equal(left=left, right=right) if _is_flag(left) != _is_flag(right):  # one is known to be there, or not
            flag, other = (left, right) if _is_flag(left) else (right, left)
            return _expected_at(policy, flag, env, wanted=_value(other, env) is wanted)
        case Equal(left=left, right=right):
            return _compared(policy, (left, right), "=" if wanted else "!=", env)
        case Var(name=name) if name.endswith(SET_SUFFIX):
            return _is_set(policy, name, env, wanted=wanted)
        case Var(name=name) | Use(name=name):
            found = value_in(policy, name, env)
            yes, no = show_value(True, BooleanType()), show_value(False, BooleanType())  # noqa: FBT003  the values
            asked = yes if wanted else no
            return (
                None
                if found is None
                else Expected(found[0], _old(policy, name, env), found[1], "=", asked, history=history_of(name))
            )
        case _:
            return None


def _is_flag(e: Expr) -> bool:
    """Return whether `e` says that an optional date is there, or that it is not."""
    match e:
        case Var(name=name):
            return name.endswith(SET_SUFFIX)
        case At(body=inner) | Not(arg=inner):
            return _is_flag(inner)
        case _:
            return False


def _expected_at(policy: LoadedPolicy, e: Expr, env: Env, *, wanted: bool) -> Expected | None:
    if isinstance(e, At):
        return _expected_at(policy, e.body, replace(env, view=e.view), wanted=wanted)
    if isinstance(e, Not):
        return _expected_at(policy, e.arg, env, wanted=not wanted)
    return _expected(policy, e, env, wanted=wanted)


def _is_set(policy: LoadedPolicy, name: str, env: Env, *, wanted: bool) -> Expected | None:
    found = value_in(policy, name, env)
    relation: Relation = "!=" if wanted else "="
    return (
        None
        if found is None
        else Expected(found[0], _old(policy, name, env), found[1], relation, "none", history=history_of(name))
    )


def _old(policy: LoadedPolicy, name: str, env: Env) -> bool:
    return env.step is not None and env.view is View.BEFORE and not is_of_event(policy, name)


def _compared(policy: LoadedPolicy, sides: tuple[Expr, Expr], relation: Relation, env: Env) -> Expected | None:
    """Return what is asked of the side that has a name, the left one first; None if neither has."""
    left, right = (_named(policy, side, env) for side in sides)
    if left is None or (left.old and right is not None and not right.old):  # what is now is asked to fit what was
        left, right, sides, relation = right, left, (sides[1], sides[0]), _FLIPPED[relation]
    if left is None:
        return None
    value = right.value if right is not None else show_value(_value(sides[1], env), left.type_)
    made = Expected(left.name, left.old, left.value, relation, value, history=left.history)
    if right is None:
        return made
    return replace(made, other=right.name, other_old=right.old, other_history=right.history)


@dataclass(frozen=True, slots=True)
class _Named:
    """A value that has a name: whether it is that before the step, and in which of two histories."""

    name: str
    old: bool
    value: str
    type_: Type
    history: Which | None


def _named(policy: LoadedPolicy, e: Expr, env: Env) -> _Named | None:
    match e:
        case At(view=view, body=body):
            return _named(policy, body, replace(env, view=view))
        case Var(name=name) | Use(name=name):
            found = value_in(policy, name, env)
            symbol = policy.symbols.get(bare_name(declared_name(name)).partition("[")[0])
            if found is None:
                return None
            type_ = None if symbol is None else symbol.type
            return _Named(found[0], _old(policy, name, env), found[1], type_ or NumberType("count"), history_of(name))
        case _:
            return None


def _value(e: Expr, env: Env) -> Value:
    return evaluate.evaluate(e, env)
