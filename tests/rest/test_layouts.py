"""Two ways to write one shelf are no change; what is left out of a scenario stays."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import example, given
from hypothesis import strategies as st

from core.planogram.diff import diff
from core.planogram.fixture import Fixture
from core.planogram.planogram import Planogram, Position, RuleSet
from core.planogram.product import Product
from core.rest.layouts import layout_of, scenario_of
from core.rest.shapes import positions_json

CATALOG = {i: Product(i, f"P{i}", "A", width_in=2.0, price=1.0) for i in range(1, 4)}
MACHINE = Fixture.machine((4, 4))
FREE = Fixture.shelves(40.0, 2, cell_width_in=0.1)


def coil(product_id: int, row: int, column: int, facings: int = 1, **more: Any) -> Position:
    pitch = MACHINE.cell_width_in
    return Position(product_id, row, column, facings, column * pitch, facings * pitch, facings, **more)


def machine_plan(*positions: Position) -> Planogram:
    return Planogram(MACHINE, positions, RuleSet.AS_FOUND)


APART = machine_plan(
    coil(1, 0, 0, price=1.5, quantity=3, capacity=8), coil(1, 0, 1, price=1.5, quantity=2, capacity=8),
    coil(2, 1, 0, price=2.0))
JOINED = machine_plan(coil(1, 0, 0, 2, price=1.5, quantity=5, capacity=16), coil(2, 1, 0, price=2.0))
IN_PARTS = [{"position": "A1", "product_id": 1}, {"position": "A2", "product_id": 1},
            {"position": "B1", "product_id": 2}]
AS_FACINGS = [{"position": "A1", "product_id": 1, "facings": 2}, {"position": "B1", "product_id": 2}]


@pytest.mark.parametrize("slots", [IN_PARTS, AS_FACINGS], ids=["in parts", "as facings"])
@pytest.mark.parametrize("plan", [APART, JOINED], ids=["coils apart", "facings joined"])
def test_the_same_shelf_is_no_change_however_it_is_written(plan: Planogram, slots: list) -> None:
    """Prices and stock that are left out stay."""
    assert not diff(plan, scenario_of(plan, slots, CATALOG))


def test_a_real_change_beside_coils_kept_apart_is_that_change_alone() -> None:
    """The product in the other row moves; the two coils are not touched."""
    moved = [*IN_PARTS[:2], {"position": "B3", "product_id": 2}]
    found = diff(APART, scenario_of(APART, moved, CATALOG))
    assert {kind: n for kind, n in found.counts.items() if n} == {"moved": 1}


def test_a_layout_without_stock_forgets_it() -> None:
    """What is saved is what was sent; only a scenario fills in."""
    sent = [{k: v for k, v in p.items() if k not in ("quantity", "capacity")} for p in positions_json(APART)]
    assert [p.quantity for p in layout_of(APART, sent, CATALOG).positions] == [None, None, None]


def test_the_same_place_twice_is_not_made_one() -> None:
    """So that the rules can refuse it."""
    twice = [IN_PARTS[2], IN_PARTS[2]]
    assert len(scenario_of(APART, twice, CATALOG).positions) == 2


@st.composite
def plans(draw: st.DrawFn) -> Planogram:
    """Any filling of the machine, neighbors of one product included."""
    cells = [(r, c) for r, c in MACHINE.cells() if draw(st.booleans())]
    return machine_plan(*(
        coil(draw(st.integers(1, 3)), r, c, price=draw(st.sampled_from([None, 1.0, 1.5])),
             quantity=draw(st.none() | st.integers(0, 9)), locked=draw(st.booleans()))
        for r, c in cells))


@given(plans())
def test_what_is_read_can_be_sent_back(plan: Planogram) -> None:
    """The JSON of any machine's plan is that plan again."""
    assert layout_of(plan, positions_json(plan), CATALOG) == plan


@given(st.lists(st.tuples(st.floats(0, 36), st.floats(0.5, 3), st.integers(1, 3)), max_size=6))
@example([(0.0, 1.53125, 1), (0.0, 1.533203125, 1)])
def test_positions_on_a_free_shelf_keep_their_width(placed: list[tuple[float, float, int]]) -> None:
    """``width_in`` is part of what is read and sent."""
    positions = tuple(
        Position(product, 0, int(x / 0.1), max(1, round(width / 0.1)), x, width)
        for x, width, product in placed)
    plan = Planogram(FREE, positions)
    again = layout_of(plan, positions_json(plan), CATALOG)
    shape = [(p.product_id, round(p.x_in, 6), round(p.width_in, 6)) for p in again.positions]
    assert sum(w for _, _, w in shape) == pytest.approx(sum(p.width_in for p in plan.positions))
    assert {p.product_id for p in again.positions} == {p.product_id for p in plan.positions}


def test_a_scenario_of_coils_predicts_no_lift_by_rest(client: TestClient, machine: dict) -> None:
    """Two coils of one product, saved apart, then asked about as two facings."""
    positions = [dict(p) for p in machine["positions"]]
    positions[1]["product_id"] = positions[0]["product_id"]
    positions[1]["price"] = positions[0]["price"]
    path = f"/planograms/{machine['id']}"
    assert client.put(f"{path}/layout", json={"base_version": 1, "positions": positions}).status_code == 200
    slots = [{"position": p["slot"], "product_id": p["product_id"]} for p in positions]
    asked = client.post("/planograms/predict-revenue", json={
        "planogram_id": machine["id"], "proposed_planogram": {"slots": slots}}).json()
    assert asked["predictions"]["proposed"]["revenue_lift"] == 0.0
    assert asked["predictions"]["break_even_analysis"]["positions_changed"] == 0
