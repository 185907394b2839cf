"""The main path of the workbench, as a person takes it: open, move, undo, save, compare, and not lose work."""

from __future__ import annotations

import re
import sqlite3
import time

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import NewPage, Server

pytestmark = pytest.mark.browser

SIGNED_MONEY = re.compile(r"[+−]\$[\d.,]+ a day")


def machines(server: Server) -> list[int]:
    """Planograms of the demo's machines, the newest last: each test takes its own."""
    with sqlite3.connect(server.database_url.removeprefix("sqlite:///")) as database:
        rows = database.execute(
            "SELECT p.id FROM planogram p JOIN site s ON s.id = p.site_id WHERE s.kind = 'device' AND s.is_demo"
            " ORDER BY p.id"
        ).fetchall()
    return [row[0] for row in rows]


def open_plan(page: Page, server: Server, planogram: int) -> None:
    """The editor with its money on screen."""
    page.goto(f"{server.url}/editor?planogram={planogram}")
    expect(page.locator("[data-test=money]")).to_contain_text("$")
    expect(page.locator(".tile").nth(10)).to_be_visible()


def names(page: Page) -> list[str]:
    """What stands on the shelf, slot by slot: "Prairie Cheddar 1.5 oz, A1 (111), 1 facing"."""
    labels = page.locator(".tile").evaluate_all("tiles => tiles.map(t => t.ariaLabel)")
    return sorted(label[: label.index(" facing")] for label in labels)


def expect_names(page: Page, wanted: list[str], limit_s: float = 20.0) -> None:
    """Wait until exactly this stands on the shelf."""
    until = time.monotonic() + limit_s
    while names(page) != wanted and time.monotonic() < until:
        page.wait_for_timeout(50)
    assert names(page) == wanted


def tile_at(page: Page, slot: str) -> Locator:
    return page.locator(".tile", has=page.locator(".rail b", has_text=re.compile(f"^{slot}$")))


def slots(page: Page) -> list[str]:
    return page.locator(".tile .rail b").all_inner_texts()


def drag(page: Page, source: Locator, target: Locator) -> None:
    """Press, move, release, with the pointer's steps in between."""
    a, b = source.bounding_box(), target.bounding_box()
    assert a
    assert b
    page.mouse.move(a["x"] + a["width"] / 2, a["y"] + a["height"] / 2)
    page.mouse.down()
    page.mouse.move(b["x"] + b["width"] / 2, b["y"] + b["height"] / 2, steps=8)
    page.mouse.up()


def swap_first_of_two_rows(page: Page) -> None:
    """Drag A1's product to B1, and wait until the card tells what it is worth."""
    drag(page, tile_at(page, "A1"), tile_at(page, "B1"))
    expect(page.locator("[data-ref=delta]")).to_have_text(re.compile(r"[+−]\$[\d.,]+ a day"))


def save(page: Page) -> None:
    page.get_by_role("button", name="Save version").first.click()
    expect(page.locator("[data-ref=unsaved]")).to_be_hidden()


def test_open_drag_undo_redo_save_reload_and_history(server: Server, new_page: NewPage):
    """Start at Home, end with a new version that says what changed."""
    page = new_page()
    page.goto(server.url)
    expect(page.locator(".wb-head").first).to_be_visible()
    page.get_by_role("link", name="Editor").click()
    expect(page).to_have_url(re.compile("/editor"))
    open_plan(page, server, machines(server)[0])
    before, earned = names(page), page.locator("[data-test=money]").inner_text()

    swap_first_of_two_rows(page)
    expect(page.locator("[data-test=score]")).to_have_text(re.compile(r"^\d+$"))
    expect(page.locator("[data-test=money]")).not_to_have_text(earned)
    moved, worth = names(page), page.locator("[data-test=money]").inner_text()
    assert moved != before

    page.locator("[data-ref=undo]").click()
    expect(page.locator("[data-test=money]")).to_have_text(earned)
    expect_names(page, before)
    page.locator("[data-ref=redo]").click()
    expect(page.locator("[data-test=money]")).to_have_text(worth)
    expect_names(page, moved)

    save(page)
    page.reload()
    expect(page.locator("[data-test=money]")).to_have_text(worth)
    expect_names(page, moved)
    page.get_by_role("button", name="History").click()
    newest = page.locator(".version").first
    expect(newest).to_contain_text("just now")
    expect(newest).to_contain_text("2 moved")
    page.locator(".version").nth(1).get_by_role("button", name=re.compile("^Compare")).click()
    expect(page.locator(".diffkey li").first).to_be_visible()


def test_a_second_browser_that_saves_an_older_base_is_told_and_loses_nothing(
    server: Server, new_page: NewPage
):
    """Two people, one plan: the later save is kept under a name of its own."""
    planogram = machines(server)[1]
    first, second = new_page(), new_page()
    open_plan(first, server, planogram)
    open_plan(second, server, planogram)
    drag(second, tile_at(second, "A2"), tile_at(second, "B2"))
    expect(second.locator("[data-ref=delta]")).to_be_visible()
    mine = names(second)
    swap_first_of_two_rows(first)
    save(first)

    second.get_by_role("button", name="Save version").first.click()
    told = second.get_by_role("dialog", name="Someone else saved first")
    expect(told).to_be_visible()
    told.get_by_label("Name of your plan").fill("My own arrangement")
    told.get_by_role("button", name="Save mine as new").click()
    expect(told).to_be_hidden()
    expect(second).not_to_have_url(re.compile(rf"planogram={planogram}\b"))
    expect(second.locator("[data-test=money]")).to_contain_text("$")
    expect_names(second, mine)


def test_keys_alone_move_a_product_and_undo_it(server: Server, new_page: NewPage):
    """Arrows, Enter, arrows, Enter; no pointer."""
    page = new_page()
    open_plan(page, server, machines(server)[2])
    before = names(page)
    page.get_by_role("button", name=re.compile("Keyboard")).focus()
    for _ in range(60):
        if page.evaluate(FOCUS_ON_TILE):
            break
        page.keyboard.press("Shift+Tab")
    assert page.evaluate(FOCUS_ON_TILE)
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("[data-test=score]")).to_be_visible()
    expect(page.locator("[data-ref=delta]")).to_have_text(SIGNED_MONEY)
    assert names(page) != before
    page.keyboard.press("Control+z")
    expect(page.locator("[data-ref=delta]")).to_be_hidden()
    expect_names(page, before)


FOCUS_ON_TILE = """() => {
  let active = document.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  return Boolean(active?.closest(".tile"));
}"""
