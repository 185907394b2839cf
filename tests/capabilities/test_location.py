"""What a place should carry."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.capabilities.location import Context, personalize
from core.capabilities.location.clusters import PlaceSales, clusters, shrunken_shares
from core.capabilities.location.hours import time_suggestions
from core.capabilities.location.range import Goals
from core.capabilities.location.rivals import Here
from core.capabilities.overview.facts import PlanFacts, Stand, facts_of
from core.errors import BadInput
from core.planogram.fixture import Fixture, TemperatureZone
from tests.capabilities.test_overview import DAYS, totals
from tests.support.sites import make_catalog, make_plan, make_site

FIXTURE = Fixture.machine((4, 4))
CATALOG = make_catalog(12, ("Chips", "Soda", "Candy"))
OWN = make_plan(FIXTURE, [1, 2, 3, 4, 5, 6, 7, 8])
SITE = make_site(FIXTURE, CATALOG, slot={"A1": 0.5, "B4": -0.5}, reference=OWN, draws=20)


def company() -> list[PlanFacts]:
    """The place and four others, all of which carry product 9 and sell it well."""
    other = make_plan(FIXTURE, [9, 2, 3, 4, 5, 6, 7, 8])
    stands = [Stand(1, "Own", 1, "Place 1", "office", None, OWN)]
    stands += [Stand(i, f"Plan {i}", i, f"Place {i}", "office", None, other) for i in range(2, 6)]
    sold = [(i, 9, 8.0) for i in range(2, 6)] + [(i, 2, 3.0) for i in range(1, 6)]
    return facts_of(stands, totals(*sold), DAYS, CATALOG)


def here(**changes: object) -> Here:
    plain = Here(1, "office", ((1, OWN, SITE),), np.zeros((0, 3)))
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_each_slot_gets_a_product_that_may_stand_there_and_no_product_two() -> None:
    """The best place goes to one of the most worth."""
    cold = {**CATALOG, 10: replace(CATALOG[10], temperature=TemperatureZone.FROZEN)}
    site = make_site(FIXTURE, cold, slot={"A1": 0.5}, reference=OWN, draws=20)
    found = personalize(here(plans=((1, OWN, site),)), company(), cold, Goals(), Context())
    assert len(found.recommendations) == 8
    ids = [r.product_id for r in found.recommendations]
    assert len(set(ids)) == len(ids)
    assert 10 not in ids
    best = max(cold.values(), key=lambda p: p.price * p.velocity * (p.id != 10))
    assert found.recommendations[0].product_id == best.id
    assert all(r.reason and r.expected_velocity > 0 for r in found.recommendations)


def test_a_gap_is_what_most_places_like_it_carry() -> None:
    """Product 9, with what it earns them; and only this place has product 1."""
    found = personalize(here(), company(), CATALOG, Goals(), Context())
    assert [g.product_id for g in found.market_gaps] == [9]
    assert found.market_gaps[0].daily_revenue == pytest.approx(8.0)
    assert found.unique_products == (CATALOG[1].name,)
    assert found.differentiation_score == pytest.approx(1 - 7 / 9)


def test_goals_change_what_is_advised() -> None:
    """Health brings in what is healthy, variety more categories than money alone."""
    healthy = {i: replace(p, health_score=95.0 if p.category == "Chips" else 5.0) for i, p in CATALOG.items()}
    site = make_site(FIXTURE, healthy, reference=OWN, draws=20)
    place = here(plans=((1, OWN, site),))

    def chips(goals: Goals) -> int:
        found = personalize(place, company(), healthy, goals, Context())
        return sum(healthy[r.product_id].category == "Chips" for r in found.recommendations)

    assert chips(Goals(0.2, 0.0, 1.0)) > chips(Goals(1.0, 0.0, 0.0))


@pytest.mark.parametrize("values", [(0.0, 0.0, 0.0), (-1.0, 1.0, 0.0), (float("nan"), 1.0, 0.0)])
def test_goals_that_mean_nothing_are_refused(values: tuple[float, float, float]) -> None:
    """At least one above 0."""
    with pytest.raises(BadInput):
        Goals(*values)


def test_the_mix_is_told_beside_that_of_places_like_it() -> None:
    """Shares that add up."""
    found = personalize(here(), company(), CATALOG, Goals(), Context())
    assert sum(m.advised for m in found.category_mix) == pytest.approx(1.0)
    assert sum(m.now for m in found.category_mix) == pytest.approx(1.0)


def test_hours_tell_what_sells_when() -> None:
    """Chips in the morning; visitors are believed before the sales."""
    hourly = np.array([(1, 8, 60.0), (2, 15, 60.0), (1, 15, 10.0)])
    morning, _, afternoon = time_suggestions(hourly, CATALOG)
    assert morning.categories[0] == "Chips"
    assert afternoon.categories[0] == "Soda"
    assert morning.lift > 1.0
    counted = [0.0] * 24
    counted[8] = 1.0
    assert time_suggestions(hourly, CATALOG, counted)[0].share == pytest.approx(1.0)
    assert "not known" in time_suggestions(np.zeros((0, 3)), CATALOG)[0].text


def test_places_that_sell_alike_are_one_cluster() -> None:
    """Two kinds, found without being told their names."""
    soda, chips = {"Soda": 9.0, "Chips": 1.0}, {"Soda": 1.0, "Chips": 9.0}
    places = [PlaceSales(i, f"P{i}", "", soda if i % 2 else chips, 28.0) for i in range(1, 13)]
    found = clusters(places, ["Chips", "Soda"])
    assert {frozenset(i % 2 for i in c.site_ids) for c in found} == {frozenset({0}), frozenset({1})}
    assert clusters([], ["Soda"]) == ()


@given(st.floats(0.0, 1e4), st.floats(0.0, 1e4))
def test_shrunken_shares_are_shares_and_few_sales_say_little(soda: float, chips: float) -> None:
    """A place that sold one can is like all the others."""
    big = PlaceSales(1, "Big", "", {"Soda": 100.0, "Chips": 100.0}, 28.0)
    small = PlaceSales(2, "Small", "", {"Soda": soda, "Chips": chips}, 1.0)
    shares = shrunken_shares([big, small], ["Chips", "Soda"])
    assert shares.sum(axis=1) == pytest.approx([1.0, 1.0])
    one = shrunken_shares([big, PlaceSales(2, "One", "", {"Soda": 1.0}, 1.0)], ["Chips", "Soda"])
    assert one[1] == pytest.approx([0.5, 0.5], abs=0.02)


def test_people_alike_count_more() -> None:
    """Of the places of a cluster, those whose people are as said."""
    young, old = {"median_age": 25.0}, {"median_age": 60.0}
    people = {2: young, 3: young, 4: old, 5: old}
    found = personalize(here(), company(), CATALOG, Goals(), Context("", young), people)
    assert "people" in found.cluster
