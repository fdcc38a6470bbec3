"""Worker processes: they answer, die, hang and raise, and none of it spreads."""

import multiprocessing
import sys
from dataclasses import replace
from multiprocessing.context import ForkContext

import pytest

from policydsl.analyses import workers
from policydsl.analyses.alone import Alone
from policydsl.analyses.tasks import Answered, Done, Errand, Failed, Judge, Lost, Message, Ran, Task
from policydsl.analyses.worker import _Memory
from policydsl.analyses.workers import Crew
from policydsl.core.expr import TRUE
from policydsl.core.system import Property, Question, System
from policydsl.engines.verdict import Bounded, Budget, Manner, Unknown
from tests.analyses import fake_judges

both_ways = pytest.mark.parametrize("way", ["forked", "spawned"], indirect=True)

SYSTEM = System("s", (), (), (), (), (), (), (), (), ())


def task(number: int, *keys: str, seconds: float = 10) -> Task:
    questions = tuple(Question(k, SYSTEM, Property(TRUE, TRUE), None) for k in keys)
    return Task(number, SYSTEM, questions, Budget(seconds=seconds), (Manner(),) * len(questions))


def run(judge: Judge, *tasks: Task, jobs: int = 2) -> list[Message]:
    with Crew(jobs, judge) as crew:
        for each in tasks:
            crew.submit(each)
        found = list(crew.messages())
    assert not multiprocessing.active_children()
    return found


@pytest.fixture
def way(request: pytest.FixtureRequest) -> str:
    """Have workers started in one of the two ways."""
    named: str = request.param
    if named == "spawned":
        request.getfixturevalue("spawned")
    return named


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere they are spawned always")
@both_ways
def test_where_there_are_threads_workers_are_spawned(way: str) -> None:
    assert isinstance(workers._context(), ForkContext) == (way == "forked")


@both_ways
@pytest.mark.usefixtures("way")
def test_every_question_is_answered_once() -> None:
    found = run(fake_judges.good, task(0, "a", "b"), task(1, "c"), task(2, "d"))
    answered = sorted((m.task.number, m.index) for m in found if isinstance(m, Answered))
    assert answered == [(0, 0), (0, 1), (1, 0), (2, 0)]
    assert sum(isinstance(m, Done) for m in found) == 3


def said(found: list[Message]) -> dict[tuple[int, int], str]:
    """Return what was answered, by task and place; each once."""
    told = [((m.task.number, m.index), m.verdict) for m in found if isinstance(m, Answered)]
    assert len(told) == len(dict(told))
    return {place: v.reason for place, v in told if isinstance(v, Bounded | Unknown)}


@pytest.mark.parametrize("jobs", [1, 2])
@both_ways
@pytest.mark.usefixtures("way")
def test_a_worker_that_dies_costs_only_what_it_died_of(jobs: int) -> None:
    found = run(fake_judges.dies, task(0, "a", "fatal", "b"), task(1, "c"), jobs=jobs)
    answers = said(found)
    assert "ended unexpectedly" in answers.pop((0, 1))
    assert answers == {(0, 0): "a", (0, 2): "b", (1, 0): "c"}
    assert not [m for m in found if isinstance(m, Lost)]
    assert sorted(m.task.number for m in found if isinstance(m, Done)) == [0, 1]


def test_a_worker_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_GRACE", 0.2)
    monkeypatch.setattr(workers, "_STARVED", 1)
    found = run(fake_judges.hangs, task(0, "a", seconds=0.1))
    assert [m.left for m in found if isinstance(m, Lost)] == [(0,)]
    assert not [m for m in found if isinstance(m, Answered)]  # by itself it would hang again


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_worker_that_hangs_costs_only_what_it_hangs_at(monkeypatch: pytest.MonkeyPatch, jobs: int) -> None:
    monkeypatch.setattr(workers, "_GRACE", 0.2)
    monkeypatch.setattr(workers, "_STARVED", 1)
    found = run(fake_judges.sticks, task(0, "a", "stuck", "b", "bad", seconds=0.1), task(1, "c"), jobs=jobs)
    answers = said(found)
    assert "did not stop" in answers.pop((0, 1))
    assert answers == {(0, 0): "a", (0, 2): "b", (1, 0): "c"}
    assert [(m.task.number, m.left, m.reason) for m in found if isinstance(m, Lost)] == [
        (0, (3,), "ZeroDivisionError: planted")
    ]
    assert [m.task.number for m in found if isinstance(m, Done)] == [1]


def test_what_is_asked_again_ends_with_the_time_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_GRACE", 0.2)
    monkeypatch.setattr(workers, "_STARVED", 1)
    over: list[str] = []
    with Crew(1, fake_judges.sticks, stop=lambda *_: over[0] if over else None) as crew:
        crew.submit(task(0, "a", "stuck", "b", "c", seconds=0.1))
        found: list[Message] = []
        for message in crew.messages():
            found.append(message)
            if isinstance(message, Answered) and message.index == 1:
                over.append("enough")
    assert not multiprocessing.active_children()
    assert said(found) | {(0, 1): ""} == {(0, 0): "a", (0, 1): "", (0, 2): "enough", (0, 3): "enough"}
    assert isinstance(found[-1], Done)


def test_what_is_asked_again_has_what_was_answered_for_help_and_nothing_to_follow() -> None:
    whole = replace(task(4, "a", "b", "c"), follows=3, keep=True, bound=("x", "y", "z"))
    (part,) = Alone().split(whole, (2,))
    assert [q.key for q in part.questions] == ["c"]
    assert [q.key for q in part.helpers] == ["a", "b"]
    assert (part.bound, part.follows, part.keep) == (("z",), None, False)
    assert len(part.manners) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_worker_that_others_leave_no_time_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_GRACE", 0.2)
    monkeypatch.setattr(workers, "_STARVED", 100)
    assert sum(isinstance(m, Answered) for m in run(fake_judges.naps, task(0, "a", seconds=0.1))) == 1
    lost = [m for m in run(fake_judges.spins, task(0, "a", seconds=0.1)) if isinstance(m, Lost)]
    assert [m.left for m in lost] == [(0,)]


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_what_all_workers_together_have_taken_may_end_the_work() -> None:
    heard: list[float] = []

    def stop(spent: float, _ahead: object) -> str | None:
        heard.append(spent)
        return "enough" if spent > 0.2 else None

    with Crew(1, fake_judges.spins, stop=stop) as crew:
        crew.submit(task(0, "a", "b"))
        crew.submit(task(1, "c"))
        found = list(crew.messages())
        crew.submit(task(2, "d"))
        later = list(crew.messages())
    assert not multiprocessing.active_children()
    lost = [(m.task.number, m.left, m.reason) for m in found if isinstance(m, Lost)]
    assert lost == [(0, (0, 1), "enough"), (1, (0,), "enough")]
    assert [m.reason for m in later if isinstance(m, Lost)] == ["enough"]
    assert heard == sorted(heard)
    assert heard[0] < 0.2 < heard[-1]
    assert list(crew.cut) == ["enough"]


@both_ways
@pytest.mark.usefixtures("way")
def test_an_exception_is_a_bug_and_the_worker_goes_on() -> None:
    found = run(fake_judges.raises, task(0, "a", "b"), task(1, "c"), jobs=1)
    bugs = [m for m in found if isinstance(m, Lost)]
    assert [(m.task.number, m.left) for m in bugs] == [(0, (1,)), (1, ())]
    assert bugs[0].reason == "ZeroDivisionError: planted"
    assert bugs[0].bug is not None
    assert "Traceback" in bugs[0].bug


@pytest.mark.skipif(sys.platform == "win32", reason="no such limit there")
def test_a_worker_that_takes_too_much_memory_costs_only_what_takes_it() -> None:
    large = replace(task(0, "a", "large", "b"), budget=Budget(memory=2048))
    found = run(fake_judges.hungry, large, task(1, "c"), jobs=1)
    answers = said(found)
    assert "memory" in answers.pop((0, 1))
    assert answers == {(0, 0): "a", (0, 2): "b", (1, 0): "c"}


@pytest.mark.parametrize("jobs", [1, 3])
def test_an_errand_that_dies_hangs_or_fails_is_lost_alone(jobs: int) -> None:
    with Crew(jobs) as crew:
        for i, given in enumerate(["a", "dies", "b", "fails", "c", "hangs", "d"]):
            crew.submit(Errand(i, fake_judges.errand, given, patience=3.0))
        found = list(crew.messages())
    assert not multiprocessing.active_children()
    assert {m.errand.number: m.result for m in found if isinstance(m, Ran)} == {0: "A", 2: "B", 4: "C", 6: "D"}
    died, failed, hung = sorted((m for m in found if isinstance(m, Failed)), key=lambda m: m.errand.number)
    assert "ended unexpectedly" in died.reason
    assert (failed.reason, failed.bug is None) == ("ValueError: fails", False)
    assert "did not stop" in hung.reason


def test_leaving_early_leaves_no_process() -> None:
    with pytest.raises(KeyboardInterrupt), Crew(2, fake_judges.good) as crew:  # noqa: PT012  left by it
        crew.submit(task(0, "a", "b"))
        next(crew.messages())
        raise KeyboardInterrupt
    assert not multiprocessing.active_children()


@both_ways
@pytest.mark.usefixtures("way")
def test_who_has_shown_stored_answers_goes_on_before_anybody_hears_of_them() -> None:
    with Crew(1, fake_judges.good) as crew:
        for number in range(2):
            crew.submit(replace(task(number, "a"), search=False))
        crew.submit(task(2, "b"))
        crew.submit(task(3, "c"))
        at_work = {m.task.number: [w.task for w in crew._workers] for m in crew.messages() if isinstance(m, Done)}
    assert not multiprocessing.active_children()
    assert list(at_work) == [2, 3, 0, 1]  # what searches may take long, and comes first
    assert [t and t.number for (t,) in at_work.values()] == [None, None, 1, None]  # what searches may be followed


@both_ways
@pytest.mark.usefixtures("way")
def test_what_follows_goes_where_it_comes_from() -> None:
    places: dict[int, str] = {}
    with Crew(2, fake_judges.where) as crew:
        for number in range(4):
            crew.submit(task(number, "a"))
        for message in crew.messages():
            if isinstance(message, Answered) and isinstance(message.verdict, Bounded):
                places[message.task.number] = message.verdict.reason
            if isinstance(message, Done) and message.task.number < 10:
                crew.submit(replace(task(10 + message.task.number, "b"), follows=message.task.number))
    assert len({*places.values()}) == 2
    assert all(places[10 + number] == places[number] for number in range(4))


@both_ways
@pytest.mark.usefixtures("way")
def test_what_is_kept_is_there_for_what_follows_whatever_is_done_meanwhile() -> None:
    places: dict[int, str] = {}
    with Crew(1, fake_judges.where) as crew:
        crew.submit(replace(task(0, "a"), keep=True))
        for number in range(1, 4):
            crew.submit(task(number, "b"))
        for message in crew.messages():
            if isinstance(message, Answered) and isinstance(message.verdict, Bounded):
                places[message.task.number] = message.verdict.reason
            if isinstance(message, Done) and message.task.number == 3:
                crew.submit(replace(task(4, "c"), follows=0, keep=True))
                crew.submit(replace(task(5, "d"), follows=4))
    assert places[0] == places[4] == places[5]
    assert {places[1], places[2], places[3]} == {places[1]}
    assert (places[1] != places[0]) == isinstance(workers._context(), ForkContext)  # where a new one is cheap


@both_ways
@pytest.mark.usefixtures("way")
def test_what_a_dead_worker_kept_is_built_again() -> None:
    with Crew(1, fake_judges.dies) as crew:
        crew.submit(replace(task(0, "a"), keep=True))
        crew.submit(replace(task(1, "fatal"), follows=0, keep=True))
        found: list[Message] = []
        for message in crew.messages():
            found.append(message)
            if isinstance(message, Done) and message.task.number == 1:
                crew.submit(replace(task(2, "b"), follows=1))
    assert [m.task.number for m in found if isinstance(m, Done)] == [0, 1, 2]


def test_a_worker_turns_back_to_what_it_kept_and_to_nothing_else() -> None:
    memory, built = _Memory(None, own=fake_judges.good), list[Judge | None]()
    memory.finish(replace(task(0, "a"), keep=True))
    for each in (task(1, "b"), replace(task(2, "c"), follows=0), replace(task(3, "d"), follows=0)):
        memory.turn_to(each)
        built.append(memory.own)
    assert built == [None, fake_judges.good, None]  # once gone on from, it is not what it was
