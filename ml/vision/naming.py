"""From evidence to a named facing, with one probability for each product and one for none of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.compliance.reading import Box, Candidate, Facing
from core.planogram.planogram import Planogram
from ml.vision.gallery import Index
from ml.vision.resolve import Spot
from ml.vision.variants import strangeness

KNOWN = 0.98
"""Probability that a package is the product whose print it shows: of what stands on a shelf, about one in
fifty has a new edition or another flavor that the gallery lacks."""

STRANGE, SOFTNESS = 0.2, 0.03
"""Share of a package's print from which it is more likely another product than its fellows, and how sharply:
a label and the picture under it are about a fifth of a front, a wrinkle or a price tag is less."""

PLANNED_AT, PLANNED_HERE, PLANNED = 60.0, 3.0, 1.5
"""Odds that a product has beside others where the plan has it at the very place, in the same row where the
place is not known, or anywhere. Of 1,335 packages in 34 rendered photos that might have been the planned
product or another, 21 were another: odds of 63. Each of these had a thousand times the odds of the planned
one by print and more, so that what the plan says turns no clear print."""


def planned_odds(expected: Planogram | None, rows: int) -> dict[int, dict[int, float]]:
    """For each row the odds of products by the plan; rows count only where photo and plan have as many."""
    if expected is None:
        return {}
    anywhere = dict.fromkeys((p.product_id for p in expected.positions), PLANNED)
    result = {row: dict(anywhere) for row in range(rows)}
    if rows == len(expected.fixture.row_columns):
        for p in expected.positions:
            result[p.row][p.product_id] = PLANNED_HERE
    return result


def odds_at(
    odds: dict[int, float], expected: Planogram | None, row: int, inches: float | None
) -> dict[int, float]:
    """The odds at a place ``inches`` from the fixture's left side, from the ``odds`` of its row; the same
    where it is not known, or where photo and plan have not as many rows."""
    if expected is None or inches is None or PLANNED_HERE not in odds.values():
        return odds
    here = {p.product_id for p in expected.positions if p.row == row and p.x_in <= inches < p.right_in}
    return dict.fromkeys(odds, PLANNED) | dict.fromkeys(here, PLANNED_AT)


def shown(index: Index, spot: Spot) -> dict[int, float]:
    """How the products that a spot may show share the probability that it is one of them."""
    products = [index.gallery.products[index.views[c.view].product].product_id for c in spot.candidates]
    return dict(zip(products, spot.evidence.shares.tolist(), strict=True))


def strange(index: Index, spots: Sequence[Spot]) -> NDArray[np.float64]:
    """(n,) share of the print of each spot that its fellows of the same name show and it does not."""
    result = np.zeros(len(spots))
    view = np.array([s.candidates[s.evidence.best].view for s in spots], np.intp)
    for name in np.unique(view):
        group = np.nonzero(view == name)[0]
        chosen = [(spots[i].evidence, spots[i].evidence.best) for i in group.tolist()]
        result[group] = strangeness(np.array([e.seen[b] for e, b in chosen]),
                                    np.array([e.known[b] for e, b in chosen]))
    return result


def named(index: Index, spot: Spot, box: Box, row: int, other: float, odds: dict[int, float]) -> Facing:
    """What a spot shows; ``other`` is the share of its print that its fellows show and it does not, ``odds``
    those of the plan."""
    known = float(KNOWN * spot.confidence / (1 + np.exp((other - STRANGE) / SOFTNESS)))
    return Facing(box, round(spot.confidence, 3), row, candidates=candidates_of(index, spot, known, odds),
                  found_by="local features")


def candidates_of(
    index: Index, spot: Spot, known: float, odds: dict[int, float]
) -> tuple[Candidate, ...]:
    """The products that a spot may show, the likeliest first, which share the probability ``known``."""
    share = {p: by_print * odds.get(p, 1.0) for p, by_print in shown(index, spot).items()}
    total = sum(share.values())
    ordered = sorted(share, key=lambda p: -share[p])
    return tuple(Candidate(p, round(known * share[p] / total, 4)) for p in ordered)
