"""Random policies and claims as text: states, counts, schedules, duties, readings, dates. Most of them load."""

from random import Random

_HEADER = """policy "At random"
    histories from 2024-01-01
    month ends last day

role Somebody
enum Colour: red, green, blue

clause 1 "all of it"
    parameter p: integer in 0 .. 2 default 1
    reading how "how is it read?"
        one "one way" default
        two "another way"
    state colour: Colour = red
    state d: date or none
"""
_WINDOWS = (
    "in each calendar year",
    "in each calendar month",
    "within any 10 days up to 2",
    "within any 2 months up to 2",
    "since two",
    "in all",
)
_DAYS = (
    "each month on day 1",
    "each month on day 31",
    "each month on the last day",
    "each year on January 1",
    "each year on February 29",
    "each Monday",
    "on 2024-02-01",
    "the day after d",
)
_OF_DATES = (
    "today < 2024-03-01",
    "(d is not none and today <= d)",
    "day of today = 29",
    "weekday of today is Monday",
    "(d is not none and days from d to today > 3)",
)
_DATES = (
    "today + 3 days",
    "today + 1 month",
    "none",
    "today",
    "end of month of today",
    "today + 2 business days",
    "today + 1 year",
)


class Author:
    """Writes one policy and its claims, always the same ones for the same seed."""

    def __init__(self, seed: int) -> None:
        self.dice = Random(seed)  # noqa: S311  a test's own dice
        self.counted = ""
        self.steps = ["one", "two"]

    def policy(self) -> str:
        """Return the text of the policy."""
        dice, lines = self.dice, [_HEADER.rstrip()]
        lines += [f"    state {name}: integer = {dice.randrange(3)}" for name in ("a", "b")]
        lines += [f"    state f: boolean = {dice.choice(('yes', 'no'))}"]
        lines += ["    occurrence one", f"        field x: integer in 0 .. {dice.randrange(1, 4)}"]
        lines += [f"    act two by Somebody permitted when {self.condition()}"]
        if dice.random() < 0.7:
            self.counted = dice.choice(("one", "two"))
            lines += [f"    count n: {self.counted}, this one included, {dice.choice(_WINDOWS)}"]
        for i in range(dice.choice((0, 1, 1, 2, 3))):
            lines += self.schedule(f"s{i}")
        if dice.random() < 0.4:
            lines += ["    duty task of Somebody", "        arises on one"]
            lines += [f"        by today + {dice.choice(('3 days', '1 month'))}", "        discharged on two"]
            lines += ["        if missed", *(f"    {line}" for line in self.actions(""))]
            self.steps.append("task.missed")
        for event in ("one", "one", "two"):
            lines += [f"    on {event} when {self.condition(event)}", *self.actions(event)]
        return "\n".join(lines) + "\n"

    def schedule(self, name: str) -> list[str]:
        """Return a schedule."""
        day = self.dice.choice(_DAYS)
        wanted = "d is not none and " if "after d" in day else ""
        self.steps.append(name)
        return [f"    schedule {name}: {day} while {wanted}{self.plain('')}", *self.actions("")]

    def actions(self, event: str) -> list[str]:
        """Return one or two settings."""
        dice, found = self.dice, list[str]()
        for name in dice.sample(("a", "b", "f", "colour", "d"), dice.choice((1, 1, 2))):
            value = {
                "f": dice.choice(("yes", "no", "not f")),
                "colour": dice.choice(("red", "green", "blue")),
                "d": dice.choice(_DATES),
            }.get(name) or self.number(event)
            when = "" if dice.random() < 0.6 else f" when {self.plain(event)}"
            found.append(f"        set {name} = {value}{when}")
        return found

    def claims(self) -> str:
        """Return the text of four claims."""
        claims = ['claims about "At random"']
        for i in range(4):
            claims += [f'\nguarantee c{i} "something is so"', "    cites 1", f"    {self.claim()}"]
        return "\n".join(claims) + "\n"

    def claim(self) -> str:
        """Return what a claim says: mostly something that may well be so."""
        dice, step = self.dice, self.dice.choice(self.steps)
        match dice.randrange(5):
            case 0:
                return f"always {self.condition()} or {self.plain('')} or a < 4"
            case 1:
                return f"never {self.condition()} and {self.plain('')} and b = {dice.randrange(5)}"
            case 2:
                return f"possible {self.condition()} and a = {dice.randrange(6)}"
            case 3:
                return f"within {dice.choice(('3 days', '40 days'))} of one: {self.condition()} or f"
            case _:
                then = f"{self.plain(step)} or a = old a or b < {dice.randrange(2, 5)}"
                return f"after {step} when {self.plain(step)}: {then}"

    # --- expressions -------------------------------------------------------------------------------

    def number(self, event: str) -> str:
        """Return a number, with the facts of `event`."""
        dice = self.dice
        parts = [str(dice.randrange(-1, 4)), "a", "b", "p", *(["x"] if event == "one" else [])]
        one, other = dice.choice(parts), dice.choice(parts)
        return dice.choice((one, one, f"{one} + {other}", f"{one} - {other}", f"max({one}, {other})"))

    def plain(self, event: str) -> str:
        """Return a condition that does not look at dates."""
        dice = self.dice
        if event and event == self.counted and dice.random() < 0.3:
            return f"n {dice.choice(('>=', '<=', '='))} {dice.randrange(1, 3)}"
        if dice.random() < 0.3:
            return dice.choice(("f", "not f", "colour is red", "colour is not blue", "how is two"))
        return f"{self.number(event)} {dice.choice(('<', '<=', '>=', '=', '!='))} {self.number('')}"

    def condition(self, event: str = "") -> str:
        """Return a condition."""
        dice = self.dice
        first = dice.choice(_OF_DATES) if dice.random() < 0.3 else self.plain(event)
        return first if dice.random() < 0.5 else f"({first} {dice.choice(('and', 'or'))} {self.plain(event)})"
