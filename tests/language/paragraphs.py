"""Paragraphs by hand over the door's real facts, right or with one number or product of theirs wrong.

``python -m tests.language.paragraphs [FILE ...]`` judges files of them and prints one table; ``--list`` tells
also which right ones were rejected and which mistakes were not noticed (not for files that shall stay unseen).
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ml.quality import judge_text, plain

HERE = Path(__file__).parent
FIRST = HERE / "paragraphs.txt"
FILES = (FIRST, HERE / "paragraphs_2.txt")
SEED, EACH = 3, 3
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
    """``index`` counts those of its file; ``marked`` holds its marks."""

    index: int
    about: str
    marked: str

    @property
    def text(self) -> str:
        return SPOT.sub(lambda m: m["number"] or m["name"], self.marked)


@dataclass(frozen=True)
class Planted:
    """``kind``: number, product (of another brand, or invented) or twin (same brand, another kind)."""

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


def paragraphs(file: Path = FIRST) -> list[Paragraph]:
    """All of a file, right."""
    found: list[Paragraph] = []
    about = ""
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            about = line[3:].strip()
        elif line.strip() and not line.startswith("#"):
            found.append(Paragraph(len(found), about, line.strip()))
    return found


def planted(seed: int = SEED, each: int = EACH, file: Path = FIRST) -> Iterator[Planted]:
    """Each spot of each paragraph wrong, ``each`` times in different ways; the rest of the text is right."""
    rng = random.Random(seed)
    known, told = names(), facts()
    for paragraph in paragraphs(file):
        for spot in SPOT.finditer(paragraph.marked):
            was = spot["number"] or spot["name"]
            for kind, now in _wrong(rng, spot, known, told[paragraph.about], each):
                before, after = paragraph.marked[: spot.start()], paragraph.marked[spot.end() :]
                text = SPOT.sub(lambda m: m["number"] or m["name"], f"{before}{now}{after}")
                yield Planted(paragraph, text, kind, was, now)


def _wrong(
    rng: random.Random, spot: re.Match[str], known: tuple[str, ...], told: Any, each: int
) -> list[tuple[str, str]]:
    if spot["name"]:
        data = json.dumps(told, ensure_ascii=False)
        absent = [n for n in known if n not in data]
        others = [n for n in absent if n.split()[0] not in data]
        brand = spot["name"].split()[0]
        twins = [_plain(n) for n in absent if n.split()[0] == brand and _plain(n) not in data]
        found = [("product", n) for n in [*rng.sample(others, each - 1), rng.choice(INVENTED)]]
        return found + [("twin", n) for n in rng.sample(twins, min(len(twins), each))]
    made: list[str] = []
    for _ in range(200):
        now = _other(rng, spot["number"])
        if now != spot["number"] and now not in made:
            made.append(now)
        if len(made) == each:
            break
    return [("number", now) for now in made]


def _plain(name: str) -> str:
    """A product's name without its size."""
    return re.sub(r"\s[\d.]+ \w+$", "", name)


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


def measured(file: Path, seed: int = SEED, each: int = EACH, *, tell: bool = False) -> list[str]:
    """Rows of a table: of right texts how many were rejected, of planted mistakes how many were noticed."""
    told, known = facts(), names()
    made, rejected = Counter[str](), Counter[str]()
    right = [("nothing", p, p.text, "") for p in paragraphs(file)]
    wrong = [(x.kind, x.paragraph, x.text, f"{x.was} -> {x.now}") for x in planted(seed, each, file)]
    for kind, paragraph, text, change in [*right, *wrong]:
        verdict = judge_text(plain(text), told[paragraph.about], names=known)
        made[kind] += 1
        rejected[kind] += not verdict.ok
        if tell and verdict.ok == (kind != "nothing"):
            print(f"{kind} | {paragraph.about} {paragraph.index} | {change or text} | {'; '.join(verdict.problems)}")
    made["mistake"], rejected["mistake"] = (sum(n for k, n in c.items() if k != "nothing") for c in (made, rejected))
    return [f"| {file.name} | {kind} | {made[kind]:,} | {rejected[kind]:,} | {rejected[kind] / made[kind]:.1%} |"
            for kind in ("nothing", "number", "product", "twin", "mistake") if made[kind]]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, default=[f for f in FILES if f.exists()])
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--each", type=int, default=EACH)
    parser.add_argument("--list", action="store_true")
    asked = parser.parse_args()
    rows = [row for file in asked.files for row in measured(file, asked.seed, asked.each, tell=asked.list)]
    print("\n".join(["| file | wrong | texts | rejected | |", "|---|---|---|---|---|", *rows]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
