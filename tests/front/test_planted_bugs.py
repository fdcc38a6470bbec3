"""Bugs planted in the lowering: the examples of the language reference must notice every one of them.

Each bug is one-sided (only the front end is wrong), so both readings of the core agree with each other; what notices
it are histories and verdicts written down by hand.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from policydsl.analyses import pairs
from policydsl.analyses.replay import check_history
from policydsl.base.calendar import Rounding
from policydsl.core import expr as core
from policydsl.core.expr import TRUE, View
from policydsl.engines.portfolio import judge
from policydsl.engines.verdict import Budget, Proved, Refuted
from policydsl.front import (
    arithmetic,
    elaborate,
    lower,
    lower_counts,
    lower_duties,
    lower_rules,
    lower_schedules,
    lower_tables,
    names,
)
from policydsl.front.history_read import read_history
from policydsl.front.load import load_files
from policydsl.front.loaded import LoadedPolicy
from policydsl.syntax import ast

PAGE = Path(__file__).parent.parent.parent / "docs" / "language.md"
BLOCK = re.compile(r"```(policy|claims|history)([^\n]*)\n(.*?)```", re.DOTALL)


def examples() -> Iterator[dict[str, list[str]]]:
    """Yield the texts of each example that is not refused, by kind."""
    found: list[dict[str, list[str]]] = []
    for kind, note, body in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        if kind == "policy":
            found.append({"policy": [body], "refused": [note.strip()] if note.strip() else []})
        else:
            found[-1].setdefault(kind, []).append(body)
    return (e for e in found if not e["refused"])


def noticed() -> bool:
    """Return whether any example comes out otherwise than the page says: first its histories, then its verdicts."""
    loaded = []
    for example in examples():
        texts = {f"x.{kind}": example[kind][0] for kind in ("policy", "claims") if kind in example}
        result = load_files(texts, lambda name, texts=texts: (texts[name], ()))  # type: ignore[misc]  # bound at once
        if any(d.is_error for d in result.diagnostics):
            return True
        loaded.append((example, result))
        if any(_differs(h, result.policies[0]) for h in example.get("history", [])):
            return True
    for _, result in loaded:
        for claims in result.claims:
            by_key = {c.question.key: c for c in claims.claims if c.expect != "depends"}
            questions = [c.question for c in by_key.values()]
            guesses = [q for c in by_key.values() for q in pairs.helpers(c, ())]
            found = judge(claims.policy.system, questions, Budget(seconds=10), lambda *_: None, helpers=guesses)
            for question, verdict in found:
                claim = by_key[question.key]
                good = Refuted if (claim.expect == "fails") != claim.possible else Proved
                if not isinstance(verdict, good):
                    return True
    return False


def _differs(text: str, policy: LoadedPolicy) -> bool:
    history, found = read_history(text, "h.yaml", policy)
    return history is None or bool(found) or bool(check_history(policy, history))


def test_nothing_is_noticed_without_a_bug() -> None:
    assert not noticed()


Patch = pytest.MonkeyPatch


def year_for_month(m: Patch) -> None:
    real = lower_counts._running
    swap = {"year": "month", "month": "year"}

    def planted(counted: Any, window: Any, draft: Any) -> None:
        if isinstance(window, ast.CalendarWindow):
            window = ast.CalendarWindow(window.span, swap[window.unit])  # type: ignore[arg-type]  # the two units
        real(counted, window, draft)

    m.setattr(lower_counts, "_running", planted)


def window_a_day_longer(m: Patch) -> None:
    real = lower_counts._leaves
    m.setattr(lower_counts, "_leaves", lambda w, d: core.AddDays(real(w, d), core.IntLit(1)))


def queue_that_forgets(m: Patch) -> None:
    real = lower_counts._queue

    def planted(slots: list[str], empty: Any, newest: Any, counted: Any, draft: Any) -> None:
        real(slots, empty, newest, counted, draft)
        for name in slots[1:]:
            del draft.bookkeeping[name]

    m.setattr(lower_counts, "_queue", planted)


def count_without_the_event(m: Patch) -> None:
    real = names.read_count
    m.setattr(names, "read_count", lambda name, env: real(name, replace(env, forced=True)))


def exceptions_last(m: Patch) -> None:
    real = lower_rules.by_priority  # type: ignore[attr-defined]  # as that module sees it
    m.setattr(lower_rules, "by_priority", lambda i, c, s: real(i, c, s)[::-1])


def open_ends_closed(m: Patch) -> None:
    real = lower_tables.within  # type: ignore[attr-defined]  # as that module sees it
    m.setattr(lower_tables, "within", lambda t, s, i, e: real(t, s, replace(i, low_closed=True), e))


def last_row_first(m: Patch) -> None:
    real = lower_tables.lower_table
    m.setattr(lower, "lower_table", lambda n, c, d: real(replace(n, rows=n.rows[::-1][:1] + n.rows[1:]), c, d))


def deadline_a_day_early(m: Patch) -> None:
    real = lower_duties.lower_duty

    def planted(node: Any, clause: str, draft: Any) -> None:
        draft.scope.ends_inclusive = False
        real(node, clause, draft)

    m.setattr(lower, "lower_duty", planted)


def duty_never_discharged(m: Patch) -> None:
    real = lower_duties.lower_duty
    m.setattr(lower, "lower_duty", lambda n, c, d: real(replace(n, discharged=()), c, d))


def recurrence_skips_one(m: Patch) -> None:
    real = lower_schedules._next
    m.setattr(lower_schedules, "_next", lambda month, step, day, **kw: real(month, 2 * step, day, **kw))


def always_the_last_day(m: Patch) -> None:
    real = elaborate.add_to_date  # type: ignore[attr-defined]  # as that module sees it

    def planted(total: Any, sign: Any, typed: Any, at: Any, env: Any) -> Any:
        return real(total, sign, typed, (replace(at[0], rounding=Rounding.LAST_DAY), at[1]), env)

    m.setattr(elaborate, "add_to_date", planted)


def subtract_for_add(m: Patch) -> None:
    real = elaborate.add_numbers  # type: ignore[attr-defined]  # as that module sees it
    m.setattr(elaborate, "add_numbers", lambda total, _sign, typed, span: real(total, "+", typed, span))


def old_is_new(m: Patch) -> None:
    real = elaborate._shifted
    m.setattr(elaborate, "_shifted", lambda a, e, _view, s, x: real(a, e, View.AFTER, s, x))


def permission_forgotten(m: Patch) -> None:
    real = lower._event
    m.setattr(lower, "_event", lambda n, c, d: real(replace(n, when=()), c, d))


def range_forgotten(m: Patch) -> None:
    m.setattr(lower, "range_of", lambda *_: TRUE)


def implication_is_conjunction(m: Patch) -> None:
    real = elaborate._elaborate

    def planted(e: Any, env: Any, expected: Any) -> Any:
        return real(ast.And(e.span, (e.left, e.right)) if isinstance(e, ast.Implies) else e, env, expected)

    m.setattr(elaborate, "_elaborate", planted)


def strict_for_weak(m: Patch) -> None:
    real = elaborate._compare_two
    turned: Any = {"<=": "<", ">=": ">"}
    m.setattr(elaborate, "_compare_two", lambda op, a, b, env: real(turned.get(op, op), a, b, env))


def product_forgets_the_factor(m: Patch) -> None:
    m.setattr(elaborate, "times", lambda _e, left, _right, _span: left)


def month_counted_from_nought(m: Patch) -> None:
    real = arithmetic.add_to_date
    one = core.IntLit(1)

    def planted(total: Any, sign: Any, typed: Any, at: Any, env: Any) -> Any:
        made = real(total, sign, typed, at, env)
        days = isinstance(made.expr, core.AddDays)
        return replace(made, expr=core.AddDays(made.expr, one)) if days else made

    m.setattr(elaborate, "add_to_date", planted)


def every_is_the_first(m: Patch) -> None:
    real = lower_rules._targets
    m.setattr(lower_rules, "_targets", lambda t, s, e: real(t, s, e)[:1] if isinstance(t, ast.Every) else real(t, s, e))


BUGS: tuple[Callable[[Patch], None], ...] = (
    year_for_month,
    window_a_day_longer,
    queue_that_forgets,
    count_without_the_event,
    exceptions_last,
    open_ends_closed,
    last_row_first,
    deadline_a_day_early,
    duty_never_discharged,
    recurrence_skips_one,
    always_the_last_day,
    subtract_for_add,
    old_is_new,
    permission_forgotten,
    range_forgotten,
    implication_is_conjunction,
    strict_for_weak,
    product_forgets_the_factor,
    month_counted_from_nought,
    every_is_the_first,
)


@pytest.mark.parametrize("bug", BUGS, ids=lambda b: b.__name__)
def test_bug_is_noticed(bug: Callable[[Patch], None], monkeypatch: pytest.MonkeyPatch) -> None:
    bug(monkeypatch)
    assert noticed()
