"""A comparison of two wordings for a terminal. Pure."""

from collections.abc import Iterator
from io import StringIO

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from policydsl.report.diff_model import ClaimLine, DiffReport, ExpectLine, SideBySide, Transition, diff_exit_code

_COLOURS = {"equivalent": "green", "stricter": "red", "more lenient": "cyan", "incomparable": "magenta"}
_LOUD = frozenset({"lost", "worse", "meaningless", "undecided", "gained", "mended", "other readings"})


def render_diff_text(report: DiffReport, *, width: int, colour: bool, verbose: bool) -> str:
    """Return `report` as text of at most `width` columns."""
    out = StringIO()
    console = Console(
        file=out, width=max(width, 40), force_terminal=colour, no_color=not colour,
        color_system="standard" if colour else None, highlight=False, emoji=False, legacy_windows=False,
    )  # fmt: skip
    _say(console, f"{report.title}: {report.old} -> {report.amendment or report.new}", "bold")
    if report.because:
        _say(console, report.because, "dim")
    _say(console, report.sentence, "bold")
    if report.clauses:
        _say(console, f"Clauses whose text differs: {', '.join(report.clauses)}.")
    if report.roles and report.relation != "equivalent":
        _verdicts(console, report)
    for story in report.stories:
        _story(console, story)
    _readings(console, report)
    for said in alignment_lines(report):
        _say(console, said, "yellow")
    _claims(console, report, verbose=verbose)
    if report.transition is not None:
        _transition(console, report.transition)
    for line in (*report.expected, *report.required):
        _expected(console, line)
    for bug in report.bugs:
        _say(console, f"a bug in policydsl, while it worked on `{bug.about}`: {bug.reason}", "bold red")
    _say(console, f"(exit code {diff_exit_code(report)})", "dim")
    return "\n".join(line.rstrip() for line in out.getvalue().split("\n"))


def _say(console: Console, text: str, style: str = "", indent: int = 0) -> None:
    console.print(Padding(Text(text, style=style), (0, 0, 0, indent), expand=False))


def _verdicts(console: Console, report: DiffReport) -> None:
    roles = [r.role for r in report.roles]
    table = Table(show_edge=False, pad_edge=False, box=None, padding=(0, 2, 0, 0))
    for heading in ("what", *roles, "clauses"):
        table.add_column(Text(heading, style="bold"), overflow="fold")
    table.add_row("all in all", *(_relation(r.relation) for r in report.roles), "")
    if any(r.by_default not in {None, r.relation} for r in report.roles):
        table.add_row("  by default", *(_relation(r.by_default or "") for r in report.roles), "")
    for line in report.outcomes:
        if line.roles:
            by_role = dict(line.roles)
            table.add_row(line.name, *(_relation(by_role.get(r, "")) for r in roles), ", ".join(line.clauses))
    console.print(table)
    for said in unordered_lines(report):
        _say(console, said, "dim")
    if report.equal:
        _say(console, f"{report.equal} other outcomes are the same in every history, proved.", "green")


def unordered_lines(report: DiffReport) -> Iterator[str]:
    """Yield the outcomes of which nothing says what is better, by what is known of them."""
    by_relation: dict[str, list[str]] = {}
    for line in report.outcomes:
        if not line.roles:
            by_relation.setdefault(line.relation, []).append(line.name)
    for relation, names in by_relation.items():
        yield f"Also {relation}, with no order declared: {', '.join(names)}."


def _relation(said: str) -> Text:
    return Text(said, style=_COLOURS.get(said, ""))


def alignment_lines(report: DiffReport) -> Iterator[str]:
    """Yield what was taken for what, which defaults change, and what is only in one of the wordings."""
    for one, other in report.taken:
        yield f"`{other}` is taken for what was called `{one}`: it says word for word the same"
    for d in report.defaults:
        kind = "reading" if d.is_reading else "parameter"
        yield f"the default of the {kind} `{d.name}` is {d.new} now, {d.old} before"
    yield from (f"not compared: {remark}" for remark in report.remarks)
    yield from (f"is `{a}` called `{b}` now? then say --rename {a}={b}" for a, b in report.suggestions)


# --- histories -----------------------------------------------------------------------------------


def story_heading(story: SideBySide) -> str:
    """Return what a history shows."""
    what = "differs" if story.role is None else f"is {story.direction} for {story.role}"
    return f"A shortest history in which the new wording {what} ({story.outcome}):"


def story_end(story: SideBySide) -> str:
    """Return what comes out, and where the wordings part."""
    clauses = f"clause{'' if len(story.clauses) == 1 else 's'} {', '.join(story.clauses)}" if story.clauses else ""
    parted = f"They part in step {story.parted + 1}" if story.steps else "They part from the start"
    return (
        f"In the end {story.outcome} is: {story.old_value} before, {story.new_value} now. "
        f"{parted}{f', in {clauses}' if clauses else ''}."
    )


def _story(console: Console, story: SideBySide) -> None:
    _say(console, "")
    _say(console, story_heading(story), "bold")
    _say(console, f"{story.setting + '; ' if story.setting else ''}it begins on {story.start}.", "", 2)
    table = Table(show_edge=False, pad_edge=False, box=None, padding=(0, 2, 0, 0))
    for heading, ratio in (("", 3), ("under the old wording", 4), ("under the new wording", 4)):
        table.add_column(Text(heading, style="bold"), overflow="fold", ratio=ratio)
    for number, step in enumerate(story.steps, start=1):
        style = "bold" if step.parts else ""
        table.add_row(Text(f"{number}. {step.date}: {step.what}"), Text(step.old, style), Text(step.new, style))
    console.print(Padding(table, (0, 0, 0, 2)))
    _say(console, story_end(story), "", 2)


# --- readings ------------------------------------------------------------------------------------


def reading_lines(report: DiffReport) -> Iterator[str]:
    """Yield what depends on readings: only those of which options differ among themselves."""
    for reading, option in report.settled:
        yield f"the edit settles `{reading}`: the new wording is the old one read as `{option}`, proved"
    by_reading: dict[str, list[tuple[str, str]]] = {}
    for line in report.readings:
        said = ", ".join(f"{x} for {r}" for r, x in line.roles if x != "equivalent")
        said = "equivalent" if line.relation == "equivalent" else said or line.relation
        by_reading.setdefault(line.reading, []).append((line.option, said))
    for reading, options in by_reading.items():
        if len({said for _, said in options}) > 1:
            yield f"{reading}: " + "; ".join(f"if {option}: {said}" for option, said in options)
    level = [r for r, options in by_reading.items() if len({said for _, said in options}) == 1]
    if level:
        yield f"the same under every option of {', '.join(level)}"


def _readings(console: Console, report: DiffReport) -> None:
    lines = list(reading_lines(report))
    if lines:
        _say(console, "")
        _say(console, "By reading", "bold")
        for line in lines:
            _say(console, line, "", 2)


# --- claims --------------------------------------------------------------------------------------


def claim_words(line: ClaimLine) -> str:
    """Return what becomes of a claim."""
    match line.fate:
        case "meaningless":
            return f"has no meaning under the new wording: {line.why}"
        case "lost" | "worse":
            return f"{line.old} before, {line.new} now"
        case "gained" | "mended":
            return f"{line.old} before, {line.new} now"
        case "other readings":
            return f"{line.old} before, {line.new} now"
        case _:
            return f"{line.old} before, {line.new} now" if line.old != line.new else line.new


def _claims(console: Console, report: DiffReport, *, verbose: bool) -> None:
    if report.claims:
        _say(console, "")
        _say(console, f"Claims: {claim_summary(report)}", "bold")
    for line in report.claims:
        if line.fate in _LOUD:
            style = "red" if line.fate in {"lost", "worse", "meaningless"} else "green"
            _say(console, f"{line.fate}: {line.name}: {line.sentence} ({claim_words(line)})", style, 2)
            for paragraph in line.story:
                _say(console, paragraph, "", 4)
        elif verbose:
            _say(console, f"{line.fate}: {line.name} ({claim_words(line)})", "dim", 2)
    for flaw in report.flaws:
        style = "red" if flaw.fate == "new" else "green" if flaw.fate == "mended" else "yellow"
        _say(console, f"{flaw.fate}: {flaw.sentence} (clauses {', '.join(flaw.clauses)})", style, 2)
        for paragraph in flaw.story:
            _say(console, paragraph, "", 4)


def claim_summary(report: DiffReport) -> str:
    """Return how many claims have which fate."""
    fates = dict.fromkeys(c.fate for c in report.claims)
    return ", ".join(f"{sum(c.fate == f for c in report.claims)} {f}" for f in sorted(fates))


# --- the rest ------------------------------------------------------------------------------------


def transition_lines(transition: Transition) -> Iterator[str]:
    """Yield what the switch alone does, role by role."""
    for line in transition.roles:
        match line.relation:
            case "equivalent" | "more lenient" | "not stricter":
                yield f"{line.role} is never worse off by the switch alone, {transition.effective}: proved"
            case "undecided" | "not more lenient":
                yield f"not decided: whether {line.role} can be worse off by the switch alone, {transition.effective}"
            case _:
                yield f"{line.role} can be worse off by the switch alone, {transition.effective}"
    yield from transition.remarks


def _transition(console: Console, transition: Transition) -> None:
    _say(console, "")
    _say(console, "On the day of the switch", "bold")
    for text in transition_lines(transition):
        _say(console, text, "", 2)
    for line in transition.roles:
        if line.story is not None:
            _story(console, line.story)


def _expected(console: Console, line: ExpectLine) -> None:
    mark = {True: "✓", False: "✗", None: "?"}[line.met]
    style = {True: "green", False: "bold red", None: "yellow"}[line.met]
    _say(console, f"{mark} expected: {line.said}" + ("" if line.met else f"; found: {line.found}"), style)
