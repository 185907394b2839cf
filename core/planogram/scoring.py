"""The overall score of a product, 0–100, from margin, velocity, seasonality fit and stability.

Each part is a fixed saturating scale, not a rank, so that a product's score does not change when others
enter the catalog. The half points are this house's choice, visible in ``Weights`` and editable.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.planogram.product import Catalog, Product

FloatArray = NDArray[np.float64]
NEUTRAL = 0.5


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each part counts; they need not add up to 1. A half point is where a part is worth half."""

    margin: float = 0.4
    velocity: float = 0.35
    seasonality: float = 0.15
    stability: float = 0.1
    half_margin: float = 1.0
    """Currency a unit."""
    half_velocity: float = 1.0
    """Units a day."""
    half_shelf_life: float = 60.0
    """Days."""

    def __post_init__(self) -> None:
        parts = (self.margin, self.velocity, self.seasonality, self.stability)
        halves = (self.half_margin, self.half_velocity, self.half_shelf_life)
        if not all(np.isfinite(astuple(self))) or min(parts) < 0 or sum(parts) <= 0 or min(halves) <= 0:
            raise BadInput(
                f"The weights {', '.join(f'{p:g}' for p in parts)} cannot be used.",
                "Give weights of 0 or more, at least one above 0, and half points above 0.",
            )


DEFAULT_WEIGHTS = Weights()


def overall_scores(
    products: Sequence[Product], weights: Weights = DEFAULT_WEIGHTS, season: str | None = None
) -> FloatArray:
    """Score of each product, 0–100, shape (n,).

    A loss, no sales or an unknown figure of margin or velocity counts 0; an unknown season or shelf life
    counts as the middle.
    """
    parts = score_parts(products, weights, season)
    shares = np.array([weights.margin, weights.velocity, weights.seasonality, weights.stability])
    result: FloatArray = 100.0 * parts @ (shares / shares.sum())
    return result


def overall_score(
    product: Product, weights: Weights = DEFAULT_WEIGHTS, season: str | None = None
) -> float:
    """Score of one product, 0–100; see ``overall_scores``."""
    return float(overall_scores([product], weights, season)[0])


def score_parts(
    products: Sequence[Product], weights: Weights = DEFAULT_WEIGHTS, season: str | None = None
) -> FloatArray:
    """Margin, velocity, seasonality fit and stability of each product, 0–1, shape (n, 4)."""
    table = np.array(
        [
            (p.margin, p.velocity, np.nan if season is None else p.seasonality.get(season, np.nan),
             np.nan if p.shelf_life_days is None else p.shelf_life_days)
            for p in products
        ],
        dtype=np.float64,
    ).reshape(-1, 4)
    halves = (weights.half_margin, weights.half_velocity, 1.0, weights.half_shelf_life)
    value = np.clip(table, 0.0, 1e12)
    parts: FloatArray = value / (value + np.array(halves))
    unknown = np.array([0.0, 0.0, NEUTRAL, NEUTRAL])
    return np.where(np.isnan(table), unknown, parts)


def scores_of(catalog: Catalog, season: str | None = None) -> dict[int, float]:
    """Product id → the score given with the product (0–100) where there is one, else the derived one."""
    products = list(catalog.values())
    derived = overall_scores(products, season=season)
    return {
        p.id: float(s) if p.overall_score is None or np.isnan(p.overall_score)
        else min(max(p.overall_score, 0.0), 100.0)
        for p, s in zip(products, derived, strict=True)
    }
