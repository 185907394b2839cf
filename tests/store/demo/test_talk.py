"""The demo's plans have a history that people can read."""

from __future__ import annotations

from pathlib import Path

from core.store import life, plan_talk, planograms
from core.store import tables as t
from core.store.database import Actor, Database
from core.store.demo.talk import SAYINGS
from tests.store.demo.demo_support import build, count


def test_every_version_was_prepared_and_put_in_place(database: Database, tmp_path: Path):
    """By the manager and the driver, in order; the last one stands."""
    summary = build(database, tmp_path)
    with database.session(Actor(None, summary.company_id, "admin")) as session:
        for card in planograms.cards(session):
            now = life.life(session, card.id)
            assert (now.status, now.implemented, now.prepared) == ("implemented", card.version, None)
            assert [s.status for s in now.steps] == ["implemented", "prepared"] * card.version
            assert {s.by for s in now.steps} == {"Dana Whitfield", "Marcus Lee"}
            assert now.since == now.steps[0].day


def test_people_spoke_of_what_stands_there(database: Database, tmp_path: Path):
    """Open comments and closed ones, of products at the slots that are named."""
    summary = build(database, tmp_path)
    with database.session(Actor(None, summary.company_id, "admin")) as session:
        said = [
            (planograms.load(session, card.id), c)
            for card in planograms.cards(session) for c in plan_talk.comments(session, card.id)
        ]
    first = [(p, c) for p, c in said if c.answer_to is None]
    assert {c.text for _, c in first} == {s.text for s in SAYINGS}
    for saved, c in first:
        row, column = saved.plan.fixture.locate(c.slot or "")
        standing = saved.plan.at(row, column)
        assert standing is not None
        assert (standing.product_id, saved.version) == (c.product_id, c.version)
    assert 0 < sum(c.is_open for _, c in first) < len(first)
    assert count(database, t.PlanComment) == len(said)
