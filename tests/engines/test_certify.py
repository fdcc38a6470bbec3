"""Planted bugs and tampered texts: no wrong proof gets past the certifier, no wrong story past the replay."""

from dataclasses import replace

import pytest
import z3

from policydsl.core.expr import FALSE, INT, TRUE, Add, Expr, Not
from policydsl.core.show import bind
from policydsl.core.system import Parameter, Property, Question, Trace, Update
from policydsl.engines import certify, houdini, kinduction, minimise, obligation, templates
from policydsl.engines.obligation import Proof, Seen, confirm, issue, outline, written_again
from policydsl.engines.unroll import Unrolling
from policydsl.engines.verdict import (
    Certificate,
    Proved,
    Query,
    Refuted,
    SemanticsDisagreeError,
    SolverDisagreeError,
)
from policydsl.semantics import terms
from policydsl.semantics.decode import trace_of
from policydsl.semantics.terms import new_context
from tests.engines.asking import answer
from tests.engines.systems import (
    always,
    duty_questions,
    integer,
    le,
    lt,
    num,
    occurrence,
    on,
    puzzle_questions,
    score_questions,
    system,
    var,
)


@pytest.fixture
def question() -> Question:
    return score_questions()["positive"]


@pytest.fixture
def certificate(question: Question) -> Certificate:
    return issue(question, Proof(1, (le(num(0), var("violations")),), 0))


def test_a_proof_stands(question: Question, certificate: Certificate) -> None:
    assert certify.recheck(certificate) == certify.Stands()
    assert certificate.binding == bind(question)
    assert written_again(question, certificate) == certificate


@pytest.mark.parametrize("tactic", ["smt", "skip"])
def test_a_proof_is_put_to_a_quick_solver_first(
    question: Question, certificate: Certificate, tactic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where that does not know, as `skip` never does, the other has the word."""
    monkeypatch.setattr(terms, "settled_solver", lambda ctx: z3.Tactic(tactic, ctx=ctx).solver())
    proof, ctx = Proof(1, certificate.lemmas, 0), new_context()
    assert confirm(question, proof, ctx) == certify.Stands()
    assert isinstance(confirm(question, replace(proof, lemmas=()), ctx), certify.Fails)


def test_what_contains_a_query_that_was_refuted_is_not_put_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Less than that is, and so is what was not refuted, and everything where nobody says what was seen."""
    x, n = var("x"), Parameter("n", INT, None, is_reading=False, clause="1")
    rises = Update("x", (on("rise", TRUE, Add((x, var("n")))),))
    wide = system(
        "sum", (integer("x", 0),), (occurrence("rise"),), (rises,), parameters=(n,), assumptions=(le(num(0), var("n")),)
    )
    wider, narrow = replace(wide, assumptions=()), replace(wide, assumptions=(*wide.assumptions, le(var("n"), num(5))))
    put: list[int] = []
    real = obligation._put

    def counted(solver: z3.Solver, assertions: list[z3.BoolRef], rlimit: int) -> str:
        put.append(len(assertions))
        return real(solver, assertions, rlimit)

    monkeypatch.setattr(obligation, "_put", counted)
    proof, ctx, seen = Proof(1, (), 0), new_context(), Seen()
    asked = [
        (narrow, True),
        (narrow, False),
        (wide, True),
        (narrow, False),
        (wide, False),
        (wider, True),
        (wider, True),
    ]
    for made, anew in asked:
        put.clear()
        answer = confirm(always(made, "positive", le(num(0), x)), proof, ctx, seen=seen)
        assert isinstance(answer, certify.Fails if made is wider else certify.Stands)
        assert bool(put) == anew
    put.clear()
    assert confirm(always(narrow, "positive", le(num(0), x)), proof, ctx) == certify.Stands()
    assert put


def test_a_stored_proof_is_put_to_fresh_solvers_without_texts(question: Question, certificate: Certificate) -> None:
    proof, ctx = Proof(1, certificate.lemmas, 0), new_context()
    assert confirm(question, proof, ctx) == certify.Stands()
    assert confirm(question, proof, ctx) == certify.Stands()  # a context that has seen proofs says the same
    assert isinstance(confirm(question, replace(proof, lemmas=()), ctx), certify.Fails)
    assert isinstance(confirm(question, proof, ctx, rlimit=1), certify.Undecided)
    bare = outline(question, proof)
    assert bare == certify.without_texts(certificate)
    assert not bare.queries
    assert isinstance(certify.recheck(bare), certify.Fails)  # nothing to check is no proof


# --- planted bugs --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "proof"),
    [
        pytest.param("overdraw", Proof(1, (), 0), id="false and claimed inductive"),
        pytest.param("positive", Proof(1, (), 0), id="needs a lemma that is not there"),
        pytest.param("positive", Proof(1, (le(num(1), var("violations")),), 0), id="lemma false in the beginning"),
        pytest.param("positive", Proof(1, (lt(var("score"), num(0)),), 0), id="initiation skipped"),
        pytest.param("overdraw", Proof(1, (le(num(50), var("score")),), 0), id="lemma assumed but not proved"),
        pytest.param("overdraw", Proof(1, (FALSE,), 0), id="lemma absurd"),
        pytest.param("third", Proof(4, (), 0), id="window too short"),
        pytest.param("third", Proof(5, (), 0), id="violated within the window"),
    ],
)
def test_wrong_proofs_do_not_stand(key: str, proof: Proof) -> None:
    assert isinstance(certify.recheck(issue(score_questions()[key], proof)), certify.Fails)
    assert isinstance(confirm(score_questions()[key], proof, new_context()), certify.Fails)


@pytest.mark.parametrize("parts", [(), ("step",), ("value score", "dates"), ("no such part",)])
def test_fewer_parts_of_a_step_never_prove_more(parts: tuple[str, ...]) -> None:
    wrong = Proof(1, (le(num(50), var("score")),), 0, parts)
    assert isinstance(certify.recheck(issue(score_questions()["overdraw"], wrong)), certify.Fails)


def test_the_parts_that_are_kept_suffice_and_are_few() -> None:
    verdict = answer(score_questions()["ceiling"])
    assert isinstance(verdict, Proved)
    made = written_again(score_questions()["ceiling"], verdict.certificate)
    assert made.parts is not None
    whole = issue(score_questions()["ceiling"], Proof(made.k, made.lemmas, made.level))
    assert sum(len(q.text) for q in made.queries) < sum(len(q.text) for q in whole.queries)


def test_parts_that_do_not_suffice_are_made_up_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_arguments: object, **_more: object) -> tuple[str, ...]:
        return ()

    monkeypatch.setattr(kinduction, "_parts", none)
    verdict = answer(score_questions()["ceiling"])
    assert isinstance(verdict, Proved)
    assert verdict.certificate.parts is None


def test_a_negated_goal_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def violated(self: Unrolling, claim: Property, i: int) -> z3.BoolRef:
        holds = self.encoding.state_holds(claim.state, i)
        return self.literal(z3.And(self.reach(i), holds, z3.Not(holds)))

    monkeypatch.setattr(Unrolling, "violated", violated)
    with pytest.raises(SolverDisagreeError):
        answer(puzzle_questions()["all set"])


def test_a_skipped_initiation_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def inductive_from_anywhere(
        unrolling: Unrolling, claim: Property, fixed: object, pool: object, *, k: int, meter: object
    ) -> Proof:
        del unrolling, claim, fixed, pool, meter
        return Proof(k, (FALSE,), 0)

    monkeypatch.setattr(kinduction, "prove", inductive_from_anywhere)
    with pytest.raises(SolverDisagreeError):
        answer(puzzle_questions()["all set"])


def test_an_unproved_lemma_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def believe(self: houdini.Pool, meter: object) -> bool:
        del self, meter
        return True

    def no_support(self: houdini.Pool, needed: object, meter: object) -> tuple[Expr, ...]:
        del needed, meter
        return tuple(self.kept)

    monkeypatch.setattr(houdini.Pool, "begin", believe)
    monkeypatch.setattr(houdini.Pool, "close", no_support)
    monkeypatch.setattr(templates, "candidates", lambda *_arguments, **_more: (FALSE,))
    monkeypatch.setattr(templates, "simple", lambda _table: (FALSE,))
    with pytest.raises(SolverDisagreeError):
        answer(duty_questions()["warned first"])


def test_a_wrong_story_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def day_before(encoding: object, model: object, depth: int) -> Trace:
        trace = original(encoding, model, depth)  # type: ignore[arg-type]  # handed on as it came
        return replace(trace, steps=tuple(replace(s, day=s.day - 40) for s in trace.steps))

    original = trace_of
    monkeypatch.setattr(minimise, "trace_of", day_before)
    with pytest.raises(SemanticsDisagreeError):
        answer(duty_questions()["never offline"])


def test_a_story_without_violation_is_caught() -> None:
    question = puzzle_questions()["all set"]
    verdict = answer(question)
    assert isinstance(verdict, Refuted)
    with pytest.raises(SemanticsDisagreeError):
        minimise.verify(question.system, Property(TRUE, TRUE), verdict.trace)
    short = replace(verdict.trace, steps=verdict.trace.steps[:-1])
    with pytest.raises(SemanticsDisagreeError):
        minimise.verify(question.system, question.property, short)


# --- tampered texts ------------------------------------------------------------------------------


def reseal(certificate: Certificate) -> Certificate:
    return replace(certificate, seal=certify.seal(certificate))


def with_text(certificate: Certificate, name: str, text: str) -> Certificate:
    queries = tuple(Query(q.name, text) if q.name == name else q for q in certificate.queries)
    return replace(certificate, queries=queries)


def test_a_changed_text_breaks_the_seal(certificate: Certificate) -> None:
    for query in certificate.queries:
        changed = with_text(certificate, query.name, query.text + "(assert false)\n")
        assert isinstance(certify.recheck(changed), certify.Fails)


def test_a_changed_text_is_not_what_the_system_says(question: Question, certificate: Certificate) -> None:
    changed = reseal(with_text(certificate, "initiation", "(assert false)\n(check-sat)\n"))
    assert certify.recheck(changed) == certify.Stands()
    assert written_again(question, changed) != changed


def test_another_question_does_not_match(certificate: Certificate) -> None:
    assert written_again(score_questions()["ceiling"], certificate) != certificate


def test_a_missing_query_is_refused(certificate: Certificate) -> None:
    for i in range(len(certificate.queries)):
        left = certificate.queries[:i] + certificate.queries[i + 1 :]
        assert isinstance(certify.recheck(reseal(replace(certificate, queries=left))), certify.Fails)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "(assert true)",
        "(assert (> 1 0))\n(check-sat)",
        "(push 1)(assert false)(pop 1)",
        "(set-option :x true)(assert false)",
        "(define-fun p () Bool false)(assert p)",
        "(assert false",
        "assert false",
        "(check-sat-using smt)(assert false)",
        "(echo |(assert|)(assert false)",
        '(set-logic ALL)(reset)(assert (= 0 0)) ; "',
    ],
)
def test_texts_that_are_no_refutation(certificate: Certificate, text: str) -> None:
    changed = reseal(with_text(certificate, "goal", text))
    assert isinstance(certify.recheck(changed), certify.Fails)


def test_a_solver_that_gives_up_is_no_proof(certificate: Certificate) -> None:
    hard = "(declare-fun x () Int)(declare-fun y () Int)(declare-fun z () Int)"
    cubes = "(assert (= (+ (* x x x) (* y y y) (* z z z)) 114))(assert (> x 1000))"
    changed = reseal(with_text(certificate, "consecution", hard + cubes))
    assert isinstance(certify.recheck(changed, rlimit=100_000), certify.Undecided)


def test_commands_of_a_script() -> None:
    text = "(set-logic ALL) ; (push)\n(declare-fun |a (b)| () Int)(assert (= |a (b)| 3)) x (check-sat)"
    assert certify.commands(text) == ["set-logic", "declare-fun", "assert", "x", "check-sat"]


def test_names_in_any_script(certificate: Certificate) -> None:
    text = "(declare-fun |分数@0| () Int)(assert (> |分数@0| 0))(assert (< |分数@0| 1))"
    assert certify.recheck(reseal(with_text(certificate, "goal", text))) == certify.Stands()


def test_negation_of_a_proved_property_is_refuted() -> None:
    question = puzzle_questions()["big fits"]
    negated = replace(question, property=Property(Not(question.property.state), TRUE))
    assert isinstance(answer(negated), Refuted)


def test_the_second_solver_gives_up_after_so_much_work_whatever_the_clock_says(monkeypatch: pytest.MonkeyPatch) -> None:
    holes = range(6)
    sits = {(bird, hole): f"b{bird}_{hole}" for bird in range(7) for hole in holes}
    lines = [f"(declare-fun {name} () Bool)" for name in sits.values()]
    lines += [f"(assert (or {' '.join(sits[bird, hole] for hole in holes)}))" for bird in range(7)]
    lines += [
        f"(assert (not (and {sits[a, hole]} {sits[b, hole]})))" for hole in holes for a in range(7) for b in range(a)
    ]
    text = "\n".join(("(set-logic ALL)", *lines, "(check-sat)"))
    assert certify.refute(text, "cvc5") == certify.Stands()
    monkeypatch.setattr(certify, "_UNITS", 500)
    assert isinstance(certify.refute(text, "cvc5"), certify.Undecided)
