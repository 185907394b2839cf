"""What a person does on the ask page: ask, read, edit, go on, keep, judge, take along, choose, be told no."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from core.settings import Settings
from core.store import questions, users
from core.store.database import Database
from core.workbench import Workbench
from tests.browser.conftest import NewPage, Server, settle

pytestmark = pytest.mark.browser

FIRST_MS = 120_000


@pytest.fixture
def bench(small_server: Server) -> Workbench:
    """A door to the data that the page asks."""
    database = Database(small_server.database_url)
    actor = users.demo_actor(database)
    assert actor is not None
    return Workbench(database, actor, Settings(demo=True))


@pytest.fixture
def ask(small_server: Server, page: Page) -> Page:
    """The ask page, empty."""
    return opened(small_server, page)


def opened(server: Server, page: Page, address: str = "/ask") -> Page:
    page.goto(f"{server.url}{address}")
    expect(page.locator(".wb-head")).to_contain_text("Ask about", timeout=FIRST_MS)
    settle(page)
    return page


def put(page: Page, text: str) -> Locator:
    """Type a question, press Enter, and wait for what comes of it."""
    before = answers(page).count()
    page.locator("[data-testid=stChatInput] textarea").fill(text)
    page.keyboard.press("Enter")
    expect(answers(page)).to_have_count(before + 1)
    settle(page, 300)
    return answers(page).last


def answers(page: Page) -> Locator:
    return page.locator("[aria-label='Chat message from assistant']")


def test_a_question_is_answered_with_sentence_chart_and_rows(ask: Page, bench: Workbench):
    """By Enter; the question is seen with its answer, and the address asks it again."""
    found = bench.ask("revenue by category")[1]
    assert found is not None
    said = put(ask, "revenue by category")
    expect(said.locator(".wb-title").first).to_have_text(found.sentence)
    expect(said.locator(".js-plotly-plot")).to_be_visible()
    expect(said.locator("[data-testid=stDataFrame]")).to_be_visible()
    bars = said.locator(".js-plotly-plot .bars path")
    assert bars.count() == min(len(found.rows), 12)
    expect(ask.locator("[aria-label='Chat message from user']").last).to_be_in_viewport()
    assert "q=revenue+by+category" in ask.url


def test_the_query_is_edited_as_fields_and_asked_again(ask: Page, bench: Workbench):
    """Another measure, chosen from a list."""
    said = put(ask, "revenue by store")
    said.get_by_text("Edit query").click()
    fields = ask.locator("[class*=st-key-card_ask_edit]")
    expect(fields.get_by_role("button", name="Ask again")).to_be_disabled()
    settle(ask)  # a list that is open closes when the page goes on
    fields.get_by_label("What to measure").click()
    ask.get_by_role("option", name="Units sold", exact=True).click()
    ask.keyboard.press("Escape")  # the list of choices
    expect(fields.get_by_text("revenue and units sold by store")).to_be_visible()
    fields.get_by_role("button", name="Ask again").click()
    expect(answers(ask)).to_have_count(2)
    expect(answers(ask).last).to_contain_text("Understood as: revenue and units sold by store")


def test_a_follow_up_says_what_it_goes_on_from_and_can_be_taken_back(ask: Page):
    """In words; then the talk stands where it stood."""
    put(ask, "revenue by store")
    said = put(ask, "and by month")
    expect(said).to_contain_text("going on from: revenue by store, last 30 days")
    ask.get_by_role("button", name="Take back").click()
    expect(answers(ask)).to_have_count(1)
    expect(answers(ask).last).not_to_contain_text("going on from")


def test_an_answer_is_kept_on_home_and_leads_back(ask: Page, small_server: Server, bench: Workbench):
    """Under the title that was typed; its link asks the same plan; it is removed there."""
    said = put(ask, "units of frozen products last week")
    said.get_by_role("button", name="Save to Home").click()
    title = ask.get_by_label("Title of the tile")
    title.fill("Frozen units")
    ask.get_by_role("button", name="Save", exact=True).click()
    settle(ask)
    ask.goto(small_server.url)
    tile = ask.locator("[class*=st-key-card_tile]", has_text="Frozen units")
    expect(tile).to_be_visible(timeout=FIRST_MS)
    found = bench.ask("units of frozen products last week")[1]
    assert found is not None
    expect(tile.locator("[data-testid=stMetricValue]")).to_have_text(f"{found.rows[0][0]:,}")
    tile.get_by_role("link").click()
    expect(answers(ask).last.locator(".wb-title").first).to_have_text(found.sentence)
    ask.goto(small_server.url)
    expect(tile).to_be_visible(timeout=FIRST_MS)
    expect(ask.locator(".stApp[data-test-script-state=notRunning]")).to_be_visible(timeout=FIRST_MS)
    tile.get_by_role("button").click()
    ask.get_by_role("button", name="Remove").click()
    expect(tile).to_have_count(0)
    assert bench.saved_tiles() == []


def test_a_wrong_answer_is_told(ask: Page, bench: Workbench):
    """A thumb down asks what was meant, and both are kept."""
    said = put(ask, "revenue by store")
    said.locator("[class*=st-key-ask_judge] button").last.click()
    ask.get_by_label("What did you mean?").fill("machines only")
    ask.get_by_role("button", name="Send", exact=True).click()
    expect(said).to_contain_text("Thank you")
    with bench.database.session(bench.actor) as session:
        kept = questions.question_feedback(session)[0]
    assert (kept.question, kept.verdict, kept.comment) == ("revenue by store", "wrong", "machines only")


def test_the_rows_are_taken_along(ask: Page, bench: Workbench, tmp_path: Path):
    """As they are shown: names, no ids."""
    said = put(ask, "top 3 products by revenue")
    with ask.expect_download() as waiting:
        said.get_by_role("button", name="Download", exact=True).click()
    waiting.value.save_as(tmp_path / "rows.csv")
    lines = (tmp_path / "rows.csv").read_text(encoding="utf-8-sig").splitlines()
    found = bench.ask("top 3 products by revenue")[1]
    assert found is not None
    assert lines[0] == "Product,Revenue"
    assert [line.split(",")[0] for line in lines[1:]] == [row[1] for row in found.rows]


def test_what_is_unclear_is_chosen_and_what_cannot_be_answered_says_so(ask: Page, bench: Workbench):
    """A button asks on with the whole name; a question beyond the data is told so, with nearest examples."""
    text, label = _unclear(bench)
    put(ask, text).get_by_role("button", name=label).click()
    expect(answers(ask)).to_have_count(2)
    expect(answers(ask).last).to_contain_text("Understood as: revenue")
    said = put(ask, "why did revenue fall last week")
    expect(said).to_contain_text("not answered here")
    expect(said.locator("[class*=st-key-example_] button")).to_have_count(3)
    expect(said.get_by_role("link", name="What-if")).to_be_visible()


def _unclear(bench: Workbench) -> tuple[str, str]:
    """A question with one word of a place's name, and one of the choices. The company is built from a seed, so
    there is one."""
    for place in bench.ask_vocabulary().names.places:
        for word in place.name.split():
            outcome = bench.ask_words(f"revenue of {word}")
            if getattr(outcome, "choices", ()):
                return f"revenue of {word}", outcome.choices[0].label  # type: ignore[union-attr]
    pytest.fail("no word of a place's name is asked back")


def test_on_a_phone_the_answer_fits_and_its_rows_are_behind_a_button(
    small_server: Server, new_page: NewPage
):
    """Nothing is wider than the screen."""
    page = opened(small_server, new_page(390, 844, "dark"))
    said = put(page, "revenue by category compared with last month")
    expect(said.locator(".js-plotly-plot")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    said.get_by_role("button", name="Rows").click()
    expect(page.locator("[data-testid=stPopoverBody] [data-testid=stDataFrame]")).to_be_visible()
