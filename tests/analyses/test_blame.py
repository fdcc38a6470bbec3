"""What proofs rest on: known cases, and that leaving clauses out only ever adds histories."""

from dataclasses import replace
from functools import cache
from random import Random

import pytest

from policydsl.analyses.blame import Blame, blame, falls, text_of
from policydsl.analyses.subjects import Subject, subjects_of
from policydsl.core.conditions import conjuncts
from policydsl.core.expr import INT, Expr, IntLit, Less, Var
from policydsl.core.relax import CHOOSE, Text, clauses_of, relax, relax_property, said_by
from policydsl.core.system import Property, Question, System
from policydsl.core.wellformed import complaints
from policydsl.engines.certify import Stands, recheck
from policydsl.engines.verdict import Budget, Certificate, Proved, Refuted, Vacuous
from policydsl.front.loaded import LoadedClaims
from policydsl.semantics.interpret import replay
from tests.engines.asking import answer
from tests.engines.reading import loaded
from tests.engines.systems import duty, observation, score
from tests.engines.test_oracle import least_depth, random_property, random_system

POLICY = """
    policy "Blame"

    clause 1 "a score, from 100 points"
        state score: points = 100
        occurrence breach
        occurrence appeal

    clause 2 "a breach costs what the tariff says"
        on breach
            set score = score - cost

    clause 3 "the tariff"
        define cost: points
            10 when score > 50
            5  otherwise

    clause 4 "appeals are never heard"
        occurrence hearing
            possible when score > 1000

    clause 5 "a hearing restores 100 points"
        on hearing
            set score = 100

    clause 6 "a mark, which has nothing to do with it"
        state marked: boolean = no
        on appeal
            set marked = yes

    clause 7 "on the first of January the score is 100 again"
        schedule fresh: each year on January 1
            set score = 100
    """

CLAIMS = """
    claims about "Blame"

    guarantee ceiling "The score never exceeds 100"
        cites 1
        always score <= 100

    guarantee drop "A breach costs at most 10 points"
        cites 2
        after breach: score >= old score - 10

    guarantee marks "A mark stays"
        cites 6
        after any step when old marked: marked

    guarantee appeals "An appeal leaves the score alone"
        cites 1
        after appeal: score = old score

    guarantee alone "Without hearings the score after a new year is 100"
        cites 7
        after fresh: score = 100
    """


def subjects(policy_text: str = POLICY, claims_text: str = CLAIMS) -> dict[str, Subject]:
    policy, claims = loaded(policy_text, claims_text)
    found = subjects_of((policy,), (LoadedClaims("a.claims", policy, tuple(claims.values())),))
    return {s.question.key: s for s in found if s.origin == "claim"}


def proof_of(subject: Subject) -> Certificate:
    verdict = answer(subject.question)
    assert isinstance(verdict, Proved)
    return verdict.certificate


@cache
def blamed(name: str) -> Blame:
    subject = subjects()[name]
    return blame(subject, proof_of(subject), Budget())


def test_the_clauses_that_a_claim_needs() -> None:
    found = blamed("ceiling")
    assert found.always == ("1", "2", "3", "7")
    assert set(found.here) <= {"4", "5"}
    assert len(found.here) == 1  # either is enough: nothing is heard, and a hearing would do no harm
    assert found.perhaps == ()
    assert "6" not in (*found.always, *found.here)


@pytest.mark.parametrize(
    ("name", "always"), [("drop", ("2", "3")), ("marks", ("6",)), ("appeals", ()), ("alone", ("7",))]
)
def test_known_cases(name: str, always: tuple[str, ...]) -> None:
    found = blamed(name)
    assert (found.always, found.here, found.perhaps) == (always, (), ())


def test_without_a_clause_its_events_take_place_anywhere() -> None:
    subject = subjects(
        """
        policy "Limit"

        clause 1 "a count"
            state n: count = 0
            on go
                set n = n + 1

        clause 2 "no further than three"
            occurrence go
                possible when n < 3
        """,
        """
        claims about "Limit"

        guarantee three "At most three"
            cites 1
            always n <= 3
        """,
    )["three"]
    assert blame(subject, proof_of(subject), Budget()).always == ("1", "2")


def test_the_smallest_proof_stands_and_is_about_the_relaxed_system() -> None:
    found = blamed("ceiling")
    assert isinstance(recheck(found.certificate), Stands)
    assert found.certificate != proof_of(found.subject)


def test_what_falls_without_a_clause() -> None:
    blames = [blamed(name) for name in ("ceiling", "drop", "marks")]
    assert {clause: claims for _, clause, claims in falls(blames)} == {
        "1": ("ceiling",),
        "2": ("ceiling", "drop"),
        "3": ("ceiling", "drop"),
        "6": ("marks",),
        "7": ("ceiling",),
    }


CONDITIONS = """
    policy "Conditions"

    clause 1 "how it starts; nothing else here matters"
        state x: integer starts where x > floor
        state n: integer = 0
        occurrence tick
            possible when n < 3
        on tick
            set n = n + 1

    clause 2 "it grows"
        occurrence more
        on more
            set x = x + 1

    clause 3 "from six on"
        occurrence copy
            possible when x > 5

    clause 4 "a copy"
        state y: integer = 0
        on copy
            set y = x

    clause 5 "a parameter; nothing else here matters"
        parameter p: integer
        define floor: integer = 0
        occurrence tock
            possible when n < 4

    clause 6 "it is above two; nothing else here matters"
        assume p > 2
        occurrence tack
            possible when n < 5

    clause 7 "a value"
        define v: integer = 1
        state w: integer = 0
        on more
            set w = v

    clause 8 "another value; nothing else here matters"
        exception to 7
        define v: integer
            2 when y > 5
            1 otherwise
        occurrence teck
            possible when x > 5
    """

ON_CONDITIONS = """
    claims about "Conditions"

    guarantee positive "It starts above nought, and grows"
        cites 1
        always x > 0

    guarantee positive_in_both "... in any two histories"
        cites 1
        between any two histories: x in the first history > 0 and x in the second history > 0

    guarantee copied "What is copied is above five"
        cites 3
        always y = 0 or y > 5

    guarantee copied_in_both "... also in the history with one more"
        cites 3
        between a history and the same history with one more more: (y in the second history) not in [1, 5]

    guarantee swapped "... also where two events of two clauses change places"
        cites 3
        under p > 0
        between a history and the same history with more and copy swapped: (y in the first history) not in [1, 5]

    guarantee assumed "The parameter is above one"
        cites 6
        always p > 1

    guarantee assumed_apart "... also where two histories differ in it"
        cites 6
        between two histories that differ only in p: p in the first history > 1 and p in the second history > 1

    guarantee said_by_the_claim "... and where the claim says so itself"
        cites 6
        under p > 1
        always p > 1

    guarantee valued "The value is one or two"
        cites 7
        always w in {0, 1, 2}
    """

NEEDED = {
    "positive": ("1", "2", "5"),
    "positive_in_both": ("1", "2", "5"),
    "copied": ("3", "4"),
    "copied_in_both": ("3", "4"),
    "swapped": ("3", "4"),
    "assumed": ("6",),
    "assumed_apart": ("6",),
    "said_by_the_claim": (),
    "valued": ("7", "8"),
}


@pytest.mark.parametrize("name", NEEDED)
def test_conditions_belong_to_the_clause_that_says_them(name: str) -> None:
    """Starts, assumptions, guards and exceptions, also of the second of two histories."""
    subject = subjects(CONDITIONS, ON_CONDITIONS)[name]
    found = blame(subject, proof_of(subject), Budget(seconds=5))
    assert found.always == NEEDED[name]
    assert not {*found.here, *found.perhaps}


EXCEPTED = """
    policy "Exceptions"

    clause 1 "the rule"
        define fee on sale: integer
            3 when weighed
            0 otherwise
        define day_ on sale: date or none
            none when weighed
            today otherwise

    clause 2 "what is sold"
        state paid: integer = 0
        state paid_on: date or none
        occurrence sale
            field late: boolean
            field weighed: boolean
        on sale
            set paid = fee
            set paid_on = day_

    clause 3 "an exception"
        exception to 1
        define fee on sale: integer
            5 when late
            7 when weighed
        define day_ on sale: date or none
            today when late

    clause 4 "an exception that leaves nothing of the rest"
        exception to 5
        define share: integer
            1 otherwise

    clause 5 "a share"
        define share: integer = 2
        on sale
            set part = share
        state part: integer = 1
    """

ON_EXCEPTED = """
    claims about "Exceptions"

    guarantee late "Whoever is late pays five"
        cites 3
        after sale when late: paid = 5

    guarantee plain "Else there is nothing to pay"
        cites 1
        after sale when not late and not weighed: paid = 0

    guarantee dated "Whoever is late has a date"
        cites 3
        after sale when late: paid_on is not none and paid_on = today

    guarantee shared "The share is one"
        cites 4
        always part = 1

    guarantee in_both "... whatever it weighs"
        cites 3
        between two histories that differ only in weighed when yes, after sale when late: paid in the second history = 5
    """


@pytest.mark.parametrize(
    ("name", "always"),
    [
        ("late", ("2", "3")),
        ("plain", ("1", "2", "3")),
        ("dated", ("2", "3")),
        ("shared", ("4", "5")),
        ("in_both", ("2", "3")),
    ],
)
def test_an_exception_can_do_without_the_rule(name: str, always: tuple[str, ...]) -> None:
    subject = subjects(EXCEPTED, ON_EXCEPTED)[name]
    found = blame(subject, proof_of(subject), Budget(seconds=5))
    assert (found.always, found.here, found.perhaps) == (always, (), ())
    system, text = subject.question.system, text_of(subject)
    for without in (("1",), ("3",), ("4",), ("1", "3"), ("1", "4"), ("4", "5")):
        assert complaints(relax(system, without, text)) == ()


# --- relaxed systems -----------------------------------------------------------------------------


def guards_of(system: System) -> Text:
    """Return that the conditions of each event are said by its clause."""
    guards = {e.name: said_by((c, frozenset({e.clause})) for c in conjuncts(e.guard)) for e in system.events}
    return Text({}, guards, {})


@pytest.mark.parametrize("system", [score(), observation(), duty()])
def test_relaxed_systems_are_well_formed(system: System) -> None:
    text = guards_of(system)
    clauses = clauses_of(system, text)
    assert clauses
    for without in (clauses, *((clause,) for clause in clauses)):
        assert complaints(relax(system, without, text)) == ()


@pytest.mark.parametrize("name", NEEDED)
def test_relaxed_conditions_are_well_formed(name: str) -> None:
    subject = subjects(CONDITIONS, ON_CONDITIONS)[name]
    system, text = subject.question.system, text_of(subject)
    clauses = clauses_of(system, text)
    for without in (clauses, *((clause,) for clause in clauses)):
        assert complaints(relax(system, without, text)) == ()


def test_without_nothing_everything_stays_as_it_was() -> None:
    question = subjects()["ceiling"].question
    relaxed = Question(
        "same", relax(question.system, (), guards_of(question.system)), relax_property(question.property), None
    )
    assert isinstance(answer(relaxed), Proved)


def test_a_history_of_the_system_is_one_of_the_relaxed_system() -> None:
    question = subjects()["ceiling"].question
    never = Question("low", question.system, Property(_at_least(85), question.property.step), None)
    story = answer(never)
    assert isinstance(story, Refuted)
    relaxed = relax(question.system, ("6",), guards_of(question.system))
    oracles = {v.name: False for v in relaxed.variables if v.name.endswith("!")}
    trace = replace(story.trace, initial={**story.trace.initial, **oracles})
    assert isinstance(replay(relaxed, trace), tuple)


def _at_least(points: int) -> Expr:
    return Less(IntLit(points), Var("score", INT), strict=False)


def _labelled(system: System) -> System:
    """Return `system` with a clause of its own for each variable's rules and each event."""
    updates = tuple(
        replace(u, cases=tuple(replace(case, clause=u.variable) for case in u.cases)) for u in system.updates
    )
    return replace(system, updates=updates, events=tuple(replace(e, clause=e.name) for e in system.events))


@pytest.mark.parametrize("seed", range(25))
def test_what_is_proved_without_a_clause_is_true_with_it(seed: int) -> None:
    rng = Random(1000 + seed)  # noqa: S311  a test's own dice
    system, claim = _labelled(random_system(rng)), random_property(rng)
    text = guards_of(system)
    loose = relax(system, (rng.choice(clauses_of(system, text)),), text)
    verdict = answer(Question(str(seed), loose, relax_property(claim), None), Budget(seconds=5))
    truth = least_depth(system, claim)
    if isinstance(verdict, Proved | Vacuous):
        assert truth is None
    if truth is not None:
        assert isinstance(verdict, Refuted)
        assert sum(step.name != CHOOSE for step in verdict.trace.steps) <= truth


def test_a_clause_that_defines_what_the_claim_names_is_not_irrelevant() -> None:
    """That keeps its meaning, whatever is left out: with another tariff the claim would be another one, and fail."""
    claims = """
    claims about "Blame"

    guarantee tariff "A breach below 50 points costs 5"
        cites 3
        after breach when old score < 50: cost = (if score > 50 then 10 points else 5 points)
    """
    (subject,) = subjects(claims_text=claims).values()
    found = blame(subject, proof_of(subject), Budget())
    assert found.meant == ("3",)
    assert "3" not in found.irrelevant
