"""Sales lines in bulk, the days derived from them, and their totals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, func, select, text, update

from core.errors import BadInput, Conflict, NotFound
from core.store.database import Actor, Database
from core.store.tables import Cabinet, DailySales, Device, Fixture, Product, SalesLine, Site
from core.store.tenant import TenantSession
from core.units import from_e4, slot_name

IntArray = NDArray[np.int64]
DAY_S = 86_400
EPOCH = date(1970, 1, 1)
Grouping = Literal["day", "product", "slot"]

ROWS_A_STATEMENT = 200
_LINE_COLUMNS = (
    "site_id", "sold_at", "transaction_code", "slot", "product_id", "price_e4", "k", "quantity", "amount_e4",
)
"""The first seven are the key, together with the company."""
_line: Any = SalesLine
_daily: Any = DailySales
_site: Any = Site
_device: Any = Device
_product: Any = Product
_cabinet: Any = Cabinet
_fixture: Any = Fixture


@dataclass(frozen=True, eq=False)
class Lines:
    """Sales lines as columns, all (n,). ``sold_at`` in seconds since 1970-01-01 by the place's clock,
    money in ten-thousandths, ``transaction`` the source's text or empty, ``k`` from 0."""

    site_id: IntArray
    sold_at: IntArray
    transaction: Sequence[str]
    slot: IntArray
    product_id: IntArray
    price_e4: IntArray
    k: IntArray
    quantity: IntArray
    amount_e4: IntArray

    def __len__(self) -> int:
        return len(self.site_id)

    def columns(self) -> list[list[Any]]:
        """The columns in the order of ``_LINE_COLUMNS``, rows by site and time: so the table lies on disk."""
        order = np.lexsort((self.sold_at, self.site_id))
        transaction = np.array(self.transaction, dtype=object)
        return [
            column[order].tolist()
            for column in (
                self.site_id, self.sold_at, transaction, self.slot, self.product_id, self.price_e4, self.k,
                self.quantity, self.amount_e4,
            )
        ]


def insert_lines(connection: Connection, company_id: int, import_id: int | None, lines: Lines) -> int:
    """Insert the lines that are not there yet and return how many that were."""
    if not len(lines):
        return 0
    columns = lines.columns()
    if connection.dialect.name != "sqlite":
        return _copy(connection, company_id, import_id, columns)
    cut = len(lines) // ROWS_A_STATEMENT * ROWS_A_STATEMENT
    inserted = _insert_sqlite(connection, company_id, import_id, [c[:cut] for c in columns], ROWS_A_STATEMENT)
    inserted += _insert_sqlite(connection, company_id, import_id, [c[cut:] for c in columns], 1)
    _require_parents(connection, company_id, import_id, lines)
    return inserted


def _insert_sqlite(
    connection: Connection, company_id: int, import_id: int | None, columns: Sequence[list[Any]], rows: int
) -> int:
    """Insert by statements of ``rows`` rows each, which takes half the time of one row a statement."""
    flat: list[Any] = [None] * (len(columns) * len(columns[0]))
    for i, column in enumerate(columns):
        flat[i :: len(columns)] = column
    if not flat:
        return 0
    marks = ",".join("?" * len(columns))
    own = "NULL" if import_id is None else str(int(import_id))
    values = ",".join([f"({int(company_id)},{own},{marks})"] * rows)
    step = rows * len(columns)
    done = connection.exec_driver_sql(
        f"INSERT INTO sales_line (company_id, import_id, {','.join(_LINE_COLUMNS)}) VALUES {values} "
        f"ON CONFLICT (company_id, {','.join(_LINE_COLUMNS[:7])}) DO NOTHING",
        [tuple(flat[start : start + step]) for start in range(0, len(flat), step)],
    )
    return int(done.rowcount)


@contextmanager
def bulk_session(database: Database, actor: Actor) -> Iterator[TenantSession]:
    """A session for ``insert_lines`` and ``refresh_daily`` alone, committed on leaving. On SQLite it looks
    the parents of a chunk up once instead of once a line, which halves the time; see ``_require_parents``."""
    with database.engine.connect() as connection:
        if database.is_sqlite:
            connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
            connection.commit()
        try:
            with TenantSession(connection, actor=actor, expire_on_commit=False) as session:
                yield session
                session.commit()
        finally:
            connection.rollback()
            if database.is_sqlite:
                connection.exec_driver_sql("PRAGMA foreign_keys = ON")


def _require_parents(connection: Connection, company_id: int, import_id: int | None, lines: Lines) -> None:
    """Raise Conflict when a site, product or import of the lines is gone. The insert before has taken
    SQLite's only write lock, so none can go until the commit."""
    wanted = {"site": lines.site_id, "product": lines.product_id}
    for table, ids in wanted.items():
        distinct = np.unique(ids).tolist()
        known = text(f"SELECT id FROM {table} WHERE company_id = :company")
        gone = set(distinct) - set(connection.execute(known, {"company": company_id}).scalars())
        if gone:
            raise Conflict(f"A {table} was removed during the import.", "Import the file again.")
    record = text("SELECT 1 FROM sales_import WHERE company_id = :company AND id = :id")
    if import_id is not None:
        found = connection.execute(record, {"company": company_id, "id": import_id}).first()
        if found is None:
            raise Conflict("The record of this import was removed.", "Import the file again.")


def _copy(
    connection: Connection, company_id: int, import_id: int | None, columns: Sequence[list[Any]]
) -> int:
    """PostgreSQL's bulk path: COPY into a temporary table, then insert what is new."""
    names = ",".join(_LINE_COLUMNS)
    connection.exec_driver_sql(
        "CREATE TEMP TABLE IF NOT EXISTS incoming_line ON COMMIT DROP AS "
        f"SELECT {names} FROM sales_line LIMIT 0"
    )
    connection.exec_driver_sql("TRUNCATE incoming_line")
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY incoming_line ({names}) FROM STDIN") as copy:
        for row in zip(*columns, strict=True):
            copy.write_row(row)
    done = connection.execute(
        text(
            f"INSERT INTO sales_line (company_id, import_id, {names}) "
            f"SELECT CAST(:company AS integer), CAST(:import AS integer), {names} FROM incoming_line "
            "ON CONFLICT DO NOTHING"
        ),
        {"company": company_id, "import": import_id},
    )
    return int(done.rowcount)


def refresh_daily(
    connection: Connection, company_id: int, site_ids: Iterable[int], first_day: int, last_day: int
) -> None:
    """Derive the days of sites again from their lines, both days included. Stock-outs that are known
    of a day stay known. Sites and products need no look-up: their lines are there."""
    for site_id in site_ids:
        bounds = {
            "company": company_id, "site": site_id, "first": first_day, "last": last_day,
            "since": first_day * DAY_S, "until": (last_day + 1) * DAY_S,
        }
        for statement in (_FORGET_DAYS, _EMPTY_DAYS, _DERIVE_DAYS):
            connection.execute(statement, bounds)


_DAYS = "company_id = :company AND site_id = :site AND day BETWEEN :first AND :last"
_FORGET_DAYS = text(f"DELETE FROM daily_sales WHERE {_DAYS} AND NOT stockout")
_EMPTY_DAYS = text(f"UPDATE daily_sales SET units = 0, revenue_e4 = 0 WHERE {_DAYS}")
_DERIVE_DAYS = text(f"""
    INSERT INTO daily_sales (company_id, site_id, day, slot, product_id, units, revenue_e4, stockout)
    SELECT CAST(:company AS integer), CAST(:site AS integer), sold_at / {DAY_S}, slot, product_id,
           sum(quantity), sum(amount_e4), false
    FROM sales_line
    WHERE company_id = :company AND site_id = :site AND sold_at >= :since AND sold_at < :until
    GROUP BY sold_at / {DAY_S}, slot, product_id
    ON CONFLICT (company_id, site_id, day, slot, product_id)
    DO UPDATE SET units = excluded.units, revenue_e4 = excluded.revenue_e4
""")


def touch_sites(session: TenantSession, site_ids: Iterable[int]) -> None:
    """Raise the data version of sites, so that what is cached about them is read anew."""
    session.execute(
        update(_site)
        .where(_site.id.in_(list(site_ids)))
        .values(data_version=_site.data_version + 1)
        .execution_options(synchronize_session=False)
    )


@dataclass(frozen=True, slots=True)
class SalesSummary:
    """Totals of a period. ``rows`` counts sales lines; ``first`` and ``last`` are the days asked for,
    else those with sales. ``items`` breaks units and revenue down, None where that was not asked for."""

    units: int
    revenue: float
    rows: int
    first: date | None
    last: date | None
    items: tuple[dict[str, Any], ...] | None = None


def summary(
    session: TenantSession,
    device_ids: Sequence[int] | None = None,
    start: date | None = None,
    end: date | None = None,
    by: Grouping | None = None,
) -> SalesSummary:
    """Units, revenue and lines of the company's machines (``None``: all machines and stores).

    Raises BadInput for an unknown grouping or a period that ends before it starts, NotFound for a
    machine that the company does not have.
    """
    if by not in (None, *GROUPINGS):
        raise BadInput(f"Sales cannot be summed by “{by}”.", f"Use one of: {', '.join(GROUPINGS)}.")
    if start and end and end < start:
        raise BadInput(f"The period ends on {end}, before it starts on {start}.", "Swap the two days.")
    sites = None if device_ids is None else _sites_of(session, device_ids)
    days, lines = _within(sites, start, end)
    units, revenue, first, last = session.execute(
        select(
            func.coalesce(func.sum(_daily.units), 0), func.coalesce(func.sum(_daily.revenue_e4), 0),
            func.min(_daily.day), func.max(_daily.day),
        ).where(_daily.units > 0, *days)
    ).one()
    rows = session.execute(select(func.count(_line.k)).where(*lines)).scalar_one()
    items = None if by is None else tuple(_ITEMS[by](session, days))
    return SalesSummary(
        int(units), from_e4(int(revenue)), int(rows), start or day_date(first), end or day_date(last), items
    )


def day_date(day: int | None) -> date | None:
    """Days since 1970-01-01 → a date."""
    return None if day is None else EPOCH + timedelta(days=day)


def _sites_of(session: TenantSession, device_ids: Sequence[int]) -> list[int]:
    wanted = select(_device.id, _device.site_id).where(_device.id.in_(list(device_ids)))
    found: dict[int, int] = {row[0]: row[1] for row in session.execute(wanted)}
    for device_id in device_ids:
        if device_id not in found:
            raise NotFound(f"There is no machine {device_id}.", "Choose one from the list.")
    return list(found.values())


Conditions = list[ColumnElement[bool]]


def _within(
    sites: Sequence[int] | None, start: date | None, end: date | None
) -> tuple[Conditions, Conditions]:
    """The conditions of a period and places, on days and on lines."""
    days: Conditions = [_daily.company_id.is_not(None)]
    lines: Conditions = [_line.company_id.is_not(None)]
    if sites is not None:
        days.append(_daily.site_id.in_(sites))
        lines.append(_line.site_id.in_(sites))
    if start is not None:
        days.append(_daily.day >= (start - EPOCH).days)
        lines.append(_line.sold_at >= (start - EPOCH).days * DAY_S)
    if end is not None:
        days.append(_daily.day <= (end - EPOCH).days)
        lines.append(_line.sold_at < ((end - EPOCH).days + 1) * DAY_S)
    return days, lines


def _totals() -> tuple[Any, Any]:
    return func.sum(_daily.units), func.sum(_daily.revenue_e4)


def _by_day(session: TenantSession, days: Conditions) -> Iterable[dict[str, Any]]:
    by_day = select(_daily.day, *_totals()).where(*days).group_by(_daily.day).order_by(_daily.day)
    for day, units, revenue in session.execute(by_day):
        name = (EPOCH + timedelta(days=day)).isoformat()
        yield {"day": name, "name": name, "units": int(units), "revenue": from_e4(int(revenue))}


def _by_product(session: TenantSession, days: Conditions) -> Iterable[dict[str, Any]]:
    found = session.execute(
        select(_daily.product_id, _product.name, *_totals())
        .join(_product, _product.id == _daily.product_id)
        .where(*days)
        .group_by(_daily.product_id, _product.name)
        .order_by(func.sum(_daily.revenue_e4).desc(), _daily.product_id)
    )
    for product_id, name, units, revenue in found:
        yield {
            "id": product_id, "product_id": product_id, "name": name,
            "units": int(units), "revenue": from_e4(int(revenue)),
        }


def _by_slot(session: TenantSession, days: Conditions) -> Iterable[dict[str, Any]]:
    labels = _labels(session)
    found = session.execute(
        select(_daily.site_id, _site.name, _device.id, _daily.slot, *_totals())
        .join(_site, _site.id == _daily.site_id)
        .outerjoin(_device, _device.site_id == _daily.site_id)
        .where(*days)
        .group_by(_daily.site_id, _site.name, _device.id, _daily.slot)
        .order_by(_site.name, _daily.site_id, _daily.slot)
    )
    for site_id, site, device_id, code, units, revenue in found:
        cabinet, row, column = slot_cell(code)
        slot = slot_name(row, column) if code else None
        yield {
            "site_id": site_id, "site": site, "device_id": device_id,
            "cabinet_index": cabinet if code else None, "slot": slot,
            "label": labels.get((device_id, cabinet, row, column)) if code else None,
            "name": slot or "not known", "units": int(units), "revenue": from_e4(int(revenue)),
        }


def slot_cell(code: int) -> tuple[int, int, int]:
    """The slot of the sales tables → (cabinet, row, column), the inverse of ``slot_code``."""
    return (code - 1) // 65_536, (code - 1) // 256 % 256, (code - 1) % 256


def _labels(session: TenantSession) -> dict[tuple[int, int, int, int], str]:
    """(device id, cabinet, row, column) → the machine's own text for the slot."""
    found = session.execute(
        select(_cabinet.device_id, _cabinet.cabinet_index, _fixture.labels)
        .join(_fixture, _fixture.id == _cabinet.fixture_id)
    )
    return {
        (device_id, index, r, c): label
        for device_id, index, labels in found
        for r, row in enumerate(labels)
        for c, label in enumerate(row)
        if label
    }


_ITEMS: Mapping[Grouping, Callable[[TenantSession, Conditions], Iterable[dict[str, Any]]]] = {
    "day": _by_day, "product": _by_product, "slot": _by_slot,
}
GROUPINGS = tuple(_ITEMS)
