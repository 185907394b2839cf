"""Heat maps, swaps, overlays and next moves."""

from __future__ import annotations

import numpy as np
import pytest

from core.capabilities.heat import MEASURES, best_swaps, heat
from core.capabilities.money import delta
from core.capabilities.next_moves import next_moves
from core.capabilities.overlays import OVERLAYS, overlay, position_overlays
from core.capabilities.score import score_placement
from core.errors import BadInput
from core.planogram import edit
from core.planogram.fixture import Fixture
from core.planogram.rules import violations
from tests.support.sites import make_plan, make_site

FIXTURE = Fixture.machine((4, 4))
GOOD = {"A2": 0.5, "B4": -0.5}
PLAN = make_plan(FIXTURE, range(1, 9))
SLOW_IN_GOOD = {2: -2.0, 8: 2.0}


def test_potential_follows_the_multiplier() -> None:
    """The best slot is worth e^1 times the worst."""
    found = heat(PLAN, make_site(FIXTURE, slot=GOOD))
    value = {s.slot: s.value for s in found.slots}
    assert value["A2"] / value["B4"] == pytest.approx(np.e)
    assert {s.slot: s.revenue_multiplier for s in found.slots}["A2"] == pytest.approx(np.exp(0.5))
    assert max(s.visibility for s in found.slots) == 1.0


def test_the_obvious_swap_is_found_first() -> None:
    """The fast product out of the worst slot into the best; its gain is that of the swapped plan."""
    site = make_site(FIXTURE, slot=GOOD, base=SLOW_IN_GOOD)
    first = best_swaps(PLAN, site, 3)[0]
    assert {first.a, first.b} == {"A2", "B4"}
    exact = delta(PLAN, edit.swap(PLAN, site.catalog, "A2", "B4"), site)
    assert first.expected_gain_per_month == pytest.approx(30 * exact.value)
    assert first.interval[0] == pytest.approx(30 * exact.lower)


def test_the_best_order_has_no_swap_left() -> None:
    """After all gains are taken, nothing is suggested."""
    site = make_site(FIXTURE, slot=GOOD, neighbor=0.0)
    plan = PLAN
    for _ in range(20):
        swaps = best_swaps(plan, site, 1)
        if not swaps:
            break
        plan = edit.swap(plan, site.catalog, swaps[0].a, swaps[0].b)
    assert best_swaps(plan, site) == ()


def test_realized_shows_what_was_sold_and_nothing_where_it_is_unknown() -> None:
    """By cell of the fixture."""
    found = heat(PLAN, make_site(FIXTURE, realized={(0, 1): 4.5}), "realized")
    assert {s.slot: s.value for s in found.slots if s.value is not None} == {"A2": 4.5}


def test_score_is_that_of_what_stands_there() -> None:
    """And unknown for an empty slot."""
    plan = make_plan(FIXTURE, [1, 2, 3])
    site = make_site(FIXTURE, slot=GOOD)
    value = {s.slot: s.value for s in heat(plan, site, "score").slots}
    assert value["A2"] == pytest.approx(score_placement(plan, site, 2, "A2").placement_score)
    assert value["B1"] is None


@pytest.mark.parametrize("measure", MEASURES)
def test_an_empty_plan_has_heat_but_no_swaps(measure: str) -> None:
    """And no slot is lost."""
    found = heat(make_plan(FIXTURE, []), make_site(FIXTURE, slot=GOOD), measure)
    assert len(found.slots) == 8
    assert found.swaps == ()


def test_an_unknown_measure_is_refused() -> None:
    """With the choices."""
    with pytest.raises(BadInput, match="measure"):
        heat(PLAN, make_site(FIXTURE), "warmth")
    with pytest.raises(BadInput, match="overlay"):
        overlay(PLAN, make_site(FIXTURE), "warmth")


@pytest.mark.parametrize("name", OVERLAYS)
def test_an_overlay_has_one_value_a_position(name: str) -> None:
    """Of an empty plan none."""
    site = make_site(FIXTURE, slot=GOOD)
    assert len(overlay(PLAN, site, name)) == 8
    assert overlay(make_plan(FIXTURE, []), site, name) == []


def test_overlays_say_what_the_position_is() -> None:
    """Supply is quantity over units a day."""
    site = make_site(FIXTURE, slot=GOOD)
    first = position_overlays(PLAN, site)[0]
    assert first["slot"] == "A1"
    assert first["supply"] == pytest.approx(6 / first["velocity"])
    assert first["margin"] == pytest.approx(0.5)
    assert first["temperature"] is True


def test_next_moves_are_legal_and_worth_what_they_say() -> None:
    """Each gain equals the money of its plan."""
    site = make_site(FIXTURE, slot=GOOD, base=SLOW_IN_GOOD)
    found = next_moves(PLAN, site, 3)
    assert found
    gains = [m.gain.value for m in found]
    assert gains == sorted(gains, reverse=True)
    for move in found:
        assert move.gain.value == pytest.approx(delta(PLAN, move.plan, site).value)
        assert not violations(move.plan, site.catalog)
