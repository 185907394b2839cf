"""A photo is uploaded, its findings are judged, and the fix list is taken along."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from core.planogram.fixture import Fixture
from core.planogram.planogram import Planogram, Position
from core.settings import Settings
from core.store import users
from core.store.database import Database
from core.workbench import Workbench
from ml.rendering.shelf import Settings as Camera
from ml.rendering.shelf import render
from ml.rendering.studio import DrawnStudio
from tests.browser.conftest import NewPage, Server, settle

pytestmark = pytest.mark.browser

NAMES = ("Oakly Almond Crisps", "Bramble Berry Cookies", "Northfold Rye Rounds", "Sunvale Corn Puffs",
         "Millbrook Oat Squares", "Pepperton Chili Twists", "Tidewell Sea Crackers", "Quillon Honey Wafers")
READ_MS = 180_000
"""However busy the machine is: a photo takes about four seconds of one core."""


@dataclass(frozen=True)
class Shelf:
    """A planogram with packshots, and a photo of it on which two positions are wrong."""

    planogram_id: int
    photo: bytes
    wb: Workbench


@pytest.fixture(scope="module")
def shelf(small_server: Server) -> Shelf:
    database = Database(small_server.database_url)
    actor = users.demo_actor(database)
    assert actor is not None
    wb = Workbench(database, actor, Settings(demo=True))
    made = [wb.create_product(n, "Crackers", brand=n.split()[0], width_in=5.0, height_in=8.0, depth_in=3.0)
            for n in NAMES]
    catalog = {p.id: p for p in made}
    studio = DrawnStudio()
    packshots = {i: studio.packshot(catalog, i) for i in catalog}
    for i, picture in packshots.items():
        wb.add_product_images(i, [picture])
    plan = Planogram(Fixture.shelves(36.0, 2, 24.0, 12.0), tuple(
        Position(made[3 * row + k].id, row, 2 * k, 2, 12.0 * k, 12.0, facings=2)
        for row in range(2) for k in range(3)))
    saved = wb.create_planogram("Corner crackers", plan)
    seen = render(plan, catalog, 4, Camera(1400, turn=2.0, nod=1.0, strength=0.2, departures=2,
                                           kinds=("replaced",), pushed_back=0.0), views=packshots)
    out = io.BytesIO()
    Image.fromarray(seen.image).save(out, "JPEG", quality=92)
    return Shelf(saved.id, out.getvalue(), wb)


def open_audit(page: Page, server: Server, shelf: Shelf) -> None:
    page.goto(f"{server.url}/photo_audit?planogram={shelf.planogram_id}")
    settle(page)


def upload(page: Page, name: str, content: bytes) -> None:
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "image/jpeg", "buffer": content})


def test_a_photo_becomes_findings_that_are_judged_and_a_fix_list(
    small_server: Server, new_page: NewPage, shelf: Shelf, tmp_path: Path
) -> None:
    """Uploaded, one finding confirmed, one corrected on the photo; the PDF is taken along; history has it."""
    page = new_page()
    open_audit(page, small_server, shelf)
    expect(page.locator(".wb-head")).to_contain_text("Photograph Corner crackers")
    upload(page, "shelf.jpg", shelf.photo)
    expect(page.locator(".wb-head")).to_contain_text("stands as planned", timeout=READ_MS)
    settle(page)
    rows = page.locator(".findings li[data-finding]")
    assert rows.count() >= 2
    expect(rows.first).to_contain_text("Wrong product")
    rows.first.get_by_role("button", name="Confirm").click()
    expect(rows.first.get_by_role("button", name="Confirm")).to_have_attribute("aria-pressed", "true")
    rows.nth(1).get_by_role("button", name="Correct").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("Not in the catalog").first.click()
    dialog.get_by_role("button", name="Keep it").click()
    expect(dialog).to_have_count(0)
    expect(rows.nth(1).get_by_role("button", name="Correct")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("radio", name="Fix list").click()
    with page.expect_download() as taken:
        page.get_by_role("button", name="PDF").click()
    assert taken.value.suggested_filename == "fix list Corner crackers.pdf"
    taken.value.save_as(tmp_path / "fixes.pdf")
    assert (tmp_path / "fixes.pdf").read_bytes().startswith(b"%PDF")
    page.get_by_role("radio", name="History").click()
    expect(page.locator("[class*=st-key-card_audit_history] [data-testid=stDataFrame]")).to_be_visible()
    (card,), count = shelf.wb.audits(shelf.planogram_id)
    assert (count, card.judged, card.is_drawn) == (1, 2, False)


def test_the_editor_shows_what_the_last_photo_saw(small_server: Server, new_page: NewPage, shelf: Shelf) -> None:
    """Each product in the color of what was found, with a link to the audit."""
    page = new_page()
    if not shelf.wb.audits(shelf.planogram_id)[1]:
        pytest.skip("there is no audit: the test before this one makes it")
    page.goto(f"{small_server.url}/editor?planogram={shelf.planogram_id}&overlay=audit")
    expect(page.locator(".legend a")).to_contain_text(re.compile(r"Photo of .* as planned"))
    expect(page.locator(".tile .chip:visible").first).to_have_text("Wrong")


def test_what_is_no_photo_is_refused_in_place(small_server: Server, new_page: NewPage, shelf: Shelf) -> None:
    """With what to do; the page stays as it was."""
    page = new_page()
    page.goto(f"{small_server.url}/photo_audit?planogram=2")
    settle(page)
    upload(page, "shelf.jpg", b"\xff\xd8\xff\xe0twelve!!")
    expect(page.locator(".stAlert")).to_contain_text("picture")
    expect(page.locator(".wb-head")).to_contain_text("get a fix list")
