"""Tiles through the door: kept, answered now, put in order, taken away; and what people say of answers."""

from __future__ import annotations

import pytest

from core.ask.plan import Filter, Plan, to_json
from core.errors import BadInput, NotFound
from core.store import questions, records
from core.store.database import Actor
from core.workbench import Workbench

REVENUE = Plan("value", ("revenue",))


def _noted(wb: Workbench, manager: Actor) -> tuple[str, str]:
    with wb.database.session(manager) as session:
        entry = records.audit_entries(session, 1)[0]
    return entry.action, entry.object_type


def test_a_viewer_keeps_a_tile_that_is_answered_now(wb: Workbench, manager: Actor) -> None:
    """Everyone has tiles; the answer is that of the plan, and answering it is not noted as asked."""
    viewer = Workbench(wb.database, Actor(manager.user_id, manager.company_id, "viewer"), wb.settings)
    saved = viewer.save_tile("Revenue", "what did we earn", REVENUE)
    assert _noted(wb, manager) == ("save", "tile")
    tile = viewer.tile(saved)
    assert tile.plan == REVENUE
    assert tile.answer is not None
    assert tile.answer.rows == viewer.ask_plan(REVENUE).rows
    viewer.tile(saved)
    assert _noted(wb, manager) == ("ask", "question")
    assert viewer.saved_tiles() == [saved]


def test_tiles_are_ordered_and_removed(wb: Workbench, manager: Actor) -> None:
    """Each step is noted."""
    first = wb.save_tile("One", "", REVENUE)
    second = wb.save_tile("Two", "", Plan("value", ("units",)))
    wb.order_tiles([second.id])
    assert _noted(wb, manager) == ("order", "tiles")
    assert [tile.title for tile in wb.saved_tiles()][:2] == ["Two", "One"]
    wb.remove_tile(first.id)
    assert _noted(wb, manager) == ("remove", "tile")
    with pytest.raises(NotFound):
        wb.remove_tile(first.id)


def test_a_tile_that_cannot_be_answered_says_why(wb: Workbench, manager: Actor) -> None:
    """A plan of an older version, which is not one any more: one sentence, and the other tiles go on."""
    with wb.database.session(manager) as session:
        old = questions.save_question(session, "Old", "", {"form": "pie", "measures": ["revenue"]})
    tile = wb.tile(old)
    assert tile.answer is None
    assert tile.plan is None
    assert tile.problem.startswith("The plan is not valid")


def test_a_tile_of_what_is_gone_is_answered_with_nothing(wb: Workbench) -> None:
    """A product that was deleted: no rows, no failure."""
    gone = Plan("value", ("units",), filters=(Filter("product", (999_999,)),))
    answer = wb.tile(wb.save_tile("Gone", "", gone)).answer
    assert answer is not None
    assert answer.rows[0][0] == 0


def test_what_people_say_of_an_answer_is_kept_with_its_plan(wb: Workbench, manager: Actor) -> None:
    """And with the plan in words, as it was told."""
    wb.judge_answer("revenue of pop", "wrong", REVENUE, comment="only cola")
    assert _noted(wb, manager) == ("judge", "answer")
    with wb.database.session(manager) as session:
        found = questions.question_feedback(session)[0]
    assert (found.words, found.comment) == ("revenue, last 30 days", "only cola")
    assert found.plan == to_json(REVENUE)
    with pytest.raises(BadInput):
        wb.judge_answer("q", "perhaps")
