"""The editor as people use it: the real process, a real browser, a small company of its own."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import NewPage, Server

pytestmark = pytest.mark.browser

MONEY_A_DAY = re.compile(r"^[+−]\$\d[\d.,]* a day")
FOCUSED = """() => {
  let active = document.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  return active?.getAttribute("aria-label") ?? "";
}"""


@pytest.fixture(scope="module")
def server(small_server: Server) -> Server:
    return small_server


# --- what a person does ---


def open_plan(page: Page, server: Server, planogram: int, **params: object) -> None:
    more = "".join(f"&{name}={value}" for name, value in params.items())
    page.goto(f"{server.url}/editor?planogram={planogram}{more}")
    expect(page.locator("[data-test=money]")).to_contain_text("$")
    expect(tile(page, "A1")).to_be_visible()


def tile(page: Page, slot: str) -> Locator:
    """What stands at a slot."""
    return page.locator(f'.tile:has(.rail b:text-is("{slot}"))')


def name_at(page: Page, slot: str) -> str:
    return str(tile(page, slot).get_attribute("aria-label")).split(",")[0]


def expect_at(page: Page, slot: str, name: str) -> None:
    expect(tile(page, slot)).to_have_attribute("aria-label", re.compile(f"^{re.escape(name)},"))


def carry(page: Page, source: Locator, target: Locator) -> None:
    """Press on one thing and move over another, without letting go."""
    a, b = source.bounding_box(), target.bounding_box()
    assert a is not None
    assert b is not None
    page.mouse.move(a["x"] + a["width"] / 2, a["y"] + a["height"] / 2)
    page.mouse.down()
    page.mouse.move(b["x"] + b["width"] / 2, b["y"] + b["height"] / 2, steps=4)


def drag(page: Page, source: Locator, target: Locator) -> None:
    carry(page, source, target)
    page.mouse.up()


def swap(page: Page, one: str, two: str) -> tuple[str, str]:
    """Drag what stands at one slot to another; the names that stood there. Waits for the answer."""
    names = name_at(page, one), name_at(page, two)
    drag(page, tile(page, one), tile(page, two))
    expect(page.locator("[data-test=score]")).to_have_text(re.compile(r"^\d+$"))
    expect(page.locator("[data-ref=delta]")).to_have_text(MONEY_A_DAY)
    expect_at(page, two, names[0])
    expect_at(page, one, names[1])
    return names


def money(page: Page) -> str:
    return page.locator("[data-test=money]").inner_text()


def expect_money(page: Page, amount: str) -> None:
    expect(page.locator("[data-test=money]")).to_have_text(amount)


def save(page: Page) -> None:
    page.get_by_role("button", name="Save version", exact=True).first.click()


def expect_saved(page: Page) -> None:
    expect(page.locator(".toast")).to_contain_text("Saved as version")
    expect(page.locator("[data-ref=unsaved]")).to_be_hidden()


# --- the main path ---


def test_a_drag_changes_score_and_money_and_is_undone_redone_saved_and_found_in_the_history(
    server: Server, new_page: NewPage
) -> None:
    """Start at Home, end with a version that can be compared with the one before."""
    page = new_page()
    page.goto(server.url)
    page.get_by_role("link", name="Editor").click()
    open_plan(page, server, 1)
    earned = money(page)

    first, second = swap(page, "A1", "B1")
    worth = money(page)
    assert worth != earned

    page.get_by_role("button", name="Undo", exact=True).first.click()
    expect_money(page, earned)
    expect_at(page, "A1", first)
    page.get_by_role("button", name="Redo", exact=True).click()
    expect_money(page, worth)
    expect_at(page, "A1", second)

    save(page)
    expect_saved(page)
    page.reload()
    expect_money(page, worth)
    expect_at(page, "B1", first)
    page.get_by_role("button", name="History").click()
    expect(page.locator(".version").first).to_contain_text("just now")
    page.locator(".version").nth(1).get_by_role("button", name=re.compile("^Compare")).click()
    expect(page.locator(".diffkey")).to_contain_text("2 moved")
    expect(tile(page, "B1").locator(".mark")).to_have_text("from A1")


def test_who_saves_an_older_base_is_told_and_chooses(server: Server, new_page: NewPage) -> None:
    """The second of two people keeps the work as a new plan, or takes what was saved first."""
    mine, other = new_page(), new_page()
    open_plan(mine, server, 2)
    open_plan(other, server, 2)
    swap(mine, "A2", "B2")
    first, second = swap(other, "A1", "B1")
    save(other)
    expect_saved(other)

    save(mine)
    told = mine.get_by_role("dialog", name="Someone else saved first")
    expect(told).to_be_visible()
    told.get_by_role("button", name="Reload the saved version").click()
    expect(told).to_be_hidden()
    expect_at(mine, "A1", second)
    expect(mine.locator("[data-ref=unsaved]")).to_be_hidden()

    swap(other, "A1", "B1")
    save(other)
    expect_saved(other)
    kept, _ = swap(mine, "A2", "B2")
    save(mine)
    told.get_by_label("Name of your plan").fill("My own arrangement")
    told.get_by_role("button", name="Save mine as new").click()
    expect(mine).not_to_have_url(re.compile(r"planogram=2\b"))
    expect(mine.locator(".wb-head").first).to_contain_text("My own arrangement")
    expect_at(mine, "B2", kept)
    expect_at(mine, "B1", first)


def test_two_people_who_edit_different_slots_merge_what_they_did(server: Server, new_page: NewPage) -> None:
    """The second to save merges, sees what is new, saves, and both changes stand."""
    mine, other = new_page(), new_page()
    open_plan(mine, server, 3)
    open_plan(other, server, 3)
    first, second = swap(mine, "A2", "B2")
    third, fourth = swap(other, "A1", "B1")
    save(other)
    expect_saved(other)

    save(mine)
    told = mine.get_by_role("dialog", name="Someone else saved first")
    expect(told).to_contain_text("Your changes and theirs go together.")
    told.get_by_role("button", name="Merge both").click()
    expect(told).to_be_hidden()
    for slot, name in (("A2", second), ("B2", first), ("A1", fourth), ("B1", third)):
        expect_at(mine, slot, name)
    expect(tile(mine, "A2").locator(".mark")).to_have_text("from B2")
    save(mine)
    expect_saved(mine)
    other.reload()
    for slot, name in (("A2", second), ("B2", first), ("A1", fourth), ("B1", third)):
        expect_at(other, slot, name)


def test_two_people_who_want_one_slot_choose_who_has_it(server: Server, new_page: NewPage) -> None:
    """The second to save picks a side for the clash."""
    mine, other = new_page(), new_page()
    open_plan(mine, server, 3)
    open_plan(other, server, 3)
    first, second = swap(mine, "A1", "B1")
    tile(other, "A1").click()
    other.keyboard.press("Delete")
    expect(tile(other, "A1")).to_have_count(0)
    save(other)
    expect_saved(other)
    save(mine)
    told = mine.get_by_role("dialog", name="Someone else saved first")
    expect(told).to_contain_text("One place was changed by both.")
    told.get_by_role("radio", name="You").check()
    told.get_by_role("button", name="Merge both").click()
    expect(told).to_be_hidden()
    expect_at(mine, "B1", first)
    expect_at(mine, "A1", second)
    save(mine)
    expect_saved(mine)



def test_the_keyboard_alone_moves_a_product(server: Server, new_page: NewPage) -> None:
    """Tab to the shelf, Enter, an arrow, Enter; then undo by keys."""
    page = new_page()
    open_plan(page, server, 3)
    first, second = name_at(page, "A1"), name_at(page, "B1")
    page.keyboard.press("/")
    for _ in range(20):
        if page.evaluate(FOCUSED).startswith(f"{first}, A1"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("[data-ref=live]")).to_contain_text(f"Picked up {first}")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect_at(page, "B1", first)
    expect(page.locator("[data-test=score]")).to_be_visible()
    assert page.evaluate(FOCUSED).startswith(f"{first}, B1")
    page.keyboard.press("Control+z")
    expect_at(page, "B1", second)
    expect(page.locator("[data-ref=delta]")).to_be_hidden()


# --- what else can be done with a shelf ---


def test_facings_lock_and_removal_by_key_and_on_the_card(server: Server, new_page: NewPage) -> None:
    """The keys and the card's buttons do the same; a locked product stays."""
    page = new_page()
    open_plan(page, server, 4)
    name = name_at(page, "A1")
    tile(page, "A1").click()
    card = page.locator("[data-ref=cardBody]")
    expect(card).to_contain_text("Score here")
    expect(card.locator(".curve")).to_be_visible()

    page.keyboard.press("Delete")
    expect(page.locator('.gap[aria-label^="A1"]')).to_be_visible()
    page.keyboard.press("Control+z")
    expect_at(page, "A1", name)
    expect(page.locator('.gap[aria-label^="A1"]')).to_be_hidden()

    tile(page, "A1").click()
    card.get_by_role("button", name="Lock", exact=True).click()
    expect(tile(page, "A1")).to_have_attribute("aria-label", re.compile("locked"))
    drag(page, tile(page, "A1"), tile(page, "B1"))
    expect(page.locator(".toast")).to_contain_text("locked")
    expect_at(page, "A1", name)
    card.get_by_role("button", name="Unlock").click()
    expect(tile(page, "A1")).not_to_have_attribute("aria-label", re.compile("locked"))

    tile(page, "A2").click()
    page.keyboard.press("Delete")
    tile(page, "A1").click()
    facings = int(re.search(r"(\d+) facing", str(tile(page, "A1").get_attribute("aria-label"))).group(1))
    card.get_by_role("button", name="More facings").click()
    expect(tile(page, "A1").locator(".rail em")).to_have_text(f"×{facings + 1}")
    expect(page.locator("[data-ref=delta]")).to_have_text(MONEY_A_DAY)


def test_a_product_found_in_the_list_is_put_on_the_shelf_and_thrown_off_it(
    server: Server, new_page: NewPage
) -> None:
    """Search, drag in; drag out over the list."""
    page = new_page()
    open_plan(page, server, 4)
    items = page.locator(".item:not([hidden])")
    wanted = items.locator(".title").first.inner_text().split("\n")[0].strip().removesuffix(" ●")
    whole = items.first.get_attribute("title").split("\n")[0]
    page.get_by_role("searchbox").fill(whole)
    expect(items).to_have_count(1)
    expect(items.first).to_contain_text(wanted.split()[0])
    drag(page, items.first, tile(page, "C1"))
    expect_at(page, "C1", whole)
    expect(page.locator("[data-test=score]")).to_be_visible()

    drag(page, tile(page, "C1"), page.locator("[data-ref=listTitle]"))
    expect(page.locator('.gap[aria-label^="C1"]')).to_be_visible()
    page.get_by_role("searchbox").fill("no such product")
    expect(page.locator("[data-ref=nothing]")).to_be_visible()


def test_while_dragging_the_best_places_light_up_and_nothing_is_asked_of_the_server(
    server: Server, new_page: NewPage
) -> None:
    """At most three places, each with what it is worth; no message leaves the browser."""
    page = new_page()
    sent: list[Any] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    open_plan(page, server, 4)
    expect(page.locator(".item .fit").first).to_have_text(re.compile(r"^\d+$"))
    before = len(sent)
    carry(page, page.locator(".item:not([hidden]):not(.standing)").first, tile(page, "B2"))
    glowing = page.locator(".glow")
    expect(glowing.first).to_have_attribute("data-gain", re.compile(r"^\+\$\d"))
    assert 1 <= glowing.count() <= 3
    carry_over = tile(page, "C2").bounding_box()
    assert carry_over is not None
    page.mouse.move(carry_over["x"] + 9, carry_over["y"] + 9, steps=5)
    expect(tile(page, "C2")).to_have_class(re.compile("over|bad"))
    assert len(sent) == before
    page.keyboard.press("Escape")
    page.mouse.up()


def test_an_older_version_is_for_reading(server: Server, new_page: NewPage) -> None:
    """It can be looked at, not moved or saved."""
    page = new_page()
    open_plan(page, server, 4, version=1)
    expect(page.get_by_role("button", name="Save version", exact=True).first).to_be_disabled()
    name = name_at(page, "A1")
    drag(page, tile(page, "A1"), tile(page, "B1"))
    expect_at(page, "A1", name)


def test_on_a_phone_a_tap_picks_and_a_tap_places(server: Server, new_page: NewPage) -> None:
    """No dragging where a finger scrolls."""
    page = new_page(390, 844)
    open_plan(page, server, 4)
    first = name_at(page, "A1")
    tile(page, "A1").tap()
    expect(page.locator("[data-ref=pickBar]")).to_contain_text(f"Placing {first}")
    tile(page, "B1").tap()
    expect_at(page, "B1", first)
    expect(page.locator("[data-ref=delta]")).to_have_text(MONEY_A_DAY)
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390


def test_the_page_loads_without_an_error(server: Server, new_page: NewPage) -> None:
    """No failed request, nothing in the console."""
    page = new_page()
    wrong: list[str] = []
    page.on("response", lambda answer: wrong.append(answer.url) if answer.status >= 400 else None)
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    open_plan(page, server, 1)
    assert wrong == []


# --- from draft to the shelf ---


def test_a_version_is_prepared_and_put_in_place_and_the_store_answers(
    server: Server, new_page: NewPage
) -> None:
    """The line above the editor leads on step by step; below it people talk about slots."""
    page = new_page()
    open_plan(page, server, 1)
    swap(page, "A1", "B1")
    save(page)
    expect_saved(page)
    line = page.locator(".wb-life")
    expect(line).to_contain_text("Draft")
    number = re.search(r"version (\d+) is a draft", line.inner_text())
    assert number is not None
    version = number[1]

    page.get_by_role("button", name=f"Prepare version {version}").click()
    page.get_by_label("Note", exact=True).fill("For the Monday route")
    page.get_by_role("button", name=f"Prepare version {version}").last.click()
    expect(line).to_contain_text(f"version {version} is prepared")

    page.get_by_placeholder("Say something, or tell why the store cannot do it").fill("Blocked by a pillar")
    page.get_by_role("combobox", name="Kind").click()
    page.get_by_role("option", name="Store: an obstacle is in the way").click()
    page.get_by_role("button", name="Send").first.click()
    expect(page.locator(".wb-said", has_text="Blocked by a pillar")).to_be_visible()
    expect(line).to_contain_text("from the store")

    page.get_by_role("button", name=f"Put version {version} in place").click()
    page.get_by_role("button", name=f"Put version {version} in place").last.click()
    expect(line).to_contain_text(f"Version {version} stands there since")
    expect(page.locator(".wb-steps li").first).to_contain_text(f"Version {version} put in place")
