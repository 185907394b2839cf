"""What may make a change earn less than predicted, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.capabilities.valuation import Estimate
from core.planogram.planogram import Planogram
from core.site.site import Site

LITERATURE_LIFT = 7.0
"""Percent: the upper end of what localized assortments have been seen to gain (Fisher & Vaidyanathan)."""
LARGE_SHARE, WEAK_SHARE, STOCKOUT_SHARE, PRICE_STEP = 0.3, 0.3, 0.1, 0.2


@dataclass(frozen=True, slots=True)
class RiskFactor:
    """``impact``: low, medium or high."""

    factor: str
    impact: str
    mitigation: str


def risks(
    site: Site, current: Planogram, proposed: Planogram, changed: int, delta: Estimate, lift: Estimate
) -> tuple[RiskFactor, ...]:
    """The risks of a change, the gravest first; at least one. ``site``: as estimated, so that it is
    known which products it has never seen."""
    if changed == 0:
        return (RiskFactor("Nothing changes.", "low", "Move a product to see what it is worth."),)
    found = [
        *_of_products(site, current, proposed),
        *_of_size(site, proposed, changed, delta, lift),
        *_of_prices(site, current, proposed),
    ]
    order = {"high": 0, "medium": 1, "low": 2}
    found.sort(key=lambda r: order[r.impact])
    return tuple(found) or (
        RiskFactor("Sales vary by chance from week to week.", "low", "Judge the change after four weeks."),
    )


def _of_products(site: Site, current: Planogram, proposed: Planogram) -> list[RiskFactor]:
    found = []
    added = [p for p in proposed.product_ids if p not in set(current.product_ids)]
    new = [p for p in added if site.position_days.get(p, 0) == 0]
    if new:
        names = _names(site, new)
        strange = any(p not in site.response.index for p in new)
        found.append(RiskFactor(
            f"{names} never stood here: {'nothing but its category' if strange else 'only other places'} "
            "tells how it will sell.",
            "high" if strange else "medium", "Start with a low par level and look again after two weeks.",
        ))
    short = [p for p in proposed.product_ids if site.stockout_share.get(p, 0.0) > STOCKOUT_SHARE]
    if short:
        found.append(RiskFactor(
            f"{_names(site, short)} {'is' if len(short) == 1 else 'are'} often out of stock, "
            "and an empty slot earns nothing.",
            "medium", "Raise the par level or give more facings before moving.",
        ))
    return found


def _of_size(
    site: Site, proposed: Planogram, changed: int, delta: Estimate, lift: Estimate
) -> list[RiskFactor]:
    found = []
    if delta.lower < 0 < delta.upper:
        found.append(RiskFactor(
            "The gain is not certain: the interval holds a loss.", "high" if delta.value <= 0 else "medium",
            "Try it at one place first, or as an experiment.",
        ))
    if lift.value > LITERATURE_LIFT:
        found.append(RiskFactor(
            f"A lift of {lift.value:.0f}% is more than the {LITERATURE_LIFT:.0f}% that studies have seen.",
            "medium", "Plan with the lower end of the interval.",
        ))
    if changed > LARGE_SHARE * max(len(proposed.positions), 1):
        found.append(RiskFactor(
            f"{changed} positions change at once.", "medium",
            "Change in two steps, so that effects can be told apart.",
        ))
    learned = site.response.provenance.slot_learned
    if len(learned) and float(np.mean(learned < WEAK_SHARE)) > 0.5:
        found.append(RiskFactor(
            "Most slots' effects are not learned from sales here.", "medium",
            "Let a few products change places now and then: that is what slot effects are learned from.",
        ))
    if site.history_days < 30:
        found.append(RiskFactor(
            f"Only {max(site.history_days, 0)} days of sales here.", "high",
            "Import at least 30 days of sales.",
        ))
    return found


def _of_prices(site: Site, current: Planogram, proposed: Planogram) -> list[RiskFactor]:
    before = {p.product_id: p.price for p in current.positions}
    bold = []
    for p in proposed.positions:
        product = site.catalog[p.product_id]
        old, new = before.get(p.product_id) or product.price, p.price or product.price
        if p.product_id in before and old > 0 and abs(new / old - 1.0) > PRICE_STEP:
            bold.append(p.product_id)
    if not bold:
        return []
    return [RiskFactor(
        f"The price of {_names(site, bold)} changes by more than {PRICE_STEP:.0%}.", "medium",
        "Change prices in smaller steps.",
    )]


def _names(site: Site, product_ids: list[int]) -> str:
    names = [site.catalog[p].name for p in dict.fromkeys(product_ids)]
    return ", ".join(names[:2]) + (f" and {len(names) - 2} more" if len(names) > 2 else "")
