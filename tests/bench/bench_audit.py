"""An audit of a shelf of 400 facings, without reading its photo, beside the plain alignment of its rows.

Each call gets another reading: 24 facings stand wrong, boxes are off by a few pixels. The reference aligns
each row cell by cell in Python, with the same scores and nothing else: no scales, no words, no figures.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from core.compliance.audit import audit
from core.compliance.fixes import audited
from core.compliance.planned import planned_facings
from core.compliance.reading import Reading
from core.compliance.seen import seen_facings
from core.planogram.planogram import Planogram
from core.planogram.product import Catalog
from tests.bench.report import ROUNDS, Figure, print_figures, timed
from tests.compliance.shelves import catalog_of, free_plan, read, stands_of, with_room

ROWS, FACINGS, PRODUCTS, WRONG, NOISE_PX, TIMES = 8, 50, 120, 24, 1.5, 10
LEFT_OUT = 0.45


def shelf(seed: int = 1) -> tuple[Planogram, Catalog]:
    """Rows of at least 50 facings, one to five of a product side by side."""
    rng = np.random.default_rng(seed)
    catalog = catalog_of(rng.uniform(2.5, 6.0, PRODUCTS).tolist())
    rows = []
    for _ in range(ROWS):
        row: list[tuple[int, int]] = []
        while sum(n for _, n in row) < FACINGS:
            row.append((int(rng.integers(1, PRODUCTS + 1)), int(rng.integers(1, 6))))
        rows.append(row)
    return free_plan(rows, catalog), catalog


def readings(plan: Planogram, catalog: Catalog, seed: int = 2) -> Iterator[Reading]:
    """Photos of the shelf with missing, wrong and unknown packages, without end."""
    rng = np.random.default_rng(seed)
    while True:
        stands = stands_of(plan)
        for at in rng.choice(len(stands), WRONG, replace=False).tolist():
            stands = with_room(stands, at, (None, 0, int(rng.integers(1, PRODUCTS + 1)))[int(rng.integers(3))])
        yield read(plan, stands, catalog, rng, NOISE_PX)


def plainly(reading: Reading, plan: Planogram, catalog: Catalog) -> float:
    """The sum of the best alignments of all rows, one cell after another."""
    planned = planned_facings(plan, catalog)
    seen = seen_facings(reading, planned.products)
    total = 0.0
    for row in range(ROWS):
        facings, units = seen.of_row(row), planned.of_row(row)
        shares = seen.shares[np.ix_(facings, planned.product[units])].tolist()
        before = [-LEFT_OUT * j for j in range(len(units) + 1)]
        for i in range(len(facings)):
            now = [before[0] - LEFT_OUT]
            for j in range(len(units)):
                pair = before[j] + shares[i][j]
                now.append(max(pair, before[j + 1] - LEFT_OUT, now[j] - LEFT_OUT))
            before = now
        total += before[-1]
    return total


def main() -> list[Figure]:
    plan, catalog = shelf()
    photos = readings(plan, catalog)
    asked = [next(photos) for _ in range(2 * ROUNDS * TIMES)]
    started = time.perf_counter()
    plainly(asked[0], plan, catalog)
    reference = f"rows aligned cell by cell, nothing else, {(time.perf_counter() - started) * 1000:,.0f} ms"
    facings = len(asked[0].facings)
    half = ROUNDS * TIMES
    return [
        timed(f"audit of {facings} facings that were read", 100.0,
              lambda i: audit(asked[i], plan, catalog), TIMES, reference),
        timed("the same with its fix list", 150.0, lambda i: audited(asked[half + i], plan, catalog), TIMES),
    ]


if __name__ == "__main__":
    print_figures(main())
