"""Log lift says what goes together, and nothing where chance explains it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd

from core.site.affinity import log_lift
from core.site.site import PlanPeriod, SiteHistory
from tests.site.worlds import FIRST_DAY, catalog_of, plan_of, tiny_world

IDS = np.arange(1, 13)
CATEGORY = IDS % 4


def site(baskets: list[tuple[int, ...]], *ranges: list[int]) -> SiteHistory:
    """A site with these baskets whose products stood in turn, 50 days a range."""
    catalog = catalog_of(12)
    history = tiny_world(sites=1, days=8).histories[0]
    periods = tuple(
        PlanPeriod(FIRST_DAY + timedelta(50 * k), FIRST_DAY + timedelta(50 * k + 49),
                   plan_of(history.fixture, products, catalog))
        for k, products in enumerate(ranges or ([*range(1, 13)],))
    )
    rows = [(t, p) for t, basket in enumerate(baskets) for p in basket]
    return replace(history, periods=periods, baskets=pd.DataFrame(rows, columns=["transaction", "product_id"]))


def random_pairs(rng: np.random.Generator, n: int, products: np.ndarray = IDS) -> list[tuple[int, ...]]:
    return [tuple(int(p) for p in rng.choice(products, 2, replace=False)) for _ in range(n)]


def test_products_bought_together_have_a_positive_lift_and_it_is_symmetric():
    """1 and 2 in a quarter of the baskets."""
    rng = np.random.default_rng(1)
    lift = log_lift([site(random_pairs(rng, 1500) + [(1, 2)] * 500)], IDS, CATEGORY)
    assert lift[0, 1] > 0.4
    assert np.allclose(lift, lift.T)
    assert lift[0, 1] > np.abs(lift[4:, 4:]).max()


def test_chance_alone_gives_next_to_no_lift():
    """Pairs drawn at random, few of them."""
    rng = np.random.default_rng(2)
    lift = log_lift([site(random_pairs(rng, 300))], IDS, CATEGORY)
    assert np.abs(lift).max() < 0.2


def test_products_that_never_stood_together_are_no_rivals():
    """1 gave way to 2 in a reset: that no basket holds both says nothing."""
    rng = np.random.default_rng(3)
    before, after = np.array([1, *range(3, 13)]), np.arange(2, 13)
    baskets = random_pairs(rng, 3000, before) + random_pairs(rng, 3000, after)
    lift = log_lift([site(baskets, before.tolist(), after.tolist())], IDS, CATEGORY)
    assert abs(lift[0, 1]) < 0.1


def test_without_baskets_there_is_no_affinity():
    """None at all, single products, and unknown ones."""
    empty = replace(site([]), baskets=None)
    assert not log_lift([empty, site([(1,), (2,)]), site([(98, 99)])], IDS, CATEGORY).any()
