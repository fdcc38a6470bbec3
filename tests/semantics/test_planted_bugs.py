"""Planted bugs: each one-sided mistake must be noticed by the exhaustive comparisons. They test the tests.

A bug is a change of one place in the text of one module; that module, and those that import from it, are
loaded afresh beside the real ones, and the checks are run with them.
"""

import importlib.util
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType

import pytest

from policydsl.semantics import compile as compile_module
from policydsl.semantics import (
    compile_expr,
    encode,
    encode_business,
    encode_calendar,
    encode_expr,
    encode_months,
    evaluate,
    interpret,
)
from tests.semantics.checks import (
    REAL,
    DisagreementError,
    Twins,
    check_facts,
    check_folds,
    check_operators,
    check_steps,
)

PACKAGE = "policydsl.semantics"
LOADED = (encode_months, encode_calendar, encode_business, encode_expr, encode, evaluate, interpret, compile_expr)
MODULES = {module.__name__.removeprefix(f"{PACKAGE}."): module for module in LOADED}
MODULES["compile"] = compile_module
DEPENDENTS = {
    "encode_months": ("encode_months", "encode_calendar", "encode_business", "encode_expr", "encode"),
    "encode_calendar": ("encode_calendar", "encode_business", "encode_expr", "encode"),
    "encode_business": ("encode_business", "encode_expr", "encode"),
    "encode_expr": ("encode_expr", "encode"),
    "encode": ("encode",),
    "evaluate": ("evaluate", "interpret"),
    "interpret": ("interpret",),
    "compile_expr": ("compile_expr", "compile"),
    "compile": ("compile",),
}


@dataclass(frozen=True, slots=True)
class Bug:
    """In `module`, the only `right` becomes `wrong`; `check` (a key of `CHECKS`) notices it."""

    check: str
    name: str
    module: str
    right: str
    wrong: str


CHECKS: dict[str, Callable[[Twins], object]] = {
    "operators": check_operators,
    "steps": check_steps,
    "folds": check_folds,
    "facts": check_facts,
}

BUGS = (
    Bug("operators", "less is not strict", "encode_expr", "truth(x < y if strict else x <= y)", "truth(x <= y)"),
    Bug("operators", "less is always strict", "encode_expr", "truth(x < y if strict else x <= y)", "truth(x < y)"),
    Bug("operators", "less, in the definition", "evaluate", "x < y if e.strict else x <= y", "x <= y"),
    Bug("operators", "and for or", "encode_expr", "return any_of([self.holds(a,", "return conjunction([self.holds(a,"),
    Bug(
        "operators",
        "branches swapped",
        "encode_expr",
        "value = z3.If(cond, then, value)",
        "value = z3.If(cond, value, then)",
    ),
    Bug(
        "operators",
        "enumeration shifted",
        "encode_expr",
        "self._int(sort.values.index(name))",
        "self._int(sort.values.index(name) + 1)",
    ),
    Bug(
        "operators",
        "division cuts off, in the definition",
        "evaluate",
        "integer(e.arg, env) // e.divisor",
        "int(integer(e.arg, env) / e.divisor)",
    ),
    Bug(
        "operators",
        "remainder keeps the sign",
        "encode_expr",
        "self._number(a, env) % divisor",
        "z3.If(self._number(a, env) < 0, -(-self._number(a, env) % divisor), self._number(a, env) % divisor)",
    ),
    Bug(
        "operators",
        "days between, backwards",
        "encode_expr",
        "self._number(b, env) - self._number(a, env)",
        "self._number(a, env) - self._number(b, env)",
    ),
    Bug(
        "operators",
        "factor forgotten",
        "encode_expr",
        "self._factor(factor) * self._number(a, env)",
        "self._number(a, env)",
    ),
    Bug(
        "operators",
        "first of the next month, a day late",
        "encode_calendar",
        "z3.If(before < length, before, length)\n",
        "z3.If(before < length, before, length + 1)\n",
    ),
    Bug(
        "operators",
        "last day taken for the first of the next month",
        "encode_calendar",
        "z3.If(before < length, before, length - 1)",
        "z3.If(before < length, before, length)",
    ),
    Bug(
        "operators",
        "overflow taken for the last day",
        "encode_calendar",
        "result = start + before\n",
        "result = start + z3.If(before < length, before, length - 1)\n",
    ),
    Bug(
        "operators",
        "months are exact only if shorter",
        "encode_calendar",
        "terms.day_in_month(date) <= terms",
        "terms.day_in_month(date) < terms",
    ),
    Bug(
        "operators",
        "day of the month from 0",
        "encode_calendar",
        "self.month_start(self.month_of(date)) + 1",
        "self.month_start(self.month_of(date))",
    ),
    Bug(
        "operators",
        "month start off by one",
        "encode_months",
        "z3.And(start == month_start(m), length",
        "z3.And(start == month_start(m) + 1, length",
    ),
    Bug(
        "operators",
        "last day of a month in the next",
        "encode_months",
        "(date <= last_day(m))",
        "(date < last_day(m))",
    ),
    Bug("operators", "the week starts on Sunday", "encode_calendar", "(date - 1) % 7", "date % 7"),
    Bug("operators", "a weekend counts on from Saturday", "encode_business", "z3.If(n > 0, friday, monday)", "monday"),
    Bug(
        "operators",
        "counting ends on Saturday",
        "encode_business",
        "7 * (place / 5) + place % 5",
        "7 * (place / 6) + place % 6",
    ),
    Bug("operators", "holidays count", "encode_business", "(-1, days.off), (1, days.worked)", "(1, days.worked),"),
    Bug(
        "operators",
        "weekends worked do not count",
        "encode_business",
        "return truth(z3.Or(worked, ",
        "return truth(z3.And(",
    ),
    Bug("operators", "a holiday ends a day early", "encode_business", "(date >= day)", "(date > day)"),
    Bug("operators", "counting starts today", "encode_business", "before + s.n, already", "before + s.n - 1, already"),
    Bug("operators", "no holiday is next", "encode_business", "before, before + 1)", "before, before + 0)"),
    Bug("facts", "sums are quick", "encode_business", "[*facts, least <= took, took <= most]", "[took < most]"),
    Bug("facts", "a week for each day", "encode_business", "took <= longest * s.n", "took < longest * s.n"),
    Bug("facts", "more days never take longer", "encode_business", "one.n <= two.n", "one.n >= two.n"),
    Bug("facts", "weekends are never worked", "encode_business", "[] if s.days.worked else ", ""),
    Bug("facts", "leap years every four", "encode_months", "z3.And(u == 0, z3.Or(f != 0, c == 0))", "u == 0"),
    Bug(
        "facts",
        "no leap years in level 1",
        "encode_months",
        "28 + leap_day if place == 1",
        "z3.IntVal(28, term.month.ctx) if place == 1",
    ),
    Bug("facts", "30 days each", "encode_months", "30 * n - 2 <= days", "30 * n <= days"),
    Bug(
        "facts",
        "months overlap",
        "encode_months",
        "z3.Implies(n == 1, days == a.length)",
        "z3.Implies(n == 1, days == b.length)",
    ),
    Bug(
        "facts",
        "a year of 365 days",
        "encode_months",
        "(365 * n <= days, days <= 366 * n)",
        "(365 * n <= days, days <= 365 * n)",
    ),
    Bug(
        "facts",
        "spans too narrow",
        "encode_months",
        "return min(spans), max(spans)",
        "return min(spans) + 1, max(spans)",
    ),
    Bug(
        "steps", "frame dropped", "encode", "value = env.before[update.variable]", "value = env.after[update.variable]"
    ),
    Bug(
        "steps",
        "variables without an update roam",
        "encode",
        "[truth(self.frame(i + 1)[variable.name] == self.frame(i)[variable.name])]",
        "[]",
    ),
    Bug(
        "steps",
        "cases in the wrong order",
        "encode",
        "for case in reversed(update.cases):",
        "for case in update.cases:",
    ),
    Bug(
        "steps",
        "cases in the wrong order, in the definition",
        "interpret",
        "for case in update.cases:",
        "for case in reversed(update.cases):",
    ),
    Bug(
        "steps",
        "case guard ignored",
        "encode",
        "return all_of(any_of(happens, self.ctx), guard)",
        "return any_of(happens, self.ctx)",
    ),
    Bug(
        "steps",
        "guard ignored",
        "encode",
        "partial(self._guard, i, e)",
        "list",
    ),
    Bug(
        "steps",
        "guard ignored, in the definition",
        "interpret",
        "if event is not None and not holds(event.guard, env):",
        "if False:",
    ),
    Bug(
        "steps",
        "urgency dropped",
        "encode",
        "partial(self._urgency, i, k, s)",
        "list",
    ),
    Bug(
        "steps",
        "events before what is due that day",
        "encode",
        "z3.If(earlier, latest, due > day)",
        "z3.If(earlier, latest, due >= day)",
    ),
    Bug("steps", "ties the other way round", "encode", "self.selector(i) < first + k", "self.selector(i) > first + k"),
    Bug(
        "steps",
        "ties the other way round, in the definition",
        "interpret",
        "found is None or day < found[1]",
        "found is None or day <= found[1]",
    ),
    Bug(
        "steps",
        "overdue goes back in time",
        "encode",
        "all_of(armed, day == z3.If(due < reached, reached, due))",
        "all_of(armed, day == due)",
    ),
    Bug(
        "steps",
        "schedules fire unarmed",
        "encode",
        "all_of(armed, day == z3.If(due < reached, reached, due))",
        "day == z3.If(due < reached, reached, due)",
    ),
    Bug(
        "steps",
        "passage within a day",
        "encode",
        "z3.Implies(self._is(i, PASSAGE), before < after)",
        "z3.Implies(self._is(i, PASSAGE), before <= after)",
    ),
    Bug("steps", "dates go back", "encode", "return [before <= after,", "return [before <= after + 1,"),
    Bug(
        "steps",
        "views swapped",
        "encode_expr",
        "env.after[e.name] if env.view is View.AFTER",
        "env.after[e.name] if env.view is View.BEFORE",
    ),
    Bug(
        "steps",
        "view forgotten",
        "encode_expr",
        "return replace(env, view=view, made=self.made_in(view, env.place))",
        "return env",
    ),
    Bug(
        "steps",
        "definitions shared by the views",
        "encode_expr",
        "replace(env, view=view, made=self.made_in(view, env.place))",
        "replace(env, view=view)",
    ),
    Bug(
        "steps",
        "the clock runs ahead",
        "encode_expr",
        "env.day if env.view is View.AFTER else env.before[TODAY]",
        "env.day",
    ),
    Bug(
        "steps",
        "step property read in BEFORE",
        "encode",
        "self._said.seen_from(View.AFTER, self._between(i))",
        "self._between(i)",
    ),
    Bug(
        "steps",
        "input domain forgotten",
        "encode",
        "constraints.append(truth(z3.Or(happens, term == absent)))",
        "constraints.append(truth(term == absent))",
    ),
    Bug(
        "folds",
        "compiled: frame",
        "compile_expr",
        'return "".join([*parts, otherwise])',
        "return \"\".join([*parts, '0'])",
    ),
    Bug("folds", "compiled: passage within a day", "compile", "or day == today or inputs", "or inputs"),
    Bug("folds", "compiled: schedules a day late", "compile", "which, when = None, day + 1", "which, when = None, day"),
    Bug(
        "folds",
        "compiled: the clock runs ahead",
        "compile_expr",
        "block.day if view is View.AFTER else TODAY",
        "block.day",
    ),
    Bug(
        "folds",
        "compiled: old values for new",
        "compile_expr",
        'return f"n{own[1:]}" if renewed else own',
        "return own",
    ),
    Bug("folds", "compiled: any integer will do", "compile", "type({text}) is not int", "not isinstance({text}, int)"),
)


@contextmanager
def planted(bug: Bug) -> Iterator[Twins]:
    """Load the module of `bug`, and those that import it, with the bug inside."""
    loaded: dict[str, ModuleType] = {}
    saved = dict(sys.modules)
    try:
        for name in DEPENDENTS[bug.module]:
            real = MODULES[name]
            assert real.__file__ is not None
            spec = importlib.util.spec_from_file_location(real.__name__, real.__file__)
            assert spec is not None
            module = importlib.util.module_from_spec(spec)
            sys.modules[real.__name__] = module
            source = text_of(real)
            if name == bug.module:
                assert source.count(bug.right) == 1, f"{bug.name}: its place is gone, or not the only one"
                source = source.replace(bug.right, bug.wrong)
            exec(compile(source, real.__file__, "exec"), module.__dict__)  # noqa: S102
            loaded[name] = module
    finally:
        sys.modules.update(saved)
    yield Twins(**{name: loaded.get(name, MODULES[name]) for name in MODULES})


def text_of(module: ModuleType) -> str:
    """Return the source of `module`."""
    assert module.__file__ is not None
    with open(module.__file__, encoding="utf-8") as file:  # noqa: PTH123
        return file.read()


def notices(check: Callable[[Twins], object], twins: Twins) -> bool:
    """Return whether `check` sees the twins disagree; any other exception is a fault of this test."""
    try:
        check(twins)
    except DisagreementError:
        return True
    return False


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_bug_is_noticed(bug: Bug) -> None:
    with planted(bug) as twins:
        assert notices(CHECKS[bug.check], twins)


@pytest.mark.parametrize(
    ("check", "module"),
    [
        ("operators", "encode_calendar"),
        ("operators", "encode_business"),
        ("operators", "encode_expr"),
        ("facts", "encode_months"),
        ("facts", "encode_business"),
        ("steps", "encode"),
        ("folds", "compile"),
    ],
)
def test_without_a_bug_nothing_is_noticed(check: str, module: str) -> None:
    with planted(Bug(check, "none", module, '"""\n\nfrom ', '"""\n\nfrom ')) as twins:
        assert getattr(twins, module) is not getattr(REAL, module)
        assert not notices(CHECKS[check], twins)
