"""The part of z3's Python interface that encodings are written in, under the same names, without most of its cost.

z3's own operators look up and compare sorts in every call, which takes longer than most queries here. The core is
typed, so sorts always fit; these terms are z3's own objects otherwise, and mix with them. Nothing uses the global
context. Calls go to z3's library past the wrappers that its interface puts around each; what these would find wrong
shows here as a term that is not there.

Terms live as long as their context (`new_context`): counting references takes longer than making terms.
"""

# ruff: noqa: N802  the names are z3's own

import ctypes
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
    "new_context",
    "number_in",
    "settled_solver",
    "simplify",
    "substitute",
]

Answer: TypeAlias = Literal["sat", "unsat", "unknown"]


_WORD = ctypes.c_void_p


def _function(name: str, result: type | None, *arguments: type) -> Callable[..., z3.Ast]:
    """Return the function `name` of z3's library: the one that z3's own interface has loaded, by its address."""
    loaded = getattr(z3, name).__defaults__[-1].f
    address = ctypes.cast(loaded, _WORD).value or 0
    return cast("Callable[..., z3.Ast]", ctypes.CFUNCTYPE(result, *arguments)(address))


def _maker(name: str, *arguments: type) -> Callable[..., z3.Ast]:
    """Return the function of z3's library that makes a term, in a context, of `arguments`."""
    return _function(name, z3.Ast, _WORD, *arguments)


_eq, _lt, _le, _gt, _ge, _div, _mod, _implies = (
    _maker(f"Z3_mk_{name}", _WORD, _WORD) for name in ("eq", "lt", "le", "gt", "ge", "div", "mod", "implies")
)
_add, _sub, _mul, _and, _or = (
    _maker(f"Z3_mk_{name}", ctypes.c_uint, _WORD) for name in ("add", "sub", "mul", "and", "or")
)
_not, _to_real = _maker("Z3_mk_not", _WORD), _maker("Z3_mk_int2real", _WORD)
_ite = _maker("Z3_mk_ite", _WORD, _WORD, _WORD)
_simplify = _maker("Z3_simplify", _WORD)
_substitute = _maker("Z3_substitute", _WORD, ctypes.c_uint, _WORD, _WORD)
_assert = _function("Z3_solver_assert", None, _WORD, _WORD, _WORD)
_kind = _function("Z3_get_ast_kind", ctypes.c_uint, _WORD, _WORD)
_identity = _function("Z3_get_ast_id", ctypes.c_uint, _WORD, _WORD)


class _Lasting(Context):  # type: ignore[misc]  # z3 carries no annotations
    """A context whose terms live as long as it does.

    It holds handles alone: whatever holds a context in turn would keep it until Python looks for circles, which is
    seldom, as it does not see how much memory is z3's.
    """

    def __init__(self) -> None:
        self.numbers: dict[int, z3.Ast] = {}
        self.constants: dict[tuple[str, str], z3.Ast] = {}
        self.settled: z3.TacticObj | None = None
        given = z3.Z3_mk_config()
        self.ctx = z3.Z3_mk_context(given)
        self.owner = True
        self.eh = z3.Z3_set_error_handler(self.ctx, z3.z3.z3_error_handler)
        z3.Z3_set_ast_print_mode(self.ctx, z3.Z3_PRINT_SMTLIB2_COMPLIANT)
        z3.Z3_del_config(given)


def new_context() -> Context:
    """Return a context for terms. In any other, they could be gone before they are used, so none can be made."""
    return _Lasting()


def _handle(ctx: Context) -> z3.ContextObj:
    """Return the handle of a context in which terms last."""
    assert isinstance(ctx, _Lasting), "terms are made in contexts of `new_context` only"
    return ctx.ctx


def _init(self: z3.AstRef, ast: z3.Ast, ctx: Context) -> None:
    if not ast:
        raise z3.Z3Exception(z3.Z3_get_error_msg(ctx.ctx, z3.Z3_get_error_code(ctx.ctx)))
    self.ast = ast
    self.ctx = ctx


def _id(self: z3.AstRef) -> int:
    return cast("int", _identity(self.ctx.ctx, self.ast))


_del = object.__init__
"""Does nothing, and quickly: where z3's own terms give up a reference, these have none."""


class _Truth(BoolRef):  # type: ignore[misc]  # z3 carries no annotations
    """A truth value."""

    __init__, __del__, get_id = _init, _del, _id
    __hash__ = BoolRef.__hash__

    def __eq__(self, other: object) -> BoolRef:
        return _equal(self, cast("ExprRef", other))

    def __ne__(self, other: object) -> BoolRef:
        return Not(_equal(self, cast("ExprRef", other)))


class _Number(ArithRef):  # type: ignore[misc]  # z3 carries no annotations
    """An integer or a rational; Python's own integers mix with it."""

    __init__, __del__, get_id = _init, _del, _id
    __hash__ = ArithRef.__hash__

    def __eq__(self, other: object) -> BoolRef:
        return _Truth(_eq(self.ctx.ctx, self.ast, _raw(self.ctx, cast("ExprRef | int", other))), self.ctx)

    def __ne__(self, other: object) -> BoolRef:
        return Not(self == other)

    def __lt__(self, other: ArithRef | int) -> BoolRef:
        return _Truth(_lt(self.ctx.ctx, self.ast, _raw(self.ctx, other)), self.ctx)

    def __le__(self, other: ArithRef | int) -> BoolRef:
        return _Truth(_le(self.ctx.ctx, self.ast, _raw(self.ctx, other)), self.ctx)

    def __gt__(self, other: ArithRef | int) -> BoolRef:
        return _Truth(_gt(self.ctx.ctx, self.ast, _raw(self.ctx, other)), self.ctx)

    def __ge__(self, other: ArithRef | int) -> BoolRef:
        return _Truth(_ge(self.ctx.ctx, self.ast, _raw(self.ctx, other)), self.ctx)

    def __add__(self, other: ArithRef | int) -> ArithRef:
        return _pair(_add, self.ctx, self.ast, _raw(self.ctx, other))

    def __radd__(self, other: ArithRef | int) -> ArithRef:
        return _pair(_add, self.ctx, _raw(self.ctx, other), self.ast)

    def __sub__(self, other: ArithRef | int) -> ArithRef:
        return _pair(_sub, self.ctx, self.ast, _raw(self.ctx, other))

    def __rsub__(self, other: ArithRef | int) -> ArithRef:
        return _pair(_sub, self.ctx, _raw(self.ctx, other), self.ast)

    def __mul__(self, other: ArithRef | int) -> ArithRef:
        return _pair(_mul, self.ctx, self.ast, _raw(self.ctx, other))

    def __rmul__(self, other: ArithRef | int) -> ArithRef:
        return _pair(_mul, self.ctx, _raw(self.ctx, other), self.ast)

    def __truediv__(self, other: ArithRef | int) -> ArithRef:
        return _Number(_div(self.ctx.ctx, self.ast, _raw(self.ctx, other)), self.ctx)

    def __mod__(self, other: ArithRef | int) -> ArithRef:
        return _Number(_mod(self.ctx.ctx, self.ast, _raw(self.ctx, other)), self.ctx)


class _Whole(_Number, IntNumRef):  # type: ignore[misc]  # z3 carries no annotations
    """An integer given as a number."""

    __hash__ = ArithRef.__hash__


# --- constants and numbers -----------------------------------------------------------------------


def Bool(name: str, ctx: Context) -> BoolRef:
    """Return the truth value called `name`."""
    return _constant(name, z3.Z3_mk_bool_sort, _Truth, ctx)


def Int(name: str, ctx: Context) -> ArithRef:
    """Return the integer called `name`."""
    return _constant(name, z3.Z3_mk_int_sort, _Number, ctx)


def Real(name: str, ctx: Context) -> ArithRef:
    """Return the rational called `name`."""
    return _constant(name, z3.Z3_mk_real_sort, _Number, ctx)


def _constant(name: str, sort: Callable[[z3.ContextObj], z3.Sort], kind: type[ExprRef], ctx: Context) -> ExprRef:
    """Return a constant, made when it is first asked for: encodings ask for the same ones again and again."""
    handle, key = _handle(ctx), (name, sort.__name__)
    made = ctx.constants.get(key)
    if made is None:
        made = ctx.constants[key] = z3.Z3_mk_const(handle, z3.Z3_mk_string_symbol(handle, name), sort(handle))
    return kind(made, ctx)


def FreshBool(prefix: str, ctx: Context) -> BoolRef:
    """Return a truth value that no other term has."""
    return _Truth(z3.Z3_mk_fresh_const(_handle(ctx), prefix, z3.Z3_mk_bool_sort(ctx.ctx)), ctx)


def FreshInt(prefix: str, ctx: Context) -> ArithRef:
    """Return an integer that no other term has."""
    return _Number(z3.Z3_mk_fresh_const(_handle(ctx), prefix, z3.Z3_mk_int_sort(ctx.ctx)), ctx)


def BoolVal(value: bool, ctx: Context) -> BoolRef:  # noqa: FBT001  as in z3
    """Return true or false."""
    return _Truth(z3.Z3_mk_true(_handle(ctx)) if value else z3.Z3_mk_false(_handle(ctx)), ctx)


def IntVal(value: int, ctx: Context) -> IntNumRef:
    """Return an integer."""
    return _Whole(_raw(ctx, value), ctx)


def RealVal(value: str, ctx: Context) -> ArithRef:
    """Return a rational written as `1/2`."""
    return _Number(z3.Z3_mk_numeral(_handle(ctx), value, z3.Z3_mk_real_sort(ctx.ctx)), ctx)


# --- operations ----------------------------------------------------------------------------------


def Not(a: BoolRef) -> BoolRef:
    """Return the negation."""
    return _Truth(_not(a.ctx.ctx, a.ast), a.ctx)


def And(*args: BoolRef) -> BoolRef:
    """Return the conjunction of at least one part."""
    ctx = args[0].ctx
    return _Truth(_and(ctx.ctx, len(args), _array(args)), ctx)


def Or(*args: BoolRef) -> BoolRef:
    """Return the disjunction of at least one part."""
    ctx = args[0].ctx
    return _Truth(_or(ctx.ctx, len(args), _array(args)), ctx)


def Implies(a: BoolRef, b: BoolRef) -> BoolRef:
    """Return the implication."""
    return _Truth(_implies(a.ctx.ctx, a.ast, b.ast), a.ctx)


def If(cond: BoolRef, then: ExprRef | int, otherwise: ExprRef | int) -> ExprRef:
    """Return one of two terms of one sort."""
    ctx = cond.ctx
    kind = _Truth if isinstance(then, BoolRef) else _Number
    return kind(_ite(ctx.ctx, cond.ast, _raw(ctx, then), _raw(ctx, otherwise)), ctx)


def Sum(*args: ArithRef) -> ArithRef:
    """Return the sum of at least one part."""
    ctx = args[0].ctx
    return _Number(_add(ctx.ctx, len(args), _array(args)), ctx)


def ToReal(a: ArithRef) -> ArithRef:
    """Return an integer as a rational."""
    return _Number(_to_real(a.ctx.ctx, a.ast), a.ctx)


def simplify(a: ArithRef) -> ArithRef:
    """Return the normal form of a number."""
    ctx = a.ctx
    found = _simplify(ctx.ctx, a.ast)
    whole = _kind(ctx.ctx, found) == z3.Z3_NUMERAL_AST and not isinstance(a, RatNumRef)
    return (_Whole if whole else _Number)(found, ctx)


def substitute(said: BoolRef, before: Sequence[ExprRef], after: Sequence[ExprRef]) -> BoolRef:
    """Return `said` of the terms `after` in place of the constants `before`."""
    return _Truth(_substitute(said.ctx.ctx, said.ast, len(before), _array(before), _array(after)), said.ctx)


def _equal(a: ExprRef, b: ExprRef) -> BoolRef:
    return _Truth(_eq(a.ctx.ctx, a.ast, b.ast), a.ctx)


def _pair(make: Callable[..., z3.Ast], ctx: Context, a: z3.Ast, b: z3.Ast) -> ArithRef:
    return _Number(make(ctx.ctx, 2, (z3.Ast * 2)(a, b)), ctx)


def _raw(ctx: Context, term: ExprRef | int) -> z3.Ast:
    """Return the handle of a term or of a whole number."""
    if not isinstance(term, int):
        return term.ast
    found = ctx.numbers.get(term)
    if found is None:
        found = ctx.numbers[term] = z3.Z3_mk_numeral(_handle(ctx), str(term), z3.Z3_mk_int_sort(ctx.ctx))
    return found


def _array(args: Sequence[ExprRef]) -> object:
    return (z3.Ast * len(args))(*(arg.ast for arg in args))


# --- solvers and models --------------------------------------------------------------------------


def settled_solver(ctx: Context) -> Solver:
    """Return a new solver for one query, which looks at all of it before it begins.

    With z3's older arithmetic it takes three quarters of the time of others for proofs by induction (measured). To have
    it try what is false first takes a tenth less of most, and ten seconds of one: not done.
    """
    assert isinstance(ctx, _Lasting)
    if ctx.settled is None:
        tuned = z3.ParamsRef(ctx=ctx)
        tuned.set("arith.solver", 2)
        tactic = z3.WithParams(z3.Tactic("smt", ctx=ctx), tuned)
        z3.Z3_tactic_inc_ref(ctx.ctx, tactic.tactic)
        ctx.settled = tactic.tactic
    return Solver(z3.Z3_mk_solver_from_tactic(ctx.ctx, ctx.settled), ctx)


def add(solver: Solver, terms: Iterable[BoolRef]) -> None:
    """Assert `terms`."""
    for term in terms:
        _assert(solver.ctx.ctx, solver.solver, term.ast)


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
