"""Pieces of a question: what each part of it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Piece:
    """``kind``: name, several, unknown, time, number, filler or a kind of the lexicon · ``value`` as the kind
    says · ``text`` as written · ``plural`` of its last word."""

    kind: str
    value: Any
    text: str
    at: int
    length: int = 1
    plural: bool = False

    def is_(self, kind: str, *values: str) -> bool:
        return self.kind == kind and (not values or self.value in values)


@dataclass(frozen=True, slots=True)
class Linked:
    """The pieces, without fillers, the words that were corrected, and those taken by their meaning
    (written, taken for). ``words``: every word, in order."""

    pieces: tuple[Piece, ...]
    corrected: tuple[tuple[str, str], ...]
    texts: frozenset[str]
    opening: tuple[str, ...] = ()
    guessed: tuple[tuple[str, str], ...] = ()
    commas: bool = False
    words: tuple[str, ...] = ()
    today: date | None = None
