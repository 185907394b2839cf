"""The overview: numbers that can be checked by hand, and words that add none."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from core.capabilities.overview import overview
from core.capabilities.overview.facts import PlanFacts, Stand, alike, facts_of
from core.capabilities.overview.words import Facts
from core.capabilities.phrases import money
from core.planogram.fixture import Fixture
from core.planogram.planogram import Planogram
from tests.support.sites import make_catalog, make_plan, make_site

FIXTURE = Fixture.machine((4, 4))
CATALOG = make_catalog(12)
PLAN = make_plan(FIXTURE, [1, 2, 3, 4, 5, 6, 7, 0])
SITE = make_site(FIXTURE, CATALOG, slot={"A1": 0.4}, reference=PLAN, draws=20)
DAYS = 28


def stand(number: int, plan: Planogram, venue: str = "office") -> Stand:
    return Stand(number, f"Plan {number}", number, f"Place {number}", venue, None, plan)


def totals(*rows: tuple[int, int, float]) -> np.ndarray:
    """(site, product, money a day) → rows as the store gives them."""
    return np.array([(site, product, DAYS, money * DAYS / 2, money * DAYS, 0) for site, product, money in rows])


@pytest.fixture
def facts() -> list[PlanFacts]:
    """Three plans, of which the second and third earn more than the first and carry product 9."""
    others = make_plan(FIXTURE, [9, 2, 3, 4, 5, 6, 7, 8])
    plans = [stand(1, PLAN), stand(2, others), stand(3, others)]
    sold = totals((1, 1, 2.0), (1, 2, 2.0), (2, 9, 12.0), (2, 2, 4.0), (3, 9, 8.0), (3, 3, 4.0))
    return facts_of(plans, sold, DAYS, CATALOG)


def test_what_sold_at_a_place_is_the_plans_money(facts: list[PlanFacts]) -> None:
    """By slot of a machine."""
    assert [f.revenue for f in facts] == pytest.approx([4.0, 16.0, 12.0])
    assert facts[0].per_size == pytest.approx(0.5)
    assert sum(facts[1].sales.values()) == pytest.approx(1.0)


def test_two_plans_of_one_place_share_what_a_product_sold_by_facings() -> None:
    """A machine with two cabinets that both hold it."""
    a, b = make_plan(FIXTURE, {"A1": 1}), make_plan(FIXTURE, {"A1": 1, "B1": 1, "B2": 1})
    stands = [replace(stand(1, a), site_id=7), replace(stand(2, b), site_id=7)]
    found = facts_of(stands, totals((7, 1, 8.0)), DAYS, CATALOG)
    assert [f.revenue for f in found] == pytest.approx([2.0, 6.0])


def test_space_and_balance_are_shares() -> None:
    """Seven of eight slots are in use, and one is told as empty."""
    found = overview(PLAN, SITE).metrics
    assert found.space_utilization == pytest.approx(7 / 8)
    assert found.empty_places == 1
    assert found.products == 7
    assert 0.0 < found.category_balance <= 1.0
    assert sum(f.space_share for f in found.fair_share) == pytest.approx(1.0)
    assert sum(f.sales_share for f in found.fair_share) == pytest.approx(1.0)
    for fair in found.fair_share:
        assert fair.index == pytest.approx(100 * fair.space_share / fair.sales_share)


def test_the_best_are_told_with_what_they_do_differently(facts: list[PlanFacts]) -> None:
    """Both carry product 9, which is not on this plan; this one is third of three."""
    found = overview(PLAN, SITE, facts, own_id=1)
    assert (found.rank, found.among) == (3, 2)
    assert any(CATALOG[9].name in p.text for p in found.comparison)
    assert any(CATALOG[9].name in i.text for i in found.improvements)
    assert found.comparison[0].ours == pytest.approx(0.5)
    assert found.comparison[0].theirs == pytest.approx(1.75)


def test_only_its_own_kind_is_compared_with(facts: list[PlanFacts]) -> None:
    """Not a shelf with a machine; the same kind of place where there are enough of them."""
    shelf = stand(4, make_plan(Fixture.shelves(48.0, 2), {}), "store")
    everyone = [*facts, *facts_of([shelf], totals(), DAYS, CATALOG)]
    assert {f.stand.planogram_id for f in alike(everyone, FIXTURE)} == {1, 2, 3}
    assert len(alike(everyone, FIXTURE, "office", least=2)) == 3
    assert len(alike(everyone, FIXTURE, "gym")) == 3


def test_an_empty_plan_is_told_so() -> None:
    """Nothing is divided by nothing."""
    found = overview(PLAN.with_positions(()), SITE)
    assert found.metrics.space_utilization == 0.0
    assert "Nothing stands on this plan" in found.text


def test_the_words_hold_no_number_that_was_not_computed(facts: list[PlanFacts]) -> None:
    """Another writer gets the same facts; its name is told."""
    seen: list[Facts] = []

    class Poet:
        name = "poet"

        def write(self, told: Facts) -> str:
            seen.append(told)
            return "It sells."

    found = overview(PLAN, SITE, facts, writer=Poet(), own_id=1)
    assert (found.text, found.written_by) == ("It sells.", "poet")
    assert seen[0].metrics == found.metrics
    plain = overview(PLAN, SITE, facts, own_id=1)
    assert re.search(r"\$\d", plain.text)
    low, high = plain.metrics.daily_interval
    assert low <= plain.metrics.daily_revenue <= high
    assert f"{money(plain.metrics.daily_revenue, (low, high))} a day" in plain.text


def test_a_margin_is_told_only_where_every_cost_is_known() -> None:
    """One product without would pass for a product that costs nothing."""
    bare = {**CATALOG, 3: replace(CATALOG[3], cost=0.0)}
    site = make_site(FIXTURE, bare, reference=PLAN, draws=20)
    assert overview(PLAN, site).metrics.daily_margin is None
    assert (overview(PLAN, SITE).metrics.daily_margin or 0.0) > 0


def test_what_may_cost_money_is_not_the_first_thing_to_do(facts: list[PlanFacts]) -> None:
    """A swap is told as an improvement where its whole interval is one."""
    swaps = [i for i in overview(PLAN, SITE, facts, own_id=1).improvements if i.interval is not None]
    assert all(i.interval is not None and i.interval[0] > 0 for i in swaps)


def test_money_in_words_has_no_false_digits() -> None:
    """As on every page."""
    assert money(3.04, (-2.0, 16.0)) == "$3.00 (−2.00 to 16.00)"
    assert money(71.09, (69.13, 72.9)) == "$71.10 (69.10–72.90)"
    assert money(108.4, (88.0, 131.0)) == "$108 (88–131)"
