"""One version of a place stands at a time, and everyone can see which, since when and by whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from core.errors import BadInput, Conflict, NotFound, RuleViolation, WorkbenchError
from core.planogram.fixture import Fixture
from core.planogram.planogram import Planogram, Position, RuleSet
from core.store import life, plan_talk, planograms
from core.store import tables as t
from core.store.database import Actor, Database
from core.store.pictures import Picture

TODAY = datetime.now(UTC).date()
MACHINE = Fixture.machine((3, 2), labels=(("11", "12", "13"), ("21", "22")))
PHOTO = Picture("ab" * 32, "image/jpeg", 640, 480)


def plan(*product_ids: int) -> Planogram:
    positions = tuple(Position(i, 0, c, 1, c * 2.8, 2.8) for c, i in enumerate(product_ids))
    return Planogram(MACHINE, positions, RuleSet.AS_FOUND)


@pytest.fixture
def ann() -> Actor:
    return Actor(1, 1, "manager", "Ann")


@pytest.fixture
def shop(database: Database, ann: Actor) -> Database:
    """Plan 1 stands in a machine since January 5, 2026 (version 1) and has a draft, version 2; plan 2 is a
    shelf of its own that never stood."""
    with database.session(Actor(None, 1, "admin")) as session:
        session.add(t.User(email="ann@acme.test", name="Ann", role="manager"))
        session.add(t.Category(name="snacks"))
        session.add(t.Site(kind="device", name="Lobby", venue_type="office"))
        session.add(t.Fixture(width_in=8.4, height_in=60, depth_in=20, row_columns=[3, 2]))
        session.flush()
        for number in (1, 2, 3):
            session.add(t.Product(name=f"Product {number}", category_id=1))
            session.flush()
        session.add(t.Device(site_id=1))
        session.flush()
        session.add(t.Cabinet(device_id=1, fixture_id=1))
    with database.session(ann) as session:
        planograms.create(session, "Lobby", plan(1, 2), status="implemented", cabinet_id=1, is_primary=True,
                          effective_from=date(2026, 1, 5))
        planograms.save(session, 1, 1, plan(2, 3))
        planograms.create(session, "Shelf", plan(1))
    return database


Do = Callable[..., Any]


@pytest.fixture
def do(shop: Database, ann: Actor) -> Do:
    """Calls a function of the store in a session of its own."""

    def call(action: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        with shop.session(ann) as session:
            return action(session, *args, **kwargs)

    return call


def test_a_save_over_what_stands_is_a_draft(do: Do) -> None:
    """What stands goes on standing, and the plan says both."""
    now = do(life.life, 1)
    assert (now.status, now.implemented, now.since, now.prepared) == ("draft", 1, date(2026, 1, 5), None)
    assert [now.status_of(v) for v in (1, 2)] == ["implemented", "draft"]
    assert do(planograms.load, 1).status == "draft"
    assert do(planograms.load, 1, 1).status == "implemented"


def test_a_plan_goes_from_draft_to_the_shelf(do: Do) -> None:
    """Each step with its date and person; estimation reads the version from its day on."""
    do(life.advance, 1, "prepared", note="For Monday")
    after = do(life.advance, 1, "implemented", day=date(2026, 3, 2))
    assert (after.implemented, after.since, after.prepared) == (2, date(2026, 3, 2), None)
    assert [(s.status, s.version, s.by, s.note) for s in after.steps] == [
        ("implemented", 2, "Ann", ""), ("prepared", 2, "Ann", "For Monday")]
    assert after.steps[0].day == date(2026, 3, 2)
    assert do(planograms.load, 1, 2).effective_from == date(2026, 3, 2)
    assert [(v.version, v.status) for v in do(planograms.versions, 1)] == [
        (2, "implemented"), (1, "archived")]


def test_a_prepared_version_is_frozen_while_the_draft_goes_on(do: Do) -> None:
    """What is put in place is what was prepared, not what was saved since."""
    do(life.advance, 1, "prepared")
    do(planograms.save, 1, 2, plan(3))
    now = do(life.life, 1)
    assert (now.status, now.prepared, now.last_version) == ("draft", 2, 3)
    assert "implemented" in now.next
    assert do(life.advance, 1, "implemented").implemented == 2
    assert do(planograms.load, 1).status == "draft"


def test_preparing_another_version_takes_the_place_of_the_first(do: Do) -> None:
    """At most one version waits to be put in place."""
    do(life.advance, 1, "prepared")
    do(planograms.save, 1, 2, plan(3))
    now = do(life.advance, 1, "prepared")
    assert (now.prepared, now.status_of(2)) == (3, "draft")


def test_a_prepared_version_can_be_taken_back(do: Do) -> None:
    """It is a draft again, and nothing can be put in place."""
    do(life.advance, 1, "prepared")
    assert do(life.advance, 1, "draft").prepared is None
    with pytest.raises(RuleViolation, match="No version of Lobby is prepared"):
        do(life.advance, 1, "implemented")


@pytest.mark.parametrize(("planogram", "status", "more", "error", "said"), [
    (1, "implemented", {}, RuleViolation, "No version of Lobby is prepared"),
    (1, "implemented", {"version": 2}, RuleViolation, "is draft and cannot become implemented"),
    (1, "prepared", {"version": 1}, RuleViolation, "stood already"),
    (1, "draft", {}, RuleViolation, "is draft already"),
    (1, "archived", {}, RuleViolation, "the plan of a machine"),
    (1, "sold", {}, BadInput, "not a status"),
    (1, "prepared", {"version": 9}, NotFound, "no version 9"),
    (1, "prepared", {"version": 2**40}, NotFound, "no version"),
    (1, "prepared", {"note": "x" * 501}, BadInput, "too long"),
    (9, "prepared", {}, NotFound, "no planogram 9"),
])
def test_a_step_that_cannot_follow_is_refused(do: Do, planogram, status, more, error, said) -> None:
    """With the reason; nothing has changed."""
    before = do(life.life, 1)
    with pytest.raises(error, match=said):
        do(life.advance, planogram, status, **more)
    assert do(life.life, 1) == before


@pytest.mark.parametrize("day", [date(2026, 1, 4), date(2025, 1, 1), TODAY + timedelta(days=2)])
def test_a_version_cannot_stand_before_the_one_it_replaces_nor_ahead_of_time(do: Do, day: date) -> None:
    """Else the history would tell of two versions at once."""
    do(life.advance, 1, "prepared")
    with pytest.raises(RuleViolation):
        do(life.advance, 1, "implemented", day=day)
    assert do(life.life, 1).implemented == 1


def test_an_archived_plan_takes_no_more_versions_until_it_is_a_draft_again(do: Do) -> None:
    """The archive is no place to work."""
    assert do(life.advance, 2, "archived").status == "archived"
    with pytest.raises(RuleViolation, match="archived"):
        do(planograms.save, 2, 1, plan(2))
    assert do(life.life, 2).next == ("draft",)
    assert do(life.advance, 2, "draft").status == "draft"
    assert do(planograms.save, 2, 1, plan(2)).version == 2


def test_a_variant_never_stands_in_its_place(do: Do) -> None:
    """Else two plans of one place were in circulation; a variant of a variant is one of the first."""
    for number, source in ((3, 1), (4, 3)):
        do(planograms.create, f"Variant {number}", plan(3))
        do(life.add_variant, number, source)
        do(life.advance, number, "prepared")
        with pytest.raises(RuleViolation, match="a place that has a plan"):
            do(life.advance, number, "implemented")
        assert "implemented" not in do(life.life, number).next
        assert do(life.place_of, number) == 1


def test_a_new_plan_at_a_machine_is_a_variant_of_the_machines_plan(do: Do) -> None:
    """However it came there."""
    made = do(planograms.create, "Another", plan(3), site_id=1)
    assert do(life.life, made.id).variant_of == do(life.place_of, made.id) == 1
    with pytest.raises(RuleViolation, match="has a place of its own"):
        do(life.place_of, 2)


def test_of_two_who_put_it_in_place_one_is_told(do: Do) -> None:
    """The second finds it done."""
    do(life.advance, 1, "prepared")
    do(life.advance, 1, "implemented", version=2)
    with pytest.raises((RuleViolation, Conflict)):
        do(life.advance, 1, "implemented", version=2)


STATUS = st.sampled_from(["draft", "prepared", "implemented", "archived", "save"])


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(STATUS, st.one_of(st.none(), st.integers(1, 4))), max_size=10))
def test_whatever_people_try_one_version_stands(shop: Database, ann: Actor, steps) -> None:
    """Versions stand one after another, at most one waits, and it never stood."""
    with shop.session(ann) as session:
        for number, (status, version) in enumerate(steps):
            now = life.life(session, 1)
            day = date(2026, 2, 1) + timedelta(days=number)
            try:
                if status == "save":
                    planograms.save(session, 1, now.last_version, plan(1 + number % 3))
                else:
                    life.advance(session, 1, status, version, day)
            except WorkbenchError:
                assert life.life(session, 1) == now
            now = life.life(session, 1)
            stood = [v.effective_from for v in planograms.versions(session, 1) if v.effective_from]
            assert len(set(stood)) == len(stood)
            assert now.since == max(stood)
            assert now.prepared not in now.stood
            assert planograms.load(session, 1).status == now.status
        session.rollback()


def test_a_comment_at_a_slot_knows_its_product(do: Do) -> None:
    """Also by the machine's own label; the newest version is meant."""
    said = do(plan_talk.add_comment, 1, "Sells out by noon", slot="12")
    assert (said.slot, said.product_id, said.product, said.by, said.version) == ("A2", 3, "Product 3", "Ann", 2)
    assert said.is_open


def test_an_answer_from_the_store_speaks_of_what_is_put_in_place(do: Do) -> None:
    """The prepared version, else the one that stands."""
    assert do(plan_talk.add_comment, 1, reason="obstacle", slot="A1").version == 1
    do(life.advance, 1, "prepared")
    said = do(plan_talk.add_comment, 1, "A pillar", reason="obstacle", slot="A1")
    assert (said.version, said.reason, said.product_id) == (2, "obstacle", 2)


def test_a_comment_with_its_answers_is_closed_and_opened_again(do: Do) -> None:
    """Answers to answers join the thread; who closed it is kept."""
    first = do(plan_talk.add_comment, 1, "Does this fit?")
    answer = do(plan_talk.add_comment, 1, "It does", answer_to=first.id)
    again = do(plan_talk.add_comment, 1, "Thanks", answer_to=answer.id)
    assert again.answer_to == first.id
    assert do(plan_talk.open_comments) == {1: (1, 0)}
    assert do(plan_talk.open_answers) == []
    told = do(plan_talk.add_comment, 1, reason="broken")
    assert do(plan_talk.open_answers) == [(1, "Lobby", told)]
    do(plan_talk.resolve, 1, told.id)
    closed = do(plan_talk.resolve, 1, again.id)
    assert (closed.id, closed.resolved_by, closed.is_open) == (first.id, "Ann", False)
    assert do(plan_talk.comments, 1, open_only=True) == []
    assert len(do(plan_talk.comments, 1)) == 4
    assert do(plan_talk.resolve, 1, first.id, False).is_open


@pytest.mark.parametrize(("more", "error"), [
    ({}, BadInput), ({"text": "  "}, BadInput), ({"text": "x" * 2001}, BadInput), ({"text": 5}, BadInput),
    ({"text": "a", "slot": "Z9"}, BadInput), ({"text": "a", "product_id": 99}, BadInput),
    ({"reason": "bored"}, BadInput), ({"text": "a", "answer_to": 99}, NotFound),
    ({"text": "a", "version": 9}, NotFound),
])
def test_an_impossible_comment_is_refused(do: Do, more: dict[str, Any], error: type[WorkbenchError]) -> None:
    """And nothing is kept."""
    with pytest.raises(error):
        do(plan_talk.add_comment, 1, **more)
    assert do(plan_talk.comments, 1) == []


def test_a_photo_is_noted_with_version_and_person(do: Do) -> None:
    """The newest first."""
    do(plan_talk.add_proof, 1, PHOTO, "Left side")
    do(plan_talk.add_proof, 1, PHOTO, version=2)
    first, second = do(plan_talk.proofs, 1)
    assert (first.version, second.version, second.note, second.by) == (2, 1, "Left side", "Ann")
    assert do(plan_talk.proof, 1, second.id) == second
    with pytest.raises(NotFound):
        do(plan_talk.proof, 2, second.id)


def test_another_company_sees_and_changes_nothing(do: Do, shop: Database, other: Actor) -> None:
    """Not the status, not the talk."""
    said = do(plan_talk.add_comment, 1, "Ours")
    for action in (
        lambda s: life.life(s, 1), lambda s: life.advance(s, 1, "prepared"),
        lambda s: plan_talk.comments(s, 1), lambda s: plan_talk.add_comment(s, 1, "Theirs"),
        lambda s: plan_talk.resolve(s, 1, said.id), lambda s: plan_talk.proofs(s, 1),
        lambda s: plan_talk.add_proof(s, 1, PHOTO),
    ):
        with shop.session(other) as session, pytest.raises(NotFound):
            action(session)
    with shop.session(other) as session:
        assert plan_talk.open_comments(session) == {}


def test_a_plan_takes_its_talk_along_when_it_goes(do: Do, shop: Database, ann: Actor) -> None:
    """No row is left that points to nothing."""
    do(plan_talk.add_comment, 2, "Soon gone")
    do(life.advance, 2, "prepared")
    do(plan_talk.add_proof, 2, PHOTO)
    with shop.session(ann) as session:
        session.execute(delete(t.Planogram).where(t.Planogram.id == 2))
    with shop.session(ann) as session:
        for table in (t.PlanStep, t.PlanComment, t.PlanProof):
            assert session.scalars(select(table)).all() == []
