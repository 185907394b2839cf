"""Trees learn what the methods do not know, and stay away where there is little to learn from."""

from __future__ import annotations

from datetime import date

import numpy as np

from core.forecast import boosting
from core.forecast.fleet import choose, forecast
from core.forecast.insight import View, table
from core.forecast.methods import METHODS, Evidence
from core.forecast.panel import Panel
from core.forecast.profiles import Feature

SERIES, STEPS, REACH, SITES = 200, 60, 4, 20
EFFECT = 2.0


def view(origin: int, promotion: np.ndarray, rate: float = 20.0) -> View:
    """Weekly series at a known level that promotions, unknown to the methods, double."""
    rng = np.random.default_rng(origin)
    mean = rate * np.where(promotion > 0, EFFECT, 1.0)
    sold = rng.poisson(mean).astype(float)
    ahead = slice(origin, origin + REACH)
    level = np.full((SERIES, len(METHODS)), rate)
    total = sold[:, :origin].sum(axis=1)
    past = Evidence(level, level, total, np.full(SERIES, float(origin)))
    return View(
        origin, level, past, np.ones((SERIES, REACH)), sold[:, ahead], np.arange(SERIES) % SITES,
        np.arange(SERIES) // SITES, sold, np.ones_like(sold), np.ones((SERIES, STEPS)), np.ones(SERIES),
    )


def promoted() -> np.ndarray:
    return (np.random.default_rng(1).random((SERIES, STEPS)) < 0.3).astype(float)


def test_trees_learn_a_promotion_that_the_methods_do_not_know():
    """Sales double on promotion: weeks ahead with one are told near twice those without."""
    promotion = promoted()
    features = [Feature("price", promotion, 1)]
    model = boosting.train([view(origin, promotion) for origin in range(20, 52, 4)], features, 1)
    assert model is not None
    new = view(56, promotion)
    told, on = boosting.told(model, new, features, 1), promotion[:, 56:60] > 0
    assert abs(told[on].mean() / told[~on].mean() - EFFECT) < 0.3
    assert abs(told.sum() / new.units.sum() - 1) < 0.05


def test_too_few_rows_make_no_trees():
    """One origin of two hundred series has fewer rows than trees need."""
    assert boosting.train([view(20, promoted())], [], 1) is None


def test_a_row_sees_the_promotions_of_its_neighbors():
    """The price factor of one product changes what others of its site see, and nothing at other sites."""
    plain = view(40, promoted())
    price = np.ones((SERIES, STEPS))
    price[0, 40:44] = 3.0
    lifted = View(**{**{f: getattr(plain, f) for f in plain.__dataclass_fields__}, "price": price})
    changed = (table(plain, [], 1) != table(lifted, [], 1)).any(axis=(1, 2))
    assert (changed == (plain.site == plain.site[0])).all()


def test_targets_of_all_origins_end_in_time():
    """Origins are rising, not before the least, and what they look at ends by the last step."""
    found = boosting.anchors(100, 28, 7, 21)
    assert found == sorted(found)
    assert found[0] > 21
    assert found[-1] + 28 <= 100
    assert len(boosting.anchors(1_000, 4, 1, 10)) <= boosting.ANCHORS


def test_a_column_is_parted_into_few_bins():
    """However many values a column has, it keeps as many ends as bins at most; few values keep all."""
    many = np.random.default_rng(2).normal(size=5_000)
    assert len(boosting._edges(many, np.ones(5_000))) <= boosting.BINS
    assert boosting._edges(np.array([1.0, 0.0, 1.0]), np.ones(3)).tolist() == [0.0, 1.0]


def sales(rate: float, series: int = 150, steps: int = 104) -> Panel:
    """Weekly sales of products on promotion now and then, which then take what their neighbors lose."""
    rng = np.random.default_rng(3)
    site = np.arange(series) // 6
    deal = (rng.random((series, steps + 4)) < 0.2).astype(np.float32)
    at_site = np.add.reduceat(deal, np.arange(0, series, 6), axis=0)[site]
    mean = rate * (1 + 3 * deal) / (1 + 0.5 * at_site)
    zero = np.zeros(series, np.int64)
    units = rng.poisson(mean[:, :steps]).astype(np.float32)
    return Panel(
        start=date(2024, 1, 1), units=units, exposure=np.ones_like(units), censored=units < 0, site=site,
        product=np.arange(series) % 6, category=zero, venue=zero, price=np.ones(series),
        prior_rate=np.full(series, np.nan), step_days=7, inputs={"promotion": deal},
    )


def test_trees_are_let_in_where_neighbors_take_from_each_other():
    """What promotions do depends on the others', which only trees can tell: they are trusted."""
    given = sales(30.0)
    pool = choose(given, 4)
    assert pool.boost == boosting.SHARE
    told = forecast(given, 4, pool=pool)
    assert (told.mean > 0).all()
    assert np.allclose(told.base * np.prod([*told.factors.values()], axis=0), told.mean, rtol=1e-4)


def test_little_sold_leaves_trees_out():
    """Fewer units than trees need: nothing is asked of them."""
    assert choose(sales(0.5), 4).boost == 0.0
