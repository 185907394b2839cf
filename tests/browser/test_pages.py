"""What a person does on the pages around the editor."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from pages.parts import nav
from tests.browser.conftest import NewPage, Server, settle

pytestmark = pytest.mark.browser

STEMS = [Path(entry.path).stem for entry in nav.PAGES]
PHONE = (390, 844)

SALES = """Machine,Slot,Product,Price,Quantity,Date
Harbor Lobby,A1,Test Pretzels 1.5 oz,1.75,1,2026-05-04 09:12
Harbor Lobby,A2,Test Cola 12 oz,2.00,1,2026-05-04 10:40
Harbor Lobby,A1,Test Pretzels 1.5 oz,free,1,2026-05-05 11:02
Harbor Lobby,A2,,2.00,1,2026-05-05 12:30
Harbor Lobby,A1,Test Pretzels 1.5 oz,1.75,1,2026-05-06 08:55
Harbor Lobby,A2,Test Cola 12 oz,2.00,2,2026-05-07 15:20
"""


def url_of(server: Server, stem: str) -> str:
    return server.url if stem == "home" else f"{server.url}/{stem}"


@pytest.mark.parametrize("stem", STEMS)
def test_page_fits_a_phone_and_raises_nothing_in_the_browser(server: Server, new_page: NewPage, stem: str):
    """No sideways scrolling of the page, no script error, a first line that is read without a tap."""
    page = new_page(*PHONE, "dark")
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(url_of(server, stem))
    settle(page)
    expect(page.locator(".wb-head").first).to_be_in_viewport()
    width = page.evaluate(
        "Math.max(document.scrollingElement.scrollWidth, document.querySelector('.stMain').scrollWidth)"
    )
    assert width <= PHONE[0]
    assert errors == []


def test_home_leads_to_what_needs_attention(server: Server, page: Page):
    """One click from the fleet to the place itself."""
    page.goto(server.url)
    settle(page)
    page.locator(".st-key-card_attention a").first.click()
    expect(page).to_have_url(re.compile(r"/(editor|heat_zones)\?.*planogram=\d+"))
    settle(page)
    expect(page.locator(".stAlert")).to_have_count(0)


def test_a_swap_that_pays_is_tried_in_the_editor_and_can_be_undone(server: Server, page: Page):
    """From the heat map to a changed, unsaved plan."""
    page.goto(f"{server.url}/heat_zones")
    settle(page)
    page.get_by_role("button", name="Try it").first.click()
    expect(page).to_have_url(re.compile("/editor"))
    expect(page.get_by_role("button", name=re.compile("^Undo")).first).to_be_enabled()


def test_scenarios_are_compared_and_the_best_opens_in_the_editor(server: Server, page: Page):
    """Several plans side by side, each with an interval."""
    page.goto(f"{server.url}/what_if")
    settle(page)
    cards = page.locator("[class*=st-key-card_scenario]")
    before = cards.count()
    assert before >= 2
    expect(cards.first).to_contain_text(re.compile(r"\([+−][\d.]+ to [+−][\d.]+\)"))
    page.get_by_role("button", name="Open in the editor").click()
    expect(page).to_have_url(re.compile("/editor"))
    expect(page.get_by_role("button", name=re.compile("^Undo")).first).to_be_enabled()


def test_a_sales_file_becomes_a_machine_with_a_planogram(server: Server, page: Page, tmp_path: Path):
    """Dropped, recognized, imported; bad rows are told by line; the machine opens in the editor."""
    file = tmp_path / "harbor.csv"
    file.write_text(SALES, encoding="utf-8")
    page.goto(f"{server.url}/data")
    page.get_by_role("region", name="Sales file").locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("4 rows were imported, 2 rows left out")).to_be_visible(timeout=60_000)
    told = page.locator(".wb-sentences")
    expect(told.locator("tr", has_text="free")).to_contain_text("4")
    expect(told.locator("tr", has_text="No product")).to_contain_text("5")
    page.get_by_role("link", name=re.compile("Harbor Lobby")).click()
    expect(page).to_have_url(re.compile(r"/editor\?.*planogram=\d+"))
    expect(page.get_by_text("Test Pretzels").first).to_be_visible()


def test_a_broken_file_is_refused_and_changes_nothing(server: Server, page: Page, tmp_path: Path):
    """A picture renamed .csv."""
    file = tmp_path / "picture.csv"
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8)
    page.goto(f"{server.url}/data")
    settle(page)
    before = page.locator(".wb-head").inner_text()
    page.get_by_role("region", name="Sales file").locator("input[type=file]").set_input_files(file)
    expect(page.locator(".stAlert")).to_be_visible()
    expect(page.get_by_role("button", name="Import", exact=True)).to_have_count(0)
    assert page.locator(".wb-head").inner_text() == before


def test_the_model_check_judges_the_past_weeks(server: Server, page: Page) -> None:
    """Asked for by its one button, where the daily job is off: then numbers, charts, tables, downloads."""
    page.goto(f"{server.url}/model_check")
    settle(page)
    button = page.get_by_role("button", name="Judge the past 12 weeks")
    if button.count():
        button.click()
    expect(page.locator(".wb-head")).to_contain_text("were off by", timeout=480_000)
    settle(page)
    expect(page.locator(".stPlotlyChart")).to_have_count(2)
    for label in ("weeks", "curve", "classes", "misses"):
        expect(page.get_by_role("button", name=f"Download the {label}")).to_be_visible()
    before = page.locator(".wb-head").inner_text()
    page.get_by_role("radio", name="Product and week").click()
    settle(page)
    expect(page.locator(".wb-head")).to_contain_text("a product and week")
    assert page.locator(".wb-head").inner_text() != before
    assert "by=Product" in page.url
