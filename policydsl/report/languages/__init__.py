"""Message catalogues (gettext), one for each language besides English, which stands in the code.

To add a language: `CODE.po` in this folder, begun with `pybabel init`, nothing else. `docs/reports.md` says how.
"""

from pathlib import Path

FOLDER = Path(__file__).parent
ENGLISH = "en"


def languages() -> tuple[str, ...]:
    """Return the codes of the languages that reports are written in, English first."""
    return (ENGLISH, *sorted(path.stem for path in FOLDER.glob("*.po")))
