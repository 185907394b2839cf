"""Find products by words, typing errors included."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from core.planogram.product import Product

CERTAIN = 0.7
"""Below this similarity a hit is marked uncertain."""
LONGEST_QUERY = 200


@dataclass(frozen=True, slots=True)
class Hit:
    """``score`` 0–1."""

    product_id: int
    name: str
    score: float
    uncertain: bool


def search_products(products: Iterable[Product], query: str, k: int = 10) -> tuple[Hit, ...]:
    """The k products that the words fit best, best first; ties go to the faster seller.

    Words are compared with name, brand, category and size by edit distance on their parts (RapidFuzz's
    weighted ratio); a UPC typed in full is found exactly. Without words there are no hits.
    """
    from rapidfuzz import fuzz, process, utils

    wanted = query.strip()[:LONGEST_QUERY]
    known = {p.id: p for p in products}
    if not wanted or not known or k < 1:
        return ()
    if same := [p for p in known.values() if p.upc and p.upc == wanted]:
        return tuple(Hit(p.id, p.name, 1.0, False) for p in same[:k])
    full = {i: f"{p.name} {p.brand} {p.category} {p.size}" for i, p in known.items()}
    names = {i: p.name for i, p in known.items()}
    scores: dict[int, float] = {}
    for texts in (full, names):
        for _, score, i in process.extract(
            wanted, texts, scorer=fuzz.WRatio, processor=utils.default_process, limit=4 * k
        ):
            scores[i] = max(scores.get(i, 0.0), score / 100.0)
    best = sorted(scores, key=lambda i: (-round(scores[i], 3), -known[i].velocity, i))[:k]
    return tuple(Hit(i, known[i].name, scores[i], scores[i] < CERTAIN) for i in best if scores[i] > 0)
