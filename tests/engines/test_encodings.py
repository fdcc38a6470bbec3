"""What is written for other tools is read by other tools, and they answer as we do."""

from io import StringIO

import cvc5
import pytest
import z3
from pysmt.environment import Environment
from pysmt.fnode import FNode
from pysmt.smtlib.parser import SmtLibParser

from policydsl.base.calendar import Rounding, from_civil
from policydsl.core.expr import TRUE, AddMonths, DateLit, Equal, Happens, Less
from policydsl.core.system import Property, Question
from policydsl.engines.encodings import as_chc, as_smt2, as_vmt
from tests.engines.reading import questions
from tests.engines.systems import (
    TODAY_VAR,
    after,
    always,
    duty_questions,
    integer,
    num,
    observation_questions,
    occurrence,
    puzzle_questions,
    score_questions,
    system,
    var,
)

KNOWN: dict[str, Question] = {
    **score_questions(),
    **observation_questions(),
    **puzzle_questions(),
    **duty_questions(),
}

DEPTHS = {
    "third": 4,
    "shorter": 2,
    "four": 3,
    "four litres": 6,
    "all set": 7,
    "at least 30 days": 1,
    "never offline": 2,
}
"""Some that fail, and the length of their shortest stories."""

HOLDING = ("ceiling", "threshold", "latest", "capped", "big fits", "six litres", "in time", "within 31 days")

CHINESE = (
    """
    policy "积分"

    clause 1 "每次违规扣五分"
        enum 行为: 轻, 重
        state 分: points = 100
        occurrence 违规
            field 类: 行为
        on 违规 when 类 is 重
            set 分 = 分 - 5
    """,
    """
    claims about "积分"

    guarantee 上限 "不超过一百"
        cites 1
        always 分 <= 100
    """,
)


def z3_says(text: str, *, horn: bool = False) -> str:
    ctx = z3.Context()
    solver = z3.Tactic("horn", ctx=ctx).solver() if horn else z3.Solver(ctx=ctx)
    solver.set("timeout", 60_000)
    solver.from_string(text)
    return str(solver.check())


def cvc5_says(text: str) -> str:
    solver = cvc5.Solver()
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, text, "query")
    manager, last = parser.getSymbolManager(), ""
    while not (command := parser.nextCommand()).isNull():
        last = command.invoke(solver, manager).strip() or last
    return last


# --- bounded queries -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", DEPTHS)
def test_a_bounded_query_is_satisfied_from_the_shortest_story_on(name: str) -> None:
    depth = DEPTHS[name]
    assert z3_says(as_smt2(KNOWN[name], steps=depth, months=24)) == "sat"
    assert z3_says(as_smt2(KNOWN[name], steps=depth - 1, months=24)) == "unsat"


def test_what_a_claim_adds_to_dates_may_lie_beyond_the_months() -> None:
    of = system("days", (integer("n", 0),), (occurrence("go"),), ())
    later = AddMonths(TODAY_VAR, num(24), Rounding.LAST_DAY)
    early = after(of, "early", Happens("go"), Less(later, DateLit(from_civil(2027, 7, 1)), strict=True))
    assert z3_says(as_smt2(early, steps=1, months=24)) == "sat"


@pytest.mark.parametrize("name", ["shorter", "four", "never offline", "capped"])
def test_another_solver_answers_the_same(name: str) -> None:
    text = as_smt2(KNOWN[name], steps=3, months=24)
    assert cvc5_says(text) == ("unsat" if name in HOLDING else "sat")


# --- Horn clauses --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", HOLDING)
def test_spacer_solves_the_clauses_of_what_holds(name: str) -> None:
    assert z3_says(as_chc(KNOWN[name], level=0), horn=True) == "sat"


@pytest.mark.parametrize("name", ["third", "shorter", "four", "four litres", "all set", "never offline"])
def test_spacer_refutes_the_clauses_of_what_fails(name: str) -> None:
    assert z3_says(as_chc(KNOWN[name], level=0), horn=True) == "unsat"


def test_the_clauses_say_where_a_violation_may_be_none() -> None:
    assert "never was" in as_chc(KNOWN["in time"], level=0)
    assert "never was" not in as_chc(KNOWN["in time"], level=2)
    assert "never was" not in as_chc(KNOWN["big fits"], level=0)


def test_another_reader_takes_the_clauses() -> None:
    assert cvc5_says(as_chc(KNOWN["big fits"], level=0).replace("(check-sat)", "")) == ""


# --- transition systems --------------------------------------------------------------------------


class Vmt:
    """A reader of VMT-LIB that shares nothing with the writer: pySMT's."""

    def __init__(self, text: str) -> None:
        self.env = Environment()
        script = SmtLibParser(self.env).get_script(StringIO(text))
        notes = script.annotations
        self.next = {f: self._name(*notes.annotations(f)["next"]) for f in notes.all_annotated_formulae("next")}
        self.init, self.trans, self.property = (
            next(iter(notes.all_annotated_formulae(name))) for name in ("init", "trans", "invar-property")
        )

    def _name(self, name: str) -> FNode:
        return self.env.formula_manager.get_symbol(name)

    def at(self, formula: FNode, i: int) -> FNode:
        """Return `formula` with its variables at time `i`, next ones at `i + 1`."""
        manager = self.env.formula_manager
        after = {b: a for a, b in self.next.items()}
        moved = {}
        for v in formula.get_free_variables():
            name, when = (after[v], i + 1) if v in after else (v, i)
            moved[v] = manager.Symbol(f"{name.symbol_name()}!{when}", v.symbol_type())
        return self.env.substituter.substitute(formula, moved)

    def violated_at(self, most: int) -> int | None:
        """Return the least number of steps after which the property fails, up to `most`."""
        with self.env.factory.Solver(name="z3") as solver:
            solver.add_assertion(self.at(self.init, 0))
            for i in range(most + 1):
                solver.push()
                solver.add_assertion(self.env.formula_manager.Not(self.at(self.property, i)))
                if solver.solve():
                    return i
                solver.pop()
                solver.add_assertion(self.at(self.trans, i))
        return None


@pytest.fixture
def pysmt_may_use_its_context(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()


@pytest.mark.usefixtures("pysmt_may_use_its_context")
def test_a_parameter_is_not_what_a_transition_system_watches() -> None:
    policy = """
    policy "Kept"

    clause 1 "whether a word counts"
        parameter kept: boolean default no
        state taken: boolean = no
        occurrence go
        on go
            set taken = not kept
    """
    claims = """
    claims about "Kept"

    guarantee never_taken "It fails after a step"
        cites 1
        never taken
    """
    assert Vmt(as_vmt(questions(policy, claims)["never_taken"], level=0)).violated_at(4) == 1


@pytest.mark.usefixtures("pysmt_may_use_its_context")
@pytest.mark.parametrize("name", ["shorter", "four", "four litres", "all set", "never offline"])
def test_a_transition_system_fails_after_as_many_steps(name: str) -> None:
    assert Vmt(as_vmt(KNOWN[name], level=0)).violated_at(8) == DEPTHS[name]


@pytest.mark.usefixtures("pysmt_may_use_its_context")
@pytest.mark.parametrize("name", ["latest", "capped", "big fits", "in time", "within 31 days"])
def test_a_transition_system_keeps_what_holds(name: str) -> None:
    assert Vmt(as_vmt(KNOWN[name], level=0)).violated_at(4) is None


@pytest.mark.usefixtures("pysmt_may_use_its_context")
def test_the_initial_state_and_the_property_speak_of_states_only() -> None:
    vmt = Vmt(as_vmt(KNOWN["in time"], level=1))
    for formula in (vmt.init, vmt.property):
        assert set(formula.get_free_variables()) <= set(vmt.next)
    assert not set(vmt.next) & set(vmt.next.values())


# --- in general ----------------------------------------------------------------------------------


def test_names_in_any_script_are_read() -> None:
    question = questions(*CHINESE)["上限"]
    text = as_smt2(question, steps=2, months=24)
    assert z3_says(text) == cvc5_says(text) == "unsat"
    assert z3_says(as_chc(question, level=0), horn=True) == "sat"
    assert "0 轻, 1 重" in as_vmt(question, level=0)


def test_a_property_of_steps_alone_and_of_states_alone() -> None:
    of = system("once", (integer("n", 0),), (occurrence("go"),), ())
    for claim in (Property(Equal(var("n"), num(0)), TRUE), Property(TRUE, Equal(var("n"), num(0)))):
        question = Question("n", of, claim, None)
        assert z3_says(as_smt2(question, steps=2, months=1)) == "unsat"
        assert z3_says(as_chc(question, level=0), horn=True) == "sat"


def test_a_name_with_a_line_break_stays_in_its_comment() -> None:
    of = system("a\n(assert false)", (integer("n", 0),), (occurrence("go"),), ())
    assert z3_says(as_smt2(always(of, "k", Equal(var("n"), num(1))), steps=0, months=1)) == "sat"
