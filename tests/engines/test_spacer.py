"""True claims that templates do not reach; and that nothing rests on what Spacer says."""

import time
from contextlib import nullcontext
from fractions import Fraction
from random import Random

import pytest
import z3

from policydsl.core.expr import (
    BOOL,
    DATE,
    FALSE,
    INT,
    RAT,
    TODAY,
    TRUE,
    Add,
    AddDays,
    And,
    DateLit,
    DaysBetween,
    EnumLit,
    Equal,
    Expr,
    IntLit,
    Ite,
    Less,
    Not,
    Or,
    Quotient,
    RatLit,
    Remainder,
    Scale,
    Sort,
    ToRat,
    Value,
    Var,
)
from policydsl.core.system import Question, System, Variable
from policydsl.engines import cases, horn, solve, spacer, templates
from policydsl.engines.readback import ForeignError, read
from policydsl.engines.solve import Meter
from policydsl.engines.verdict import Budget, Proved
from policydsl.semantics import terms
from policydsl.semantics.encode import Encoding
from policydsl.semantics.encode_calendar import AbstractCalendar
from policydsl.semantics.evaluate import alone, evaluate
from tests.engines.asking import answer
from tests.engines.reading import questions
from tests.engines.systems import CONDUCT

LATE = """
    policy "Late fees"
        histories from 2024-01-01

    clause 1 "what is billed falls due on the tenth of the next month; a late fee the day after, unless paid"
        state due: date or none
        state fees: count = 0
        occurrence bill
            possible when due is none
        on bill
            set due = start of month of today + 1 month rounding last day
        occurrence payment
            possible when due is not none
        on payment
            set due = none
        schedule late_fee: the day after due + 9 days while due is not none
            set fees = fees + 1
            set due = none
    """

ABOUT_LATE = """
    claims about "Late fees"

    guarantee eleventh "No late fee before the eleventh of a month"
        cites 1
        after late_fee: day of today >= 11
    """

EVEN = """
    policy "Even"

    clause 1 "two for one, four for the other"
        state high: boolean = no
        state score: points = 0
        occurrence turn
        on turn
            set high = not high
        occurrence hit
        on hit when high
            set score = score + 4
        on hit when not high
            set score = score + 2
    """

ABOUT_EVEN = """
    claims about "Even"

    guarantee even "The score is never 7"
        cites 1
        never score = 7 points
    """

CLAIMS = {"eleventh": (LATE, ABOUT_LATE), "even": (EVEN, ABOUT_EVEN)}


def asked(name: str) -> Question:
    return questions(*CLAIMS[name])[name]


@pytest.fixture
def no_templates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(templates, "candidates", lambda *_, **__: ())
    monkeypatch.setattr(cases, "candidates", lambda _: ())


def found(question: Question, level: int = 0) -> spacer.Answer:
    with Meter(Budget(), 60.0) as meter:
        return spacer.search(question.system, question.property, level, meter)


# --- as part of the portfolio --------------------------------------------------------------------


@pytest.mark.usefixtures("no_templates")
@pytest.mark.parametrize("name", CLAIMS)
def test_proves_what_no_template_helps_with(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    verdict = answer(asked(name))
    assert isinstance(verdict, Proved)
    assert verdict.certificate.lemmas
    monkeypatch.setattr(spacer, "search", lambda *_: spacer.Unsure())
    assert not isinstance(answer(asked(name), Budget(seconds=5, max_depth=3, max_k=1, horizons=(24,))), Proved)


@pytest.mark.usefixtures("no_templates")
def test_the_same_certificate_every_time() -> None:
    first, second = (answer(asked("eleventh")) for _ in range(2))
    assert isinstance(first, Proved)
    assert isinstance(second, Proved)
    assert first.certificate == second.certificate


@pytest.mark.usefixtures("no_templates")
@pytest.mark.parametrize("lie", [(), (FALSE,), (TRUE,), (Less(Var("score", INT), IntLit(7), strict=True),)])
def test_nothing_rests_on_what_it_says(lie: tuple[Expr, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spacer, "search", lambda *_: spacer.Invariant(lie))
    verdict = answer(asked("even"), Budget(seconds=5, max_depth=3, max_k=1, horizons=(24,)))
    assert not isinstance(verdict, Proved)


def test_a_lemma_too_many_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(templates, "candidates", lambda *_, **__: ())
    honest = spacer.search

    def padded(*args: object) -> spacer.Answer:
        said = honest(*args)  # type: ignore[arg-type]  # handed on as it came
        assert isinstance(said, spacer.Invariant)
        return spacer.Invariant((*said.conjuncts, Less(Var("score", INT), IntLit(3), strict=False)))

    monkeypatch.setattr(spacer, "search", padded)
    assert isinstance(answer(asked("even")), Proved)


# --- by itself -----------------------------------------------------------------------------------


def test_hands_the_month_of_a_stored_date_on() -> None:
    """Without the months as arguments, the day of `due` would be forgotten from one step to the next."""
    question = asked("eleventh")
    assert horn.dates_with_months(question.system, question.property)[:2] == (TODAY, "due")
    said = found(question)
    assert isinstance(said, spacer.Invariant)
    assert said.conjuncts


def test_a_system_without_months_carries_none() -> None:
    question = asked("even")
    assert horn.dates_with_months(question.system, question.property) == ()


def test_says_so_where_it_fails() -> None:
    sevens = questions(EVEN, ABOUT_EVEN.replace("score = 7", "score = 6"))["even"]
    assert isinstance(found(sevens), spacer.Reachable)


def test_gives_up_at_its_limit() -> None:
    question = asked("eleventh")
    for budget, seconds in ((Budget(rlimit=1000), 60.0), (Budget(effort=1000), 60.0), (Budget(), 0.0)):
        with Meter(budget, seconds) as meter:
            assert isinstance(spacer.search(question.system, question.property, 1, meter), spacer.Unsure)


# --- reading formulas back -----------------------------------------------------------------------

STATE: dict[str, Sort] = {"a": INT, "b": INT, "x": RAT, "flag": BOOL, "kind": CONDUCT, "d": DATE, "e": DATE}


CARDS = """
    policy "Cards"
        histories from 2024-07-01

    clause 1 "a caution is counted; each fifth suspends, and the longer, the more there were"
        state cautions: count = 0
        state ban: count = 0
        schedule season: each year on July 1
            set cautions = 0
        occurrence caution
            possible when ban = 0
        on caution
            set cautions = cautions + 1
            set ban = 1 when new cautions = 5
            set ban = 2 when new cautions = 10
            set ban = 3 when new cautions >= 15 and (new cautions) - 5 * ((new cautions) / 5) = 0
        occurrence missed
            possible when ban > 0
        on missed
            set ban = ban - 1
"""
FEW = """
    claims about "Cards"

    finding few "With few cautions a ban is short: not after the season"
        cites 1
        always cautions < 15 implies ban <= 2
"""


def test_stops_when_its_time_is_up() -> None:
    """Where numbers are divided it may count next to nothing of what it does, as if there were no limit to that."""
    (question,) = questions(CARDS, FEW).values()
    budget = Budget(seconds=4, rlimit=4_000_000_000)
    meter = Meter(budget, budget.seconds)
    with meter:
        assert isinstance(spacer.search(question.system, question.property, 0, meter), spacer.Unsure)
        assert meter.left > 0


@pytest.mark.parametrize("stops", [True, False])
def test_tells_its_own_interruption_from_the_users(monkeypatch: pytest.MonkeyPatch, *, stops: bool) -> None:
    def query(*_: object) -> z3.CheckSatResult:
        time.sleep(0.3 if stops else 0)
        return z3.unknown

    monkeypatch.setattr(z3.Fixedpoint, "query", query)
    monkeypatch.setattr(z3.Fixedpoint, "reason_unknown", lambda _: "interrupted from keyboard")
    monkeypatch.setattr(solve, "_BRAKE", 0.0 if stops else 60.0)
    (question,) = questions(CARDS, FEW).values()
    meter = Meter(Budget(), 10.0)
    with meter, nullcontext() if stops else pytest.raises(KeyboardInterrupt):
        assert isinstance(spacer.search(question.system, question.property, 0, meter), spacer.Unsure)


def random_sum(rng: Random, depth: int) -> Expr:
    if depth == 0:
        days = DaysBetween(*(Var(rng.choice(("d", "e")), DATE) for _ in range(2)))
        leaves: list[Expr] = [Var("a", INT), Var("b", INT), IntLit(rng.randrange(-3, 4)), days]
        return rng.choice(leaves)
    first, second = random_sum(rng, depth - 1), random_sum(rng, depth - 1)
    sums: list[Expr] = [
        Add((first, second)),
        Scale(rng.choice((-2, -1, 3)), first),
        Quotient(first, 3),
        Remainder(first, 4),
        Ite(Less(first, second, strict=True), first, second),
    ]
    return rng.choice(sums)


def random_formula(rng: Random, depth: int) -> Expr:
    if depth > 0:
        a, b, c = (random_formula(rng, depth - 1) for _ in range(3))
        formulas: list[Expr] = [And((a, b, c)), Or((a, b)), Not(a), Ite(a, b, c), Equal(a, b)]
        return rng.choice(formulas)
    left, right, strict = random_sum(rng, 1), random_sum(rng, 1), rng.random() < 0.5
    day = AddDays(Var("d", DATE), IntLit(rng.randrange(-2, 3)))
    rational = Add((Scale(Fraction(rng.choice((-1, 3)), 2), Var("x", RAT)), ToRat(left)))
    facts: list[Expr] = [
        Var("flag", BOOL),
        Equal(Var("kind", CONDUCT), EnumLit(CONDUCT, rng.choice(CONDUCT.values))),
        Less(left, right, strict=strict),
        Equal(left, right),
        Less(day, Var("e", DATE), strict=strict),
        Less(DateLit(rng.randrange(1, 5)), day, strict=strict),
        Less(rational, RatLit(Fraction(rng.randrange(-3, 4), 2)), strict=strict),
    ]
    return rng.choice(facts)


def random_state(rng: Random) -> dict[str, Value]:
    numbers = {name: rng.randrange(-4, 5) for name in ("a", "b")}
    dates = {name: rng.randrange(1, 6) for name in ("d", "e", TODAY)}
    rest: dict[str, Value] = {"x": Fraction(rng.randrange(-4, 5), 2), "kind": rng.choice(CONDUCT.values)}
    return {**numbers, **dates, **rest, "flag": rng.random() < 0.5}


@pytest.mark.parametrize("simplified", [False, True])
def test_reads_back_what_it_was(*, simplified: bool) -> None:
    variables = tuple(Variable(name, sort, None, "1") for name, sort in STATE.items())
    system = System("all sorts", (), (), variables, (), (), (), (), (), ())
    encoding = Encoding(system, terms.new_context(), AbstractCalendar())
    names = {f"{name}@0": (Var(name, sort), sort) for name, sort in {**STATE, TODAY: DATE}.items()}
    rng = Random(1)  # noqa: S311  a test's own dice
    for _ in range(300):
        e = random_formula(rng, 2)
        term = encoding.state_value(e, 0)
        back = read(z3.simplify(term, arith_lhs=True) if simplified else term, names)
        for _ in range(20):
            env = alone(system, {}, random_state(rng))
            assert evaluate(e, env) == evaluate(back, env), (e, back)


def test_has_no_words_for_products_and_strangers() -> None:
    ctx = z3.Context()
    a, b = z3.Int("a", ctx), z3.Int("b", ctx)
    names = {"a": (Var("a", INT), INT)}
    for term in (a * a == 4, b == 1, a / b == 1, z3.Exists([a], a == 1)):
        with pytest.raises(ForeignError):
            read(term, names)
