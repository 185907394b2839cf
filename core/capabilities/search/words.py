"""Words of a catalog, and which of them a typed word may mean.

Two words that differ by one edit share a text with at most one letter taken out of each, so a table of those
texts finds a misspelled word's neighbors without a scan (*symmetric deletes*, Garbe 2012).
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence

SHORTEST_FUZZY, LONGEST_FUZZY = 3, 24
"""Letters of a word that may hold a typing error: a shorter one could mean anything."""
SHORTEST_PREFIX = 2
PREFIXES = 40
"""Known words that a half-typed one may become."""
ONE_EDIT, TWO_EDITS, OTHER_WORD = 0.85, 0.65, 0.4
"""Likeness of a word one or two edits away, and of one that is near a word that is known itself."""
OTHER_START = 0.7
"""Of that, what is left where the first letter differs: people seldom err there (Pollock and Zamora 1984), so
lunch is hardly a misspelled punch."""
TWO_FROM = 7
"""Letters from which two edits still tell a word."""
HALF_TYPED = 0.6

_WORD = re.compile(r"[^\W_]+")
_AMOUNT = re.compile(r"(\d+)([a-z]{1,4})")


def words_of(text: str) -> list[str]:
    """Lower-case words without accents and apostrophes; an amount is parted from its unit (``12oz``)."""
    lowered = unicodedata.normalize("NFKD", text.casefold()).replace("'", "").replace("’", "")
    plain = lowered.encode("ascii", "ignore").decode() or lowered
    found: list[str] = []
    for word in _WORD.findall(plain):
        amount = _AMOUNT.fullmatch(word)
        found += amount.groups() if amount else (word,)
    return found


class Vocabulary:
    """The known words, numbered in alphabetical order."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = sorted(set(words))
        self.number = {word: i for i, word in enumerate(self.words)}
        self._shortened: dict[str, list[int]] = defaultdict(list)
        for i, word in enumerate(self.words):
            if _may_err(word):
                for text in _shortened(word):
                    self._shortened[text].append(i)

    def __len__(self) -> int:
        return len(self.words)

    def meant(self, word: str, unfinished: bool = False) -> list[tuple[int, float]]:
        """Known words that a typed one may mean with their likeness in (0, 1], the least likely first; those
        that it may become where it is ``unfinished``."""
        found = self._half_typed(word) if unfinished else {}
        for i, likeness in self._misspelled(word):
            found[i] = max(found.get(i, 0.0), likeness)
        if (same := self.number.get(word)) is not None:
            found = {i: min(likeness, OTHER_WORD) for i, likeness in found.items()} | {same: 1.0}
        return sorted(found.items(), key=lambda pair: pair[1])

    def parted(self, word: str) -> tuple[str, str] | None:
        """Two known words that were written as one, the first as long as can be, or None."""
        for cut in range(len(word) - 2, 1, -1):
            if word[:cut] in self.number and word[cut:] in self.number:
                return word[:cut], word[cut:]
        return None

    def _half_typed(self, word: str) -> dict[int, float]:
        if len(word) < SHORTEST_PREFIX or word.isdigit():
            return {}
        first = bisect_left(self.words, word)
        last = min(bisect_left(self.words, f"{word}￿"), first + PREFIXES)
        share = {i: len(word) / len(self.words[i]) for i in range(first, last)}
        return {i: HALF_TYPED + (1.0 - HALF_TYPED) * part for i, part in share.items() if part < 1.0}

    def _misspelled(self, word: str) -> Iterator[tuple[int, float]]:
        from rapidfuzz.distance import OSA

        if not _may_err(word):
            return
        near = {i for text in _shortened(word) for i in self._shortened.get(text, ())}
        for i in near:
            edits = OSA.distance(word, self.words[i], score_cutoff=2)
            start = 1.0 if word[0] == self.words[i][0] else OTHER_START
            if edits == 1:
                yield i, ONE_EDIT * start
            elif edits == 2 and len(word) >= TWO_FROM:
                yield i, TWO_EDITS * start


def _may_err(word: str) -> bool:
    """Figures are never misspelled: 12 is another size than 16."""
    return SHORTEST_FUZZY <= len(word) <= LONGEST_FUZZY and not word.isdigit()


def _shortened(word: str) -> set[str]:
    """The word, and the word less each of its letters."""
    return {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))}
