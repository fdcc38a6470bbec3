"""True claims that no plain induction shows: lemmas are found, and the proofs stand by themselves."""

from fractions import Fraction
from typing import Any

import pytest

from policydsl.base.calendar import Rounding, from_civil
from policydsl.core.expr import (
    BOOL,
    DATE,
    INT,
    RAT,
    TRUE,
    Add,
    AddDays,
    AddMonths,
    And,
    At,
    BoolLit,
    DateLit,
    EnumLit,
    EnumSort,
    Equal,
    Expr,
    Happens,
    Ite,
    Less,
    Not,
    Or,
    RatLit,
    Scale,
    ToRat,
    Var,
    View,
)
from policydsl.core.system import (
    Case,
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
from policydsl.core.walk import default_value, names
from policydsl.engines import certify, hull, implied, sample, templates
from policydsl.engines.houdini import Pool
from policydsl.engines.portfolio import judge
from policydsl.engines.solve import Meter
from policydsl.engines.store import Desk, whole_proof
from policydsl.engines.table import choose_probes, make_table
from policydsl.engines.unroll import Unrolling
from policydsl.engines.verdict import Budget, Proved, Refuted
from policydsl.semantics.encode_calendar import AbstractCalendar
from policydsl.semantics.interpret import Rejected, initial_state, replay
from tests.engines.asking import answer, answers
from tests.engines.reading import questions
from tests.engines.systems import (
    TODAY_VAR,
    after,
    always,
    choice,
    implies,
    integer,
    le,
    lt,
    num,
    occurrence,
    old,
    on,
    score,
    system,
    var,
)

YES, NO = BoolLit(value=True), BoolLit(value=False)
FIRST = DateLit(from_civil(2000, 1, 1))


def flag(name: str) -> Expr:
    return Var(name, BOOL)


def date(name: str) -> Expr:
    return Var(name, DATE)


def hidden(name: str) -> tuple[Variable, Variable]:
    """Return an optional date, as lowering makes it."""
    return Variable(name, DATE, FIRST, "1"), Variable(f"{name}.set", BOOL, NO, "1", hidden=True)


# --- the two examples of docs/language.md ---------------------------------------------------------


def month_ends() -> System:
    """Return: on each opening, dates one month ahead under three rules, as in "Month ends"."""
    rules = {
        "usual": Rounding.LAST_DAY,
        "next": Rounding.FIRST_OF_NEXT_MONTH,
        "carried": Rounding.OVERFLOW,
    }
    ahead = {name: AddMonths(TODAY_VAR, num(1), rounding) for name, rounding in rules.items()}
    return system(
        "month ends",
        tuple(v for name in ahead for v in hidden(name)),
        (occurrence("opening"),),
        tuple(
            update
            for name, value in ahead.items()
            for update in (
                Update(name, (on("opening", TRUE, value),)),
                Update(f"{name}.set", (on("opening", TRUE, YES),)),
            )
        ),
        starts=(le(FIRST, TODAY_VAR),),
    )


def never_earlier(name: str) -> Question:
    trigger = And((Happens("opening"), old(flag(f"{name}.set"))))
    return after(month_ends(), name, trigger, le(old(date(name)), date(name)))


def compliance() -> System:
    """Return: a duty of 30 days, and a monitor that gives it 31, as in "Compliance"."""
    is_open, pending = flag("open"), flag("pending")
    warned = And((Happens("warning"), Not(pending)))
    return system(
        "compliance",
        (
            Variable("live", BOOL, YES, "1"),
            Variable("open", BOOL, NO, "1"),
            Variable("due", DATE, FIRST, "1"),
            Variable("pending", BOOL, NO, "", hidden=True),
            Variable("pending.due", DATE, FIRST, "", hidden=True),
        ),
        (occurrence("warning"), occurrence("fix")),
        (
            Update("due", (on("warning", Not(is_open), AddDays(TODAY_VAR, num(30))),)),
            Update(
                "open",
                (on("fix", is_open, NO), on("missed", TRUE, NO), on("warning", Not(is_open), YES)),
            ),
            Update("live", (on("missed", TRUE, NO), on("fix", TRUE, YES))),
            Update("pending.due", (Case(None, warned, AddDays(TODAY_VAR, num(31)), ""),)),
            Update("pending", (Case(None, _new(Not(is_open)), NO, ""), Case(None, warned, YES, ""))),
        ),
        starts=(le(FIRST, TODAY_VAR),),
        schedules=(Schedule("missed", is_open, AddDays(date("due"), num(1)), "1"),),
    )


def _new(e: Expr) -> Expr:
    return At(View.AFTER, e)


def answered() -> Question:
    late = And((old(flag("pending")), lt(old(date("pending.due")), TODAY_VAR)))
    return Question("answered", compliance(), Property(TRUE, Not(late)), None)


# --- counters, phases, slots ----------------------------------------------------------------------


def ladder() -> System:
    """Return: five points for each violation, from 100 down; a reset puts both back."""
    return system(
        "ladder",
        (integer("score", 100), integer("n", 0), integer("first", 0)),
        (occurrence("violation"), occurrence("reset")),
        (
            Update(
                "score",
                (on("violation", TRUE, Add((var("score"), num(-5)))), on("reset", TRUE, num(100))),
            ),
            Update("n", (on("violation", TRUE, Add((var("n"), num(1)))), on("reset", TRUE, num(0)))),
            Update(
                "first",
                (on("violation", lt(var("first"), num(2)), Add((var("first"), num(1)))), on("reset", TRUE, num(0))),
            ),
        ),
    )


def ladder_questions() -> list[Question]:
    s = ladder()
    line = Equal(var("score"), Add((num(100), Scale(-5, var("n")))))
    return [
        always(s, "eleven", implies(le(var("n"), num(11)), le(num(45), var("score")))),
        always(s, "untouched", implies(Equal(var("n"), num(0)), Equal(var("score"), num(100)))),
        always(s, "line", line),
        always(s, "ordered", le(var("first"), var("n"))),
        always(s, "cap", le(var("first"), num(2))),
    ]


def window() -> System:
    """Return: the last three events within 90 days, the latest in the first slot."""
    slots = [f"until{i}" for i in range(3)]
    return system(
        "window",
        tuple(Variable(name, DATE, FIRST, "1", hidden=True) for name in slots),
        (occurrence("offence"),),
        (
            Update("until2", (on("offence", TRUE, date("until1")),)),
            Update("until1", (on("offence", TRUE, old(date("until0"))),)),
            Update("until0", (on("offence", TRUE, AddDays(TODAY_VAR, num(90))),)),
        ),
        starts=(le(FIRST, TODAY_VAR),),
    )


PHASE = EnumSort("Phase", ("new", "warned", "closed"))


def phases() -> System:
    """Return: a phase and the number that goes with it."""

    def phase(name: str) -> Expr:
        return EnumLit(PHASE, name)

    here = Var("phase", PHASE)
    return system(
        "phases",
        (Variable("phase", PHASE, phase("new"), "1"), integer("strikes", 0)),
        (occurrence("strike"), occurrence("forgive")),
        (
            Update(
                "phase",
                (
                    on("strike", Equal(here, phase("new")), phase("warned")),
                    on("strike", TRUE, phase("closed")),
                    on("forgive", Equal(here, phase("warned")), phase("new")),
                ),
            ),
            Update(
                "strikes",
                (
                    on("strike", Equal(old(here), phase("new")), num(1)),
                    on("strike", TRUE, num(2)),
                    on("forgive", Equal(old(here), phase("warned")), num(0)),
                ),
            ),
        ),
    )


def reading() -> Question:
    """Ask for what is so because one option of a reading has a floor."""
    sort = EnumSort("lowest", ("none", "zero"))
    zero = Equal(Var("lowest", sort), EnumLit(sort, "zero"))
    lower = Add((var("score"), Scale(-1, Var("violation.points", INT))))
    points = Input("violation.points", INT, 5, None, "1")
    s = system(
        "floor",
        (integer("score", 100),),
        (occurrence("violation", points, guard=le(num(0), Var("violation.points", INT))),),
        (Update("score", (on("violation", TRUE, Ite(And((zero, lt(lower, num(0)))), num(0), lower)),)),),
        parameters=(Parameter("lowest", sort, "none", is_reading=True, clause="1"),),
    )
    return after(s, "never up", Happens("violation"), le(var("score"), old(var("score"))))


@pytest.mark.parametrize(
    "question",
    [
        never_earlier("usual"),
        never_earlier("next"),
        answered(),
        *ladder_questions(),
        always(window(), "slots", le(date("until2"), date("until0"))),
        always(
            phases(), "phase", implies(Equal(Var("phase", PHASE), EnumLit(PHASE, "new")), Equal(var("strikes"), num(0)))
        ),
        always(phases(), "two", le(var("strikes"), num(2))),
        reading(),
    ],
    ids=lambda question: question.key,
)
def test_proved(question: Question) -> None:
    verdict = answer(question)
    assert isinstance(verdict, Proved), verdict
    assert certify.recheck(whole_proof(question, verdict, Desk())) == certify.Stands()


def test_overflowing_months_can_shorten() -> None:
    assert isinstance(answer(never_earlier("carried")), Refuted)


def test_helpers_are_tried_as_lemmas() -> None:
    """A claim that is not asked is a candidate all the same; a false one does no harm."""
    s = ladder()
    true, false = always(s, "true", le(var("first"), var("n"))), always(s, "false", lt(var("n"), num(3)))
    question = always(s, "cap", le(Add((var("first"), Scale(-1, var("n")))), num(0)))
    (found,) = judge(s, [question], Budget(), lambda *_: None, helpers=[true, false, reading()])
    assert isinstance(found[1], Proved)


# --- samples --------------------------------------------------------------------------------------


def begun(s: System) -> Trace:
    day = from_civil(2022, 1, 11)
    parameters = {p.name: 3 if p.default is None else p.default for p in s.parameters}
    state = initial_state(
        s, parameters, day, {v.name: default_value(v.sort, day) or 0 for v in s.variables if not v.initial}
    )
    assert not isinstance(state, Rejected)
    return Trace(parameters, state, ())


def test_samples_are_the_same_every_time() -> None:
    s = score()
    first, second = (sample.draw(s, begun(s), [le(var("score"), num(90))]) for _ in range(2))
    assert first == second
    assert first.rows > 50
    assert {len(column) for column in first.columns.values()} == {first.rows}


def test_samples_tell_what_probes_say() -> None:
    s = score()
    drawn = sample.draw(s, begun(s), [le(var("score"), num(90)), Add((var("score"), num(1)))])
    for points, low, more in zip(drawn.columns["score"], *drawn.probes, strict=True):
        assert isinstance(points, int)
        assert (low, more) == (points <= 90, points + 1)


def test_samples_reach_what_histories_reach() -> None:
    """Whatever a proof says is true in each row."""
    s = score()
    drawn = sample.draw(s, begun(s), [])
    assert all(isinstance(points, int) and points <= 100 for points in drawn.columns["score"])
    assert isinstance(replay(s, begun(s)), tuple)


def test_candidates_are_true_in_the_sample() -> None:
    s = score()
    asked = [(Property(Less(var("score"), num(50), strict=True), TRUE), ())]
    probes = choose_probes(s, asked)
    table = make_table(s, sample.draw(s, begun(s), probes.listed()), probes, [])
    found = templates.candidates(table, dear=True)
    assert found
    assert asked[0][0].state not in found
    drawn = sample.draw(s, begun(s), found)
    assert all(all(column) for column in drawn.probes)


def crowded() -> Question:
    """Ask whether an answer comes within four days, where many other things can be so: it comes by itself before."""
    waiting, answer_by = Var("waiting", BOOL), Var("answer_by", DATE)
    pending, due = Var("claim.pending", BOOL), Var("claim.due", DATE)
    desks = [Var(f"desk{n}", BOOL) for n in range(30)]
    bell = Schedule("bell", waiting, AddDays(answer_by, num(1)), "1")
    turn = occurrence("turn", Input("turn.desk", INT, 0, None, "1"))
    asking = occurrence("ask", guard=And((Not(waiting), Or((*desks,)))))
    asks, start = Happens("ask"), DateLit(from_civil(2024, 1, 1))
    turned = [on("turn", Equal(Var("turn.desk", INT), num(n)), Not(old(d))) for n, d in enumerate(desks)]
    s = system(
        "crowded",
        (
            *(Variable(d.name, BOOL, NO, "1") for d in desks),
            Variable("waiting", BOOL, NO, "1"),
            Variable("answer_by", DATE, start, "1"),
            Variable(pending.name, BOOL, NO, "", hidden=True),
            Variable(due.name, DATE, start, "", hidden=True),
        ),
        (turn, asking),
        (
            *(Update(d.name, (case,)) for d, case in zip(desks, turned, strict=True)),
            Update("waiting", (on("ask", TRUE, YES), on("bell", TRUE, NO))),
            Update("answer_by", (on("ask", TRUE, AddDays(TODAY_VAR, num(3))),)),
            Update(pending.name, (Case(None, Not(At(View.AFTER, waiting)), NO, ""), Case(None, asks, YES, ""))),
            Update(due.name, (Case(None, asks, AddDays(TODAY_VAR, num(4)), ""),)),
        ),
        schedules=(bell,),
    )
    late = At(View.BEFORE, And((pending, Less(due, TODAY_VAR, strict=True))))
    return Question("claim", s, Property(TRUE, Not(late)), asks)


def test_what_a_claim_waits_for_is_seen_among_many_facts() -> None:
    question = crowded()
    s = question.system
    probes = choose_probes(s, [(question.property, ())])
    table = make_table(s, sample.draw(s, begun(s), probes.listed()), probes, [question.property.step])
    found = [names(e, {}) for e in templates.candidates(table, dear=False)]
    assert {"claim.pending", "claim.due", "answer_by"} in found
    assert {"claim.pending", "waiting"} in found
    assert isinstance(answer(question), Proved)


def test_answers_do_not_hang_on_the_company() -> None:
    questions = ladder_questions()
    together = answers(questions)
    assert {type(v) for v in together.values()} == {Proved}
    assert {type(answer(q)) for q in questions} == {Proved}


def test_no_order_is_assumed_where_the_equality_is() -> None:
    s = system("still", (integer("x", 0), integer("y", 0)), (occurrence("turn"),), ())
    same, order, other = Equal(var("x"), var("y")), le(var("y"), var("x")), le(var("x"), num(5))
    pool = Pool(Unrolling(s, AbstractCalendar(0)), [order, same, other], ())
    assert pool.telling == [same, other]
    pool.kept.remove(same)
    assert pool.telling == [order, other]


@pytest.mark.parametrize(
    ("y", "window", "kept"),
    [(0, 1, False), (0, 2, True), (1, 2, False)],
    ids=["one step back is too little", "two are enough", "but it must hold at first"],
)
def test_lemmas_may_look_two_steps_back(y: int, window: int, *, kept: bool) -> None:
    """Two numbers change places in every step: that the one is not above nought follows from two steps before."""
    turns = tuple(Update(name, (Case(None, TRUE, var(other), "1"),)) for name, other in (("x", "y"), ("y", "x")))
    s = system("turns", (integer("x", 0), integer("y", y)), (occurrence("turn"),), turns)
    low = le(var("x"), num(0))
    pool = Pool(Unrolling(s, AbstractCalendar(0)), [low], (), window)
    with Meter(Budget(), 5.0) as meter:
        assert pool.begin(meter)
        assert pool.close([low], meter) == ((low,) if kept else () if y else None)
    assert (low in pool.kept) == kept


def test_walks_find_out_what_does_not_last() -> None:
    """From 3, a number that goes up by one until it is 5: what does not hold along the way is lost, nothing else."""
    up = Update("x", (Case(None, lt(var("x"), num(5)), Add((var("x"), num(1))), "1"),))
    s = system("up", (integer("x", 0),), (occurrence("turn"),), (up,))
    walks = sample.Walks(s)
    at_most = [le(var("x"), num(n)) for n in range(2, 8)]
    state = {"today": from_civil(2024, 1, 1), "x": 3}
    turn = Step("turn", from_civil(2024, 1, 1), {})
    assert walks.lost(at_most[1:], {}, state, turn) == {at_most[1], at_most[2]}
    assert walks.lost(at_most[2:4], {}, state, turn) == {at_most[2]}
    assert walks.lost(at_most, {}, state, turn) == set(), "the state is none of those in which all hold"


def test_walks_begin_with_the_step_at_hand_and_its_like() -> None:
    """Of a hundred events one changes anything, by its input: from such a step, what its like changes is lost too."""
    kind = EnumSort("Kind", ("a", "b", "c", "d"))
    places = [integer(f"x_{each}", 0) for each in kind.values]
    hits = [Equal(Var("hit.kind", kind), EnumLit(kind, each)) for each in kind.values]
    up = tuple(Update(v.name, (on("hit", hit, num(1)),)) for v, hit in zip(places, hits, strict=True))
    idle = (occurrence(f"idle {n}") for n in range(100))
    s = system("up", tuple(places), (occurrence("hit", choice("hit.kind", kind)), *idle), up)
    still = [Equal(var(v.name), num(0)) for v in places]
    state = {"today": from_civil(2024, 1, 1), **dict.fromkeys((v.name for v in places), 0)}
    hit_a = Step("hit", from_civil(2024, 1, 1), {"hit.kind": "a"})
    assert sample.Walks(s).lost(still, {}, state, hit_a) == {*still}
    assert sample.Walks(s).lost(still, {}, state, Step("idle 1", hit_a.day, {})) != {*still}


def test_what_an_author_says_is_tried_before_anything_is_guessed(monkeypatch: pytest.MonkeyPatch) -> None:
    """`x` stops at 5, and `y` with it: that they are equal is said, so no history is drawn to guess anything from."""
    up = tuple(Update(name, (on("turn", lt(var("x"), num(5)), Add((var(name), num(1)))),)) for name in "xy")
    s = system("up", (integer("x", 0), integer("y", 0)), (occurrence("turn"),), up)
    claim, lemma = always(s, "no further", le(var("y"), num(5))), always(s, "equal", Equal(var("x"), var("y")))
    drawn: list[object] = []
    monkeypatch.setattr(sample, "draw", lambda *given: drawn.append(given))
    found = answers([claim], helpers=[lemma])["no further"]
    assert isinstance(found, Proved)
    assert found.certificate.lemmas
    assert set(found.certificate.lemmas) <= {lemma.property.state}
    assert not drawn


def test_what_follows_is_asked_once_while_what_it_follows_from_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """`x` never falls below `y`, since `y` stays at nought: that is what it rests on."""
    up = Update("x", (Case(None, le(num(0), var("x")), Add((var("x"), num(1))), "1"),))
    s = system("up", (integer("x", 0), integer("y", 0)), (occurrence("turn"),), (up,))
    above, still, other = le(var("y"), var("x")), Equal(var("y"), num(0)), le(num(-5), var("x"))
    pool = Pool(Unrolling(s, AbstractCalendar(0)), [above, still, other], ())
    asked: list[object] = []
    ask = Unrolling.ask

    def counted(*args: Any) -> Any:
        asked.append(args)
        return ask(*args)

    monkeypatch.setattr(Unrolling, "ask", counted)
    with Meter(Budget(), 5.0) as meter:
        assert pool.begin(meter)
        proof = pool.close([above], meter)
        assert proof is not None
        assert above in proof
        before = len(asked)
        assert pool.close([above], meter) == proof
        assert len(asked) == before
        pool.kept.remove(still)
        assert pool.close([above], meter) != proof, "what it rested on is gone"
        assert len(asked) > before


def test_a_number_is_tried_rung_by_rung_while_it_goes_down_with_a_count() -> None:
    """5 points each for the first two violations of a year, then 10 each: no line, but a ladder."""
    s = score()
    asked = [(Property(implies(le(var("violations"), num(3)), le(num(80), var("score"))), TRUE), ())]
    probes = choose_probes(s, asked)
    table = make_table(s, sample.draw(s, begun(s), probes.listed()), probes, [])
    found = templates.candidates(table, dear=False)
    for most, least in ((0, 100), (1, 95), (2, 90), (3, 80)):
        assert Or((lt(num(most), var("violations")), le(num(least), var("score")))) in found
    of_nothing_asked = make_table(s, sample.draw(s, begun(s), []), choose_probes(s, []), [])
    assert not [
        e
        for e in templates.candidates(of_nothing_asked, dear=False)
        if lt(num(2), var("violations")) in getattr(e, "args", ())
    ]


CHARGED = """
    policy "Charged"

    role Club

    clause 1 "20 EUR for each damage; from the third on, or from 100 EUR on, the member may be barred till all is paid"
        state debt: money EUR = 0 EUR
        state barred: boolean = no
        occurrence damage
        count damages: damage, this one included, since payment
        on damage
            set debt = debt + 20 EUR
        act bar by Club permitted when damages >= 3 or debt >= 100 EUR
        on bar
            set barred = yes
        occurrence payment
        on payment
            set debt = 0 EUR
            set barred = no
"""
OWES = """
    claims about "Charged"

    guarantee owes "Who is barred owes something"
        cites 1
        always barred implies debt > 0 EUR
"""


def test_an_amount_and_a_count_go_up_together() -> None:
    (question,) = questions(CHARGED, OWES).values()
    s = question.system
    probes = choose_probes(s, [(question.property, ())])
    table = make_table(s, sample.draw(s, begun(s), probes.listed()), probes, [])
    debt, damages = Var("debt", RAT), Var("damages.n", INT)
    told = Equal(Add((debt, Scale(Fraction(-20), ToRat(damages)))), RatLit(Fraction(0)))
    assert told in list(hull.equalities(table))


CLIMBED = """
    policy "Climbed"

    role Club

    clause 1 "rungs are climbed one by one; who falls is hurt, and tired"
        occurrence fall
        occurrence walk
        state hurt: boolean = no
        state tired: boolean = no
        on fall when rung_1
            set hurt = yes
            set tired = yes
        on walk
            set tired = yes
""" + "".join(
    f"""
        occurrence climb_{i}
        state rung_{i}: boolean = no
        on climb_{i}{f" when rung_{i // 4}" if i else ""}
            set rung_{i} = yes
"""
    for i in range(14)
)
HURT = """
    claims about "Climbed"

    guarantee hurt "Who is hurt is tired, or has climbed"
        cites 1
        always hurt implies tired or rung_13
"""


def test_what_a_question_is_about_is_not_lost_among_the_facts_of_all_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(implied, "_MOST", 4)
    (question,) = questions(CLIMBED, HURT).values()
    s = question.system
    probes = choose_probes(s, [])
    table = make_table(s, sample.draw(s, begun(s), probes.listed()), probes, [])
    wanted = frozenset((Not(Var("hurt", BOOL)), Var("tired", BOOL)))
    found = implied.implications_of(table, frozenset({"tired"}), frozenset({"hurt", "tired"}))
    assert wanted in [frozenset(getattr(e, "args", ())) for e in found]
    assert all(names(e, {}) <= {"hurt", "tired"} for e in found)


NOTED = """
    policy "Noted"
        histories from 2000-01-01

    clause 1 "what is noted is dated"
        enum Kind: one, other
        state noted[Kind]: boolean = no
        state dated[Kind]: boolean = no
        state late: boolean = no
        occurrence note
            field kind: Kind
            where kind is one
        on note
            set noted[kind] = yes
            set dated[kind] = yes
        occurrence hurry
        on hurry
            set late = yes
"""


def test_what_the_facts_of_one_index_say_of_each_other_is_tried_of_every_index() -> None:
    """Of the other kind nothing is ever noted in the sample: it says nothing of that."""
    (question,) = questions(NOTED, ABOUT_NOTED).values()
    s = question.system
    probes = choose_probes(s, [])
    table = make_table(s, sample.draw(s, begun(s), probes.listed()), probes, [])
    found = {frozenset(getattr(e, "args", ())) for e in implied.implications_by_index(table)}
    for kind in ("one", "other"):
        assert {Not(Var(f"noted[{kind}]", BOOL)), Var(f"dated[{kind}]", BOOL)} in found
    assert all("late" not in names(e, {}) for each in found for e in each)


ABOUT_NOTED = """
    claims about "Noted"

    guarantee dated "What is noted is dated"
        cites 1
        always (noted[one] implies dated[one]) and (noted[other] implies dated[other]) and (late or not late)
"""


RENEWED = """
    policy "Renewed"
        histories from 2000-01-01
        month ends last day

    clause 1 "renewed by a month, twice"
        state first: date or none
        state next: date or none
        state n: count = 0
        occurrence begin
            possible when first is none
        on begin
            set first = today
            set next = today + 1 month
            set n = 1
        occurrence renew
            possible when next is not none and n < 3
        on renew
            set next = if next is not none then next + 1 month else next
            set n = n + 1
"""
BY_THE_LEAP_RULE = """
    claims about "Renewed"

    guarantee three_days "Two months one by one end three days earlier than both at once, at most"
        cites 1
        always n = 2 and first is not none and next is not none implies next + 3 days >= first + 2 months

    guarantee leap "29 February is in years that four divides"
        cites 1
        after begin: month of today = 2 and day of today = 29 implies 4 * ((year of today) / 4) = year of today
"""


def test_what_is_asked_besides_makes_the_leap_rule_no_dearer() -> None:
    """With all that both claims see, the exact calendar took all of the time."""
    made = answers([*questions(RENEWED, BY_THE_LEAP_RULE).values()], Budget(seconds=10))
    assert all(isinstance(v, Proved) for v in made.values()), made


OF_AGE = """
    policy "Of age"
        histories from 2024-01-01

    clause 1 "of age at eighteen"
        state born: date or none
        state age: date or none
        occurrence birth
        on birth
            set born = today
            set age = today + 18 years rounding first of next month
"""
ABOUT_AGE = """
    claims about "Of age"

    guarantee leapling "Whoever is born on 29 February is of age on the first of a month"
        cites 1
        after birth: month of today = 2 and day of today = 29 implies age is not none and day of age = 1
"""


def test_where_a_period_takes_many_years_the_leap_rule_is_tried_before_they_are_searched() -> None:
    """To look for a story of six steps in twenty years took all the time."""
    (question,) = questions(OF_AGE, ABOUT_AGE).values()
    assert isinstance(answer(question, Budget(seconds=8)), Proved)
