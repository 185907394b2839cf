"""What a photo says of a shelf is kept beside what its plan sold on that day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from core.compliance.audit import audit
from core.compliance.reading import Candidate, Facing, Problem, Quality, Reading
from core.planogram.fixture import Fixture
from core.planogram.planogram import Planogram, Position, RuleSet
from core.store import audits, catalog, planograms
from core.store import tables as t
from core.store.database import Actor, Database
from core.store.performance import keep_compliance
from core.store.pictures import Picture
from core.store.sales import EPOCH

PHOTO = Picture("ab" * 32, "image/jpeg", 640, 480)
PLAN = Planogram(Fixture.machine((2,)), (Position(1, 0, 0, 1, 0.0, 2.8), Position(2, 0, 1, 1, 2.8, 2.8)),
                 RuleSet.AS_FOUND)


def reading(first: int, second: int, quality: Quality | None = None) -> Reading:
    """Two packages side by side, each surely named."""
    return Reading(640, 480, (
        Facing((10.0, 10.0, 200.0, 300.0), 0.9, 0, candidates=(Candidate(first, 0.95),)),
        Facing((330.0, 10.0, 200.0, 300.0), 0.9, 0, candidates=(Candidate(second, 0.95),)),
    ), quality=quality or Quality(), methods=("fake 1",))


Do = Callable[..., Any]


@pytest.fixture
def do(database: Database) -> Do:
    """Calls a function of the store in a session of its own; there is one machine, whose plan is 1."""
    admin = Actor(None, 1, "admin")
    with database.session(admin) as session:
        session.add(t.Category(name="snacks"))
        session.add(t.Site(kind="device", name="Lobby"))
        session.flush()
        for number in (1, 2):
            session.add(t.Product(name=f"Product {number}", category_id=1))
        session.add(t.Device(site_id=1))
        planograms.create(session, "Lobby", PLAN, site_id=1)

    def call(action: Callable[..., Any], *args: Any) -> Any:
        with database.session(admin) as session:
            return action(session, *args)

    return call


def keep(do: Do, seen: Reading) -> audits.SavedAudit:
    return do(audits.add, 1, 1, PHOTO, seen, audit(seen, PLAN, do(catalog.load_catalog)))


def rows(do: Do) -> list[tuple[Any, ...]]:
    """(day, revenue, units, stockouts, compliance) of each day."""
    p: Any = t.PlanogramPerformance
    return do(lambda s: [tuple(row) for row in s.execute(
        select(p.day, p.revenue_e4, p.units, p.stockouts, p.compliance).order_by(p.day))])


def test_the_latest_audit_of_a_day_is_kept_for_it(do: Do) -> None:
    """One record a day."""
    worse = keep(do, reading(1, 1)).audit.compliance_score
    assert worse is not None
    assert worse < 1.0
    assert [row[4] for row in rows(do)] == [worse]
    at = keep(do, reading(1, 2)).card.at
    assert rows(do) == [(at.date(), 0, 0, 0, 1.0)]


def test_it_stands_beside_what_was_sold_that_day(do: Do) -> None:
    """A record with revenue keeps it; one that is made takes what the day's sales say, of its site alone."""
    day = keep(do, reading(1, 2)).card.at.date()
    earlier, later = day - timedelta(days=3), day + timedelta(days=1)

    def sales(session: Any) -> None:
        session.add(t.PlanogramPerformance(planogram_id=1, day=earlier, revenue_e4=90_000, units=5))
        for product, units, out in ((1, 2, False), (2, 1, True)):
            session.add(t.DailySales(site_id=1, day=(later - EPOCH).days, product_id=product, units=units,
                                     revenue_e4=20_000 * units, stockout=out))

    do(sales)
    do(keep_compliance, 1, earlier, 0.5)
    do(keep_compliance, 1, later, 0.25)
    assert rows(do) == [
        (earlier, 90_000, 5, 0, 0.5), (day, 0, 0, 0, 1.0), (later, 60_000, 3, 1, 0.25),
    ]


def test_a_photo_that_cannot_be_judged_by_says_nothing_of_the_day(do: Do) -> None:
    """Nor one that shows nothing of the plan."""
    blurred = Quality((Problem("blurred", "The photo is blurred.", "Hold still.", "unusable"),))
    keep(do, reading(1, 2, blurred))
    keep(do, replace(reading(1, 2), facings=(), shelves=()))
    assert rows(do) == []
