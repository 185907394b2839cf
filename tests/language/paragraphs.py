"""Paragraphs by hand over the door's real facts, right or with one number or product of theirs wrong."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SPOT = re.compile(r"\[\[(?P<number>[^\]]+)\]\]|<<(?P<name>[^>]+)>>")
INVENTED = (
    "Zesty Mango Fizz", "Turbo Lime Chips", "Blue Lagoon Water", "Crispy Kale Puffs", "Nordic Rye Snaps",
    "Velvet Cocoa Latte", "Wasabi Pea Mix", "Dragon Fruit Soda",
)
FRACTIONS = ("a half", "a third", "a quarter", "a fifth", "a tenth", "two thirds", "three quarters", "four fifths")
MULTIPLES = ("twice", "three times", "four times", "five times")
WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen")
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")


@dataclass(frozen=True)
class Paragraph:
    """``index`` counts all; the odd ones were kept aside. ``marked`` holds its marks."""

    index: int
    about: str
    marked: str

    @property
    def held_out(self) -> bool:
        return self.index % 2 == 1

    @property
    def text(self) -> str:
        return SPOT.sub(lambda m: m["number"] or m["name"], self.marked)


@dataclass(frozen=True)
class Planted:
    paragraph: Paragraph
    text: str
    kind: str
    was: str
    now: str


def facts() -> dict[str, Any]:
    """What the door told, by name."""
    found: dict[str, Any] = json.loads((HERE / "door_facts.json").read_text(encoding="utf-8"))
    return found


def names() -> tuple[str, ...]:
    """Of all products of the company."""
    return tuple(json.loads((HERE / "door_names.json").read_text(encoding="utf-8")))


def paragraphs() -> list[Paragraph]:
    """All of them, right."""
    found: list[Paragraph] = []
    about = ""
    for line in (HERE / "paragraphs.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            about = line[3:].strip()
        elif line and not line.startswith("#"):
            found.append(Paragraph(len(found), about, line))
    return found


def planted(seed: int, each: int = 3) -> Iterator[Planted]:
    """Each spot of each paragraph wrong, ``each`` times in different ways; the rest of the text is right."""
    rng = random.Random(seed)
    known, told = names(), facts()
    for paragraph in paragraphs():
        for spot in SPOT.finditer(paragraph.marked):
            was = spot["number"] or spot["name"]
            for now in _wrong(rng, spot, known, told[paragraph.about], each):
                before, after = paragraph.marked[: spot.start()], paragraph.marked[spot.end() :]
                text = SPOT.sub(lambda m: m["number"] or m["name"], f"{before}{now}{after}")
                yield Planted(paragraph, text, "number" if spot["number"] else "product", was, now)


def _wrong(
    rng: random.Random, spot: re.Match[str], known: tuple[str, ...], told: Any, each: int
) -> list[str]:
    if spot["name"]:
        data = json.dumps(told, ensure_ascii=False)
        others = [n for n in known if n not in data and n.split()[0] not in data]
        return [*rng.sample(others, each - 1), rng.choice(INVENTED)]
    made: list[str] = []
    for _ in range(200):
        now = _other(rng, spot["number"])
        if now != spot["number"] and now not in made:
            made.append(now)
        if len(made) == each:
            break
    return made


def _other(rng: random.Random, was: str) -> str:
    """Another number in the same manner of writing, off by at least a seventh."""
    low = was.lower()
    for family in (FRACTIONS, MULTIPLES, WORDS, ORDINALS):
        if low in family:
            now = rng.choice([w for w in family if w != low])
            return now.capitalize() if was[0].isupper() else now
    if low in ("half", "double", "fifth", "twice"):
        return rng.choice([w for w in ("half", "a third", "a quarter", "double", "triple", "four times") if w != low])
    found = re.search(r"\d[\d,]*(?:\.\d+)?", was)
    if found is None:
        first = low.split()[0]
        return rng.choice([w for w in WORDS if w != first]) + was[len(first):]
    value, digits = float(found[0].replace(",", "")), found[0].partition(".")[2]
    changed = value * rng.choice((0.5, 0.62, 0.7, 0.8, 0.86, 1.15, 1.25, 1.4, 1.7, 2.0, 3.0))
    if not digits and abs(round(changed) - value) < max(1.0, 0.14 * value):
        changed = value + rng.choice((-1, 1)) * max(1.0, round(0.3 * value))
    written = f"{max(changed, 0):,.{len(digits)}f}"
    return was[: found.start()] + written + was[found.end() :]
