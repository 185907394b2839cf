"""Which products share words with a query, typing errors and half-typed words included.

Likeness is Tversky's (1977) ratio: the rarity of the words shared, against that of the words which only the
query or only the product has. Rarity is the square of log(1 + products / products with the word), as in the
cosine of tf-idf vectors.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from core.capabilities.search.words import Vocabulary, words_of

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int32]

MISSED, EXTRA = 1.0, 0.1
"""How much a word of the query that a product lacks counts against it, and how much one that only it has."""
LONGEST_QUERY_WORDS = 40


@dataclass(frozen=True, slots=True)
class _Asked:
    """One word of a query: its rarity, and (products, likeness) of the known words that it may mean, the
    likeliest last."""

    rarity: float
    means: tuple[tuple[IntArray, float], ...]


class TextIndex:
    """Words → products. ``texts``: (name, other words) of each product, whose row in all arrays is its
    place in the sequence. What only the other words say does not count against a product."""

    def __init__(self, texts: Sequence[tuple[str, str]]) -> None:
        rows: dict[str, list[int]] = defaultdict(list)
        names: list[set[str]] = []
        for row, (name, other) in enumerate(texts):
            names.append(set(words_of(name)))
            for word in names[-1] | set(words_of(other)):
                rows[word].append(row)
        self.size = len(texts)
        self.vocabulary = Vocabulary(list(rows))
        self._rows = [np.array(rows[word], np.int32) for word in self.vocabulary.words]
        counts = np.array([len(r) for r in self._rows], np.float64)
        self._rarity = np.log1p(self.size / np.maximum(counts, 1.0)) ** 2
        number, rarity = self.vocabulary.number, self._rarity.tolist()
        self._mass: FloatArray = np.array(
            [sum(rarity[number[word]] for word in words) for words in names], np.float32
        )
        """(products,) rarity of all words of the name."""

    def likeness(self, query: str) -> FloatArray:
        """Likeness of each product to the query, 0–1, shape (products,)."""
        shared, best = np.zeros(self.size, np.float32), np.zeros(self.size, np.float32)
        asked = self._asked(words_of(query)[:LONGEST_QUERY_WORDS])
        for word in asked:
            for rows, likeness in word.means:
                best[rows] = likeness
            for rows, _ in word.means:
                shared[rows] += word.rarity * best[rows]
                best[rows] = 0.0  # a product that two of its words bring in counts once, by the likelier
        wanted = sum(word.rarity for word in asked)
        if wanted == 0.0:
            return shared
        against = MISSED * np.maximum(wanted - shared, 0.0) + EXTRA * np.maximum(self._mass - shared, 0.0)
        result: FloatArray = shared / np.maximum(shared + against, 1e-9)
        return result

    def _asked(self, words: Sequence[str]) -> list[_Asked]:
        """Each word once, of which the last may be unfinished; two words that the catalog writes as one, and
        one that it writes as two, are read both ways."""
        joined: dict[str, list[str]] = defaultdict(list)
        for a, b in pairwise(words):
            if a + b in self.vocabulary.number:
                joined[a].append(a + b)
                joined[b].append(a + b)
        found = []
        for word in dict.fromkeys(words):
            means = self.vocabulary.meant(word, unfinished=word == words[-1])
            if not means and (parts := self.vocabulary.parted(word)):
                found += [self._of(self.vocabulary.meant(part)) for part in parts]
                continue
            found.append(self._of(means, [self.vocabulary.number[j] for j in joined[word]]))
        return found

    def _of(self, means: Sequence[tuple[int, float]], joined: Sequence[int] = ()) -> _Asked:
        likely = [*means, *((i, 1.0) for i in joined)]
        if not likely:
            return _Asked(float(np.log1p(self.size) ** 2), ())
        top = max(likeness for _, likeness in likely)
        rarity = max(self._rarity[i] for i, likeness in likely if likeness == top)
        return _Asked(float(rarity), tuple((self._rows[i], likeness) for i, likeness in likely))
