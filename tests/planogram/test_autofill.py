"""Automatic layout: the order of LAYOUT, every product accounted for, no rule broken."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from core.planogram.autofill import as_layout, autofill
from core.planogram.fixture import Fixture, TemperatureZone
from core.planogram.planogram import RuleSet
from core.planogram.product import Product
from core.planogram.rules import violations
from tests.planogram.strategies import catalogs, fixtures, keeps_the_rules


def product(id, category="chips", *, margin=1.0, score=50.0, **more):
    return Product(id, f"P{id}", category, price=margin, overall_score=score, **more)


def slots(result):
    return {p.product_id: (p.slot, p.facings) for p in result.plan.positions}


@settings(max_examples=200, deadline=None)
@given(fixtures, catalogs(max_size=20), st.sampled_from([None, *RuleSet]))
def test_no_catalog_makes_it_break_a_rule(fixture, catalog, rule_set):
    """Every product is placed or told with a reason, in whatever order they come."""
    result = autofill(fixture, catalog.values(), rule_set)
    assert violations(result.plan, catalog) == ()
    keeps_the_rules(result.plan, catalog)
    not_placed = {n.product_id for n in result.not_placed}
    assert not_placed | set(result.plan.product_ids) == set(catalog)
    assert not not_placed & set(result.plan.product_ids)
    assert all(n.reason for n in result.not_placed)
    assert autofill(fixture, reversed(catalog.values()), rule_set) == result
    assert sum(p.facings - 1 for p in result.plan.positions) <= 1


def test_columns_are_shared_equally_with_the_remainder_from_the_left():
    """Seven columns for two categories: the better one gets four."""
    products = [product(i, "good", score=90 - i) for i in range(1, 5)]
    products += [product(i, "poor", score=10) for i in range(5, 9)]
    assert slots(autofill(Fixture.shelves(42, 1), products)) == {
        1: ("A1", 2), 2: ("A3", 1), 3: ("A4", 1), 5: ("A5", 1), 6: ("A6", 1), 7: ("A7", 1),
    }


def test_a_row_is_filled_by_margin_then_score():
    """Margin decides, the score only between equal margins; what is too wide is skipped."""
    products = [product(1, margin=1, score=10), product(2, margin=3, width_in=18.0, score=5),
                product(3, margin=2, score=20), product(4, margin=1, score=30)]
    result = autofill(Fixture.shelves(24, 1), products)
    assert slots(result) == {2: ("A1", 1), 3: ("A4", 1)}


def test_the_highest_scorer_gets_two_facings_where_they_fit():
    """It waits for a row with room for two, and then comes first in it."""
    products = [product(1, margin=9, width_in=12.0), product(2, margin=1, score=99),
                product(3, margin=5, width_in=12.0)]
    assert slots(autofill(Fixture.shelves(18, 3), products)) == {
        1: ("A1", 1), 2: ("B1", 2), 3: ("C1", 1)}
    assert slots(autofill(Fixture.shelves(6, 1), [product(1, score=99)])) == {1: ("A1", 1)}


def test_bulky_packs_stand_low_unless_there_is_no_room():
    """Two bottom rows first; the rest goes to the lowest row above them."""
    bulky = [product(i, pack_height_in=5.0, margin=10 - i, score=0) for i in range(1, 5)]
    small = [product(9, margin=0.1, score=90)]
    result = autofill(Fixture.shelves(6, 4), [*bulky, *small])
    assert slots(result) == {9: ("A1", 1), 1: ("C1", 1), 2: ("D1", 1), 3: ("B1", 1)}
    assert [n.product_id for n in result.not_placed] == [4]


def test_reasons_say_why_a_product_is_not_placed():
    """Temperature, width of the fixture, width of the share, no share, a full share."""
    products = [
        product(1, temperature=TemperatureZone.FROZEN), product(2, width_in=60.0),
        product(3, "a", width_in=18.0, score=99), product(4, "a"), product(5, "a", score=1, margin=0.5),
        product(6, "b"), product(7, "c", score=1),
    ]
    reasons = {n.product_id: n.reason for n in autofill(Fixture.shelves(20, 1), products).not_placed}
    assert "frozen" in reasons[1]
    assert "10 cells" in reasons[2]
    assert "share of a is 1 wide" in reasons[3]
    assert reasons[5] == "The share of a is full."
    crowded = autofill(Fixture.shelves(12, 1), [product(4, "a"), product(6, "b"), product(7, "c", score=1)])
    assert crowded.not_placed[0].reason == "3 categories share 2 columns, and none is left for c."


def test_nothing_to_place_says_so():
    """An empty list gives an empty plan and a sentence."""
    result = autofill(Fixture.shelves(20, 1), [])
    assert result.plan.positions == ()
    assert result.summary == "There are no products to place."


def test_a_machine_with_ragged_trays_is_filled_slot_by_slot():
    """One slot a product, shares cut per tray, rule set as found."""
    result = autofill(Fixture.machine((2, 1)), [product(i, score=i, width_in=99.0) for i in range(1, 4)])
    assert slots(result) == {3: ("A1", 2), 2: ("B1", 1)}
    assert result.plan.rule_set is RuleSet.AS_FOUND


def test_as_layout_gives_the_published_shape():
    """grid, rows with id and name, items with x and w in cells."""
    result = autofill(Fixture.shelves(24, 2), [product(1, width_in=12.0)])
    layout = as_layout(result.plan, {1: product(1)})
    assert layout["grid"] == {"cols": 4, "rows": 2, "cellWidthIn": 6.0}
    assert [r["id"] for r in layout["rows"]] == [0, 1]
    item = layout["rows"][0]["items"][0]
    assert (item["product_id"], item["x"], item["w"], item["facings"]) == (1, 0, 4, 2)
