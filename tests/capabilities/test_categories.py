"""Categories for a new plan: by plans like it, the season, the store."""

from __future__ import annotations

from dataclasses import replace

from core.capabilities.categories import Wanted, suggest_categories
from core.capabilities.overview.facts import PlanFacts, Stand, facts_of
from core.planogram.fixture import Fixture, TemperatureZone
from core.planogram.planogram import Planogram
from core.planogram.product import Product
from tests.capabilities.test_overview import DAYS, totals
from tests.support.sites import make_catalog, make_plan

FIXTURE = Fixture.machine((3, 3))
CATALOG = make_catalog(9, ("Chips", "Soda", "Candy"))
IDS = {"Chips": 11, "Soda": 12, "Candy": 13}


def stand(number: int, plan: Planogram, venue: str) -> Stand:
    return Stand(number, f"Plan {number}", number, f"Place {number}", venue, None, plan)


def company(catalog: dict[int, Product] = CATALOG) -> list[PlanFacts]:
    """Offices sell soda (products 2, 5, 8), gyms sell candy (3, 6, 9); chips stand at both and sell little."""
    plan = make_plan(FIXTURE, [1, 2, 3, 4, 5, 6, 7, 8, 9])
    stands = [stand(i, plan, "office" if i <= 3 else "gym") for i in range(1, 7)]
    sold = [(i, 2 if i <= 3 else 3, 9.0) for i in range(1, 7)] + [(i, 1, 1.0) for i in range(1, 7)]
    return facts_of(stands, totals(*sold), DAYS, catalog)


def test_what_sells_at_places_like_it_comes_first() -> None:
    """Soda for an office, candy for a gym."""
    for venue, best in (("office", "Soda"), ("gym", "Candy")):
        found = suggest_categories(Wanted(FIXTURE, None, venue), company(), CATALOG, IDS)
        assert found[1].categories == (best,)
        assert found[1].category_ids == (IDS[best],)
        assert "6 of 6 plans" in found[1].reasoning


def test_the_first_suggestion_is_a_set_that_plans_of_this_size_hold() -> None:
    """The others are single categories, each with a reason and a confidence."""
    found = suggest_categories(Wanted(FIXTURE, None, "office"), company(), CATALOG, IDS)
    assert set(found[0].categories) == set(IDS)
    assert all(len(s.categories) == 1 for s in found[1:])
    assert all(0.0 < s.confidence <= 1.0 and s.reasoning for s in found)


def test_the_season_moves_a_category_up() -> None:
    """Candy that sells three times as much in winter."""
    catalog = {
        i: replace(p, seasonality={"winter": 3.0, "spring": 1.0, "summer": 0.2, "autumn": 1.0})
        if p.category == "Candy" else p for i, p in CATALOG.items()
    }
    office = Wanted(FIXTURE, "winter", "office")
    plain = suggest_categories(replace(office, season=None), company(catalog), catalog, IDS)
    winter = suggest_categories(office, company(catalog), catalog, IDS)
    place = [s.categories for s in plain].index(("Candy",))
    assert [s.categories for s in winter].index(("Candy",)) <= place
    assert any("more in winter" in s.reasoning for s in winter)


def test_a_category_that_may_not_stand_there_is_not_suggested() -> None:
    """Frozen candy on an ambient shelf."""
    frozen = TemperatureZone.FROZEN
    catalog = {i: replace(p, temperature=frozen) if p.category == "Candy" else p for i, p in CATALOG.items()}
    found = suggest_categories(Wanted(FIXTURE), company(catalog), catalog, IDS)
    assert not any("Candy" in s.categories for s in found)
    assert suggest_categories(Wanted(FIXTURE), [], {}, IDS) == ()


def test_without_sales_margin_and_velocity_speak_and_say_so() -> None:
    """Low confidence."""
    found = suggest_categories(Wanted(FIXTURE), [], CATALOG, IDS)
    assert found
    assert all(s.confidence <= 0.2 and "No plan like this has sales" in s.reasoning for s in found)
