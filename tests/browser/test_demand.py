"""What a person does on the demand page: look ahead, look at one product, price a par level, save it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import NewPage, Server, settle

pytestmark = pytest.mark.browser

FIRST_MS = 120_000
"""The first forecast after a start reads all sales and may make the machine busy for a while."""


@pytest.fixture
def demand(server: Server, page: Page) -> Page:
    """The demand page of the first place, drawn."""
    page.goto(f"{server.url}/demand")
    expect(page.locator(".wb-head")).to_contain_text("will sell", timeout=FIRST_MS)
    settle(page)
    return page


def sums(page: Page) -> Locator:
    return page.locator(".st-key-card_pars .wb-sums div").last


def headers(page: Page) -> list[str]:
    """The columns of the par table; it is drawn when it is in view."""
    page.locator(".st-key-card_pars [data-testid=stDataFrame]").scroll_into_view_if_needed()
    found = page.locator(".st-key-card_pars [role=columnheader]")
    expect(found.first).to_be_attached()
    return found.all_text_contents()


def type_par(page: Page, par: int) -> None:
    """Type a par level into the first row of the table as a person does, by keyboard."""
    headers(page)
    box = page.locator(".st-key-card_pars canvas").first.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 150, box["y"] + 59)
    head = page.locator(".st-key-card_pars [role=columnheader]", has_text="New par")
    wanted = int(head.get_attribute("aria-colindex") or 0)
    cell = page.locator(".st-key-card_pars [role=gridcell][aria-selected=true]")
    expect(cell).to_be_attached()
    steps = wanted - int(cell.get_attribute("aria-colindex") or 0)
    for _ in range(abs(steps)):
        page.keyboard.press("ArrowRight" if steps > 0 else "ArrowLeft")
    expect(cell).to_have_attribute("aria-colindex", str(wanted))
    expect(cell).to_have_attribute("aria-readonly", "false")
    page.keyboard.press("Enter")
    page.locator("input.gdg-input").fill(str(par))
    page.keyboard.press("Enter")


def test_a_longer_horizon_stands_in_the_link(demand: Page):
    """A colleague opens what was seen."""
    demand.get_by_role("radio", name="28 days").or_(demand.get_by_text("28 days", exact=True)).first.click()
    expect(demand.locator(".wb-head")).to_contain_text("next 28 days")
    expect(demand).to_have_url(re.compile(r"ahead_days=28"))
    demand.reload()
    expect(demand.locator(".wb-head")).to_contain_text("next 28 days", timeout=FIRST_MS)


def test_a_product_is_looked_at_alone_without_running_the_page(demand: Page):
    """Only the fan and its causes change."""
    before = demand.locator(".wb-head").inner_text()
    demand.locator(".st-key-product [data-baseweb=select], .st-key-product input").first.click()
    option = demand.get_by_role("option").nth(2)
    name = option.inner_text()
    option.click()
    expect(demand.locator(".st-key-card_fan .wb-quiet")).to_contain_text(name)
    assert demand.locator(".wb-head").inner_text() == before
    expect(demand).to_have_url(re.compile("product="))


def test_an_edited_par_has_its_price_and_becomes_a_version(demand: Page):
    """Edit, see the cost, save, find it in the history, undo."""
    expect(sums(demand)).to_contain_text("no change")
    type_par(demand, 1)
    expect(sums(demand)).not_to_contain_text("no change")
    demand.get_by_role("button", name="Save 1 par level").click()
    expect(demand.get_by_role("button", name=re.compile("Undo version"))).to_be_visible(timeout=FIRST_MS)
    settle(demand)
    expect(sums(demand)).to_contain_text("no change")
    demand.locator(".st-key-pick_version").first.click()
    expect(demand.get_by_role("option").first).to_be_visible()
    demand.keyboard.press("Escape")
    demand.get_by_role("button", name=re.compile("Undo version")).click()
    expect(demand.get_by_role("button", name=re.compile("Undo version"))).to_have_count(0, timeout=FIRST_MS)


def test_every_table_can_be_taken_along(demand: Page, tmp_path: Path):
    """Forecast, causes, par levels, calendar: all as CSV with names."""
    for label in ("the forecast", "the causes", "the par levels", "the calendar"):
        with demand.expect_download() as got:
            demand.get_by_role("button", name=f"Download {label}").click()
        file = tmp_path / "got.csv"
        got.value.save_as(file)
        lines = file.read_text(encoding="utf-8-sig").splitlines()
        assert len(lines) > 5
        assert "Product" in lines[0] or "Day" in lines[0]


def test_the_fleet_leads_to_a_place(server: Server, page: Page):
    """Switch, see what to do first, and open it."""
    page.goto(f"{server.url}/demand?of=Fleet")
    expect(page.locator(".wb-head")).to_contain_text("planograms will sell", timeout=FIRST_MS)
    settle(page)
    page.locator(".st-key-card_todo button").first.click()
    expect(page.locator(".wb-head")).not_to_contain_text("planograms", timeout=FIRST_MS)
    expect(page).to_have_url(re.compile(r"planogram=\d+"))
    expect(page.locator(".st-key-card_pars")).to_be_visible()


def test_the_first_line_leads_down_to_the_pars(demand: Page):
    """One click from what runs out to what helps."""
    link = demand.locator(".wb-head a")
    if link.count() == 0:
        pytest.skip("nothing is likely to run out at the first place")
    link.click()
    expect(demand.locator(".st-key-card_pars .wb-title").first).to_be_in_viewport()


def test_pars_are_edited_on_a_phone(server: Server, new_page: NewPage):
    """The editable column stands beside the product, not three swipes away."""
    page = new_page(390, 844)
    page.goto(f"{server.url}/demand")
    expect(page.locator(".wb-head")).to_contain_text("will sell", timeout=FIRST_MS)
    settle(page)
    columns = headers(page)
    assert columns.index("New par") == columns.index("Product") + 1
