"""Layouts that clients send: what is read, and how a wrong one is refused."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import BadInput, RuleViolation, WorkbenchError
from core.planogram.fixture import Fixture
from core.planogram.parse import plan_from_payload, positions_from_payload
from core.planogram.planogram import RuleSet
from core.planogram.product import Product
from core.planogram.rules import violations
from tests.planogram.strategies import catalogs, fixtures, keeps_the_rules

SHELF = Fixture.shelves(48, 3)
MACHINE = Fixture.machine((4, 3), labels=(("110", "111", "112", "113"), ("120", "121", "122")))
FREE = Fixture.shelves(48, 2, cell_width_in=0.1)
CATALOG = {1: Product(1, "Cola", "drinks", width_in=4.0), 2: Product(2, "Chips", "snacks", width_in=14.0)}


def read(fixture, *items, **more):
    return positions_from_payload(list(items), fixture, CATALOG, **more)


def test_slot_row_and_inches_name_the_same_place():
    """B4, row 1 with column 3, and 18 inches on row 1."""
    same = {read(SHELF, {"product_id": 1, **place})[0] for place in (
        {"slot": "B4"}, {"row": 1, "column": 3}, {"row": 1, "x_in": 18.0}, {"position": "b4"},
        {"slot": "B4", "row": 1, "column": 3, "x_in": 18.0})}
    assert len(same) == 1


def test_a_machine_label_is_a_slot():
    """121 is the second slot of the second tray."""
    assert read(MACHINE, {"slot": "121", "product_id": 1})[0].slot == "B2"


def test_facings_take_slots_to_the_right():
    """Two facings from A2 cover A2 and A3."""
    position = read(MACHINE, {"slot": "A2", "product_id": 2, "facings": 2})[0]
    assert (position.column, position.cells, position.facings) == (1, 2, 2)


def test_adjacent_positions_of_one_product_become_facings():
    """With their stock added up; not across a gap, a row or a price."""
    item = {"product_id": 1, "capacity": 5}
    merged = read(MACHINE, {"slot": "A1", **item}, {"slot": "A2", **item}, {"slot": "A4", **item},
                  {"slot": "B1", **item})
    assert [(p.slot, p.facings, p.capacity) for p in merged] == [("A1", 2, 10), ("A4", 1, 5), ("B1", 1, 5)]
    priced = read(MACHINE, {"slot": "A1", **item}, {"slot": "A2", "price": 2.0, **item})
    assert [p.facings for p in priced] == [1, 1]
    assert len(read(MACHINE, {"slot": "A1", **item}, {"slot": "A2", **item}, merge=False)) == 2


def test_a_free_shelf_takes_any_left_edge():
    """And an imported width."""
    position = read(FREE, {"row": 1, "x_in": 3.37, "product_id": 1, "facings": 2})[0]
    assert (position.x_in, position.width_in, position.column) == (3.37, 8.0, 33)
    assert read(FREE, {"row": 1, "x_in": 3.37, "product_id": 1, "width_in": 5.1})[0].width_in == 5.1


@pytest.mark.parametrize(("item", "words"), [
    ({"slot": "A1", "product_id": 99}, "Product 99 is not in the catalog"),
    ({"slot": "A1", "product_id": True}, "Product True"),
    ({"slot": "A1"}, "Product None"),
    ({"slot": "Z99", "product_id": 1}, "Slot Z99 is not on this fixture"),
    ({"slot": 4, "product_id": 1}, "Slot 4 is not a text"),
    ({"slot": "B4", "row": 0, "column": 0, "product_id": 1}, "different places"),
    ({"row": 3, "column": 0, "product_id": 1}, "Row cannot be 3"),
    ({"row": 0, "column": -1, "product_id": 1}, "Column cannot be -1"),
    ({"row": 0, "product_id": 1}, "Column cannot be None"),
    ({"product_id": 1}, "No place was given"),
    ({"row": 0, "x_in": 7.0, "product_id": 1}, "not the edge of a cell"),
    ({"row": 0, "x_in": math.nan, "product_id": 1}, "left edge of nan"),
    ({"slot": "A1", "product_id": 1, "quantity": -1}, "Quantity cannot be -1"),
    ({"slot": "A1", "product_id": 1, "facings": 0}, "Facings cannot be 0"),
    ({"slot": "A1", "product_id": 1, "facings": 1.5}, "Facings cannot be 1.5"),
    ({"slot": "A1", "product_id": 1, "price": "free"}, "Price cannot be free"),
    ({"slot": "A1", "product_id": 1, "price": math.inf}, "Price cannot be inf"),
    ("A1", "not an object"),
])
def test_a_wrong_item_is_named_with_its_value(item, words):
    """The number of the item, the value and what would do."""
    with pytest.raises(BadInput, match="Position 2: ") as error:
        read(SHELF, {"slot": "C1", "product_id": 1}, item)
    assert words in error.value.message
    assert error.value.hint


def test_a_layout_that_breaks_a_rule_is_refused_with_every_violation():
    """Both the overlap and the repetition are told."""
    items = [{"slot": slot, "product_id": i} for slot, i in (("A1", 2), ("A2", 1), ("C1", 1))]
    with pytest.raises(RuleViolation) as error:
        plan_from_payload(items, SHELF, CATALOG)
    assert [v.rule for v in error.value.violations] == ["repeated", "overlap"]


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    lambda inner: st.lists(inner, max_size=3), max_leaves=4,
)
KEYS = ["row", "column", "x_in", "slot", "product_id", "facings", "facings_high", "capacity", "quantity",
        "par_level", "price", "width_in", "locked"]
ITEMS = st.lists(st.one_of(
    JSON,
    st.fixed_dictionaries(
        {"product_id": st.integers(1, 9), "row": st.integers(0, 3), "column": st.integers(0, 8)},
        optional={"facings": st.integers(0, 3), "price": st.floats(), "x_in": st.floats(0, 50),
                  "width_in": st.floats(-1, 20)},
    ),
    st.dictionaries(st.sampled_from(KEYS), JSON),
), max_size=6)


@settings(max_examples=200, deadline=None)
@given(ITEMS, fixtures, catalogs(), st.sampled_from(RuleSet), st.booleans())
def test_no_payload_breaks_a_hard_rule(items, fixture, catalog, rule_set, merge):
    """Whatever is sent becomes a sound plan or a readable error."""
    try:
        plan = plan_from_payload(items, fixture, catalog, rule_set, merge=merge)
    except WorkbenchError as error:
        json.dumps([error.message, error.hint])
    else:
        assert violations(plan, catalog) == ()
        keeps_the_rules(plan, catalog)
