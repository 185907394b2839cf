"""Lines in bulk, the days derived from them, and their totals."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from sqlalchemy import text

from core.errors import BadInput, Conflict, NotFound
from core.store import tables as t
from core.store.database import Actor, Database
from core.store.sales import (
    DAY_S,
    ROWS_A_STATEMENT,
    Lines,
    bulk_session,
    insert_lines,
    refresh_daily,
    slot_cell,
    summary,
    touch_sites,
)


@pytest.fixture
def shop(database: Database, acme: Actor) -> Database:
    """Machines 1 "Lobby" and 2 "Gym" (sites 1 and 2), products 1 "Cola" and 2 "Chips"."""
    with database.session(acme) as session:
        category = t.Category(name="All")
        session.add(category)
        session.flush()
        session.add_all([t.Product(name=n, category_id=category.id or 0) for n in ("Cola", "Chips")])
        for name in ("Lobby", "Gym"):
            site = t.Site(kind="device", name=name)
            session.add(site)
            session.flush()
            session.add(t.Device(site_id=site.id or 0))
    return database


def lines(count: int, site: int = 1, first: int = 0) -> Lines:
    """Line i is sold at hour i: product 1 and 2 in turns, slot A1 and A2, 1.25 each, 1 or 2 of it."""
    i = np.arange(first, first + count)
    return Lines(
        np.full(count, site),
        i * 3600,
        [str(n) for n in i],
        1 + i % 2,
        1 + i % 2,
        np.full(count, 12_500),
        np.zeros(count, np.int64),
        1 + i % 2,
        12_500 * (1 + i % 2),
    )


def put(database: Database, actor: Actor, rows: Lines) -> int:
    with bulk_session(database, actor) as session:
        return insert_lines(session.connection(), actor.company_id, None, rows)


def days(database: Database) -> list[tuple[int, ...]]:
    with database.engine.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT site_id, day, slot, product_id, units, revenue_e4, stockout FROM daily_sales ORDER BY 1, 2, 3, 4"
            )
        )
        return [tuple(int(v) for v in row) for row in rows]


def test_lines_go_in_once_whatever_their_number(shop: Database, acme: Actor) -> None:
    """Whole statements and the rest; what is there already is not counted."""
    count = ROWS_A_STATEMENT * 2 + 7
    assert put(shop, acme, lines(count)) == count
    assert put(shop, acme, lines(count + 3)) == 3
    assert put(shop, acme, lines(0)) == 0
    with shop.session(acme) as session:
        found = summary(session)
    assert found.rows == count + 3


def test_lines_of_a_product_that_is_gone_are_refused(shop: Database, acme: Actor) -> None:
    """The transaction leaves nothing behind, and foreign keys hold again afterwards."""
    rows = lines(3)
    gone = Lines(
        *(getattr(rows, f) if f != "product_id" else np.full(3, 99) for f in Lines.__dataclass_fields__)
    )
    with pytest.raises(Exception) as caught:
        put(shop, acme, gone)
    assert isinstance(caught.value, Conflict) or not shop.is_sqlite
    with shop.session(acme) as session:
        assert summary(session).rows == 0
    with shop.engine.connect() as connection:
        if shop.is_sqlite:
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1


def test_days_are_the_sums_of_their_lines_and_keep_known_stockouts(shop: Database, acme: Actor) -> None:
    """Deriving again changes nothing; a day that only ran out of stock stays."""
    put(shop, acme, lines(30))
    with bulk_session(shop, acme) as session:
        refresh_daily(session.connection(), 1, [1], 0, 1)
    first = days(shop)
    assert first == [
        (1, 0, 1, 1, 12, 150_000, 0),
        (1, 0, 2, 2, 24, 300_000, 0),
        (1, 1, 1, 1, 3, 37_500, 0),
        (1, 1, 2, 2, 6, 75_000, 0),
    ]
    with shop.session(acme) as session:
        session.add(t.DailySales(site_id=1, day=1, slot=3, product_id=1, stockout=True))
        session.get_one(t.DailySales, (1, 1, 0, 1, 1)).stockout = True
    put(shop, acme, lines(2, first=46))
    with bulk_session(shop, acme) as session:
        refresh_daily(session.connection(), 1, [1], 0, 1)
    assert days(shop) == [
        (1, 0, 1, 1, 12, 150_000, 1),
        (1, 0, 2, 2, 24, 300_000, 0),
        (1, 1, 1, 1, 4, 50_000, 0),
        (1, 1, 2, 2, 8, 100_000, 0),
        (1, 1, 3, 1, 0, 0, 1),
    ]


@pytest.fixture
def sold(shop: Database, acme: Actor) -> Database:
    """48 lines in the lobby over two days, 24 in the gym on the first."""
    put(shop, acme, lines(48))
    put(shop, acme, lines(24, site=2))
    with bulk_session(shop, acme) as session:
        refresh_daily(session.connection(), 1, [1, 2], 0, 1)
    return shop


def test_a_summary_adds_up_all_or_some_machines_and_days(sold: Database, acme: Actor, other: Actor) -> None:
    """Units, exact revenue, lines and the days covered."""
    with sold.session(acme) as session:
        found = summary(session)
        lobby = summary(session, [1], start=date(1970, 1, 2))
    assert (found.units, found.revenue, found.rows, found.first, found.last) == (
        108,
        135.0,
        72,
        date(1970, 1, 1),
        date(1970, 1, 2),
    )
    assert (lobby.units, lobby.revenue, lobby.rows, lobby.items) == (36, 45.0, 24, None)
    with sold.session(other) as session:
        assert summary(session).rows == 0


@pytest.mark.parametrize(
    ("by", "items"),
    [
        ("day", [("1970-01-01", 72, 90.0), ("1970-01-02", 36, 45.0)]),
        ("product", [("Chips", 72, 90.0), ("Cola", 36, 45.0)]),
        ("slot", [("A1", 12, 15.0), ("A2", 24, 30.0), ("A1", 24, 30.0), ("A2", 48, 60.0)]),
    ],
)
def test_a_summary_breaks_down_and_its_parts_add_up(
    sold: Database, acme: Actor, by: str, items: list[object]
) -> None:
    """By day in order, by product with the best first, by machine and slot."""
    with sold.session(acme) as session:
        found = summary(session, by=by)  # type: ignore[arg-type]
    assert [(i["name"], i["units"], i["revenue"]) for i in found.items or ()] == items
    assert sum(i["units"] for i in found.items or ()) == found.units


def test_questions_that_make_no_sense_are_told(sold: Database, acme: Actor, other: Actor) -> None:
    """Unknown groupings, periods that end before they start, machines of someone else."""
    with sold.session(acme) as session:
        with pytest.raises(BadInput, match="“week”"):
            summary(session, by="week")  # type: ignore[arg-type]
        with pytest.raises(BadInput, match="before"):
            summary(session, start=date(2022, 2, 1), end=date(2022, 1, 1))
        with pytest.raises(NotFound, match="99"):
            summary(session, [1, 99])
    with sold.session(other) as session, pytest.raises(NotFound):
        summary(session, [1])


def test_touching_sites_raises_their_data_version_only(sold: Database, acme: Actor) -> None:
    """So that caches of others stay."""
    with sold.session(acme) as session:
        touch_sites(session, [2])
    with sold.session(acme) as session:
        assert [session.get_one(t.Site, i).data_version for i in (1, 2)] == [1, 2]


@pytest.mark.parametrize("cell", [(0, 0, 0), (0, 5, 9), (2, 9, 19), (0, 255, 254)])
def test_a_slot_code_gives_its_cell_back(cell: tuple[int, int, int]) -> None:
    """Cabinet, row and column."""
    cabinet, row, column = cell
    assert slot_cell(t.slot_code(row, column, cabinet)) == cell


def test_a_day_has_as_many_seconds_as_the_clock() -> None:
    """Lines are filed under the day of the place's own clock."""
    assert DAY_S == 24 * 3600
