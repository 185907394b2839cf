"""Automatic layout: the deterministic score-based fill that every optimizer has to beat.

Categories are ranked by mean score and get equal shares of the columns. Each row of a share is filled by
first fit, highest margin first, then highest score. Bulky packs wait for the two bottom rows and go
higher only when those are full; the highest scorer gets two facings where they fit.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from core.planogram.fixture import Fixture, Placement
from core.planogram.planogram import Planogram, Position, RuleSet
from core.planogram.product import Catalog, Product
from core.planogram.scoring import scores_of
from core.planogram.space import fits, is_free, length, new_position, row_length
from core.units import row_letter

BULKY_PACK_IN = 5.0
LOW_ROWS = 2


@dataclass(frozen=True, slots=True)
class NotPlaced:
    product_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class Autofill:
    """The plan, and every product that is not on it with the reason, by product id."""

    plan: Planogram
    not_placed: tuple[NotPlaced, ...]

    @property
    def summary(self) -> str:
        placed = len(self.plan.product_ids)
        if not placed and not self.not_placed:
            return "There are no products to place."
        return f"Placed {placed} of {placed + len(self.not_placed)} products."


@dataclass
class _Section:
    """One category's stretch of one row in units; ``cursor`` is where the next product goes."""

    row: int
    left: float
    right: float
    cursor: float = field(init=False)

    def __post_init__(self) -> None:
        self.cursor = self.left

    def takes(self, need: float) -> bool:
        return fits(need, self.cursor, self.right)

    @property
    def whole(self) -> float:
        return self.right - self.left


def autofill(
    fixture: Fixture, products: Iterable[Product], rule_set: RuleSet | None = None, season: str | None = None
) -> Autofill:
    """Lays products out on an empty fixture. The plan keeps every hard rule, whatever the products.

    A product listed twice counts once. Without ``rule_set`` a machine's plan is ``as found``, any other
    ``strict``.
    """
    default = RuleSet.AS_FOUND if fixture.placement is Placement.SLOTS else RuleSet.STRICT
    catalog = {p.id: p for p in reversed(list(products))}
    reasons = {p.id: reason for p in catalog.values() if (reason := _impossible(p, fixture))}
    usable = {i: p for i, p in catalog.items() if i not in reasons}
    scores = scores_of(usable, season)
    ranked = _ranked(usable, scores)
    star = min(usable, key=lambda i: (-scores[i], i), default=None)
    shares = [_shares(fixture, row, len(ranked)) for row in range(fixture.rows)]
    positions: list[Position] = []
    for k, (category, members) in enumerate(ranked):
        sections = [_Section(row, *shares[row][k]) for row in range(fixture.rows)]
        filled, left = _fill(fixture, sections, members, star)
        positions += filled
        widest = max(s.whole for s in sections)
        reasons |= {p.id: _crowded(p, fixture, category, widest, len(ranked)) for p in left}
    plan = Planogram(fixture, tuple(positions), rule_set or default)
    return Autofill(plan, tuple(NotPlaced(i, reasons[i]) for i in sorted(reasons)))


def as_layout(plan: Planogram, catalog: Catalog) -> dict[str, Any]:
    """The plan as ``{grid: {cols, rows, cellWidthIn}, rows: [{id, name, items}]}``, ready for JSON."""
    items: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for p in plan.positions:
        product = catalog.get(p.product_id)
        items[p.row].append({
            "product_id": p.product_id, "name": product.name if product else None, "slot": p.slot,
            "x": p.column, "w": p.cells, "facings": p.facings, "facings_high": p.facings_high,
            "x_in": p.x_in, "width_in": p.width_in, "price": p.price,
        })
    fixture = plan.fixture
    return {
        "grid": {"cols": fixture.columns, "rows": fixture.rows, "cellWidthIn": fixture.cell_width_in},
        "rows": [
            {"id": row, "name": f"Row {row_letter(row)}", "items": items[row]} for row in range(fixture.rows)
        ],
    }


def _ranked(products: Catalog, scores: Mapping[int, float]) -> list[tuple[str, list[Product]]]:
    """Categories by mean score, best first; in each the products by margin, then score."""
    groups: dict[str, list[Product]] = defaultdict(list)
    for p in products.values():
        groups[p.category].append(p)

    def best_first(p: Product) -> tuple[float, float, int]:
        margin = p.margin if math.isfinite(p.margin) else -math.inf
        return -margin, -scores[p.id], p.id

    def mean_score(category: str) -> float:
        return math.fsum(scores[p.id] for p in groups[category]) / len(groups[category])

    order = sorted(groups, key=lambda c: (-mean_score(c), c))
    return [(c, sorted(groups[c], key=best_first)) for c in order]


def _shares(fixture: Fixture, row: int, parts: int) -> list[tuple[float, float]]:
    """Equal stretches of a row; whole columns with the remainder from the left, inches on a free shelf."""
    if parts == 0:
        return []
    total = row_length(fixture, row)
    if is_free(fixture):
        edges = [total * k / parts for k in range(parts + 1)]
    else:
        base, rest = divmod(int(total), parts)
        edges = [float(base * k + min(k, rest)) for k in range(parts + 1)]
    return list(pairwise(edges))


def _fill(
    fixture: Fixture, sections: list[_Section], members: list[Product], star: int | None
) -> tuple[list[Position], list[Product]]:
    """(positions, products left over) of one category."""
    left = list(members)
    placed: list[Position] = []
    low = fixture.rows - LOW_ROWS
    for section in sections:
        later = max((s.whole for s in sections[section.row + 1 :]), default=0.0)
        ready = [p for p in left if section.row >= low or not _bulky(p)]
        if section.row:  # a star that was kept waiting for room for two comes first
            ready.sort(key=lambda p: p.id != star)
        placed += _fill_section(fixture, section, ready, left, star, later)
    for section in reversed(sections[: max(low, 0)]):
        placed += _fill_section(fixture, section, list(left), left, star, 0.0)
    return placed, left


def _fill_section(
    fixture: Fixture, section: _Section, ready: list[Product], left: list[Product], star: int | None,
    later: float,
) -> list[Position]:
    """First fit of ``ready`` into a section; what is placed leaves ``left``. ``later``: room further down."""
    placed = []
    for product in ready:
        need, facings = length(product, fixture), 1
        if product.id == star:
            if section.takes(2 * need):
                facings = 2
            elif fits(2 * need, 0.0, later):
                continue
        if not section.takes(need * facings):
            continue
        placed.append(new_position(product, fixture, section.row, section.cursor, facings))
        section.cursor += need * facings
        left.remove(product)
    return placed


def _bulky(product: Product) -> bool:
    return product.pack_height_in >= BULKY_PACK_IN


def _impossible(product: Product, fixture: Fixture) -> str:
    """Why a product can stand nowhere on the fixture, or nothing."""
    if product.temperature not in (None, fixture.temperature_zone):
        zone = fixture.temperature_zone
        return f"{product.name} needs a place that is {product.temperature}, this one is {zone}."
    free_width = fixture.placement is not Placement.SLOTS
    if free_width and not (math.isfinite(product.width_in) and product.width_in > 0):
        return f"{product.name} has a width of {product.width_in:g} in."
    need, longest = length(product, fixture), max(row_length(fixture, r) for r in range(fixture.rows))
    if not fits(need, 0.0, longest):
        unit = "in" if is_free(fixture) else "cells"
        return f"{product.name} needs {need:g} {unit}, the longest row has {longest:g}."
    return ""


def _crowded(product: Product, fixture: Fixture, category: str, widest: float, categories: int) -> str:
    """Why a product that could stand here found no room."""
    unit = "in" if is_free(fixture) else "columns"
    need = length(product, fixture)
    if widest == 0:
        return f"{categories} categories share {fixture.columns} columns, and none is left for {category}."
    if not fits(need, 0.0, widest):
        return f"{product.name} needs {need:g} {unit}, the share of {category} is {widest:g} wide."
    return f"The share of {category} is full."
