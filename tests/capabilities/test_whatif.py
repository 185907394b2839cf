"""Revenue prediction: identities, sums, and what is said beside the number."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.capabilities.attribution import CAUSES
from core.capabilities.money import delta, delta_money
from core.capabilities.whatif import Labor, RevenuePrediction, predict_revenue
from core.errors import BadInput
from core.planogram import edit
from core.planogram.fixture import Fixture
from tests.support.sites import make_catalog, make_plan, make_product, make_site

FIXTURE = Fixture.machine((4, 4))
GOOD = {"A2": 0.4, "B4": -0.3}
PLAN = make_plan(FIXTURE, range(1, 9))


def assert_adds_up(p: RevenuePrediction) -> None:
    total = p.proposed.daily_revenue - p.baseline.daily_revenue
    assert p.delta.value == pytest.approx(total, abs=1e-9)
    assert sum(c.delta_daily_revenue for c in p.contributions) == pytest.approx(total, abs=1e-9)
    assert sum(c.delta_daily_revenue for c in p.products) == pytest.approx(total, abs=1e-9)
    assert sum(p.causes.values()) == pytest.approx(total, abs=1e-9)
    for product in p.products:
        assert sum(product.causes.values()) == pytest.approx(product.delta_daily_revenue, abs=1e-9)
        assert tuple(product.causes) == CAUSES


def test_the_same_plan_changes_nothing() -> None:
    """Zero lift, zero interval, nothing to pay."""
    p = predict_revenue(PLAN, make_plan(FIXTURE, range(1, 9)), make_site(FIXTURE, slot=GOOD))
    assert (p.delta.value, p.delta.lower, p.delta.upper) == (0.0, 0.0, 0.0)
    assert p.revenue_lift == 0.0
    assert p.break_even.implementation_cost == 0.0
    assert_adds_up(p)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.integers(0, 12), min_size=8, max_size=8),
    st.lists(st.integers(0, 12), min_size=8, max_size=8),
    st.lists(st.sampled_from([None, 1.0, 2.5, 4.0]), min_size=8, max_size=8),
)
def test_contributions_add_up_for_any_two_plans(
    a: list[int], b: list[int], prices: list[float | None]
) -> None:
    """Added, removed, repeated, moved and repriced products at once."""
    current, proposed = make_plan(FIXTURE, a), make_plan(FIXTURE, b)
    proposed = proposed.with_positions(
        replace(p, price=price) for p, price in zip(proposed.positions, prices, strict=False)
    )
    affinity = {(1, 2): 0.5, (3, 4): -0.5, (5, 6): 0.3}
    site = make_site(FIXTURE, slot=GOOD, affinity=affinity, diversion=0.4, reference=PLAN, draws=50)
    assert_adds_up(predict_revenue(current, proposed, site))


def test_a_swap_and_its_reverse_are_opposite() -> None:
    """In point and in interval."""
    site = make_site(FIXTURE, slot=GOOD, diversion=0.3, reference=PLAN)
    swapped = edit.swap(PLAN, site.catalog, "A2", "B4")
    there, back = delta(PLAN, swapped, site), delta(swapped, PLAN, site)
    assert there.value == pytest.approx(-back.value)
    assert there.lower == pytest.approx(-back.upper)


def test_a_product_swapped_with_its_twin_is_worth_nothing() -> None:
    """The placebo change: equal price, equal sales, the interval holds 0."""
    catalog = make_catalog(8) | {
        1: make_product(1, price=2.0, velocity=2.0), 8: make_product(8, price=2.0, velocity=2.0)
    }
    site = make_site(FIXTURE, catalog, slot={"A1": 0.4, "B4": -0.4})
    found = delta(PLAN, edit.swap(PLAN, catalog, "A1", "B4"), site)
    assert found.value == pytest.approx(0.0, abs=1e-12)
    assert found.lower < 0.0 < found.upper


def test_only_place_changes_in_a_plain_swap() -> None:
    """Without neighbors or substitution, all of the difference is place."""
    site = make_site(FIXTURE, slot=GOOD, neighbor=0.0)
    p = predict_revenue(PLAN, edit.swap(PLAN, site.catalog, "A2", "B4"), site)
    assert p.causes["place"] == pytest.approx(p.delta.value)
    assert {c for c, v in p.causes.items() if abs(v) > 1e-12} == {"place"}


def test_what_is_added_takes_from_its_category() -> None:
    """Added is positive, substitution negative and only on the category's others."""
    catalog = make_catalog(12) | {13: make_product(13, "soda", velocity=3.0)}
    plan = make_plan(FIXTURE, [1, 2, 3, 4, 5, 6, 7])
    site = make_site(FIXTURE, catalog, diversion=0.5, reference=plan)
    p = predict_revenue(plan, edit.drop(plan, catalog, (1, 3), product_id=13).plan, site)
    assert p.causes["added"] > 0 > p.causes["substitution"]
    assert {x.product_id for x in p.products if x.causes["substitution"] < -1e-12} == {1, 7}


def test_a_higher_price_sells_less_but_not_nothing() -> None:
    """Price is its own cause; money at elasticity −1 stays as it was."""
    site = make_site(FIXTURE, price=-1.0, neighbor=0.0)
    p = predict_revenue(PLAN, edit.set_price(PLAN, "A1", 5.0), site)
    assert p.delta.value == pytest.approx(0.0, abs=1e-9)
    dearer = predict_revenue(PLAN, edit.set_price(PLAN, "A1", 5.0), make_site(FIXTURE, price=-2.0))
    assert dearer.causes["price"] == pytest.approx(dearer.delta.value)
    assert dearer.delta.value < 0
    assert any("price" in r.factor for r in dearer.risk_factors)


def test_a_product_the_site_has_never_seen_is_told_as_a_risk() -> None:
    """It counts with a wide interval instead of stopping the prediction."""
    catalog = make_catalog(13)
    site = make_site(FIXTURE, catalog, unknown=[13])
    after = edit.drop(PLAN, catalog, (0, 0), product_id=13).plan
    p = predict_revenue(PLAN, after, site)
    assert any("never stood here" in r.factor and r.impact == "high" for r in p.risk_factors)
    with pytest.raises(BadInput, match="not in the catalog"):
        predict_revenue(PLAN, make_plan(FIXTURE, [999]), site)


@pytest.mark.parametrize(("horizon", "level"), [(0, 0.9), (-3, 0.9), (400, 0.9), (30, 0.2), (30, 1.0)])
def test_an_impossible_horizon_or_level_is_refused(horizon: int, level: float) -> None:
    """With the value and the rule."""
    with pytest.raises(BadInput, match="not possible"):
        predict_revenue(PLAN, PLAN, make_site(FIXTURE), horizon, level)


def test_intervals_widen_with_the_level_and_with_chance() -> None:
    """What a month will show varies more than what is expected of it."""
    site = make_site(FIXTURE, slot=GOOD)
    after = edit.swap(PLAN, site.catalog, "A2", "B4")
    narrow, wide = (predict_revenue(PLAN, after, site, confidence_level=c) for c in (0.5, 0.95))
    assert narrow.delta.upper - narrow.delta.lower < wide.delta.upper - wide.delta.lower
    seen, expected = wide.proposed.observed, wide.proposed.interval
    assert seen.upper - seen.lower > expected.upper - expected.lower


def test_good_and_bad_weeks_widen_what_will_be_seen() -> None:
    """They move all positions together, so that they do not average out over a plan; what is expected stays."""
    calm = make_site(FIXTURE, slot=GOOD)
    moody = replace(calm, response=replace(calm.response, week_sd=0.4))
    plans = [predict_revenue(PLAN, PLAN, site).baseline for site in (calm, moody)]
    widths = [p.observed.upper - p.observed.lower for p in plans]
    assert widths[1] > 1.3 * widths[0]
    assert plans[0].interval == plans[1].interval


def test_labor_is_recovered_by_the_gain() -> None:
    """Cost ÷ gain a day; never where there is no gain."""
    site = make_site(FIXTURE, slot={"A2": -0.5, "B2": 0.5}, neighbor=0.0,
                     base={2: 2.0, 6: -2.0})
    after = edit.swap(PLAN, site.catalog, "A2", "B2")
    labor = Labor(rate_per_hour=30.0, minutes_per_move=5.0, minutes_fixed=0.0)
    there = predict_revenue(PLAN, after, site, labor=labor).break_even
    gain = delta(PLAN, after, site).value
    assert there.implementation_cost == pytest.approx(5.0)
    assert there.days_to_recover == pytest.approx(5.0 / gain)
    assert there.roi_30_days == pytest.approx((30 * gain - 5.0) / 5.0)
    assert predict_revenue(after, PLAN, site, labor=labor).break_even.days_to_recover is None


def test_season_ahead_scales_the_money() -> None:
    """July after a last day in June; sites without data know no season."""
    season = np.ones((6, 12))
    season[:, 6] = 1.5
    site = make_site(FIXTURE, season=season)
    plain = make_site(FIXTURE)
    a, b = (predict_revenue(PLAN, PLAN, s).baseline.daily_revenue for s in (site, plain))
    assert a == pytest.approx(1.5 * b)


def test_the_editors_card_speaks_the_same_figure() -> None:
    """Quick and full prediction agree."""
    site = make_site(FIXTURE, slot=GOOD, diversion=0.2, reference=PLAN)
    after = edit.swap(PLAN, site.catalog, "A2", "B4")
    quick, full = delta_money(PLAN, after, site), predict_revenue(PLAN, after, site)
    assert quick.delta.value == pytest.approx(full.delta.value)
    assert quick.delta.lower == pytest.approx(full.delta.lower)
    assert quick.daily.value == pytest.approx(full.proposed.daily_revenue)
