"""Loading in parts: the parts come to what loading at once gives, whatever order they come in."""

import pytest

from policydsl.front.load import Loaded, joined, load_files, load_parts

LONG = """policy "Long"

clause 1 "something is counted"
    state count: integer = 0
    occurrence turn
    on turn
        set count = count + 1
"""
SHORT = """policy "Short"

clause 1 "nothing is"
    state idle: boolean = yes
    occurrence turn
    on turn
        set idle = no
"""


def claims(title: str, condition: str) -> str:
    return f'claims about "{title}"\n\nguarantee one "One"\n    cites 1\n    always {condition}\n'


FILES = {
    "a.policy": LONG,
    "b.policy": SHORT,
    "a.claims": claims("Long", "count >= 0"),
    "b.claims": claims("Short", "idle or not idle"),
    "c.claims": claims("Long", "count <= 7"),
}


def parts(files: dict[str, str]) -> list[Loaded]:
    return list(load_parts(tuple(files), lambda name: (files[name], ())))


def test_each_policy_comes_with_its_claims_and_the_small_one_first() -> None:
    found = [p for p in parts(FILES) if p.policies or p.claims]
    assert [[policy.header.title for policy in p.policies] for p in found] == [["Short"], ["Long"]]
    assert [[file.path for file in p.claims] for p in found] == [["b.claims"], ["a.claims", "c.claims"]]


def test_others_are_let_in_between() -> None:
    found = parts(FILES)
    assert sum(not (p.policies or p.claims or p.diagnostics) for p in found) >= len(FILES)


def test_the_whole_is_in_the_order_of_the_files() -> None:
    whole = joined(parts(FILES))
    assert [p.path for p in whole.policies] == ["a.policy", "b.policy"]
    assert [c.path for c in whole.claims] == ["a.claims", "b.claims", "c.claims"]
    assert whole.sources == FILES
    assert not whole.diagnostics


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"b.policy": SHORT.replace("Short", "Long")}, "E0202"),
        ({"b.claims": claims("Shirt", "idle")}, "E0211"),
        ({"b.claims": claims("Short", "idle").replace("claims about", "claims   about")}, None),
        ({"b.claims": claims("Short", "idel")}, "E0201"),
        ({"b.claims": claims("Short", "idle").split("\n", 2)[2]}, "E0210"),
    ],
)
def test_what_is_wrong_is_said_as_if_all_were_read_at_once(changed: dict[str, str], code: str | None) -> None:
    files = FILES | changed
    found = load_files(files, lambda name: (files[name], ()))
    codes = {d.code for d in found.diagnostics}
    assert code in codes if code else not codes
    assert found.policies[0].path == "a.policy"


def test_of_policies_with_one_title_the_first_counts() -> None:
    files = FILES | {"b.policy": SHORT.replace("Short", "Long"), "b.claims": claims("Long", "count > -1")}
    found = load_files(files, lambda name: (files[name], ()))
    assert [p.path for p in found.policies] == ["a.policy"]
    assert {c.path for c in found.claims} == {"a.claims", "b.claims", "c.claims"}
    assert [(d.code, d.span.file) for d in found.diagnostics] == [("E0202", "b.policy")]


@pytest.mark.parametrize("broken", [
    SHORT.replace("idle = no", "idel = no"),
    SHORT.replace("\n", "\n    calendar DE\n", 1),  # the header cannot be read, and so neither can the title
    SHORT.replace("\n", " ~\n", 1),
])  # fmt: skip
def test_claims_about_a_broken_policy_are_not_complained_about(broken: str) -> None:
    files = FILES | {"b.policy": broken}
    found = load_files(files, lambda name: (files[name], ()))
    assert {d.span.file for d in found.diagnostics} == {"b.policy"}
    assert [c.path for c in found.claims] == ["a.claims", "c.claims"]
