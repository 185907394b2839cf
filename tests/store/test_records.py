"""Predictions, feedback and the audit log."""

from __future__ import annotations

import pytest

from core.errors import BadInput, NotFound
from core.store import records
from core.store.database import Actor, Database


@pytest.fixture
def predicted(database: Database, acme: Actor) -> Database:
    """Acme has prediction 1."""
    with database.session(acme) as session:
        records.add_prediction(session, "score", {"slot": "A1"}, {"score": 71.5}, model_version="response 1")
    return database


def test_a_prediction_comes_back(predicted: Database, acme: Actor) -> None:
    """What was asked and answered."""
    with predicted.session(acme) as session:
        found = records.load_prediction(session, 1)
    assert (found.kind, found.request, found.result) == ("score", {"slot": "A1"}, {"score": 71.5})
    assert found.model_version == "response 1"


@pytest.mark.parametrize("kind", records.FEEDBACK_TYPES)
def test_feedback_is_kept(predicted: Database, acme: Actor, kind: str) -> None:
    """Every kind of it."""
    with predicted.session(acme) as session:
        assert records.add_feedback(session, 1, kind, "because") > 0


def test_feedback_that_makes_no_sense_is_told(predicted: Database, acme: Actor, other: Actor) -> None:
    """An unknown kind, an unknown prediction, another company's."""
    with predicted.session(acme) as session:
        with pytest.raises(BadInput):
            records.add_feedback(session, 1, "meh")
        with pytest.raises(NotFound):
            records.add_feedback(session, 2, "accepted")
    with predicted.session(other) as session, pytest.raises(NotFound):
        records.add_feedback(session, 1, "accepted")


def test_the_audit_log_tells_the_newest_first(database: Database, acme: Actor, other: Actor) -> None:
    """Only of one's own company."""
    with database.session(acme) as session:
        records.audit(session, "saved", "planogram", 7, version=2)
        records.audit(session, "imported", "file", "june.csv")
    with database.session(acme) as session:
        found = records.audit_entries(session)
        assert [(e.action, e.object_id) for e in found] == [("imported", "june.csv"), ("saved", "7")]
        assert found[1].detail == {"version": 2}
        assert len(records.audit_entries(session, limit=1)) == 1
    with database.session(other) as session:
        assert records.audit_entries(session) == []
