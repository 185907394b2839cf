"""The page New planogram, without a browser."""

from __future__ import annotations

import pytest

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
