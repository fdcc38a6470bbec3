"""Repairs of two edits, what is no repair, and what a repair costs."""

from policydsl.analyses.edits import as_amendment
from policydsl.analyses.repair_case import case_of
from policydsl.analyses.repair_edits import candidates
from policydsl.engines.verdict import Manner, Proved
from policydsl.front.wordings import reworded
from tests.analyses.comparing import Here
from tests.analyses.repairing import CLAIMS, LIBRARY, base_of, search, sound, target_of

PARKING = """policy "Parking where one may not"
    histories from 2025-01-01

role Driver
role City

enum Vehicle: car, van, bus, ambulance, tram, bicycle, lorry, trailer, hearse

better for Driver
    lower points
    no towed

clause 1 "a point"
    subset Exempt of Vehicle: ambulance
    state points: count = 0
    occurrence offence by Driver
        field vehicle: Vehicle
        field in_the_centre: boolean
        choose heavy: boolean default no by City
    on offence when not in_the_centre
        set points = points + 1

clause 2 "in the centre it is two points; each year one is forgotten"
    on offence when in_the_centre
        set points = points + 2
    occurrence year_over
    on year_over
        set points = points - 1

clause 3 "from five points on, or if the City thinks fit, the vehicle is towed"
    state towed: boolean = no
    on offence when new points >= 5 or heavy
        set towed = yes
"""
PARKING_CLAIMS = """claims about "Parking where one may not"

finding exempt "An exempt vehicle gets points"
    cites 1, 2
    after offence when vehicle in Exempt: points <= old points

finding hearses "A hearse is not exempt"
    cites 1
    after offence when vehicle is hearse: vehicle in Exempt

finding below "Points can be fewer than none"
    cites 2
    always points >= 0

finding at_once "A first offence can lead to towing"
    cites 1, 3
    after offence when points < 5: towed = old towed

finding unequal "Equal offences, unequal towing"
    cites 1, 3
    between two histories that differ only in offence.heavy: towed in the first history = towed in the second history

guarantee heavy_tows "A heavy offence leads to towing"
    cites 3
    after offence when heavy: towed
"""


def test_the_same_exception_is_made_in_two_clauses() -> None:
    base = base_of(PARKING, PARKING_CLAIMS)
    found = search(base, "exempt", most=1, tries=40)
    repair, offered = next((r, a) for r, a in found if r.cost.free)
    assert [e.clause for e in repair.edits] == ["1", "2"]
    assert "on offence when not in_the_centre and not (vehicle in Exempt)" in offered
    assert "on offence when in_the_centre and not (vehicle in Exempt)" in offered
    sound(base, "exempt", offered)


def test_a_member_of_a_large_enumeration_is_added_to_a_subset() -> None:
    base = base_of(PARKING, PARKING_CLAIMS)
    ((_, offered),) = search(base, "hearses", most=1)
    assert "with subset Exempt of Vehicle: ambulance, hearse" in offered
    sound(base, "hearses", offered)


def test_no_rule_is_offered_that_does_nothing() -> None:
    """To take away 0 points for 1 would do, but is no bound any more."""
    found = search(base_of(PARKING, PARKING_CLAIMS), "below", most=2)
    said = "".join(offered for _, offered in found)
    assert "points - 0" not in said
    assert "max(points - 1, 0)" in said
    assert "on year_over when points > 0" in said


def test_a_choice_is_limited_and_what_that_costs_is_said() -> None:
    base = base_of(PARKING, PARKING_CLAIMS)
    found = search(base, "unequal", most=9, tries=12)
    costs = {offered: r.cost for r, offered in found}
    fixed = next(cost for offered, cost in costs.items() if "where heavy = no" in offered)
    assert not fixed.lost
    assert not fixed.free  # nothing is left of the guarantee


STEPS = """policy "Steps"
    histories from 2025-01-01

role Walker

clause 1 "one step at a time"
    state steps: count = 0
    state done: boolean = no
    occurrence move by Walker
    on move
        set steps = steps + 1
    occurrence stop by Walker
    on stop
        set done = yes
"""


def test_what_the_claim_starts_from_must_stay_possible() -> None:
    """Two steps at a time: nobody has made one, and nothing is mended."""
    claims = 'claims about "Steps"\n\nfinding first "It ends"\n    cites 1\n    after move: steps = 1 implies done\n'
    base = base_of(STEPS, claims)
    two = "replace on move\n        set steps = steps + 1\n    with on move\n        set steps = steps + 2"
    made = reworded(base, f'amendment "Two" of "Steps"\n\nin clause 1\n    {two}\n')
    assert made is not None
    question = target_of(base, "first").under(made)
    assert question is not None
    assert isinstance(Here().ask([question], wanted=Manner("verdict"))[0], Proved)
    found = search(base, "first", most=9, tries=40)
    assert found
    assert not any("steps + 2" in offered for _, offered in found)


FACTS = """policy "Letters"
    histories from 2025-01-01

role Writer
role Office

clause 1 "a letter is answered by its length"
    state owed: count = 0
    occurrence letter by Writer
        field pages: count in 1 .. 20
    on letter
        set owed = owed + pages
    occurrence answer by Office
    on answer
        set owed = 0
"""


def test_an_edit_that_only_takes_for_granted_that_a_fact_does_not_happen_is_not_free() -> None:
    claims = (
        'claims about "Letters"\n\nfinding long "A letter can be long"\n    cites 1\n    after letter: pages <= 10\n'
    )
    found = search(base_of(FACTS, claims), "long", most=2)
    assert found
    for repair, offered in found:
        assert "1 .. 10" in offered or "pages" in offered
        assert repair.cost.ruled_out == ("letter",), offered
        assert not repair.cost.free


def test_what_the_claim_speaks_of_must_go_on_changing() -> None:
    claims = 'claims about "Letters"\n\nfinding something "Something can be owed"\n    cites 1\n    always owed = 0\n'
    found = search(base_of(FACTS, claims), "something", most=2)
    assert found
    assert all(r.cost.stilled == ("owed",) or r.cost.ruled_out for r, _ in found)
    assert not any(r.cost.free for r, _ in found)


def test_claims_about_another_option_are_no_cost() -> None:
    claims = (
        CLAIMS
        + """
guarantee guests_too "Guests count, if they do"
    cites 5
    under house is guests_too
    possible after visit: guest and of_the_house
"""
    )
    found = search(base_of(LIBRARY, claims), "guests", most=1)
    repair = next(r for r, _ in found if r.edits[0].kind == "reading settled")
    assert repair.cost.moot == ("guests_too",)
    assert repair.cost.free


def test_edits_of_one_line_are_made_as_one() -> None:
    base = base_of(LIBRARY, CLAIMS)
    own = case_of(base, target_of(base, "five"), []).script
    edits = candidates(case_of(base, target_of(base, "five"), []))
    line = [e for e in edits if e.old.startswith("act borrow") and len(e.changes) == 1]
    apart = [(a, b) for a in line for b in line if a.changes[0][1] < b.changes[0][0]]
    meeting = [(a, b) for a in line for b in line if a.changes[0][0] < b.changes[0][0] < a.changes[0][1]]
    assert own.together((line[0], line[0])) == (line[0],)
    for one, other in apart[:3]:
        (both,) = own.together((one, other))
        assert all(text in both.new for e in (one, other) for _, _, text in e.changes)
        assert reworded(base, as_amendment((both,), "a", base.policy.header.title, "b")) is not None
    assert all(own.together(pair) == () for pair in meeting)
    elsewhere = next(e for e in edits if e.clause != line[0].clause)
    assert own.together((line[0], elsewhere)) == (line[0], elsewhere)


def test_what_is_possible_under_one_reading_only_is_mended_by_settling_it() -> None:
    claims = (
        CLAIMS
        + """
finding strangers "Whether a guest may fail to count"
    cites 5
    possible after visit: guest and not of_the_house
    expect depends on reading house
"""
    )
    found = search(base_of(LIBRARY, claims), "strangers", most=1)
    assert [offered for _, offered in found if "add assume house is members" in offered]
    assert not [offered for _, offered in found if "guests_too" in offered]
