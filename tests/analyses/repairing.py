"""Help for tests of repairs: a policy that nobody prepared, and a search without processes."""

from policydsl.analyses.diff_claims import Judging
from policydsl.analyses.repair import Means, Repair, amendment, repairs
from policydsl.analyses.repair_case import Target, targets
from policydsl.analyses.repair_cost import Pricing
from policydsl.base.diagnostic import Diagnostics
from policydsl.engines.verdict import Budget, Manner, Proved
from policydsl.front.wordings import Base, load_base, reworded
from policydsl.syntax.format import format_text
from tests.analyses.comparing import Here

LIBRARY = """policy "Lending library"
    histories from 2025-01-01
    month ends last day

role Reader
role Desk

better for Reader
    higher loans
    lower fine
    later due

clause 1 "up to five books, one at a time"
    state loans: count = 0
    act borrow by Reader permitted when loans <= 5
    on borrow
        set loans = loans + 1
    act return_book by Reader permitted when loans > 0
    on return_book
        set loans = loans - 1

clause 2 "what a late day costs, by the days late"
    occurrence late
        field late_by: days in 1 .. 60
    table fine on late of late_by: money EUR, exactly one row
        [1, 7]:   1 EUR
        (7, 30):  5 EUR
        (30, 60]: 20 EUR
    state owed: money EUR = 0 EUR
    on late
        set owed = owed + fine

clause 3 "a renewal runs from today"
    state due: date or none
    occurrence renewal
        field length: days in 1 .. 30
    on renewal
        set due = today + length

clause 4 "the desk may bar a reader, for as long as it likes"
    state barred: boolean = no
    act bar by Desk permitted when not barred
        choose term: days >= 1 default 7 days by Desk
    on bar
        set barred = yes
    occurrence payment
        field in_full: boolean
    on payment
        set owed = 0 EUR when in_full

clause 5 "who counts as a reader of the house"
    reading house "does a guest count?"
        guests_too "yes" default
        members "no"
    occurrence visit
        field guest: boolean
    define of_the_house on visit: boolean = house is guests_too or not guest
"""
CLAIMS = """claims about "Lending library"

guarantee five "Nobody has more than five books"
    cites 1
    always loans <= 5

guarantee never_negative "Nor fewer than none"
    cites 1
    always loans >= 0

finding thirtieth "The thirtieth day costs nothing that is said"
    cites 2
    table fine covers 1 .. 60

finding sooner "A renewal can bring the day forward"
    cites 3
    after renewal when old due is not none: due is not none and due >= old due

finding long "A reader can be barred for years"
    cites 4
    after bar: term <= 365

finding paid "Whoever pays in full stays barred"
    cites 4
    after payment when in_full: not barred

finding guests "Whether guests count"
    cites 5
    after visit when guest: not of_the_house
    expect depends on reading house
"""


def base_of(policy: str, claims: str) -> Base:
    texts: dict[str, tuple[str, Diagnostics]] = {"a.policy": (policy, ()), "a.claims": (claims, ())}
    base = load_base("a.policy", ("a.claims",), texts.__getitem__)
    assert base is not None
    return base


def search(base: Base, name: str, *, most: int = 2, tries: int = 30) -> list[tuple[Repair, str]]:
    """Return repairs, each with its amendment."""
    target, asker = target_of(base, name), Here(5.0)
    pricing = Pricing(Judging(Budget(seconds=5.0), 1, asker.bugs), asker, {})
    found = [r for r in repairs(base, target, Means(asker, pricing, most, tries)) if isinstance(r, Repair)]
    assert not asker.bugs
    return [(r, amendment(base, target, r)) for r in found]


def target_of(base: Base, name: str) -> Target:
    return next(t for t in targets(base) if t.name == name)


def sound(base: Base, name: str, offered: str) -> None:
    """Check what is promised of every repair: it reads back, is laid out, makes the claim hold."""
    made = reworded(base, offered)
    assert made is not None
    assert format_text(offered, "a.amendment")[0] == offered
    question = target_of(base, name).under(made)
    if question is not None:
        assert isinstance(Here().ask([question], wanted=Manner("verdict"))[0], Proved)
    else:
        assert ":" in name
