"""Planograms are opened, saved, restored and listed; of two savers one is told."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from sqlalchemy import event, func, select

from core.errors import BadInput, Conflict, NotFound
from core.planogram.fixture import Fixture, TemperatureZone
from core.planogram.planogram import Planogram, Position, RuleSet
from core.store import planograms
from core.store import tables as t
from core.store.database import Actor, Database

MACHINE = Fixture.machine((3, 2), TemperatureZone.REFRIGERATED, (("11", "12", "13"), ("21", "22")))


def _plan(*product_ids: int, fixture: Fixture = MACHINE) -> Planogram:
    """The products in the first cells of the top row."""
    positions = tuple(
        Position(product_id, 0, c, 1, c * 2.8, 2.8, capacity=8, quantity=3, par_level=6, price=1.25,
                 locked=c == 0)
        for c, product_id in enumerate(product_ids)
    )
    return Planogram(fixture, positions, RuleSet.AS_FOUND)


@pytest.fixture
def shop(database: Database, acme: Actor) -> Database:
    """Products 1–3; machine 1 at site 1 with cabinet 1 (index 0); store 1 at site 2 with project 1."""
    with database.session(acme) as session:
        session.add(t.User(email="ann@acme.test", name="Ann"))
        session.add(t.Category(name="snacks"))
        session.add(t.Site(kind="device", name="Lobby", venue_type="office"))
        session.flush()
        session.add(t.Site(kind="store", name="Main Street", venue_type="grocery"))
        session.add(t.Fixture(width_in=8.4, height_in=60, depth_in=20, row_columns=[3, 2]))
        session.flush()
        for number in (1, 2, 3):
            session.add(t.Product(name=f"Product {number}", category_id=1))
            session.flush()
        session.add(t.Store(site_id=2))
        session.flush()
        session.add(t.Device(site_id=1, store_id=1))
        session.add(t.Project(name="Summer", store_id=1))
        session.flush()
        session.add(t.Cabinet(device_id=1, fixture_id=1))
    return database


@pytest.fixture
def ann() -> Actor:
    return Actor(1, 1, "manager", "Ann")


@pytest.fixture
def saved(shop: Database, ann: Actor) -> Database:
    """Planogram 1 stands in cabinet 0 of machine 1 with products 1 and 2."""
    with shop.session(ann) as session:
        planograms.create(session, "Lobby machine", _plan(1, 2), cabinet_id=1, is_primary=True,
                          effective_from=date(2026, 1, 5), comment="As found")
    return shop


def _site_version(database: Database, actor: Actor, site_id: int = 1) -> int:
    with database.session(actor) as session:
        return session.execute(select(t.Site.data_version).where(t.Site.id == site_id)).scalar_one()


def test_a_plan_comes_back_as_it_was_saved(saved: Database, ann: Actor) -> None:
    """Fixture, labels, positions, prices and what is known about the version."""
    with saved.session(ann) as session:
        found = planograms.load(session, 1)
    assert found.plan == _plan(1, 2)
    assert (found.name, found.version) == ("Lobby machine", 1)
    assert (found.created_by, found.comment) == ("Ann", "As found")
    assert (found.site_id, found.device_id, found.store_id, found.venue_type) == (1, 1, 1, "office")
    assert found.effective_from == date(2026, 1, 5)


@pytest.mark.parametrize("name", [1, "1", "1_0"])
def test_a_planogram_is_found_by_id_and_by_machine_and_cabinet(saved: Database, ann: Actor, name) -> None:
    """The id, as number or text, and ``{device_id}_{cabinet_index}``."""
    with saved.session(ann) as session:
        found = planograms.load(session, name)
    assert (found.id, found.key) == (1, "1_0")


@pytest.mark.parametrize(("name", "error"), [
    (2, NotFound), ("1_1", NotFound), ("99999999999", BadInput), ("lobby", BadInput), ("1_0_0", BadInput)])
def test_an_unknown_planogram_is_told(saved: Database, ann: Actor, name, error) -> None:
    """Never an empty plan."""
    with saved.session(ann) as session, pytest.raises(error):
        planograms.load(session, name)


def test_another_company_does_not_find_it(saved: Database, other: Actor) -> None:
    """Not by id, not in a list, not to save."""
    with saved.session(other) as session:
        assert planograms.cards(session) == []
        with pytest.raises(NotFound):
            planograms.load(session, 1)
        with pytest.raises(NotFound):
            planograms.save(session, 1, 1, _plan())
        with pytest.raises(NotFound):
            planograms.versions(session, 1)


def test_saving_makes_the_next_version_and_marks_the_site(saved: Database, ann: Actor) -> None:
    """The old version stays as it was."""
    before = _site_version(saved, ann)
    with saved.session(ann) as session:
        found = planograms.save(session, 1, 1, _plan(2, 3), "Swap")
        assert (found.version, found.last_version, found.comment) == (2, 2, "Swap")
    with saved.session(ann) as session:
        assert planograms.load(session, 1).plan == _plan(2, 3)
        assert planograms.load(session, 1, version=1).plan == _plan(1, 2)
    assert _site_version(saved, ann) == before + 1


def test_saving_from_an_old_version_is_a_conflict(saved: Database, ann: Actor) -> None:
    """The second saver is told, and nothing of it is kept."""
    with saved.session(ann) as session:
        planograms.save(session, 1, 1, _plan(3))
    with saved.session(ann) as session, pytest.raises(Conflict, match="Version 2 was saved"):
        planograms.save(session, 1, 1, _plan(1, 2, 3))
    with saved.session(ann) as session:
        assert [card.version for card in planograms.versions(session, 1)] == [2, 1]


def test_of_two_savers_at_once_exactly_one_wins(saved: Database, ann: Actor) -> None:
    """Both start from version 1 and save at the same moment."""
    barrier = threading.Barrier(2)
    outcomes: list[str] = []

    def save(product_id: int) -> None:
        with saved.session(ann) as session:
            planograms.load(session, 1)
            barrier.wait(timeout=30)
            try:
                planograms.save(session, 1, 1, _plan(product_id))
                outcomes.append("saved")
            except Conflict:
                outcomes.append("told")

    threads = [threading.Thread(target=save, args=(product_id,)) for product_id in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(outcomes) == ["saved", "told"]
    with saved.session(ann) as session:
        assert planograms.load(session, 1).version == 2


def test_a_save_with_an_unknown_product_changes_nothing(saved: Database, ann: Actor) -> None:
    """Version, positions and site stay."""
    before = _site_version(saved, ann)
    with saved.session(ann) as session, pytest.raises(BadInput, match="Product 99"):
        planograms.save(session, 1, 1, _plan(99))
    with saved.session(ann) as session:
        assert planograms.load(session, 1).version == 1
    assert _site_version(saved, ann) == before


def test_an_unchanged_fixture_is_kept_once(saved: Database, ann: Actor) -> None:
    """Ten saves do not make ten fixtures; a changed one makes one more."""
    def count() -> int:
        return session.execute(select(func.count(t.Fixture.id))).scalar_one()

    with saved.session(ann) as session:
        before = count()
        planograms.save(session, 1, 1, _plan(2))
        assert count() == before
        wide = Fixture.machine((4, 4))
        assert planograms.save(session, 1, 2, _plan(2, fixture=wide)).plan.fixture == wide
        assert count() == before + 1
        assert planograms.load(session, 1, version=2).plan.fixture == MACHINE


def test_restoring_makes_a_new_version(saved: Database, ann: Actor) -> None:
    """History only grows."""
    with saved.session(ann) as session:
        planograms.save(session, 1, 1, _plan(3))
        found = planograms.restore(session, 1, 1)
    assert (found.version, found.plan, found.comment) == (3, _plan(1, 2), "Restored version 1")


def test_restoring_an_unknown_version_is_told(saved: Database, ann: Actor) -> None:
    """With the version that is missing."""
    with saved.session(ann) as session, pytest.raises(NotFound, match="no version 7"):
        planograms.restore(session, 1, 7)


def test_versions_are_listed_newest_first(saved: Database, ann: Actor) -> None:
    """With author, comment and number of positions."""
    with saved.session(ann) as session:
        planograms.save(session, 1, 1, _plan(), "Cleared")
        found = planograms.versions(session, 1)
    assert [(v.version, v.created_by, v.comment, v.positions) for v in found] == [
        (2, "Ann", "Cleared", 0), (1, "Ann", "As found", 2)]


def test_cards_are_listed_by_place(saved: Database, ann: Actor) -> None:
    """A store's list includes its machines' plans and its projects' plans."""
    with saved.session(ann) as session:
        planograms.create(session, "End cap", _plan(3), project_id=1, season="summer")
        everything = planograms.cards(session)
        assert [(c.name, c.site_name, c.key) for c in everything] == [
            ("Lobby machine", "Lobby", "1_0"), ("End cap", "Main Street", None)]
        assert [c.name for c in planograms.cards(session, device_id=1)] == ["Lobby machine"]
        assert len(planograms.cards(session, store_id=1)) == 2
        assert [c.season for c in planograms.cards(session, project_id=1)] == ["summer"]
        assert [c.id for c in planograms.cards(session, ids=[2])] == [2]


def test_listing_takes_one_query_and_opening_all_takes_three(saved: Database, ann: Actor) -> None:
    """However many there are."""
    statements: list[str] = []
    event.listen(saved.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    with saved.session(ann) as session:
        for number in range(5):
            planograms.create(session, f"Plan {number}", _plan(1))
        statements.clear()
        assert len(planograms.cards(session)) == 6
        assert len(statements) == 1
        statements.clear()
        assert len(planograms.load_all(session)) == 6
        assert len(statements) == 3


@pytest.mark.parametrize("changes", [
    {"name": "  "}, {"name": "x" * 201}, {"status": "lost"}, {"project_id": 9}, {"site_id": 9},
    {"cabinet_id": 9}, {"cabinet_id": 1, "site_id": 2}], ids=str)
def test_a_planogram_that_makes_no_sense_is_not_created(shop: Database, ann: Actor, changes) -> None:
    """One defect each, and no row is left behind."""
    with shop.session(ann) as session, pytest.raises(BadInput):
        planograms.create(session, **{"name": "Plan", "plan": _plan(1), **changes})
    with shop.session(ann) as session:
        assert planograms.cards(session) == []


def test_name_season_and_status_change_without_a_new_version(saved: Database, ann: Actor) -> None:
    """Only the card changes."""
    with saved.session(ann) as session:
        found = planograms.patch(
            session, 1, name=" Hall ", season="winter", status="implemented", project_id=1
        )
    assert (found.name, found.season, found.status, found.project_id) == ("Hall", "winter", "implemented", 1)
    assert found.version == 1


@pytest.mark.parametrize("changes", [{"name": ""}, {"status": "lost"}, {"project_id": 9}, {"company_id": 2}])
def test_a_bad_change_is_refused(saved: Database, ann: Actor, changes) -> None:
    """The card stays."""
    with saved.session(ann) as session, pytest.raises(BadInput):
        planograms.patch(session, 1, **changes)


@pytest.mark.parametrize("number", [0, -1, 2**31, 2**63, -(10**30)])
def test_a_number_that_no_planogram_or_version_has_is_told(database: Database, acme: Actor, number: int) -> None:
    """However large: links carry what people type."""
    with database.session(acme) as session:
        with pytest.raises(NotFound):
            planograms.load(session, number)
        made = planograms.create(session, "Shelf", _plan())
        with pytest.raises(NotFound, match="no version"):
            planograms.load(session, made.id, number)
