"""How far a figure can be trusted, from the days of history behind it."""

from __future__ import annotations

import math

from core.site.site import Site

ENOUGH_DAYS = 30
PRODUCT_SHARE = 0.7
"""Weight of the product's own days here; the rest is the site's."""


def from_days(days: float) -> float:
    """Smooth and rising: about 0.3 at 1 day, 0.5 at 7, 0.8 at 30, 0.95 at 90; at most 0.98.

    A logistic curve in the logarithm of days, laid through those anchors.
    """
    if days < 1.0:
        return 0.15 + 0.15 * max(days, 0.0)
    x = math.log(days)
    return min(0.98, 1.0 / (1.0 + math.exp(0.847 - 0.082 * x - 0.169 * x * x)))


def of_product(site: Site, product_id: int) -> float:
    """Confidence in a product's figures at a site: its own days here first, then the site's."""
    days = min(site.position_days.get(product_id, 0), max(site.history_days, 0))
    return PRODUCT_SHARE * from_days(days) + (1.0 - PRODUCT_SHARE) * from_days(site.history_days)


def of_site(site: Site) -> float:
    """Confidence in the figures of a whole plan."""
    return from_days(site.history_days)


def in_words(confidence: float) -> str:
    """weak · fair · good · strong."""
    return ("weak", "fair", "good", "strong")[(confidence >= 0.4) + (confidence >= 0.7) + (confidence >= 0.9)]


def required_data(days: int) -> dict[str, object] | None:
    """What is missing for a well-founded answer, ``None`` when nothing is."""
    if days >= ENOUGH_DAYS:
        return None
    return {
        "sales_days_needed": ENOUGH_DAYS, "sales_days_present": max(days, 0),
        "message": f"Import {ENOUGH_DAYS} days of sales of this place; there are {max(days, 0)}.",
    }
