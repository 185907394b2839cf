"""Audits of photos and the queue of packages, on both kinds of database."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from core.compliance.audit import audit
from core.compliance.reading import Candidate, Facing, Reading
from core.errors import BadInput, NotFound
from core.planogram.fixture import Fixture
from core.planogram.planogram import Planogram, Position, RuleSet
from core.store import audits, catalog, labels, planograms
from core.store import tables as t
from core.store.database import Actor, Database
from core.store.imports.history import _delete
from core.store.labels import NewItem
from core.store.pictures import Picture

PHOTO = Picture("ab" * 32, "image/jpeg", 640, 480)
PLAN = Planogram(Fixture.machine((2,)), (Position(1, 0, 0, 1, 0.0, 2.8), Position(2, 0, 1, 1, 2.8, 2.8)),
                 RuleSet.AS_FOUND)
READING = Reading(640, 480, (
    Facing((10.0, 10.0, 200.0, 300.0), 0.9, 0, candidates=(Candidate(1, 0.9),)),
    Facing((330.0, 10.0, 200.0, 300.0), 0.9, 0, candidates=(Candidate(1, 0.6), Candidate(2, 0.3))),
), methods=("fake 1",), fallbacks=("none",), elapsed_ms=3.5)

Do = Callable[..., Any]


@pytest.fixture
def do(database: Database) -> Do:
    """Calls a function of the store as Ann in a session of its own; there is one machine, whose plan is 1."""
    with database.session(Actor(None, 1, "admin")) as session:
        session.add(t.User(email="ann@acme.test", name="Ann", role="driver"))
        session.add(t.Category(name="snacks"))
        session.add(t.Site(kind="device", name="Lobby"))
        session.flush()
        for number in (1, 2):
            session.add(t.Product(name=f"Product {number}", category_id=1))
        session.add(t.Device(site_id=1))
        planograms.create(session, "Lobby", PLAN, site_id=1)
    ann = Actor(1, 1, "driver", "Ann")

    def call(action: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        with database.session(ann) as session:
            return action(session, *args, **kwargs)

    return call


def keep(do: Do, reading: Reading = READING) -> audits.SavedAudit:
    found = audit(reading, PLAN, do(catalog.load_catalog))
    return do(audits.add, 1, 1, PHOTO, reading, found)


def test_an_audit_comes_back_as_it_went_in(do: Do) -> None:
    """Every value of the reading and of what was found."""
    made = keep(do)
    again = do(audits.load, made.id)
    assert again == made
    assert (again.reading, again.card.by, again.card.version) == (READING, "Ann", 1)
    assert again.card.site_name == "Lobby"


def test_audits_are_found_by_plan_machine_and_store(do: Do) -> None:
    """The newest first, page by page, with how many there are."""
    ids = [keep(do).id for _ in range(3)]
    cards, total = do(audits.find, planogram_id=1, limit=2)
    assert ([c.id for c in cards], total) == ([ids[2], ids[1]], 3)
    assert [c.id for c in do(audits.find, device_id=1, offset=2)[0]] == [ids[0]]
    assert do(audits.find, store_id=1) == ([], 0)


def test_the_last_verdict_counts(do: Do) -> None:
    """By whom and when; one of an unknown kind is refused."""
    made = keep(do)
    violation = made.audit.violations[0].id if made.audit.violations else made.audit.to_check[0].id
    do(audits.judge, made.id, violation, "dismissed", {})
    do(audits.judge, made.id, violation, "corrected", {"product_id": 2})
    found = do(audits.load, made.id)
    assert [(v.verdict, v.correction, v.by) for v in found.verdicts.values()] == [
        ("corrected", {"product_id": 2}, "Ann")]
    assert found.card.judged == 1
    with pytest.raises(BadInput):
        do(audits.judge, made.id, violation, "maybe", {})


def test_another_company_has_none_of_it(do: Do, database: Database, other: Actor) -> None:
    """Neither audits nor packages."""
    made = keep(do)
    do(labels.add, [item(1)])
    with database.session(other) as session:
        assert audits.find(session) == ([], 0)
        assert labels.queue(session) == ([], 0)
        with pytest.raises(NotFound):
            audits.load(session, made.id)
        with pytest.raises(NotFound):
            labels.item(session, 1)


@pytest.mark.parametrize("number", [0, -1, 99, 2**70])
def test_what_is_not_there_is_told(do: Do, number: int) -> None:
    """Also numbers that no database can look for."""
    for action in (audits.load, labels.item, labels.skip, labels.reopen):
        with pytest.raises(NotFound):
            do(action, number)


def test_a_version_that_goes_leaves_its_audits(do: Do, database: Database) -> None:
    """As when the history is inferred anew."""
    made = keep(do)
    with database.session(Actor(None, 1, "admin")) as session:
        _delete(session, [1])
    assert do(audits.load, made.id).card.version is None


def item(number: int, confidence: float = 0.5, **changes: Any) -> NewItem:
    made = NewItem("ab" * 32, f"{number:064d}", (1.0, 2.0, 30.0, 40.0), (Candidate(1, confidence),), confidence)
    return replace(made, **changes)


def test_the_least_sure_wait_first(do: Do) -> None:
    """And one that is there already is not asked twice."""
    ids = do(labels.add, [item(1, 0.7), item(2, 0.2), item(3, 0.4)])
    assert do(labels.add, [item(2, 0.2)]) == [ids[1]]
    found, total = do(labels.queue, limit=2)
    assert ([i.confidence for i in found], total) == ([0.2, 0.4], 3)
    assert found[0].candidates == (Candidate(1, 0.2),)
    assert do(labels.add, []) == []


def test_a_label_says_by_whom_and_can_be_changed(do: Do) -> None:
    """Named, not in the catalog, skipped, open again."""
    (number,) = do(labels.add, [item(1)])
    done = do(labels.label, number, 2)
    assert (done.status, done.product, done.by, done.source) == ("labelled", "Product 2", "Ann", "audit")
    assert [(c.product_id, c.user_id) for c in do(labels.confirmed)] == [(2, 1)]
    none = do(labels.label, number, None)
    assert (none.product_id, none.not_in_catalog) == (None, True)
    assert do(labels.confirmed) == []
    assert do(labels.counts) == {"open": 0, "labelled": 1, "skipped": 0}
    assert do(labels.skip, number).status == "skipped"
    opened = do(labels.reopen, number)
    assert (opened.status, opened.by, opened.labelled_at) == ("open", "", None)
    with pytest.raises(NotFound):
        do(labels.label, number, 99)
    with pytest.raises(BadInput):
        do(labels.queue, "lost")


def test_many_who_name_one_package_at_once_leave_one_word(do: Do) -> None:
    """A whole one: labelled as what somebody said, not in the catalog, skipped or open."""
    (number,) = do(labels.add, [item(1)])
    says = [lambda: do(labels.label, number, 1), lambda: do(labels.label, number, 2), lambda: do(labels.skip, number),
            lambda: do(labels.label, number, None), lambda: do(labels.reopen, number)]
    with ThreadPoolExecutor(10) as pool:
        told = [pool.submit(says[n % len(says)]) for n in range(60)]
    assert [one.exception() for one in told] == [None] * 60
    assert sum(do(labels.counts).values()) == 1


def test_the_newest_names_come_first(do: Do) -> None:
    """By product."""
    ids = do(labels.add, [item(n) for n in range(1, 4)])
    for number in ids:
        do(labels.label, number, 1 + number % 2)
    assert [c.item_id for c in do(labels.confirmed)] == ids[::-1]
    assert {c.product_id for c in do(labels.confirmed, [1])} == {1}


BAD_ROWS = {
    "score above one": lambda: photo_audit(score=1.01), "no size": lambda: photo_audit(width_px=0),
    "negative count": lambda: photo_audit(facings=-1), "unknown plan": lambda: photo_audit(planogram_id=9),
    "unknown verdict": lambda: t.AuditVerdict(audit_id=1, violation="A1", verdict="meh"),
    "verdict on nothing": lambda: t.AuditVerdict(audit_id=1, violation="", verdict="confirmed"),
    "labelled as nothing": lambda: learning_item(status="labelled"),
    "named but open": lambda: learning_item(product_id=1),
    "named and not in the catalog": lambda: learning_item(status="labelled", product_id=1, not_in_catalog=True),
    "unknown status": lambda: learning_item(status="lost"), "unknown source": lambda: learning_item(source="x"),
}


def photo_audit(**changes: Any) -> t.PhotoAudit:
    values = {"planogram_id": 1, "photo_hash": "x", "media_type": "image/png", "width_px": 1, "height_px": 1,
              "reading": {}, "result": {}}
    return t.PhotoAudit(**{**values, **changes})


def learning_item(**changes: Any) -> t.LearningItem:
    return t.LearningItem(**{"photo_hash": "x", "crop_hash": "y", "box": [0, 0, 1, 1], **changes})


@pytest.mark.parametrize("bad", BAD_ROWS.values(), ids=BAD_ROWS.keys())
def test_a_broken_row_is_refused(do: Do, database: Database, bad: Callable[[], Any]) -> None:
    """The database itself says no."""
    keep(do)
    with pytest.raises(IntegrityError), database.session(Actor(None, 1, "admin")) as session:
        session.add(bad())


def test_the_good_rows_beside_them_are_accepted(do: Do, database: Database) -> None:
    """The helpers fail for their defect alone."""
    with database.session(Actor(None, 1, "admin")) as session:
        session.add(photo_audit(score=1.0))
        session.add(learning_item())


def test_erasing_a_user_keeps_what_was_audited_and_named(do: Do, database: Database) -> None:
    """Without the name."""
    made = keep(do)
    (number,) = do(labels.add, [item(1)])
    do(labels.label, number, 2)
    with database.admin_session() as session:
        session.execute(delete(t.User))
    with database.session(Actor(None, 1, "admin")) as session:
        assert audits.load(session, made.id).card.by == ""
        assert (labels.item(session, number).by, labels.item(session, number).product_id) == ("", 2)


def test_removing_a_plan_takes_its_audits_and_packages_along(do: Do, database: Database) -> None:
    """Verdicts too."""
    made = keep(do)
    do(labels.add, [item(1, audit_id=made.id)])
    do(audits.judge, made.id, "A1", "confirmed", {})
    with database.session(Actor(None, 1, "admin")) as session:
        session.execute(delete(t.Planogram))
        for model in (t.PhotoAudit, t.AuditVerdict, t.LearningItem):
            assert session.execute(select(func.count()).select_from(model)).scalar_one() == 0
