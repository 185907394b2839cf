"""Which products deserve a place: by their own score and by what they would sell here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.planogram.product import Product
from core.planogram.scoring import overall_scores, score_parts
from core.site.site import Site

PARTS = ("margin", "velocity", "season", "shelf life")


@dataclass(frozen=True, slots=True)
class Ranked:
    """``overall_score``: 0–100 from margin, velocity, season and stability; ``predicted_score``: 0–100,
    half that and half the rank of the money a day it would earn here."""

    product_id: int
    name: str
    overall_score: float
    predicted_score: float
    why: str


def rank_products(
    products: Sequence[Product], season: str | None = None, daily_money: Mapping[int, float] | None = None
) -> tuple[Ranked, ...]:
    """Products, the best first. ``daily_money``: expected at the place in question, else price × velocity."""
    if not products:
        return ()
    overall = overall_scores(products, season=season)
    parts = score_parts(products, season=season)
    money = np.array([
        (daily_money or {}).get(p.id, p.price * p.velocity) for p in products
    ])
    rank = np.array([50.0]) if len(products) == 1 else 100.0 * (
        (money[:, None] > money).sum(axis=1) + 0.5 * ((money[:, None] == money).sum(axis=1) - 1)
    ) / (len(products) - 1)
    predicted = (overall + rank) / 2.0
    here = "expected here" if daily_money else "by its velocity"
    ranked = [
        Ranked(p.id, p.name, float(overall[i]), float(predicted[i]),
               f"${money[i]:.2f} a day {here}; strongest in {PARTS[int(np.argmax(parts[i]))]}")
        for i, p in enumerate(products)
    ]
    return tuple(sorted(ranked, key=lambda r: (-r.predicted_score, r.product_id)))


def expected_money(sites: Sequence[Site]) -> dict[int, float]:
    """Money a day of each product in an average slot with one facing, mean over places."""
    total: dict[int, list[float]] = {}
    for site in sites:
        response = site.response
        earned = np.exp(response.point.base[0]) * response.reference_price
        for product_id, value in zip(response.product_ids.tolist(), earned.tolist(), strict=True):
            total.setdefault(product_id, []).append(value)
    return {i: sum(values) / len(values) for i, values in total.items()}
