"""Tiles on Home: answered now, with the way back to the question, moved and removed; one that fails is quiet."""

from __future__ import annotations

import pytest

from core.ask.plan import Filter, Plan
from core.store import questions
from pages.parts import ask_talk, nav, tiles

TOP = Plan("ranking", ("revenue",), ("product",), limit=6)


@pytest.fixture
def kept(demo):
    """No tiles before and after."""
    def clear():
        for saved in demo.saved_tiles():
            demo.remove_tile(saved.id)

    clear()
    yield demo
    clear()


def _text(app):
    return "\n".join(h.value for h in app.html)


def test_home_shows_no_tiles_where_none_are_kept(kept, open_page):
    """Nothing takes their place."""
    assert "card_tile" not in str(open_page(nav.HOME))


def test_every_kind_of_question_has_its_small_answer(kept, open_page):
    """A number, a course, a list, how many; with names and what the numbers are."""
    kept.save_tile("Money", "", Plan("value", ("revenue",)))
    kept.save_tile("Course", "", Plan("trend", ("units",), ("week",)))
    kept.save_tile("Best", "", TOP)
    kept.save_tile("How many", "", Plan("count", of="product"))
    nobody = (Filter("brand", ("Nobody",)),)
    kept.save_tile("None", "", Plan("ranking", ("units",), ("product",), filters=nobody))
    app = open_page(nav.HOME)
    assert not app.exception
    assert not app.error
    best = kept.ask_plan(TOP)
    told = _text(app)
    assert best.rows[0][1] in told
    assert best.rows[5][1] not in told
    assert "and 2 more" in told
    assert "Revenue, " in told
    assert "Nothing was found." in told
    values = {metric.label: metric.value for metric in app.metric}
    assert values["In all"] == str(kept.ask_plan(Plan("count", of="product")).rows[0][0])
    assert values["Revenue"].startswith("$")


def test_tiles_are_moved_and_removed_in_place(kept, open_page):
    """The order stays after the page is loaded again."""
    first = kept.save_tile("One", "", TOP)
    second = kept.save_tile("Two", "", Plan("value", ("units",)))
    app = open_page(nav.HOME)
    app.button(key=f"tile_down_{first.id}").click().run()
    assert [saved.id for saved in kept.saved_tiles()] == [second.id, first.id]
    app.button(key=f"tile_remove_{second.id}").click().run()
    assert [saved.id for saved in kept.saved_tiles()] == [first.id]
    assert not app.error


def test_a_tile_that_cannot_be_answered_says_so_quietly(kept, open_page):
    """And leaves the page as it is."""
    with kept.database.session(kept.actor) as session:
        questions.save_question(session, "Old", "old", {"form": "pie"})
    app = open_page(nav.HOME)
    assert not app.exception
    assert not app.error
    assert tiles.GONE in _text(app)


def test_markup_in_a_title_stays_text(kept, open_page):
    """Neither a link nor an element."""
    kept.save_tile("<b>x</b> [a](http://b)", "", TOP)
    app = open_page(nav.HOME)
    assert not app.exception
    assert "<b>x</b>" not in _text(app)


def test_the_way_back_asks_the_same_plan():
    """As words and as the plan; too long a plan is left out whole."""
    assert ask_talk.address("top products", TOP)["q"] == "top products"
    assert ask_talk.address("q", TOP)["plan"].startswith('{"form":"ranking"')
    many = Plan("value", ("units",), filters=(Filter("product", tuple(range(1, 900))),))
    assert ask_talk.address("q", many) == {}
