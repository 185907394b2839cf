"""Questions through the door: anyone of the company may ask, and each is noted."""

from __future__ import annotations

from core.ask.plan import Plan
from core.store import records
from core.store.database import Actor
from core.workbench import Workbench


def test_a_viewer_asks_and_it_is_noted(wb: Workbench, manager: Actor) -> None:
    """The audit log holds the question in words."""
    viewer = Workbench(wb.database, Actor(manager.user_id, manager.company_id, "viewer"), wb.settings)
    found = viewer.ask_plan(Plan("value", ("revenue",)))
    assert found.rows[0][0] > 0
    with wb.database.session(manager) as session:
        entry = records.audit_entries(session, 1)[0]
    assert (entry.action, entry.object_type) == ("ask", "question")
    assert entry.detail == {"words": "revenue, last 30 days", "rows": 1}


def test_fields_and_choices_of_a_question(wb: Workbench) -> None:
    """What "edit query" offers."""
    names = [f.name for f in wb.ask_fields(Plan("ranking", ("revenue",), ("product",)))]
    assert names[0] == "form"
    assert {"measures", "by", "filters", "period", "limit"} <= set(names)
    assert wb.ask_choices("product")
