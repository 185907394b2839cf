"""The figures of an audit: compliance with its interval, facings, shares of shelf, availability."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from core.compliance.align import Alignment
from core.compliance.findings import Facings, Share
from core.compliance.judge import Judgement, State
from core.compliance.planned import BoolArray, FloatArray, IntArray
from core.compliance.reading import SHOWN_FROM
from core.planogram.product import Catalog

DEFINITION = (
    "The share of the planned facings seen in the photo that stand right. Each counts by its inches of shelf "
    "and by how well its shelf is seen: one at eye level counts 1.39 times as much as one on the worst shelf."
)
UNKNOWN = "Not in the catalog"
_EYE_LEVEL, _WORST = 0.35, 1 / 1.39
"""Share of the height from the top, and what the worst height is worth of it (Drèze, Hoch and Purk 1994)."""
_Z90 = 1.645
_HALF = 0.5


def weights(a: Alignment) -> FloatArray:
    """(units,) what each planned facing counts."""
    rows = a.planned.plan.fixture.rows
    height = (np.clip(a.planned.row, 0, rows - 1) + 0.5) / rows
    off = np.abs(height - _EYE_LEVEL) / max(_EYE_LEVEL, 1 - _EYE_LEVEL)
    seen = 1 - (1 - _WORST) * off if rows > 1 else np.ones(len(height))
    counted: FloatArray = a.planned.size_in * seen
    return counted


Score = tuple[float, float, float]


def compliance(a: Alignment, j: Judgement, units: IntArray | None = None) -> Score | None:
    """(score, low, high) of units (by default all) that are in the photo, 0–1; None where none is.

    What is not sure (a package that may be right, a room that looks empty without a gap seen) counts by its
    probability. The interval holds 90 % if detections and names err independently.
    """
    judged = np.flatnonzero(j.state != State.NOT_SEEN)
    if units is not None:
        judged = np.intersect1d(judged, units)
    weight = weights(a)[judged]
    if not len(judged) or weight.sum() <= 0:
        return None
    weight = weight / weight.sum()
    state, likely = j.state[judged], _likely(a, j)[judged]
    stands = np.where(state == State.RIGHT, 1.0, 0.0)
    open_ = (state != State.RIGHT) & (j.sure[judged] < SHOWN_FROM)
    score = 1 - float(weight @ (1 - np.where(open_, likely, stands)))
    mean = float(weight @ likely)
    spread = _Z90 * float(np.sqrt(weight**2 @ (likely * (1 - likely))))
    return score, max(0.0, min(score, mean - spread)), min(1.0, max(score, mean + spread))


def _likely(a: Alignment, j: Judgement) -> FloatArray:
    """(units,) probability that a facing stands right."""
    matched = np.where(j.state == State.UNSURE, np.minimum(a.share_right, _HALF), a.share_right)
    absent = np.minimum(1 - j.sure, _HALF)
    likely: FloatArray = np.where(a.facing_of >= 0, matched, absent)
    return likely


def on_shelf(a: Alignment, j: Judgement) -> BoolArray:
    """(facings,) whether a package is a facing of this fixture: surely there, and not on one of its kind."""
    outside = np.zeros(len(a.seen), bool)
    outside[list(j.outside)] = True
    counted: BoolArray = (a.on < 0) & ~outside & (a.seen.confidence >= SHOWN_FROM)
    return counted


def facings_of(a: Alignment, j: Judgement, catalog: Catalog) -> tuple[Facings, ...]:
    """Each planned product in the order of the plan, then what else stands there by name."""
    p = a.planned
    judged = j.state != State.NOT_SEEN
    size = len(p.products)
    planned = np.bincount(p.product[judged], minlength=size)
    right = np.bincount(p.product[j.state == State.RIGHT], minlength=size)
    ids, counts = np.unique(a.seen.named[on_shelf(a, j)], return_counts=True)
    seen = dict(zip(ids.tolist(), counts.tolist(), strict=True))
    unknown = seen.pop(-1, 0)
    rows = [
        Facings(i, name_of(i, catalog), int(planned[k]), seen.pop(i, 0), int(right[k]))
        for k, i in enumerate(p.products)
    ]
    rows += sorted((Facings(i, name_of(i, catalog), 0, n, 0) for i, n in seen.items()), key=lambda r: r.name)
    return (*rows, Facings(None, UNKNOWN, 0, unknown, 0)) if unknown else tuple(rows)


def availability(counted: Sequence[Facings]) -> float | None:
    """Share of the planned products in the photo of which at least one facing stands, 0–1."""
    planned = [f for f in counted if f.planned]
    return sum(f.seen > 0 for f in planned) / len(planned) if planned else None


def shares_of(a: Alignment, j: Judgement, catalog: Catalog) -> tuple[Share, ...]:
    """By product, brand and category, most planned inches first."""
    p, seen = a.planned, a.seen
    judged = np.flatnonzero(j.state != State.NOT_SEEN)
    here = np.flatnonzero(on_shelf(a, j))
    planned_of = [(p.product_ids[u], float(p.size_in[u])) for u in judged]
    size = dict(zip(p.product_ids, p.size_in.tolist(), strict=True))
    scale = {row: a.scales[s].px_per_in for s, row in a.rows.items()}
    seen_of = [
        (int(seen.named[f]), _width(int(seen.named[f]), float(seen.boxes[f, 2]), scale[int(a.plan_row[f])],
                                    size, catalog))
        for f in here
    ]
    result: list[Share] = []
    for by in ("product", "brand", "category"):
        table: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0, 0.0])
        for at, items in ((0, planned_of), (1, seen_of)):
            for product_id, inches in items:
                row = table[_group(by, product_id, catalog)]
                row[at] += inches
                row[at + 2] += 1
        total = [max(sum(row[k] for row in table.values()), 1e-9) for k in (0, 1)]
        rows = [
            Share(by, name, r[0], r[1], int(r[2]), int(r[3]), r[0] / total[0], r[1] / total[1])
            for name, r in table.items()
        ]
        result += sorted(rows, key=lambda r: (-r.planned_in, -r.seen_in, r.name))
    return tuple(result)


def name_of(product_id: int, catalog: Catalog) -> str:
    """The product's name, or its number where the catalog lacks it."""
    product = catalog.get(product_id)
    return product.name if product else f"product {product_id}"


def _group(by: str, product_id: int, catalog: Catalog) -> str:
    if product_id < 0:
        return UNKNOWN
    if by == "product":
        return name_of(product_id, catalog)
    product = catalog.get(product_id)
    value = "" if product is None else product.brand if by == "brand" else product.category
    return value or f"No {by}"


def _width(
    product_id: int, px: float, px_per_in: float, planned: dict[int, float], catalog: Catalog
) -> float:
    """Inches of a package: as the plan or the catalog says, else as it is seen."""
    if product_id in planned:
        return planned[product_id]
    product = catalog.get(product_id)
    return product.width_in if product is not None and product.width_in > 0 else px / px_per_in
