"""The words of the field (``field.txt``): phrase → what it says. One table, read longest phrase first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from core.ask.words.tokens import stems

LONGEST = 7
FAMILY_CATEGORIES: Mapping[str, tuple[str, ...]] = {
    "drinks": ("Soft drinks", "Energy drinks", "Water", "Juice", "Iced tea & coffee", "Sports drinks"),
    "salty snacks": ("Potato chips", "Tortilla chips", "Pretzels & crackers", "Popcorn & puffs"),
    "snacks": (
        "Potato chips",
        "Tortilla chips",
        "Pretzels & crackers",
        "Popcorn & puffs",
        "Cookies",
        "Nuts & trail mix",
        "Snack bars",
        "Pastries",
        "Beef jerky & meat snacks",
    ),
    "sweets": ("Chocolate bars", "Gummies & candy", "Gum & mints"),
    "meals": ("Fresh meals", "Frozen meals"),
}
"""Families of categories, as docs/ask.md names them."""
_ALONE = ("filler", "region")
"""Kinds whose words stand for themselves."""


@cache
def lexicon() -> Mapping[tuple[str, ...], tuple[str, str]]:
    """Singular words of a phrase → (kind, value). The first that names a phrase holds."""
    found: dict[tuple[str, ...], tuple[str, str]] = {}
    for kind, value, phrase in _entries():
        key = stems(phrase)
        if key and kind not in _ALONE:
            found.setdefault(key, (kind, value))
    return found


@cache
def fillers() -> frozenset[str]:
    """Words that say nothing of their own."""
    words = {phrase for kind, _, phrase in _entries() if kind == "filler"}
    return frozenset(words | {stem for word in words for stem in stems(word)})


@cache
def regions() -> frozenset[str]:
    """Names of regions, where no name of the company explains them: places are known by their own names."""
    return frozenset(phrase for kind, _, phrase in _entries() if kind == "region")


@cache
def known_words() -> frozenset[str]:
    """Every single word of the field, for spelling."""
    return frozenset(w for key in lexicon() for w in key if w.isalpha())


@cache
def _entries() -> tuple[tuple[str, str, str], ...]:
    return tuple(_parsed((Path(__file__).parent / "field.txt").read_text(encoding="utf-8")))


def _parsed(text: str) -> Iterator[tuple[str, str, str]]:
    """(kind, value, phrase) in the order of the file."""
    kind, joined = "", text.replace("\n    ", " ")
    for line in joined.splitlines():
        if line.startswith("## "):
            kind = line[3:].strip()
        elif line.strip() and not line.startswith("#"):
            value, _, phrases = line.partition(": ")
            for phrase in phrases.split("|"):
                yield kind, value, phrase.strip()
