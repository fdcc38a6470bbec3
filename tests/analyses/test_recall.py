"""Answers kept from one comparison to the next: used where nothing changed, and never believed."""

from collections.abc import Iterator, Mapping

from policydsl.analyses.comparison import Comparison
from policydsl.analyses.diff import compare
from policydsl.analyses.diff_ask import Asker, crew_of
from policydsl.analyses.diff_claims import Judging, rejudge
from policydsl.analyses.recall import Recall, Said, records_of
from policydsl.analyses.subjects import Subject
from policydsl.analyses.tasks import Judge
from policydsl.core.system import Question
from policydsl.engines.verdict import Budget, Proved, Record, Refuted, Verdict
from policydsl.front.wordings import Wordings
from tests.analyses.comparing import wordings

POLICY = """policy "Scores"
    histories from 2024-01-01

role A

better for A
    higher score
    lower orders

clause 1 "a score"
    state score: points = 100
    occurrence breach by A
    on breach
        set score = score - 5

clause 2 "orders"
    state orders: count = 0
    occurrence order by A
    on order
        set orders = orders + 1
"""
DEARER = POLICY.replace("- 5", "- 6")


def nobody(*_: object) -> Iterator[tuple[Question, Verdict]]:
    raise AssertionError("something was searched for")


def told(both: Wordings, known: Mapping[str, Said], judge: Judge | None = None) -> tuple[Comparison, Recall, int]:
    """Compare with what is `known`; how many bugs there were."""
    recall = Recall.bound_here(known)
    with crew_of(1, judge) as crew:
        asker = Asker(crew, Budget(seconds=10), 1, recall=recall)
        made = compare(both, {}, asker)
    return made, recall, len(asker.bugs)


def kept(recall: Recall, both: Wordings) -> dict[str, Said]:
    return {r.binding: r.said for r in recall.records(both.old.header.histories_from)}


def test_what_did_not_change_is_not_searched_for_again() -> None:
    first = wordings(POLICY, DEARER)
    made, recall, _ = told(first, {})
    known = kept(recall, first)
    assert len(known) == len(recall.fresh)
    again, _, bugs = told(wordings(POLICY, DEARER), known, nobody)
    assert not bugs
    assert again.overall == made.overall
    # Another clause is touched: what the first edit does is known still, what the second one does is not.
    other = wordings(POLICY, DEARER.replace("orders + 1", "orders + 2"))
    more, recall, _ = told(other, known)
    assert recall.used
    assert {q.key.partition(":")[0] for _, q, _ in recall.fresh} <= {"orders", "same  every reading", "score"}
    assert any("orders" in q.key for _, q, _ in recall.fresh)
    assert not any(q.key.startswith("score: never") for _, q, _ in recall.fresh)
    assert more.overall.roles == (("A", "stricter"),)


def test_an_answer_that_does_not_hold_is_not_believed() -> None:
    both = wordings(POLICY, DEARER)
    _, recall, _ = told(both, {})
    known = kept(recall, both)
    proof = next(s for s in known.values() if "holds" in s)
    story = next(s for s in known.values() if "fails" in s)
    lies = {key: story if "holds" in said else proof for key, said in known.items()}
    made, _, bugs = told(wordings(POLICY, DEARER), lies)
    assert not bugs
    (score,) = [j for j in made.judged if j.outcome.name == "score"]
    assert isinstance(score.same, Refuted)
    assert isinstance(score.roles[0][2], Proved)


def test_that_no_story_is_shorter_is_not_taken_over_from_a_question_much_like_it() -> None:
    """What an answer says of shorter stories was found out about another system."""
    first = wordings(POLICY, DEARER)
    _, recall, _ = told(first, {})
    said = next(s for s in kept(recall, first).values() if "fails" in s)
    assert said["clear"] != -1
    question = next(q for q, v in recall.answered if isinstance(v, Refuted))
    (near,), _ = Recall(hint=lambda _: said).find([question], "verdict")
    assert near is not None
    assert (near.said["fails"], near.said["clear"]) == (said["fails"], -1)
    (same,), _ = Recall(kept(recall, first)).find([question], "verdict")
    assert same is not None
    assert same.said["clear"] != -1


CLAIMS = """claims about "Scores"

guarantee least "from above 70 the score never falls to 60"
    after breach when old score > 70: score > 60

finding whole "the score stays 100"
    always score = 100
"""


def test_certificates_of_claims_help_under_both_wordings_whatever_text_they_were_written_for() -> None:
    """They are found by what they answer, and shown again: which text they are bound to makes no difference."""
    both = wordings(POLICY, DEARER, CLAIMS)
    first = Judging(Budget(seconds=20), 1, [])
    again = rejudge(both, first)
    answers = {c.old.name: a.old.verdict for c, a in zip(both.claims, again, strict=True) if a.old is not None}
    asked = {c.old.name: c.old.question for c in both.claims}
    made = records_of([(asked[name], v) for name, v in answers.items() if v], both.old.header.histories_from)
    said = {name: r.said for name, r in zip(answers, made, strict=True) if r is not None}
    assert said.keys() == {"least", "whole"}

    def stored(subject: Subject) -> tuple[Record, ...]:
        return (Record("of another text", said[subject.question.key]),)

    second = Judging(Budget(seconds=20), 1, [], nobody, recall=Recall.bound_here({}), stored=stored)
    told_again = rejudge(both, second)
    assert [a.fate for a in told_again] == [a.fate for a in again]
    assert not second.bugs
    lies = Judging(Budget(seconds=20), 1, [], recall=Recall.bound_here({}), stored=lambda s: (_other(s, said),))
    assert [a.fate for a in rejudge(both, lies)] == [a.fate for a in again]
    assert not lies.bugs


def _other(subject: Subject, said: Mapping[str, Said]) -> Record:
    """Return the answer to the other claim."""
    return Record("of another text", next(s for name, s in said.items() if name != subject.question.key))
