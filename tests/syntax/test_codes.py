"""Every diagnostic code is registered and explained, and its examples show what they say."""

import re
from pathlib import Path

import pytest

import policydsl
from policydsl.base.codes import CODES
from policydsl.base.codes.code import Code
from policydsl.syntax.parse import parse

PACKAGE = Path(policydsl.__file__).parent
REGISTRY = PACKAGE / "base" / "codes"
QUOTED = re.compile(r'"([EW]\d{4})"')

USED = {
    code
    for path in PACKAGE.rglob("*.py")
    if REGISTRY not in path.parents
    for code in QUOTED.findall(path.read_text(encoding="utf-8"))
}


def test_every_code_in_use_is_registered() -> None:
    assert set(CODES) >= USED


def test_codes_are_in_order_and_named_by_themselves() -> None:
    assert all(name == code.code for name, code in CODES.items())
    registered = [code for path in REGISTRY.glob("*.py") for code in QUOTED.findall(path.read_text(encoding="utf-8"))]
    assert len(registered) == len(CODES)
    families = [name[:3] for name in CODES]
    assert [f for i, f in enumerate(families) if i == 0 or families[i - 1] != f] == list(dict.fromkeys(families))
    for family in families:
        members = [name for name in CODES if name.startswith(family)]
        assert members == sorted(members)


@pytest.mark.parametrize("code", CODES.values(), ids=lambda c: c.code)
def test_codes_are_documented(code: Code) -> None:
    assert code.title
    assert not code.title.endswith(".")
    assert 2 <= len(re.findall(r"[.?](?: |$)", code.explanation)) <= 6
    assert code.wrong != code.right
    assert not re.search(r"solver|SMT|Z3|token|AST|pars(?:er|ing)", code.explanation)


def example(text: str) -> str:
    """Return an example as a whole text: some begin within a clause."""
    return f'clause 1 "x"\n{text}' if text.startswith("    ") else text


POLICIES = [c for c in CODES.values() if c.code[:3] not in {"E05", "E06"} or c.code in {"E0507", "E0508", "E0510"}]


@pytest.mark.parametrize("code", POLICIES, ids=lambda c: c.code)
def test_examples_in_the_language(code: Code) -> None:
    if not code.right.startswith("("):
        assert parse(example(code.right), "f")[1] == ()
    if not code.wrong.startswith("("):
        found = {d.code for d in parse(example(code.wrong), "f")[1]}
        assert found == ({code.code} if code.code[:3] in {"E00", "E01"} else set())
