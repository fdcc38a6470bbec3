"""However a question is asked, the verdict is the same kind; and where there is no history, it says so."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import pytest

from policydsl.base.calendar import from_civil
from policydsl.core.expr import (
    BOOL,
    FALSE,
    INT,
    TRUE,
    Add,
    And,
    BoolLit,
    DateLit,
    Equal,
    Expr,
    Happens,
    MonthOf,
    Not,
    Or,
    Scale,
    Var,
)
from policydsl.core.system import Case, Input, Parameter, Property, Question, System, Update, Variable
from policydsl.engines import certify
from policydsl.engines.bench import Benches
from policydsl.engines.portfolio import judge
from policydsl.engines.store import Desk, whole_proof
from policydsl.engines.verdict import Bounded, Budget, Manner, Refuted, Unknown, Vacuous, Verdict
from policydsl.semantics.interpret import violation
from tests.engines.asking import BUDGET, answer, answers
from tests.engines.systems import (
    TODAY_VAR,
    after,
    always,
    duty_questions,
    integer,
    le,
    lt,
    num,
    observation_questions,
    occurrence,
    old,
    on,
    score_questions,
    system,
    var,
)


def asked(questions: Sequence[Question], manner: Manner) -> dict[str, Verdict]:
    found = judge(questions[0].system, questions, BUDGET, lambda *_: None, [manner] * len(questions))
    return {question.key: verdict for question, verdict in found}


@pytest.mark.parametrize(
    "make", [score_questions, observation_questions, duty_questions], ids=lambda make: make.__name__
)
@pytest.mark.parametrize("manner", [Manner("verdict"), Manner("verdict", suspect=True), Manner("story", suspect=True)])
def test_manners_change_no_verdict(make: type, manner: Manner) -> None:
    questions = make()
    plain, other = answers(list(questions.values())), asked(list(questions.values()), manner)
    for key, verdict in plain.items():
        assert type(other[key]) is type(verdict), key
        found = other[key]
        if isinstance(found, Refuted) and isinstance(verdict, Refuted):
            assert found.at == verdict.at
            assert violation(questions[key].system, found.trace, questions[key].property) == found.at


def test_suspects_are_searched_before_anything_else() -> None:
    told: list[str] = []
    question = score_questions()["ceiling"]
    list(judge(question.system, [question], BUDGET, lambda _, what: told.append(what), [Manner(suspect=True)]))
    assert "histories" in told[0]


def test_a_story_that_is_cheap_comes_before_attempts_at_a_proof() -> None:
    told: list[str] = []
    more = Update("n", (on("e", TRUE, Add((var("n"), num(1)))),))
    counter = system("counter", (integer("n", 0),), (occurrence("e"),), (more,))
    question, helper = (
        Question(key, counter, Property(said, TRUE), None)
        for key, said in (("few", lt(var("n"), num(3))), ("some", le(num(0), var("n"))))
    )
    suspect = [Manner("verdict", suspect=True)]
    ((_, verdict),) = judge(counter, [question], BUDGET, lambda _, what: told.append(what), suspect, [helper])
    assert isinstance(verdict, Refuted)
    assert verdict.at == 3
    assert verdict.shortest
    assert not [what for what in told if "induction" in what]


def test_a_manner_for_each_question() -> None:
    questions = list(score_questions().values())
    with pytest.raises(ValueError, match="shorter"):
        list(judge(questions[0].system, questions, BUDGET, lambda *_: None, [Manner()]))


# --- no history at all ----------------------------------------------------------------------------


def empty(*, starts: tuple[Expr, ...] = (), assumptions: tuple[Expr, ...] = ()) -> System:
    """Return a system with a parameter and a count, restricted as told."""
    return system(
        "empty",
        (integer("n", 0),),
        (occurrence("e"),),
        (Update("n", (on("e", TRUE, Add((var("n"), num(1)))),)),),
        parameters=(Parameter("p", INT, 1, is_reading=False, clause="1"),),
        starts=starts,
        assumptions=assumptions,
    )


DAY = DateLit(from_civil(2024, 2, 1))
NOWHERE = {
    "no parameter": empty(assumptions=(lt(var("p"), num(1)), lt(num(1), var("p")))),
    "no day": empty(starts=(lt(TODAY_VAR, DAY), lt(DAY, TODAY_VAR))),
    "no value": empty(starts=(Equal(var("n"), num(1)),)),
}


@pytest.mark.parametrize("name", NOWHERE)
@pytest.mark.parametrize(
    "state",
    [TRUE, FALSE, le(num(0), var("n")), lt(var("n"), num(1)), Not(Equal(var("n"), num(7)))],
    ids=["true", "false", "inductive", "not inductive", "deep"],
)
@pytest.mark.parametrize("suspect", [False, True])
def test_nothing_is_proved_of_nothing(name: str, state: Expr, *, suspect: bool) -> None:
    s = NOWHERE[name]
    step = Question("step", s, Property(TRUE, Or((Not(Happens("e")), state))), None)
    conditional = after(s, "after", And((Happens("e"), le(num(2), old(var("n"))))), state)
    for question in (always(s, "always", state), step, conditional):
        (verdict,) = asked([question], Manner(suspect=suspect)).values()
        assert isinstance(verdict, Vacuous), verdict
        assert certify.recheck(whole_proof(question, verdict, Desk())) == certify.Stands()


def test_assumptions_that_exclude_each_other_are_told_from_others() -> None:
    """Of questions about like systems, only the one that nothing fits is about nothing."""
    fine = empty(assumptions=(le(num(1), var("p")),))
    none = empty(assumptions=(le(num(1), var("p")), lt(var("p"), num(1))))
    for state, expected in ((le(num(0), var("n")), "Proved"), (le(var("n"), num(1)), "Refuted")):
        found = answers([always(fine, "fine", state), always(none, "none", state)])
        assert type(found["fine"]).__name__ == expected
        assert isinstance(found["none"], Vacuous)


@pytest.mark.parametrize("budget", [Budget(seconds=0), Budget(rlimit=1)])
def test_without_a_budget_nothing_is_called_empty(budget: Budget) -> None:
    for s in NOWHERE.values():
        verdict = answer(always(s, "always", le(num(0), var("n"))), budget)
        assert type(verdict).__name__ in {"Unknown", "Bounded"}


def test_nothing_is_proved_of_what_may_be_nothing() -> None:
    """Histories begin so late that none is found: then it is not known whether there are any."""
    s = empty(starts=(Equal(MonthOf(TODAY_VAR), num(12 * 3000)),))
    state = le(num(0), var("n"))
    for question in (always(s, "always", state), after(s, "after", Happens("e"), state)):
        assert isinstance(answer(question), Unknown | Bounded)


# --- long stories and puzzles ---------------------------------------------------------------------


def counter(bits: int) -> Question:
    """Ask whether a binary counter is never full: it is after 2**bits - 1 steps."""
    names = [Var(f"bit{i}", BOOL) for i in range(bits)]
    s = system(
        "counter",
        tuple(Variable(bit.name, BOOL, BoolLit(value=False), "1") for bit in names),
        (occurrence("tick"), occurrence("rest")),
        tuple(Update(bit.name, (on("tick", old(And(tuple(names[:i]))), Not(bit)),)) for i, bit in enumerate(names)),
    )
    return always(s, "full", Not(And(tuple(names))))


def missionaries() -> Question:
    """Ask whether three missionaries and three cannibals never all cross: they do in eleven trips."""
    m, c, here = var("m"), var("c"), Var("here", BOOL)
    a, b = Var("cross.a", INT), Var("cross.b", INT)

    def moved(count: Expr, by: Expr) -> Expr:
        return Add((count, Scale(-1, by)))

    def safe(x: Expr, y: Expr) -> Expr:
        return Or((Equal(x, num(0)), le(y, x)))

    there = (moved(num(3), m), moved(num(3), c))
    boat = (le(num(0), a), le(num(0), b), le(num(1), Add((a, b))), le(Add((a, b)), num(2)))
    away = And((here, le(a, m), le(b, c), safe(moved(m, a), moved(c, b)), safe(Add((there[0], a)), Add((there[1], b)))))
    back = And(
        (
            Not(here),
            le(a, there[0]),
            le(b, there[1]),
            safe(Add((m, a)), Add((c, b))),
            safe(moved(there[0], a), moved(there[1], b)),
        )
    )
    inputs = (Input("cross.a", INT, None, None, "1"), Input("cross.b", INT, None, None, "1"))

    def crossed(count: Expr, by: Expr) -> tuple[Case, ...]:
        return on("cross", old(here), moved(count, by)), on("cross", TRUE, Add((count, by)))

    s = system(
        "missionaries",
        (integer("m", 3), integer("c", 3), Variable("here", BOOL, BoolLit(value=True), "1")),
        (occurrence("cross", *inputs, guard=And((*boat, Or((away, back))))),),
        (
            Update("m", crossed(m, a)),
            Update("c", crossed(c, b)),
            Update("here", (on("cross", TRUE, Not(here)),)),
        ),
    )
    return always(s, "across", Not(And((Equal(m, num(0)), Equal(c, num(0))))))


@pytest.mark.parametrize(
    ("question", "steps"), [(counter(4), 15), (missionaries(), 11)], ids=["counter", "missionaries"]
)
@pytest.mark.parametrize("suspect", [False, True])
def test_puzzles(question: Question, steps: int, *, suspect: bool) -> None:
    (verdict,) = asked([question], Manner(suspect=suspect)).values()
    assert isinstance(verdict, Refuted), verdict
    assert verdict.at == steps
    assert violation(question.system, verdict.trace, question.property) == steps


def test_what_was_built_serves_again() -> None:
    """A question that assumes more is answered on the bench of the one before it, as it would be on one of its own."""
    questions = tuple(score_questions().values())
    benches = Benches()
    assert len(list(judge(questions[0].system, questions, BUDGET, lambda *_: None, benches=benches))) == len(questions)
    built = list(benches.kept)
    for limit in (2, 3):
        system_ = questions[0].system
        more = le(num(limit), Var("threshold", INT))
        stricter = [replace(q, system=replace(system_, assumptions=(*system_.assumptions, more))) for q in questions]
        again = dict(_keyed(judge(system_, stricter, BUDGET, lambda *_: None, benches=benches)))
        alone = dict(_keyed(judge(system_, stricter, BUDGET, lambda *_: None)))
        assert {k: type(v) for k, v in again.items()} == {k: type(v) for k, v in alone.items()}
        for key, verdict in again.items():
            if isinstance(verdict, Refuted):
                other = alone[key]
                assert isinstance(other, Refuted)
                assert len(verdict.trace.steps) == len(other.trace.steps)
    assert benches.kept == built


def _keyed(found: Iterable[tuple[Question, Verdict]]) -> Iterator[tuple[str, Verdict]]:
    return ((question.key, verdict) for question, verdict in found)
