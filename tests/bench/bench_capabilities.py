"""Score, pairs, heat and what-if at 200 slots with 1,000 draws, each beside a plain reference.

Every measured call gets a plan that was just edited, which the clock does not see, so that nothing is
remembered from the call before.
The reference does the same work the obvious way in the same run: an edit and a whole revaluation for each
pair or swap, one draw after another for the what-if; where it would take minutes, a part of it is timed
and the whole is reckoned from that.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import islice

import numpy as np

from core.capabilities.heat import heat
from core.capabilities.pairs import score_pairs
from core.capabilities.score import score_placement
from core.capabilities.valuation import season_ahead
from core.capabilities.whatif import predict_revenue
from core.errors import WorkbenchError
from core.planogram import edit
from core.planogram.fixture import Fixture
from core.planogram.planogram import Planogram
from core.site.response import Effects
from core.site.site import Site
from core.units import slot_name
from tests.bench.report import ROUNDS, Figure, print_figures, timed
from tests.support.sites import make_catalog, make_plan, make_site

ROWS, COLUMNS, PRODUCTS, CATEGORIES, DRAWS, STANDING = 10, 20, 260, 21, 1000, 190
PRODUCTS_ASKED, SCORES = 200, 200


def bench_world(seed: int = 1) -> tuple[Planogram, Site]:
    """190 of 260 products on 200 slots, with affinity and substitution."""
    rng = np.random.default_rng(seed)
    fixture = Fixture.machine((COLUMNS,) * ROWS)
    catalog = make_catalog(PRODUCTS, tuple(f"category {i}" for i in range(CATEGORIES)))
    plan = make_plan(fixture, rng.permutation(np.arange(1, PRODUCTS + 1))[:STANDING].tolist())
    affinity = {
        (int(a), int(b)): float(rng.normal(0.0, 0.5))
        for a, b in rng.integers(1, PRODUCTS + 1, (3 * PRODUCTS, 2)) if a != b
    }
    site = make_site(fixture, catalog, slot=rng.normal(0.0, 0.2, ROWS * COLUMNS), affinity=affinity,
                     neighbor=0.1, diversion=0.3, reference=plan, draws=DRAWS)
    return plan, site


def edits(plan: Planogram, site: Site, seed: int = 2) -> Iterator[tuple[Planogram, int, tuple[int, int]]]:
    """(plan just edited, product to place next, cell to place it on), without end."""
    rng = np.random.default_rng(seed)
    while True:
        cell = (int(rng.integers(ROWS)), int(rng.integers(COLUMNS)))
        product_id = int(rng.integers(1, PRODUCTS + 1))
        yield plan, product_id, cell
        plan = dropped(plan, site, product_id, cell)


def dropped(plan: Planogram, site: Site, product_id: int, cell: tuple[int, int]) -> Planogram:
    """The plan after a drop, moving the product where it stands already."""
    standing = plan.of_product(product_id)
    try:
        return edit.drop(plan, site.catalog, cell, source=standing[0] if standing else None,
                         product_id=product_id).plan
    except WorkbenchError:
        return plan


def whole_money(plan: Planogram, site: Site, effects: Effects | None = None) -> np.ndarray:
    """Money a day the plain way: the whole layout, all positions."""
    layout = site.response.layout(plan)
    worth = layout.price * season_ahead(site)[layout.category]
    return (site.response.rates(layout, effects) * worth).sum(axis=1)


def typical(call: Callable[[], object], times: int) -> float:
    """Median milliseconds."""
    call()
    took = []
    for _ in range(times):
        started = time.perf_counter()
        call()
        took.append((time.perf_counter() - started) * 1000.0)
    return float(np.median(took))


def one_draw(effects: Effects, d: int) -> Effects:
    return Effects(*(getattr(effects, name)[d:d + 1] for name in effects.__dataclass_fields__))


def references(plan: Planogram, site: Site) -> dict[str, float]:
    """Milliseconds of the plain way of each task."""
    stream = edits(plan, site, 5)

    def one_pair() -> None:
        current, product_id, cell = next(stream)
        whole_money(dropped(current, site, product_id, cell), site)

    def one_score() -> None:
        current, product_id, cell = next(stream)
        after = dropped(current, site, product_id, cell)
        draws = site.response.draws
        np.quantile(whole_money(after, site, draws) - whole_money(current, site, draws), (0.05, 0.95))

    def ten_draws() -> None:
        for d in range(10):
            whole_money(plan, site, one_draw(site.response.draws, d))

    pair = typical(one_pair, 30)
    return {
        "score": typical(one_score, 10),
        "pairs": pair * PRODUCTS_ASKED * ROWS * COLUMNS,
        "heat": pair * STANDING * (STANDING - 1) / 2,
        "what-if": typical(ten_draws, 5) * DRAWS / 10 * 2,
    }


def main() -> list[Figure]:
    plan, site = bench_world()
    asked = list(range(1, PRODUCTS_ASKED + 1))
    stream = list(islice(edits(plan, site), ROUNDS * SCORES))
    others = [dropped(plan, site, p, c) for _, p, c in islice(edits(plan, site, 4), 5)]
    plain = {task: f"plain way {ms:,.0f} ms" for task, ms in references(plan, site).items()}

    def score(i: int) -> object:
        current, product_id, cell = stream[i]
        return score_placement(current, site, product_id, slot_name(*cell))

    def what_if(i: int) -> object:
        return predict_revenue(stream[i][0], others[i % len(others)], site)

    for i in range(5):  # what a running workbench has done long ago
        score(i), what_if(i)
    return [
        timed("score of a placement, 200 slots", 5.0, score, SCORES, plain["score"]),
        timed("all pairs, 200 products × 200 slots", 100.0,
              lambda i: score_pairs(stream[i][0], site, asked), 20, plain["pairs"]),
        timed("heat with its best swaps", 20.0, lambda i: heat(stream[i][0], site), 30, plain["heat"]),
        timed("what-if of a whole planogram, 1,000 draws", 150.0, what_if, 20, plain["what-if"]),
    ]


if __name__ == "__main__":
    print_figures(main())
