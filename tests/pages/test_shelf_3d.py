"""The 3-D view without a browser: what it is sent, and that its script keeps to itself."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.planogram.autofill import autofill
from core.planogram.fixture import Fixture, Shape
from core.planogram.planogram import Planogram, Position
from pages.parts import shelf_3d
from pages.parts.shelf_3d.scene import MACHINE_FOOT_IN, PLINTH_IN, scene
from pages.parts.shelf_editor import payload
from tests.support.sites import make_catalog

FRONT = Path(shelf_3d.__file__).parent / "front"
CATALOG = make_catalog(14)
FIXTURES = {shape.value: Fixture.shelves(120.0, 4, 60.0, 16.0, shape=shape) for shape in Shape}
FIXTURES["machine"] = Fixture.machine((6, 8, 8), labels=(tuple("123456"), tuple("12345678"), tuple("12345678")))


def shown(plan: Planogram, **more: Any) -> Any:
    """A scene as the browser receives it."""
    return json.loads(json.dumps(scene(plan, CATALOG, key="7/last", name="Lobby", **more), allow_nan=False))


def filled(name: str) -> Planogram:
    return autofill(FIXTURES[name], list(CATALOG.values())).plan


def fields(name: str) -> int:
    """How many fields of a row the script reads."""
    text = (FRONT / "scene.js").read_text("utf-8")
    match = re.search(rf"const {name} = \[(.*?)\];", text, re.DOTALL)
    assert match is not None
    return match[1].count('"') // 2


@pytest.mark.parametrize("name", FIXTURES)
def test_every_shape_is_sent_with_a_box_a_facing(name):
    """Rows have the fields that the script reads, and every box belongs to a position."""
    plan = filled(name)
    sent = shown(plan)
    assert len(sent["boxes"]) == sum(p.facings for p in plan.positions) > 0
    assert {box[0] for box in sent["boxes"]} == set(range(len(plan.positions)))
    assert {len(row) for row in sent["boxes"]} == {fields("SCENE_BOX")}
    assert {len(row) for row in sent["positions"]} == {fields("SCENE_POSITION")}
    assert {len(row) for row in sent["products"]} == {fields("SCENE_PRODUCT")}
    assert len(sent["fixture"]["front"]) == len(sent["fixture"]["back"]) >= 2


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("straight", "Straight shelf, 10 ft wide, 1 ft 4 in deep, 5 ft 5 in high"),
        ("L", "L-shaped shelf, 6 ft 4 in wide, 6 ft 4 in deep, 5 ft 5 in high"),
        ("circle", "Circle, 3 ft 2 in wide, 3 ft 2 in deep, 5 ft 5 in high"),
        ("machine", "Machine, 1 ft 10 in wide, 1 ft 8 in deep, 6 ft 3 in high"),
    ],
)
def test_the_fixture_is_told_in_feet(name, words):
    """What a person would measure on the floor, the foot included."""
    assert shown(Planogram(FIXTURES[name]))["fixture"]["words"] == words


def test_a_machine_stands_on_its_bin_and_names_its_selections():
    """A higher foot than a shelf's; the slot with the machine's own number."""
    sent = shown(Planogram(FIXTURES["machine"], (Position(1, 0, 4, 1, 11.2, 2.8),)))
    assert sent["fixture"]["foot"] == MACHINE_FOOT_IN > PLINTH_IN
    assert sent["positions"][0][1] == "A5 (5)"


def test_the_price_is_the_place_s_own_else_the_product_s():
    """A position may have its own price."""
    own = replace(Position(1, 0, 0, 1, 0.0, 6.0), price=9.5)
    sent = shown(Planogram(FIXTURES["straight"], (own, Position(2, 0, 1, 1, 6.0, 6.0))))
    assert [row[5] for row in sent["positions"]] == [9.5, CATALOG[2].price]


def test_a_product_that_left_the_catalog_is_shown_as_such():
    """The plan is drawn all the same."""
    sent = shown(Planogram(FIXTURES["circle"], (Position(99, 0, 0, 1, 0.0, 6.0),)))
    assert sent["products"][0][:2] == [99, "Product no longer in the catalog"]


def test_an_empty_plan_is_furniture():
    """Shelves without products."""
    sent = shown(Planogram(FIXTURES["half circle"]))
    assert sent["boxes"] == sent["positions"] == sent["products"] == []
    assert len(sent["fixture"]["front"]) > 30


def test_nothing_is_fetched_at_run_time():
    """The script is one piece, without imports, addresses or markup made from data."""
    source = shelf_3d._source()
    script = source["js"].replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?://|\bimport\b|\bfetch\(|XMLHttpRequest|innerHTML|insertAdjacentHTML|eval\(", script)
    assert script.count("export default") == 1
    assert "@import" not in source["css"]
    assert "url(" not in source["css"]


def test_every_part_that_the_script_looks_for_is_in_the_markup():
    """``ui.name`` of the script is ``data-ref="name"`` of the markup."""
    source = shelf_3d._source()
    wanted = set(re.findall(r"\bui\.(\w+)", (FRONT / "view.js").read_text("utf-8"))) - {"root"}
    assert wanted <= set(re.findall(r'data-ref="(\w+)"', source["html"]))


# --- the unrolled front in the flat editor ---


def test_a_straight_shelf_has_no_marks_in_the_editor():
    """Nothing is drawn where there is nothing to tell."""
    sent = payload.fixture(FIXTURES["straight"])
    assert (sent["shape"], sent["marks"], sent["seen"]) == ("straight", [], [])


@pytest.mark.parametrize("name", ["end cap", "L", "half circle", "circle"])
def test_other_shapes_are_marked_and_say_how_much_is_seen_of_each_cell(name):
    """A share a cell, the middle of the front no less than its ends."""
    sent = payload.fixture(FIXTURES[name])
    assert len(sent["seen"]) == FIXTURES[name].columns
    assert all(0 <= share <= 1 for share in sent["seen"])
    assert sum(m["kind"] == "corner" for m in sent["marks"]) == (name == "L")
    assert {m["text"] for m in sent["marks"]} >= ({"corner"} if name == "L" else {"front"})
