"""Claims about two histories: what is said where one cannot be understood, and that all forms make good systems."""

import pytest

from policydsl.base.diagnostic import Diagnostic
from policydsl.core.wellformed import complaints
from policydsl.engines.verdict import Budget, Proved, Refuted
from policydsl.front.load import Loaded, load_files
from policydsl.front.relate import likely
from tests.engines.asking import answers
from tests.engines.reading import loaded

POLICY = """policy "Score"
    histories from 2025-01-01

role Host
enum Card: yellow, red

clause 1 "x"
    state score: points = 100
    state level: points starts where level >= 1
    state until: date or none
    parameter limit: count in 1 .. 5
    schedule reset: each year on January 1
        set score = 100
    occurrence breach by Host
        field card: Card
        field shown: date
    occurrence praise
    define heavy on breach: boolean = card is red or limit > 2
    on breach when heavy
        set score = score - level
        set until = shown
"""
SAME = "a history and the same history with"
P = "score in the first history = score in the second history"


def lower(form: str, extra: str = "") -> Loaded:
    claims = f'claims about "Score"\n\nfinding x "x"\n{extra}    {form}\n'
    texts = {"s.policy": POLICY, "s.claims": claims}
    return load_files(texts, lambda name: (texts[name], ()))


def mistake(form: str, extra: str = "") -> Diagnostic:
    (found,) = [d for d in lower(form, extra).diagnostics if d.is_error]
    return found


@pytest.mark.parametrize(
    ("form", "code", "word"),
    [
        (f"between {SAME} one more breach: score <= 100", "E0317", "in the first history"),
        ("always score in the first history <= 100", "E0317", "remove"),
        (f"between {SAME} one more breach when card in the first history is red: {P}", "E0212", "second history"),
        ("always everything is the same in both histories", "E0317", "no two histories"),
        ("always score is the same in both histories", "E0317", "no two histories"),
        (f"between {SAME} one more breach then any breech: {P}", "E0201", "breach"),
        (f"between {SAME} one more breach then any praise when score: {P}", "E0301", "boolean"),
        (f"between any two histories then any praise: {P}", "E0323", "one more"),
        (f"between two histories that go on alike once score > 5: {P}", "E0317", "in the first history"),
        (f"between two histories that go on alike once {P} then any praise: {P}", "E0323", "one more"),
        (f"between {SAME} one more breach: (score in the first history) in the second history > 5", "E0317", "remove"),
        (f"between {SAME} one more reset: {P}", "E0205", "event is needed"),
        (f"between {SAME} one more breech: {P}", "E0201", "breach"),
        (f"between {SAME} other cart of one breach: {P}", "E0201", "card"),
        (
            f"between {SAME} breach and praise swapped when breach.card in the second history is red: {P}",
            "E0212",
            "not",
        ),
        (f"between {SAME} one breach later by 1 month: {P}", "E0323", "28 days"),
        (f"between {SAME} one breach later by limit: {P}", "E0323", "for every limit"),
        (f"between a history and the same history later by 1 month: {P}", "E0323", "28 days"),
        (f"between a history and the same history later by 2 business days: {P}", "E0323", "28 days"),
        (f"between a history and the same history later: {P}", "E0323", "for every k"),
        (f"between two histories that differ only in score: {P}", "E0323", "open at the start"),
        (f"between two histories that differ only in limits: {P}", "E0201", "limit"),
        (f"between two histories that differ only in card, limit when level > 5: {P}", "E0317", "in the first history"),
        (f"between any two histories, after breach: {P}", "E0323", "leave out"),
        (f"between {SAME} one more breach, meanwhile: {P}", "E0323", "one ... later"),
        (f"between any two histories, meanwhile: {P}", "E0323", "one ... later"),
        (f"between {SAME} one more breach: until in the first history <= until in the second history", "E0302", "none"),
        (f"between {SAME} one more breach: score in the third history > 5", "E0101", "third"),
    ],
)
def test_mistakes(form: str, code: str, word: str) -> None:
    found = mistake(form)
    assert found.code == code
    assert word in f"{found.message} {found.hint}"
    assert found.span.file == "s.claims"


FORMS = (
    f"between {SAME} one more breach when card is red and score > 5: {P}",
    f"between {SAME} one or more further breach: {P}",
    f"between {SAME} breach and praise swapped on one day when breach.card in the first history is red: {P}",
    f"between {SAME} breach and breach swapped: {P}",
    f"between {SAME} other card, shown of one breach when card in the first history is red, after breach: {P}",
    f"between {SAME} one breach later by 3 days when card is red: {P}",
    f"between {SAME} one breach later by k: {P}",
    f"between {SAME} one breach later: {P}",
    f"between a history and the same history later by k: {P}",
    f"between two histories that differ only in card, breach.shown, limit when shown in the first history < today: {P}",
    f"between two histories that differ only in level when level in the first history < 5: {P}",
    f"between two histories that differ only in limit when limit in the first history = 1: {P}",
    "between any two histories: until in the first history is none or until in the second history = today + k",
    f"between {SAME} one more breach, after breach when heavy in the first history: heavy in the second history",
    f"between {SAME} one more breach when score in the first history > 5 and card is red then any praise: {P}",
    f"between {SAME} one or more further breach then any praise when level > 3 then any breach when card is red: {P}",
    f"between {SAME} one breach later then any praise when score > score in the first history: {P}",
    f"between {SAME} breach and praise swapped on one day then any praise: everything is the same in both histories",
    f"between two histories that differ only in limit then any praise, after breach: {P}",
    f"between two histories that differ only in card, limit, after breach when card in the first history is red: {P}",
    f"between two histories that differ only in limit, throughout: {P}",
    f"between two histories that go on alike once {P} and until is the same in both histories, after breach: {P}",
    f"between {SAME} one more breach, throughout: {P}",
    f"between {SAME} one breach later by 3 days, meanwhile: {P}",
    f"between {SAME} breach and praise swapped then any praise, meanwhile: {P}",
    f"between {SAME} one more praise, after breach: old score in the first history > (new score) in the second history",
)


@pytest.mark.parametrize("form", FORMS)
def test_relations_make_good_systems(form: str) -> None:
    made = lower(form, "    for every k: days in 1 .. 9\n")
    assert not [d for d in made.diagnostics if d.is_error], made.diagnostics
    claim = made.claims[0].claims[0]
    assert claim.pair is not None
    assert complaints(claim.question.system) == ()
    assert claim.question.trigger is not None
    assert claim.form == "between"
    assert claim.pair is not None
    assert list(likely(claim.pair, claim.phases))


OPEN = """
    policy "Open"
        histories from 2025-01-01

    clause 1 "what is open at the start"
        state limit: count starts where 1 <= limit <= 2
        state slot[1 .. 2]: count starts where 0 <= slot[1] <= 1 and slot[2] = slot[1]
        state shown: count = 0
        occurrence look
        on look
            set shown = limit
"""
OF_OPEN = {
    "between any two histories: limit is the same in both histories": Refuted,
    "between two histories that go on alike once shown is the same in both histories, after look: "
    "shown is the same in both histories": Refuted,
    "between a history and the same history with one more look: limit is the same in both histories": Proved,
    "between two histories that differ only in slot: (slot[2]) is the same in both histories": Refuted,
    "between two histories that differ only in slot, after look: shown is the same in both histories": Proved,
}


def test_any_two_histories_start_out_as_they_like() -> None:
    texts = "".join(f'\nguarantee c{i} "c"\n    cites 1\n    {form}\n' for i, form in enumerate(OF_OPEN))
    _, claims = loaded(OPEN, 'claims about "Open"\n' + texts)
    found = answers([c.question for c in claims.values()])
    assert [type(found[f"c{i}"]) for i in range(len(OF_OPEN))] == list(OF_OPEN.values())


QUIET = """
    policy "Quiet"
        histories from 2025-01-01

    clause 1 "what nobody sees any more"
        state x: count = 0
        state d: date or none
        count seen: look, this one included, within any 3 days up to 1
        occurrence look
        occurrence nothing
        occurrence begin
        on begin
            set d = today
        schedule after: the day after d
            set x = 0
        schedule weekly: each Thursday
            set x = 1
"""
OF_QUIET = {
    "between a history and the same history with one more nothing: everything is the same in both histories": False,
    "between a history and the same history with one more look: seen in the first history = 0 and seen in the second "
    "history = 0 implies everything is the same in both histories": False,
    "between a history and the same history with one more look: everything is the same in both histories": True,
    "between a history and the same history with one more look: seen in the first history = 0 implies "
    "everything is the same in both histories": True,
    "between a history and the same history with one more begin: everything is the same in both histories": True,
}


def test_what_tells_nothing_any_more_makes_no_difference() -> None:
    texts = "".join(f'\nguarantee c{i} "c"\n    cites 1\n    {form}\n' for i, form in enumerate(OF_QUIET))
    _, claims = loaded(QUIET, 'claims about "Quiet"\n' + texts)
    found = answers([c.question for c in claims.values()], Budget(seconds=10, max_depth=4))
    assert [isinstance(found[f"c{i}"], Refuted) for i in range(len(OF_QUIET))] == list(OF_QUIET.values())
