"""The few changes that would earn most now: swaps, facings, replacements."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from core.capabilities.heat import best_swaps
from core.capabilities.money import delta
from core.capabilities.moves import moved
from core.capabilities.pairs import score_pairs
from core.capabilities.shelf import shelf_of, zone_targets
from core.capabilities.valuation import Estimate
from core.capabilities.widen import covering
from core.errors import WorkbenchError
from core.planogram import edit
from core.planogram.planogram import Planogram
from core.site.site import Site

TRIED = 4
"""Candidates of each kind whose worth is computed with its interval."""


@dataclass(frozen=True, slots=True)
class NextMove:
    """A change worth making. ``kind``: swap, facings or replace; ``gain``: money a day with interval;
    ``plan``: the plan after it; ``slots`` that it touches."""

    kind: str
    text: str
    slots: tuple[str, ...]
    product_ids: tuple[int, ...]
    gain: Estimate
    plan: Planogram


def next_moves(plan: Planogram, site: Site, k: int = 3) -> tuple[NextMove, ...]:
    """The k best changes by expected gain, each slot in one of them at most. Only legal ones."""
    if not plan.positions:
        return ()
    site = covering(site, (plan,))
    found = [*_swaps(plan, site), *_facings(plan, site), *_replacements(plan, site)]
    used: set[str] = set()
    chosen: list[NextMove] = []
    for move in sorted(found, key=lambda m: -m.gain.value):
        if move.gain.value > 0.005 and not used & set(move.slots) and len(chosen) < k:
            used |= set(move.slots)
            chosen.append(move)
    return tuple(chosen)


def _swaps(plan: Planogram, site: Site) -> Iterator[NextMove]:
    for swap in best_swaps(plan, site, TRIED):
        a, b = (site.catalog[i].name for i in (swap.product_a, swap.product_b))
        try:
            after = edit.swap(plan, site.catalog, swap.a, swap.b)
        except WorkbenchError:
            continue
        yield NextMove(
            "swap", f"Swap {a} ({swap.a}) with {b} ({swap.b})", (swap.a, swap.b),
            (swap.product_a, swap.product_b), delta(plan, after, site), after,
        )


def _facings(plan: Planogram, site: Site) -> Iterator[NextMove]:
    """One facing more where there is room."""
    shelf = shelf_of(plan, site)
    space = site.response.point.space[0, shelf.layout.product]
    share = (shelf.layout.total_facings + 1.0) / shelf.layout.total_facings
    worth = shelf.position_revenue() * (share**space - 1.0)
    tried = 0
    for i in np.argsort(-worth, kind="stable"):
        p = plan.positions[int(i)]
        if tried == TRIED:
            return
        try:
            after = edit.set_facings(plan, site.catalog, p, p.facings + 1)
        except WorkbenchError:
            continue
        tried += 1
        name = site.catalog[p.product_id].name
        yield NextMove(
            "facings", f"Give {name} ({p.slot}) {p.facings + 1} facings", (p.slot,), (p.product_id,),
            delta(plan, after, site), after,
        )


def _replacements(plan: Planogram, site: Site) -> Iterator[NextMove]:
    """Products of the catalog that would earn more than what stands there."""
    absent = sorted((site.response.index.keys() & site.catalog.keys()) - set(plan.product_ids))
    if not absent:
        return
    pairs = score_pairs(plan, site, absent)
    gain = np.where(pairs.legal & (pairs.moves.displaced >= 0), pairs.daily_gain, -np.inf)
    shelf, targets = shelf_of(plan, site), zone_targets(plan, site)
    for a in np.argsort(-gain.max(axis=1), kind="stable")[:TRIED]:
        t = int(np.argmax(gain[a]))
        if not np.isfinite(gain[a, t]):
            return
        product_id = absent[int(a)]
        product = site.catalog[product_id]
        after = moved(shelf, pairs.moves, product_id, int(a), int(targets.row[t]), t)
        old = plan.positions[int(pairs.moves.displaced[a, t])]
        text = f"Replace {site.catalog[old.product_id].name} ({old.slot}) with {product.name}"
        yield NextMove(
            "replace", text, (old.slot,), (old.product_id, product_id), delta(plan, after, site), after
        )
