"""The download menu of the editor, and plans brought in on the Data page."""

from __future__ import annotations

import json

from core.planogram.files import Format
from pages.parts import export


def test_every_format_and_every_guide_is_offered(demo):
    """What the engine can write is what the menu lists."""
    from core.workbench.files import EXPORTS, GUIDES

    assert set(export.FORMATS) == set(EXPORTS)
    assert set(export.GUIDES) == set(GUIDES)
    assert {kind.value for kind in Format} <= set(export.TYPES)


def test_the_data_page_offers_to_import_a_plan(open_page):
    """Beside the sales, with what a file needs to have."""
    app = open_page("data.py")
    assert not app.exception
    assert any("Import a plan" in html.proto.body for html in app.get("html"))


def test_unsaved_changes_are_told():
    """A download is the saved version."""
    assert export._unsaved(0) == "Made when you press"
    assert "1 change that you have not saved is not" in export._unsaved(1)
    assert "3 changes that you have not saved are not" in export._unsaved(3)


def test_a_plan_taken_along_comes_back(demo):
    """Through the door that the menu and the card use, without and with the missing products."""
    saved = demo.open(demo.planograms()[0].id)
    body = json.loads(demo.export_planogram(saved.id, "json").content)
    assert body["name"] == saved.name
    body["products"][0] |= {"name": "Brand new", "upc": "999999", "id": 0}
    body["positions"] = [p for p in body["positions"] if p["product_id"] != body["products"][0]["id"]]
    first = next(p for p in saved.plan.positions)
    body["positions"] = [{**p, "product_id": 0} if p["slot"] == first.slot else p for p in body["positions"]]
    content = json.dumps(body).encode()
    looked = demo.import_planograms(content, "x.json", dry_run=True)
    assert [p.line for p in looked.rejected] == [1]
    made = demo.import_planograms(content, "x.json", create_products=True, dry_run=True)
    assert (made.products_created, made.rejected) == (1, ())
    assert made.rows_imported == len(saved.plan.positions)
