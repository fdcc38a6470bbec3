"""What elaboration makes of an expression, and where the expression stands."""

from collections.abc import Callable, Mapping
from dataclasses import field, replace
from fractions import Fraction
from typing import Literal, NoReturn

from policydsl.base.records import dataclass
from policydsl.base.span import Span
from policydsl.core import expr as core
from policydsl.core.expr import DATE, TRUE, Expr, View
from policydsl.front.scope import Scope, wrong
from policydsl.front.types import BooleanType, DateType, NumberType, Type, show_type

TODAY = core.Var(core.TODAY, DATE)
DATE_TYPE = DateType()
BOOLEAN = BooleanType()
DAYS, MONTHS, COUNT, INTEGER = NumberType("days"), NumberType("months"), NumberType("count"), NumberType("integer")


@dataclass(frozen=True, slots=True)
class Typed:
    """A core expression and its type.

    `present` is the condition under which an optional date is set (None: it always is; `none` itself has FALSE).
    `bare` marks a number without a unit, which takes the unit of its surroundings.
    """

    expr: Expr
    type: Type
    present: Expr | None = None
    bare: bool = False

    @property
    def there(self) -> Expr:
        """The condition under which there is a value."""
        return TRUE if self.present is None else self.present


@dataclass(frozen=True, slots=True)
class TwoHistories:
    """What an expression of the policy's system is in the first history, and in the second, of a claim about two.

    `own` is the one that is meant where none is named; None: it must be named where the two may differ. `alike` is that
    both are in one state.
    """

    first: Callable[[Expr], Expr]
    second: Callable[[Expr], Expr]
    alike: Expr
    own: Literal["first", "second"] | None = None

    def seen(self, typed: Typed, which: Literal["first", "second"]) -> Typed:
        """Return `typed` as it is in one of the histories."""
        to = self.first if which == "first" else self.second
        return replace(typed, expr=to(typed.expr), present=None if typed.present is None else to(typed.present))


@dataclass(frozen=True, slots=True)
class Env:
    """Where an expression stands.

    `events` are those at hand (their inputs can be read); None: no step at all (a state on its own).
    `view` is the view at hand. `forced` marks an explicit `old` or `new`. `known` are the (variable, view) of
    optional dates known to be set here; `path` the conditions under which the expression is evaluated at all.
    `rigid` are the values that a claim speaks of in general. `two` is there where a claim speaks of two histories and
    it is not yet said of which; `known` then has names as `first history.x`. `partial` collects definedness conditions.
    """

    scope: Scope
    events: tuple[str, ...] | None
    view: View
    forced: bool = False
    known: frozenset[tuple[str, View]] = frozenset()
    path: tuple[Expr, ...] = ()
    rigid: Mapping[str, Type] = field(default_factory=dict)
    two: TwoHistories | None = None
    partial: list[Expr] = field(default_factory=list)

    def given(self, condition: Expr, facts: frozenset[tuple[str, View]]) -> "Env":
        """Return the environment in which `condition` holds, with the `facts` that follow from it."""
        return replace(self, known=self.known | facts, path=(*self.path, condition))


def at_rest(scope: Scope) -> Env:
    """Return the environment of a state on its own: definitions, permissions, schedules, `always` claims."""
    return Env(scope, None, View.AFTER)


def in_step(scope: Scope, events: tuple[str, ...], view: View = View.BEFORE) -> Env:
    """Return the environment of a rule (or, with AFTER, a claim) about a step with one of `events`."""
    return Env(scope, events, view)


def fits(typed: Typed, expected: Type) -> bool:
    """Return whether `typed` is of the type `expected`, optional or not."""
    if isinstance(expected, DateType):
        return isinstance(typed.type, DateType)
    return typed.type == expected


def shown(typed: Typed, view: View) -> Typed:
    """Return `typed` as `view` shows it."""
    present = None if typed.present is None else core.At(view, typed.present)
    return replace(typed, expr=core.At(view, typed.expr), present=present)


def mismatch(span: Span, found: Type, expected: Type) -> NoReturn:
    """Raise "of another type"."""
    hint = None
    if isinstance(found, NumberType) and isinstance(expected, NumberType):
        hint = f"{show_type(found)} and {show_type(expected)} are never taken for each other"
    wrong("E0301", span, f"this is of type {show_type(found)}, but {show_type(expected)} is needed here", hint=hint)


def constant(e: Expr) -> Fraction | None:
    """Return the number (or day number) that `e` is, if it is a constant."""
    match e:
        case core.IntLit(value=value) | core.DateLit(value=value):
            return Fraction(value)
        case core.RatLit(value=share):
            return share
        case core.Scale(factor=factor, arg=arg):
            inner = constant(arg)
            return None if inner is None else inner * factor
        case _:
            return None


def join(cond: Expr, then: Typed, otherwise: Typed, span: Span) -> Typed:
    """Return `then` where `cond` holds, else `otherwise`. Raises WrongError for two different types."""
    both_dates = isinstance(then.type, DateType) and isinstance(otherwise.type, DateType)
    if then.type != otherwise.type and not both_dates:
        mismatch(span, otherwise.type, then.type)
    made = core.Ite(cond, then.expr, otherwise.expr)
    present: Expr | None = None
    if then.present is not None or otherwise.present is not None:
        present = core.Ite(cond, then.there, otherwise.there)
    type_ = DateType(optional=True) if present is not None else then.type
    return Typed(made, type_, present, bare=then.bare and otherwise.bare)
