"""What the editor's component is sent, and that both sides read it alike."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.capabilities.validate import validate
from core.site.site import Site
from core.workbench.fix_lists import LastAudit
from pages.parts.shelf_editor import desk, events, payload
from pages.parts.shelf_editor.desk import Desk
from tests.support.desks import CATALOG, FIXTURE, MOVE, PLAN, SITE, SWAP, Shelf, do
from tests.support.sites import make_site

FRONT = Path(events.__file__).parent / "front"


@pytest.fixture
def work() -> Desk:
    shelf = Shelf(PLAN)
    return Desk(shelf.open(7), SITE, shelf)


def javascript(name: str) -> str:
    return (FRONT / name).read_text("utf-8")


def fields_of(constant: str) -> list[str]:
    """A list of field names in the component's script."""
    found = re.search(rf"const {constant} = \[(.*?)\]", javascript("model.js"), re.DOTALL)
    assert found is not None
    return re.findall(r'"(\w+)"', found[1])


def test_rows_have_the_fields_that_the_component_reads(work: Desk) -> None:
    """Both sides count fields, so both must count the same."""
    shown = work.payload()
    assert {len(row) for row in shown["products"]} == {len(fields_of("PRODUCT_FIELDS"))}
    assert {len(row) for row in shown["positions"]} == {len(fields_of("POSITION_FIELDS"))}
    first = dict(zip(fields_of("POSITION_FIELDS"), shown["positions"][0], strict=True))
    assert (first["product"], first["row"], first["column"], first["locked"]) == (1, 0, 0, False)


def test_the_desk_knows_every_event_that_the_component_sends() -> None:
    """A misspelled event would be refused only when somebody clicks."""
    sent = {kind for path in FRONT.glob("*.js") for kind in re.findall(r'type: "(\w+)"', path.read_text("utf-8"))}
    known = {*events._EDITS, *desk._LOOKING, *desk._KEEPING, "undo", "redo"}
    assert sent <= known | {"button", "radio"}
    assert {"move", "swap", "place", "pairs", "save"} <= sent


@settings(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from([MOVE, SWAP, {"type": "undo"}, {"type": "pairs"}, {"type": "history"},
                                 {"type": "overlay", "name": "heat"}]), max_size=5))  # fmt: skip
def test_every_payload_is_strict_json(asked: list[dict[str, Any]]) -> None:
    """No NaN, no infinity, nothing that only Python knows."""
    shelf = Shelf(PLAN)
    work = Desk(shelf.open(7), SITE, shelf)
    do(work, *asked)
    shown = work.payload()
    assert json.loads(json.dumps(shown, allow_nan=False)) == shown


def test_the_table_of_best_places_survives_its_packing(work: Desk) -> None:
    """Bytes for scores, small integers for money: within half a unit; 255 where a product may not stand."""
    packed, ranking = work.payload()["pairs"], work.ranking
    shape = (len(packed["keys"]), packed["zones"])
    score = np.frombuffer(base64.b64decode(packed["score"]), np.uint8).reshape(shape)
    gain = np.frombuffer(base64.b64decode(packed["gain"]), "<i2").reshape(shape) * packed["unit"]
    legal = np.isfinite(ranking.gain)
    assert (score[~legal] == payload.NOT_ALLOWED).all()
    np.testing.assert_allclose(score[legal], ranking.score[legal], atol=0.51)
    np.testing.assert_allclose(gain[legal], ranking.gain[legal], atol=packed["unit"])


def test_a_product_that_cannot_stand_here_says_why() -> None:
    """Frozen food in an ambient machine."""
    frozen = replace(CATALOG[1], temperature="frozen")
    assert "frozen" in payload.refused(frozen, FIXTURE)
    assert payload.refused(CATALOG[2], FIXTURE) == ""


def test_neighbors_that_compete_are_told_but_not_marked_on_every_tile() -> None:
    """Where a category stands together, nearly every neighbor competes."""
    hostile: Site = make_site(FIXTURE, CATALOG, affinity={(1, 2): -0.6, (2, 1): -0.6}, reference=PLAN, draws=20)
    told = payload.warnings(PLAN, validate(PLAN, hostile).issues)
    competing = [w for w in told if "compet" in w["message"]]
    assert competing
    assert all(w["minor"] and w["many"] for w in competing)
    assert any(not w["minor"] for w in told)


def test_a_product_whose_cost_nobody_told_has_no_margin() -> None:
    """Neither in the list nor over the shelf: 100 % would be a boast."""
    catalog = {**CATALOG, 1: replace(CATALOG[1], cost=0.0)}
    site = make_site(FIXTURE, catalog, reference=PLAN, draws=20)
    shelf = Shelf(PLAN)
    shown = Desk(shelf.open(7), site, shelf).payload()
    column = fields_of("PRODUCT_FIELDS").index("margin")
    margins = {row[0]: row[column] for row in shown["products"]}
    assert margins[1] is None
    assert 0 < margins[2] < 1
    over = next(o for o in shown["overlays"] if o["name"] == "margin")["values"]
    assert over[0] is None
    assert over[1] > 0
    assert "cost not known" in javascript("list.js")


def test_the_last_audit_lies_over_what_stands_as_it_stood_then() -> None:
    """With its date and a link; a position that was moved since is not colored."""
    shelf = Shelf(PLAN)
    work = Desk(shelf.open(7), SITE, shelf)
    assert all(o["name"] != "audit" for o in work.payload()["overlays"])
    first = PLAN.positions[0]
    card = SimpleNamespace(id=3, planogram_id=7, score=0.7712, at=datetime(2026, 5, 4), is_drawn=False)
    work.audited = LastAudit(card, {(first.product_id, first.row, round(first.x_in, 2)): "Missing"})  # type: ignore[arg-type]
    over = work.payload()["overlays"][-1]
    assert (over["name"], over["values"][:2]) == ("audit", ["Missing", None])
    assert "77% as planned" in over["title"]
    assert over["link"] == "photo_audit?planogram=7&audit=3"
    assert set(over["chips"]) < set(over["colors"])
