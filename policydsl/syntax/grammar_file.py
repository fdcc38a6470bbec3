"""Where the grammar file lies: inside an installed package, or at the top of a source checkout."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def grammar_path(package: Path = _PACKAGE) -> Path:
    """Return the path of `policydsl.lark` for the copy of policydsl whose package folder is `package`.

    A wheel carries the file as `policydsl/_grammar/policydsl.lark`; a checkout (also one installed in
    editable mode) has it as `grammar/policydsl.lark` beside the package.

    Raises `FileNotFoundError` if neither is there: the installation is broken, the user's text is not at fault.
    """
    places = (package / "_grammar" / "policydsl.lark", package.parent / "grammar" / "policydsl.lark")
    for place in places:
        if place.is_file():
            return place
    tried = " nor ".join(f"`{place}`" for place in places)
    raise FileNotFoundError(f"this installation of policydsl is incomplete: its grammar is neither {tried}")
