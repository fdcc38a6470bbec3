"""Pairs of wordings at random: a small policy that uses most of the language, and the same with one to three edits.

A policy is a list of choices, an edit a choice made anew: so old and new have most of their text in common. Facts are
few and bounded, so that all short histories can be lived.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

_DUE = (
    "each month on day 1",
    "each month on the last day",
    "each Monday",
    "on 2024-02-01",
    "the day after d",
    "the day after d while flag",
    "each month on day 1 while x >= 1",
)
_WINDOWS = (
    "in each calendar month",
    "in all",
    "within any 2 days up to 2",
    "within any 1 months up to 2",
    "since f",
    "in each calendar year",
)
_DATES = ("today", "today + 1 day", "today + 2 business days", "today + 1 month", "end of month of today", "none")


@dataclass
class Dice:
    """Random texts of expressions; what they may not read, as it reads them itself, is left out."""

    dice: Random
    counted: bool = True
    priced: bool = True
    ruled: bool = True
    spare: bool = False

    def of(self, *texts: str) -> str:
        """Return one of `texts`."""
        return self.dice.choice(texts)

    def number(self, on: str = "") -> str:
        """Return points; `on` is the event at hand."""
        parts = ["0 points", "1 point", "2 points", "x", "y", "p", "s[a]"]
        if on == "e":
            parts += ["n", "n", "n"] + (["m"] if self.spare else []) + (["price", "price"] if self.priced else [])
        one, other = self.of(*parts), self.of(*parts)
        return self.of(
            one,
            one,
            f"({one} + {other})",
            f"min({one}, {other})",
            f"max({one}, {other})",
            f"(if {self.plain(on)} then {one} else {other})",
        )

    def low(self, on: str) -> str:
        """Return points that stay small."""
        return f"max(0 points, min(3 points, {self.number(on)}))"

    def plain(self, on: str = "") -> str:
        """Return a condition without brackets around it."""
        parts = [
            "flag",
            "(not flag)",
            "kind is a",
            "kind is not b",
            "way is one",
            "x >= 1",
            "x = 1",
            "x <= 1",
            "y > x",
            "d is none",
            "x + y <= p",
            "s[b] = 1",
            "today < 2024-02-01",
            "(d is not none and today <= d)",
        ]
        if on == "e":
            parts += ["k is a", "k is b", "n = 1", "n > 1", "n >= y", "n <= x", "k is kind"]
            parts += ["m > 0", "m != n"] if self.spare else []
        if self.counted:
            parts += ["cn >= 1", "cn = 2"]
        if self.ruled:
            parts += ["odd"]
        return self.of(*parts)

    def condition(self, on: str = "") -> str:
        """Return a condition."""
        one, other = self.plain(on), self.plain(on)
        return self.of(
            one,
            one,
            one,
            f"({one} and {other})",
            f"({one} or {other})",
            f"not ({one} or {other})",
            f"(if {one} then {other} else not ({other}))",
        )


def choices(dice: Random) -> dict[str, str]:
    """Return all choices of a policy, by what is chosen."""
    return {name: choose(name, dice) for name in sorted(_SLOTS)}


def choose(name: str, dice: Random) -> str:
    """Return a text for the slot `name`."""
    return _SLOTS[name](Dice(dice))


def _table(d: Dice) -> str:
    hit = d.of("first row that fits", "all rows")
    least, other = f"<= {d.of('0', '1')}: {d.of('a', 'b')}", f"{d.of('>= 1', '>= 2', '[0, 3]')}: {d.of('a', 'b')}"
    rows = [least, other, *([] if hit == "all rows" else ["no row: a"])]
    return f"    table t of x: K, {hit}\n" + "".join(f"        {row}\n" for row in rows)


def _rule(on: str, d: Dice) -> str:
    variable = d.of("x", "x", "y", "flag", "kind", "d", "s[every]", *(["s[k]"] if on == "e" else []))
    value = {
        "flag": d.of("yes", "no", d.condition(on)),
        "kind": d.of("a", "b", *(["k"] if on == "e" else [])),
        "d": d.of(*_DATES),
    }.get(variable) or d.low(on)
    when = d.of("", "", f" when {d.condition(on)}")
    return f"        set {variable} = {value}{when}\n"


def _early(d: Dice) -> Dice:
    """Return dice for what stands before definitions and counts, and is read by them."""
    return Dice(d.dice, counted=False, priced=False, ruled=False)


def _where(d: Dice) -> str:
    own = Dice(d.dice, counted=False)
    return d.of(
        "",
        "",
        "",
        "        where price <= 1\n",
        f"        where {own.condition('e')}\n",
        "        where new x <= 2\n",
        "        where new x <= 1 or k is a\n",
        "        where n <= p\n",
        "        where new y >= y\n",
    )


def _spare(d: Dice) -> str:
    """Return a fact that only some wordings have."""
    low, high = d.of("0", "1"), d.of("1", "2")
    where = d.of("", "", "where m > 2", "where m != n", "where m >= 1", "where m > 0 implies n > 0", "where m + n <= 1")
    return d.of(
        "", "", "", "", f"        field m: points in {low} .. {high}\n" + (f"        {where}\n" if where else "")
    )


_SLOTS: Mapping[str, Callable[[Dice], str]] = {
    "start": lambda d: d.of("= 0", "= 0", "= 1", "starts where 0 <= x <= 1", "starts where x = 1 or x = 2"),
    "p": lambda d: d.of("0 .. 1 default 1", "0 .. 1 default 1", "0 .. 2 default 1", "0 .. 1 default 0"),
    "assume": lambda d: d.of("", "", "", "    assume way is one\n", "    assume way is two\n", "    assume p = 1\n"),
    "n": lambda d: d.of("0 .. 1", "0 .. 1", "0 .. 2", "1 .. 2"),
    "spare": _spare,
    "e where": _where,
    "e possible": lambda d: d.of("", "", "", f"        possible when {_early(d).condition()}\n"),
    "f permitted": lambda d: d.of("", f" permitted when {d.condition()}", f" permitted when {d.condition()}"),
    "f choice": lambda d: d.of(
        "",
        "        choose c: points in 0 .. 1 default 0 by B\n",
        "        choose c: points in 0 .. 1 default 0 by B\n        where c <= x\n",
    ),
    "g": lambda d: d.of(
        "",
        "    occurrence g by B\n    on g\n        set flag = not flag\n",
        "    occurrence g by B\n",
        "    occurrence g by B\n    on g\n        set y = 0\n",
    ),
    "price": lambda d: f"    define price on e: points = {Dice(d.dice, priced=False, ruled=False).number('e')}\n",
    "dear": lambda d: d.of("", f"    define dear on {d.of('e', 'f', 'e or f')}: boolean = {d.condition()}\n"),
    "odd": lambda d: f"    define odd: boolean = {_early(d).condition()}\n",
    "table": _table,
    "count": lambda d: (
        f"    count cn: e{d.of('', ' when ' + _early(d).condition('e'))}, this one"
        f" {d.of('included', 'not included')}, {d.of(*_WINDOWS)}\n"
    ),
    "on e": lambda d: "    on e\n" + _rule("e", d),
    "on e again": lambda d: d.of("", f"    on e when {d.condition('e')}\n" + _rule("e", d)),
    "on e first": lambda d: d.of("", f"    on e when {d.condition('e')}\n" + _rule("e", d)),
    "on f": lambda d: "    on f\n" + _rule("f", d),
    "due": lambda d: f"    schedule due_one: {d.of(*_DUE)}\n" + _rule("", d),
    "due again": lambda d: d.of("", f"    schedule due_two: {d.of(*_DUE)}\n" + _rule("", d)),
    "duty": lambda d: d.of(
        "",
        "",
        f"    duty pay of A\n        arises on e\n        by today + {d.of('0', '1')} days\n"
        f"        discharged on f\n        if missed\n            set y = {d.of('1', '2')}\n",
    ),
    "order": lambda d: d.of("", "x"),
}


def text(chosen: dict[str, str]) -> str:
    """Return the policy of these choices."""
    c = chosen
    spare = c["spare"].split("        where", 1)
    fact, own = spare[0], f"        where{spare[1]}" if len(spare) > 1 else ""
    price, odd = c["price"], c["odd"]
    parts = [
        f"    state x: points {c['start']}\n    state y: points = 0\n    state flag: boolean = no\n",
        "    state kind: K = a\n",
        f"    state d: date or none\n    state s[K]: points = 0\n    parameter p: points in {c['p']}\n{c['assume']}",
        f"    occurrence e by A\n        field k: K\n        field n: points in {c['n']}\n",
        f"{fact}{own}{c['e where']}{c['e possible']}",
        f"    act f by A{c['f permitted']}\n{c['f choice']}",
        c["g"],
    ]
    rules = [c["on e"], c["on e again"], c["on f"], c["due"], c["due again"], c["duty"]]
    defined = [odd, price, c["table"], c["count"], c["dear"]]
    if c["order"]:
        rules, defined = rules[::-1], defined[::-1]
    return "".join([_HEAD, *parts, *defined, *rules, *([_EXCEPT + c["on e first"]] if c["on e first"] else [])])


_HEAD = """policy "At random"
    histories from 2024-01-30
    effective 2024-01-30
    month ends last day

role A
role B
enum K: a, b

better for A
    higher x
    no flag
    kind: a then b
    later d

clause 1 "all of it"
    reading way "how?"
        one "one" default
        two "two"
"""
_EXCEPT = '\nclause 2 "but"\n    exception to 1\n'


def edited(chosen: dict[str, str], dice: Random) -> dict[str, str]:
    """Return other choices: a few made anew, or a text said otherwise."""
    new = dict(chosen)
    for name in dice.sample(sorted(_SLOTS), dice.choice((1, 1, 1, 2, 2, 3))):
        new[name] = _otherwise(chosen[name], dice) if dice.random() < _REWORDED else choose(name, dice)
    return new


_REWORDED = 0.45
_WORDS = (
    ("x >= 1", "x > 0"),
    ("x <= 1", "not x > 1"),
    ("x = 1", "(x >= 1 and x < 2)"),
    ("n > 1", "n >= 2"),
    ("n = 1", "not (n != 1)"),
    ("n > 1", "n = 2"),
    ("n >= y", "not (n < y)"),
    ("max(0 points, ", "max(0 points, 0 points, "),
    ("min(3 points, ", "min(4 points, "),
    ("min(3 points, ", "min(2 points, "),
    ("kind is a", "kind is not b"),
    ("1 point", "(2 points - 1 point)"),
    (" + ", " + 0 points + "),
    ("k is a", "not (k is b)"),
    ("<= 1", "< 2"),
    ("new x <= 2", "new x < 3"),
    ("new x <= 2", "(x <= 2 and new x <= 2)"),
    ("n = 1", "n >= 1"),
    ("x + y <= p", "y + x <= p"),
    ("y > x", "y >= x"),
    (">= 2", "> 1"),
    ("d is none", "not (d is not none)"),
    ("cn >= 1", "cn > 0"),
    ("cn = 2", "cn >= 2"),
    ("today + 1 day", "today + 2 days - 1 day"),
    ("this one included", "this one not included"),
    ("e or f", "f or e"),
    ("m > 2", "m >= 3"),
    ("way is one", "way is not two"),
)


def _otherwise(said: str, dice: Random) -> str:
    """Return `said` in other words, most of which mean the same."""
    fit = [] if said.startswith("starts") else [(old, new) for old, new in _WORDS if old in said]
    if not fit:
        return said
    old, new = dice.choice(fit)
    return said.replace(old, new, 1)


def pair(seed: int) -> tuple[str, str]:
    """Return two wordings; the same for the same seed."""
    dice = Random(seed)  # noqa: S311  no secret
    chosen = choices(dice)
    return text(chosen), text(edited(chosen, dice))
