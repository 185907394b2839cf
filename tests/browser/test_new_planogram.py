"""A planogram on paper is uploaded, looked over beside its draft, and saved."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from core.settings import Settings
from core.store import users
from core.store.database import Database
from core.workbench import Workbench
from tests.browser.conftest import NewPage, Server, settle

pytestmark = pytest.mark.browser
READ_MS = 120_000
"""However busy the machine is."""


def test_a_printed_plan_is_uploaded_and_becomes_a_draft(
    small_server: Server, new_page: NewPage, tmp_path: Path
) -> None:
    """Document and draft stand side by side; the place pointed at lights up on both; saving opens the editor."""
    database = Database(small_server.database_url)
    actor = users.demo_actor(database)
    assert actor is not None
    wb = Workbench(database, actor, Settings(demo=True))
    card = wb.planograms()[0]
    printed = wb.export_planogram(card.id, "pdf")
    file = tmp_path / "plan.pdf"
    file.write_bytes(printed.content)
    before = {c.id for c in wb.planograms()}

    page = new_page()
    page.goto(f"{small_server.url}/new_planogram?new_from=From+a+document")
    settle(page)
    page.set_input_files("input[type=file]", str(file))
    expect(page.locator(".wb-head")).to_contain_text("recognized", timeout=READ_MS)
    count = len(wb.open(card.id).plan.positions)
    expect(page.locator(".wb-mark")).to_have_count(count, timeout=READ_MS)
    expect(page.locator(".wb-linked .wb-pack")).to_have_count(count)
    page.locator(".wb-mark").first.hover()
    lit = page.locator('.wb-linked [data-cell="0"]').evaluate("e => getComputedStyle(e).getPropertyValue('--wb-lit')")
    assert lit.strip() == "1"
    assert {c.id for c in wb.planograms()} == before
    page.get_by_role("button", name="Save and edit").click()
    expect(page).to_have_url(re.compile("editor"), timeout=READ_MS)
    made = [c for c in wb.planograms() if c.id not in before]
    assert [c.name for c in made] == [card.name]
    assert wb.open(made[0].id).plan.product_ids == wb.open(card.id).plan.product_ids
    database.close()
