"""Every example of the language reference is run: its claims have the verdicts they expect, its histories play out."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from policydsl.cli import cli

PAGE = Path(__file__).parent.parent.parent / "docs" / "language.md"
BLOCK = re.compile(r"```(policy|claims|history|amendment)([^\n]*)\n(.*?)```", re.DOTALL)


def examples() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Return (policy, the code it is refused with or "", [(kind, text) of what follows it])."""
    found: list[tuple[str, str, list[tuple[str, str]]]] = []
    for kind, note, body in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        if kind == "policy":
            found.append((body, note.strip().removeprefix("refused "), []))
        else:
            found[-1][2].append((kind, body))
    return found


def title(example: tuple[str, str, list[tuple[str, str]]]) -> str:
    return re.sub(r"\W+", "-", example[0].split('"')[1]) + ("-refused" if example[1] else "")


def test_there_are_examples() -> None:
    assert len(examples()) >= 8
    assert sum(kind == "history" for _, _, rest in examples() for kind, _ in rest) >= 6


@pytest.mark.parametrize("example", examples(), ids=title)
def test_example(example: tuple[str, str, list[tuple[str, str]]], tmp_path: Path) -> None:
    policy, refused, rest = example
    (tmp_path / "example.policy").write_text(policy, encoding="utf-8")
    (tmp_path / "example.histories").mkdir()
    amendments = [body for kind, body in rest if kind == "amendment"]
    rest = [(kind, body) for kind, body in rest if kind != "amendment"]
    for i, (kind, body) in enumerate(rest):
        name = "example.claims" if kind == "claims" else f"example.histories/h{i}.yaml"
        (tmp_path / name).write_text(body, encoding="utf-8")
    result = CliRunner().invoke(cli, ["check", str(tmp_path), "--jobs", "1"], standalone_mode=False)
    if refused:
        assert result.return_value == 3
        assert refused in result.output
    else:
        assert result.return_value == 0, result.output
    for i, body in enumerate(amendments):
        path = tmp_path / f"a{i}.amendment"
        path.write_text(body, encoding="utf-8")
        result = CliRunner().invoke(cli, ["diff", str(tmp_path / "example.policy"), str(path), "--jobs", "1"],
                                    standalone_mode=False)  # fmt: skip
        assert result.return_value == 0, result.output
