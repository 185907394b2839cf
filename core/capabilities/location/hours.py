"""What sells when: morning, lunch and afternoon, from the hours of a place's own sales."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.planogram.product import Catalog

FloatArray = NDArray[np.float64]

PARTS: Mapping[str, tuple[int, int]] = {"morning": (5, 11), "lunch": (11, 14), "afternoon": (14, 19)}
"""Hours of each part of the day, from and up to."""
TOP, PRIOR_UNITS = 3, 20.0
TYPICAL: Mapping[str, tuple[str, ...]] = {
    "morning": ("coffee", "tea", "pastr", "yogurt", "juice", "bar"),
    "lunch": ("meal", "sandwich", "salad", "water", "soft drink", "chip"),
    "afternoon": ("snack", "chocolate", "candy", "energy", "cookie", "soft drink"),
}
"""Words of the categories that such hours usually ask for: told where no hour is known, and marked so."""


@dataclass(frozen=True, slots=True)
class TimeSuggestion:
    """``share`` of the day's units (or visitors) in these hours; ``lift``: how much more the first category
    sells then than over the day, 1 where that is not known."""

    period: str
    hours: str
    share: float
    categories: tuple[str, ...]
    products: tuple[str, ...]
    lift: float
    text: str


def time_suggestions(
    hourly: FloatArray, catalog: Catalog, traffic: Sequence[float] = ()
) -> tuple[TimeSuggestion, ...]:
    """One for each part of the day. ``hourly``: rows of (product, hour, units); ``traffic``: visitors by
    hour, 24 values, which is believed before the sales."""
    known = hourly[[int(r[0]) in catalog for r in hourly]] if len(hourly) else hourly
    if not len(known) or known[:, 2].sum() <= 0:
        return tuple(_typical(part, catalog, traffic) for part in PARTS)
    return tuple(_sold(part, known, catalog, traffic) for part in PARTS)


def _share(part: str, traffic: Sequence[float], sold: float) -> float:
    first, last = PARTS[part]
    total = sum(traffic)
    return sum(traffic[first:last]) / total if len(traffic) == 24 and total > 0 else sold


def _hours(part: str) -> str:
    return "{}–{}".format(*PARTS[part])


def _sold(part: str, hourly: FloatArray, catalog: Catalog, traffic: Sequence[float]) -> TimeSuggestion:
    first, last = PARTS[part]
    then = (hourly[:, 1] >= first) & (hourly[:, 1] < last)
    names = np.array([catalog[int(i)].category for i in hourly[:, 0]])
    part_share = float(hourly[then, 2].sum() / hourly[:, 2].sum())
    lift = {}
    for category in np.unique(names).tolist():
        mine = names == category
        units, all_day = hourly[mine & then, 2].sum(), hourly[mine, 2].sum()
        expected = part_share * all_day
        lift[category] = float((units + PRIOR_UNITS) / (expected + PRIOR_UNITS))
    best = sorted(lift, key=lambda c: -lift[c])[:TOP]
    sold: dict[int, float] = {}
    for product_id, _, units in hourly[then]:
        sold[int(product_id)] = sold.get(int(product_id), 0.0) + units
    top = sorted((i for i in sold if catalog[i].category in best), key=lambda i: -sold[i])[:TOP]
    share = _share(part, traffic, part_share)
    more = round(100 * (lift[best[0]] - 1.0))
    text = f"{share:.0%} of the day comes from {_hours(part)} h; {best[0]} sells {max(more, 0)}% more then"
    text += f". Keep {catalog[top[0]].name} well filled." if top else "."
    return TimeSuggestion(part, _hours(part), share, tuple(best), tuple(catalog[i].name for i in top),
                          lift[best[0]], text)


def _typical(part: str, catalog: Catalog, traffic: Sequence[float]) -> TimeSuggestion:
    categories = sorted({p.category for p in catalog.values()})
    fit = [c for c in categories if any(word in c.lower() for word in TYPICAL[part])][:TOP]
    products = sorted((p for p in catalog.values() if p.category in fit), key=lambda p: -p.velocity)[:TOP]
    share = _share(part, traffic, (PARTS[part][1] - PARTS[part][0]) / 24)
    said = " and ".join(fit[:2]) if fit else "what sells best"
    text = f"The hours of sales here are not known; {said} usually sell from {_hours(part)} h."
    return TimeSuggestion(part, _hours(part), share, tuple(fit), tuple(p.name for p in products), 1.0, text)
