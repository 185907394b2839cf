"""What people do in the editor: events become edits, whatever the browser sends."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import BadInput, WorkbenchError
from core.planogram.rules import violations
from pages.parts.shelf_editor import events
from tests.support.desks import CATALOG, MOVE, PLAN, SWAP, at, standing


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (MOVE, {"B4": 1, "A1": None}),
        (SWAP, {"A1": 9, "C2": 1}),
        ({"type": "place", "product": 12, "to": at("C4")}, {"C4": 12}),
        ({"type": "replace", "product": 12, "at": at("A2")}, {"A2": 12}),
        ({"type": "remove", "items": [at("A1"), at("A2")]}, {"A1": None, "A2": None}),
        ({"type": "shift", "items": [at("C1"), at("C2")], "rows": 0, "columns": 2, "inches": 0},
         {"C1": None, "C3": 8, "C4": 9}),
    ],
)  # fmt: skip
def test_an_event_edits_the_plan(event: dict[str, Any], expected: dict[str, int | None]) -> None:
    """Slot → product afterwards; None: empty."""
    session = events.apply(events.EditSession.start(1, PLAN), event, CATALOG)
    after = standing(session.plan)
    assert {slot: after.get(slot) for slot in expected} == expected


def test_facings_and_locks_are_edits_of_one_position() -> None:
    """More facings where there is room; a locked product refuses to move."""
    session = events.EditSession.start(1, PLAN)
    session = events.apply(session, {"type": "facings", "at": at("B3"), "facings": 2}, CATALOG)
    assert session.plan.of_product(7)[0].facings == 2
    session = events.apply(session, {"type": "lock", "items": [at("A1")], "locked": True}, CATALOG)
    with pytest.raises(WorkbenchError, match="locked"):
        events.apply(session, MOVE, CATALOG)


def test_a_row_is_copied_to_the_one_below() -> None:
    """As found, a product may stand in two places."""
    session = events.apply(events.EditSession.start(1, PLAN), {"type": "copyRow", "from": 0, "to": 2}, CATALOG)
    assert [standing(session.plan).get(f"C{c}") for c in (1, 2, 3, 4)] == [1, 2, 3, 4]


PLACES = st.sampled_from(["A1", "A3", "B2", "B4", "C1", "C4"]).map(at)
ODD = st.one_of(st.none(), st.integers(-3, 99), st.text(max_size=3), st.floats(), st.booleans(),
                st.dictionaries(st.sampled_from(["row", "column", "x"]), st.one_of(st.integers(-9, 99), st.floats(), st.none())))
ANY_EVENT = st.fixed_dictionaries(
    {"type": st.sampled_from([*events._EDITS, "undo", "redo", "fly"])},
    optional={name: st.one_of(PLACES, ODD) for name in ("from", "to", "at", "a", "b", "product", "facings")}
    | {"items": st.one_of(st.lists(PLACES, max_size=3), ODD), "locked": st.booleans()}
    | {name: st.one_of(st.integers(-4, 4), ODD) for name in ("rows", "columns", "inches")},
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(ANY_EVENT, max_size=8))
def test_no_event_breaks_a_rule_and_undoing_all_ends_at_the_saved_plan(asked: list[dict[str, Any]]) -> None:
    """Whatever the browser sends either edits lawfully or is refused with a WorkbenchError."""
    session = events.EditSession.start(1, PLAN)
    lawful = len(violations(PLAN, CATALOG))
    for event in asked:
        try:
            session = events.apply(session, event, CATALOG)
        except WorkbenchError:
            continue
        assert len(violations(session.plan, CATALOG)) <= lawful
    latest = session.plan
    steps = len(session.past)
    for _ in range(steps):
        session = session.undone()
    assert session.plan == PLAN
    assert not session.changed
    for _ in range(steps):
        session = session.redone()
    assert session.plan == latest


def test_there_is_an_end_to_undo_and_it_is_told() -> None:
    """Nothing done, nothing to undo or redo."""
    session = events.EditSession.start(1, PLAN)
    with pytest.raises(BadInput, match="nothing to undo"):
        session.undone()
    with pytest.raises(BadInput, match="nothing to redo"):
        session.redone()


def test_old_steps_are_forgotten_after_two_hundred() -> None:
    """A day of edits does not grow without end."""
    session = events.EditSession.start(1, PLAN)
    for i in range(events.MAX_STEPS + 20):
        session = events.apply(session, SWAP, CATALOG)
        assert session.edits == i + 1
    assert len(session.past) == events.MAX_STEPS


def test_a_message_of_an_editor_that_left_the_page_is_none() -> None:
    """Another view was chosen while the browser was still sending; the switch must go on."""
    from streamlit.testing.v1 import AppTest

    def script() -> None:
        import streamlit as st

        from pages.parts import audit_photo, shelf_editor

        st.text(f"{dict(shelf_editor.sent('gone'))} {dict(audit_photo.sent('gone'))}")

    app = AppTest.from_function(script).run()
    assert not app.exception
    assert app.text[0].value == "{} {}"
