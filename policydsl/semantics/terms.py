"""The part of z3's Python interface that encodings are written in, under the same names, without most of its cost.

z3's own operators look up and compare sorts in every call, which takes longer than most queries here. The core is
typed, so sorts always fit; these terms are z3's own objects otherwise, and mix with them. Nothing uses the global
context.
"""

# ruff: noqa: N802  the names are z3's own

from collections.abc import Callable, Iterable, Sequence
from typing import Literal, TypeAlias, cast

import z3
from z3 import ArithRef, BoolRef, Context, ExprRef, IntNumRef, ModelRef, RatNumRef, Solver

__all__ = [
    "And",
    "Answer",
    "ArithRef",
    "Bool",
    "BoolRef",
    "BoolVal",
    "Context",
    "ExprRef",
    "FreshBool",
    "FreshInt",
    "If",
    "Implies",
    "Int",
    "IntNumRef",
    "IntVal",
    "Not",
    "Or",
    "Real",
    "RealVal",
    "Sum",
    "ToReal",
    "add",
    "check",
    "is_true_in",
    "number_in",
    "simplify",
]

Answer: TypeAlias = Literal["sat", "unsat", "unknown"]


def _init(self: z3.AstRef, ast: z3.Ast, ctx: Context) -> None:
    self.ast = ast
    self.ctx = ctx
    z3.Z3_inc_ref(ctx.ctx, ast)


def _del(self: z3.AstRef, _dec_ref: Callable[..., None] = z3.Z3_dec_ref) -> None:
    if self.ctx.ctx is not None and self.ast is not None:
        _dec_ref(self.ctx.ctx, self.ast)
        self.ast = None


class _Truth(BoolRef):  # type: ignore[misc]  # z3 carries no annotations
    """A truth value."""

    __init__, __del__ = _init, _del
    __hash__ = BoolRef.__hash__

    def __eq__(self, other: object) -> BoolRef:
        return _equal(self, cast("ExprRef", other))

    def __ne__(self, other: object) -> BoolRef:
        return Not(_equal(self, cast("ExprRef", other)))


class _Number(ArithRef):  # type: ignore[misc]  # z3 carries no annotations
    """An integer or a rational; Python's own integers mix with it."""

    __init__, __del__ = _init, _del
    __hash__ = ArithRef.__hash__

    def __eq__(self, other: object) -> BoolRef:
        return _Truth(z3.Z3_mk_eq(self.ctx.ctx, self.ast, _raw(self.ctx, cast("ExprRef | int", other))), self.ctx)

    def __ne__(self, other: object) -> BoolRef:
        return Not(self == other)

    def __lt__(self, other: ArithRef | int) -> BoolRef:
        return _Truth(z3.Z3_mk_lt(self.ctx.ctx, self.ast, _raw(self.ctx, other)), self.ctx)

    def __le__(self, other: ArithRef | int) -> BoolRef:
        return _Truth(z3.Z3_mk_le(self.ctx.ctx, self.ast, _raw(self.ctx, other)), self.ctx)

    def __gt__(self, other: ArithRef | int) -> BoolRef:
        return _Truth(z3.Z3_mk_gt(self.ctx.ctx, self.ast, _raw(self.ctx, other)), self.ctx)

    def __ge__(self, other: ArithRef | int) -> BoolRef:
        return _Truth(z3.Z3_mk_ge(self.ctx.ctx, self.ast, _raw(self.ctx, other)), self.ctx)

    def __add__(self, other: ArithRef | int) -> ArithRef:
        return _pair(z3.Z3_mk_add, self.ctx, self.ast, _raw(self.ctx, other))

    def __radd__(self, other: ArithRef | int) -> ArithRef:
        return _pair(z3.Z3_mk_add, self.ctx, _raw(self.ctx, other), self.ast)

    def __sub__(self, other: ArithRef | int) -> ArithRef:
        return _pair(z3.Z3_mk_sub, self.ctx, self.ast, _raw(self.ctx, other))

    def __rsub__(self, other: ArithRef | int) -> ArithRef:
        return _pair(z3.Z3_mk_sub, self.ctx, _raw(self.ctx, other), self.ast)

    def __mul__(self, other: ArithRef | int) -> ArithRef:
        return _pair(z3.Z3_mk_mul, self.ctx, self.ast, _raw(self.ctx, other))

    def __rmul__(self, other: ArithRef | int) -> ArithRef:
        return _pair(z3.Z3_mk_mul, self.ctx, _raw(self.ctx, other), self.ast)

    def __truediv__(self, other: ArithRef | int) -> ArithRef:
        return _Number(z3.Z3_mk_div(self.ctx.ctx, self.ast, _raw(self.ctx, other)), self.ctx)

    def __mod__(self, other: ArithRef | int) -> ArithRef:
        return _Number(z3.Z3_mk_mod(self.ctx.ctx, self.ast, _raw(self.ctx, other)), self.ctx)


class _Whole(_Number, IntNumRef):  # type: ignore[misc]  # z3 carries no annotations
    """An integer given as a number."""

    __hash__ = ArithRef.__hash__


# --- constants and numbers -----------------------------------------------------------------------


def Bool(name: str, ctx: Context) -> BoolRef:
    """Return the truth value called `name`."""
    return _Truth(_constant(name, z3.Z3_mk_bool_sort(ctx.ctx), ctx), ctx)


def Int(name: str, ctx: Context) -> ArithRef:
    """Return the integer called `name`."""
    return _Number(_constant(name, z3.Z3_mk_int_sort(ctx.ctx), ctx), ctx)


def Real(name: str, ctx: Context) -> ArithRef:
    """Return the rational called `name`."""
    return _Number(_constant(name, z3.Z3_mk_real_sort(ctx.ctx), ctx), ctx)


def _constant(name: str, sort: z3.Sort, ctx: Context) -> z3.Ast:
    return z3.Z3_mk_const(ctx.ctx, z3.Z3_mk_string_symbol(ctx.ctx, name), sort)


def FreshBool(prefix: str, ctx: Context) -> BoolRef:
    """Return a truth value that no other term has."""
    return _Truth(z3.Z3_mk_fresh_const(ctx.ctx, prefix, z3.Z3_mk_bool_sort(ctx.ctx)), ctx)


def FreshInt(prefix: str, ctx: Context) -> ArithRef:
    """Return an integer that no other term has."""
    return _Number(z3.Z3_mk_fresh_const(ctx.ctx, prefix, z3.Z3_mk_int_sort(ctx.ctx)), ctx)


def BoolVal(value: bool, ctx: Context) -> BoolRef:  # noqa: FBT001  as in z3
    """Return true or false."""
    return _Truth(z3.Z3_mk_true(ctx.ctx) if value else z3.Z3_mk_false(ctx.ctx), ctx)


def IntVal(value: int, ctx: Context) -> IntNumRef:
    """Return an integer."""
    return _Whole(_raw(ctx, value), ctx)


def RealVal(value: str, ctx: Context) -> ArithRef:
    """Return a rational written as `1/2`."""
    return _Number(z3.Z3_mk_numeral(ctx.ctx, value, z3.Z3_mk_real_sort(ctx.ctx)), ctx)


# --- operations ----------------------------------------------------------------------------------


def Not(a: BoolRef) -> BoolRef:
    """Return the negation."""
    return _Truth(z3.Z3_mk_not(a.ctx.ctx, a.ast), a.ctx)


def And(*args: BoolRef) -> BoolRef:
    """Return the conjunction of at least one part."""
    ctx = args[0].ctx
    return _Truth(z3.Z3_mk_and(ctx.ctx, len(args), _array(args)), ctx)


def Or(*args: BoolRef) -> BoolRef:
    """Return the disjunction of at least one part."""
    ctx = args[0].ctx
    return _Truth(z3.Z3_mk_or(ctx.ctx, len(args), _array(args)), ctx)


def Implies(a: BoolRef, b: BoolRef) -> BoolRef:
    """Return the implication."""
    return _Truth(z3.Z3_mk_implies(a.ctx.ctx, a.ast, b.ast), a.ctx)


def If(cond: BoolRef, then: ExprRef | int, otherwise: ExprRef | int) -> ExprRef:
    """Return one of two terms of one sort."""
    ctx = cond.ctx
    kind = _Truth if isinstance(then, BoolRef) else _Number
    return kind(z3.Z3_mk_ite(ctx.ctx, cond.ast, _raw(ctx, then), _raw(ctx, otherwise)), ctx)


def Sum(*args: ArithRef) -> ArithRef:
    """Return the sum of at least one part."""
    ctx = args[0].ctx
    return _Number(z3.Z3_mk_add(ctx.ctx, len(args), _array(args)), ctx)


def ToReal(a: ArithRef) -> ArithRef:
    """Return an integer as a rational."""
    return _Number(z3.Z3_mk_int2real(a.ctx.ctx, a.ast), a.ctx)


def simplify(a: ArithRef) -> ArithRef:
    """Return the normal form of a number."""
    ctx = a.ctx
    found = z3.Z3_simplify(ctx.ctx, a.ast)
    whole = z3.Z3_get_ast_kind(ctx.ctx, found) == z3.Z3_NUMERAL_AST and not isinstance(a, RatNumRef)
    return (_Whole if whole else _Number)(found, ctx)


def _equal(a: ExprRef, b: ExprRef) -> BoolRef:
    return _Truth(z3.Z3_mk_eq(a.ctx.ctx, a.ast, b.ast), a.ctx)


def _pair(make: Callable[..., z3.Ast], ctx: Context, a: z3.Ast, b: z3.Ast) -> ArithRef:
    return _Number(make(ctx.ctx, 2, (z3.Ast * 2)(a, b)), ctx)


def _raw(ctx: Context, term: ExprRef | int) -> z3.Ast:
    """Return the handle of a term or of a whole number. Those of numbers are kept as long as their context is."""
    if not isinstance(term, int):
        return term.ast
    known: dict[int, z3.Ast] = ctx.__dict__.setdefault("policydsl_numbers", {})
    found = known.get(term)
    if found is None:
        found = known[term] = z3.Z3_mk_numeral(ctx.ctx, str(term), z3.Z3_mk_int_sort(ctx.ctx))
        z3.Z3_inc_ref(ctx.ctx, found)
    return found


def _array(args: Sequence[ExprRef]) -> object:
    return (z3.Ast * len(args))(*(arg.ast for arg in args))


# --- solvers and models --------------------------------------------------------------------------


def add(solver: Solver, terms: Iterable[BoolRef]) -> None:
    """Assert `terms`."""
    for term in terms:
        z3.Z3_solver_assert(solver.ctx.ctx, solver.solver, term.ast)


def check(solver: Solver, assumptions: Iterable[BoolRef]) -> Answer:
    """Return whether what is asserted and `assumptions`, all of them constants, can be true together."""
    listed = list(assumptions)
    found = z3.Z3_solver_check_assumptions(solver.ctx.ctx, solver.solver, len(listed), _array(listed))
    return "sat" if found == z3.Z3_L_TRUE else "unsat" if found == z3.Z3_L_FALSE else "unknown"


def is_true_in(model: ModelRef, term: BoolRef) -> bool:
    """Return whether `term` is true in `model`; where the model is silent, z3's own default."""
    return bool(z3.Z3_get_bool_value(model.ctx.ctx, _evaluate(model, term).ast) == z3.Z3_L_TRUE)


def number_in(model: ModelRef, term: ExprRef) -> str:
    """Return the number that `term` is in `model`, written as z3 writes it: `-3` or `1/2`."""
    found = _evaluate(model, term)
    assert z3.Z3_get_ast_kind(model.ctx.ctx, found.ast) == z3.Z3_NUMERAL_AST
    return str(z3.Z3_get_numeral_string(model.ctx.ctx, found.ast))


def _evaluate(model: ModelRef, term: ExprRef) -> ExprRef:
    found = (z3.Ast * 1)()
    known = z3.Z3_model_eval(model.ctx.ctx, model.model, term.ast, True, found)  # noqa: FBT003  completed
    assert known
    return _Number(found[0], model.ctx)
