"""Tiles on Home and what was said of answers: each user's own, each company's own, gone with the user."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from core.errors import BadInput, NotFound
from core.store import questions
from core.store import tables as t
from core.store.database import Actor, Database

PLAN = {"form": "value", "measures": ["revenue"]}
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def people(database: Database) -> tuple[Actor, Actor, Actor]:
    """Ann and Bea of Acme, Otto of Other."""
    found = []
    for company, name in ((1, "ann"), (1, "bea"), (2, "otto")):
        with database.admin_session() as session:
            user = t.User(company_id=company, email=f"{name}@example.com", name=name, role="manager")
            session.add(user)
            session.flush()
            found.append(Actor(user.id, company, "manager", name))
    return found[0], found[1], found[2]


def _titles(database: Database, actor: Actor) -> list[str]:
    with database.session(actor) as session:
        return [tile.title for tile in questions.saved_questions(session)]


def _save(database: Database, actor: Actor, *titles: str) -> list[int]:
    with database.session(actor) as session:
        return [questions.save_question(session, title, f"what is {title}", {**PLAN, "limit": k + 1}).id
                for k, title in enumerate(titles)]


def test_a_tile_comes_back_to_its_user_alone(database: Database, people: tuple[Actor, ...]) -> None:
    """Not to another user of the company, not to another company."""
    ann, bea, otto = people
    _save(database, ann, "Revenue")
    with database.session(ann) as session:
        (found,) = questions.saved_questions(session)
    assert (found.title, found.question, found.plan) == ("Revenue", "what is Revenue", {**PLAN, "limit": 1})
    assert _titles(database, bea) == _titles(database, otto) == []


def test_a_tile_that_is_kept_twice_at_once_is_one(database: Database, people: tuple[Actor, ...]) -> None:
    """And of many kept at once no more than have room."""
    ann = people[0]

    def keep(limit: int) -> None:
        with suppress(BadInput), database.writing_session(ann) as session:
            questions.save_question(session, f"Top {limit}", "", {**PLAN, "limit": limit})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(keep, [5] * 16))
    assert _titles(database, ann) == ["Top 5"]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(keep, range(10, 30)))
    assert len(_titles(database, ann)) == questions.MOST_TILES


def test_tiles_are_put_in_order_and_removed(database: Database, people: tuple[Actor, ...]) -> None:
    """Those not named stay behind; a new one comes last."""
    ann = people[0]
    a, _b, c = _save(database, ann, "a", "b", "c")
    with database.session(ann) as session:
        questions.order_questions(session, [c, a])
    assert _titles(database, ann) == ["c", "a", "b"]
    with database.session(ann) as session:
        questions.remove_question(session, a)
        questions.save_question(session, "d", "", {"form": "count", "of": "product"})
    assert _titles(database, ann) == ["c", "b", "d"]


def test_the_same_plan_is_one_tile(database: Database, people: tuple[Actor, ...]) -> None:
    """Kept a second time it takes the new title and its old place."""
    ann = people[0]
    first = _save(database, ann, "a", "b")[0]
    with database.session(ann) as session:
        again = questions.save_question(session, "Better", "q", {**PLAN, "limit": 1})
    assert again.id == first
    assert _titles(database, ann) == ["Better", "b"]


def test_tiles_of_others_are_not_found(database: Database, people: tuple[Actor, ...]) -> None:
    """Neither removed nor moved; nothing changes."""
    ann, bea, otto = people
    (kept,) = _save(database, ann, "a")
    for stranger in (bea, otto):
        with database.session(stranger) as session, pytest.raises(NotFound):
            questions.remove_question(session, kept)
        with database.session(stranger) as session, pytest.raises(NotFound):
            questions.order_questions(session, [kept])
    assert _titles(database, ann) == ["a"]


def test_tiles_are_bounded(database: Database, people: tuple[Actor, ...]) -> None:
    """In number, and a title is not empty and not endless."""
    ann = people[0]
    _save(database, ann, *(f"tile {k}" for k in range(questions.MOST_TILES)))
    with database.session(ann) as session:
        with pytest.raises(BadInput, match="tiles on Home"):
            questions.save_question(session, "one more", "", {"form": "count", "of": "brand"})
        for title in ("", "  ", "x" * (questions.MAX_TITLE + 1)):
            with pytest.raises(BadInput):
                questions.save_question(session, title, "", PLAN)
    assert len(_titles(database, ann)) == questions.MOST_TILES


def test_the_workbench_itself_has_no_tiles(database: Database, acme: Actor) -> None:
    """They belong to people."""
    with database.session(acme) as session, pytest.raises(BadInput, match="belong to a user"):
        questions.save_question(session, "a", "", PLAN)


def test_feedback_comes_back_to_its_company(database: Database, people: tuple[Actor, ...]) -> None:
    """The newest first, with the plan that was wrong."""
    ann, bea, otto = people
    with database.session(ann) as session:
        questions.add_question_feedback(session, "revenue of pop", "right", words="revenue", plan=PLAN)
    with database.session(bea) as session:
        questions.add_question_feedback(session, "margin?", "wrong", comment="the rate", answered_by="small")
    with database.session(ann) as session:
        found = questions.question_feedback(session)
        share = questions.accepted(session, LONG_AGO)
        assert questions.accepted(session, datetime.now(UTC) + timedelta(hours=1)) == {}
    assert [(f.question, f.verdict, f.comment) for f in found] == [
        ("margin?", "wrong", "the rate"), ("revenue of pop", "right", "")
    ]
    assert found[1].plan == PLAN
    assert share == {"rules": (1, 1), "small": (0, 1)}
    with database.session(otto) as session:
        assert questions.question_feedback(session) == []


def test_feedback_that_makes_no_sense_is_told(database: Database, people: tuple[Actor, ...]) -> None:
    """An unknown verdict, an endless comment."""
    with database.session(people[0]) as session:
        with pytest.raises(BadInput, match="verdict"):
            questions.add_question_feedback(session, "q", "meh")
        with pytest.raises(BadInput):
            questions.add_question_feedback(session, "q", "wrong", comment="x" * 1001)


def test_tiles_and_feedback_go_with_their_user(database: Database, people: tuple[Actor, ...]) -> None:
    """Erasing a user leaves nothing of what they kept and said; others keep theirs."""
    ann, bea, _otto = people
    _save(database, ann, "a")
    _save(database, bea, "b")
    for person in (ann, bea):
        with database.session(person) as session:
            questions.add_question_feedback(session, f"of {person.name}", "wrong")
    with database.admin_session() as session:
        session.delete(session.get(t.User, ann.user_id))
    with database.session(bea) as session:
        assert [f.question for f in questions.question_feedback(session)] == ["of bea"]
    assert _titles(database, ann) == []
    assert _titles(database, bea) == ["b"]
