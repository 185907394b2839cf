"""Import a sales file: all of it, once, however often it is sent or interrupted.

Read → texts on disk, which give the evidence for dates and decimals → checked rows on disk → places,
products and slots → lines, one transaction a chunk → days, planogram history and data versions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from sqlalchemy import select

from core.store import tables as t
from core.store.database import Actor, Database
from core.store.imports.columns import ColumnMapping, recognize
from core.store.imports.entities import SiteRef, resolve_places, resolve_products, resolve_slots
from core.store.imports.history import infer_history, planograms_of
from core.store.imports.lock import import_lock
from core.store.imports.names import Role
from core.store.imports.numbering import Numbering
from core.store.imports.products import ProductTotals, price_products
from core.store.imports.read import DEFAULT_LIMIT_BYTES, MEGABYTE, RowError, open_table, sha256_of
from core.store.imports.rows import RowChecker, Witness, hear, texts_of
from core.store.imports.stage import Stage
from core.store.plan_rows import identity
from core.store.sales import DAY_S, Lines, bulk_session, day_date, insert_lines, refresh_daily, touch_sites
from core.store.tenant import TenantSession

IntArray = NDArray[np.int64]
Progress = Callable[[float, str], None]
Begin = Callable[[], AbstractContextManager[TenantSession]]
MAX_ERRORS = 10_000
MAX_STORED_ERRORS = 1_000
BLOCK_BYTES = 16 * MEGABYTE


@dataclass(frozen=True, slots=True)
class PlaceImported:
    """A machine or store that the file names. ``id`` is None for one that a dry run would make."""

    id: int | None
    name: str
    planogram_ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class ImportReport:
    """What an import did. ``rejected`` holds the first ``MAX_ERRORS`` rejected rows with their lines;
    the counts are exact. ``revenue_e4`` sums the accepted rows, new or not. ``period`` is their first
    and last day, None without any. ``import_id`` is None for a dry run. ``notes`` say what else to know."""

    import_id: int | None
    rows_read: int
    rows_imported: int
    rows_duplicate: int
    rows_rejected: int
    rejected: tuple[RowError, ...]
    mapping: Mapping[str, str]
    devices: tuple[PlaceImported, ...]
    stores: tuple[PlaceImported, ...]
    products_created: int
    period: tuple[date, date] | None
    revenue_e4: int
    notes: tuple[str, ...] = ()


@dataclass
class _Checked:
    """The checked rows of a file on disk, and what they add up to."""

    stage: Stage
    checker: RowChecker
    read: list[int] = field(default_factory=list)
    rejected: list[int] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    products: set[int] = field(default_factory=set)
    slots: set[tuple[int, int]] = field(default_factory=set)
    first: int | None = None
    last: int | None = None
    revenue_e4: int = 0
    totals: ProductTotals = field(default_factory=ProductTotals)

    @property
    def period(self) -> tuple[date, date] | None:
        first, last = day_date(self.first), day_date(self.last)
        return (first, last) if first and last else None

    def add(self, rows: pa.RecordBatch) -> None:
        if rows.num_rows:
            self.products |= set(np.unique(_column(rows, "product")).tolist())
            pairs = np.unique((_column(rows, "place") << 32) | _column(rows, "label"))
            self.slots |= set(zip((pairs >> 32).tolist(), (pairs & 0xFFFFFFFF).tolist(), strict=True))
            days = _column(rows, "sold_at") // DAY_S
            self.first = min(int(days.min()), self.first if self.first is not None else int(days.min()))
            self.last = max(int(days.max()), self.last if self.last is not None else int(days.max()))
            self.revenue_e4 += int(_column(rows, "amount").sum())
            self.totals.add(_column(rows, "product"), _column(rows, "place"), days,
                            _column(rows, "quantity"), _column(rows, "amount"))
        self.stage.add(rows)


@dataclass(frozen=True)
class _Named:
    """The store's ids of what the file names, by the codes of the checked rows."""

    places: list[SiteRef]
    place_codes: list[int]
    site: IntArray
    product: IntArray
    slot: IntArray
    products_created: int


def import_sales(
    database: Database,
    actor: Actor,
    path: Path,
    name: str,
    mapping: Mapping[str, Any] | str | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
    limit_bytes: int = DEFAULT_LIMIT_BYTES,
    block_bytes: int = BLOCK_BYTES,
) -> ImportReport:
    """Import a sales file for the actor's company and say what came of every row.

    Sending a file again, or one that overlaps, adds nothing twice; an import that was interrupted goes
    on where it stopped. ``dry_run`` reports the same and changes nothing. ``progress`` hears a share
    from 0 to 1 and what is being done.

    Raises BadInput, UnsupportedType and TooLarge for a file that cannot be read at all, BadInput for a
    mapping that does not fit it, Conflict while another import of the company does not end.
    """
    tell = progress or _silent
    tell(0.0, "Reading the file")
    table = open_table(path, limit_bytes, block_bytes)
    columns = recognize(table.headers, table.sample, mapping)
    with Stage() as texts, Stage() as rows:
        checked = _check(path, table, columns, texts, rows, tell)
        with import_lock(database, actor.company_id):
            if not dry_run:
                steps = _Steps(lambda: database.session(actor), lambda: bulk_session(database, actor))
                return _store(steps, path, name, columns, checked, tell)
            with TenantSession(database.engine, actor=actor, expire_on_commit=False) as session:
                steps = _Steps(lambda: _within(session), lambda: _within(session), dry_run=True)
                report = _store(steps, path, name, columns, checked, tell)
                session.rollback()
                return report


def _silent(share: float, doing: str) -> None:
    """Progress that nobody listens to."""


@contextmanager
def _within(session: TenantSession) -> Iterator[TenantSession]:
    """One session for all steps of a dry run, which is rolled back in the end."""
    yield session
    session.flush()


def _column(batch: pa.RecordBatch, name: str) -> IntArray:
    result: IntArray = batch.column(name).to_numpy()
    return result


def _check(
    path: Path, table: Any, columns: ColumnMapping, texts: Stage, rows: Stage, tell: Progress
) -> _Checked:
    """Read the whole file twice: for its evidence, then row by row."""
    witness = Witness()
    read, bad = [], []
    size = max(path.stat().st_size, 1)
    unique = {columns.index[role] for role in (Role.TRANSACTION, Role.DATE) if role in columns.index}
    for chunk in table.chunks(sorted(set(columns.index.values())), unique):
        batch = texts_of(chunk, columns)
        hear(witness, batch)
        texts.add(batch)
        read.append(chunk.rows_read)
        bad.append(chunk.bad)
        tell(min(0.3, 0.3 * sum(read) * 60 / size), "Reading the file")
    checker = RowChecker(columns, witness.evidence(columns, table.delimiter))
    checked = _Checked(rows, checker)
    for number, batch in enumerate(texts.batches()):
        room = max(MAX_ERRORS - len(checked.errors), 0)
        accepted, errors, count = checker.check(batch, room)
        checked.errors += sorted([*errors, *bad[number]], key=lambda e: e.line)[:room]
        checked.rejected.append(count + len(bad[number]))
        checked.read.append(read[number])
        checked.add(accepted)
        tell(0.3 + 0.2 * (number + 1) / len(read), "Checking the rows")
    return checked


@dataclass(frozen=True, slots=True)
class _Steps:
    """How a step begins and commits: each on its own, or all within one session that is rolled back."""

    begin: Begin
    begin_bulk: Begin
    dry_run: bool = False


def _store(
    steps: _Steps, path: Path, name: str, columns: ColumnMapping, checked: _Checked, tell: Progress
) -> ImportReport:
    """Everything that writes. Each step is one transaction; a killed import repeats or resumes it."""
    tell(0.5, "Matching machines and products")
    with steps.begin() as session:
        import_id, done = _open_import(session, path, name, columns)
        named = _resolve(session, checked)
    imported = done.rows_imported
    for number, (lines, read) in enumerate(_lines(checked, named)):
        if read <= done.rows_read:
            continue
        with steps.begin_bulk() as session:
            imported += insert_lines(session.connection(), session.company_id, import_id, lines)
            _count(session, import_id, checked, number, imported)
        tell(0.5 + 0.35 * (number + 1) / len(checked.read), "Saving the sales")
    tell(0.87, "Adding up the days")
    sites = sorted({ref.site_id for ref in named.places}) if imported and not steps.dry_run else []
    if sites and checked.first is not None and checked.last is not None:
        with steps.begin_bulk() as session:
            refresh_daily(session.connection(), session.company_id, sites, checked.first, checked.last)
    tell(0.92, "Working out planograms")
    with steps.begin() as session:
        plans = _finish(session, import_id, checked, named, imported, sites)
    tell(1.0, "Done")
    return _report(import_id, columns, checked, named, imported, plans, steps.dry_run)


@dataclass(frozen=True, slots=True)
class _Done:
    """How far an interrupted import of the same file had come."""

    rows_read: int = 0
    rows_imported: int = 0


def _open_import(session: TenantSession, path: Path, name: str, columns: ColumnMapping) -> tuple[int, _Done]:
    """The running import of this file, or a new one. The company's lock is held: whatever is marked as
    running was interrupted."""
    digest = sha256_of(path)
    table: Any = t.SalesImport
    for row in session.scalars(
        select(table).where(table.sha256 == digest, table.status == "running").order_by(table.id)
    ):
        if row.mapping == columns.as_json():
            return identity(row.id), _Done(row.rows_read, row.rows_imported)
    row = t.SalesImport(
        file_name=name, sha256=digest, size_bytes=path.stat().st_size, mapping=columns.as_json(),
        created_by=session.actor.user_id,
    )
    session.add(row)
    session.flush()
    return identity(row.id), _Done()


def _resolve(session: TenantSession, checked: _Checked) -> _Named:
    """Ids for every code. Without an accepted row nothing is made."""
    checker = checked.checker
    places, products, labels = checker.places.values, checker.products.values, checker.labels.values
    codes = sorted(checker.named_places) if checked.products else []
    refs = resolve_places(session, [places[code] for code in codes])
    used = sorted(checked.products)
    categories = checker.categories.values
    ids, created = resolve_products(
        session, [products[code] for code in used],
        {products[c]: categories[checker.product_category[c]] for c in used if c in checker.product_category},
    )
    at = {code: i for i, code in enumerate(codes)}
    pairs = [(at[place], label) for place, label in sorted(checked.slots)]
    slots = resolve_slots(session, refs, labels, pairs)
    return _Named(
        refs, codes, _by_code(len(places), codes, [ref.site_id for ref in refs]),
        _by_code(len(products), used, ids), _rows_by_code(len(places), codes, slots), created,
    )


def _by_code(count: int, codes: list[int], values: list[int]) -> IntArray:
    result: IntArray = np.zeros(max(count, 1), np.int64)
    result[codes] = values
    return result


def _rows_by_code(count: int, codes: list[int], rows: IntArray) -> IntArray:
    result: IntArray = np.zeros((max(count, 1), rows.shape[1]), np.int64)
    result[codes] = rows
    return result


def _lines(checked: _Checked, named: _Named) -> Iterator[tuple[Lines, int]]:
    """The lines of each chunk, and how many rows of the file are read with it."""
    numbering = Numbering()
    read = 0
    for number, rows in enumerate(checked.stage.batches()):
        read += checked.read[number]
        place, label = _column(rows, "place"), _column(rows, "label")
        site, product = named.site[place], named.product[_column(rows, "product")]
        slot, sold_at, price = named.slot[place, label], _column(rows, "sold_at"), _column(rows, "price")
        transaction = rows.column("transaction").to_pylist()
        k = numbering.number((site, sold_at, slot, product, price), transaction)
        yield Lines(
            site, sold_at, transaction, slot, product, price, k, _column(rows, "quantity"),
            _column(rows, "amount"),
        ), read


def _count(session: TenantSession, import_id: int, checked: _Checked, number: int, imported: int) -> None:
    """Write down how far the import has come, in the transaction of the lines themselves."""
    row = session.get_one(t.SalesImport, import_id)
    row.rows_read = sum(checked.read[: number + 1])
    row.rows_rejected = sum(checked.rejected[: number + 1])
    row.rows_imported = imported
    row.rows_duplicate = row.rows_read - row.rows_rejected - imported
    session.flush()


def _finish(
    session: TenantSession, import_id: int, checked: _Checked, named: _Named, imported: int,
    sites: Sequence[int],
) -> dict[int, list[int]]:
    """History and data versions of the sites that got lines; returns the planograms of each machine."""
    devices = [ref.own_id for ref in named.places if ref.is_device]
    if sites:
        infer_history(session, sites)
        price_products(session, checked.totals.by_product(named.product))
        touch_sites(session, sites)
    row = session.get_one(t.SalesImport, import_id)
    row.status, row.finished_at = "done", t.now()
    row.rows_read, row.rows_rejected, row.rows_imported = sum(checked.read), sum(checked.rejected), imported
    row.rows_duplicate = row.rows_read - row.rows_rejected - imported
    row.rejected = [{"line": e.line, "error": e.error} for e in checked.errors[:MAX_STORED_ERRORS]]
    if checked.period:
        row.period_from, row.period_to = checked.period
    session.flush()
    return planograms_of(session, devices)


def _report(
    import_id: int, columns: ColumnMapping, checked: _Checked, named: _Named, imported: int,
    plans: Mapping[int, list[int]], dry_run: bool,
) -> ImportReport:
    read, rejected = sum(checked.read), sum(checked.rejected)
    kinds: dict[bool, dict[int, PlaceImported]] = {True: {}, False: {}}
    for ref in named.places:
        own_id = None if dry_run and ref.is_new else ref.own_id
        kinds[ref.is_device][ref.own_id] = PlaceImported(
            own_id, ref.name, tuple(plans.get(ref.own_id, ())) if ref.is_device else ()
        )
    return ImportReport(
        None if dry_run else import_id, read, imported, read - rejected - imported, rejected,
        tuple(checked.errors), columns.as_json(), tuple(kinds[True].values()), tuple(kinds[False].values()),
        named.products_created, checked.period, checked.revenue_e4,
    )
