"""Why a placement is good or bad, in plain words with numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.capabilities.memo import remembered
from core.capabilities.pairs import PARTS, RULE_WEIGHTS, WEIGHTS, PairScores, best_targets, pair_affinity
from core.capabilities.shelf import Shelf
from core.capabilities.valuation import Estimate, layout_of, money_of, season_ahead
from core.planogram.planogram import Planogram
from core.planogram.product import Product
from core.site.site import Site
from core.site.zones import FloatArray, Zones
from core.units import parse_slot

GOOD, POOR = 0.65, 0.35
NOTICEABLE_AFFINITY = 0.1
NOTICEABLE_SHARE = 0.02
"""Money below this share of the plan's is not worth a sentence."""


@dataclass(frozen=True, slots=True)
class Feedback:
    pros: tuple[str, ...] = ()
    cons: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()


def money_words(amount: float, *, signed: bool = False) -> str:
    """−0.7 → ``−$0.70``; signed: ``+$0.70``."""
    sign = "−" if round(amount, 2) < 0 else ("+" if signed else "")
    return f"{sign}${abs(amount):,.2f}"


class _Notes:
    """Collects sentences by the side they speak for."""

    def __init__(self) -> None:
        self.pros: list[str] = []
        self.cons: list[str] = []
        self.suggestions: list[str] = []

    def side(self, value: float, good: str, poor: str) -> None:
        if value >= GOOD:
            self.pros.append(good)
        elif value <= POOR:
            self.cons.append(poor)


def feedback_on(
    shelf: Shelf, pairs: PairScores, t: int, product: Product, after: Planogram | None,
    violations: tuple[str, ...], gain: Estimate,
) -> Feedback:
    """Sentences on putting ``product`` at column ``t`` of ``pairs`` (one row). ``after``: the edited plan."""
    notes = _Notes()
    notes.cons.extend(violations)
    _on_place(notes, shelf, pairs, t, product)
    _on_neighbors(notes, shelf, pairs, t, product)
    if after is not None:
        _on_money(notes, shelf, pairs, t, after, gain)
    _suggest(notes, shelf.site, pairs, t, after is not None)
    return Feedback(tuple(notes.pros), tuple(notes.cons), tuple(notes.suggestions))


def _on_place(notes: _Notes, shelf: Shelf, pairs: PairScores, t: int, product: Product) -> None:
    value = _values(pairs, t)
    slot = pairs.slots[t]
    share = round((float(np.exp(pairs.moves.slot[0, t])) - 1.0) * 100)
    place = _row_words(shelf, pairs, t)
    notes.side(
        value["visibility"],
        f"{place}: {slot} sells {abs(share)}% above an average slot." if share > 0 else f"{place}.",
        f"{place}: {slot} sells {abs(share)}% below an average slot." if share < 0 else f"{place}.",
    )
    index = shelf.site.response.index[product.id]
    units = float(np.exp(shelf.site.response.point.base[0, index]))
    strong = value["visibility"] >= 0.5
    notes.side(
        value["velocity"],
        f"Sells about {units:.1f} a day, which {'this good' if strong else 'a modest'} slot suits.",
        f"Sells about {units:.1f} a day: "
        + ("too slow for one of the best slots." if strong else "fast enough to deserve a better slot."),
    )


def _row_words(shelf: Shelf, pairs: PairScores, t: int) -> str:
    """Where the row lies among the rows, by what it sells."""
    letter = pairs.slots[t].rstrip("0123456789")
    mean = _row_means(shelf.site.response.zones, shelf.site.response.point.slot)
    rows, row = len(mean), parse_slot(pairs.slots[t])[0]
    if rows < 2 or row >= rows or np.ptp(mean) < 1e-9:
        return f"Row {letter}"
    place = int((mean > mean[row] + 1e-12).sum())
    level = "eye level, " if place == 0 and 0 < row < rows / 2 + 0.5 else ""
    name = f"number {place + 1} of {rows} rows"
    if place in (0, rows - 1):
        name = "the best row" if place == 0 else "the weakest row"
    return f"Row {letter}, {level}{name} here"


@remembered(32)
def _row_means(zones: Zones, slot: FloatArray) -> FloatArray:
    counts = np.bincount(zones.row)
    mean: FloatArray = np.bincount(zones.row, slot[0]) / np.maximum(counts, 1)
    return mean


def _on_neighbors(notes: _Notes, shelf: Shelf, pairs: PairScores, t: int, product: Product) -> None:
    response, table = shelf.site.response, pairs.moves
    p = np.array(response.index[product.id])
    for side in dict.fromkeys((int(table.left[0, t]), int(table.right[0, t]))):
        if side < 0:
            continue
        pull = float(pair_affinity(response.affinity, p, np.array(side)))
        name = shelf.site.catalog[int(response.product_ids[side])].name
        if pull >= NOTICEABLE_AFFINITY:
            times = f"{np.exp(pull):.1f} times as often as by chance"
            notes.pros.append(f"Next to {name}: bought together {times}.")
        elif pull <= -NOTICEABLE_AFFINITY:
            notes.cons.append(f"Next to {name}: people take one or the other; keep two slots between them.")
    value = _values(pairs, t)["clustering"]
    if min(int(table.left[0, t]), int(table.right[0, t])) >= 0 or value > 0.5:
        category = product.category
        notes.side(value, f"Stands with {category}.", f"Away from the rest of {category}.")


def _on_money(
    notes: _Notes, shelf: Shelf, pairs: PairScores, t: int, after: Planogram, gain: Estimate
) -> None:
    site, least = shelf.site, NOTICEABLE_SHARE * max(shelf.revenue, 1e-9) / max(len(shelf.row), 1)
    if gain.lower > 0:
        notes.pros.append(f"Worth {money_words(gain.value, signed=True)} a day for the whole plan.")
    elif gain.upper < 0:
        notes.cons.append(f"Costs the whole plan {money_words(abs(gain.value))} a day.")
    j = int(pairs.moves.displaced[0, t])
    if j < 0:
        return
    other = shelf.plan.positions[j]
    name = site.catalog[other.product_id].name
    mine = shelf.layout.product == shelf.layout.product[j]
    change = _product_money(after, site, other.product_id) - float(shelf.position_revenue()[mine].sum())
    places = after.of_product(other.product_id)
    if not places:
        notes.cons.append(f"{name} leaves the plan: {money_words(change, signed=True)} a day.")
    elif abs(change) >= least:
        text = f"{name} moves to {places[0].slot}: {money_words(change, signed=True)} a day."
        (notes.pros if change > 0 else notes.cons).append(text)


def _product_money(plan: Planogram, site: Site, product_id: int) -> float:
    layout = layout_of(plan, site)
    mine = layout.product == site.response.index[product_id]
    return float(money_of(site, layout, None, season_ahead(site))[0, mine].sum())


def _suggest(notes: _Notes, site: Site, pairs: PairScores, t: int, legal: bool) -> None:
    best = best_targets(pairs, 0, 1)
    if not best:
        notes.suggestions.append("Free a slot first: no legal place is left for this product.")
    elif best[0] != t and pairs.slots[best[0]] != pairs.slots[t]:
        now = float(pairs.daily_gain[0, t]) if legal else 0.0
        more = float(pairs.daily_gain[0, best[0]]) - now
        if more > 0.005 and not pairs.rules_only:
            notes.suggestions.append(f"{pairs.slots[best[0]]} would earn {money_words(more)} a day more.")
        elif not legal or pairs.rules_only:
            notes.suggestions.append(f"{pairs.slots[best[0]]} would suit it better.")
    if site.history_days < 30:
        days = max(site.history_days, 0)
        notes.suggestions.append(f"Only {days} days of sales here: judge again after 30.")


def _values(pairs: PairScores, t: int) -> dict[str, float]:
    weights = RULE_WEIGHTS if pairs.rules_only else WEIGHTS
    return {
        name: float(points) / getattr(weights, name) if getattr(weights, name) else 0.0
        for name, points in zip(PARTS, pairs.parts[0, t], strict=True)
    }
