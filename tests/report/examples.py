"""The example reports in `docs/examples`: `python -m tests.report.examples` renders them from the stored results.

With `--check`, everything is checked again first and the results are stored anew (about a minute).
"""

import lzma
import sys
from collections.abc import Iterator
from pathlib import Path

from policydsl.cli import run_command
from policydsl.report.formats import format_named
from policydsl.report.json import read_json
from policydsl.report.model import Report

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "examples"
RESULT = "result.json.xz"
EXAMPLES = {
    "tour": (
        ("docs/tour",),
        (("html", "en", "report.html"), ("html", "zh", "report.zh.html"), ("markdown", "en", "report.md")),
    ),
    "corpus": (("specs", "proofs"), (("html", "en", "report.html"),)),
}


def stored(name: str) -> Report:
    """Return the stored result of an example."""
    text = lzma.decompress((FOLDER / name / RESULT).read_bytes()).decode()
    report, wrong = read_json(text, RESULT)
    assert report is not None, wrong
    return report


def rendered(name: str) -> Iterator[tuple[Path, bytes]]:
    """Yield the files of an example as the renderers write them now."""
    report = stored(name)
    for form, language, file in EXAMPLES[name][1]:
        made = format_named(form).render(report, language)
        assert isinstance(made, str)
        yield FOLDER / name / file, made.encode()


def _check(name: str) -> None:
    plain = FOLDER / name / "result.json"
    plain.parent.mkdir(parents=True, exist_ok=True)
    run_command(["check", *EXAMPLES[name][0], "--format", "json", "--output", str(plain)])
    (FOLDER / name / RESULT).write_bytes(lzma.compress(plain.read_bytes(), preset=9))
    plain.unlink()


def main() -> None:
    """Render all examples; with `--check`, from new results."""
    for name in EXAMPLES:
        if "--check" in sys.argv:
            _check(name)
        for path, made in rendered(name):
            path.write_bytes(made)


if __name__ == "__main__":
    main()
