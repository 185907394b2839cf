"""The page New planogram, without a browser."""

from __future__ import annotations

import pytest

from core.errors import BadInput
from core.models import Models
from core.paper import Cell, Paper
from core.workbench.door import equip
from tests.pages.test_pages import first_line

PAGE = "new_planogram.py"


@pytest.fixture
def opened(open_page, demo):
    """On a machine of the demo."""
    card = next(c for c in demo.planograms() if c.device_id is not None)
    app = open_page(PAGE, planogram=str(card.id))
    assert not app.exception
    return app, card


def test_a_first_layout_is_suggested_for_the_place_that_is_looked_at(opened) -> None:
    """Its own fixture, the suggested categories taken, what it would earn in the first line."""
    app, card = opened
    assert app.selectbox(key="new_place").value == card.site_name
    chosen = app.get("button_group")[-1].value
    assert len(chosen) >= 2
    assert "would earn $" in first_line(app)


def test_another_season_or_fixture_asks_anew(opened) -> None:
    """A shelf of one's own at the same place."""
    app, _ = opened
    preset = next(s for s in app.selectbox if s.label == "Preset")
    preset.select("A shelf of my own").run()
    assert not app.exception
    assert any(n.label == "Shelves" for n in app.number_input)
    assert "A first layout with" in first_line(app)


def test_saving_makes_a_draft_and_keeps_what_was_taken(opened, demo) -> None:
    """The plan stands at the place, and the feedback says accepted."""
    app, card = opened
    before = {c.id for c in demo.planograms()}
    app.text_input[0].set_value("Brand new").run()
    next(b for b in app.button if b.label == "Save and edit").click().run()
    made = [c for c in demo.planograms() if c.id not in before]
    assert [c.name for c in made] == ["Brand new"]
    saved = demo.open(made[0].id)
    assert saved.site_id == card.site_id
    assert saved.plan.positions
    with demo._session() as session:
        from sqlalchemy import select

        from core.store import tables as t

        kinds = session.execute(select(t.Feedback.feedback_type)).scalars().all()
    assert "accepted" in kinds


@pytest.fixture
def paper(open_page, demo):
    """The second way, with a reader that knows two products and doubts a third."""
    products = list(demo.catalog().values())[:3]

    class Reader:
        reads_pictures = False

        def read(self, content, told):
            cells = (Cell(products[0].name, 0, 0), Cell(products[1].name, 0, 1), Cell("Qwertz of a kind", 0, 2))
            return Paper("Printed plan", cells, 1, zone="ambient", is_machine=True, methods=("a test",))

    equip(demo.database, Models(papers=Reader()))
    app = open_page(PAGE, new_from="From a document")
    yield app, products
    equip(demo.database, Models())


def read_print(app):
    """Press the button that reads a print of the current plan, and wait."""
    next(b for b in app.button if b.label == "Try it with a print").click().run()
    if "wb_paper_job" in app.session_state:  # a quick reader is done before the page comes round again
        assert app.session_state["wb_paper_job"].done.wait(30)
        app.run()
    assert not app.exception
    return app


def test_a_document_becomes_a_draft_and_is_saved_once_a_person_says_so(paper, demo) -> None:
    """What is unsure is asked, answered, undone; then the plan is there with what was answered."""
    app, products = paper
    before = {c.id for c in demo.planograms()}
    assert "Photos and scans cannot be read" in " ".join(str(h.proto.body) for h in app.get("html"))
    read_print(app)
    assert "2 of 3 places recognized, 1 place to look at" in first_line(app)
    asked = next(g for g in app.get("button_group") if g.label == "What stands at 3")
    asked.set_value(-1).run()
    assert "nothing left to ask" in first_line(app)
    app.button(key="paper_undo").click().run()
    assert "1 place to look at" in first_line(app)
    assert {c.id for c in demo.planograms()} == before
    next(b for b in app.button if b.label == "Save and edit").click().run()
    made = [c for c in demo.planograms() if c.id not in before]
    assert [c.name for c in made] == ["Printed plan"]
    assert set(demo.open(made[0].id).plan.product_ids) == {p.id for p in products[:2]}


def test_a_document_that_cannot_be_read_says_why_and_another_may_be_sent(open_page, demo) -> None:
    """In place."""

    class Broken:
        reads_pictures = True

        def read(self, content, told):
            raise BadInput("The PDF is locked with a password.", "Save it without one.")

    equip(demo.database, Models(papers=Broken()))
    app = open_page(PAGE, new_from="From a document")
    read_print(app)
    assert any("locked with a password" in e.value for e in app.error)
    assert any(b.label == "Try it with a print" for b in app.button)
    equip(demo.database, Models())
