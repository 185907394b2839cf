"""The overview in words. A ``Writer`` gets the numbers and may not add any."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from core.capabilities.overview.patterns import Pattern
from core.capabilities.phrases import count, money


@dataclass(frozen=True, slots=True)
class FairShare:
    """``index``: share of space ÷ share of sales × 100: below 100 a category sells more than its room."""

    category: str
    space_share: float
    sales_share: float
    index: float | None


@dataclass(frozen=True, slots=True)
class Improvement:
    """``monthly``: money a month that it is expected to bring, with its interval; None where that is not
    known."""

    text: str
    monthly: float | None = None
    interval: tuple[float, float] | None = None
    slots: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Metrics:
    """Shares are fractions, money a day in currency. ``category_balance``: 1 where every category has room as
    it sells, 0 where none of the room is where the sales are · ``osa``: on-shelf availability, weighed by
    sales; None without history · ``daily_margin``: None where a cost is not known · ``best_places_used``:
    share of the best fifth of the places on which the faster half of the products stands ·
    ``days_of_supply``: median, None where no stock is known."""

    space_utilization: float
    category_balance: float
    osa: float | None
    daily_revenue: float
    daily_interval: tuple[float, float]
    """Nine in ten of the draws."""
    daily_margin: float | None
    revenue_per_size: float
    size_word: str
    best_places_used: float | None
    days_of_supply: float | None
    running_short: int
    products: int
    positions: int
    facings_per_product: float
    empty_places: int
    layout_score: float
    open_issues: int
    fair_share: tuple[FairShare, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """All that may be told, as in ``Overview``."""

    metrics: Metrics
    comparison: Sequence[Pattern]
    among: int
    rank: int | None
    improvements: Sequence[Improvement]


class Writer(Protocol):
    """Puts computed numbers into words."""

    @property
    def name(self) -> str:
        """Who wrote it, as the reader is told."""

    def write(self, facts: Facts) -> str:
        """A short paragraph."""


class TemplateWriter:
    """Whole sentences around the numbers, the same each time."""

    name = "template"

    def write(self, facts: Facts) -> str:
        m = facts.metrics
        if not m.positions:
            return "Nothing stands on this plan yet. Fill it from categories, or drag products to it."
        sentences = [
            f"This plan is expected to earn {money(m.daily_revenue, m.daily_interval)} a day, "
            f"${m.revenue_per_size:.2f} by {m.size_word}, with {count(m.products, 'product')} on "
            f"{m.space_utilization:.0%} of its space.",
            _room(m), _places(m), _stock(m), _standing(facts), _next(facts),
        ]
        return " ".join(s for s in sentences if s)


TEMPLATE = TemplateWriter()


def _room(m: Metrics) -> str:
    rated = [f for f in m.fair_share if f.index is not None and f.sales_share > 0.03]
    if len(rated) < 2:
        return ""
    poor = min(rated, key=lambda f: f.index or 0.0)
    return (f"Room follows sales to {m.category_balance:.0%}; {poor.category} sells most for its room, "
            f"{poor.sales_share:.0%} of the money on {poor.space_share:.0%} of the facings.")


def _places(m: Metrics) -> str:
    if m.best_places_used is None:
        return ""
    return f"{m.best_places_used:.0%} of the best places hold one of the faster products."


def _stock(m: Metrics) -> str:
    parts = []
    if m.osa is not None:
        parts.append(f"products were on the shelf {m.osa:.1%} of the time")
    if m.days_of_supply is not None:
        parts.append(f"half of the positions last {m.days_of_supply:.0f} days or more")
    text = ", and ".join(parts)
    return f"{text[0].upper()}{text[1:]}." if text else ""


def _standing(facts: Facts) -> str:
    if facts.rank is not None:
        return f"It is number {facts.rank} of {facts.among + 1} of its kind by money for its size."
    return ""


def _next(facts: Facts) -> str:
    first = facts.improvements[0] if facts.improvements else None
    if first is None:
        return ""
    worth = ""
    if first.monthly is not None and first.interval is not None:
        worth = f", for {money(first.monthly, first.interval)} more a month"
    return f"First to do: {first.text.rstrip('.')}{worth}."
