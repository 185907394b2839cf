"""Find products by what words mean and by how they are written, typing errors included.

Three likenesses are added, which on retrieval benchmarks beats fusing ranks (Bruch et al.
2023, "An analysis of fusion functions for hybrid retrieval"): of words (``search_text``), of letters
(``HashedWords``) and, where a model is there to tell it, of meaning (``search_meaning``). How well they
find is in docs/search.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.capabilities.search.meaning import MeaningIndex
from core.capabilities.search.text import TextIndex
from core.models import HashedWords, Vectors
from core.planogram.product import Product
from core.site.kin import product_words

CERTAIN = 0.7
"""Below this similarity a hit is marked uncertain."""
LONGEST_QUERY = 200
LETTERS = 0.3
"""Of likeness of letters, against 1 − it of words."""
MEANING = 0.5
"""Most that meaning counts: where no product has a word of the query. The better the words of the best
product fit, the less there is for it to say."""
SPREAD = 0.75
"""The sum to this power is what is told, so that a product with every word of a short query is certain."""
SHORTLIST = 300
"""Products that either likeness proposes, from which the best are taken."""
_LETTERS = HashedWords()


@dataclass(frozen=True, slots=True)
class Hit:
    """``score`` 0–1."""

    product_id: int
    name: str
    score: float
    uncertain: bool


@dataclass(frozen=True, slots=True)
class Found:
    """Hits, best first. ``mode``: semantic where meaning counted, else text."""

    hits: tuple[Hit, ...]
    mode: str


class SearchIndex:
    """A catalog made ready to be searched; made once, read by many."""

    def __init__(self, products: Iterable[Product], vectors: Mapping[int, Vectors] | None = None) -> None:
        known = tuple(products)
        self.ids = [p.id for p in known]
        self.names = [p.name for p in known]
        self.velocity = np.array([p.velocity for p in known], np.float64)
        self.upc = {p.upc: row for row, p in enumerate(known) if p.upc}
        self.text = TextIndex([(p.name, f"{p.brand} {p.category} {p.size}") for p in known])
        self.letters = MeaningIndex(_LETTERS.embed([product_words(p) for p in known]), directions=0)
        self.meaning = MeaningIndex.of(self.ids, vectors) if vectors else None

    def search(self, query: str, k: int = 10, vector: Vectors | None = None) -> Found:
        """The k products that fit a query best; ties go to the faster seller. ``vector``: what the query
        means, by the model of the index's vectors. A UPC typed in full is found exactly; without words
        there are no hits."""
        wanted = query.strip()[:LONGEST_QUERY]
        means = self.meaning is not None and vector is not None and bool(np.any(vector))
        mode = "semantic" if means else "text"
        if not wanted or not self.ids or k < 1:
            return Found((), mode)
        if (row := self.upc.get(wanted)) is not None:
            return Found((Hit(self.ids[row], self.names[row], 1.0, False),), mode)
        rows, scores = self._scored(wanted, max(SHORTLIST, 2 * k), vector if means else None)
        told = np.round(scores, 3)
        order = np.lexsort((rows, -self.velocity[rows], -told))[:k]
        hits = [(int(rows[i]), min(float(told[i]) ** SPREAD, 1.0)) for i in order if told[i] > 0]
        return Found(tuple(Hit(self.ids[r], self.names[r], s, s < CERTAIN) for r, s in hits), mode)

    def _scored(
        self, query: str, count: int, meant: Vectors | None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Rows of the shortlist and their scores."""
        words, written = self.text.likeness(query), _LETTERS.embed([query])[0]
        rows = _largest(words, count)
        if self.meaning is not None and meant is not None:
            rows = np.union1d(rows, self.meaning.nearest(meant, count))
        elif len(rows) < count:
            rows = np.union1d(rows, self.letters.nearest(written, count))
        spelled = (1.0 - LETTERS) * words[rows] + LETTERS * self.letters.likeness(written, rows)
        if self.meaning is None or meant is None:
            return rows, spelled
        share = MEANING * (1.0 - float(words.max()))
        return rows, (1.0 - share) * spelled + share * self.meaning.likeness(meant, rows)


def _largest(values: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """Rows of the ``count`` largest values above 0."""
    some = np.flatnonzero(values)
    if len(some) > count:
        some = some[np.argpartition(-values[some], count - 1)[:count]]
    return some
