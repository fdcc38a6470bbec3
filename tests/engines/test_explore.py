"""Counting out all states: only where that is all there is; and nothing rests on its word."""

from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from policydsl.core.expr import (
    BOOL,
    DATE,
    FALSE,
    INT,
    TODAY,
    TRUE,
    Add,
    And,
    DateLit,
    EnumLit,
    EnumSort,
    Equal,
    Expr,
    Less,
    Not,
    Or,
    Value,
    Var,
)
from policydsl.core.system import (
    Input,
    Parameter,
    Property,
    Question,
    Schedule,
    Step,
    System,
    Trace,
    Update,
    Variable,
)
from policydsl.core.walk import nodes
from policydsl.engines import diagram, explore, spacer, templates
from policydsl.engines.explore import Everything, Violation
from policydsl.engines.verdict import Budget, Proved, Refuted, SemanticsDisagreeError, SolverDisagreeError
from policydsl.semantics import evaluate
from tests.engines.asking import answer
from tests.engines.reading import questions
from tests.engines.systems import always, counter, integer, jugs, le, lt, num, occurrence, on, score, system, var

ROOT = Path(__file__).parents[1]
TODAY_ = Var(TODAY, DATE)


def wheel(size: int, guard: Expr = TRUE, *inputs: Input) -> System:
    """Return a number that goes round: from 0 up to `size` and back."""
    turn = on("turn", lt(var("n"), num(size)), Add((var("n"), num(1))))
    return system(
        "wheel",
        (integer("n", 0),),
        (occurrence("turn", *inputs, guard=guard),),
        (Update("n", (turn, on("turn", TRUE, num(0)))),),
    )


def test_a_calendar_that_a_claim_cannot_see_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    task = ROOT / "collection/timed_fischer.policy"
    policy, claims = (task.with_suffix(kind).read_text(encoding="utf-8") for kind in (".policy", ".claims"))
    question = questions(policy, claims)["mutex"]
    assert question.system.schedules
    monkeypatch.setattr(templates, "candidates", lambda *_, **__: ())
    monkeypatch.setattr(spacer, "search", lambda *_: spacer.Unsure())
    assert isinstance(answer(question, Budget(seconds=60, max_depth=2, max_k=1, horizons=(24,))), Proved)


def test_parameters_that_nothing_reads_are_left_out() -> None:
    """Nor are those that only others read that are left out; what the claim reads stays, and what that hangs on."""
    free = tuple(Parameter(name, INT, None, is_reading=False, clause="") for name in "abcdef")
    apart = (lt(var("a"), var("b")),)
    assumed = (lt(var("c"), num(5)), lt(var("d"), num(2)), le(num(0), var("d")))
    linked = (lt(var("f"), var("c")), lt(var("e"), var("f")))
    given = replace(wheel(4, lt(var("n"), var("d"))), parameters=free, assumptions=(*apart, *assumed, *linked))
    bare = explore.barely(given, Property(lt(var("c"), num(5)), TRUE))
    assert [p.name for p in bare.parameters] == ["c", "d", "e", "f"]
    assert bare.assumptions == (*assumed, *linked)


def test_all_states_are_an_invariant() -> None:
    found = explore.explore(wheel(4), Property(le(var("n"), num(4)), TRUE))
    assert found == Everything(_any_of("n", range(5)))
    verdict = answer(always(wheel(300), "fits", le(var("n"), num(300))))
    assert isinstance(verdict, Proved)


def _any_of(name: str, values: range) -> Expr:
    return Or(tuple(Equal(var(name), num(i)) for i in values))


def test_a_violation_at_any_depth_is_found() -> None:
    verdict = answer(always(wheel(300), "misses", lt(var("n"), num(200))))
    assert isinstance(verdict, Refuted)
    assert verdict.at == 200


def test_the_first_state_counts() -> None:
    found = explore.explore(wheel(4), Property(lt(num(0), var("n")), TRUE))
    assert isinstance(found, Violation)
    assert found.trace.steps == ()


def test_every_first_state_counts() -> None:
    flag = Var("flag", BOOL)
    of = system("open", (Variable("flag", BOOL, None, "1"),), (), ())
    for value in (flag, Not(flag)):
        found = explore.explore(of, Property(value, TRUE))
        assert isinstance(found, Violation)
        assert found.trace.steps == ()
    everything = explore.explore(of, Property(Or((flag, Not(flag))), TRUE))
    assert isinstance(everything, Everything)
    assert isinstance(everything.invariant, Or)
    assert len(everything.invariant.args) == 2


def test_what_the_first_day_says_of_the_start_is_not_counted_out() -> None:
    """On the first day itself nobody is late: the states of histories that begin later are others."""
    late, deadline = Var("late", BOOL), lt(DateLit(740_000), TODAY_)
    of = replace(wheel(4), variables=(*wheel(4).variables, Variable("late", BOOL, None, "1")))
    of = replace(of, starts=(*of.starts, Equal(late, deadline)))
    claim = Property(Not(And((late, Equal(var("n"), num(4))))), TRUE)
    assert explore.explore(of, claim) is None
    verdict = answer(Question("late", of, claim, None))
    assert isinstance(verdict, Refuted)
    assert verdict.at == 4


CLAIM = Property(le(var("n"), num(9999)), TRUE)
LENGTH = Input("turn.by", INT, 1, None, "1")


@pytest.mark.parametrize(
    "of",
    [
        wheel(3000),  # too many states
        wheel(4, TRUE, LENGTH),  # an input of any size
        wheel(4, le(num(1), Var("turn.by", INT)), LENGTH),  # bounded on one side only
        wheel(4, lt(DateLit(700_000), TODAY_)),  # dates matter
        system("any", (integer("n", None),), (), ()),  # a start of any size
        system("p", (integer("n", 0),), (), (), parameters=(Parameter("p", INT, 1, is_reading=False, clause="1"),)),
        system("s", (integer("n", 0),), (), (), schedules=(Schedule("s", FALSE, DateLit(1), "1"),)),
    ],
)
def test_leaves_alone_what_it_cannot_count(of: System) -> None:
    assert explore.explore(of, CLAIM) is None


def test_bounds_on_both_sides_are_few_values() -> None:
    limits = And((le(num(1), Var("turn.by", INT)), lt(Var("turn.by", INT), num(4))))
    assert isinstance(explore.explore(wheel(4, limits, LENGTH), CLAIM), Everything)
    assert explore.explore(score(), Property(TRUE, TRUE)) is None


def test_what_open_states_are_said_to_start_as_is_no_choice() -> None:
    """However many they are: a row of truth values that each clause says one of was too much to count."""
    colour = EnumSort("Colour", ("red", "green", "blue"))
    lamps = tuple(Variable(f"lamp[{i}]", BOOL, None, "1") for i in range(12))
    said = And(tuple(Equal(Var(v.name, BOOL), FALSE) for v in lamps[:6]))
    dark, lit = (Not(Var(v.name, BOOL)) for v in lamps[6:9]), (Var(v.name, BOOL) for v in lamps[9:])
    painted = Variable("painted", colour, None, "1")
    blue = Equal(Var("painted", colour), EnumLit(colour, "blue"))
    given = wheel(3)
    of = replace(given, variables=(*given.variables, *lamps, painted), starts=(*given.starts, said, *dark, *lit, blue))
    assert isinstance(explore.explore(of, Property(And((blue, Var("lamp[11]", BOOL))), TRUE)), Everything)
    assert isinstance(explore.explore(of, Property(Var("lamp[8]", BOOL), TRUE)), Violation)


def test_a_number_of_three_digits_may_be_open() -> None:
    """900 values were too many, where 1,000 states are not."""
    n = Variable("n", INT, None, "1")
    given = wheel(999)
    of = replace(given, variables=(n,), starts=(*given.starts, le(num(100), var("n")), le(var("n"), num(999))))
    assert isinstance(explore.explore(of, Property(le(var("n"), num(999)), TRUE)), Everything)


def test_every_parameter_is_tried() -> None:
    p = Parameter("p", INT, 3, is_reading=False, clause="1")
    within = (le(num(1), var("p")), le(var("p"), num(3)))
    turn = on("turn", TRUE, Add((var("n"), var("p"))))
    of = system(
        "p",
        (integer("n", 0),),
        (occurrence("turn", guard=lt(var("n"), num(6))),),
        (Update("n", (turn,)),),
        parameters=(p,),
        assumptions=within,
    )
    found = explore.explore(of, Property(lt(var("n"), num(6)), TRUE))
    assert isinstance(found, Violation)
    assert (dict(found.trace.parameters), len(found.trace.steps)) == ({"p": 3}, 2)
    assert isinstance(explore.explore(of, Property(lt(var("n"), num(9)), TRUE)), Everything)


def test_a_wrong_list_of_states_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    question = _hard()
    monkeypatch.setattr(explore, "explore", lambda *_: Everything(Less(var("n"), num(3), strict=True)))
    with pytest.raises(SolverDisagreeError):
        answer(question)


def test_a_wrong_story_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    question = _hard()
    story = Trace({}, {"n": 0, TODAY: 738_000}, (Step("turn", 738_000, {}),))
    monkeypatch.setattr(explore, "explore", lambda *_: Violation(story))
    with pytest.raises(SemanticsDisagreeError):
        answer(question)


def _hard() -> Question:
    """Return a question that is not decided before states are counted."""
    return always(wheel(40), "hard", lt(var("n"), num(30)))


def test_a_diagram_says_which_rows_there_are() -> None:
    """All of them and no others, in one way whatever the seed; what is alike of many is there but once."""
    suit = EnumSort("Suit", ("hearts", "spades", "clubs"))
    columns = (Var("n", INT), Var("b", BOOL), Var("s", suit))
    every = [*product((0, 1, 2), (False, True), suit.values)]
    for rows in ([], every[:1], every[3:11], every[::5], [*every, *every]):
        said = diagram.one_of(rows, columns)
        for row in every:
            state: dict[str, Value] = {"n": row[0], "b": row[1], "s": row[2]}
            assert evaluate.holds(said, evaluate.alone(wheel(4), {}, state)) == (row in rows)
    even = [row for row in product((False, True), repeat=12) if not sum(row) % 2]
    said = diagram.one_of(even, [Var(f"x{i}", BOOL) for i in range(12)])
    assert len({id(e) for e in nodes(said)}) < 100 < len(even)


def test_more_states_are_counted_where_nothing_else_serves() -> None:
    """Two rings of 40 states each, which move one at a time: 1600 in all."""
    turns = {n: (on(f"{n}_on", lt(var(n), num(39)), Add((var(n), num(1)))), on(f"{n}_on", TRUE, num(0))) for n in "ab"}
    of = system(
        "rings",
        tuple(integer(n, 0) for n in turns),
        tuple(occurrence(f"{n}_on") for n in turns),
        tuple(Update(n, cases) for n, cases in turns.items()),
    )
    last = Property(Not(And((Equal(var("a"), num(39)), Equal(var("b"), num(39))))), TRUE)
    assert explore.explore(of, last) is None
    found = explore.explore(of, last, explore.FAR)
    assert isinstance(found, Violation)
    assert len(found.trace.steps) == 78
    assert isinstance(explore.explore(of, Property(le(var("a"), num(39)), TRUE), explore.FAR), Everything)


def test_small_systems_of_other_tests_are_small() -> None:
    assert isinstance(explore.explore(counter(), Property(TRUE, TRUE)), Everything)
    assert isinstance(explore.explore(jugs(), Property(le(var("big"), num(5)), TRUE)), Everything)
