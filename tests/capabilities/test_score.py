"""The score of one placement: validity, reasons, money, confidence."""

from __future__ import annotations

import pytest

from core.capabilities.confidence import from_days, in_words
from core.capabilities.pairs import ILLEGAL_CAP
from core.capabilities.score import score_placement
from core.planogram import edit
from core.planogram.fixture import Fixture, TemperatureZone
from tests.support.sites import make_catalog, make_plan, make_product, make_site

FIXTURE = Fixture.machine((4, 4, 4))
PLAN = make_plan(FIXTURE, range(1, 12))
GOOD = {"B2": 0.5, "B3": 0.4, "C1": -0.4, "C4": -0.5}


@pytest.mark.parametrize(("days", "expected"), [(1, 0.3), (7, 0.5), (30, 0.8), (90, 0.95)])
def test_confidence_meets_its_anchors(days: int, expected: float) -> None:
    """Within 0.1, as promised."""
    assert from_days(days) == pytest.approx(expected, abs=0.03)
    site = make_site(FIXTURE, days=days)
    assert score_placement(PLAN, site, 1, "B2").confidence == pytest.approx(expected, abs=0.1)


def test_confidence_rises_with_every_day() -> None:
    """Never falls, never reaches certainty."""
    values = [from_days(d / 2) for d in range(1000)]
    assert values == sorted(values)
    assert values[-1] < 1.0
    assert [in_words(v) for v in (0.2, 0.5, 0.8, 0.95)] == ["weak", "fair", "good", "strong"]


@pytest.mark.parametrize(
    ("product_id", "slot"), [(999, "A1"), (1, "Z99"), (1, "A9"), (1, "nowhere"), (1, ""), (-1, "A1")]
)
def test_a_wrong_product_or_slot_is_answered_not_raised(product_id: int, slot: str) -> None:
    """With an error and a suggestion."""
    result = score_placement(PLAN, make_site(FIXTURE), product_id, slot)
    assert not result.valid
    assert result.error
    assert result.suggestion
    assert not result.constraints_passed


def test_contributions_add_up_to_the_score() -> None:
    """Each is its weight times its value."""
    result = score_placement(PLAN, make_site(FIXTURE, slot=GOOD), 3, "B2")
    assert sum(c.points for c in result.contributions) == pytest.approx(result.placement_score)
    assert all(c.points == pytest.approx(c.weight * c.value) for c in result.contributions)
    assert result.explain()["score"] == result.placement_score


def test_a_fast_mover_scores_more_in_a_better_slot() -> None:
    """And a warm place scores under the cap for a product that needs cold."""
    catalog = make_catalog(12) | {13: make_product(13, velocity=9.0)}
    site = make_site(FIXTURE, catalog, slot=GOOD)
    best, worst = (score_placement(PLAN, site, 13, slot) for slot in ("B2", "C4"))
    assert best.placement_score > worst.placement_score + 20
    assert best.expected_revenue_delta.value > worst.expected_revenue_delta.value
    assert best.zone_analysis.current_zone_value > 1.0 > worst.zone_analysis.current_zone_value


def test_the_wrong_temperature_fails_with_its_reason() -> None:
    """And the cap is part of the contributions."""
    catalog = make_catalog(12) | {13: make_product(13, temperature=TemperatureZone.FROZEN, velocity=9.0)}
    result = score_placement(PLAN, make_site(FIXTURE, catalog, slot=GOOD), 13, "B2")
    assert result.valid
    assert not result.constraints_passed
    assert result.placement_score <= ILLEGAL_CAP
    assert any("frozen" in reason for reason in result.feedback.cons)
    assert sum(c.points for c in result.contributions) == pytest.approx(result.placement_score)


def test_the_money_lies_inside_its_interval_and_says_what_is_displaced() -> None:
    """A swap names the product that moves and what it loses."""
    site = make_site(FIXTURE, slot=GOOD)
    result = score_placement(PLAN, site, 5, "C4")
    gain = result.expected_revenue_delta
    assert gain.lower < gain.value < gain.upper
    assert result.description.startswith("Puts Energy 5")
    swap = score_placement(PLAN, site, 12, "B2")
    assert any("leaves the plan: −$" in con for con in swap.feedback.cons)


def test_a_friend_next_door_is_a_pro_and_a_rival_a_con() -> None:
    """By the affinity of the new neighbors."""
    site = make_site(FIXTURE, make_catalog(13), affinity={(13, 1): 0.8, (13, 3): -0.8})
    result = score_placement(PLAN, site, 13, "A2")
    assert any("Next to Soda 1: bought together 2.2 times" in pro for pro in result.feedback.pros)
    assert any("Next to Chips 3" in con for con in result.feedback.cons)


def test_without_history_the_rules_answer_and_say_so() -> None:
    """Degraded, with what is missing."""
    result = score_placement(PLAN, make_site(FIXTURE, slot=GOOD, days=0), 3, "B2")
    assert result.degraded
    assert result.fallback_score == result.placement_score
    assert result.required_data is not None
    assert result.required_data["sales_days_needed"] == 30
    assert all(c.name != "money" for c in result.contributions)


def test_a_product_the_response_has_never_seen_still_scores() -> None:
    """It starts from its category, with a wide interval."""
    catalog = make_catalog(13)
    site = make_site(FIXTURE, catalog, unknown=[13], slot=GOOD)
    known = make_site(FIXTURE, catalog, slot=GOOD)
    new, old = (score_placement(PLAN, s, 13, "B2").expected_revenue_delta for s in (site, known))
    assert new.upper - new.lower > old.upper - old.lower


def test_a_slot_may_be_given_by_the_machines_label() -> None:
    """And a repeated product moves from the place that is named."""
    fixture = Fixture.machine((2, 2), labels=(("10", "11"), ("20", "21")))
    plan = make_plan(fixture, [1, 1, 2, 0])
    site = make_site(fixture)
    result = score_placement(plan, site, 1, "21", source="11")
    assert result.slot == "B2"
    moved = edit.drop(plan, site.catalog, (1, 1), source="11").plan
    assert moved.at(0, 0) is not None
    assert moved.at(0, 1) is None
