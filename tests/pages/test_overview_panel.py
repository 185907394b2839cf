"""The overview below the editor."""

from __future__ import annotations

from html import escape


def test_the_overview_tells_numbers_and_what_to_do(open_page, demo) -> None:
    """In words first, then as figures, then a table to take along."""
    card = next(c for c in demo.planograms() if c.device_id is not None)
    app = open_page("editor.py", planogram=str(card.id))
    view = next(g for g in app.get("button_group") if g.label == "Below the editor")
    view.set_value("Overview").run()
    assert not app.exception
    found = demo.overview(card.id)
    assert list(app.dataframe[-1].value["Category"]) == [f.category for f in found.metrics.fair_share]
    assert any(escape(found.improvements[0].text) in str(h.value) for h in app.get("html"))
