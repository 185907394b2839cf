"""A plan from the first wish to a file: New planogram, the issues beside the shelf, the export menu."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage, Server, settle

pytestmark = pytest.mark.browser

ISSUES = re.compile(r"^Issues \d+$")


def editor(page: Page, server: Server, planogram: int) -> None:
    page.goto(f"{server.url}/editor?planogram={planogram}")
    expect(page.locator("[data-test=money]")).to_contain_text("$")


def issues(page: Page) -> int:
    """How many are open, as the card tells."""
    return int(page.get_by_role("heading", name=ISSUES).inner_text().split()[1])


def expect_issues(page: Page, number: int) -> None:
    name = f"Issues {number}" if number else "Issues"
    expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()


def test_a_new_planogram_is_made_from_a_place_and_opened(small_server: Server, new_page: NewPage) -> None:
    """Its categories are suggested; leaving one out draws the layout anew; saving opens the editor."""
    page = new_page()
    page.goto(f"{small_server.url}/new_planogram?planogram=1")
    settle(page)
    expect(page.locator(".wb-head")).to_contain_text("would earn $")
    packs = page.locator(".wb-boards .wb-pack")
    expect(packs.first).to_be_visible()
    taken = page.get_by_role("toolbar", name="Categories").get_by_role("button", pressed=True)
    before = page.locator(".wb-head").inner_text()
    taken.first.click()
    expect(page.locator(".wb-head")).not_to_have_text(before)
    page.get_by_label("Name", exact=True).fill("Made from a wish")
    page.get_by_role("button", name="Save and edit").click()
    page.wait_for_url(re.compile(r"/editor\?"))
    expect(page.locator(".wb-head")).to_contain_text("Made from a wish")
    expect(page.locator(".tile").first).to_be_visible()


def test_an_issue_is_mended_by_its_link_and_another_is_lived_with(
    small_server: Server, new_page: NewPage
) -> None:
    """Both leave the list; undo and "Take back" bring them again."""
    page = new_page()
    editor(page, small_server, 2)
    count = issues(page)
    page.locator(".issues .group summary").evaluate_all("all => all.forEach((s) => s.parentElement.open = true)")
    fix = page.locator(".issues .fix:visible").first
    title = fix.inner_text()
    fix.click()
    expect(page.locator("[data-ref=delta]")).to_be_visible()
    expect(page.locator("[data-ref=cardBody]")).to_contain_text(title)
    expect(page.get_by_role("heading", name=ISSUES)).not_to_have_text(f"Issues {count}")
    page.keyboard.press("Control+z")
    expect_issues(page, count)

    page.get_by_role("button", name=re.compile("^Acknowledge: ")).locator("visible=true").first.click()
    expect_issues(page, count - 1)
    known = page.locator("details.known")
    known.locator("summary").click()
    known.get_by_role("button", name=re.compile("^Take back: ")).first.click()
    expect_issues(page, count)


def test_the_export_menu_hands_out_the_plan_and_its_instructions(
    small_server: Server, new_page: NewPage, tmp_path: Path
) -> None:
    """A file for each press, named after the plan."""
    page = new_page()
    editor(page, small_server, 2)
    page.get_by_role("button", name="Download").first.click()
    for button, start in (("CSV", b"slot"), ("Text", b"# ")):
        with page.expect_download() as caught:
            page.get_by_role("button", name=button).locator("visible=true").first.click()
        file = tmp_path / caught.value.suggested_filename
        caught.value.save_as(file)
        assert start in file.read_bytes()[:200].lower()
